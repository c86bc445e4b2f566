//! The files of deploy/ fit the program, and each other.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use dateline::article::{OutputId, Tier};
use dateline::cli::Exit;
use dateline::config::{self, Config};
use dateline::telemetry::{Gauges, Lane, Metrics, Standing};

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name)).unwrap()
}

/// The values of a key of a unit, in its order.
fn values<'u>(unit: &'u str, key: &str) -> Vec<&'u str> {
    unit.lines()
        .filter_map(|line| line.split_once('='))
        .filter_map(|(name, value)| (name == key).then_some(value))
        .collect()
}

#[test]
fn the_units_name_what_the_program_uses() {
    let (service, socket) = (read("dateline.service"), read("dateline.socket"));
    let defaults = config::parse(Config::default_text(), "dateline.toml").unwrap();
    let runtime = config::system_control_socket();
    let runtime = runtime.parent().unwrap().to_string_lossy().into_owned();
    for (unit, key, want) in [
        (&socket, "ListenStream", defaults.http.listen.to_string()),
        (&service, "RuntimeDirectory", runtime.replace("/run/", "")),
        (&service, "RestartPreventExitStatus", (Exit::Config as u8).to_string()),
        (&service, "Type", "notify".to_owned()),
        (&service, "ExecStart", "/usr/bin/dateline run".to_owned()),
        (&service, "ExecReload", "/usr/bin/dateline reload".to_owned()),
    ] {
        assert_eq!(values(unit, key), [want], "{key}");
    }
    assert!(
        values(&service, "ExecPaths")[0].starts_with("/usr/bin/dateline "),
        "it may run itself"
    );
    let stop: u64 = values(&service, "TimeoutStopSec")[0].parse().unwrap();
    assert!(
        stop > defaults.schedule.shutdown_grace.as_secs(),
        "there is time for an ordered end"
    );
}

#[test]
fn systemd_finds_no_fault_in_the_units_and_little_that_they_leave_open() {
    let Ok(found) = Command::new("systemd-analyze").arg("--version").output() else {
        println!("skipped: no systemd-analyze");
        return;
    };
    let version = String::from_utf8_lossy(&found.stdout).into_owned();
    let version: u32 = version
        .split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or(0);
    if version < 252 {
        println!("skipped: systemd {version}");
        return;
    }
    // The program is not installed where this runs.
    let folder = tempfile::tempdir().unwrap();
    let unit = |name: &str| folder.path().join(name);
    std::fs::write(
        unit("dateline.service"),
        read("dateline.service").replace("/usr/bin/dateline", "/usr/bin/env"),
    )
    .unwrap();
    std::fs::write(unit("dateline.socket"), read("dateline.socket")).unwrap();
    let analyze = |arguments: &[&str]| {
        let run = Command::new("systemd-analyze")
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = [run.stdout, run.stderr]
            .map(|text| String::from_utf8_lossy(&text).into_owned())
            .concat();
        (run.status.success(), said)
    };
    let (is_good, said) = analyze(&["verify", "--man=no", "./dateline.service", "./dateline.socket"]);
    assert!(is_good && !said.contains("dateline."), "{said}");
    // In tenths: 1.1 is the floor for a service that uses the network and takes addresses from no list.
    let (is_tight, said) = analyze(&[
        "security",
        "--no-pager",
        "--offline=true",
        "--threshold=11",
        "./dateline.service",
    ]);
    assert!(is_tight, "{said}");
}

#[test]
fn the_package_has_every_file_that_it_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let package = manifest.split("[package.metadata.deb]").nth(1).unwrap();
    let files: Vec<&str> = package
        .split('"')
        .filter(|word| ["deploy/", "config/"].iter().any(|folder| word.starts_with(folder)))
        .collect();
    assert!(files.len() > 8, "{files:?}");
    for file in files {
        assert!(root.join(file).exists(), "{file}");
    }
}

#[test]
fn the_readme_runs_commands_that_exist() {
    let readme = read("README.md");
    let commands: Vec<&str> = readme
        .split(['`', '\n'])
        .filter_map(|text| text.trim_start().strip_prefix("dateline "))
        .collect();
    assert!(commands.len() > 5, "{commands:?}");
    for command in commands {
        let words = command.split_whitespace().take_while(|word| *word != "#");
        let run = Command::new(env!("CARGO_BIN_EXE_dateline"))
            .args(words)
            .arg("--help")
            .output()
            .unwrap();
        assert!(
            run.status.success(),
            "dateline {command}: {}",
            String::from_utf8_lossy(&run.stderr)
        );
    }
}

/// Holds what we say against Prometheus's own tool, where it is installed.
pub(crate) fn promtool(arguments: &[&str], input: &str) {
    let tool = Command::new("promtool")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut tool) = tool else {
        println!("skipped: no promtool");
        return;
    };
    tool.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let run = tool.wait_with_output().unwrap();
    let said = [run.stdout, run.stderr]
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .concat();
    assert!(run.status.success(), "{arguments:?}: {said}");
}

/// Every name under which a sample is written.
fn samples() -> BTreeSet<String> {
    let now = dateline::clock::now();
    let metrics = Metrics::new(&Lane::default(), now);
    metrics.expect("prnewswire", Tier::Wire, &["ok"], &["new"]);
    metrics.poll_took(Tier::Wire, std::time::Duration::ZERO);
    metrics.answered(&OutputId::new("all"), "atom", 200);
    metrics.delivered("taken");
    metrics.page_read("prnewswire", "text");
    let gauges = Gauges {
        is_up: true,
        standing: Some(Standing {
            sources: vec![(Tier::Wire, "ok".to_owned(), 1)],
            tiers: vec![(Tier::Wire, true, Some(now))],
            ..Standing::default()
        }),
        store_bytes: Some(1),
        log_bytes: Some(1),
        disk_bytes: Some(1),
    };
    let text = metrics.text(&gauges).unwrap();
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples
        .filter_map(|line| line.split(['{', ' ']).next())
        .map(str::to_owned)
        .collect()
}

/// The names of ours in an expression.
fn names(expression: &str) -> impl Iterator<Item = &str> {
    expression
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("dateline_") || word.starts_with("process_"))
}

/// Each graph with its expressions, as Prometheus would be asked.
fn graphs() -> Vec<(String, String)> {
    let dashboard: serde_json::Value = serde_json::from_str(&read("grafana-dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<i64> = panels.iter().filter_map(|panel| panel["id"].as_i64()).collect();
    assert_eq!(ids.len(), panels.len(), "each panel has an id of its own");
    let expressions = panels.iter().flat_map(|panel| {
        let title = panel["title"].as_str().unwrap();
        panel["targets"].as_array().unwrap().iter().map(move |target| {
            let expression = target["expr"].as_str().unwrap();
            let asked = expression.replace("$job", "dateline").replace("$__rate_interval", "5m");
            (title.to_owned(), asked)
        })
    });
    expressions.collect()
}

#[test]
fn graphs_and_alerts_ask_for_what_is_measured_and_leave_nothing_out() {
    let samples = samples();
    let (alerts, graphs) = (read("alerts.yml"), graphs());
    let asked: BTreeSet<&str> = graphs.iter().flat_map(|(_, asked)| names(asked)).collect();
    for name in asked.iter().copied().chain(names(&alerts)) {
        assert!(samples.contains(name), "{name} is not measured");
    }
    let shown = |sample: &&String| {
        let parts = ["_sum", "_count"];
        let histogram = parts.iter().find_map(|part| sample.strip_suffix(part));
        asked.contains(sample.as_str())
            || alerts.contains(sample.as_str())
            || histogram.is_some_and(|name| asked.contains(format!("{name}_bucket").as_str()))
    };
    let unseen: Vec<&String> = samples.iter().filter(|sample| !shown(sample)).collect();
    assert!(unseen.is_empty(), "in no graph and no alert: {unseen:?}");
}

#[test]
fn prometheus_understands_graphs_and_alerts() {
    let folder = tempfile::tempdir().unwrap();
    let rules = graphs()
        .into_iter()
        .enumerate()
        .map(|(number, (_, asked))| serde_json::json!({ "record": format!("graph:{number}"), "expr": asked }));
    // YAML holds JSON.
    let rules = serde_json::json!({ "groups": [{ "name": "graphs", "rules": rules.collect::<Vec<_>>() }] });
    let file = folder.path().join("graphs.yml");
    std::fs::write(&file, rules.to_string()).unwrap();
    promtool(&["check", "rules", &file.to_string_lossy()], "");
    let alerts = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/alerts.yml");
    promtool(&["check", "rules", &alerts.to_string_lossy()], "");
}

#[test]
fn alerts_are_told_when_they_should_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let alerts = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/alerts.yml");
    let gib = 1_u64 << 30;
    let tests: Vec<serde_json::Value> = [
        ("DatelineDown", "up{job=\"dateline\"}", "1x4 0x20".to_owned(), "9m", "10m"),
        ("DatelineStoreUnreadable", "dateline_store_up", "1x4 0x20".to_owned(), "6m", "7m"),
        ("DatelineTierSilent", "dateline_tier_ready{tier=\"wire\"}", "1x4 0x20".to_owned(), "9m", "10m"),
        (
            "DatelineSourceLate",
            "dateline_sources{tier=\"guest\",state=\"late\"}",
            "0x4 2x30".to_owned(),
            "14m",
            "15m"),
        (
            "DatelineSourceFailing",
            "dateline_sources{tier=\"guest\",state=\"gone\"}",
            "0x4 1x90".to_owned(),
            "64m",
            "65m"),
        ("DatelineGaps", "dateline_gaps_total{wire=\"b\"}", "0x4 1x30".to_owned(), "4m", "6m"),
        (
            "DatelinePollsNotKept",
            "dateline_polls_total{outcome=\"unkept\"}",
            "0x4 1x10".to_owned(),
            "4m",
            "6m"),
        ("DatelineWalGrows", "dateline_wal_bytes", format!("0x4 {gib}x30"), "19m", "20m"),
        ("DatelineDiskFillsUp", "dateline_disk_available_bytes", format!("{}x4 {}x60", 9 * gib, gib / 2), "4m", "40m"),
        ("DatelineSubscribersBehind", "dateline_subscribers_behind", "0x4 3x90".to_owned(), "64m", "65m"),
    ]
    .into_iter()
    .map(|(alert, series, values, before, then)| {
        let firing = format!("count(ALERTS{{alertname=\"{alert}\",alertstate=\"firing\"}}) or vector(0)");
        let told = |at: &str, count: i32| serde_json::json!({ "expr": firing, "eval_time": at, "exp_samples": [{ "labels": "{}", "value": count }] });
        serde_json::json!({
            "name": alert,
            "interval": "1m",
            "input_series": [{ "series": series, "values": values }],
            "promql_expr_test": [told(before, 0), told(then, 1)],
        })
    })
    .collect();
    let text = serde_json::json!({ "rule_files": [alerts], "evaluation_interval": "1m", "tests": tests }).to_string();
    let file = folder.path().join("alerts.json.yml");
    std::fs::write(&file, text).unwrap();
    promtool(&["test", "rules", &file.to_string_lossy()], "");
}

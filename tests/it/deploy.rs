//! The files of deploy/ fit the program, and each other.

use std::path::Path;
use std::process::Command;

use dateline::cli::Exit;
use dateline::config::{self, Config};

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

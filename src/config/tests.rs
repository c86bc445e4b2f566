use std::collections::BTreeSet;
use std::io::Write;

use proptest::prelude::*;

use super::keys::{Absent, KEYS};
use super::*;
use crate::wire::WIRES;

const REFERENCE: &str = EMBEDDED;
const MINIMAL: &str = include_str!("../../config/minimal.toml");

/// What `dateline check` prints for a text.
fn rendered(text: &str) -> String {
    match parse(text, "dateline.toml") {
        Ok(_) => "no problem".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_problem_is_shown_with_its_place_and_what_to_write() {
    let wires = WIRES.iter().map(|wire| wire.id).collect::<Vec<_>>().join(", ");
    for (text, want) in PROBLEMS {
        let (found, want) = (rendered(text), want.replace("{WIRES}", &wires));
        assert_eq!(found, want, "\nof\n{text}\nwas\n{found}");
    }
}

#[test]
fn the_caret_of_a_filter_stands_inside_its_text() {
    let whole = |written: &str| 10..10 + written.chars().count();
    for (written, filter, exact) in [
        (r#"'wire <> "x"'"#, r#"wire <> "x""#, true),
        (r#""wire <> 1""#, "wire <> 1", true),
        (r#""wire <> \"x\"""#, r#"wire <> "x""#, false),
    ] {
        let error = Filter::parse(filter).unwrap_err();
        let text = format!("[[output]]\nid = 'a'\nfilter = {written}\n");
        let shown = parse(&text, "dateline.toml").unwrap_err();
        let [problem] = shown.problems() else { panic!("{shown}") };
        // Behind `filter = ` and the quote, or the whole value where escapes make the place unsure.
        let (span, end) = match exact {
            true => (
                10 + 1 + error.span.start..10 + 1 + error.span.end,
                10 + 1 + filter.len(),
            ),
            false => (whole(written), whole(written).end),
        };
        assert_eq!(
            (problem.line, problem.column, &problem.message),
            (3, span.start, &error.message),
            "{written}"
        );
        let carets = shown.to_string().lines().nth(3).unwrap().matches('^').count();
        assert_eq!(carets, span.len().max(1).min(end + 1 - span.start), "{written}");
    }

    let text = "[[output]]\nid = 'a'\nfilter = \"\"\"\nlanguage = 'en'\nand wire <> 'x'\n\"\"\"\n";
    let error = Filter::parse("language = 'en'\nand wire <> 'x'\n").unwrap_err();
    let shown = parse(text, "dateline.toml").unwrap_err();
    let before = &text[..text.find("language").unwrap() + error.span.start];
    let line = before.matches('\n').count() + 1;
    assert_eq!(
        (shown.problems()[0].line, &shown.problems()[0].message),
        (line, &error.message)
    );
}

#[test]
fn the_annotated_file_shows_every_key_with_its_default() {
    let mut shown = BTreeSet::new();
    let mut table = "";
    for line in REFERENCE.lines() {
        if line.starts_with('[') {
            table = line.trim_matches(['[', ']']);
        }
        if let Some((name, value)) = line.strip_prefix("# ").unwrap_or(line).split_once(" = ") {
            shown.insert((table, name, value));
        }
    }
    assert!(KEYS.len() > 30);
    for row in KEYS {
        let at_its_place = |(table, name, _): &&(&str, &str, &str)| (*table, *name) == (row.table.name(), row.name);
        let mut values = shown.iter().filter(at_its_place).map(|(_, _, value)| *value);
        let right = match row.absent {
            Absent::Is(default) => values.any(|value| value == default),
            Absent::From(_) | Absent::Unset | Absent::Required => values.next().is_some(),
        };
        assert!(
            right,
            "show {}.{} with its default: {:?}",
            row.table.name(),
            row.name,
            row.absent
        );
    }
}

#[test]
fn what_the_annotated_file_comments_out_can_be_switched_on() {
    // A line that is set already stays; the others lose their comment sign.
    let set: BTreeSet<_> = REFERENCE
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
        .collect();
    let switched_on = REFERENCE.lines().map(|line| {
        let bare = line.strip_prefix("# ").unwrap_or(line);
        match bare.split_once(" = ") {
            Some((name, _)) if KEYS.iter().any(|row| row.name == name) && !set.contains(name) => bare,
            _ => line,
        }
    });
    let text = switched_on.collect::<Vec<_>>().join("\n");
    assert!(text.contains("\nmax_items = 5000\n"), "nothing was switched on");
    assert_eq!(rendered(&text), "no problem");
}

#[test]
fn each_default_is_a_value_that_its_key_takes() {
    let text = format!("{MINIMAL}\n[[filter]]\nname = 'a'\nfilter = ''\n");
    let config = parse(&text, "minimal.toml").unwrap();
    for row in KEYS.iter().filter(|row| row.absent != Absent::Unset) {
        let setting = config
            .settings
            .iter()
            .find(|setting| (setting.table, setting.name) == (row.table, row.name));
        assert!(setting.is_some(), "{}.{} has no value", row.table.name(), row.name);
    }
}

#[test]
fn the_built_in_file_polls_real_wires_politely_and_listens_on_loopback() {
    let config = load(&Located::Embedded, Some(Path::new("x.sqlite"))).unwrap();
    assert_eq!(config.store.path, Path::new("x.sqlite"));
    assert!(config.http.listen.ip().is_loopback());
    assert!(!config.fetch.allow_private_networks);
    assert!(config.fetch.user_agent.contains("Bot"));
    let ids: Vec<_> = config.sources.iter().map(|source| source.id.as_str()).collect();
    let want = [
        "prnewswire-all",
        "globenewswire-public",
        "businesswire-multimedia",
        "sec-press",
        "prtimes",
        "presseportal",
    ];
    assert_eq!(ids, want);
    let monday = "2026-01-05T12:00:00Z".parse().unwrap();
    for source in &config.sources {
        let Some(cron) = &source.schedule else {
            // Adaptive: the floors of its tier hold.
            assert_eq!(source.tier, source.wire.tier, "{}", source.id);
            continue;
        };
        let hour: Vec<_> = std::iter::successors(cron.next_after(source.time_zone, monday), |last| {
            cron.next_after(source.time_zone, *last)
        })
        .take_while(|due| *due <= monday + chrono::TimeDelta::hours(1))
        .collect();
        assert!(
            (1..=12).contains(&hour.len()),
            "{} is polled {} times an hour",
            source.id,
            hour.len()
        );
        assert!(
            !hour.contains(&(monday + chrono::TimeDelta::hours(1))),
            "{} is polled on the hour",
            source.id
        );
    }
    assert!(
        config.sources.iter().any(|source| source.schedule.is_some()),
        "one shows cron"
    );
    let outputs: Vec<_> = config.outputs.iter().map(|output| output.id.as_str()).collect();
    assert_eq!(outputs, ["all", "english", "corrections"]);
}

#[test]
fn one_feed_written_in_several_ways_is_polled_once() {
    let first = "https://www.example.org/rss";
    for (second, is_same) in [
        ("https://www.example.org/rss/", true),
        ("https://www.example.org/rss#top", true),
        ("http://www.example.org/rss", true),
        ("https://example.org/rss", true),
        ("HTTP://EXAMPLE.org:80/rss/", true),
        ("https://www.example.org/rss?page=2", false),
        ("https://www.example.org/RSS", false),
        ("https://www.example.org:8443/rss", false),
        ("https://feeds.example.org/rss", false),
    ] {
        let text = format!("[[source]]\nid = \"a\"\nurl = \"{first}\"\n[[source]]\nid = \"b\"\nurl = \"{second}\"\n");
        assert_eq!(parse(&text, "dateline.toml").is_err(), is_same, "{second}");
    }
}

#[test]
fn who_says_when_a_source_is_polled() {
    for (schedule, source, want, tier) in [
        ("", "", None, Tier::Guest),
        ("", "wire = \"prnewswire\"", None, Tier::Wire),
        ("", "wire = \"prnewswire\"\ntier = \"guest\"", None, Tier::Guest),
        ("adaptive = \"off\"", "", Some("@hourly"), Tier::Guest),
        (
            "adaptive = \"off\"\ndefault = \"@daily\"",
            "",
            Some("@daily"),
            Tier::Guest,
        ),
        ("default = \"@daily\"", "", Some("@daily"), Tier::Guest),
        (
            "default = \"@daily\"",
            "schedule = \"5 * * * *\"",
            Some("5 * * * *"),
            Tier::Guest,
        ),
        ("", "schedule = \"5 * * * *\"", Some("5 * * * *"), Tier::Guest),
        ("default = \"@daily\"", "schedule = \"adaptive\"", None, Tier::Guest),
    ] {
        let text = format!("[schedule]\n{schedule}\n[[source]]\nid = \"a\"\nurl = \"https://a.example/\"\n{source}\n");
        let config = parse(&text, "dateline.toml").unwrap();
        let got = &config.sources[0];
        let cron = got.schedule.as_ref().map(Crontab::to_string);
        assert_eq!((cron.as_deref(), got.tier), (want, tier), "{schedule} {source}");
    }
}

#[test]
fn values_that_follow_from_others() {
    let text = r#"
http.listen = "0.0.0.0:8080"
fetch.contact = "https://example.org/about"
schedule = { default = "*/7 * * * *", time_zone = "Asia/Tokyo" }
source = [{ id = "a", url = "https://example.org/" }, { id = "b", url = "http://example.org/b", schedule = "@daily", date_zone = "Asia/Seoul" }]
output = [{ id = "o" }]
"#;
    let config = parse(text, "dateline.toml").unwrap();
    assert_eq!(
        config.http.url("/outputs/o.atom"),
        "http://localhost:8080/outputs/o.atom"
    );
    assert_eq!(
        config.fetch.user_agent,
        sections::user_agent(Some("https://example.org/about"))
    );
    assert!(
        config
            .fetch
            .user_agent
            .ends_with(" (press-release feed reader; +https://example.org/about)")
    );
    let schedules: Vec<_> = config
        .sources
        .iter()
        .map(|source| source.schedule.as_ref().map(Crontab::to_string).unwrap_or_default())
        .collect();
    assert_eq!(schedules, ["*/7 * * * *", "@daily"]);
    assert!(
        config
            .sources
            .iter()
            .all(|source| source.time_zone == Tz::Asia__Tokyo && source.wire.id == "generic")
    );
    // Whoever sets the zone of all schedules has not said where the feeds come from.
    let date_zones: Vec<_> = config.sources.iter().map(|source| source.date_zone).collect();
    assert_eq!(date_zones, [Tz::UTC, Tz::Asia__Seoul]);
    assert_eq!(config.outputs[0].title, "o");
    assert_eq!(config.store.path, Path::new("dateline.sqlite"));
}

#[test]
fn a_base_url_with_a_path_is_joined_with_one_slash() {
    for (base, want) in [
        ("https://example.org", "https://example.org/articles/1"),
        ("https://example.org/", "https://example.org/articles/1"),
        ("https://example.org/news", "https://example.org/news/articles/1"),
        ("https://example.org/news/", "https://example.org/news/articles/1"),
    ] {
        let config = parse(&format!("[http]\nbase_url = '{base}'"), "dateline.toml").unwrap();
        assert_eq!(config.http.url("/articles/1"), want, "{base}");
    }
}

#[test]
fn durations_and_sizes() {
    for (value, want_ms) in [
        ("500ms", 500),
        ("30s", 30_000),
        ("1m", 60_000),
        ("1m30s", 90_000),
        ("1m 30s", 90_000),
    ] {
        let config = parse(&format!("[fetch]\nread_timeout = '{value}'"), "dateline.toml").unwrap();
        assert_eq!(config.fetch.read_timeout, Duration::from_millis(want_ms), "{value}");
    }
    for (value, want) in [
        ("1024B", 1024),
        ("1KiB", 1024),
        ("2MiB", 2 << 20),
        ("1GiB", 1 << 30),
        ("5MB", 5_000_000),
    ] {
        let config = parse(&format!("[fetch]\nmax_body_bytes = '{value}'"), "dateline.toml").unwrap();
        assert_eq!(config.fetch.max_body_bytes, want, "{value}");
    }
    for wrong in [
        "",
        "s",
        "5",
        "-5s",
        "5 s 5",
        "1.5h",
        "99999999999999999999s",
        "18446744073709551615d",
        "5µs",
    ] {
        let found = rendered(&format!("[fetch]\nread_timeout = '{wrong}'"));
        assert!(found.contains("is no duration"), "{wrong}: {found}");
    }
}

#[test]
fn a_file_that_cannot_be_read_says_how_to_name_another() {
    let missing = load(&Located::File("/nowhere/dateline.toml".into()), None).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "cannot read the configuration /nowhere/dateline.toml: No such file or directory (os error 2); name a readable file with --config or $DATELINE_CONFIG"
    );
    assert!(missing.problems().is_empty() && std::error::Error::source(&missing).is_some());

    let mut latin1 = tempfile::NamedTempFile::new().unwrap();
    latin1
        .write_all(b"[[output]]\nid = 'a'\ntitle = 'Z\xfcrich'\n")
        .unwrap();
    let error = load(&Located::File(latin1.path().to_owned()), None).unwrap_err();
    let [problem] = error.problems() else { panic!("{error}") };
    assert_eq!(
        (problem.line, problem.column, problem.message.as_str()),
        (3, 11, "this is not UTF-8")
    );
}

#[test]
fn the_printed_configuration_names_origins_and_reads_back_to_itself() {
    let text = "[http]\nlisten = '[::1]:80'\n[[output]]\nid = 'o'\nfilter = \"\"\"\nheadline ~ \\\"a 'b'\\\" \"\"\"\n";
    for (text, file) in [
        (REFERENCE, "dateline.toml"),
        (MINIMAL, "minimal.toml"),
        (text, "x.toml"),
    ] {
        let config = parse(text, file).unwrap();
        let again = parse(&print::toml(&config), "printed").unwrap();
        let values = |config: &Config| -> Vec<_> {
            let settings = config.settings.iter();
            settings
                .map(|setting| (setting.table, setting.index, setting.name, setting.value.clone()))
                .collect()
        };
        assert_eq!(values(&again), values(&config), "{file}");
    }
    let config = parse(MINIMAL, "minimal.toml").unwrap();
    let printed = print::toml(&config);
    for line in [
        "contact = \"desk@example.org\"  # minimal.toml:4",
        "per_host = 1  # default",
        "base_url = \"http://127.0.0.1:8844\"  # from http.listen",
        "rights = \"summary\"  # from the wire's terms",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "{line}\nin\n{printed}");
    }
    let json = print::json(&config);
    assert_eq!(json["source"][0]["url"]["origin"], "minimal.toml:8");
    assert_eq!(json["output"][0]["limit"]["value"], 100);
    assert_eq!(json["output"][0]["copies"]["value"], "folded");
    assert_eq!(json["output"][0]["entry_title"]["value"], "{headline}");
    assert_eq!(json["fetch"]["max_body_bytes"]["value"], "16MiB");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_gives_a_configuration_or_problems_inside_it(
        at in 0..REFERENCE.len(),
        cut in 0..200_usize,
        noise in "[\\[\\]\"'=#\n a-z0-9\u{7f}é]{0,12}",
    ) {
        let start = REFERENCE.floor_char_boundary(at);
        let end = REFERENCE.floor_char_boundary(at + cut);
        let text = format!("{}{noise}{}", &REFERENCE[..start], &REFERENCE[end..]);
        if let Err(error) = parse(&text, "dateline.toml") {
            prop_assert!(!error.problems().is_empty());
            for problem in error.problems() {
                prop_assert!((1..=text.lines().count().max(1) + 1).contains(&problem.line), "{}", problem);
            }
        }
    }
}

#[test]
fn outputs_use_filters_by_name_wherever_these_stand() {
    let text = "[[output]]\nid = 'o'\nfilter = '@steel and not @noise'\n\
                [[filter]]\nname = 'noise'\nfilter = '@never or kind = \"advisory\"'\n\
                [[filter]]\nname = 'steel'\nfilter = 'text ~ \"steel\"'\ndescription = 'What is of steel.'\n\
                [[filter]]\nname = 'never'\nfilter = 'not headline exists and headline exists'\n";
    let config = parse(text, "dateline.toml").unwrap();
    assert_eq!(config.outputs[0].filter.text, "@steel and not @noise");
    let names: Vec<_> = config.filters.iter().map(|filter| filter.name.as_str()).collect();
    assert_eq!(names, ["noise", "steel", "never"]);
    assert_eq!(config.filters[1].description, "What is of steel.");
    for (text, want) in [
        (
            "[[output]]\nid = 'o'\nfilter = 'wire exists and @stel'\n[[filter]]\nname = 'steel'\nfilter = ''\n",
            &["3:27: output.filter: there is no filter `@stel`"][..],
        ),
        (
            "[[output]]\nid = 'o'\nfilter = '@a'\n[[filter]]\nname = 'a'\nfilter = 'wire = @a'\n",
            &["6:18: filter.filter: `@a` leads back to `@a`"],
        ),
        (
            "[[filter]]\nname = 'a'\nfilter = 'words > x'\n[[output]]\nid = 'o'\nfilter = '@a and words < y'\n",
            &[
                "3:19: filter.filter: `x` is no whole number",
                "6:26: output.filter: `y` is no whole number",
            ],
        ),
        (
            "[[filter]]\nname = 'a'\nfilter = ''\n[[filter]]\nname = 'a'\nfilter = ''\n",
            &["5:8: filter.name: the same name as in line 2"],
        ),
    ] {
        let error = parse(text, "f").unwrap_err();
        let told: Vec<String> = error
            .problems()
            .iter()
            .map(|p| {
                format!(
                    "{}:{}: {}: {}",
                    p.line,
                    p.column,
                    p.key.as_deref().unwrap_or_default(),
                    p.message
                )
            })
            .collect();
        assert_eq!(told, want, "{text}");
    }
}

/// Each text with all that is printed for it.
const PROBLEMS: &[(&str, &str)] = &[
    (
        r#"[http]
lissten = "127.0.0.1:80""#,
        r#"dateline.toml:2:1: http.lissten: unknown key below [http]
  |
2 | lissten = "127.0.0.1:80"
  | ^^^^^^^
  = hint: did you mean `listen`?"#,
    ),
    (
        r#"[http]
colour = "red""#,
        r#"dateline.toml:2:1: http.colour: unknown key below [http]
  |
2 | colour = "red"
  | ^^^^^^
  = hint: known are listen, base_url, max_connections, requests_per_minute, token_file, metrics"#,
    ),
    (
        r#"[http]
jitter = "5s""#,
        r#"dateline.toml:2:1: http.jitter: unknown key below [http]
  |
2 | jitter = "5s"
  | ^^^^^^
  = hint: `jitter` belongs below [schedule]"#,
    ),
    (
        r#"listen = "127.0.0.1:80""#,
        r#"dateline.toml:1:1: listen: `listen` is no table of the configuration
  |
1 | listen = "127.0.0.1:80"
  | ^^^^^^
  = hint: `listen` belongs below [http]"#,
    ),
    (
        r#"[sorce]
id = "a""#,
        r"dateline.toml:1:2: sorce: `sorce` is no table of the configuration
  |
1 | [sorce]
  |  ^^^^^
  = hint: did you mean [[source]]?",
    ),
    (
        r#"[mail]
to = "x""#,
        r"dateline.toml:1:2: mail: `mail` is no table of the configuration
  |
1 | [mail]
  |  ^^^^
  = hint: known are [store] [http] [fetch] [schedule] [dedup] [websub] [[source]] [[filter]] [[output]]",
    ),
    (
        r#"[fetch]
max_items = "many"
read_timeout = 30
allow_private_networks = "no"
contact = ["a"]"#,
        r#"dateline.toml:2:13: fetch.max_items: expected a number without quotes, found text in quotes
  |
2 | max_items = "many"
  |             ^^^^^^

dateline.toml:3:16: fetch.read_timeout: expected a duration such as "30s", found the number 30
  |
3 | read_timeout = 30
  |                ^^

dateline.toml:4:26: fetch.allow_private_networks: expected true or false, found text in quotes
  |
4 | allow_private_networks = "no"
  |                          ^^^^

dateline.toml:5:11: fetch.contact: expected a web or e-mail address in quotes, found a list
  |
5 | contact = ["a"]
  |           ^^^^^"#,
    ),
    (
        r#"[fetch]
read_timeout = "30"
total_timeout = "1 hour"
connect_timeout = "0s"
max_body_bytes = "16M"
max_items = -1"#,
        r#"dateline.toml:2:16: fetch.read_timeout: `30` is no duration
  |
2 | read_timeout = "30"
  |                ^^^^
  = hint: a number and a unit (ms, s, m, h or d), as in "30s" or "1h30m"

dateline.toml:3:17: fetch.total_timeout: `1 hour` is no duration
  |
3 | total_timeout = "1 hour"
  |                 ^^^^^^^^
  = hint: a number and a unit (ms, s, m, h or d), as in "30s" or "1h30m"

dateline.toml:4:19: fetch.connect_timeout: `0s` is not allowed, allowed is 100ms to 5m
  |
4 | connect_timeout = "0s"
  |                   ^^^^

dateline.toml:5:18: fetch.max_body_bytes: `16M` is no size
  |
5 | max_body_bytes = "16M"
  |                  ^^^^^
  = hint: a number and a unit (B, KiB, MiB or GiB), as in "16MiB"

dateline.toml:6:13: fetch.max_items: -1 is not allowed, allowed is 1 to 100000
  |
6 | max_items = -1
  |             ^^"#,
    ),
    (
        r#"[http]
listen = "localhost:8844"
base_url = "news.example.org""#,
        r#"dateline.toml:2:10: http.listen: `localhost:8844` is no IP address with a port
  |
2 | listen = "localhost:8844"
  |          ^^^^^^^^^^^^^^^^
  = hint: write "127.0.0.1:8844"

dateline.toml:3:12: http.base_url: `news.example.org` is no usable URL: it has no scheme
  |
3 | base_url = "news.example.org"
  |            ^^^^^^^^^^^^^^^^^^
  = hint: write "https://news.example.org""#,
    ),
    (
        r#"[http]
listen = "8844"
base_url = "https://example.org/?a=1""#,
        r#"dateline.toml:2:10: http.listen: `8844` is no IP address with a port
  |
2 | listen = "8844"
  |          ^^^^^^
  = hint: write "127.0.0.1:8844"

dateline.toml:3:12: http.base_url: a base URL ends with its path
  |
3 | base_url = "https://example.org/?a=1"
  |            ^^^^^^^^^^^^^^^^^^^^^^^^^^
  = hint: leave out `?` and `#` and what follows"#,
    ),
    (
        r#"[fetch]
contact = "me"
user_agent = "Bot\u0007""#,
        r#"dateline.toml:2:11: fetch.contact: `me` is neither a web address nor an e-mail address
  |
2 | contact = "me"
  |           ^^^^
  = hint: write "https://example.org/about" or "desk@example.org"

dateline.toml:3:14: fetch.user_agent: only printable ASCII can stand in a header
  |
3 | user_agent = "Bot\u0007"
  |              ^^^^^^^^^^^"#,
    ),
    (
        r#"[schedule]
default = "*/5 * * *"
time_zone = "zurich""#,
        r#"dateline.toml:2:12: schedule.default: 4 of 5 fields: minute hour day-of-month month day-of-week
  |
2 | default = "*/5 * * *"
  |            ^^^^^^^^^
  = hint: write `*` for every field that does not matter

dateline.toml:3:13: schedule.time_zone: `zurich` is no time zone
  |
3 | time_zone = "zurich"
  |             ^^^^^^^^
  = hint: did you mean "Europe/Zurich"?"#,
    ),
    (
        r#"[schedule]
default = "0 0 31 2 *"
time_zone = "Europe/Berlinn""#,
        r#"dateline.toml:2:11: schedule.default: `0 0 31 2 *` never comes
  |
2 | default = "0 0 31 2 *"
  |           ^^^^^^^^^^^^
  = hint: no month has that day

dateline.toml:3:13: schedule.time_zone: `Europe/Berlinn` is no time zone
  |
3 | time_zone = "Europe/Berlinn"
  |             ^^^^^^^^^^^^^^^^
  = hint: did you mean "Europe/Berlin"?"#,
    ),
    (
        r#"[schedule]
floor = "2h"
ceiling = "1h""#,
        r#"dateline.toml:2:9: schedule.floor: the floor is longer than the ceiling
  |
2 | floor = "2h"
  |         ^^^^
  = hint: `floor` is the least time between two polls, `ceiling` the longest wait after failures"#,
    ),
    (
        r#"[store]
keep = "30d"
[dedup]
window = "45d""#,
        r#"dateline.toml:2:8: store.keep: shorter than `window` of [dedup]: what a copy or a correction may still look for must stay
  |
2 | keep = "30d"
  |        ^^^^^
  = hint: write a longer time here, or a shorter `window`"#,
    ),
    (
        r#"[[source]]
id = "A Feed!"
url = "feed://example.org/rss"
wire = "prnewswires"
schedule = "0 7-25 * * *"
rights = "sumary"
enabled = 1"#,
        r#"dateline.toml:2:6: source.id: `A Feed!` is not allowed: 1 to 64 of a-z, 0-9 and -
  |
2 | id = "A Feed!"
  |      ^^^^^^^^^
  = hint: write "a-feed"

dateline.toml:3:7: source.url: `feed://example.org/rss` is no usable URL: only http and https can be polled
  |
3 | url = "feed://example.org/rss"
  |       ^^^^^^^^^^^^^^^^^^^^^^^^
  = hint: write "https://example.org/rss"

dateline.toml:4:8: source.wire: `prnewswires` is no wire
  |
4 | wire = "prnewswires"
  |        ^^^^^^^^^^^^^
  = hint: did you mean "prnewswire"? known are {WIRES}

dateline.toml:5:17: source.schedule: hour: `25` is not allowed, allowed is 0-23
  |
5 | schedule = "0 7-25 * * *"
  |                 ^^

dateline.toml:6:10: source.rights: `sumary` is not allowed, allowed are full, summary and headline
  |
6 | rights = "sumary"
  |          ^^^^^^^^
  = hint: did you mean "summary"?

dateline.toml:7:11: source.enabled: expected true or false, found the number 1
  |
7 | enabled = 1
  |           ^"#,
    ),
    (
        r#"[[source]]
id = "a"
url = "https://me:geheim@example.org/rss""#,
        r#"dateline.toml:3:16: source.url: a name or password in a URL is refused: it would show in logs and in emitted feeds
  |
3 | url = "https://*********@example.org/rss"
  |                ^^^^^^^^^
  = hint: leave out what stands before the `@`"#,
    ),
    (
        r#"[[source]]
id = "a""#,
        r"dateline.toml:1:1: source.url: missing below [[source]]
  |
1 | [[source]]
  | ^^^^^^^^^^
  = hint: add `url = ...`: The feed: RSS, Atom, RDF or JSON Feed.",
    ),
    (
        r#"[[source]]
id = "a"
url = "https://example.org/rss"

[[source]]
id = "a"
url = "https://example.org/rss/#top""#,
        r#"dateline.toml:6:6: source.id: the same id as in line 2
  |
6 | id = "a"
  |      ^^^
  = hint: each has to be there once; remove or change one of them

dateline.toml:7:7: source.url: the same url as in line 3
  |
7 | url = "https://example.org/rss/#top"
  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = hint: each has to be there once; remove or change one of them"#,
    ),
    (
        r#"[source]
id = "a""#,
        r"dateline.toml:1:1: source: expected [[source]], found a table
  |
1 | [source]
  | ^^^^^^^^
  = hint: write [[source]]",
    ),
    (
        r#"[[http]]
listen = "127.0.0.1:80""#,
        r"dateline.toml:1:1: http: expected [http], found a list
  |
1 | [[http]]
  | ^^^^^^^^
  = hint: write [http]",
    ),
    (
        r#"[[output]]
id = "a"
limit = 1001
title = " ""#,
        r#"dateline.toml:3:9: output.limit: 1001 is not allowed, allowed is 1 to 1000
  |
3 | limit = 1001
  |         ^^^^

dateline.toml:4:9: output.title: the title is empty
  |
4 | title = " "
  |         ^^^
  = hint: leave the key out to use the id"#,
    ),
    (
        r#"[[output]]
id = "a"
copies = "show"
entry_title = "{isuer}: {headline}"
[[output]]
id = "b"
copies = true
entry_title = "Steel – {headline""#,
        r#"dateline.toml:3:10: output.copies: `show` is not allowed, allowed are folded, shown and omitted
  |
3 | copies = "show"
  |          ^^^^^^
  = hint: did you mean "shown"?

dateline.toml:4:16: output.entry_title: there is no placeholder `{isuer}`
  |
4 | entry_title = "{isuer}: {headline}"
  |                ^^^^^^^
  = hint: did you mean `{issuer}`?

dateline.toml:7:10: output.copies: expected "folded", "shown" or "omitted", found true
  |
7 | copies = true
  |          ^^^^

dateline.toml:8:24: output.entry_title: `{` is not closed
  |
8 | entry_title = "Steel – {headline"
  |                        ^
  = hint: write it as in `{headline}`, and `{{` for a brace"#,
    ),
    (
        r#"	[[output]]
	id = "é""#,
        r#"dateline.toml:2:7: output.id: `é` is not allowed: 1 to 64 of a-z, 0-9 and -
  |
2 | 	id = "é"
  | 	     ^^^"#,
    ),
    (
        r#"[http
listen = "127.0.0.1:80"
[fetch]
max_items = 0"#,
        r"dateline.toml:1:6: unclosed table, expected `]`
  |
1 | [http
  |      ^

dateline.toml:4:13: fetch.max_items: 0 is not allowed, allowed is 1 to 100000
  |
4 | max_items = 0
  |             ^",
    ),
    (
        r#"[fetch]
max_items = 0
read_timeout = "5s
total_timeout = 5s
max_items = 2
[[source]]
url = "https://example.org/rss" id = "a""#,
        r#"dateline.toml:2:13: fetch.max_items: 0 is not allowed, allowed is 1 to 100000
  |
2 | max_items = 0
  |             ^

dateline.toml:3:19: invalid basic string, expected `"`
  |
3 | read_timeout = "5s
  |                   ^

dateline.toml:4:17: string values must be quoted, expected literal string
  |
4 | total_timeout = 5s
  |                 ^^

dateline.toml:5:1: duplicate key
  |
5 | max_items = 2
  | ^^^^^^^^^

dateline.toml:7:33: unexpected key or value, expected newline, `#`
  |
7 | url = "https://example.org/rss" id = "a"
  |                                 ^"#,
    ),
    (
        r#"[[source]]
id = "a"
url = "ftp://example.org/rss"
schedule = ""
time_zone = "Mars/Olympus"
wire = "pigeon""#,
        r#"dateline.toml:3:7: source.url: `ftp://example.org/rss` is no usable URL: only http and https can be polled
  |
3 | url = "ftp://example.org/rss"
  |       ^^^^^^^^^^^^^^^^^^^^^^^
  = hint: write "https://example.org/rss"

dateline.toml:4:12: source.schedule: an empty schedule
  |
4 | schedule = ""
  |            ^^
  = hint: write five fields, as in `*/5 * * * *`

dateline.toml:5:13: source.time_zone: `Mars/Olympus` is no time zone
  |
5 | time_zone = "Mars/Olympus"
  |             ^^^^^^^^^^^^^^
  = hint: a name of the IANA list, such as "UTC" or "America/New_York"

dateline.toml:6:8: source.wire: `pigeon` is no wire
  |
6 | wire = "pigeon"
  |        ^^^^^^^^
  = hint: known are {WIRES}"#,
    ),
];

/// What is said of one line below a table: its message, and its hint.
fn said_of(table: &str, line: &str) -> Vec<(String, String)> {
    let error = parse(&format!("{table}\n{line}\n"), "dateline.toml").unwrap_err();
    let about = |problem: &Problem| (problem.message.clone(), problem.hint.clone().unwrap_or_default());
    error
        .problems()
        .iter()
        .filter(|problem| !problem.message.starts_with("missing"))
        .map(about)
        .collect()
}

#[test]
fn a_slip_is_answered_with_what_was_meant() {
    let schedules = "write \"adaptive\", a name such as \"@hourly\"";
    for (table, line, message, hint) in [
        (
            "[schedule]",
            "default = \"adaptive-ish\"",
            "`adaptive-ish` is no schedule",
            schedules,
        ),
        (
            "[schedule]",
            "default = \"every hour\"",
            "`every hour` is no schedule",
            schedules,
        ),
        ("[schedule]", "adaptive = true", "found true", "write \"on\" for true"),
        (
            "[fetch]",
            "allow_networks = [\"10.0.0.0/8\"]",
            "found a list",
            "with commas between the networks",
        ),
        (
            "[fetch]",
            "allow_networks = \"10.1.2.3/16\"",
            "`10.1.2.3/16` is an address within a network",
            "write \"10.1.0.0/16\"",
        ),
        (
            "[fetch]",
            "allow_networks = \"ten, 10.0.0.0/8, eleven\"",
            "`ten` is no network; `eleven` is no network",
            "write it as in",
        ),
        (
            "[fetch]",
            "adopt_moves = \"3d\"",
            "unknown key below [fetch]",
            "did you mean `adopt_moves_after`?",
        ),
        (
            "[fetch]",
            "proxy = \"proxy.example.org\"",
            "it has no scheme",
            "write \"http://proxy.example.org:3128\"",
        ),
        (
            "[fetch]",
            "proxy = \"proxy.example.org:8080\"",
            "it has no scheme",
            "write \"http://proxy.example.org:8080\"",
        ),
        (
            "[fetch]",
            "proxy = \"socks5://a.example\"",
            "only http and https proxies",
            "http://proxy.example.org",
        ),
        ("[fetch]", "proxy = \"\"", "the proxy is empty", "leave the key out"),
        (
            "[[source]]",
            "headers = [\"X-A: 1\"]",
            "found a list",
            "on a line of its own",
        ),
        (
            "[[source]]",
            "headers = \"X-A:\"",
            "the header `X-A` has no value",
            "leave the line out",
        ),
        (
            "[[source]]",
            "headers = \"X-A: s\u{e9}same\\nsesame\\nX-B: good\\nX-C: s\u{e9}same\"",
            "the value of the header `X-A` is not printable ASCII; header line 2 has no name and value; the value of the header `X-C`",
            "",
        ),
    ] {
        let said = said_of(table, line);
        assert_eq!(said.len(), 1, "{line}: {said:?}");
        for (got, hinted) in said {
            assert!(got.contains(message), "{line}: {got}");
            assert!(hinted.contains(hint), "{line}: {hinted}");
            assert!(!got.contains("same"), "{line}: {got}");
        }
    }
}

//! Holds the rule of the house: lib.rs lists the rooms in reading order, each uses only earlier ones, and each foreign crate has
//! one home.

use std::fs;
use std::path::{Path, PathBuf};

/// `(crate, where it may be named)`; a prefix of the path below src/.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("reqwest", &["ingest/fetch", "ingest/guard"]),
    ("feed_rs", &["ingest/parse"]),
    ("chardetng", &["ingest/parse/decode"]),
    ("flate2", &["ingest/parse/inflate"]),
    ("axum", &["emit", "websub/intake"]),
    ("ammonia", &["text"]),
    ("dom_smoothie", &["ingest/extract"]),
    ("dom_query", &["ingest/extract"]),
    ("askama", &["emit/page"]),
    ("similar", &["emit/page/diff"]),
    ("cron", &["crontab"]),
    ("psl", &["wire/site"]),
    ("toml", &["config"]),
    ("clap", &["cli", "telemetry"]),
    ("prometheus_client", &["telemetry/metrics"]),
    ("rustix", &["store/place", "store/vitals"]),
];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is readable") {
        let path = entry.expect("src is readable").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Code without comments: a doc link to a later room is a signpost, not a use.
fn code(text: &str) -> String {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or(""))
        .collect::<Vec<_>>()
        .join("\n")
}

fn words_after<'a>(code: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    code.match_indices(mark).map(move |(at, _)| {
        let rest = &code[at + mark.len()..];
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        &rest[..end]
    })
}

#[test]
fn rooms_use_only_earlier_rooms_and_foreign_crates_have_one_home() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let map = fs::read_to_string(src.join("lib.rs")).expect("lib.rs");
    let order: Vec<&str> = words_after(&map, "\npub mod ").collect();
    assert!(order.len() > 10, "lib.rs lists the rooms: {order:?}");
    let place = |room: &str| order.iter().position(|known| *known == room);

    let mut files = Vec::new();
    rust_files(&src, &mut files);
    assert!(files.len() > 30, "the walk found the rooms");
    let mut broken = Vec::new();
    for file in &files {
        let path = file
            .strip_prefix(&src)
            .expect("below src")
            .with_extension("")
            .to_string_lossy()
            .into_owned();
        let room = path.split('/').next().unwrap_or_default();
        let text = code(&fs::read_to_string(file).expect("a room is readable"));
        if let Some(own) = place(room) {
            for used in words_after(&text, "crate::") {
                match place(used) {
                    Some(other) if other > own => broken.push(format!("{path} uses the later room {used}")),
                    _ if room == "emit" && used == "ingest" => broken.push(format!("{path} uses ingest")),
                    _ => {}
                }
            }
        }
        // A test may hold our writer against a foreign reader.
        if path.contains("/tests") {
            continue;
        }
        for (name, homes) in HOMES {
            let named = text.contains(&format!("{name}::"))
                && words_before(&text, &format!("{name}::"))
                    .any(|before| !before.ends_with(|c: char| c == ':' || c == '_' || c.is_alphanumeric()));
            if named && !homes.iter().any(|home| path.starts_with(home)) {
                broken.push(format!("{path} names {name}, whose home is {homes:?}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn words_before<'a>(code: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    code.match_indices(mark).map(move |(at, _)| &code[..at])
}

#[test]
fn every_promise_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    rust_files(&root.join("src"), &mut files);
    rust_files(&root.join("tests"), &mut files);
    let code: String = files
        .iter()
        .map(|file| fs::read_to_string(file).expect("a file is readable"))
        .collect();
    for (file, head) in [
        ("src/lib.rs", "//! | promise |"),
        ("tests/it/polite.rs", "//! | a guest |"),
    ] {
        let table = fs::read_to_string(root.join(file)).expect("the file of a table");
        let promised: Vec<&str> = table
            .lines()
            .skip_while(|line| !line.starts_with(head))
            .take_while(|line| line.starts_with("//! |"))
            .filter_map(|line| line.rsplit(" | ").next()?.split('`').nth(1))
            .collect();
        assert!(promised.len() > 10, "{file}: {promised:?}");
        for name in promised {
            assert!(
                code.contains(&format!("fn {name}(")),
                "{file} names {name}, and there is no such test"
            );
        }
    }
}

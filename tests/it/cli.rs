//! Commands of the real binary on files: what they print, what they write, how they end.

use std::path::Path;
use std::process::{Command, Output};

use chrono::TimeDelta;
use dateline::clock;
use dateline::store::{Retention, Store};
use serde_json::Value;

fn dateline(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dateline"))
        .args(["--store", "store.sqlite"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary starts")
}

fn lines(text: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(text);
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn import_says_what_became_of_every_line_and_what_it_did_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = [
        r#"{"id":"a","wire":"Acme Wire","guid":"1","url":"https://a.example/1","title":"Acme opens a plant","body":"It is large.","published":"2026-03-02T08:00:00Z"}"#,
        r#"{"id":"b","headline":"Acme closes a plant","date":"2026-03-02","url":"https://a.example/2"}"#,
        r#"{"id":"c"}"#,
        "[]",
        r#"{"id":"d","title":"#,
    ];
    std::fs::write(folder.path().join("archive.jsonl"), archive.join("\n")).expect("written");
    let ended = dateline(
        folder.path(),
        &["import", "archive.jsonl", "--verdicts", "verdicts.jsonl"],
    );
    let (said, told) = (
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr),
    );
    assert_eq!(ended.status.code(), Some(65), "{told}");
    assert_eq!(said, "5 lines: 2 new, 3 rejected\n");
    for part in [
        "archive.jsonl:4: not an item: an item is a JSON object with some of id, wire, feed, guid",
        "archive.jsonl:5: not an item: EOF while parsing a value (column",
        "keys that were not read: date, headline (read are id,",
    ] {
        assert!(told.contains(part), "{part:?} is not in {told}");
    }
    let verdicts = lines(&std::fs::read(folder.path().join("verdicts.jsonl")).expect("written"));
    let verdicts: Vec<_> = verdicts
        .iter()
        .map(|line| (line["id"].as_str(), line["verdict"].as_str()))
        .collect();
    for want in [("a", "new"), ("b", "new"), ("c", "reject")] {
        assert!(
            verdicts.contains(&(Some(want.0), Some(want.1))),
            "{want:?} is not in {verdicts:?}"
        );
    }
    assert_eq!(verdicts.len(), 3);

    let shown = dateline(folder.path(), &["articles", "--json"]);
    let articles: Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    let wires: Vec<_> = articles
        .as_array()
        .expect("a list")
        .iter()
        .map(|article| article["wire"].as_str())
        .collect();
    assert!(
        wires.contains(&Some("Acme Wire")),
        "an unknown wire keeps its name: {wires:?}"
    );
}

#[test]
fn what_was_purged_is_not_imported_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = |n: usize| {
        format!(
            r#"{{"id":"{n}","guid":"{n}","url":"https://a.example/{n}","title":"Acme opens plant {n}","body":"Plant {n} is large.","published":"2026-03-02T08:00:00Z"}}"#
        )
    };
    let archive: Vec<String> = (1..=5).map(line).collect();
    std::fs::write(folder.path().join("archive.jsonl"), archive.join("\n")).expect("written");
    let import = || {
        let ended = dateline(
            folder.path(),
            &["import", "archive.jsonl", "--verdicts", "verdicts.jsonl"],
        );
        String::from_utf8_lossy(&ended.stdout).into_owned()
    };
    assert_eq!(import(), "5 lines: 5 new, 0 rejected\n");

    let retention = Retention {
        older_than: TimeDelta::days(365),
        unseen_for: TimeDelta::days(30),
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let gone = runtime.block_on(async {
        let store = Store::open(&folder.path().join("store.sqlite")).await.expect("a store");
        let in_two_years = clock::now() + TimeDelta::days(730);
        let gone = store.prune(retention, in_two_years, |_, _| ()).await.expect("purged");
        store.close().await.expect("closed");
        gone
    });
    assert_eq!(gone.articles, 4, "the newest stays");

    assert_eq!(import(), "5 lines: 5 seen, 0 rejected\n");
    let verdicts = lines(&std::fs::read(folder.path().join("verdicts.jsonl")).expect("written"));
    let buried: Vec<_> = verdicts.iter().filter(|line| line["stage"] == "tombstone").collect();
    assert_eq!(buried.len(), 4, "{verdicts:?}");
    for line in buried {
        assert_eq!(
            (&line["article"], &line["story"], &line["of"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
    }
}

#[test]
fn a_purge_says_what_went_and_refuses_what_makes_no_sense() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        let ended = dateline(folder.path(), arguments);
        let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
        (ended.status.code().expect("ended by itself"), said)
    };
    for arguments in [&["store", "prune"][..], &["store", "prune", "--dry-run"]] {
        let (code, said) = run(arguments);
        assert_eq!(code, 69, "{said}");
        assert!(said.contains("there is no store at"), "{said}");
    }
    std::fs::write(folder.path().join("a.jsonl"), r#"{"title":"Acme opens a plant"}"#).expect("written");
    run(&["import", "a.jsonl"]);
    for (arguments, want) in [
        (
            &["--older-than", "1y"][..],
            (64, "`1y` is no duration: write a number and a unit"),
        ),
        (&["--older-than", "7d"], (64, "shorter than `window` of [dedup]")),
        (&["--dry-run"], (0, "would go")),
        (&[], (0, "went")),
        (&["--json"], (0, "\"articles\": 0")),
    ] {
        let (code, said) = run(&[&["store", "prune"], arguments].concat());
        assert_eq!(code, want.0, "{arguments:?}: {said}");
        assert!(said.contains(want.1), "{arguments:?}: {said}");
    }
}

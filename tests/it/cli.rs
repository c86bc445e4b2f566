//! Commands of the real binary on files: what they print, what they write, how they end.

use std::path::Path;
use std::process::{Command, Output};

use chrono::TimeDelta;
use dateline::clock;
use dateline::emit::{self, Format};
use dateline::store::{Retention, Store};
use serde_json::{Value, json};

use crate::made;

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
fn an_archive_is_judged_in_its_own_order_and_its_editions_are_shown_by_their_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = |id: &str, published: &str, people: &str| {
        json!({
            "id": id, "feed": "acme", "guid": "g-1", "url": "https://a.example/1", "title": "Acme hires in Boise", "published": published,
            "body": format!("Acme said today that it has hired {people} people for its plant in Boise, which opens in the spring of next year."),
        })
        .to_string()
    };
    // The correction of a figure bears the date of the day before, and a byte order mark stands before it all.
    let archive = [
        "\u{feff}".to_owned() + &line("a", "2026-03-02T08:00:00Z", "ten"),
        line("b", "2026-03-01T08:00:00Z", "twelve"),
    ];
    std::fs::write(folder.path().join("archive.jsonl"), archive.join("\n")).expect("written");
    let ended = dateline(
        folder.path(),
        &["import", "archive.jsonl", "--verdicts", "verdicts.jsonl"],
    );
    assert_eq!(
        String::from_utf8_lossy(&ended.stdout),
        "2 lines: 1 new, 1 revised, 0 rejected\n"
    );
    let verdicts = lines(&std::fs::read(folder.path().join("verdicts.jsonl")).expect("written"));
    let said: Vec<_> = verdicts
        .iter()
        .map(|line| (line["id"].as_str(), line["verdict"].as_str(), line["article"].as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (Some("a"), Some("new"), Some("1.1")),
            (Some("b"), Some("revised"), Some("1.2"))
        ]
    );

    for (asked, people) in [
        (&["1.1"][..], Some("ten")),
        (&["1.2"], Some("twelve")),
        (&["1"], Some("twelve")),
        (&["1", "--edition", "1"], Some("ten")),
        (&["1", "--edition", "2"], Some("twelve")),
        (&["1", "--edition", "3"], None),
        (&["1.3"], None),
        (&["2.1"], None),
    ] {
        let id = asked.join(" ");
        let shown = dateline(folder.path(), &[&["show"], asked].concat());
        let (out, told) = (
            String::from_utf8_lossy(&shown.stdout),
            String::from_utf8_lossy(&shown.stderr),
        );
        match people {
            Some(people) => assert!(out.contains(&format!("hired {people} people")), "{id}: {out}{told}"),
            None => assert_eq!(shown.status.code(), Some(1), "{id}: {out}{told}"),
        }
    }
    for (asked, want) in [
        (&["show", "1.3"][..], "article 1 has no version 3, only 1, 2"),
        (
            &["show", "1", "--edition", "3"],
            "article 1 has no edition 3, only 1, 2",
        ),
        (
            &["show", "1.2", "--edition", "2"],
            "ask for that, or for edition 2 of article 1",
        ),
    ] {
        let told = dateline(folder.path(), asked).stderr;
        let told = String::from_utf8_lossy(&told);
        assert!(told.contains(want), "{told}");
    }
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
        (&["--dry-run"], (0, "received and changed before 20")),
        (&["--dry-run"], (0, "Z, and not shown since 20")),
        (&["--dry-run", "--json"], (0, "\"received_before\": \"20")),
        (&[], (0, "went")),
        (&["--json"], (0, "\"articles\": 0")),
    ] {
        let (code, said) = run(&[&["store", "prune"], arguments].concat());
        assert_eq!(code, want.0, "{arguments:?}: {said}");
        assert!(said.contains(want.1), "{arguments:?}: {said}");
    }
}

const TEXT: &str = "Acme Corporation said today that it will open a plant for steel bolts in Boise, Idaho, in the spring of next year, and that \
    it will employ 240 people there. The plant costs 35 million dollars and makes nine thousand tons a year, said its chief executive \
    Jo Bolt, who was born in the town. The state pays for the road that leads to it, and the county gives the land for nothing, as it had \
    said before. \
    Work on the ground begins in October, when the harvest is in and the weather is still dry enough for the heavy machines to move about.";

/// A release, a copy of it on another wire, its correction, a release of the same form, and one that is like nothing.
fn archive(folder: &Path) {
    let correction = TEXT.replace("35 million", "53 million");
    let form = TEXT.replace("Boise, Idaho", "Reno, Nevada").replace("240", "310");
    let cut: String = TEXT.chars().take(420).collect();
    let lines = [
        ("PR Newswire", "1", "Acme Opens a Plant in Boise", TEXT),
        ("Business Wire", "2", "Acme Opens a Plant in Boise", &cut),
        (
            "PR Newswire",
            "3",
            "CORRECTION: Acme Opens a Plant in Boise",
            &correction,
        ),
        ("Business Wire", "4", "Acme Opens a Plant in Reno", &form),
        (
            "Business Wire",
            "5",
            "Bolt Sells a Ship",
            "Bolt Limited has sold a ship to Danish owners for carrying timber to Hull.",
        ),
    ];
    let lines = lines.map(|(wire, guid, title, body)| {
        serde_json::json!({
            "wire": wire, "feed": wire, "guid": guid, "url": format!("https://wire.example/{guid}.html"), "title": title, "body": body,
            "published": format!("2026-03-02T08:0{guid}:00Z"), "lang": "en",
        })
        .to_string()
    });
    std::fs::write(folder.join("archive.jsonl"), lines.join("\n")).expect("written");
    let ended = dateline(folder, &["import", "archive.jsonl"]);
    assert_eq!(
        String::from_utf8_lossy(&ended.stdout),
        "5 lines: 1 correction, 1 duplicate, 3 new, 0 rejected\n"
    );
}

/// Exit code, standard output and standard error.
fn said(folder: &Path, command: &str) -> (Option<i32>, String, String) {
    let arguments: Vec<&str> = command.split(' ').collect();
    let ended = dateline(folder, &arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (ended.status.code(), text(&ended.stdout), text(&ended.stderr))
}

#[test]
fn explain_tells_each_verdict_with_its_stage_its_counterpart_and_its_figures() {
    let folder = tempfile::tempdir().expect("a folder");
    archive(folder.path());
    for (command, parts) in [
        (
            "explain 1",
            &[
                "\u{201c}CORRECTION: Acme Opens a Plant in Boise\u{201d}\narticle 1, version 2, usable",
                "Business Wire",
                "https://wire.example/2.html",
                "2 (at ",
                "correction, stage revision: a notice and the release that it names, whichever came first",
                "counterpart: 1.1 \u{201c}Acme Opens a Plant in Boise\u{201d} (",
                "score 99 %",
                "1 fact contradicted; one headline\n    number: 53000000 here, 35000000 there\n",
                "duplicate, stage headline: the same headline",
                "new: it brought that version",
            ][..],
        ),
        (
            "explain 2",
            &[
                "new, stage none: no stage had anything to say",
                "nearest, and not the same: 1.1 \u{201c}Acme Opens a Plant in Boise\u{201d} (",
                "name: reno nevada here, boise idaho there",
                "number: 310 here, 240 there",
                "; headlines ",
            ],
        ),
        ("explain 1.2", &["\n1.2  ", "53000000 here, 35000000 there"]),
        (
            "show 1",
            &["#2 ", "shows version", "CORRECTION: Acme Opens a Plant in Boise"],
        ),
    ] {
        let (code, out, told) = said(folder.path(), command);
        assert_eq!(code, Some(0), "{command}: {told}");
        for part in parts {
            assert!(out.contains(part), "{command}: {part:?} is not in {out}");
        }
    }
    assert!(!said(folder.path(), "explain 1.2").1.contains("\n1.1  "));

    let explained: Value = serde_json::from_str(&said(folder.path(), "explain 1 --json").1).expect("JSON");
    let change = &explained["versions"][1]["figures"]["changes"][0];
    assert_eq!(
        (
            change["kind"].as_str(),
            change["new"].as_str(),
            change["known"].as_str()
        ),
        (Some("number"), Some("53000000"), Some("35000000"))
    );
    assert_eq!(explained["versions"][1]["counterpart"]["version"], 1);
    assert_eq!(explained["sightings"].as_array().map(Vec::len), Some(3));
    assert_eq!(explained["carriers"][1]["wire"], "Business Wire");
    assert_eq!(explained["known_by"]["guids"].as_array().map(Vec::len), Some(3));

    // What an item changed without a word.
    let edited = serde_json::json!({
        "wire": "Business Wire", "feed": "Business Wire", "guid": "5", "url": "https://wire.example/5.html", "title": "Bolt Sells a Ship",
        "body": "Bolt Limited has sold a ship to Danish owners for carrying timber to Leith.", "published": "2026-03-02T08:05:00Z", "lang": "en",
    });
    std::fs::write(folder.path().join("edited.jsonl"), edited.to_string()).expect("written");
    assert_eq!(said(folder.path(), "import edited.jsonl").0, Some(0));
    let (_, out, _) = said(folder.path(), "explain 3.2");
    for part in [
        "revised, stage identity",
        "counterpart: 3.1 ",
        "; one headline\n    name: leith here, hull there\n",
    ] {
        assert!(out.contains(part), "{part:?} is not in {out}");
    }
}

#[tokio::test]
async fn an_output_is_printed_as_it_would_be_served() {
    const CONFIG: &str = "[http]\nbase_url = \"https://news.example\"\n[[output]]\nid = \"all\"\ntitle = \"All\"\nlimit = 3\n\
        [[output]]\nid = \"none\"\ntitle = \"None\"\nfilter = 'headline ~ \"nothing of this\"'\n";
    let folder = tempfile::tempdir().expect("a folder");
    archive(folder.path());
    std::fs::write(folder.path().join("dateline.toml"), CONFIG).expect("written");
    let config = dateline::config::parse(CONFIG, "dateline.toml").expect("the configuration is good");
    let store = Store::open_read_only(&folder.path().join("store.sqlite"))
        .await
        .expect("a store");
    for format in Format::ALL {
        for (output, arguments, limit) in [(0, "all", None), (0, "all --limit 1", Some(1)), (1, "none", None)] {
            let command = format!(
                "--config dateline.toml output render {arguments} --format {}",
                format.extension()
            );
            let (code, out, told) = said(folder.path(), &command);
            assert_eq!(code, Some(0), "{command}: {told}");
            let asked = emit::Asked::Newest(limit);
            let served = emit::publish(
                &config,
                &store,
                &config.outputs[output],
                *format,
                asked,
                made::morning(),
            )
            .await
            .expect("served")
            .expect("there is one");
            assert_eq!(out.as_bytes(), served.bytes, "{command}");
        }
    }
    let (_, atom, _) = said(folder.path(), "--config dateline.toml output render all");
    for part in [
        "<link rel=\"alternate\" type=\"text/html\" href=\"https://wire.example/3.html\"/>",
        "<link rel=\"related\" type=\"text/html\" title=\"Business Wire\" href=\"https://wire.example/2.html\"/>",
        "<link rel=\"predecessor-version\" type=\"text/html\" href=\"https://news.example/articles/1#version-1\"/>",
        "<published>2026-03-02T08:01:00Z</published>",
    ] {
        assert_eq!(atom.matches(part).count(), 1, "{part} in {atom}");
    }
    let (_, json, _) = said(folder.path(), "--config dateline.toml output render all --format json");
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let items = json["items"].as_array().into_iter().flatten();
    let copies: Vec<&Value> = items.filter_map(|item| item["_dateline"].get("copies")).collect();
    assert_eq!(copies.len(), 1);
    assert_eq!(copies[0][0]["wire"], "Business Wire");
    assert!(
        copies[0][0]["behind_ms"].as_i64().is_some_and(|behind| behind >= 0),
        "{copies:?}"
    );
    for (command, code, part) in [
        ("output render al", 1, "there is no output al; there are: all, none"),
        (
            "output render all --format xml",
            64,
            "there are: atom, rss, json, ninjs, ndjson",
        ),
        ("output render all --limit 0", 64, "--limit"),
        ("output unsubscribe 7", 1, "there is no subscription 7"),
    ] {
        let (ended, _, told) = said(folder.path(), &format!("--config dateline.toml {command}"));
        assert_eq!(ended, Some(code), "{command}: {told}");
        assert!(told.contains(part), "{command}: {told}");
    }
}

#[test]
fn what_is_split_or_merged_by_hand_is_told_and_can_be_undone() {
    let folder = tempfile::tempdir().expect("a folder");
    archive(folder.path());
    for (command, code, out_part, told_part) in [
        ("story split 1", 1, "", "dateline story split 1.2 "),
        ("story split 1", 1, "", "dateline story split s2 "),
        ("story split 99", 1, "", "no article 99; `dateline articles` lists them"),
        (
            "story split x",
            1,
            "",
            "no article x: an article is named 17, 17.2, s45 or a tag: id",
        ),
        ("story merge 1 99", 1, "", "no article 99"),
        ("explain 99", 1, "", "no article 99; `dateline articles` lists them"),
        ("explain 1.7", 1, "", "article 1 has no version 7, only 1, 2;"),
        ("story split 1.2", 0, "version 2 of article 1 became article 4", ""),
        ("show 4", 0, "CORRECTION: Acme Opens a Plant in Boise\n", ""),
        ("explain 4", 0, "new, stage overruled: a person said it", ""),
        ("story split #2", 0, "sighting #2 of article 1 became article 5", ""),
        ("story split 1", 1, "", "there is nothing to split off"),
        (
            "story merge 4 1",
            0,
            "article 1 stays: it was received first\n  1.2 correction",
            "",
        ),
        (
            "story merge 4 1",
            0,
            "nothing to do: article 4 was merged into article 1 before",
            "",
        ),
        (
            "story merge 1 5",
            0,
            "article 5 became a copy of version 2 of article 1",
            "",
        ),
        ("show 4", 0, "CORRECTION: Acme", "article 4 was merged into article 1"),
        ("explain 5", 0, "Overruled", "article 5 was merged into article 1"),
        (
            "explain 5.1",
            1,
            "",
            "version 1 of article 5 is a part of article 1 now",
        ),
        (
            "story split 5",
            0,
            "article 5 left article 1 again; what had been done: article 5 became a copy",
            "",
        ),
    ] {
        let (ended, out, told) = said(folder.path(), command);
        assert_eq!(ended, Some(code), "{command}: {out}{told}");
        assert!(out.contains(out_part), "{command}: {out_part:?} is not in {out}");
        assert!(told.contains(told_part), "{command}: {told_part:?} is not in {told}");
    }
    let merged: Value = serde_json::from_str(&said(folder.path(), "story merge 3 2 --json").1).expect("JSON");
    assert_eq!(
        (&merged["overruled"]["article"], &merged["overruled"]["other"]),
        (&2.into(), &3.into())
    );
    let id = merged["overruled"]["uri"].as_str().expect("an id");
    let (ended, out, told) = said(folder.path(), &format!("story split {id}"));
    assert_eq!(ended, Some(0), "as by its number: {told}");
    assert!(out.contains("article 3 left article 2 again"), "{out}");
    assert_eq!(said(folder.path(), "story merge 3 2").0, Some(0));
    let again: Value = serde_json::from_str(&said(folder.path(), "story merge 3 2 --json").1).expect("JSON");
    assert!(again["overruled"].is_null() && again["why"].is_string(), "{again}");
    let split: Value = serde_json::from_str(&said(folder.path(), "story split 2 --json").1).expect("JSON");
    assert_eq!(split["articles"][1]["number"], 3, "it has its number back");

    let none = tempfile::tempdir().expect("a folder");
    let (code, _, told) = said(none.path(), "story merge 1 2");
    assert_eq!(code, Some(69), "{told}");
    assert!(!none.path().join("store.sqlite").exists(), "overruling makes no store");
}

#[test]
fn import_takes_numbers_for_names_and_tells_what_it_could_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = [
        r#"{"id":5,"guid":7,"title":"Acme opens a plant","body":"It is large.","published":"yesterday"}"#,
        r#"{"id":[6],"title":"Acme closes a plant"}"#,
        r#"{"id":"b","title":"Borealis sells its fleet of tugs","url":"ftp://b.example/1","published":"soon","lang":"English","wire":"Acme Wire"}"#,
    ];
    std::fs::write(folder.path().join("archive.jsonl"), archive.join("\n")).expect("written");
    let (code, said, told) = said(folder.path(), "import archive.jsonl --verdicts verdicts.jsonl");
    assert_eq!(
        (code, said.as_str()),
        (Some(65), "3 lines: 2 new, 1 rejected\n"),
        "{told}"
    );
    let verdicts = lines(&std::fs::read(folder.path().join("verdicts.jsonl")).expect("written"));
    let verdicts: Vec<_> = verdicts
        .iter()
        .map(|line| (line["id"].clone(), line["verdict"].as_str(), line["stage"].as_str()))
        .collect();
    assert_eq!(verdicts.len(), 3, "one line an item: {verdicts:?}");
    assert_eq!((&verdicts[0].0, verdicts[0].1), (&json!("5"), Some("new")));
    assert_eq!(verdicts[1], (json!([6]), Some("reject"), Some("parse")));
    for part in [
        "archive.jsonl:2: not an item: an id or guid is a text or a number",
        "2 lines: `published` is no time that can be read, or none that a release can have: the item has none; the first is line 1: \"yesterday\"",
        "1 line: `url` is no web address: the item has none; the first is line 3: \"ftp://b.example/1\"",
        "1 line: `lang` is no language tag: the text alone tells; the first is line 3: \"English\"",
        "1 line: `wire` is none that is known: kept as a name; the first is line 3: \"Acme Wire\"",
    ] {
        assert!(told.contains(part), "{part:?} is not in {told}");
    }
}

#[test]
fn check_warns_of_what_would_keep_a_source_from_being_polled() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("empty", "");
    write("two-lines", "Bearer a\nBearer b\n");
    write("good", "Bearer a\n");
    for (fetch, source, warning) in [
        ("", "url = \"https://a.example/\"", None),
        (
            "",
            "url = \"http://127.0.0.1/\"",
            Some("127.0.0.1 is not a public address"),
        ),
        ("allow_networks = \"127.0.0.0/8\"", "url = \"http://127.0.0.1/\"", None),
        ("", "url = \"http://127.0.0.1/\"\nenabled = false", None),
        (
            "",
            "url = \"https://a.example/\"\nauthorization_file = \"./good\"",
            None,
        ),
        (
            "",
            "url = \"https://a.example/\"\nauthorization_file = \"./missing\"",
            Some("./missing cannot be read; check the source's authorization_file: No such file"),
        ),
        (
            "",
            "url = \"https://a.example/\"\nauthorization_file = \"./empty\"",
            Some("it holds no single line of text"),
        ),
        (
            "",
            "url = \"https://a.example/\"\nauthorization_file = \"./two-lines\"",
            Some("it holds no single line of text"),
        ),
    ] {
        write(
            "c.toml",
            &format!("[fetch]\n{fetch}\n[[source]]\nid = \"acme\"\n{source}\n"),
        );
        let (code, out, told) = said(folder.path(), "--config c.toml check");
        assert_eq!(code, Some(0), "{source}: {told}");
        assert!(out.contains("good: 1 source, "), "{source}: {out}");
        match warning {
            Some(warning) => {
                assert!(
                    told.starts_with("warning: c.toml: source \"acme\": "),
                    "{source}: {told}"
                );
                assert!(told.contains(warning), "{source}: {told}");
            }
            None => assert_eq!(told, "", "{source}"),
        }
    }
}

#[test]
fn check_refuses_what_the_daemon_would_not_start_with() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("good", "a-token-that-is-long-enough\n");
    write("short", "abc\n");
    write("empty", "# none\n");
    let credential = "was not looked at: a bare name is a credential, which systemd hands to the service alone";
    for (of_all, of_output, code, want) in [
        ("./good", "./good", 0, ""),
        ("good", "good", 0, ""),
        ("tokens", "./good", 0, credential),
        ("./missing", "./good", 78, "./missing cannot be read"),
        ("/nowhere/tokens", "./good", 78, "/nowhere/tokens cannot be read"),
        ("./good", "./empty", 78, "./empty holds no token"),
        (
            "./short",
            "./missing",
            78,
            "line 1 of the token file ./short is shorter",
        ),
        (
            "./short",
            "./missing",
            78,
            "\nc.toml: the token file ./missing cannot be read",
        ),
    ] {
        write(
            "c.toml",
            &format!("[http]\ntoken_file = \"{of_all}\"\n[[output]]\nid = \"all\"\ntoken_file = \"{of_output}\"\n"),
        );
        let (found, _, told) = said(folder.path(), "--config c.toml check");
        assert_eq!(found, Some(code), "{of_all} {of_output}: {told}");
        assert!(told.contains(want), "{of_all} {of_output}: {told}");
    }
    write("c.toml", "[http]\ntoken_file = \"tokens\"\n");
    let ended = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .args(["--config", "c.toml", "check"])
        .env("CREDENTIALS_DIRECTORY", folder.path())
        .current_dir(folder.path())
        .output()
        .expect("the binary starts");
    assert_eq!(ended.status.code(), Some(78), "handed over, and not there: {ended:?}");
}

#[tokio::test]
async fn the_search_that_the_guide_shows_finds_words_near_each_other() {
    let guide = include_str!("../../README.md");
    let query = guide
        .lines()
        .find(|line| line.contains("article_fts MATCH"))
        .expect("it is shown");
    let folder = tempfile::tempdir().expect("a folder");
    let item = |guid: &str, title: &str| json!({"guid": guid, "title": title}).to_string();
    let archive = [
        item("1", "Aldermoor lights a steel furnace in Sheffield"),
        item(
            "2",
            "Borealis sells its steel and buys tugs, barges, docks, cranes, sheds, ropes, sails, masts and a furnace",
        ),
    ];
    std::fs::write(folder.path().join("archive.jsonl"), archive.join("\n")).expect("written");
    assert_eq!(said(folder.path(), "import archive.jsonl").0, Some(0));
    let url = format!("sqlite://{}", folder.path().join("store.sqlite").display());
    let pool = sqlx::SqlitePool::connect(&url).await.expect("the store opens");
    let found: Vec<(i64, String)> = sqlx::query_as(query).fetch_all(&pool).await.expect("it is FTS5");
    let found: Vec<_> = found.iter().map(|(_, headline)| headline.as_str()).collect();
    assert_eq!(found, ["Aldermoor lights a steel furnace in Sheffield"]);
}

#[test]
fn a_filter_is_tried_over_the_store_and_an_output_tells_what_decided() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = |number: usize, title: &str| {
        json!({ "feed": "acme", "guid": format!("g-{number}"), "url": format!("https://a.example/{number}"), "title": title,
                "body": format!("Text {number} of Acme."), "published": "2026-03-02T08:00:00Z", "lang": "en" })
        .to_string()
    };
    let archive = [
        line(1, "Steel rises"),
        line(2, "Zinc falls"),
        line(3, "Steelworks open in Boise"),
    ]
    .join("\n");
    std::fs::write(folder.path().join("archive.jsonl"), archive).expect("written");
    let config = "[[filter]]\nname = 'steel'\nfilter = 'headline ~ \"steel*\"'\n\
                  [[output]]\nid = 'metal'\nfilter = '@steel and not headline ~ \"boise\"'\n";
    std::fs::write(folder.path().join("dateline.toml"), config).expect("written");
    assert_eq!(
        dateline(folder.path(), &["import", "archive.jsonl"]).status.code(),
        Some(0)
    );
    let run = |arguments: &[&str]| {
        let ended = dateline(folder.path(), &[&["--config", "dateline.toml"], arguments].concat());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (ended.status.code(), text(&ended.stdout), text(&ended.stderr))
    };

    let (code, said, _) = run(&["filter", "test", "@steel"]);
    assert_eq!(code, Some(0));
    assert!(said.starts_with("2 of 3 articles match; 2 read in "), "{said}");
    assert!(
        said.contains("carried by the full-text index") && said.contains("Steelworks open in Boise"),
        "{said}"
    );
    let (_, said, _) = run(&[
        "filter",
        "test",
        "issuer ~ 'zinc' or published < 2026-03-03",
        "--json",
        "--limit",
        "1",
    ]);
    let told: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(
        (&told["matches"], &told["of"], told["articles"].as_array().map(Vec::len)),
        (&json!(3), &json!(3), Some(1))
    );
    let (code, _, told) = run(&["filter", "test", "wire = x"]);
    assert_eq!(code, Some(64));
    assert!(
        told.contains("wire = x\n       ^ a value stands in quotes\nhint: write \"x\""),
        "{told}"
    );

    for (id, want) in [
        (
            "1",
            json!([
                true,
                true,
                [
                    "pubstatus = \"withheld\"",
                    "headline ~ \"steel*\"",
                    "headline ~ \"boise\""
                ]
            ]),
        ),
        ("2", json!([false, false, ["headline ~ \"steel*\""]])),
        ("3", json!([false, false, ["headline ~ \"boise\""]])),
    ] {
        let (_, said, _) = run(&["explain", id, "--output", "metal", "--json"]);
        let told: Value = serde_json::from_str(&said).expect("JSON");
        assert_eq!(
            json!([told["matches"], told["carried"], told["deciding"]]),
            want,
            "{id}"
        );
    }
    let (_, said, _) = run(&["explain", "2", "--output", "metal"]);
    assert!(
        said.starts_with("article 2 is not in output metal; what decided has a mark\n"),
        "{said}"
    );
    let (code, said, _) = run(&["filter", "fields"]);
    assert!(code == Some(0) && said.contains("duplicates"), "{said}");
}

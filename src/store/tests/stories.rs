//! Runs the stories of `tests/fixtures/stories`: each file is one tale of releases and what is to be said of each.
//!
//! A release of a file is one poll of its source, unless the next one has the same `poll` label. After the last poll the
//! runner admits it once more: all of it must be seen, whatever the story was.

use std::collections::HashMap;
use std::path::Path;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::{Judged, Poll, Retention, Store};
use super::{open, poll};
use crate::article::{Confidence, Dateline, Draft, Kind, Revision, SourceId, Verdict};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    why: String,
    /// How many articles there are at the end.
    articles: i64,
    release: Vec<Release>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    source: String,
    poll: Option<String>,
    wire: Option<String>,
    release_id: Option<String>,
    guid: Option<String>,
    url: Option<String>,
    headline: Option<String>,
    dateline: Option<String>,
    #[serde(default)]
    body: String,
    issuer: Option<String>,
    language: Option<String>,
    published: Option<DateTime<Utc>>,
    /// When it was read; left out: a minute after the release before.
    received: Option<DateTime<Utc>>,
    kind: Option<Kind>,
    clean_headline: Option<String>,
    target_headline: Option<String>,
    target_date: Option<NaiveDate>,
    /// What is older than a month, and was not shown for as long, is purged before.
    #[serde(default)]
    after_purge: bool,
    /// `new`, `VERDICT of N`: the article of the file's N-th release, or `seen`: of one that was purged.
    expect: String,
    stage: Option<String>,
    /// The article's newest version after this poll.
    version: Option<i64>,
}

impl Release {
    fn draft(&self, received: DateTime<Utc>) -> Draft {
        let kind = self.kind.unwrap_or(Kind::Release);
        Draft {
            kind,
            headline: self.headline.clone(),
            dateline: self.dateline.as_ref().map(|raw| Dateline {
                raw: raw.clone(),
                places: Vec::new(),
                date: None,
                wire: self.wire.clone(),
                via: Vec::new(),
                confidence: Confidence::High,
            }),
            wire: self.wire.clone(),
            release_id: self.release_id.clone(),
            issuer: self.issuer.clone(),
            published: self.published,
            language: self.language.clone(),
            url: self.url.clone(),
            guid: self.guid.clone(),
            body_text: format!("{} {}", self.dateline.as_deref().unwrap_or_default(), self.body)
                .trim()
                .to_owned(),
            revision: (kind != Kind::Release).then(|| Revision {
                kind,
                clean_headline: self.clean_headline.clone(),
                target_headline: self.target_headline.clone(),
                target_date: self.target_date,
                target_wire: None,
            }),
            ..Draft::empty(SourceId::new(self.source.as_str()), received)
        }
    }
}

fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => number.to_string().parse::<i64>().map_or(Value::Null, Value::from),
        DeValue::Float(number) => Value::String(number.to_string()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(at) => Value::String(at.to_string()),
        DeValue::Array(list) => Value::Array(list.iter().map(|v| json(v.get_ref())).collect()),
        DeValue::Table(table) => table_json(table),
    }
}

fn table_json(table: &DeTable<'_>) -> Value {
    table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())))
        .collect()
}

fn story(path: &Path) -> Story {
    let text = std::fs::read_to_string(path).unwrap();
    let table = DeTable::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_value(table_json(table.get_ref())).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

async fn tell(path: &Path, story: &Story) {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let mut now: DateTime<Utc> = "2026-10-05T12:00:00Z".parse().unwrap();
    let mut article_of: HashMap<usize, i64> = HashMap::new();
    let mut last = None;

    let mut at = 0;
    while let Some(first) = story.release.get(at) {
        let together = story
            .release
            .iter()
            .skip(at)
            .take_while(|r| first.poll.is_some() && r.poll == first.poll)
            .count();
        let releases = story.release.get(at..at + together.max(1)).unwrap();
        now = first.received.unwrap_or(now + TimeDelta::minutes(1));
        if first.after_purge {
            let month = TimeDelta::days(30);
            let retention = Retention {
                older_than: month,
                unseen_for: month,
            };
            let gone = store.prune(retention, now, |_, _| ()).await.unwrap();
            assert!(gone.articles > 0, "{}: nothing was purged", path.display());
        }
        let poll = Poll {
            drafts: releases.iter().map(|r| r.draft(now)).collect(),
            ..poll(&first.source, now)
        };
        let admitted = store.admit(&poll, now).await.unwrap();
        for judged in &admitted.judgements {
            article_of.extend(judged.filed.iter().map(|filed| (at + judged.index, filed.article)));
        }
        for (judged, release) in admitted.judgements.iter().zip(releases) {
            compare(path, story, &store, at + judged.index, release, judged, &article_of).await;
        }
        at += releases.len();
        last = Some(poll);
    }

    let again = store.admit(&last.unwrap(), now + TimeDelta::minutes(1)).await.unwrap();
    for judged in &again.judgements {
        assert_eq!(
            judged.judgement.verdict,
            Verdict::Seen,
            "{}: the last poll again: {judged:?}",
            path.display()
        );
    }
    assert_eq!(
        store.count().await.unwrap(),
        story.articles,
        "{}: articles ({})",
        path.display(),
        story.why
    );
    store.close().await.unwrap();
}

async fn compare(
    path: &Path,
    story: &Story,
    store: &Store,
    index: usize,
    release: &Release,
    judged: &Judged,
    article_of: &HashMap<usize, i64>,
) {
    let place = format!("{}, release {}: {}\n{judged:#?}", path.display(), index + 1, story.why);
    let judgement = &judged.judgement;
    let (verdict, of) = match release.expect.split_once(" of ") {
        Some((verdict, number)) => (
            verdict,
            article_of.get(&(number.parse::<usize>().unwrap() - 1)).copied(),
        ),
        None => (release.expect.as_str(), None),
    };
    assert_eq!((judgement.verdict.as_str(), judgement.of), (verdict, of), "{place}");
    if let Some(stage) = &release.stage {
        assert_eq!(judgement.stage, stage, "{place}");
    }
    assert!(!judgement.why.is_empty(), "{place}");
    if let Some(version) = release.version {
        let number = judged.filed.as_ref().unwrap().article;
        assert_eq!(
            store.article(number).await.unwrap().unwrap().version,
            version,
            "{place}"
        );
    }
}

#[tokio::test]
async fn stories() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/stories");
    let mut paths: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "toml"));
    paths.sort();
    assert!(paths.len() >= 12, "found {} stories", paths.len());
    for path in paths {
        tell(&path, &story(&path)).await;
    }
}

//! Runs the stories of `tests/fixtures/stories`: each file is one tale of releases and what is to be said of each.
//!
//! A release of a file is one poll of its source, unless the next one has the same `poll` label. Dateline, parts, notice and issuer are read
//! from headline and body as they are for any feed; what a file states itself goes before that. After the last poll the runner admits it
//! once more: all of it must be seen, whatever the story was.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::{Judged, Poll, Retention, Store};
use super::{is_well, open, poll};
use crate::article::{Draft, Kind, PubStatus, Revision, Rights, SourceId, Verdict};
use crate::release;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    why: String,
    /// How many articles there are at the end.
    articles: i64,
    /// Whatever comes first, the same releases are told together.
    #[serde(default)]
    any_order: bool,
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
    rights: Option<Rights>,
    /// What is older than a month, and was not shown for as long, is purged before.
    #[serde(default)]
    after_purge: bool,
    /// `new`, `VERDICT of N`: the article of the file's N-th release, or `seen`: of one that was purged.
    expect: String,
    stage: Option<String>,
    /// The article's newest version after this poll.
    version: Option<i64>,
    /// The edition that it shows: copies share it, a corrected text has its own.
    edition: Option<i64>,
    /// How many versions the article has after this poll.
    versions: Option<usize>,
    /// The headline under which the article stands after this poll.
    headed: Option<String>,
    /// How the text ends that it shows after this poll.
    ends: Option<String>,
    /// What is said of the article's newest version after this poll, or a part of it.
    because: Option<String>,
    /// How the article stands after this poll.
    pubstatus: Option<PubStatus>,
}

impl Release {
    fn draft(&self, received: DateTime<Utc>) -> Draft {
        let body_text = format!("{} {}", self.dateline.as_deref().unwrap_or_default(), self.body)
            .trim()
            .to_owned();
        let found = release::dateline(&body_text, self.published);
        let span = found.as_ref().map_or(0..0, |found| found.span.clone());
        let dateline = found.map(|found| found.dateline);
        let sections = release::sections(&body_text, span);
        let headline = self.headline.as_deref();
        let revision = match self.kind {
            Some(Kind::Release) => None,
            Some(kind) => Some(Revision {
                kind,
                clean_headline: self.clean_headline.clone(),
                target_headline: self.target_headline.clone(),
                target_date: self.target_date,
                target_wire: None,
            }),
            None => release::revision(headline, &body_text, self.published),
        };
        let issuer = || release::issuer(headline, dateline.as_ref(), &body_text, &sections);
        Draft {
            kind: revision.as_ref().map_or(Kind::Release, |revision| revision.kind),
            headline: self.headline.clone(),
            wire: self
                .wire
                .clone()
                .or_else(|| dateline.as_ref().and_then(|dateline| dateline.wire.clone())),
            release_id: self.release_id.clone(),
            issuer: self.issuer.clone().or_else(issuer),
            organisations: release::symbol::named(Vec::new(), self.issuer.as_deref(), &[&body_text]),
            published: self.published,
            language: self.language.clone(),
            url: self.url.clone(),
            guid: self.guid.clone(),
            revision,
            dateline,
            sections,
            body_text,
            rights: self.rights.unwrap_or(Rights::Summary),
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
    is_well(&store).await;
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
    let Some(filed) = &judged.filed else {
        assert!(
            release.edition.or(release.version).is_none(),
            "an article was expected: {place}"
        );
        return;
    };
    if let Some(edition) = release.edition {
        assert_eq!(filed.edition, edition, "edition: {place}");
    }
    let article = store.article(filed.article).await.unwrap().unwrap();
    if let Some(version) = release.version {
        assert_eq!(article.version, version, "{place}");
    }
    if let Some(pubstatus) = release.pubstatus {
        assert_eq!(article.draft.pubstatus, pubstatus, "{place}");
    }
    if release.headed.is_some() {
        assert_eq!(article.draft.headline, release.headed, "{place}");
    }
    if let Some(ends) = &release.ends {
        let text = &article.draft.body_text;
        assert!(text.ends_with(ends), "it shows {text}: {place}");
    }
    let kept = store.versions(filed.article).await.unwrap();
    if let Some(versions) = release.versions {
        assert_eq!(kept.len(), versions, "versions: {place}");
    }
    if let Some(because) = &release.because {
        let why = kept.last().map(|newest| newest.why.as_str()).unwrap_or_default();
        assert!(why.contains(because), "it says {why}: {place}");
    }
}

/// Releases that are told together: their places, for each article and edition.
type Told = BTreeSet<Vec<usize>>;

/// What is told together when the releases come in this order, each in a poll of its own. `empty` is a store without releases: a copy is
/// made sooner than a store.
async fn told(empty: &Path, story: &Story, order: &[usize]) -> Told {
    let directory = tempfile::tempdir().unwrap();
    std::fs::copy(empty, directory.path().join("dateline.sqlite")).unwrap();
    let store = open(&directory).await;
    let mut now: DateTime<Utc> = "2026-10-05T12:00:00Z".parse().unwrap();
    let mut groups: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    for &place in order {
        let release = &story.release[place];
        now += TimeDelta::minutes(1);
        let poll = Poll {
            drafts: vec![release.draft(now)],
            ..poll(&release.source, now)
        };
        let judged = store.admit(&poll, now).await.unwrap().judgements.remove(0);
        let filed = judged.filed.map(|filed| (filed.article, filed.edition)).unwrap();
        groups.entry(filed).or_default().push(place);
    }
    store.close().await.unwrap();
    groups
        .into_values()
        .map(|mut group| {
            group.sort_unstable();
            group
        })
        .collect()
}

fn orders(places: &[usize]) -> Vec<Vec<usize>> {
    if places.is_empty() {
        return vec![Vec::new()];
    }
    let behind = |first: &usize| {
        let rest: Vec<usize> = places.iter().copied().filter(|place| place != first).collect();
        orders(&rest)
            .into_iter()
            .map(|rest| [vec![*first], rest].concat())
            .collect::<Vec<_>>()
    };
    places.iter().flat_map(behind).collect()
}

fn stories_of_the_folder() -> Vec<(PathBuf, Story)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/stories");
    let mut paths: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "toml"));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), story(&path))).collect()
}

#[tokio::test]
async fn stories() {
    let stories = stories_of_the_folder();
    assert!(stories.len() >= 70, "found {} stories", stories.len());
    // Each in a task of its own, so that one broken story does not hide the next.
    let mut broken = Vec::new();
    for (path, story) in stories {
        let name = path.display().to_string();
        if tokio::spawn(async move { tell(&path, &story).await }).await.is_err() {
            broken.push(name);
        }
    }
    assert!(broken.is_empty(), "broken stories: {broken:#?}");
}

/// Feeds are polled in no order, so what is one release must not depend on it. Where it may, a story does not say `any_order`: a summary
/// that fits two notices goes to the one that came first, and of two texts of which one source made both, the later is its newest version.
#[tokio::test]
async fn stories_told_in_any_order_end_alike() {
    let stories = stories_of_the_folder();
    let stories: Vec<_> = stories.iter().filter(|(_, story)| story.any_order).collect();
    assert!(stories.len() >= 15, "found {} stories", stories.len());
    let directory = tempfile::tempdir().unwrap();
    open(&directory).await.close().await.unwrap();
    let empty = directory.path().join("dateline.sqlite");
    for (path, story) in stories {
        let places: Vec<usize> = (0..story.release.len()).collect();
        assert!(places.len() <= 4, "{}: 24 orders are enough", path.display());
        let want = told(&empty, story, &places).await;
        for order in orders(&places) {
            assert_eq!(
                told(&empty, story, &order).await,
                want,
                "{} in order {order:?}: {}",
                path.display(),
                story.why
            );
        }
    }
}

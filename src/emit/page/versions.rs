//! Two versions of an article beside each other: what was added, what was removed.

use askama::Template;
use chrono::{DateTime, Utc};

use super::card::headline;
use super::diff::{self, Piece, Row};
use super::{Site, public, when, written};
use crate::article::{Article, Draft, Rights};
use crate::config::Config;
use crate::emit::entry::Entry;
use crate::store::{Family, Version};

/// The page that compares two versions: those of `?compare=1..2` if there are such, else the last two.
pub(in crate::emit) fn versions(
    config: &Config,
    article: &Article,
    family: &Family,
    query: Option<&str>,
    now: DateTime<Utc>,
) -> String {
    let all: Vec<Entry> = family
        .versions
        .iter()
        .map(|version| Entry::of(&version.article, &config.http.url(""), None))
        .collect();
    let current = Entry::of(article, &config.http.url(""), None);
    let site = Site::new(
        config,
        "articles",
        format!("Versions of {}: Dateline", current.title),
        now,
    );
    let url = site.url(&format!("/articles/{}", article.number));
    let pair = asked(query, &all).or_else(|| Some((all.iter().rev().nth(1)?, all.last()?)));
    let compared = pair.map(|(old, new)| Compared::of(old, new));
    let steps = all.windows(2).filter_map(|pair| {
        let [old, new] = pair else { return None };
        let (old, new) = (old.article.version, new.article.version);
        Some((
            format!("{url}/versions?compare={old}..{new}"),
            format!("{old} and {new}"),
        ))
    });
    written(&VersionsPage {
        headline: headline(&current),
        lang: current.language.clone(),
        steps: steps.collect(),
        said: family.versions.iter().map(said).collect(),
        compared,
        url,
        site: &site,
    })
}

/// The versions that the query names.
fn asked<'e>(query: Option<&str>, all: &'e [Entry]) -> Option<(&'e Entry, &'e Entry)> {
    let pairs = url::form_urlencoded::parse(query?.as_bytes()).into_owned();
    let (_, asked) = pairs.into_iter().find(|(key, _)| key == "compare")?;
    let (old, new) = asked.split_once("..")?;
    let find = |number: &str| {
        let number: i64 = number.parse().ok()?;
        all.iter().find(|entry| entry.article.version == number)
    };
    Some((find(old)?, find(new)?))
}

fn said(version: &Version) -> String {
    format!(
        "Version {}, {}: {} ({}), {}",
        version.article.version,
        when::exact(version.article.modified),
        version.verdict,
        version.stage,
        public::prose(&version.why)
    )
}

/// A field that changed.
struct Field {
    name: &'static str,
    old: Vec<Piece>,
    new: Vec<Piece>,
}

struct Compared {
    old: i64,
    new: i64,
    fields: Vec<Field>,
    /// `None`: the rights of one of them do not let its text be shown.
    body: Option<Vec<Row>>,
}

impl Compared {
    fn of(old: &Entry, new: &Entry) -> Self {
        let may_show = [old, new]
            .iter()
            .all(|entry| entry.article.draft.rights == Rights::Full);
        let (old_draft, new_draft) = (&old.article.draft, &new.article.draft);
        let value = |name, get: fn(&Draft) -> String| (name, get(old_draft), get(new_draft));
        let fields = [
            ("Headline", headline(old), headline(new)),
            value("Subheadline", |draft| draft.subheadline.clone().unwrap_or_default()),
            value("Summary", |draft| draft.summary.clone().unwrap_or_default()),
            value("Issued by", |draft| draft.issuer.clone().unwrap_or_default()),
            value("Dateline", |draft| {
                draft.dateline.as_ref().map(|line| line.raw.clone()).unwrap_or_default()
            }),
            value("Issued", |draft| draft.published.map(when::exact).unwrap_or_default()),
            value("Kind", |draft| draft.kind.to_string()),
            value("Source", |draft| draft.source.to_string()),
        ];
        let changed = fields.into_iter().filter(|(_, old, new)| old != new);
        Self {
            old: old.article.version,
            new: new.article.version,
            fields: changed
                .map(|(name, old, new)| {
                    let (old, new) = diff::lines(&old, &new);
                    Field { name, old, new }
                })
                .collect(),
            body: may_show.then(|| diff::texts(&old_draft.body_text, &new_draft.body_text)),
        }
    }
}

#[derive(Template)]
#[template(path = "versions.html")]
struct VersionsPage<'a> {
    site: &'a Site<'a>,
    url: String,
    headline: String,
    lang: Option<String>,
    compared: Option<Compared>,
    /// Each version with the one before: its page, and their numbers.
    steps: Vec<(String, String)>,
    said: Vec<String>,
}

//! The page of an article: the release as far as it may be shown, and what is known of it.

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

use super::body::{self, Part};
use super::card::{Card, Listing, badge, cards, headline, listings, wire_name};
use super::{Site, language, linked, public, when, written};
use crate::article::{Article, Kind, Media, PubStatus, Rights, Verdict};
use crate::config::Config;
use crate::emit::entry::{Entry, web_url};
use crate::store::{Family, Sighting};

/// Pictures shown below the text; the others are links.
const PICTURES: usize = 6;

/// The page of an article.
pub(in crate::emit) fn article(config: &Config, article: &Article, family: &Family, now: DateTime<Utc>) -> String {
    let entry = Entry::of(article, &config.http.url(""), None);
    let site = Site::new(config, "articles", format!("{}: Dateline", entry.title), now);
    let draft = &entry.article.draft;
    let parts = entry.html.as_deref().map(|html| body::parts(html, &draft.sections));
    let html = entry.html.as_deref().unwrap_or_default();
    let (pictures, attachments) = media(&draft.media, html);
    written(&ArticlePage {
        url: site.url(&format!("/articles/{}", article.number)),
        headline: headline(&entry),
        badge: badge(draft),
        // A withdrawn text is a notice of ours, which the banner says already.
        parts: parts
            .filter(|_| draft.pubstatus != PubStatus::Canceled)
            .unwrap_or_default(),
        summary: entry.summary.clone().filter(|_| draft.pubstatus != PubStatus::Canceled),
        banner: banner(&entry),
        is_cut: draft.pubstatus != PubStatus::Canceled && draft.rights != Rights::Full,
        wire: wire_name(draft),
        at: entry.published.unwrap_or(article.first_received),
        symbols: listings(&site, draft).collect(),
        language: entry.language.as_deref().map(language::name),
        translations: cards(&site, family.shown(), &[]),
        versions: history(&site, family),
        sightings: sightings(&site, family),
        linked: linked::article(&entry, &site.url(&format!("/articles/{}", article.number))),
        pictures,
        attachments,
        entry: &entry,
        site: &site,
    })
}

/// What a reader must know before the headline: a word, its class, and the reason.
fn banner(entry: &Entry) -> Option<(&'static str, String)> {
    let draft = &entry.article.draft;
    let named = draft
        .revision
        .as_ref()
        .and_then(|revision| revision.target_headline.clone());
    let of = named
        .map(|headline| format!(" It names “{headline}”."))
        .unwrap_or_default();
    let version = entry.article.version;
    match (draft.pubstatus, draft.kind) {
        (PubStatus::Canceled, _) => Some((
            "bad",
            "This release was withdrawn by its issuer or its wire.".to_owned(),
        )),
        (PubStatus::Withheld, _) => Some(("bad", "This release is under embargo.".to_owned())),
        (PubStatus::Usable, Kind::Correction | Kind::Replacement) if version > 1 => Some((
            "warn",
            format!("This release was corrected: it is version {version}, and earlier copies of it may be wrong."),
        )),
        (PubStatus::Usable, Kind::Correction | Kind::Replacement) => {
            Some(("warn", format!("This release corrects an earlier one.{of}")))
        }
        (PubStatus::Usable, Kind::Retraction) => {
            Some(("bad", format!("This notice withdraws an earlier release.{of}")))
        }
        (PubStatus::Usable, Kind::Clarification) => {
            Some(("warn", format!("This release explains an earlier one.{of}")))
        }
        (
            PubStatus::Usable,
            Kind::Release | Kind::Update | Kind::Addition | Kind::Repeat | Kind::Advisory | Kind::Reminder,
        ) => None,
    }
}

/// A picture or a document of the release.
struct Shown<'a> {
    url: String,
    media: &'a Media,
    /// Caption, else the end of the address.
    name: String,
}

/// Pictures that the body does not show itself, and everything else as links.
fn media<'a>(media: &'a [Media], html: &str) -> (Vec<Shown<'a>>, Vec<Shown<'a>>) {
    let shown = media.iter().filter_map(|media| {
        let url = web_url(&media.url)?;
        let end = url.split(['?', '#']).next()?.rsplit('/').next()?.to_owned();
        let name = media.caption.clone().filter(|caption| !caption.trim().is_empty());
        Some(Shown {
            name: crate::text::summary(&name.unwrap_or(end), 200),
            url,
            media,
        })
    });
    // Only https is let through by the policy of the page.
    let is_picture = |shown: &Shown<'_>| {
        let kind = shown.media.media_type.as_deref().unwrap_or_default();
        kind.starts_with("image/") && shown.url.starts_with("https:")
    };
    let stands_in_text = |shown: &Shown<'_>| html.contains(&shown.media.url.replace('&', "&amp;"));
    let (mut pictures, mut links): (Vec<_>, Vec<_>) = shown
        .filter(|shown| !stands_in_text(shown))
        .partition(|shown| is_picture(shown));
    links.extend(pictures.drain(pictures.len().min(PICTURES)..));
    (pictures, links)
}

/// A version, and where it is compared with the one before.
struct Past {
    number: i64,
    at: DateTime<Utc>,
    said: String,
    compared: Option<String>,
}

fn history(site: &Site<'_>, family: &Family) -> Vec<Past> {
    let before = std::iter::once(None).chain(family.versions.iter().map(Some));
    let past = family.versions.iter().zip(before).map(|(version, before)| {
        let compared = before.map(|before| {
            site.url(&format!(
                "/articles/{}/versions?compare={}..{}",
                version.article.number, before.article.version, version.article.version
            ))
        });
        Past {
            number: version.article.version,
            at: version.article.modified,
            said: format!(
                "{} ({}): {}",
                version.verdict,
                version.stage,
                public::prose(&version.why)
            ),
            compared,
        }
    });
    past.collect()
}

/// One source showing the release.
struct Seen {
    source: String,
    source_url: String,
    /// Its page of the release.
    url: Option<String>,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
    /// Behind the first one; `None`: it is the first.
    behind: Option<String>,
    said: String,
    why: String,
}

fn sightings(site: &Site<'_>, family: &Family) -> Vec<Seen> {
    let first = family.sightings.iter().map(|sighting| sighting.first_seen).min();
    let seen = |sighting: &Sighting| {
        let behind = first.map_or(TimeDelta::zero(), |first| sighting.first_seen - first);
        Seen {
            source: sighting.source.to_string(),
            source_url: site.url(&format!("/sources/{}", sighting.source)),
            url: sighting.url.as_deref().and_then(web_url),
            first: sighting.first_seen,
            last: sighting.last_seen,
            behind: (behind > TimeDelta::zero()).then(|| when::span(behind)),
            said: said(sighting.verdict).to_owned(),
            why: format!("{}: {}", sighting.stage, public::prose(&sighting.why)),
        }
    };
    family.sightings.iter().map(seen).collect()
}

/// A verdict for a reader.
const fn said(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::New => "new",
        Verdict::Seen => "seen again",
        Verdict::Revised => "changed text",
        Verdict::Duplicate => "copy",
        Verdict::Correction => "correction",
        Verdict::Withdrawal => "withdrawal",
        Verdict::Variant => "translation",
    }
}

#[derive(Template)]
#[template(path = "article.html")]
struct ArticlePage<'a> {
    site: &'a Site<'a>,
    entry: &'a Entry,
    url: String,
    headline: String,
    badge: Option<(&'static str, &'static str)>,
    banner: Option<(&'static str, String)>,
    /// Sanitised and permitted; empty where the text may not be shown.
    parts: Vec<Part>,
    summary: Option<String>,
    /// The source's rights hold something back.
    is_cut: bool,
    wire: String,
    at: DateTime<Utc>,
    symbols: Vec<Listing>,
    language: Option<String>,
    pictures: Vec<Shown<'a>>,
    attachments: Vec<Shown<'a>>,
    translations: Vec<Card>,
    versions: Vec<Past>,
    sightings: Vec<Seen>,
    /// JSON-LD that no value can close.
    linked: String,
}

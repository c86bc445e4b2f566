//! What an article shows of itself to the outside: decided once, spelled by each format.
//!
//! In: an article. Out: an [`Entry`], or the article cut down to what may go out ([`permitted`]). Two rules stand here and
//! nowhere else: rights (a source whose text may not be re-emitted shows its headline, at most its summary) and withdrawal
//! (the entry stays under its id, so that readers replace what they have; its text gives way to a notice).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use url::{Position, Url};

use super::Format;
use crate::article::{Article, PubStatus, Rights, SourceId, Subject};
use crate::config::{Config, Output};

/// What stands in the place of a withdrawn text.
const WITHDRAWN: &str = "This release was withdrawn by its issuer or its wire.";

/// What stands in the place of a headline that the wire did not give.
const NO_HEADLINE: &str = "(no headline)";

/// The head of an emitted feed.
#[derive(Debug, Clone)]
pub struct OutputHead {
    /// Stable id of the output: a URI, the same in every format.
    pub id: String,
    /// For people.
    pub title: String,
    /// For people; may be empty.
    pub description: String,
    /// Where this document is served.
    pub self_url: String,
    /// Page of the output.
    pub site_url: String,
    /// What our own URLs start with, without a final slash.
    pub base_url: String,
    /// When the newest change among its articles was made.
    pub updated: DateTime<Utc>,
    /// URLs of the feeds that articles came from.
    pub sources: BTreeMap<SourceId, String>,
}

impl OutputHead {
    /// The head of an output that holds these articles.
    #[must_use]
    pub fn of(config: &Config, output: &Output, format: Format, articles: &[Article]) -> Self {
        let base_url = config.http.url("");
        let site_url = config.http.url(&format!("/outputs/{}", output.id));
        Self {
            id: site_url.clone(),
            title: output.title.clone(),
            description: output.description.clone(),
            self_url: format!("{site_url}.{}", format.extension()),
            site_url,
            base_url,
            // Atom demands an instant; that of an output without articles is a constant, so that its bytes are too.
            updated: articles
                .iter()
                .map(|article| article.modified)
                .max()
                .unwrap_or(DateTime::UNIX_EPOCH),
            sources: config
                .sources
                .iter()
                .map(|source| (source.id.clone(), public_url(&source.url)))
                .collect(),
        }
    }

    pub(super) fn entry(&self, article: &Article) -> Entry {
        Entry::of(
            article,
            &self.base_url,
            self.sources.get(&article.draft.source).map(String::as_str),
        )
    }
}

/// What every format says of an article.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: String,
    /// One line, never empty.
    pub(super) title: String,
    /// http or https: the wire's page, else our own.
    pub(super) link: String,
    /// The wire's page.
    pub(super) wire_link: Option<String>,
    pub(super) published: Option<DateTime<Utc>>,
    pub(super) updated: DateTime<Utc>,
    /// BCP 47.
    pub(super) language: Option<String>,
    /// The issuer, else the wire, else the source: never empty.
    pub(super) author: String,
    pub(super) summary: Option<String>,
    /// Sanitised HTML, only where the rights allow.
    pub(super) html: Option<String>,
    pub(super) categories: Vec<Term>,
    pub(super) origin: Option<Origin>,
    /// What [`permitted`] left.
    pub(super) article: Article,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// URI of the code list.
    pub(super) scheme: String,
    pub(super) code: String,
    pub(super) label: Option<String>,
}

/// The feed that an article came from.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) url: String,
    pub(super) title: String,
}

impl Entry {
    /// `base_url`: what our own URLs start with. `source_url`: the feed that the article came from, if it may be named.
    pub(super) fn of(article: &Article, base_url: &str, source_url: Option<&str>) -> Self {
        let article = permitted(article);
        let draft = &article.draft;
        let wire_link = draft.url.as_deref().and_then(web_url);
        let source_name = draft
            .wire
            .as_deref()
            .and_then(one_line)
            .unwrap_or_else(|| draft.source.to_string());
        Self {
            id: article.id.to_string(),
            title: draft
                .headline
                .as_deref()
                .and_then(one_line)
                .unwrap_or_else(|| NO_HEADLINE.to_owned()),
            link: wire_link
                .clone()
                .unwrap_or_else(|| format!("{base_url}/articles/{}", article.number)),
            wire_link,
            published: draft.published,
            updated: article.modified,
            language: draft.language.clone().filter(|tag| is_language_tag(tag)),
            author: draft
                .issuer
                .as_deref()
                .and_then(one_line)
                .unwrap_or_else(|| source_name.clone()),
            summary: draft.summary.as_deref().and_then(one_line),
            html: Some(printable(&draft.body_html)).filter(|html| !html.trim().is_empty()),
            categories: categories(&article),
            origin: source_url.map(|url| Origin {
                url: url.to_owned(),
                title: source_name,
            }),
            article,
        }
    }
}

/// The article without what may not be re-emitted. Everything that leaves this room goes through here.
#[must_use]
pub(super) fn permitted(article: &Article) -> Article {
    let mut shown = article.clone();
    let draft = &mut shown.draft;
    let keeps_text = match (draft.pubstatus, draft.rights) {
        (PubStatus::Canceled, _) => {
            let headline = draft.headline.as_deref().unwrap_or(NO_HEADLINE);
            draft.headline = Some(format!("[WITHDRAWN] {headline}"));
            draft.subheadline = None;
            draft.summary = Some(WITHDRAWN.to_owned());
            false
        }
        (PubStatus::Usable | PubStatus::Withheld, Rights::Full) => true,
        (PubStatus::Usable | PubStatus::Withheld, Rights::Summary) => false,
        (PubStatus::Usable | PubStatus::Withheld, Rights::Headline) => {
            draft.subheadline = None;
            draft.summary = None;
            false
        }
    };
    if !keeps_text {
        draft.body_text.clear();
        draft.body_html.clear();
        draft.sections.clear();
        draft.media.clear();
        draft.contacts.clear();
        draft.people.clear();
    }
    if draft.pubstatus == PubStatus::Canceled {
        WITHDRAWN.clone_into(&mut draft.body_text);
        draft.body_html = format!("<p>{WITHDRAWN}</p>");
    }
    shown
}

/// Each category once, in a fixed order: what it is, who distributed it, what it is about, who is listed.
fn categories(article: &Article) -> Vec<Term> {
    let draft = &article.draft;
    let own = |list: &str, code: &str| term(list, code, None);
    let mut terms = vec![own("kind", draft.kind.as_str())];
    terms.extend(draft.wire.as_deref().map(|wire| own("wire", wire)));
    terms.extend(draft.subjects.iter().map(subject));
    terms.extend(draft.symbols().map(|symbol| own("symbol", &symbol.key())));
    terms.extend(draft.isins().map(|isin| own("isin", isin)));
    let mut unique: Vec<Term> = Vec::with_capacity(terms.len());
    for term in terms.into_iter().flatten() {
        if !unique.contains(&term) {
            unique.push(term);
        }
    }
    unique
}

fn subject(subject: &Subject) -> Option<Term> {
    let name = subject.name.as_deref();
    match subject.code.as_deref() {
        Some(code) => term(&subject.scheme, code, name),
        None => term(&subject.scheme, name?, None),
    }
}

fn term(list: &str, code: &str, label: Option<&str>) -> Option<Term> {
    Some(Term {
        scheme: scheme(list),
        code: one_line(code)?,
        label: label.and_then(one_line),
    })
}

/// The URI of a code list: as it is if it is a web address, else a URN of ours.
pub(super) fn scheme(list: &str) -> String {
    if let Some(url) = web_url(list) {
        return url;
    }
    let mut urn = "urn:dateline:".to_owned();
    for c in list.chars() {
        if c.is_ascii_alphanumeric() || "-._:".contains(c) {
            urn.push(c);
        } else {
            percent_encode(c, &mut urn);
        }
    }
    urn
}

/// A web address as every format takes it (RFC 3986), without a user's name or password; `None` for anything else.
pub(super) fn web_url(url: &str) -> Option<String> {
    let mut parsed = Url::parse(url)
        .ok()
        .filter(|parsed| matches!(parsed.scheme(), "http" | "https"))?;
    // They fail only for addresses without a host, which http does not have.
    let _ = parsed.set_username("").and(parsed.set_password(None));
    let path_starts = parsed[..Position::BeforePath].len();
    let mut address = String::with_capacity(parsed.as_str().len());
    let mut in_fragment = false;
    for (at, c) in parsed.as_str().char_indices() {
        let is_wrong = match c {
            '%' => {
                let digits = parsed.as_str().as_bytes().get(at + 1..at + 3);
                !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            }
            '#' => std::mem::replace(&mut in_fragment, true),
            // Brackets are right around the address of a host, and nowhere else.
            '[' | ']' => at >= path_starts,
            other => "<>\"`{}|\\^".contains(other),
        };
        match is_wrong {
            true => percent_encode(c, &mut address),
            false => address.push(c),
        }
    }
    Some(address)
}

/// Where a source can be seen, without what may be a secret: user, password and query.
pub(super) fn public_url(url: &Url) -> String {
    let mut public = url.clone();
    public.set_query(None);
    web_url(public.as_str()).unwrap_or_default()
}

fn percent_encode(c: char, text: &mut String) {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        // Writing to a String cannot fail.
        let _ = write!(text, "%{byte:02X}");
    }
}

pub(super) fn is_language_tag(tag: &str) -> bool {
    tag.split('-').enumerate().all(|(at, subtag)| {
        (1..=8).contains(&subtag.len())
            && subtag
                .bytes()
                .all(|b| b.is_ascii_alphabetic() || (at > 0 && b.is_ascii_digit()))
    })
}

/// A text on one line, or `None` if nothing is left of it.
fn one_line(text: &str) -> Option<String> {
    let line = printable(text).split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

/// Without the characters that XML 1.0 forbids (section 2.2); JSON leaves them out too, so that all formats agree.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| matches!(c, '\t' | '\n' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..))
        .collect()
}

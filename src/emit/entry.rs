//! What an article shows of itself to the outside: decided once, spelled by each format.
//!
//! In: an article. Out: an [`Entry`], or the article cut down to what may go out ([`permitted`]). Two rules stand here and
//! nowhere else: rights (a source whose text may not be re-emitted shows its headline, at most its summary) and withdrawal
//! (the entry stays under its id, so that readers replace what they have; its text gives way to a notice).

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use url::{Position, Url};

use super::medium::Medium;
use crate::article::{Article, ArticleId, PubStatus, Rights, SourceId, Subject};
use crate::config::TitleTemplate;
use crate::store::Listed;
use crate::wire::canonical_url;

/// What stands in the place of a withdrawn text.
pub(super) const WITHDRAWN: &str = "This release was withdrawn by its issuer or its wire.";

/// What stands in the place of a headline that the wire did not give.
const NO_HEADLINE: &str = "(no headline)";

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
    /// The entry by the feed's own name for it, where that is an address and another one than the page. Not the link as the feed
    /// wrote it: that may carry the key of a subscription.
    pub(super) via: Option<String>,
    /// Our own page of it.
    pub(super) page: String,
    /// Never changes.
    pub(super) published: Option<DateTime<Utc>>,
    /// Changes with every version.
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
    /// Who has the rights, in the feed's words.
    pub(super) rights: Option<String>,
    /// The version before the one shown, by its number.
    pub(super) predecessor: Option<i64>,
    /// The same release elsewhere, the first one first; of a copy the page that it is a copy of.
    pub(super) copies: Vec<CopyLink>,
    /// The id of the article, if this is a copy by itself.
    pub(super) copy_of: Option<ArticleId>,
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

/// A page that shows a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CopyLink {
    pub(super) url: String,
    pub(super) wire: Option<String>,
    pub(super) source: SourceId,
    pub(super) first_seen: DateTime<Utc>,
    pub(super) behind_ms: i64,
}

impl CopyLink {
    /// For people: the wire, else the source. Never empty.
    pub(super) fn title(&self) -> &str {
        self.wire.as_deref().unwrap_or(self.source.as_str())
    }
}

impl Entry {
    /// `base_url`: what our own URLs start with. `source_url`: the feed that the article came from, if it may be named.
    pub(super) fn of(article: &Article, base_url: &str, source_url: Option<&str>) -> Self {
        let article = permitted(article);
        let draft = &article.draft;
        let wire_link = draft.url.as_deref().and_then(web_url);
        let page = format!("{base_url}/articles/{}", article.number);
        let guid = draft
            .guid
            .as_deref()
            .and_then(web_url)
            .and_then(|guid| Url::parse(&guid).ok());
        let via = guid.and_then(|guid| web_url(&canonical_url(&guid)));
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
            link: wire_link.clone().unwrap_or_else(|| page.clone()),
            via: via.filter(|via| wire_link.as_ref() != Some(via)),
            wire_link,
            page,
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
            rights: draft.copyright_notice.as_deref().and_then(one_line),
            predecessor: None,
            copies: Vec::new(),
            copy_of: None,
            article,
        }
    }

    /// With the title that the template gives this article, of which it is the entry.
    pub(super) fn called(self, template: &TitleTemplate, article: &Article) -> Self {
        let title = template.fill(article);
        let title = title.as_deref().and_then(one_line);
        let title = title.unwrap_or_else(|| NO_HEADLINE.to_owned());
        Self {
            title: match self.is_withdrawn() {
                true => withdrawn(&title),
                false => title,
            },
            ..self
        }
    }

    /// With what only the history of the article tells.
    pub(super) fn beside(self, listed: &Listed) -> Self {
        let original = listed.copy_of.as_ref().map(|original| &original.seen);
        let original = original.and_then(|seen| Some((seen, seen.url.as_deref()?)));
        let copies: Vec<CopyLink> = original
            .into_iter()
            .chain(listed.copies())
            .filter_map(|(seen, page)| {
                Some(CopyLink {
                    url: web_url(page).filter(|url| *url != self.link)?,
                    wire: seen.wire.as_deref().and_then(one_line),
                    source: seen.source.clone(),
                    first_seen: seen.first_seen,
                    behind_ms: seen.behind_ms,
                })
            })
            .collect();
        Self {
            published: listed.published(),
            predecessor: listed.earlier().next_back().map(|earlier| earlier.version),
            copies,
            copy_of: listed.copy_of.as_ref().map(|original| original.id.clone()),
            ..self
        }
    }

    pub(super) fn media(&self) -> impl Iterator<Item = Medium<'_>> {
        self.article.draft.media.iter().filter_map(Medium::of)
    }

    /// Was it withdrawn by its issuer or its wire?
    pub(super) fn is_withdrawn(&self) -> bool {
        self.article.draft.pubstatus == PubStatus::Canceled
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
            draft.headline = Some(withdrawn(headline));
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

/// A headline says first of all that it holds no more.
fn withdrawn(headline: &str) -> String {
    format!("[WITHDRAWN] {headline}")
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
pub(super) fn one_line(text: &str) -> Option<String> {
    let line = printable(text).split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

/// Without the characters that XML 1.0 forbids (section 2.2); JSON leaves them out too, so that all formats agree.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|c| is_printable(*c)).collect()
}

/// A carriage return is allowed and left out: a parser of XML makes a line feed of it.
pub(super) const fn is_printable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

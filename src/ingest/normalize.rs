//! Understands a parsed feed: items become drafts.
//!
//! In: a [`ParsedFeed`], what is known of its source, now. Out: a draft for every item, or a reject with its reason; nothing is
//! dropped. Pure and total. Order matters: each step below stands where the one before it is needed, and none invents:
//! a wire that gives no date gets none.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

mod said;

use super::parse::{FeedHead, ParsedFeed};
use crate::article::{Draft, Item, Kind, PubStatus, Reject, Rights, Section, SectionKind, SourceId};
use crate::config::Source;
use crate::release::{self, DatelineMatch, symbol};
use crate::text;
use crate::wire::{self, ReleaseId, Wire};

/// Longest summary, in characters: what the wires' terms let a reader quote, and what their own feeds carry.
const SUMMARY_CHARS: usize = 250;

/// Longest embargo that is believed: releases are held back for hours or weeks.
const LONGEST_EMBARGO: TimeDelta = TimeDelta::days(366);

/// What normalisation needs to know of a source.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Its id.
    pub source: SourceId,
    /// Its wire's row.
    pub wire: &'static Wire,
    /// What outputs may re-emit of it.
    pub rights: Rights,
}

impl From<&Source> for Origin {
    fn from(source: &Source) -> Self {
        Self {
            source: source.id.clone(),
            wire: source.wire,
            rights: source.rights,
        }
    }
}

/// What came of a document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Normalized {
    /// In document order.
    pub drafts: Vec<Draft>,
    /// Items that say nothing at all, with the reason.
    pub rejects: Vec<Reject>,
}

/// Understands every item of a feed.
#[must_use]
pub fn normalize(feed: &ParsedFeed, origin: &Origin, now: DateTime<Utc>) -> Normalized {
    let mut normalized = Normalized {
        drafts: Vec::new(),
        rejects: feed.rejects.clone(),
    };
    for item in &feed.items {
        // Half a release may lack its embargo, and would be a hollow article until the next poll brings the whole.
        if item.incomplete {
            normalized.rejects.push(Reject {
                index: item.index,
                why: "the document ends within the item; the next poll asks for all of it".to_owned(),
            });
            continue;
        }
        match draft(item, &feed.head, origin, now) {
            Ok(draft) => normalized.drafts.push(draft),
            Err(reject) => normalized.rejects.push(reject),
        }
    }
    normalized
}

/// Understands the plain text of one release: an optional `date YYYY-MM-DD` prefix, then the release, its paragraphs separated
/// by empty lines, wrapped or not. Its headline is what stands over the dateline, or over the text; where nothing does, none is invented.
#[must_use]
pub fn normalize_text(raw: &str, origin: &Origin, now: DateTime<Utc>) -> Draft {
    let (date, raw) = date_prefix(raw);
    let mut draft = Draft::empty(origin.source.clone(), now);
    draft.rights = origin.rights;
    draft.body_text = text::plain_text(raw);
    draft.body_html = text::html_of_text(&draft.body_text);
    let found = release::dateline(&draft.body_text, None);
    draft.headline = match &found {
        Some(found) => draft.body_text.get(..found.span.start).and_then(release::headline),
        None => release::headline_without_dateline(&draft.body_text),
    };
    understand(&mut draft, found, origin, now);
    draft.language = language(&draft, None);
    match (date, draft.dateline.as_mut()) {
        (Some(date), Some(dateline)) if dateline.date.is_none() => dateline.date = Some(date),
        (Some(date), Some(dateline)) if dateline.date != Some(date) => {
            draft.repairs.push("date-prefix-differs".to_owned());
        }
        (Some(_), None) => draft.repairs.push("date-prefix-without-dateline".to_owned()),
        _ => {}
    }
    draft
}

fn draft(item: &Item, head: &FeedHead, origin: &Origin, now: DateTime<Utc>) -> Result<Draft, Reject> {
    let mut draft = Draft::empty(origin.source.clone(), now);
    draft.rights = origin.rights;
    draft.guid = item.guid.clone();
    draft.headline = item
        .title
        .as_deref()
        .map(text::plain_title)
        .filter(|title| !title.is_empty());
    if draft
        .headline
        .as_ref()
        .is_some_and(|headline| headline.chars().count() >= text::MAX_TITLE_CHARS)
    {
        draft.repairs.push("long-headline".to_owned());
    }

    // Parse knows whether a guid may stand in for a link.
    let link = item.link().and_then(|reference| text::web_url(reference, None));
    draft.urls = link.iter().map(Url::to_string).collect();
    draft.url = link.as_ref().map(wire::canonical_url);

    let html = item
        .content
        .as_deref()
        .filter(|html| !html.trim().is_empty())
        .or(item.summary.as_deref())
        .unwrap_or("");
    let base = item.base.as_deref().and_then(|base| Url::parse(base).ok());
    draft.body_html = text::sanitize_html(html, base.as_ref().or(link.as_ref()));
    draft.body_text = text::html_to_text(&draft.body_html);
    if draft.headline.is_none() && draft.url.is_none() && draft.body_text.is_empty() {
        return Err(Reject {
            index: item.index,
            why: "the item has no title, no web link and no text".to_owned(),
        });
    }

    draft.published = said::instant(item.published.as_ref(), "published", &mut draft.repairs, now);
    draft.updated = said::instant(item.updated.as_ref(), "updated", &mut draft.repairs, now);
    // The page itself, behind any click counter.
    let page = draft.url.as_deref().and_then(|url| Url::parse(url).ok());
    let by_host = page.as_ref().and_then(Url::host_str).and_then(wire::by_host);
    draft.issuer = said::issuer(item, by_host.unwrap_or(origin.wire));
    draft
        .organisations
        .extend(symbol::listed(said::securities(item), draft.issuer.as_deref()));
    let found = release::dateline(&draft.body_text, draft.published);
    understand(&mut draft, found, origin, now);
    if let Some(summary) = own_summary(item) {
        draft.summary = Some(summary);
    }
    identify(&mut draft, item, page.as_ref(), by_host, origin);
    // The wire's own word on the language, beside its number, beats any reading, and spares it.
    if draft.language.is_none() {
        draft.language = language(&draft, item.language.as_deref().or(head.language.as_deref()));
    }
    draft.subjects = said::subjects(item, origin.wire);
    draft.media = item.media.iter().filter_map(said::media).collect();
    draft.people = said::people(item, head);
    let notice = item.rights.as_deref().or(head.rights.as_deref()).map(text::plain_title);
    draft.copyright_notice = notice.filter(|notice| !notice.is_empty());
    Ok(draft)
}

/// What the text itself says: embargo, notice, dateline, parts, securities and issuer.
fn understand(draft: &mut Draft, found: Option<DatelineMatch>, origin: &Origin, now: DateTime<Utc>) {
    hold_back(draft, now);
    draft.revision = release::revision(draft.headline.as_deref(), &draft.body_text, draft.published);
    draft.kind = draft.revision.as_ref().map_or(Kind::Release, |revision| revision.kind);

    let span = found.as_ref().map_or(0..0, |found| found.span.clone());
    let part = |range: Range<usize>| draft.body_text.get(range).unwrap_or("").trim().to_owned();
    let (before, news) = (part(0..span.start), part(span.end..draft.body_text.len()));
    if let Some(found) = found {
        draft.subheadline = release::subheadline(&before, draft.headline.as_deref());
        draft.wire = found.dateline.wire.clone();
        draft.dateline = Some(found.dateline);
    }
    if draft.wire.is_none() && origin.wire.id != wire::generic().id {
        draft.wire = Some(origin.wire.name.to_owned());
    }
    draft.sections = release::sections(&draft.body_text, span);
    draft.summary = summary(&draft.sections);
    draft.contacts = release::contacts(&draft.sections);
    name_organisations(draft, &before, &news);
}

/// The language of what a draft says; `claimed` by its feed.
fn language(draft: &Draft, claimed: Option<&str>) -> Option<String> {
    let said = format!(
        "{}\n{}",
        draft.headline.as_deref().unwrap_or(""),
        prose(&draft.sections)
    );
    text::language(&said, claimed).map(|tag| without_region(&tag))
}

/// Withholds what asks for it until an hour to come.
fn hold_back(draft: &mut Draft, now: DateTime<Utc>) {
    let near = draft.published.unwrap_or(now);
    let [of_headline, of_text] =
        [draft.headline.as_deref().unwrap_or(""), &draft.body_text].map(|text| release::embargo(text, near));
    // A line that names its day goes before one that does not.
    let embargo = of_headline
        .filter(|embargo| embargo.until.is_some())
        .or(of_text)
        .or(of_headline);
    draft.embargoed = embargo.and_then(|embargo| embargo.until);
    let what = draft.embargoed.map_or("embargo-unread", |_| "embargo-left-open");
    let left_open = embargo
        .and_then(|embargo| embargo.left_open)
        .map(|terms| format!("{what}: {terms}"));
    draft.repairs.extend(left_open);
    match draft.embargoed {
        // A misprinted year must not hide a release that its wire shows already.
        Some(lapses) if lapses > near + LONGEST_EMBARGO => {
            draft.repairs.push(format!("embargo-unlikely: {}", lapses.date_naive()));
            draft.embargoed = None;
        }
        Some(lapses) if lapses > now => draft.pubstatus = PubStatus::Withheld,
        Some(_) | None => {}
    }
}

/// Ties securities to organisations, and finds the issuer where the feed does not name it. The dateline is read by neither:
/// `--(BUSINESS WIRE)--Acme Corp. (NYSE: ACM)` would glue it to the name, and `MEXICO CITY, MEXICO` is no listing.
fn name_organisations(draft: &mut Draft, before: &str, news: &str) {
    let headline = draft.headline.as_deref().unwrap_or("");
    draft.cashtags = symbol::cashtags(&[headline, &draft.body_text]);
    let listed = std::mem::take(&mut draft.organisations);
    draft.organisations = symbol::named(listed, draft.issuer.as_deref(), &[headline, before, news]);
    let mut word = symbol::IssuerWord::OfFeed;
    if draft.issuer.is_none() {
        word = symbol::IssuerWord::OfText;
        draft.issuer = release::issuer(
            draft.headline.as_deref(),
            draft.dateline.as_ref(),
            &draft.body_text,
            &draft.sections,
        )
        .or_else(|| symbol::subject(&draft.organisations, news));
    }
    if let Some(issuer) = draft.issuer.take() {
        let named = std::mem::take(&mut draft.organisations);
        let (named, issuer) = symbol::issued(named, issuer, word);
        (draft.organisations, draft.issuer) = (named, Some(issuer));
    }
    let named = std::mem::take(&mut draft.organisations);
    draft.organisations = symbol::numbered(named, draft.issuer.as_deref(), &draft.body_text);
}

/// What tells a language: the names and numbers of contacts and end marks are of none, and the statistics see one in them.
fn prose(sections: &[Section]) -> String {
    const NO_PROSE: &[SectionKind] = &[
        SectionKind::Contact,
        SectionKind::Source,
        SectionKind::Instruction,
        SectionKind::End,
    ];
    let prose = sections.iter().filter(|section| !NO_PROSE.contains(&section.kind));
    prose
        .map(|section| section.text.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

/// What the feed itself gives for a summary, beside the whole text.
fn own_summary(item: &Item) -> Option<String> {
    item.content.as_deref().filter(|content| !content.trim().is_empty())?;
    let said = text::html_to_text(&text::sanitize_html(item.summary.as_deref()?, None));
    let dateline = release::dateline(&said, None).map_or(0..0, |found| found.span);
    summary(&release::sections(&said, dateline))
}

/// The opening of the news, cut at a word: no dateline, no legend, no contact.
fn summary(sections: &[Section]) -> Option<String> {
    Some(text::summary(&release::digest(sections), SUMMARY_CHARS)).filter(|summary| !summary.is_empty())
}

/// Release number, the language beside it, and the wire where the page stands.
fn identify(draft: &mut Draft, item: &Item, page: Option<&Url>, by_host: Option<&Wire>, origin: &Origin) {
    let row = by_host.unwrap_or(origin.wire);
    let id: Option<ReleaseId> = page
        .and_then(|page| (row.release_id)(page))
        .or_else(|| item.guid.as_deref().and_then(|guid| (row.guid_release_id)(guid)));
    if let Some(id) = id {
        draft.release_id = Some(id.id);
        draft.language = id.language;
    }
    if draft.wire.is_none() {
        draft.wire = by_host.map(|row| row.name.to_owned());
    }
}

/// A language claimed by a feed says little of the region: `en-us` channels carry everything. Chinese keeps it, as it tells the script.
fn without_region(tag: &str) -> String {
    if tag.starts_with("zh") {
        tag.to_owned()
    } else {
        tag.split('-').next().unwrap_or(tag).to_owned()
    }
}

/// `date 2024-05-08 BEIJING, ...` -> the date and the rest.
fn date_prefix(text: &str) -> (Option<chrono::NaiveDate>, &str) {
    let trimmed = text.trim_start_matches('\u{feff}').trim_start();
    let prefixed = trimmed.strip_prefix("date ").and_then(|rest| {
        let (date, rest) = rest.split_at_checked(10)?;
        Some((date.parse().ok()?, rest))
    });
    match prefixed {
        Some((date, rest)) => (Some(date), rest.trim_start()),
        None => (None, trimmed),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use crate::article::{Category, Extension, Link};

    fn now() -> DateTime<Utc> {
        at("2026-11-25T08:00:00Z")
    }

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn origin(wire: &str) -> Origin {
        Origin {
            source: SourceId::new("test"),
            wire: wire::by_id(wire).unwrap(),
            rights: Rights::Summary,
        }
    }

    fn item(title: &str, url: &str, body: &str) -> Item {
        Item {
            title: Some(title.to_owned()),
            links: vec![Link {
                href: url.to_owned(),
                ..Link::default()
            }],
            summary: Some(body.to_owned()),
            ..Item::default()
        }
    }

    fn read(wire: &str, items: Vec<Item>) -> Normalized {
        let feed = ParsedFeed {
            items,
            ..ParsedFeed::default()
        };
        normalize(&feed, &origin(wire), now())
    }

    fn read_one(wire: &str, item: Item) -> Draft {
        read(wire, vec![item]).drafts.remove(0)
    }

    #[test]
    fn a_text_gives_its_date_prefix_dateline_and_subheads_and_no_headline_is_made_up() {
        let text = " date 2024-05-08 BEIJING, May 8, 2024 /PRNewswire/ -- Workers of the plant wrote\na letter, and received \
                    an answer this week from the capital.\n\nAn old friendship\n\nThe plant was founded in the last century \
                    and stands on the bank of the river since then.\n";
        let draft = normalize_text(text, &origin("generic"), now());
        let dateline = draft.dateline.as_ref().unwrap();
        assert_eq!(dateline.places[0].city.as_deref(), Some("Beijing"));
        assert_eq!(dateline.date.unwrap().to_string(), "2024-05-08");
        assert_eq!((draft.headline.as_deref(), draft.published), (None, None));
        assert_eq!(draft.wire.as_deref(), Some("PR Newswire"));
        assert!(
            draft.body_text.starts_with("BEIJING, May 8, 2024"),
            "{}",
            draft.body_text
        );
        let subheads: Vec<&str> = draft
            .sections
            .iter()
            .filter(|section| section.kind == SectionKind::Subhead)
            .map(|section| section.text.as_str())
            .collect();
        assert_eq!(subheads, ["An old friendship"]);
        assert_eq!(draft.repairs, [""; 0]);
        let draft = normalize_text(
            "date 2024-05-09 BEIJING, May 8, 2024 /PRNewswire/ -- Text.",
            &origin("generic"),
            now(),
        );
        assert_eq!(draft.repairs, ["date-prefix-differs"]);
    }

    #[test]
    fn the_wire_s_own_list_of_securities_comes_first_and_is_not_repeated_by_the_text() {
        let category = |list: &str, term: &str| Category {
            scheme: Some(format!("https://www.globenewswire.com/rss/{list}")),
            term: term.to_owned(),
            label: None,
        };
        let url = "https://www.globenewswire.com/news-release/2026/11/25/3400001/0/en/acme.html";
        let draft = read_one(
            "globenewswire",
            Item {
                categories: vec![
                    category("stock", "Nasdaq:ACME"),
                    category("ISIN", "US0378331005"),
                    category("ISIN", "US0378331006"),
                ],
                extensions: vec![Extension {
                    vocabulary: "dc".to_owned(),
                    name: "contributor".to_owned(),
                    attributes: Vec::new(),
                    text: "Acme Inc.".to_owned(),
                }],
                ..item(
                    "Acme",
                    url,
                    "<p>OSLO, Norway, Nov. 25, 2026 (GLOBE NEWSWIRE) -- Acme Inc. (NASDAQ: ACME) and Bolt (NYSE: BLT) agreed.</p>",
                )
            },
        );
        let keys: Vec<String> = draft.symbols().map(crate::article::Symbol::key).collect();
        assert_eq!(keys, ["XNAS:ACME", "XNYS:BLT"]);
        assert_eq!(
            draft.isins().collect::<Vec<_>>(),
            ["US0378331005"],
            "a wrong check digit is no ISIN"
        );
        assert_eq!(draft.organisations[0].name.as_deref(), Some("Acme Inc."));
        assert_eq!(draft.release_id.as_deref(), Some("3400001"));
        assert_eq!(draft.subjects, [], "shares are no subjects");
    }

    #[test]
    fn the_issuer_is_who_the_feed_names_or_who_the_news_opens_with_never_a_company_that_it_is_about() {
        for (body, want) in [
            (
                "<p>OSLO--(BUSINESS WIRE)--Acme Corp. (NYSE: ACM) today announced a deal.</p>",
                Some("Acme Corp."),
            ),
            (
                "<p>OSLO--(BUSINESS WIRE)--Doe &amp; Roe LLP reminds investors of Acme Corp. (NYSE: ACM) of a deadline.</p>",
                None,
            ),
            ("<p>OSLO--(BUSINESS WIRE)--The fair opened today.</p>", None),
        ] {
            let draft = read_one("businesswire", item("A", "https://a.example/1", body));
            assert_eq!(draft.issuer.as_deref(), want, "{body} {:?}", draft.organisations);
        }
    }

    #[test]
    fn sub_headline_and_summary_hold_neither_legend_nor_dateline_nor_contact() {
        let body = "<p>FOR IMMEDIATE RELEASE</p><p>Second plant doubles the output</p><p>Media contact: Jo Bolt, jo@acme.example</p>\
                    <p>BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ -- Acme opened its second plant today.</p>\
                    <p>Photo - https://a.example/1.jpg</p><p>A plant for a decade</p><p>It makes anvils for customers in forty countries, \
                    employs two hundred people, and is the largest of its kind between the mountains and the sea, says the town that gave \
                    the ground for it, and the people who came to see it on its first day.</p><p>SOURCE Acme Corp.</p>";
        let draft = read_one("prnewswire", item("Acme opens a plant", "https://a.example/1", body));
        assert_eq!(draft.subheadline.as_deref(), Some("Second plant doubles the output"));
        let summary = draft.summary.unwrap_or_default();
        assert!(
            summary.starts_with("Acme opened its second plant today. It makes anvils"),
            "{summary}"
        );
        assert!(
            summary.ends_with('…') && summary.chars().count() <= SUMMARY_CHARS,
            "{summary}"
        );
        assert_eq!(draft.issuer.as_deref(), Some("Acme Corp."));
        assert_eq!(draft.contacts.len(), 1, "{:?}", draft.contacts);
    }

    #[test]
    fn a_research_note_is_not_issued_by_the_company_that_it_is_about() {
        let body =
            "<p>DALLAS, Oct. 5, 2026 /PRNewswire/ -- Acme Corp. (NYSE: ACM): Bolt Research updates its coverage.</p>";
        let draft = read_one("prnewswire", item("Bolt Research on Acme", "https://a.example/1", body));
        assert_eq!(draft.issuer, None, "{:?}", draft.organisations);
    }

    #[test]
    fn isins_of_the_text_are_the_issuers() {
        let one = item(
            "Acme SE: Quarterly statement",
            "https://e.example/1",
            "<p>BERLIN, 5 October 2026 - Acme SE (XETRA: ACM) earned more.</p><p>Source: Acme SE</p><p>ISIN: DE000A2YN355 / WKN: A2YN35 / ISIN: DE000A2YN356</p>",
        );
        let feed = ParsedFeed {
            items: vec![one],
            ..ParsedFeed::default()
        };
        let drafts = normalize(&feed, &origin("generic"), now()).drafts;
        assert_eq!(
            drafts[0].isins().collect::<Vec<_>>(),
            ["DE000A2YN355"],
            "the other has a wrong check digit"
        );
        assert_eq!(drafts[0].organisations.len(), 1, "{:?}", drafts[0].organisations);
        assert_eq!(drafts[0].organisations[0].wkn, ["A2YN35"]);
    }

    #[test]
    fn code_lists_of_securities_by_any_name_are_the_issuers() {
        let category = |scheme: &str, term: &str| Category {
            scheme: Some(scheme.to_owned()),
            term: term.to_owned(),
            label: None,
        };
        let list = "https://feeds.example/stocksymbol";
        let one = Item {
            categories: vec![
                category(list, "CNSX:ACM"),
                category(list, "FSE:1AB"),
                category(list, "ISIN:CA50684B1031"),
            ],
            ..item(
                "A",
                "https://a.example/1",
                "<p>Acme Corp. (CSE: ACM) today announced a deal.</p>",
            )
        };
        let draft = read_one("generic", one);
        let keys: Vec<String> = draft.symbols().map(crate::article::Symbol::key).collect();
        assert_eq!(keys, ["XCNQ:ACM", "XFRA:1AB"]);
        assert_eq!(draft.isins().collect::<Vec<_>>(), ["CA50684B1031"]);
        assert_eq!(draft.organisations.len(), 1);
        assert_eq!(draft.organisations[0].name.as_deref(), Some("Acme Corp."));
        assert_eq!(draft.issuer.as_deref(), Some("Acme Corp."));
    }

    #[test]
    fn cashtags_of_headline_and_text_each_once() {
        let body = "<p>OSLO--(BUSINESS WIRE)--$ACM #MOSFET--Acme Corp. (NYSE: ACM) earned $5M with $BLT.</p>";
        let draft = read_one("businesswire", item("$ACM Acme Grows", "https://a.example/1", body));
        assert_eq!(draft.cashtags, ["ACM", "BLT"]);
        assert_eq!(draft.organisations[0].name.as_deref(), Some("Acme Corp."));
    }

    #[test]
    fn dates_that_cannot_be_are_none_with_a_word_and_what_was_assumed_is_said() {
        for (published, want, repairs) in [
            ("2026-11-25T07:59:00Z", Some("2026-11-25T07:59:00Z"), ""),
            ("2026-11-26T07:59:00Z", Some("2026-11-26T07:59:00Z"), ""),
            (
                "2026-11-26T08:01:00Z",
                None,
                "published-in-the-future: 2026-11-26T08:01:00Z",
            ),
            (
                "2126-01-01T00:00:00Z",
                None,
                "published-unreadable: 2126-01-01T00:00:00Z",
            ),
            ("next Tuesday", None, "published-unreadable: next Tuesday"),
            (
                "2026-11-25 07:59",
                Some("2026-11-25T06:59:00Z"),
                "published-without-zone: 2026-11-25 07:59",
            ),
            (
                "25 Nov 2026 GMT",
                Some("2026-11-25T00:00:00Z"),
                "published-without-time: 25 Nov 2026 GMT",
            ),
            (
                "Nov. 2026",
                Some("2026-10-31T23:00:00Z"),
                "published-without-day: Nov. 2026 published-without-zone: Nov. 2026",
            ),
        ] {
            let draft = read_one(
                "generic",
                Item {
                    published: Some(parse::stamp(published, chrono_tz::Europe::Zurich)),
                    ..item("A", "https://a.example/1", "text")
                },
            );
            assert_eq!(draft.published, want.map(at), "{published}");
            assert_eq!(draft.repairs.join(" "), repairs, "{published}");
        }
        let undated = read_one("generic", item("A", "https://a.example/1", "text"));
        assert_eq!((undated.published, undated.repairs), (None, Vec::new()));
    }

    #[test]
    fn only_an_item_that_says_nothing_is_a_reject_and_links_lead_to_the_web_or_nowhere() {
        let nothing = read(
            "generic",
            vec![Item {
                index: 7,
                ..Item::default()
            }],
        );
        assert_eq!((nothing.drafts.len(), nothing.rejects[0].index), (0, 7));
        for href in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "not a url",
        ] {
            assert_eq!(read_one("generic", item("A", href, "x")).url, None, "{href}");
        }
        let draft = read_one("generic", item("A", "https://user:secret@a.example/1", "x"));
        assert_eq!(draft.urls, ["https://a.example/1"]);
    }

    #[test]
    fn the_language_of_a_text_is_that_of_its_news_and_not_of_its_contacts() {
        let text = "BOISE, Idaho, March 2, 2026 /PRNewswire/ -- Acme Corp. (NYSE: ACME) (FRA: A1C) opened its second plant.\n\n\
                    Media Contact:\nJo Bolt\npress@acme.example\n+1 (208) 555-0100\n\nSOURCE Acme Corp.";
        assert_eq!(normalize_text(text, &origin("generic"), now()).language, None);
    }

    #[test]
    fn a_release_behind_a_click_counter_has_its_number_language_and_wire() {
        let link = "https://www.google.com/url?rct=j&sa=t&url=https://www.businesswire.com/news/home/20261005363276/fr/Acme-ouvre&ct=ga";
        let draft = read_one("generic", item("Acme ouvre une usine", link, "Acme ouvre."));
        assert_eq!(
            (
                draft.release_id.as_deref(),
                draft.language.as_deref(),
                draft.wire.as_deref()
            ),
            (Some("20261005363276"), Some("fr"), Some("Business Wire"))
        );
        assert_eq!(
            draft.url.as_deref(),
            Some("https://www.businesswire.com/news/home/20261005363276/fr")
        );
    }

    #[test]
    fn an_embargo_withholds_until_it_lapses() {
        for (line, want) in [
            (
                "Embargoed until 9:00 a.m. ET, Wednesday, November 25, 2026",
                PubStatus::Withheld,
            ),
            (
                "Embargoed until 9:00 a.m. ET, Tuesday, November 24, 2026",
                PubStatus::Usable,
            ),
            ("Embargoed until 9:00 a.m. ET, November 24, 2062", PubStatus::Usable),
            // A line that leaves its zone or its hour open withholds as long as it may be in force somewhere.
            ("EMBARGOED UNTIL 9:00 WEDNESDAY 25 NOVEMBER", PubStatus::Withheld),
            ("EMBARGOED UNTIL NOVEMBER 24, 2026", PubStatus::Usable),
            ("Embargo: for immediate release", PubStatus::Usable),
        ] {
            let draft = read_one(
                "generic",
                item(
                    "A",
                    "https://a.example/1",
                    &format!("<p>{line}</p><p>Acme bought Bolt.</p>"),
                ),
            );
            assert_eq!(draft.pubstatus, want, "{line}: {:?}", draft.embargoed);
        }
        // What cannot be read withholds nothing for ever, and does not pass in silence.
        let body = "<p>EMBARGOED UNTIL AFTER THE MEETING</p><p>Acme bought Bolt.</p>";
        let draft = read_one("generic", item("A", "https://a.example/1", body));
        assert_eq!((draft.pubstatus, draft.embargoed), (PubStatus::Usable, None));
        assert_eq!(draft.repairs, ["embargo-unread: AFTER THE MEETING"]);
    }
}

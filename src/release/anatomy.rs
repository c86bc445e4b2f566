//! The parts of a release: lead, sub-headings, quotations, boilerplate, contacts, the SOURCE line.
//!
//! In: the body text, its paragraphs separated by an empty line, and the byte at which the news begins. Out: [`Section`]s in text
//! order, each a verbatim slice of the body, none empty, none overlapping. The dateline's own paragraph is no section.
//! Never drops a passage to look tidy: what fits no rule is [`SectionKind::Body`].
//!
//! Boilerplate, cautionary statements and contacts are blocks: they run from their marker to the next marker.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::article::{Section, SectionKind};

mod contact;

pub use contact::contacts;

/// Most characters of a sub-heading.
const LONGEST_SUBHEAD: usize = 80;

/// Most characters of a line that heads a block.
const LONGEST_HEADING: usize = 140;

/// A contact block ends at a paragraph of more characters than this.
const LONGEST_CONTACT: usize = 400;

/// Splits a body into its parts. `news_start` is where the news begins, see
/// [`DatelineMatch::span`](super::dateline::DatelineMatch); 0 without a dateline.
#[must_use]
pub fn sections(body_text: &str, news_start: usize) -> Vec<Section> {
    let news_start = body_text.floor_char_boundary(news_start);
    let mut paragraphs = paragraphs(body_text);
    // The paragraph that holds the dateline begins with the news; one that is nothing but the dateline goes.
    if news_start > 0 {
        let dateline = paragraphs.iter().rposition(|p| p.start < news_start);
        if let Some(at) = dateline {
            if paragraphs[at].end > news_start {
                paragraphs[at].start = news_start;
            } else {
                paragraphs.remove(at);
            }
        }
    }
    let mut parts: Vec<(SectionKind, Range<usize>)> = Vec::new();
    let mut block = None;
    let mut lead_seen = false;
    for (at, range) in paragraphs.iter().enumerate() {
        let text = &body_text[range.clone()];
        let next = paragraphs.get(at + 1).map(|next| &body_text[next.clone()]);
        let is_news = range.start >= news_start;
        if let Some(kind) = marker(text) {
            block = matches!(
                kind,
                SectionKind::About | SectionKind::ForwardLooking | SectionKind::Contact
            )
            .then_some(kind);
            parts.push((kind, range.clone()));
            continue;
        }
        if block == Some(SectionKind::Contact) && text.chars().count() > LONGEST_CONTACT {
            block = None;
        }
        if let (Some(_), Some((_, last))) = (block, parts.last_mut()) {
            last.end = range.end;
            continue;
        }
        let kind = paragraph(text, next);
        // A quotation may open the news; a line between a headline and its dateline cannot.
        let opens_news =
            is_news && !lead_seen && (range.start == news_start && news_start > 0 || kind == SectionKind::Body);
        lead_seen |= opens_news;
        parts.push((if opens_news { SectionKind::Lead } else { kind }, range.clone()));
    }
    parts
        .into_iter()
        .map(|(kind, range)| Section {
            kind,
            text: body_text[range].to_owned(),
        })
        .collect()
}

/// The trimmed paragraphs of a text.
fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut paragraphs: Vec<Range<usize>> = Vec::new();
    let mut offset = 0;
    let mut open = false;
    for line in text.split_inclusive('\n') {
        let start = offset + line.len() - line.trim_start().len();
        let end = offset + line.trim_end().len();
        offset += line.len();
        if start >= end {
            open = false;
        } else if open && let Some(last) = paragraphs.last_mut() {
            last.end = end;
        } else {
            paragraphs.push(start..end);
            open = true;
        }
    }
    paragraphs
}

/// What a paragraph outside the blocks is.
fn paragraph(text: &str, next: Option<&str>) -> SectionKind {
    if is_quote(text) {
        SectionKind::Quote
    } else if is_subhead(text, next) {
        SectionKind::Subhead
    } else {
        SectionKind::Body
    }
}

/// Opens with a quotation mark, and either closes it or is one paragraph of a longer quotation.
fn is_quote(text: &str) -> bool {
    let Some(open) = text
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '“' | '«' | '„' | '「'))
    else {
        return false;
    };
    let rest = &text[open.len_utf8()..];
    let closed = rest.contains(['"', '”', '»', '“', '」']);
    let sentence = rest.contains(['.', '!', '?', ',', '。', '、', '，']);
    sentence && (closed || text.chars().count() > LONGEST_SUBHEAD)
}

/// A short bare line over a longer paragraph: no full stop, no list mark, no address.
fn is_subhead(text: &str, next: Option<&str>) -> bool {
    let length = text.chars().count();
    let Some(first) = text.chars().next() else { return false };
    length <= LONGEST_SUBHEAD
        && !text.contains(['\n', '\t', '@'])
        && !text.contains("://")
        && !text.ends_with([
            '.', '!', '?', ';', ':', ',', '…', '。', '！', '？', '：', '，', '"', '”',
        ])
        && (first.is_alphabetic() && !first.is_lowercase() || matches!(first, '“' | '"' | '«'))
        && next.is_some_and(|next| next.chars().count() > length.max(LONGEST_SUBHEAD) && marker(next).is_none())
}

/// The kind that a paragraph declares by its first line.
fn marker(text: &str) -> Option<SectionKind> {
    let line = text
        .split('\n')
        .next()
        .unwrap_or_default()
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '#' | '_'));
    if is_end_mark(text) {
        return Some(SectionKind::End);
    }
    if source_of(line).is_some() {
        return Some(SectionKind::Source);
    }
    if is_media(line) {
        return Some(SectionKind::Media);
    }
    if about(line).is_some() {
        return Some(SectionKind::About);
    }
    if is_forward_looking(line) {
        return Some(SectionKind::ForwardLooking);
    }
    is_contact(line).then_some(SectionKind::Contact)
}

fn is_end_mark(text: &str) -> bool {
    static END: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^(?:#(?:\s*#){1,7}|\*(?:\s*\*){2}|[-–—]\s*(?:30|[Ee][Nn][Dd][Ss]?)\s*[-–—]|ENDS?|Ends|FIN)$")
    });
    END.is_match(text)
}

fn is_media(line: &str) -> bool {
    static MEDIA: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?x:
              \(? (?: Photos? | Logo | Video | Image | Infographic | Multimedia | Foto s? | Bild | 图片 | 圖片 | 图标 | 画像 | ロゴ ) (?: \s* \d+ )? \s* (?: [-–—:：] | \s-\s ) \s* \S
            | !\[ | (?:A|An|The) \s (?:photo|video|image|infographic) s? \s accompanying \s this
            | (?:Photos?|Videos?) \s accompanying \s this
            | View \s (?:original \s content|source \s version|the \s original) | Cannot \s view \s this )",
        )
    });
    MEDIA.is_match(line)
}

/// The name in an About heading, if the line is one: `About Acme Corp.`, `About the Acme Foundation: Founded in …`.
fn about(line: &str) -> Option<&str> {
    const OPENINGS: &[&str] = &[
        "About the ",
        "ABOUT THE ",
        "About ",
        "ABOUT ",
        "À propos de l'",
        "À propos de l’",
        "À propos de la ",
        "À propos du ",
        "À propos de ",
        "À propos d'",
        "À propos d’",
        "A propos de ",
        "Über die ",
        "Über das ",
        "Über ",
        "Acerca de la ",
        "Acerca de ",
        "Sobre a ",
        "Sobre o ",
        "Sobre la ",
        "Sobre ",
        "Informazioni su ",
        "Om ",
        "关于",
        "關於",
    ];
    let heading = match OPENINGS.iter().find_map(|opening| line.strip_prefix(opening)) {
        Some(rest) => rest,
        None => line
            .strip_suffix("について")
            .or_else(|| line.strip_suffix(" at a glance"))?,
    };
    let heading = heading.split_once([':', '：']).map_or(heading, |(name, _)| name);
    let heading = heading.trim();
    let starts_name = heading
        .chars()
        .next()
        .is_some_and(|c| !c.is_lowercase() && (c.is_alphabetic() || matches!(c, '“' | '"')));
    // "Inc." ends a name, not a sentence.
    let ends_sentence = heading.ends_with(['。', '!', '?', ','])
        || heading
            .strip_suffix('.')
            .is_some_and(|h| !h.rsplit(' ').next().is_some_and(is_abbreviation));
    (starts_name && !ends_sentence && heading.chars().count() <= LONGEST_HEADING).then_some(heading)
}

fn is_abbreviation(word: &str) -> bool {
    word.contains('.')
        || matches!(
            word,
            "Inc" | "Corp" | "Co" | "Cos" | "Ltd" | "Bros" | "Int'l" | "Intl" | "No" | "Jr" | "Sr"
        )
}

fn is_forward_looking(line: &str) -> bool {
    static HEADING: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?x) ^ (?i: [^.]{0,60} forward [-\ ‑–] looking \s (?:statements?|information) | [^.]{0,30} safe \s harbou?r \b | cautionary \s (?:note|statement|language)
              | disclaimers? \s* (?: : | $ ) | énoncés \s prospectifs | déclarations \s prospectives | mise \s en \s garde | zukunfts (?:gerichtete|bezogene)
              | declaraciones \s (?:prospectivas | a \s futuro) | declarações \s prospectivas ) | ^前瞻性 | ^.{0,20}将来の見通し",
        )
    });
    static OPENING: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?i:(?:certain |some )?(?:of the )?statements|this (?:press|news) release|this (?:document|announcement|communication)|the information)[^.]{0,160}(?i:forward[- ‑–]looking)",
        )
    });
    let head = line.get(..line.floor_char_boundary(400)).unwrap_or_default();
    let is_heading = line.chars().count() <= LONGEST_HEADING && !line.ends_with('.');
    let leads_in = head
        .find([':', '.'])
        .is_some_and(|at| at <= LONGEST_HEADING && HEADING.is_match(&head[..at]));
    (is_heading && HEADING.is_match(line)) || leads_in || OPENING.is_match(head)
}

fn is_contact(line: &str) -> bool {
    static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?x) ^ (?:
              (?i: (?: [\p{L}&/,'’.-]+ \s ){0,5} (?: contacts? | contact \s (?:information|details|person) | enquiries | inquiries | relations ) (?: \s (?:for|information|details) (?: \s [\p{L}]+ ){0,3} )? ) \s* (?: [:：] | $ )
            | (?i: for \s (?:more|further|additional|media) \s information ,? \s (?:please \s)? contact )
            | (?i: pour \s (?:plus \s d[’'] information|de \s plus \s amples \s renseignements) ) | Renseignements | (?i:pressekontakt) | Rückfragen | Kontakt \b | Originaltext
            | Contacto \s de \s prensa | (?: 媒体 | 媒體 )? (?: 联系 | 聯絡 | 聯繫 ) | .{0,20} お問い合わせ )",
        )
    });
    line.chars().count() <= LONGEST_CONTACT && CONTACT.is_match(line)
}

/// Who a SOURCE line says issued the release.
fn source_of(line: &str) -> Option<&str> {
    static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:(?:SOURCE|FUENTE|QUELLE|FONTE|KILDE)\s*[:：]?\s+|(?:Source|Fuente|Quelle|Fonte)\s*[:：]\s*|(?:消息来源|消息來源|ソース|提供)\s*[:：]?\s*)(?P<name>\S.{0,180})$",
        )
    });
    static OTS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^Original-Content von:\s*(?P<name>.{1,180}?)(?:,\s*übermittelt durch .*)?$"));
    let found = SOURCE.captures(line).or_else(|| OTS.captures(line))?;
    let name = found.name("name")?.as_str().trim();
    (!name.contains("://")).then_some(name)
}

/// Who issued the release, from the last SOURCE line of its text.
#[must_use]
pub fn source_line(body_text: &str) -> Option<&str> {
    body_text.lines().rev().find_map(|line| source_of(line.trim()))
}

/// The organisation of the first About section, without its ticker: the best word on the issuer where no SOURCE line names one.
#[must_use]
pub fn about_name(sections: &[Section]) -> Option<&str> {
    let heading = sections
        .iter()
        .find(|section| section.kind == SectionKind::About)?
        .text
        .split('\n')
        .next()?;
    let name = about(heading.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '#' | '_')))?;
    let name = name.split_once(" (").map_or(name, |(name, _)| name).trim();
    (!name.is_empty()).then_some(name)
}

#[allow(clippy::expect_used)] // the patterns are constants of this room, and the tests compile each of them
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::article::SectionKind::{About, Body, Contact, End, ForwardLooking, Lead, Media, Quote, Source, Subhead};
    use crate::release::dateline;

    const RELEASE: &str = "Second plant doubles the output\n\n\
        BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ -- Acme Corp. (NYSE: ACME) opened its second plant today, a year after the first one reached its full capacity.\n\n\
        A plant for a decade\n\n\
        The plant makes anvils for customers in forty countries and will employ two hundred people by the end of the year.\n\n\
        \"We are proud,\" said Jo Bolt, chief executive of Acme.\n\n\
        About 40 percent of the anvils are sold abroad.\n\n\
        About Acme Corp. (NYSE: ACME)\n\nAcme makes anvils.\n\nIt was founded in 1949.\n\n\
        About the Bolt Foundation: It gives anvils away.\n\n\
        Forward-Looking Statements\n\nThis release looks forward.\n\n\
        Media Contact:\nJo Bolt\npress@acme.example\n+1 (208) 555-0100\n\n\
        Photo - https://mma.prnewswire.com/media/1/anvil.jpg\n\n\
        SOURCE Acme Corp.\n\n###";

    #[test]
    fn a_release_falls_into_its_parts() {
        let start = dateline(RELEASE, None).map(|m| m.span.end).expect("a dateline");
        let got = sections(RELEASE, start);
        let kinds: Vec<_> = got.iter().map(|s| s.kind).collect();
        assert_eq!(
            kinds,
            [
                Subhead,
                Lead,
                Subhead,
                Body,
                Quote,
                Body,
                About,
                About,
                ForwardLooking,
                Contact,
                Media,
                Source,
                End
            ]
        );
        assert_eq!(
            got[1].text,
            "Acme Corp. (NYSE: ACME) opened its second plant today, a year after the first one reached its full capacity."
        );
        assert_eq!(
            got[6].text,
            "About Acme Corp. (NYSE: ACME)\n\nAcme makes anvils.\n\nIt was founded in 1949."
        );
        assert_eq!(about_name(&got), Some("Acme Corp."));
        assert_eq!(source_line(RELEASE), Some("Acme Corp."));
    }

    #[test]
    fn a_dateline_on_its_own_line_is_no_section() {
        let text = "BEDMINSTER, N.J., Oct.  05, 2026  (GLOBE NEWSWIRE) -- \n\nAcme opened a plant.\n\nIt is large.";
        let start = dateline(text, None).map(|m| m.span.end).expect("a dateline");
        let got: Vec<_> = sections(text, start).into_iter().map(|s| (s.kind, s.text)).collect();
        assert_eq!(
            got,
            [
                (Lead, "Acme opened a plant.".to_owned()),
                (Body, "It is large.".to_owned())
            ]
        );
    }

    #[test]
    fn the_seed_release_reads_as_its_people_wrote_it() {
        let Some(text) = crate::release::tests::corpus_text("seed/release.txt") else {
            return;
        };
        let found = dateline(&text, None).expect("a dateline");
        let line = &found.dateline;
        assert_eq!(line.raw, "BEIJING, May 8, 2024 /PRNewswire/ --");
        assert_eq!(
            (line.places[0].city.as_deref(), line.places[0].country.as_deref()),
            (Some("Beijing"), Some("CN"))
        );
        assert_eq!(line.date.map(|d| d.to_string()).as_deref(), Some("2024-05-08"));
        assert_eq!(line.wire.as_deref(), Some("PR Newswire"));
        let got = sections(&text, found.span.end);
        let subheads: Vec<_> = got
            .iter()
            .filter(|s| s.kind == Subhead)
            .map(|s| s.text.as_str())
            .collect();
        assert_eq!(subheads, ["An ironclad friendship", "Momentum of cooperation"]);
        assert!(got[0].kind == Lead && got[0].text.starts_with("Recently, a reply"));
    }

    #[test]
    fn markers_in_the_languages_of_the_wires() {
        for (line, want) in [
            ("About Acme", Some(About)),
            ("About 40 percent", None),
            ("About Acme, the board said little more.", None),
            ("À propos de TELUS", Some(About)),
            ("Über die Acme AG", Some(About)),
            ("关于安科", Some(About)),
            ("Safe Harbor Statement", Some(ForwardLooking)),
            (
                "Cautionary Note Regarding Forward-Looking Statements",
                Some(ForwardLooking),
            ),
            (
                "This press release contains forward-looking statements within the meaning of the Act.",
                Some(ForwardLooking),
            ),
            (
                "Forward-Looking Statements: Words such as may and will are such.",
                Some(ForwardLooking),
            ),
            ("Media and Investor Contact:", Some(Contact)),
            ("For more information, please contact:", Some(Contact)),
            ("Investor Relations", Some(Contact)),
            ("Contact lenses are its business.", None),
            ("SOURCE Acme Corp.", Some(Source)),
            ("Source: Acme Corp.", Some(Source)),
            ("Source code is open.", None),
            (
                "Original-Content von: Acme AG, übermittelt durch news aktuell",
                Some(Source),
            ),
            ("Logo - https://mma.prnewswire.com/media/1/logo.jpg", Some(Media)),
            ("A photo accompanying this announcement is available at", Some(Media)),
            ("Photographers came.", None),
            ("# # #", Some(End)),
            ("-30-", Some(End)),
            ("- END -", Some(End)),
        ] {
            assert_eq!(marker(line), want, "{line}");
        }
    }

    proptest! {
        #[test]
        fn sections_are_slices_in_text_order(text in r"(\PC|\n){0,300}", start in 0_usize..320) {
            let mut rest = text.as_str();
            for section in sections(&text, start) {
                prop_assert!(!section.text.is_empty());
                let at = rest.find(&section.text);
                prop_assert!(at.is_some(), "{section:?} in {rest:?}");
                rest = &rest[at.unwrap_or(0) + section.text.len()..];
            }
            let _ = source_line(&text);
        }
    }
}

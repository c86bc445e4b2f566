//! Who issued a release, by its own text: the best-placed word decides.
//!
//! In: the opening line, the sections and the whole text. Out: a name, or none where the text leaves it open. Never the wire, never a
//! thing that the release is about (`About the Study`), never a company that a law firm writes about.

use std::sync::LazyLock;

use regex::Regex;

use super::about::{about, is_name, organisation};
use super::marker::bare;
use crate::article::{Dateline, Section, SectionKind};
use crate::release::legal_form::is_legal_form;
use crate::release::pattern;
use crate::wire;

/// Bytes of the news in which its subject stands.
const SUBJECT_REACH: usize = 700;

/// Most SOURCE lines and About blocks that are weighed: no release has more, a hostile text may.
const MOST_LOOKED_AT: usize = 12;

/// The issuer of a release.
///
/// 1. the last SOURCE line
/// 2. the name that Press Services print in the dateline (`May 8, 2026 / Acme /`)
/// 3. the About block that the news names first
/// 4. the subject of a first sentence that announces
#[must_use]
pub fn issuer(
    headline: Option<&str>,
    dateline: Option<&Dateline>,
    body_text: &str,
    sections: &[Section],
) -> Option<String> {
    let news = news(sections);
    // The wires sign what they relay; that is no issue of theirs.
    let is_issuer = |name: &&str| wire::by_name(name).is_none();
    let named = source_line(body_text)
        .filter(is_issuer)
        .or_else(|| dateline.and_then(slash_name).filter(is_issuer))
        .or_else(|| about_name(headline, &news, sections).filter(is_issuer))
        .or_else(|| announcing_subject(&news).filter(is_issuer))?;
    Some(as_written(named, &news).unwrap_or(named).to_owned())
}

/// A name that a head prints in capitals, as the news writes it.
fn as_written<'n>(name: &str, news: &'n str) -> Option<&'n str> {
    if name.contains(char::is_lowercase) || name.chars().filter(|c| c.is_uppercase()).count() < 5 {
        return None;
    }
    let any_case = Regex::new(&format!("(?i){}", regex::escape(name))).ok()?;
    any_case.find(news).map(|found| found.as_str())
}

/// The paragraphs of the news itself.
fn news(sections: &[Section]) -> String {
    let is_news =
        |section: &&Section| matches!(section.kind, SectionKind::Lead | SectionKind::Body | SectionKind::Quote);
    let from = sections
        .iter()
        .position(|section| section.kind == SectionKind::Lead)
        .unwrap_or(0);
    let texts: Vec<&str> = sections
        .iter()
        .skip(from)
        .filter(is_news)
        .map(|section| section.text.as_str())
        .collect();
    texts.join("\n\n")
}

/// Who a SOURCE line says issued the release.
pub(super) fn source_of(line: &str) -> Option<&str> {
    static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?x)^ (?: (?:SOURCE|FUENTE|QUELLE|FONTE|KILDE|KÄLLA|LÄHDE|SURSA) \s* [:：]? \s+
              | (?:SOURCE|Source|Fuente|Quelle|Fonte|Kilde|Källa|Lähde|Sursa|Emittent) \s* [:：] \s*
              | (?:消息来源|消息來源|ソース) \s* [:：]? \s* | (?:来源|來源|稿源|提供元?|출처|제공) \s* [:：] \s* )
              (?P<name>\S.{0,180}) $",
        )
    });
    static OTS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?x)^ (?:Original-Content\svon|Contenu\soriginal\sde|Contenuto\soriginale\sdi) \s? : \s* (?P<name>.{1,180}?)
              (?: , \s* (?:übermittelt\sdurch|transmis\spar|trasmesso\sda) \s .* )? $",
        )
    });
    let found = SOURCE.captures(line).or_else(|| OTS.captures(line))?;
    let name = found.name("name")?.as_str().trim();
    let letters = name.contains(char::is_alphabetic);
    (letters && !name.contains("://") && !name.starts_with("www.")).then_some(name)
}

/// Who issued the release, from the last SOURCE line of its text. A footnote cites sources too: a `Source:` in small letters counts
/// only if the text speaks of it elsewhere.
fn source_line(body_text: &str) -> Option<&str> {
    let lines = body_text
        .lines()
        .rev()
        .map(bare)
        .filter_map(|line| Some((line, source_of(line)?)));
    lines.take(MOST_LOOKED_AT).find_map(|(line, name)| {
        let named = name.trim_end_matches(['.', ')', ']']);
        let word = named.split([' ', ',']).next().unwrap_or(named);
        let is_capital = line.chars().take(4).all(|c| !c.is_lowercase());
        let spoken_of = || body_text.matches(word).nth(1).is_some();
        let name = name.trim_end_matches([';', ',', '*', '_']);
        (name.chars().count() <= 120 && (is_capital || (is_name(name) && spoken_of()))).then_some(name)
    })
}

/// `Austin, United States - May 8, 2026 / Acme Roofing /`: the wire's place holds the issuer.
fn slash_name(dateline: &Dateline) -> Option<&str> {
    if dateline.wire.is_some() {
        return None;
    }
    let raw = dateline.raw.trim().strip_suffix('/')?.trim_end();
    let (date, name) = raw.rsplit_once(" / ")?;
    let name = name.trim();
    let is_site = name.contains('.') && !name.contains(' ');
    (date.contains(|c: char| c.is_ascii_digit()) && name.contains(char::is_alphabetic) && !is_site).then_some(name)
}

/// The organisation of the About blocks: the one that the news names first. One that neither headline nor news name is the
/// distributor's own.
fn about_name<'s>(headline: Option<&str>, news: &str, sections: &'s [Section]) -> Option<&'s str> {
    let headline = headline.unwrap_or_default();
    let (low_news, low_headline) = (news.to_lowercase(), headline.to_lowercase());
    let blocks = sections.iter().filter(|section| section.kind == SectionKind::About);
    blocks
        .take(MOST_LOOKED_AT)
        .filter_map(|section| {
            let name = match about(&section.text)? {
                // `Company Profile`: the text below begins with the name.
                "" => subject(section.text.split_once('\n')?.1.trim_start())?,
                name => organisation(name)?,
            };
            Some((place(name, &low_news, &low_headline)?, name))
        })
        .min_by_key(|(place, _)| *place)
        .map(|(_, name)| name)
}

/// Where the news first names an organisation, in bytes; behind all of it if only the headline does.
fn place(name: &str, news: &str, headline: &str) -> Option<usize> {
    let name = name.to_lowercase();
    let name = name.trim_start_matches("the ");
    let short = core_name(name);
    if is_form(short) {
        return None;
    }
    let seen = |text: &str| {
        text.find(name)
            .or_else(|| (short.chars().count() > 2).then(|| text.find(short)).flatten())
    };
    seen(news).or_else(|| seen(headline).map(|at| news.len() + at))
}

/// Ends a name as a legal form does: `Acme Group`.
fn is_form(word: &str) -> bool {
    is_legal_form(word) || matches!(word, "group" | "holding" | "holdings")
}

/// A name without its legal form: `acme corp.` -> `acme`.
fn core_name(name: &str) -> &str {
    let mut core = name.trim_end_matches(['.', ',', ' ']);
    while let Some((rest, last)) = core.rsplit_once(' ')
        && is_form(last)
    {
        core = rest.trim_end_matches(['.', ',', ' ']);
    }
    core
}

/// The subject of a first sentence that announces: `Acme Corp., a maker of anvils, today announced`.
fn announcing_subject(news: &str) -> Option<&str> {
    static ANNOUNCES: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?x)^ \s* (?: [\(\[] [^()\[\]]{0,160} [\)\]] \s* ){0,3} (?: , [^.;]{1,400}? , \s+ )?
              (?: (?:has|have|is|are|was) \s )? (?: (?:today|proudly|officially|also|just|recently|formally) ,? \s )*
              (?: announce[sd]? \b | announcing \b
              | (?:pleased|proud|excited|thrilled|delighted|honou?red|happy) \s to \s (?:\w+\s)?
              (?:announce|report|introduce|share|unveil|launch|present|welcome) | report(?:s|ed) \s | today \b
              | (?:launche[sd]|unveil(?:s|ed)|introduce[sd]|release[sd]) \s )",
        )
    });
    let opening = &news[..news.floor_char_boundary(SUBJECT_REACH)];
    let name = subject(opening)?;
    let rest = opening.split_once(name)?.1;
    ANNOUNCES.is_match(rest).then_some(name)
}

/// The name that a text begins with: large words up to a bracket, a comma or a small word.
pub(super) fn subject(text: &str) -> Option<&str> {
    #[rustfmt::skip]
    const LINKS: &[&str] = &[
        "of", "the", "and", "for", "de", "la", "&", "du", "der", "von",
    ];
    #[rustfmt::skip]
    const NO_NAMES: &[&str] = &[
        "today", "i", "let", "you", "your", "their", "his", "her", "my", "here", "that", "in", "on", "as", "at", "for", "after", "with",
        "this", "these", "it", "we", "our", "he", "she", "they", "company", "a", "an", "when", "by", "from", "following", "new", "there",
        "if", "are", "is", "what", "how", "while",
    ];
    let text = text.strip_prefix("The ").unwrap_or(text);
    let mut end = 0;
    let mut at = 0;
    for word in text.split_inclusive(' ').take(10) {
        let bare = word.trim_end();
        let stop = bare.find([',', '(', '[', ';', ':', '—', '–', '“', '"']);
        let kept = stop.map_or(bare, |stop| &bare[..stop]);
        let large = kept.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
            || kept.chars().skip(1).any(char::is_uppercase);
        if large {
            end = at + kept.len();
        } else if !(end > 0 && LINKS.contains(&kept)) {
            break;
        }
        if stop.is_some() || (bare.ends_with('.') && !super::about::is_abbreviation(bare.trim_end_matches('.'))) {
            break;
        }
        at += word.len();
    }
    let name = text.get(..end)?.trim_end_matches(['®', '™', '’', '\'']);
    let name = name
        .strip_suffix("’s")
        .or_else(|| name.strip_suffix("'s"))
        .map_or(Some(name), |_| None)?;
    let first = name.split([' ', '’', '\'']).next().unwrap_or_default().to_lowercase();
    (name.chars().count() >= 2 && !NO_NAMES.contains(&first.as_str()) && organisation(name).is_some()).then_some(name)
}

//! Who issued a release, by its own text: the best-placed word decides.
//!
//! In: the opening line, the sections and the whole text. Out: a name, or none where the text leaves it open. Never the wire, never a
//! thing that the release is about (`About the Study`), never a company that a law firm writes about.

use std::ops::Range;
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

/// Bytes of the news in which a law firm says what it is after.
const SUIT_REACH: usize = 4_000;

/// Bytes of an About block that say what it is about.
const JOURNAL_REACH: usize = 250;

/// Most SOURCE lines and About blocks that are weighed: no release has more, a hostile text may.
const MOST_LOOKED_AT: usize = 12;

/// The issuer of a release.
///
/// 1. the last SOURCE line
/// 2. the name that Press Services print in the dateline (`May 8, 2026 / Acme /`)
/// 3. the organisation of an About block with which the news or the headline begins
/// 4. the subject of a first sentence that announces, or that says what firm it is
/// 5. the organisation of an About block that the first paragraph names first, or the headline
/// 6. the only organisation of About blocks, if the news names it at all
#[must_use]
pub fn issuer(
    headline: Option<&str>,
    dateline: Option<&Dateline>,
    body_text: &str,
    sections: &[Section],
) -> Option<String> {
    let news = news(sections);
    let headline = headline.unwrap_or_default();
    let first = news.split("\n\n").next().unwrap_or_default();
    let first = &first[..first.floor_char_boundary(SUBJECT_REACH)];
    let abouts = abouts(sections);
    // The wires sign what they relay; that is no issue of theirs.
    let is_issuer = |name: &&str| wire::by_name(name).is_none();
    let named = source_line(body_text)
        .filter(is_issuer)
        .or_else(|| dateline.and_then(slash_name).filter(is_issuer))
        .or_else(|| opening_name(&abouts, first, headline).filter(is_issuer))
        .or_else(|| announcing_subject(&news, headline).filter(is_issuer))
        .or_else(|| first_named(&abouts, first, headline).filter(is_issuer))
        .or_else(|| only_name(&abouts, &news).filter(is_issuer))?;
    Some(as_written(named, &news).unwrap_or(named).to_owned())
}

/// A name that a head prints in capitals, as the news writes it.
fn as_written<'n>(name: &str, news: &'n str) -> Option<&'n str> {
    if name.contains(char::is_lowercase) || name.chars().filter(|c| c.is_uppercase()).count() < 5 {
        return None;
    }
    occurrences(news, name).next().and_then(|found| news.get(found))
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
    // Nearly all lines are neither, and a mere match is told at their first letter.
    let form = [&*SOURCE, &*OTS].into_iter().find(|form| form.is_match(line))?;
    let found = form.captures(line)?;
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
        // `SOURCE Acme Inc.; Foo Corp.`: a joint release is filed under the first.
        let name = name
            .split(';')
            .next()
            .unwrap_or(name)
            .trim_end_matches([' ', ',', '*', '_']);
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

/// The organisations of the About blocks, in order. A journal publishes a study and issues no news of it.
fn abouts(sections: &[Section]) -> Vec<&str> {
    static JOURNAL: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)\b(?:journal|ISSN|publish(?:es)? (?:new |original )?research)\b"));
    let is_journal = |text: &str| JOURNAL.is_match(&text[..text.floor_char_boundary(JOURNAL_REACH)]);
    let blocks = sections
        .iter()
        .filter(|section| section.kind == SectionKind::About && !is_journal(&section.text));
    blocks
        .take(MOST_LOOKED_AT)
        .filter_map(|section| match about(&section.text)? {
            // `Company Profile`: the text below begins with the name.
            "" => subject(section.text.split_once('\n')?.1.trim_start()),
            name => organisation(name),
        })
        .filter(|name| !is_form(name))
        .collect()
}

/// The organisation with which the first paragraph begins, else the headline.
fn opening_name<'s>(abouts: &[&'s str], first: &str, headline: &str) -> Option<&'s str> {
    [first, headline]
        .iter()
        .find_map(|text| abouts.iter().find(|name| place(name, text) == Some(0)).copied())
}

/// The organisation that the first paragraph names first, else the first that the headline names. What neither names is the
/// distributor's own.
fn first_named<'s>(abouts: &[&'s str], first: &str, headline: &str) -> Option<&'s str> {
    let places = |text| abouts.iter().filter_map(move |name| Some((place(name, text)?, *name)));
    places(first)
        .min_by_key(|(place, _)| *place)
        .or_else(|| places(headline).next())
        .map(|(_, name)| name)
}

/// The one organisation of all About blocks, if the news names it.
fn only_name<'s>(abouts: &[&'s str], news: &str) -> Option<&'s str> {
    let [name] = abouts else { return None };
    place(name, news).map(|_| *name)
}

/// Where a text first names an organisation as one that acts, in bytes without an article before it: in whole words, the first of them large, since
/// many a name is a common word as well.
fn place(name: &str, text: &str) -> Option<usize> {
    // What is bought, read or joined is not who says so.
    static OBJECT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?ix) \b (?: acquir(?:e[sd]?|ing) | acquisition\sof | buy(?:s|ing)? | bought | purchase[sd]? (?:\sof)? | merge[sdr]? \s with
              | published \s (?:\w+\s){0,2} (?:in|by) | part of | named\sto | recogni[sz]ed\sby | ranked\sby | partner(?:s|ed|ship|ing)? \s with )
              \s (?:the\s)? (?:journal\s)? $",
        )
    });
    let text = ARTICLES
        .iter()
        .find_map(|article| text.strip_prefix(article))
        .unwrap_or(text);
    let name = ARTICLES
        .iter()
        .find_map(|article| name.strip_prefix(article))
        .unwrap_or(name);
    let short = core_name(name);
    let seen = |name: &str| {
        let found = occurrences(text, name).take(MOST_LOOKED_AT).find(|found| {
            let ends = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() || !c.is_ascii());
            let small = text[found.clone()].starts_with(char::is_lowercase) && !name.starts_with(char::is_lowercase);
            let before = &text[..found.start];
            !small
                && ends(before.chars().next_back())
                && ends(text[found.end..].chars().next())
                && !OBJECT.is_match(&before[before.ceil_char_boundary(before.len().saturating_sub(60))..])
        })?;
        Some(found.start)
    };
    seen(name).or_else(|| {
        (short.chars().count() > 2 && short != name)
            .then(|| seen(short))
            .flatten()
    })
}

/// Where a text has a name, in any case. A name is looked for once: compiling a pattern for it would cost more than the search.
fn occurrences<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    // The tables of letter cases are for other letters than these.
    let is_one = |c: char, own: char| match c.is_ascii() && own.is_ascii() {
        true => c.eq_ignore_ascii_case(&own),
        false => c == own || c.to_lowercase().eq(own.to_lowercase()),
    };
    let begins = move |at: usize| {
        let mut rest = text[at..].chars();
        let fits = !name.is_empty() && name.chars().all(|own| rest.next().is_some_and(|c| is_one(c, own)));
        fits.then(|| at..text.len() - rest.as_str().len())
    };
    text.char_indices().filter_map(move |(at, _)| begins(at))
}

const ARTICLES: &[&str] = &["The ", "the ", "THE "];

/// Ends a name as a legal form does: `Acme Group`.
fn is_form(word: &str) -> bool {
    is_legal_form(word) || matches!(word.to_lowercase().as_str(), "group" | "holding" | "holdings")
}

/// A name without its legal form: `Acme Corp.` -> `Acme`.
fn core_name(name: &str) -> &str {
    let mut core = name.trim_end_matches(['.', ',', ' ']);
    while let Some((rest, last)) = core.rsplit_once(' ')
        && is_form(last)
    {
        core = rest.trim_end_matches(['.', ',', ' ']);
    }
    core
}

/// The subject of a first sentence that announces: `Acme Corp., a maker of anvils, today announced`; that says what firm it is:
/// `Acme, one of the oldest makers`; or that tells what firms do, if the name is a firm's or the headline begins with it.
fn announcing_subject<'n>(news: &'n str, headline: &str) -> Option<&'n str> {
    // `(?:\W|$)` ends a word where nothing follows: a `\b` of Unicode would shut the fast automaton out of texts with a curly mark.
    static ANNOUNCES: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?x)^ (?: , [^.;]+? , \s+ )?
              (?: (?:has|have|is|are|was) \s )? (?: (?:today|proudly|officially|also|just|recently|formally) ,? \s )*
              (?: announce[sd]? (?:\W|$) | announcing (?:\W|$)
              | (?:pleased|proud|excited|thrilled|delighted|honou?red|happy) \s to \s (?:\w+\s)?
              (?:announce|report|introduce|share|unveil|launch|present|welcome) | report(?:s|ed) \s | today (?:\W|$)
              | (?:launche[sd]|unveil(?:s|ed)|introduce[sd]|release[sd]) \s )",
        )
    });
    static IS_FIRM: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?x)^ , \s+ (?:an?|the|one\sof) \s
              (?: (?:[^.,;]|\.\S)*? (?:[\W&&[^.,;]]|\.[\W&&\S]) )?
              (?: compan(?:y|ies) | corporation | firms? | providers? | makers? | manufacturers? | developers? | producers? | brands?
              | retailers? | platforms? | exchanges? | organi[sz]ations? | non-?profit | agency | agencies | operators? | suppliers?
              | startups? | banks? | insurers? | carriers? | airlines? | university | network | distributors? | publishers? | clinics?
              | consultancy | practice ) (?:\W|$)",
        )
    });
    static ACTS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?x)^ (?: , \s \p{Ll} [^.;]+? , \s+ )?
              (?: (?:has|have) \s (?: (?:today|officially|recently|also|just) \s )? (?: published | launched | released | opened
              | appointed | named | hired | signed | entered | acquired | completed | arranged | expanded | secured | partnered
              | introduced | unveiled | received | filed )
              | celebrates | invites | appoints | expands | launches | opens | offers | introduced | (?:is|are) \s (?: set | scheduled
              | launching | expanding | opening | introducing | hosting | excited | pleased | proud | thrilled ) ) (?:\W|$)",
        )
    });
    // Of a company that a law firm writes about the same is said.
    static SUIT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)\b(?:class action|lead plaintiff|shareholder rights|securities (?:fraud|litigation))\b")
    });
    let opening = &news[..news.floor_char_boundary(SUBJECT_REACH)];
    let name = subject(opening)?;
    let rest = opening.split_once(name)?.1;
    let last = name.split(' ').next_back().unwrap_or_default();
    let of_headline = || {
        headline
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    // A comma may belong to the name, `Acme, (Nasdaq: ACME), a maker`, or begin what is said of it.
    let said = [rest, rest.strip_prefix(',').unwrap_or(rest)]
        .map(|rest| past_brackets(rest.strip_prefix(['®', '™']).unwrap_or(rest)));
    let is_said = |form: &Regex| said.iter().any(|said| form.is_match(said));
    let is_issuer = ANNOUNCES.is_match(past_brackets(rest))
        || is_said(&IS_FIRM)
        || (is_said(&ACTS) && (is_form(last) || of_headline()));
    // Asked last: it reads the most.
    let is_suit = || SUIT.is_match(&news[..news.floor_char_boundary(SUIT_REACH)]);
    (is_issuer && !is_suit()).then_some(name)
}

/// What follows up to three brackets: `(Nasdaq: ACME) ("Acme" or the "Company")`. By hand, for a pattern that counts characters is large.
fn past_brackets(text: &str) -> &str {
    const MOST: usize = 3;
    const LONGEST: usize = 160;
    let mut rest = text.trim_start();
    for _ in 0..MOST {
        let within = rest.strip_prefix(['(', '[']);
        let ended = within.and_then(|within| {
            let (inner, _) = within.split_once(['(', ')', '[', ']'])?;
            let after = within.get(inner.len()..)?.strip_prefix([')', ']'])?;
            (inner.chars().count() <= LONGEST).then_some(after)
        });
        match ended {
            Some(after) => rest = after.trim_start(),
            None => break,
        }
    }
    rest
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
    static BOARD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:The )?(?i:(?:supervisory |management |executive )?board(?: of (?:directors|trustees))? of )(?:the )?",
        )
    });
    let text = BOARD.find(text).map_or(text, |board| &text[board.end()..]);
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
        // `Acme, Inc.` is one name.
        let form = text[at + word.len()..]
            .split([' ', ','])
            .next()
            .filter(|next| is_form(next));
        if large
            && stop == Some(bare.len() - 1)
            && bare.ends_with(',')
            && let Some(form) = form
        {
            let doubled = form.len() - form.trim_end_matches('.').len();
            end = at + word.len() + form.len() - doubled.saturating_sub(1);
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
    let person = name
        .split(' ')
        .any(|word| TITLES.contains(&word.trim_end_matches('.').to_lowercase().as_str()));
    (name.chars().count() >= 2
        && !NO_NAMES.contains(&first.as_str())
        && !person
        && !is_form(name)
        && organisation(name).is_some())
    .then_some(name)
}

/// What stands before a person's name: a person issues nothing.
#[rustfmt::skip]
const TITLES: &[&str] = &[
    "dr", "mr", "mrs", "ms", "prof", "professor", "president", "vice", "governor", "gov", "senator", "sen", "rep", "congressman",
    "congresswoman", "representative", "secretary", "mayor", "minister", "chancellor", "judge", "attorney", "author", "actor",
    "actress", "director", "chairman", "ceo", "sir", "dame", "lord", "pastor", "rev", "reverend",
];

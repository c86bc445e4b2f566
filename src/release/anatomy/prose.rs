//! What a paragraph is that declares nothing: a quotation, a sub-heading, or plain text.

use std::sync::LazyLock;

use regex::Regex;

use super::marker::{bare, marker};
use crate::article::SectionKind;
use crate::release::pattern;

/// Most characters of a sub-heading, and of one written as a title.
const LONGEST_SUBHEAD: usize = 80;
const LONGEST_TITLE: usize = 120;

/// Most characters of a line over the dateline that is a sub-headline.
const LONGEST_SUBHEADLINE: usize = 300;

/// Bytes of a quotation that are looked at.
const QUOTE_REACH: usize = 4_000;

/// Bytes in which a quotation names its speaker.
const ATTRIBUTION_REACH: usize = 200;

/// What a paragraph outside the blocks is; `next` is the paragraph after it.
pub(super) fn paragraph(text: &str, next: Option<&str>) -> SectionKind {
    if is_quote(text) {
        SectionKind::Quote
    } else if is_subhead(text, next) {
        SectionKind::Subhead
    } else {
        SectionKind::Body
    }
}

/// A line that stands over the dateline: a headline or its second line, no list item.
pub(super) fn is_subheadline(text: &str) -> bool {
    !text.contains('\n')
        && !is_list_item(text)
        && !is_byline(text)
        && !text.ends_with(['-', '–', '—', '/'])
        && text.chars().nth(LONGEST_SUBHEADLINE).is_none()
        && text.contains(char::is_alphabetic)
}

/// May the news begin with this paragraph? A byline, a date and a wire's mark may stand before it.
pub(super) fn opens_news(text: &str) -> bool {
    let ends = text
        .trim_end_matches(['”', '"', '»', ')', ']', '*', ' '])
        .ends_with(['.', '!', '?', '。', '！', '？', '…', ':', '：']);
    !is_byline(text) && !text.starts_with("--") && (ends || text.chars().nth(LONGEST_SUBHEAD).is_some())
}

/// `17h45 – `, `18:32 CET - `: bytes of a time of day between a dateline and its news.
pub(super) fn clock(text: &str) -> usize {
    static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^[\s–—-]*[0-9]{1,2}\s?[h:.]\s?[0-9]{2}(?:\s(?:Uhr|[Hh]eures|[A-Z]{2,4}(?:/[A-Z]{3,4})?))?\s*[–—-]+\s+",
        )
    });
    CLOCK.find(text).map_or(0, |found| found.end())
}

/// `By Jo Bolt, Acme Daily`
pub(super) fn is_byline(text: &str) -> bool {
    let rest = text
        .strip_prefix("By ")
        .or_else(|| text.strip_prefix("BY "))
        .or_else(|| text.strip_prefix("Von "))
        .or_else(|| text.strip_prefix("Par "));
    rest.is_some_and(|rest| {
        rest.starts_with(char::is_uppercase) && rest.chars().nth(60).is_none() && !rest.ends_with(['.', '!', '?'])
    })
}

/// `On behalf of the board`: closes the news or stands over it, heads nothing.
pub(super) fn is_signature(text: &str) -> bool {
    ["on behalf of", "disseminated on behalf of", "distributed on behalf of"]
        .iter()
        .any(|words| {
            text.get(..words.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(words))
        })
}

/// `Figure 3: Drill holes`
fn is_caption(text: &str) -> bool {
    let mut words = text.split(' ');
    let first = words.next().unwrap_or_default().trim_end_matches('.').to_lowercase();
    let numbered = words
        .next()
        .is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()));
    numbered
        && matches!(
            first.as_str(),
            "figure" | "fig" | "table" | "chart" | "exhibit" | "abbildung" | "tabelle" | "figura" | "tableau"
        )
}

pub(super) fn is_list_item(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        Some('•' | '●' | '○' | '▪' | '■' | '◆' | '·' | '‣' | '⁃' | '►' | '✓' | '✔' | '➢' | '→') => {
            true
        }
        // PR Newswire prints `-- `.
        Some('-') => matches!((chars.next(), chars.next()), (Some(' '), _) | (Some('-'), Some(' '))),
        Some('*' | '–' | '—' | 'o' | '+') => chars.next() == Some(' '),
        Some(c) if c.is_ascii_digit() || c == '(' => {
            let number = text
                .trim_start_matches('(')
                .trim_start_matches(|c: char| c.is_ascii_digit());
            number.len() < text.len() && number.starts_with(['.', ')'])
        }
        _ => false,
    }
}

/// A quotation: the paragraph begins with what was said (`“…,” said Jo Bolt`), goes on with it (each paragraph of a longer quotation opens
/// its own mark), or says who speaks and then nothing else (`Jo Bolt said: “…”`). A title in quotation marks is none.
pub(super) fn is_quote(text: &str) -> bool {
    let text = &text[..text.floor_char_boundary(QUOTE_REACH)];
    let Some(first) = text.chars().next() else { return false };
    let rest = &text[first.len_utf8()..];
    let Some(closers) = closing(first) else {
        return speaks_first(text) || is_dash_quote(text);
    };
    match said(rest, closers) {
        Some(said) => {
            let words = said.split_whitespace().count();
            let ends = said.trim_end().ends_with([
                ',', '.', '!', '?', '…', '—', '–', '-', '。', '，', '！', '？', '、', ';',
            ]);
            let after = rest[said.len()..].trim_start_matches(|c: char| closers.contains(&c) || c == ' ');
            let unspaced = said.chars().count() >= 10 && !said.is_ascii() && words <= 2;
            let sentence = words >= 3 || unspaced;
            (ends && (sentence || attributes(after)))
                || (sentence && (unspaced || words >= 6 || after.starts_with([',', '，'])) && attributes(after))
                || (after.is_empty() && words >= 8)
        }
        None => text.chars().nth(LONGEST_SUBHEAD).is_some(),
    }
}

/// The marks that close what a mark opens.
fn closing(open: char) -> Option<&'static [char]> {
    match open {
        '"' | '＂' => Some(&['"', '”', '＂']),
        '“' | '”' => Some(&['”', '"', '“']),
        '„' => Some(&['“', '”', '"']),
        '«' => Some(&['»']),
        '»' => Some(&['«', '»']),
        '「' => Some(&['」']),
        '『' => Some(&['』']),
        '‘' | '\'' => Some(&['’', '\'']),
        _ => None,
    }
}

/// What stands between the marks; an apostrophe closes only after a stop.
fn said<'t>(rest: &'t str, closers: &[char]) -> Option<&'t str> {
    let single = closers.contains(&'’');
    rest.char_indices()
        .filter(|(_, c)| closers.contains(c))
        .map(|(at, _)| &rest[..at])
        .find(|said| !single || said.ends_with([',', '.', '!', '?']))
}

/// `Jo Bolt, chief executive, said: “…”`, and nothing after it.
fn speaks_first(text: &str) -> bool {
    // Words end without `\b`, which would shut the fast automaton out: quotations are full of curly marks.
    static SPEAKS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"(?xis)^ [^"“«„「]* [\W&&[^"“«„「]] (?: says? | said | saying | commented | comments | stated | states | added | adds | noted
                | notes | explained | explains | remarked | declared | concluded | continued | shared | according\sto | a\sdéclaré
                | déclare | explique | sagte? | erklärte? | so | kommentierte? | afirmó | dijo | señaló | comentó | ha\sdichiarato
                | afferma | disse | afirma | zegt | säger | sier | siger | a\sdeclarat )
              (?: [\W&&[^"“«„「]] [^"“«„「]* )? [,:]? \s* ["“«„] [^"“”«»„]+ (?: ["”»“] .{0,3} )? $"#,
        )
    });
    // Who speaks is said in a clause.
    let spoken = text
        .find(['"', '“', '«', '„', '「'])
        .is_some_and(|at| at < ATTRIBUTION_REACH * 2 && text.len() - at > ATTRIBUTION_REACH / 8);
    spoken && SPEAKS.is_match(text)
}

/// `– Vi är glada, säger Jo Bolt.`: how Nordic and other releases quote.
fn is_dash_quote(text: &str) -> bool {
    static DASH: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?xis)^ [–—-] \s+ \p{Lu} .{10,} , \s (?: säger | sier | siger | fortæller | forteller | berättar | sanoo | kertoo | sa
                | mówi | spune | a\sdeclarat | dice | dit ) \s \p{Lu}",
        )
    });
    DASH.is_match(text)
}

/// Does a speech verb or a name follow?
fn attributes(after: &str) -> bool {
    static VERB: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?xi) (?: \b (?: says? | said | commented | comments? | stated | states | added | adds | noted | notes
                | explained | explains | remarked | declared | concluded | continued | recalls? | shared | wrote | sagte? | erklärte?
                | so | kommentierte? | meint | déclare | déclaré | explique | souligne | ajoute | affirme | afirmó | dijo | señaló
                | comentó | explicó | afirma | ha\sdichiarato | dichiara | afferma | commenta | disse | zegt | aldus | säger | sier
                | siger | sanoo | spune | declarat ) \b | と述べ | と話 | 表示 | 说 | 說 | 라고 )",
        )
    });
    VERB.is_match(&after[..after.floor_char_boundary(ATTRIBUTION_REACH)])
}

/// A short bare line over what it heads: no full stop, no list mark, no address. In Markdown its marks say so.
pub(super) fn is_subhead(text: &str, next: Option<&str>) -> bool {
    let marked = is_marked_heading(text);
    let text = if marked { bare(text) } else { text };
    let length = text.chars().count();
    let titled = is_title(text);
    let longest = if titled || marked {
        LONGEST_TITLE
    } else {
        LONGEST_SUBHEAD
    };
    let Some(first) = text.chars().next() else { return false };
    if length > longest
        || text.contains(['\n', '\t', '@'])
        || text.contains("://")
        || text.contains("www.")
        || is_byline(text)
        || is_list_item(text)
        || is_signature(text)
        || is_caption(text)
    {
        return false;
    }
    let starts = marked
        || first.is_alphabetic() && !first.is_lowercase()
        || matches!(first, '“' | '"' | '«' | '¿')
        || (first.is_ascii_digit() && titled);
    let ends = text.ends_with([
        '.', '!', ';', ',', '…', '。', '！', '；', '，', '"', '”', '>', '»', '|', '&',
    ]) || text.ends_with(" here");
    // A colon ends a lead-in as well: only what is written as a title, or a label, is a heading.
    let colon = text.ends_with([':', '：']);
    let label = colon && (titled || is_capitals(text)) && text.split(' ').count() <= 8;
    if !text.contains(char::is_alphabetic) || !starts || ends || (colon && !label && !marked) {
        return false;
    }
    let over = next.is_some_and(|next| {
        let long = next.chars().nth(length.max(LONGEST_SUBHEAD)).is_some();
        let sentence = next.ends_with(['.', '!', '?', '。'])
            && next.split_whitespace().count() > 5
            && next.chars().count() > length;
        // A heading may stand over a list or another heading; the items of a bare list stand over each other.
        let list = is_list_item(next);
        (long || (titled && (sentence || list))) && marker(next).is_none_or(|kind| kind == SectionKind::Media)
    });
    over || (marked && next.is_some())
}

/// `## Heading`, or a line wholly in bold.
fn is_marked_heading(text: &str) -> bool {
    let hashes = text.trim_start_matches('#');
    let is_hashed = hashes.len() < text.len() && hashes.starts_with(' ');
    let bold = text
        .strip_prefix("**")
        .and_then(|rest| rest.strip_suffix("**"))
        .or_else(|| text.strip_prefix("__").and_then(|rest| rest.strip_suffix("__")));
    is_hashed || bold.is_some_and(|bold| !bold.contains("**") && !bold.is_empty() && !bold.ends_with('.'))
}

/// Written as a title: every longer word begins large.
fn is_title(text: &str) -> bool {
    let mut words = text
        .split_whitespace()
        .filter(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).chars().count() >= 4)
        .peekable();
    words.peek().is_some()
        && words.all(|word| {
            !word
                .trim_start_matches(|c: char| !c.is_alphanumeric())
                .starts_with(char::is_lowercase)
        })
}

/// `CONSOLIDATED STATEMENTS OF INCOME`: heads the tables behind the notices.
pub(super) fn is_capital_line(text: &str) -> bool {
    is_capitals(text)
        && text.split(' ').count() >= 3
        && text.chars().nth(LONGEST_TITLE).is_none()
        && !text.ends_with(['.', '!'])
        && !text.contains(['@', ':', '/'])
}

fn is_capitals(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(char::is_lowercase)
}

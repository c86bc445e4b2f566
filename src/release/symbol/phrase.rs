//! Listings that a sentence names: `trades on the Nasdaq under the symbol “ACME”`, `under the symbol “ACME” on the OTCQB`,
//! `Ticker: ACME (NYSE)`; in English, German, French, Spanish and Italian.
//!
//! Sure are only a market's name and a ticker on either side of the words that say "under the symbol".

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::exchange::is_label;
use super::group::Listing;
use super::ticker::{is_quoted, is_ticker, is_word, listed, tidy};
use crate::release::pattern;

/// Bytes before the words in which the market must stand, and bytes behind them.
const REACH_BYTES: usize = 200;

/// Words of the longest list of markets: `the New York Stock Exchange (NYSE) and the Toronto Stock Exchange (TSX)`.
const MAX_LABEL_WORDS: usize = 12;

/// Sentences that are read: a prospectus has dozens, a hostile text may have any number, and each is looked at from both sides.
const MAX_SENTENCES: usize = 500;

/// The listings that sentences name, one group for each "under the symbol", in text order. A span goes from the market to the
/// ticker, or back.
pub(super) fn listings(text: &str) -> Vec<Vec<Listing>> {
    static UNDER: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)\b(?:under|with|unter|sous|bajo|con|sotto)\s+(?:[\p{L}’']+\s+){0,4}?",
            r"(?:(?:ticker\s+)?symbols?|tickers?|(?:börsen)?kürzel|symbole|mnémonique|símbolo|simbolo)\b\s*:?\s*",
        ))
    });
    static TICKER: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)\b(?:(?:ticker\s+)?symbol|ticker|(?:börsen)?kürzel|mnémonique|símbolo)\s*:\s*"));
    // What both of them need, without a word end: most texts have none of it.
    static SYMBOL: LazyLock<Regex> = LazyLock::new(|| pattern("(?i)symbol|ticker|kürzel|mnémonique|s[íi]mbolo"));
    let mut found: Vec<Vec<Listing>> = Vec::new();
    if !SYMBOL.is_match(text) {
        return found;
    }
    for words in UNDER.find_iter(text).take(MAX_SENTENCES) {
        let tickers = tickers(text, words.end());
        let (Some(first), Some(last)) = (tickers.first(), tickers.last()) else {
            continue;
        };
        let labels =
            labels_before(text, words.start()).or_else(|| label_after(text, last.end).map(|label| vec![label]));
        let labels = labels.unwrap_or_default();
        let span = |label: &Word<'_>, ticker: &Word<'_>| label.start.min(ticker.start)..label.end.max(ticker.end);
        let pairs: Vec<(&Word<'_>, &Word<'_>)> = match (labels.as_slice(), tickers.as_slice()) {
            (labels, [_]) => labels.iter().map(|label| (label, first)).collect(),
            ([label], tickers) => tickers.iter().map(|ticker| (label, ticker)).collect(),
            // "under the symbols “ABC” and “ABCDF”, respectively"
            (labels, tickers) if labels.len() == tickers.len() => labels.iter().zip(tickers).collect(),
            _ => Vec::new(),
        };
        push(
            &mut found,
            pairs
                .into_iter()
                .map(|(label, ticker)| (label.text, ticker.text, span(label, ticker))),
        );
    }
    for words in TICKER.find_iter(text).take(MAX_SENTENCES) {
        let Some(ticker) = tickers(text, words.end()).pop() else {
            continue;
        };
        if let Some(label) = label_in_brackets(text, ticker.end) {
            push(
                &mut found,
                std::iter::once((label.text, ticker.text, ticker.start..label.end)),
            );
        }
    }
    found.sort_by_key(|group| group.first().map_or(0, |listing| listing.span.start));
    found
}

fn push<'t>(found: &mut Vec<Vec<Listing>>, pairs: impl Iterator<Item = (&'t str, &'t str, Range<usize>)>) {
    let group: Vec<Listing> = pairs
        .filter_map(|(label, ticker, span)| listed(label, ticker).map(|(mic, ticker)| Listing { mic, ticker, span }))
        .collect();
    if !group.is_empty() {
        found.push(group);
    }
}

/// A slice of the text and where it stands.
#[derive(Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    start: usize,
    end: usize,
}

fn word(text: &str, range: Range<usize>) -> Word<'_> {
    Word {
        text: &text[range.clone()],
        start: range.start,
        end: range.end,
    }
}

fn words(text: &str, range: Range<usize>) -> impl Iterator<Item = Word<'_>> {
    let within = &text[range.clone()];
    within.split_whitespace().map(move |part| {
        let start = range.start + (part.as_ptr() as usize - within.as_ptr() as usize);
        word(text, start..start + part.len())
    })
}

/// The tickers that stand at `from`: `“ABC” and “ABCW,”`, `ABC.`; bare ones are in capitals and have a letter.
fn tickers(text: &str, from: usize) -> Vec<Word<'_>> {
    let to = text.floor_char_boundary(from + REACH_BYTES);
    let mut found = Vec::new();
    for part in words(text, from..to) {
        let is_joint = matches!(part.text, "and" | "or" | "und" | "et" | "y" | "e" | "&");
        if is_joint && !found.is_empty() {
            continue;
        }
        let bare = tidy(part.text.trim_end_matches([';', ')', ',', '.', '”', '"', '’', '»']));
        let has_letter = bare.bytes().any(|b| b.is_ascii_uppercase());
        if !is_ticker(&bare) || !has_letter || is_word(&bare) || (!found.is_empty() && !is_quoted(part.text)) {
            break;
        }
        let end = part.start + part.text.trim_end_matches([';', ',', '.', ')']).len();
        found.push(word(text, part.start..end));
        if part.text.ends_with(['.', ';', ')']) || part.text.ends_with(".”") || part.text.ends_with(".\"") {
            break;
        }
    }
    found
}

/// The markets whose names end at `end`, or end before `on April 2, 2025,` and the like.
fn labels_before(text: &str, end: usize) -> Option<Vec<Word<'_>>> {
    const LATER: &[&str] = &[
        "on",
        "effective",
        "at",
        "since",
        "beginning",
        "as",
        "today",
        "trading",
        "trades",
        "traded",
        "where",
        "and",
        "which",
        "seit",
        "depuis",
    ];
    let start = text.ceil_char_boundary(end.saturating_sub(REACH_BYTES));
    let mut words: Vec<Word<'_>> = outside_brackets(words(text, start..end));
    for _ in 0..8 {
        let first = words.len().saturating_sub(MAX_LABEL_WORDS);
        if let Some(labels) = (first..words.len()).find_map(|from| label_list(text, &words[from..])) {
            return Some(labels);
        }
        let cut = words
            .iter()
            .rposition(|word| LATER.contains(&word.text.to_lowercase().as_str()))?;
        if words.len() - cut > 8 {
            return None;
        }
        words.truncate(cut);
    }
    None
}

fn outside_brackets<'t>(words: impl Iterator<Item = Word<'t>>) -> Vec<Word<'t>> {
    let mut inside = false;
    words
        .filter(|word| {
            let opens = word.text.starts_with('(');
            let hidden = inside || opens;
            inside = hidden && !word.text.trim_end_matches([',', '.', ';']).ends_with(')');
            !hidden
        })
        .collect()
}

/// Labels joined by commas and "and", if these words are nothing else.
fn label_list<'t>(text: &'t str, words: &[Word<'t>]) -> Option<Vec<Word<'t>>> {
    const ARTICLES: &[&str] = &["the", "both", "on", "der", "dem", "la", "le", "the", "el", "il"];
    const JOINTS: &[&str] = &["and", "&", "und", "et", "y", "e"];
    let mut labels = Vec::new();
    let mut current: Option<Range<usize>> = None;
    let mut flush = |current: &mut Option<Range<usize>>| {
        let range = current.take()?;
        // The brackets within are no part of a label.
        let label = word(text, range);
        let bare: String = label
            .text
            .split('(')
            .next()
            .unwrap_or_default()
            .trim_end_matches([',', ' '])
            .to_owned();
        is_label(&bare).then(|| labels.push(word(text, label.start..label.start + bare.len())))
    };
    for part in words {
        if JOINTS.contains(&part.text) {
            flush(&mut current)?;
        } else if current.is_none() && ARTICLES.contains(&part.text.to_lowercase().as_str()) {
            // "on the NYSE and on the TSX"
        } else {
            let start = current.as_ref().map_or(part.start, |range| range.start);
            current = Some(start..part.end);
            if part.text.ends_with(',') {
                flush(&mut current)?;
            }
        }
    }
    if current.is_some() {
        flush(&mut current)?;
    }
    (!labels.is_empty()).then_some(labels)
}

/// `on the OTCQB`, `(NYSE)` right after a ticker.
fn label_after(text: &str, from: usize) -> Option<Word<'_>> {
    const PREPOSITIONS: &[&str] = &["on", "at", "an", "am", "im", "auf", "sur", "à", "en", "alla"];
    const ARTICLES: &[&str] = &["the", "der", "dem", "la", "le", "el", "new"];
    if let Some(label) = label_in_brackets(text, from) {
        return Some(label);
    }
    let to = text.floor_char_boundary(from + REACH_BYTES);
    let rest = &text[from..to];
    let skipped = rest.len() - rest.trim_start_matches(['”', '"', '’', '»', ',', ' ', '\u{A0}']).len();
    let mut words = words(text, from + skipped..to);
    PREPOSITIONS.contains(&words.next()?.text).then_some(())?;
    let label: Vec<Word<'_>> = words.skip_while(|word| ARTICLES.contains(&word.text)).take(6).collect();
    (1..=label.len()).rev().find_map(|count| {
        let end = label[count - 1].start + label[count - 1].text.trim_end_matches(['.', ',', ';', ')']).len();
        let label = word(text, label[0].start..end.max(label[0].start));
        is_label(label.text).then_some(label)
    })
}

fn label_in_brackets(text: &str, from: usize) -> Option<Word<'_>> {
    let to = text.floor_char_boundary(from + REACH_BYTES);
    let rest = &text[from..to];
    let open = rest.len() - rest.trim_start_matches(['”', '"', '’', '»', ' ']).len();
    let inside = rest[open..].strip_prefix('(')?;
    let label = &inside[..inside.find(')')?];
    let start = from + open + 1;
    is_label(label).then(|| word(text, start..start + label.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(text: &str) -> Vec<String> {
        listings(text)
            .iter()
            .flatten()
            .map(|listing| format!("{}:{}", listing.mic, listing.ticker))
            .collect()
    }

    #[test]
    fn sentences_name_listings() {
        for (text, want) in [
            ("Acme trades on the Nasdaq under the symbol ACME.", &["XNAS:ACME"][..]),
            (
                "is listed on the TSX Venture Exchange under the symbol ‘ABC’ and",
                &["XTSX:ABC"],
            ),
            (
                "are listed on the TSX Venture Exchange under the symbol ABC and on the OTCQX under the symbol ABCDF.",
                &["XTSX:ABC", "OTCQ:ABCDF"],
            ),
            (
                "are traded on the New York Stock Exchange (NYSE) and the Toronto Stock Exchange (TSX) under the symbol “ACM”.",
                &["XNYS:ACM", "XTSE:ACM"],
            ),
            (
                "began trading on the New York Stock Exchange (“NYSE”) on April 2, 2025, under the ticker symbol “ACM.U.”",
                &["XNYS:ACM.U"],
            ),
            (
                "will list on the NYSE under the symbols “ACM” and “ACMR,” respectively.",
                &["XNYS:ACM", "XNYS:ACMR"],
            ),
            (
                "on the TSX and the OTCQX under the symbols “ABC” and “ABCDF”, respectively",
                &["XTSE:ABC", "OTCQ:ABCDF"],
            ),
            (
                "will continue to trade under the symbol “ACMW” on the OTCQB and is expected",
                &["OTCB:ACMW"],
            ),
            (
                "will trade under the ticker symbol “ACM” on The Nasdaq Capital Market on May 6",
                &["XNAS:ACM"],
            ),
            (
                "its common stock is listed on the NYSE with the symbol ACM and",
                &["XNYS:ACM"],
            ),
            (
                "listed on the Nasdaq, trading under ticker symbol ACM, on June 13",
                &["XNAS:ACM"],
            ),
            ("Ticker: ACM (NYSE)", &["XNYS:ACM"]),
            (
                "Die Aktie notiert an der Frankfurter Wertpapierbörse unter dem Kürzel A1B.",
                &["XFRA:A1B"],
            ),
            ("cotée sur Euronext Paris sous le symbole ACM.", &["XPAR:ACM"]),
            ("cotiza en la Bolsa de Madrid bajo el símbolo ACM.", &["XMAD:ACM"]),
            ("The stock will continue to trade under the symbol “ACM”.", &[]),
            ("listed on the Nasdaq under the rules of the SEC", &[]),
            ("on Nasdaq under the symbol of hope", &[]),
            ("shares of the company under the symbol THE", &[]),
            ("we are under a symbol on the wall", &[]),
        ] {
            assert_eq!(keys(text), want, "{text}");
        }
    }

    #[test]
    fn a_text_of_nothing_but_such_sentences_is_read_to_a_bound() {
        let text = "It trades on the NYSE under the symbol ACM. ".repeat(MAX_SENTENCES + 1);
        assert_eq!(keys(&text).len(), MAX_SENTENCES);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "( on the | under the symbol |Nasdaq|NYSE|\\(|\\)|“|ABC|[., ]|\\PC){0,40}") {
            for listing in listings(&text).iter().flatten() {
                prop_assert!(text.get(listing.span.clone()).is_some());
            }
        }
    }
}

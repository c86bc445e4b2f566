//! Reads the securities that a release names, and the organisation that each belongs to.
//!
//! In: plain text, or a label of a feed's category. Out: symbols with their market identifier code, ISINs, WKNs, cashtags, and
//! the organisation that the text ties them to where that is sure. Never decides who issued the release: a law firm's notice
//! names its target's symbol.
//!
//! | file | reads |
//! |---|---|
//! | `group.rs` | brackets and lines of listings: `(TSX : T, NYSE : TU)`, `[NYSE: BA]`, `TSX-V: ABC \| OTCQB: ABCDF` |
//! | `phrase.rs` | sentences: `trades on the Nasdaq under the symbol “ACME”` |
//! | `exchange.rs` | which market a label names |
//! | `ticker.rs` | what a ticker looks like |
//! | `isin.rs`, `wkn.rs` | securities numbers |
//! | `cashtag.rs` | `$ACME` |
//! | `name.rs` | the organisation named right before a bracket |
//! | `tie.rs` | which organisation each security belongs to |
//!
//! In other running text `Nasdaq Composite` and `NYSE: ...` are prose.

mod cashtag;
mod exchange;
mod group;
mod isin;
mod name;
mod phrase;
mod ticker;
mod tie;
mod wkn;

pub use cashtag::cashtags;
pub use exchange::{EXCHANGES, Exchange, exchange, exchange_of};
pub use isin::isin;
pub use tie::{IssuerWord, issued, listed, named, numbered, subject};

use std::ops::Range;

use memchr::memchr3_iter;

use crate::article::Symbol;
use crate::text::is_hidden;
use exchange::is_label;

/// Bytes of a bracket that can hold listings: the longest seen has 190.
const MAX_GROUP_BYTES: usize = 400;

/// Bytes of the shortest: `F: A`.
const MIN_GROUP_BYTES: usize = 4;

/// Bytes of a line that can hold listings and nothing else.
const MAX_LINE_BYTES: usize = 200;

/// A symbol where a text names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The listing.
    pub symbol: Symbol,
    /// The organisation named right before the bracket, if that is sure.
    pub name: Option<String>,
    /// Where `symbol.raw` stands in the text, in bytes.
    pub span: Range<usize>,
}

/// Every listing that a text names, in text order, repetitions included.
#[must_use]
pub fn symbols(text: &str) -> Vec<Mention> {
    let naming = |naming: Naming| {
        let Naming { name, symbols, .. } = naming;
        symbols.into_iter().map(move |(symbol, span)| Mention {
            symbol,
            name: name.clone(),
            span,
        })
    };
    namings(text).into_iter().flat_map(naming).collect()
}

/// A place of a text that names securities of one organisation: brackets in a row, a line, a sentence.
struct Naming {
    /// The organisation, if the text names it right before.
    name: Option<String>,
    symbols: Vec<(Symbol, Range<usize>)>,
    isin: Vec<String>,
    wkn: Vec<String>,
    /// From its first to its last bracket, listing or number.
    span: Range<usize>,
}

/// What a text names, in text order.
fn namings(text: &str) -> Vec<Naming> {
    let brackets = bracketed(text);
    let is_new = |line: &Naming| {
        let after = brackets.partition_point(|bracket| bracket.span.start < line.span.start);
        brackets
            .get(after)
            .is_none_or(|bracket| bracket.span.start >= line.span.end)
    };
    let mut found: Vec<Naming> = lines(text).filter(is_new).chain(sentences(text)).collect();
    found.extend(brackets);
    found.sort_by_key(|naming| naming.span.start);
    found
}

/// Brackets: listings, or numbers with their label. Brackets in a row belong to the name before the first:
/// `(TSXV: AGX) (OTCQB: AGXPF)`.
fn bracketed(text: &str) -> Vec<Naming> {
    let isins = isin::isins(text);
    let wkns = wkn::wkns(text);
    let within = |numbers: &[(String, usize)], group: &Range<usize>| -> Vec<String> {
        let first = numbers.partition_point(|(_, at)| *at < group.start);
        let inside = numbers[first..].iter().take_while(|(_, at)| *at < group.end);
        inside.map(|(number, _)| number.clone()).collect()
    };
    let mut found: Vec<Naming> = Vec::new();
    for group in groups(text) {
        let listings = group::listings(&text[group.clone()]);
        let (isin, wkn) = (within(&isins, &group), within(&wkns, &group));
        if listings.is_empty() && isin.is_empty() && wkn.is_empty() {
            continue;
        }
        let symbols = listings.into_iter().map(|listing| {
            let span = group.start + listing.span.start..group.start + listing.span.end;
            symbol(text, listing.mic, listing.ticker, span)
        });
        match found.last_mut() {
            Some(last) if is_gap(&text[last.span.end..group.start]) => {
                last.symbols.extend(symbols);
                last.isin.extend(isin);
                last.wkn.extend(wkn);
                last.span.end = group.end;
            }
            _ => found.push(Naming {
                name: name::organisation_before(&text[..bracket_start(text, group.start)]),
                symbols: symbols.collect(),
                isin,
                wkn,
                span: group,
            }),
        }
    }
    found
}

/// Lines that are listings and nothing else.
fn lines(text: &str) -> impl Iterator<Item = Naming> {
    text.split('\n')
        .filter(|line| line.len() <= MAX_LINE_BYTES && line.contains(':'))
        .filter_map(|line| {
            let start = line.as_ptr() as usize - text.as_ptr() as usize;
            let listings = group::listings_alone(line).into_iter();
            let symbols = listings.map(|listing| {
                let span = start + listing.span.start..start + listing.span.end;
                symbol(text, listing.mic, listing.ticker, span)
            });
            unnamed(symbols.collect())
        })
}

/// Sentences that name listings; those of one sentence belong together.
fn sentences(text: &str) -> Vec<Naming> {
    let mut found: Vec<Naming> = Vec::new();
    for group in phrase::listings(text) {
        let symbols = group
            .into_iter()
            .map(|listing| symbol(text, listing.mic, listing.ticker, listing.span));
        let Some(naming) = unnamed(symbols.collect()) else {
            continue;
        };
        match found.last_mut() {
            Some(last) if is_same_sentence(text, last.span.end, naming.span.start) => {
                last.span.end = last.span.end.max(naming.span.end);
                last.symbols.extend(naming.symbols);
            }
            _ => found.push(naming),
        }
    }
    found
}

fn is_same_sentence(text: &str, end: usize, start: usize) -> bool {
    let between = text.get(end..start).unwrap_or("");
    between.len() <= 60 && !between.contains(". ") && !between.contains('\n')
}

fn unnamed(symbols: Vec<(Symbol, Range<usize>)>) -> Option<Naming> {
    let start = symbols.iter().map(|(_, span)| span.start).min()?;
    let end = symbols.iter().map(|(_, span)| span.end).max()?;
    Some(Naming {
        name: None,
        symbols,
        isin: Vec::new(),
        wkn: Vec::new(),
        span: start..end,
    })
}

fn symbol(text: &str, mic: &str, ticker: String, span: Range<usize>) -> (Symbol, Range<usize>) {
    let symbol = Symbol {
        exchange: mic.to_owned(),
        symbol: ticker,
        raw: text[span.clone()].to_owned(),
    };
    (symbol, span)
}

/// The listing of a category as GlobeNewswire writes it: `Oslo:NHY`, `TSX VENTURE:AXL`. A label of no exchange that we
/// know is kept in upper case; `None` when there is no label or no ticker.
#[must_use]
pub fn symbol_from_label(label: &str) -> Option<Symbol> {
    let raw = label.trim();
    let (market, ticker) = raw.rsplit_once(':')?;
    let market = market.trim();
    let ticker = ticker::tidy(ticker).to_uppercase();
    let fits = |text: &str, max_chars| {
        !text.is_empty() && text.chars().count() <= max_chars && !text.contains(char::is_control)
    };
    let is_number = matches!(market, "ISIN" | "WKN" | "CUSIP" | "SEDOL");
    if is_number || !fits(market, 40) || !fits(&ticker, 20) {
        return None;
    }
    let exchange =
        exchange_of(market, &ticker).map_or_else(|| market.to_uppercase(), |exchange| exchange.mic.to_owned());
    Some(Symbol {
        symbol: ticker::canonical_ticker(&exchange, &ticker),
        exchange,
        raw: raw.to_owned(),
    })
}

/// What stands in brackets, innermost or up to the next inner bracket.
fn groups(text: &str) -> impl Iterator<Item = Range<usize>> {
    const OPENING: [char; 4] = ['(', '[', '（', '［'];
    const BRACKETS: [char; 8] = ['(', '[', '（', '［', ')', ']', '）', '］'];
    // The wide ones begin with EF, which is never within a character.
    memchr3_iter(b'(', b'[', 0xEF, text.as_bytes()).filter_map(move |at| {
        let start = at + text[at..].chars().next().filter(|c| OPENING.contains(c))?.len_utf8();
        let length = text[start..].find(BRACKETS)?;
        (MIN_GROUP_BYTES..=MAX_GROUP_BYTES)
            .contains(&length)
            .then(|| start..start + length)
    })
}

/// Where the bracket that opens a group stands.
fn bracket_start(text: &str, group_start: usize) -> usize {
    text[..group_start].char_indices().next_back().map_or(0, |(at, _)| at)
}

/// Does nothing but punctuation stand between two brackets, or the full name of the second's market?
/// `the TSX Venture Exchange (TSXV: AGX), the OTC Markets (OTCQB: AGXPF)`
fn is_gap(between: &str) -> bool {
    const JOINTS: &[&str] = &["and", "or", "the", "in", "on"];
    if between.len() > 80 {
        return false;
    }
    let is_joint = |c: char| c.is_whitespace() || is_hidden(c) || "()[]（）［］,;|/".contains(c);
    let words: Vec<&str> = between.split(is_joint).filter(|word| !word.is_empty()).collect();
    let label: Vec<&str> = words.iter().copied().filter(|word| !JOINTS.contains(word)).collect();
    words.is_empty() || !label.is_empty() && is_label(&label.join(" "))
}

#[cfg(test)]
mod tests;

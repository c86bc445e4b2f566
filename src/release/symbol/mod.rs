//! Reads the listings that a release names: `(NASDAQ: PGC)`, `(TSX : T, NYSE : TU)`, `[NYSE: BA]`.
//!
//! In: plain text, or a label of a feed's category. Out: symbols with their market identifier code, and the organisation that
//! the text ties them to where that is sure. Only brackets are read: in running text `Nasdaq Composite` and `NYSE: ...` are
//! prose. Never decides who issued the release: a law firm's notice names its target's symbol.
//!
//! ```text
//! group  := "(" atom (SEP atom)* ")"                    SEP := , ; | / "and" "or" "&", or nothing before "LABEL:"
//! atom   := label [":" | "-" | "." | " "] ticker        (NYSE: GIG)  (TSXV-CGP)  (TSX-V.DMI)  (Frankfurt 5VS)
//!         | ticker (":" | " – ") label                  (AZT: TSX-V)  (GMX – Toronto Stock Exchange)
//!         | label                                       its symbol comes with a later label: (NYSE, Nasdaq: VZ)
//!         | ticker                                      a further one of the label before: (NYSE: GIG, GIG.U)
//!         | anything else                               an alias, a web address: ends what went before
//! ```

mod exchange;
mod isin;
mod name;

pub use exchange::{EXCHANGES, Exchange, exchange, exchange_of};
pub use isin::{isin, isins};

use std::ops::Range;

use crate::article::Symbol;
use crate::text::is_hidden;
use exchange::{is_label, is_place, key};

/// Bytes of a bracket that can hold listings: the longest seen has 190.
const MAX_GROUP_BYTES: usize = 400;

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

/// Every listing named in brackets, in text order, repetitions included.
#[must_use]
pub fn symbols(text: &str) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    let mut last: Option<(usize, Option<String>)> = None;
    for group in groups(text) {
        let listings = listings(&text[group.clone()]);
        if listings.is_empty() {
            continue;
        }
        // "(TSXV: AGX) (OTCQB: AGXPF)": the second bracket belongs to the name before the first.
        let name = match last.take() {
            Some((end, name)) if is_gap(&text[end..group.start]) => name,
            _ => name::organisation_before(&text[..bracket_start(text, group.start)]),
        };
        for listing in listings {
            let span = group.start + listing.span.start..group.start + listing.span.end;
            let symbol = Symbol {
                exchange: listing.mic,
                symbol: listing.ticker,
                raw: text[span.clone()].to_owned(),
            };
            mentions.push(Mention {
                symbol,
                name: name.clone(),
                span,
            });
        }
        last = Some((group.end, name));
    }
    mentions
}

/// The listing of a category as GlobeNewswire writes it: `Oslo:NHY`, `TSX VENTURE:AXL`. A label of no exchange that we
/// know is kept in upper case; `None` when there is no label or no ticker.
#[must_use]
pub fn symbol_from_label(label: &str) -> Option<Symbol> {
    let raw = label.trim();
    let (market, ticker) = raw.rsplit_once(':')?;
    let market = market.trim();
    let ticker = tidy(ticker).to_uppercase();
    let fits = |text: &str, max_chars| {
        !text.is_empty() && text.chars().count() <= max_chars && !text.contains(char::is_control)
    };
    if !fits(market, 40) || !fits(&ticker, 20) {
        return None;
    }
    let exchange =
        exchange_of(market, &ticker).map_or_else(|| market.to_uppercase(), |exchange| exchange.mic.to_owned());
    Some(Symbol {
        symbol: canonical_ticker(&exchange, ticker),
        exchange,
        raw: raw.to_owned(),
    })
}

/// What stands in brackets, innermost or up to the next inner bracket.
fn groups(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut open: Option<usize> = None;
    text.char_indices().filter_map(move |(at, c)| {
        let start = match c {
            '(' | '[' | '（' | '［' => open.replace(at + c.len_utf8()),
            ')' | ']' | '）' | '］' => open.take(),
            _ => None,
        };
        start
            .map(|start| start..at)
            .filter(|group| group.len() <= MAX_GROUP_BYTES)
    })
}

/// Where the bracket that opens a group stands.
fn bracket_start(text: &str, group_start: usize) -> usize {
    text[..group_start].char_indices().next_back().map_or(0, |(at, _)| at)
}

fn is_gap(between: &str) -> bool {
    between.chars().all(|c| {
        c.is_whitespace()
            || is_hidden(c)
            || matches!(
                c,
                '(' | ')' | '[' | ']' | '（' | '）' | '［' | '］' | ',' | ';' | '|' | '/'
            )
    })
}

/// One listing of a group; the span is relative to the group.
struct Listing {
    mic: String,
    ticker: String,
    span: Range<usize>,
}

/// What an atom of a group says. All slices are slices of the group.
enum Atom<'g> {
    Label(&'g str),
    Listed {
        label: &'g str,
        ticker: &'g str,
    },
    Reversed {
        ticker: &'g str,
        label: &'g str,
    },
    Ticker(&'g str),
    /// "stock symbol NNVC"
    Announced(&'g str),
    Other,
}

fn listings(group: &str) -> Vec<Listing> {
    let mut found = Vec::new();
    let mut pending: Vec<&str> = Vec::new();
    let mut current: Vec<&str> = Vec::new();
    let offset = |part: &str| part.as_ptr() as usize - group.as_ptr() as usize;
    let mut list = |label: &str, ticker: &str| {
        let printed = tidy(ticker).to_uppercase();
        let Some(exchange) = exchange_of(label, &printed) else {
            return;
        };
        let [first, last] = if offset(label) < offset(ticker) {
            [label, ticker]
        } else {
            [ticker, label]
        };
        let span = offset(first)..offset(last) + last.len();
        found.push(Listing {
            mic: exchange.mic.to_owned(),
            ticker: canonical_ticker(exchange.mic, printed),
            span,
        });
    };
    for atom in atoms(group) {
        match read(atom) {
            Atom::Label(label) => {
                pending.push(label);
                current.clear();
            }
            Atom::Listed { label, ticker } => {
                current = std::mem::take(&mut pending);
                current.push(label);
                current.iter().for_each(|label| list(label, ticker));
            }
            Atom::Announced(ticker) => {
                current = std::mem::take(&mut pending);
                current.iter().for_each(|label| list(label, ticker));
            }
            Atom::Ticker(ticker) => current.iter().for_each(|label| list(label, ticker)),
            Atom::Reversed { ticker, label } => {
                list(label, ticker);
                pending.clear();
                current.clear();
            }
            Atom::Other => {
                pending.clear();
                current.clear();
            }
        }
    }
    found
}

/// Splits a group into its atoms, trimmed.
fn atoms(group: &str) -> impl Iterator<Item = &str> {
    group
        .split([',', ';', '|', '\n', '，', '；', '、', '•', '·'])
        .filter(|part| !is_address(part))
        .flat_map(|part| part.split('/'))
        .flat_map(split_words)
        .flat_map(split_labels)
        .map(trim)
        .filter(|atom| !atom.is_empty())
}

fn is_address(part: &str) -> bool {
    part.contains("://") || part.contains("www.") || part.contains('@')
}

/// Splits at the words that join listings.
fn split_words(part: &str) -> Vec<&str> {
    const JOINTS: &[&str] = &["and", "or", "&", "et", "und"];
    split_at_words(part, |_, word| JOINTS.contains(&word).then_some(word.len()))
}

/// Splits before a label that follows a ticker without a separator: `ASX:CLA LON:CLA`.
fn split_labels(part: &str) -> Vec<&str> {
    let mut colons = part.match_indices([':', '：']).map(|(at, _)| at).skip(1).peekable();
    if colons.peek().is_none() {
        return vec![part];
    }
    let colons: Vec<usize> = colons.collect();
    split_at_words(part, |at, _| {
        let colon = colons.iter().copied().find(|&colon| colon > at)?;
        let is_first = part[..at].contains([':', '：']);
        (is_first && is_label(&part[at..colon])).then_some(0)
    })
}

/// Splits before each word for which `joint` says how many bytes of it are separator.
fn split_at_words(part: &str, joint: impl Fn(usize, &str) -> Option<usize>) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for word in part.split_whitespace() {
        let at = word.as_ptr() as usize - part.as_ptr() as usize;
        if let Some(separator) = joint(at, word) {
            pieces.push(&part[from..at]);
            from = at + separator;
        }
    }
    pieces.push(&part[from..]);
    pieces
}

fn read(atom: &str) -> Atom<'_> {
    let is_quoted = atom.starts_with(['“', '"', '\'', '‘', '«', '”']);
    if let Some(colon) = atom.find([':', '：']) {
        return read_pair(atom, colon);
    }
    if is_quoted {
        return Atom::Other;
    }
    if is_label(atom) {
        return Atom::Label(atom);
    }
    if let Some(ticker) = announced(atom) {
        return Atom::Announced(ticker);
    }
    if is_ticker(atom) && !is_word(atom) {
        return read_joined(atom).unwrap_or(Atom::Ticker(atom));
    }
    read_joined(atom).unwrap_or(Atom::Other)
}

/// `label: ticker` or `ticker: label`.
fn read_pair(atom: &str, first_colon: usize) -> Atom<'_> {
    let last_colon = atom.rfind([':', '：']).unwrap_or(first_colon);
    for colon in [last_colon, first_colon] {
        let (label, rest) = atom.split_at(colon);
        let (label, rest) = (trim(label), trim(rest.trim_start_matches([':', '：'])));
        if is_label(label)
            && let Some(ticker) = leading_ticker(label, rest)
        {
            return Atom::Listed { label, ticker };
        }
        if is_ticker(label) && is_label(rest) {
            return Atom::Reversed {
                ticker: label,
                label: rest,
            };
        }
    }
    Atom::Other
}

/// The ticker that follows a label and its colon. Prose after it is tolerated unless it could be its continuation.
fn leading_ticker<'g>(label: &str, rest: &'g str) -> Option<&'g str> {
    if is_ticker(rest) || (is_mixed_case_ticker(rest) && key(label).len() >= 4 && !is_place(label)) {
        return Some(rest);
    }
    let (ticker, tail) = rest.split_once(char::is_whitespace)?;
    let prose = tail
        .trim_start()
        .starts_with(|c: char| c.is_lowercase() || !c.is_alphanumeric());
    (prose && !is_place(label) && ticker.len() > 1 && is_ticker(ticker)).then_some(ticker)
}

/// `TSXV-CGP`, `TSX-V.DMI`, `Frankfurt 5VS`, `GMX – Toronto Stock Exchange`.
fn read_joined(atom: &str) -> Option<Atom<'_>> {
    for (at, joint) in atom.rmatch_indices([' ', '\u{A0}', '-', '–', '—', '.']) {
        let (left, right) = (trim_joints(&atom[..at]), trim_joints(&atom[at + joint.len()..]));
        let has = |kind: fn(&char) -> bool| right.chars().any(|c| kind(&c));
        let is_sure = if is_place(left) {
            has(char::is_ascii_digit)
        } else {
            key(left).len() >= 3 && key(left) != "AIM"
        };
        if is_sure && is_label(left) && is_ticker(right) && has(char::is_ascii_alphabetic) && !is_word(right) {
            return Some(Atom::Listed {
                label: left,
                ticker: right,
            });
        }
        if matches!(joint, "–" | "—") && is_ticker(left) && is_label(right) {
            return Some(Atom::Reversed {
                ticker: left,
                label: right,
            });
        }
    }
    None
}

/// The ticker after "stock symbol", "ticker", "under the symbol".
fn announced(atom: &str) -> Option<&str> {
    const WORDS: &[&str] = &["stock", "ticker", "symbol", "trading", "under", "the"];
    let (words, ticker) = atom.rsplit_once(char::is_whitespace)?;
    let known = words
        .split_whitespace()
        .all(|word| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)));
    let lower = words.to_ascii_lowercase();
    (known && (lower.contains("symbol") || lower.contains("ticker")) && is_ticker(ticker)).then_some(ticker)
}

/// Letters, digits and one class (`BRK.A`, `HILB B`, `BRK -B`), in capitals, in quotes or not.
fn is_ticker(text: &str) -> bool {
    let ticker = tidy(text);
    let mut parts = ticker.split(['.', '-', ' ']);
    let is_part = |part: &str, max: usize| {
        (1..=max).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    let root_is_right = parts.next().is_some_and(|root| is_part(root, 10));
    let classes: Vec<&str> = parts.collect();
    let max_class = if ticker.contains(' ') { 1 } else { 4 };
    root_is_right && classes.len() <= 2 && classes.iter().all(|class| is_part(class, max_class))
}

fn is_mixed_case_ticker(text: &str) -> bool {
    (2..=5).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Capitals that follow a market's name in prose: `NYSE IPO`.
fn is_word(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "CEO", "CFO", "CORP", "COO", "ESG", "ETF", "EU", "FORMERLY", "INC", "IPO", "LLC", "LTD", "MKT", "OMX", "PLC",
        "SEC", "SPAC", "THE", "UK", "US", "USA",
    ];
    WORDS.contains(&text)
}

/// A ticker without quotes, cashtag sign, invisible characters and the space that should not be there (`BRK -B`).
fn tidy(ticker: &str) -> String {
    let shown: String = ticker
        .chars()
        .filter(|&c| !is_hidden(c))
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    let bare = shown
        .trim_matches([' ', '“', '”', '"', '\'', '‘', '’', '«', '»'])
        .trim_start_matches('$')
        .trim_end_matches('.');
    bare.replace(" -", "-").replace(" .", ".")
}

/// Hong Kong prints one code with and without leading zeros; it is kept without.
fn canonical_ticker(mic: &str, ticker: String) -> String {
    match ticker.trim_start_matches('0') {
        bare if mic == "XHKG" && !bare.is_empty() => bare.to_owned(),
        _ => ticker,
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_hidden(c))
}

fn trim_joints(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_hidden(c) || matches!(c, '-' | '–' | '—'))
}

#[cfg(test)]
mod tests;

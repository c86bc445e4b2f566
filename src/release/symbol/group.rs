//! The grammar of a bracket of listings, or of a line that holds nothing else.
//!
//! ```text
//! group  := atom (SEP atom)*                            SEP := , ; | / • "and" "or" "&" "–", or nothing before "LABEL:"
//! atom   := label [":" | "-" | "." | " "] ticker        (NYSE: GIG)  (TSXV-CGP)  (TSX-V.DMI)  (Frankfurt 5VS)
//!         | ticker (":" | " – ") label                  (AZT: TSX-V)  (GMX – Toronto Stock Exchange)
//!         | label                                       its symbol comes with a later label: (NYSE, Nasdaq: VZ)
//!         | ticker                                      a further one of the label before: (NYSE: GIG, GIG.U)
//!         | number "." suffix                           (2269.HK)
//!         | ISIN, WKN ... and their codes               passed over
//!         | anything else                               an alias, a web address: ends what went before
//! ```

use std::ops::Range;

use super::exchange::{is_airport, is_eastern_announcement, is_label, is_place, key};
use super::isin::isin;
use super::ticker::{is_mixed_case_ticker, is_quoted, is_ticker, is_word, listed, suffixed};
use crate::text::is_hidden;

/// One listing; the span is relative to the text that was read.
pub(super) struct Listing {
    pub(super) mic: &'static str,
    pub(super) ticker: String,
    pub(super) span: Range<usize>,
}

/// What an atom of a group says. All slices are slices of the group.
#[derive(Clone, Copy)]
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
    /// A ticker in quotes, or what the text calls the organisation.
    Quoted(&'g str),
    /// "stock symbol NNVC"
    Announced(&'g str),
    /// `863.HK`
    Suffixed(&'g str),
    /// A market whose securities follow after a number: `Euronext Growth: FR0013018124, ALCOX`.
    Numbered(&'g str),
    /// A number that is no ticker: `ISIN: ...`.
    Number,
    Other,
}

/// The listings of a bracket, in order.
pub(super) fn listings(group: &str) -> Vec<Listing> {
    let mut reader = Reader::new(group);
    atoms(group).for_each(|atom| reader.take(read(atom)));
    reader.found
}

/// The listings of a line that names listings and nothing else: `TSX-V: ABC | OTCQB: ABCDF | ISIN: CA...`.
pub(super) fn listings_alone(line: &str) -> Vec<Listing> {
    let mut reader = Reader::new(line);
    for atom in atoms(line) {
        let atom = read(atom);
        // `London: 5`, `F: 604`: a place or a letter alone is no market.
        let is_sure = match atom {
            Atom::Listed { label, .. } => !reader.found.is_empty() || !is_place(label) && key(label).len() > 2,
            Atom::Label(_) | Atom::Number => true,
            Atom::Ticker(_) => !reader.found.is_empty(),
            Atom::Reversed { .. }
            | Atom::Quoted(_)
            | Atom::Announced(_)
            | Atom::Suffixed(_)
            | Atom::Numbered(_)
            | Atom::Other => false,
        };
        if !is_sure {
            return Vec::new();
        }
        reader.take(atom);
    }
    reader.found
}

/// Puts the atoms of a group together.
struct Reader<'g> {
    group: &'g str,
    found: Vec<Listing>,
    /// Labels whose ticker is still to come.
    pending: Vec<&'g str>,
    /// Labels of which further tickers may follow.
    current: Vec<&'g str>,
    /// The last ticker stood in quotes, so that a further one may.
    quotes: bool,
}

impl<'g> Reader<'g> {
    fn new(group: &'g str) -> Self {
        Self {
            group,
            found: Vec::new(),
            pending: Vec::new(),
            current: Vec::new(),
            quotes: false,
        }
    }

    fn take(&mut self, atom: Atom<'g>) {
        match atom {
            Atom::Label(label) => {
                self.pending.push(label);
                self.current.clear();
            }
            Atom::Listed { label, ticker } => {
                self.pending.push(label);
                self.list_pending(ticker);
            }
            Atom::Announced(ticker) => self.list_pending(ticker),
            Atom::Ticker(ticker) => self.list_current(ticker),
            Atom::Quoted(ticker) if self.quotes => self.list_current(ticker),
            Atom::Reversed { ticker, label } => {
                self.end();
                self.list(label, ticker);
            }
            Atom::Suffixed(number) => {
                self.end();
                if let Some((mic, ticker)) = suffixed(number) {
                    let span = self.span(number, number);
                    self.found.push(Listing { mic, ticker, span });
                }
            }
            Atom::Numbered(label) => {
                self.end();
                self.current.push(label);
            }
            Atom::Number => {}
            Atom::Quoted(_) | Atom::Other => self.end(),
        }
    }

    fn end(&mut self) {
        self.pending.clear();
        self.current.clear();
    }

    fn list_pending(&mut self, ticker: &'g str) {
        self.current = std::mem::take(&mut self.pending);
        self.quotes = is_quoted(ticker);
        self.list_current(ticker);
    }

    fn list_current(&mut self, ticker: &'g str) {
        for at in 0..self.current.len() {
            self.list(self.current[at], ticker);
        }
    }

    fn list(&mut self, label: &'g str, ticker: &'g str) {
        if let Some((mic, listed)) = listed(label, ticker) {
            let span = self.span(label, ticker);
            self.found.push(Listing {
                mic,
                ticker: listed,
                span,
            });
        }
    }

    /// From the first to the last of two slices of the group.
    fn span(&self, one: &str, other: &str) -> Range<usize> {
        let offset = |part: &str| part.as_ptr() as usize - self.group.as_ptr() as usize;
        let [first, last] = if offset(one) < offset(other) {
            [one, other]
        } else {
            [other, one]
        };
        offset(first)..offset(last) + last.len()
    }
}

/// Splits a group into its atoms, trimmed. A line end is a space: wrapped texts break within labels.
fn atoms(group: &str) -> impl Iterator<Item = &str> {
    group
        .split([',', ';', '|', '，', '；', '、', '•', '·'])
        .filter(|part| !is_address(part))
        .map(without_announcement)
        .flat_map(split_slashes)
        .flat_map(split_dashes)
        .flat_map(split_words)
        .flat_map(split_labels)
        .map(trim)
        .filter(|atom| !atom.is_empty())
}

fn is_address(part: &str) -> bool {
    part.contains("://") || part.contains("www.") || part.contains('@')
}

/// `Symbol: TSX-V: ABC` without its first word.
fn without_announcement(part: &str) -> &str {
    let announced = part.split_once([':', '：']).filter(|(words, _)| is_announcement(words));
    announced.map_or(part, |(_, rest)| rest)
}

/// Splits at slashes, but for those within a label or before a class: `Nasdaq/GS`, `BRK/A`, `TSX/V`.
fn split_slashes(part: &str) -> Vec<&str> {
    let label = part.find([':', '：']).map_or("", |colon| &part[..colon]);
    let label_end = if label.contains('/') && is_label(label) {
        label.len()
    } else {
        0
    };
    let is_joint = |at: usize| {
        let mut after = part[at + 1..].chars();
        let is_class = after.next().is_some_and(|c| c.is_ascii_uppercase())
            && !after.next().is_some_and(char::is_alphanumeric)
            && part[..at].ends_with(|c: char| c.is_ascii_uppercase());
        at >= label_end && !is_class
    };
    split_at(
        part,
        part.match_indices('/')
            .map(|(at, _)| at)
            .filter(|&at| is_joint(at))
            .map(|at| (at, 1)),
    )
}

/// Splits at dashes between pairs: `Euronext: DBV – ISIN: FR0010417345 - Nasdaq: DBVT`, not in `TSX - V: ABC`.
fn split_dashes(part: &str) -> Vec<&str> {
    let Some(first_colon) = part.find([':', '：']) else {
        return vec![part];
    };
    split_at_words(part, |at, word| {
        let is_dash = word.chars().all(|c| matches!(c, '-' | '–' | '—'));
        let in_label = || at < first_colon && is_label(&part[..first_colon]);
        (is_dash && !in_label()).then_some(word.len())
    })
}

/// Splits at the words that join listings.
fn split_words(part: &str) -> Vec<&str> {
    const JOINTS: &[&str] = &["and", "or", "&", "et", "und", "y"];
    split_at_words(part, |_, word| JOINTS.contains(&word).then_some(word.len()))
}

/// Splits before a label that follows a ticker without a separator: `ASX:CLA LON:CLA`.
fn split_labels(part: &str) -> Vec<&str> {
    let colons: Vec<usize> = part.match_indices([':', '：']).map(|(at, _)| at).skip(1).collect();
    if colons.is_empty() {
        return vec![part];
    }
    split_at_words(part, |at, _| {
        let colon = colons.iter().copied().find(|&colon| colon > at)?;
        let is_first = part[..at].contains([':', '：']);
        (is_first && is_label(&part[at..colon])).then_some(0)
    })
}

/// Splits before each word for which `joint` says how many bytes of it are separator.
fn split_at_words(part: &str, joint: impl Fn(usize, &str) -> Option<usize>) -> Vec<&str> {
    let joints = part.split_whitespace().filter_map(|word| {
        let at = word.as_ptr() as usize - part.as_ptr() as usize;
        joint(at, word).map(|separator| (at, separator))
    });
    split_at(part, joints)
}

/// Splits at separators, given by where they begin and their bytes.
fn split_at(part: &str, separators: impl Iterator<Item = (usize, usize)>) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for (at, bytes) in separators {
        pieces.push(&part[from..at]);
        from = at + bytes;
    }
    pieces.push(&part[from..]);
    pieces
}

fn read(atom: &str) -> Atom<'_> {
    if let Some(colon) = atom.find([':', '：']) {
        return read_pair(atom, colon);
    }
    if isin(atom).is_some() {
        return Atom::Number;
    }
    if is_quoted(atom) {
        return if is_ticker(atom) {
            Atom::Quoted(atom)
        } else {
            Atom::Other
        };
    }
    if is_label(atom) {
        return Atom::Label(atom);
    }
    if suffixed(atom).is_some() {
        return Atom::Suffixed(atom);
    }
    if let Some(ticker) = announced(atom) {
        return Atom::Announced(ticker);
    }
    let joined = coded(atom).or_else(|| read_joined(atom));
    joined.unwrap_or(if is_ticker(atom) && !is_word(atom) {
        Atom::Ticker(atom)
    } else {
        Atom::Other
    })
}

/// `label: ticker` or `ticker: label`.
fn read_pair(atom: &str, first_colon: usize) -> Atom<'_> {
    let last_colon = atom.rfind([':', '：']).filter(|&last| last != first_colon);
    for colon in last_colon.into_iter().chain([first_colon]) {
        let (label, rest) = atom.split_at(colon);
        let (label, rest) = (trim(label), trim(rest.trim_start_matches([':', '：'])));
        if is_label(label)
            && let Some(ticker) = leading_ticker(label, rest)
        {
            return Atom::Listed { label, ticker };
        }
        if is_label(label) && isin(rest).is_some() {
            return Atom::Numbered(label);
        }
        if matches!(
            key(label).as_str(),
            "ISIN" | "WKN" | "ISINWKN" | "CUSIP" | "SEDOL" | "LEI" | "VALOR"
        ) {
            return Atom::Number;
        }
        if is_ticker(label) && label.len() < 6 && !is_word(label) && is_label(rest) {
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
        let is_route = right.len() == 3 && is_airport(left);
        // `東証スタンダード 1234`
        let is_eastern = !left.is_ascii() && !is_place(left) && right.len() >= 4;
        let has_letter = has(char::is_ascii_alphabetic);
        if is_sure && !is_route && is_label(left) && is_ticker(right) && (has_letter || is_eastern) && !is_word(right) {
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

/// `Tokyo Stock Exchange Code No. 7867`
fn coded(atom: &str) -> Option<Atom<'_>> {
    let (label, ticker) = atom.rsplit_once(char::is_whitespace)?;
    let word = label.split_whitespace().next_back()?;
    let is_code = matches!(key(word).as_str(), "CODE" | "NO" | "NUMBER" | "SYMBOL" | "TICKER");
    (is_code && is_label(label) && is_ticker(ticker)).then_some(Atom::Listed { label, ticker })
}

/// The ticker after "stock symbol", "ticker", "under the symbol".
fn announced(atom: &str) -> Option<&str> {
    let (words, ticker) = atom.rsplit_once(char::is_whitespace)?;
    (is_announcement(words) && is_ticker(ticker)).then_some(ticker)
}

fn is_announcement(words: &str) -> bool {
    const WORDS: &[&str] = &["stock", "ticker", "symbol", "code", "trading", "under", "the"];
    let known = words
        .split_whitespace()
        .all(|word| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)));
    let lower = words.to_ascii_lowercase();
    known && ["symbol", "ticker", "code"].iter().any(|word| lower.contains(word)) || is_eastern_announcement(words)
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_hidden(c))
}

fn trim_joints(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_hidden(c) || matches!(c, '-' | '–' | '—'))
}

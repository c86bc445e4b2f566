//! The words of a text as they are compared: what typography, number formats and abbreviations may change is gone, and each
//! word knows whether it is a fact.
//!
//! The canonical form is a text of its own, `^acme raised 3.5 million in @september`, and is what the store keeps: a stored release
//! is split, never read again. A change here changes stored forms and shingles: give [`FORM`] a new number.

use twox_hash::XxHash3_64;

use super::reading::is_unspaced;
use crate::text::{compatible, is_mark};

/// The first word of a stored form; forms of another number are made again from the body.
pub(super) const FORM: &str = "1";

/// Where in a release a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Zone {
    /// Before the lead: sub-headlines, bylines; feeds add and drop them.
    Head,
    /// The news.
    News,
    /// Around the news: wires add, shorten and drop it.
    Boilerplate,
}

impl Zone {
    const ALL: [Self; 3] = [Self::Head, Self::News, Self::Boilerplate];

    /// What announces a run of its words in the canonical form.
    const fn turn(self) -> &'static str {
        match self {
            Self::Head => "<",
            Self::News => ">",
            Self::Boilerplate => "|",
        }
    }
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum TokenKind {
    /// An ordinary word.
    Word,
    /// A word with a capital letter: a name, or the first of its sentence.
    Name,
    /// A number, or a word with a digit (`q3`).
    Number,
    /// A month.
    Month,
    /// A day of the week.
    Weekday,
    /// One character of a script without spaces.
    Ideograph,
    /// A URL or an e-mail address: part of the text, never a fact.
    Address,
}

impl TokenKind {
    /// What stands before such a word in the canonical form, where the word does not say it itself.
    const fn sign(self) -> &'static str {
        match self {
            Self::Word | Self::Number | Self::Ideograph => "",
            Self::Name => "^",
            Self::Month => "@",
            Self::Weekday => "&",
            Self::Address => "~",
        }
    }

    fn of(word: &str) -> (Self, &str) {
        for kind in [Self::Name, Self::Month, Self::Weekday, Self::Address] {
            if let Some(rest) = word.strip_prefix(kind.sign()) {
                return (kind, rest);
            }
        }
        let first = word.chars().next().unwrap_or(' ');
        if is_unspaced(first) {
            (Self::Ideograph, word)
        } else if word.contains(|c: char| c.is_numeric()) {
            (Self::Number, word)
        } else {
            (Self::Word, word)
        }
    }
}

/// One word of a canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// Of its spelling alone: a name at the start of a sentence equals the word.
    pub(super) hash: u64,
    /// What it is.
    pub(super) kind: TokenKind,
    /// Where it stands.
    pub(super) zone: Zone,
    start: u32,
    end: u32,
}

impl Token {
    /// Its spelling, in the form that it was read from.
    pub(super) fn word<'f>(&self, form: &'f str) -> &'f str {
        form.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// Splits a canonical form.
pub(super) fn split(form: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(form.len() / 5);
    let mut zone = Zone::News;
    let mut at = 0;
    for word in form.split(' ') {
        let start = at;
        at += word.len() + 1;
        if let Some(turn) = Zone::ALL.into_iter().find(|zone| zone.turn() == word) {
            zone = turn;
            continue;
        }
        if word.is_empty() {
            continue;
        }
        let (kind, spelling) = TokenKind::of(word);
        let sign = word.len() - spelling.len();
        tokens.push(Token {
            hash: XxHash3_64::oneshot(spelling.as_bytes()),
            kind,
            zone,
            start: u32::try_from(start + sign).unwrap_or(u32::MAX),
            end: u32::try_from(start + word.len()).unwrap_or(u32::MAX),
        });
    }
    tokens
}

/// Makes a canonical form, passage by passage.
#[derive(Debug)]
pub(super) struct Former {
    form: String,
    zone: Zone,
}

impl Default for Former {
    fn default() -> Self {
        Self {
            form: String::new(),
            zone: Zone::News,
        }
    }
}

impl Former {
    /// Adds a passage.
    pub(super) fn passage(&mut self, text: &str, zone: Zone) {
        if zone != self.zone {
            self.zone = zone;
            self.push("", zone.turn());
        }
        self.words(text);
    }

    pub(super) fn finish(self) -> String {
        self.form
    }

    fn push(&mut self, sign: &str, word: &str) {
        if !self.form.is_empty() {
            self.form.push(' ');
        }
        self.form.push_str(sign);
        self.form.push_str(word);
    }

    /// Counts the number that was pushed last in a unit.
    fn scale(&mut self, unit: Unit) {
        match unit {
            Unit::Percent => self.push("", "percent"),
            Unit::Zeros(zeros) => {
                let at = self.form.rfind(' ').map_or(0, |at| at + 1);
                let number = self.form.split_off(at);
                self.form.push_str(&scaled(&number, zeros));
            }
        }
    }

    fn words(&mut self, text: &str) {
        let text = compatible(text);
        let mut rest = text.as_ref();
        let mut word = String::new();
        // What a unit or an ordinal ending may belong to: a number, and whether nothing stands between.
        let mut after_number = None;
        while let Some(c) = rest.chars().next() {
            let starts_word = rest.len() == text.len() || !ends_in_word(&text, rest);
            if starts_word && let Some(length) = address_length(rest) {
                let (address, further) = rest.split_at(length);
                word.clear();
                word.extend(
                    address
                        .chars()
                        .filter(|c| !c.is_whitespace())
                        .flat_map(char::to_lowercase),
                );
                self.push(TokenKind::Address.sign(), &word);
                (rest, after_number) = (further, None);
            } else if is_unspaced(c) && c.is_alphanumeric() {
                let (character, further) = rest.split_at(c.len_utf8());
                self.push("", character);
                (rest, after_number) = (further, None);
            } else if c.is_ascii_digit() {
                let length = number_length(rest);
                let (digits, further) = rest.split_at(length);
                number(digits, &mut word);
                self.push("", &word);
                (rest, after_number) = (further, Some(Gap::None));
            } else if c == '%' {
                self.push("", "percent");
                (rest, after_number) = (&rest[1..], None);
            } else if c.is_alphanumeric() {
                let length = spell(rest, &mut word);
                rest = &rest[length..];
                after_number = self.word(&word, c.is_uppercase(), after_number);
            } else {
                rest = &rest[c.len_utf8()..];
                after_number = match (after_number, c) {
                    (Some(Gap::None), ' ' | '\u{a0}' | '-') => Some(Gap::One),
                    (Some(_) | None, _) => None,
                };
            }
        }
    }

    /// Adds a word; says whether it was a number.
    fn word(&mut self, word: &str, capital: bool, after_number: Option<Gap>) -> Option<Gap> {
        if after_number == Some(Gap::None) && matches!(word, "st" | "nd" | "rd" | "th") {
            return None;
        }
        if after_number.is_some()
            && let Some(unit) = unit(word)
        {
            self.scale(unit);
            return None;
        }
        if let Some(number) = number_word(word) {
            self.push("", number);
            return Some(Gap::None);
        }
        if let Some(month) = month(word).filter(|month| capital || !matches!(*month, "may" | "march")) {
            self.push(TokenKind::Month.sign(), month);
        } else if let Some(day) = weekday(word).filter(|_| capital) {
            self.push(TokenKind::Weekday.sign(), day);
        } else if capital && !word.contains(|c: char| c.is_numeric()) && !NO_NAMES.contains(&word) {
            self.push(TokenKind::Name.sign(), word);
        } else {
            self.push("", word);
        }
        None
    }
}

/// What stands between a number and the word after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    One,
}

fn ends_in_word(text: &str, rest: &str) -> bool {
    text.get(..text.len() - rest.len())
        .and_then(|before| before.chars().next_back())
        .is_some_and(char::is_alphanumeric)
}

/// Top-level domains of addresses that are written without `http` or `www`.
const DOMAINS: &[&str] = &[
    "com", "org", "net", "io", "gov", "ai", "edu", "co", "info", "biz", "eu", "uk", "de", "fr", "ca",
];

/// Bytes of the URL or e-mail address that starts here.
fn address_length(rest: &str) -> Option<usize> {
    if !rest.as_bytes().first()?.is_ascii_alphanumeric() {
        return None;
    }
    let end = |from: &str| {
        from.find(|c: char| c.is_whitespace() || "<>()[]\"\u{201c}\u{201d}".contains(c))
            .unwrap_or(from.len())
    };
    if ["http://", "https://", "www."]
        .iter()
        .any(|start| starts_with_ignore_case(rest, start))
    {
        return Some(end(rest));
    }
    // RFC 5321: 64 bytes of name, 255 of domain.
    let name = rest
        .bytes()
        .take(320)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+'))
        .count();
    let (name, after) = rest.split_at_checked(name)?;
    if let Some(host) = after.strip_prefix('@') {
        let host = host
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
            .count();
        return (host > 0).then_some(name.len() + 1 + host);
    }
    let host = name.trim_end_matches('.');
    let (label, domain) = host.rsplit_once('.')?;
    let is_host = !label.is_empty() && DOMAINS.contains(&domain) && label.bytes().any(|b| b.is_ascii_alphabetic());
    is_host.then(|| {
        if host.len() == name.len() && after.starts_with('/') {
            name.len() + end(after)
        } else {
            host.len()
        }
    })
}

fn starts_with_ignore_case(text: &str, start: &str) -> bool {
    text.as_bytes()
        .get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
}

/// Bytes of the number that starts here, with its thousands and decimals: `1,234.50`.
fn number_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let mut at = digits(0);
    loop {
        let further = digits(at + 1);
        match bytes.get(at) {
            Some(b'.') if further > 0 => at += 1 + further,
            Some(b',') if further == 3 => at += 1 + further,
            Some(_) | None => return at,
        }
    }
}

/// `05` is 5, `1,234.50` is 1234.5.
fn number(digits: &str, out: &mut String) {
    out.clear();
    out.extend(digits.chars().filter(|c| *c != ','));
    if out.contains('.') {
        out.truncate(out.trim_end_matches('0').trim_end_matches('.').len());
    }
    let zeros = out.len() - out.trim_start_matches('0').len();
    let before_point = out.find('.').unwrap_or(out.len());
    out.drain(..zeros.min(before_point.saturating_sub(1)));
}

/// Spells the word that starts here in lower case, without apostrophes and hidden characters; gives its length in bytes.
fn spell(rest: &str, out: &mut String) -> usize {
    out.clear();
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_alphanumeric() && !(is_unspaced(c)) {
            out.extend(c.to_lowercase());
        } else if is_mark(c) {
            out.push(c);
        } else if !(matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{ad}' | '\u{200b}')
            && chars.peek().is_some_and(|(_, next)| next.is_alphabetic()))
        {
            return at;
        }
    }
    rest.len()
}

/// What a number is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Percent,
    /// So many zeros.
    Zeros(usize),
}

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "k" | "thousand" => Unit::Zeros(3),
        "m" | "mn" | "mln" | "mm" | "million" | "millions" | "mio" | "millionen" => Unit::Zeros(6),
        "b" | "bn" | "bln" | "billion" | "billions" | "milliards" | "milliarden" | "mrd" => Unit::Zeros(9),
        "trillion" | "trillions" | "tn" => Unit::Zeros(12),
        "pct" => Unit::Percent,
        _ => return None,
    })
}

/// `3.5` with six zeros is `3500000`.
fn scaled(number: &str, zeros: usize) -> String {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let (moved, rest) = part.split_at(part.len().min(zeros));
    let mut out = format!("{whole}{moved}{}", "0".repeat(zeros - moved.len()));
    let leading = out.len() - out.trim_start_matches('0').len();
    out.drain(..leading.min(out.len() - 1));
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    out
}

/// Words with a capital letter at the start of a sentence or in a title that are no names, and legal forms, which come and go.
const NO_NAMES: &[&str] = &[
    "a",
    "an",
    "the",
    "this",
    "that",
    "these",
    "those",
    "it",
    "its",
    "we",
    "our",
    "he",
    "she",
    "they",
    "his",
    "her",
    "their",
    "you",
    "your",
    "i",
    "my",
    "in",
    "on",
    "at",
    "for",
    "of",
    "to",
    "and",
    "or",
    "but",
    "as",
    "by",
    "with",
    "from",
    "into",
    "after",
    "before",
    "during",
    "since",
    "under",
    "over",
    "about",
    "is",
    "are",
    "was",
    "were",
    "has",
    "have",
    "will",
    "if",
    "when",
    "while",
    "where",
    "there",
    "here",
    "all",
    "both",
    "each",
    "such",
    "no",
    "not",
    "also",
    "however",
    "today",
    "additionally",
    "dr",
    "mr",
    "mrs",
    "ms",
    "prof",
    "inc",
    "corp",
    "corporation",
    "company",
    "ltd",
    "limited",
    "llc",
    "plc",
    "ag",
    "se",
    "gmbh",
    "sa",
    "nv",
    "ab",
    "asa",
    "oyj",
    "spa",
    "lp",
    "llp",
    "co",
];

/// Counts and ranks that are spelt out: `three` is as much a fact as `3`. `One` is more often a pronoun.
fn number_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "two" | "second" => "2",
        "three" | "third" => "3",
        "four" | "fourth" => "4",
        "five" | "fifth" => "5",
        "six" | "sixth" => "6",
        "seven" | "seventh" => "7",
        "eight" | "eighth" => "8",
        "nine" | "ninth" => "9",
        "ten" | "tenth" => "10",
        "eleven" | "eleventh" => "11",
        "twelve" | "twelfth" => "12",
        "first" => "1",
        "twenty" => "20",
        "thirty" => "30",
        "forty" => "40",
        "fifty" => "50",
        "sixty" => "60",
        "seventy" => "70",
        "eighty" => "80",
        "ninety" => "90",
        _ => return None,
    })
}

fn month(word: &str) -> Option<&'static str> {
    Some(match word {
        "january" | "jan" => "january",
        "february" | "feb" => "february",
        "march" | "mar" => "march",
        "april" | "apr" => "april",
        "may" => "may",
        "june" | "jun" => "june",
        "july" | "jul" => "july",
        "august" | "aug" => "august",
        "september" | "sept" | "sep" => "september",
        "october" | "oct" => "october",
        "november" | "nov" => "november",
        "december" | "dec" => "december",
        _ => return None,
    })
}

fn weekday(word: &str) -> Option<&'static str> {
    Some(match word {
        "monday" | "mon" => "monday",
        "tuesday" | "tues" | "tue" => "tuesday",
        "wednesday" | "wed" => "wednesday",
        "thursday" | "thurs" | "thur" | "thu" => "thursday",
        "friday" | "fri" => "friday",
        "saturday" | "sat" => "saturday",
        "sunday" | "sun" => "sunday",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(text: &str) -> String {
        let mut former = Former::default();
        former.passage(text, Zone::News);
        former.finish()
    }

    #[test]
    fn spellings_of_one_fact_have_one_form() {
        for (text, want) in [
            ("Acme\u{2019}s profit", "^acmes profit"),
            ("The Acme Inc.", "the ^acme inc"),
            ("raised $1,234.50", "raised 1234.5"),
            ("$3.5M, $3.5 million, 3,500,000", "3500000 3500000 3500000"),
            ("four million, $0.25 bn", "4000000 250000000"),
            ("5% or 5 percent", "5 percent or 5 percent"),
            ("on Sept. 05", "on @september 5"),
            ("the 1st of May may", "the 1 of @may may"),
            ("on Monday, mon ami", "on &monday mon ami"),
            ("in Q3 2026", "in q3 2026"),
            ("the third of three", "the 3 of 3"),
            ("0.50 and 007 and 0", "0.5 and 7 and 0"),
            ("1,23", "1 23"),
            ("A 5-for-1 split", "a 5 for 1 split"),
            ("\u{516c}\u{53f8} Acme", "\u{516c} \u{53f8} ^acme"),
            (
                "see www.acme.example/news, or ir@acme.com.",
                "see ~www.acme.example/news, or ~ir@acme.com.",
            ),
            ("at acme.com. The", "at ~acme.com the"),
            ("said.The U.S.", "said the ^u ^s"),
            ("", ""),
        ] {
            assert_eq!(form(text), want, "{text}");
        }
    }

    #[test]
    fn a_form_knows_its_boilerplate() {
        let mut former = Former::default();
        former.passage("For all", Zone::Head);
        former.passage("News.", Zone::News);
        former.passage("About Acme", Zone::Boilerplate);
        former.passage("More news", Zone::News);
        let form = former.finish();
        assert_eq!(form, "< for all > ^news | about ^acme > ^more news");
        let news: Vec<_> = split(&form)
            .iter()
            .filter(|t| t.zone == Zone::News)
            .map(|t| t.word(&form).to_owned())
            .collect();
        assert_eq!(news, ["news", "more", "news"]);
    }

    proptest! {
        #[test]
        fn any_text_has_a_form_and_its_words_are_found_again(text in "\\PC{0,80}") {
            let form = form(&text);
            for token in split(&form) {
                prop_assert!(!token.word(&form).is_empty());
                prop_assert!(!token.word(&form).contains(' '));
            }
        }
    }
}

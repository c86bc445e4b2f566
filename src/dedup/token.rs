//! The words of a text as they are compared: what typography, number formats and abbreviations may change is gone, and each
//! word knows whether it is a fact.
//!
//! The canonical form is a text of its own, `^acme raised 3.5 million in @september`, and is what the store keeps: a stored release
//! is split, never read again. A change here changes stored forms and shingles: give [`FORM`] a new number.

use memchr::memchr;
use twox_hash::XxHash3_64;

use super::reading::is_unspaced;
use super::spelling::{
    NO_NAMES, Unit, address_length, month, number, number_length, number_word, plain_length, scaled, spell, unit,
    weekday,
};
use crate::text::compatible;

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
        let signed = match word.as_bytes().first() {
            Some(b'^') => Self::Name,
            Some(b'@') => Self::Month,
            Some(b'&') => Self::Weekday,
            Some(b'~') => Self::Address,
            Some(first) if !first.is_ascii() && word.starts_with(is_unspaced) => return (Self::Ideograph, word),
            Some(_) | None if has_digit(word) => return (Self::Number, word),
            Some(_) | None => return (Self::Word, word),
        };
        (signed, &word[1..])
    }
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit()) || (!word.is_ascii() && word.contains(char::is_numeric))
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
    while let Some(rest) = form.get(at..).filter(|rest| !rest.is_empty()) {
        let start = at;
        let length = memchr(b' ', rest.as_bytes()).unwrap_or(rest.len());
        let word = &rest[..length];
        at += length + 1;
        if word.is_empty() {
            continue;
        }
        if word.len() == 1
            && let Some(turn) = Zone::ALL.into_iter().find(|zone| zone.turn() == word)
        {
            zone = turn;
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
        self.form.reserve(text.len());
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
        // An address begins where no word goes on.
        let mut in_word = false;
        while let Some(c) = rest.chars().next() {
            let (taken, further) = if c == ' ' {
                after_number = after_number.filter(|gap| *gap == Gap::None).map(|_| Gap::One);
                rest.split_at(1)
            } else if c.is_ascii_alphabetic()
                && let Some(length) = plain_length(rest)
            {
                let (letters, further) = rest.split_at(length);
                word.clear();
                word.push_str(letters);
                word.make_ascii_lowercase();
                after_number = self.word(&word, c.is_ascii_uppercase(), after_number);
                (letters, further)
            } else if !in_word && let Some(length) = address_length(rest) {
                let (address, further) = rest.split_at(length);
                word.clear();
                word.extend(
                    address
                        .chars()
                        .filter(|c| !c.is_whitespace())
                        .flat_map(char::to_lowercase),
                );
                self.push(TokenKind::Address.sign(), &word);
                after_number = None;
                (address, further)
            } else if c.is_ascii_digit() {
                let (digits, further) = rest.split_at(number_length(rest));
                number(digits, &mut word);
                self.push("", &word);
                after_number = Some(Gap::None);
                (digits, further)
            } else if is_unspaced(c) && c.is_alphanumeric() {
                let (character, further) = rest.split_at(c.len_utf8());
                self.push("", character);
                after_number = None;
                (character, further)
            } else if c.is_alphanumeric() {
                let (letters, further) = rest.split_at(spell(rest, &mut word));
                after_number = self.word(&word, c.is_uppercase(), after_number);
                (letters, further)
            } else {
                let (sign, further) = rest.split_at(c.len_utf8());
                after_number = match (after_number, c) {
                    (_, '%') => {
                        self.push("", "percent");
                        None
                    }
                    (Some(Gap::None), '\u{a0}' | '-') => Some(Gap::One),
                    (Some(_) | None, _) => None,
                };
                (sign, further)
            };
            in_word = taken.ends_with(char::is_alphanumeric);
            rest = further;
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

//! The folded spelling: two texts that say the same in other typography fold to the same text.
//!
//! Folded text is for keys and comparison only, never shown. A change here changes stored keys: give them a new version.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Folds a text. Idempotent; in order:
///
/// 1. `®`, `™`, `©`, `℠` go; a vulgar fraction after a digit stands apart from it (`1½` is not `11/2`).
/// 2. Compatibility decomposition, lower case, `ς` to `σ`; `(r)`, `(tm)` and `(sm)` go.
/// 3. Kept: letters, digits, marks; `.` and `,` between two digits (`1.63` is not `163`); `%` after a digit, a space before it
///    dropped (`5 %`); a currency sign before a digit, or after one as `%`; `-` before a digit or a currency sign with its digit
///    at the start of a word (`-5%` is not `5%`).
/// 4. Apostrophes, single quotes of any form, dots inside a word and invisible characters go without a trace (`U.S.` is `us`,
///    `Acme’s` is `acmes`).
/// 5. All else, dashes, quotes and white space above all, is one space; none at the ends.
/// 6. Composition (so that the whole is NFKC).
#[must_use]
pub fn fold(text: &str) -> String {
    let lower = without_marks(&decomposed(&spaced(text)).to_lowercase().replace('ς', "σ"));
    let mut folded = Folded::default();
    let mut chars = lower.chars();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let next = || chars.clone().next().unwrap_or(' ');
        let after_next = || chars.clone().nth(1).unwrap_or(' ');
        match c {
            'a'..='z' => folded.push(c),
            _ if c.is_alphanumeric() || is_combining_mark(c) => folded.push(c),
            '\'' | '‘' | '’' | '‚' | '‛' | 'ʼ' | '`' | '′' => {}
            '.' | ',' if folded.ends_in_digit() && next().is_ascii_digit() => folded.push(c),
            '.' if before != '.' && next() != '.' && folded.is_in_word() => {}
            '%' => folded.attach(c),
            '-' | '−' if folded.is_between_words() && is_amount(next(), after_next()) => folded.push('-'),
            _ if is_currency(c) && next().is_ascii_digit() => folded.push(c),
            _ if is_currency(c) => folded.attach(c),
            _ if super::is_hidden(c) && !c.is_whitespace() => {}
            _ => folded.space = true,
        }
        before = c;
    }
    if folded.out.is_ascii() {
        return folded.out;
    }
    folded.out.nfc().collect()
}

/// The compatibility composition (NFKC) of a text: full-width digits are digits, ligatures are letters.
#[must_use]
pub(crate) fn compatible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfkc().collect())
    }
}

/// An accent or vowel sign that belongs to the letter before it.
#[must_use]
pub(crate) fn is_mark(c: char) -> bool {
    is_combining_mark(c)
}

/// Compatibility decomposition (NFKD). ASCII, which nearly all texts are in, decomposes to itself and joins nothing before it.
pub(crate) fn decomposed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| !c.is_ascii()) {
        let (plain, other) = rest.split_at(at);
        let end = other.find(|c: char| c.is_ascii()).unwrap_or(other.len());
        out.push_str(plain);
        out.extend(other[..end].nfkd());
        rest = &other[end..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Folded text so far, and whether a space is due before the next character.
#[derive(Default)]
struct Folded {
    out: String,
    space: bool,
}

impl Folded {
    fn push(&mut self, c: char) {
        if std::mem::take(&mut self.space) && !self.out.is_empty() {
            self.out.push(' ');
        }
        self.out.push(c);
    }

    /// Adds a sign to the number before it, over a space; without a number there it is punctuation.
    fn attach(&mut self, c: char) {
        if self.out.ends_with(|last: char| last.is_ascii_digit()) {
            self.out.push(c);
        } else {
            self.space = true;
        }
    }

    fn ends_in_digit(&self) -> bool {
        !self.space && self.out.ends_with(|last: char| last.is_ascii_digit())
    }

    fn is_between_words(&self) -> bool {
        self.space || self.out.is_empty()
    }

    fn is_in_word(&self) -> bool {
        !self.is_between_words()
    }
}

/// Step 1: drops the one-character trade marks, which decomposition would turn into letters.
fn spaced(text: &str) -> Cow<'_, str> {
    let is_spaced = |c| matches!(c, '®' | '™' | '©' | '℠' | '¼'..='¾' | '⅐'..='⅟');
    if !text.contains(is_spaced) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '®' | '™' | '©' | '℠' => {}
            '¼'..='¾' | '⅐'..='⅟' if out.ends_with(|last: char| last.is_numeric()) => {
                out.push(' ');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn without_marks(lower: &str) -> String {
    lower.replace("(r)", "").replace("(tm)", "").replace("(sm)", "")
}

fn is_amount(first: char, second: char) -> bool {
    first.is_ascii_digit() || (is_currency(first) && second.is_ascii_digit())
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '¢' | '£' | '¤' | '¥' | '฿' | '\u{20A0}'..='\u{20CF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn typography_does_not_count() {
        for (one, other) in [
            ("Acme’s “Bolt” — Wins", "ACME'S \"Bolt\" - wins"),
            ("Acme® and Bolt™", "Acme(R) and Bolt(TM)"),
            ("U.S. Steel", "US Steel"),
            ("Forward-Looking", "forward looking"),
            ("Up 5 % to 3 €", "up 5% to 3€"),
            ("wait… what", "wait ... what"),
            ("Ｆｕｌｌ ｗｉｄｔｈ １", "full width 1"),
            ("Cafe\u{301}", "Café"),
            ("ΟΔΟΣ", "οδος"),
            ("Acme\u{a0}Inc.", "Acme Inc"),
            ("Acme Inc., Bolt", "Acme Inc. Bolt"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} / {other}");
        }
    }

    #[test]
    fn numbers_count() {
        for (one, other) in [
            ("$1.63 Million", "$163 Million"),
            ("up 5%", "up 5"),
            ("-5%", "5%"),
            ("$755,000", "755 000"),
            ("1½", "11/2"),
            ("$5", "€5"),
            ("Q3 2025", "Q3 2026"),
        ] {
            assert_ne!(fold(one), fold(other), "{one} / {other}");
        }
    }

    #[test]
    fn folded_forms() {
        for (text, want) in [
            (
                "Gross Proceeds of Approximately $1.63 Million!",
                "gross proceeds of approximately $1.63 million",
            ),
            ("US$5bn (−5.5%)", "us$5bn -5.5%"),
            ("10/5: a.b c.", "10 5 ab c"),
            ("1'000.50", "1000.50"),
            ("…", ""),
        ] {
            assert_eq!(fold(text), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "([-.,%$€'’–0-9a-z ()rtm\u{301}\u{327}ΣςİßǅŉﬁK½²]|\\PC){0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}

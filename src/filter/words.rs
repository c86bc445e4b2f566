//! What `~` compares: a text as its words, so that spelling differences that no reader sees do not count.
//!
//! In: any text. Out: its words, each between single spaces. Two rooms share this and must: the filter compares these words
//! in memory, and the store's full-text index holds them, so that a search can only leave out what the filter would.

use unicode_normalization::char::is_combining_mark;

use crate::text::decomposed;

/// The words of a text in lower case, without accents, with one space before and after each: `" nestle s a "`.
///
/// - Compatibility forms are one form (NFKC/NFKD, UAX #15): `ＡＢＣ` is `abc`, `ﬁ` is `fi`.
/// - Accents (U+0300 to U+036F) are dropped: `Nestlé` is `nestle`.
/// - Everything but letters and digits separates: `U.S.` is `u s`, `Moody's` is `moody s`.
/// - In scripts that are written without spaces each letter is a word, so a phrase is found in the middle of a sentence, and
///   a name in Latin letters is found inside Japanese text. Hangul is written with spaces.
///
/// A text without letters and digits gives `" "`. Linear in the text.
#[must_use]
pub fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len() + 2);
    words.push(' ');
    // Does a space stand at the end?
    let mut apart = true;
    for c in decomposed(text).chars().filter(|c| !is_accent(*c)) {
        if c.is_ascii_alphanumeric() {
            words.push(c.to_ascii_lowercase());
            apart = false;
        } else if is_unspaced(c) {
            if !apart {
                words.push(' ');
            }
            words.push(c);
            words.push(' ');
            apart = true;
        } else if c.is_alphanumeric() {
            // Some capitals open into a letter and an accent.
            words.extend(c.to_lowercase().filter(|c| !is_accent(*c)));
            apart = false;
        } else if !apart {
            words.push(' ');
            apart = true;
        }
    }
    if !apart {
        words.push(' ');
    }
    words
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

/// Letters and marks of the scripts that put no space between words.
fn is_unspaced(c: char) -> bool {
    let script = matches!(c,
        '\u{0E00}'..='\u{0EFF}'      // Thai, Lao
        | '\u{1000}'..='\u{109F}'    // Myanmar
        | '\u{1780}'..='\u{17FF}'    // Khmer
        | '\u{2E80}'..='\u{2FDF}'    // Han radicals
        | '\u{3005}'..='\u{3007}'    // Han repetition mark, zero
        | '\u{3040}'..='\u{30FF}'    // Hiragana, Katakana
        | '\u{31F0}'..='\u{31FF}'    // Katakana, small
        | '\u{3400}'..='\u{4DBF}'    // Han
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}');
    script && (c.is_alphanumeric() || is_combining_mark(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn words_of_a_text() {
        for (text, want) in [
            ("", " "),
            ("--- ***", " "),
            ("Acme Buys  Bolt, Inc.", " acme buys bolt inc "),
            ("Nestlé S.A.", " nestle s a "),
            ("Nestle\u{301}", " nestle "),
            ("ＡＢＣ ﬁrst", " abc first "),
            ("İstanbul", " istanbul "),
            ("Moody's", " moody s "),
            ("株式会社PR TIMES（本社", " 株 式 会 社 pr times 本 社 "),
            ("ガス", " カ \u{3099} ス "),
            (
                "현대차 그룹",
                &*format!(
                    " {} {} ",
                    "현대차".nfkd().collect::<String>(),
                    "그룹".nfkd().collect::<String>()
                ),
            ),
            ("СТАЛЬ", " сталь "),
        ] {
            assert_eq!(words(text), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_words_of_words_are_the_same_words(text in any::<String>()) {
            let once = words(&text);
            prop_assert_eq!(words(&once), once);
        }

        #[test]
        fn words_stand_between_single_spaces(text in any::<String>()) {
            let words = words(&text);
            prop_assert!(words.starts_with(' ') && words.ends_with(' ') && !words.contains("  "));
        }
    }
}

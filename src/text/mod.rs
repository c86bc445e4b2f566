//! Pure text: hostile HTML to safe HTML, HTML to plain text, plain text to keys, and the language of a text.
//!
//! In: text that a stranger wrote. Out: text that can be stored, shown or compared. Every function is total and, but for
//! [`sanitize_html`] whose parser we bound from outside, linear in its input. Never reads clock, environment or network.
//!
//! Three spellings of one text, never mixed:
//! - *shown*: [`plain_title`], [`html_to_text`], [`plain_text`]: what a person reads, in the published characters, without invisible ones;
//! - *folded*: [`fold()`]: what two texts are compared by;
//! - *hashed*: [`content_hash`]: what tells whether anything changed at all.

mod address;
mod blocks;
mod entities;
mod fold;
mod html;
mod language;
mod lines;
mod markup;
mod plain;

pub use address::{web_address, web_url};
pub use blocks::{below_heading, blocks};
pub use entities::decode_entities;
pub(crate) use entities::{character, reference, without_c1};
pub(crate) use fold::decomposed;
pub use fold::fold;
pub(crate) use fold::{compatible, is_mark};
#[cfg(test)]
pub(crate) use html::active;
pub(crate) use html::is_too_deep;
pub use html::{MAX_HTML_BYTES, escape_html, has_markup, html_of_text, is_tracker, looks_like_html, sanitize_html};
pub use language::{detect_language, language, language_tag};
pub use lines::plain_text;
pub(crate) use markup::{Token, Tokens};
pub use plain::{MAX_TITLE_CHARS, html_to_text, plain_title};

use std::borrow::Cow;

use sha2::{Digest, Sha256};

/// The first `max_chars` characters of a text: all of it when it is shorter.
#[must_use]
pub fn cut(text: &str, max_chars: usize) -> &str {
    // No text has more characters than bytes.
    if text.len() <= max_chars {
        return text;
    }
    text.char_indices().nth(max_chars).map_or(text, |(end, _)| &text[..end])
}

/// One line of at most `max_chars` characters: white space collapsed, cut after a word and closed with `…` when it is cut.
///
/// Text without spaces (Chinese, Japanese) is cut between characters: a word boundary counts when it keeps at least half
/// of the room.
#[must_use]
pub fn summary(text: &str, max_chars: usize) -> String {
    let line = collapse(beginning(text, max_chars));
    let head = cut(&line, max_chars);
    if head.len() == line.len() {
        return line;
    }
    let head = cut(head, max_chars.saturating_sub(1));
    let after_word = line[head.len()..].starts_with(' ');
    let end = match head.rfind(' ') {
        Some(space) if !after_word && space * 2 >= head.len() => space,
        _ => head.len(),
    };
    let kept =
        head[..end].trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–' | '—'));
    if max_chars == 0 {
        String::new()
    } else {
        format!("{kept}…")
    }
}

/// Enough of a text for a line of `max_chars` characters and one more, which tells that it is cut: a text is much longer than its summary.
fn beginning(text: &str, max_chars: usize) -> &str {
    let mut chars = 0;
    let enough = text.split_inclusive(char::is_whitespace).take_while(|word| {
        let goes_on = chars <= max_chars;
        chars += word.trim_end().chars().count();
        goes_on
    });
    &text[..enough.map(str::len).sum()]
}

/// `1:` and the first 16 bytes, in hexadecimal, of the SHA-256 of the parts. The number is the version of this recipe:
/// stored hashes of another version are never compared with these.
///
/// Each part is preceded by its length, so that `["ab", "c"]` and `["a", "bc"]` differ.
#[must_use]
pub fn content_hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    format!("1:{}", hex(&hasher.finalize()[..16]))
}

/// Bytes as hexadecimal digits, two each, in small letters.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(hex_digit).collect()
}

fn hex_digit(nibble: u8) -> char {
    char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 })
}

/// The letters and digits of a text, in lower case: what names in several spellings share.
#[must_use]
pub fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Runs of white space to one space, none at the ends.
fn collapse(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Drops what cannot be seen and makes every space but tab and newline an ordinary one.
///
/// Wires leave zero-width characters beside words and brackets; a joiner is kept only where it shapes something: between
/// two characters of a joining script (Arabic, Indic) or of an emoji sequence.
fn visible(text: &str) -> Cow<'_, str> {
    let first = plain(text);
    if first == text.len() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let (shown, mut rest) = text.split_at(first);
    out.push_str(shown);
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\u{200C}' | '\u{200D}' => {
                let between = out.chars().next_back().is_some_and(is_joining) && rest.starts_with(is_joining);
                if between {
                    out.push(c);
                }
            }
            _ if c.is_whitespace() => out.push(' '),
            _ if is_hidden(c) => {}
            _ => out.push(c),
        }
        let (shown, further) = rest.split_at(plain(rest));
        out.push_str(shown);
        rest = further;
    }
    Cow::Owned(out)
}

/// Bytes of the printable ASCII and line ends that a text begins with: nearly all of most texts, and told without a look at characters.
fn plain(text: &str) -> usize {
    const TOGETHER: usize = 32;
    let is_plain = |b: &u8| matches!(b, b' '..=b'~' | b'\n' | b'\t');
    let bytes = text.as_bytes();
    // All of a block without a branch; byte by byte only where it ends.
    let blocks = bytes.chunks_exact(TOGETHER);
    let whole = blocks.take_while(|block| block.iter().fold(true, |all, b| all & is_plain(b)));
    let start = whole.count() * TOGETHER;
    start + bytes[start..].iter().take_while(|b| is_plain(b)).count()
}

/// Controls, bidirectional marks, zero-width characters, tags and noncharacters (Unicode 16, chapter 23).
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
        || u32::from(c) & 0xFFFE == 0xFFFE
}

fn is_joining(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{1CFF}' | '\u{2190}'..='\u{2BFF}' | '\u{FB50}'..='\u{FDCF}' | '\u{FE0F}' | '\u{FE70}'..='\u{FEFC}'
        | '\u{1F000}'..='\u{1FAFF}')
        && !is_hidden(c)
}

/// A file of the corpus of real releases, which is not part of this repository: `$DATELINE_CORPUS`, else beside the checkout.
/// `1 source`, `2 sources`: of nouns that take an `s`.
#[must_use]
pub fn counted<N: Copy + std::fmt::Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let ending = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

#[cfg(test)]
pub(crate) fn corpus(path: &str) -> Option<String> {
    #[allow(clippy::disallowed_methods)] // a test's own environment
    let root = std::env::var("DATELINE_CORPUS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus").to_owned());
    let text = std::fs::read_to_string(format!("{root}/{path}")).ok();
    if text.is_none() {
        println!("skipped: the corpus has no {path}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn summaries_end_at_a_word() {
        for (text, max_chars, want) in [
            ("Acme buys Bolt", 20, "Acme buys Bolt"),
            ("Acme  buys\n\nBolt", 14, "Acme buys Bolt"),
            ("Acme buys Bolt", 13, "Acme buys…"),
            ("Acme buys, Bolt sells", 11, "Acme buys…"),
            ("Acme buys Bolt", 10, "Acme buys…"),
            ("Supercalifragilistic", 6, "Super…"),
            ("北京消息公司今天宣布", 5, "北京消息…"),
            ("Acme", 0, ""),
            ("", 5, ""),
        ] {
            assert_eq!(summary(text, max_chars), want, "{text} in {max_chars}");
        }
    }

    #[test]
    fn hashes_are_versioned_and_part_aware() {
        assert_eq!(content_hash(&[]), "1:e3b0c44298fc1c149afbf4c8996fb924");
        assert_ne!(content_hash(&["ab", "c"]), content_hash(&["a", "bc"]));
        assert_ne!(content_hash(&["a"]), content_hash(&["a", ""]));
    }

    #[test]
    fn invisible_characters_go_and_shaping_ones_stay() {
        for (text, want) in [
            ("Nasdaq:\u{202F}LVO\u{200B}", "Nasdaq: LVO"),
            ("a\u{200D}(b) c\u{AD}d\u{FEFF}\u{202E}e\0\u{7}", "a(b) cde"),
            ("👩\u{200D}🚀 ❤\u{FE0F}\u{200D}🔥", "👩\u{200D}🚀 ❤\u{FE0F}\u{200D}🔥"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            (
                "one\u{2028}two\u{A0}three\u{3000}four\nfive",
                "one two three four\nfive",
            ),
        ] {
            assert_eq!(visible(text), want, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn cuts_keep_their_promise(text in "\\PC{0,60}", max_chars in 0usize..40) {
            prop_assert!(cut(&text, max_chars).chars().count() <= max_chars);
            prop_assert!(text.starts_with(cut(&text, max_chars)));
            prop_assert!(summary(&text, max_chars).chars().count() <= max_chars);
        }
    }
}

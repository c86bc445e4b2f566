//! HTML to the plain text that people read and that every later room works on.
//!
//! In: sanitised HTML, or a title. Out: text in the published characters, entities decoded, without invisible characters.
//! Expects markup to be balanced but is right for none and total for any.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::html::DROPPED;
use super::markup::{Tag, Token, Tokens};
use super::{collapse, cut, decode_entities, visible};

/// Characters of a title that are kept; the longest real headline seen has 344.
pub const MAX_TITLE_CHARS: usize = 1_000;

/// Bytes of a title that are looked at.
const MAX_TITLE_BYTES: usize = 64 * 1024;

/// Elements that stand apart from the text around them.
#[rustfmt::skip]
const BLOCKS: &[&str] = &[
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div", "dl", "dt",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "ol", "p",
    "pre", "section", "summary", "table", "ul",
];

/// A title on one line.
///
/// `raw` is XML-decoded and may still hold markup and entities. Real tags are dropped (`a < b`, `<3` and `<AAPL.O>` are
/// not), entities decoded exactly once, invisible characters removed, spaces collapsed; NFC, at most 1,000 characters.
#[must_use]
pub fn plain_title(raw: &str) -> String {
    let raw = &raw[..raw.floor_char_boundary(MAX_TITLE_BYTES)];
    let mut text = String::with_capacity(raw.len());
    let mut tokens = Tokens::new(raw);
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(piece) => text.push_str(piece),
            Token::Open(tag) | Token::Close(tag) if !tag.is_html() => text.push_str(tag.source),
            Token::Open(tag) if tag.is_one_of(DROPPED) => {
                tokens.skip_element(tag.name);
            }
            Token::Open(tag) | Token::Close(tag) if tag.is("br") || tag.is("li") || tag.is_one_of(BLOCKS) => {
                text.push(' ');
            }
            Token::Open(_) | Token::Close(_) => {}
        }
    }
    let mut line = collapse(&visible(&decode_entities(&text)));
    if is_nfc_quick(line.chars()) != IsNormalized::Yes {
        line = line.nfc().collect();
    }
    cut(&line, MAX_TITLE_CHARS).trim_end().to_owned()
}

/// The text of sanitised HTML.
///
/// Paragraphs (`p`, `div`, headings, `br br`, empty lines ...) are separated by exactly one empty line; a single `br` is a line
/// end. Each list item is a paragraph that starts with `• `. Table rows stand on lines, their cells separated by tabs. White
/// space is collapsed, also the wires' NBSP, U+202F and U+2028; links keep only their text.
#[must_use]
pub fn html_to_text(sanitized: &str) -> String {
    let mut page = Page::default();
    let mut tokens = Tokens::new(sanitized);
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => page.text(&visible(&decode_entities(text))),
            Token::Open(tag) if tag.is_one_of(DROPPED) => {
                tokens.skip_element(tag.name);
            }
            Token::Open(tag) => page.open(&tag),
            Token::Close(tag) => page.close(&tag),
        }
    }
    page.finish()
}

/// What separates the last character written from the next, if there is one.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

/// How white space in text reads.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// An empty line is a paragraph, any other white space a space.
    #[default]
    Prose,
    /// `pre`: line ends count.
    Lines,
    /// A table cell: everything is a space.
    Cell,
}

/// The text written so far.
#[derive(Debug, Default)]
struct Page {
    out: String,
    gap: Gap,
    flow: Flow,
    bullet: Option<&'static str>,
    cells_in_row: usize,
}

impl Page {
    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name.to_ascii_lowercase().as_str() {
            "br" => self.line_end(),
            "li" => {
                self.separate(Gap::Paragraph);
                self.bullet = Some("• ");
            }
            "tr" => {
                self.flow = Flow::Prose;
                self.cells_in_row = 0;
                self.separate(Gap::Line);
            }
            "td" | "th" => {
                if self.cells_in_row > 0 {
                    self.next_cell();
                }
                self.cells_in_row += 1;
                self.flow = Flow::Cell;
            }
            "pre" => {
                self.separate(Gap::Paragraph);
                self.flow = Flow::Lines;
            }
            name if BLOCKS.contains(&name) => self.separate(Gap::Paragraph),
            _ => {}
        }
    }

    fn close(&mut self, tag: &Tag<'_>) {
        match tag.name.to_ascii_lowercase().as_str() {
            "td" | "th" | "tr" | "pre" => {
                self.flow = Flow::Prose;
                if tag.is("pre") {
                    self.separate(Gap::Paragraph);
                } else if tag.is("tr") {
                    self.separate(Gap::Line);
                }
            }
            "li" => {
                self.bullet = None;
                self.separate(Gap::Paragraph);
            }
            "table" => {
                self.flow = Flow::Prose;
                self.cells_in_row = 0;
                self.separate(Gap::Paragraph);
            }
            name if BLOCKS.contains(&name) => self.separate(Gap::Paragraph),
            _ => {}
        }
    }

    /// Widens the gap; in a table cell every gap is a space.
    fn separate(&mut self, gap: Gap) {
        let gap = if self.flow == Flow::Cell { Gap::Space } else { gap };
        self.gap = self.gap.max(gap);
    }

    /// One line end; two without text between them are a paragraph.
    fn line_end(&mut self) {
        self.separate(if self.gap == Gap::Line {
            Gap::Paragraph
        } else {
            Gap::Line
        });
    }

    /// A tab; the cells before it may have been empty, so the line of this row may have to be opened.
    fn next_cell(&mut self) {
        if self.gap < Gap::Line {
            self.gap = Gap::None;
        }
        self.write_gap();
        self.out.push('\t');
    }

    /// `shown` is [`visible`]: its white space is spaces, tabs and line ends.
    fn text(&mut self, shown: &str) {
        let mut line_ends = 0;
        let mut rest = shown;
        while !rest.is_empty() {
            let (words, after) = rest.split_at(single_spaced(rest));
            if !words.is_empty() {
                line_ends = 0;
                self.write_gap();
                self.out.push_str(words);
            }
            let Some(space) = after.chars().next() else { break };
            rest = &after[space.len_utf8()..];
            self.separate(Gap::Space);
            if space == '\n' {
                line_ends += 1;
                match self.flow {
                    Flow::Lines => self.line_end(),
                    Flow::Prose if line_ends > 1 => self.separate(Gap::Paragraph),
                    Flow::Prose | Flow::Cell => {}
                }
            }
        }
    }

    fn write_gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        if gap >= Gap::Line {
            // Empty cells at the end of a row.
            self.out.truncate(self.out.trim_end().len());
        }
        if !self.out.is_empty() {
            self.out.push_str(match gap {
                Gap::None => "",
                Gap::Space if self.out.ends_with('\t') => "",
                Gap::Space => " ",
                Gap::Line => "\n",
                Gap::Paragraph => "\n\n",
            });
        }
        self.out.push_str(self.bullet.take().unwrap_or_default());
    }

    fn finish(mut self) -> String {
        self.out.truncate(self.out.trim_end().len());
        self.out
    }
}

/// Bytes of the words that a text begins with, a single space between any two: they read as they stand.
fn single_spaced(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_of_word = |byte: &&u8| !matches!(byte, b' ' | b'\n' | b'\t');
    let (mut end, mut start) = (0, 0);
    loop {
        match bytes[start..].iter().take_while(is_of_word).count() {
            0 => return end,
            word => end = start + word,
        }
        if bytes.get(end) != Some(&b' ') {
            return end;
        }
        start = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::sanitize_html;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_become_one_clean_line() {
        for (raw, want) in [
            ("Acme <b>wins</b> R&amp;D prize", "Acme wins R&D prize"),
            (
                "a < b, I <3 it, <AAPL.O> up & down",
                "a < b, I <3 it, <AAPL.O> up & down",
            ),
            ("if a <b and c> d", "if a <b and c> d"),
            ("Acme&reg; &amp;lt; Bolt&#8217;s", "Acme® &lt; Bolt’s"),
            ("One<br/>two<p>three</p> \u{a0} four\n", "One two three four"),
            ("<script>alert(1)</script>News<!-- x -->", "News"),
            ("\u{202E}evil\u{0} ti\u{AD}tle\u{1b}[0m", "evil title[0m"),
            ("Cafe\u{301}", "Café"),
            ("never <b", "never <b"),
            ("", ""),
        ] {
            assert_eq!(plain_title(raw), want, "{raw:?}");
        }
        assert_eq!(plain_title(&"é".repeat(5_000_000)).chars().count(), MAX_TITLE_CHARS);
    }

    #[test]
    fn html_reads_as_paragraphs_rows_and_items() {
        for (html, want) in [
            ("<p>One</p><p>Two</p>", "One\n\nTwo"),
            ("<div><p>One</p>\n\n\n<div>Two</div></div>three", "One\n\nTwo\n\nthree"),
            ("One<br>two<br> <br/>three", "One\ntwo\n\nthree"),
            ("One\ntwo\n\nthree", "One two\n\nthree"),
            ("<h2>Head</h2>text", "Head\n\ntext"),
            (
                "a<ul><li>x</li><li><p>y</p></li><li></li></ul>b",
                "a\n\n• x\n\n• y\n\nb",
            ),
            (
                "<table><tr><th>a</th><th>b</th></tr><tr><td><p>1</p><p>x</p></td><td></td><td>2</td></tr><tr><td></td><td>3</td><td></td></tr></table>c",
                "a\tb\n1 x\t\t2\n\t3\n\nc",
            ),
            ("<pre>one\n  two\n\nthree</pre>four", "one\ntwo\n\nthree\n\nfour"),
            (
                "<p>BOISE, Oct.  05, 2026\u{a0} (GLOBE\u{202f}NEWSWIRE) -- </p> <p>Text",
                "BOISE, Oct. 05, 2026 (GLOBE NEWSWIRE) --\n\nText",
            ),
            ("<p>AT&amp;T &lt;b&gt; zero\u{200b}width</p>", "AT&T <b> zerowidth"),
            ("see <a href=\"https://x.example\">the page</a>.", "see the page."),
            ("a<b>b</b>c <i> d </i> e", "abc d e"),
            ("", ""),
        ] {
            assert_eq!(html_to_text(html), want, "{html}");
        }
    }

    proptest! {
        #[test]
        fn plain_text_survives_the_way_through_html(paragraphs in proptest::collection::vec("[a-zé&<>\"'0-9]{1,6}( [a-z<&;.]{1,6}){0,3}", 1..5)) {
            let text = paragraphs.join("\n\n");
            // A text that happens to hold a tag or an entity is HTML, by design.
            prop_assume!(!Tokens::new(&text).any(|token| !matches!(token, Token::Text(_))));
            prop_assume!(decode_entities(&text) == text);
            prop_assert_eq!(html_to_text(&sanitize_html(&text, None)), text);
        }

        #[test]
        fn any_text_gives_tidy_text(html in "([<>/='\" a-z&;]|<p>|<td>|<li>|<br>|\n|\\PC){0,60}") {
            let text = html_to_text(&html);
            prop_assert!(!text.contains("\n\n\n") && text.trim_end() == text, "{:?}", text);
            let title = plain_title(&html);
            prop_assert!(!title.contains('\n') && title.trim() == title);
        }
    }
}

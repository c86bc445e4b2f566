//! Splits HTML into tags and text, as far as this crate has to know before or after the real parser.
//!
//! Follows the tokenizer of the HTML standard (13.2.5) for what opens and ends a tag, its attribute values and comments; one
//! linear pass, no tree. Nothing here decides what is safe: that is the parser's work in `html`.

use memchr::memchr;

/// A piece of HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Character data, references not decoded. A `<` that opens nothing is text.
    Text(&'a str),
    /// `<name attributes>`.
    Open(Tag<'a>),
    /// `</name>`.
    Close(Tag<'a>),
}

/// A tag as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// From `<` to `>`.
    pub(crate) source: &'a str,
    /// Name, in the case written.
    pub(crate) name: &'a str,
    /// What stands between the name and `>`.
    pub(crate) attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// Is this the element `name` (given in lower case)?
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Is this one of the elements?
    pub(crate) fn is_one_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name))
    }

    /// Does an HTML author mean a tag by this? `a <b and c> d` and `<AAPL.O>` are prose.
    pub(crate) fn is_html(&self) -> bool {
        let known = self.name.contains(':') || self.is_one_of(ELEMENTS);
        let attributes = self.attributes.trim().trim_end_matches('/');
        known && (self.name.len() > 1 || attributes.is_empty() || attributes.contains('='))
    }

    /// The value of an attribute of a tag that the sanitiser wrote: lower case, double quotes.
    pub(crate) fn written_attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        while let Some((key, tail)) = rest.split_once("=\"") {
            let (value, tail) = tail.split_once('"')?;
            if key.trim() == name {
                return Some(value);
            }
            rest = tail;
        }
        None
    }
}

/// The tokens of a text. Concatenated sources give the text back, but for comments and declarations, which are skipped.
#[derive(Debug, Clone)]
pub(crate) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(html: &'a str) -> Self {
        Self { rest: html }
    }

    /// Skips the content of an element whose content is not text for people, up to and with its end tag, and gives it.
    pub(crate) fn skip_element(&mut self, name: &str) -> &'a str {
        let bytes = self.rest.as_bytes();
        let mut from = 0;
        while let Some(at) = self.rest[from..].find("</").map(|at| from + at) {
            let after = at + 2 + name.len();
            if bytes
                .get(at + 2..after)
                .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
            {
                let end = self.rest[after..]
                    .find('>')
                    .map_or(self.rest.len(), |end| after + end + 1);
                let content = &self.rest[..at];
                self.rest = &self.rest[end..];
                return content;
            }
            from = at + 2;
        }
        std::mem::take(&mut self.rest)
    }

    /// Nothing is left.
    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    fn take(&mut self, len: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(len);
        self.rest = rest;
        taken
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let bytes = self.rest.as_bytes();
            let is_letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
            match bytes {
                [] => return None,
                [b'<', b'!', b'-', b'-', ..] => {
                    let len = comment_len(self.rest);
                    self.take(len);
                }
                [b'<', b'!' | b'?', ..] => {
                    let Some(end) = self.rest.find('>') else {
                        return Some(Token::Text(self.take(self.rest.len())));
                    };
                    self.take(end + 1);
                }
                [b'<', b'/', ..] if is_letter(2) => return Some(self.tag(2)),
                [b'<', ..] if is_letter(1) => return Some(self.tag(1)),
                [_, tail @ ..] => {
                    let len = memchr(b'<', tail).map_or(bytes.len(), |at| at + 1);
                    return Some(Token::Text(self.take(len)));
                }
            }
        }
    }
}

impl<'a> Tokens<'a> {
    /// The tag whose name starts `name_at` bytes from here; text if it never ends.
    fn tag(&mut self, name_at: usize) -> Token<'a> {
        let Some(len) = tag_len(self.rest, name_at) else {
            return Token::Text(self.take(self.rest.len()));
        };
        let source = self.take(len);
        let inside = &source[name_at..len - 1];
        let name_len = inside
            .find(|c: char| c.is_ascii_whitespace() || c == '/')
            .unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(name_len);
        let tag = Tag {
            source,
            name,
            attributes,
        };
        if name_at == 1 {
            Token::Open(tag)
        } else {
            Token::Close(tag)
        }
    }
}

/// Where the tag at the start of `text` ends. A `>` inside a quoted attribute value does not end it.
fn tag_len(text: &str, name_at: usize) -> Option<usize> {
    #[derive(Clone, Copy, PartialEq)]
    enum At {
        TagName,
        BeforeName,
        Name,
        AfterName,
        BeforeValue,
        Unquoted,
        Quoted(u8),
    }
    let mut at = At::TagName;
    for (index, &byte) in text.as_bytes().iter().enumerate().skip(name_at) {
        let space = byte.is_ascii_whitespace();
        at = match at {
            At::Quoted(quote) if byte == quote => At::BeforeName,
            At::Quoted(quote) => At::Quoted(quote),
            _ if byte == b'>' => return Some(index + 1),
            At::BeforeValue if space => At::BeforeValue,
            At::BeforeValue if byte == b'"' || byte == b'\'' => At::Quoted(byte),
            At::BeforeValue => At::Unquoted,
            At::Unquoted if space => At::BeforeName,
            At::Unquoted => At::Unquoted,
            At::Name | At::AfterName if byte == b'=' => At::BeforeValue,
            At::Name | At::AfterName if space => At::AfterName,
            At::TagName | At::BeforeName if space => At::BeforeName,
            _ if byte == b'/' => At::BeforeName,
            At::TagName => At::TagName,
            At::BeforeName | At::Name | At::AfterName => At::Name,
        };
    }
    None
}

/// Where the comment at the start of `text` ends; an unclosed one takes everything.
fn comment_len(text: &str) -> usize {
    for short in ["<!-->", "<!--->"] {
        if text.starts_with(short) {
            return short.len();
        }
    }
    let ends = ["-->", "--!>"].map(|end| text[4..].find(end).map(|at| 4 + at + end.len()));
    ends.into_iter().flatten().min().unwrap_or(text.len())
}

/// Elements of HTML, past and present, and the roots of SVG and MathML.
#[rustfmt::skip]
const ELEMENTS: &[&str] = &[
    "a", "abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "b", "base", "basefont",
    "bdi", "bdo", "bgsound", "big", "blink", "blockquote", "body", "br", "button", "canvas", "caption", "center",
    "cite", "code", "col", "colgroup", "command", "data", "datalist", "dd", "del", "details", "dfn", "dialog",
    "dir", "div", "dl", "dt", "em", "embed", "fieldset", "figcaption", "figure", "font", "footer", "form", "frame",
    "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i", "iframe",
    "image", "img", "input", "ins", "isindex", "kbd", "keygen", "label", "layer", "legend", "li", "link", "listing",
    "main", "map", "mark", "marquee", "math", "menu", "meta", "meter", "nav", "nobr", "noembed", "noframes",
    "noscript", "object", "ol", "optgroup", "option", "output", "p", "param", "picture", "plaintext", "pre",
    "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "script", "search", "section", "select", "slot",
    "small", "source", "spacer", "span", "strike", "strong", "style", "sub", "summary", "sup", "svg", "table",
    "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "track", "tt", "u", "ul",
    "var", "video", "wbr", "xml", "xmp",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(html: &str) -> Vec<String> {
        Tokens::new(html)
            .map(|token| match token {
                Token::Text(text) => format!("text {text}"),
                Token::Open(tag) => format!("open {}", tag.name),
                Token::Close(tag) => format!("close {}", tag.name),
            })
            .collect()
    }

    #[test]
    fn tags_end_where_the_standard_says() {
        for (html, want) in [
            ("a <b>c</b>", &["text a ", "open b", "text c", "close b"][..]),
            ("a < b", &["text a ", "text < b"]),
            ("I <3 you", &["text I ", "text <3 you"]),
            ("<a title='x>y' b>z", &["open a", "text z"]),
            ("<p don't>z</p>", &["open p", "text z", "close p"]),
            ("<x =\">\">", &["open x", "text \">"]),
            ("<x a=b='>'>", &["open x", "text '>"]),
            ("<!--><b>x", &["open b", "text x"]),
            ("<!-- <b> --!>x<!-- y", &["text x"]),
            ("<?xml v?><!DOCTYPE html>x", &["text x"]),
            ("never <ends", &["text never ", "text <ends"]),
            ("<br/>", &["open br"]),
        ] {
            assert_eq!(shown(html), want, "{html}");
        }
    }

    #[test]
    fn prose_is_told_from_tags() {
        for (source, want) in [
            ("<b>", true),
            ("<a href=x>", true),
            ("<br />", true),
            ("<o:p>", true),
            ("<script async>", true),
            ("<b and c>", false),
            ("<AAPL.O>", false),
            ("<company>", false),
        ] {
            let Some(Token::Open(tag)) = Tokens::new(source).next() else {
                panic!("{source} opens")
            };
            assert_eq!(tag.is_html(), want, "{source}");
        }
    }

    proptest! {
        #[test]
        fn nothing_but_comments_is_lost(html in "([<>/='\" a-z&]|\\PC){0,80}") {
            let sources: String = Tokens::new(&html)
                .map(|token| match token {
                    Token::Text(text) => text,
                    Token::Open(tag) | Token::Close(tag) => tag.source,
                })
                .collect();
            prop_assert!(html.contains("<!") || html.contains("<?") || sources == html);
        }
    }
}

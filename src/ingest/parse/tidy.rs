//! Mends XML so that every later reader agrees on what it says: one linear pass, no look-back.
//!
//! In: decoded text. Out: a document element that is well-formed, at most so deep, with every prefix declared and every known
//! namespace under its proper URI; and whether the document was cut. A clean document element passes unchanged and unmentioned; what
//! stands around it (DOCTYPE, comments, processing instructions) goes. Entities that the DOCTYPE defines become text here, within narrow
//! bounds, and nothing is ever fetched for one.
//!
//! The depth limit must hold here: feed-rs reads nested `media:*` by recursion, and 20 KB of it overflow a thread's stack, which
//! ends the whole daemon and cannot be caught.

use std::fmt::Write as _;
use std::sync::LazyLock;

use memchr::{memchr, memchr2, memchr3, memmem};

use super::Repairs;
use super::doctype::Entities;
use super::token::{Reference, TagEnd, instruction_end, is_xml_char, reference, tag_end};
use crate::text;

mod attributes;

/// A document element after mending.
#[derive(Debug)]
pub(super) struct Tidied {
    pub(super) xml: String,
    /// Where the document ended, if with elements open.
    pub(super) cut: Option<Cut>,
}

/// Where a document broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Between items, or within one of which too little is whole to keep it.
    Elsewhere,
    /// Within the last item.
    WithinItem,
}

/// Mends a document.
pub(super) fn tidy(input: &str, max_depth: usize, repairs: &mut Repairs) -> Tidied {
    let mut pass = Pass {
        input,
        at: 0,
        out: String::with_capacity(input.len() + 64),
        frames: Vec::new(),
        prefixes: Vec::new(),
        undeclared: Vec::new(),
        has_odd_characters: may_hold_odd_characters(input.as_bytes()),
        entities: Entities::default(),
        root_name_end: None,
        skipped: 0,
        root_ended: false,
        next_items: [0; ITEMS.len()],
        cdata_end: 0,
        comments_are_open: false,
        item: None,
        whole: [false; 3],
        max_depth,
        repairs,
    };
    pass.run();
    let cut = pass.close();
    pass.declare();
    Tidied { xml: pass.out, cut }
}

/// What begins and ends a CDATA section: a search that is set up once.
static OPENING: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("<![CDATA["));
static CLOSING: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("]]>"));

/// What an item begins with.
const ITEMS: [&[u8]; 3] = [b"<item", b"<entry", b"<url>"];

/// Elements of an item that hold no item.
const LEAVES: &[&str] = &[
    "title",
    "link",
    "description",
    "summary",
    "content",
    "encoded",
    "guid",
    "id",
    "pubDate",
    "published",
    "updated",
    "author",
    "creator",
    "category",
    "comments",
    "source",
    "enclosure",
    "image",
    "group",
    "thumbnail",
    "keywords",
    "credit",
];

/// Fields of RSS that no text holds, not even as HTML: where one begins, what is open before it was not closed.
const FIELDS: &[&str] = &["guid", "pubDate"];
/// The same for a title, which holds a few words.
const FIELDS_AFTER_A_TITLE: &[&str] = &["guid", "pubDate", "link", "description", "content:encoded"];

/// An element that is open.
struct Frame<'a> {
    name: &'a str,
    /// Where its start tag begins in the output.
    start: usize,
    /// How many prefixes were declared outside of it.
    outer_prefixes: usize,
}

struct Pass<'a, 'r> {
    input: &'a str,
    at: usize,
    out: String,
    frames: Vec<Frame<'a>>,
    /// Prefixes declared on open elements.
    prefixes: Vec<&'a str>,
    /// Prefixes used without declaration.
    undeclared: Vec<&'a str>,
    /// Somewhere in the document may be characters that must not stay.
    has_odd_characters: bool,
    /// What the DOCTYPE defines.
    entities: Entities<'a>,
    /// Where declarations can be added to the root's start tag.
    root_name_end: Option<usize>,
    /// Elements open below the depth limit.
    skipped: usize,
    /// The root's end tag was seen, and items came after it.
    root_ended: bool,
    /// Where the next item of the input begins, by each way to write one, as far as it was looked for.
    next_items: [usize; ITEMS.len()],
    /// Where the next CDATA section ends that was looked for: one search serves all that begin before.
    cdata_end: usize,
    /// No comment that begins from here on has an end.
    comments_are_open: bool,
    /// The item that is open, as an index of `frames`: a child of the root or of the channel.
    item: Option<usize>,
    /// The open item has a complete title, a complete link or id, and a complete text.
    whole: [bool; 3],
    max_depth: usize,
    repairs: &'r mut Repairs,
}

impl<'a> Pass<'a, '_> {
    fn run(&mut self) {
        while self.at < self.input.len() && !self.is_over() {
            let rest = &self.input[self.at..];
            let text_end = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
            self.text(&rest[..text_end]);
            self.at += text_end;
            let rest = &rest[text_end..];
            if rest.is_empty() {
                break;
            }
            self.at += self.markup(rest);
        }
        if !self.input[self.at..].trim().is_empty() && !self.input[self.at..].trim_start().starts_with("<!--") {
            self.repairs.add("trailing-junk");
        }
    }

    /// The document element is closed.
    fn is_over(&self) -> bool {
        self.frames.is_empty() && self.root_name_end.is_some()
    }

    /// Text is kept however deep it lies; the elements around it are not.
    fn is_kept(&self) -> bool {
        !self.frames.is_empty()
    }

    /// Handles what begins with `<` and says how many bytes it took.
    fn markup(&mut self, rest: &'a str) -> usize {
        match rest.as_bytes().get(1) {
            Some(b'/') => self.end_tag(&rest["</".len()..]),
            Some(b'!') => self.declaration(rest),
            Some(b'?') => {
                if starts_with_ignoring_case(rest, "<?xml ") {
                    self.repairs.add("stray-xml-declaration");
                }
                // Processing instructions mean nothing to a feed.
                "<?".len() + instruction_end(&rest["<?".len()..])
            }
            Some(_) | None => match tag_end(rest) {
                TagEnd::At(end) => {
                    self.start(&rest[1..end]);
                    end + 1
                }
                TagEnd::NoTag => self.bare_less_than(),
                TagEnd::Cut => rest.len(),
            },
        }
    }

    /// What begins with `<!`.
    fn declaration(&mut self, rest: &'a str) -> usize {
        // Comments mean nothing to a feed; one without an end would take all items behind it along.
        if let Some(body) = rest.strip_prefix("<!--") {
            let end = Some(body)
                .filter(|_| !self.comments_are_open)
                .and_then(|body| body.find("-->"));
            self.comments_are_open = end.is_none();
            return match end {
                Some(end) => "<!--".len() + end + "-->".len(),
                None if self.has_item_ahead() => self.bare_less_than(),
                None => rest.len(),
            };
        }
        if let Some(body) = rest.strip_prefix("<![CDATA[") {
            let (length, close) = self.cdata(body);
            let Some(length) = length else { return rest.len() };
            if self.is_kept() {
                self.out.push_str("<![CDATA[");
                self.characters(&body[..length]);
                self.out.push_str("]]>");
            }
            return "<![CDATA[".len() + length + close.len();
        }
        if starts_with_ignoring_case(rest, "<!doctype") {
            if self.frames.is_empty() || self.root_ended {
                return self.entities.doctype(rest, self.repairs);
            }
            // That of a page in a text: it defines nothing.
            let end = memchr3(b'>', b'[', b'<', &rest.as_bytes()[1..]).map(|end| end + 1);
            if let Some(end) = end.filter(|end| rest[*end..].starts_with('>')) {
                return end + ">".len();
            }
        }
        self.bare_less_than()
    }

    /// What begins with `</`; `body` comes after that.
    fn end_tag(&mut self, body: &str) -> usize {
        match memchr2(b'>', b'<', body.as_bytes()) {
            Some(end) if body[end..].starts_with('>') => {
                self.end(body[..end].trim());
                "</".len() + end + ">".len()
            }
            Some(_) => self.bare_less_than(),
            None => {
                // The very last tag, damaged: `</rss`, `</rss=`.
                let name = body.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
                if self.frames.last().is_some_and(|frame| frame.name == name) {
                    self.repairs.add("unbalanced-tags");
                    self.end(name);
                }
                "</".len() + body.len()
            }
        }
    }

    /// How long a CDATA section is, and what ends it. One without an end would swallow the items behind it, up to the end of another section:
    /// then it ends where its element does.
    fn cdata(&mut self, body: &str) -> (Option<usize>, &'static str) {
        let start = self.input.len() - body.len();
        if self.cdata_end < start {
            self.cdata_end = CLOSING.find(body.as_bytes()).map_or(usize::MAX, |end| start + end);
        }
        let end = Some(self.cdata_end)
            .filter(|end| *end != usize::MAX)
            .map(|end| end - start);
        let inner = &body[..end.unwrap_or(body.len())];
        // A proper section holds no other; most end the question here.
        let swallowed = match (OPENING.find(inner.as_bytes()), end) {
            (None, Some(_)) => None,
            (Some(at), Some(_)) => item_end(&inner[..at]),
            (_, None) => item_end(inner),
        };
        // At the latest where the item does: the element's end tag may be lost as well.
        let element_end = |item_end: usize| {
            let name = self.frames.last().map_or("", |frame| frame.name);
            memmem::find(&inner.as_bytes()[..item_end], format!("</{name}").as_bytes()).unwrap_or(item_end)
        };
        match swallowed.map(element_end) {
            Some(own) => {
                self.repairs.add("unclosed-cdata");
                (Some(own), "")
            }
            None => (end, "]]>"),
        }
    }

    fn bare_less_than(&mut self) -> usize {
        self.repairs.add("bare-less-than");
        if self.is_kept() {
            self.out.push_str("&lt;");
        }
        1
    }

    fn text(&mut self, text: &str) {
        if self.is_kept() {
            self.references(text);
        } else if self.frames.is_empty() && self.root_name_end.is_none() && !text.trim().is_empty() {
            self.repairs.add("leading-junk");
        }
    }

    /// Appends text in which references count.
    fn references(&mut self, mut text: &str) {
        while let Some(at) = memchr(b'&', text.as_bytes()) {
            self.characters(&text[..at]);
            text = &text[at..];
            let (length, meaning) = reference(text);
            match meaning {
                Reference::Proper => self.out.push_str(&text[..length]),
                Reference::Number(c) => {
                    self.repairs.add("bad-reference");
                    self.escaped(c);
                }
                Reference::Html(first, second) => {
                    self.repairs.add("html-entity");
                    self.escaped(first);
                    second.into_iter().for_each(|c| self.escaped(c));
                }
                Reference::Name(name) => match self.entities.expand(name) {
                    // Its own references are XML's alone: this ends here.
                    Some(value) => self.references(value),
                    None => {
                        self.repairs.add("bare-ampersand");
                        self.out.push_str("&amp;");
                        self.characters(&text[1..length]);
                    }
                },
                Reference::None => {
                    self.repairs.add("bare-ampersand");
                    self.out.push_str("&amp;");
                }
            }
            text = &text[length..];
        }
        self.characters(text);
    }

    fn escaped(&mut self, c: char) {
        // Writing to a string cannot fail.
        let _ = write!(self.out, "&#{};", u32::from(c));
    }

    /// Appends text without the characters that XML 1.0 (section 2.2) forbids.
    fn characters(&mut self, text: &str) {
        if !self.has_odd_characters || text.chars().all(|c| is_xml_char(c) && !is_c1(c)) {
            self.out.push_str(text);
        } else {
            self.repairs.add("illegal-characters");
            self.out
                .extend(text.chars().map(text::without_c1).filter(|c| is_xml_char(*c)));
        }
    }

    fn start(&mut self, tag: &'a str) {
        let (tag, is_empty) = match tag.strip_suffix('/') {
            Some(open) => (open, true),
            None => (tag, false),
        };
        let name = &tag[..tag
            .bytes()
            .position(|byte| byte.is_ascii_whitespace() || byte == b'/')
            .unwrap_or(tag.len())];
        self.leave_unclosed_item(name);
        self.leave_unclosed_field(name);
        if self.root_ended && self.frames.first().is_some_and(|root| root.name == name) {
            return;
        }
        if self.skipped > 0 || self.frames.len() >= self.max_depth {
            self.repairs.add("too-deep");
            // An empty element at the limit has nothing below to skip.
            self.skipped += usize::from(!is_empty);
            return;
        }
        let is_root = self.root_name_end.is_none();
        let start = self.out.len();
        let outer_prefixes = self.prefixes.len();
        self.out.push('<');
        self.out.push_str(name);
        if is_root {
            self.root_name_end = Some(self.out.len());
        }
        self.attributes(name, &tag[name.len()..], is_root);
        self.use_prefix_of(name);
        if is_empty {
            self.out.push_str("/>");
            self.prefixes.truncate(outer_prefixes);
            self.complete(name);
        } else {
            self.out.push('>');
            self.frames.push(Frame {
                name,
                start,
                outer_prefixes,
            });
            let at = self.frames.len() - 1;
            if self.item.is_none() && (1..=2).contains(&at) && matches!(local(name), "item" | "entry" | "url") {
                self.item = Some(at);
                self.whole = [false; 3];
            }
        }
    }

    /// Notes that an element has ended: what of an item stands whole decides whether a cut one is worth keeping.
    fn complete(&mut self, name: &str) {
        if self.item.is_some_and(|item| item + 1 == self.frames.len()) {
            match local(name) {
                "title" => self.whole[0] = true,
                "link" | "guid" | "id" => self.whole[1] = true,
                "description" | "summary" | "encoded" | "content" => self.whole[2] = true,
                _ => {}
            }
        }
    }

    /// Feeds do not nest items: a second one means that the first, or a text in it, was not closed. Within an element of another kind it is
    /// that element's business.
    fn leave_unclosed_item(&mut self, name: &str) {
        let Some(open) = self.item.filter(|open| self.frames[*open].name == name) else {
            return;
        };
        let within = self.frames.get(open + 1).map(|frame| local(frame.name));
        if within.is_none_or(|within| LEAVES.contains(&within)) {
            self.repairs.add("unbalanced-tags");
            self.skipped = 0;
            while self.frames.len() > open {
                self.pop();
            }
        }
    }

    /// A field of the open item in which another begins that it cannot hold: its end tag is lost or mistyped.
    fn leave_unclosed_field(&mut self, name: &str) {
        let Some(field) = self
            .item
            .map(|item| item + 1)
            .filter(|field| *field < self.frames.len())
        else {
            return;
        };
        let is_unclosed = match self.frames[field].name {
            "title" => FIELDS_AFTER_A_TITLE.contains(&name),
            "link" | "description" | "guid" | "pubDate" => FIELDS.contains(&name),
            _ => false,
        };
        if is_unclosed {
            self.repairs.add("unbalanced-tags");
            while self.frames.len() > field {
                self.pop();
            }
        }
    }

    /// Does an item begin further on? Each byte is looked at once for each way to write one, however often this is asked.
    fn has_item_ahead(&mut self) -> bool {
        let (input, at) = (self.input.as_bytes(), self.at);
        for (next, tag) in self.next_items.iter_mut().zip(ITEMS) {
            if *next <= at {
                *next = memmem::find(&input[at..], tag).map_or(usize::MAX, |further| at + further);
            }
        }
        self.next_items.iter().any(|next| *next != usize::MAX)
    }

    fn end(&mut self, name: &str) {
        if self.skipped > 0 {
            let closes_item = self.item.is_some_and(|open| self.frames[open].name == name);
            if !closes_item {
                self.skipped -= 1;
                return;
            }
            self.skipped = 0;
        }
        let same = |frame: &Frame<'_>| frame.name == name;
        let own = self.frames.iter().rposition(same);
        // Two feeds were glued together, or a text closes what it did not open: as long as items follow, the feed goes on.
        if own == Some(0) && self.has_item_ahead() {
            self.repairs.add("unbalanced-tags");
            self.root_ended = true;
            return;
        }
        let Some(open) = own.or_else(|| {
            self.frames
                .iter()
                .rposition(|frame| frame.name.eq_ignore_ascii_case(name))
        }) else {
            // It closes nothing that is open.
            self.repairs.add("unbalanced-tags");
            return;
        };
        if open + 1 < self.frames.len() || !same(&self.frames[open]) {
            self.repairs.add("unbalanced-tags");
        }
        while self.frames.len() > open {
            self.pop();
        }
    }

    /// Closes the innermost element.
    fn pop(&mut self) {
        if let Some(frame) = self.frames.pop() {
            self.out.push_str("</");
            self.out.push_str(frame.name);
            self.out.push('>');
            self.prefixes.truncate(frame.outer_prefixes);
            self.item = self.item.filter(|item| *item < self.frames.len());
            self.complete(frame.name);
        }
    }

    /// Ends the output, and says whether the input ended too early.
    fn close(&mut self) -> Option<Cut> {
        if self.frames.is_empty() {
            return None;
        }
        let mut cut = Some(Cut::Elsewhere);
        // A cut item that has title, link and one text can be told and is worth showing; with less it is left out.
        if let Some(open) = self.item {
            let kept = if self.whole == [true; 3] {
                cut = Some(Cut::WithinItem);
                open + 1
            } else {
                open
            };
            if let Some(first) = self.frames.get(kept) {
                self.out.truncate(first.start);
                self.frames.truncate(kept);
            }
        } else if self.root_ended {
            cut = None;
        }
        if cut.is_some() {
            self.repairs.add("truncated");
        }
        while !self.frames.is_empty() {
            self.pop();
        }
        cut
    }
}

/// Where an item ends in this text.
fn item_end(text: &str) -> Option<usize> {
    let ends = ["</item>", "</entry>"].map(|tag| memmem::find(text.as_bytes(), tag.as_bytes()));
    ends.into_iter().flatten().min()
}

/// Whether UTF-8 may hold what XML forbids or a C1 control: one look at each byte and its neighbour, which the compiler does many at a time.
/// Says yes too often, never no.
fn may_hold_odd_characters(bytes: &[u8]) -> bool {
    let is_control = |byte: u8| (byte < 0x20) & (byte != b'\t') & (byte != b'\n') & (byte != b'\r');
    // U+0080 to U+009F begin with C2; U+FFFE and U+FFFF end with BF BE and BF BF.
    let is_odd = |first: u8, second: u8| ((first == 0xC2) & (second < 0xA0)) | ((first == 0xBF) & (second >= 0xBE));
    bytes.iter().fold(false, |found, byte| found | is_control(*byte))
        | bytes
            .windows(2)
            .fold(false, |found, pair| found | is_odd(pair[0], pair[1]))
}

fn is_c1(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}')
}

/// A qualified name without its prefix.
fn local(name: &str) -> &str {
    colon(name).map_or(name, |at| &name[at + 1..])
}

/// Where the prefix of a name ends. Names are too short for a search that has to be set up.
fn colon(name: &str) -> Option<usize> {
    name.bytes().position(|byte| byte == b':')
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(input: &str) -> (String, Vec<&'static str>, bool) {
        let mut repairs = Repairs::default();
        let tidied = tidy(input, 6, &mut repairs);
        (tidied.xml, repairs.into_names(), tidied.cut.is_some())
    }

    #[test]
    fn a_clean_document_passes_unchanged() {
        for clean in [
            r#"<rss version="2.0"><channel><title>A &amp; B &#169; &#x2019;</title></channel></rss>"#,
            "<rss\n  version='2.0'\n><channel><a b='\"' c = \"it's > 1\"/><br /></channel  ></rss>",
            r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/x"><entry><title type="html"><![CDATA[a & b &nbsp; <]]></title></entry></feed>"#,
            r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="u"/></rdf:RDF>"#,
            "<feed>a</feed>",
        ] {
            let around = format!(
                "<!DOCTYPE rss><!-- x -->\n<?xml-stylesheet href='a'?>{clean}<!-- a < b & c --><?php x ?>\n<!-- end -->\n"
            );
            // White space in an end tag is the one freedom that is not kept.
            assert_eq!(
                tidied(&around),
                (clean.replace("</channel  >", "</channel>"), vec![], false),
                "{clean}"
            );
        }
    }

    #[test]
    fn damage_is_mended_and_named() {
        for (input, want, repair) in [
            ("junk<a/>", "<a/>", "leading-junk"),
            ("<a/>junk", "<a/>", "trailing-junk"),
            (
                "<a>AT&T &copy=1 & &#38</a>",
                "<a>AT&amp;T &amp;copy=1 &amp; &amp;#38</a>",
                "bare-ampersand",
            ),
            ("<a b='x?p=1&q=2'/>", "<a b='x?p=1&amp;q=2'/>", "bare-ampersand"),
            ("<a>&nbsp;&eacute;</a>", "<a>&#160;&#233;</a>", "html-entity"),
            (
                "<a>&#146;&#X41;&#0;&#xD800;&#99999999999;</a>",
                "<a>&#8217;&#65;&#65533;&#65533;&#65533;</a>",
                "bad-reference",
            ),
            ("<a>x\u{0}\u{b}y\u{ffff}</a>", "<a>xy</a>", "illegal-characters"),
            (
                "<a><![CDATA[x\u{1b}y]]></a>",
                "<a><![CDATA[xy]]></a>",
                "illegal-characters",
            ),
            ("<a>1 < 2 <3</a>", "<a>1 &lt; 2 &lt;3</a>", "bare-less-than"),
            ("<a><b c=\"d>e<f/></a>", "<a>&lt;b c=\"d>e<f/></a>", "bare-less-than"),
            ("<a><b><c></b></a>", "<a><b><c></c></b></a>", "unbalanced-tags"),
            ("<a></b></a>", "<a></a>", "unbalanced-tags"),
            (
                "<a><pubDate></pubdate></a>",
                "<a><pubDate></pubDate></a>",
                "unbalanced-tags",
            ),
            (
                "<a><item><title><item/></a>",
                "<a><item><title></title></item><item/></a>",
                "unbalanced-tags",
            ),
            (
                "<a b=c d e='f'g='h' b='i'/>",
                "<a b=\"c\" d=\"d\" e=\"f\" g=\"h\"/>",
                "attribute-syntax",
            ),
            ("<a xmlns:xml='u' xml:base='http://'/>", "<a/>", "attribute-syntax"),
            (
                "<a><?xml version='1.0' encoding='windows-1252'?></a>",
                "<a></a>",
                "stray-xml-declaration",
            ),
            ("<!DOCTYPE a [<!ENTITY b 'c>'>]><a>&b;</a>", "<a>c></a>", "internal-dtd"),
            ("<rss/>", "<rss version=\"2.0\"/>", "rss-version"),
            ("<rss version='0.93'/>", "<rss version=\"0.92\"/>", "rss-version"),
            (
                "<rss version='2.0' xmlns='http://backend.userland.com/rss2'/>",
                "<rss version=\"2.0\"/>",
                "namespace-alias",
            ),
            (
                "<a xmlns:dc='https://purl.org/dc/elements/1.1'/>",
                "<a xmlns:dc=\"http://purl.org/dc/elements/1.1/\"/>",
                "namespace-alias",
            ),
            (
                "<a><dc:date/></a>",
                "<a xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:date/></a>",
                "undeclared-namespace",
            ),
            (
                "<a><foo:title/></a>",
                "<a xmlns:foo=\"undeclared:foo\"><foo:title/></a>",
                "undeclared-namespace",
            ),
            (
                "<a><b><c><d><e><f><g><h></g></f></e></d></c></b>i</a>",
                "<a><b><c><d><e><f></f></e></d></c></b>i</a>",
                "too-deep",
            ),
        ] {
            let (xml, repairs, cut) = tidied(input);
            assert_eq!((xml.as_str(), cut), (want, false), "{input}");
            assert!(repairs.contains(&repair), "{input}: {repairs:?}");
        }
    }

    #[test]
    fn a_cut_document_keeps_its_complete_items() {
        for input in [
            "<rss version='2.0'><channel><item>1</item><item><title>2",
            "<rss version='2.0'><channel><item>1</item><item><title>2</tit",
            "<rss version='2.0'><channel><item>1</item><item><a b='c",
            "<rss version='2.0'><channel><item>1</item><item><!-- x</item>",
            "<rss version='2.0'><channel><item>1</item>",
            "<rss version='2.0'><channel><item>1</item></channel>",
        ] {
            let (xml, repairs, cut) = tidied(input);
            assert_eq!(
                xml, "<rss version='2.0'><channel><item>1</item></channel></rss>",
                "{input}"
            );
            assert!(cut && repairs == ["truncated"], "{input}");
        }
    }

    #[test]
    fn an_item_that_goes_too_deep_does_not_take_the_next_one_with_it() {
        let deep = "<b>".repeat(50);
        let (xml, _, cut) = tidied(&format!(
            "<rss version='2.0'><channel><item>{deep}</item><item>2</item></channel></rss>"
        ));
        assert!(xml.ends_with("<item>2</item></channel></rss>") && !cut, "{xml}");
    }
}

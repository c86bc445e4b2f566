//! Reads a text element as HTML source, whatever its feed calls it.
//!
//! In: an element with text or markup. Out: HTML that shows what the publisher meant to be seen, not yet sanitised. RSS never says whether
//! a text is HTML; Atom says so (RFC 4287, section 3.1.1), and often wrongly.

use std::borrow::Cow;

use base64::prelude::{BASE64_STANDARD, Engine};

use super::scan::Node;
use crate::text;

/// The namespace of XHTML.
const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// A text element as HTML source: markup as it stands, plain text escaped. `parsed` is feed-rs's reading of it, where there is one.
pub(super) fn html(node: &Node, xml: &str, parsed: Option<&str>) -> Option<String> {
    if node.has_markup {
        return node.shown(xml).map(|shown| without_prefix(node, shown));
    }
    let said = node.said()?;
    let said: &str = &without_cdata_marks(parsed.unwrap_or(said));
    if node.vocabulary != "atom" {
        // RSS does not say; a title without an end tag in it is about tags at most.
        let is_title = node.name == "title";
        return Some(if is_title { plain(said) } else { said.trim().to_owned() }).filter(|text| !text.is_empty());
    }
    match TextForm::of(node) {
        TextForm::Html => Some(said.to_owned()),
        TextForm::Plain => Some(plain(said)),
        // RFC 4287, section 4.1.3.3: what is neither text nor XML stands there in base64. A picture is no text; a title that only calls
        // itself one is.
        TextForm::Base64 => match base64(said).map(String::from_utf8) {
            Some(Ok(decoded)) => Some(decoded.trim().to_owned()),
            Some(Err(_)) if node.name == "content" => None,
            Some(Err(_)) | None => Some(said.to_owned()),
        },
    }
}

/// XHTML without the prefix that its elements have (`<x:p>`): HTML knows none. It is that of the first element, if that is XHTML: by its
/// own declaration, else by the element that it stands in.
fn without_prefix(node: &Node, shown: String) -> String {
    let first = shown.find('<').map_or("", |at| &shown[at + 1..]);
    let tag = first.split_once('>').map_or(first, |(tag, _)| tag);
    let name = tag
        .split(|c: char| c.is_ascii_whitespace() || c == '/')
        .next()
        .unwrap_or(tag);
    let Some((prefix, _)) = name.split_once(':') else {
        return shown;
    };
    let declared = tag.split_once(&format!("xmlns:{prefix}="));
    let is_xhtml = match declared {
        Some((_, uri)) => uri.get(1..).is_some_and(|uri| uri.starts_with(XHTML)),
        None => node.vocabulary == "xhtml" || node.attribute("type").is_some_and(|kind| kind.contains("xhtml")),
    };
    if is_xhtml {
        let (open, close) = (format!("<{prefix}:"), format!("</{prefix}:"));
        shown.replace(&open, "<").replace(&close, "</")
    } else {
        shown
    }
}

/// The text without the marks of CDATA sections that were escaped or nested: no author means to show them.
fn without_cdata_marks(said: &str) -> Cow<'_, str> {
    const OPEN: &str = "<![CDATA[";
    if said.contains(OPEN) {
        said.replace(OPEN, "").replace("]]>", "").into()
    } else {
        said.into()
    }
}

/// A text that its format calls plain, as HTML source. Some publishers put HTML there all the same.
pub(super) fn plain(said: &str) -> String {
    // `R&D` and `1 < 2` mean the same in HTML, as everyone reads it.
    if text::looks_like_html(said) || !text::has_markup(said) {
        said.to_owned()
    } else {
        text::escape_html(said).into_owned()
    }
}

/// How the text of an Atom element is written (RFC 4287, section 3.1.1; Atom 0.3 `mode`).
enum TextForm {
    Plain,
    Html,
    Base64,
}

impl TextForm {
    fn of(node: &Node) -> Self {
        let kind = node.attribute("type").unwrap_or_default().trim().to_ascii_lowercase();
        let mode = node.attribute("mode").unwrap_or_default();
        if mode.eq_ignore_ascii_case("base64") {
            Self::Base64
        } else if kind.contains("html") || kind.contains("xml") || mode.eq_ignore_ascii_case("escaped") {
            Self::Html
        } else if !kind.contains('/') || kind.starts_with("text/") {
            Self::Plain
        } else {
            Self::Base64
        }
    }
}

/// Base64 with the line breaks that XML authors put into it.
fn base64(text: &str) -> Option<Vec<u8>> {
    let dense: String = text.split_ascii_whitespace().collect();
    BASE64_STANDARD.decode(dense).ok()
}

#[cfg(test)]
mod tests {
    use super::super::{Options, Repairs, scan};

    fn title(element: &str) -> Option<String> {
        let xml = format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry>{element}</entry></feed>");
        let scanned = scan::scan(&xml, None, &Options::default(), &mut Repairs::default()).expect("a feed");
        super::html(&scanned.items[0].1.children[0], &xml, None)
    }

    #[test]
    fn text_is_read_by_its_type_and_by_what_it_looks_like() {
        for (element, want) in [
            ("<title>a &lt;b&gt; c</title>", Some("a &lt;b&gt; c")),
            ("<title type='text'>a &lt;b&gt;c&lt;/b&gt;</title>", Some("a <b>c</b>")),
            ("<title type='html'>a &lt;b&gt; c</title>", Some("a <b> c")),
            ("<title type='xhtml'><div>a <b>c</b></div></title>", Some("a <b>c</b>")),
            (
                "<content type='xhtml'><x:div xmlns:x='http://www.w3.org/1999/xhtml'><x:p>hi<x:br/></x:p></x:div></content>",
                Some("<div xmlns:x='http://www.w3.org/1999/xhtml'><p>hi<br/></p></div>"),
            ),
            (
                "<content type='xhtml' xmlns:x='http://www.w3.org/1999/xhtml'><x:div><x:p>hi</x:p><y:p>ho</y:p></x:div></content>",
                Some("<div><p>hi</p><y:p>ho</y:p></div>"),
            ),
            (
                "<h:body xmlns:h='http://www.w3.org/1999/xhtml'>a <h:b>c</h:b></h:body>",
                Some("a <b>c</b>"),
            ),
            (
                "<content type='xhtml'><x:p xmlns:x='urn:x'>hi</x:p></content>",
                Some("<x:p xmlns:x='urn:x'>hi</x:p>"),
            ),
            ("<content type='xml'><x:p>hi</x:p></content>", Some("<x:p>hi</x:p>")),
            ("<title>AT&amp;amp;T</title>", Some("AT&amp;T")),
            ("<title>AT&amp;T</title>", Some("AT&T")),
            ("<title mode='base64'>YSA8Yj5j\nPC9iPg==</title>", Some("a <b>c</b>")),
            (
                "<title type='application/octet-stream'>News of the day</title>",
                Some("News of the day"),
            ),
            (
                "<content type='application/octet-stream'>YSA8Yj5jPC9iPg==</content>",
                Some("a <b>c</b>"),
            ),
            ("<content type='image/png'>iVBORw0KGgo=</content>", None),
            ("<content type='image/png'>See below.</content>", Some("See below.")),
            ("<content/>", None),
            ("<title>&lt;![CDATA[Acme wins]]&gt;</title>", Some("Acme wins")),
            (
                "<title><![CDATA[A <![CDATA[nested]]> title]]></title>",
                Some("A nested title"),
            ),
        ] {
            assert_eq!(title(element).as_deref(), want, "{element}");
        }
    }
}

//! Has feed-rs read one item: its texts and its rights.
//!
//! In: the scanned item. Out: what feed-rs makes of the elements that its format defines. Each item is a document of its own here:
//! a new parser (feed-rs breaks an assertion when one is used again after an error), the plainest tags of its format around it, and a panic
//! is an error of that item alone. Elements on which feed-rs panics or gives up are not in that document: `media:*`, `itunes:*` and persons (number
//! overflow, slices off character boundaries), Atom types that it does not know, texts that are empty.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model::Entry;
use feed_rs::parser;

use super::scan::{Node, Scanned};

/// The vocabularies whose elements feed-rs is given.
pub(super) const VOCABULARIES: &[&str] = &["rss", "content", "atom"];

/// feed-rs on one item. The error says why, for a person.
pub(super) fn read(node: &Node, scanned: &Scanned<'_>) -> Result<Entry, String> {
    if node.children.is_empty() {
        return Ok(Entry::default());
    }
    let document = document(node, scanned);
    one_entry(document.as_bytes())?.ok_or_else(|| "feed-rs finds no item in it".to_owned())
}

/// feed-rs on a document that holds at most one item.
fn one_entry(document: &[u8]) -> Result<Option<Entry>, String> {
    let parsed = catch_unwind(AssertUnwindSafe(|| {
        parser::Builder::new()
            // By default a missing id is made up, at random if need be, and would be new at every poll.
            .id_generator(|_, _, _| String::new())
            .sanitize_content(false)
            // Dates are read from their raw text.
            .timestamp_parser(|_| None)
            .build()
            .parse(document)
    }));
    match parsed {
        Ok(Ok(feed)) => Ok(feed.entries.into_iter().next()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("feed-rs panicked on it".to_owned()),
    }
}

/// The item as a document of its format, whatever tags stood around it, reduced to what feed-rs is asked for.
fn document(node: &Node, scanned: &Scanned<'_>) -> String {
    let (open, close) = match scanned.own {
        "atom" => ("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry>", "</entry></feed>"),
        _ => (
            "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><item>",
            "</item></channel></rss>",
        ),
    };
    let mut document = String::with_capacity(open.len() + node.inner.len() + close.len());
    document.push_str(open);
    for child in &node.children {
        element(child, scanned.xml, &mut document);
    }
    document.push_str(close);
    document
}

/// Appends one child, if feed-rs is to read it. Inline markup is taken from the scan: feed-rs keeps the first run of text alone.
fn element(child: &Node, xml: &str, document: &mut String) {
    if child.has_markup || child.said().is_none() {
        return;
    }
    let text = &xml[child.inner.clone()];
    // Writing to a string cannot fail.
    let _ = match (child.vocabulary.as_ref(), child.name.as_str()) {
        ("rss", name @ ("title" | "description")) => write!(document, "<{name}>{text}</{name}>"),
        ("content", "encoded") => write!(document, "<content:encoded>{text}</content:encoded>"),
        ("atom", name @ ("title" | "summary" | "content" | "rights")) => {
            let kind = text_type(child.attribute("type").unwrap_or_default());
            write!(document, "<{name} type=\"{kind}\">{text}</{name}>")
        }
        _ => Ok(()),
    };
}

/// The types of RFC 4287, section 3.1.1, from those that feeds write: `TEXT`, `text/plain`, `application/xhtml+xml`, `HTML`.
fn text_type(written: &str) -> &'static str {
    if written.to_ascii_lowercase().contains("html") {
        "html"
    } else {
        "text"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_types_that_feeds_write() {
        for (written, want) in [
            ("", "text"),
            ("TEXT", "text"),
            ("text/plain", "text"),
            ("text/html", "html"),
            ("xhtml", "html"),
            ("foo", "text"),
        ] {
            assert_eq!(text_type(written), want, "{written}");
        }
    }

    #[test]
    fn a_panic_of_feed_rs_is_an_error_of_one_item() {
        let document = "<rss version=\"2.0\"><channel><item><author>Doe—jane@e.example</author></item></channel></rss>";
        assert_eq!(one_entry(document.as_bytes()), Err("feed-rs panicked on it".to_owned()));
    }
}

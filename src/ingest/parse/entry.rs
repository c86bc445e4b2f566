//! Has feed-rs read items: their texts and their rights.
//!
//! In: scanned items. Out: what feed-rs makes of the elements that its format defines. It sees a document of the plainest tags of the format,
//! with a few items in it; where it refuses that, panics, or finds not as many, each of them is a document of its own, and the error is that of
//! one item alone. A parser is used once: feed-rs breaks an assertion when one is used again after an error.
//!
//! Elements on which feed-rs panics or gives up are not in that document: `media:*`, `itunes:*` and persons (number overflow, slices off
//! character boundaries), Atom types that it does not know, texts that are empty.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model::Entry;
use feed_rs::parser;

use super::scan::{Node, Scanned};

/// The vocabularies whose elements feed-rs is given.
pub(super) const VOCABULARIES: &[&str] = &["rss", "content", "atom"];

/// Items that feed-rs is given at once: a parser for each costs half as much as what it reads.
pub(super) const AT_ONCE: usize = 32;

/// feed-rs on these items, an answer for each. The error says why, for a person.
pub(super) fn read<'n>(
    items: impl Iterator<Item = &'n Node> + Clone,
    scanned: &Scanned<'_>,
) -> Vec<Result<Entry, String>> {
    let said = items.clone().filter(|item| !item.children.is_empty());
    let together = entries(document(said.clone(), scanned).as_bytes()).ok();
    let mut together = together
        .filter(|entries| entries.len() == said.count())
        .map(Vec::into_iter);
    items
        .map(|item| {
            if item.children.is_empty() {
                return Ok(Entry::default());
            }
            let entry = match &mut together {
                Some(entries) => entries.next(),
                None => entries(document(std::iter::once(item), scanned).as_bytes())?
                    .into_iter()
                    .next(),
            };
            entry.ok_or_else(|| "feed-rs finds no item in it".to_owned())
        })
        .collect()
}

/// feed-rs on a document.
fn entries(document: &[u8]) -> Result<Vec<Entry>, String> {
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
        Ok(Ok(feed)) => Ok(feed.entries),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("feed-rs panicked on it".to_owned()),
    }
}

/// Items as a document of their format, whatever tags stood around them, reduced to what feed-rs is asked for.
fn document<'n>(items: impl Iterator<Item = &'n Node> + Clone, scanned: &Scanned<'_>) -> String {
    let (open, close, name) = match scanned.own {
        "atom" => ("<feed xmlns=\"http://www.w3.org/2005/Atom\">", "</feed>", "entry"),
        _ => (
            "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel>",
            "</channel></rss>",
            "item",
        ),
    };
    let length: usize = items.clone().map(|item| item.inner.len() + 32).sum();
    let mut document = String::with_capacity(open.len() + length + close.len());
    document.push_str(open);
    for item in items {
        // Writing to a string cannot fail.
        let _ = write!(document, "<{name}>");
        for child in &item.children {
            element(child, scanned.xml, &mut document);
        }
        let _ = write!(document, "</{name}>");
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
    let _ = match (child.vocabulary.as_ref(), child.name.as_ref()) {
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
    use super::super::scan::scan;
    use super::super::{Options, Repairs};
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
    fn what_feed_rs_refuses_of_one_item_and_what_says_nothing_costs_no_other_its_reading() {
        let items: String = (0..40)
            .map(|n| match n {
                3 => "<item/>".to_owned(),
                _ => format!("<item><title>{n}&#65;</title></item>"),
            })
            .collect();
        let xml = format!("<rss version=\"2.0\"><channel>{items}</channel></rss>");
        // A reference that feed-rs alone meets: the scan would refuse the document.
        let broken = xml.replace(">5&#65;<", ">5&#00;<");
        for (read_by_feed_rs, refused) in [(&xml, None), (&broken, Some(5))] {
            let mut scanned = scan(&xml, None, &Options::default(), &mut Repairs::default()).unwrap();
            scanned.xml = read_by_feed_rs;
            let nodes: Vec<&Node> = scanned.items.iter().map(|(_, node)| node).collect();
            let entries: Vec<_> = nodes
                .chunks(AT_ONCE)
                .flat_map(|some| read(some.iter().copied(), &scanned))
                .collect();
            assert_eq!(entries.len(), 40);
            for (n, entry) in entries.into_iter().enumerate() {
                match (n, entry) {
                    (n, Err(_)) => assert_eq!(Some(n), refused),
                    (3, Ok(entry)) => assert_eq!(entry, Entry::default()),
                    (n, Ok(entry)) => assert_eq!(entry.title.map(|title| title.content), Some(format!("{n}A"))),
                }
            }
        }
    }

    #[test]
    fn a_panic_of_feed_rs_is_an_error() {
        let document = "<rss version=\"2.0\"><channel><item><author>Doe—jane@e.example</author></item></channel></rss>";
        assert_eq!(entries(document.as_bytes()), Err("feed-rs panicked on it".to_owned()));
    }
}

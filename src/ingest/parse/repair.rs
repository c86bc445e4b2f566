//! Names what was mended in a document, so that an operator can tell a publisher.
//!
//! The names stand in the poll's row, in `dateline parse` and in `deploy/README.md`; they are stable like any other word of the store.

/// Every repair of a document, and what it means to a person. Those of a single item (`published-unreadable: ...`) stand in `normalize`.
#[rustfmt::skip]
pub const REPAIRS: &[(&str, &str)] = &[
    ("gzip-without-header", "the body was gzip data that no header announced; it was inflated once"),
    ("mislabelled-charset", "the charset that HTTP or the document names is not that of its bytes"),
    ("guessed-charset", "no charset is named and the bytes are not UTF-8; the likeliest was taken"),
    ("surrogates", "characters beyond U+FFFF were written as two (CESU-8), or half of one stood alone"),
    ("undecodable-bytes", "some bytes mean nothing in the document's charset and became U+FFFD"),
    ("leading-junk", "something stood before the feed: a warning of PHP, a page around it"),
    ("trailing-junk", "something stood after the end of the feed"),
    ("missing-root", "a channel without its rss element"),
    ("stray-xml-declaration", "an XML declaration in the middle of the document"),
    ("internal-dtd", "the DOCTYPE defines entities; plain ones were used, others stay as written"),
    ("bare-ampersand", "an & that begins no reference, or a reference that nobody defines"),
    ("bare-less-than", "a < that begins no tag"),
    ("bad-reference", "a number that XML forbids, or that means windows-1252"),
    ("html-entity", "a name that HTML defines and XML does not, such as &nbsp;"),
    ("illegal-characters", "control characters, which XML forbids, were dropped"),
    ("attribute-syntax", "attributes without quotes, twice, or with names that are none"),
    ("unbalanced-tags", "an element was not closed, or closed without being open"),
    ("unclosed-cdata", "a CDATA section without its end, which was ended with its element"),
    ("truncated", "the document ends too early; its complete items were read and it is asked for in full next time"),
    ("too-deep", "elements nested too deeply were left out"),
    ("namespace-alias", "a known vocabulary under another URI than its own"),
    ("undeclared-namespace", "a prefix that the document does not declare"),
    ("rss-version", "an rss element without a version, or with one that does not exist"),
    ("read-without-feed-rs", "feed-rs refused an item, which was read without it"),
    ("too-many-items", "more items than max_items: the newest were read"),
    ("too-many-elements", "an item with more elements than are read"),
    ("too-many-categories", "an item with more categories than max_categories"),
    ("too-many-media", "an item with more pictures and films than are read"),
    ("long-text", "a text longer than max_text_bytes or an attribute longer than max_attribute_bytes was cut"),
    ("json-syntax", "JSON that a strict reader refuses"),
    ("json-version", "a JSON Feed that does not say so, known by its items"),
];

/// What was mended, by name, each once, in the order of discovery.
#[derive(Debug, Default)]
pub(super) struct Repairs(Vec<&'static str>);

impl Repairs {
    /// Notes one of [`REPAIRS`].
    pub(super) fn add(&mut self, name: &'static str) {
        debug_assert!(REPAIRS.iter().any(|(known, _)| *known == name), "{name} is no repair");
        if !self.0.contains(&name) {
            self.0.push(name);
        }
    }

    pub(super) fn into_names(self) -> Vec<&'static str> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_find_every_repair_explained() {
        let guide = include_str!("../../../deploy/README.md");
        for (name, meaning) in REPAIRS {
            assert!(
                guide.contains(&format!("| `{name}` | {meaning} |")),
                "deploy/README.md lacks {name}"
            );
        }
    }
}

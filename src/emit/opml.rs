//! Writes lists of feeds as OPML 2.0 (<https://opml.org/spec2.opml>, "Subscription lists"). Pure.

use super::xml::Xml;

/// The vocabulary of attributes that OPML does not know: keys of our configuration.
const OURS: &str = "urn:dateline:configuration";

/// A feed of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// What readers show.
    pub text: String,
    /// A sentence; empty: none.
    pub description: String,
    /// The feed.
    pub feed: String,
    /// Its page for people, where it has one.
    pub page: Option<String>,
    /// Attributes of our own, by the key of the configuration.
    pub ours: Vec<(String, String)>,
}

/// The document.
#[must_use]
pub fn render(title: &str, outlines: &[Outline]) -> Vec<u8> {
    let mut xml = Xml::document();
    let mut root = vec![("version", "2.0")];
    if outlines.iter().any(|outline| !outline.ours.is_empty()) {
        root.push(("xmlns:dateline", OURS));
    }
    xml.open("opml", &root);
    xml.open("head", &[]);
    xml.text("title", &[], title);
    xml.close("head");
    xml.open("body", &[]);
    for outline in outlines {
        // "rss" is said of every format: what it is, the feed itself tells.
        let mut attributes = vec![
            ("type", "rss"),
            ("text", outline.text.as_str()),
            ("title", outline.text.as_str()),
        ];
        if !outline.description.is_empty() {
            attributes.push(("description", &outline.description));
        }
        attributes.push(("xmlUrl", &outline.feed));
        attributes.extend(outline.page.as_deref().map(|page| ("htmlUrl", page)));
        let ours: Vec<(String, &str)> = outline
            .ours
            .iter()
            .map(|(key, value)| (format!("dateline:{key}"), value.as_str()))
            .collect();
        attributes.extend(ours.iter().map(|(key, value)| (key.as_str(), *value)));
        xml.empty("outline", &attributes);
    }
    xml.close("body");
    xml.close("opml");
    xml.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_what_it_was_given_and_no_markup_of_it() {
        let outlines = [
            Outline {
                text: "A & \"B\" <c>".to_owned(),
                feed: "https://a.example/feed?a=1&b=2".to_owned(),
                ours: vec![("wire".to_owned(), "prnewswire".to_owned())],
                ..Outline::default()
            },
            Outline {
                text: "plain".to_owned(),
                description: "What it is.".to_owned(),
                feed: "https://b.example/feed".to_owned(),
                page: Some("https://b.example/".to_owned()),
                ..Outline::default()
            },
        ];
        let text = String::from_utf8(render("All", &outlines)).unwrap();
        for part in [
            "<opml version=\"2.0\" xmlns:dateline=\"urn:dateline:configuration\">",
            "<title>All</title>",
            "text=\"A &amp; &quot;B&quot; &lt;c&gt;\"",
            "xmlUrl=\"https://a.example/feed?a=1&amp;b=2\" dateline:wire=\"prnewswire\"/>",
            "description=\"What it is.\" xmlUrl=\"https://b.example/feed\" htmlUrl=\"https://b.example/\"/>",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!String::from_utf8(render("None", &[])).unwrap().contains("xmlns"));
    }
}

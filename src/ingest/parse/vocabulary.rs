//! Tells which vocabulary an element belongs to, whatever URI the feed writes for it.
//!
//! Feeds spell the same namespace with http or https, with or without the last slash, in another case, or with the URI of another
//! decade; one row here says what all of them mean. An unknown URI is no error: its elements are kept under that URI.

/// An element vocabulary that feeds use.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// The prefix that people know, and the name in `article::Extension`.
    pub(super) name: &'static str,
    /// The URI that the specification gives and that feed-rs compares with, byte for byte.
    pub(super) uri: &'static str,
    /// Other URIs seen for it, folded as [`fold`] does.
    aliases: &'static [&'static str],
}

/// What a prefix that nobody declared is bound to, so that its elements stay apart from the feed's own.
pub(super) const UNDECLARED: &str = "undeclared:";

/// One row per vocabulary.
#[rustfmt::skip]
const VOCABULARIES: &[Vocabulary] = &[
    Vocabulary { name: "rss", uri: "http://purl.org/rss/1.0/", aliases: &[
        "backend.userland.com/rss", "backend.userland.com/rss2", "backend.userland.com/rss091", "blogs.law.harvard.edu/tech/rss",
        "cyber.law.harvard.edu/rss", "my.netscape.com/rdf/simple/0.9", "channel.netscape.com/rdf/simple/0.9", "purl.org/rss/2.0",
        "purl.org/net/rss1.1",
    ] },
    Vocabulary { name: "atom", uri: "http://www.w3.org/2005/Atom", aliases: &["purl.org/atom/ns"] },
    // GlobeNewswire binds dc to the dublincore.org page.
    Vocabulary { name: "dc", uri: "http://purl.org/dc/elements/1.1/", aliases: &[
        "dublincore.org/documents/dcmi-namespace", "purl.org/dc/elements/1.0", "purl.org/dc",
    ] },
    Vocabulary { name: "dcterms", uri: "http://purl.org/dc/terms/", aliases: &[] },
    Vocabulary { name: "content", uri: "http://purl.org/rss/1.0/modules/content/", aliases: &[] },
    Vocabulary { name: "media", uri: "http://search.yahoo.com/mrss/", aliases: &["video.search.yahoo.com/mrss", "search.yahoo.com/mrss/index.html"] },
    Vocabulary { name: "prn", uri: "http://www.prnewswire.com/ns/0.1/#", aliases: &[] },
    Vocabulary { name: "rdf", uri: "http://www.w3.org/1999/02/22-rdf-syntax-ns#", aliases: &[] },
    Vocabulary { name: "sy", uri: "http://purl.org/rss/1.0/modules/syndication/", aliases: &[] },
    Vocabulary { name: "slash", uri: "http://purl.org/rss/1.0/modules/slash/", aliases: &[] },
    Vocabulary { name: "taxo", uri: "http://purl.org/rss/1.0/modules/taxonomy/", aliases: &[] },
    Vocabulary { name: "itunes", uri: "http://www.itunes.com/dtds/podcast-1.0.dtd", aliases: &[] },
    Vocabulary { name: "podcast", uri: "https://podcastindex.org/namespace/1.0", aliases: &[] },
    Vocabulary { name: "wfw", uri: "http://wellformedweb.org/CommentAPI/", aliases: &[] },
    Vocabulary { name: "thr", uri: "http://purl.org/syndication/thread/1.0", aliases: &[] },
    Vocabulary { name: "georss", uri: "http://www.georss.org/georss", aliases: &[] },
    Vocabulary { name: "geo", uri: "http://www.w3.org/2003/01/geo/wgs84_pos#", aliases: &[] },
    Vocabulary { name: "xhtml", uri: "http://www.w3.org/1999/xhtml", aliases: &[] },
    Vocabulary { name: "sitemap", uri: "http://www.sitemaps.org/schemas/sitemap/0.9", aliases: &[
        "www.google.com/schemas/sitemap/0.84", "www.google.com/schemas/sitemap/0.9",
    ] },
    Vocabulary { name: "news", uri: "http://www.google.com/schemas/sitemap-news/0.9", aliases: &[] },
    Vocabulary { name: "image", uri: "http://www.google.com/schemas/sitemap-image/1.1", aliases: &[] },
    Vocabulary { name: "feedburner", uri: "http://rssnamespace.org/feedburner/ext/1.0", aliases: &[] },
];

/// The vocabulary of a namespace URI.
pub(super) fn by_uri(uri: &str) -> Option<&'static Vocabulary> {
    VOCABULARIES.iter().find(|v| v.uri == uri).or_else(|| {
        let folded = fold(uri);
        VOCABULARIES
            .iter()
            .find(|v| fold(v.uri) == folded || v.aliases.contains(&folded.as_str()))
    })
}

/// The vocabulary that a prefix means when the document declares nothing for it.
pub(super) fn by_prefix(prefix: &str) -> Option<&'static Vocabulary> {
    VOCABULARIES.iter().find(|v| v.name == prefix)
}

/// The URI without the parts that feeds write as they like: scheme, letter case, last `/` or `#`.
fn fold(uri: &str) -> String {
    let lower = uri.trim().to_ascii_lowercase();
    let bare = lower
        .strip_prefix("http://")
        .or_else(|| lower.strip_prefix("https://"))
        .unwrap_or(&lower);
    bare.trim_end_matches(['/', '#']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_namespace_names_one_vocabulary() {
        for (uri, want) in [
            ("http://purl.org/dc/elements/1.1/", Some("dc")),
            ("https://purl.org/dc/elements/1.1", Some("dc")),
            ("http://dublincore.org/documents/dcmi-namespace/", Some("dc")),
            ("http://search.yahoo.com/mrss", Some("media")),
            ("http://www.prnewswire.com/ns/0.1/#", Some("prn")),
            ("HTTP://www.w3.org/2005/atom", Some("atom")),
            ("http://purl.org/atom/ns#", Some("atom")),
            ("http://backend.userland.com/rss2", Some("rss")),
            ("http://purl.org/dc/terms/", Some("dcterms")),
            ("http://example.com/ns", None),
            ("", None),
        ] {
            assert_eq!(by_uri(uri).map(|v| v.name), want, "{uri}");
        }
    }
}

//! Web addresses that a stranger wrote: what may be kept, shown and followed.

use url::Url;

use super::is_hidden;

/// Longest address that is kept, in bytes. The longest real one seen has 1,100; servers refuse those above 8,000.
pub(super) const MAX_URL_BYTES: usize = 4_096;

/// The address that a reference leads to: absolute, http or https, without user information, at most 4 KiB long.
///
/// A relative reference needs a `base`. `javascript:`, `data:`, `file:` and the like lead nowhere that a reader should go.
#[must_use]
pub fn web_url(reference: &str, base: Option<&Url>) -> Option<Url> {
    let reference = reference.trim();
    // `feed:https://...` is how some sites write "subscribe to".
    let reference = reference.strip_prefix("feed:").unwrap_or(reference);
    if reference.is_empty() || reference.len() > MAX_URL_BYTES {
        return None;
    }
    let mut url = Url::options().base_url(base).parse(reference).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url)
}

/// [`web_url`] in the publisher's spelling where that is an address already: an id must not change because we spell it otherwise.
#[must_use]
pub fn web_address(reference: &str, base: Option<&Url>) -> Option<String> {
    let reference = reference.trim();
    let url = web_url(reference, base)?;
    let is_clean = |c: char| !c.is_whitespace() && !is_hidden(c) && !matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`');
    // Most are spelt as they are read; others are read once more, without the base and with whom they name.
    let is_written = || reference == url.as_str() || Url::parse(reference).is_ok_and(|written| written == url);
    Some(if reference.chars().all(is_clean) && is_written() {
        reference.to_owned()
    } else {
        url.into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_feeds_write() {
        let base = Url::parse("https://wire.example/news/feed").expect("a URL");
        let long = format!("https://e.example/{}", "x".repeat(MAX_URL_BYTES));
        for (reference, want) in [
            ("https://e.example", Some("https://e.example")),
            ("http://E.example/a?b=c#d", Some("http://E.example/a?b=c#d")),
            (" /2026/1 ", Some("https://wire.example/2026/1")),
            ("1.html", Some("https://wire.example/news/1.html")),
            ("//other.example/x", Some("https://other.example/x")),
            ("http://u:p@e.example/", Some("http://e.example/")),
            ("https://e.example/a b\tc", Some("https://e.example/a%20bc")),
            ("https://e.example/\"x=\"", Some("https://e.example/%22x=%22")),
            ("https://e.example/\u{202e}gpj", Some("https://e.example/%E2%80%AEgpj")),
            ("feed:https://e.example/x", Some("https://e.example/x")),
            ("JaVaScRiPt:alert(1)", None),
            ("data:text/html,x", None),
            ("file:///etc/passwd", None),
            ("about:blank", None),
            ("http://", None),
            ("", None),
            (&long, None),
        ] {
            assert_eq!(web_address(reference, Some(&base)).as_deref(), want, "{reference:.80}");
        }
        assert_eq!(web_address("/2026/1", None), None);
    }
}

//! What of a text or an address a stranger may read.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use url::Url;

use crate::emit::entry::public_url;

/// An address in prose: up to a space or a sign that closes it.
static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"(?i)https?://[^\s"'<>)\]}]+"#).ok());

/// An address of a source without user, password and query; empty if it is no web address.
pub(super) fn address(url: &str) -> String {
    Url::parse(url).map(|url| public_url(&url)).unwrap_or_default()
}

/// A reason or an error without what may be a secret: of each address in it the user, the password and the query.
pub(super) fn prose(text: &str) -> Cow<'_, str> {
    let Some(addresses) = ADDRESS.as_ref() else {
        return Cow::Borrowed("");
    };
    addresses.replace_all(text, |found: &Captures<'_>| {
        let whole = &found[0];
        let written = whole.trim_end_matches(['.', ',', ';', ':']);
        format!("{}{}", address(written), &whole[written.len()..])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_prose_lose_what_may_be_a_secret() {
        for (text, want) in [
            ("no answer in 30 s", "no answer in 30 s"),
            (
                "moved to https://u:p@wire.example/feed?token=s, for good",
                "moved to https://wire.example/feed, for good",
            ),
            (
                "(http://wire.example:8080/a?key=1) and HTTPS://X.example/?k=2.",
                "(http://wire.example:8080/a) and https://x.example/.",
            ),
            ("https://[?token=s", ""),
        ] {
            assert_eq!(prose(text), want, "{text}");
        }
    }
}

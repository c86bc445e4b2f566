//! Public ids of articles: `tag:dateline,2026:...` (RFC 4151).
//!
//! An id is made of the strongest thing that the first version says of itself, so a store that is built again from the
//! same feeds gives the same ids, and feed readers do not show everything once more.

use sha2::{Digest, Sha256};

use crate::article::Draft;
use crate::dedup::{Reading, language_key, wire_slug};
use crate::text;

/// Ids for a new article, best first; a later one is for when the earlier are taken.
pub(super) fn candidates(reading: &Reading<'_>) -> [String; 3] {
    let best = format!("tag:dateline,2026:{}", specific(reading));
    let source = reading.draft.source.as_str();
    let name = match (&reading.draft.guid, &reading.draft.url) {
        (Some(guid), _) => guid,
        (None, Some(url)) if reading.owns_its_url() => url,
        (None, _) => &reading.content_hash,
    };
    let item = format!("{best}:{}", short(&[source, name]));
    let content = format!("{best}:{}", short(&[source, name, &reading.content_hash]));
    [best, item, content]
}

/// For the case that no content tells two releases apart.
pub(super) fn last_resort(reading: &Reading<'_>, article: i64) -> String {
    let [_, _, content] = candidates(reading);
    format!("{content}:{article}")
}

fn specific(reading: &Reading<'_>) -> String {
    let draft = reading.draft;
    if let Some(release) = release(draft) {
        return release;
    }
    match (&draft.url, &draft.guid) {
        (Some(url), _) if reading.owns_its_url() => format!("url:{}", long(&[url])),
        (_, Some(guid)) => format!("guid:{}", long(&[draft.source.as_str(), guid])),
        (_, None) => format!("text:{}", long(&[&reading.content_hash])),
    }
}

/// `prnewswire:302898756:en`: readable, because people meet these ids.
fn release(draft: &Draft) -> Option<String> {
    let wire = wire_slug(draft.wire.as_deref()?);
    let number = draft.release_id.as_deref()?;
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    let language = draft.language.as_deref().map_or_else(|| "und".to_owned(), language_key);
    (plain(&wire) && plain(number) && plain(&language)).then(|| format!("{wire}:{number}:{language}"))
}

fn long(parts: &[&str]) -> String {
    hex(parts, 16)
}

fn short(parts: &[&str]) -> String {
    hex(parts, 4)
}

fn hex(parts: &[&str], bytes: usize) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    text::hex(&hash.finalize()[..bytes])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::SourceId;
    use chrono::DateTime;

    fn draft() -> Draft {
        Draft {
            headline: Some("H".into()),
            ..Draft::empty(SourceId::new("s"), DateTime::UNIX_EPOCH)
        }
    }

    fn id(draft: &Draft) -> String {
        let [best, ..] = candidates(&Reading::of(draft));
        best
    }

    #[test]
    fn an_id_is_made_of_the_strongest_thing_that_is_known() {
        let text = draft();
        let guid = Draft {
            guid: Some("g 1/\u{e9}".into()),
            ..draft()
        };
        let url = Draft {
            url: Some("https://e.example/a?b=c".into()),
            ..guid.clone()
        };
        let front = Draft {
            url: Some("https://e.example/".into()),
            ..guid.clone()
        };
        let release = Draft {
            wire: Some("PR Newswire".into()),
            release_id: Some("302898756".into()),
            language: Some("en-US".into()),
            ..url.clone()
        };
        let odd = Draft {
            release_id: Some("30 28/\u{e9}".into()),
            ..release.clone()
        };
        for (draft, want) in [
            (&text, "tag:dateline,2026:text:"),
            (&guid, "tag:dateline,2026:guid:"),
            (&front, "tag:dateline,2026:guid:"),
            (&url, "tag:dateline,2026:url:"),
            (&odd, "tag:dateline,2026:url:"),
            (&release, "tag:dateline,2026:prnewswire:302898756:en"),
        ] {
            let id = id(draft);
            assert!(id.starts_with(want), "{id} | {want}");
            assert!(
                id.bytes().all(|b| b.is_ascii_alphanumeric() || b":,-._".contains(&b)),
                "{id}: RFC 4151"
            );
        }
    }

    #[test]
    fn an_id_does_not_change_between_versions_of_this_program() {
        let url = Draft {
            url: Some("https://e.example/a".into()),
            ..draft()
        };
        assert_eq!(id(&url), "tag:dateline,2026:url:024e165d08952e0982283e136ed25582");
    }
}

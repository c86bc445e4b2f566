//! Pictures, films and documents of an article: what they are, and not what the feed claims.

use url::Url;

use super::entry::web_url;
use crate::article::Media;

/// Sites whose pages show films: wires link them as `image/jpeg`.
const FILM_SITES: &[&str] = &["youtube.com", "youtu.be", "vimeo.com"];

/// What a medium is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediumKind {
    Picture,
    Audio,
    Video,
    /// A page that shows a film: nothing to download.
    FilmPage,
    Document,
}

/// A medium as every format may name it.
#[derive(Debug)]
pub(super) struct Medium<'m> {
    pub(super) kind: MediumKind,
    /// http or https.
    pub(super) url: String,
    /// As the feed claims, if that is a media type and can be true.
    pub(super) media_type: Option<&'m str>,
    /// Bytes, as the feed claims; 0 says nothing.
    pub(super) length: Option<u64>,
    pub(super) media: &'m Media,
}

impl<'m> Medium<'m> {
    pub(super) fn of(media: &'m Media) -> Option<Self> {
        let url = web_url(&media.url)?;
        let is_film_page = Url::parse(&url).is_ok_and(|url| url.host_str().is_some_and(shows_films));
        let media_type = media
            .media_type
            .as_deref()
            .filter(|claimed| !is_film_page && is_media_type(claimed));
        let kind = match media_type.and_then(|claimed| claimed.split('/').next()) {
            _ if is_film_page => MediumKind::FilmPage,
            Some("video") => MediumKind::Video,
            Some("audio") => MediumKind::Audio,
            Some("application" | "text") => MediumKind::Document,
            Some(_) | None => MediumKind::Picture,
        };
        Some(Self {
            kind,
            url,
            media_type,
            length: media.length.filter(|length| *length > 0),
            media,
        })
    }
}

fn shows_films(host: &str) -> bool {
    FILM_SITES.iter().any(|site| {
        host.strip_suffix(site)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// `type/subtype` without parameters (RFC 6838 section 4.2).
fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    text.split_once('/')
        .is_some_and(|(top, sub)| is_name(top) && is_name(sub))
}

//! What stands beside an article in its document: its other names, its media, what it replaces, where else it stands.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Properties, language_tag};
use crate::article::ArticleId;
use crate::emit::entry::web_url;
use crate::emit::medium::{Medium, MediumKind};
use crate::store::Listed;
use crate::wire;

/// Every name that the release has elsewhere, each once: of this version, of earlier ones, of its copies.
pub(super) fn alternative_ids(listed: &Listed) -> Value {
    let number = |wire: Option<&String>, release_id: Option<&String>| {
        let wire = wire::by_name(wire?)?;
        Some(format!("{}:{}", wire.id, release_id?))
    };
    let draft = &listed.article.draft;
    let own = [
        ("guid", draft.guid.clone()),
        ("url", draft.url.clone()),
        (
            "wire-release-id",
            number(draft.wire.as_ref(), draft.release_id.as_ref()),
        ),
    ];
    let earlier = listed.earlier().map(|known| {
        (
            "wire-release-id-previous",
            number(known.wire.as_ref(), known.release_id.as_ref()),
        )
    });
    let copies = listed
        .sightings
        .iter()
        .flat_map(|seen| [("guid", seen.guid.clone()), ("url", seen.url.clone())]);
    let mut known = HashSet::new();
    own.into_iter()
        .chain(earlier)
        .chain(copies)
        .filter_map(|(role, value)| Some((role, value?)))
        .filter(|(role, value)| {
            let kind = if role.starts_with("wire") {
                "wire-release-id"
            } else {
                *role
            };
            known.insert((kind, value.clone()))
        })
        .map(|(role, value)| json!({ "role": role, "value": value }))
        .collect()
}

/// Media, what this version replaces, what it is a copy of, the same release elsewhere, and in other languages.
pub(super) fn associations(listed: &Listed) -> Value {
    let article = &listed.article;
    let media = article.draft.media.iter().enumerate();
    let media = media.filter_map(|(at, media)| Some(medium(&article.id, at + 1, &Medium::of(media)?)));
    let earlier = listed.earlier().map(|known| {
        let version = known.version;
        named(
            &format!("version {version}"),
            "replaces",
            &format!("{}#version-{version}", article.id),
            known.language.as_deref(),
            known.headline.as_deref(),
        )
    });
    let own = article.draft.url.as_deref().and_then(web_url);
    let mut pages: HashSet<String> = own.into_iter().collect();
    let original = listed.copy_of.iter();
    let article = original
        .clone()
        .map(|original| named("article", "sameAs", original.id.as_str(), None, None));
    let first = original.filter_map(|original| Some((&original.seen, original.seen.url.as_deref()?)));
    let copies: Vec<Value> = first
        .chain(listed.copies())
        .filter_map(|(seen, page)| Some((seen, web_url(page)?)))
        .filter(|(_, page)| pages.insert(page.clone()))
        .map(|(seen, page)| json!({ "name": format!("copy in {}", seen.source), "rel": "sameAs", "uri": page, "type": "text" }))
        .collect();
    let translations = listed.translations.iter().map(|other| {
        let language = language_tag(other.language.as_deref());
        named(
            &format!("in {}", language.unwrap_or("another language")),
            "translation",
            other.id.as_str(),
            language,
            other.headline.as_deref(),
        )
    });
    let beside = media.chain(earlier).chain(article).chain(copies);
    beside.chain(translations).collect()
}

/// A reference to a text by its headline, which may always be re-emitted.
fn named(name: &str, rel: &str, uri: &str, language: Option<&str>, headline: Option<&str>) -> Value {
    let headlines = headline.into_iter();
    let headlines = headlines.map(|headline| json!({ "role": "main", "contentType": "text/plain", "value": headline }));
    Properties::of([
        ("name", json!(name)),
        ("rel", json!(rel)),
        ("uri", json!(uri)),
        ("type", json!("text")),
        ("language", json!(language_tag(language))),
        ("headlines", headlines.collect()),
    ])
}

/// `place`: its place among the media of its article, from 1.
fn medium(id: &ArticleId, place: usize, medium: &Medium<'_>) -> Value {
    let kind = match medium.kind {
        MediumKind::Picture => "picture",
        MediumKind::Audio => "audio",
        MediumKind::Video | MediumKind::FilmPage => "video",
        MediumKind::Document => "text",
    };
    let rendition = Properties::of([
        ("name", json!("original")),
        ("href", json!(medium.url)),
        ("contentType", json!(medium.media_type)),
        ("width", json!(medium.media.width)),
        ("height", json!(medium.media.height)),
        ("sizeInBytes", json!(medium.length)),
    ]);
    let caption = medium.media.caption.iter();
    let captions = caption.map(|caption| json!({ "role": "caption", "contentType": "text/plain", "value": caption }));
    Properties::of([
        ("name", json!(format!("media-{place}"))),
        ("uri", json!(format!("{id}#media-{place}"))),
        ("type", json!(kind)),
        ("by", json!(medium.media.credit)),
        ("descriptions", captions.collect()),
        ("renditions", json!([rendition])),
    ])
}

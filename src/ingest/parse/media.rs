//! Finds the pictures and films of an item: `enclosure`, Atom `rel="enclosure"`, `media:content` and `media:thumbnail` (Media RSS 1.5.1).
//!
//! In: the item's elements. Out: media in document order, each URL once. Never believes a media type: it is passed on as claimed.

use std::sync::LazyLock;

use regex::Regex;

use super::scan::Node;
use crate::article::Media;
use crate::text;

/// The media of an item. Thumbnails count only where there is nothing larger.
pub(super) fn media(item: &Node) -> Vec<Media> {
    let mut found = Vec::new();
    for child in &item.children {
        match (child.vocabulary.as_ref(), child.name.as_str()) {
            ("rss", "enclosure") => keep(&mut found, child.attribute("url"), child, Media::default()),
            ("atom", "link") if child.attribute("rel") == Some("enclosure") => {
                keep(&mut found, child.attribute("href"), child, Media::default());
            }
            ("media", _) => media_element(&mut found, child, &Media::default()),
            _ => {}
        }
    }
    if found.is_empty() {
        for thumbnail in item.children.iter().filter(|child| child.is("media", "thumbnail")) {
            keep(&mut found, thumbnail.attribute("url"), thumbnail, Media::default());
        }
    }
    found
}

/// Reads `media:content` and `media:group`, handing captions and credits of a group down to what is in it. Tidy bounds the depth.
fn media_element(found: &mut Vec<Media>, node: &Node, outer: &Media) {
    if !matches!(node.name.as_str(), "content" | "group") {
        return;
    }
    let said = |name: &str| node.children.iter().find(|child| child.is("media", name));
    let described = Media {
        caption: ["description", "title", "text"]
            .iter()
            .find_map(|name| caption(said(name)?))
            .or(outer.caption.clone()),
        credit: said("credit")
            .and_then(Node::said)
            .map(str::to_owned)
            .or(outer.credit.clone()),
        ..Media::default()
    };
    if node.name == "content" {
        let player = said("player").and_then(|player| player.attribute("url"));
        keep(found, node.attribute("url").or(player), node, described.clone());
    }
    for child in node.children.iter().filter(|child| child.vocabulary == "media") {
        media_element(found, child, &described);
    }
}

fn keep(found: &mut Vec<Media>, reference: Option<&str>, node: &Node, described: Media) {
    let Some(url) = reference.and_then(|reference| node.address(reference)) else {
        return;
    };
    match found.iter_mut().find(|media| media.url == url) {
        Some(known) => {
            known.caption = known.caption.take().or(described.caption);
            known.credit = known.credit.take().or(described.credit);
        }
        None => {
            let media_type = node
                .attribute("type")
                .filter(|claimed| !claimed.is_empty())
                .map(str::to_owned);
            let length = ["length", "fileSize"]
                .into_iter()
                .find_map(|name| node.attribute(name)?.trim().parse().ok());
            found.push(Media {
                url,
                media_type,
                length,
                ..described
            });
        }
    }
}

/// A caption in plain text. Wires put an `<img>` into `media:text`, with the caption in its `title` and a file name in its `alt`.
fn caption(node: &Node) -> Option<String> {
    let said = node.said()?;
    if !said.contains('<') {
        return Some(said.to_owned());
    }
    let title = IMG_TITLE.captures(said)?;
    let title = title.get(1).or_else(|| title.get(2))?.as_str().trim();
    let title = text::decode_entities(title);
    (!title.is_empty()).then(|| title.into_owned())
}

static IMG_TITLE: LazyLock<Regex> = LazyLock::new(img_title);

/// A constant expression: it compiles or the tests fail.
#[allow(clippy::expect_used)]
fn img_title() -> Regex {
    Regex::new(r#"<img [^>]*title=(?:"([^"]*)"|'([^']*)')"#).expect("a constant expression")
}

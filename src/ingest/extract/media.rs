//! The pictures and films of a release, with their captions.

use dom_query::NodeRef;
use url::Url;

use super::prune::{is_dot, resolved, source};
use crate::article::Media;
use crate::text;

/// Pictures of one release.
const MOST: usize = 64;

/// Elements within which a caption belongs to the picture.
const CAPTION_WITHIN: usize = 4;

/// What the body and the galleries of a page show, each address once, in document order. The counters of the wires and pictures of one
/// pixel are not media.
pub(super) fn media(roots: &[NodeRef<'_>], base: Option<&Url>) -> Vec<Media> {
    let mut found: Vec<Media> = Vec::new();
    for root in roots {
        for node in std::iter::once(*root).chain(root.descendants_it()) {
            let is_film = node.has_name("video") || node.has_name("audio");
            if found.len() == MOST {
                return found;
            }
            if !is_film && (!node.has_name("img") || is_dot(&node)) {
                continue;
            }
            let address = source(&node).or_else(|| {
                let sources = node.find(&["source"]);
                sources.first().and_then(source)
            });
            let Some(url) = address.and_then(|address| resolved(base, &address)) else {
                continue;
            };
            if text::is_tracker(&url) || found.iter().any(|known| known.url == url) {
                continue;
            }
            let pixels = |side| node.attr(side)?.trim().trim_end_matches("px").parse().ok();
            found.push(Media {
                url,
                media_type: node
                    .find(&["source"])
                    .first()
                    .and_then(|source| source.attr("type"))
                    .map(|said| said.to_string()),
                length: None,
                width: pixels("width"),
                height: pixels("height"),
                caption: caption(&node, root),
                credit: None,
            });
        }
    }
    found
}

/// The caption: of the figure around it, of the nearest box that holds this picture alone, else what it says of itself.
fn caption(picture: &NodeRef<'_>, root: &NodeRef<'_>) -> Option<String> {
    let said = |node: &NodeRef<'_>| Some(text::plain_title(&node.inner_html())).filter(|line| !line.is_empty());
    for above in picture.ancestors_it(Some(CAPTION_WITHIN)) {
        let pictures = above
            .descendants_it()
            .filter(|node| node.has_name("img") || node.has_name("video"))
            .take(2)
            .count();
        if pictures > 1 {
            break;
        }
        let is_caption = |node: &NodeRef<'_>| {
            node.has_name("figcaption") || node.attr_or("class", "").to_ascii_lowercase().contains("caption")
        };
        let caption = above.descendants_it().filter(is_caption).find_map(|node| said(&node));
        if caption.is_some() {
            return caption;
        }
        if above.id == root.id {
            break;
        }
    }
    ["data-caption", "title", "alt"].into_iter().find_map(|name| {
        let line = text::plain_title(&picture.attr(name)?);
        (!line.is_empty()).then_some(line)
    })
}

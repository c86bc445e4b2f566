//! Finds the pictures and films of an item: `enclosure`, Atom `rel="enclosure"`, `media:content` and `media:thumbnail` (Media RSS 1.5.1).
//!
//! In: the item's elements. Out: media in document order, each URL once. Never believes a media type: it is passed on as claimed.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::Repairs;
use super::scan::Node;
use crate::article::Media;
use crate::text;

/// Characters of a caption or credit; the longest real caption seen has under a thousand.
const MAX_CAPTION_CHARS: usize = 4_000;

/// The media of an item, at most `max`. Thumbnails count only where there is nothing larger.
pub(super) fn media(item: &Node, max: usize, repairs: &mut Repairs) -> Vec<Media> {
    let mut found = Found {
        media: Vec::new(),
        max,
        repairs,
    };
    for child in &item.children {
        match (child.vocabulary.as_ref(), child.name.as_ref()) {
            ("rss", "enclosure") => found.keep(child.attribute("url"), child, &Described::default()),
            ("atom", "link") if child.attribute("rel") == Some("enclosure") => {
                found.keep(child.attribute("href"), child, &Described::default());
            }
            ("media", _) => found.media_element(child, &Described::default()),
            _ => {}
        }
    }
    if found.media.is_empty() {
        for thumbnail in item.children.iter().filter(|child| child.is("media", "thumbnail")) {
            found.keep(thumbnail.attribute("url"), thumbnail, &Described::default());
        }
    }
    found.media
}

/// The first `max` of these media.
pub(super) fn limited(said: impl IntoIterator<Item = Media>, max: usize, repairs: &mut Repairs) -> Vec<Media> {
    let mut said = said.into_iter();
    let media = said.by_ref().take(max).collect();
    if said.next().is_some() {
        repairs.add("too-many-media");
    }
    media
}

/// What stands beside a medium, or around it in its group.
#[derive(Debug, Clone, Default)]
struct Described<'a> {
    caption: Option<Cow<'a, str>>,
    credit: Option<&'a str>,
}

struct Found<'r> {
    media: Vec<Media>,
    max: usize,
    repairs: &'r mut Repairs,
}

impl Found<'_> {
    /// Reads `media:content` and `media:group`, handing captions and credits of a group down to what is in it. Tidy bounds the depth.
    fn media_element(&mut self, node: &Node, outer: &Described<'_>) {
        if !matches!(node.name.as_ref(), "content" | "group") {
            return;
        }
        let said = |name: &str| node.children.iter().find(|child| child.is("media", name));
        let own = ["description", "title", "text"]
            .iter()
            .find_map(|name| caption(said(name)?));
        let described = Described {
            caption: own.or_else(|| outer.caption.as_deref().map(Cow::Borrowed)),
            credit: said("credit").and_then(Node::said).or(outer.credit),
        };
        if node.name == "content" {
            let player = said("player").and_then(|player| player.attribute("url"));
            self.keep(node.attribute("url").or(player), node, &described);
        }
        for child in node.children.iter().filter(|child| child.vocabulary == "media") {
            self.media_element(child, &described);
        }
    }

    fn keep(&mut self, reference: Option<&str>, node: &Node, described: &Described<'_>) {
        let Some(url) = reference.and_then(|reference| node.address(reference)) else {
            return;
        };
        // A group hands its own to each medium in it: without a limit one long text would be kept sixty times.
        let shown = |said: &str| text::cut(said, MAX_CAPTION_CHARS).to_owned();
        let caption = || described.caption.as_deref().map(shown);
        let credit = || described.credit.map(shown);
        if let Some(known) = self.media.iter_mut().find(|media| media.url == url) {
            known.caption = known.caption.take().or_else(caption);
            known.credit = known.credit.take().or_else(credit);
            return;
        }
        if self.media.len() == self.max {
            self.repairs.add("too-many-media");
            return;
        }
        let claimed = node.attribute("type").filter(|claimed| !claimed.is_empty());
        let length = ["length", "fileSize"]
            .into_iter()
            .find_map(|name| node.attribute(name)?.trim().parse().ok());
        let pixels = |name: &str| node.attribute(name)?.trim().parse().ok().filter(|pixels| *pixels > 0);
        self.media.push(Media {
            url,
            media_type: claimed.map(str::to_owned),
            length,
            width: pixels("width"),
            height: pixels("height"),
            caption: caption(),
            credit: credit(),
        });
    }
}

/// A caption in plain text. Wires put an `<img>` into `media:text`, with the caption in its `title` and a file name in its `alt`.
fn caption(node: &Node) -> Option<Cow<'_, str>> {
    let said = node.said()?;
    if !said.contains('<') {
        return Some(said.into());
    }
    let title = IMG_TITLE.captures(said)?;
    let title = title.get(1).or_else(|| title.get(2))?.as_str().trim();
    let title = text::decode_entities(title);
    (!title.is_empty()).then_some(title)
}

static IMG_TITLE: LazyLock<Regex> = LazyLock::new(img_title);

/// A constant expression: it compiles or the tests fail.
#[allow(clippy::expect_used)]
fn img_title() -> Regex {
    Regex::new(r#"<img [^>]*title=(?:"([^"]*)"|'([^']*)')"#).expect("a constant expression")
}

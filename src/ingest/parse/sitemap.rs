//! Reads a Google News sitemap: the pages of a site with their titles and times, which some newsrooms publish in place of a feed.
//!
//! In: the scanned `url` elements. Out: an item for each that holds a `news:news`, by the names of
//! <http://www.google.com/schemas/sitemap-news/0.9>. There is no id and no text; the link is all that stays. A sitemap without news
//! lists pages, not releases, and is refused.

use super::item::{date, limited, plain_category};
use super::media;
use super::scan::{Node, Scanned};
use super::{Options, ParseError, Repairs};
use crate::article::{Category, Extension, Item, Link, Media, Person, PersonRole};

/// In [`FeedHead::format`](super::FeedHead::format).
pub(super) const FORMAT: &str = "news-sitemap";

/// The parts of `news:news` that have a field in [`Item`].
const FIELDS: &[&str] = &["publication", "publication_date", "title", "keywords"];

/// The items among these `url` elements.
///
/// # Errors
/// When there are pages and none is news.
pub(super) fn items(scanned: &Scanned<'_>, options: &Options, repairs: &mut Repairs) -> Result<Vec<Item>, ParseError> {
    let news = scanned
        .items
        .iter()
        .filter_map(|(index, page)| Some((*index, page, child(page, "news", "news")?)));
    let items: Vec<Item> = news
        .map(|(index, page, news)| item(index, page, news, options, repairs))
        .collect();
    if items.is_empty() && scanned.pages > 0 {
        return Err(ParseError::NotAFeed {
            what: "a sitemap without news".into(),
            advice: "look for the site's feed or its news sitemap".into(),
        });
    }
    Ok(items)
}

fn item(index: usize, page: &Node, news: &Node, options: &Options, repairs: &mut Repairs) -> Item {
    let zone = options.date_zone;
    let publication = child(news, "news", "publication");
    let of_publication = |name| publication.and_then(|publication| said(publication, "news", name));
    let link = said(page, "sitemap", "loc")
        .and_then(|href| page.address(&href))
        .map(|href| Link {
            href,
            ..Link::default()
        });
    Item {
        index,
        guid: None,
        title: said(news, "news", "title"),
        links: link.into_iter().collect(),
        summary: None,
        content: None,
        base: None,
        published: date(&news.children, &[("news", "publication_date")], zone),
        updated: date(&page.children, &[("sitemap", "lastmod")], zone),
        language: of_publication("language"),
        people: of_publication("name").map(publisher).into_iter().collect(),
        categories: limited(keywords(news), options.max_categories, repairs),
        media: media::limited(page.children.iter().filter_map(picture), options.max_media, repairs),
        rights: None,
        extensions: extensions(page, news),
        incomplete: false,
    }
}

fn child<'a>(node: &'a Node, vocabulary: &str, name: &str) -> Option<&'a Node> {
    node.children.iter().find(|child| child.is(vocabulary, name))
}

fn said(node: &Node, vocabulary: &str, name: &str) -> Option<String> {
    child(node, vocabulary, name)?.said().map(str::to_owned)
}

fn publisher(name: String) -> Person {
    Person {
        role: PersonRole::Publisher,
        name: Some(name),
        email: None,
        uri: None,
    }
}

/// A list with commas.
fn keywords(news: &Node) -> impl Iterator<Item = Category> {
    let list = child(news, "news", "keywords").and_then(Node::said);
    list.unwrap_or_default().split(',').map(plain_category)
}

/// `image:image` of the page.
fn picture(node: &Node) -> Option<Media> {
    let image = Some(node).filter(|node| node.is("image", "image"))?;
    Some(Media {
        url: image.address(&said(image, "image", "loc")?)?,
        caption: said(image, "image", "caption").or_else(|| said(image, "image", "title")),
        ..Media::default()
    })
}

/// What has no field, `stock_tickers` (`NASDAQ:AMAT, BOM:500325`) above all.
fn extensions(page: &Node, news: &Node) -> Vec<Extension> {
    let of_news = news
        .children
        .iter()
        .filter(|node| !FIELDS.contains(&node.name.as_ref()));
    let of_page = page.children.iter().filter(|node| {
        !matches!(node.vocabulary.as_ref(), "news" | "image") && !matches!(node.name.as_ref(), "loc" | "lastmod")
    });
    of_news.chain(of_page).map(Node::extension).collect()
}

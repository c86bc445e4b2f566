//! What a page says of itself: its headline, its own address, what its links are relative to.

use dom_query::Document;
use url::Url;

use super::lean::Stated;
use super::tree::outermost;
use crate::text;
use crate::wire::Layout;

/// The headline: where the wire puts it, what the page marks or states as such, its one first-level heading, its title.
pub(super) fn headline(document: &Document, layout: &Layout, stated: &Stated) -> Option<String> {
    let shown = |selector: &str| {
        let found = outermost(document, selector);
        found
            .iter()
            .map(|node| text::plain_title(&node.inner_html()))
            .find(|line| !line.is_empty())
    };
    let meta = |selector: &str| {
        let said = document.try_select(selector)?.attr("content")?;
        Some(text::plain_title(&said)).filter(|line| !line.is_empty())
    };
    let title = shown("title");
    // The heading that the title repeats; pages have others, of their site or of their lists.
    let heading = || {
        let title = text::letters(title.as_deref().unwrap_or_default());
        let headings = outermost(document, "h1");
        let lines: Vec<String> = headings
            .iter()
            .map(|node| text::plain_title(&node.inner_html()))
            .collect();
        let repeats = |line: &&String| !line.is_empty() && title.contains(&text::letters(line));
        let only = (lines.len() == 1).then(|| lines.first()).flatten();
        lines
            .iter()
            .find(repeats)
            .or(only)
            .filter(|line| !line.is_empty())
            .cloned()
    };
    let of_wire = layout
        .headline
        .iter()
        .filter(|selector| **selector != "h1")
        .find_map(|selector| shown(selector));
    of_wire
        .or_else(|| shown("[itemprop~=headline]"))
        .or_else(heading)
        .or_else(|| stated.headline.as_deref().map(text::plain_title))
        .or_else(|| meta("meta[property='og:title']"))
        .or(title)
}

/// What the page says of its own address.
pub(super) fn canonical(document: &Document, url: Option<&Url>) -> Option<Url> {
    let said = |selector: &str, attribute: &str| document.try_select(selector)?.attr(attribute);
    let address = said("link[rel=canonical]", "href").or_else(|| said("meta[property='og:url']", "content"))?;
    let found = match url {
        Some(url) => url.join(address.trim()).ok()?,
        None => Url::parse(address.trim()).ok()?,
    };
    matches!(found.scheme(), "http" | "https").then_some(found)
}

/// What relative links are relative to (HTML standard, 2.4.3).
pub(super) fn base(document: &Document, url: Option<&Url>) -> Option<Url> {
    let said = document.base_uri();
    let said = said.as_deref().map(str::trim);
    match (said, url) {
        (Some(said), Some(url)) => url.join(said).ok().or_else(|| Some(url.clone())),
        (Some(said), None) => Url::parse(said).ok(),
        (None, url) => url.cloned(),
    }
    .filter(|base| matches!(base.scheme(), "http" | "https"))
}

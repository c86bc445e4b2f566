//! Takes from a release what its site has hung into it: navigation, share bars, banners, forms, lists of other releases.
//!
//! Nothing is told by one sign that release text shows too: a table of `related-party` transactions stays, and so does a list of links to
//! filings. What holds a third of the text is the text, whatever its class says.

use dom_query::{NodeRef, Selection};
use url::Url;

use super::furniture::{BOXES, SHORT, is_furniture};
use super::tree::{Weights, names, sweep};
use crate::text;

/// What heads a list of other texts, as a whole line.
const FURTHER: &[&str] = &[
    "also from this source",
    "more from this source",
    "related news",
    "related articles",
    "related stories",
    "related content",
    "related posts",
    "related releases",
    "related press releases",
    "related topics",
    "recommended reading",
    "recommended for you",
    "you may also like",
    "you might also like",
    "read next",
    "read more",
    "up next",
    "latest news",
    "latest releases",
    "latest press releases",
    "most popular",
    "most read",
    "trending",
    "trending now",
    "explore",
    "more news",
    "more press releases",
    "more releases",
    "other news",
    "other press releases",
    "share",
    "share this",
    "share this article",
    "share this release",
    "share this page",
    "share this post",
    "share this story",
    "share this press release",
    "tags",
    "topics",
    "keywords",
    "comments",
    "leave a comment",
    "leave a reply",
    "newsletter",
    "sign up for our newsletter",
    "follow us",
    "weitere meldungen",
    "weitere artikel",
    "mehr zum thema",
    "das könnte sie auch interessieren",
    "à lire aussi",
    "articles similaires",
    "sur le même sujet",
    "partager",
    "noticias relacionadas",
    "artículos relacionados",
    "compartir",
    "notizie correlate",
    "relaterade nyheter",
    "läs mer",
    "del artikel",
];

/// What begins the heading of such a list.
const FURTHER_BEGINNINGS: &[&str] = &[
    "more news from ",
    "more from ",
    "more releases from ",
    "more press releases from ",
    "latest from ",
];

/// Takes out what is not the release's: what the wire's layout names, and furniture.
pub(super) fn prune(roots: &[NodeRef<'_>], removals: &[&str], headline: Option<&str>) {
    without(roots, removals);
    let weights = Weights::below(roots);
    let all = weights.of_all(roots).letters;
    for root in roots {
        sweep(root, |node| {
            let weight = weights.of(node);
            let goes = weight.letters * 3 < all && is_furniture(node, &weights);
            if goes {
                node.remove_from_parent();
            }
            goes
        });
    }
    if let Some(headline) = headline {
        without_headline(roots, headline);
    }
    for root in roots {
        without_further(root);
    }
}

/// Takes out what selectors find.
pub(super) fn without(roots: &[NodeRef<'_>], selectors: &[&str]) {
    for root in roots {
        for selector in selectors {
            if let Some(found) = Selection::from(*root).try_select(selector) {
                found.remove();
            }
        }
    }
}

/// Names of boxes of pictures whose captions stand with the pictures.
const GALLERIES: &[&str] = &["carousel", "galleries", "gallery", "multimedia", "slider", "slideshow"];

/// Takes out galleries, once their pictures are known.
pub(super) fn without_galleries(roots: &[NodeRef<'_>]) {
    let weights = Weights::below(roots);
    let all = weights.of_all(roots).letters;
    for root in roots {
        sweep(root, |node| {
            let is_named = || names(node).iter().any(|name| GALLERIES.contains(&name.as_str()));
            let shows = || node.descendants_it().any(|below| below.has_name("img"));
            let goes = weights.of(node).letters * 3 < all
                && BOXES.iter().any(|name| node.has_name(name))
                && is_named()
                && shows();
            if goes {
                node.remove_from_parent();
            }
            goes
        });
    }
}

/// The headline, where it stands in the text once more.
fn without_headline(roots: &[NodeRef<'_>], headline: &str) {
    let wanted = text::letters(headline);
    for root in roots {
        sweep(root, |node| {
            let is_heading = ["h1", "h2"].iter().any(|name| node.has_name(name));
            let goes = is_heading && text::letters(&node.text()) == wanted;
            if goes {
                node.remove_from_parent();
            }
            is_heading
        });
    }
}

/// Takes out headings of lists of other texts, and the lists.
fn without_further(root: &NodeRef<'_>) {
    let weights = Weights::below(&[*root]);
    let mut headings = Vec::new();
    sweep(root, |node| {
        let is_short = weights.of(node).letters < SHORT;
        let heads = is_short && is_heading_of_further(&node.text());
        if heads {
            headings.push(*node);
        }
        // A paragraph of text is no heading, and holds none.
        heads || node.has_name("p") && !is_short
    });
    for heading in headings {
        let mut next = heading.next_element_sibling();
        let mut heads = next.is_none();
        while let Some(node) = next {
            let weight = weights.of(&node);
            // `Tags`, `Explore` and the like are lines of releases too: then prose follows, or nothing.
            if !weight.is_linked(40) {
                break;
            }
            heads = true;
            next = node.next_element_sibling();
            node.remove_from_parent();
        }
        if heads {
            heading.remove_from_parent();
        }
    }
}

fn is_heading_of_further(line: &str) -> bool {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let line = line.trim_end_matches([':', '.', '…', '»', '›']).trim_end();
    FURTHER.contains(&line) || FURTHER_BEGINNINGS.iter().any(|beginning| line.starts_with(beginning))
}

/// Attributes that the sanitiser would keep; the others only make the markup longer than it reads.
const KEPT_ATTRIBUTES: &[&str] = &["href", "src", "alt", "width", "height", "colspan", "rowspan", "start"];

/// Blocks that the sanitiser does not know, and would melt into what stands beside them.
const BLOCKS: &[&str] = &[
    "address", "article", "aside", "center", "details", "fieldset", "footer", "form", "header", "hgroup", "legend",
    "main", "section", "summary",
];

/// The markup of what is left, for the sanitiser.
pub(super) fn markup(roots: &[NodeRef<'_>]) -> String {
    let mut markup = String::new();
    for root in roots {
        // All of them first: a tree is not changed while it is walked.
        for node in std::iter::once(*root).chain(root.descendants()) {
            if !node.is_element() {
                continue;
            }
            if node.has_name("img") {
                if let Some(src) = source(&node) {
                    node.set_attr("src", &src);
                }
                if is_dot(&node) {
                    node.remove_attr("src");
                }
            }
            node.retain_attrs(KEPT_ATTRIBUTES);
            if BLOCKS.iter().any(|name| node.has_name(name)) {
                node.rename("div");
            }
        }
        markup.push_str(&root.html());
        markup.push('\n');
    }
    markup
}

/// Where the picture of an image is: pages that load pictures late keep the address beside `src`.
pub(super) fn source(image: &NodeRef<'_>) -> Option<String> {
    let said = |name| {
        let value = image.attr(name)?;
        let value = value.trim();
        (!value.is_empty() && !value.starts_with("data:")).then(|| value.to_owned())
    };
    let late = ["data-src", "data-original", "data-lazy-src", "data-lazy", "data-url"];
    let first_of_set = || {
        let set = said("data-srcset").or_else(|| said("srcset"))?;
        set.split_whitespace()
            .next()
            .map(|first| first.trim_end_matches(',').to_owned())
    };
    late.into_iter()
        .find_map(said)
        .or_else(|| said("src"))
        .or_else(first_of_set)
}

/// One pixel, to count readers with.
pub(super) fn is_dot(image: &NodeRef<'_>) -> bool {
    let style = image.attr_or("style", "").to_ascii_lowercase().replace(' ', "");
    let is_one = |side: &str| {
        let said = image.attr_or(side, "");
        let by_style = ["0", "1px", "0px"]
            .iter()
            .any(|size| style.split(';').any(|rule| rule.split_once(':') == Some((side, *size))));
        by_style || matches!(said.trim().trim_end_matches("px"), "0" | "1")
    };
    is_one("width") && is_one("height") || style.contains("display:none")
}

/// An address of the page, resolved.
pub(super) fn resolved(base: Option<&Url>, address: &str) -> Option<String> {
    let url = match base {
        Some(base) => base.join(address.trim()).ok()?,
        None => Url::parse(address.trim()).ok()?,
    };
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

//! Tells what a site puts around and into its texts from what is text.

use dom_query::NodeRef;

use super::tree::{Weights, names};

/// Letters of what is short: ten words or so.
pub(super) const SHORT: usize = 60;

/// Elements that are never text of a release.
const FURNITURE: &[&str] = &["button", "dialog", "form", "input", "label", "nav", "progress"];

/// What may be furniture by its name; in paragraphs, cells and lines a class says how something looks.
pub(super) const BOXES: &[&str] = &["aside", "div", "dl", "footer", "header", "ol", "section", "time", "ul"];

/// Roles of what surrounds a text (WAI-ARIA 1.2, landmarks and dialogs).
const ROLES: &[&str] = &[
    "alertdialog",
    "banner",
    "complementary",
    "contentinfo",
    "dialog",
    "navigation",
    "search",
    "toolbar",
];

/// Names of boxes that hold no text of a release.
const NAMES: &[&str] = &[
    "addthis",
    "addtoany",
    "advert",
    "advertisement",
    "breadcrumb",
    "breadcrumbs",
    "comments",
    "consent",
    "cookie",
    "cookies",
    "disqus",
    "gdpr",
    "lightbox",
    "modal",
    "navbar",
    "newsletter",
    "onetrust",
    "outbrain",
    "pagination",
    "paywall",
    "popup",
    "sharebar",
    "sharethis",
    "sidebar",
    "signup",
    "taboola",
    "toolbar",
    "tooltip",
];

/// Names of boxes that hold none if they are short or hold little but links.
const DOUBTFUL_NAMES: &[&str] = &[
    "actions",
    "ad",
    "ads",
    "also",
    "author",
    "byline",
    "date",
    "explore",
    "follow",
    "footer",
    "header",
    "hidden",
    "keywords",
    "latest",
    "menu",
    "meta",
    "more",
    "nav",
    "print",
    "promo",
    "published",
    "recommended",
    "related",
    "share",
    "sharing",
    "skip",
    "social",
    "sponsored",
    "subscribe",
    "tag",
    "tags",
    "teaser",
    "teasers",
    "time",
    "timestamp",
    "topics",
    "trending",
];

/// Beginnings of such names: `relatedposts`, `sharedaddy`, `sidebars`.
const DOUBTFUL_BEGINNINGS: &[&str] = &[
    "advert",
    "recommend",
    "related",
    "share",
    "sidebar",
    "social",
    "subscri",
];

/// Names of what hangs over a page until it is closed.
const DIALOGS: &[&str] = &[
    "consent",
    "cookie",
    "cookies",
    "gdpr",
    "lightbox",
    "modal",
    "newsletter",
    "onetrust",
    "popup",
];

/// Whether an element hangs over the page.
pub(super) fn is_dialog(node: &NodeRef<'_>) -> bool {
    let role = node.attr_or("role", "").to_ascii_lowercase();
    let is_named = || names(node).iter().any(|name| DIALOGS.contains(&name.as_str()));
    node.has_name("dialog")
        || matches!(role.as_str(), "dialog" | "alertdialog")
        || BOXES.iter().any(|name| node.has_name(name)) && is_named()
}

/// Whether an element is none of the release's.
pub(super) fn is_furniture(node: &NodeRef<'_>, weights: &Weights) -> bool {
    let is_one_of = |elements: &[&str]| elements.iter().any(|name| node.has_name(name));
    let role = node.attr_or("role", "").to_ascii_lowercase();
    if is_one_of(FURNITURE) || ROLES.contains(&role.as_str()) {
        return true;
    }
    if !is_one_of(BOXES) {
        return false;
    }
    let words = names(node);
    let is_named = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    if is_named(NAMES) {
        return true;
    }
    let is_hidden = || {
        let style = node.attr_or("style", "").to_ascii_lowercase().replace(' ', "");
        node.has_attr("hidden") || &*node.attr_or("aria-hidden", "") == "true" || style.contains("display:none")
    };
    let weight = weights.of(node);
    let is_little = weight.letters < SHORT || weight.is_linked(50);
    let holds_text = node
        .descendants_it()
        .any(|below| below.has_name("table") || below.has_name("img"));
    let begins = |word: &String| DOUBTFUL_BEGINNINGS.iter().any(|beginning| word.starts_with(beginning));
    // Beside the headline stand who published it and when; a line under it is longer, or a heading.
    let is_beside_headline = || {
        let header = node.ancestors_it(Some(4)).find(|above| above.has_name("header"));
        let holds = |node: &NodeRef<'_>, heading: &str| node.descendants_it().any(|below| below.has_name(heading));
        header.is_some_and(|header| holds(&header, "h1"))
            && !["h1", "h2", "h3"].iter().any(|heading| holds(node, heading))
    };
    let is_doubtful = is_named(DOUBTFUL_NAMES)
        || words.iter().any(begins)
        || is_one_of(&["time", "aside", "footer"])
        || is_hidden()
        || is_beside_headline();
    is_little && is_doubtful && (!holds_text || weight.is_linked(50))
}

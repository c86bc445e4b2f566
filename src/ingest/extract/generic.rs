//! Finds the release in a page of which nothing is known.
//!
//! In: the tree, and what the page's JSON-LD states. Out: the element that holds the text, or the text as stated. Three ways, the surest
//! first: the page marks its text (`itemprop="articleBody"`), it repeats its text in JSON-LD, or it reads like one (dom_smoothie). The
//! last drops tables, lists and short lines that it doubts; so it only says where the text is, and what stands there is taken whole.

use dom_query::{Document, NodeId, NodeRef};
use dom_smoothie::{Config, Readability};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Method;
use super::lean::Stated;
use super::prune::prune;
use super::tree::{Weights, letters, names, outermost};
use crate::text;

/// Elements of a page that is read so; the measure of dom_smoothie's time.
const MOST_ELEMENTS: usize = 40_000;

/// Letters of a stated text that is one; shorter ones are teasers.
const LEAST_STATED: usize = 300;

/// Marks elements for the time in which their copies are looked at.
const NUMBER: &str = "data-dateline";

/// Elements that may hold a text and something else; within any other, text is text.
const BOXES: &[&str] = &[
    "article", "body", "center", "div", "form", "html", "main", "section", "table", "tbody", "td", "tr",
];

/// Where the release is, as far as one can tell.
pub(super) fn find<'a>(document: &'a Document, stated: &Stated) -> Option<(Vec<NodeRef<'a>>, Method)> {
    let marked = outermost(document, "[itemprop~=articleBody]");
    if Weights::below(&marked).of_all(&marked).letters >= Method::Microdata.least() {
        return Some((with_contacts(marked), Method::Microdata));
    }
    let body = document.body()?;
    if let Some(node) = stated.body.as_deref().and_then(|said| holder(&body, said)) {
        return Some((with_contacts(vec![node]), Method::JsonLd));
    }
    // The less there is around a text, the better it is found.
    prune(&[body], &[], None);
    let found = readable(document, &body)?;
    Some((with_contacts(vec![grown(found)]), Method::Readability))
}

/// The contacts stand beside the text, in a box of their own.
fn with_contacts(mut nodes: Vec<NodeRef<'_>>) -> Vec<NodeRef<'_>> {
    let beside = nodes.last().and_then(NodeRef::next_element_sibling);
    let is_contact = |node: &NodeRef<'_>| {
        names(node)
            .iter()
            .any(|name| matches!(name.as_str(), "contact" | "contacts"))
    };
    nodes.extend(beside.filter(is_contact));
    nodes
}

/// The stated text, if it is long enough to be the release and not its beginning.
pub(super) fn stated_text(stated: &Stated) -> Option<&str> {
    let text = stated.body.as_deref()?;
    let is_cut = ["...", "…", "[...]"].iter().any(|mark| text.ends_with(mark));
    (letters(text) >= LEAST_STATED && !is_cut).then_some(text)
}

/// The smallest element that holds nine tenths of the words of a text.
fn holder<'a>(body: &NodeRef<'a>, said: &str) -> Option<NodeRef<'a>> {
    let said = if text::has_markup(said) {
        text::html_to_text(said)
    } else {
        said.to_owned()
    };
    let words: FxHashSet<String> = words(&said).collect();
    let length = letters(&said);
    if length < LEAST_STATED {
        return None;
    }
    let weights = Weights::below(&[*body]);
    let holds = |node: &NodeRef<'_>| {
        if weights.of(node).letters * 10 < length * 9 {
            return false;
        }
        let text = text::html_to_text(&node.inner_html());
        let shown: FxHashSet<String> = self::words(&text).collect();
        words.iter().filter(|word| shown.contains(*word)).count() * 10 >= words.len() * 9
    };
    if !holds(body) {
        return None;
    }
    let mut holder = *body;
    while let Some(child) = holder
        .children_it(false)
        .filter(|child| is_box(child))
        .find(|child| holds(child))
    {
        holder = child;
    }
    Some(holder)
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace()
        .map(text::letters)
        .filter(|word| !word.is_empty())
}

fn is_box(node: &NodeRef<'_>) -> bool {
    BOXES.iter().any(|name| node.has_name(name))
}

/// The element in which nearly all stands that dom_smoothie reads.
fn readable<'a>(document: &'a Document, body: &NodeRef<'a>) -> Option<NodeRef<'a>> {
    let elements: Vec<NodeRef<'a>> = body
        .descendants_it()
        .filter(NodeRef::is_element)
        .take(MOST_ELEMENTS + 1)
        .collect();
    if elements.len() > MOST_ELEMENTS {
        return None;
    }
    for (number, element) in elements.iter().enumerate() {
        element.set_attr(NUMBER, &number.to_string());
    }
    let config = Config {
        disable_json_ld: true,
        ..Config::default()
    };
    let article = Readability::with_document(document.clone(), None, Some(config))
        .ok()?
        .parse()
        .ok()?;
    let copy = Document::fragment(article.content);
    let mut kept: FxHashMap<NodeId, usize> = FxHashMap::default();
    for piece in copy.root().descendants_it().filter(NodeRef::is_text) {
        let length = letters(&piece.text());
        let number = piece
            .ancestors_it(None)
            .find_map(|above| above.attr(NUMBER)?.parse::<usize>().ok());
        let Some(original) = number.and_then(|number| elements.get(number)).filter(|_| length > 0) else {
            continue;
        };
        for node in std::iter::once(*original).chain(original.ancestors_it(None)) {
            *kept.entry(node.id).or_default() += length;
        }
    }
    let all = kept.get(&body.id).copied().filter(|all| *all > 0)?;
    let mut holder = *body;
    let holds = |node: &NodeRef<'_>| kept.get(&node.id).is_some_and(|length| length * 10 >= all * 9);
    while let Some(child) = holder.children_it(false).find(|child| is_box(child) && holds(child)) {
        holder = child;
    }
    Some(holder)
}

/// Names of the boxes of a text, one of which may hold several columns or rows of it.
const TEXT_NAMES: &[&str] = &["article", "body", "entry", "post", "press", "release", "story", "text"];

/// The found element, or the box around it, as long as the box's name says that it holds the text and what else it holds reads like text.
fn grown(found: NodeRef<'_>) -> NodeRef<'_> {
    let mut node = found;
    while let Some(parent) = node
        .parent()
        .filter(|parent| is_box(parent) && !parent.has_name("body"))
    {
        let weights = Weights::below(&[parent]);
        let (inner, outer) = (weights.of(&node), weights.of(&parent));
        let (further, linked) = (outer.letters - inner.letters, outer.linked - inner.linked);
        let is_named =
            names(&parent).iter().any(|name| TEXT_NAMES.contains(&name.as_str())) || parent.has_name("article");
        if !is_named || further > inner.letters || linked * 3 > further {
            break;
        }
        node = parent;
    }
    node
}

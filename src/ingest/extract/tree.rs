//! What the other files ask of a page's tree: how much text stands where, and how much of it is links.

use std::collections::VecDeque;

use dom_query::{Document, NodeId, NodeRef};
use rustc_hash::FxHashMap;

/// Text below an element.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Weight {
    /// Letters and digits, in bytes of UTF-8: a Chinese character says as much as three letters.
    pub(super) letters: usize,
    /// Those of them that stand in links.
    pub(super) linked: usize,
}

impl Weight {
    /// More than a share of the text, in percent, is links.
    pub(super) const fn is_linked(self, percent: usize) -> bool {
        self.linked * 100 > self.letters * percent
    }
}

/// The weights of all elements below and of some others.
#[derive(Debug)]
pub(super) struct Weights(FxHashMap<NodeId, Weight>);

impl Weights {
    pub(super) fn below(roots: &[NodeRef<'_>]) -> Self {
        let mut weights: FxHashMap<NodeId, Weight> = FxHashMap::default();
        for root in roots {
            for node in root.descendants_it().filter(NodeRef::is_text) {
                let letters = letters(&node.text());
                if letters == 0 {
                    continue;
                }
                let above: Vec<NodeRef<'_>> = up_to(&node, root);
                let linked = if above.iter().any(|node| node.has_name("a")) {
                    letters
                } else {
                    0
                };
                for element in above {
                    let weight = weights.entry(element.id).or_default();
                    weight.letters += letters;
                    weight.linked += linked;
                }
            }
        }
        Self(weights)
    }

    pub(super) fn of(&self, node: &NodeRef<'_>) -> Weight {
        self.0.get(&node.id).copied().unwrap_or_default()
    }

    pub(super) fn of_all(&self, nodes: &[NodeRef<'_>]) -> Weight {
        nodes.iter().fold(Weight::default(), |sum, node| {
            let weight = self.of(node);
            Weight {
                letters: sum.letters + weight.letters,
                linked: sum.linked + weight.linked,
            }
        })
    }
}

/// Letters and digits, in bytes.
pub(super) fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).map(char::len_utf8).sum()
}

/// The elements above a node, the innermost first, up to and with `root`.
fn up_to<'a>(node: &NodeRef<'a>, root: &NodeRef<'a>) -> Vec<NodeRef<'a>> {
    let mut above = Vec::new();
    for ancestor in node.ancestors_it(None) {
        let is_root = ancestor.id == root.id;
        above.push(ancestor);
        if is_root {
            break;
        }
    }
    above
}

/// What a selector finds, without what stands within something found, in document order.
pub(super) fn outermost<'a>(document: &'a Document, selector: &str) -> Vec<NodeRef<'a>> {
    let Some(found) = document.try_select(selector) else {
        return Vec::new();
    };
    let nodes = found.nodes();
    let is_within = |node: &NodeRef<'_>| {
        node.ancestors_it(None)
            .any(|above| nodes.iter().any(|other| other.id == above.id))
    };
    // A page with thousands of bodies is no release.
    const MOST: usize = 64;
    nodes
        .iter()
        .take(MOST)
        .filter(|node| !is_within(node))
        .copied()
        .collect()
}

/// The elements below a node, outer ones first; what lies within those that `takes` says yes to is not looked at.
pub(super) fn sweep<'a>(root: &NodeRef<'a>, mut takes: impl FnMut(&NodeRef<'a>) -> bool) {
    let mut waiting: VecDeque<NodeRef<'a>> = root.element_children().into();
    while let Some(node) = waiting.pop_front() {
        if !takes(&node) {
            waiting.extend(node.element_children());
        }
    }
}

/// The words of an element's classes and id, in small letters: `shareBar` and `share-bar` are `share` and `bar`.
pub(super) fn names(node: &NodeRef<'_>) -> Vec<String> {
    let written = format!("{} {}", node.attr_or("class", ""), node.attr_or("id", ""));
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in written.chars().take(500) {
        let begins = c.is_uppercase() && before.is_lowercase();
        if begins || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut()
            && c.is_alphanumeric()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

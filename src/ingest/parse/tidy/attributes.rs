//! Mends the attributes of a start tag, namespaces above all: every later reader knows a vocabulary by one URI, and RSS by three versions.

use super::super::token::{is_attribute_allowed, split_attributes};
use super::super::vocabulary::{self, UNDECLARED};
use super::{Pass, colon, local};

/// Attributes kept per element. Checking for doubles is quadratic in them.
const MAX_ATTRIBUTES: usize = 64;

/// The longest namespace known has 65.
const MAX_NAMESPACE_BYTES: usize = 200;

/// The namespaces of Atom 0.3, RSS 0.90 and RSS 1.1, which are read as those of their successors.
const FORMATS: &[&str] = &[
    "http://purl.org/atom/ns#",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://purl.org/net/rss1.1#",
];

/// What becomes of an attribute's value.
enum Fixed {
    Same,
    Other(&'static str),
    Gone,
}

impl<'a> Pass<'a, '_> {
    /// Appends the attributes of a start tag: to the byte as they were if they were right, else rebuilt.
    pub(super) fn attributes(&mut self, element: &str, source: &'a str, is_root: bool) {
        if source.is_empty() && !is_root {
            return;
        }
        let (attributes, well_formed) = split_attributes(source);
        let mut kept: Vec<(&str, &str)> = Vec::new();
        let mut changed = false;
        for (name, value) in attributes {
            let double = kept.iter().any(|(known, _)| *known == name);
            if double || kept.len() == MAX_ATTRIBUTES || !is_attribute_allowed(name, value) {
                self.repairs.add("attribute-syntax");
                changed = true;
                continue;
            }
            match self.attribute(element, name, value, is_root) {
                Fixed::Same => kept.push((name, value)),
                Fixed::Other(value) => {
                    changed = true;
                    kept.push((name, value));
                }
                Fixed::Gone => changed = true,
            }
        }
        if is_root && element == "rss" && !kept.iter().any(|(name, _)| *name == "version") {
            self.repairs.add("rss-version");
            changed = true;
            kept.push(("version", "2.0"));
        }
        if !well_formed {
            self.repairs.add("attribute-syntax");
        }
        if well_formed && !changed {
            return self.references(source);
        }
        for (name, value) in kept {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            self.references(&value.replace('"', "&quot;"));
            self.out.push('"');
        }
    }

    /// What becomes of one attribute.
    fn attribute(&mut self, element: &str, name: &'a str, value: &str, is_root: bool) -> Fixed {
        let prefix = match name.split_once(':') {
            Some(("xmlns", prefix)) => prefix,
            None if name == "xmlns" => "",
            None if is_root && name == "version" => return self.version(element, value),
            Some(_) => {
                self.use_prefix_of(name);
                return Fixed::Same;
            }
            None => return Fixed::Same,
        };
        // Every element would carry it along.
        if value.len() > MAX_NAMESPACE_BYTES {
            self.repairs.add("attribute-syntax");
            return Fixed::Gone;
        }
        // quick-xml looks through every declaration in scope for every name.
        if self.prefixes.len() == MAX_ATTRIBUTES {
            return Fixed::Gone;
        }
        self.prefixes.push(prefix);
        self.namespace(element, prefix, value, is_root)
    }

    /// Gives a known vocabulary its proper URI, and the root its format's own.
    fn namespace(&mut self, element: &str, prefix: &str, value: &str, is_root: bool) -> Fixed {
        if is_root && prefix.is_empty() {
            let unknown = vocabulary::by_uri(value).is_none();
            // RSS 2.0 has no namespace; a root's own elements are those of its format, whatever it calls them.
            let own = match local(element).to_ascii_lowercase().as_str() {
                "rss" | "channel" => Some(Fixed::Gone),
                "rdf" if unknown => Some(Fixed::Other("http://purl.org/rss/1.0/")),
                "feed" | "entry" if unknown => Some(Fixed::Other("http://www.w3.org/2005/Atom")),
                _ => None,
            };
            if let Some(own) = own {
                self.alias(value);
                return own;
            }
        }
        match vocabulary::by_uri(value) {
            Some(vocabulary) if vocabulary.uri != value => {
                self.alias(value);
                Fixed::Other(vocabulary.uri)
            }
            Some(_) | None => Fixed::Same,
        }
    }

    /// Notes that a URI was replaced, unless it is that of an older format, which is right in its place.
    fn alias(&mut self, uri: &str) {
        if !FORMATS.contains(&uri) {
            self.repairs.add("namespace-alias");
        }
    }

    /// feed-rs knows these versions of RSS alone.
    fn version(&mut self, element: &str, value: &str) -> Fixed {
        if element != "rss" || matches!(value, "2.0" | "0.91" | "0.92") {
            return Fixed::Same;
        }
        self.repairs.add("rss-version");
        Fixed::Other(if value.trim().starts_with("0.9") { "0.92" } else { "2.0" })
    }

    pub(super) fn use_prefix_of(&mut self, name: &'a str) {
        let Some(prefix) = colon(name).map(|at| &name[..at]) else {
            return;
        };
        let known = matches!(prefix, "" | "xml" | "xmlns") || self.prefixes.contains(&prefix);
        if !known && !self.undeclared.contains(&prefix) && self.undeclared.len() < MAX_ATTRIBUTES {
            self.undeclared.push(prefix);
        }
    }

    /// Declares on the root what was used without declaration: feed-rs would take `<foo:title>` for the item's title.
    pub(super) fn declare(&mut self) {
        let Some(at) = self.root_name_end.filter(|_| !self.undeclared.is_empty()) else {
            return;
        };
        self.repairs.add("undeclared-namespace");
        let mut declarations = String::new();
        for prefix in std::mem::take(&mut self.undeclared) {
            let uri = match vocabulary::by_prefix(prefix) {
                Some(vocabulary) => vocabulary.uri.to_owned(),
                None => format!("{UNDECLARED}{prefix}"),
            };
            declarations.push_str(&format!(" xmlns:{prefix}=\"{uri}\""));
        }
        self.out.insert_str(at, &declarations);
    }
}

//! Reads a DOCTYPE, of which nothing is kept but its plain internal entities: `<!ENTITY co "Acme &#38; Co">`.
//!
//! In: the declaration. Out: where it ends, and what its names mean, within bounds so narrow that no number of laughs adds up. Nothing is ever
//! fetched: an entity that stands outside the document, holds markup, or refers to another one means nothing here.

use super::Repairs;

/// Entities that are known.
const MAX_ENTITIES: usize = 128;

/// Declarations that are looked at, for whatever comes of them. HTML's own list, which some documents carry along, has 253.
const MAX_DECLARATIONS: usize = 1_024;

/// Bytes of a name.
const MAX_NAME_BYTES: usize = 64;

/// Bytes of one entity.
const MAX_ENTITY_BYTES: usize = 512;

/// Bytes of one declaration: a name, a text, and the white space around them.
const MAX_DECLARATION_BYTES: usize = MAX_NAME_BYTES + MAX_ENTITY_BYTES + 64;

/// Bytes that all uses of entities together may add to a document.
const MAX_EXPANSION_BYTES: usize = 64 * 1024;

/// How a declaration begins.
const ENTITY: &str = "<!ENTITY";

/// What may follow an `&` in an entity: numbers, and the names that XML itself defines.
const OWN_REFERENCES: &[&str] = &["#", "amp;", "lt;", "gt;", "quot;", "apos;"];

/// What the names of a document mean.
#[derive(Debug, Default)]
pub(super) struct Entities<'a> {
    known: Vec<(&'a str, &'a str)>,
    declarations: usize,
    expanded_bytes: usize,
}

impl<'a> Entities<'a> {
    /// Learns from the DOCTYPE at the start of `rest`, and says how long it is.
    pub(super) fn doctype(&mut self, rest: &'a str, repairs: &mut Repairs) -> usize {
        let mut in_subset = false;
        let mut quote = None;
        let mut behind_comment = 0;
        for (at, c) in rest.char_indices() {
            if at < behind_comment {
                continue;
            }
            match c {
                '<' if quote.is_none() && rest[at..].starts_with("<!--") => {
                    behind_comment = rest[at..].find("-->").map_or(rest.len(), |end| at + end + "-->".len());
                }
                '"' | '\'' if quote == Some(c) => quote = None,
                '"' | '\'' if quote.is_none() && in_subset => quote = Some(c),
                '<' if in_subset && quote.is_none() => self.learn(&rest[at..]),
                '[' if quote.is_none() => {
                    in_subset = true;
                    repairs.add("internal-dtd");
                }
                ']' if quote.is_none() => in_subset = false,
                '>' if !in_subset => return at + 1,
                _ => {}
            }
        }
        rest.len()
    }

    /// Learns the entity that is declared at the start of `rest`, if one is.
    fn learn(&mut self, rest: &'a str) {
        if !rest.starts_with(ENTITY) || self.declarations == MAX_DECLARATIONS || self.known.len() == MAX_ENTITIES {
            return;
        }
        self.declarations += 1;
        self.known
            .extend(entity(&rest[..rest.floor_char_boundary(MAX_DECLARATION_BYTES)]));
    }

    /// What a name means, if its text still fits.
    pub(super) fn expand(&mut self, name: &str) -> Option<&'a str> {
        let (_, value) = self.known.iter().find(|(known, _)| *known == name)?;
        let expanded = self.expanded_bytes + value.len();
        if expanded > MAX_EXPANSION_BYTES {
            return None;
        }
        self.expanded_bytes = expanded;
        Some(*value)
    }
}

/// Name and text of one declaration, if it is text and no more; of references it may hold those of XML alone, so expansion ends at once.
fn entity(declaration: &str) -> Option<(&str, &str)> {
    let rest = declaration.strip_prefix(ENTITY)?.trim_start();
    let (name, rest) = rest.split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, _) = rest[1..].split_once(quote)?;
    let is_own = |reference: &str| OWN_REFERENCES.iter().any(|own| reference.starts_with(own));
    let fits = name.len() <= MAX_NAME_BYTES && value.len() <= MAX_ENTITY_BYTES;
    let is_text = fits && !value.contains(['<', '%']) && value.split('&').skip(1).all(is_own);
    is_text.then_some((name, value))
}

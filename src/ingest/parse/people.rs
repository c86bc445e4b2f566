//! Reads whom a feed names: authors, editors, publishers.
//!
//! In: the elements of an item or channel. Out: persons in document order, each once. RSS puts a person into one text, in the form of a
//! mail header or in whatever form its publisher likes; Atom gives name, address and page apart.

use super::scan::Node;
use crate::article::{Person, PersonRole};

/// Elements that name a person. RSS 2.0 for the first three, Dublin Core, RFC 4287.
const PERSONS: &[(&str, &str, PersonRole)] = &[
    ("rss", "author", PersonRole::Author),
    ("rss", "managingEditor", PersonRole::ManagingEditor),
    ("rss", "webMaster", PersonRole::WebMaster),
    ("dc", "creator", PersonRole::Creator),
    ("dc", "author", PersonRole::Creator),
    ("dc", "contributor", PersonRole::Contributor),
    ("dc", "publisher", PersonRole::Publisher),
    ("atom", "author", PersonRole::Author),
    ("atom", "contributor", PersonRole::Contributor),
    ("itunes", "author", PersonRole::Author),
];

/// Bytes of a text that is taken apart. A longer one is no mail header, and is a name as far as it goes.
const MAX_PERSON_BYTES: usize = 500;

/// Brackets that hold an address or the name beside it.
const OPEN: &[char] = &['(', '<', '[', '（'];
const CLOSE: &[char] = &[')', '>', ']', '）'];

/// The persons among these elements.
pub(super) fn people(nodes: &[Node]) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for node in nodes {
        let Some((_, _, role)) = PERSONS
            .iter()
            .find(|(vocabulary, name, _)| node.vocabulary == *vocabulary && node.name.eq_ignore_ascii_case(name))
        else {
            continue;
        };
        let part = |names: &[&str]| {
            let mut parts = node
                .children
                .iter()
                .filter(|child| names.contains(&child.name.as_ref()));
            parts.find_map(Node::said).map(str::to_owned)
        };
        let apart = Person {
            role: *role,
            name: part(&["name"]),
            email: part(&["email"]),
            // `url` and `homepage` are Atom 0.3's and RSS 1.1's.
            uri: part(&["uri", "url", "homepage"]).and_then(|uri| node.address(&uri)),
        };
        let person = if apart.name.is_some() || apart.email.is_some() || apart.uri.is_some() {
            apart
        } else if let Some(text) = node.said() {
            person(text, *role)
        } else {
            continue;
        };
        if !people.contains(&person) {
            people.push(person);
        }
    }
    people
}

/// Tells name and address apart in one text: `mail@e.example (Name)`, the form of RSS; `Name <mail@e.example>`, the form of mail;
/// `Name (mail@e.example)`, and whatever stands around an address.
pub(super) fn person(text: &str, role: PersonRole) -> Person {
    let text = text.trim();
    let mut person = Person {
        role,
        name: None,
        email: None,
        uri: None,
    };
    if text.len() > MAX_PERSON_BYTES {
        person.name = Some(text[..text.floor_char_boundary(MAX_PERSON_BYTES)].trim_end().to_owned());
        return person;
    }
    let name = match address(text) {
        Some(found) => {
            person.email = Some(text[found.clone()].to_owned());
            let before = text[..found.start].trim_end_matches("mailto:");
            let after = text[found.end..]
                .split_once("?subject=")
                .map_or(&text[found.end..], |(name, _)| name);
            let (before, after) = match (before.strip_suffix(OPEN), after.strip_prefix(CLOSE)) {
                (Some(before), Some(after)) => (before, after),
                _ => (before, after),
            };
            format!("{before} {after}")
        }
        None => text.to_owned(),
    };
    let name = if person.email.is_some() {
        bare(&name)
    } else {
        name.trim()
    };
    person.name = Some(name.to_owned()).filter(|name| !name.is_empty());
    person
}

/// A name without the brackets that held it or the address beside it. `Jane Doe (Acme)` keeps its own.
fn bare(name: &str) -> &str {
    const BESIDE: &[char] = &[',', ';', ':', '-', '—', '–', '"'];
    let mut name = name;
    let (mut opened, mut closed) = (name.matches(OPEN).count(), name.matches(CLOSE).count());
    loop {
        name = name.trim_matches(|c: char| c.is_whitespace() || BESIDE.contains(&c));
        let (within, closes) = (name.strip_prefix(OPEN), name.ends_with(CLOSE));
        name = if let Some(within) = within.filter(|_| closes || closed == 0) {
            opened -= 1;
            within
        } else if let Some(before) = name.strip_suffix(CLOSE).filter(|_| closed > opened) {
            closed -= 1;
            before
        } else {
            return name;
        };
    }
}

/// Where a mail address stands in a text. A word with one `@` in it and a dot after that; RFC 5322 allows more, nobody writes more.
fn address(text: &str) -> Option<std::ops::Range<usize>> {
    let at = text.find('@')?;
    let is_local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '%');
    let is_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let start = text[..at].rfind(|c| !is_local(c)).map_or(0, |before| {
        before + text[before..].chars().next().map_or(0, char::len_utf8)
    });
    let end = text[at + 1..]
        .find(|c| !is_domain(c))
        .map_or(text.len(), |end| at + 1 + end);
    let domain = text[at + 1..end].trim_end_matches(['.', '-']);
    (start < at && domain.contains('.')).then_some(start..at + 1 + domain.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_as_feeds_write_them() {
        for (text, name, email) in [
            (
                "newsdesk@globenewswire.example (NewsDesk)",
                Some("NewsDesk"),
                Some("newsdesk@globenewswire.example"),
            ),
            ("Jane Doe <jane@e.example>", Some("Jane Doe"), Some("jane@e.example")),
            ("Jane Doe (jane@e.example)", Some("Jane Doe"), Some("jane@e.example")),
            ("Jane Doe jane@e.example", Some("Jane Doe"), Some("jane@e.example")),
            ("jane@e.example", None, Some("jane@e.example")),
            ("jane@e.example ()", None, Some("jane@e.example")),
            (
                "jane@e.example (Jane Doe (Acme))",
                Some("Jane Doe (Acme)"),
                Some("jane@e.example"),
            ),
            ("mailto:jane@e.example?subject=Hello", None, Some("jane@e.example")),
            ("Jane Doe (Acme)", Some("Jane Doe (Acme)"), None),
            ("Jane @ Acme", Some("Jane @ Acme"), None),
            ("Doe—jane@e.example", Some("Doe"), Some("jane@e.example")),
            (
                "info@e.example（山田太郎広報部）",
                Some("山田太郎広報部"),
                Some("info@e.example"),
            ),
            ("jane@e.example )))(((", Some(")))((("), Some("jane@e.example")),
            ("jane@e.example ((([Jane])", Some("Jane"), Some("jane@e.example")),
            ("@", Some("@"), None),
        ] {
            let got = person(text, PersonRole::Author);
            assert_eq!((got.name.as_deref(), got.email.as_deref()), (name, email), "{text}");
        }
    }

    #[test]
    fn a_text_too_long_for_a_mail_header_is_a_name_as_far_as_it_goes() {
        for (text, want) in [
            (
                format!("a@b.example {}", ")".repeat(500)),
                format!("a@b.example {}", ")".repeat(488)),
            ),
            ("山".repeat(200), "山".repeat(166)),
            (format!("{} a@b.example", "x".repeat(499)), "x".repeat(499)),
        ] {
            let got = person(&text, PersonRole::Author);
            assert_eq!((got.name, got.email), (Some(want), None), "{text}");
        }
    }
}

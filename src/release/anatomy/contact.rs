//! Whom to call: the people and desks of a release's contact blocks.
//!
//! In: the sections of a release. Out: one [`Contact`] for each name or address. Reads what lines say, invents no names;
//! contacts are personal facts and stay out of re-emitted feeds unless the operator says otherwise.

use std::sync::LazyLock;

use regex::Regex;

use crate::article::{Contact, Section, SectionKind};

use super::{is_contact, pattern};

/// No release lists more people; a hostile one may.
const MOST_CONTACTS: usize = 20;

static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"));
static PHONE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\+?\(?[0-9][0-9 ().\x{A0}\x{2011}/-]{6,22}[0-9]"));

/// The contacts that the contact blocks name, in order.
#[must_use]
pub fn contacts(sections: &[Section]) -> Vec<Contact> {
    let mut contacts: Vec<Contact> = Vec::new();
    for section in sections.iter().filter(|section| section.kind == SectionKind::Contact) {
        let mut role = None;
        let mut open = Contact::default();
        for line in section.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let line = if is_contact(line) {
                close(&mut contacts, &mut open);
                let (heading, rest) = line.split_once([':', '：']).unwrap_or((line, ""));
                role = Some(heading.trim().to_owned()).filter(|heading| heading.chars().count() <= 60);
                rest.trim()
            } else {
                line
            };
            read_line(line, role.as_deref(), &mut open, &mut contacts);
        }
        close(&mut contacts, &mut open);
    }
    contacts.truncate(MOST_CONTACTS);
    contacts
}

fn close(contacts: &mut Vec<Contact>, open: &mut Contact) {
    let contact = std::mem::take(open);
    if contact.name.is_some() || contact.email.is_some() || contact.phone.is_some() {
        contacts.push(contact);
    }
}

fn read_line(line: &str, role: Option<&str>, open: &mut Contact, contacts: &mut Vec<Contact>) {
    let email = EMAIL.find(line);
    let phone = PHONE.find(line).filter(|found| {
        let digits = found.as_str().bytes().filter(u8::is_ascii_digit).count();
        (8..=15).contains(&digits)
    });
    let first = email
        .map_or(line.len(), |m| m.start())
        .min(phone.map_or(line.len(), |m| m.start()));
    let name = line.get(..first).and_then(name);
    let full = open.email.is_some() || open.phone.is_some();
    if (name.is_some() && full) || (email.is_some() && open.email.is_some()) {
        close(contacts, open);
    }
    if open.name.is_none() {
        open.name = name.map(str::to_owned);
    }
    if let Some(email) = email {
        open.email = Some(email.as_str().trim_end_matches('.').to_owned());
    }
    if let Some(phone) = phone.filter(|_| open.phone.is_none()) {
        open.phone = Some(phone.as_str().to_owned());
    }
    if open.role.is_none() {
        open.role = role.map(str::to_owned);
    }
}

/// Two to five capitalised words before a comma: a person or a desk.
fn name(text: &str) -> Option<&str> {
    let name = text
        .split([',', '|', ';', ':', '–', '—'])
        .next()?
        .trim()
        .trim_end_matches('-')
        .trim();
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_name = (2..=5).contains(&words.len())
        && words.iter().all(|word| {
            word.chars().next().is_some_and(|c| c.is_uppercase())
                || matches!(*word, "de" | "van" | "von" | "der" | "and" | "of")
        })
        && !name.contains(|c: char| c.is_ascii_digit() || matches!(c, '@' | '/'));
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_block_names_people_with_their_addresses() {
        let block = |text: &str| {
            vec![Section {
                kind: SectionKind::Contact,
                text: text.to_owned(),
            }]
        };
        for (text, want) in [
            (
                "Media Contact:\nJo Bolt\nAcme Corp.\n+1 (208) 555-0100\npress@acme.example",
                vec![(
                    Some("Jo Bolt"),
                    Some("Media Contact"),
                    Some("press@acme.example"),
                    Some("+1 (208) 555-0100"),
                )],
            ),
            (
                "Contacts:\n\nJo Bolt, CEO, jo@acme.example\nAnn Nut, ann@acme.example",
                vec![
                    (Some("Jo Bolt"), Some("Contacts"), Some("jo@acme.example"), None),
                    (Some("Ann Nut"), Some("Contacts"), Some("ann@acme.example"), None),
                ],
            ),
            (
                "Investor Relations: ir@acme.example",
                vec![(None, Some("Investor Relations"), Some("ir@acme.example"), None)],
            ),
            ("Contact:\nvisit acme.example in 2024", vec![]),
        ] {
            let got = contacts(&block(text));
            let got: Vec<_> = got
                .iter()
                .map(|c| {
                    (
                        c.name.as_deref(),
                        c.role.as_deref(),
                        c.email.as_deref(),
                        c.phone.as_deref(),
                    )
                })
                .collect();
            assert_eq!(got, want, "{text}");
        }
    }
}

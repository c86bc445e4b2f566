//! Whom to call: the people and desks of a release's contact blocks.
//!
//! In: the sections of a release. Out: one [`Contact`] for each name or address. Reads what lines say, invents no names;
//! contacts are personal facts and stay out of re-emitted feeds unless the operator says otherwise.

use std::sync::LazyLock;

use regex::Regex;

use crate::article::{Contact, Section, SectionKind};
use crate::release::pattern;

use super::marker::{bare, is_contact_head};
use super::prose;

mod address;
mod name;

pub(super) use address::has_address;

use address::{EMAIL, before_ends_with_fax, email, phone, plain};
use name::{addressed, han_name, is_firm, is_title, labelled, opens_with_job, person};

/// No release lists more people; a hostile one may.
const MOST_CONTACTS: usize = 20;

/// Most bytes of a line that are read.
const REACH: usize = 500;

/// Most characters of a role.
const LONGEST_ROLE: usize = 60;

/// Most characters of the line that signs a quotation.
const LONGEST_SIGNATURE: usize = 120;

/// What a line calls its value, before a colon: a desk's word for a person, a telephone, a mail address, or something else.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?xi)^ (?: (?P<name> (?:contact\s|full\s)?(?:name|person|nom|nombre|nome) | ansprechpartner(?:in)? | 联系人 | 聯絡人 | 联络人 | 聯繫人
            | 担当 | 담당자? | 姓名 )
            | (?P<fax> f | fax | telefax | télécopie | 传真 | 傳真 )
            | (?P<field> t | m | p | e | o | c | d | w | tel | tél | tel\.no | phone s? | mobile | cell (?:\sphone)? | office
            | direct | telephone | telefon | telefono | teléfono | telefone | téléphone | mobil | mob | ph | hp
            | e-?mail (?:\s(?:us|id|address))? | mail | correo | courriel | posta | 电话 | 電話 | 邮箱 | 郵箱 | 电邮 | 電郵 | メール | 전화 | 이메일
                | (?:company\s)? web (?:site)? | url | internet | site | address | company (?:\sname)? | organi[sz]ation | title | position
                | city | country | state | source | linkedin | twitter | x | facebook | instagram | skype | whatsapp | telegram )
          ) \.? \s* [:：] \s*",
    )
});

/// Numbers that are dialled during a call, and are nobody's.
static CALL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:conference\s?(?:call\s)?(?:id|code|number)|passcode|pass\scode|access\s(?:code|id)|meeting\s(?:id|code)|webinar\sid|participant\s(?:code|pin)|replay\s(?:pin|id|code|number|passcode)|confirmation\s(?:code|number))\b",
    )
});

/// The contacts that the contact blocks name, in order.
#[must_use]
pub fn contacts(sections: &[Section]) -> Vec<Contact> {
    let mut contacts: Vec<Contact> = Vec::new();
    let mut block = Block::default();
    for section in sections {
        // A block that was cut at one of its own lines goes on in the next section.
        if section.kind != SectionKind::Contact {
            block.close(&mut contacts);
            block = Block::default();
            continue;
        }
        for line in section.text.lines().flat_map(|line| line.split(['|', '｜', '\t'])) {
            for part in people(line.trim()) {
                block.read(part.trim(), &mut contacts);
            }
        }
        if contacts.len() >= MOST_CONTACTS {
            break;
        }
    }
    block.close(&mut contacts);
    contacts.truncate(MOST_CONTACTS);
    contacts
}

/// The parts of a line that names several people, each with an address: `Jo Bolt, 208-555-0100; or Ann Nut, ann@acme.example`.
fn people(line: &str) -> Vec<&str> {
    static NEXT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:;\s+(?:(?:or|and|oder|und|ou|et|o|y)\s+)?|[.]\s+(?:Or|Out of hours|Alternatively|Outside office hours)\b[:,]?\s*)",
        )
    });
    let mut from = 0;
    let mut parts = Vec::new();
    for next in NEXT.find_iter(&line[..line.floor_char_boundary(REACH)]) {
        let rest = &line[next.end()..];
        let names = person(rest).is_some_and(|name| !is_title(name));
        if names && has_address(&line[from..next.start()]) && has_address(rest) {
            parts.push(&line[from..next.start()]);
            from = next.end();
        }
    }
    parts.push(&line[from..]);
    parts
}

/// May the paragraph stand in a contact block? Names, titles, addresses and links do; sentences and footnotes do not.
pub(super) fn is_contact_line(text: &str) -> bool {
    let numbered = text
        .strip_prefix('[')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let footnote = numbered || (text.starts_with(['(', '*', '†']) && !has_address(text) && !text.contains("://"));
    let link = |line: &str| line.contains("://") || line.contains("www.") || line.contains('@');
    let is_sentence = |line: &str| {
        let words = line.split_whitespace().count();
        words > 7 && line.trim_end().ends_with(['.', '!', '?', '。', '”', '"'])
    };
    let is_long = |line: &str| line.chars().nth(110).is_some();
    !footnote
        && !prose::is_quote(text)
        && text.lines().all(|line| {
            let addressed = has_address(line) || link(line);
            addressed || !(is_sentence(line) || is_long(line))
        })
}

/// `Jo Bolt, CEO`: who said the quotation above.
pub(super) fn is_signed(text: &str) -> bool {
    let text = text.trim_start_matches(['—', '–', '-', ' ']);
    text.split_once(',').is_some_and(|(name, title)| {
        person(name) == Some(name.trim())
            && text.chars().nth(LONGEST_SIGNATURE).is_none()
            && is_title(title)
            && !text.ends_with('.')
    })
}

/// Is the paragraph a mail address or a telephone number, with a few words beside it?
pub(super) fn is_bare_address(text: &str) -> bool {
    text.chars().nth(LONGEST_ROLE).is_none()
        && text.split_whitespace().count() <= 7
        && !text.ends_with(['.', '!', '?', ';'])
        && has_address(text)
}

/// A contact block as far as it is read.
#[derive(Default)]
struct Block {
    role: Option<String>,
    open: Contact,
    /// A name without an address counts only at the head of its block: further down it is a firm or a town.
    first: bool,
}

impl Block {
    fn read(&mut self, line: &str, contacts: &mut Vec<Contact>) {
        let line = plain(bare(&line[..line.floor_char_boundary(REACH)]));
        let mut line = line.trim();
        if line.is_empty() {
            return;
        }
        let is_job = self.open.name.is_some() && opens_with_job(line) && !has_address(line);
        if is_job || CALL.is_match(line) {
            return;
        }
        if !LABEL.is_match(line) && is_contact_head(line) && !is_person_with_desk(line) {
            let (role, rest) = head(line);
            // `Contact: Jo Bolt` below `Media Contact:` is no new block.
            let says_more = !(self.first && role.is_some_and(|role| role.eq_ignore_ascii_case("contact")));
            if says_more || self.role.is_none() {
                self.close(contacts);
                self.role = role.map(str::to_owned);
            }
            self.first = true;
            line = rest;
        }
        let mut is_name = false;
        if let Some(label) = LABEL.captures(line) {
            if label.name("fax").is_some() {
                return;
            }
            let value = &line[label.get(0).map_or(0, |whole| whole.end())..];
            is_name = label.name("name").is_some();
            if !is_name && !has_address(value) {
                return;
            }
            line = value.trim();
        }
        self.read_value(line, is_name, contacts);
    }

    fn read_value(&mut self, line: &str, labelled_name: bool, contacts: &mut Vec<Contact>) {
        let email = email(line);
        let phone = phone(line).filter(|(at, _)| !before_ends_with_fax(&line[..*at]));
        let first = email
            .map_or(line.len(), |(at, _)| at)
            .min(phone.map_or(line.len(), |(at, _)| at));
        let before = line.get(..first).unwrap_or_default();
        let (label, named) = before
            .split_once([':', '：'])
            .filter(|(_, rest)| person(rest).is_some())
            .unwrap_or(("", before));
        let name = if labelled_name {
            labelled(named)
        } else {
            person(named)
                .map(|name| behind_firm(named, name))
                .or_else(|| addressed(before))
                .or_else(|| han_name(before.trim()))
        };
        let full = self.open.email.is_some() || self.open.phone.is_some();
        let titled = name.is_some_and(is_title);
        let completes = labelled_name && self.open.name.is_none();
        if (name.is_some() && full && !titled && !completes) || (email.is_some() && self.open.email.is_some()) {
            self.close(contacts);
        }
        let desk = self.open.name.as_deref().is_some_and(is_firm)
            && name.is_some_and(|name| !is_firm(name) && !is_title(name));
        if self.open.name.is_none() || desk {
            self.open.name = name.map(str::to_owned);
        }
        if let Some(email) = email {
            self.open.email = Some(email.1.to_owned());
        }
        if let Some((_, phone)) = phone.filter(|_| self.open.phone.is_none()) {
            self.open.phone = Some(phone.to_owned());
        }
        if self.open.role.is_none() {
            let label = Some(label.trim()).filter(|label| is_role(label)).map(str::to_owned);
            self.open.role = label.or_else(|| self.role.clone());
        }
    }

    fn close(&mut self, contacts: &mut Vec<Contact>) {
        let contact = std::mem::take(&mut self.open);
        let addressed = contact.email.is_some() || contact.phone.is_some();
        if addressed || (self.first && contact.name.is_some()) {
            contacts.push(contact);
        }
        self.first = false;
    }
}

/// `Jo Bolt - Investor Relations`: a person, and no head of a block.
fn is_person_with_desk(line: &str) -> bool {
    let name = [" - ", " – ", ", "]
        .iter()
        .find_map(|mark| line.split_once(mark))
        .map(|(name, _)| name);
    name.is_some_and(|name| {
        person(name) == Some(name) && !is_firm(name) && !is_title(name) && !name.starts_with("Contact")
    })
}

/// `Acme AG, Jo Bolt`: the person, not the firm.
fn behind_firm<'l>(named: &'l str, name: &'l str) -> &'l str {
    let second = named.split_once(',').and_then(|(_, rest)| person(rest));
    second
        .filter(|second| is_firm(name) && !is_firm(second) && !is_title(second))
        .unwrap_or(name)
}

/// What a block's head calls it, and what follows on the line. A sentence (`For more information, please contact`) is no role.
fn head(line: &str) -> (Option<&str>, &str) {
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^(?:Contact (?:Details|Information|Info)|(?:Media|Press|Investor|Company) Contacts?|Contacts?)")
    });
    let (role, rest) = match line.split_once([':', '：']) {
        Some((role, rest)) if !EMAIL.is_match(role) && phone(role).is_none() => (role, rest),
        _ => match HEAD.find(line) {
            Some(glued) => line.split_at(glued.end()),
            None if EMAIL.is_match(line) || phone(line).is_some() => return (None, line),
            None => (line, ""),
        },
    };
    let role = role
        .trim()
        .trim_matches(['*', '_', '【', '】', '■', '◆', '［', '］', '《', '》'])
        .trim();
    let low = role.to_lowercase();
    let asks = ["for more", "for further", "for additional", "to "]
        .iter()
        .any(|start| low.starts_with(start));
    let is_sentence = asks || role.contains(',') || role.split(' ').count() > 6;
    (
        Some(role).filter(|role| !is_sentence && !role.is_empty() && role.chars().nth(LONGEST_ROLE).is_none()),
        rest.trim(),
    )
}

fn is_role(label: &str) -> bool {
    static ROLE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?xi) \b (?: media | presse? | investors? | contact | kontakt | relations | pr | public | communications? | analysts?
              | inquiries | enquiries | sales | information ) \b",
        )
    });
    ROLE.is_match(label) && label.chars().nth(LONGEST_ROLE).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Role, name, mail and telephone of each contact, `-` for none.
    fn read(text: &str) -> Vec<String> {
        let section = Section {
            kind: SectionKind::Contact,
            text: text.to_owned(),
        };
        let shown = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        contacts(&[section])
            .into_iter()
            .map(|c| [c.role, c.name, c.email, c.phone].map(shown).join(" | "))
            .collect()
    }

    #[test]
    fn a_contact_block_names_people_with_their_addresses() {
        for (text, want) in [
            (
                "Media Contact:\nJo Bolt\nAcme Corp.\n+1 (208) 555-0100\npress@acme.example",
                &["Media Contact | Jo Bolt | press@acme.example | +1 (208) 555-0100"][..],
            ),
            (
                "Contacts:\n\nJo Bolt, CEO, jo@acme.example\nAnn Nut, ann@acme.example",
                &[
                    "Contacts | Jo Bolt | jo@acme.example | -",
                    "Contacts | Ann Nut | ann@acme.example | -",
                ],
            ),
            (
                "Contact: Jo Bolt, Acme Corp., 208-555-0100, press@acme.example",
                &["Contact | Jo Bolt | press@acme.example | 208-555-0100"],
            ),
            (
                "Investor Relations: ir@acme.example",
                &["Investor Relations | - | ir@acme.example | -"],
            ),
            (
                "For more information, please contact Jo Bolt at 208-555-0100.",
                &["- | Jo Bolt | - | 208-555-0100"],
            ),
            (
                "Pressekontakt:\nJo Bolt\nTel.: +49 30 5550100\nFax: +49 30 5550199\nE-Mail: jo@acme.example",
                &["Pressekontakt | Jo Bolt | jo@acme.example | +49 30 5550100"],
            ),
            (
                "Contacts presse :\nJo Bolt\nT: 01 55 55 01 00",
                &["Contacts presse | Jo Bolt | - | 01 55 55 01 00"],
            ),
            ("联系人：王小明\n电话：010-55501000", &["- | 王小明 | - | 010-55501000"]),
            (
                "Press contact:\nJo Bolt\npress [at] acme [dot] example",
                &["Press contact | Jo Bolt | press@acme.example | -"],
            ),
            // Labels, a firm above its person, a title behind the name.
            (
                "Media Contact\nName: Jo Bolt, CEO\nCompany: Acme\nPhone: 208-555-0100\nWebsite: https://acme.example",
                &["Media Contact | Jo Bolt | - | 208-555-0100"],
            ),
            (
                "Contact Details\nAcme Communications\nJo Bolt\njo@acme.example",
                &["Contact Details | Jo Bolt | jo@acme.example | -"],
            ),
            (
                "Contact: Jo Bolt Chief Executive Officer 208.555.0100",
                &["Contact | Jo Bolt | - | 208.555.0100"],
            ),
            // Line ends were lost.
            (
                "Media Contact:Jo BoltDirector208-555-0100jo@acme.exampleEmail: x",
                &["Media Contact | Jo Bolt | jo@acme.example | 208-555-0100"],
            ),
            ("Contact:\nISBN 978-3-16-148410-0, ISBN-13: 9783161484100", &[]),
            // Several people in one sentence, a firm before its person, a title below the name.
            (
                "CONTACT: Jo Bolt, 208-555-0100; or Ann Nut, Acme, ann@acme.example",
                &[
                    "CONTACT | Jo Bolt | - | 208-555-0100",
                    "CONTACT | Ann Nut | ann@acme.example | -",
                ],
            ),
            (
                "For interviews contact Ann Nut on 020 7946 0000. Out of hours: Jo Bolt, 07700 900123.",
                &["- | Ann Nut | - | 020 7946 0000", "- | Jo Bolt | - | 07700 900123"],
            ),
            (
                "Pressekontakt:\nAcme AG, Jo Bolt, 0421 555-1234",
                &["Pressekontakt | Jo Bolt | - | 0421 555-1234"],
            ),
            (
                "Kontakt:\nJo Bolt\nLeiterin Investor Relations\nTelefon: 0421 555-1234",
                &["Kontakt | Jo Bolt | - | 0421 555-1234"],
            ),
            (
                "媒体联系人:\n王芳\n电话:+86 10 8888 0000",
                &["媒体联系人 | 王芳 | - | +86 10 8888 0000"],
            ),
            (
                "【本件に関するお問い合わせ先】\n安科株式会社 広報部 担当:佐藤\nTEL:06-0000-1111",
                &["本件に関するお問い合わせ先 | 佐藤 | - | 06-0000-1111"],
            ),
            (
                "Media Contact:\nJo Bolt\n208-555-0100 ext. 12",
                &["Media Contact | Jo Bolt | - | 208-555-0100 ext. 12"],
            ),
            // What a lost line end glued together.
            (
                "Contact: Boise, ID 83702info@acme.example",
                &["Contact | - | info@acme.example | -"],
            ),
            (
                "Contact: Jo Bolt, jo@acme.netCompany: Acme",
                &["Contact | Jo Bolt | jo@acme.net | -"],
            ),
            (
                "Contact: Jo Bolt, (208) 555-0100280 Anvil Road",
                &["Contact | Jo Bolt | - | (208) 555-0100"],
            ),
            (
                "Contact: Jo Bolt, New York, NY 10022208.555.0100",
                &["Contact | Jo Bolt | - | 208.555.0100"],
            ),
            // Places and calls are nobody.
            ("Contact:\nUnited States\nConference ID#: 13746668", &[]),
            // No address, no name: a town, a date, a postal code, a vanity number.
            ("Contact:\nvisit acme.example in 2024", &[]),
            ("Contact:\nBoise, ID 83702-0100\nOctober 5, 2026", &[]),
            ("Contact:\n1-800-ACME-USA1 (242-8721)", &[]),
        ] {
            assert_eq!(read(text), want, "{text}");
        }
    }

    #[test]
    fn a_block_that_was_cut_goes_on_in_the_next_section() {
        let section = |text: &str| Section {
            kind: SectionKind::Contact,
            text: text.to_owned(),
        };
        let got = contacts(&[section("Media Contact:\n\nJo Bolt"), section("Email: jo@acme.example")]);
        assert_eq!(got.len(), 1, "{got:?}");
        assert_eq!(
            (got[0].name.as_deref(), got[0].email.as_deref()),
            (Some("Jo Bolt"), Some("jo@acme.example"))
        );
    }
}

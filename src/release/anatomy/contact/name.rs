//! Which words of a line are a person or a desk.
//!
//! In: the words before an address. Out: a slice that is a name, or none: a title, a town and a sentence are none.

use std::sync::LazyLock;

use regex::Regex;

use crate::release::gazetteer::city;
use crate::release::pattern;
use crate::release::place::places;

/// Most characters of a name that a line labels as one.
const LONGEST_NAME: usize = 60;

/// The value of a line that says it is a name.
pub(super) fn labelled(text: &str) -> Option<&str> {
    let name = text.split([',', '|', ';', '(', '（', '，']).next()?.trim();
    (!name.is_empty() && name.chars().nth(LONGEST_NAME).is_none() && !name.contains(|c: char| c.is_ascii_digit()))
        .then_some(name)
}

/// `please contact Jo Bolt at …`
pub(super) fn addressed(text: &str) -> Option<&str> {
    static TO: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)\b(?:contact|call|reach|e-?mail|write to)\s+(?P<rest>\S.*)$"));
    let rest = TO.captures(text)?.name("rest")?.as_str();
    let end = rest
        .find(" at ")
        .or_else(|| rest.find(" on "))
        .or_else(|| rest.find(" via "))
        .or_else(|| rest.find(" by "))
        .unwrap_or(rest.len());
    person(&rest[..end])
}

/// Words that titles are made of: a person's name ends before them.
#[rustfmt::skip]
const TITLES: &[&str] = &[
    "chief", "director", "president", "vice", "ceo", "cfo", "coo", "cmo", "cto", "senior", "sr", "manager", "managing", "head",
    "executive", "officer", "founder", "co-founder", "chairman", "chair", "vp", "svp", "evp", "coordinator", "specialist", "partner",
    "principal", "associate", "public", "investor", "media", "marketing", "press", "corporate", "law", "ir", "phone", "email", "tel", "mobile",
    "location", "address",
];

/// The words of other languages and those that open a title: a line that begins with one goes on with the person above.
#[rustfmt::skip]
const JOBS: &[&str] = &[
    "chief", "director", "president", "vice", "ceo", "cfo", "coo", "cmo", "cto", "senior", "sr", "manager", "managing", "head",
    "executive", "founder", "co-founder", "chairman", "chair", "vp", "svp", "evp", "leiter", "leiterin", "sprecher", "sprecherin",
    "pressesprecher", "pressesprecherin", "geschäftsführer", "geschäftsführerin", "vorstand", "directeur", "directrice", "responsable",
    "chargé", "chargée", "directora", "jefe", "jefa", "responsabile", "addetto", "addetta", "diretor", "diretora", "gerente",
];

/// `Head of Investor Relations`: a title, no head of a block.
pub(super) fn opens_with_job(line: &str) -> bool {
    let first = line.split([' ', ',', '/']).next().unwrap_or_default();
    JOBS.contains(&first.trim_end_matches('.').to_lowercase().as_str())
}

/// A name of two to five Chinese characters on a line of its own, or behind the word for a person in charge; no firm, desk or place.
pub(super) fn han_name(line: &str) -> Option<&str> {
    static IN_CHARGE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:担当者?|擔當|联系人|聯絡人|聯繫人|联络人)\s*[:：]\s*(?P<name>[\p{Han}々ヶ]{1,6}(?:[\s\u{3000}][\p{Han}]{1,3})?)",
        )
    });
    static ALONE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^(?P<name>[\p{Han}々]{1,3}[\s\u{3000}]?[\p{Han}]{1,3})(?:先生|女士|小姐|様|さん)?$")
    });
    const OTHERS: &[char] = &[
        '社', '部', '课', '課', '科', '室', '处', '處', '会', '會', '局', '所', '市', '省', '区', '區', '县', '縣',
        '都', '府', '国', '國', '系', '体', '體', '式', '司', '团', '團', '网', '店', '报', '報', '心', '关', '關',
        '话', '話', '址', '箱',
    ];
    if let Some(found) = IN_CHARGE.captures(line) {
        return found.name("name").map(|name| name.as_str());
    }
    let name = ALONE.captures(line)?.name("name")?.as_str();
    let length = name.chars().count();
    ((2..=5).contains(&length) && !name.ends_with(OTHERS)).then_some(name)
}

/// Words of a call and of the wires' end lines.
#[rustfmt::skip]
const CALLS: &[&str] = &[
    "conference", "id", "id#", "passcode", "code", "pin", "dial-in", "replay", "webcast", "toll-free", "ende", "end", "headquarters",
    "website",
];

/// Is it a country or a known town, or the heading of a call?
fn is_place_or_call(name: &str) -> bool {
    let is_country = |name| {
        places(name)
            .iter()
            .any(|place| place.country.is_some() && place.city.is_none() && place.region.is_none())
    };
    words_in(name, CALLS) || city(name).is_some() || is_country(name)
}

/// `, BC Canada`, `, ID 83702`: what follows the name of a town in an address.
fn is_addressed_town(rest: &str) -> bool {
    static REGION: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^\s*,\s*[A-Z]{2}[\s,]+(?:Canada|U\.?S\.?A?\b|United States|[0-9]{5}|[A-Z][0-9][A-Z])")
    });
    REGION.is_match(rest)
}

/// Words that firms are made of.
#[rustfmt::skip]
const FIRMS: &[&str] = &[
    "inc", "llc", "llp", "ltd", "limited", "corp", "corporation", "company", "co", "group", "plc", "gmbh", "ag", "sa", "investors",
    "brands", "partners", "financial", "communications", "media", "advisory", "accounting", "capital", "foundation", "association",
    "university", "securities", "research", "relations", "news", "pr", "agency", "technologies", "therapeutics", "solutions",
    "consulting", "institute", "services", "strategies", "international", "holdings", "studio", "studios", "wire", "america", "uk",
    "systems", "health", "digital", "lantern", "firm", "labs", "networks", "network", "target", "estate",
];

fn words_in(name: &str, list: &[&str]) -> bool {
    name.split_whitespace()
        .any(|word| list.contains(&word.trim_end_matches(['.', ',']).to_lowercase().as_str()))
}

pub(super) fn is_firm(name: &str) -> bool {
    words_in(name, FIRMS)
}

pub(super) fn is_title(name: &str) -> bool {
    words_in(name, TITLES)
}

/// `Jo Bolt Chief Executive` -> `Jo Bolt`
fn before_title(name: &str) -> &str {
    let mut at = 0;
    for (index, word) in name.split(' ').enumerate() {
        if index >= 2 && TITLES.contains(&word.trim_end_matches('.').to_lowercase().as_str()) {
            return name[..at].trim_end();
        }
        at += word.len() + 1;
    }
    name
}

/// Two to five capitalised words before a comma: a person or a desk.
pub(super) fn person(text: &str) -> Option<&str> {
    #[rustfmt::skip]
    const NO_NAMES: &[&str] = &[
        "us", "for", "follow", "visit", "website", "email", "e-mail", "phone", "click", "view", "connect", "contact", "contacts", "more",
        "tel", "read", "see", "source", "telephone", "toll", "please", "learn", "or", "to", "fax", "web", "call", "about", "twitter",
        "facebook", "linkedin", "instagram", "address", "visit:", "on", "in", "the", "download", "find", "sign", "join", "mobile",
        "cell", "office", "direct",
    ];
    let name = text
        .split([',', '|', '｜', ';', ':', '–', '—', '(', '/', '•', '，', '：'])
        .find(|part| !part.trim().is_empty())?
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '-' | '['));
    let name = name.split(" - ").next().unwrap_or(name);
    let name = before_title(name).trim_end_matches(" &").trim_end_matches(" and");
    let words: Vec<&str> = name.split_whitespace().collect();
    let first = words.first()?.to_lowercase();
    let is_name = (2..=5).contains(&words.len())
        && !NO_NAMES.contains(&first.trim_end_matches('.'))
        && words.iter().all(|word| {
            word.chars().next().is_some_and(char::is_uppercase)
                || matches!(
                    *word,
                    "de" | "van"
                        | "von"
                        | "der"
                        | "den"
                        | "da"
                        | "di"
                        | "del"
                        | "la"
                        | "le"
                        | "and"
                        | "of"
                        | "&"
                        | "bin"
                        | "al"
                        | "ten"
                        | "af"
                )
        })
        && !name.contains(|c: char| c.is_ascii_digit() || matches!(c, '@' | '!' | '?' | '$'))
        && words.last().is_some_and(|last| {
            !matches!(
                last.to_lowercase().trim_end_matches('.'),
                "tel" | "email" | "e-mail" | "phone" | "mobile" | "at" | "cell" | "direct" | "office" | "mail"
            )
        });
    let town = text.split_once(name).is_some_and(|(_, rest)| is_addressed_town(rest));
    (is_name && !town && !is_place_or_call(name)).then_some(name)
}

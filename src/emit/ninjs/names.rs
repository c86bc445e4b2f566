//! Who and what a document names: places, organisations with their listings, people, subjects, sources.

use serde_json::{Value, json};

use super::Properties;
use crate::article::{Contact, Draft, Organisation, Person, PersonRole, Place, Subject};
use crate::emit::entry::{scheme, web_url};
use crate::wire;

/// IPTC NewsCodes for the kind of a financial symbol.
const ISIN: &str = "http://cv.iptc.org/newscodes/financialinstrumentsymboltype/isin";

/// IPTC subject codes, which the subjects of PR Newswire are mapped to.
const SUBJECT_CODES: &str = "http://cv.iptc.org/newscodes/subjectcode/";

/// Places, organisations, people, subjects and sources.
pub(super) fn names(draft: &Draft, properties: &mut Properties) {
    let dateline = draft.dateline.as_ref();
    let places = dateline.map(|dateline| dateline.places.as_slice()).unwrap_or_default();
    properties.put("located", json!(places.first().map(|place| &place.text)));
    properties.put("places", places.iter().map(place).collect());
    properties.put("organisations", organisations(draft));
    let is_person = |person: &&Person| person.role != PersonRole::Publisher && person.name != draft.issuer;
    let authors = draft.people.iter().filter(is_person).filter_map(person);
    properties.put(
        "people",
        authors.chain(draft.contacts.iter().filter_map(contact)).collect(),
    );
    let wire = draft.wire.as_deref();
    let wire_id = wire.and_then(wire::by_name).map(|row| row.id);
    let subjects = draft.subjects.iter().filter_map(|about| subject(about, wire_id));
    let hints = draft.cashtags.iter();
    let hints =
        hints.map(|tag| json!({ "name": format!("${tag}"), "rel": "about", "literal": format!("cashtag:{tag}") }));
    properties.put("subjects", subjects.chain(hints).collect());
    let relays = dateline.map(|dateline| dateline.via.as_slice()).unwrap_or_default();
    let sources = wire.map(|name| ("distributor", name)).into_iter();
    let sources = sources.chain(relays.iter().map(|name| ("relay", name.as_str())));
    let sources = sources.map(|(role, name)| {
        let id = wire::by_name(name).map(|row| row.id);
        Properties::of([("name", json!(name)), ("role", json!(role)), ("literal", json!(id))])
    });
    properties.put("infoSources", sources.collect());
}

fn place(place: &Place) -> Value {
    let address = Properties::of([
        ("locality", json!(place.city)),
        ("area", json!(place.region)),
        ("country", json!(place.country)),
    ]);
    let knows_it = address.as_object().is_some_and(|known| !known.is_empty());
    Properties::of([
        ("name", json!(place.city.as_ref().unwrap_or(&place.text))),
        ("rel", json!("dateline")),
        ("literal", json!(place.text)),
        (
            "contactInfo",
            knows_it
                .then(|| json!({ "type": "address", "address": address }))
                .into_iter()
                .collect(),
        ),
    ])
}

/// The issuer with its listings, then whoever else is named with some.
fn organisations(draft: &Draft) -> Value {
    let is_issuer = |known: &Organisation| known.name.is_some() && known.name == draft.issuer;
    let is_listed = draft.organisations.iter().any(is_issuer);
    let issuer = draft.issuer.as_ref().filter(|_| !is_listed);
    let issuer = issuer.map(|name| json!({ "name": name, "rel": "issuer" }));
    let listed = draft.organisations.iter().map(|known| {
        let symbols = known
            .symbols
            .iter()
            .map(|symbol| json!({ "exchange": symbol.exchange, "symbol": symbol.symbol }));
        let numbers = known.isin.iter().map(|isin| (isin, ISIN.to_owned()));
        let numbers = numbers.chain(known.wkn.iter().map(|wkn| (wkn, scheme("wkn"))));
        let numbers = numbers.map(|(number, list)| json!({ "symbol": number, "symbolType": list }));
        let rel = if is_issuer(known) { "issuer" } else { "mentions" };
        Properties::of([
            ("name", json!(known.name)),
            ("rel", json!(rel)),
            ("symbols", symbols.chain(numbers).collect()),
        ])
    });
    issuer.into_iter().chain(listed).collect()
}

/// A person whom the feed names; organisations that a feed writes where persons go stand among the organisations.
fn person(person: &Person) -> Option<Value> {
    Some(Properties::of([
        ("name", json!(person.name.as_ref()?)),
        ("rel", json!(person.role)),
        ("uri", json!(person.uri.as_deref().and_then(web_url))),
        ("contactInfo", reachable(None, person.email.as_ref(), None)),
    ]))
}

/// A person or desk whom the release names.
fn contact(contact: &Contact) -> Option<Value> {
    let reached = reachable(contact.role.as_ref(), contact.email.as_ref(), contact.phone.as_ref());
    let says_something = contact.name.is_some() || reached.as_array().is_some_and(|ways| !ways.is_empty());
    says_something.then(|| {
        Properties::of([
            ("name", json!(contact.name)),
            ("rel", json!("contact")),
            ("contactInfo", reached),
        ])
    })
}

fn reachable(role: Option<&String>, email: Option<&String>, phone: Option<&String>) -> Value {
    let ways = [("email", email), ("phone", phone)];
    ways.into_iter()
        .filter_map(|(kind, value)| {
            Some(Properties::of([
                ("type", json!(kind)),
                ("role", json!(role)),
                ("value", json!(value?)),
            ]))
        })
        .collect()
}

fn subject(subject: &Subject, wire: Option<&str>) -> Option<Value> {
    let name = subject.name.as_ref().or(subject.code.as_ref())?;
    let literal = match &subject.code {
        Some(code) => format!("{}:{code}", subject.scheme),
        None => subject.scheme.clone(),
    };
    let listed = subject.code.as_deref().filter(|_| subject.scheme == "prn:subject");
    let iptc = listed.and_then(wire::prn_subject).and_then(|row| row.iptc);
    Some(Properties::of([
        ("name", json!(name)),
        ("rel", json!("about")),
        ("uri", json!(iptc.map(|code| format!("{SUBJECT_CODES}{code}")))),
        ("creator", json!(wire)),
        ("literal", json!(literal)),
    ]))
}

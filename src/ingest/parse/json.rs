//! Reads JSON Feed 1.0 and 1.1, item by item.
//!
//! In: the text of a JSON document. Out: the same as for XML. feed-rs refuses a whole feed for one number where it wants a string, so it
//! sees one item at a time, without what it stumbles over; ids and dates are taken as written.

use serde_json::{Map, Value, json};
use url::Url;

use super::media::is_web;
use super::{FeedHead, Options, ParseError, ParsedFeed, Repairs, cut, entry, stamp};
use crate::article::{Category, Extension, Item, Link, Media, Person, PersonRole, Reject};

/// Keys of an item that the specification defines; others are extensions, by rule with a leading `_`.
#[rustfmt::skip]
const DEFINED: &[&str] = &[
    "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image", "date_published",
    "date_modified", "author", "authors", "tags", "language", "attachments",
];

/// Reads a JSON Feed.
pub(super) fn read(
    text: &str,
    url: Option<&Url>,
    options: &Options,
    mut repairs: Repairs,
) -> Result<ParsedFeed, ParseError> {
    let document: Value = serde_json::from_str(text.trim())?;
    let version = document.get("version").and_then(Value::as_str).unwrap_or_default();
    let items = document.get("items").and_then(Value::as_array);
    let Some(items) = items.filter(|_| version.contains("jsonfeed.org/version/1")) else {
        return Err(ParseError::NotAFeed {
            what: "a JSON document of another kind".into(),
        });
    };
    if items.len() > options.max_items {
        repairs.add("too-many-items");
    }
    let mut feed = ParsedFeed {
        head: head(&document),
        ..ParsedFeed::default()
    };
    let authors = people(&document);
    for (index, value) in items.iter().take(options.max_items).enumerate() {
        match item(index, value, &authors, url, options, &mut repairs) {
            Ok(item) => feed.items.push(item),
            Err(why) => feed.rejects.push(Reject { index, why }),
        }
    }
    feed.repairs = repairs.into_names();
    Ok(feed)
}

fn head(document: &Value) -> FeedHead {
    let web = |key| said(document, key).filter(|url| is_web(url));
    let hubs = document.get("hubs").and_then(Value::as_array).into_iter().flatten();
    let links = [
        ("home_page_url", "alternate"),
        ("feed_url", "self"),
        ("next_url", "next"),
    ];
    let links = links
        .into_iter()
        .filter_map(|(key, rel)| Some((said(document, key)?, rel)));
    FeedHead {
        title: said(document, "title"),
        link: web("home_page_url"),
        language: said(document, "language"),
        format: "json",
        description: said(document, "description"),
        id: said(document, "feed_url"),
        links: links
            .chain(hubs.filter_map(|hub| Some((said(hub, "url")?, "hub"))))
            .map(|(href, rel)| Link {
                href,
                rel: Some(rel.to_owned()),
                ..Link::default()
            })
            .collect(),
        people: people(document),
        logo: web("icon"),
        icon: web("favicon"),
        ..FeedHead::default()
    }
}

fn item(
    index: usize,
    value: &Value,
    feed_people: &[Person],
    url: Option<&Url>,
    options: &Options,
    repairs: &mut Repairs,
) -> Result<Item, String> {
    let fields = value.as_object().ok_or("it is no JSON object")?;
    let document = json!({ "version": "https://jsonfeed.org/version/1.1", "title": "", "items": [alone(fields)] });
    let entry = entry::one_entry(document.to_string().as_bytes())?.ok_or("feed-rs finds no item in it")?;
    let people = people(value);
    let date = |key| said(value, key).map(|raw| stamp(&raw, options.date_zone));
    let mut item = Item {
        index,
        guid: said(value, "id"),
        title: entry.title.map(|text| text.content),
        links: links(value, url),
        summary: entry.summary.map(|text| text.content),
        content: entry.content.and_then(|content| content.body),
        published: date("date_published"),
        updated: date("date_modified"),
        language: said(value, "language"),
        // Version 1.1: the feed's authors are those of every item that names none.
        people: if people.is_empty() {
            feed_people.to_vec()
        } else {
            people
        },
        categories: entry
            .categories
            .into_iter()
            .map(|category| Category {
                scheme: None,
                term: category.term,
                label: None,
            })
            .collect(),
        media: media(value, url),
        base: None,
        rights: None,
        extensions: extensions(fields, options),
    };
    for text in [&mut item.title, &mut item.summary, &mut item.content]
        .into_iter()
        .flatten()
    {
        cut(text, options.max_text_bytes, repairs);
    }
    Ok(item)
}

/// What feed-rs is asked for, in the types that it wants: it refuses an item whose `tags` are one string.
fn alone(fields: &Map<String, Value>) -> Map<String, Value> {
    let texts = ["title", "content_html", "content_text", "summary"];
    let mut alone: Map<String, Value> = fields
        .iter()
        .filter(|(key, value)| texts.contains(&key.as_str()) && value.is_string())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let tags: Vec<Value> = match fields.get("tags") {
        Some(Value::Array(tags)) => tags.iter().filter(|tag| tag.is_string()).cloned().collect(),
        Some(tag @ Value::String(_)) => vec![tag.clone()],
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Vec::new(),
    };
    alone.insert("tags".to_owned(), Value::Array(tags));
    alone
}

/// A string as written, a number in its digits: many publishers send numeric ids.
fn said(value: &Value, key: &str) -> Option<String> {
    let text = match value.get(key)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn links(value: &Value, base: Option<&Url>) -> Vec<Link> {
    [("url", "alternate"), ("external_url", "related")]
        .into_iter()
        .filter_map(|(key, rel)| {
            Some(Link {
                href: resolve(&said(value, key)?, base),
                rel: Some(rel.to_owned()),
                ..Link::default()
            })
        })
        .collect()
}

/// `image`, then `attachments`.
fn media(value: &Value, base: Option<&Url>) -> Vec<Media> {
    let image = said(value, "image").map(|url| Media {
        url: resolve(&url, base),
        ..Media::default()
    });
    let attachments = value
        .get("attachments")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|attachment| {
            Some(Media {
                url: resolve(&said(attachment, "url")?, base),
                media_type: said(attachment, "mime_type"),
                length: attachment.get("size_in_bytes").and_then(Value::as_u64),
                caption: said(attachment, "title"),
                credit: None,
            })
        });
    image
        .into_iter()
        .chain(attachments)
        .filter(|media| is_web(&media.url))
        .collect()
}

/// `authors` of version 1.1, else `author` of 1.0.
fn people(value: &Value) -> Vec<Person> {
    let listed = value.get("authors").and_then(Value::as_array).into_iter().flatten();
    let mut people: Vec<Person> = Vec::new();
    for author in listed.chain(value.get("author")) {
        let url = said(author, "url");
        // `mailto:` is the specification's way to give an address.
        let (email, uri) = match url.as_deref().and_then(|url| url.strip_prefix("mailto:")) {
            Some(address) => (Some(address.to_owned()), None),
            None => (None, url),
        };
        let person = Person {
            role: PersonRole::Author,
            name: said(author, "name").or_else(|| author.as_str().map(|name| name.trim().to_owned())),
            email,
            uri,
        };
        let says_something = person.name.is_some() || person.email.is_some() || person.uri.is_some();
        if says_something && !people.contains(&person) {
            people.push(person);
        }
    }
    people
}

fn extensions(fields: &Map<String, Value>, options: &Options) -> Vec<Extension> {
    fields
        .iter()
        .filter(|(key, value)| !DEFINED.contains(&key.as_str()) && !value.is_null())
        .take(options.max_elements)
        .map(|(key, value)| Extension {
            vocabulary: "json".to_owned(),
            name: key.clone(),
            attributes: Vec::new(),
            text: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        })
        .collect()
}

fn resolve(reference: &str, base: Option<&Url>) -> String {
    match (Url::parse(reference), base) {
        (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => {
            base.join(reference).map_or_else(|_| reference.to_owned(), String::from)
        }
        _ => reference.to_owned(),
    }
}

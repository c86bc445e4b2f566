//! Reads JSON Feed 1.0 and 1.1, item by item.
//!
//! In: the text of a JSON document. Out: the same as for XML. Publishers write numbers where the specification wants texts, one text where it
//! wants a list, and JSON that no strict reader takes: whatever can be read is read, and one bad item costs itself.

use serde_json::{Map, Value};
use url::Url;

use super::construct::plain;
use super::item::{limited, plain_category};
use super::links::page;
use super::media;
use super::{FeedHead, Options, ParseError, ParsedFeed, Repairs, cut, stamp};
use crate::article::{Extension, Item, Link, Media, Person, PersonRole, Reject};
use crate::text::web_address;

mod reader;

/// Keys of an item that the specification defines; others are extensions, by rule with a leading `_`.
#[rustfmt::skip]
const DEFINED: &[&str] = &[
    "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image", "date_published",
    "date_modified", "author", "authors", "tags", "language", "attachments",
];

/// How far into the text a feed is looked for: behind the warnings of a program, or in a script's call.
const JUNK_BYTES: usize = 4096;

/// Where a JSON document begins. What does not begin with `{` must name the format soon after one, and must not be a page or XML.
pub(super) fn start(text: &str) -> Option<usize> {
    let blank = text.len() - text.trim_start().len();
    if text[blank..].starts_with('{') {
        return Some(blank);
    }
    let junk = &text[..text.floor_char_boundary(JUNK_BYTES)];
    let at = junk
        .match_indices('{')
        .map(|(at, _)| at)
        .find(|at| text[at + 1..].trim_start().starts_with('"'))?;
    let lower = junk[..at].to_ascii_lowercase();
    let is_markup = [
        "<!doctype",
        "<html",
        "<head",
        "<body",
        "<script",
        "<?xml",
        "<rss",
        "<feed",
        "<rdf",
    ]
    .iter()
    .any(|mark| lower.contains(mark));
    let named = &text[at..text.floor_char_boundary(at + JUNK_BYTES)];
    (!is_markup && named.contains("jsonfeed.org")).then_some(at)
}

/// Reads a JSON Feed, from its `{` on.
pub(super) fn read(
    text: &str,
    url: Option<&Url>,
    options: &Options,
    mut repairs: Repairs,
) -> Result<ParsedFeed, ParseError> {
    let document = reader::document(text, options, &mut repairs);
    let named = said(&document.head, "version").is_some_and(|version| version.contains("jsonfeed.org/version/"));
    if !named {
        if !document
            .items
            .iter()
            .filter_map(|(_, item)| item.as_ref().ok())
            .any(is_item)
        {
            return Err(if document.cut {
                ParseError::Json
            } else {
                ParseError::not_a_feed("a JSON document of another kind")
            });
        }
        repairs.add("json-version");
    }
    if document.cut && document.items.is_empty() {
        return Err(if document.has_items {
            ParseError::Truncated
        } else {
            ParseError::Json
        });
    }
    let mut feed = ParsedFeed {
        head: head(&document.head, url),
        partial: document.cut,
        ..ParsedFeed::default()
    };
    for (index, value) in document.items {
        let read = value.and_then(|value| item(index, &value, &feed.head.people, url, options, &mut repairs));
        match read {
            Ok(item) => feed.items.push(item),
            Err(why) => feed.rejects.push(Reject { index, why }),
        }
    }
    feed.repairs = repairs.into_names();
    Ok(feed)
}

/// Whether this is an item of a feed and not of some other list: it has an id, and links to something or says something.
fn is_item(value: &Value) -> bool {
    let says = |key: &&str| said(value, key).is_some();
    says(&"id") && ["url", "external_url", "content_html", "content_text"].iter().any(says)
}

fn head(document: &Value, base: Option<&Url>) -> FeedHead {
    let web = |key| said(document, key).and_then(|url| web_address(&url, base));
    let links = [
        ("home_page_url", "alternate"),
        ("feed_url", "self"),
        ("next_url", "next"),
    ];
    let links = links
        .into_iter()
        .filter_map(|(key, rel)| Some((said(document, key)?, rel)));
    FeedHead {
        title: said(document, "title").map(|said| plain(&said)),
        link: web("home_page_url"),
        language: said(document, "language"),
        format: "json",
        description: said(document, "description").map(|said| plain(&said)),
        id: said(document, "feed_url"),
        links: links
            .chain(list(document, "hubs").filter_map(|hub| Some((said(hub, "url")?, "hub"))))
            .filter_map(|(href, rel)| {
                Some(Link {
                    href: web_address(&href, base)?,
                    rel: Some(rel.to_owned()),
                    ..Link::default()
                })
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
    let people = people(value);
    let date = |key| said(value, key).map(|raw| stamp(&raw, options.date_zone));
    let plain_text = |key| said(value, key).map(|said| plain(&said));
    let mut item = Item {
        index,
        guid: said(value, "id"),
        title: plain_text("title"),
        links: links(value, url),
        summary: plain_text("summary"),
        content: said(value, "content_html").or_else(|| plain_text("content_text")),
        published: date("date_published"),
        updated: date("date_modified"),
        language: said(value, "language"),
        // Version 1.1: the feed's authors are those of every item that names none.
        people: if people.is_empty() {
            feed_people.to_vec()
        } else {
            people
        },
        categories: limited(
            list(value, "tags").filter_map(text).map(|term| plain_category(&term)),
            options.max_categories,
            repairs,
        ),
        media: media::limited(media(value, url), options.max_media, repairs),
        base: None,
        rights: None,
        extensions: extensions(fields, options),
        incomplete: false,
    };
    for text in [&mut item.title, &mut item.summary, &mut item.content]
        .into_iter()
        .flatten()
    {
        cut(text, options.max_text_bytes, repairs);
    }
    Ok(item)
}

/// A member as a text.
fn said(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(text)
}

/// A text as written, a number in its digits: many publishers send numeric ids.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The elements of a list; one value without its list is a list of one.
fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    let listed = value.get(key).map(|value| match value {
        Value::Array(listed) => listed.as_slice(),
        Value::Null => &[],
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => std::slice::from_ref(value),
    });
    listed.unwrap_or_default().iter()
}

/// `url`, and `external_url`: the page that the item is about, which stands in for one of its own.
fn links(value: &Value, base: Option<&Url>) -> Vec<Link> {
    let link = |key, rel: Option<&str>| {
        Some(Link {
            href: web_address(&said(value, key)?, base)?,
            rel: rel.map(str::to_owned),
            ..Link::default()
        })
    };
    let own = link("url", Some("alternate"));
    let external = link("external_url", own.as_ref().and(Some("related")));
    let mut links: Vec<Link> = own.into_iter().chain(external).collect();
    if links.is_empty() {
        links.extend(said(value, "id").and_then(|id| page(&id)));
    }
    links
}

/// `image` and `banner_image`, then `attachments`.
fn media(value: &Value, base: Option<&Url>) -> impl Iterator<Item = Media> {
    let images = ["image", "banner_image"].into_iter().filter_map(move |key| {
        Some(Media {
            url: web_address(&said(value, key)?, base)?,
            ..Media::default()
        })
    });
    let attachments = list(value, "attachments").filter_map(move |attachment| {
        Some(Media {
            url: web_address(&said(attachment, "url")?, base)?,
            media_type: said(attachment, "mime_type"),
            length: said(attachment, "size_in_bytes").and_then(|bytes| bytes.parse().ok()),
            caption: said(attachment, "title"),
            ..Media::default()
        })
    });
    images.chain(attachments)
}

/// `authors` of version 1.1, else `author` of 1.0.
fn people(value: &Value) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for author in list(value, "authors").chain(list(value, "author")) {
        let url = said(author, "url");
        // `mailto:` is the specification's way to give an address.
        let (email, uri) = match url.as_deref().and_then(|url| url.strip_prefix("mailto:")) {
            Some(address) => (Some(address.to_owned()), None),
            None => (None, url),
        };
        let person = Person {
            role: PersonRole::Author,
            name: said(author, "name").or_else(|| text(author)),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> ParsedFeed {
        let url = Url::parse("https://e.example/feed.json").expect("a URL");
        read(text, Some(&url), &Options::default(), Repairs::default()).expect(text)
    }

    #[test]
    fn wrong_types_cost_what_they_are_in_and_nothing_else() {
        let feed = items(
            r#"{"version": "https://jsonfeed.org/version/1.1", "title": null, "hubs": {"url": "/hub"}, "items": [
                {"id": 7, "content_text": "x", "tags": "one", "date_published": 17, "authors": {"name": "Z"}},
                {"id": 12345678901234567890123, "url": ["u"], "tags": ["a", 2, {}], "authors": "Y", "attachments": {"url": "/a.pdf"}},
                {"id": {"$oid": 1}, "title": 3, "content_html": "", "content_text": "t", "author": {"url": "mailto:a@e.example"}},
                7
            ]}"#,
        );
        let ids: Vec<_> = feed.items.iter().map(|item| item.guid.as_deref()).collect();
        assert_eq!(ids, [Some("7"), Some("12345678901234567890123"), None]);
        let tags = |at: usize| {
            feed.items[at]
                .categories
                .iter()
                .map(|tag| tag.term.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!((tags(0), tags(1)), (vec!["one"], vec!["a", "2"]));
        let named = |at: usize| feed.items[at].people[0].name.as_deref();
        assert_eq!((named(0), named(1)), (Some("Z"), Some("Y")));
        assert_eq!(feed.items[2].people[0].email.as_deref(), Some("a@e.example"));
        assert_eq!(feed.items[1].media[0].url, "https://e.example/a.pdf");
        assert_eq!(feed.items[2].content.as_deref(), Some("t"));
        assert_eq!(feed.head.links[0].href, "https://e.example/hub");
        assert_eq!((feed.rejects.len(), feed.rejects[0].index), (1, 3));
    }

    #[test]
    fn a_feed_is_known_by_its_version_or_by_its_items() {
        for (text, want) in [
            (r#"{"version": "https://jsonfeed.org/version/1"}"#, Some("")),
            (
                r#"{"version": "http://jsonfeed.org/version/1.1", "items": {}}"#,
                Some(""),
            ),
            (
                r#"{"items": [{"id": "a", "url": "https://e.example/a"}]}"#,
                Some("json-version"),
            ),
            (
                r#"{"version": 1, "items": [{}, {"id": 1, "content_text": "a"}]}"#,
                Some("json-version"),
            ),
            (r#"{"items": []}"#, None),
            (r#"{"items": [{"id": 1, "name": "a"}]}"#, None),
            (
                r#"{"items": [{"id": {"videoId": "a"}, "url": "https://e.example/a"}]}"#,
                None,
            ),
            (r#"{"feed": {"items": [{"id": 1, "url": "a"}]}}"#, None),
        ] {
            let read = read(text, None, &Options::default(), Repairs::default());
            let repair = read.ok().map(|feed| feed.repairs.first().copied().unwrap_or_default());
            assert_eq!(repair, want, "{text}");
        }
    }
}

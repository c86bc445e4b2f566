//! Prints what `ingest::parse` makes of one document in a neutral JSON, so that feed suites of other projects can be run against it.
//!
//! ```text
//! cargo run --release --example parse-probe -- [--header 'Name: value']... [--base URL] FILE|-
//! ```
//! Exit 0: one JSON object with `"ok": true`; 1: `"ok": false` and `error` says why it is no feed; 2: called wrongly. HTML is sanitised as
//! it would be for an article; a text whose `*_type` is `text/plain` is no markup.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::Read;
use std::process::ExitCode;
use std::time::Instant;

use chrono::SecondsFormat;
use dateline::article::{Category, Item, Link, Media, Person, PersonRole, Stamp};
use dateline::ingest::parse::{FeedHead, Options, ParsedFeed, parse};
use dateline::text;
use serde_json::{Value, json};
use url::Url;

/// What the command line says.
#[derive(Default)]
struct Arguments {
    content_type: Option<String>,
    language: Option<String>,
    location: Option<String>,
    base: Option<Url>,
    file: Option<String>,
}

fn main() -> ExitCode {
    let (arguments, bytes) = match arguments().and_then(|arguments| Ok((read(&arguments)?, arguments))) {
        Ok((bytes, arguments)) => (arguments, bytes),
        Err(why) => {
            eprintln!("{why}\nusage: parse-probe [--header 'Name: value']... [--base URL] FILE|-");
            return ExitCode::from(2);
        }
    };
    let url = match (&arguments.location, &arguments.base) {
        (Some(location), Some(base)) => base.join(location).ok(),
        (Some(location), None) => Url::parse(location).ok(),
        (None, base) => base.clone(),
    };
    let started = Instant::now();
    let parsed = parse(
        &bytes,
        arguments.content_type.as_deref(),
        url.as_ref(),
        &Options::default(),
    );
    let (answer, code) = match parsed {
        Ok(feed) => (
            accepted(&feed, url.as_ref(), arguments.language.as_deref()),
            ExitCode::SUCCESS,
        ),
        Err(error) => (
            json!({ "ok": false, "error": error.to_string(), "feed": null, "entries": [] }),
            ExitCode::FAILURE,
        ),
    };
    let mut answer = answer;
    answer["ms"] = json!(started.elapsed().as_secs_f64() * 1e3);
    println!("{answer}");
    code
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} wants a value"));
        match word.as_str() {
            "--header" => {
                let header = value()?;
                let (name, value) = header.split_once(':').ok_or(format!("{header:?} is no header"))?;
                let value = Some(value.trim().to_owned());
                match name.trim().to_ascii_lowercase().as_str() {
                    "content-type" => arguments.content_type = value,
                    "content-language" => arguments.language = value,
                    "content-location" => arguments.location = value,
                    _ => {}
                }
            }
            "--base" => {
                let base = value()?;
                arguments.base = Some(Url::parse(&base).map_err(|why| format!("{base:?}: {why}"))?);
            }
            file => arguments.file = Some(file.to_owned()),
        }
    }
    Ok(arguments)
}

fn read(arguments: &Arguments) -> Result<Vec<u8>, String> {
    let file = arguments.file.as_deref().ok_or("no file is named")?;
    let mut bytes = Vec::new();
    match file {
        "-" => std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ()),
        _ => std::fs::read(file).map(|read| bytes = read),
    }
    .map_err(|why| format!("{file}: {why}"))?;
    Ok(bytes)
}

fn accepted(feed: &ParsedFeed, url: Option<&Url>, language: Option<&str>) -> Value {
    let mut notes: Vec<String> = feed.repairs.iter().map(ToString::to_string).collect();
    notes.extend(
        feed.rejects
            .iter()
            .map(|reject| format!("item {}: {}", reject.index, reject.why)),
    );
    if feed.partial {
        notes.push("partial".to_owned());
    }
    json!({
        "ok": true,
        "error": null,
        "feed": head(&feed.head, url, language),
        "entries": feed.items.iter().map(|item| entry(item, url, language.or(feed.head.language.as_deref()))).collect::<Vec<_>>(),
        "notes": notes,
    })
}

fn head(head: &FeedHead, url: Option<&Url>, language: Option<&str>) -> Value {
    let (title, title_type) = shown(head.title.as_deref(), url);
    let (description, description_type) = shown(head.description.as_deref(), url);
    let (authors, contributors) = people(&head.people);
    json!({
        "kind": head.format, "id": head.id.as_deref().unwrap_or_default(), "title": title, "title_type": title_type,
        "description": description, "description_type": description_type, "links": head.links.iter().map(link).collect::<Vec<_>>(),
        "published": instant(head.published.as_ref()), "updated": instant(head.updated.as_ref()),
        "language": head.language.as_deref().or(language), "authors": authors, "contributors": contributors,
        "categories": head.categories.iter().map(category).collect::<Vec<_>>(), "generator": head.generator, "rights": head.rights,
        "ttl": head.ttl_seconds.map(|seconds| seconds / 60), "logo": head.logo, "icon": head.icon,
    })
}

fn entry(item: &Item, url: Option<&Url>, language: Option<&str>) -> Value {
    let own = item.base.as_deref().and_then(|base| Url::parse(base).ok());
    let base = own.as_ref().or(url);
    let (title, title_type) = shown(item.title.as_deref(), base);
    let (summary, summary_type) = shown(item.summary.as_deref(), base);
    let (content, content_type) = shown(item.content.as_deref(), base);
    let (authors, contributors) = people(&item.people);
    let subjects = item
        .extension("dc", "subject")
        .map(|term| json!({ "term": term, "scheme": null, "label": null }));
    let source = item
        .extensions
        .iter()
        .find(|extension| extension.name == "source")
        .map(|source| source.text.as_str());
    json!({
        "id": item.guid.as_deref().unwrap_or_default(), "title": title, "title_type": title_type,
        "links": item.media.iter().map(enclosure).chain(item.links.iter().map(link)).collect::<Vec<_>>(),
        "published": instant(item.published.as_ref()), "updated": instant(item.updated.as_ref()),
        "summary": summary, "summary_type": summary_type, "content": content, "content_type": content_type, "content_src": null,
        "authors": authors, "contributors": contributors,
        "categories": item.categories.iter().map(category).chain(subjects).collect::<Vec<_>>(),
        "language": item.language.as_deref().or(language), "rights": item.rights, "source": source, "base": item.base,
        "media": item.media.iter().map(media).collect::<Vec<_>>(),
    })
}

/// A text as a reader would get it, with its media type: markup sanitised, references kept as HTML source, anything else plain.
fn shown(raw: Option<&str>, base: Option<&Url>) -> (Option<String>, &'static str) {
    match raw {
        Some(raw) if text::has_markup(raw) => (Some(text::sanitize_html(raw, base)), "text/html"),
        Some(raw) if !raw.contains('<') && text::decode_entities(raw) != raw => (Some(raw.to_owned()), "text/html"),
        raw => (raw.map(|raw| text::decode_entities(raw).into_owned()), "text/plain"),
    }
}

fn instant(stamp: Option<&Stamp>) -> Option<String> {
    let instant = stamp?.instant?;
    Some(instant.to_rfc3339_opts(SecondsFormat::Secs, true))
}

fn link(link: &Link) -> Value {
    json!({
        "href": link.href, "rel": link.rel, "type": link.media_type, "title": link.title, "hreflang": link.hreflang, "length": link.length,
        "target": link.rel.as_deref().filter(|rel| *rel == "replies").map(|_| "Comments"),
    })
}

fn enclosure(media: &Media) -> Value {
    link(&Link {
        href: media.url.clone(),
        rel: Some("enclosure".to_owned()),
        media_type: media.media_type.clone(),
        length: media.length,
        ..Link::default()
    })
}

/// Those who wrote it, and everybody else.
fn people(people: &[Person]) -> (Vec<Value>, Vec<Value>) {
    let wrote = |person: &&Person| matches!(person.role, PersonRole::Author | PersonRole::Creator);
    let told =
        |person: &Person| json!({ "name": person.name, "email": person.email, "uri": person.uri, "role": person.role });
    (
        people.iter().filter(wrote).map(told).collect(),
        people.iter().filter(|person| !wrote(person)).map(told).collect(),
    )
}

fn category(category: &Category) -> Value {
    json!({ "term": category.term, "scheme": category.scheme, "label": category.label })
}

fn media(media: &Media) -> Value {
    json!({
        "title": media.caption, "description": null, "thumbnails": [], "duration_s": null,
        "content": [{ "url": media.url, "type": media.media_type, "length": media.length }],
    })
}

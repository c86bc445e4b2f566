//! `opml export` and `opml import`: sources to and from lists that feed readers know. The configuration is never written.

use std::collections::HashSet;

use clap::{Args, Subcommand};
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use super::answer::{Exit, Failure, print, print_document, say};
use super::parse::read;
use crate::config::keys::Table;
use crate::config::print::{Origin, Setting};
use crate::config::{self, Config, Scalar};
use crate::emit::opml::{Outline, render};
use crate::ingest::parse::plain_text;
use crate::telemetry::chain;
use crate::{text, wire};

/// Attributes that hold keys of our configuration begin so.
const OURS: &str = "dateline:";
/// Keys that stand elsewhere in the list, or are nobody else's business.
const LEFT_OUT: &[&str] = &["id", "url", "headers", "authorization_file"];
/// As in the configuration.
const LONGEST_ID: usize = 64;

#[derive(Debug, Subcommand)]
pub(super) enum OpmlCommand {
    /// Print the sources of the configuration as OPML 2.0
    #[command(after_help = "Example: dateline opml export > sources.opml\n\
        What the configuration says of a source stands in attributes of our own, which `opml import` reads; header lines and secrets are left\n\
        out, but addresses are written as they are.")]
    Export,
    /// Print the feeds of an OPML file as `[[source]]` tables, to be looked at and appended to the configuration
    #[command(
        after_help = "Example: dateline opml import reader.opml >> /etc/dateline/dateline.toml && dateline check\n\
        Feeds that the configuration has are left out. Exit 1 if a feed cannot be a source; stderr says which, and why."
    )]
    Import(ImportArgs),
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The list, or - for standard input
    #[arg(value_name = "FILE|-")]
    file: String,
}

pub(super) fn opml(command: OpmlCommand, config: &Config) -> Result<Exit, Failure> {
    match command {
        OpmlCommand::Export => print_document(&export(config)).map(|()| Exit::Ok),
        OpmlCommand::Import(args) => import(&args, config),
    }
}

fn export(config: &Config) -> Vec<u8> {
    let said = |index: usize| {
        let is_told = move |setting: &&Setting| {
            (setting.table, setting.index) == (Table::Source, Some(index))
                && matches!(setting.origin, Origin::Line(_))
                && !LEFT_OUT.contains(&setting.name)
        };
        config.settings.iter().filter(is_told)
    };
    let outlines: Vec<Outline> = config
        .sources
        .iter()
        .enumerate()
        .map(|(index, source)| Outline {
            text: source.id.to_string(),
            feed: source.url.to_string(),
            ours: said(index)
                .map(|setting| (setting.name.to_owned(), bare(&setting.value)))
                .collect(),
            ..Outline::default()
        })
        .collect();
    render("Sources of Dateline", &outlines)
}

fn bare(value: &Scalar) -> String {
    match value {
        Scalar::Text(text) => text.clone(),
        Scalar::Integer(number) => number.to_string(),
        Scalar::Boolean(flag) => flag.to_string(),
    }
}

fn import(args: &ImportArgs, config: &Config) -> Result<Exit, Failure> {
    let (document, _) = plain_text(&read(&args.file)?, None);
    let feeds = feeds(&document).map_err(|error| {
        Failure::new(
            Exit::Data,
            format!("{}: cannot be read as OPML: {}", args.file, chain(&error)),
        )
    })?;
    if feeds.is_empty() {
        return Err(Failure::new(
            Exit::Data,
            format!(
                "{}: no feed is in it: an OPML list has <outline xmlUrl=\"...\">",
                args.file
            ),
        ));
    }
    let Imported { tables, known, refused } = tables(&feeds, config);
    for feed in &known {
        say(&format!("{feed}: the configuration or the list has it already"));
    }
    for (feed, why) in &refused {
        say(&format!("{feed}: {why}"));
    }
    say(&format!(
        "{} feeds: {} new, {} known, {} refused",
        feeds.len(),
        tables.len(),
        known.len(),
        refused.len()
    ));
    if !tables.is_empty() {
        print(&tables.join("\n"))?;
    }
    Ok(if refused.is_empty() { Exit::Ok } else { Exit::Failed })
}

/// A feed of a list, as it stands there.
#[derive(Debug, PartialEq, Eq)]
struct Listed {
    title: String,
    url: String,
    /// The outlines around it.
    folders: Vec<String>,
    ours: Vec<(String, String)>,
}

/// What became of the feeds of a list.
#[derive(Debug, Default)]
struct Imported {
    /// `[[source]]` tables, in their order.
    tables: Vec<String>,
    /// Addresses that are sources already.
    known: Vec<String>,
    /// Addresses that cannot be one, and why.
    refused: Vec<(String, String)>,
}

/// The feeds of a list. Tools write attributes in any letter case, and ends that do not fit.
fn feeds(document: &str) -> Result<Vec<Listed>, quick_xml::Error> {
    let mut reader = Reader::from_str(document);
    reader.config_mut().check_end_names = false;
    reader.config_mut().expand_empty_elements = true;
    let (mut feeds, mut open) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event()? {
            Event::Start(tag) if tag.name().as_ref().eq_ignore_ascii_case("outline") => {
                let attributes = attributes(&tag);
                let value = |name: &str| {
                    let found = attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
                    found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
                };
                let title = value("title").or_else(|| value("text")).unwrap_or_default();
                if let Some(url) = value("xmlUrl") {
                    let ours = attributes
                        .iter()
                        .filter_map(|(key, value)| Some((key.strip_prefix(OURS)?.to_owned(), value.clone())));
                    feeds.push(Listed {
                        title: title.to_owned(),
                        url: url.to_owned(),
                        folders: open.clone(),
                        ours: ours.collect(),
                    });
                }
                open.push(title.to_owned());
            }
            Event::End(tag) if tag.name().as_ref().eq_ignore_ascii_case("outline") => {
                open.pop();
            }
            Event::Eof => return Ok(feeds),
            Event::Start(_)
            | Event::End(_)
            | Event::Empty(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
    }
}

fn attributes(tag: &BytesStart<'_>) -> Vec<(String, String)> {
    let mut attributes = tag.attributes();
    let read = attributes.with_checks(false).flatten().map(|attribute| {
        let value = match attribute.normalized_value(XmlVersion::Implicit1_0) {
            Ok(value) => value.into_owned(),
            // A bare `&` in an address, as careless tools write it.
            Err(_) => attribute.value.replace("&amp;", "&"),
        };
        (attribute.key.as_ref().to_owned(), value)
    });
    read.collect()
}

/// A table for each feed that can be a source and is none yet.
fn tables(feeds: &[Listed], config: &Config) -> Imported {
    let mut ids: HashSet<String> = config.sources.iter().map(|source| source.id.to_string()).collect();
    let mut urls: HashSet<String> = config
        .sources
        .iter()
        .map(|source| config::same_feed(&source.url))
        .collect();
    let mut imported = Imported::default();
    for feed in feeds {
        let url = Url::parse(&feed.url).ok();
        if url.as_ref().is_some_and(|url| urls.contains(&config::same_feed(url))) {
            imported.known.push(feed.url.clone());
            continue;
        }
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        let id = id(feed, host, &ids);
        let table = table(feed, &id, host);
        match config::parse(&table, "OPML") {
            Ok(_) => {
                ids.insert(id);
                urls.extend(url.as_ref().map(config::same_feed));
                imported.tables.push(table);
            }
            Err(error) => {
                let why = error.problems().iter().map(|problem| match &problem.key {
                    Some(key) => format!("{key}: {}", problem.message),
                    None => problem.message.clone(),
                });
                imported
                    .refused
                    .push((feed.url.clone(), why.collect::<Vec<_>>().join("; ")));
            }
        }
    }
    imported
}

fn table(feed: &Listed, id: &str, host: &str) -> String {
    let told = |name: &str| feed.ours.iter().any(|(key, _)| key == name);
    let mut pairs: Vec<(&str, Scalar)> = vec![
        ("id", Scalar::Text(id.to_owned())),
        ("url", Scalar::Text(feed.url.clone())),
    ];
    if let (Some(wire), false) = (wire::by_host(host), told("wire")) {
        pairs.push(("wire", Scalar::Text(wire.id.to_owned())));
    }
    let ours = feed.ours.iter().filter(|(key, _)| !LEFT_OUT.contains(&key.as_str()));
    pairs.extend(ours.map(|(key, value)| {
        let value = match value.as_str() {
            "true" => Scalar::Boolean(true),
            "false" => Scalar::Boolean(false),
            text => Scalar::Text(text.to_owned()),
        };
        (key.as_str(), value)
    }));
    let mut around: Vec<&str> = feed.folders.iter().map(String::as_str).collect();
    around.push(&feed.title);
    around.retain(|title| !title.is_empty() && *title != id);
    let comment = match around.join(" / ").split_whitespace().collect::<Vec<_>>().join(" ") {
        none if none.is_empty() => String::new(),
        titles => format!("# {}\n", text::cut(&titles, 120)),
    };
    comment + &config::print::table(Table::Source, &pairs)
}

/// A name made of the title, else of the host, that no other source has.
fn id(feed: &Listed, host: &str, taken: &HashSet<String>) -> String {
    let bare = host.strip_prefix("www.").unwrap_or(host);
    let name = [feed.title.as_str(), bare, "source"]
        .into_iter()
        .map(slug)
        .find(|name| !name.is_empty())
        .unwrap_or_default();
    let further = (2..).map(|number| format!("{}-{number}", cut(&name, LONGEST_ID - 8)));
    std::iter::once(cut(&name, LONGEST_ID).to_owned())
        .chain(further)
        .find(|id| !taken.contains(id))
        .unwrap_or(name)
}

fn cut(slug: &str, bytes: usize) -> &str {
    text::cut(slug, bytes).trim_end_matches('-')
}

/// Small letters, digits and single hyphens. Accents go; a letter that has no plain one, as of another script, is a gap.
fn slug(text: &str) -> String {
    let mut letters = String::new();
    let small = text::decomposed(text).to_lowercase();
    for c in small.chars().filter(|c| !text::is_mark(*c)) {
        match plain(c) {
            Some(plain) => letters.push_str(plain),
            None if c.is_ascii_alphanumeric() => letters.push(c),
            None => letters.push('-'),
        }
    }
    let words: Vec<&str> = letters.split('-').filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// Letters that Unicode does not take apart, as they are written without them.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'þ' => "th",
        'ð' | 'đ' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported(document: &str, config: &str) -> Imported {
        tables(&feeds(document).unwrap(), &config::parse(config, "t.toml").unwrap())
    }

    #[test]
    fn what_lists_of_readers_become() {
        for (outline, want) in [
            (
                r#"<outline text="Acme News" xmlUrl="https://acme.example/feed"/>"#,
                "# Acme News\n[[source]]\nid = \"acme-news\"\nurl = \"https://acme.example/feed\"\n",
            ),
            (
                r#"<outline text="Steel"><outline title="Acme &amp; Co" text="x" XMLURL=" https://acme.example/a?b=1&amp;c=2 "></outline></outline>"#,
                "# Steel / Acme & Co\n[[source]]\nid = \"acme-co\"\nurl = \"https://acme.example/a?b=1&c=2\"\n",
            ),
            (
                r#"<outline text="鉄鋼" xmlUrl="https://www.acme.example/feed"/>"#,
                "# 鉄鋼\n[[source]]\nid = \"acme-example\"\nurl = \"https://www.acme.example/feed\"\n",
            ),
            (
                r#"<outline text="all" xmlUrl="https://www.prnewswire.com/rss/all.rss"/>"#,
                "[[source]]\nid = \"all\"\nurl = \"https://www.prnewswire.com/rss/all.rss\"\nwire = \"prnewswire\"\n",
            ),
            (
                r#"<outline text="careless" xmlUrl="https://acme.example/a?b=1&c=2">"#,
                "[[source]]\nid = \"careless\"\nurl = \"https://acme.example/a?b=1&c=2\"\n",
            ),
            (
                r#"<outline text="off" xmlUrl="https://acme.example/f" dateline:enabled="false" dateline:schedule="@hourly"/>"#,
                "[[source]]\nid = \"off\"\nurl = \"https://acme.example/f\"\nenabled = false\nschedule = \"@hourly\"\n",
            ),
        ] {
            let document = format!("<opml version=\"1.0\"><head/><body>{outline}</body></opml>");
            assert_eq!(imported(&document, "").tables, [want], "{outline}");
        }
    }

    #[test]
    fn a_name_keeps_its_letters_where_they_have_plain_ones() {
        for (title, want) in [
            ("Börse Frankfurt", "borse-frankfurt"),
            ("Århus Stiftstidende", "arhus-stiftstidende"),
            ("Færøernes NYT", "faeroernes-nyt"),
            ("Größe & Œuvre", "grosse-oeuvre"),
            ("Łódź ŞİRKET ışık", "lodz-sirket-isik"),
            ("ＡＣＭＥ ﬁnance №1", "acme-finance-no1"),
            ("日経 NEWS", "news"),
            ("日本経済新聞", ""),
            ("Новости", ""),
        ] {
            assert_eq!(slug(title), want, "{title}");
        }
    }

    #[test]
    fn a_feed_is_a_source_once_and_every_source_has_its_own_name() {
        let document = r#"<opml><body>
            <outline text="News" xmlUrl="https://a.example/feed"/>
            <outline text="News" xmlUrl="http://www.b.example/feed/"/>
            <outline text="again" xmlUrl="https://b.example/feed"/>
            <outline text="there" xmlUrl="https://c.example/feed"/>
            <outline text="no web" xmlUrl="ftp://d.example/feed"/>
            <outline text="odd" xmlUrl="https://e.example/feed" dateline:schedul="x"/>
        </body></opml>"#;
        let got = imported(
            document,
            "[[source]]\nid = \"news\"\nurl = \"https://c.example/feed\"\n",
        );
        let ids: Vec<&str> = got.tables.iter().filter_map(|table| table.split('"').nth(1)).collect();
        assert_eq!(ids, ["news-2", "news-3"]);
        assert_eq!(got.known, ["https://b.example/feed", "https://c.example/feed"]);
        let refused: Vec<&str> = got.refused.iter().map(|(feed, _)| feed.as_str()).collect();
        assert_eq!(refused, ["ftp://d.example/feed", "https://e.example/feed"]);
        assert!(got.refused[1].1.contains("unknown key"), "{:?}", got.refused);
    }

    #[test]
    fn what_is_exported_is_imported_alike() {
        let text = "[[source]]\nid = \"one\"\nurl = \"https://a.example/feed?a=1&b=2\"\nwire = \"businesswire\"\nschedule = \"*/5 * * * *\"\n\
            rights = \"headline\"\nenabled = false\nheaders = \"X-Key: secret\"\n[[source]]\nid = \"two\"\nurl = \"https://b.example/feed\"\n";
        let config = config::parse(text, "t.toml").unwrap();
        let document = String::from_utf8(export(&config)).unwrap();
        assert!(!document.contains("secret"), "{document}");
        let again = config::parse(&imported(&document, "").tables.join("\n"), "t.toml").unwrap();
        let told = |config: &Config| -> Vec<String> {
            let sources = config.sources.iter();
            let told = sources.map(|s| {
                format!(
                    "{} {} {} {:?} {:?} {}",
                    s.id, s.url, s.wire.id, s.schedule, s.rights, s.enabled
                )
            });
            told.collect()
        };
        assert_eq!(told(&again), told(&config));
    }
}

//! `page`: the full text of one release out of its page, storing nothing.

use clap::Args;
use url::Url;

use super::answer::{Exit, Failure, print, print_json};
use super::parse::{named_wire, read};
use crate::article::Validators;
use crate::config::{Config, Manners};
use crate::ingest::extract::{Class, Mode, Page, Received, extract};
use crate::ingest::fetch::{Ask, Fetcher};
use crate::telemetry::chain;

#[derive(Debug, Args)]
pub(super) struct PageArgs {
    /// The page of a release: its address, a file, or - for standard input
    #[arg(value_name = "URL|FILE|-")]
    page: String,
    /// Where a file came from, to resolve its links
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// The Content-Type that a file came with
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Whose page it is: a row of the wire table [default: told from its address, else from its canonical link]
    #[arg(long, value_name = "WIRE")]
    wire: Option<String>,
    /// Find the text as in a page of which nothing is known
    #[arg(long)]
    generic: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// A page, and what is known of its coming.
#[derive(Debug, Default)]
struct Document {
    bytes: Vec<u8>,
    content_type: Option<String>,
    url: Option<Url>,
    status: Option<u16>,
}

pub(super) async fn page(args: PageArgs, config: impl FnOnce() -> Result<Config, Failure>) -> Result<Exit, Failure> {
    let wire = args.wire.as_deref().map(named_wire).transpose()?;
    let mode = if args.generic { Mode::Generic } else { Mode::Wire };
    let document = match address(&args.page) {
        Some(url) => fetched(&url, &config()?).await?,
        None => Document {
            bytes: read(&args.page)?,
            content_type: args.content_type,
            url: args.url,
            status: None,
        },
    };
    let answered = document
        .status
        .map(|status| format!(", answered {status}"))
        .unwrap_or_default();
    // A hostile page takes its time.
    let read = tokio::task::spawn_blocking(move || {
        let received = Received {
            bytes: &document.bytes,
            content_type: document.content_type.as_deref(),
            url: document.url.as_ref(),
            status: document.status,
        };
        extract(&received, wire, mode)
    });
    let page = read
        .await
        .map_err(|ended| Failure::new(Exit::Failed, format!("{}: the page was not read: {ended}", args.page)))?;
    if args.json {
        print_json(&page)?;
    } else if page.class == Class::Text {
        print(&shown(&page))?;
    }
    if page.class == Class::Text {
        return Ok(Exit::Ok);
    }
    let why = why(page.class, page.wall);
    Err(Failure::new(
        Exit::Data,
        format!("{}: no text: {why}{answered}", args.page),
    ))
}

/// What is to be fetched; anything else is a file.
fn address(page: &str) -> Option<Url> {
    let url = Url::parse(page).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// Asks for the page as the daemon would, whatever its answer is: a refusal may say what it is. Not for robots.txt, which is for programs that
/// ask by themselves.
async fn fetched(url: &Url, config: &Config) -> Result<Document, Failure> {
    let unavailable = |error| Failure::new(Exit::Unavailable, chain(&error));
    let fetcher = Fetcher::new(&config.fetch).map_err(unavailable)?;
    let ask = Ask {
        url,
        home: url,
        validators: &Validators::default(),
        manners: &Manners::default(),
    };
    let most = config.fetch.max_redirects;
    let (url, visit) = fetcher.visit_through(ask, most).await.map_err(unavailable)?;
    if let Some(moved) = visit.moved {
        return Err(Failure::new(
            Exit::Unavailable,
            format!("more than {most} redirects (max_redirects), the last to {moved}"),
        ));
    }
    Ok(Document {
        bytes: visit.body,
        content_type: visit.content_type,
        url: Some(url),
        status: Some(visit.status),
    })
}

/// Headline, what it was and by what it was found, the text.
fn shown(page: &Page) -> String {
    let method = page.method.map_or("-", |method| method.as_str());
    let cut = if page.cut { ", cut" } else { "" };
    let mut lines = vec![
        page.headline.clone().unwrap_or_else(|| "(no headline)".to_owned()),
        format!("{}{cut}, found by {method}, wire {}", page.class.as_str(), page.wire),
    ];
    lines.extend(page.url.clone());
    let media = page.media.iter().map(|medium| match &medium.caption {
        Some(caption) => format!("{} ({caption})", medium.url),
        None => medium.url.clone(),
    });
    lines.extend(media.map(|medium| format!("medium: {medium}")));
    format!("{}\n\n{}", lines.join("\n"), page.body_text)
}

/// What a page without a text is, for a person.
fn why(class: Class, wall: Option<&str>) -> String {
    let what = match class {
        Class::Text => "there is one",
        Class::Empty => "the page holds none",
        Class::Challenge => "the page wants something first",
        Class::Blocked => "the page refuses us",
        Class::TooLarge => "the page is too large or nested too deeply",
        Class::NotHtml => "this is no HTML page",
    };
    let wall = wall.map(|wall| format!(" ({wall})")).unwrap_or_default();
    format!("{}: {what}{wall}", class.as_str())
}

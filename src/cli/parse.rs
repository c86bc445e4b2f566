//! `parse`: what Dateline understands of one document, storing nothing.

use std::io::Read;
use std::path::Path;

use chrono_tz::Tz;
use clap::Args;
use serde_json::{Value, json};
use url::Url;

use super::answer::{Exit, Failure, print_json};
use crate::article::{Rights, SourceId};
use crate::clock;
use crate::ingest::normalize::{Origin, normalize, normalize_text};
use crate::ingest::parse;
use crate::text;
use crate::wire::{self, Wire};

#[derive(Debug, Args)]
pub(super) struct ParseArgs {
    /// The document, or - for standard input
    #[arg(value_name = "FILE|-")]
    file: String,
    /// Where it came from, to resolve its links
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// The Content-Type that it came with
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// The zone of dates that name none
    #[arg(long, value_name = "ZONE", default_value_t = Tz::UTC)]
    time_zone: Tz,
    /// Whose feed it is: a row of the wire table [default: told from --url, else generic]
    #[arg(long, value_name = "WIRE")]
    wire: Option<String>,
    /// The input is the plain text of one release, not a feed
    #[arg(long)]
    release: bool,
}

pub(super) fn parse(args: &ParseArgs) -> Result<Exit, Failure> {
    let wire = chosen_wire(args)?;
    let bytes = read(&args.file)?;
    let origin = Origin {
        source: SourceId::new("parse"),
        wire,
        rights: Rights::Full,
    };
    let now = clock::now();
    if args.release {
        let (text, repairs) = parse::plain_text(&bytes, args.content_type.as_deref());
        if text.trim().is_empty() {
            return Err(Failure::new(Exit::Data, format!("{}: the text is empty", args.file)));
        }
        let mut draft = normalize_text(&text, &origin, now);
        draft.repairs.extend(repairs.into_iter().map(str::to_owned));
        print_json(&json!({ "articles": [draft] }))?;
        return Ok(Exit::Ok);
    }
    let feed = parse::parse(
        &bytes,
        args.content_type.as_deref(),
        args.url.as_ref(),
        &parse::Options {
            date_zone: args.time_zone,
            ..parse::Options::default()
        },
    )
    .map_err(|error| {
        Failure::new(
            Exit::Data,
            format!("{}: {}", args.file, crate::telemetry::chain(&error)),
        )
    })?;
    let normalized = normalize(&feed, &origin, now);
    let mut head: Value = serde_json::to_value(&feed.head).unwrap_or_default();
    for key in ["title", "description"] {
        if let Some(shown) = head[key].as_str().map(text::plain_title) {
            head[key] = shown.into();
        }
    }
    print_json(&json!({
        "feed": head, "articles": normalized.drafts, "rejects": normalized.rejects, "repairs": feed.repairs, "partial": feed.partial,
    }))?;
    Ok(Exit::Ok)
}

fn chosen_wire(args: &ParseArgs) -> Result<&'static Wire, Failure> {
    match &args.wire {
        None => Ok(args
            .url
            .as_ref()
            .and_then(Url::host_str)
            .and_then(wire::by_host)
            .unwrap_or_else(wire::generic)),
        Some(name) => named_wire(name),
    }
}

/// The row of the wire table with this name.
pub(super) fn named_wire(name: &str) -> Result<&'static Wire, Failure> {
    wire::by_id(name).ok_or_else(|| {
        let names = wire::names().collect::<Vec<_>>().join(", ");
        Failure::new(Exit::Usage, format!("no wire is named {name:?}; there are: {names}"))
    })
}

/// The longest input that is read: what a poll would read at most, and then some.
const LONGEST: u64 = 64 * 1024 * 1024;

/// A document, or standard input for `-`.
pub(super) fn read(file: &str) -> Result<Vec<u8>, Failure> {
    let fail = |error: std::io::Error| Failure::new(Exit::Io, format!("cannot read {file}: {error}"));
    let mut bytes = Vec::new();
    if file == "-" {
        std::io::stdin()
            .lock()
            .take(LONGEST)
            .read_to_end(&mut bytes)
            .map_err(fail)?;
    } else {
        std::fs::File::open(Path::new(file))
            .map_err(fail)?
            .take(LONGEST)
            .read_to_end(&mut bytes)
            .map_err(fail)?;
    }
    Ok(bytes)
}

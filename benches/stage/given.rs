//! What the stages are given: the made-up press, understood as in a poll, and what is made of it.

use std::fs;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use dateline::article::{Article, ArticleId, Draft, PubStatus, Rights, SourceId};
use dateline::config;
use dateline::dedup::{Carrier, Items, KeyKind, Known, KnownVersion, Reading, Recall};
use dateline::demo::MadeUp;
use dateline::emit::{Format, OutputHead};
use dateline::ingest::normalize::{Origin, normalize};
use dateline::ingest::parse::ParsedFeed;
use dateline::store::Listed;
use dateline::wire;

use super::Failure;
use crate::press::{self, Press};

/// Entries of an output.
const ENTRIES: u64 = 100;

/// Openings that no wire of the press has.
const OPENINGS: &[&str] = &[
    "PARIS, le 5 mars 2026 \u{2013} ",
    "M\u{dc}NCHEN, 3. M\u{e4}rz 2026 (GLOBE NEWSWIRE) -- ",
    "Oslo, 7 October 2026: ",
    "STOCKHOLM, Sweden, Oct. 7, 2026 /PRNewswire/ -- ",
    "(Marketwired - June 3, 2026) - ",
    "TORONTO and NEW YORK, March 3, 2026 (GLOBE NEWSWIRE) -- ",
    "\u{6771}\u{4eac}--(BUSINESS WIRE)--",
    "ZURICH--(BUSINESS WIRE)--",
    "HONG KONG, Nov 4, 2026 - (ACN Newswire) - ",
    "LONDON / ACCESSWIRE / May 6, 2026 / ",
    "For immediate release\n\nHouston, TX \u{2014} May 6, 2026 \u{2014} ",
    "Regulatory announcement, 7 October 2026\n\n",
    "",
    "",
];

/// Releases for a feed of a wire.
pub(super) fn made_up(count: i64) -> Vec<MadeUp<'static>> {
    let now = press::issued(0);
    (0..count)
        .map(|n| MadeUp {
            id: (302_900_000 + n).to_string(),
            language: "en",
            headline: format!("Aldermoor Steel Reports Output of {n} Tonnes & More"),
            place: "SHEFFIELD, England",
            text: format!("Aldermoor Steel plc (LSE: ALDM) today said that it rolled {n} tonnes of plate. ").repeat(6),
            issuer: "Aldermoor Steel plc",
            shares: &["LSE:ALDM"],
            isin: &["DK0060252690"],
            issued: now - TimeDelta::minutes(n),
        })
        .collect()
}

/// Items of one wire as parsed, with their origin, and when they are read.
pub(super) fn feed(press: &Press, first: u64, count: u64) -> (ParsedFeed, Origin, DateTime<Utc>) {
    let name = press::feed(first).wire;
    let origin = Origin {
        source: SourceId::new(name),
        wire: wire::by_id(name).unwrap_or_else(wire::generic),
        rights: Rights::Full,
    };
    let end = first + count;
    (press.document(first..end), origin, press::issued(end))
}

/// Items of one wire as understood.
fn drafts(press: &Press, first: u64, count: u64) -> Vec<Draft> {
    let (feed, origin, now) = feed(press, first, count);
    normalize(&feed, &origin, now).drafts
}

/// Texts as wires and issuers open them: those of every wire of the press, and other openings before the same news.
pub(super) fn texts(press: &Press) -> Vec<String> {
    let of_wires = (0..6).flat_map(|wire| drafts(press, wire * press::RUN, 20));
    let of_wires: Vec<String> = of_wires.map(|draft| draft.body_text).collect();
    let news = |text: &String| {
        text.split_once("\n\n")
            .map_or_else(|| text.clone(), |(_, rest)| rest.to_owned())
    };
    let others = OPENINGS
        .iter()
        .zip(of_wires.iter().cycle().step_by(7))
        .map(|(opening, text)| format!("{opening}{}", news(text)));
    let others: Vec<String> = others.collect();
    of_wires.into_iter().chain(others).collect()
}

/// Drafts to judge, and what is known: of three drafts one is new, one a copy of what is known, and one differs from it in its figures.
pub(super) fn look_alikes(press: &Press) -> (Vec<Draft>, Vec<Draft>) {
    let known: Vec<Draft> = drafts(press, 0, 120);
    let fresh = drafts(press, 6 * press::RUN, 120);
    let new = known
        .iter()
        .zip(fresh)
        .enumerate()
        .map(|(at, (known, fresh))| match at % 3 {
            0 => fresh,
            1 => elsewhere(known, at),
            _ => {
                let figures = |text: &str| text.replace('1', "7").replace('4', "2");
                Draft {
                    headline: known.headline.as_deref().map(figures),
                    body_text: figures(&known.body_text),
                    ..elsewhere(known, at)
                }
            }
        });
    let new = new.collect();
    (new, known)
}

/// The same release at another source.
fn elsewhere(draft: &Draft, at: usize) -> Draft {
    let page = format!("https://news.example/{at}");
    Draft {
        source: SourceId::new("elsewhere"),
        wire: None,
        release_id: None,
        guid: Some(page.clone()),
        urls: vec![page.clone()],
        url: Some(page),
        ..draft.clone()
    }
}

/// Makes a draft known, as an article of another source.
pub(super) fn know(recall: &mut Recall, article: i64, draft: &Draft) {
    let reading = Reading::of(draft);
    let (keys, shingles) = (reading.keys, reading.shingles);
    recall.add(Known {
        article,
        story: article,
        pubstatus: PubStatus::Usable,
        wire: draft.wire.clone(),
        issuer: draft.issuer.clone(),
        language: draft.language.clone(),
        url: draft.url.clone(),
        releases: Vec::new(),
        carrier: Carrier::Others,
        maker: Carrier::Others,
        first_version: 1,
        published: draft.published,
        versions: vec![KnownVersion {
            number: 1,
            content_hash: reading.content_hash,
            kind: draft.kind,
            headline: reading.headline,
            news: reading.news,
            fullest: None,
            edition: 1,
            rights: draft.rights,
            text_source: None,
            release: None,
            received: draft.received,
            published: draft.published,
            day: draft.day(),
            updated: draft.updated,
        }],
        items: Items::default(),
    });
    for key in keys.into_iter().filter(|key| key.kind != KeyKind::Item) {
        recall.index(key, article);
    }
    for shingle in shingles {
        recall.post(shingle, article);
    }
}

/// The saved pages.
pub(super) fn pages() -> Result<Vec<String>, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pages");
    let files: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    let mut files: Vec<_> = files.into_iter().map(|file| file.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "html"));
    files.sort();
    let pages: Vec<String> = files.iter().map(fs::read_to_string).collect::<Result<_, _>>()?;
    if pages.is_empty() {
        return Err("no page is saved".into());
    }
    Ok(pages)
}

/// An output and the articles that it shows.
pub(super) fn listed(press: &Press, format: Format) -> Result<(OutputHead, Vec<Listed>), Failure> {
    let config = config::parse("[[output]]\nid = \"all\"\ntitle = \"Everything\"\n", "bench")?;
    let output = config.outputs.first().ok_or("no output")?;
    let drafts = drafts(press, 0, ENTRIES).into_iter();
    let listed: Vec<Listed> = drafts
        .zip(1..)
        .map(|(draft, number)| Listed::alone(article(draft, number)))
        .collect();
    Ok((OutputHead::of(&config, output, format, &listed), listed))
}

fn article(draft: Draft, number: i64) -> Article {
    Article {
        id: ArticleId::new(format!("tag:bench.example,2026:{number}")),
        number,
        story: number,
        version: 1,
        first_received: draft.received,
        modified: draft.received,
        copies: 0,
        draft,
    }
}

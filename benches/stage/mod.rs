//! The pure stages on the way of a release, each with made-up work and something to read its cost beside: a floor that touches the same
//! bytes and understands nothing of them, or a peer that does the like.
#![allow(dead_code)] // each bench uses a part of it

mod given;

use std::collections::HashSet;
use std::error::Error;
use std::hint::black_box;

use dateline::dedup::judge;
use dateline::demo::{Form, render};
use dateline::emit::Format;
use dateline::ingest::extract::{Mode, Received, extract};
use dateline::ingest::normalize::normalize;
use dateline::ingest::parse::{Options, parse};
use dateline::release;
use dateline::release::dateline::SEARCHED;
use dom_smoothie::Readability;
use quick_xml::events::Event;
use quick_xml::{Reader, Writer};
use serde_json::Value;

use crate::press::{self, Press};

pub(crate) type Failure = Box<dyn Error>;

/// One round of work. What it gives keeps it from being left out.
pub(crate) type Work = Box<dyn Fn() -> usize>;

/// What a stage does in a round, and what it is read beside.
pub(crate) struct Pair {
    /// Items, texts or pages of a round.
    pub(crate) items: usize,
    pub(crate) stage: Work,
    pub(crate) beside: Work,
}

/// A row of [`STAGES`].
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    /// The floor or peer.
    pub(crate) beside: &'static str,
    /// Makes the work; a stage that is not asked for costs nothing.
    pub(crate) make: fn() -> Result<Pair, Failure>,
}

pub(crate) const STAGES: &[Stage] = &[
    Stage {
        name: "parse",
        beside: "feed-rs",
        make: parsing,
    },
    Stage {
        name: "normalize",
        beside: "ammonia",
        make: normalizing,
    },
    Stage {
        name: "dateline",
        beside: "memchr",
        make: datelines,
    },
    Stage {
        name: "judge",
        beside: "word-sets",
        make: judging,
    },
    Stage {
        name: "extract",
        beside: "readability",
        make: extracting,
    },
    Stage {
        name: "render-atom",
        beside: "quick-xml",
        make: || rendering(Format::Atom, events),
    },
    Stage {
        name: "render-rss",
        beside: "quick-xml",
        make: || rendering(Format::Rss, events),
    },
    Stage {
        name: "render-json",
        beside: "serde_json",
        make: || rendering(Format::JsonFeed, values),
    },
    Stage {
        name: "render-ninjs",
        beside: "serde_json",
        make: || rendering(Format::Ninjs, values),
    },
    Stage {
        name: "render-ndjson",
        beside: "serde_json",
        make: || rendering(Format::Ndjson, values),
    },
];

/// A feed of 200 items, beside feed-rs alone on the same bytes.
fn parsing() -> Result<Pair, Failure> {
    let (made, now) = (given::made_up(200), press::issued(0));
    let feed = render(Form::GlobeNewswire, "bench", &made, now).into_bytes();
    let same = feed.clone();
    Ok(Pair {
        items: made.len(),
        stage: Box::new(move || {
            parse(black_box(&feed), None, None, &Options::default()).map_or(0, |feed| feed.items.len())
        }),
        beside: Box::new(move || feed_rs::parser::parse(black_box(&same[..])).map_or(0, |feed| feed.entries.len())),
    })
}

/// A hundred items of two wires, beside ammonia with its own rules on the same HTML.
fn normalizing() -> Result<Pair, Failure> {
    let press = Press::new();
    let feeds: Vec<_> = [0, press::RUN].map(|first| given::feed(&press, first, 50)).into();
    let html: Vec<String> = feeds
        .iter()
        .flat_map(|(feed, ..)| feed.items.iter().filter_map(|item| item.content.clone()))
        .collect();
    Ok(Pair {
        items: html.len(),
        stage: Box::new(move || {
            let drafts = feeds
                .iter()
                .map(|(feed, origin, now)| normalize(black_box(feed), origin, *now).drafts.len());
            drafts.sum()
        }),
        beside: Box::new(move || html.iter().map(|html| ammonia::clean(black_box(html)).len()).sum()),
    })
}

/// Texts with datelines of many styles and with none, beside a scan for one byte where a dateline is looked for.
fn datelines() -> Result<Pair, Failure> {
    let texts = given::texts(&Press::new());
    let same = texts.clone();
    Ok(Pair {
        items: texts.len(),
        stage: Box::new(move || {
            let found = texts.iter().filter_map(|text| release::dateline(black_box(text), None));
            found.map(|found| found.span.end).sum()
        }),
        beside: Box::new(move || {
            let heads = same.iter().map(|text| &text.as_bytes()[..text.len().min(SEARCHED)]);
            heads
                .map(|head| memchr::memchr_iter(b'-', black_box(head)).count())
                .sum()
        }),
    })
}

/// New releases, copies, and look-alikes that are others, against a recall that holds a look-alike of most; beside two sets of words and
/// what they have in common, a draft.
fn judging() -> Result<Pair, Failure> {
    let (drafts, known) = given::look_alikes(&Press::new());
    let mut recall = dateline::dedup::Recall::default();
    for (article, draft) in (1..).zip(&known) {
        given::know(&mut recall, article, draft);
    }
    let texts: Vec<(String, String)> = drafts
        .iter()
        .zip(&known)
        .map(|(draft, known)| (draft.body_text.clone(), known.body_text.clone()))
        .collect();
    Ok(Pair {
        items: drafts.len(),
        stage: Box::new(move || {
            let judged = drafts
                .iter()
                .filter(|draft| judge(black_box(draft), &recall).of.is_some());
            judged.count()
        }),
        beside: Box::new(move || {
            let words =
                |text: &'_ str| -> HashSet<String> { black_box(text).split_whitespace().map(str::to_owned).collect() };
            let common = texts
                .iter()
                .map(|(one, other)| words(one).intersection(&words(other)).count());
            common.sum()
        }),
    })
}

/// The saved pages of the tests, beside Mozilla's Readability on the same.
fn extracting() -> Result<Pair, Failure> {
    let pages = given::pages()?;
    let same = pages.clone();
    Ok(Pair {
        items: pages.len(),
        stage: Box::new(move || {
            let read = pages.iter().map(|page| {
                let received = Received {
                    bytes: black_box(page.as_bytes()),
                    ..Received::default()
                };
                extract(&received, None, Mode::Wire).body_text.len()
            });
            read.sum()
        }),
        beside: Box::new(move || {
            let read = same.iter().map(|page| {
                let read = Readability::new(black_box(page.as_str()), None, None).and_then(|mut page| page.parse());
                read.map_or(0, |article| article.text_content.len())
            });
            read.sum()
        }),
    })
}

/// An output of a hundred entries, beside the writing of the same document from what a parser made of it.
fn rendering(format: Format, beside: fn(&[u8]) -> Result<Work, Failure>) -> Result<Pair, Failure> {
    let (head, listed) = given::listed(&Press::new(), format)?;
    let document = format.render(&head, &listed);
    Ok(Pair {
        items: listed.len(),
        stage: Box::new(move || format.render(black_box(&head), black_box(&listed)).len()),
        beside: beside(&document)?,
    })
}

fn events(document: &[u8]) -> Result<Work, Failure> {
    let (mut reader, mut events) = (Reader::from_reader(document), Vec::new());
    while let Some(event) = Some(reader.read_event()?).filter(|event| *event != Event::Eof) {
        events.push(event.into_owned());
    }
    Ok(Box::new(move || {
        let mut writer = Writer::new(Vec::new());
        let written = events
            .iter()
            .try_for_each(|event| writer.write_event(black_box(event.borrow())));
        written.map_or(0, |()| writer.into_inner().len())
    }))
}

/// One value, or one a line.
fn values(document: &[u8]) -> Result<Work, Failure> {
    let values = serde_json::Deserializer::from_slice(document).into_iter();
    let values: Vec<Value> = values.collect::<Result<_, _>>()?;
    Ok(Box::new(move || {
        let written = values
            .iter()
            .map(|value| serde_json::to_vec(black_box(value)).map_or(0, |bytes| bytes.len()));
        written.sum()
    }))
}

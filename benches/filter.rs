//! What one article costs with ten thousand filters: all at once in a [`Matcher`], beside each by itself in the same run.
//!
//! `cargo bench --bench filter -- 10000`. Read the ratio; the times are those of one machine.
#![allow(clippy::print_stdout, clippy::print_stderr)] // it prints its figures

mod press;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::time::Instant;

use chrono::{DateTime, Utc};
use dateline::article::{Article, ArticleId, Draft, Rights, SourceId};
use dateline::filter::{Filter, Matcher, words};
use dateline::ingest::normalize::{Origin, normalize};
use dateline::wire;
use fastrand::Rng;

use self::press::Press;

/// Articles that all filters are asked about at once.
const ARTICLES: u64 = 2_000;
/// Of these, so many are laid before each filter by itself.
const ALONE: usize = 20;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` only wants to know that it starts.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let count = arguments
        .iter()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(10_000);
    let articles = articles()?;
    let now = press::issued(ARTICLES);
    let texts = texts(&articles, count);
    let distinct: BTreeSet<&String> = texts.iter().collect();
    let filters: Vec<(usize, Filter)> = texts
        .iter()
        .map(|text| Filter::parse(text).map_err(|error| error.render(text)))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .enumerate()
        .collect();

    let begun = Instant::now();
    let matcher = Matcher::new(&filters);
    let built = begun.elapsed();

    let begun = Instant::now();
    let together: Vec<Vec<usize>> = articles.iter().map(|article| matcher.matching(article, now)).collect();
    let at_once_us = begun.elapsed().as_secs_f64() * 1e6 / articles.len() as f64;

    let begun = Instant::now();
    let by_itself = |article: &Article| {
        filters
            .iter()
            .filter(|(_, filter)| filter.matches(article, now))
            .map(|(id, _)| *id)
            .collect()
    };
    let alone: Vec<Vec<usize>> = articles
        .iter()
        .step_by(articles.len() / ALONE)
        .take(ALONE)
        .map(by_itself)
        .collect();
    let alone_us = begun.elapsed().as_secs_f64() * 1e6 / alone.len() as f64;
    if !together.iter().step_by(articles.len() / ALONE).take(ALONE).eq(&alone) {
        return Err("both ways must tell the same filters".into());
    }

    let hits: usize = together.iter().map(Vec::len).sum();
    println!(
        "filters          {} ({} distinct), built in {:.0} ms",
        filters.len(),
        distinct.len(),
        built.as_secs_f64() * 1e3
    );
    println!(
        "articles         {}, {:.1} filters hold each",
        articles.len(),
        hits as f64 / articles.len() as f64
    );
    println!("all at once      {at_once_us:.0} us an article");
    println!("each by itself   {alone_us:.0} us an article");
    println!("ratio            {:.0}", alone_us / at_once_us);
    Ok(())
}

/// What the made-up press brings, understood as in a poll.
fn articles() -> Result<Vec<Article>, Failure> {
    let press = Press::new();
    let mut articles = Vec::new();
    for from in (0..ARTICLES).step_by(usize::try_from(press::RUN)?) {
        let feed = press::feed(from);
        let origin = Origin {
            source: SourceId::new(feed.wire),
            wire: wire::by_id(feed.wire).unwrap_or_else(wire::generic),
            rights: Rights::Full,
        };
        let read = press::issued(from + press::RUN);
        articles.extend(
            normalize(&press.document(from..from + press::RUN), &origin, read)
                .drafts
                .into_iter()
                .map(|draft| article(draft, read)),
        );
    }
    Ok(articles)
}

fn article(draft: Draft, read: DateTime<Utc>) -> Article {
    Article {
        id: ArticleId::new("tag:bench"),
        number: 1,
        story: 1,
        version: 1,
        first_received: read,
        modified: read,
        copies: 0,
        draft,
    }
}

/// Filters as people write them, of the words, listings and issuers of this press: a phrase or two, a portfolio, a language, an exclusion.
fn texts(articles: &[Article], count: usize) -> Vec<String> {
    let mut often: BTreeMap<String, usize> = BTreeMap::new();
    let (mut symbols, mut issuers) = (Vec::new(), Vec::new());
    for article in articles {
        let text = words(&article.draft.body_text);
        text.split_whitespace()
            .filter(|word| word.len() > 3)
            .for_each(|word| *often.entry(word.to_owned()).or_default() += 1);
        symbols.extend(article.draft.symbols().map(dateline::article::Symbol::key));
        issuers.extend(article.draft.issuer.clone());
    }
    let words: Vec<String> = often.into_keys().collect();
    let mut rng = Rng::with_seed(7);
    (0..count)
        .map(|number| {
            let word = |rng: &mut Rng| words[rng.usize(..words.len())].clone();
            let symbol = |rng: &mut Rng| {
                symbols
                    .get(rng.usize(..symbols.len().max(1)))
                    .cloned()
                    .unwrap_or("XNAS:ACME".into())
            };
            let issuer = |rng: &mut Rng| {
                issuers
                    .get(rng.usize(..issuers.len().max(1)))
                    .cloned()
                    .unwrap_or("Acme".into())
                    .replace('"', "")
            };
            match number % 8 {
                0 => format!("text ~ \"{}\" and text ~ \"{}\"", word(&mut rng), word(&mut rng)),
                1 => format!(
                    "language = \"en\" and (body ~ \"{}\" or symbol = \"{}\") and not kind = \"advisory\"",
                    word(&mut rng),
                    symbol(&mut rng)
                ),
                2 => {
                    let list: Vec<String> = (0..20).map(|_| format!("\"{}\"", symbol(&mut rng))).collect();
                    format!("symbol in ({})", list.join(", "))
                }
                3 => format!("issuer = \"{}\" and words > {}", issuer(&mut rng), rng.u32(50..400)),
                4 => format!(
                    "headline ~ \"{}*\" and published > -{}d",
                    &word(&mut rng)[..4],
                    rng.u32(1..30)
                ),
                5 => format!("body ~ \"{} {}\"", word(&mut rng), word(&mut rng)),
                6 => format!(
                    "text ~ \"{}\" and not (text ~ \"{}\" or wire = \"globenewswire\")",
                    word(&mut rng),
                    word(&mut rng)
                ),
                _ => format!("headline ~ \"{}\" or isin = \"US{:010}\"", word(&mut rng), rng.u32(..)),
            }
        })
        .collect()
}

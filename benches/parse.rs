//! What reading a wire feed costs beside the floor: feed-rs alone on the same bytes, in the same run. Read the ratio, not the times.

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dateline::article::{Rights, SourceId};
use dateline::demo::{Form, MadeUp, render};
use dateline::ingest::normalize::{Origin, normalize};
use dateline::ingest::parse::{Options, mend, parse};
use dateline::wire;

fn feed(form: Form, items: i64) -> String {
    let now = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
    let releases: Vec<MadeUp<'_>> = (0..items)
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
        .collect();
    render(form, "bench", &releases, now)
}

fn reading(c: &mut Criterion) {
    let mut group = c.benchmark_group("read-200-items");
    for (name, form) in [
        ("prnewswire", Form::PrNewswire),
        ("businesswire", Form::BusinessWire),
        ("globenewswire", Form::GlobeNewswire),
    ] {
        let feed = feed(form, 200);
        let origin = Origin {
            source: SourceId::new("bench"),
            wire: wire::by_id(name).unwrap_or_else(wire::generic),
            rights: Rights::Full,
        };
        let now = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
        group.throughput(Throughput::Bytes(feed.len() as u64));
        group.bench_with_input(BenchmarkId::new("floor-feed-rs", name), &feed, |b, feed| {
            b.iter(|| feed_rs::parser::parse(feed.as_bytes()));
        });
        group.bench_with_input(BenchmarkId::new("mend", name), &feed, |b, feed| {
            b.iter(|| mend(feed.as_bytes(), None, None, &Options::default()));
        });
        group.bench_with_input(BenchmarkId::new("parse", name), &feed, |b, feed| {
            b.iter(|| parse(feed.as_bytes(), None, None, &Options::default()));
        });
        group.bench_with_input(BenchmarkId::new("parse-and-normalize", name), &feed, |b, feed| {
            b.iter(|| {
                parse(feed.as_bytes(), None, None, &Options::default()).map(|feed| normalize(&feed, &origin, now))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);

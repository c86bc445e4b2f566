//! How the sources do: all of them, and one. Of their addresses only what a stranger may read.

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

use super::card::carrier_name;
use super::{Site, public, spark, when, written};
use crate::article::SourceId;
use crate::config::Config;
use crate::store::{Lag, Outcome, PollLine, RejectRecord, SourceHealth, Store, StoreError};

/// Newest articles by which sources are compared.
const COMPARED: usize = 2_000;
/// Rejects told of a source.
const REJECTS: usize = 20;

/// States, the most urgent first; a word and a class for each. What is not listed is well.
#[rustfmt::skip]
const STATES: &[(&str, &str, &str)] = &[
    ("late", "bad", "should have been polled ten minutes ago: the daemon is down, or cannot keep up"),
    ("failing", "bad", "does not answer, or badly"),
    ("gone", "bad", "only its operator, or you, can bring it back"),
    ("throttled", "warn", "asks to wait"),
    ("stale", "warn", "has brought nothing for so long that it looks abandoned"),
    ("empty", "warn", "answers with a feed without items"),
    ("future", "warn", "its newest item is dated ahead of its own clock"),
    ("quiet", "plain", "has brought nothing for longer than its own week lets expect"),
    ("new", "plain", "was not polled yet"),
    ("ok", "good", "answers, and brings what it used to"),
    ("off", "plain", "is not polled: switched off, not configured, or imported"),
];

/// The page of all sources, those that need a person first.
pub(in crate::emit) async fn sources(config: &Config, store: &Store, now: DateTime<Utc>) -> Result<String, StoreError> {
    let health = store.health().await?;
    let polls = store.last_polls(None, spark::POLLS).await?;
    let lags = store.lags(COMPARED).await?;
    let site = Site::new(config, "sources", "Sources: Dateline", now);
    let mut rows: Vec<Health<'_>> = health
        .iter()
        .map(|health| {
            let start = polls.partition_point(|poll| poll.source < health.source);
            let own = &polls[start..];
            let own = &own[..own.partition_point(|poll| poll.source == health.source)];
            Health::of(&site, health, own, &lags)
        })
        .collect();
    rows.sort_by_key(|row| row.urgency);
    let unwell = rows.iter().filter(|row| matches!(row.tone, "bad" | "warn")).count();
    Ok(written(&SourcesPage {
        unwell,
        sources: &rows,
        site: &site,
    }))
}

/// The page of one source; `None` if there is no such.
pub(in crate::emit) async fn source(
    config: &Config,
    store: &Store,
    id: &str,
    now: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    let id = SourceId::new(id);
    let health = store.health_of(Some(&id)).await?;
    let Some(health) = health.first() else {
        return Ok(None);
    };
    let polls = store.last_polls(Some(&id), spark::POLLS).await?;
    let rejects = store.last_rejects(&id, REJECTS).await?;
    let lags = store.lags(COMPARED).await?;
    let site = Site::new(config, "sources", format!("{id}: Dateline"), now);
    Ok(Some(written(&SourcePage {
        source: Health::of(&site, health, &polls, &lags),
        articles: site.search(&format!("source = \"{id}\"")),
        polls: polls.iter().map(Poll::of).collect(),
        rejects: &rejects,
        site: &site,
    })))
}

/// How a source does, for a page.
struct Health<'a> {
    health: &'a SourceHealth,
    url: String,
    /// Its place among [`STATES`].
    urgency: usize,
    tone: &'static str,
    meaning: &'static str,
    wire: Option<String>,
    /// Where it is polled.
    address: String,
    moved_to: Option<String>,
    error: Option<String>,
    gap: Option<String>,
    why_then: Option<String>,
    picture: String,
    /// How often it was first, and how late else.
    lag: Option<String>,
}

impl<'a> Health<'a> {
    fn of(site: &Site<'_>, health: &'a SourceHealth, polls: &[PollLine], lags: &[Lag]) -> Self {
        let urgency = STATES.iter().position(|(state, ..)| *state == health.state);
        let (_, tone, meaning) = urgency.map_or(("", "plain", ""), |at| STATES[at]);
        let name = carrier_name(health.wire.as_deref(), "");
        let lag = lags.iter().find(|lag| lag.source == health.source);
        let text = |text: &Option<String>| text.as_deref().map(|text| public::prose(text).into_owned());
        Self {
            url: site.url(&format!("/sources/{}", health.source)),
            urgency: urgency.unwrap_or(STATES.len()),
            tone,
            meaning,
            wire: Some(name).filter(|name| !name.is_empty()),
            address: public::address(&health.url),
            moved_to: health.moved_to.as_deref().map(public::address),
            // An old failure is no news of a source that answers.
            error: text(&health.last_error).filter(|_| health.failures > 0),
            gap: text(&health.last_gap_reason),
            why_then: text(&health.next_due_reason).filter(|_| health.configured),
            picture: spark::svg(polls),
            lag: lag.map(|lag| match lag.first == lag.shared {
                true => format!("first with all {} that others carried too", lag.shared),
                false => {
                    let behind = when::span(TimeDelta::milliseconds(lag.mean_behind_ms));
                    format!(
                        "first with {} of {} that others carried too, {behind} late in the mean",
                        lag.first, lag.shared
                    )
                }
            }),
            health,
        }
    }
}

/// A poll, in the words of a page.
struct Poll<'a> {
    line: &'a PollLine,
    outcome: &'static str,
    tone: &'static str,
    took: String,
    told: String,
}

impl<'a> Poll<'a> {
    fn of(line: &'a PollLine) -> Self {
        let (outcome, tone) = match line.outcome {
            Outcome::Ok => ("read", "good"),
            Outcome::NotModified => ("not modified", "plain"),
            Outcome::Unchanged => ("unchanged", "plain"),
            Outcome::Empty => ("empty", "warn"),
            Outcome::FetchError => ("not reached", "bad"),
            Outcome::ParseError => ("not understood", "bad"),
            Outcome::Panic => ("fault of ours", "bad"),
        };
        let told: Vec<String> = [&line.error, &line.gap]
            .into_iter()
            .flatten()
            .map(|text| public::prose(text).into_owned())
            .collect();
        Self {
            line,
            outcome,
            tone,
            took: when::span(TimeDelta::milliseconds(line.elapsed_ms)),
            told: told.join("; "),
        }
    }
}

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage<'a> {
    site: &'a Site<'a>,
    sources: &'a [Health<'a>],
    unwell: usize,
}

#[derive(Template)]
#[template(path = "source.html")]
struct SourcePage<'a> {
    site: &'a Site<'a>,
    source: Health<'a>,
    articles: String,
    polls: Vec<Poll<'a>>,
    rejects: &'a [RejectRecord],
}

//! Ingest: due, fetch, parse, normalize, admit. [`poll`] is the whole spine on one screen.
//!
//! Everything here may run many times at once; the lane narrows to one in [`Store::admit`].

pub mod guard;
pub mod fetch;
pub mod parse;
pub mod normalize;
pub mod robots;
pub mod schedule;
pub mod extract;
pub mod full_text;
mod moved;
mod work;
#[cfg(test)]
mod mutated;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use url::Url;

use self::fetch::{Ask, Fetched, Fetcher, Payload};
use self::moved::Met;
use self::normalize::{Normalized, Origin};
use self::parse::ParseError;
use self::schedule::{
    Answer, Blamed, Class, Document, Extent, Failure, Freshness, Hints, Memory, Observed, Outage, Policy, Shown,
};
pub use self::work::Work;
use crate::article::{Health, Validators};
use crate::clock;
use crate::config::{Config, Source};
use crate::store::{Admitted, Movement, Outcome, Pardon, Poll, SourceState, Store, StoreError, Watch};
use crate::telemetry::Metrics;
use crate::text;
use crate::wire;

/// Whether a poll is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Decide and keep.
    Admit,
    /// Decide as if, and keep nothing.
    DryRun,
}

/// A poll and what came of it.
#[derive(Debug)]
pub struct Report {
    /// What was (or would have been) written.
    pub poll: Poll,
    /// The verdicts.
    pub admitted: Admitted,
    /// Our own network went, or came back.
    pub network: Option<schedule::Turn>,
    /// The source does otherwise than before: from, to.
    pub health: Option<(Health, Health)>,
    /// The site asked to wait so long, with all of its sources.
    pub held: Option<DateTime<Utc>>,
    /// Where the source is asked the next time.
    pub home: Url,
}

/// What happened to the document, before the store is asked anything.
struct Read {
    outcome: Outcome,
    http_status: Option<u16>,
    bytes: Option<u64>,
    /// `None`: ask next time with what we have.
    validators: Option<Validators>,
    body_hash: Option<String>,
    normalized: Normalized,
    repairs: Vec<&'static str>,
    error: Option<String>,
    answer: Answer,
    freshness: Freshness,
    /// The server gave something to ask "has it changed?" with.
    validated: bool,
    /// The whole document was read.
    is_whole: bool,
    /// Where the feed says that it lives for good.
    moved: Option<Url>,
}

/// Polls one source once: fetch, parse, normalize, plan the next poll, admit.
///
/// # Errors
/// Only when the store cannot be read or written. Whatever the network or the document does is an outcome, not an error: it
/// leaves a poll row and a next due time.
pub async fn poll(ingest: &Ingest, source: &Source, effect: Effect) -> Result<Report, StoreError> {
    let Ingest { config, store, .. } = ingest;
    let started = clock::now();
    let state = store.source_state(&source.id).await?;
    let (asked, mut read, is_probed) = read_where_it_lives(source, &state, ingest, started).await;
    let now = clock::now();

    let network = ingest.hear(&asked, &mut read.answer, now);
    let patience = clock::span(config.fetch.adopt_moves_after);
    let movement = moved::movement(&source.url, &state.moves, &asked, read.met(&state), patience, now);
    let movement = if is_probed && movement == Movement::None {
        Movement::Kept
    } else {
        movement
    };
    if matches!(movement, Movement::Returned(_)) {
        // They are of the place that it leaves.
        read.validators = Some(Validators::default());
    }
    let observed = Observed {
        due: state.next_due,
        started,
        validated: read.validated,
        answer: read.answer,
        freshness: read.freshness,
    };
    let blamed = Blamed::of(source, &state, &asked, &observed);
    let policy = Policy::of(source, &config.schedule);
    let before = ingest.before(source, &observed.answer);
    let memory = Memory::read(
        before
            .as_ref()
            .map_or(&state.memory, |before| &before.memory)
            .as_deref(),
    );
    let decision = schedule::decide(&policy, &memory, &observed, now);
    let home = match &movement {
        Movement::Adopted(to) => Url::parse(to).unwrap_or(asked),
        Movement::Returned(_) => source.url.clone(),
        Movement::None | Movement::Said(_) | Movement::Unsaid | Movement::Kept => asked,
    };
    let watch = Watch {
        tier: policy.tier,
        health: decision.memory.health,
        last_new: decision.memory.last_new,
        known: decision.known,
        gap: decision.gap,
        memory: decision.memory.written(),
        is_ours: observed.answer == Answer::Offline,
        is_whole: read.is_whole,
        movement,
    };
    let poll = Poll {
        source: source.id.clone(),
        url: source.url.to_string(),
        wire: Some(source.wire.id.to_owned()),
        started,
        elapsed_ms: (now - started).num_milliseconds().max(0),
        outcome: read.outcome,
        http_status: read.http_status,
        bytes: read.bytes,
        validators: read.validators,
        body_hash: read.body_hash,
        drafts: read.normalized.drafts,
        rejects: read.normalized.rejects,
        identity: source.identity,
        full_text: source.full_text,
        dedup_window: clock::span(config.dedup.window),
        repairs: read.repairs.into_iter().map(str::to_owned).collect(),
        error: read.error,
        next_due: decision.due.at,
        next_due_reason: decision.due.reason,
        watch: Some(watch),
    };
    let admitted = match effect {
        Effect::Admit => store.admit(&poll, now).await?,
        Effect::DryRun => store.decide(&poll).await?,
    };
    let mut poll = poll;
    if let (true, Some(watch)) = (admitted.counts.is_all_seen(), &mut poll.watch) {
        watch.gap = None;
    }
    if effect == Effect::Admit {
        ingest.pardon(blamed, now).await?;
    }
    Ok(Report {
        poll,
        admitted,
        network,
        health: decision.turn,
        held: decision.held,
        home,
    })
}

/// Reads a source where it lives; gives that address, and whether home was asked in vain. Neither a server that says "not modified" nor one
/// that a feed moved to is believed for ever: now and then the whole document is asked for, and the feed at home.
async fn read_where_it_lives(
    source: &Source,
    state: &SourceState,
    ingest: &Ingest,
    now: DateTime<Utc>,
) -> (Url, Read, bool) {
    let refetch = clock::span(ingest.config.fetch.refetch);
    let believed = state.read_whole.is_some_and(|read| now - read < refetch);
    let nothing = Validators::default();
    let validators = if believed { &state.validators } else { &nothing };
    let address = moved::address(&source.url, &state.moves);
    let is_probed = moved::is_to_be_probed(&source.url, &state.moves, refetch, now);
    if is_probed {
        let at_home = read(source, &source.url, &nothing, state, ingest, now).await;
        if matches!(at_home.met(state), Met::Feed { .. }) {
            return (source.url.clone(), at_home, false);
        }
    }
    let read = read(source, &address, validators, state, ingest, now).await;
    (address, read, is_probed)
}

async fn read(
    source: &Source,
    asked: &Url,
    validators: &Validators,
    state: &SourceState,
    ingest: &Ingest,
    now: DateTime<Utc>,
) -> Read {
    let ask = Ask {
        url: asked,
        home: &source.url,
        validators,
        manners: &source.manners,
    };
    let answer = match ingest.fetcher.fetch(ask).await {
        Ok(answer) => answer,
        Err(error) => {
            return Read {
                http_status: error.status(),
                answer: Answer::Failed(Failure::of(&error, now)),
                ..Read::failed(Outcome::FetchError, crate::telemetry::chain(&error))
            };
        }
    };
    match answer.fetched {
        Fetched::NotModified => Read {
            http_status: Some(304),
            validators: Some(answer.validators),
            freshness: answer.freshness,
            validated: true,
            moved: answer.moved,
            ..Read::quiet(Outcome::NotModified)
        },
        Fetched::Body(payload) => {
            let hash = format!("1:{}", text::hex(&Sha256::digest(&payload.bytes)));
            let (status, bytes) = (payload.status, payload.bytes.len());
            let validated = answer.validators != Validators::default();
            let is_delta = payload.is_delta();
            // Some servers send a validator and ignore it: the body itself is the third one.
            let read = if state.body_hash.as_deref() == Some(hash.as_str()) {
                Read {
                    validators: Some(answer.validators),
                    ..Read::quiet(Outcome::Unchanged)
                }
            } else {
                understand(payload, answer.validators, hash, source, ingest, now).await
            };
            Read {
                http_status: Some(status),
                bytes: u64::try_from(bytes).ok(),
                freshness: answer.freshness,
                validated,
                is_whole: !is_delta && matches!(read.outcome, Outcome::Ok | Outcome::Unchanged),
                moved: answer.moved,
                ..read
            }
        }
    }
}

/// Parses and normalizes off the async threads: a hostile document takes its time there, and a panic ends only its own task.
async fn understand(
    payload: Payload,
    validators: Validators,
    hash: String,
    source: &Source,
    ingest: &Ingest,
    now: DateTime<Utc>,
) -> Read {
    let origin = Origin::from(source);
    let options = parse::Options::of(&ingest.config.fetch, source);
    let is_delta = payload.is_delta();
    let work = ingest.work.run(move || {
        let feed = parse::parse(
            &payload.bytes,
            payload.content_type.as_deref(),
            Some(&payload.url),
            &options,
        )?;
        let normalized = normalize::normalize(&feed, &origin, now);
        Ok::<_, ParseError>((feed, normalized))
    });
    match work.await {
        Err(panic) => Read::failed(Outcome::Panic, format!("the document made the parser panic: {panic}")),
        Ok(Err(error @ ParseError::Panic)) => Read::failed(Outcome::Panic, crate::telemetry::chain(&error)),
        Ok(Err(error)) => Read::failed(Outcome::ParseError, crate::telemetry::chain(&error)),
        Ok(Ok((feed, normalized))) => {
            // A delta may well hold nothing.
            let empty = normalized.drafts.is_empty() && !is_delta;
            let hints = Hints::of(&feed.head);
            // A cut or empty document must be fetched whole next time: its validators would hide what it lacks.
            let whole = !feed.partial && !empty;
            Read {
                validators: Some(if whole { validators } else { Validators::default() }),
                // The next whole document has another.
                body_hash: (whole && !is_delta).then_some(hash),
                answer: match empty {
                    true => Answer::Empty(hints),
                    false => Answer::Document(Document {
                        items: normalized.drafts.iter().map(Shown::of).collect(),
                        extent: match whole {
                            true if is_delta => Extent::Delta,
                            true => Extent::Whole,
                            false => Extent::Cut,
                        },
                        hints,
                    }),
                },
                normalized,
                repairs: feed.repairs,
                error: empty.then(|| match feed.head.description.as_deref().map(text::plain_title) {
                    // Some say here why; most say what they always say.
                    Some(said) if !said.is_empty() => {
                        format!(
                            "the feed has no items; its description is \"{}\"",
                            text::cut(&said, 200)
                        )
                    }
                    _ => "the feed has no items".to_owned(),
                }),
                ..Read::quiet(if empty { Outcome::Empty } else { Outcome::Ok })
            }
        }
    }
}

impl Read {
    /// What it met, as far as it tells where the feed lives.
    fn met(&self, state: &SourceState) -> Met<'_> {
        match self.outcome {
            _ if self.answer == Answer::Offline => Met::Nothing,
            Outcome::Ok | Outcome::NotModified | Outcome::Unchanged => Met::Feed {
                moved: self.moved.as_ref(),
            },
            Outcome::FetchError | Outcome::ParseError => Met::Failure {
                count: state.failures.saturating_add(1),
            },
            Outcome::Empty | Outcome::Panic => Met::Nothing,
        }
    }

    /// Nothing new and nothing wrong.
    fn quiet(outcome: Outcome) -> Self {
        Self {
            outcome,
            http_status: None,
            bytes: None,
            validators: None,
            body_hash: None,
            normalized: Normalized::default(),
            repairs: Vec::new(),
            error: None,
            answer: Answer::Same,
            freshness: Freshness::default(),
            validated: false,
            is_whole: false,
            moved: None,
        }
    }

    /// Nothing to keep. After a document that could not be read the validators go, so that a mended one is seen at once;
    /// after a failed request they stay.
    fn failed(outcome: Outcome, error: String) -> Self {
        let validators = matches!(outcome, Outcome::ParseError | Outcome::Panic).then(Validators::default);
        Self {
            validators,
            error: Some(error),
            answer: Answer::Failed(Failure::DOCUMENT),
            ..Self::quiet(outcome)
        }
    }
}

impl Blamed {
    /// The failure that is about to be written down, if nobody answered.
    fn of(source: &Source, state: &SourceState, asked: &Url, observed: &Observed) -> Option<Self> {
        let Answer::Failed(Failure {
            class: Class::Unreached,
            ..
        }) = observed.answer
        else {
            return None;
        };
        Some(Self {
            source: source.id.clone(),
            site: wire::site(asked),
            at: observed.started,
            failures: state.failures,
            memory: state.memory.clone(),
        })
    }
}

/// What every poll of one daemon shares.
#[derive(Debug, Clone)]
pub struct Ingest {
    /// Validated configuration.
    pub config: Arc<Config>,
    /// One client, so that connections to a host are reused.
    pub fetcher: Arc<Fetcher>,
    /// The store.
    pub store: Store,
    /// What is known of our own network.
    pub network: Arc<Mutex<Outage>>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Who may read a document now.
    pub work: Work,
}

impl Ingest {
    /// Polls one source once.
    ///
    /// # Errors
    /// As [`poll`].
    pub async fn poll(&self, source: &Source, effect: Effect) -> Result<Report, StoreError> {
        poll(self, source, effect).await
    }

    /// Tells what the poll says of our own network, and turns a failure into ours if that is out.
    fn hear(&self, asked: &Url, answer: &mut Answer, now: DateTime<Utc>) -> Option<schedule::Turn> {
        let unreached = match answer {
            Answer::Failed(failure) => match failure.class {
                Class::Unreached => true,
                Class::Server | Class::Refused | Class::Document | Class::Throttled | Class::Gone => false,
                // Nobody was asked.
                Class::Setup => return None,
            },
            Answer::Same | Answer::Document(_) | Answer::Empty(_) | Answer::Offline => false,
        };
        let site = wire::site(asked);
        // A poll that panicked with the lock held left a count that is right or one short.
        let mut network = self.network.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = match unreached {
            true => network.unreached(&site, now),
            false => network.reached(&site, now),
        };
        if unreached && network.is_on() {
            *answer = Answer::Offline;
        }
        turn
    }

    /// How the source had stood before it was blamed for an outage of ours that is still on.
    fn before(&self, source: &Source, answer: &Answer) -> Option<Blamed> {
        let network = self.network.lock().unwrap_or_else(PoisonError::into_inner);
        let before = network.before(&source.id).cloned();
        before.filter(|_| *answer == Answer::Offline)
    }

    /// Notes a failure that was written down, and takes back what turns out to be our own network's: those sources stand as if they had
    /// been asked during the outage.
    async fn pardon(&self, blamed: Option<Blamed>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let pardoned = {
            let mut network = self.network.lock().unwrap_or_else(PoisonError::into_inner);
            blamed.into_iter().for_each(|blamed| network.blame(blamed));
            network.pardon()
        };
        let pardons: Vec<Pardon> = pardoned
            .into_iter()
            .filter_map(|blamed| {
                let source = self.config.source(&blamed.source)?;
                let policy = Policy::of(source, &self.config.schedule);
                let observed = Observed::offline(blamed.at);
                let decision = schedule::decide(&policy, &Memory::read(blamed.memory.as_deref()), &observed, now);
                Some(Pardon {
                    source: blamed.source,
                    failures: blamed.failures,
                    health: decision.memory.health,
                    memory: decision.memory.written(),
                    at: decision.due.at,
                    reason: decision.due.reason,
                })
            })
            .collect();
        self.store.pardon(&pardons, now).await
    }
}

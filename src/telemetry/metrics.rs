//! What a daemon counts of itself, and how that is written: the text format of Prometheus, version 0.0.4.
//!
//! What happens is counted where it happens, in one [`Metrics`] that is handed through. What the store can tell cheaply is read when somebody
//! asks, and comes as [`Gauges`]. Labels are wires, tiers, verdicts, outcomes, outputs and formats: what the configuration and our own words
//! bound. Never an address, a source's answer or an article.
//!
//! Names and units follow Prometheus's own rules: seconds, bytes, `_total` for what only grows.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry};

use crate::article::{OutputId, Tier};

/// The media type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// Seconds from issue to reading. A wire is polled every minute or so, a guest every hour or day.
const LAG: [f64; 14] = [
    5.0, 15.0, 30.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1_800.0, 3_600.0, 10_800.0, 43_200.0, 86_400.0,
];

/// Seconds of a poll, up to the longest time that a request may take and a queue at the writer.
const POLL: [f64; 10] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0];

/// Seconds at the store's writer: from a transaction that touches one row to the end of what a poll waits for.
const WRITER: [f64; 11] = [0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0, 120.0];

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfPage {
    wire: String,
    class: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfPoll {
    wire: String,
    tier: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfItem {
    wire: String,
    verdict: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfWire {
    wire: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfTier {
    tier: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfState {
    tier: &'static str,
    state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRequest {
    output: String,
    format: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfDelivery {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

/// The one lane for writing: how long was waited for it, and how long it was held.
#[derive(Debug, Clone)]
pub struct Lane {
    waited: Histogram,
    held: Histogram,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            waited: Histogram::new(WRITER),
            held: Histogram::new(WRITER),
        }
    }
}

impl Lane {
    /// Somebody's turn has come, or has not.
    pub fn waited(&self, time: Duration) {
        self.waited.observe(time.as_secs_f64());
    }

    /// A transaction has ended, well or not.
    pub fn held(&self, time: Duration) {
        self.held.observe(time.as_secs_f64());
    }
}

/// What is read when somebody asks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gauges {
    /// The store can be read, no damage was found in it, and its file is in its place.
    pub is_up: bool,
    /// What the store says of sources and subscribers; `None`: it cannot be read, or its file is not in its place.
    pub standing: Option<Standing>,
    /// Bytes of the store's file.
    pub store_bytes: Option<u64>,
    /// Bytes of its write-ahead log; 0 without one.
    pub log_bytes: Option<u64>,
    /// Bytes that we may still write on its disk.
    pub disk_bytes: Option<u64>,
}

/// How sources and subscribers do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// Sources that are polled, in each state.
    pub sources: Vec<(Tier, String, i64)>,
    /// Each tier that has sources: has one of them answered in time, and when did one last?
    pub tiers: Vec<(Tier, bool, Option<DateTime<Utc>>)>,
    /// Subscribers of our hub.
    pub subscribers: i64,
    /// Those that have not taken all changes.
    pub subscribers_behind: i64,
}

/// What is counted from the start of the process on.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    polls: Family<OfPoll, Counter>,
    poll_time: Histograms<OfTier>,
    items: Family<OfItem, Counter>,
    lag: Histograms<OfWire>,
    compared: Family<OfWire, Counter>,
    overlapping: Family<OfWire, Counter>,
    gaps: Family<OfWire, Counter>,
    pages: Family<OfPage, Counter>,
    requests: Family<OfRequest, Counter>,
    deliveries: Family<OfDelivery, Counter>,
    unkept: Gauge,
}

/// Puts a metric into the registry; what is counted in the one given back shows there.
fn registered<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

impl Metrics {
    /// Nothing has happened yet. `lane` is that of the store.
    #[must_use]
    pub fn new(lane: &Lane, started: DateTime<Utc>) -> Self {
        let mut registry = Registry::default();
        let r = &mut registry;
        let mut metrics = Self {
            polls: registered(
                r,
                "dateline_polls",
                "Polls by what came of them; unkept: the store could not take it",
                Family::default(),
            ),
            poll_time: registered(
                r,
                "dateline_poll_duration_seconds",
                "Time of a poll up to its admission to the store",
                Histograms::new_with_constructor(|| Histogram::new(POLL)),
            ),
            items: registered(
                r,
                "dateline_items",
                "Items by what was judged of them",
                Family::default(),
            ),
            lag: registered(
                r,
                "dateline_publish_lag_seconds",
                "From the time of issue that an item bears to when a source first showed it to us",
                Histograms::new_with_constructor(|| Histogram::new(LAG)),
            ),
            compared: registered(
                r,
                "dateline_items_compared",
                "Items of documents that could be compared with the one before of their source",
                Family::default(),
            ),
            overlapping: registered(
                r,
                "dateline_items_overlapping",
                "Those of them that the document before had shown too",
                Family::default(),
            ),
            gaps: registered(
                r,
                "dateline_gaps",
                "Polls before which items may have been lost",
                Family::default(),
            ),
            unkept: registered(
                r,
                "dateline_unkept_sources",
                "Sources whose last poll the store could not take",
                Gauge::default(),
            ),
            pages: registered(
                r,
                "dateline_pages",
                "Pages asked for full texts, by what came of them",
                Family::default(),
            ),
            requests: registered(
                r,
                "dateline_output_requests",
                "Requests of outputs; status 304: the reader has the newest",
                Family::default(),
            ),
            deliveries: registered(
                r,
                "dateline_websub_deliveries",
                "Letters to subscribers of the hub by what came of them; denied: it was told that its subscription ends",
                Family::default(),
            ),
            registry,
        };
        let r = &mut metrics.registry;
        r.register(
            "dateline_writer_wait_seconds",
            "Time in the queue for the store's one writer",
            lane.waited.clone(),
        );
        r.register(
            "dateline_transaction_seconds",
            "Time of one write transaction",
            lane.held.clone(),
        );
        let build = Build {
            version: env!("CARGO_PKG_VERSION"),
        };
        r.register("dateline_build", "The version that runs", Info::new(build));
        r.register(
            "process_start_time_seconds",
            "Start of the process, in seconds since 1970",
            ConstGauge::new(seconds(started)),
        );
        metrics
    }

    /// A wire will be polled: what is counted of it begins at 0, so that an alert sees the first change.
    pub fn expect(&self, wire: &str, tier: Tier, outcomes: &[&'static str], verdicts: &[&'static str]) {
        for outcome in outcomes {
            drop(self.polls.get_or_create(&of_poll(wire, tier, outcome)));
        }
        for verdict in verdicts {
            drop(self.items.get_or_create(&of_item(wire, verdict)));
        }
        for counted in [&self.compared, &self.overlapping, &self.gaps] {
            drop(counted.get_or_create(&of_wire(wire)));
        }
        drop(self.lag.get_or_create(&of_wire(wire)));
    }

    /// A poll ended so.
    pub fn polled(&self, wire: &str, tier: Tier, outcome: &'static str) {
        self.polls.get_or_create(&of_poll(wire, tier, outcome)).inc();
    }

    /// So many sources now wait for the store to take their polls again.
    pub fn unkept(&self, sources: usize) {
        self.unkept.set(i64::try_from(sources).unwrap_or(i64::MAX));
    }

    /// As [`Metrics::unkept`] was told last.
    pub fn sources_unkept(&self) -> i64 {
        self.unkept.get()
    }

    /// A page was asked for a full text.
    pub fn page_read(&self, wire: &str, class: &'static str) {
        let page = OfPage {
            wire: wire.to_owned(),
            class,
        };
        self.pages.get_or_create(&page).inc();
    }

    /// A poll took so long.
    pub fn poll_took(&self, tier: Tier, time: Duration) {
        let tier = OfTier { tier: tier.as_str() };
        self.poll_time.get_or_create(&tier).observe(time.as_secs_f64());
    }

    /// So many items were judged so.
    pub fn judged(&self, wire: &str, verdict: &'static str, count: u64) {
        self.items.get_or_create(&of_item(wire, verdict)).inc_by(count);
    }

    /// An item was seen so long after its time of issue; one that is dated ahead of us at once.
    pub fn seen_after(&self, wire: &str, lag: TimeDelta) {
        let lag = lag.to_std().unwrap_or_default();
        self.lag.get_or_create(&of_wire(wire)).observe(lag.as_secs_f64());
    }

    /// So many items of a document were compared with the one before, which held so many of them.
    pub fn compared(&self, wire: &str, items: u64, overlapping: u64) {
        self.compared.get_or_create(&of_wire(wire)).inc_by(items);
        self.overlapping.get_or_create(&of_wire(wire)).inc_by(overlapping);
    }

    /// Items may have been lost.
    pub fn gap(&self, wire: &str) {
        self.gaps.get_or_create(&of_wire(wire)).inc();
    }

    /// An output was asked for, and this status answered.
    pub fn answered(&self, output: &OutputId, format: &'static str, status: u16) {
        let request = OfRequest {
            output: output.to_string(),
            format,
            status,
        };
        self.requests.get_or_create(&request).inc();
    }

    /// Letters may be sent: what is counted of them begins at 0.
    pub fn expect_deliveries(&self, outcomes: &[&'static str]) {
        for outcome in outcomes {
            drop(self.deliveries.get_or_create(&OfDelivery { outcome }));
        }
    }

    /// A letter to a subscriber ended so.
    pub fn delivered(&self, outcome: &'static str) {
        self.deliveries.get_or_create(&OfDelivery { outcome }).inc();
    }

    /// All of it, as [`CONTENT_TYPE`].
    ///
    /// # Errors
    /// None that we know of: writing to a String cannot fail.
    pub fn text(&self, gauges: &Gauges) -> Result<String, fmt::Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        prometheus_text::encode(&mut text, &gauges.registry())?;
        Ok(text)
    }
}

impl Gauges {
    fn registry(&self) -> Registry {
        let mut registry = Registry::default();
        let r = &mut registry;
        r.register(
            "dateline_store_up",
            "1 while the store can be read, no damage was found in it, and its file stands where it was opened",
            ConstGauge::new(i64::from(self.is_up)),
        );
        for (name, help, bytes) in [
            ("dateline_store_bytes", "Size of the store's file", self.store_bytes),
            ("dateline_wal_bytes", "Size of its write-ahead log", self.log_bytes),
            (
                "dateline_disk_available_bytes",
                "Room on its disk for this user",
                self.disk_bytes,
            ),
        ] {
            if let Some(bytes) = bytes {
                r.register(name, help, ConstGauge::new(bytes));
            }
        }
        let Some(standing) = &self.standing else {
            return registry;
        };
        let (sources, ready, last) = (
            Family::<OfState, Gauge>::default(),
            Family::<OfTier, Gauge>::default(),
            Family::<OfTier, Gauge>::default(),
        );
        for (tier, state, count) in &standing.sources {
            let (tier, state) = (tier.as_str(), state.clone());
            sources.get_or_create(&OfState { tier, state }).set(*count);
        }
        for (tier, is_ready, success) in &standing.tiers {
            let tier = OfTier { tier: tier.as_str() };
            ready.get_or_create(&tier).set(i64::from(*is_ready));
            if let Some(success) = success {
                last.get_or_create(&tier).set(success.timestamp());
            }
        }
        r.register("dateline_sources", "Sources that are polled, by state", sources);
        r.register(
            "dateline_tier_ready",
            "1 while a source of the tier has answered in time, as /readyz says",
            ready,
        );
        r.register(
            "dateline_tier_last_success_timestamp_seconds",
            "When a source of the tier last answered well, in seconds since 1970",
            last,
        );
        r.register(
            "dateline_subscribers",
            "Subscribers of the WebSub hub",
            ConstGauge::new(standing.subscribers),
        );
        r.register(
            "dateline_subscribers_behind",
            "Subscribers that have not taken all changes",
            ConstGauge::new(standing.subscribers_behind),
        );
        registry
    }
}

fn of_poll(wire: &str, tier: Tier, outcome: &'static str) -> OfPoll {
    OfPoll {
        wire: wire.to_owned(),
        tier: tier.as_str(),
        outcome,
    }
}

fn of_item(wire: &str, verdict: &'static str) -> OfItem {
    OfItem {
        wire: wire.to_owned(),
        verdict,
    }
}

fn of_wire(wire: &str) -> OfWire {
    OfWire { wire: wire.to_owned() }
}

/// Since 1970. Milliseconds are well within what a double holds.
#[allow(clippy::cast_precision_loss)]
fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn what_was_counted_is_written_with_its_labels() {
        let lane = Lane::default();
        let metrics = Metrics::new(&lane, at("2026-11-26T12:00:00.250Z"));
        metrics.expect("prnewswire", Tier::Wire, &["ok", "unkept"], &["new"]);
        metrics.polled("prnewswire", Tier::Wire, "ok");
        metrics.poll_took(Tier::Wire, Duration::from_millis(300));
        metrics.judged("prnewswire", "new", 3);
        metrics.seen_after("prnewswire", TimeDelta::seconds(70));
        metrics.seen_after("prnewswire", TimeDelta::seconds(-5));
        metrics.compared("prnewswire", 20, 17);
        metrics.answered(&OutputId::new("all".to_owned()), "atom", 304);
        metrics.unkept(2);
        lane.waited(Duration::from_millis(2));
        let gauges = Gauges {
            is_up: true,
            standing: Some(Standing {
                sources: vec![(Tier::Wire, "late".to_owned(), 2)],
                tiers: vec![
                    (Tier::Wire, true, Some(at("2026-11-26T12:00:00Z"))),
                    (Tier::Guest, false, None),
                ],
                subscribers: 4,
                subscribers_behind: 1,
            }),
            log_bytes: Some(32),
            ..Gauges::default()
        };
        let text = metrics.text(&gauges).unwrap();
        for line in [
            "dateline_polls_total{wire=\"prnewswire\",tier=\"wire\",outcome=\"ok\"} 1",
            "dateline_polls_total{wire=\"prnewswire\",tier=\"wire\",outcome=\"unkept\"} 0",
            "dateline_poll_duration_seconds_bucket{tier=\"wire\",le=\"0.5\"} 1",
            "dateline_items_total{wire=\"prnewswire\",verdict=\"new\"} 3",
            "dateline_publish_lag_seconds_bucket{wire=\"prnewswire\",le=\"5\"} 1",
            "dateline_publish_lag_seconds_bucket{wire=\"prnewswire\",le=\"90\"} 2",
            "dateline_publish_lag_seconds_sum{wire=\"prnewswire\"} 70.0",
            "dateline_items_compared_total{wire=\"prnewswire\"} 20",
            "dateline_items_overlapping_total{wire=\"prnewswire\"} 17",
            "dateline_gaps_total{wire=\"prnewswire\"} 0",
            "dateline_unkept_sources 2",
            "dateline_output_requests_total{output=\"all\",format=\"atom\",status=\"304\"} 1",
            "dateline_writer_wait_seconds_bucket{le=\"0.0025\"} 1",
            "dateline_transaction_seconds_count 0",
            concat!("dateline_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
            "process_start_time_seconds 1795694400.25",
            "dateline_store_up 1",
            "dateline_wal_bytes 32",
            "dateline_sources{tier=\"wire\",state=\"late\"} 2",
            "dateline_tier_ready{tier=\"wire\"} 1",
            "dateline_tier_ready{tier=\"guest\"} 0",
            "dateline_tier_last_success_timestamp_seconds{tier=\"wire\"} 1795694400",
            "dateline_subscribers_behind 1",
        ] {
            assert!(text.lines().any(|written| written == line), "{line}\nis not in\n{text}");
        }
        assert!(!text.contains("dateline_store_bytes"), "what is not known is not told");
    }

    #[test]
    fn a_store_that_cannot_be_read_is_told_and_the_counters_with_it() {
        let text = Metrics::new(&Lane::default(), at("2026-11-26T12:00:00Z"))
            .text(&Gauges::default())
            .unwrap();
        assert!(text.contains("\ndateline_store_up 0\n"), "{text}");
        assert!(text.contains("\ndateline_transaction_seconds_count 0\n"), "{text}");
        assert!(!text.contains("dateline_sources"), "{text}");
    }
}

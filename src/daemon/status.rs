//! What `systemctl status` says of a running daemon, and the watchdog.
//!
//! The watchdog hears of us only while three things live: the loop that starts the polls (it calls [`Pulse::beat`]), the readers of the store
//! (which say how the sources do) and its writer. A writer that answers with an error lives: a full disk is not mended by a restart.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use tracing::error;

use super::polls::Schedule;
use crate::article::Health;
use crate::clock;
use crate::ingest::Ingest;
use crate::store::{LATE, Store, StoreError, Vital};
use crate::systemd;
use crate::telemetry::chain;
use crate::text::counted;

/// Between two looks at the sources; shorter if the watchdog wants it.
const LOOK: Duration = Duration::from_secs(30);

/// Looks within the time of the watchdog: one may be late, and so may the next.
const LOOKS: u32 = 3;

/// A writer that fails has failed by then; other polls may be before us in its queue.
const PROMPT: Duration = Duration::from_secs(60);

/// What is told as failing.
const FAILING: [Health; 2] = [Health::Failing, Health::Gone];

/// Names of sources in trouble that are told; the others are counted.
const NAMES: usize = 3;

/// How the sources do, in one line.
pub(super) fn sources(polled: &[Vital], unkept: usize, now: DateTime<Utc>) -> String {
    let fails = |source: &&Vital| FAILING.iter().any(|health| health.as_str() == source.state);
    let (failing, well): (Vec<&Vital>, Vec<_>) = polled.iter().partition(fails);
    let late = |source: &&Vital| source.next_due.is_some_and(|due| now - due > LATE);
    let late: Vec<&Vital> = well.into_iter().filter(late).collect();
    let mut line = counted(polled.len(), "source");
    for (what, which) in [("late", late), ("failing", failing)] {
        let names: Vec<&str> = which.iter().take(NAMES).map(|source| source.source.as_str()).collect();
        match which.len() {
            0 => {}
            count if count > NAMES => line.push_str(&format!(", {count} {what} ({}, ...)", names.join(", "))),
            count => line.push_str(&format!(", {count} {what} ({})", names.join(", "))),
        }
    }
    if unkept > 0 {
        line.push_str(&format!(
            ", {} could not be stored: see the log",
            counted(unkept, "poll")
        ));
    }
    line
}

/// Tells systemd in time.
pub(super) struct Pulse {
    looks: Interval,
    watchdog: Option<Watchdog>,
    /// What was told last.
    said: String,
}

impl Pulse {
    pub(super) fn new() -> Self {
        let timeout = systemd::watchdog_timeout();
        let mut looks = interval(timeout.map_or(LOOK, |timeout| LOOK.min(timeout / LOOKS)));
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            looks,
            watchdog: timeout.map(|_| Watchdog::default()),
            said: String::new(),
        }
    }

    /// Until the next look.
    pub(super) async fn tick(&mut self) {
        self.looks.tick().await;
    }

    /// One look: says how things stand if that has changed, and feeds the watchdog.
    pub(super) async fn beat(&mut self, schedule: &Schedule, address: SocketAddr) {
        let before = self.said.clone();
        let status = self.status(schedule, address).await;
        if status != before {
            systemd::status(&status);
        }
        let store = &schedule.ingest().store;
        if let Some(watchdog) = &mut self.watchdog
            && watchdog.may_be_fed(|| writer_answers(store.clone())).await
        {
            systemd::watchdog();
        }
    }

    /// How things stand; to be told.
    pub(super) async fn status(&mut self, schedule: &Schedule, address: SocketAddr) -> String {
        let Ingest { config, store, .. } = schedule.ingest();
        let vitals = store.vitals().await;
        // What reads may meet what is wrong.
        let sources = match (store.sound(), vitals) {
            (Ok(()), Ok(vitals)) => sources(&vitals, schedule.unkept(), clock::now()),
            (Err(StoreError::Unsound { found }), Ok(vitals)) => {
                format!(
                    "{}; damage was found in the store: {found}",
                    sources(&vitals, schedule.unkept(), clock::now())
                )
            }
            (Err(unsound), _) => unsound.to_string(),
            (Ok(()), Err(failed)) => format!("the store cannot be read ({})", chain(&failed)),
        };
        let outputs = counted(config.outputs.len(), "output");
        self.said = format!("{sources}; {outputs} on http://{address}/");
        self.said.clone()
    }
}

/// Is the store's writer there?
async fn writer_answers(store: Store) -> bool {
    let asked = Instant::now();
    let answer = store.writer_answers().await;
    // A late error is the end of our patience, not an answer.
    answer.is_ok() || asked.elapsed() < PROMPT
}

/// One question to the writer after the other.
#[derive(Debug, Default)]
struct Watchdog {
    asked: Option<(Instant, JoinHandle<bool>)>,
}

impl Watchdog {
    /// Has the last question been answered well? Then the next one is put. While it has not been answered, no other is.
    async fn may_be_fed<A>(&mut self, ask: impl FnOnce() -> A) -> bool
    where
        A: Future<Output = bool> + Send + 'static,
    {
        let answered = match self.asked.take() {
            Some((since, question)) if !question.is_finished() => {
                error!(
                    stage = "watchdog",
                    "the store's writer has not answered for {} s; without an answer systemd starts Dateline anew",
                    since.elapsed().as_secs()
                );
                self.asked = Some((since, question));
                return false;
            }
            // It panicked: no answer.
            Some((_, question)) => question.await.unwrap_or(false),
            None => false,
        };
        self.asked = Some((Instant::now(), tokio::spawn(ask())));
        answered
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::SourceId;

    fn source(id: &str, health: Health, due: &str) -> Vital {
        Vital {
            source: SourceId::new(id),
            state: health.as_str().to_owned(),
            last_success: None,
            next_due: Some(at(due)),
        }
    }

    fn at(time: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(&format!("2026-11-26T{time}:00Z"))
            .unwrap()
            .to_utc()
    }

    #[test]
    fn the_status_names_who_is_late_and_who_fails() {
        let well = || source("well", Health::Ok, "12:05");
        let late = |id| source(id, Health::Quiet, "11:49");
        let failing = |id| source(id, Health::Failing, "11:00");
        for (states, unkept, want) in [
            (vec![], 0, "0 sources"),
            (vec![well(), source("soon", Health::Ok, "11:51")], 0, "2 sources"),
            (vec![well(), late("a")], 0, "2 sources, 1 late (a)"),
            (
                vec![late("a"), failing("b"), source("c", Health::Gone, "13:00")],
                0,
                "3 sources, 1 late (a), 2 failing (b, c)",
            ),
            (
                ["a", "b", "c", "d"].map(failing).to_vec(),
                0,
                "4 sources, 4 failing (a, b, c, ...)",
            ),
            (vec![well()], 1, "1 source, 1 poll could not be stored: see the log"),
            (vec![well()], 2, "1 source, 2 polls could not be stored: see the log"),
        ] {
            assert_eq!(sources(&states, unkept, at("12:00")), want);
        }
    }

    #[tokio::test]
    async fn the_watchdog_is_fed_after_an_answer_and_never_without_one() {
        let mut watchdog = Watchdog::default();
        let settled = |watchdog: &Watchdog| {
            watchdog
                .asked
                .as_ref()
                .is_none_or(|(_, question)| question.is_finished())
        };
        assert!(
            !watchdog.may_be_fed(|| async { true }).await,
            "nothing was answered yet"
        );
        for (answer, want) in [(true, true), (false, true), (true, false), (true, true)] {
            while !settled(&watchdog) {
                tokio::task::yield_now().await;
            }
            assert_eq!(watchdog.may_be_fed(move || async move { answer }).await, want);
        }
        while !settled(&watchdog) {
            tokio::task::yield_now().await;
        }
        assert!(
            watchdog.may_be_fed(std::future::pending).await,
            "the one before was answered"
        );
        for _ in 0..3 {
            tokio::task::yield_now().await;
            assert!(!watchdog.may_be_fed(|| async { true }).await, "and this one never is");
        }
    }
}

//! One poll is over: when is the next one, and why.

use chrono::{DateTime, TimeDelta, Utc};

use super::completeness::{Extent, Overlap};
use super::freshness::{Freshness, Hints};
use super::ladder::{Class, Failure, Failures, back_off};
use super::profile::{Prior, minutes, per_minute};
use super::{Answer, Decision, Due, Memory, Observed, Policy, health};
use crate::article::{Health, Tier};

/// What a request is worth: so many minutes that items wait, together. At three items a week this asks a guest about hourly while its
/// office is open, and a wire of a thousand a day every two or three minutes.
const fn price_minutes(tier: Tier) -> f64 {
    match tier {
        Tier::Wire => 1.0,
        Tier::Guest => 3.0,
    }
}

/// What is believed of a source before its first poll.
pub(super) const fn prior(tier: Tier) -> Prior {
    match tier {
        Tier::Wire => Prior {
            items: 10.0,
            hours: 5.0,
        },
        Tier::Guest => Prior { items: 1.0, hours: 8.0 },
    }
}

/// A poll is late when it begins so much after its due time, or a quarter of its interval: it teaches nothing of quiet hours then.
const LATE: TimeDelta = TimeDelta::seconds(30);
/// How fast the pace of the last poll is forgotten.
const RECENT_MINUTES: f64 = 15.0;
/// No further back than this is the history of a first document read.
const BACKLOG: TimeDelta = TimeDelta::days(56);
/// Dated items that make a history.
const LEAST_BACKLOG: usize = 5;
/// After this time the longest silence counts for 1/e.
const SILENCES_KEPT: TimeDelta = TimeDelta::days(56);
/// How soon to look whether the network is back.
const OFFLINE_RETRY: TimeDelta = TimeDelta::minutes(5);

/// Decides when to poll next.
///
/// `now` is the end of the poll: waits are counted from there, so that a slow answer is not followed by a hasty question.
#[must_use]
pub fn decide(policy: &Policy<'_>, memory: &Memory, observed: &Observed, now: DateTime<Utc>) -> Decision {
    let mut next = memory.clone();
    let mut overlap = None;
    let due = match &observed.answer {
        Answer::Failed(failure) => after_failure(policy, &mut next, *failure, observed.started, now),
        Answer::Offline => offline(policy, memory, now),
        Answer::Same => {
            next.learn_silence(observed);
            next.read = Some(observed.started);
            after_answer(policy, &mut next, observed, now)
        }
        Answer::Empty(hints) => {
            next.hints = hints.clone();
            after_answer(policy, &mut next, observed, now)
        }
        Answer::Document(document) => {
            next.hints = document.hints.clone();
            // A document that was cut shows some of its items: what it lacks is not gone, and will not be new.
            if document.extent != Extent::Cut {
                next.newest = document.items.iter().filter_map(|item| item.published).max();
                overlap = next.last.compare(document);
                match &overlap {
                    Some(seen) => next.learn(policy, seen, observed),
                    None => next.learn_backlog(
                        document.items.iter().filter_map(|item| item.published),
                        observed.started,
                    ),
                }
                next.read = Some(observed.started);
            }
            after_answer(policy, &mut next, observed, now)
        }
    };
    let rates = next.profile.rates(prior(policy.tier));
    let server_time = observed.freshness.date.unwrap_or(now);
    next.health = health::of(policy, &next, &observed.answer, server_time, &rates, now);
    let turn = next.turn(memory.health);
    let gap = overlap.as_ref().and_then(|overlap| overlap.gap.clone());
    next.planned_by(policy, due.at, now);
    next.is_unmended = matches!(&observed.answer, Answer::Failed(failure) if failure.class == Class::Setup);
    Decision {
        due,
        memory: next,
        held: site_held(policy, &observed.answer, now),
        known: overlap.as_ref().map(|overlap| overlap.known),
        gap,
        turn,
    }
}

impl Memory {
    /// The next poll was planned, at `now`.
    pub(super) fn planned_by(&mut self, policy: &Policy<'_>, due: DateTime<Utc>, now: DateTime<Utc>) {
        self.planned = Some(due);
        self.interval_s = (due - now).num_seconds().max(0);
        self.policy = Some(policy.mark());
    }

    /// Was this poll, and the one before it, at its time? Only then is it sure that nothing came and went between them.
    fn is_on_time(&self, observed: &Observed) -> bool {
        let interval = TimeDelta::try_seconds(self.interval_s).unwrap_or_default();
        let tolerance = LATE.max(interval / 4);
        let punctual = observed.due.is_some_and(|due| observed.started <= due + tolerance);
        punctual && !self.failures.any()
    }

    fn learn_silence(&mut self, observed: &Observed) {
        if let (Some(read), true) = (self.read, self.is_on_time(observed)) {
            self.profile.observe(read, observed.started, &[]);
        }
        self.fade(observed);
    }

    /// What came since the last poll. A late poll, and one that shares nothing with the last, cannot tell how much came: it may raise
    /// what is thought possible, and lowers nothing.
    fn learn(&mut self, policy: &Policy<'_>, overlap: &Overlap, observed: &Observed) {
        let at = observed.started;
        self.fade(observed);
        if overlap.unknown() > 0 {
            self.end_silence(policy);
            self.last_new = Some(at);
        }
        // A clock that went back tells no speed.
        let Some(read) = self.read.filter(|read| *read < at) else {
            return;
        };
        if self.is_on_time(observed) && overlap.known > 0 {
            let arrivals: Vec<_> = overlap.fresh.iter().map(|published| published.unwrap_or(at)).collect();
            self.profile.observe(read, at, &arrivals);
        }
        if overlap.unknown() > 0 {
            self.profile.raise(read, at, overlap.unknown());
            self.recent = self.recent.max(per_minute(overlap.unknown(), at - read));
        }
    }

    /// Bells and batches leave silences that a steady rate would not: how long they are is learned.
    fn end_silence(&mut self, policy: &Policy<'_>) {
        if let (Some(since), Some(read)) = (self.last_new, self.read) {
            let missed = self.profile.rates(prior(policy.tier)).expected(since, read);
            let kept = (-(read - since).as_seconds_f64().max(0.0) / SILENCES_KEPT.as_seconds_f64()).exp();
            self.longest_silence = missed.max(self.longest_silence * kept);
        }
    }

    fn fade(&mut self, observed: &Observed) {
        if let Some(read) = self.read {
            self.recent *= (-minutes(observed.started - read).max(0.0) / RECENT_MINUTES).exp();
        }
    }

    /// A first document tells by its dates how fast it was filled.
    fn learn_backlog(&mut self, published: impl Iterator<Item = DateTime<Utc>>, at: DateTime<Utc>) {
        let mut dates: Vec<_> = published.filter(|date| *date <= at).collect();
        dates.sort_unstable();
        let (Some(oldest), Some(newest)) = (dates.first().copied(), dates.last().copied()) else {
            self.last_new = Some(at);
            return;
        };
        self.last_new = Some(newest);
        let from = oldest.max(at - BACKLOG);
        let recent: Vec<_> = dates.iter().copied().filter(|date| *date > from).collect();
        if dates.len() >= LEAST_BACKLOG && newest > oldest {
            self.profile.observe(from, at, &recent);
            // The latest half came at least this fast.
            let half = dates.len() / 2;
            if let Some(middle) = dates.get(half).filter(|middle| **middle > from) {
                self.profile.raise(*middle, newest, dates.len() - half);
            }
        }
    }

    /// The health changed, and two polls in a row say so: one bad poll is nothing. What is sure is said at once.
    fn turn(&mut self, before: Health) -> Option<(Health, Health)> {
        let sure = self.health == before || self.health == Health::Gone;
        let said = self.said;
        (sure && self.health != said).then(|| {
            self.said = self.health;
            (said, self.health)
        })
    }
}

fn after_failure(
    policy: &Policy<'_>,
    memory: &mut Memory,
    failure: Failure,
    started: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Due {
    let count = memory.failures.add(failure.class);
    // A wait that was stretched, for its site was held, by one neighbour or by several in turn, is doubled as it was: three steps of the
    // ladder at most, for it may be that the daemon was down.
    let step = |count: u32| back_off(policy, failure.class, count);
    let last = memory.failed.map_or(TimeDelta::zero(), |failed| started - failed);
    let is_stretched = last > step(count.saturating_sub(1).max(1)) * 5 / 4;
    let wait = match is_stretched {
        true => step(count).max(last.min(step(count.saturating_add(3)) / 2) * 2),
        false => step(count),
    };
    memory.failed = Some(started);
    let held = match failure.until {
        // One that says so again and again is left alone for longer than it says: others of its site wait with it.
        Some(until) => Due {
            at: match count {
                0 | 1 => until.max(now + policy.floor),
                _ => until.max(now + back_off(policy, failure.class, count - 1)),
            },
            reason: "the server asked to wait (Retry-After)".to_owned(),
        },
        None => Due {
            at: now + wait + policy.part_of(wait / 20),
            reason: format!("waits {} after {}", said(wait), said_failures(failure, count)),
        },
    };
    memory.not_before = Some(held.at);
    match cron(policy, now + policy.floor) {
        Some(cron) if cron.at > held.at => cron,
        _ => held,
    }
}

/// "Too many requests" is said to a reader, not to a feed: it holds for all sources of the site. As long as it says, up to the first wait
/// after one without a time: two days of one feed must not silence its neighbours, and who is meant as well will be told so. Without a time
/// a quarter of that.
fn site_held(policy: &Policy<'_>, answer: &Answer, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match answer {
        Answer::Failed(failure) if failure.class == Class::Throttled => {
            let said = failure.until.map(|until| until.min(now + policy.rest));
            Some(said.unwrap_or(now + policy.rest / 4))
        }
        Answer::Failed(_) | Answer::Same | Answer::Document(_) | Answer::Empty(_) | Answer::Offline => None,
    }
}

fn said_failures(failure: Failure, count: u32) -> String {
    let what = match failure.class {
        Class::Unreached => "no connection",
        Class::Server => "bad answers",
        Class::Refused => "refusals",
        Class::Document => "documents that are no feed",
        Class::Throttled => "\"too many requests\"",
        Class::Gone => "the word that it is gone for good",
        Class::Setup => "what only a person can mend",
    };
    match count {
        1 => what.to_owned(),
        _ => format!("{what}, {count} times in a row"),
    }
}

/// Nothing was learned of the source: it is asked as it would have been, or soon, for no server hears us.
fn offline(policy: &Policy<'_>, memory: &Memory, now: DateTime<Utc>) -> Due {
    let reason = "this machine has no network: not counted against the source".to_owned();
    let usual = cron(policy, now + policy.floor).unwrap_or_else(|| adaptive(policy, memory, now));
    let soon =
        now + policy.floor.min(OFFLINE_RETRY).max(TimeDelta::seconds(1)) + policy.part_of(TimeDelta::seconds(30));
    Due {
        at: usual.at.min(soon),
        reason,
    }
}

fn after_answer(policy: &Policy<'_>, memory: &mut Memory, observed: &Observed, now: DateTime<Utc>) -> Due {
    (memory.failures, memory.failed) = (Failures::default(), None);
    memory.validated = observed.validated;
    let asked = server_floor(policy, &observed.freshness, &memory.hints, now);
    let latest = now + policy.ceiling;
    memory.not_before = asked
        .as_ref()
        .map(|asked| memory.hints.after_skips(asked.at).min(latest.max(asked.at)));
    let earliest = after_slot(policy, observed, now);
    let wish = cron(policy, earliest).unwrap_or_else(|| adaptive(policy, memory, now));
    let due = match asked {
        Some(asked) if asked.at > wish.at => match cron(policy, asked.at) {
            Some(cron) => Due {
                at: cron.at,
                reason: format!("{}; {}", cron.reason, asked.reason),
            },
            None => asked,
        },
        Some(_) | None => wish,
    };
    after_skips(policy, &memory.hints, due, now)
}

/// What the server's header and document ask, no longer than the ceiling: a year of `max-age` on a feed of news is a mistake.
fn server_floor(policy: &Policy<'_>, freshness: &Freshness, hints: &Hints, now: DateTime<Utc>) -> Option<Due> {
    let named = freshness.lifetime(now).map(|fresh| (fresh, "Cache-Control or Expires"));
    let (least, name) = named.into_iter().chain(hints.least()).max_by_key(|(least, _)| *least)?;
    let held = least.min(policy.ceiling);
    let capped = if held < least {
        ", which is held to our ceiling"
    } else {
        ""
    };
    (held > TimeDelta::zero()).then(|| Due {
        at: now + held,
        reason: format!("the publisher asks for {} between polls ({name}){capped}", said(least)),
    })
}

/// When cron may fire again: the floor lies between the slots, so that a poll that begins a moment late costs no slot. One that began later
/// than a quarter of the floor is counted from its own start.
fn after_slot(policy: &Policy<'_>, observed: &Observed, now: DateTime<Utc>) -> DateTime<Utc> {
    let started = observed.started;
    let punctual = |due: &DateTime<Utc>| *due <= started && started - *due <= policy.floor / 4;
    let slot = observed.due.filter(punctual).unwrap_or(started);
    now.max(slot + policy.floor)
}

/// Hours and days that the publisher wants to be left alone, up to the ceiling: a wire that skips the weekend still corrects what it sent.
pub(super) fn after_skips(policy: &Policy<'_>, hints: &Hints, due: Due, now: DateTime<Utc>) -> Due {
    let (asked, latest) = (hints.after_skips(due.at), due.at.max(now + policy.ceiling));
    if asked == due.at {
        return due;
    }
    let capped = if asked > latest {
        ", which is held to our ceiling"
    } else {
        ""
    };
    Due {
        at: asked.min(latest) + policy.part_of(TimeDelta::minutes(5)),
        reason: format!("the publisher asks not to be polled before (skipHours, skipDays){capped}"),
    }
}

/// What the operator wrote: the first time that is not before `earliest`.
pub(super) fn cron(policy: &Policy<'_>, earliest: DateTime<Utc>) -> Option<Due> {
    let (cron, zone) = policy.cron?;
    let shift = policy.part_of(policy.jitter);
    let shift = TimeDelta::seconds(shift.num_seconds());
    Some(
        match cron.next_after(zone, earliest - shift - TimeDelta::milliseconds(1)) {
            Some(at) => Due {
                at: at + shift,
                reason: format!("cron {cron} (+{} s)", shift.num_seconds()),
            },
            None => Due {
                at: earliest + policy.patience,
                reason: format!("cron {cron} never fires again"),
            },
        },
    )
}

/// The interval that the source's own week asks for.
pub(super) fn adaptive(policy: &Policy<'_>, memory: &Memory, now: DateTime<Utc>) -> Due {
    let floor = policy.floor_for(memory.validated);
    let rates = memory.profile.rates(prior(policy.tier));
    let worth = rates
        .until_worth(now, price_minutes(policy.tier))
        .unwrap_or(policy.ceiling);
    let room = (1.0 - policy.overlap) * memory.last.window.max(1.0);
    let unknown = match policy.tier {
        Tier::Wire => f64::MAX,
        Tier::Guest => 0.0,
    };
    let turnover = memory.profile.until_turnover(now, room, memory.recent, unknown);
    let turnover = turnover.unwrap_or(policy.ceiling);
    let wait = worth.min(turnover).clamp(floor, policy.ceiling.max(floor));
    let reason = if wait == floor && floor > policy.floor {
        format!("every {}: it gives nothing to ask \"has it changed?\" with", said(wait))
    } else if wait == floor && turnover < TimeDelta::seconds(1) {
        format!("every {}: its hours are not known yet", said(wait))
    } else if turnover < worth && turnover >= floor {
        format!(
            "every {}: {} of its {:.0} items may be new by then",
            said(wait),
            room.round(),
            memory.last.window
        )
    } else if wait == floor {
        format!("every {}: the least for a {}", said(wait), policy.tier.as_str())
    } else {
        let expected = rates.expected(now, now + wait);
        format!("in {}: about {} by then", said(wait), said_items(expected))
    };
    // Sources that began together drift apart; the margin against a turnover stays whole.
    let drift = if turnover <= worth.max(floor) {
        TimeDelta::zero()
    } else {
        policy.part_of(wait / 20)
    };
    Due {
        at: now + wait + drift,
        reason,
    }
}

fn said_items(count: f64) -> String {
    if count >= 1.5 {
        format!("{count:.0} new items")
    } else if count >= 0.75 {
        "1 new item".to_owned()
    } else {
        format!("{count:.2} new items")
    }
}

/// A span in its two greatest units: `1 h 30 min`.
#[must_use]
pub fn said(span: TimeDelta) -> String {
    let seconds = span.num_seconds().max(0);
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut left = seconds;
    let mut parts = Vec::new();
    for (size, unit) in units {
        if left >= size {
            parts.push(format!("{} {unit}", left / size));
            left %= size;
        }
    }
    parts.truncate(2);
    if parts.is_empty() {
        "0 s".to_owned()
    } else {
        parts.join(" ")
    }
}

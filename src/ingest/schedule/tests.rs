use super::*;
use crate::ingest::schedule::start::{Start, Stored, at_start};

pub(super) fn wire() -> Policy<'static> {
    Policy {
        id: "a",
        tier: Tier::Wire,
        cron: None,
        floor: TimeDelta::minutes(1),
        unvalidated_floor: TimeDelta::minutes(1),
        ceiling: TimeDelta::hours(1),
        patience: TimeDelta::days(1),
        rest: TimeDelta::minutes(15),
        overlap: 0.5,
        jitter: Duration::ZERO,
    }
}

pub(super) fn guest() -> Policy<'static> {
    Policy {
        tier: Tier::Guest,
        floor: TimeDelta::hours(1),
        unvalidated_floor: TimeDelta::days(1),
        ceiling: TimeDelta::days(1),
        rest: TimeDelta::hours(4),
        ..wire()
    }
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// A Wednesday, 8:00 in the morning.
fn morning() -> DateTime<Utc> {
    at("2026-11-25T08:00:00Z")
}

fn observed(answer: Answer, at: DateTime<Utc>) -> Observed {
    Observed {
        due: Some(at),
        started: at,
        answer,
        freshness: Freshness::default(),
        validated: true,
    }
}

fn document(items: std::ops::Range<u64>) -> Document {
    let shown = |number: u64| Shown {
        names: vec![completeness::name(&number.to_string())],
        ..Shown::default()
    };
    Document {
        items: items.map(shown).collect(),
        extent: Extent::Whole,
        hints: Hints::default(),
    }
}

/// A source's life: each poll at its due time, `answers` in turn.
fn live(policy: &Policy<'_>, answers: impl IntoIterator<Item = Answer>) -> (Decision, DateTime<Utc>) {
    live_on(Memory::default(), policy, answers)
}

/// A source whose hours are known: four weeks in which nothing came.
fn settled() -> Memory {
    let mut memory = Memory::default();
    let start = morning() - TimeDelta::weeks(4);
    for hour in 0..4 * 7 * 24 {
        let from = start + TimeDelta::hours(hour);
        memory.profile.observe(from, from + TimeDelta::hours(1), &[]);
    }
    memory
}

fn live_on(
    mut memory: Memory,
    policy: &Policy<'_>,
    answers: impl IntoIterator<Item = Answer>,
) -> (Decision, DateTime<Utc>) {
    let (mut now, mut last) = (morning(), None);
    for answer in answers {
        let decision = decide(policy, &memory, &observed(answer, now), now);
        memory = decision.memory.clone();
        last = Some((decision.clone(), now));
        now = decision.due.at;
    }
    last.unwrap()
}

fn failed(class: Class) -> Answer {
    Answer::Failed(Failure { class, until: None })
}

#[test]
fn cron_is_obeyed_and_the_floor_holds() {
    for (text, zone, floor, now, want) in [
        (
            "*/5 * * * *",
            Tz::UTC,
            1,
            "2026-11-25T08:00:10Z",
            "2026-11-25T08:05:00Z",
        ),
        (
            "*/5 * * * *",
            Tz::UTC,
            5,
            "2026-11-25T08:04:50Z",
            "2026-11-25T08:10:00Z",
        ),
        (
            "*/5 * * * *",
            Tz::UTC,
            5,
            "2026-11-25T08:00:00Z",
            "2026-11-25T08:05:00Z",
        ),
        (
            "0 9 * * *",
            Tz::America__New_York,
            1,
            "2026-11-25T08:00:00Z",
            "2026-11-25T14:00:00Z",
        ),
    ] {
        let cron = Crontab::parse(text).unwrap();
        let policy = Policy {
            cron: Some((&cron, zone)),
            floor: TimeDelta::minutes(floor),
            ..wire()
        };
        let decision = decide(&policy, &Memory::default(), &observed(Answer::Same, at(now)), at(now));
        assert_eq!(decision.due.at, at(want), "{text} {now}: {}", decision.due.reason);
    }
}

#[test]
fn a_cron_shift_is_a_source_s_own_and_below_the_jitter() {
    let cron = Crontab::parse("*/5 * * * *").unwrap();
    let shift = |id| {
        let policy = Policy {
            id,
            cron: Some((&cron, Tz::UTC)),
            jitter: Duration::from_secs(30),
            ..wire()
        };
        let now = at("2026-11-25T08:00:40Z");
        let due = decide(&policy, &Memory::default(), &observed(Answer::Same, now), now).due;
        assert!(due.reason.starts_with("cron */5 * * * * (+"), "{}", due.reason);
        due.at - at("2026-11-25T08:05:00Z")
    };
    let shifts = ["a", "b", "c", "d"].map(shift);
    assert_eq!(shifts, ["a", "b", "c", "d"].map(shift), "the same in every run");
    assert!(
        shifts.iter().all(|shift| (0..30).contains(&shift.num_seconds())),
        "{shifts:?}"
    );
    assert!(shifts.iter().any(|shift| *shift != shifts[0]), "{shifts:?}");
}

#[test]
fn what_a_publisher_asks_is_a_floor_and_no_more_than_the_ceiling() {
    let header = |text: &str| Freshness::parse(Some(text), None, None, None);
    let ttl = |seconds| Hints {
        ttl_s: Some(seconds),
        ..Hints::default()
    };
    for (policy, freshness, hints, minutes, word) in [
        (wire(), header("max-age=0"), Hints::default(), 1, "not known yet"),
        (wire(), header("max-age=208"), Hints::default(), 3, "Cache-Control"),
        (wire(), Freshness::default(), ttl(1_800), 30, "ttl"),
        (wire(), header("max-age=208"), ttl(1_800), 30, "ttl"),
        (wire(), header("max-age=31536000"), Hints::default(), 60, "ceiling"),
        (guest(), header("max-age=60"), Hints::default(), 60, "guest"),
        (guest(), header("max-age=10800"), Hints::default(), 180, "Cache-Control"),
        (guest(), header("max-age=31536000"), Hints::default(), 1_440, "ceiling"),
    ] {
        let cached = [
            Answer::Document(Document {
                hints,
                ..document(0..20)
            }),
            Answer::Same,
        ];
        let mut memory = Memory::default();
        // A 304 is held to the same: the header comes again, the hints of the document are remembered.
        for answer in cached {
            let seen = Observed {
                freshness,
                ..observed(answer, morning())
            };
            let decision = decide(&policy, &memory, &seen, morning());
            let wait = decision.due.at - morning();
            // A guest's polls drift apart by up to a twentieth of their interval.
            let least = TimeDelta::minutes(minutes);
            assert!(
                (least..=least * 21 / 20 + TimeDelta::minutes(1)).contains(&wait),
                "{minutes} {wait} {}",
                decision.due.reason
            );
            assert!(decision.due.reason.contains(word), "{word}: {}", decision.due.reason);
            memory = decision.memory;
        }
    }
}

#[test]
fn a_guest_is_asked_hourly_and_daily_where_it_cannot_be_asked_for_changes() {
    for (validated, hours) in [(true, 1), (false, 24)] {
        let seen = Observed {
            validated,
            ..observed(Answer::Document(document(0..10)), morning())
        };
        let decision = decide(&guest(), &Memory::default(), &seen, morning());
        let wait = decision.due.at - morning();
        assert_eq!(wait.num_hours(), hours, "{}", decision.due.reason);
        assert!(wait >= TimeDelta::hours(hours), "never a minute less");
    }
}

#[test]
fn hours_to_be_skipped_are_skipped() {
    let hints = Hints {
        skip_hours: (9..17).collect(),
        ..Hints::default()
    };
    let answer = Answer::Document(Document {
        hints,
        ..document(0..20)
    });
    let decision = decide(&guest(), &Memory::default(), &observed(answer, morning()), morning());
    let due = decision.due.at;
    assert!(
        due >= at("2026-11-25T17:00:00Z") && due < at("2026-11-25T17:05:00Z"),
        "{due}"
    );
}

#[test]
fn days_to_be_skipped_hold_up_to_the_ceiling_of_the_tier() {
    let hints = Hints {
        skip_days: (0..6).collect(),
        ..Hints::default()
    };
    for (policy, most) in [(wire(), 65), (guest(), 24 * 60 + 5)] {
        let answer = Answer::Document(Document {
            hints: hints.clone(),
            ..document(0..20)
        });
        let decision = decide(&policy, &Memory::default(), &observed(answer, morning()), morning());
        let minutes = (decision.due.at - morning()).num_minutes();
        assert!(minutes <= most, "{minutes}: {}", decision.due.reason);
        assert!(
            decision.due.reason.contains("held to our ceiling"),
            "{}",
            decision.due.reason
        );
    }
}

#[test]
fn failures_back_off_and_an_answer_forgives_them() {
    let (down, waits) = (failed(Class::Server), [1, 2, 4, 8, 15, 15]);
    let mut answers = vec![Answer::Document(document(0..20))];
    for minutes in waits {
        answers.push(down.clone());
        let (decision, now) = live(&wire(), answers.clone());
        let wait = decision.due.at - now;
        let want = TimeDelta::minutes(minutes);
        assert!(
            wait >= want && wait <= want * 21 / 20,
            "{minutes}: {} {}",
            wait,
            decision.due.reason
        );
    }
    answers.push(Answer::Same);
    let (decision, now) = live(&wire(), answers);
    assert_eq!((decision.due.at - now).num_minutes(), 1, "{}", decision.due.reason);
    assert!(!decision.memory.failures.any());
}

#[test]
fn a_wait_that_was_stretched_is_doubled_as_it_was() {
    for (second, hours, why) in [
        (1, 2, "the second step of the ladder"),
        (3, 6, "its site was held for three hours"),
        (8, 16, "its site was held by one neighbour after the other"),
        (20, 16, "the daemon was down: no more than three steps"),
    ] {
        let first = decide(
            &guest(),
            &Memory::default(),
            &observed(failed(Class::Server), morning()),
            morning(),
        );
        let now = morning() + TimeDelta::hours(second);
        let wait = decide(&guest(), &first.memory, &observed(failed(Class::Server), now), now)
            .due
            .at
            - now;
        assert_eq!(wait.num_hours(), hours, "{why}");
    }
}

#[test]
fn a_failure_never_comes_before_cron() {
    let cron = Crontab::parse("0 * * * *").unwrap();
    let policy = Policy {
        cron: Some((&cron, Tz::UTC)),
        ..wire()
    };
    let (decision, _) = live(&policy, [failed(Class::Server)]);
    assert_eq!(decision.due.at, at("2026-11-25T09:00:00Z"), "{}", decision.due.reason);
}

#[test]
fn a_server_that_names_a_time_is_not_asked_before_it() {
    for (until, want) in [
        ("2026-11-25T10:00:00Z", "2026-11-25T10:00:00Z"),
        ("2026-11-25T07:00:00Z", "2026-11-25T08:01:00Z"),
    ] {
        let failure = Failure {
            class: Class::Throttled,
            until: Some(at(until)),
        };
        let (decision, _) = live(&wire(), [Answer::Failed(failure)]);
        assert_eq!(decision.due.at, at(want), "{until}");
        assert!(decision.due.reason.contains("Retry-After"), "{}", decision.due.reason);
    }
}

#[test]
fn too_many_requests_hold_for_a_site_but_one_feed_does_not_starve_the_others() {
    let until = morning() + TimeDelta::minutes(30);
    let told = |until| {
        Answer::Failed(Failure {
            class: Class::Throttled,
            until,
        })
    };
    let now = morning();
    let mut memory = Memory::default();
    for (answer, site, own, why) in [
        (
            told(Some(until)),
            30,
            60,
            "as long as it says; a guest waits an hour in any case",
        ),
        (
            told(Some(until)),
            30,
            240,
            "said again: the feed itself waits for longer",
        ),
        (
            told(None),
            60,
            960,
            "no time: the feed by its ladder, its site a quarter of the first step",
        ),
    ] {
        let decision = decide(&guest(), &memory, &observed(answer, now), now);
        let held = decision.held.map(|held| (held - now).num_minutes());
        assert_eq!(held, Some(site), "{why}");
        let wait = (decision.due.at - now).num_minutes();
        assert!((own..=own * 21 / 20).contains(&wait), "{why}: {wait}");
        memory = decision.memory;
    }
    let absurd = decide(
        &wire(),
        &Memory::default(),
        &observed(told(Some(now + TimeDelta::days(2))), now),
        now,
    );
    let held = absurd.held.map(|held| (held - now).num_minutes());
    assert_eq!(held, Some(15), "two days of one feed do not silence its neighbours");
    assert_eq!((absurd.due.at - now).num_days(), 2, "the feed itself waits");
    assert_eq!(live(&guest(), [failed(Class::Server)]).0.held, None);
}

#[test]
fn nothing_is_given_up_for_good() {
    for class in [Class::Gone, Class::Refused, Class::Document, Class::Throttled] {
        for policy in [wire(), guest()] {
            let (decision, now) = live(&policy, vec![failed(class); 60]);
            assert!(
                decision.due.at - now <= policy.patience * 21 / 20,
                "{class:?}: {}",
                decision.due.reason
            );
            let back = [vec![failed(class); 60], vec![Answer::Same]].concat();
            let (decision, _) = live(&policy, back);
            assert!(!decision.memory.failures.any(), "{class:?}");
        }
    }
}

#[test]
fn an_outage_of_ours_is_counted_against_nobody() {
    let answers = [
        Answer::Document(document(0..20)),
        failed(Class::Unreached),
        Answer::Offline,
        Answer::Offline,
    ];
    let (before, _) = live(&guest(), answers[..2].to_vec());
    let (after, now) = live(&guest(), answers);
    assert_eq!(after.memory.failures, before.memory.failures);
    assert_eq!(after.memory.health, before.memory.health);
    let wait = after.due.at - now;
    assert!(
        wait <= TimeDelta::minutes(6),
        "no server hears us, so it is looked at soon again: {wait}"
    );
}

#[test]
fn a_document_that_turns_over_faster_is_asked_sooner() {
    // 20 items, `new` of them new at each poll of a wire whose hours are known.
    let interval = |new: u64| {
        let answers = (0..100).map(|poll| Answer::Document(document(poll * new..poll * new + 20)));
        let (decision, now) = live_on(settled(), &wire(), answers);
        (decision.due.at - now, decision.due.reason)
    };
    let (fast, why_fast) = interval(9);
    let (slow, why_slow) = interval(1);
    assert_eq!(fast.num_minutes(), 1, "{why_fast}");
    assert!(slow > fast, "{slow} {why_slow}");
}

#[test]
fn no_overlap_is_an_alarm_and_the_next_poll_comes_at_once() {
    let calm = (0..50).map(|_| Answer::Document(document(0..20)));
    let (decision, now) = live_on(
        settled(),
        &wire(),
        calm.clone().chain([Answer::Document(document(50..70))]),
    );
    assert_eq!(
        decision.gap.as_deref(),
        Some("none of 20 items was in the last poll: items may be lost")
    );
    assert_eq!(decision.known, Some(0));
    let wait = decision.due.at - now;
    let (before, then) = live_on(settled(), &wire(), calm);
    assert!(
        wait * 2 <= before.due.at - then,
        "{wait} after {}",
        before.due.at - then
    );
}

#[test]
fn a_late_poll_teaches_nothing_of_quiet_hours() {
    let mut memory = live(&wire(), (0..3).map(|_| Answer::Document(document(0..20))))
        .0
        .memory;
    let before = memory.profile.clone();
    let late = Observed {
        due: Some(morning()),
        ..observed(Answer::Same, morning() + TimeDelta::hours(9))
    };
    memory = decide(&wire(), &memory, &late, late.started).memory;
    assert_eq!(memory.profile, before);
}

#[test]
fn what_a_cut_document_lacks_is_not_new_when_it_is_whole_again() {
    let cut = Document {
        extent: Extent::Cut,
        ..document(15..20)
    };
    let whole = || Answer::Document(document(0..20));
    let (decision, _) = live(&wire(), [whole(), Answer::Document(cut), whole()]);
    assert_eq!((decision.known, decision.gap), (Some(20), None));
}

#[test]
fn how_a_source_does_is_told_by_two_polls_in_a_row() {
    let (good, empty) = (Answer::Document(document(0..20)), Answer::Empty(Hints::default()));
    for (answers, health, turn, why) in [
        (vec![good.clone()], Health::Ok, None, "it answers"),
        (
            vec![good.clone(), empty.clone()],
            Health::Empty,
            None,
            "one empty answer is nothing",
        ),
        (
            vec![good.clone(), empty.clone(), empty.clone()],
            Health::Empty,
            Some((Health::Ok, Health::Empty)),
            "two are told",
        ),
        (
            vec![good.clone(), empty.clone(), empty.clone(), empty.clone()],
            Health::Empty,
            None,
            "and told once",
        ),
        (
            vec![empty.clone(), empty, good.clone(), Answer::Same],
            Health::Ok,
            Some((Health::Empty, Health::Ok)),
            "so is its return",
        ),
        (
            vec![good.clone(), failed(Class::Gone)],
            Health::Gone,
            Some((Health::Ok, Health::Gone)),
            "410 is sure at once",
        ),
        (
            vec![good.clone(), failed(Class::Server)],
            Health::Failing,
            None,
            "one failure",
        ),
        (vec![good, failed(Class::Throttled)], Health::Throttled, None, "429"),
    ] {
        let (decision, _) = live(&wire(), answers);
        assert_eq!((decision.memory.health, decision.turn), (health, turn), "{why}");
    }
}

#[test]
fn a_silence_is_told_by_the_source_s_own_week() {
    // Five items an hour from 8 to 18 on business days, for four weeks.
    let mut memory = Memory {
        last: completeness::Last::default(),
        ..Memory::default()
    };
    memory.last.compare(&document(0..20));
    let start = at("2026-10-26T00:00:00Z");
    for hour in 0..4 * 7 * 24 {
        let from = start + TimeDelta::hours(hour);
        let busy = hour / 24 % 7 < 5 && (8..18).contains(&(hour % 24));
        let arrivals = vec![from + TimeDelta::minutes(20); if busy { 5 } else { 0 }];
        memory.profile.observe(from, from + TimeDelta::hours(1), &arrivals);
    }
    for (last_new, now, want, why) in [
        ("2026-11-24T17:50:00Z", "2026-11-25T07:50:00Z", Health::Ok, "a night"),
        ("2026-11-27T17:50:00Z", "2026-11-30T07:50:00Z", Health::Ok, "a weekend"),
        ("2026-11-25T09:00:00Z", "2026-11-25T09:50:00Z", Health::Ok, "a pause"),
        (
            "2026-11-25T09:00:00Z",
            "2026-11-25T13:00:00Z",
            Health::Quiet,
            "half a business day",
        ),
        (
            "2026-11-23T09:00:00Z",
            "2026-11-25T13:00:00Z",
            Health::Stale,
            "two days and a half",
        ),
    ] {
        memory.last_new = Some(at(last_new));
        memory.read = Some(at(now) - TimeDelta::minutes(1));
        let decision = decide(&wire(), &memory, &observed(Answer::Same, at(now)), at(now));
        assert_eq!(decision.memory.health, want, "{why}");
    }
}

#[test]
fn dates_ahead_of_the_server_s_clock_are_a_state_of_their_own() {
    let dated = |published: &str| {
        let mut document = document(0..5);
        document.items[0].published = Some(at(published));
        Answer::Document(document)
    };
    for (published, date, want) in [
        ("2026-11-25T15:00:00Z", None, Health::Future),
        ("2026-11-25T08:05:00Z", None, Health::Ok),
        // Our own clock is six hours behind.
        ("2026-11-25T14:00:00Z", Some("2026-11-25T14:01:00Z"), Health::Ok),
    ] {
        let seen = Observed {
            freshness: Freshness {
                date: date.map(at),
                ..Freshness::default()
            },
            ..observed(dated(published), morning())
        };
        let decision = decide(&wire(), &Memory::default(), &seen, morning());
        assert_eq!(decision.memory.health, want, "{published} {date:?}");
    }
}

#[test]
fn a_start_asks_nobody_earlier_and_spreads_what_is_due() {
    let memory = Memory {
        interval_s: 3_600,
        policy: Some(guest().mark()),
        ..Memory::default()
    };
    let stored = |next_due: Option<&str>, last_poll: Option<&str>| Stored {
        next_due: next_due.map(at),
        last_poll: last_poll.map(at),
        memory: Some(&memory),
        failures: 0,
    };
    for (stored, crowd, moved, why) in [
        (stored(None, None), 1, Some(0), "a new source alone is polled at once"),
        (stored(None, None), 500, Some(300), "many new ones over five minutes"),
        (
            stored(Some("2026-11-25T07:00:00Z"), Some("2026-11-25T06:00:00Z")),
            1,
            None,
            "overdue, alone",
        ),
        (
            stored(Some("2026-11-25T07:00:00Z"), Some("2026-11-25T06:00:00Z")),
            500,
            Some(300),
            "overdue, with others",
        ),
        (
            stored(Some("2026-11-25T08:20:00Z"), Some("2026-11-25T07:20:00Z")),
            500,
            None,
            "planned: it stays",
        ),
        (
            stored(Some("2026-11-25T23:00:00Z"), Some("2026-11-25T22:00:00Z")),
            1,
            Some(0),
            "the clock went back by 14 hours",
        ),
        (
            stored(Some("2027-11-25T08:00:00Z"), Some("2026-11-25T07:00:00Z")),
            1,
            Some(0),
            "planned by a clock that was a year ahead",
        ),
        (
            stored(Some("2027-11-25T08:00:00Z"), None),
            1,
            Some(0),
            "the same, and it was never polled",
        ),
        (
            stored(Some("2026-12-01T08:00:00Z"), Some("2026-11-25T07:00:00Z")),
            1,
            None,
            "held by a server and a week of days to be skipped: it stays",
        ),
    ] {
        let start = at_start(&guest(), stored, crowd, morning());
        let late = start.map(|start| start.due.at - morning());
        match (late, moved) {
            (None, None) => {}
            (Some(late), Some(most)) => {
                assert!(late >= TimeDelta::zero() && late.num_seconds() <= most, "{why}: {late}");
            }
            (late, moved) => panic!("{why}: {late:?}, not {moved:?}"),
        }
    }
    let names: Vec<String> = (0..500).map(|number| format!("source-{number}")).collect();
    let mut late: Vec<i64> = names
        .iter()
        .filter_map(|id| {
            let policy = Policy { id, ..guest() };
            at_start(&policy, stored(None, None), 500, morning())
        })
        .map(|start| (start.due.at - morning()).num_seconds() / 30)
        .collect();
    late.sort_unstable();
    for slot in 0..10 {
        let there = late.iter().filter(|other| **other == slot).count();
        assert!((20..=80).contains(&there), "{there} of 500 in half-minute {slot}");
    }
}

#[test]
fn a_schedule_that_changed_holds_from_the_start_on_but_what_was_asked_of_us_stands() {
    let (five, nine) = (
        Crontab::parse("*/5 * * * *").unwrap(),
        Crontab::parse("0 9 * * *").unwrap(),
    );
    let (five, nine) = (Some((&five, Tz::UTC)), Some((&nine, Tz::UTC)));
    let hourly = guest();
    let [quick, daily] = [five, nine].map(|cron| Policy {
        cron,
        floor: TimeDelta::minutes(1),
        ..guest()
    });
    let (last, far) = ("2026-11-25T07:58:00Z", "2026-11-25T20:00:00Z");
    // Planned by this policy, for then.
    let by = |policy: &Policy<'_>, planned: &str| Memory {
        planned: Some(at(planned)),
        policy: Some(policy.mark()),
        ..Memory::default()
    };
    let asked = |planned: &str| Memory {
        not_before: Some(at("2026-11-25T19:00:00Z")),
        ..by(&hourly, planned)
    };
    let held = by(&hourly, last);
    for (policy, memory, next_due, failures, want, why) in [
        (
            quick,
            by(&hourly, far),
            far,
            0,
            Some("2026-11-25T08:00:00Z"),
            "adaptive, then every five minutes",
        ),
        (
            daily,
            by(&quick, "2026-11-25T08:05:00Z"),
            "2026-11-25T08:05:00Z",
            0,
            Some("2026-11-25T09:00:00Z"),
            "every five minutes, then daily: later, too",
        ),
        (
            wire(),
            by(&hourly, far),
            far,
            0,
            Some("2026-11-25T08:00:00Z"),
            "a guest, then a wire",
        ),
        (
            daily,
            by(&quick, "2026-11-25T07:59:00Z"),
            "2026-11-25T07:59:00Z",
            0,
            Some("2026-11-25T09:00:00Z"),
            "every five minutes, then daily: what is overdue waits for its hour",
        ),
        (quick, by(&quick, far), far, 0, None, "nothing changed"),
        (quick, held, far, 0, None, "its site asked to wait, by another source"),
        (
            quick,
            by(&hourly, far),
            far,
            2,
            None,
            "backing off, and nobody remembers how long",
        ),
        (
            quick,
            asked(far),
            far,
            2,
            Some("2026-11-25T19:00:00Z"),
            "backing off until seven",
        ),
        (
            quick,
            asked(far),
            far,
            0,
            Some("2026-11-25T19:00:00Z"),
            "the server asked to wait until seven",
        ),
        (
            wire(),
            asked(far),
            far,
            0,
            Some("2026-11-25T19:00:00Z"),
            "an adaptive one waits as long",
        ),
    ] {
        let stored = Stored {
            next_due: Some(at(next_due)),
            last_poll: Some(at(last)),
            memory: Some(&memory),
            failures,
        };
        let start = at_start(&policy, stored, 1, morning());
        assert_eq!(start.as_ref().map(|start| start.due.at), want.map(at), "{why}");
        let Some(Start { due, memory }) = start else { continue };
        let again = Stored {
            next_due: Some(due.at),
            memory: memory.as_ref(),
            ..stored
        };
        assert_eq!(
            at_start(&policy, again, 1, morning()),
            None,
            "{why}: the next start leaves it"
        );
    }
}

#[test]
fn what_waits_for_the_operator_is_tried_at_the_next_start_and_what_is_gone_is_not() {
    for (class, earlier) in [(Class::Setup, true), (Class::Gone, false), (Class::Refused, false)] {
        let (failed, _) = live(&guest(), [failed(class)]);
        let stored = Stored {
            next_due: Some(failed.due.at),
            last_poll: Some(morning()),
            memory: Some(&failed.memory),
            failures: 1,
        };
        let now = morning() + TimeDelta::minutes(1);
        let start = at_start(&guest(), stored, 100, now);
        assert_eq!(start.is_some(), earlier, "{class:?}");
        let Some(Start { due, memory }) = start else { continue };
        assert!(due.at >= now && due.at <= now + TimeDelta::minutes(5), "{due:?}");
        let again = Stored {
            next_due: Some(due.at),
            memory: memory.as_ref(),
            ..stored
        };
        assert_eq!(at_start(&guest(), again, 100, now), None, "restarts do not push it on");
    }
}

#[test]
fn a_poll_that_begins_a_moment_late_costs_no_slot() {
    let every_minute = Crontab::parse("* * * * *").unwrap();
    let policy = Policy {
        cron: Some((&every_minute, Tz::UTC)),
        ..wire()
    };
    for (due, started, ended, want, why) in [
        (
            "08:00:00Z",
            "08:00:00.003Z",
            "08:00:00.200Z",
            "08:01:00Z",
            "a few milliseconds",
        ),
        (
            "08:00:00Z",
            "08:00:10Z",
            "08:00:11Z",
            "08:01:00Z",
            "it waited for its turn",
        ),
        (
            "08:00:00Z",
            "08:00:30Z",
            "08:00:31Z",
            "08:02:00Z",
            "too late: the floor counts from its start",
        ),
        (
            "08:00:00Z",
            "08:00:01Z",
            "08:03:20Z",
            "08:04:00Z",
            "a slow answer: the next slot after its end",
        ),
        (
            "08:05:00Z",
            "08:00:30Z",
            "08:00:31Z",
            "08:02:00Z",
            "a person asked ahead of time",
        ),
    ] {
        let on = |time: &str| at(&format!("2026-11-25T{time}"));
        let observed = Observed {
            due: Some(on(due)),
            ..observed(Answer::Same, on(started))
        };
        let decision = decide(&policy, &Memory::default(), &observed, on(ended));
        assert_eq!(decision.due.at, on(want), "{why}");
    }
}

#[test]
fn what_is_remembered_is_bounded_and_comes_back() {
    let answers = (0..300).map(|poll| Answer::Document(document(poll * 3..poll * 3 + 200)));
    let (decision, _) = live(&wire(), answers);
    let text = serde_json::to_string(&decision.memory).unwrap();
    assert!(text.len() < 8_000, "{} bytes", text.len());
    let back: Memory = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), text);
    let old: Memory = serde_json::from_str("{}").unwrap();
    assert_eq!(old, Memory::default());
}

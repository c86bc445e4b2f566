//! Whole documents, poll after poll: no release is lost, shown twice or merged, whatever the feed does to its names.

use chrono::{DateTime, TimeDelta, Utc};
use dateline::article::{Identity, Rights, SourceId};
use dateline::dedup::{Trust, read};
use dateline::ingest::normalize::{Origin, normalize};
use dateline::ingest::parse::{Options, parse};
use dateline::store::{Admitted, Outcome, Poll, Store};
use dateline::wire;

/// One item of a feed; what is empty is left out.
#[derive(Debug, Clone, Default)]
struct Entry {
    guid: String,
    link: String,
    title: String,
    date: String,
    text: String,
}

fn entry(guid: &str, link: &str, title: &str) -> Entry {
    Entry {
        guid: guid.to_owned(),
        link: link.to_owned(),
        title: title.to_owned(),
        ..Entry::default()
    }
}

impl Entry {
    fn at(self, date: &str) -> Self {
        Self {
            date: date.to_owned(),
            ..self
        }
    }

    fn says(self, text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..self
        }
    }

    fn xml(&self) -> String {
        let element = |name: &str, text: &str| {
            let text = text.replace('&', "&amp;");
            if text.is_empty() {
                text
            } else {
                format!("<{name}>{text}</{name}>")
            }
        };
        format!(
            "<item>{}{}{}{}{}</item>",
            element("guid", &self.guid),
            element("link", &self.link),
            element("title", &self.title),
            element("pubDate", &self.date),
            element("description", &self.text)
        )
    }
}

const MONDAY: &str = "Mon, 02 Mar 2026 09:00:00 GMT";
const AN_HOUR_LATER: &str = "Mon, 02 Mar 2026 10:00:00 GMT";
const TUESDAY: &str = "Tue, 03 Mar 2026 10:00:00 GMT";
const WEDNESDAY: &str = "Wed, 04 Mar 2026 11:00:00 GMT";

/// One source and its store; each poll is two hours after the one before.
struct House {
    store: Store,
    now: DateTime<Utc>,
    identity: Identity,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            store: Store::open(&folder.path().join("store.sqlite")).await.unwrap(),
            now: "2026-03-04T12:00:00Z".parse().unwrap(),
            identity: Identity::Auto,
            _folder: folder,
        }
    }

    async fn poll(&mut self, entries: &[Entry]) -> Admitted {
        let items: String = entries.iter().map(Entry::xml).collect();
        let document = format!(
            r#"<rss version="2.0"><channel><title>T</title><link>https://e.example/</link>{items}</channel></rss>"#
        );
        let limits = Options {
            max_items: 100_000,
            ..Options::default()
        };
        let feed = parse(document.as_bytes(), Some("application/rss+xml"), None, &limits).unwrap();
        let origin = Origin {
            source: SourceId::new("feed"),
            wire: wire::generic(),
            rights: Rights::Full,
        };
        self.now += TimeDelta::hours(2);
        let normalized = normalize(&feed, &origin, self.now);
        assert_eq!(normalized.rejects, []);
        let poll = Poll {
            full_text: dateline::article::FullText::Off,
            source: origin.source,
            url: "https://e.example/feed".to_owned(),
            wire: None,
            started: self.now,
            elapsed_ms: 1,
            outcome: Outcome::Ok,
            http_status: Some(200),
            bytes: None,
            validators: None,
            body_hash: None,
            drafts: normalized.drafts,
            rejects: normalized.rejects,
            identity: self.identity,
            dedup_window: TimeDelta::days(14),
            repairs: Vec::new(),
            error: None,
            next_due: self.now,
            next_due_reason: "made up".to_owned(),
            watch: None,
        };
        self.store.admit(&poll, self.now).await.unwrap()
    }

    /// Articles, and versions of all of them together.
    async fn holds(&self) -> (i64, i64) {
        let articles = self.store.latest(100_000).await.unwrap();
        (
            self.store.count().await.unwrap(),
            articles.iter().map(|article| article.version).sum(),
        )
    }
}

/// Polls each document in turn and the whole tale twice; after each poll, how many articles and versions there are.
async fn tell(why: &str, polls: &[(&[Entry], (i64, i64))]) {
    let mut house = House::new().await;
    for (number, (entries, want)) in polls.iter().enumerate() {
        let admitted = house.poll(entries).await;
        assert_eq!(
            house.holds().await,
            *want,
            "{why}: poll {number}: {:#?}",
            admitted.judgements
        );
        let again = house.poll(entries).await;
        assert_eq!(
            house.holds().await,
            *want,
            "{why}: poll {number} again: {:#?}",
            again.judgements
        );
        let same = |a: &Admitted| {
            let filed = a.judgements.iter().map(|j| j.filed.as_ref().map(|filed| filed.article));
            filed.collect::<Vec<_>>()
        };
        assert_eq!(
            same(&again),
            same(&admitted),
            "{why}: poll {number}: each item is the article that it was"
        );
    }
}

fn numbered(count: usize, one: impl Fn(usize) -> Entry) -> Vec<Entry> {
    (0..count).map(one).collect()
}

#[tokio::test]
async fn a_hostile_document_gives_its_articles_once_on_every_poll() {
    let no_names = [Entry::default().says("no link, no guid, no title")];
    let one_guid = [
        entry("same", "https://e.example/1", "first").at(MONDAY),
        entry("same", "https://e.example/2", "second").at(MONDAY),
    ];
    let one_guid_no_link = [entry("same", "", "first"), entry("same", "", "second")];
    let churn = numbered(50, |i| {
        let link = format!("https://e.example/1?utm_source={i}");
        entry(&format!("https://e.example/1?utm={i}"), &link, "A").at(MONDAY)
    });
    let front_page = |i: usize| entry(&format!("g{i}"), "https://e.example/", "A").at(MONDAY);
    let list_page =
        |i: usize| entry(&format!("g{i}"), "https://e.example/press", "Net asset value").says(&format!("It is {i}."));
    let no_guid = |i: usize| entry("", "https://e.example/press", &format!("Release {i}"));
    let nothing_but_titles = |i: usize| entry("", "", &format!("Release {i}"));
    let holding = |i: usize| entry("same", &format!("https://e.example/{i}"), "Holding in company").at(MONDAY);
    let by_the_hour = |link: &'static str| {
        move |i: usize| {
            entry(&format!("g{i}"), link, "Holding in company").at(&format!("Mon, 02 Mar 2026 {:02}:00:00 GMT", i % 24))
        }
    };
    let text = "Acme Inc. said today that it has bought all of Bolt LLC.";
    let sent_again = ["09", "11", "16"].map(|hour| {
        let date = format!("Mon, 02 Mar 2026 {hour}:00:00 GMT");
        entry(&format!("g{hour}"), "https://e.example/1", "A")
            .at(&date)
            .says(text)
    });
    let forms = [
        entry("a", "https://e.example/1", "caf\u{e9}").at(MONDAY),
        entry("b", "https://e.example/1", "cafe\u{301}").at(MONDAY),
        entry("c", "https://e.example/1", "\u{202e}ca\u{200b}f\u{e9}\u{2066}").at(MONDAY),
    ];
    for (why, entries, articles) in [
        ("nothing to build an id from", no_names.to_vec(), 1),
        ("one guid for two items", one_guid.to_vec(), 2),
        ("one guid and no link", one_guid_no_link.to_vec(), 2),
        ("guids that differ in a tracking parameter", churn, 1),
        ("all link to the front page", numbered(30, front_page), 30),
        ("all link to one page under one title", numbered(30, list_page), 30),
        ("all link to one page and have no guid", numbered(30, no_guid), 30),
        ("neither guids nor links", numbered(30, nothing_but_titles), 30),
        ("one guid and one headline for many pages", numbered(10, holding), 10),
        (
            "one headline on one page by the hour",
            numbered(24, by_the_hour("https://e.example/list")),
            24,
        ),
        ("one headline by the hour", numbered(24, by_the_hour("")), 24),
        ("one text on one page, sent again within hours", sent_again.to_vec(), 1),
        ("composed, decomposed and hidden characters", forms.to_vec(), 1),
    ] {
        tell(why, &[(&entries, (articles, articles))]).await;
    }
}

#[tokio::test]
async fn one_entry_over_and_over_is_one_article() {
    for one in [entry("one", "https://e.example/1", "A").at(MONDAY), entry("", "", "A")] {
        let entries = numbered(2_000, |_| one.clone());
        tell("one entry over and over", &[(&entries, (1, 1))]).await;
    }
}

#[tokio::test]
async fn what_a_feed_changes_from_poll_to_poll_is_a_version_or_a_release() {
    let page = "https://e.example/1";
    let press = "https://e.example/press";
    let many = |changed: &str| -> Vec<Entry> {
        numbered(30, |i| {
            let text = if i == 7 {
                changed.to_owned()
            } else {
                format!("Text {i}.")
            };
            entry("", press, &format!("Release {i}")).at(MONDAY).says(&text)
        })
    };
    let many_guids = |changed: &str| -> Vec<Entry> {
        numbered(30, |i| Entry {
            guid: format!("g{i}"),
            link: "https://e.example/".to_owned(),
            ..many(changed)[i].clone()
        })
    };
    let weekly = |date| vec![entry("", "https://e.example/", "The week in steel").at(date)];
    let latest = |title: &str, date, text: &str| vec![entry("latest", "", title).at(date).says(text)];
    let of = |entry: Entry| vec![entry];
    type Tale = (&'static str, Vec<(Vec<Entry>, (i64, i64))>);
    let tales: Vec<Tale> = vec![
        (
            "no guid, and the title is mended",
            vec![(of(entry("", page, "v1")), (1, 1)), (of(entry("", page, "v2")), (1, 2))],
        ),
        (
            "one of thirty on one page changes its text",
            vec![(many("Text."), (30, 30)), (many("Other words."), (30, 31))],
        ),
        (
            "one of thirty on the front page changes its text",
            vec![(many_guids("Text."), (30, 30)), (many_guids("Other words."), (30, 31))],
        ),
        (
            "headline and page are mended under one guid",
            vec![
                (
                    of(entry("g", page, "Acme bys Bolt")
                        .at(MONDAY)
                        .says("Acme Inc. bought all of Bolt LLC today, it said.")),
                    (1, 1),
                ),
                (
                    of(entry("g", "https://e.example/buys", "Acme buys Bolt")
                        .at(MONDAY)
                        .says("Acme Inc. bought all of Bolt LLC today, it said.")),
                    (1, 2),
                ),
            ],
        ),
        (
            "a title without text, guid and page comes every week",
            vec![
                (weekly(MONDAY), (1, 1)),
                (weekly(TUESDAY), (2, 2)),
                ([weekly(TUESDAY), weekly(MONDAY)].concat(), (2, 2)),
            ],
        ),
        (
            "a title without text, guid and page comes twice a day",
            vec![([weekly(AN_HOUR_LATER), weekly(MONDAY)].concat(), (2, 2))],
        ),
        (
            "one guid for whatever is the latest",
            vec![
                (latest("Acme buys Bolt", MONDAY, "Bolt is ours."), (1, 1)),
                (latest("Acme sells Nut", TUESDAY, "Nut is theirs."), (2, 2)),
                (latest("Acme buys Bolt", MONDAY, "Bolt is ours."), (2, 2)),
            ],
        ),
        (
            "one guid for the latest, and on the third day the headline of the first",
            vec![
                (latest("Net asset value", MONDAY, "It is 1."), (1, 1)),
                (latest("Acme sells Nut", TUESDAY, "Nut is theirs."), (2, 2)),
                (latest("Net asset value", WEDNESDAY, "It is 3."), (3, 3)),
            ],
        ),
        (
            "a second item comes with the guid of the first",
            vec![
                (of(entry("same", page, "first").at(MONDAY)), (1, 1)),
                (
                    vec![
                        entry("same", "https://e.example/2", "second").at(MONDAY),
                        entry("same", page, "first").at(MONDAY),
                    ],
                    (2, 2),
                ),
                (of(entry("same", "https://e.example/2", "second").at(MONDAY)), (2, 2)),
                (of(entry("same", page, "first").at(MONDAY)), (2, 2)),
            ],
        ),
        (
            "Atom shows two states of one entry",
            vec![(
                vec![
                    entry("g", page, "Acme").says("Ten people."),
                    entry("g", page, "Acme").says("Twelve of them."),
                ],
                (1, 2),
            )],
        ),
    ];
    for (why, polls) in &tales {
        let polls: Vec<(&[Entry], (i64, i64))> = polls
            .iter()
            .map(|(entries, want)| (entries.as_slice(), *want))
            .collect();
        tell(why, &polls).await;
    }
}

#[tokio::test]
async fn a_name_that_drifts_names_the_same_item() {
    let one = std::slice::from_ref::<Entry>;
    let old = entry("http://Acme.example/n/1", "http://Acme.example/n/1", "Acme buys Bolt").at(MONDAY);
    for (guid, link) in [
        ("https://acme.example/n/1", "https://acme.example/n/1"),
        ("https://acme.example/n/1?utm_source=rss", "https://acme.example/n/1"),
        ("HTTPS://WWW.ACME.EXAMPLE/n/1/", "https://www.acme.example/n/1/"),
        ("https://acme.example/n/1#top", "https://acme.example/"),
        ("https://acme.example/n/1", ""),
        ("", "https://acme.example/n/1?fbclid=x"),
        ("0c7d", "https://acme.example/n/1"),
        ("https://acme-group.example/n/1", "https://acme-group.example/n/1"),
    ] {
        let drifted = entry(guid, link, "Acme buys Bolt").at(MONDAY);
        tell(guid, &[(one(&old), (1, 1)), (&[drifted], (1, 1)), (one(&old), (1, 1))]).await;
    }
    for (guid, link, title) in [
        ("https://acme.example/n/2", "https://acme.example/n/2", "Acme buys Bolt"),
        (
            "https://bolt.example/n/1",
            "https://bolt.example/n/1",
            "Bolt sells itself",
        ),
    ] {
        let other = entry(guid, link, title).at(MONDAY);
        tell(guid, &[(one(&old), (1, 1)), (&[other], (2, 2))]).await;
    }
}

fn press(count: usize) -> Vec<Entry> {
    numbered(count, |i| {
        entry(
            &format!("g{i}"),
            &format!("https://e.example/{i}"),
            &format!("Release {i}"),
        )
        .at(MONDAY)
        .says(&format!("Acme Inc. said today that it has bought {i} of Bolt LLC."))
    })
}

#[tokio::test]
async fn a_feed_that_loses_its_guids_and_mends_them_doubles_nothing() {
    let whole = press(6);
    let without: Vec<Entry> = whole
        .iter()
        .map(|e| Entry {
            guid: String::new(),
            ..e.clone()
        })
        .collect();
    let one_for_all: Vec<Entry> = whole
        .iter()
        .map(|e| Entry {
            guid: "0".into(),
            ..e.clone()
        })
        .collect();
    let half: Vec<Entry> = [&whole[..3], &without[3..]].concat();
    let fresh: Vec<Entry> = whole
        .iter()
        .map(|e| Entry {
            guid: format!("new-{}", e.guid),
            ..e.clone()
        })
        .collect();
    let front: Vec<Entry> = whole
        .iter()
        .map(|e| Entry {
            link: "https://e.example/".into(),
            ..e.clone()
        })
        .collect();
    let bare: Vec<Entry> = without
        .iter()
        .map(|e| Entry {
            link: String::new(),
            ..e.clone()
        })
        .collect();
    let states = [whole, without, one_for_all, half, fresh, front, bare];
    for first in &states {
        for second in &states {
            let polls: [(&[Entry], _); 3] = [(first, (6, 6)), (second, (6, 6)), (first, (6, 6))];
            tell("six stay six", &polls).await;
        }
    }
}

#[tokio::test]
async fn another_policy_doubles_nothing() {
    let entries = press(12);
    let mut house = House::new().await;
    for identity in Identity::ALL.iter().chain(Identity::ALL.iter().rev()) {
        house.identity = *identity;
        house.poll(&entries).await;
        assert_eq!(house.holds().await, (12, 12), "{identity}");
    }
}

#[tokio::test]
async fn by_hash_what_says_the_same_is_the_same() {
    let entries = numbered(30, |i| entry(&format!("g{i}"), "https://e.example/", "A").at(MONDAY));
    for (identity, want) in [(Identity::Auto, 30), (Identity::Guid, 30), (Identity::Hash, 1)] {
        let mut house = House::new().await;
        house.identity = identity;
        house.poll(&entries).await;
        house.poll(&entries).await;
        assert_eq!(house.holds().await, (want, want), "{identity}");
    }
}

#[tokio::test]
async fn each_policy_knows_an_item_by_what_its_operator_vouches_for() {
    let before = entry("g1", "https://e.example/1", "Acme buys Bolt").says("Bolt is ours.");
    let other_guid = entry("g2", "https://e.example/1", "Acme bought Bolt").says("All of it.");
    let other_page = entry("g1", "https://e.example/2", "Acme bought Bolt").says("All of it.");
    let other_names = entry("g1", "https://e.example/1", "Acme sells Nut").says("Nut is theirs.");
    for (identity, after, want) in [
        (Identity::Auto, &other_guid, (2, 2)),
        (Identity::Url, &other_guid, (1, 2)),
        (Identity::Auto, &other_page, (2, 2)),
        (Identity::Guid, &other_page, (1, 2)),
        (Identity::Auto, &other_names, (1, 2)),
        (Identity::Hash, &other_names, (2, 2)),
    ] {
        let mut house = House::new().await;
        house.identity = identity;
        house.poll(std::slice::from_ref(&before)).await;
        let admitted = house.poll(std::slice::from_ref(after)).await;
        assert_eq!(
            house.holds().await,
            want,
            "{identity}: {after:?}: {:#?}",
            admitted.judgements
        );
    }
}

#[tokio::test]
async fn a_guid_that_is_vouched_for_is_one_item_however_often_a_document_shows_it() {
    let page = "https://e.example/";
    let one = entry("n-1", page, "Acme buys Bolt").at(MONDAY).says("Bolt is ours.");
    let other = entry("n-1", page, "Acme acquires Bolt").at(MONDAY).says("All of it.");
    let mut house = House::new().await;
    house.identity = Identity::Guid;
    house.poll(std::slice::from_ref(&one)).await;
    for _ in 0..3 {
        house.poll(&[other.clone(), one.clone()]).await;
        assert_eq!(house.holds().await, (1, 2));
    }
}

#[tokio::test]
async fn an_item_whose_text_has_changed_often_is_still_known_by_a_new_page_or_guid() {
    let mut house = House::new().await;
    let text = |i: usize| format!("Acme Inc. said today that it has bought {i} of Bolt LLC.");
    for i in 0..70 {
        let item = entry("g", "https://e.example/1", "Acme buys Bolt")
            .at(MONDAY)
            .says(&text(i));
        house.poll(&[item]).await;
    }
    let moved = |i: usize| {
        entry("g", "https://e.example/2", "Acme buys Bolt")
            .at(MONDAY)
            .says(&text(i))
    };
    house.poll(&[moved(70)]).await;
    let no_guid = Entry {
        guid: String::new(),
        date: String::new(),
        title: "Acme buys all of Bolt".to_owned(),
        ..moved(71)
    };
    let admitted = house.poll(&[no_guid]).await;
    assert_eq!(house.holds().await.0, 1, "{:#?}", admitted.judgements);
    assert!(admitted.judgements[0].judgement.why.ends_with("known by its page"));
}

#[tokio::test]
async fn a_judgement_tells_by_which_name_the_item_was_known_and_a_poll_why_guids_were_not_trusted() {
    let mut house = House::new().await;
    let whole = press(10);
    house.poll(&whole).await;
    for (guid, link, date, want) in [
        ("g0", "https://e.example/0", MONDAY, "known by its guid"),
        ("", "https://e.example/0", MONDAY, "known by its page"),
        ("", "", MONDAY, "known by its headline and time"),
        ("", "", "", "known by its text"),
    ] {
        let mut changed = whole.clone();
        changed[0] = Entry {
            guid: guid.into(),
            link: link.into(),
            date: date.into(),
            ..whole[0].clone()
        };
        let admitted = house.poll(&changed).await;
        let why = &admitted.judgements[0].judgement.why;
        assert!(why.ends_with(want), "{why} | {want}");
        assert!(
            house.store.polls(1).await.unwrap()[0].repairs.is_empty(),
            "one of ten is borne"
        );
    }
    let lost = [
        &[
            entry("", "https://e.example/0", "Release 0"),
            entry("", "https://e.example/1", "Release 1"),
        ],
        &whole[2..],
    ]
    .concat();
    house.poll(&lost).await;
    assert_eq!(
        house.store.polls(1).await.unwrap()[0].repairs,
        ["guids-not-trusted: 2 of 10 guids are missing or another item's"]
    );
}

#[test]
fn the_guids_of_the_wires_stay_what_their_items_are_known_by() {
    for name in ["prnewswire", "businesswire", "globenewswire"] {
        let path = format!("{}/tests/fixtures/feeds/{name}.xml", env!("CARGO_MANIFEST_DIR"));
        let feed = parse(&std::fs::read(path).unwrap(), None, None, &Options::default()).unwrap();
        let origin = Origin {
            source: SourceId::new(name),
            wire: wire::by_id(name).unwrap(),
            rights: Rights::Summary,
        };
        let drafts = normalize(&feed, &origin, "2026-10-06T12:00:00Z".parse().unwrap()).drafts;
        let document = read(&drafts, Identity::Auto);
        assert!(
            !document.readings.is_empty() && document.doubt.is_none(),
            "{name}: {:?}",
            document.doubt
        );
        for reading in &document.readings {
            let name = &reading.names[0];
            assert!(name.text.starts_with("guid:") && name.trust == Trust::Alone, "{name:?}");
        }
    }
}

//! Wires in, one store, outputs out: whole documents through the very code of the daemon.

use std::path::PathBuf;
use std::sync::Arc;

use dateline::article::{Article, Item, Link, Rights, SourceId, Verdict};
use dateline::config;
use dateline::daemon;
use dateline::filter::Filter;
use dateline::ingest::normalize::{Origin, normalize, normalize_text};
use dateline::ingest::parse;
use dateline::ingest::{Effect, Ingest};
use dateline::store::Outcome;

use crate::made;
use crate::server::{Reply, Server};

/// `(source id, wire, path of the document below its folder)`
type Feed<'a> = (&'a str, &'a str, PathBuf);

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/feeds")
        .join(name)
}

/// The real captures, where they are at hand.
fn capture(name: &str) -> Option<PathBuf> {
    made::corpus(&format!("wires/{name}"))
}

struct House {
    ingest: Ingest,
    server: Server,
    _folder: tempfile::TempDir,
}

impl House {
    /// Serves each document with an `ETag` that the server honours.
    async fn new(feeds: &[Feed<'_>]) -> Self {
        let server = Server::start().await;
        let folder = tempfile::tempdir().unwrap();
        let mut text = "[fetch]\nallow_private_networks = true\n".to_owned();
        for (id, wire, path) in feeds {
            let body = std::fs::read(path).unwrap();
            server.on(&format!("/{id}"), move |request| {
                match request.header("if-none-match") {
                    Some("\"v1\"") => Reply::status(304, &[("ETag", "\"v1\"")], ""),
                    _ => Reply::status(
                        200,
                        &[("ETag", "\"v1\""), ("Content-Type", "application/rss+xml")],
                        &body,
                    ),
                }
            });
            let url = server.url(&format!("/{id}"));
            text.push_str(&format!(
                "[[source]]\nid = \"{id}\"\nurl = \"{url}\"\nwire = \"{wire}\"\n"
            ));
        }
        let mut config = config::parse(&text, "test.toml").unwrap();
        config.store.path = folder.path().join("dateline.sqlite");
        let ingest = daemon::prepare(Arc::new(config)).await.unwrap();
        Self {
            ingest,
            server,
            _folder: folder,
        }
    }

    async fn poll(&self, id: &str) -> dateline::ingest::Report {
        let source = self
            .ingest
            .config
            .sources
            .iter()
            .find(|source| source.id.as_str() == id)
            .unwrap();
        self.ingest.poll(source, Effect::Admit).await.unwrap()
    }

    async fn articles(&self) -> Vec<Article> {
        self.ingest
            .store
            .select(&Filter::parse("").unwrap(), 1_000, dateline::clock::now())
            .await
            .unwrap()
    }
}

fn find<'a>(articles: &'a [Article], words: &str) -> &'a Article {
    articles
        .iter()
        .find(|article| {
            article
                .draft
                .headline
                .as_deref()
                .is_some_and(|headline| headline.contains(words))
        })
        .unwrap_or_else(|| panic!("no headline holds {words:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn three_wires_of_our_own_making_are_understood_stored_once_and_not_read_twice() {
    let feeds = [
        ("prn", "prnewswire", fixture("prnewswire.xml")),
        ("bw", "businesswire", fixture("businesswire.xml")),
        ("gnw", "globenewswire", fixture("globenewswire.xml")),
    ];
    let house = House::new(&feeds).await;
    let mut new = 0;
    for (id, ..) in &feeds {
        let report = house.poll(id).await;
        assert_eq!(report.poll.outcome, Outcome::Ok, "{id}: {:?}", report.poll.error);
        new += report.admitted.counts.new + report.admitted.counts.variant;
    }
    let articles = house.articles().await;
    assert_eq!(articles.len() as i64, new);
    for (id, ..) in &feeds {
        let report = house.poll(id).await;
        assert_eq!(report.poll.outcome, Outcome::NotModified, "{id}");
        assert_eq!(house.server.requests(&format!("/{id}")).len(), 2);
    }
    assert_eq!(house.articles().await, articles);

    let prn = &find(&articles, "Second Furnace").draft;
    assert_eq!(prn.release_id.as_deref(), Some("302900001"));
    assert_eq!(prn.wire.as_deref(), Some("PR Newswire"));
    assert_eq!(prn.issuer.as_deref(), Some("Acme Foundries"));
    assert_eq!(
        prn.subheadline.as_deref(),
        Some("Furnace doubles capacity for Boltmaker® castings")
    );
    let place = &prn.dateline.as_ref().unwrap().places[0];
    assert_eq!(
        (place.city.as_deref(), place.region.as_deref(), place.country.as_deref()),
        (Some("Toledo"), Some("Ohio"), Some("US"))
    );

    let bw = &find(&articles, "opens R&D center for d'Artagnan").draft;
    assert_eq!(bw.wire.as_deref(), Some("Business Wire"));
    assert_eq!(bw.language.as_deref(), Some("en"));
    assert_eq!(
        bw.dateline.as_ref().unwrap().date,
        None,
        "Business Wire prints no date, and none is invented"
    );

    let gnw = &find(&articles, "Appoints a Treasurer").draft;
    assert_eq!(gnw.release_id.as_deref(), Some("3400001"));
    assert!(
        gnw.symbols().any(|symbol| symbol.key() == "XNAS:ACME"),
        "{:?}",
        gnw.organisations
    );
    assert_eq!(gnw.isins().collect::<Vec<_>>(), ["US0378331005"]);
    assert_eq!(
        gnw.organisations
            .iter()
            .filter(|known| known.symbols.iter().any(|s| s.symbol == "ACME"))
            .count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_captures_are_stored_once_and_read_rightly() {
    let names = [
        ("prn", "prnewswire", "prnewswire-rss-all-2026-10-05-trimmed.xml"),
        ("bw", "businesswire", "businesswire-rss-mrss-2026-10-05-trimmed.xml"),
        (
            "gnw",
            "globenewswire",
            "globenewswire-rss-public-2026-10-05-trimmed.xml",
        ),
    ];
    let feeds: Vec<Feed<'_>> = names
        .iter()
        .filter_map(|(id, wire, name)| Some((*id, *wire, capture(name)?)))
        .collect();
    if feeds.len() < names.len() {
        println!("skipped: the real captures are not beside this checkout");
        return;
    }
    let house = House::new(&feeds).await;
    for (id, items) in [("prn", 5), ("bw", 6), ("gnw", 5)] {
        let report = house.poll(id).await;
        assert_eq!(report.poll.drafts.len(), items, "{id}");
        assert_eq!(report.poll.rejects, [], "{id}");
        assert_eq!(report.admitted.counts.new, items as i64, "{id}: {:?}", report.admitted);
    }
    assert_eq!(house.articles().await.len(), 16);
    for (id, ..) in &feeds {
        assert_eq!(house.poll(id).await.poll.outcome, Outcome::NotModified, "{id}");
    }

    let articles = house.articles().await;
    let of = |words: &str| find(&articles, words).draft.clone();
    assert!(of("strategic R&D center").url.unwrap().contains("20261005363276"));
    assert_eq!(of("strategic R&D center").release_id.as_deref(), Some("20261005363276"));
    let french = of("Tangent Robotics lève 4,5 millions d'euros");
    assert_eq!(
        (french.language.as_deref(), french.release_id.as_deref()),
        (Some("fr"), Some("20260930550483"))
    );
    assert_eq!(of("Nasdaq Hits Fresh Highs").release_id.as_deref(), Some("302898756"));
    assert_eq!(of("Papa John").organisations, [], "a bare (PZZA) is no listing");
    let magnachip = of("Magnachip Launches");
    assert!(
        magnachip.symbols().any(|symbol| symbol.key() == "XNYS:MX"),
        "{:?}",
        magnachip.organisations
    );
    assert!(
        magnachip.summary.unwrap().starts_with("Magnachip Semiconductor"),
        "the cashtags are no news"
    );
    let hydro = of("Norsk Hydro: Update on Alunorte");
    assert_eq!(hydro.isins().count(), 7);
    assert!(
        hydro.symbols().any(|symbol| symbol.key() == "XOSL:NHY"),
        "{:?}",
        hydro.organisations
    );
    assert_eq!(hydro.issuer.as_deref(), Some("Norsk Hydro"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_release_in_three_list_feeds_of_one_wire_is_one_article_with_three_sightings() {
    let feeds: Vec<Feed<'_>> = ["all", "metals", "ohio"]
        .map(|id| (id, "prnewswire", fixture("prnewswire.xml")))
        .to_vec();
    let house = House::new(&feeds).await;
    for (id, ..) in &feeds {
        house.poll(id).await;
    }
    let articles = house.articles().await;
    assert_eq!(articles.len(), 2);
    for article in &articles {
        let sightings = house.ingest.store.sightings(article.number).await.unwrap();
        assert_eq!(sightings.len(), 3, "{:?}", article.draft.headline);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_source_sends_is_one_line_and_a_row_and_the_others_go_on() {
    let house = House::new(&[
        ("good", "prnewswire", fixture("prnewswire.xml")),
        ("page", "generic", fixture("prnewswire.xml")),
        ("empty", "generic", fixture("prnewswire.xml")),
        ("cut", "generic", fixture("prnewswire.xml")),
        ("broken", "generic", fixture("prnewswire.xml")),
        ("gone", "generic", fixture("prnewswire.xml")),
    ])
    .await;
    house.server.on("/page", |_| {
        Reply::ok("<!DOCTYPE html><html><body>Please log in</body></html>")
    });
    house.server.on("/empty", |_| {
        Reply::ok("<rss version=\"2.0\"><channel><title>W</title><description>Deactivated by the administrator.</description></channel></rss>")
    });
    house.server.on("/cut", |_| {
        Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<rss version=\"2.0\"><channel>")
    });
    house
        .server
        .on("/broken", |_| Reply::ok("<rss version=\"2.0\"><channel><item><title>A"));
    house.server.on("/gone", |_| Reply::status(410, &[], "gone"));

    for (id, outcome, words) in [
        ("page", Outcome::ParseError, "HTML page"),
        ("empty", Outcome::Empty, "Deactivated by the administrator"),
        ("cut", Outcome::FetchError, "/cut"),
        ("broken", Outcome::ParseError, "breaks off"),
        ("gone", Outcome::FetchError, "410"),
        ("good", Outcome::Ok, ""),
    ] {
        let report = house.poll(id).await;
        let error = report.poll.error.clone().unwrap_or_default();
        assert_eq!(report.poll.outcome, outcome, "{id}: {error}");
        assert!(error.contains(words) && !error.contains('\n'), "{id}: {error}");
        assert!(report.poll.next_due > report.poll.started, "{id}");
    }
    assert_eq!(house.articles().await.len(), 2);
    let health = house.ingest.store.health().await.unwrap();
    assert_eq!(health.iter().filter(|source| source.last_error.is_some()).count(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_decides_and_keeps_nothing() {
    let house = House::new(&[("prn", "prnewswire", fixture("prnewswire.xml"))]).await;
    let source = house.ingest.config.sources[0].clone();
    let report = house.ingest.poll(&source, Effect::DryRun).await.unwrap();
    assert!(
        report
            .admitted
            .judgements
            .iter()
            .all(|judged| judged.judgement.verdict == Verdict::New)
    );
    assert_eq!(report.admitted.counts.new, 2);
    assert_eq!(house.articles().await, []);
    assert_eq!(
        house.poll("prn").await.admitted.counts.new,
        2,
        "the validators were not kept either"
    );
}

/// Words of a text, in lower case.
/// `(file, headline, dateline, wire, relay, issuer)`
type Text<'a> = (&'a str, &'a str, &'a str, &'a str, Option<&'a str>, &'a str);

#[test]
fn the_texts_of_the_wires_read_as_a_person_reads_them() {
    let texts: [Text<'_>; 6] = [
        (
            "asianet-1.txt",
            "Digital Turbine Partners with Axiata Digital On Carrier Billing Platform Integration",
            "AUSTIN, Texas, Feb. 1, 2017 /PRNewswire-AsiaNet/ --",
            "PR Newswire",
            Some("AsiaNet"),
            "Digital Turbine, Inc.",
        ),
        (
            "asianet-2.txt",
            "Queen Elizabeth Prize for Engineering Awarded to the Creators of Digital Imaging Sensors",
            "LONDON, Feb. 1, 2017 /PRNewswire/ --",
            "PR Newswire",
            None,
            "Queen Elizabeth Prize",
        ),
        (
            "asianet-3.txt",
            "Animal rights come to Brazil's Carnival for a show with no feathers",
            "SAO PAULO, Feb. 1, 2017 /PRNewswire-AsiaNet/ --",
            "PR Newswire",
            Some("AsiaNet"),
            "Escola Aguia de Ouro",
        ),
        (
            "asianet-4.txt",
            "Digital Agency Essence Builds on Enormous Growth in APAC; Promotes Jovy Gill to Managing Director of Australia",
            "SINGAPORE, Feb. 2, 2017 /PRNewswire-AsiaNet/ --",
            "PR Newswire",
            Some("AsiaNet"),
            "Essence",
        ),
        (
            "asianet-5.txt",
            "OMRON Launches Promotional Website for AI-equipped Mobile Robot LD Series",
            "KYOTO, Japan, Feb. 1, 2017 /Kyodo JBN-AsiaNet/ --",
            "Kyodo JBN",
            Some("AsiaNet"),
            "OMRON Corporation",
        ),
        (
            "asianet-10.txt",
            "IndiGrid Delivers Another Strong Quarter",
            "MUMBAI, India, July 25, 2018/PRNewswire-AsiaNet/",
            "PR Newswire",
            Some("AsiaNet"),
            "IndiGrid",
        ),
    ];
    for (file, headline, dateline, wire, relay, issuer) in texts {
        let Some(path) = capture(file) else {
            println!("skipped: {file} is not here");
            continue;
        };
        let origin = Origin {
            source: SourceId::new("test"),
            wire: dateline::wire::generic(),
            rights: Rights::Full,
        };
        let bytes = std::fs::read(path).unwrap();
        let (text, _) = parse::plain_text(&bytes, None);
        let draft = normalize_text(&text, &origin, dateline::clock::now());
        let read = draft.dateline.expect(file);
        assert_eq!(
            (
                draft.headline.as_deref(),
                read.raw.as_str(),
                read.wire.as_deref(),
                draft.issuer.as_deref()
            ),
            (Some(headline), dateline, Some(wire), Some(issuer)),
            "{file}"
        );
        assert_eq!(read.via.first().map(String::as_str), relay, "{file}");
        assert_eq!(draft.language.as_deref(), Some("en"), "{file}");
        let was_there = bytes.windows(3).any(|three| three == "\u{fffd}".as_bytes());
        assert_eq!(
            draft.body_text.contains('\u{fffd}'),
            was_there,
            "{file}: every byte was read"
        );
    }
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Every text in a JSON value, keys aside.
fn texts(value: &serde_json::Value, found: &mut String) {
    match value {
        serde_json::Value::String(text) => {
            found.push_str(text);
            found.push('\n');
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        serde_json::Value::Object(members) => members.values().for_each(|value| texts(value, found)),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

#[test]
fn whatever_a_person_can_see_in_an_item_is_in_the_article() {
    let captures = [
        ("prnewswire", "prnewswire-rss-all-2026-10-05-trimmed.xml"),
        ("businesswire", "businesswire-rss-mrss-2026-10-05-trimmed.xml"),
        ("globenewswire", "globenewswire-rss-public-2026-10-05-trimmed.xml"),
        ("generic", "gov-us-site_feed-rss.xml"),
        ("generic", "reconstructed-sec-press-rss.xml"),
        ("generic", "reconstructed-bis-rss1-rdf.xml"),
        ("generic", "reconstructed-edgar-getcurrent-atom.xml"),
    ];
    let captures: Vec<_> = captures
        .iter()
        .filter_map(|(wire, name)| Some((*wire, capture(name)?)))
        .collect();
    if captures.is_empty() {
        println!("skipped: the captures are not here; fixtures alone");
    }
    let fixtures = [
        ("prnewswire", "prnewswire.xml"),
        ("businesswire", "businesswire.xml"),
        ("globenewswire", "globenewswire.xml"),
        ("generic", "newsroom.xml"),
        ("generic", "atom.xml"),
        ("generic", "rdf.xml"),
        ("generic", "feed.json"),
    ];
    let fixtures = fixtures.iter().map(|(wire, name)| (*wire, fixture(name)));
    for (wire, path) in fixtures.chain(captures) {
        let bytes = std::fs::read(&path).unwrap();
        let url = url::Url::parse("https://wire.example/feed").unwrap();
        let feed = parse::parse(&bytes, None, Some(&url), &parse::Options::default()).unwrap();
        let origin = Origin {
            source: SourceId::new("test"),
            wire: dateline::wire::by_id(wire).unwrap(),
            rights: Rights::Full,
        };
        let drafts = normalize(&feed, &origin, dateline::clock::now()).drafts;
        assert_eq!(drafts.len(), feed.items.len(), "{}", path.display());
        for (item, draft) in feed.items.iter().zip(&drafts) {
            let mut article = String::new();
            texts(&serde_json::to_value(draft).unwrap(), &mut article);
            let known: std::collections::BTreeSet<String> = words(&article).into_iter().collect();
            // A comments page is no part of a release, and a date is an instant now; the language is told by the text.
            let seen = visible(item);
            for (place, text) in seen {
                let plain = dateline::text::html_to_text(&dateline::text::sanitize_html(&text, None));
                let missing: Vec<_> = words(&plain).into_iter().filter(|word| !known.contains(word)).collect();
                assert!(
                    missing.is_empty(),
                    "{}: {place} of item {}: {missing:?}",
                    path.display(),
                    item.index
                );
            }
        }
    }
}

/// The parts of an item that a person can see, each with its place.
fn visible(item: &Item) -> Vec<(String, String)> {
    let mut seen = vec![
        ("title".to_owned(), item.title.clone().unwrap_or_default()),
        (
            "content".to_owned(),
            item.content.clone().or(item.summary.clone()).unwrap_or_default(),
        ),
        ("guid".to_owned(), item.guid.clone().unwrap_or_default()),
        ("rights".to_owned(), item.rights.clone().unwrap_or_default()),
    ];
    let shown = |link: &&Link| link.rel.as_deref() != Some("replies");
    seen.extend(
        item.links
            .iter()
            .filter(shown)
            .take(1)
            .map(|link| ("link".to_owned(), link.href.clone())),
    );
    seen.extend(
        item.categories
            .iter()
            .map(|category| ("category".to_owned(), category.term.clone())),
    );
    for person in &item.people {
        seen.extend(person.name.clone().map(|name| ("person".to_owned(), name)));
        seen.extend(person.email.clone().map(|email| ("person".to_owned(), email)));
    }
    for media in &item.media {
        seen.push(("media".to_owned(), media.url.clone()));
        seen.extend(media.caption.clone().map(|caption| ("caption".to_owned(), caption)));
        seen.extend(media.credit.clone().map(|credit| ("credit".to_owned(), credit)));
    }
    let told = [
        "subject",
        "keyword",
        "industry",
        "contributor",
        "creator",
        "publisher",
        "identifier",
        "stock_tickers",
    ];
    let extensions = item
        .extensions
        .iter()
        .filter(|extension| told.contains(&extension.name.as_str()));
    seen.extend(extensions.map(|extension| (extension.name.clone(), extension.text.clone())));
    seen
}

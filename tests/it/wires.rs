//! Wires in, one store, outputs out: whole documents through the very code of the daemon.

use std::path::PathBuf;
use std::sync::Arc;

use dateline::article::{Article, Verdict};
use dateline::config;
use dateline::daemon;
use dateline::filter::Filter;
use dateline::ingest::{Effect, Ingest};
use dateline::store::Outcome;

use crate::server::{Reply, Server};

/// `(source id, wire, path of the document below its folder)`
type Feed<'a> = (&'a str, &'a str, PathBuf);

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/feeds")
        .join(name)
}

/// The real captures, where they are at hand; they are not ours to ship.
#[allow(clippy::disallowed_methods)] // tests may be told where the corpus is
fn capture(name: &str) -> Option<PathBuf> {
    let corpus = std::env::var_os("DATELINE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let path = corpus.join("wires").join(name);
    path.exists().then_some(path)
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
            .select(&Filter::parse("").unwrap(), 1_000)
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

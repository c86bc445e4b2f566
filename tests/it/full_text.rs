//! A site that a guest may read in part: robots.txt, pages that are not there yet, walls, redirects. What is asked, what never is, and what becomes
//! of the articles.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use dateline::article::{Draft, Item, PageClass, Validators};
use dateline::filter::Filter;
use dateline::ingest::full_text::read_page;
use dateline::ingest::normalize::{Origin, normalize};
use dateline::ingest::parse::ParsedFeed;
use dateline::ingest::{Effect, Ingest};
use dateline::store::{Completed, PageAnswer, PageRecord, Store};
use dateline::{clock, config, daemon};

use crate::made::corpus;
use crate::server::{Reply, Server};

const NAMES: &[&str] = &[
    "Aldermoor Steel",
    "Brackwater Foods",
    "Calder Rail",
    "Dunmere Optics",
    "Eastholm Timber",
    "Farrow Chemicals",
    "Gantry Shipping",
    "Hollin Paper",
    "Ivel Pumps",
    "Jarrow Glass",
    "Kelso Tweed",
    "Lorne Whisky",
];

fn name(number: usize) -> &'static str {
    NAMES[number % NAMES.len()]
}

fn lead(number: usize) -> String {
    format!(
        "{} said today that its works number {number} will be lit again in the spring, after {} years",
        name(number),
        number + 3
    )
}

fn rest(number: usize) -> String {
    format!(
        "The works employ {} people of the valley, most of whom have been with {} since its first day, and the county pays for the road.",
        100 + number,
        name(number)
    )
}

fn item(server: &Server, number: usize, path: &str) -> String {
    format!(
        "<item><title>{} Lights Its Works Again</title><link>{}</link><guid isPermaLink=\"false\">g{number}</guid><pubDate>{}</pubDate>\
         <description>{}...</description></item>",
        name(number),
        server.url(path),
        (clock::now() - TimeDelta::minutes(3)).to_rfc2822(),
        lead(number)
    )
}

fn page(number: usize) -> Reply {
    let body = format!(
        "<!doctype html><html><head><title>{name} Lights Its Works Again</title></head><body><nav><a href=/>Home</a> <a href=/news>News</a></nav>\
         <article><h1>{name} Lights Its Works Again</h1><p>{}.</p><h2>People of the valley</h2><p>{rest}</p>\
         <table><tr><th>Year</th><th>Tons</th></tr><tr><td>2027</td><td>{tons}</td></tr></table><p>{rest} {rest}</p></article>\
         <footer>Cookies and terms</footer></body></html>",
        lead(number),
        name = name(number),
        rest = rest(number),
        tons = 4_000 + number
    );
    html(200, &body)
}

fn html(status: u16, body: &str) -> Reply {
    Reply::status(status, &[("Content-Type", "text/html; charset=utf-8")], body)
}

struct Site {
    server: Server,
    ingest: Ingest,
    _folder: tempfile::TempDir,
}

impl Site {
    /// A feed with an item a path, of which each page is as scripted.
    async fn of(robots: Reply, pages: Vec<(&str, Vec<Reply>)>) -> Self {
        let server = Server::start().await;
        let items: String = pages
            .iter()
            .enumerate()
            .map(|(number, (path, _))| item(&server, number, path))
            .collect();
        let feed = format!("<rss version=\"2.0\"><channel><title>Works</title>{items}</channel></rss>");
        server.play("/feed", vec![Reply::ok(&feed)]);
        server.play("/robots.txt", vec![robots]);
        for (path, replies) in pages {
            server.play(path, replies);
        }
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "[fetch]\nallow_private_networks = true\n[[source]]\nid = \"works\"\nurl = \"{}\"\nfull_text = \"generic\"\n",
            server.url("/feed")
        );
        let mut config = config::parse(&text, "test.toml").unwrap();
        config.store.path = folder.path().join("dateline.sqlite");
        let ingest = daemon::prepare(Arc::new(config)).await.unwrap();
        ingest.poll(&ingest.config.sources[0], Effect::Admit).await.unwrap();
        Self {
            server,
            ingest,
            _folder: folder,
        }
    }

    /// Takes every step that is due at a time to come, one after another, as the daemon would.
    async fn read_until(&self, until: DateTime<Utc>) {
        for _ in 0..200 {
            let due = self.ingest.store.due_pages(&BTreeSet::new(), until).await.unwrap();
            let Some(page) = due.into_iter().next() else { return };
            read_page(&self.ingest, page).await.unwrap();
        }
        panic!("there is no end to it: {:?}", self.server.asked());
    }

    async fn record(&self, number: usize) -> PageRecord {
        self.ingest
            .store
            .page_record(self.article(number).await.0)
            .await
            .unwrap()
            .unwrap()
    }

    /// Number and text of the article of an item.
    async fn article(&self, number: usize) -> (i64, String) {
        let articles = self
            .ingest
            .store
            .select(&Filter::everything(), 100, clock::now())
            .await
            .unwrap();
        let found = articles
            .into_iter()
            .find(|a| a.draft.guid.as_deref() == Some(&format!("g{number}")));
        let article = found.unwrap();
        (article.number, article.draft.body_text)
    }

    fn asked(&self, path: &str) -> usize {
        self.server.requests(path).len()
    }
}

fn soon() -> DateTime<Utc> {
    clock::now() + TimeDelta::seconds(30)
}

const CHALLENGE: &str = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>www.example.com</h1><p>Checking if the site \
    connection is secure</p><script src=\"/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1\"></script></body></html>";

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_asked_for_what_it_allows_and_all_of_it_is_read_or_classed() {
    let robots = Reply::ok(
        "User-agent: *\nDisallow: /private/\nAllow: /\n\nUser-agent: DatelineBot\nDisallow: /private/\nDisallow: /*.asp$\n",
    );
    let throttled = Reply::status(429, &[("Retry-After", "120")], "slow down");
    let front = html(
        200,
        "<html><head><title>Works of the valley</title></head><body><h1>Welcome</h1><p>All about the valley.</p></body></html>",
    );
    let site = Site::of(
        robots,
        vec![
            ("/news/0", vec![page(0)]),
            ("/private/1", vec![page(1)]),
            ("/news/2", vec![throttled, page(2)]),
            ("/news/3", vec![html(403, CHALLENGE), page(3)]),
            ("/news/4", vec![html(404, "not here"), html(404, "not here"), page(4)]),
            ("/news/5", vec![Reply::redirect(302, "/private/5")]),
            ("/news/6", vec![Reply::redirect(301, "/news/6-moved")]),
            (
                "/news/7",
                vec![Reply::status(
                    200,
                    &[("Content-Type", "application/pdf")],
                    "%PDF-1.7 ...",
                )],
            ),
            ("/news/8", vec![front]),
            ("/news/9", vec![Reply::status(500, &[], "oops"), page(9)]),
            ("/news/10.asp", vec![page(10)]),
            ("/news/11", vec![Reply::redirect(302, "/news/11")]),
        ],
    )
    .await;
    site.server.play("/news/6-moved", vec![page(6)]);
    site.server.play("/private/5", vec![page(5)]);

    let teasers: Vec<String> = {
        let mut teasers = Vec::new();
        for number in 0..12 {
            teasers.push(site.article(number).await.1);
        }
        teasers
    };
    site.read_until(clock::now() + TimeDelta::days(6)).await;

    for forbidden in ["/private/1", "/private/5", "/news/10.asp"] {
        assert_eq!(site.asked(forbidden), 0, "{forbidden}: {:?}", site.server.asked());
    }
    assert_eq!(site.asked("/robots.txt"), 1);
    for (number, class, asked) in [
        (0, PageClass::Text, 1),
        (2, PageClass::Text, 2),
        (3, PageClass::Text, 2),
        (4, PageClass::Text, 3),
        (6, PageClass::Text, 1),
        (9, PageClass::Text, 2),
        (1, PageClass::Robots, 0),
        (5, PageClass::Robots, 1),
        (7, PageClass::NotHtml, 1),
        (10, PageClass::Robots, 0),
    ] {
        let record = site.record(number).await;
        assert_eq!(record.class, Some(class), "{number}: {record:?}");
        assert_eq!(record.due, None, "{number}: {record:?}");
        let path = match number {
            1 => "/private/1".to_owned(),
            10 => "/news/10.asp".to_owned(),
            _ => format!("/news/{number}"),
        };
        assert_eq!(site.asked(&path), asked, "{number}: {:?}", site.server.asked());
        let text = site.article(number).await.1;
        if class == PageClass::Text {
            assert!(
                text.contains("People of the valley") && text.contains(&rest(number)),
                "{number}: {text}"
            );
            assert!(text.contains(&(4_000 + number).to_string()), "the table: {text}");
            assert!(!text.contains("Cookies") && !text.contains("Home"), "{number}: {text}");
        } else {
            assert_eq!(text, teasers[number], "a failure keeps the teaser");
        }
    }
    for (number, classes) in [
        (8, [PageClass::Unlike, PageClass::Empty]),
        (11, [PageClass::Unreached; 2]),
    ] {
        let record = site.record(number).await;
        assert!(
            record.class.is_some_and(|class| classes.contains(&class)),
            "{number}: {record:?}"
        );
        assert_eq!(record.due, None, "given up: {record:?}");
        assert!(site.asked(&format!("/news/{number}")) <= 6);
        assert_eq!(site.article(number).await.1, teasers[number]);
    }
    assert_eq!(site.record(1).await.robots.as_deref(), Some("Disallow: /private/"));
    for request in site.server.requests("/news/0") {
        assert_eq!(request.header("A-IM"), None);
        assert!(
            request
                .header("Accept")
                .is_some_and(|accept| accept.starts_with("text/html"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_and_a_wait_hold_for_the_whole_site() {
    for (reply, class, held_feeds) in [
        (
            Reply::status(429, &[("Retry-After", "600")], ""),
            PageClass::Throttled,
            true,
        ),
        (html(403, CHALLENGE), PageClass::Challenge, false),
        (
            html(403, "<title>403 Forbidden</title>Forbidden"),
            PageClass::Blocked,
            false,
        ),
    ] {
        let site = Site::of(
            Reply::status(404, &[], ""),
            vec![("/news/0", vec![reply]), ("/news/1", vec![page(1)])],
        )
        .await;
        let due = |at| {
            let store = site.ingest.store.clone();
            async move { store.due_pages(&BTreeSet::new(), at).await.unwrap() }
        };
        // The robots.txt, and the first page.
        let first = due(soon()).await.remove(0);
        assert!(read_page(&site.ingest, first).await.unwrap().kept.is_none());
        let mut report = None;
        while report.is_none() {
            let page = due(soon()).await.remove(0);
            let is_first = page.url.ends_with("/news/0");
            let read = read_page(&site.ingest, page).await.unwrap();
            report = is_first.then_some(read);
        }
        let report = report.unwrap();
        assert_eq!(report.kept.as_ref().unwrap().0.class, class);
        assert_eq!(report.held.is_some(), held_feeds, "{class}");
        let rest = due(clock::now() + TimeDelta::minutes(9)).await;
        assert!(rest.is_empty(), "{class}: {rest:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_robots_txt_that_can_be_read_nothing_is_asked_until_there_is_one() {
    for (robots, asked, class) in [
        (Reply::status(404, &[], ""), 1, PageClass::Text),
        (Reply::status(410, &[], ""), 1, PageClass::Text),
        (Reply::ok(""), 1, PageClass::Text),
        (Reply::status(403, &[], ""), 0, PageClass::Robots),
        (Reply::status(401, &[], ""), 0, PageClass::Robots),
        (Reply::status(500, &[], ""), 0, PageClass::Robots),
        (Reply::status(503, &[], ""), 0, PageClass::Robots),
        (Reply::raw(""), 0, PageClass::Robots),
    ] {
        let site = Site::of(robots.clone(), vec![("/news/0", vec![page(0)])]).await;
        site.read_until(soon()).await;
        assert_eq!(site.asked("/news/0"), asked, "{robots:?}");
        let record = site.record(0).await;
        assert_eq!(record.class, Some(class), "{record:?}");
        if class == PageClass::Robots {
            assert!(record.due.is_some(), "it is asked again: {record:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_delay_is_told_to_who_paces_the_site() {
    let site = Site::of(
        Reply::ok("User-agent: *\nCrawl-delay: 10"),
        vec![("/news/0", vec![page(0)])],
    )
    .await;
    let due = site.ingest.store.due_pages(&BTreeSet::new(), soon()).await.unwrap();
    let report = read_page(&site.ingest, due[0].clone()).await.unwrap();
    assert_eq!(
        (report.kept.is_none(), report.gap),
        (true, Some(std::time::Duration::from_secs(10)))
    );
    let report = read_page(&site.ingest, due[0].clone()).await.unwrap();
    assert_eq!(report.gap, Some(std::time::Duration::from_secs(10)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_reads_pages_no_more_asks_for_none_that_waits() {
    let mut site = Site::of(Reply::ok(""), vec![("/news/0", vec![page(0)])]).await;
    let mut config = (*site.ingest.config).clone();
    config.sources[0].full_text = dateline::article::FullText::Off;
    site.ingest.config = Arc::new(config);
    site.read_until(soon()).await;
    assert_eq!((site.asked("/robots.txt"), site.asked("/news/0")), (0, 0));
    assert_eq!(site.record(0).await.class, Some(PageClass::Off));
}

/// An entry of the labelled archive.
#[derive(serde::Deserialize)]
struct Entry {
    id: String,
    guid: String,
    body: String,
    kind: String,
    gold: Gold,
}

#[derive(serde::Deserialize)]
struct Gold {
    cluster: String,
    #[serde(default)]
    ignore: Vec<String>,
}

/// What was said of an entry.
#[derive(serde::Deserialize)]
struct Told {
    id: String,
    article: Option<String>,
    story: Option<i64>,
}

/// Pairs of entries that were told to be one: rightly, and wrongly.
fn pairs(entries: &[Entry], told: &BTreeMap<String, (String, i64)>) -> (usize, usize) {
    let mut clusters: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        if let Some((article, _)) = told.get(&entry.id) {
            clusters.entry(article).or_default().push(entry);
        }
    }
    let (mut right, mut wrong) = (0, 0);
    for cluster in clusters.values() {
        for (at, one) in cluster.iter().enumerate() {
            for other in &cluster[at + 1..] {
                if one.gold.cluster == other.gold.cluster {
                    right += 1;
                } else if !one.gold.ignore.contains(&other.id) && !other.gold.ignore.contains(&one.id) {
                    wrong += 1;
                }
            }
        }
    }
    (right, wrong)
}

/// The articles that a summary made, with the whole text that its page would show.
async fn wholes<'e>(
    store: &Store,
    entries: &'e [Entry],
    told: &BTreeMap<String, (String, i64)>,
) -> BTreeMap<i64, &'e str> {
    let mut wholes = BTreeMap::new();
    for summary in entries.iter().filter(|entry| entry.kind == "summary") {
        let whole = entries
            .iter()
            .find(|entry| entry.kind == "full" && entry.gold.cluster == summary.gold.cluster);
        let (Some(whole), Some((article, _))) = (whole, told.get(&summary.id)) else {
            continue;
        };
        let article = store
            .find(article.split('.').next().unwrap())
            .await
            .unwrap()
            .unwrap()
            .article;
        if article.draft.guid.as_deref() == Some(&summary.guid) {
            wholes.insert(article.number, whole.body.as_str());
        }
    }
    wholes
}

/// Lets the pages of these articles wait.
async fn queue(store: &std::path::Path, articles: &BTreeMap<i64, &str>) {
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", store.display()))
        .await
        .unwrap();
    for article in articles.keys() {
        sqlx::query(
            "INSERT INTO page (article_id, version, source_id, url, site, due, until)
             SELECT v.article_id, v.version, v.source_id, 'https://wire.example/' || v.article_id, v.article_id || '.example',
                    '2000-01-01T00:00:00.000Z', '9999-01-01T00:00:00.000Z'
             FROM version v WHERE v.article_id = ?1 AND v.text_source IS NULL ORDER BY v.version DESC LIMIT 1",
        )
        .bind(article)
        .execute(&pool)
        .await
        .unwrap();
    }
    pool.close().await;
}

/// What a page says under the headline of its item.
fn understood(own: &Draft, whole: &str) -> Draft {
    let item = Item {
        title: own.headline.clone(),
        content: Some(dateline::text::html_of_text(&dateline::text::plain_text(whole))),
        ..Item::default()
    };
    let origin = Origin {
        source: own.source.clone(),
        wire: dateline::wire::generic(),
        rights: own.rights,
    };
    let feed = ParsedFeed {
        items: vec![item],
        ..ParsedFeed::default()
    };
    normalize(&feed, &origin, clock::now()).drafts.remove(0)
}

/// The labelled archive, with the page of every summary read: nothing is told worse than without. `DATELINE_LONG=1` runs it, and leaves
/// what was told beside the archive's ids in `DATELINE_VERDICTS`, for the archive's own scorer.
#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::disallowed_methods)] // how long a test runs is for whoever runs it
async fn summaries_that_their_pages_complete_are_told_apart_as_well_as_before() {
    let archive = corpus("dedup/dev.jsonl").filter(|_| std::env::var_os("DATELINE_LONG").is_some());
    let Some(archive) = archive else {
        println!("skipped: no corpus, or no DATELINE_LONG");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (path, verdicts) = (folder.path().join("dateline.sqlite"), folder.path().join("v.jsonl"));
    let imported = std::process::Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("--store")
        .arg(&path)
        .arg("import")
        .arg(&archive)
        .arg("--verdicts")
        .arg(&verdicts)
        .output()
        .unwrap();
    assert!(imported.status.success(), "{imported:?}");
    let lines = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
    let entries: Vec<Entry> = lines(&archive)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told: Vec<Told> = lines(&verdicts)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut told: BTreeMap<String, (String, i64)> = told
        .into_iter()
        .filter_map(|told| Some((told.id, (told.article?, told.story?))))
        .collect();
    let before = pairs(&entries, &told);

    let store = Store::open(&path).await.unwrap();
    let wholes = wholes(&store, &entries, &told).await;
    queue(&path, &wholes).await;
    let mut done: BTreeMap<&str, usize> = BTreeMap::new();
    loop {
        let pages = store.due_pages(&BTreeSet::new(), clock::now()).await.unwrap();
        if pages.is_empty() {
            break;
        }
        for page in pages {
            let own = store.draft(page.article, page.version).await.unwrap().unwrap();
            let answer = PageAnswer {
                class: PageClass::Text,
                reason: "answered 200".into(),
                robots: None,
                http_status: Some(200),
                validators: Validators::default(),
                due: None,
                moved: None,
                site_held: None,
                is_refusal: false,
                draft: Some(understood(&own, wholes[&page.article])),
            };
            let word = match store
                .keep_page(&page, &answer, TimeDelta::days(60), clock::now())
                .await
                .unwrap()
            {
                Completed::Filled { merged: Some(_), .. } => "filled, and one with another",
                Completed::Filled { merged: None, .. } => "filled",
                Completed::NoMore => "no more",
                Completed::Unlike => "unlike",
                Completed::Embargoed(_) => "embargoed",
                Completed::Outdated => panic!("nothing else changes it"),
                Completed::Kept(_) => "kept",
            };
            *done.entry(word).or_default() += 1;
        }
    }
    for entry in &entries {
        let Some((article, story)) = told.get_mut(&entry.id) else {
            continue;
        };
        let found = store.find(article.split('.').next().unwrap()).await.unwrap().unwrap();
        *story = found.article.story;
        if found.former.is_some() {
            let family = store.family(&found.article).await.unwrap();
            let shown = family
                .sightings
                .iter()
                .find(|s| s.guid.as_deref() == Some(&entry.guid))
                .and_then(|s| s.version);
            let edition = family
                .versions
                .iter()
                .find(|v| Some(v.article.version) == shown)
                .map_or(1, |v| v.edition);
            *article = format!("{}.{edition}", found.article.number);
        }
    }
    let after = pairs(&entries, &told);
    println!("{done:?}; pairs told to be one, rightly and wrongly: before {before:?}, after {after:?}");
    if let Some(out) = std::env::var_os("DATELINE_VERDICTS") {
        let rows = told.iter().map(|(id, (article, story))| {
            format!(
                "{}\n",
                serde_json::json!({ "id": id, "cluster": article, "family": story.to_string() })
            )
        });
        std::fs::write(out, rows.collect::<String>()).unwrap();
    }
    assert!(done.get("filled").is_some_and(|filled| *filled > 0), "{done:?}");
    assert!(after.0 >= before.0 && after.1 <= before.1, "{before:?} {after:?}");
}

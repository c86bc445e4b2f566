//! Outputs over HTTP: cursors, archive pages, tokens, codings.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use dateline::article::{Draft, Rights, SourceId};
use dateline::config::{self, Config};
use dateline::emit::{App, router};
use dateline::store::Store;
use futures_util::StreamExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::made;
use crate::ninjs::complaints;
use crate::site::{Answer, ask};

const BASE: &str = "https://news.example";

struct Site {
    router: Router,
    store: Store,
    _made: made::MadeStore,
}

/// The numbers of the articles of an NDJSON document, in its order.
fn numbers(answer: &Answer) -> Vec<i64> {
    let lines = answer.text();
    lines
        .lines()
        .map(|line| {
            let article: Value = serde_json::from_str(line).expect("JSON");
            article["number"].as_i64().expect("a number")
        })
        .collect()
}

impl Site {
    async fn new(config: &str, drafts: usize) -> Self {
        let made = made::store((0..drafts).map(made::draft).collect()).await;
        let config: Config = config::parse(
            &format!("[http]\nbase_url = \"{BASE}\"\n{config}\n[[source]]\nid = \"wire-a\"\nurl = \"https://wire.example/f\"\n"),
            "t.toml",
        )
        .expect("the configuration is good");
        made.store
            .serve_outputs(&config.outputs, dateline::clock::now())
            .await
            .expect("the store takes outputs");
        while made.store.seek_members(made::morning()).await.expect("it seeks").left > 0 {}
        let app = App::new(Arc::new(config), made.store.clone()).expect("the tokens can be read");
        Self {
            router: router(app, Router::new()),
            store: made.store.clone(),
            _made: made,
        }
    }

    async fn ask(&self, url: &str, headers: &[(&str, &str)]) -> Answer {
        ask(&self.router, "GET", url.strip_prefix(BASE).unwrap_or(url), headers).await
    }

    async fn get(&self, url: &str) -> Answer {
        self.ask(url, &[]).await
    }
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

#[tokio::test]
async fn a_reader_that_goes_on_from_its_cursor_hears_every_change_once() {
    let site = Site::new("[[output]]\nid = \"all\"\nlimit = 5", 12).await;
    let mut cursor = "0".to_owned();
    let mut heard = Vec::new();
    for round in 0..4 {
        let answer = site.get(&format!("/outputs/all.ndjson?since={cursor}&limit=5")).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(numbers(&answer).len() <= 5);
        heard.extend(numbers(&answer));
        answer.header("dateline-cursor").clone_into(&mut cursor);
        let json = site.get(&format!("/outputs/all.json?since={cursor}&limit=5")).await;
        let json: Value = serde_json::from_str(&json.text()).expect("JSON");
        assert_eq!(json["next_url"].is_string(), round == 0, "only where there is more");
    }
    assert_eq!(heard.len(), 12);
    assert_eq!(heard.iter().collect::<BTreeSet<_>>().len(), 12);

    // What the newest articles say of the cursor is where they end.
    let newest = site.get("/outputs/all.atom").await;
    assert_eq!(newest.header("dateline-cursor"), cursor);
    let changed = Draft {
        body_text: "CITY -- The text of release 3, and it was mended.".into(),
        ..made::draft(3)
    };
    made::admit(&site.store, vec![changed]).await;
    let answer = site.get(&format!("/outputs/all.ndjson?since={cursor}")).await;
    assert_eq!(numbers(&answer).len(), 1);
    assert!(answer.text().contains("it was mended"));
    for (url, status) in [
        ("/outputs/all.ndjson?since=x", 400),
        ("/outputs/all.ndjson?since=zz-1", 410),
        ("/outputs/all.ndjson?since=0&limit=0", 400),
    ] {
        assert_eq!(site.get(url).await.status.as_u16(), status, "{url}");
    }
}

/// Follows the archive links of an output from its feed: how many pages there are, and the ids of all entries.
async fn walk(site: &Site, feed: &str) -> (usize, BTreeSet<String>) {
    let mut seen = BTreeSet::new();
    let mut url = feed.to_owned();
    let mut pages = 0;
    loop {
        let answer = site.get(&url).await;
        assert_eq!(answer.status, StatusCode::OK, "{url}");
        let text = answer.text();
        seen.extend(
            text.split("<entry")
                .skip(1)
                .map(|entry| between(entry, "<id>", "</id>").expect("an id").to_owned()),
        );
        assert_eq!(text.contains("archive/>"), pages > 0, "an archive page says so: {url}");
        assert!(
            text.contains(&format!("href=\"{BASE}{}\"", url.trim_start_matches(BASE))),
            "self: {url}"
        );
        let Some(before) = between(&text, "rel=\"prev-archive\"", "/>") else {
            return (pages, seen);
        };
        url = between(before, "href=\"", "\"").expect("a link").to_owned();
        pages += 1;
    }
}

#[tokio::test]
async fn archive_pages_hold_what_the_feed_shows_no_more() {
    let outputs = "[[output]]\nid = \"all\"\nlimit = 4\n[[output]]\nid = \"young\"\nlimit = 4\nmax_age = \"1m\"";
    let site = Site::new(outputs, 13).await;
    let (pages, seen) = walk(&site, "/outputs/all.atom").await;
    assert_eq!((pages, seen.len()), (6, 13));
    // What is too old for the feed is on the page that is still being filled.
    assert!(numbers(&site.get("/outputs/young.ndjson").await).is_empty());
    let (pages, of_young) = walk(&site, "/outputs/young.atom").await;
    assert_eq!((pages, of_young), (7, seen));
    for none in [
        "2-7",
        "2-7-2",
        "2-0",
        "501-1",
        "0-1",
        "9223372036854775807-1",
        "2--9223372036854775808",
        "x",
        "2-99999999999999999999",
    ] {
        let url = format!("/outputs/all/archive/{none}.atom");
        assert_eq!(site.get(&url).await.status, StatusCode::NOT_FOUND, "{url}");
    }
    assert!(
        !site
            .get("/outputs/all.atom?limit=2")
            .await
            .text()
            .contains("prev-archive")
    );
}

#[tokio::test]
async fn an_output_with_tokens_is_for_their_holders() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, token: &str| {
        let path = folder.path().join(name);
        fs::write(&path, token).expect("a file");
        path
    };
    let (own, all) = (file("own", "0123456789abcdef"), file("all", "everything-0123456789"));
    let config =
        format!("token_file = {all:?}\n[[output]]\nid = \"open\"\n[[output]]\nid = \"own\"\ntoken_file = {own:?}");
    let site = Site::new(&config, 3).await;
    for url in [
        "/outputs/own.atom",
        "/outputs/own",
        "/outputs/own.ndjson?since=0",
        "/outputs/own/archive/50-1.atom",
    ] {
        let refused = site.get(url).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{url}");
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
        assert_eq!(refused.text().lines().count(), 1);
    }
    let bearer = [("authorization", "Bearer 0123456789abcdef")];
    let answer = site.ask("/outputs/own.json", &bearer).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("cache-control").starts_with("private"));
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "",
        "scripts of other sites have no token"
    );
    assert_eq!(
        site.get("/outputs/own.rss?token=0123456789abcdef").await.status,
        StatusCode::OK
    );
    assert!(
        !site.get("/outputs/none.atom").await.text().contains("own"),
        "nobody is told that it is there"
    );
    assert!(
        !site.get("/").await.text().contains("outputs/own"),
        "nor on the first page"
    );
    let list = site.get("/opml").await.text();
    assert!(
        list.contains("outputs/open.atom") && !list.contains("outputs/own"),
        "nor in the list: {list}"
    );

    let open = site.get("/outputs/open.json").await;
    assert_eq!(open.header("access-control-allow-origin"), "*");
    assert!(open.header("cache-control").starts_with("public, max-age="));

    // A filter of the request is for holders of the general token.
    let narrowed = "/outputs/open.ndjson?filter=headline%20~%20%22number%201%22";
    assert_eq!(site.get(narrowed).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(site.ask(narrowed, &bearer).await.status, StatusCode::UNAUTHORIZED);
    let general = [("authorization", "Bearer everything-0123456789")];
    let answer = site.ask(narrowed, &general).await;
    assert_eq!((answer.status, numbers(&answer).len()), (StatusCode::OK, 1));
    let wrong = site
        .ask("/outputs/open.ndjson?filter=headlin%20~%20%22x%22", &general)
        .await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text().contains("did you mean `headline`?"), "{}", wrong.text());
}

#[tokio::test]
async fn a_document_is_coded_as_the_client_likes_and_revalidated_in_any_coding() {
    let site = Site::new("[[output]]\nid = \"all\"", 30).await;
    let plain = site.get("/outputs/all.atom").await;
    for coding in ["br", "gzip", "zstd"] {
        let coded = site.ask("/outputs/all.atom", &[("accept-encoding", coding)]).await;
        assert_eq!(coded.header("content-encoding"), coding);
        assert!(coded.body.len() * 2 < plain.body.len(), "{coding}");
        let tag = coded.header("etag").to_owned();
        assert_ne!(tag, plain.header("etag"), "a strong tag names bytes");
        let again = site
            .ask(
                "/outputs/all.atom",
                &[("accept-encoding", coding), ("if-none-match", &tag)],
            )
            .await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
        assert_eq!(again.header("etag"), tag);
    }
    made::admit(&site.store, vec![made::draft(77)]).await;
    let tag = plain.header("etag").to_owned();
    let changed = site.ask("/outputs/all.atom", &[("if-none-match", &tag)]).await;
    assert_eq!(changed.status, StatusCode::OK, "a change is seen with the next request");
}

#[tokio::test]
async fn an_output_gives_no_more_than_its_rights() {
    let site = Site::new(
        "[[output]]\nid = \"all\"\n[[output]]\nid = \"short\"\nrights = \"headline\"",
        2,
    )
    .await;
    for format in ["atom", "rss", "json", "ninjs", "ndjson"] {
        let (all, short) = (
            site.get(&format!("/outputs/all.{format}")).await.text(),
            site.get(&format!("/outputs/short.{format}")).await.text(),
        );
        for text in ["The text of release 1", "What number 1 says in short"] {
            assert!(all.contains(text), "{format}");
            assert!(!short.contains(text), "{format}");
        }
        assert!(short.contains("Release number 1 of this morning"), "{format}");
    }
}

#[tokio::test]
async fn a_document_names_the_url_by_which_it_was_asked_and_never_the_token() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("tokens");
    fs::write(&file, "everything-0123456789").expect("a file");
    let site = Site::new(&format!("token_file = {file:?}\n[[output]]\nid = \"all\""), 12).await;
    let token = "token=everything-0123456789";
    let bearer = [("authorization", "Bearer everything-0123456789")];
    let filter = "filter=headline+%7E+%22number+1*%22+and+not+text+%7E+%22a%26b%22";
    for (asked, named) in [
        (String::new(), String::new()),
        ("?limit=2".into(), "?limit=2".into()),
        (format!("?{token}&limit=2&x=y"), "?limit=2".into()),
        (format!("?{filter}&{token}"), format!("?{filter}")),
        (format!("?limit=3&{token}&{filter}"), format!("?{filter}&limit=3")),
        (
            format!("?{token}&filter=headline%20~%20%22number%201*%22%20and%20not%20text%20~%20%22a%26b%22"),
            format!("?{filter}"),
        ),
        (format!("?since=0&limit=2&{token}"), "?since=0&limit=2".into()),
    ] {
        let url = |query: &str, extension: &str| format!("{BASE}/outputs/all.{extension}{query}");
        for extension in ["atom", "rss", "json"] {
            let answer = site.get(&url(&asked, extension)).await;
            let text = answer.text();
            let named = url(&named, extension);
            let own = match extension {
                "json" => serde_json::from_str::<Value>(&text).expect("JSON")["feed_url"]
                    .as_str()
                    .map(str::to_owned),
                _ => between(&text, "rel=\"self\"", "/>")
                    .and_then(|link| between(link, "href=\"", "\""))
                    .map(|href| href.replace("&amp;", "&")),
            };
            assert_eq!(own.as_ref(), Some(&named), "{asked}");
            assert!(!text.contains("everything-"), "{asked}");
            assert_eq!(
                site.ask(&named, &bearer).await.text(),
                text,
                "{named} is the same document"
            );
        }
    }
}

#[tokio::test]
async fn copies_are_shown_by_themselves_with_their_source_and_no_more_than_it_allows() {
    let shown = "[[output]]\nid = \"all\"\ncopies = \"shown\"\nentry_title = \"{headline} ({source})\"\n\
        [[output]]\nid = \"short\"\ncopies = \"shown\"\nrights = \"headline\"\n\
        [[source]]\nid = \"wire-b\"\nurl = \"https://b.example/f\"\nrights = \"summary\"";
    let site = Site::new(shown, 2).await;
    let text = "Acme Corp. opened its second plant in Toledo on Monday. The plant makes 40,000 valves a year and employs 310 people, \
        said Jo Bolt, who runs it. It stands where the old glassworks stood until 1998.";
    let release = |source: &str, headline: &str, rights| Draft {
        headline: Some(headline.into()),
        url: Some(format!("https://{source}.example/acme")),
        guid: Some(format!("{source}-9")),
        body_text: text.into(),
        body_html: format!("<p>{text}</p>"),
        rights,
        source: SourceId::new(source),
        ..made::draft(9)
    };
    let cursor = site.get("/outputs/all.atom").await.header("dateline-cursor").to_owned();
    made::admit(
        &site.store,
        vec![release("wire-a", "Acme opens its second plant", Rights::Full)],
    )
    .await;
    made::admit_from(
        &site.store,
        "wire-b",
        vec![release("wire-b", "Acme opens second plant in Toledo", Rights::Summary)],
    )
    .await;

    let lines = site.get(&format!("/outputs/all.ndjson?since={cursor}")).await.text();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let [article, copy] = &lines[..] else {
        panic!("an article and its copy: {lines:?}");
    };
    assert_eq!(
        (copy["number"].as_i64(), &copy["copy_of"]),
        (article["number"].as_i64(), &article["id"])
    );
    assert_eq!(article.get("copy_of"), None);
    for (key, of_article, of_copy) in [
        ("source", "wire-a", "wire-b"),
        ("url", "https://wire-a.example/acme", "https://wire-b.example/acme"),
        ("guid", "wire-a-9", "wire-b-9"),
        (
            "headline",
            "Acme opens its second plant",
            "Acme opens second plant in Toledo",
        ),
        ("rights", "full", "summary"),
        ("body_text", text, ""),
        (
            "summary",
            "What number 9 says in short.",
            "What number 9 says in short.",
        ),
    ] {
        assert_eq!(
            (&article[key], &copy[key]),
            (&Value::from(of_article), &Value::from(of_copy)),
            "{key}"
        );
    }

    let atom = site.get("/outputs/all.atom").await.text();
    let entries: Vec<&str> = atom.split("<entry").skip(1).collect();
    assert_eq!(entries.len(), 4, "three articles and a copy");
    assert!(
        entries[1].contains("<title type=\"text\">Acme opens second plant in Toledo (wire-b)</title>"),
        "{}",
        entries[1]
    );
    assert!(
        entries[1].contains(copy["id"].as_str().expect("an id")),
        "one id in every format"
    );
    assert!(
        between(entries[1], "<source>", "</source>")
            .expect("its source")
            .contains("https://b.example/f")
    );
    for format in ["atom", "rss", "json", "ninjs", "ndjson"] {
        let short = site.get(&format!("/outputs/short.{format}")).await.text();
        assert!(
            short.contains("Acme opens second plant in Toledo") && !short.contains("What number 9 says"),
            "{format}"
        );
    }
    let documents: Vec<Value> =
        serde_json::from_str(&site.get("/outputs/all.ninjs").await.text()).expect("a JSON array");
    assert_eq!(documents.len(), 4);
    assert_eq!(
        documents.iter().flat_map(complaints).collect::<Vec<_>>(),
        Vec::<String>::new()
    );

    // A listener hears of articles: one event a change.
    let request = Request::builder()
        .uri("/outputs/all/events")
        .header("last-event-id", &cursor);
    let request = request.body(Body::empty()).expect("a request");
    let mut stream = site
        .router
        .clone()
        .oneshot(request)
        .await
        .expect("infallible")
        .into_body()
        .into_data_stream();
    let (name, _, data) = event(&mut stream).await;
    assert_eq!((name.as_str(), &data["id"]), ("article", &article["id"]));
}

/// The next event of a stream: its name, its id and its data.
async fn event(stream: &mut BodyDataStream) -> (String, String, Value) {
    let mut text = String::new();
    loop {
        let data = tokio::time::timeout(Duration::from_secs(20), stream.next())
            .await
            .expect("an event in time");
        let data = data.expect("the stream goes on").expect("no error");
        text.push_str(std::str::from_utf8(&data).expect("UTF-8"));
        if let Some(found) = text.strip_suffix("\n\n") {
            let line = |name: &str| {
                found
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
                    .expect("the line")
                    .trim()
                    .to_owned()
            };
            let data = serde_json::from_str(&line("data:")).expect("JSON");
            return (line("event:"), line("id:"), data);
        }
    }
}

#[tokio::test]
async fn a_listener_hears_each_change_as_it_comes_and_goes_on_where_it_was_cut_off() {
    let site = Site::new("[[output]]\nid = \"all\"", 2).await;
    let listen = |id: String| {
        let router = site.router.clone();
        async move {
            let request = Request::builder()
                .uri("/outputs/all/events")
                .header("accept-encoding", "gzip");
            let request = match id.as_str() {
                "" => request,
                id => request.header("last-event-id", id),
            };
            router
                .oneshot(request.body(Body::empty()).expect("a request"))
                .await
                .expect("infallible")
        }
    };
    let answer = listen(String::new()).await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    assert!(
        !answer.headers().contains_key("content-encoding"),
        "what is coded comes in blocks"
    );
    let mut stream = answer.into_body().into_data_stream();
    made::admit(&site.store, vec![made::draft(7)]).await;
    let (name, first, data) = event(&mut stream).await;
    assert_eq!(
        (name.as_str(), data["headline"].as_str()),
        ("article", Some("Release number 7 of this morning"))
    );
    made::admit(&site.store, vec![made::draft(8)]).await;
    let (_, second, data) = event(&mut stream).await;
    assert_eq!(data["headline"], "Release number 8 of this morning");
    drop(stream);

    let mut stream = listen(first).await.into_body().into_data_stream();
    let (_, again, data) = event(&mut stream).await;
    assert_eq!(
        (again, data["headline"].as_str()),
        (second, Some("Release number 8 of this morning"))
    );
    assert_eq!(listen("nonsense!".to_owned()).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(listen("zz-1".to_owned()).await.status(), StatusCode::GONE);
    assert_eq!(site.get("/outputs/none/events").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_show_no_more_than_an_output_that_everybody_may_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("tokens");
    fs::write(&file, "0123456789abcdef").expect("a file");
    let own = format!("[[output]]\nid = \"own\"\ntoken_file = {file:?}\n");
    let odd =
        |rights: &str| format!("[[output]]\nid = \"odd\"\nfilter = 'headline ~ \"number 1\"'\nrights = \"{rights}\"\n");
    // Release 1 is in both outputs, release 2 in the one with tokens alone.
    for (config, of_1, of_2) in [
        (odd("full"), (true, true), (true, true)),
        (own.clone(), (false, false), (false, false)),
        (format!("{own}{}", odd("summary")), (false, true), (false, false)),
        (format!("{own}{}", odd("full")), (true, true), (false, false)),
    ] {
        let site = Site::new(&config, 3).await;
        let index = site.get("/").await.text();
        for (number, (text, summary)) in [(1, of_1), (2, of_2)] {
            let article = made::everything(&site.store)
                .await
                .into_iter()
                .find(|article| article.draft.guid == Some(format!("guid-{number}")))
                .expect("it is stored");
            for form in ["", ".json", ".ninjs"] {
                let answer = site.get(&format!("/articles/{}{form}", article.number)).await.text();
                let has = |what: String| answer.contains(&what);
                assert!(has(format!("Release number {number} of")), "{config} {form}");
                assert_eq!(
                    has(format!("The text of release {number}.")),
                    text,
                    "{config} {number}{form}"
                );
                assert_eq!(
                    has(format!("What number {number} says in short.")),
                    summary,
                    "{config} {number}{form}"
                );
            }
            assert_eq!(
                index.contains(&format!("What number {number} says in short.")),
                summary,
                "{config} {number}"
            );
        }
    }
}

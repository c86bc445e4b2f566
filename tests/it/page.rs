//! `dateline page`: the full text of a release out of a file or an address.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::server::{Reply, Server};

const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pages");

fn dateline(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dateline"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary starts")
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_saved_page_is_read_without_a_network_or_a_configuration() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("{PAGES}/businesswire-results.html");
    let known = std::fs::read_to_string(format!("{PAGES}/businesswire-results.txt")).expect("the text");

    let (code, text, told) = said(&dateline(folder.path(), &["page", &file]));
    assert_eq!((code, told.as_str()), (Some(0), ""));
    let head = "Bolt Industries Reports Third Quarter of 2026\ntext, found by wire, wire businesswire\n\
                https://www.businesswire.com/news/home/20261005000002/en/Bolt-Reports-Third-Quarter\nmedium: ";
    assert!(text.starts_with(head) && text.ends_with(&known), "{text}");

    let (code, text, _) = said(&dateline(folder.path(), &["page", &file, "--generic", "--json"]));
    let page: Value = serde_json::from_str(&text).expect("JSON");
    let mut keys: Vec<&str> = page
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "body_html",
            "body_text",
            "class",
            "cut",
            "headline",
            "media",
            "method",
            "url",
            "wall",
            "wire"
        ]
    );
    assert_eq!(
        (code, &page["class"], &page["method"]),
        (Some(0), &"text".into(), &"readability".into())
    );
    assert!(
        page["body_html"]
            .as_str()
            .is_some_and(|html| html.contains("Gross profit</p></td>")),
        "{text}"
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        0,
        "it keeps nothing"
    );
}

#[test]
fn what_is_no_text_ends_with_one_clear_line() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in [
        (
            "wall.html",
            "<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>",
        ),
        (
            "feed.xml",
            "<rss version='2.0'><channel><item><title>a</title></item></channel></rss>",
        ),
        ("short.html", "<html><body><p>Soon.</p></body></html>"),
    ] {
        std::fs::write(folder.path().join(name), content).expect("written");
    }
    for (arguments, code, line) in [
        (
            &["wall.html"][..],
            65,
            "dateline: wall.html: no text: challenge: the page wants something first (cloudflare)\n",
        ),
        (
            &["feed.xml"],
            65,
            "dateline: feed.xml: no text: not-html: this is no HTML page\n",
        ),
        (
            &["short.html"],
            65,
            "dateline: short.html: no text: empty: the page holds none\n",
        ),
        (
            &["short.html", "--wire", "acme"],
            64,
            "dateline: no wire is named \"acme\"; there are: prnewswire,",
        ),
        (&["missing.html"], 74, "dateline: cannot read missing.html: "),
    ] {
        let (ended, _, told) = said(&dateline(folder.path(), &[&["page"], arguments].concat()));
        assert_eq!(ended, Some(code), "{told}");
        assert!(told.starts_with(line) && told.lines().count() == 1, "{told}");
    }
    let (code, text, _) = said(&dateline(folder.path(), &["page", "wall.html", "--json"]));
    let page: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        (code, &page["class"], &page["body_text"]),
        (Some(65), &"challenge".into(), &"".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_fetched_as_the_daemon_fetches_but_for_html() {
    let server = Server::start().await;
    let page = std::fs::read_to_string(format!("{PAGES}/globenewswire-results.html")).expect("a page");
    server.play("/old", vec![Reply::redirect(302, "/release")]);
    server.play(
        "/release",
        vec![Reply::status(
            200,
            &[("Content-Type", "text/html; charset=utf-8")],
            page,
        )],
    );
    server.play(
        "/gone",
        vec![Reply::status(404, &[], "<html><title>Page not found</title></html>")],
    );
    let wall = "<html><title>Just a moment...</title><body><script src=\"/cdn-cgi/challenge-platform/h/b/chl_page/v1\"></script></body></html>";
    server.play("/wall", vec![Reply::status(403, &[], wall)]);
    server.play("/round", vec![Reply::redirect(302, "/round")]);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("open.toml"),
        "[fetch]\nallow_private_networks = true\n",
    )
    .expect("written");
    let run = |path: &str, more: &[&str]| {
        let url = server.url(path).to_string();
        said(&dateline(folder.path(), &[&["page", &url], more].concat()))
    };

    let (code, text, told) = run("/old", &["--config", "open.toml", "--wire", "globenewswire", "--json"]);
    assert_eq!(code, Some(0), "{told}");
    let page: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(page["url"], server.url("/release").as_str());
    assert_eq!(
        (&page["wire"], &page["method"]),
        (&"globenewswire".into(), &"wire".into())
    );
    assert_eq!(page["media"][0]["caption"], "The open pit at dawn");
    let accepted = server.requests("/old")[0].header("accept").map(str::to_owned);
    assert!(accepted.is_some_and(|accepted| accepted.starts_with("text/html")));

    for (path, code, says) in [
        ("/gone", 65, "not-found"),
        ("/wall", 65, "cloudflare"),
        ("/round", 69, "redirects"),
    ] {
        let (exit, _, told) = run(path, &["--config", "open.toml"]);
        assert!(exit == Some(code) && told.contains(says), "{path}: {told}");
    }
    // The embedded configuration lets nobody into our own network.
    let (code, _, told) = run("/release", &[]);
    assert!(code == Some(69) && told.contains("127.0.0.1"), "{told}");
}

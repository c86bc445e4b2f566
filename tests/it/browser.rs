//! The pages in a real browser: Debian's Chromium, headless, over its debugging pipe. Skipped where there is none.
//!
//! `DATELINE_SCREENSHOTS=folder` keeps what a person would see, a picture a page, width and scheme.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use dateline::emit::{ServeLimits, serve};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::pages;

/// Where Debian, Ubuntu and Chrome's own package put it.
const PLACES: &[&str] = &[
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
];

/// What the page says of itself, as JSON.
const LOOK: &str = r#"JSON.stringify({
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  landmarks: ["header", "nav", "main", "footer"].filter(name => !document.querySelector(name)),
  headings: [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map(heading => Number(heading.localName[1])),
  unnamed: [...document.querySelectorAll("input,button,a")].filter(element =>
    !(element.labels?.length || element.ariaLabel || element.textContent.trim())).map(element => element.outerHTML),
  paper: getComputedStyle(document.body).backgroundColor,
  small: [...document.querySelectorAll("body *")].filter(element => element.childNodes.length && element.checkVisibility() &&
    parseFloat(getComputedStyle(element).fontSize) < 12).map(element => element.outerHTML.slice(0, 80)),
})"#;

/// A browser of our own; it goes when this is dropped.
struct Browser {
    child: Child,
    sends: File,
    receives: BufReader<File>,
    events: VecDeque<Value>,
    asked: u64,
    session: String,
    _folder: tempfile::TempDir,
}

impl Browser {
    fn start(program: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pipe = |name: &str| folder.path().join(name);
        let made = Command::new("mkfifo").arg(pipe("in")).arg(pipe("out")).status();
        assert!(made.expect("mkfifo").success());
        // The shell hands the two pipes over as the descriptors that Chromium speaks on.
        let child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<\"$PIPES/in\" 4>\"$PIPES/out\""])
            .arg(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--remote-debugging-pipe",
            ])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .env("PIPES", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let sends = OpenOptions::new().write(true).open(pipe("in")).expect("a pipe");
        let receives = BufReader::new(File::open(pipe("out")).expect("a pipe"));
        let mut browser = Self {
            child,
            sends,
            receives,
            events: VecDeque::new(),
            asked: 0,
            session: String::new(),
            _folder: folder,
        };
        let target = browser.ask("Target.createTarget", json!({"url": "about:blank"}));
        let attached = browser.ask(
            "Target.attachToTarget",
            json!({"targetId": target["targetId"], "flatten": true}),
        );
        browser.session = attached["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let mut message = json!({"id": self.asked, "method": method});
        message["params"] = params;
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        write!(self.sends, "{message}\0").expect("it listens");
        loop {
            let answer = self.receive();
            if answer["id"] == self.asked {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push_back(answer);
        }
    }

    fn receive(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.receives.read_until(0, &mut bytes).expect("it answers");
        bytes.pop();
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// Opens a page and gives what it says of itself, and every event until it was loaded.
    fn open(&mut self, url: &str, width: u32, scheme: &str) -> (Value, Vec<Value>) {
        let height = if width < 500 { 844 } else { 900 };
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}),
        );
        let scheme = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.ask("Emulation.setEmulatedMedia", json!({"features": scheme}));
        self.events.clear();
        self.ask("Page.navigate", json!({"url": url}));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.receive();
            self.events.push_back(event);
        }
        let seen = self.ask("Runtime.evaluate", json!({"expression": LOOK, "returnByValue": true}));
        let seen = seen["result"]["value"]
            .as_str()
            .unwrap_or_else(|| panic!("{url}: {seen}"));
        (
            serde_json::from_str(seen).expect("JSON"),
            self.events.drain(..).collect(),
        )
    }

    fn picture(&mut self) -> Vec<u8> {
        let shot = self.ask(
            "Page.captureScreenshot",
            json!({"captureBeyondViewport": true, "format": "png"}),
        );
        BASE64_STANDARD
            .decode(shot["data"].as_str().expect("a picture"))
            .expect("base64")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[allow(clippy::disallowed_methods)] // a test may be told where to put its pictures
fn screenshots() -> Option<PathBuf> {
    std::env::var_os("DATELINE_SCREENSHOTS").map(PathBuf::from)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_shows_every_page_whole_on_a_phone_and_a_desk_in_both_schemes() {
    let Some(program) = PLACES.iter().map(Path::new).find(|place| place.exists()) else {
        println!("skipped: there is no Chromium here");
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let home = format!("http://{}", listener.local_addr().expect("an address"));
    let site = pages::furnished(&home).await;
    let shutdown = CancellationToken::new();
    let limits = ServeLimits::default();
    let server = tokio::spawn(serve(
        listener,
        site.router.clone(),
        limits,
        shutdown.clone(),
        Duration::ZERO,
    ));
    let urls = site.urls().await;
    tokio::task::spawn_blocking(move || look(program, &home, &urls))
        .await
        .expect("no panic");
    shutdown.cancel();
    server.await.expect("it ends");
}

fn look(program: &Path, home: &str, urls: &[(&str, String)]) {
    let mut browser = Browser::start(program);
    let folder = screenshots();
    if let Some(folder) = &folder {
        std::fs::create_dir_all(folder).expect("a folder for pictures");
    }
    let mut papers = Vec::new();
    for (name, url) in urls {
        for (width, scheme) in [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")] {
            let what = format!("{name} {width} {scheme}");
            let (seen, events) = browser.open(&format!("{home}{url}"), width, scheme);
            assert!(seen["overflow"].as_i64() <= Some(0), "{what} scrolls sideways: {seen}");
            for list in ["landmarks", "unnamed", "small"] {
                assert_eq!(seen[list], json!([]), "{what}: {list}");
            }
            let headings: Vec<i64> = seen["headings"]
                .as_array()
                .expect("a list")
                .iter()
                .flat_map(Value::as_i64)
                .collect();
            assert_eq!(
                headings.iter().filter(|level| **level == 1).count(),
                1,
                "{what}: {headings:?}"
            );
            assert!(
                headings.windows(2).all(|pair| pair[1] <= pair[0] + 1),
                "{what} skips a heading: {headings:?}"
            );
            for event in &events {
                let told = matches!(
                    event["method"].as_str(),
                    Some("Log.entryAdded" | "Runtime.consoleAPICalled" | "Runtime.exceptionThrown")
                );
                // The page of a mistake answers 400, which a browser logs.
                let is_expected = *name == "mistake" && event["params"]["entry"]["source"] == "network";
                assert!(!told || is_expected, "{what}: {event}");
                if event["method"] == "Network.requestWillBeSent" {
                    let asked = event["params"]["request"]["url"].as_str().expect("a URL");
                    assert!(
                        asked.starts_with(home) || asked.starts_with("data:"),
                        "{what} asks {asked}"
                    );
                }
            }
            papers.push((scheme, seen["paper"].as_str().expect("a colour").to_owned()));
            if let Some(folder) = &folder {
                let file = folder.join(format!("{name}-{width}-{scheme}.png"));
                std::fs::write(file, browser.picture()).expect("a picture is kept");
            }
        }
    }
    papers.sort();
    papers.dedup();
    assert_eq!(papers.len(), 2, "each scheme has its paper: {papers:?}");
}

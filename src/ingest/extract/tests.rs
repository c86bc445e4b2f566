use std::collections::HashMap;
use std::fs;

use proptest::prelude::*;

use super::*;
use crate::ingest::mutated::mutated;

/// A page made by hand in the true form of a wire, with what a person reads in it.
struct Saved {
    name: String,
    html: String,
    text: String,
    known: serde_json::Value,
}

fn folder() -> String {
    format!("{}/tests/fixtures/pages", env!("CARGO_MANIFEST_DIR"))
}

fn saved_pages() -> Vec<Saved> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "html") {
            let beside = |extension| fs::read_to_string(path.with_extension(extension)).unwrap();
            pages.push(Saved {
                name: path.file_stem().unwrap().to_string_lossy().into_owned(),
                html: beside("html"),
                text: beside("txt"),
                known: serde_json::from_str(&beside("json")).unwrap(),
            });
        }
    }
    pages.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(pages.len() >= 9, "three pages each of three wires");
    pages
}

/// The pages around a release, without the release.
fn chrome(name: &str) -> String {
    fs::read_to_string(format!("{}/chrome/{name}.html", folder())).unwrap()
}

fn wrapped(chrome: &str, headline: &str, url: &str, body: &str) -> String {
    chrome
        .replace("{{headline}}", &text::escape_html(headline))
        .replace("{{json}}", &headline.replace('\\', "\\\\").replace('"', "\\\""))
        .replace("{{url}}", url)
        .replace("{{contact}}", "")
        .replace("{{body}}", body)
}

/// Not caught: a test is to see a panic.
fn extracted(html: &str, url: Option<&str>, mode: Mode) -> Page {
    let url = url.map(|url| Url::parse(url).unwrap());
    let received = Received {
        bytes: html.as_bytes(),
        url: url.as_ref(),
        ..Received::default()
    };
    let wire = url.as_ref().and_then(wire_of);
    read(&received, wire, mode).unwrap_or_else(|class| without_text(class, &received, wire))
}

/// Recall and precision of words, each counted as often as it stands.
fn agreement(found: &str, known: &str) -> (f64, f64) {
    let counted = |text: &str| {
        let mut words: HashMap<String, usize> = HashMap::new();
        for word in text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
        {
            *words.entry(word.to_lowercase()).or_default() += 1;
        }
        words
    };
    let (found, known) = (counted(found), counted(known));
    let both: usize = found
        .iter()
        .map(|(word, times)| (*times).min(known.get(word).copied().unwrap_or_default()))
        .sum();
    let share = |of: &HashMap<String, usize>| match of.values().sum::<usize>() {
        0 => 1.0,
        all => both as f64 / all as f64,
    };
    (share(&known), share(&found))
}

/// The cells of the tables of a text as it is written: rows are lines, cells are tabs apart.
fn has_table(text: &str, table: &serde_json::Value) -> bool {
    let rows = table.as_array().unwrap().iter().map(|row| {
        let cells: Vec<&str> = row
            .as_array()
            .unwrap()
            .iter()
            .map(|cell| cell.as_str().unwrap())
            .collect();
        cells.join("\t").trim_end().to_owned()
    });
    text.contains(&rows.collect::<Vec<_>>().join("\n"))
}

#[test]
fn a_saved_page_gives_its_release_and_nothing_else() {
    for page in saved_pages() {
        for (mode, least) in [(Mode::Wire, 0.98), (Mode::Generic, 0.95)] {
            // Without an address, as a saved page comes.
            let found = extracted(&page.html, None, mode);
            let (recall, precision) = agreement(&found.body_text, &page.text);
            println!(
                "{} {mode:?}: {:?} recall {recall:.3} precision {precision:.3}",
                page.name, found.method
            );
            assert_eq!(found.class, Class::Text, "{} {mode:?} {:?}", page.name, found.wall);
            assert!(
                recall >= least && precision >= least,
                "{} {mode:?}\n{}",
                page.name,
                found.body_text
            );
            assert_eq!(
                found.headline.as_deref(),
                page.known["headline"].as_str(),
                "{}",
                page.name
            );
            assert_eq!(found.url.as_deref(), page.known["url"].as_str(), "{}", page.name);
            for table in page.known["tables"].as_array().unwrap() {
                assert!(
                    has_table(&found.body_text, table),
                    "{} {mode:?}: {table}\n{}",
                    page.name,
                    found.body_text
                );
            }
            if mode == Mode::Wire {
                assert_eq!(found.method, Some(Method::Wire), "{}", page.name);
                assert!(page.name.starts_with(found.wire), "{}", page.name);
                assert_eq!(found.body_text.trim(), page.text.trim(), "{}", page.name);
                let media: Vec<_> = found
                    .media
                    .iter()
                    .map(|medium| serde_json::json!({"url": medium.url, "caption": medium.caption}))
                    .collect();
                assert_eq!(serde_json::json!(media), page.known["media"], "{}", page.name);
            }
        }
    }
}

/// Bodies of real releases: wire, headline, HTML.
fn real_bodies() -> Vec<(&'static str, String, String)> {
    let mut bodies = Vec::new();
    let between = |text: &str, open: &str, close: &str| -> Vec<String> {
        let pieces = text.split(open).skip(1).filter_map(|piece| piece.split_once(close));
        pieces
            .map(|(inner, _)| inner.split_once('>').map_or(inner, |(_, inner)| inner).to_owned())
            .collect()
    };
    let unescaped = |text: &str| decode_once(text);
    for name in ["20130515006361", "20130605006126", "20130731006140", "20210130005024r1"] {
        if let Some(file) = text::corpus(&format!("wires/businesswire-newsml12-{name}.xml")) {
            let longest = between(&file, "<body", "</body>")
                .into_iter()
                .max_by_key(String::len)
                .unwrap();
            let headline = between(&file, "<HeadLine", "</HeadLine>").remove(0);
            bodies.push(("businesswire", text::plain_title(&headline), longest));
        }
    }
    for name in ["07ac", "0b78", "16de", "1bf6", "202006097942547-en", "fr", "tables"] {
        if let Some(file) = text::corpus(&format!("wires/globenewswire-newsmlg2-{name}.xml")) {
            let body = between(&file, "<body", "</body>").remove(0);
            // Pages have the headline above the body.
            let body = body
                .split_once("</h1>")
                .map_or(body.clone(), |(_, rest)| rest.to_owned());
            let headline = between(&file, "<headline", "</headline>").remove(0);
            bodies.push(("globenewswire", text::plain_title(&headline), body));
        }
    }
    if let Some(file) = text::corpus("wires/prnewswire-cision-contentapi-release.json") {
        let release: serde_json::Value = serde_json::from_str(&file).unwrap();
        let said = |key: &str| release["data"][key].as_str().unwrap().to_owned();
        bodies.push(("prnewswire", said("title"), said("body")));
    }
    for (name, open, close) in [
        ("ntb-kommunikasjon-solita-1", "<body", "</body>"),
        ("ntb-kommunikasjon-solita-2", "<body", "</body>"),
        ("ntb-kommunikasjon-solita-3", "<body", "</body>"),
        ("ritzau-feed", "<content", "</content>"),
        ("ritzau-ntb-ritzau_2", "<content", "</content>"),
    ] {
        if let Some(file) = text::corpus(&format!("wires/{name}.xml")) {
            bodies.push((
                "nordic",
                "Pressemelding".to_owned(),
                unescaped(&between(&file, open, close).remove(0)),
            ));
        }
    }
    bodies
}

/// XML text as a parser of XML gives it.
fn decode_once(text: &str) -> String {
    ["&lt;", "&gt;", "&quot;", "&apos;", "&#xD;", "&amp;"]
        .iter()
        .zip(["<", ">", "\"", "'", "\r", "&"])
        .fold(text.to_owned(), |text, (reference, character)| {
            text.replace(reference, character)
        })
}

/// Figures of a set of pages, printed; the worst of them.
#[derive(Default)]
struct Figures(HashMap<String, Vec<(f64, f64)>>);

impl Figures {
    fn add(&mut self, group: String, figures: (f64, f64)) {
        self.0.entry(group).or_default().push(figures);
    }

    fn print(&self, title: &str) {
        let mut groups: Vec<_> = self.0.iter().collect();
        groups.sort_by(|a, b| a.0.cmp(b.0));
        for (group, figures) in groups {
            let count = figures.len() as f64;
            let mean = |of: fn(&(f64, f64)) -> f64| figures.iter().map(of).sum::<f64>() / count;
            let least = |of: fn(&(f64, f64)) -> f64| figures.iter().map(of).fold(1.0, f64::min);
            println!(
                "{title} {group}: {count} pages, recall {:.4} (least {:.3}), precision {:.4} (least {:.3})",
                mean(|f| f.0),
                least(|f| f.0),
                mean(|f| f.1),
                least(|f| f.1),
            );
        }
    }
}

#[test]
fn real_bodies_in_the_pages_of_their_wires_come_out_whole() {
    let mut figures = Figures::default();
    let mut low = Vec::new();
    for (wire, headline, body) in real_bodies() {
        let known = text::html_to_text(&text::sanitize_html(&body, None));
        let own: &[&str] = match wire {
            "businesswire" => &["businesswire", "businesswire_2020"],
            "globenewswire" => &["globenewswire"],
            "prnewswire" => &["prnewswire"],
            _ => &["nordic", "newsroom", "government"],
        };
        for chrome_name in own.iter().chain(&["newsroom"]) {
            let host = match *chrome_name {
                "businesswire" | "businesswire_2020" => "https://www.businesswire.com/news/home/20261005000001/en/a",
                "globenewswire" => "https://www.globenewswire.com/news-release/2026/10/05/3160001/0/en/a.html",
                "prnewswire" => "https://www.prnewswire.com/news-releases/a-302000101.html",
                _ => "https://newsroom.acme.example/a",
            };
            let html = wrapped(&chrome(chrome_name), &headline, host, &body);
            let unmarked = html.replace("itemprop=\"articleBody\"", "");
            for (mode, name, html) in [
                (Mode::Wire, "wire", &html),
                (Mode::Generic, "generic", &html),
                (Mode::Generic, "generic, unmarked", &unmarked),
            ] {
                let found = extracted(html, Some(host), mode);
                let (recall, precision) = agreement(&found.body_text, &known);
                figures.add(format!("{chrome_name} {name}"), (recall, precision));
                if own.contains(chrome_name) && mode == Mode::Wire && *chrome_name == wire {
                    // Each row of a table is a line, each cell behind a tab.
                    let rows = |text: &str| {
                        text.lines()
                            .filter(|line| line.contains('\t'))
                            .map(str::to_owned)
                            .collect::<Vec<_>>()
                    };
                    assert_eq!(rows(&found.body_text), rows(&known), "{headline}");
                }
                if recall < 0.98 || precision < 0.98 {
                    let told = (found.method, found.class, found.wall);
                    low.push(format!(
                        "{headline} in {chrome_name} {name}: {told:?} recall {recall:.3} precision {precision:.3}"
                    ));
                }
            }
        }
    }
    figures.print("real bodies");
    assert!(low.is_empty(), "{}", low.join("\n"));
}

/// A page has no shorter release.
const FEW_WORDS: usize = 60;

#[test]
fn releases_are_found_by_their_looks_in_the_pages_of_any_site() {
    let Some(archive) = text::corpus("releases/archive.jsonl") else {
        return;
    };
    let mut figures = Figures::default();
    let (mut pages, mut low) = (0, Vec::new());
    for (number, line) in archive.lines().enumerate().step_by(STEP) {
        let release: serde_json::Value = serde_json::from_str(line).unwrap();
        let said = |key: &str| release[key].as_str().unwrap().to_owned();
        let body = text::html_of_text(&said("body"));
        let known = text::html_to_text(&body);
        if known.split_whitespace().count() < FEW_WORDS {
            continue;
        }
        // As editors write paragraphs, besides `<p>`.
        let body = match number / STEP % 5 {
            0 => body
                .replace("</p>\n<p>", "<br><br>\n")
                .replace("<p>", "")
                .replace("</p>", ""),
            1 => body.replace("<p>", "<div>").replace("</p>", "</div>"),
            2 => format!("<table><tr><td>{body}</td></tr></table>"),
            3 => body
                .replace("<p>", "<p><span style=\"font-size:11pt\">")
                .replace("</p>", "</span></p><p>&nbsp;</p>"),
            _ => body,
        };
        for name in [
            "prnewswire",
            "businesswire",
            "businesswire_2020",
            "globenewswire",
            "newsroom",
            "government",
            "nordic",
        ] {
            let html = wrapped(&chrome(name), &said("headline"), "https://acme.example/a", &body);
            let html = html.replace("itemprop=\"articleBody\"", "");
            let found = extracted(&html, Some("https://acme.example/a"), Mode::Generic);
            let (recall, precision) = agreement(&found.body_text, &known);
            figures.add(name.to_owned(), (recall, precision));
            pages += 1;
            if recall < 0.95 || precision < 0.95 {
                low.push(format!(
                    "{} in {name}: {:?} {:?} recall {recall:.3} precision {precision:.3}",
                    said("id"),
                    found.class,
                    found.wall
                ));
            }
        }
    }
    figures.print("archive, by looks");
    println!("{}", low.join("\n"));
    assert!(
        low.len() * 50 < pages,
        "{} of {pages} pages\n{}",
        low.len(),
        low.join("\n")
    );
}

/// Each so many releases of the archive are tried.
const STEP: usize = 60;

/// `walls.jsonl` holds pages as the vendors and sites write them: short, and with their marks.
#[test]
fn a_page_that_stands_before_a_text_is_no_text() {
    let walls = fs::read_to_string(format!("{}/walls.jsonl", folder())).unwrap();
    assert!(walls.lines().count() > 20);
    for line in walls.lines() {
        let known: serde_json::Value = serde_json::from_str(line).unwrap();
        let html = known["html"].as_str().unwrap();
        for mode in [Mode::Wire, Mode::Generic] {
            let page = extracted(
                html,
                Some("https://www.prnewswire.com/news-releases/a-302000101.html"),
                mode,
            );
            assert_eq!(
                (page.class.as_str().into(), page.wall.into()),
                (known["class"].clone(), known["wall"].clone()),
                "{html}"
            );
            assert_eq!(page.body_text, "", "{html}");
        }
    }
}

#[test]
fn a_release_about_walls_is_a_text() {
    let cookie = "<div id=\"cookie-consent\" class=\"cookie-banner\" role=\"dialog\"><h2>We value your privacy</h2><p>We and our partners \
         use cookies to store and/or access information on a device.</p><button>Accept all</button><button>Reject \
         all</button></div>";
    let login = "<div class=\"modal\" role=\"dialog\"><h2>Log in</h2><form><input type=\"password\"><a href=/f>Forgot your \
         password?</a></form></div>";
    let script = "<script>(function(){var s='/cdn-cgi/challenge-platform/h/b/scripts/jsd/main.js';})()</script><script \
         src=\"https://js.datadome.co/tags.js\"></script><script src=\"/_Incapsula_Resource?x=1\"></script><script \
         src=\"https://www.google.com/recaptcha/api.js\"></script>";
    for (headline, text) in [
        (
            "Cloudflare Announces Third Quarter Results",
            "SAN FRANCISCO--(BUSINESS WIRE)--Cloudflare, Inc. (NYSE: NET) today announced results for its third quarter. Revenue \
             grew, and so did the number of those who are no longer asked to verify they are human. The company's Turnstile \
             replaces pages that say \"checking your browser before accessing\" with a test that nobody sees, and its security \
             products stop attacks before they come near a server.",
        ),
        (
            "Access Denied: New Report Shows Who Is Kept Out of Clinics",
            "LONDON, Oct. 5, 2026 /PRNewswire/ -- A report that was published today shows that one in five people in the \
             countryside is denied access to a clinic within an hour of home. The report, \"Access Denied\", rests on a survey \
             of 4,000 households and names what would help: buses, nurses, and open doors.",
        ),
        (
            "Just a Moment: Acme Launches a Watch",
            "GENEVA, Oct. 5, 2026 (GLOBE NEWSWIRE) -- Acme today launched a watch that waits. Just a Moment, as it is called, \
             shows no seconds, and its hands move when they are looked at. It goes on sale in May in four cities, and the first \
             hundred come with a book of poems by people who mend clocks.",
        ),
        (
            "Page Not Found: Publisher Recalls a Novel",
            "BERLIN, Oct. 5, 2026 /PRNewswire/ -- Acme Books today recalled a novel in which page 404 was not found. The page \
             you requested could not be found, readers had written, and they were right. Those who bought the book get a new \
             one, with all of its pages, in any shop, until the end of the year.",
        ),
        (
            "Captcha Maker Human Security Names a Chief Scientist",
            "BOSTON--(BUSINESS WIRE)--Not a Robot, Inc., whose puzzles ask millions each day to prove that they are human, has \
             named Jane Doe its chief scientist. She will look for ways to complete the security check without one, and to tell \
             unusual traffic from people who are merely quick with their hands.",
        ),
        (
            "Wire Opens Sign-In Without Passwords",
            "OSLO, Norway, Oct. 5, 2026 (GLOBE NEWSWIRE) -- Acme today did away with passwords. Who wants to log in gets a \
             letter, and who has lost it gets another. \"Forgot your password? Nobody will ask again,\" said Kari Nordmann, \
             chief executive. Subscribers can go on as before until the end of the year.",
        ),
    ] {
        let furniture = format!("{cookie}{login}{script}");
        let body = format!(
            "<p>{}</p><p><b>About</b> More can be read on the pages of the company.</p>",
            text.replace(". ", ".</p><p>")
        );
        for name in ["prnewswire", "businesswire_2020", "globenewswire", "newsroom"] {
            let url = "https://acme.example/a";
            let html = wrapped(&chrome(name), headline, url, &body).replace("</body>", &format!("{furniture}</body>"));
            for mode in [Mode::Wire, Mode::Generic] {
                let page = extracted(&html, None, mode);
                assert_eq!((page.class, page.wall), (Class::Text, None), "{headline} in {name}");
                assert_eq!(page.headline.as_deref(), Some(headline));
                let (recall, precision) = agreement(&page.body_text, &text::html_to_text(&body));
                assert!(
                    recall > 0.95 && precision > 0.85,
                    "{headline} in {name} {mode:?}: {recall} {precision}\n{}",
                    page.body_text
                );
            }
        }
        // As small as a page can be.
        let bare = format!(
            "<html><head><title>{headline}</title>{script}</head><body><h1>{headline}</h1>{body}</body></html>"
        );
        let page = extracted(&bare, None, Mode::Generic);
        assert_eq!((page.class, page.wall), (Class::Text, None), "{headline}");
    }
}

#[test]
fn what_is_no_page_or_holds_no_text_is_told_apart() {
    let large = format!("<html><body>{}</body></html>", "<p>more and more</p>\n".repeat(200_000));
    let huge = "<p>x".repeat(3 << 20);
    let deep = format!("<html><body>{}text", "<div>".repeat(5_000));
    let links = format!(
        "<html><head><title>News</title></head><body><h1>News</h1>{}</body></html>",
        "<div class=\"item\"><a href=\"/1\">Acme opens its third plant beside the canal in Springfield</a> Oct. 5</div>".repeat(30)
    );
    for (html, content_type, status, want) in [
        ("", None, None, Class::Empty),
        (" \n", None, None, Class::Empty),
        ("<html><body></body></html>", None, None, Class::Empty),
        ("<html><body><p>Soon.</p></body></html>", None, None, Class::Empty),
        (links.as_str(), None, None, Class::Empty),
        ("%PDF-1.7 <p>", None, None, Class::NotHtml),
        ("<html><p>a</html>", Some("application/pdf"), None, Class::NotHtml),
        ("<html><p>a</html>", Some("image/svg+xml"), None, Class::NotHtml),
        ("{\"a\": \"<p>b</p>\"}", None, None, Class::NotHtml),
        (
            "Plain text, of many words, that is no page.",
            Some("text/plain"),
            None,
            Class::NotHtml,
        ),
        (
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><item><description>&lt;p&gt;a</description></item></channel></rss>",
            Some("text/xml"),
            None,
            Class::NotHtml,
        ),
        (
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry/></feed>",
            None,
            None,
            Class::NotHtml,
        ),
        (large.as_str(), None, None, Class::TooLarge),
        (huge.as_str(), None, None, Class::TooLarge),
        (deep.as_str(), None, None, Class::TooLarge),
        ("<html><body><p>Gone.</p></body></html>", None, Some(404), Class::Empty),
        ("<html><body><p>No.</p></body></html>", None, Some(403), Class::Blocked),
        ("<html><body><p>No.</p></body></html>", None, Some(451), Class::Blocked),
        ("<html><body><p>Later.</p></body></html>", None, Some(503), Class::Empty),
    ] {
        let received = Received {
            bytes: html.as_bytes(),
            content_type,
            url: None,
            status,
        };
        let page = extract(&received, None, Mode::Wire);
        assert_eq!(page.class, want, "{html:.200}");
        assert_eq!(page.body_html, "");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_mutated_page_never_panics_and_gives_no_active_content(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..9_u8, any::<u8>()), 1..12),
        generic in any::<bool>(),
    ) {
        const SCRAPS: &[&[u8]] = &[
            b"<", b"</div>", b"<div>", b"</section>", b"</table>", b"<table>", b"&", b"\"", b"<![CDATA[", b"<!--", b"<script>",
            b"</script>", b"<svg>", b"<form>", b"<template>", b"<frameset>", b"</body>", b"<a href=javascript:a()>", b"<img src=x onerror=a()>",
            "\u{3000}é".as_bytes(), b"\xff\x00",
        ];
        let pages = saved_pages();
        let bytes = mutated(which.get(&pages).html.clone().into_bytes(), &edits, SCRAPS);
        let received = Received { bytes: &bytes, ..Received::default() };
        let mode = if generic { Mode::Generic } else { Mode::Wire };
        // Not `extract`, which would catch it.
        if let Ok(page) = read(&received, None, mode) {
            prop_assert_eq!(text::active(&page.body_html), None, "{}", page.body_html);
            prop_assert_eq!(page.class == Class::Text, page.method.is_some());
        }
    }
}

#[test]
fn pages_made_to_take_long_do_not() {
    use std::time::{Duration, Instant};
    let page = |inner: String| format!("<html><head><title>a</title></head><body>{inner}</body></html>");
    let formats: String = (0..250).map(|n| format!("<b a={n}>")).collect();
    let hostile = [
        ("flat paragraphs", page("<p>some words, and more".repeat(2_500))),
        ("empty elements", page("<i></i>".repeat(12_500))),
        (
            "formatting opened again",
            page(format!("{formats}{}", "<p>x".repeat(50_000))),
        ),
        (
            "as deep as allowed",
            page(format!(
                "{}{}",
                "<div>".repeat(250),
                "<p>some words, and more</p>".repeat(750)
            )),
        ),
        ("deeper", page("<div>".repeat(12_500))),
        ("lists in lists", page("<ul><li>".repeat(10_000))),
        ("tables in tables", page("<table><tr><td>".repeat(10_000))),
        (
            "tables side by side",
            page("<table><tr><td>1<td>2</table>".repeat(5_000)),
        ),
        (
            "text between table rows",
            page(format!("<table>{}", "<tr>foster".repeat(12_500))),
        ),
        ("ampersands", page("&".repeat(400_000))),
        (
            "entities",
            page(format!("<p>{}</p>", "&CounterClockwiseContourIntegral;".repeat(5_000))),
        ),
        (
            "attributes",
            page(format!(
                "<p {}>x</p>",
                (0..50_000).map(|n| format!("a{n}=1 ")).collect::<String>()
            )),
        ),
        (
            "classes",
            page(format!(
                "<div class='{}'>x</div>",
                "release-body share-bar ".repeat(15_000)
            )),
        ),
        (
            "bodies",
            page("<section class=release-body>some words, and more of them, of a release</section>".repeat(5_000)),
        ),
        ("headings", page("<h2>Related</h2><a href=x>y</a>".repeat(10_000))),
        (
            "pictures",
            page("<figure><img src=x><figcaption>c</figcaption></figure>".repeat(7_500)),
        ),
        ("drawings that never end", page("<svg>".repeat(50_000))),
        ("comments that never end", page("<!-- ".repeat(50_000))),
        ("tags that never end", page("<a ".repeat(100_000))),
        (
            "JSON-LD in JSON-LD",
            page(format!(
                "<script type=application/ld+json>{}</script>",
                "[".repeat(225_000)
            )),
        ),
        (
            "blocks of JSON-LD",
            page(
                "<script type=application/ld+json>{\"@type\":\"Article\",\"articleBody\":\"x\"}</script>".repeat(5_000),
            ),
        ),
        (
            "a stated text",
            page(format!(
                "<script type=application/ld+json>{{\"@type\":\"Article\",\"articleBody\":\"{}\"}}</script>{}",
                "word ".repeat(25_000),
                "<div>word</div>".repeat(12_500)
            )),
        ),
        ("breaks", page("<br>".repeat(25_000))),
        ("many megabytes", page("x".repeat(100 << 20))),
    ];
    for (what, html) in hostile {
        for (mode, url) in [
            (Mode::Wire, Some("https://www.prnewswire.com/a")),
            (Mode::Generic, None),
        ] {
            let begun = Instant::now();
            let page = extracted(&html, url, mode);
            let took = begun.elapsed();
            println!("{what} ({} bytes) {mode:?}: {:?} in {took:?}", html.len(), page.class);
            assert!(took < Duration::from_secs(30), "{what} took {took:?}");
        }
    }
}

#[test]
fn the_layouts_of_the_wires_are_selectors() {
    let mut selectors = 0;
    for wire in wire::WIRES {
        let Layout {
            body,
            headline,
            galleries,
            removals,
        } = wire.layout;
        for selector in [body, headline, galleries, removals].concat() {
            assert!(dom_query::Matcher::new(selector).is_ok(), "{}: {selector}", wire.id);
            selectors += 1;
        }
    }
    assert!(selectors > 100);
    for (wire, layout) in wire::WIRES
        .iter()
        .map(|wire| (wire.id, wire.layout))
        .filter(|(_, layout)| *layout != Layout::UNKNOWN)
    {
        assert!(!layout.body.is_empty() && !layout.headline.is_empty(), "{wire}");
    }
}

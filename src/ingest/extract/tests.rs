use std::collections::HashMap;
use std::fs;

use proptest::prelude::*;

use super::*;

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
                if recall < 0.98 || precision < 0.98 {
                    low.push(format!("{wire} {headline} in {chrome_name} {name} by {:?}: {:?} {:?} recall {recall:.3} precision {precision:.3}", found.method, found.class, found.wall));
                }
            }
        }
    }
    figures.print("real bodies");
    assert!(low.is_empty(), "{}", low.join("\n"));
}

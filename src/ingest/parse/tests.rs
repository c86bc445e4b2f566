//! The promises of the room, kept on fixtures, on hostile documents, on captures and on the public test suites.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;

use proptest::prelude::*;

use super::*;
use crate::article::Assumed;
use crate::ingest::mutated::mutated;

const FIXTURES: &[&str] = &[
    "prnewswire.xml",
    "businesswire.xml",
    "globenewswire.xml",
    "atom.xml",
    "rdf.xml",
    "feed.json",
    "newsroom.xml",
    "atom03.xml",
    "rss090.xml",
    "rss091.xml",
    "rss11.xml",
    "damaged.xml",
    "news-sitemap.xml",
];

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/feeds")
        .join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read(document: &str) -> ParsedFeed {
    parse(document.as_bytes(), None, None, &Options::default())
        .unwrap_or_else(|error| panic!("{error}: {document:.200}"))
}

/// Reads on a thread with the stack of a tokio worker, where an overflow would end the process.
fn on_small_stack(bytes: Vec<u8>) -> Result<ParsedFeed, ParseError> {
    thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(move || parse(&bytes, None, None, &Options::default()))
        .expect("a thread")
        .join()
        .expect("no panic")
}

fn rss(items: &str) -> String {
    format!(
        "<rss version=\"2.0\" xmlns:media=\"http://search.yahoo.com/mrss/\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\">\
         <channel><title>T</title>{items}</channel></rss>"
    )
}

fn as_json(feed: &ParsedFeed) -> serde_json::Value {
    serde_json::json!({
        "head": feed.head, "items": feed.items, "rejects": feed.rejects, "repairs": feed.repairs, "partial": feed.partial,
    })
}

#[test]
fn feeds_as_the_wires_send_them() {
    for name in FIXTURES {
        let url = Url::parse("https://wire.example/feed").expect("a URL");
        let feed = parse(&fixture(name), None, Some(&url), &Options::default()).expect(name);
        insta::with_settings!({ snapshot_path => "../../../tests/fixtures/feeds", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_json_snapshot!(*name, as_json(&feed));
        });
    }
}

#[test]
fn what_is_no_feed_says_what_it_is() {
    for (body, want) in [
        (
            "",
            "the document is empty: the server answered without a body; try again later",
        ),
        (
            " \n\t ",
            "the document is empty: the server answered without a body; try again later",
        ),
        (
            "<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>x<br></body></html>",
            "not a feed but an HTML page \"Sign in\": check the source's URL",
        ),
        ("Access denied", "not a feed but plain text: check the source's URL"),
        (
            "<a><b/></a>",
            "not a feed but an XML document with the root <a>: check the source's URL",
        ),
        (
            "<opml/>",
            "not a feed but an OPML list of feeds: check the source's URL",
        ),
        (
            "<sitemapindex/>",
            "not a feed but a list of sitemaps: check the source's URL",
        ),
        (
            "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><url><loc>https://e.example/</loc></url></urlset>",
            "not a feed but a sitemap without news: look for the site's feed or its news sitemap",
        ),
        (
            "{\"items\": [{\"id\": 1, \"name\": \"x\"}, {\"kind\": \"y\"}]}",
            "not a feed but a JSON document of another kind: check the source's URL",
        ),
        (
            "{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [{\"id\": \"cut",
            "the feed breaks off before its first item is complete: try again later",
        ),
        ("[1]", "not a feed but a JSON list: check the source's URL"),
        (
            "{\"error\": 1}",
            "not a feed but a JSON document of another kind: check the source's URL",
        ),
        ("{\"error\"", "the feed's JSON cannot be read: tell its publisher"),
        (
            "\u{1f}\u{2}<\u{3}\u{4}\u{5}<\u{6}",
            "not a feed but binary data: check the source's URL",
        ),
        ("%PDF-1.7 <", "not a feed but a PDF document: check the source's URL"),
        (
            "<rss version=\"2.0\"><channel><item><title>cut",
            "the feed breaks off before its first item is complete: try again later",
        ),
    ] {
        let error = parse(body.as_bytes(), None, None, &Options::default()).expect_err(body);
        assert_eq!(error.to_string(), want, "{body}");
    }
}

#[test]
fn a_feed_without_items_is_a_feed() {
    for (body, format) in [
        (
            "<rss version=\"2.0\"><channel><description>deactivated by the administrator</description></channel></rss>",
            "rss2",
        ),
        ("<rss version=\"0.91\"><channel/></rss>", "rss0"),
        (
            "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"/>",
            "news-sitemap",
        ),
        ("{\"version\":\"https://jsonfeed.org/version/1.1\"}", "json"),
        ("<rss version=\"2.0\"/>", "rss2"),
        ("<feed xmlns=\"http://www.w3.org/2005/Atom\"/>", "atom"),
        (
            "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"T\",\"items\":[]}",
            "json",
        ),
    ] {
        let feed = read(body);
        assert_eq!(
            (feed.head.format, feed.items.len(), feed.partial),
            (format, 0, false),
            "{body}"
        );
    }
}

#[test]
fn documents_on_which_feed_rs_panics_or_refuses_all_give_their_item() {
    let spaces = " ".repeat(70);
    let declaration = "<?xml version='1.0' encoding='windows-1252'?>";
    for (name, document) in [
        ("second declaration", rss(&format!("<item><title>x</title>{declaration}{spaces}</item>"))),
        ("late declaration", format!("{spaces}{declaration}{}", rss("<item><title>x</title></item>"))),
        ("long declaration", format!("<?xml version='1.0'{spaces}encoding='windows-1252' ?>{}", rss("<item><title>x</title></item>"))),
        ("multibyte before the address", rss("<item><title>x</title><author>Doe—jane@e.example</author></item>")),
        ("multibyte after the address", rss("<item><title>x</title><author>jane@e.example（Jane）</author></item>")),
        ("duration over u64", rss("<item><title>x</title><itunes:duration>99999999999999999999999</itunes:duration></item>")),
        ("Arabic-Indic duration", rss("<item><title>x</title><itunes:duration>٣٤٥</itunes:duration></item>")),
        ("NPT over u64", rss("<item><title>x</title><media:text start=\"99999999999999999999999:00:00\">x</media:text></item>")),
        ("thumbnail time over u64", rss("<item><title>x</title><media:thumbnail url=\"u\" time=\"99999999999999999999999\"/></item>")),
        ("multibyte editor", rss("<managingEditor>Doe—jane@e.example</managingEditor><item><title>x</title></item>")),
        ("bad xml:base", rss("<item xml:base=\"http://\"><title>x</title></item>")),
        ("text type", "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><title type=\"foo\">x</title><content type=\"text/html\"/></entry></feed>".into()),
        ("content with src", "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><title>x</title><content src=\"u\">y</content></entry></feed>".into()),
        ("Atom 0.3", "<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><entry><title mode=\"escaped\" type=\"text/html\">x</title></entry></feed>".into()),
        ("no version", "<rss><channel><item><title>x</title></item></channel></rss>".into()),
        ("default namespace", "<rss version=\"2.0\" xmlns=\"http://backend.userland.com/rss2\"><channel><item><title>x</title></item></channel></rss>".into()),
        ("item outside the channel", "<rss version=\"2.0\"><channel/><item><title>x</title></item></rss>".into()),
        ("unbound prefix", rss("<item><title>x</title><foo:title>y</foo:title></item>")),
        ("entry alone", "<entry xmlns=\"http://www.w3.org/2005/Atom\"><title>x</title></entry>".into()),
    ] {
        let feed = on_small_stack(document.into_bytes()).expect(name);
        let titles: Vec<_> = feed.items.iter().map(|item| item.title.as_deref()).collect();
        assert_eq!(titles, [Some("x")], "{name}: {:?}", feed.rejects);
    }
}

#[test]
fn nesting_costs_the_nested_part_and_not_the_process() {
    for (open, close) in [
        ("<media:group>", "</media:group>"),
        ("<media:content url='http://e.example/'>", "</media:content>"),
        ("<media:content>", ""),
        ("<b>", "</b>"),
        ("<b>", ""),
    ] {
        let document = rss(&format!(
            "<item><title>x</title>{}{}</item><item><title>y</title></item>",
            open.repeat(5000),
            close.repeat(5000)
        ));
        let feed = on_small_stack(document.into_bytes()).expect(open);
        let titles: Vec<_> = feed.items.iter().filter_map(|item| item.title.as_deref()).collect();
        assert_eq!(titles, ["x", "y"], "{open}{close}");
        assert!(feed.repairs.contains(&"too-deep"), "{open}{close}");
    }
}

#[test]
fn feeds_in_wrappings_of_other_programs_are_found() {
    let item = "<item><title>x</title></item>";
    let json =
        "{\"version\": \"https:\\/\\/jsonfeed.org\\/version\\/1.1\", \"items\": [{\"id\": 1, \"title\": \"x\"}]}";
    let warning = "<br />\n<b>Warning</b>: a() [<a href='b'>b</a>] in <b>/c.php</b> on line <b>1</b><br />\n";
    for (name, document, repair) in [
        ("text", format!("Warning: x in y\n{}", rss(item)), "leading-junk"),
        (
            "PHP warning",
            format!("{warning}<?xml version='1.0'?>{}", rss(item)),
            "leading-junk",
        ),
        (
            "page",
            format!("<!DOCTYPE html><html><body>{}</body></html>", rss(item)),
            "leading-junk",
        ),
        ("bare channel", format!("<channel>{item}</channel>"), "missing-root"),
        ("JSON behind a byte order mark", format!("\u{feff}\n{json}"), ""),
        ("JSON behind a guard", format!(")]}}',\n{json}"), "leading-junk"),
        ("JSON in a call", format!("/**/callback({json});"), "leading-junk"),
        ("JSON behind a PHP warning", format!("{warning}{json}"), "leading-junk"),
    ] {
        let feed = read(&document);
        let titles: Vec<_> = feed.items.iter().map(|item| item.title.as_deref()).collect();
        assert_eq!((titles, feed.partial), (vec![Some("x")], false), "{name}");
        assert_eq!(feed.repairs.first().copied().unwrap_or_default(), repair, "{name}");
    }
}

#[test]
fn a_cut_document_gives_its_complete_items() {
    let url = |name| {
        format!("<url><loc>https://e.example/{name}</loc><news:news><news:title>{name}</news:title></news:news></url>")
    };
    for document in [
        format!("<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{}<url><loc>https://e.example/b</loc><news:news>", url("a")),
        "<br><channel><item><title>a</title></item><item><title>b".to_owned(),
        "{\"version\": \"https://jsonfeed.org/version/1\", \"items\": [{\"id\": 1, \"title\": \"a\"}, {\"id\": 2, \"title\": \"b".to_owned(),
    ] {
        let feed = read(&document);
        let titles: Vec<_> = feed.items.iter().filter_map(|item| item.title.as_deref()).collect();
        assert_eq!((titles, feed.partial), (vec!["a"], true), "{document}");
        assert!(feed.repairs.contains(&"truncated"), "{document}");
    }
}

#[test]
fn what_careless_tools_write_costs_no_item() {
    let item = |name: &str, text: &str| {
        format!(
            "<item><title>{name}</title><link>https://e.example/{name}</link><description>{text}</description></item>"
        )
    };
    let (a, b, c) = (item("a", "x"), item("b", "y"), item("c", "z"));
    let word = item("a", "<?xml:namespace prefix = o ns = \"urn:x\" /><p>x</p>");
    let feed = |items: &str| format!("<rss version=\"2.0\"><channel><title>T</title>{items}</channel></rss>");
    let entry = |name: &str| format!("<entry><title>{name}</title><link href='https://e.example/{name}'/></entry>");
    let atom = |entries: &str| format!("<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>");
    let page = |name: &str| {
        format!("<url><loc>https://e.example/{name}</loc><news:news><news:title>{name}</news:title></news:news></url>")
    };
    let sitemap =
        |pages: &str| format!("<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{pages}</urlset>");
    for (name, document) in [
        ("an instruction of Word", feed(&format!("{word}{b}{c}"))),
        (
            "a declaration without its last ?",
            format!(
                "<?xml version=\"1.0\" encoding=\"utf-8\">{}",
                feed(&format!("{a}{b}{c}"))
            ),
        ),
        (
            "two feeds glued together",
            format!("{}\n<?xml version=\"1.0\"?>{}", feed(&a), feed(&format!("{b}{c}"))),
        ),
        (
            "a comment without its end",
            feed(&format!("{}{b}{c}", item("a", "x<!-- y"))),
        ),
        (
            "a DOCTYPE without its end in a text",
            feed(&format!("{}{b}{c}", item("a", "x<!DOCTYPE x [ y"))),
        ),
        (
            "a CDATA section and its element without their ends",
            feed(&format!(
                "{}{b}{c}",
                a.replace("<description>x</description>", "<content:encoded><![CDATA[x")
            )),
        ),
        (
            "an element that holds nothing, not closed",
            feed(&format!("{}{b}{c}", a.replace("</item>", "<enclosure>"))),
        ),
        (
            "a mistyped end tag of a title",
            feed(&format!("{}{b}{c}", a.replace("</title>", "</titel>"))),
        ),
        (
            "two feeds of Atom glued together",
            format!("{}{}", atom(&entry("a")), atom(&(entry("b") + &entry("c")))),
        ),
        (
            "two sitemaps glued together",
            format!("{}{}", sitemap(&page("a")), sitemap(&(page("b") + &page("c")))),
        ),
        (
            "the root's end tag in a text",
            feed(&format!("{}{b}{c}", item("a", "x</rss>"))),
        ),
        (
            "the channel's end tag in a text",
            feed(&format!("{}{b}{c}", item("a", "x</channel>"))),
        ),
        (
            "a CDATA section without its end",
            feed(&format!("{}{b}{}", item("a", "<![CDATA[x"), item("c", "<![CDATA[z]]>"))),
        ),
        (
            "no CDATA section has its end",
            feed(&format!("{}{b}{}", item("a", "<![CDATA[x"), item("c", "<![CDATA[z"))),
        ),
        (
            "an item within an element of another kind",
            feed(&format!(
                "<item><title>a</title><related>{}</related><link>https://e.example/a</link></item>{b}{c}",
                item("inner", "i")
            )),
        ),
        (
            "items in lists of their own",
            feed(&format!("<latest><list>{a}</list>{b}</latest><items>{c}</items>")),
        ),
        (
            "a comment about items behind the feed",
            format!("{}<!-- <item> -->", feed(&format!("{a}{b}{c}"))),
        ),
    ] {
        let feed = read(&document);
        let titles: Vec<_> = feed.items.iter().filter_map(|item| item.title.as_deref()).collect();
        assert_eq!(
            (titles, feed.partial),
            (vec!["a", "b", "c"], false),
            "{name}: {:?}",
            feed.repairs
        );
        assert!(feed.items.iter().all(|item| item.links.len() == 1), "{name}");
    }
}

#[test]
fn a_cut_item_is_shown_when_enough_of_it_is_whole_and_marked() {
    let whole = "<item><title>a</title></item>";
    let head = "<item><title>b</title><link>https://e.example/b</link>";
    for (cut, want) in [
        (
            format!("{head}<description>x</description><content:encoded>EMBARG"),
            vec![("a", false), ("b", true)],
        ),
        (format!("{head}<description>x"), vec![("a", false)]),
        (
            "<item><title>b</title><description>x</description><guid>".to_owned(),
            vec![("a", false)],
        ),
    ] {
        let feed = read(&format!("<rss version=\"2.0\"><channel>{whole}{cut}"));
        let items: Vec<_> = feed
            .items
            .iter()
            .map(|item| (item.title.as_deref().unwrap_or_default(), item.incomplete))
            .collect();
        assert_eq!((items, feed.partial), (want, true), "{cut}");
    }
}

#[test]
fn small_documents_do_not_grow_large_in_memory() {
    // Each costs a few hundred megabytes if namespaces or bases are kept once for each element.
    let long = "x".repeat(15_000);
    let elements = "<a:b/>".repeat(80_000);
    let namespaces = format!(
        "<rss version=\"2.0\" xmlns:a=\"{long}\"><channel>{}</channel></rss>",
        format!("<item>{}</item>", &elements[..3_000]).repeat(100)
    );
    let bases = format!(
        "<rss version=\"2.0\" xml:base=\"http://e.example/{long}\"><channel><item>{}</item></channel></rss>",
        "<b xml:base=\"\"/>".repeat(30_000)
    );
    for document in [namespaces, bases] {
        let feed = read(&document);
        let bytes: usize = feed
            .items
            .iter()
            .flat_map(|item| &item.extensions)
            .map(|extension| extension.vocabulary.len())
            .sum();
        assert!(bytes < 1 << 20, "{bytes}");
    }
}

#[test]
fn entities_are_text_or_nothing_and_never_fetched() {
    for (subset, title, want) in [
        ("<!ENTITY co \"Acme &#38; Co\">", "&co;", "Acme & Co"),
        ("<!ENTITY co 'it is \"quoted\" ]>'>", "&co;", "it is \"quoted\" ]>"),
        ("<!ENTITY co \"Acme &amp; Co\">", "&co;", "Acme & Co"),
        ("<!-- ]> --><!ENTITY co \"Acme\">", "&co;", "Acme"),
        ("<!ENTITY a SYSTEM \"file:///etc/passwd\">", "&a;", "&a;"),
        ("<!ENTITY % p \"x\"><!ENTITY a \"%p;\">", "&a;", "&a;"),
        ("<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">", "&b;", "&b;"),
        ("<!ENTITY a \"<title>y</title>\">", "&a;", "&a;"),
    ] {
        let feed = read(&format!(
            "<!DOCTYPE rss [{subset}]><rss version=\"2.0\"><channel><item><title>{title}</title></item></channel></rss>"
        ));
        assert_eq!(feed.items[0].title.as_deref(), Some(want), "{subset}");
    }
    for (declarations, want) in [(1_023, "Acme"), (1_024, "&co;")] {
        let feed = read(&format!(
            "<!DOCTYPE rss [{}<!ENTITY co \"Acme\">]><rss><channel><item><title>&co;</title></item></channel></rss>",
            "<!ENTITY % x SYSTEM 'y'>".repeat(declarations)
        ));
        assert_eq!(feed.items[0].title.as_deref(), Some(want), "{declarations}");
    }
    let long = "x".repeat(500);
    let feed = read(&format!(
        "<!DOCTYPE rss [<!ENTITY a \"{long}\">]><rss version=\"2.0\"><channel><item><title>{}</title></item></channel></rss>",
        "&a;".repeat(10_000)
    ));
    let grown = feed.items[0].title.as_deref().map_or(0, str::len);
    assert!(grown < 64 * 1024 + 30_000, "{grown} bytes");
}

#[test]
fn of_too_many_items_the_newest_are_kept_at_whichever_end_they_stand() {
    let options = Options {
        max_items: 2,
        ..Options::default()
    };
    let item = |day: u32| format!("<item><title>{day}</title><pubDate>{day} Oct 2026 10:00:00 GMT</pubDate></item>");
    for (days, want) in [
        (vec![9, 8, 7, 6, 5], vec![(0, "9"), (1, "8")]),
        (vec![5, 6, 7, 8, 9], vec![(3, "8"), (4, "9")]),
        (vec![5, 6, 7], vec![(1, "6"), (2, "7")]),
        (vec![5, 6], vec![(0, "5"), (1, "6")]),
        (vec![5, 5, 5], vec![(0, "5"), (1, "5")]),
    ] {
        let document = rss(&days.iter().map(|day| item(*day)).collect::<String>());
        let feed = parse(document.as_bytes(), None, None, &options).expect("a feed");
        let kept: Vec<_> = feed
            .items
            .iter()
            .map(|item| (item.index, item.title.as_deref().unwrap_or_default()))
            .collect();
        assert_eq!(kept, want, "{days:?}");
        assert_eq!(feed.repairs.contains(&"too-many-items"), days.len() > 2, "{days:?}");
    }
}

#[test]
fn limits_cut_and_say_so() {
    let options = Options {
        max_items: 2,
        max_text_bytes: 5,
        max_elements: 3,
        ..Options::default()
    };
    for (document, want) in [
        (rss("<item/><item/><item/>"), vec!["too-many-items"]),
        (rss("<item><title>ééé</title></item>"), vec!["long-text"]),
        (
            rss("<item><title>a</title><x/><x/><x/><x/></item>"),
            vec!["too-many-elements"],
        ),
        (rss("<item><title>ééx</title></item><item/>"), vec![]),
        (
            "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"_a\":[1,2,3,4]},{},{}]}".to_owned(),
            vec!["too-many-elements", "too-many-items"],
        ),
    ] {
        let feed = parse(document.as_bytes(), None, None, &options).expect("a feed");
        assert_eq!(feed.repairs, want, "{document}");
        assert!(feed.items.len() <= 2 && feed.items.iter().all(|item| item.extensions.len() <= 3));
        assert!(
            feed.items
                .iter()
                .flat_map(|item| &item.title)
                .all(|title| title.len() <= 5)
        );
    }
}

#[test]
fn categories_and_media_are_kept_each_once_and_no_more_than_so_many_in_every_format() {
    let options = Options {
        max_categories: 2,
        max_media: 2,
        ..Options::default()
    };
    let sitemap = |keywords: &str, pictures: &[&str]| {
        let pictures: String = pictures
            .iter()
            .map(|name| format!("<image:image><image:loc>https://e.example/{name}</image:loc></image:image>"))
            .collect();
        format!(
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9' \
             xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'><url><loc>https://e.example/</loc>{pictures}\
             <news:news><news:title>x</news:title><news:keywords>{keywords}</news:keywords></news:news></url></urlset>"
        )
    };
    let in_groups = |keywords: &str, media: &[&str]| {
        let media: String = media
            .iter()
            .map(|name| format!("<media:group><media:content url='https://e.example/{name}'/></media:group>"))
            .collect();
        rss(&format!(
            "<item><media:keywords>{keywords}</media:keywords>{media}</item>"
        ))
    };
    let json = |tags: &str, media: &[&str]| {
        let tags: Vec<_> = tags.split(',').collect();
        let media: Vec<_> = media
            .iter()
            .map(|name| serde_json::json!({"url": format!("https://e.example/{name}")}))
            .collect();
        serde_json::json!({
            "version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "tags": tags, "attachments": media}],
        })
        .to_string()
    };
    for (keywords, media, repairs) in [
        ("a,b, a,,b", &["1", "2"][..], vec![]),
        (
            "a,b,c,d",
            &["1", "2", "3"],
            vec!["too-many-categories", "too-many-media"],
        ),
    ] {
        for document in [
            sitemap(keywords, media),
            in_groups(keywords, media),
            json(keywords, media),
        ] {
            let feed = parse(document.as_bytes(), None, None, &options).expect(&document);
            let terms: Vec<_> = feed.items[0].categories.iter().map(|kept| kept.term.as_str()).collect();
            let urls: Vec<_> = feed.items[0].media.iter().map(|kept| kept.url.as_str()).collect();
            assert_eq!(terms, ["a", "b"], "{document}");
            assert_eq!(urls, ["https://e.example/1", "https://e.example/2"], "{document}");
            assert_eq!(feed.repairs, repairs, "{document}");
        }
    }
}

#[test]
fn of_several_texts_the_first_that_says_something_counts() {
    let atom = |entry: &str| {
        format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
             xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><entry>{entry}</entry></feed>"
        )
    };
    for (document, title, content) in [
        (rss("<item><title>a</title><title>b</title></item>"), Some("a"), None),
        (rss("<item><title/><title>b</title></item>"), Some("b"), None),
        (
            rss("<item><media:title>m</media:title><title>a</title></item>"),
            Some("a"),
            None,
        ),
        (rss("<item><media:title>m</media:title></item>"), Some("m"), None),
        (atom("<title>a</title><title type=\"html\">b</title>"), Some("a"), None),
        (atom("<dc:title>d</dc:title><title>a</title>"), Some("a"), None),
        (atom("<content>a</content><content>b</content>"), None, Some("a")),
        (
            atom("<content>a</content><content:encoded>b</content:encoded>"),
            None,
            Some("b"),
        ),
    ] {
        let item = &read(&document).items[0];
        assert_eq!(
            (item.title.as_deref(), item.content.as_deref()),
            (title, content),
            "{document}"
        );
    }
}

#[test]
fn a_packed_feed_is_read_within_the_limit_of_a_fetched_one() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(rss("<item/>").as_bytes()).expect("memory");
    let packed = encoder.finish().expect("memory");
    let feed = on_small_stack(packed.clone()).expect("a feed");
    assert_eq!((feed.items.len(), feed.repairs), (1, vec!["gzip-without-header"]));
    let options = Options {
        max_document_bytes: 100,
        ..Options::default()
    };
    let error = parse(&packed, None, None, &options).expect_err("too large");
    assert!(matches!(error, ParseError::TooLarge(100)), "{error}");
}

#[test]
fn a_bad_item_is_a_reject_and_the_others_stay() {
    let feed = on_small_stack(fixture("feed.json")).expect("a feed");
    let kept: Vec<_> = feed.items.iter().map(|item| item.index).collect();
    assert_eq!((kept, feed.rejects.len(), feed.rejects[0].index), (vec![0, 1, 2], 1, 3));
    assert!(!feed.rejects[0].why.is_empty());
}

#[test]
fn large_hostile_documents_take_linear_time() {
    let many = |unit: &str, times: usize| {
        rss(&format!(
            "<item><title>x</title><description>{}</description></item>",
            unit.repeat(times)
        ))
    };
    let mut attributes = String::new();
    let mut namespaces = String::new();
    let mut keywords = String::new();
    let mut media = "<media:group>".to_owned();
    for n in 0..20_000 {
        let _ = write!(attributes, " a{n}='x'");
        let _ = write!(namespaces, " xmlns:n{n}='u{n}'");
        let _ = write!(keywords, "{n},");
    }
    for n in 0..450 {
        let _ = write!(media, "<media:content url='https://e.example/{n}'/>");
    }
    media.push_str("</media:group>");
    for (name, document) in [
        ("bare ampersands", many("&", 100_000)),
        ("bare less-than", many("<", 100_000)),
        ("CDATA sections", many("<![CDATA[x]]>", 50_000)),
        ("references", many("&amp;", 100_000)),
        ("open tags", many("<a>", 50_000)),
        ("stray ends", many("</a>", 50_000)),
        ("unclosed comments", many("<!-", 50_000)),
        ("attributes", rss(&format!("<item{attributes}><title>x</title></item>"))),
        ("namespaces", rss(&format!("<item{namespaces}><title>x</title></item>"))),
        ("prefixes", many("<n:a/>", 50_000)),
        (
            "entities",
            format!(
                "<!DOCTYPE rss [{}]>{}",
                "<!ENTITY".repeat(200_000),
                rss("<item><title>x</title></item>")
            ),
        ),
        (
            "persons",
            rss(&format!(
                "<item><title>x</title><author>a@b.example {}</author></item>",
                ")".repeat(80_000)
            )),
        ),
        (
            "media",
            rss(&format!("<item><title>x</title>{}</item>", media.repeat(100))),
        ),
        (
            "keywords",
            format!(
                "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>\
                 <url><news:news><news:title>x</news:title><news:keywords>{keywords}</news:keywords></news:news></url></urlset>"
            ),
        ),
        (
            "categories",
            rss(&format!(
                "<item><title>x</title>{}</item>",
                "<category>c</category>".repeat(20_000)
            )),
        ),
    ] {
        // nextest ends a test that hangs; quadratic time on these sizes would be minutes.
        let feed = on_small_stack(document.into_bytes()).expect(name);
        assert_eq!(
            feed.items.first().and_then(|item| item.title.as_deref()),
            Some("x"),
            "{name}: {:?}",
            feed.rejects
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_mutated_feed_never_panics(
        which in 0..FIXTURES.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..9_u8, any::<u8>()), 1..12),
    ) {
        const SCRAPS: &[&[u8]] = &[b"<", b"</item>", b"&", b"\"", b"<![CDATA[", b"<!--", b"]]>", "\u{3000}é".as_bytes(), b"\xff\x00"];
        let bytes = mutated(fixture(FIXTURES[which]), &edits, SCRAPS);
        let _ = parse(&bytes, Some("text/xml; charset=utf-8"), None, &Options::default());
    }
}

#[test]
fn dates_without_a_zone_are_read_in_that_of_the_options() {
    let options = Options {
        date_zone: Tz::Asia__Tokyo,
        ..Options::default()
    };
    for document in [
        rss("<pubDate>2026-10-05 09:00</pubDate><item><title>x</title><pubDate>2026-10-05 09:00</pubDate></item>"),
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><updated>2026-10-05 09:00</updated>\
         <entry><title>x</title><updated>2026-10-05 09:00</updated></entry></feed>"
            .to_owned(),
        "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"1\",\"date_published\":\"2026-10-05 09:00\"}]}"
            .to_owned(),
    ] {
        let feed = parse(document.as_bytes(), None, None, &options).expect("a feed");
        let item = &feed.items[0];
        let stamps = [&item.published, &item.updated, &feed.head.published, &feed.head.updated];
        let read: Vec<_> = stamps.into_iter().flatten().collect();
        assert!(!read.is_empty(), "{document}");
        for stamp in read {
            let instant = stamp.instant.expect("an instant").to_rfc3339();
            assert_eq!(instant, "2026-10-05T00:00:00+00:00", "{document}");
            assert_eq!(stamp.assumed, [Assumed::Zone], "{document}");
        }
    }
}

/// Markup as careless authors and their tools leave it.
fn soup() -> impl Strategy<Value = String> {
    const SCRAPS: &[&str] = &[
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<br>",
        "<br/>",
        "<a href=\"",
        "\">",
        "<media:group>",
        "</media:group>",
        "<x:y z='&'>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?xml version='1.0' encoding='x'?>",
        "<?pi",
        "?>",
        "<!DOCTYPE a [<!ENTITY b \"c&#38;\">]>",
        "&b;",
        "&amp;",
        "&nbsp;",
        "&#x92;",
        "&#0;",
        "&",
        "<",
        ">",
        "</",
        "<a b=c d='e",
        "xmlns=\"\"",
        "xmlns:q='u'",
        "<q:r>",
        "\u{85}",
        "\u{1}",
        "é",
        " ",
        "</channel>",
        "</rss>",
        "</rss",
        "<rss>",
        "<feed xmlns='v'>",
        "<entry/>",
    ];
    let scrap = prop_oneof![4 => prop::sample::select(SCRAPS).prop_map(str::to_owned), 1 => "\\PC{0,6}"];
    prop::collection::vec(scrap, 0..40).prop_map(|scraps| scraps.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn whatever_is_mended_is_well_formed_and_needs_no_mending(soup in soup(), in_feed in any::<bool>()) {
        let document = if in_feed { format!("<rss version=\"2.0\"><channel>{soup}") } else { soup };
        let mended = tidy::tidy(&document, 20, &mut Repairs::default());
        let mut reader = quick_xml::NsReader::from_str(&mended.xml);
        loop {
            match reader.read_resolved_event() {
                Ok((_, quick_xml::events::Event::Eof)) => break,
                Ok(_) => {}
                Err(error) => prop_assert!(false, "{error}: {}", mended.xml),
            }
        }
        let mut repairs = Repairs::default();
        let again = tidy::tidy(&mended.xml, 20, &mut repairs);
        prop_assert_eq!(&again.xml, &mended.xml);
        prop_assert_eq!(again.cut, None, "cut: {}", mended.xml);
        prop_assert_eq!(repairs.into_names(), Vec::<&str>::new(), "{}", mended.xml);
    }

    #[test]
    fn any_bytes_are_decoded_in_full(bytes in prop::collection::vec(any::<u8>(), 0..200), label in prop::sample::select(&["utf-8", "utf-16", "gbk", "x"][..])) {
        let decoded = decode::decode(&bytes, Some(&format!("text/xml; charset={label}")), &mut Repairs::default());
        prop_assert!(decoded.len() <= 4 * bytes.len() + 4);
    }
}

/// The strings of the feedparser and miniflux suites. `expect_unix` is a number where the suite fixes the instant.
#[test]
fn dates_of_the_public_suites_are_right_or_nothing() {
    let Some(suites) = corpus("suites/dates") else { return };
    let text = fs::read_to_string(suites.join("dates.json")).expect("dates.json");
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).expect("a list");
    assert!(cases.len() > 100, "{}", cases.len());
    let (mut read, mut missed) = (0, Vec::new());
    for case in &cases {
        let input = case["input"].as_str().expect("an input");
        let Some(got) = stamp(input, Tz::UTC).instant else {
            if !(case["expect_unix"].is_null() && case["expect_tuple"].is_null()) {
                missed.push(input);
            }
            continue;
        };
        read += 1;
        let tuple = case["expect_tuple"]
            .as_array()
            .map(|parts| parts.iter().filter_map(serde_json::Value::as_u64).collect::<Vec<_>>());
        let want = match (case["expect_unix"].as_i64(), tuple.as_deref()) {
            (Some(unix), _) => Some(unix),
            (None, Some([year, month, day, hour, minute, second])) => {
                let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
                Some(chrono::DateTime::parse_from_rfc3339(&text).expect(&text).timestamp())
            }
            (None, _) => None,
        };
        match want {
            Some(want) => assert_eq!(got.timestamp(), want, "{input}"),
            None => assert_eq!(case["expect_unix"], "any", "{input} names no instant, yet gave {got}"),
        }
    }
    println!("{read} of {} date texts name an instant", cases.len());
    // A number of five digits, and a year that no feed is from.
    assert_eq!(missed, ["03335", "Thu, 01 Jan 0100 00:00:01 +0100"]);
    assert!(read >= 98, "{read}");
}

/// The shared collection of captures and suites, which is not part of the repository.
fn corpus(part: &str) -> Option<PathBuf> {
    let root = option_env!("DATELINE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let found = Some(root.join(part)).filter(|path| path.is_dir());
    if found.is_none() {
        println!("skipped: no corpus at {}", root.join(part).display());
    }
    found
}

fn documents(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            documents(&path, found);
        } else if path
            .extension()
            .is_some_and(|kind| ["xml", "json", "rss", "atom", "rdf"].iter().any(|known| kind == *known))
        {
            found.push(path);
        }
    }
}

#[test]
fn captures_of_the_wires() {
    let Some(wires) = corpus("wires") else { return };
    for (name, items) in [
        ("prnewswire-rss-all-2026-10-05-trimmed.xml", 5),
        ("businesswire-rss-mrss-2026-10-05-trimmed.xml", 6),
        ("globenewswire-rss-public-2026-10-05-trimmed.xml", 5),
        ("reconstructed-bis-rss1-rdf.xml", 1),
        ("reconstructed-boc-rss1-rdf.xml", 1),
        ("reconstructed-businesswire-error-200.xml", 0),
        ("reconstructed-edgar-getcurrent-atom.xml", 1),
    ] {
        let bytes = fs::read(wires.join(name)).expect(name);
        let feed = parse(&bytes, None, None, &Options::default()).expect(name);
        assert_eq!((feed.items.len(), feed.rejects.len()), (items, 0), "{name}");
        for item in &feed.items {
            assert!(
                item.title.is_some() && item.guid.is_some() && item.link().is_some(),
                "{name}: {item:?}"
            );
            let stamp = item.published.as_ref().or(item.updated.as_ref());
            assert!(stamp.is_some_and(|stamp| stamp.instant.is_some()), "{name}: {stamp:?}");
        }
    }
}

#[test]
fn no_document_of_the_public_suites_panics() {
    let Some(suites) = corpus("suites") else { return };
    let mut paths = Vec::new();
    documents(&suites, &mut paths);
    assert!(paths.len() > 1000, "{} documents", paths.len());
    let (mut with_items, mut empty, mut refused, mut rejects) = (0, 0, 0, 0);
    for path in &paths {
        match on_small_stack(fs::read(path).expect("a file")) {
            Ok(feed) => {
                rejects += feed.rejects.len();
                if feed.items.is_empty() {
                    empty += 1;
                } else {
                    with_items += 1;
                }
            }
            Err(_) => refused += 1,
        }
    }
    println!(
        "{} documents: {with_items} with items, {empty} without, {refused} refused; {rejects} rejects",
        paths.len()
    );
    assert!(with_items * 2 > paths.len(), "{with_items} of {}", paths.len());
}

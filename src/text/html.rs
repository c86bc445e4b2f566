//! Makes a stranger's HTML safe to store and to re-emit.
//!
//! In: any text that a feed calls HTML or text, and the URL that it was read from. Out: HTML of the elements and attributes
//! in [`ALLOWED`] only, links to http, https and mailto only, no tracking images. The allow-list is ammonia's work; what
//! stands around it bounds ammonia's cost: html5ever is worse than quadratic in nesting depth (40,000 nested `<ul><li>`,
//! 360 KB, take 45 s), so length and depth are capped before it sees a byte.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use memchr::memmem;
use url::Url;

use super::address::MAX_URL_BYTES;
use super::markup::{Tag, Token, Tokens};
use super::{decode_entities, html_to_text};

/// Bytes of HTML that are read; the rest is cut off. The longest real release body seen has 56 KB of text.
pub const MAX_HTML_BYTES: usize = 256 * 1024;

/// Bytes of clean HTML: as much as characters that are escaped may make of the most that is read. Short links and a long base make far more.
const MAX_CLEAN_BYTES: usize = 8 * MAX_HTML_BYTES;

/// Open tags that may stand inside each other; deeper HTML is reduced to its text.
const MAX_DEPTH: usize = 256;

/// Tags, each as often as there are tags open around it: a table of 20,000 cells, fifteen deep, comes to 300,000.
const MAX_WORK: usize = 2_000_000;

/// Elements that are kept, each with the attributes that are kept.
const ALLOWED: &[(&str, &[&str])] = &[
    ("a", &["href"]),
    ("abbr", &[]),
    ("b", &[]),
    ("blockquote", &[]),
    ("br", &[]),
    ("caption", &[]),
    ("cite", &[]),
    ("code", &[]),
    ("dd", &[]),
    ("del", &[]),
    ("div", &[]),
    ("dl", &[]),
    ("dt", &[]),
    ("em", &[]),
    ("figcaption", &[]),
    ("figure", &[]),
    ("h1", &[]),
    ("h2", &[]),
    ("h3", &[]),
    ("h4", &[]),
    ("h5", &[]),
    ("h6", &[]),
    ("hr", &[]),
    ("i", &[]),
    ("img", &["src", "alt", "width", "height"]),
    ("ins", &[]),
    ("li", &[]),
    ("ol", &["start"]),
    ("p", &[]),
    ("pre", &[]),
    ("q", &[]),
    ("s", &[]),
    ("small", &[]),
    ("span", &[]),
    ("strong", &[]),
    ("sub", &[]),
    ("sup", &[]),
    ("table", &[]),
    ("tbody", &[]),
    ("td", &["colspan", "rowspan"]),
    ("tfoot", &[]),
    ("th", &["colspan", "rowspan"]),
    ("thead", &[]),
    ("tr", &[]),
    ("u", &[]),
    ("ul", &[]),
];

/// Elements that go with all that they hold: their content is no text for people.
pub(super) const DROPPED: &[&str] = &[
    "button", "head", "iframe", "math", "noembed", "noframes", "script", "select", "style", "svg", "template",
    "textarea", "title",
];

/// Parts of image addresses that count readers instead of showing something, in lower case.
const TRACKERS: &[&str] = &[
    // GlobeNewswire
    "globenewswire.com/newsroom/ti?",
    "globenewswire.com/tracker?",
    // PR Newswire
    "/rt.gif",
    "c212.net/c/img/",
    // Business Wire
    "cts.businesswire.com/ct/",
    // Newsfile
    "api.newsfilecorp.com/newsinfo/",
    // ACCESS Newswire
    "accesswire.com/img.ashx",
    // EQS
    "fn=show_t_gif",
    // feed hosts and blogs
    "feedburner.com/~r/",
    "feedsportal.com/",
    "pixel.wp.com/",
    "stats.wordpress.com/",
    "doubleclick.net/",
    "google-analytics.com/",
    "rss-pixel.",
];

/// Parts of a tag: the parser holds each attribute against all before it.
const MAX_PARTS: usize = 2_000;

/// Elements that open no level that their end tag would have to close: void ones, and those that the next of their kind ends
/// in every context.
const FLAT: &[&str] = &[
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "p", "param",
    "source", "track", "wbr",
];

/// Elements whose content the parser may read as text, so that an end tag in it ends nothing.
#[rustfmt::skip]
const RAW: &[&str] = &[
    "iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp",
];

/// Safe HTML of any text.
///
/// Text without any tag becomes escaped paragraphs: split at empty lines, other line ends kept as `<br>`. Relative URLs
/// are resolved against `base`, or dropped when there is none; what leads elsewhere than to http, https or mailto then, or is longer than 4 KiB,
/// is dropped. Input beyond 256 KiB is cut; input nested deeper than 256 levels, or that a long base would blow up, keeps only its text. Takes
/// milliseconds for a real release and up to a second for the worst input known: call it off the async threads.
#[must_use]
pub fn sanitize_html(html: &str, base: Option<&Url>) -> String {
    let html = &html[..html.floor_char_boundary(MAX_HTML_BYTES)];
    if !has_markup(html) {
        return html_of_text(&decode_entities(html));
    }
    if is_too_deep(html) {
        return html_of_text(&html_to_text(html));
    }
    let clean = match base {
        Some(base) if may_link_relatively(html) => cleaner(Some(base.clone())).clean(html),
        Some(_) | None => WITHOUT_BASE.clean(html),
    };
    let clean = clean.to_string();
    if clean.len() > MAX_CLEAN_BYTES {
        return html_of_text(&html_to_text(html));
    }
    without_empty_images(&clean)
}

/// A cleaner takes as long to make as a short release takes to clean, and only relative links need one of their own.
static WITHOUT_BASE: LazyLock<Builder<'static>> = LazyLock::new(|| cleaner(None));

/// May there be a link that needs a base? Not where behind all that could be the name of its attribute an address stands.
fn may_link_relatively(html: &str) -> bool {
    let html = html.to_ascii_lowercase();
    let is_address = |value: &str| {
        let value = value.strip_prefix(['"', '\'']).unwrap_or(value);
        SCHEMES.iter().any(|scheme| value.starts_with(scheme))
    };
    ["href", "src"].iter().any(|name| {
        memmem::find_iter(html.as_bytes(), name).any(|at| {
            let value = html[at + name.len()..].strip_prefix('=');
            !value.is_some_and(is_address)
        })
    })
}

/// Whether an HTML author wrote a tag in it; `a <b and c> d` and `<AAPL.O>` are prose.
#[must_use]
pub fn has_markup(html: &str) -> bool {
    Tokens::new(html).any(|token| match token {
        Token::Text(_) => false,
        Token::Open(tag) | Token::Close(tag) => tag.is_html(),
    })
}

/// Whether a text that calls itself plain was meant as HTML: it closes an element, breaks a line, or holds a reference. Publishers forget
/// the type of a text more often than they write about tags; the rule is that of feedparser (`looks_like_html`).
#[must_use]
pub fn looks_like_html(text: &str) -> bool {
    let closes = |token| match token {
        Token::Close(tag) => tag.is_html(),
        Token::Open(tag) => tag.is_one_of(&["br", "hr", "img"]),
        Token::Text(_) => false,
    };
    matches!(decode_entities(text), Cow::Owned(decoded) if decoded != text) || Tokens::new(text).any(closes)
}

/// Plain text as HTML source: what `<`, `>` and `&` would mean is taken from them.
#[must_use]
pub fn escape_html(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '>', '&']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    escape_onto(&mut out, text);
    Cow::Owned(out)
}

fn escape_onto(out: &mut String, text: &str) {
    for piece in text.split_inclusive(['&', '<', '>']) {
        let (plain, reference) = match piece.as_bytes() {
            [plain @ .., b'&'] => (plain.len(), "&amp;"),
            [plain @ .., b'<'] => (plain.len(), "&lt;"),
            [plain @ .., b'>'] => (plain.len(), "&gt;"),
            plain => (plain.len(), ""),
        };
        out.push_str(&piece[..plain]);
        out.push_str(reference);
    }
}

/// Whether the parser would take too long over this: an upper bound of the nesting depth that it would reach is beyond 256, or of the work
/// that depth makes of breadth, or a tag has thousands of attributes. A tag counts as open until an end tag of its name.
///
/// Where the parser could see less than we do (CDATA, text-only elements), end tags are not believed.
pub(crate) fn is_too_deep(html: &str) -> bool {
    if html.contains("<![CDATA[") {
        return Tokens::new(html)
            .filter(|token| matches!(token, Token::Open(tag) if !tag.is_one_of(FLAT)))
            .count()
            > MAX_DEPTH;
    }
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut depth, mut work) = (0, 0);
    let mut raw: Option<&str> = None;
    for token in Tokens::new(html) {
        match token {
            Token::Text(_) => {}
            Token::Open(tag) => {
                // `<b a=1><b a=2>...` and a thousand `<p>`: the parser opens every one of the former again in each of the latter.
                work += depth;
                if work > MAX_WORK || tag.parts() > MAX_PARTS {
                    return true;
                }
                if tag.is_one_of(FLAT) {
                    continue;
                }
                if raw.is_none() && tag.is_one_of(RAW) {
                    raw = Some(tag.name);
                }
                *open.entry(tag.name.to_ascii_lowercase()).or_default() += 1;
                depth += 1;
                if depth > MAX_DEPTH {
                    return true;
                }
            }
            Token::Close(tag) => {
                if raw.is_some_and(|name| !tag.is(name)) {
                    continue;
                }
                raw = None;
                if let Some(count) = open.get_mut(&tag.name.to_ascii_lowercase()).filter(|count| **count > 0) {
                    *count -= 1;
                    depth -= 1;
                }
            }
        }
    }
    false
}

fn cleaner(base: Option<Url>) -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .tags(ALLOWED.iter().map(|(tag, _)| *tag).collect())
        .tag_attributes(
            ALLOWED
                .iter()
                .map(|(tag, attributes)| (*tag, attributes.iter().copied().collect()))
                .collect(),
        )
        .generic_attributes(HashSet::new())
        .clean_content_tags(DROPPED.iter().copied().collect())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        // Those that pass are resolved by the filter.
        .url_relative(if base.is_some() {
            UrlRelative::PassThrough
        } else {
            UrlRelative::Deny
        })
        .link_rel(Some("noopener noreferrer"))
        .attribute_filter(move |_, attribute, value| keep_attribute(base.as_ref(), attribute, value));
    builder
}

/// The value of an allowed attribute, or `None` to drop the attribute.
fn keep_attribute<'v>(base: Option<&Url>, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    match attribute {
        "href" | "src" => address(base, value).filter(|address| attribute == "href" || !is_tracker(address)),
        "width" | "height" | "colspan" | "rowspan" | "start" if !is_short_number(value) => None,
        _ => Some(Cow::Borrowed(value)),
    }
}

/// Where a link leads: as written where that is an address already, else resolved and spelt out, for a feed reader takes `HTTPS:/e.example` for a
/// path. The base is a stranger's too: what it makes of a link may be a script.
fn address<'v>(base: Option<&Url>, value: &'v str) -> Option<Cow<'v, str>> {
    let is_whole = |address: &str| SCHEMES.iter().any(|scheme| address.starts_with(scheme));
    let address = if is_whole(value) {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(Url::options().base_url(base).parse(value).ok()?.into())
    };
    (is_whole(&address) && address.len() <= MAX_URL_BYTES).then_some(address)
}

/// How a whole address begins.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// Whether the address of an image counts readers instead of showing something.
#[must_use]
pub fn is_tracker(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    TRACKERS.iter().any(|tracker| address.contains(tracker))
}

fn is_short_number(value: &str) -> bool {
    let digits = value.trim_end_matches("px").trim_end_matches('%');
    (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Takes out, from HTML that ammonia wrote, images that lost their address and images of one pixel.
fn without_empty_images(clean: &str) -> String {
    Tokens::new(clean).fold(String::with_capacity(clean.len()), |mut out, token| {
        match token {
            Token::Open(tag) if tag.is("img") && is_empty_image(&tag) => {}
            Token::Open(tag) | Token::Close(tag) => out.push_str(tag.source),
            Token::Text(text) => out.push_str(text),
        }
        out
    })
}

fn is_empty_image(image: &Tag<'_>) -> bool {
    let is_dot = |side| {
        image
            .written_attribute(side)
            .is_some_and(|size| matches!(size.trim_end_matches("px"), "0" | "1"))
    };
    image.written_attribute("src").is_none() || (is_dot("width") && is_dot("height"))
}

/// Plain text as HTML: escaped, `<p>` for each paragraph, `<br>` for line ends inside one.
#[must_use]
pub fn html_of_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut inside = false;
    for line in super::visible(text).lines().map(str::trim) {
        if line.is_empty() {
            if inside {
                out.push_str("</p>\n");
            }
            inside = false;
            continue;
        }
        out.push_str(if inside { "<br>" } else { "<p>" });
        inside = true;
        escape_onto(&mut out, line);
    }
    if inside {
        out.push_str("</p>\n");
    }
    out.truncate(out.trim_end().len());
    out
}

/// The first tag that the sanitiser would not have written: another element, attribute or scheme, a value in no quotes. Text and
/// values may say what they like.
#[cfg(test)]
pub(crate) fn active(clean: &str) -> Option<&str> {
    // `Tokens` skips comments and declarations.
    let skipped = ["<!", "<?"].iter().find_map(|mark| clean.find(mark));
    if let Some(at) = skipped {
        return clean.get(at..);
    }
    Tokens::new(clean).find_map(|token| {
        let tag = match token {
            Token::Open(tag) | Token::Close(tag) => tag,
            // A tag that does not end may be ended by what comes behind.
            Token::Text(text) => return text.contains('<').then_some(text),
        };
        let Some((_, attributes)) = ALLOWED.iter().find(|(name, _)| *name == tag.name) else {
            return Some(tag.source);
        };
        let mut rest = tag.attributes;
        while let Some((key, (value, tail))) = rest
            .split_once("=\"")
            .and_then(|(key, tail)| Some((key, tail.split_once('"')?)))
        {
            let key = key.trim();
            let scheme_ok = SCHEMES.iter().any(|scheme| value.starts_with(scheme));
            let known =
                attributes.contains(&key) || (tag.name == "a" && key == "rel" && value == "noopener noreferrer");
            if !known || (matches!(key, "href" | "src") && !scheme_ok) {
                return Some(tag.source);
            }
            rest = tail;
        }
        (!rest.trim().is_empty()).then_some(tag.source)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn base() -> Url {
        Url::parse("https://wire.example/news/1").unwrap()
    }

    #[test]
    fn html_is_reduced_to_the_allow_list() {
        for (html, want) in [
            ("<p class=x>Hi <b onclick=a()>there</b></p>", "<p>Hi <b>there</b></p>"),
            ("<script>x</script><p>a</p><style>b{}</style>", "<p>a</p>"),
            ("<svg><g>x</svg><math><mi>y</math><iframe>z</iframe><p>a", "<p>a</p>"),
            ("<form action=/x>a<input></form><p>b", "a<p>b</p>"),
            (
                "<a href='/x?a=1&amp;b=2'>l</a>",
                "<a href=\"https://wire.example/x?a=1&amp;b=2\" rel=\"noopener noreferrer\">l</a>",
            ),
            ("<a href='javascript:a()'>l</a>", "<a rel=\"noopener noreferrer\">l</a>"),
            (
                "<a href=' jAva\tscript:a()'>l</a>",
                "<a rel=\"noopener noreferrer\">l</a>",
            ),
            (
                "<a href='mailto:a@b.example'>l</a>",
                "<a href=\"mailto:a@b.example\" rel=\"noopener noreferrer\">l</a>",
            ),
            (
                "<a href='HTTPS:e.example/x y'>l</a>",
                "<a href=\"https://wire.example/news/e.example/x%20y\" rel=\"noopener noreferrer\">l</a>",
            ),
            (
                "<a href='HTTP:/e.example/x'>l</a>",
                "<a href=\"http://e.example/x\" rel=\"noopener noreferrer\">l</a>",
            ),
            ("<p>a<img src='https:\\\\pixel.wp.com\\g.gif'></p>", "<p>a</p>"),
            (
                "<p>a<img src='pic.png' alt=\"A &quot;b&quot;\" width=10></p>",
                "<p>a<img src=\"https://wire.example/news/pic.png\" alt=\"A &quot;b&quot;\" width=\"10\"></p>",
            ),
            ("<p>a<img src='data:image/png;base64,AA'></p>", "<p>a</p>"),
            ("<td colspan=2 rowspan='1e9'>x", "x"),
            (
                "<table><tr><td colspan=2 rowspan='x'>x</table>",
                "<table><tbody><tr><td colspan=\"2\">x</td></tr></tbody></table>",
            ),
            ("<!-- c --><p>a<!-- d", "<p>a</p>"),
        ] {
            assert_eq!(sanitize_html(html, Some(&base())), want, "{html}");
        }
        assert_eq!(
            sanitize_html("<p>a <a href='/x'>l</a> <img src='/y.png'></p>", None),
            "<p>a <a rel=\"noopener noreferrer\">l</a> </p>"
        );
    }

    #[test]
    fn a_base_makes_no_link_that_could_not_be_written() {
        let html = "<p>a <a href='#x'>l</a> <a href='y'>m</a> <a href='https://e.example/'>n</a><img src=z></p>";
        let long = format!("https://e.example/{}/", "x".repeat(MAX_URL_BYTES));
        for base in [
            "javascript:alert(1)//",
            "javascript://x/%0aalert(1)//",
            "ftp://e.example/",
            "data:text/html,x",
            &long,
        ] {
            let base = Url::parse(base).expect("a URL");
            assert_eq!(
                sanitize_html(html, Some(&base)),
                "<p>a <a rel=\"noopener noreferrer\">l</a> <a rel=\"noopener noreferrer\">m</a> \
                 <a href=\"https://e.example/\" rel=\"noopener noreferrer\">n</a></p>",
                "{base:.40}"
            );
        }
        let base = Url::parse(&format!("https://e.example/{}/", "x".repeat(2_000))).expect("a URL");
        let clean = sanitize_html(&format!("<p>kept {}", "<img src=x>".repeat(20_000)), Some(&base));
        assert_eq!(clean, "<p>kept</p>", "forty megabytes of addresses");
    }

    #[test]
    fn only_what_may_link_relatively_needs_a_base() {
        for (html, want) in [
            ("<p>a", false),
            (
                "<a href=\"https://x.example/\">l</a><A HREF='mailto:a@b.example'><img src=http://x.example/y>",
                false,
            ),
            ("<a href=\"https://x.example/\">l</a><a href=\"/y\">", true),
            ("<IMG SRC = \"https://x.example/y\">", true),
            ("<a href=\"\"https://x.example/>", true),
            ("<a href>", true),
        ] {
            assert_eq!(may_link_relatively(html), want, "{html}");
        }
    }

    #[test]
    fn what_was_meant_as_html() {
        for (text, want) in [
            ("Example <b>Atom</b>", true),
            ("One<br>Two", true),
            ("Q&amp;A", true),
            ("History of the <blink> tag", false),
            ("R&D of <AAPL.O> and a < b", false),
            ("?a=1&copy=2", false),
            ("", false),
        ] {
            assert_eq!(looks_like_html(text), want, "{text}");
        }
        assert_eq!(escape_html("a <b> & c"), "a &lt;b&gt; &amp; c");
    }

    #[test]
    fn images_that_count_readers_are_dropped() {
        for image in [
            "<img src='https://www.globenewswire.com/newsroom/ti?nf=Nzk=' width=1 height=1>",
            "<img src='https://www.globenewswire.com/Tracker?data=abc'>",
            "<img src='https://rt.prnewswire.com/rt.gif?NewsItemId=1' style='width:1px'>",
            "<img src='https://cts.businesswire.com/ct/CT?id=bwnews&amp;sty=1'>",
            "<img src='https://pic.example/x.gif' width='1px' height=1>",
            "<img src='https://pic.example/x.gif' width=0 height=0>",
            "<img alt='nothing'>",
        ] {
            assert_eq!(
                sanitize_html(&format!("<p>a{image}</p>"), Some(&base())),
                "<p>a</p>",
                "{image}"
            );
        }
        let real = "<img src=\"https://mms.businesswire.com/media/1.jpg\" width=\"1\" height=\"100\">";
        assert_eq!(sanitize_html(real, None), real);
    }

    #[test]
    fn text_without_markup_becomes_escaped_paragraphs() {
        for (text, want) in [
            (
                "One.\n\nTwo\nlines & <3",
                "<p>One.</p>\n<p>Two<br>lines &amp; &lt;3</p>",
            ),
            ("R&amp;D of <AAPL.O>", "<p>R&amp;D of &lt;AAPL.O&gt;</p>"),
            ("if a <b and c> d", "<p>if a &lt;b and c&gt; d</p>"),
            (" \n\r\n", ""),
            ("", ""),
        ] {
            assert_eq!(sanitize_html(text, None), want, "{text:?}");
        }
    }

    #[test]
    fn hostile_nesting_is_reduced_to_text() {
        for unit in [
            "<div>",
            "<ul><li>",
            "<table><tr><td>",
            "<div></x>",
            "<a><div></a>",
            "<div><!--</div>-->",
            "<div><x y='</div>'>",
            "<div><textarea></div></textarea>",
            "<svg><g><![CDATA[></g>]]>",
            "<font size=1><b>",
        ] {
            let html = format!("{}end of it", unit.repeat(4_000));
            assert!(is_too_deep(&html), "{unit}");
            let clean = sanitize_html(&html, None);
            let is_paragraph = |token| matches!(token, Token::Open(tag) | Token::Close(tag) if tag.is("p"));
            assert!(
                Tokens::new(&clean).all(|token| matches!(token, Token::Text(_)) || is_paragraph(token)),
                "{unit}"
            );
        }
        for unit in [
            "<p>a",
            "<ul><li>a<li>b</ul>",
            "<b>a</b><br>",
            "<div><p>a</div>",
            "<td>a</td>",
        ] {
            assert!(!is_too_deep(&unit.repeat(4_000)), "{unit} is flat");
        }
    }

    #[test]
    fn long_html_is_cut_between_characters() {
        let clean = sanitize_html(&format!("<p>{}", "é".repeat(200_000)), None);
        assert!(clean.len() <= MAX_HTML_BYTES + 16 && clean.ends_with("é</p>"));
    }

    #[test]
    fn published_attacks_come_out_inert() {
        let Some(vectors) = crate::text::corpus("suites/sanitizer-vectors/vectors.json") else {
            return;
        };
        let vectors: Vec<serde_json::Value> = serde_json::from_str(&vectors).unwrap();
        assert!(vectors.len() > 800, "{} vectors", vectors.len());
        for input in vectors.iter().filter_map(|vector| vector["input"].as_str()) {
            for html in [
                input.to_owned(),
                format!("<p>{input}"),
                format!("<div title=\"{input}\">"),
                format!("<table><td>{input}"),
            ] {
                let clean = sanitize_html(&html, Some(&base()));
                assert_eq!(active(&clean), None, "{html}\n{clean}");
                let again = sanitize_html(&clean, Some(&base()));
                assert_eq!(active(&again), None, "again {html}\n{again}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_html_comes_out_inert(
            pieces in proptest::collection::vec(
                prop_oneof![
                    Just("<script>".to_owned()), Just("</script>".to_owned()), Just("<svg>".to_owned()), Just("<math><mtext>".to_owned()),
                    Just("<style>".to_owned()), Just("<img src=x onerror=a()>".to_owned()), Just("<a href=\"java&#115;cript:a()\">".to_owned()),
                    Just("<table><td>".to_owned()), Just("<noscript>".to_owned()), Just("<!--".to_owned()), Just("-->".to_owned()),
                    Just("<![CDATA[".to_owned()), Just("<p title='".to_owned()), Just("\" onload=\"a()".to_owned()),
                    "[<>/='\"&; a-z]{0,12}", "\\PC{0,8}",
                ],
                0..24,
            )
        ) {
            let html = pieces.concat();
            for base in [&base(), &Url::parse("javascript://x/%0aa()//").expect("a URL")] {
                let clean = sanitize_html(&html, Some(base));
                prop_assert_eq!(active(&clean), None, "{}", clean);
                let text = html_to_text(&clean);
                prop_assert!(!text.contains("\n\n\n"));
            }
        }
    }
}

//! Finds the feed in a document that does not begin with it, and tells what an HTML page would have us read.
//!
//! In: decoded text with markup. Out: where the feed's root element stands, behind warnings of PHP or within a page that a server wrapped
//! around it; else, for a page, an error that names the page and the feeds to which it links. A page that shows a feed in its text or in
//! a script is a page. Bounded and linear, whatever the markup.

use std::borrow::Cow;

use url::Url;

use super::token::{TagEnd, instruction_end, split_attributes, tag_end};
use super::{ParseError, Repairs};
use crate::text::{cut, decode_entities, plain_title};

/// How far into the document its root is looked for.
const ROOT_WITHIN_BYTES: usize = 64 << 10;

/// How far into a page its title and links are looked for: they belong into its head.
const HEAD_WITHIN_BYTES: usize = 512 << 10;

/// Feeds of a page that are named.
const MAX_FEEDS: usize = 3;

/// Bytes of the address of one of them: it is to be read in a line of the log.
const MAX_FEED_ADDRESS_BYTES: usize = 300;

const MAX_TITLE_CHARS: usize = 60;

/// Elements that show or hide markup without meaning it.
const QUOTING: &[&str] = &[
    "script", "style", "textarea", "pre", "code", "xmp", "template", "noscript", "iframe", "title",
];

/// Elements with which pages begin, and XML never does.
const HTML: &[&str] = &[
    "html", "head", "body", "meta", "script", "style", "noscript", "iframe", "div", "span", "p", "br", "h1", "center",
    "font", "table", "form",
];

/// Elements with which feeds begin.
const ROOTS: &[&str] = &["rss", "RDF", "feed", "entry", "urlset"];

/// Media types of feeds; `application/json` is what every API says.
const FEED_TYPES: &[&str] = &[
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
];

/// The document from its root on, or from its beginning, where later stages say what it is.
///
/// # Errors
/// When it is a page.
pub(super) fn unwrap<'a>(text: &'a str, url: Option<&Url>, repairs: &mut Repairs) -> Result<Cow<'a, str>, ParseError> {
    let mut first = None;
    let mut tags = Tags::within(text, ROOT_WITHIN_BYTES);
    while let Some(tag) = tags.next() {
        if first.is_none() && ROOTS.contains(&tag.local_name()) {
            return Ok(text.into());
        }
        if tag.is_feed() {
            repairs.add("leading-junk");
            return Ok(text[tag.at..].into());
        }
        if tag.name == "channel"
            && !tags.html_doctype
            && !first.as_ref().is_some_and(|first: &Tag<'_>| first.is("html"))
        {
            repairs.add("missing-root");
            return Ok(rooted(&text[tag.at..]).into());
        }
        tags.skip_quoted(&tag);
        first.get_or_insert(tag);
    }
    let begins_a_page = |tag: Tag<'_>| HTML.iter().any(|name| tag.is(name));
    if tags.html_doctype && first.is_some() || first.is_some_and(begins_a_page) {
        return Err(refusal(text, url));
    }
    Ok(text.into())
}

/// A channel in the root that it lacks; without an end if it has none, so that it counts as cut.
fn rooted(channel: &str) -> String {
    let end = if channel.contains("</channel>") { "</rss>" } else { "" };
    format!("<rss version=\"2.0\">{channel}{end}")
}

/// Says what page this is, and which feeds it names (RSS autodiscovery).
fn refusal(text: &str, url: Option<&Url>) -> ParseError {
    let (mut title, mut base, mut references) = (None, None, Vec::new());
    let mut tags = Tags::within(text, HEAD_WITHIN_BYTES);
    while let Some(tag) = tags.next() {
        let quoted = tags.skip_quoted(&tag);
        if tag.is("title") && title.is_none() {
            title = Some(plain_title(quoted));
        } else if tag.is("base") && base.is_none() {
            base = tag.attribute("href");
        } else if tag.is("link") && tag.names_a_feed() {
            references.extend(tag.attribute("href"));
        }
    }
    let base = match (base, url) {
        (Some(base), Some(url)) => url.join(base.trim()).ok(),
        (Some(base), None) => Url::parse(base.trim()).ok(),
        (None, url) => url.cloned(),
    };
    let mut feeds: Vec<String> = Vec::new();
    for reference in references {
        let feed = match &base {
            Some(base) => base.join(reference.trim()),
            None => Url::parse(reference.trim()),
        };
        let usable = feed.ok().filter(|feed| {
            matches!(feed.scheme(), "http" | "https")
                && feed.username().is_empty()
                && feed.password().is_none()
                && Some(feed) != url
        });
        let usable = usable
            .map(String::from)
            .filter(|feed| feed.len() <= MAX_FEED_ADDRESS_BYTES && !feeds.contains(feed));
        feeds.extend(usable);
        if feeds.len() == MAX_FEEDS {
            break;
        }
    }
    let what = match title.filter(|title| !title.is_empty()) {
        Some(title) => format!("an HTML page \"{}\"", cut(&title, MAX_TITLE_CHARS)).into(),
        None => "an HTML page".into(),
    };
    match feeds.as_slice() {
        [] => ParseError::not_a_feed(what),
        [feed] => ParseError::NotAFeed {
            what,
            advice: format!("it links to {feed}: put that URL into the source").into(),
        },
        [feeds @ .., last] => ParseError::NotAFeed {
            what,
            advice: format!(
                "it links to {} and {last}: put one of these URLs into the source",
                feeds.join(", ")
            )
            .into(),
        },
    }
}

/// A start tag.
struct Tag<'a> {
    at: usize,
    name: &'a str,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn local_name(&self) -> &'a str {
        self.name.rsplit(':').next().unwrap_or(self.name)
    }

    fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        let (attributes, _) = split_attributes(self.attributes);
        let (_, value) = attributes
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(decode_entities(value))
    }

    /// The root of a feed amid other markup. Pages hold RDF of other kinds, licences above all.
    fn is_feed(&self) -> bool {
        let binds = |parts: &[&str]| parts.iter().any(|part| self.attributes.contains(part));
        match self.local_name() {
            "rss" => true,
            "feed" => binds(&["w3.org/2005/Atom", "purl.org/atom"]),
            "RDF" => binds(&["purl.org/rss/", "netscape.com/rdf/", "purl.org/net/rss"]),
            "urlset" => binds(&["schemas/sitemap"]),
            _ => false,
        }
    }

    /// A `link` to another form of the page that is a feed.
    fn names_a_feed(&self) -> bool {
        let says = |name| self.attribute(name).unwrap_or_default().to_ascii_lowercase();
        let is_alternate = says("rel").split_ascii_whitespace().any(|rel| rel == "alternate");
        is_alternate && FEED_TYPES.contains(&says("type").split(';').next().unwrap_or_default().trim())
    }
}

/// The start tags of the beginning of a document, comments and the like left out.
struct Tags<'a> {
    text: &'a str,
    at: usize,
    /// A document type of HTML has been seen.
    html_doctype: bool,
}

impl<'a> Tags<'a> {
    fn within(text: &'a str, bytes: usize) -> Self {
        Self {
            text: &text[..text.floor_char_boundary(bytes)],
            at: 0,
            html_doctype: false,
        }
    }

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let rest = &self.text[self.at..];
            let start = rest.find('<')?;
            self.at += start;
            let rest = &rest[start..];
            let around = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<!", ">"), ("</", ">")];
            if let Some(body) = rest.strip_prefix("<?") {
                self.at += "<?".len() + instruction_end(body);
                continue;
            }
            if let Some((open, close)) = around.into_iter().find(|(open, _)| rest.starts_with(open)) {
                let kind = rest.get(..14).unwrap_or_default();
                self.html_doctype |= kind.eq_ignore_ascii_case("<!doctype html");
                self.at += open.len() + rest[open.len()..].find(close)? + close.len();
                continue;
            }
            match tag_end(rest) {
                TagEnd::At(end) => {
                    let at = self.at;
                    self.at += end + 1;
                    let tag = rest[1..end].trim_end_matches('/');
                    let name_end = tag
                        .find(|c: char| c.is_ascii_whitespace() || c == '/')
                        .unwrap_or(tag.len());
                    let (name, attributes) = tag.split_at(name_end);
                    return Some(Tag { at, name, attributes });
                }
                TagEnd::NoTag => self.at += 1,
                TagEnd::Cut => return None,
            }
        }
    }

    /// Goes behind the end of an element whose markup does not count, and returns what it holds. Without an end it holds the rest.
    fn skip_quoted(&mut self, tag: &Tag<'_>) -> &'a str {
        if !QUOTING.iter().any(|name| tag.is(name)) {
            return "";
        }
        let rest = &self.text[self.at..];
        let ends = |at: &usize| {
            let named = rest.get(at + 2..at + 2 + tag.name.len());
            named.is_some_and(|name| name.eq_ignore_ascii_case(tag.name))
        };
        let end = rest
            .match_indices("</")
            .map(|(at, _)| at)
            .find(ends)
            .unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unwrapped(text: &str) -> Result<(String, Vec<&'static str>), String> {
        let url = Url::parse("https://e.example/news/").expect("a URL");
        let mut repairs = Repairs::default();
        match unwrap(text, Some(&url), &mut repairs) {
            Ok(found) => Ok((found.into_owned(), repairs.into_names())),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn a_feed_is_found_behind_and_within_other_markup() {
        let rss = "<rss version='2.0'><channel/></rss>";
        let atom = "<feed xmlns='http://www.w3.org/2005/Atom'/>";
        let rdf = "<rdf:RDF xmlns='http://purl.org/rss/1.0/'/>";
        for (junk, feed) in [
            (
                "<br />\n<b>Warning</b>: x() in <b>/var/www/a.php</b> on line <b>3</b><br />\n<?xml version='1.0'?>\n",
                rss,
            ),
            (
                "<font size='1'><table><tr><th>( ! ) Notice</th></tr></table></font>",
                atom,
            ),
            ("<!DOCTYPE html><html><head><title>RSS</title></head><body>", rss),
            ("<html><body><div>", rdf),
            ("<script>document.write('<rss>')</script>", rss),
            ("<pre>Array ( <rss> )</pre>", rss),
            ("<soap:Body>", rss),
            ("<p>1 < 2", rss),
        ] {
            let want = Ok((feed.to_owned(), vec!["leading-junk"]));
            assert_eq!(unwrapped(&format!("{junk}{feed}")), want, "{junk}");
        }
    }

    #[test]
    fn a_document_that_begins_with_its_root_is_left_alone() {
        for text in [
            "<rss version='2.0'><channel/></rss>",
            "<?xml-stylesheet href='a'?><!DOCTYPE rss [<!ENTITY a 'b'>]><!-- <html> --> junk <rss/>",
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry/></feed>",
            "<opml><outline type='rss'/></opml>",
            "<a><b/></a>",
            "<rdf:RDF xmlns='urn:other'><channel/></rdf:RDF>",
            "<feed><entry/><channel/></feed>",
            "no markup",
            "",
        ] {
            assert_eq!(unwrapped(text), Ok((text.to_owned(), vec![])), "{text}");
        }
    }

    #[test]
    fn a_channel_without_a_root_gets_one() {
        for (text, want) in [
            (
                "<channel><item/></channel>",
                "<rss version=\"2.0\"><channel><item/></channel></rss>",
            ),
            (
                "<br>x<channel><item/></channel></body>",
                "<rss version=\"2.0\"><channel><item/></channel></body></rss>",
            ),
            (
                "<RSS><channel><item/></channel></RSS>",
                "<rss version=\"2.0\"><channel><item/></channel></RSS></rss>",
            ),
            ("<channel><item/><item>", "<rss version=\"2.0\"><channel><item/><item>"),
        ] {
            assert_eq!(unwrapped(text), Ok((want.to_owned(), vec!["missing-root"])), "{text}");
        }
    }

    #[test]
    fn a_page_is_named_and_asked_for_its_feeds() {
        let page = |head: &str| format!("<!DOCTYPE html>\n<html><head>{head}</head><body><p>x<br></body></html>");
        let link =
            |href: &str| format!("<link rel=\"alternate\" type=\"application/rss+xml\" title=\"x\" href=\"{href}\">");
        let long = "x".repeat(400);
        let check = "check the source's URL";
        for (head, name, advice) in [
            (String::new(), "", check.to_owned()),
            (
                "<title>\n Sign&nbsp;in </title>".to_owned(),
                " \"Sign in\"",
                check.to_owned(),
            ),
            (
                "<title>\u{1b}[31m\u{202e}a<script>b</script></title>".to_owned(),
                " \"[31ma\"",
                check.to_owned(),
            ),
            (
                format!("<title>{long}</title>"),
                &format!(" \"{}\"", &long[..60]),
                check.to_owned(),
            ),
            (
                link("/feed.xml?a=1&amp;b=2"),
                "",
                "it links to https://e.example/feed.xml?a=1&b=2: put that URL into the source".to_owned(),
            ),
            (
                link("a") + &link("b") + &link("a") + &link("c") + &link("d"),
                "",
                "it links to https://e.example/news/a, https://e.example/news/b and https://e.example/news/c: \
                 put one of these URLs into the source"
                    .to_owned(),
            ),
            (
                format!("<base href='//cdn.example/x/'>{}", link("é.xml")),
                "",
                "it links to https://cdn.example/x/%C3%A9.xml: put that URL into the source".to_owned(),
            ),
            (
                "<LINK REL='ALTERNATE home' TYPE='application/feed+json; charset=utf-8' HREF=f.json />".to_owned(),
                "",
                "it links to https://e.example/news/f.json: put that URL into the source".to_owned(),
            ),
            // Its own address, other schemes, other kinds, what nobody can type, and what is not meant.
            (link("https://e.example/news/"), "", check.to_owned()),
            (
                link("javascript:alert(1)") + &link("file:///etc/passwd") + &link("//u:p@e.example/f"),
                "",
                check.to_owned(),
            ),
            (link(&long), "", check.to_owned()),
            (link("/feed").replace("rss+xml", "json"), "", check.to_owned()),
            (link("/feed").replace("alternate", "stylesheet"), "", check.to_owned()),
            (
                format!("<!-- {} --><script>'{}'</script>", link("/a"), link("/b")),
                "",
                check.to_owned(),
            ),
        ] {
            let want = format!("not a feed but an HTML page{name}: {advice}");
            assert_eq!(unwrapped(&page(&head)), Err(want), "{head}");
        }
    }

    #[test]
    fn a_page_that_shows_a_feed_is_a_page() {
        for text in [
            "<html><body><pre><rss version='2.0'></pre></body></html>",
            "<html><body><textarea><rss version='2.0'></textarea></body></html>",
            "<html><script>x = '<rss>'</script></html>",
            "<html><script>x = '<rss>'",
            "<html><!-- <rss> --></html>",
            "<html>&lt;rss&gt;</html>",
            "<html><rdf:RDF xmlns='http://web.resource.org/cc/'></rdf:RDF></html>",
            "<html xmlns='http://www.w3.org/1999/xhtml'><head/><body/></html>",
            "<meta http-equiv='refresh'>",
        ] {
            assert_eq!(
                unwrapped(text),
                Err("not a feed but an HTML page: check the source's URL".to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn large_hostile_pages_take_linear_time() {
        for unit in [
            "<",
            "<a ",
            "<a b='",
            "<!--",
            "<script>",
            "</",
            "<link rel=alternate ",
            "<title>",
            "&amp;",
            "<![CDATA[",
        ] {
            // nextest ends a test that hangs; quadratic time on these sizes would be minutes.
            let error = unwrapped(&format!("<html>{}", unit.repeat(200_000))).expect_err(unit);
            assert!(error.len() < 300, "{unit}: {error}");
        }
    }
}

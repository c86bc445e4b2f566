//! The outermost parts of a sanitised body, for who shows them one by one.

use super::markup::{Token, Tokens};

/// Elements of the sanitiser's list that have no end tag.
const VOID: &[&str] = &["br", "hr", "img"];

/// Elements that stand in a line of text.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "br", "cite", "code", "del", "em", "i", "img", "ins", "q", "s", "small", "span", "strong", "sub",
    "sup", "u",
];

const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// The outermost blocks of what [`sanitize_html`](super::sanitize_html) wrote, in order: their texts joined are the HTML, but
/// for a `div` around all of it. Each is well-formed by itself. HTML whose tags do not close one another is one block.
#[must_use]
pub fn blocks(sanitized: &str) -> Vec<&str> {
    let mut html = sanitized.trim();
    loop {
        match split(html).as_deref() {
            None => return vec![html],
            Some([one]) => match one.strip_prefix("<div>").and_then(|inner| inner.strip_suffix("</div>")) {
                Some(inner) => html = inner.trim(),
                None => return vec![one],
            },
            Some(several) => return several.to_vec(),
        }
    }
}

fn split(html: &str) -> Option<Vec<&str>> {
    let (mut blocks, mut start, mut at, mut depth) = (Vec::new(), 0, 0, 0_usize);
    let mut push = |range: std::ops::Range<usize>| {
        let block = html[range].trim();
        if !block.is_empty() {
            blocks.push(block);
        }
    };
    for token in Tokens::new(html) {
        match token {
            Token::Text(text) => at += text.len(),
            Token::Open(tag) => {
                if depth == 0 && !tag.is_one_of(INLINE) {
                    push(start..at);
                    start = at;
                }
                at += tag.source.len();
                if !tag.is_one_of(VOID) {
                    depth += 1;
                } else if depth == 0 && !tag.is_one_of(INLINE) {
                    push(start..at);
                    start = at;
                }
            }
            Token::Close(tag) => {
                at += tag.source.len();
                depth = depth.checked_sub(1)?;
                if depth == 0 && !tag.is_one_of(INLINE) {
                    push(start..at);
                    start = at;
                }
            }
        }
    }
    push(start..at);
    (depth == 0 && at == html.len()).then_some(blocks)
}

/// The same HTML with its headings ranked anew below a heading of `level`: the highest kind becomes `level + 1`, and none is
/// skipped.
#[must_use]
pub fn below_heading(sanitized: &str, level: usize) -> String {
    let opens = |name: &&str| sanitized.contains(&format!("<{name}>"));
    let used: Vec<&str> = HEADINGS.into_iter().filter(opens).collect();
    let mut html = String::with_capacity(sanitized.len());
    for token in Tokens::new(sanitized) {
        let (mark, tag) = match token {
            Token::Text(text) => {
                html.push_str(text);
                continue;
            }
            Token::Open(tag) => ("<", tag),
            Token::Close(tag) => ("</", tag),
        };
        match used.iter().position(|name| tag.is(name)) {
            Some(rank) => html.push_str(&format!("{mark}h{}>", (level + 1 + rank).min(HEADINGS.len()))),
            None => html.push_str(tag.source),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_falls_apart_into_its_outermost_blocks() {
        for (html, want) in [
            ("", vec![]),
            ("<p>a</p><p>b <b>c</b></p>", vec!["<p>a</p>", "<p>b <b>c</b></p>"]),
            ("<div><p>a</p>\n<p>b</p></div>", vec!["<p>a</p>", "<p>b</p>"]),
            ("<div><div>a</div></div>", vec!["a"]),
            (
                "lead <b>x</b><br>y<ul><li>a</li></ul>tail",
                vec!["lead <b>x</b><br>y", "<ul><li>a</li></ul>", "tail"],
            ),
            (
                "<p>a</p><hr><img src=\"u\" alt=\"a > b\">",
                vec!["<p>a</p>", "<hr>", "<img src=\"u\" alt=\"a > b\">"],
            ),
            ("<p>a</p></div><p>b</p>", vec!["<p>a</p></div><p>b</p>"]),
            ("<p>a<p>b</p>", vec!["<p>a<p>b</p>"]),
        ] {
            assert_eq!(blocks(html), want, "{html}");
        }
    }

    #[test]
    fn headings_of_a_body_stand_below_that_of_the_page() {
        for (html, want) in [
            ("<h1>a</h1><p>b</p>", "<h2>a</h2><p>b</p>"),
            ("<h2>a</h2><h4>b</h4><h2>c</h2>", "<h2>a</h2><h3>b</h3><h2>c</h2>"),
            ("<p>a</p>", "<p>a</p>"),
        ] {
            assert_eq!(below_heading(html, 1), want, "{html}");
        }
    }

    #[test]
    fn blocks_of_whatever_was_sanitised_are_the_whole_of_it() {
        for html in [
            "<p>a<div>b<ul><li>c<li>d</ul>e",
            "<table><tr><td>a<td>b</table>c",
            "a < b <script>x</script><h1>t</h1>",
        ] {
            let sanitized = crate::text::sanitize_html(html, None);
            let joined: String = blocks(&sanitized).concat();
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(bare(&joined), bare(&sanitized), "{html}");
        }
    }
}

//! A release as JSON-LD, schema.org `NewsArticle`: for search engines and for whoever reads pages by program.
//!
//! A data block is no script: browsers run nothing of it, and the page's policy forbids scripts besides. What could end the
//! block from within is escaped.

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use super::card::headline;
use crate::emit::entry::{Entry, web_url};

/// The data block of an article whose page is `url`.
pub(super) fn article(entry: &Entry, url: &str) -> String {
    let draft = &entry.article.draft;
    let organisation = |name: &str| json!({"@type": "Organization", "name": name});
    let mut fields = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    put("@context", Some(json!("https://schema.org")));
    put("@type", Some(json!("NewsArticle")));
    put("@id", Some(json!(entry.id)));
    put("url", Some(json!(url)));
    put("headline", Some(json!(headline(entry))));
    put(
        "alternativeHeadline",
        draft.subheadline.as_ref().map(|text| json!(text)),
    );
    put("description", entry.summary.as_ref().map(|text| json!(text)));
    let stamp = |at: chrono::DateTime<chrono::Utc>| json!(at.to_rfc3339_opts(SecondsFormat::Secs, true));
    put("datePublished", entry.published.map(stamp));
    put("dateModified", Some(stamp(entry.updated)));
    put("inLanguage", entry.language.as_ref().map(|tag| json!(tag)));
    put("dateline", draft.dateline.as_ref().map(|dateline| json!(dateline.raw)));
    put("sourceOrganization", draft.issuer.as_deref().map(organisation));
    put("publisher", draft.wire.as_deref().map(organisation));
    put("isBasedOn", entry.wire_link.as_ref().map(|link| json!(link)));
    put("version", Some(json!(entry.article.version)));
    put("creativeWorkStatus", Some(json!(draft.pubstatus.as_str())));
    let tickers: Vec<String> = draft.symbols().map(|symbol| symbol.key()).collect();
    put("keywords", (!tickers.is_empty()).then(|| json!(tickers)));
    let pictures: Vec<String> = draft
        .media
        .iter()
        .filter(|media| {
            media
                .media_type
                .as_deref()
                .is_some_and(|kind| kind.starts_with("image/"))
        })
        .filter_map(|media| web_url(&media.url))
        .collect();
    put("image", (!pictures.is_empty()).then(|| json!(pictures)));
    unclosable(&Value::Object(fields).to_string())
}

/// The same JSON without a sign that HTML would read: they stand in its strings alone, where `\u003c` means `<`.
fn unclosable(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_closes_the_block_and_each_comes_back_as_it_was() {
        let hostile = "</script><!-- & \u{2028} \"quoted\" ]]>";
        let block = unclosable(&json!({"headline": hostile}).to_string());
        assert!(!block.contains(['<', '>', '&', '\u{2028}']), "{block}");
        let back: Value = serde_json::from_str(&block).expect("it is JSON still");
        assert_eq!(back["headline"], hostile);
    }
}

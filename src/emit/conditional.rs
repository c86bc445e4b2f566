//! Answers 200 or 304: conditional requests (RFC 9110 section 13) and the validators of coded bodies.
//!
//! A strong `ETag` names bytes, and a compressed body is other bytes, so each content coding has its own tag: that of the
//! document with `-gzip`, `-br` or `-zstd` at its end. A request may come back with any of them; all name the same document.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};

use super::Published;
use super::access::Leave;

/// The codings that the compression layer may choose.
const CODINGS: &[&str] = &["gzip", "br", "zstd"];

/// The document, or 304 if the client has it.
pub(super) fn respond(document: &Published, leave: Leave, asked: &HeaderMap) -> Response {
    let known = client_tag(document, asked);
    let mut response = match &known {
        Some(_) => StatusCode::NOT_MODIFIED.into_response(),
        None => Body::from(document.bytes.clone()).into_response(),
    };
    let headers = response.headers_mut();
    if known.is_none() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(document.content_type));
    }
    if let Ok(etag) = HeaderValue::from_str(known.as_ref().unwrap_or(&document.etag)) {
        headers.insert(header::ETAG, etag);
    }
    if let Some(Ok(date)) = document
        .last_modified
        .map(|at| HeaderValue::from_str(&httpdate::fmt_http_date(at.into())))
    {
        headers.insert(header::LAST_MODIFIED, date);
    }
    let seconds = document.max_age.num_seconds();
    let (audience, vary) = match leave {
        Leave::Open => ("public", "accept-encoding"),
        Leave::ByToken => ("private", "accept-encoding, authorization"),
    };
    if let Ok(control) = HeaderValue::from_str(&format!("{audience}, max-age={seconds}")) {
        headers.insert(header::CACHE_CONTROL, control);
    }
    headers.insert(header::VARY, HeaderValue::from_static(vary));
    if let Some(Ok(cursor)) = document.cursor.map(|cursor| HeaderValue::from_str(&cursor.to_string())) {
        headers.insert(HeaderName::from_static("dateline-cursor"), cursor);
    }
    response
}

/// Gives a coded body its own strong validator.
pub(super) fn tag_coding<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    let coding = headers
        .get(header::CONTENT_ENCODING)
        .and_then(|coding| coding.to_str().ok());
    let etag = headers
        .get(header::ETAG)
        .and_then(|etag| etag.to_str().ok())
        .and_then(|etag| etag.strip_suffix('"'));
    if let (Some(coding), Some(etag)) = (coding, etag)
        && let Ok(coded) = HeaderValue::from_str(&format!("{etag}-{coding}\""))
    {
        headers.insert(header::ETAG, coded);
    }
    response
}

/// The tag under which the client has the document as it is now; `None` if it does not, as far as its request tells.
fn client_tag(document: &Published, asked: &HeaderMap) -> Option<String> {
    let tags: Vec<&str> = asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    if tags.is_empty() && !asked.contains_key(header::IF_NONE_MATCH) {
        return unmodified_since(document.last_modified?, asked).then(|| document.etag.clone());
    }
    // With If-None-Match, If-Modified-Since is not looked at (RFC 9110 section 13.1.3).
    let document_tag = document.etag.trim_matches('"');
    for line in tags {
        if line.trim() == "*" {
            return Some(document.etag.clone());
        }
        // Opaque tags stand between quotes and hold none; W/ is of no matter to the weak comparison.
        if let Some(tag) = line
            .split('"')
            .skip(1)
            .step_by(2)
            .find(|tag| uncoded(tag) == document_tag)
        {
            return Some(format!("\"{tag}\""));
        }
    }
    None
}

fn uncoded(tag: &str) -> &str {
    tag.rsplit_once('-')
        .filter(|(_, coding)| CODINGS.contains(coding))
        .map_or(tag, |(tag, _)| tag)
}

fn unmodified_since(last_modified: DateTime<Utc>, asked: &HeaderMap) -> bool {
    let since = asked.get(header::IF_MODIFIED_SINCE).and_then(|date| date.to_str().ok());
    let since = since.and_then(|date| httpdate::parse_http_date(date).ok());
    // The header has whole seconds; the document may have changed later in that second, which only an ETag tells.
    since.is_some_and(|since| last_modified.timestamp() <= DateTime::<Utc>::from(since).timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Published {
        let at = DateTime::from_timestamp_millis(1_764_057_600_250).expect("in range"); // 2025-11-25T08:00:00.250Z
        Published::new(b"text".to_vec(), "text/plain", Some(at))
    }

    fn asked(lines: &[(HeaderName, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).expect("a header")))
            .collect()
    }

    #[test]
    fn a_client_that_has_the_document_gets_304() {
        let etag = document().etag;
        let bare = etag.trim_matches('"');
        let (same, later, earlier) = (
            "Tue, 25 Nov 2025 08:00:00 GMT",
            "Tue, 25 Nov 2025 09:00:00 GMT",
            "Tue, 25 Nov 2025 07:59:59 GMT",
        );
        for (tags, since, want) in [
            (None, None, 200),
            (Some(etag.clone()), None, 304),
            (Some(format!("W/{etag}")), None, 304),
            (Some(format!("\"a,b\", W/\"c\" , {etag}")), None, 304),
            (Some(format!("\"{bare}-gzip\"")), None, 304),
            (Some(format!("\"{bare}-zip\"")), None, 200),
            (Some(" * ".to_owned()), None, 304),
            (Some("\"*\"".to_owned()), None, 200),
            (Some(bare.to_owned()), None, 200),
            (Some("\"other\"".to_owned()), Some(later), 200),
            (None, Some(same), 304),
            (None, Some(later), 304),
            (None, Some(earlier), 200),
            (None, Some("yesterday"), 200),
        ] {
            let mut lines = Vec::new();
            lines.extend(tags.as_deref().map(|tags| (header::IF_NONE_MATCH, tags)));
            lines.extend(since.map(|since| (header::IF_MODIFIED_SINCE, since)));
            let response = respond(&document(), Leave::Open, &asked(&lines));
            assert_eq!(response.status().as_u16(), want, "{tags:?} {since:?}");
        }
    }

    #[test]
    fn a_304_names_the_representation_that_the_client_has() {
        let document = document();
        let coded = format!("{}-br\"", document.etag.trim_end_matches('"'));
        let response = respond(&document, Leave::Open, &asked(&[(header::IF_NONE_MATCH, &coded)]));
        assert_eq!(response.headers()[header::ETAG], coded.as_str());
        assert!(!response.headers().contains_key(header::CONTENT_TYPE));
    }

    #[test]
    fn several_lines_of_tags_are_one_list() {
        let document = document();
        let lines = [
            (header::IF_NONE_MATCH, "\"x\""),
            (header::IF_NONE_MATCH, &*document.etag.clone()),
        ];
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name, HeaderValue::from_str(value).expect("a header"));
        }
        assert_eq!(
            respond(&document, Leave::Open, &headers).status(),
            StatusCode::NOT_MODIFIED
        );
    }
}

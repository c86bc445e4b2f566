//! What is written to whom: pure.

use bytes::Bytes;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use url::Url;

use crate::ingest::fetch::Letter;
use crate::text;

/// Asks a callback, or tells it something, by parameters added to its own (WebSub sections 5.2 and 5.3).
pub(super) fn question(callback: &Url, parameters: &[(&str, &str)]) -> Letter {
    let mut url = callback.clone();
    url.query_pairs_mut().extend_pairs(parameters);
    Letter {
        url,
        content: None,
        headers: Vec::new(),
    }
}

/// Sends a document (section 7): what it is called, where its hub is, and by whom it comes.
pub(super) fn document(
    callback: &Url,
    bytes: Bytes,
    content_type: &'static str,
    links: String,
    secret: Option<&str>,
) -> Letter {
    let signature = secret.and_then(|secret| signature(secret, &bytes));
    Letter {
        url: callback.clone(),
        content: Some((content_type, bytes)),
        headers: [("link", links)]
            .into_iter()
            .chain(signature.map(|signature| ("x-hub-signature", signature)))
            .collect(),
    }
}

/// Tells the hub of somebody else which topics have changed: a form, as PubSubHubbub 0.4 section 7.1 has it; WebSub leaves it open.
pub(super) fn news(hub: &Url, topics: &[String]) -> Letter {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("hub.mode", "publish");
    form.extend_pairs(topics.iter().map(|topic| ("hub.url", topic)));
    Letter {
        url: hub.clone(),
        content: Some(("application/x-www-form-urlencoded", form.finish().into())),
        headers: Vec::new(),
    }
}

/// The value of `X-Hub-Signature` (section 8).
fn signature(secret: &str, bytes: &[u8]) -> Option<String> {
    // A key of any length is one.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(bytes);
    let digest = mac.finalize().into_bytes();
    Some(format!("sha256={}", text::hex(&digest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("a URL")
    }

    #[test]
    fn a_callback_keeps_its_own_query() {
        for (callback, want) in [
            (
                "https://a.example/x",
                "https://a.example/x?hub.mode=subscribe&hub.topic=https%3A%2F%2Fn.example%2Fa%3Fb",
            ),
            (
                "https://a.example/x?id=1&hub.mode=y",
                "https://a.example/x?id=1&hub.mode=y&hub.mode=subscribe&hub.topic=https%3A%2F%2Fn.example%2Fa%3Fb",
            ),
        ] {
            let letter = question(
                &url(callback),
                &[("hub.mode", "subscribe"), ("hub.topic", "https://n.example/a?b")],
            );
            assert_eq!(letter.url.as_str(), want);
        }
    }

    #[test]
    fn what_is_sent_is_signed_with_the_secret() {
        // RFC 4231, test case 2.
        let letter = document(
            &url("https://a.example/x"),
            Bytes::from_static(b"what do ya want for nothing?"),
            "text/plain",
            "<https://n.example/hub>; rel=\"hub\"".to_owned(),
            Some("Jefe"),
        );
        assert_eq!(
            letter.headers.last().map(|(name, value)| (*name, value.as_str())),
            Some((
                "x-hub-signature",
                "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ))
        );
        let unsigned = document(
            &url("https://a.example/x"),
            Bytes::from_static(b"x"),
            "text/plain",
            String::new(),
            None,
        );
        assert_eq!(unsigned.headers.len(), 1);
    }

    #[test]
    fn a_ping_names_every_topic() {
        let letter = news(
            &url("https://hub.example/"),
            &["https://n.example/a.atom".into(), "b".into()],
        );
        let (content_type, body) = letter.content.expect("a form");
        assert_eq!(content_type, "application/x-www-form-urlencoded");
        assert_eq!(
            String::from_utf8_lossy(&body),
            "hub.mode=publish&hub.url=https%3A%2F%2Fn.example%2Fa.atom&hub.url=b"
        );
    }
}

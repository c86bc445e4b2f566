//! The real HTTP client against a server that misbehaves on purpose.

use std::time::Duration;

use chrono::{DateTime, Utc};
use dateline::article::Validators;
use dateline::config::{FetchConfig, Manners};
use dateline::ingest::fetch::{Answer, Ask, FetchError, Fetched, Fetcher, Payload};
use url::Url;

mod conditional;
mod failures;
mod limits;
mod manners;
mod redirects;

const FEED: &str = r#"<rss version="2.0"/>"#;
const FEED_GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xb3)*.V(K-*\xce\xcc\xcf\xb3U2\xd23P\xd2\xb7\x03\x00\xbb\x93\x1az\x14\x00\x00\x00";

fn config() -> FetchConfig {
    FetchConfig {
        user_agent: "DatelineBot/0.0 (+https://dateline.example/)".to_owned(),
        connect_timeout: Duration::from_secs(20),
        read_timeout: Duration::from_secs(20),
        total_timeout: Duration::from_secs(40),
        max_body_bytes: 1 << 20,
        max_items: 100,
        max_text_bytes: 256 << 10,
        max_attribute_bytes: 16 << 10,
        max_categories: 64,
        max_redirects: 5,
        concurrency: 4,
        per_host: 2,
        per_host_gap: Duration::ZERO,
        allow_private_networks: true,
        allow_networks: Vec::new(),
        proxy: None,
        adopt_moves_after: Duration::ZERO,
        refetch: Duration::from_secs(604_800),
    }
}

/// A source whose server is told nothing of its own.
static PLAIN: Manners = Manners {
    user_agent: None,
    headers: Vec::new(),
    authorization_file: None,
};

static PLAIN_VALIDATORS: Validators = Validators {
    etag: None,
    last_modified: None,
};

fn ask<'a>(url: &'a Url, validators: &'a Validators) -> Ask<'a> {
    Ask {
        url,
        home: url,
        validators,
        manners: &PLAIN,
    }
}

fn fetcher() -> Fetcher {
    Fetcher::new(&config()).unwrap()
}

fn validators(etag: Option<&str>, last_modified: Option<&str>) -> Validators {
    Validators {
        etag: etag.map(str::to_owned),
        last_modified: last_modified.map(str::to_owned),
    }
}

async fn answer(fetcher: &Fetcher, url: &Url, validators: &Validators) -> Answer {
    match fetcher.fetch(ask(url, validators)).await {
        Ok(answer) => answer,
        Err(error) => panic!("{url}: an answer was wanted, not {error:?}"),
    }
}

async fn body(fetcher: &Fetcher, url: &Url, validators: &Validators) -> Payload {
    match answer(fetcher, url, validators).await.fetched {
        Fetched::Body(payload) => payload,
        Fetched::NotModified => panic!("{url}: a body was wanted"),
    }
}

async fn failure(fetcher: &Fetcher, url: &Url) -> FetchError {
    match fetcher.fetch(ask(url, &Validators::default())).await {
        Err(error) => error,
        Ok(fetched) => panic!("{url}: a failure was wanted, not {fetched:?}"),
    }
}

/// The variant's name.
fn name(error: &FetchError) -> String {
    format!("{error:?}")
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

//! The floor: fetching with reqwest and parsing with feed-rs, and nothing kept but the validators.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use futures_util::{StreamExt, stream};
use reqwest::{Client, StatusCode, header};

use crate::Failure;

/// Requests in flight: as many as the program may be told to ask of one host.
pub(crate) const IN_FLIGHT: usize = 16;

/// Asks for every address of the file `urls` of a folder, and keeps what `ETag` each answered in the file `etags.json`.
pub(crate) async fn poll(folder: &Path) -> Result<(), Failure> {
    let kept = folder.join("etags.json");
    let etags: BTreeMap<String, String> = match fs::read(&kept) {
        Ok(text) => serde_json::from_slice(&text)?,
        Err(_) => BTreeMap::new(),
    };
    let urls = fs::read_to_string(folder.join("urls"))?;
    // A client wants to know by what it would do TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().build()?;
    let asked = urls.lines().map(|url| fetch(&client, url, etags.get(url)));
    let answers: Vec<Result<(String, String), Failure>> =
        stream::iter(asked).buffer_unordered(IN_FLIGHT).collect().await;
    let answered: BTreeMap<String, String> = answers.into_iter().collect::<Result<_, _>>()?;
    fs::write(kept, serde_json::to_vec(&answered)?)?;
    Ok(())
}

async fn fetch(client: &Client, url: &str, etag: Option<&String>) -> Result<(String, String), Failure> {
    let mut request = client.get(url).header(header::ACCEPT_ENCODING, "gzip");
    if let Some(etag) = etag {
        request = request.header(header::IF_NONE_MATCH, etag);
    }
    let answer = request.send().await?.error_for_status()?;
    let etag = answer
        .headers()
        .get(header::ETAG)
        .ok_or("no ETag")?
        .to_str()?
        .to_owned();
    if answer.status() != StatusCode::NOT_MODIFIED {
        let mut feed = Vec::new();
        GzDecoder::new(&answer.bytes().await?[..]).read_to_end(&mut feed)?;
        if feed_rs::parser::parse(&feed[..])?.entries.is_empty() {
            return Err("a feed without entries".into());
        }
    }
    Ok((url.to_owned(), etag))
}

//! A farm of feeds on loopback: twenty items each of the made-up [`press`], with `ETag`, 304 and gzip, kept alive; and the truth about it.

pub(crate) mod floor;

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dateline::text::escape_html;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::net::TcpListener;

use crate::press::{self, Press};

/// Items that a feed shows.
pub(crate) const SHOWN: u64 = 20;

/// The feeds, being served as long as the runtime runs.
pub(crate) struct Farm {
    press: Press,
    /// The items of each feed, the newest first.
    items: Vec<Vec<u64>>,
    /// Every item that was shown so far.
    shown: BTreeSet<u64>,
    served: Served,
    root: String,
}

type Served = Arc<RwLock<Vec<Document>>>;

#[derive(Clone)]
struct Document {
    etag: String,
    plain: Bytes,
    gzip: Bytes,
}

/// What a store holds of the farm if nothing is lost and nothing doubled.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Truth {
    /// Items that were shown so far.
    pub(crate) items: i64,
    /// Releases among them: the others are copies and corrections.
    pub(crate) articles: i64,
}

impl Farm {
    pub(crate) async fn start(feeds: u64) -> std::io::Result<Self> {
        let press = Press::new();
        let of = |feed: u64| (feed * SHOWN..(feed + 1) * SHOWN).rev().collect::<Vec<u64>>();
        let items: Vec<Vec<u64>> = (0..feeds).map(of).collect();
        let documents = items
            .iter()
            .map(|items| document(&press, items))
            .collect::<Result<Vec<_>, _>>()?;
        let served: Served = Arc::new(RwLock::new(documents));
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let root = format!("http://{}/feeds", listener.local_addr()?);
        let router = Router::new()
            .route("/feeds/{number}", axum::routing::get(answer))
            .with_state(Arc::clone(&served));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self {
            press,
            shown: items.iter().flatten().copied().collect(),
            items,
            served,
            root,
        })
    }

    /// The address of each feed, and the wire that it is of.
    pub(crate) fn feeds(&self) -> impl Iterator<Item = (String, &'static str)> {
        let newest = self.items.iter().filter_map(|items| items.first());
        newest
            .enumerate()
            .map(|(at, item)| (format!("{}/{at}", self.root), press::feed(*item).wire))
    }

    pub(crate) fn truth(&self) -> Truth {
        let articles: BTreeSet<u64> = self.shown.iter().map(|item| press::original(*item)).collect();
        Truth {
            items: self.shown.len() as i64,
            articles: articles.len() as i64,
        }
    }

    /// One feed in `every` shows one new item more, and its oldest no longer.
    pub(crate) fn advance(&mut self, every: usize) -> std::io::Result<()> {
        let mut unused = self.shown.last().map_or(0, |last| last + 1);
        for at in (0..self.items.len()).step_by(every) {
            let Some(newest) = self.items[at].first() else { continue };
            let wire = press::feed(*newest).wire;
            // Runs of all wires take turns, so the next one of this wire is not far.
            while press::feed(unused).wire != wire {
                unused += 1;
            }
            self.items[at].pop();
            self.items[at].insert(0, unused);
            self.shown.insert(unused);
            unused += 1;
            let document = document(&self.press, &self.items[at])?;
            self.served.write().unwrap_or_else(PoisonError::into_inner)[at] = document;
        }
        Ok(())
    }
}

async fn answer(State(served): State<Served>, Path(number): Path<usize>, asked: HeaderMap) -> Response {
    let document = served
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(number)
        .cloned();
    let Some(document) = document else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let said = |name| {
        asked
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let etag = (header::ETAG, document.etag.clone());
    if said(header::IF_NONE_MATCH) == document.etag {
        return (StatusCode::NOT_MODIFIED, [etag]).into_response();
    }
    let kind = (header::CONTENT_TYPE, "application/rss+xml; charset=utf-8".to_owned());
    if said(header::ACCEPT_ENCODING).contains("gzip") {
        let coding = (header::CONTENT_ENCODING, "gzip".to_owned());
        return ([etag, kind, coding], document.gzip).into_response();
    }
    ([etag, kind], document.plain).into_response()
}

/// RSS 2.0 with the whole text in `content:encoded`.
fn document(press: &Press, items: &[u64]) -> std::io::Result<Document> {
    let newest = items.first().copied().unwrap_or_default();
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Releases</title><link>https://press.example/</link>\
         <description>Made up</description><pubDate>{}</pubDate>\n",
        press::issued(newest).to_rfc2822()
    );
    for number in items {
        let item = press.item(*number);
        let url = escape_html(item.guid.as_deref().unwrap_or_default()).into_owned();
        feed.push_str(&format!(
            "<item><title>{}</title><link>{url}</link><guid isPermaLink=\"false\">{url}</guid><pubDate>{}</pubDate>\
             <dc:language>en</dc:language><content:encoded><![CDATA[{}]]></content:encoded></item>\n",
            escape_html(item.title.as_deref().unwrap_or_default()),
            press::issued(*number).to_rfc2822(),
            item.content.unwrap_or_default(),
        ));
    }
    feed.push_str("</channel></rss>\n");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(feed.as_bytes())?;
    Ok(Document {
        etag: format!("\"{newest:x}-{:x}\"", feed.len()),
        gzip: gzip.finish()?.into(),
        plain: feed.into(),
    })
}

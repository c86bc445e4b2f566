//! A small HTTP/1.1 server for fixed documents: GET, `ETag`, `Last-Modified`, 304, one request a connection.
//!
//! It lives on loopback for the demo and trusts nobody all the same: a request head is at most 16 KiB and 5 seconds long.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::text;

const HEAD_BYTES: usize = 16 * 1024;
const HEAD_TIME: Duration = Duration::from_secs(5);

/// Documents by path, being served; ends when dropped.
#[derive(Debug)]
pub struct Feeds {
    address: SocketAddr,
    asked: Arc<Asked>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Asked {
    all: AtomicUsize,
    unchanged: AtomicUsize,
}

impl Feeds {
    /// Serves `documents` (path to body) on a free loopback port.
    ///
    /// # Errors
    /// Loopback cannot be listened on.
    pub async fn start(documents: BTreeMap<&'static str, String>) -> std::io::Result<Self> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let asked = Arc::new(Asked::default());
        let documents = Arc::new(documents);
        let counted = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (documents, asked) = (Arc::clone(&documents), Arc::clone(&counted));
                tokio::spawn(async move {
                    // A peer that goes away in the middle is its own business.
                    let _ = answer(stream, &documents, &asked).await;
                });
            }
        });
        Ok(Self { address, asked, task })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Requests answered, and how many of them with 304.
    #[must_use]
    pub fn requests(&self) -> (usize, usize) {
        (
            self.asked.all.load(Ordering::Relaxed),
            self.asked.unchanged.load(Ordering::Relaxed),
        )
    }
}

impl Drop for Feeds {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    mut stream: TcpStream,
    documents: &BTreeMap<&'static str, String>,
    asked: &Asked,
) -> std::io::Result<()> {
    let Ok(head) = tokio::time::timeout(HEAD_TIME, head(&mut stream)).await else {
        return Ok(());
    };
    let head = head?;
    let path = head.split_whitespace().nth(1).unwrap_or("/");
    asked.all.fetch_add(1, Ordering::Relaxed);
    let reply = match documents.get(path) {
        None => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
        Some(body) => {
            let digest = Sha256::digest(body.as_bytes());
            let etag = format!("\"{}\"", text::hex(&digest[..8]));
            let known = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .any(|(name, value)| name.eq_ignore_ascii_case("if-none-match") && value.trim() == etag);
            if known {
                asked.unchanged.fetch_add(1, Ordering::Relaxed);
                format!("HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\nConnection: close\r\n\r\n")
            } else {
                format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\nETag: {etag}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                )
            }
        }
    };
    stream.write_all(reply.as_bytes()).await?;
    stream.shutdown().await
}

async fn head(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    let mut chunk = [0u8; 2048];
    while head.len() < HEAD_BYTES && !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            break;
        }
        head.extend_from_slice(chunk.get(..read).unwrap_or_default());
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

//! What a request of an output of a hundred entries costs, beside the same server with nothing behind it that gives the same answer.
//!
//! `cargo bench --bench serve`. Both run in this process, each on a thread of its own whose CPU time is taken; one client asks over
//! [`CONNECTIONS`] connections that stay open, a request on each before it reads their answers. Read the ratio of one run, never the times of two.
#![allow(clippy::print_stdout)] // it prints its figures

mod press;

use std::convert::Infallible;
use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::Response;
use chrono::TimeDelta;
use dateline::article::{FullText, Identity, Rights, SourceId};
use dateline::config;
use dateline::emit::{App, Live, ServeLimits, router, serve};
use dateline::ingest::normalize::{Origin, normalize};
use dateline::store::{Outcome, Poll, Store};
use dateline::wire;
use hyper::Request;
use hyper::body::Incoming;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;
use tower::service_fn;

use self::press::Press;

/// Readers that ask at once.
const CONNECTIONS: usize = 16;
/// Rounds of a request on each connection, and before them as many to be warm.
const ROUNDS: u32 = 4_000;
const WARM: u32 = 200;
/// Releases stored: more than the output shows.
const STORED: u64 = 200;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    // `cargo test --all-targets` only wants to know that it starts.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let ours = Server::start(Served::Site(folder.path().join("serve.sqlite")))?;
    println!("answer        bytes  CPU time a request   floor  ratio");
    for (name, asked) in [
        ("200 gzip", "accept-encoding: gzip\r\n"),
        ("200 identity", ""),
        ("304", "accept-encoding: gzip\r\nif-none-match: TAG\r\n"),
    ] {
        let tag = Connection::open(ours.address, "accept-encoding: gzip\r\n")?.ask()?;
        let tag = tag.headers.get("etag").ok_or("an output without a tag")?;
        let asked = asked.replace("TAG", tag.to_str()?);
        let answer = Connection::open(ours.address, &asked)?.ask()?;
        if !name.starts_with(answer.status.as_str()) {
            return Err(format!("{name}: it answered {}", answer.status).into());
        }
        let bytes = answer.body.len();
        let floor = Server::start(Served::Constant(answer))?;
        let (ours, floor) = (ours.cost(&asked)?, floor.cost(&asked)?);
        println!(
            "{name:<12} {bytes:>6} {ours:>16.1} µs {floor:>5.1} µs {:>6.1}",
            ours / floor
        );
    }
    Ok(())
}

/// What is behind a server.
enum Served {
    /// Dateline with a store in this file.
    Site(PathBuf),
    /// One answer.
    Constant(Answer),
}

/// A server on a thread of its own.
struct Server {
    address: SocketAddr,
    /// Asks how much CPU time that thread has had.
    spent: UnboundedSender<Sender<Duration>>,
}

impl Server {
    fn start(served: Served) -> Result<Self, Failure> {
        let (begun, address) = channel();
        let (spent, mut asked) = unbounded_channel::<Sender<Duration>>();
        thread::spawn(move || {
            let run = async {
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                let address = listener.local_addr()?;
                let (limits, never) = (ServeLimits::default(), CancellationToken::new());
                let grace = Duration::ZERO;
                match served {
                    Served::Site(path) => {
                        let site = Live::new(site(&Store::open(&path).await?).await?);
                        tokio::spawn(serve(listener, site, limits, never, grace))
                    }
                    Served::Constant(answer) => {
                        let answer = Arc::new(answer);
                        let answer = service_fn(move |_: Request<Incoming>| std::future::ready(answer.response()));
                        tokio::spawn(serve(listener, answer, limits, never, grace))
                    }
                };
                begun.send(Ok(address))?;
                while let Some(tell) = asked.recv().await {
                    tell.send(cpu()?)?;
                }
                Ok::<(), Failure>(())
            };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Err(failed) = runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(run)) {
                // Where it had begun already, who asks it hears nothing, and says so.
                let _ = begun.send(Err(failed));
            }
        });
        let address = address.recv()??;
        Ok(Self { address, spent })
    }

    /// CPU time of the server for a request, in microseconds.
    fn cost(&self, asked: &str) -> Result<f64, Failure> {
        let connections = (0..CONNECTIONS).map(|_| Connection::open(self.address, asked));
        let mut connections = connections.collect::<Result<Vec<_>, _>>()?;
        ask(&mut connections, WARM)?;
        let before = self.spent()?;
        ask(&mut connections, ROUNDS)?;
        let requests = f64::from(ROUNDS) * CONNECTIONS as f64;
        Ok((self.spent()? - before).as_secs_f64() * 1e6 / requests)
    }

    fn spent(&self) -> Result<Duration, Failure> {
        let (tell, told) = channel();
        self.spent.send(tell)?;
        Ok(told.recv()?)
    }
}

/// Of this thread.
fn cpu() -> Result<Duration, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_THREAD)?;
    let spent = usage.user_time() + usage.system_time();
    Ok(Duration::from_micros(u64::try_from(spent.num_microseconds())?))
}

fn ask(connections: &mut [Connection], rounds: u32) -> Result<(), Failure> {
    for _ in 0..rounds {
        connections.iter_mut().try_for_each(Connection::send)?;
        connections.iter_mut().try_for_each(Connection::receive)?;
    }
    Ok(())
}

/// One that stays open, and asks always the same.
struct Connection {
    stream: TcpStream,
    request: String,
    /// As long as the first answer.
    answer: Vec<u8>,
}

/// A first answer.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// All of it.
    bytes: usize,
}

impl Answer {
    /// The answer, once all of it is there.
    fn read(read: &[u8]) -> Result<Option<Self>, Failure> {
        let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let (head, body) = (std::str::from_utf8(&read[..end])?, &read[end + 4..]);
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers =
            headers.map(|(name, value)| Ok::<_, Failure>((name.parse::<HeaderName>()?, value.trim().parse()?)));
        let headers: HeaderMap = headers.collect::<Result<_, _>>()?;
        let length = match headers.get(CONTENT_LENGTH) {
            Some(length) => length.to_str()?.parse()?,
            None => 0,
        };
        Ok((body.len() >= length).then(|| Self {
            status: status.and_then(|status| status.parse().ok()).unwrap_or_default(),
            headers,
            body: Bytes::copy_from_slice(&body[..length]),
            bytes: end + 4 + length,
        }))
    }

    /// The same answer again.
    fn response(&self) -> Result<Response, Infallible> {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        Ok(response)
    }
}

/// The site of a store that holds releases of the press, with an output of everything.
async fn site(store: &Store) -> Result<Router, Failure> {
    let config = config::parse(
        "[http]\nrequests_per_minute = 0\n[[output]]\nid = \"all\"\n",
        "bench.toml",
    )?;
    let now = press::issued(STORED);
    store.serve_outputs(&config.outputs, now).await?;
    let name = press::feed(0).wire;
    let origin = Origin {
        source: SourceId::new(name),
        wire: wire::by_id(name).unwrap_or_else(wire::generic),
        rights: Rights::Full,
    };
    let normalized = normalize(&Press::new().document(0..STORED), &origin, now);
    let poll = Poll {
        source: origin.source,
        url: "https://feeds.example/wire".to_owned(),
        wire: Some(origin.wire.id.to_owned()),
        started: now,
        elapsed_ms: 0,
        outcome: Outcome::Ok,
        http_status: Some(200),
        bytes: None,
        validators: None,
        body_hash: None,
        drafts: normalized.drafts,
        rejects: normalized.rejects,
        identity: Identity::Auto,
        full_text: FullText::Off,
        dedup_window: TimeDelta::days(60),
        repairs: Vec::new(),
        error: None,
        next_due: now + TimeDelta::hours(1),
        next_due_reason: "bench".to_owned(),
        watch: None,
    };
    store.admit(&poll, now).await?;
    Ok(router(App::new(Arc::new(config), store.clone())?, Router::new()))
}

impl Connection {
    fn open(address: SocketAddr, asked: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let request = format!("GET /outputs/all.atom HTTP/1.1\r\nhost: {address}\r\n{asked}\r\n");
        let mut connection = Self {
            stream,
            request,
            answer: Vec::new(),
        };
        connection.answer = vec![0; connection.ask()?.bytes];
        Ok(connection)
    }

    /// Asks once, and reads what the answer says of itself.
    fn ask(&mut self) -> Result<Answer, Failure> {
        self.send()?;
        let (mut read, mut some) = (Vec::new(), [0; 4_096]);
        loop {
            if let Some(answer) = Answer::read(&read)? {
                return Ok(answer);
            }
            match self.stream.read(&mut some)? {
                0 => return Err("the server closed a connection".into()),
                length => read.extend_from_slice(&some[..length]),
            }
        }
    }

    fn send(&mut self) -> std::io::Result<()> {
        self.stream.write_all(self.request.as_bytes())
    }

    fn receive(&mut self) -> std::io::Result<()> {
        self.stream.read_exact(&mut self.answer)
    }
}

//! A web server on loopback that answers what a test tells it to, broken answers included.
//!
//! Written on raw TCP: a real HTTP library would refuse to send half of what the wires send.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// Serves until dropped.
pub(crate) struct Server {
    address: SocketAddr,
    stage: Arc<Stage>,
    accepting: JoinHandle<()>,
}

/// One request, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `GET`
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// In the order of arrival.
    pub(crate) headers: Vec<(String, String)>,
    /// As many bytes as `Content-Length` says.
    pub(crate) body: Vec<u8>,
    /// How many requests to this path came before.
    pub(crate) earlier: usize,
    /// Counts the connections of this server: equal numbers shared one.
    pub(crate) connection: usize,
}

/// What to send, step by step; then the connection is closed, unless the reply is a whole HTTP message.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    steps: Vec<Step>,
    end: End,
}

#[derive(Debug, Clone)]
enum Step {
    Send(Vec<u8>),
    Wait(Duration),
    /// One byte at a time, with this pause after each.
    Drip(Vec<u8>, Duration),
    /// The same bytes again and again, until the client goes away.
    Forever(Vec<u8>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    KeepAlive,
    Close,
    Reset,
    Hang,
}

type Script = Arc<dyn Fn(&Request) -> Reply + Send + Sync>;

#[derive(Default)]
struct Stage {
    scripts: Mutex<HashMap<String, Script>>,
    requests: Mutex<Vec<Request>>,
    in_flight: Mutex<InFlight>,
}

/// Requests that came and whose replies are not yet sent.
#[derive(Default)]
struct InFlight {
    now: usize,
    most: usize,
}

impl Server {
    /// Listens on a free port of 127.0.0.1.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stage = Arc::new(Stage::default());
        let accepting = tokio::spawn(accept(listener, Arc::clone(&stage)));
        Self {
            address,
            stage,
            accepting,
        }
    }

    /// The URL of `path`, which begins with a slash.
    pub(crate) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    /// Answers `path` (without its query) with what `script` says. A path without a script is 404.
    pub(crate) fn on(&self, path: &str, script: impl Fn(&Request) -> Reply + Send + Sync + 'static) {
        self.stage
            .scripts
            .lock()
            .unwrap()
            .insert(path.to_owned(), Arc::new(script));
    }

    /// Answers `path` with each of `replies` in turn, and with the last one from then on.
    pub(crate) fn play(&self, path: &str, replies: Vec<Reply>) {
        self.on(path, move |request| {
            replies[request.earlier.min(replies.len() - 1)].clone()
        });
    }

    /// The requests that came to `path` (without its query).
    pub(crate) fn requests(&self, path: &str) -> Vec<Request> {
        let requests = self.stage.requests.lock().unwrap();
        requests
            .iter()
            .filter(|request| request.path() == path)
            .cloned()
            .collect()
    }

    /// How many requests came, to all paths.
    pub(crate) fn hits(&self) -> usize {
        self.stage.requests.lock().unwrap().len()
    }

    /// The paths that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        let requests = self.stage.requests.lock().unwrap();
        requests.iter().map(|request| request.target.clone()).collect()
    }

    /// The most requests that waited for their replies at once.
    pub(crate) fn most_in_flight(&self) -> usize {
        self.stage.in_flight.lock().unwrap().most
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Request {
    /// Without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The first header of that name, in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The value of a parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    fn read(head: &str, connection: usize) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let mut request_line = lines.next()?.split(' ');
        let (method, target) = (request_line.next()?.to_owned(), request_line.next()?.to_owned());
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(n, v)| (n.to_owned(), v.trim().to_owned()));
        Some(Self {
            method,
            target,
            headers: headers.collect(),
            body: Vec::new(),
            earlier: 0,
            connection,
        })
    }
}

impl Reply {
    /// A whole message with a `Content-Length`; the connection stays open.
    pub(crate) fn status(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut head = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        // A 304 has no body, whatever its header says: it stays a whole message only if none is sent.
        let message = [head.as_bytes(), body].concat();
        Self {
            steps: vec![Step::Send(message)],
            end: End::KeepAlive,
        }
    }

    /// 200 with a body.
    pub(crate) fn ok(body: impl AsRef<[u8]>) -> Self {
        Self::status(200, &[], body)
    }

    /// A redirect to `location`.
    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::status(status, &[("Location", location)], "")
    }

    /// These very bytes, then the end of the connection.
    pub(crate) fn raw(bytes: impl AsRef<[u8]>) -> Self {
        Self {
            steps: vec![Step::Send(bytes.as_ref().to_vec())],
            end: End::Close,
        }
    }

    /// Further bytes, one at a time.
    pub(crate) fn then_drip(mut self, bytes: impl AsRef<[u8]>, pause: Duration) -> Self {
        self.steps.push(Step::Drip(bytes.as_ref().to_vec(), pause));
        self
    }

    /// Then the same bytes without end.
    pub(crate) fn then_forever(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.steps.push(Step::Forever(bytes.as_ref().to_vec()));
        self
    }

    /// Then silence, with the connection open.
    pub(crate) fn then_hang(mut self) -> Self {
        self.end = End::Hang;
        self
    }

    /// Then a TCP reset.
    pub(crate) fn then_reset(mut self) -> Self {
        self.end = End::Reset;
        self
    }

    /// Its last byte, and the rest, where it ends with bytes that are sent at once.
    fn without_last_byte(mut self) -> (Vec<u8>, Self) {
        let last = match self.steps.last_mut() {
            Some(Step::Send(bytes)) => bytes.pop(),
            Some(Step::Wait(_) | Step::Drip(..) | Step::Forever(_)) | None => None,
        };
        (last.into_iter().collect(), self)
    }

    /// The same, after this time.
    pub(crate) fn after(mut self, pause: Duration) -> Self {
        self.steps.insert(0, Step::Wait(pause));
        self
    }

    async fn send(self, stream: &mut TcpStream) -> std::io::Result<()> {
        for step in self.steps {
            match step {
                Step::Send(bytes) => stream.write_all(&bytes).await?,
                Step::Wait(pause) => tokio::time::sleep(pause).await,
                Step::Drip(bytes, pause) => {
                    for byte in bytes {
                        stream.write_all(&[byte]).await?;
                        tokio::time::sleep(pause).await;
                    }
                }
                Step::Forever(bytes) => {
                    // In big pieces: a byte pattern of a few bytes would need a system call each.
                    let bytes = bytes.repeat(1 + 65_536 / bytes.len());
                    loop {
                        stream.write_all(&bytes).await?;
                    }
                }
            }
        }
        Ok(())
    }
}

async fn accept(listener: TcpListener, stage: Arc<Stage>) {
    // Aborting this task drops the set, and with it every connection.
    let mut connections = tokio::task::JoinSet::new();
    for connection in 0.. {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        connections.spawn(serve(stream, connection, Arc::clone(&stage)));
    }
}

/// Errors end the connection: the client went away, which many tests want.
async fn serve(mut stream: TcpStream, connection: usize, stage: Arc<Stage>) -> std::io::Result<()> {
    let _ = stream.set_nodelay(true);
    while let Some(head) = read_head(&mut stream).await? {
        let Some(mut request) = Request::read(&head, connection) else {
            return stream.write_all(b"HTTP/1.1 400 Not HTTP\r\n\r\n").await;
        };
        let length = request.header("content-length").and_then(|length| length.parse().ok());
        request.body = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut request.body).await?;
        let reply = stage.answer(request);
        let end = reply.end;
        stage.came();
        let (last, reply) = reply.without_last_byte();
        let sent = reply.send(&mut stream).await;
        // Before the last byte: once that is there, the client may ask on.
        stage.went();
        sent?;
        stream.write_all(&last).await?;
        match end {
            End::KeepAlive => {}
            End::Close => return stream.shutdown().await,
            End::Reset => return stream.set_zero_linger(),
            End::Hang => std::future::pending().await,
        }
    }
    Ok(())
}

impl Stage {
    fn came(&self) {
        let mut in_flight = self.in_flight.lock().unwrap();
        in_flight.now += 1;
        in_flight.most = in_flight.most.max(in_flight.now);
    }

    fn went(&self) {
        self.in_flight.lock().unwrap().now -= 1;
    }

    fn answer(&self, mut request: Request) -> Reply {
        let mut requests = self.requests.lock().unwrap();
        request.earlier = requests
            .iter()
            .filter(|earlier| earlier.path() == request.path())
            .count();
        requests.push(request.clone());
        drop(requests);
        let script = self.scripts.lock().unwrap().get(request.path()).cloned();
        script.map_or_else(|| Reply::status(404, &[], "no such path"), |script| script(&request))
    }
}

/// The next request's header, or `None` where the client has closed.
async fn read_head(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return Ok(None);
        }
        head.push(byte[0]);
        if byte[0].is_ascii_control() && !byte[0].is_ascii_whitespace() {
            break; // a TLS handshake, most likely: it has no end of header to wait for
        }
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}

//! What a service manager and its operator meet: notifications, the watchdog, sockets handed over, reloads.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use sqlx::{Connection, SqliteConnection};

use dateline::cli::Exit;
use dateline::store::Store;

use super::{House, Running, curl, feed, free_port};
use crate::server::{Reply, Server};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// The end of the socket that systemd would hold.
struct Manager {
    socket: UnixDatagram,
}

impl Manager {
    fn new(house: &House) -> Self {
        let socket = UnixDatagram::bind(Self::path(house)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { socket }
    }

    fn path(house: &House) -> PathBuf {
        house.folder.path().join("notify")
    }

    /// Starts the daemon as a service.
    fn start(house: &House, variables: &[(&str, &str)]) -> Running {
        let mut command = house.dateline(&["--log-format", "json", "run"]);
        command
            .env("NOTIFY_SOCKET", Self::path(house))
            .env("RUNTIME_DIRECTORY", house.folder.path())
            .envs(variables.iter().copied());
        House::started(&mut command)
    }

    fn next(&self) -> Option<String> {
        let mut buffer = [0; 4096];
        let length = self.socket.recv(&mut buffer).ok()?;
        Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
    }

    /// The next notification that holds `text`.
    fn hears(&self, text: &str) -> String {
        loop {
            let said = self.next().unwrap_or_else(|| panic!("not a word of {text:?}"));
            if said.contains(text) {
                return said;
            }
        }
    }
}

/// `dateline reload`, as the unit runs it.
fn reload(house: &House) -> Output {
    house
        .dateline(&["reload"])
        .env("RUNTIME_DIRECTORY", house.folder.path())
        .output()
        .unwrap()
}

fn config(house: &House) -> PathBuf {
    house.folder.path().join("dateline.toml")
}

fn edit(house: &House, change: impl FnOnce(String) -> String) {
    let text = std::fs::read_to_string(config(house)).unwrap();
    std::fs::write(config(house), change(text)).unwrap();
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_hears_of_the_start_of_reloads_and_of_the_end() {
    let wires = Server::start().await;
    let body = feed(3);
    wires.on("/feed", move |_| Reply::ok(&body));
    let house = House::new(&[("wire", wires.url("/feed").to_string())], free_port());
    tokio::task::spawn_blocking(move || {
        let manager = Manager::new(&house);
        let mut daemon = Manager::start(&house, &[]);
        let opening = manager.next().unwrap();
        assert!(
            opening.starts_with("EXTEND_TIMEOUT_USEC=1800000000\nSTATUS=opening the store"),
            "{opening}"
        );
        let ready = manager.next().unwrap();
        assert!(
            ready.contains("READY=1\nSTATUS=1 source; 1 output on http://"),
            "{ready}"
        );
        edit(&house, |text| format!("{text}[[output]]\nid = \"second\"\n"));
        daemon.signal("HUP");
        let said = manager.next().unwrap();
        assert!(said.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{said}");
        let ready = manager.next().unwrap();
        assert!(ready.contains("READY=1\nSTATUS=1 source; 2 outputs on"), "{ready}");
        daemon.signal("TERM");
        let stopping = manager.next().unwrap();
        assert!(
            stopping.starts_with("STOPPING=1\nEXTEND_TIMEOUT_USEC=30000000\nSTATUS=stopping"),
            "{stopping}"
        );
        assert_eq!(daemon.child.wait().unwrap().code(), Some(0));
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_names_a_source_that_fails() {
    let house = House::new(&[("broken", "http://127.0.0.1:1/feed".to_owned())], free_port());
    let wires = Server::start().await;
    wires.on("/broken", |_| {
        Reply::raw("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")
    });
    edit(&house, |text| {
        text.replace("http://127.0.0.1:1/feed", wires.url("/broken").as_str())
    });
    tokio::task::spawn_blocking(move || {
        let manager = Manager::new(&house);
        // A short time of the watchdog makes it look often.
        let _daemon = Manager::start(&house, &[("WATCHDOG_USEC", "600000")]);
        manager.hears("STATUS=1 source, 1 failing (broken); 1 output on");
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_watchdog_is_fed_only_while_the_writer_of_the_store_answers() {
    let house = House::new(&[], free_port());
    let manager = Manager::new(&house);
    let daemon = Manager::start(&house, &[("WATCHDOG_USEC", "600000")]);
    for _ in 0..3 {
        manager.hears("WATCHDOG=1");
    }
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", house.store().display()))
        .await
        .unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    // What was answered before the lock was taken may still be told.
    manager
        .socket
        .set_read_timeout(Some(Duration::from_millis(1500)))
        .unwrap();
    let fed = std::iter::from_fn(|| manager.next()).filter(|said| said.contains("WATCHDOG=1"));
    assert!(fed.take(10).count() <= 2, "five looks and more without an answer");
    lock.rollback().await.unwrap();
    manager.socket.set_read_timeout(Some(PATIENCE)).unwrap();
    manager.hears("WATCHDOG=1");
    drop(daemon);
}

/// Starts the daemon with `socket` as its first one, as systemd hands it over: descriptor 3, named by variables that only the shell can set,
/// for it knows the number of the process.
fn handed(house: &House, socket: &TcpListener) -> Command {
    let daemon = house.dateline(&["--log-format", "json", "run"]);
    let mut shell = Command::new("sh");
    shell
        .args([
            "-c",
            "exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$@\"",
            "sh",
        ])
        .arg(daemon.get_program())
        .args(daemon.get_args())
        .current_dir(house.folder.path())
        .stdin(Stdio::from(OwnedFd::from(socket.try_clone().unwrap())));
    shell
}

#[test]
fn a_socket_that_is_handed_over_is_served_and_loses_nobody_over_a_restart() {
    let socket = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = socket.local_addr().unwrap();
    let house = House::new(&[], free_port());
    for round in 0..3 {
        // Nobody runs: the connection waits in the queue of the socket.
        let mut early = TcpStream::connect(address).unwrap();
        early.set_read_timeout(Some(PATIENCE)).unwrap();
        early
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut daemon = House::started(&mut handed(&house, &socket));
        let mut answer = String::new();
        early.read_to_string(&mut answer).unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"),
            "{round}: {answer}"
        );
        assert!(curl(address, "/healthz").ends_with("ok\n"), "{round}");
        daemon.signal("TERM");
        daemon.wait_for("stopped");
        assert_eq!(daemon.child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn a_connection_that_was_accepted_just_before_the_end_is_answered() {
    let listen = free_port();
    let house = House::new(&[], listen);
    let mut daemon = house.start();
    let mut silent = TcpStream::connect(listen).unwrap();
    silent.set_read_timeout(Some(PATIENCE)).unwrap();
    // Connections are accepted in order: when this one was answered, the one before was accepted.
    assert!(curl(listen, "/healthz").ends_with("ok\n"));
    daemon.signal("TERM");
    daemon.wait_for("stopping");
    silent.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = String::new();
    silent.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"),
        "{answer}"
    );
    daemon.wait_for("stopped");
}

#[test]
fn what_is_handed_over_and_is_no_socket_of_ours_is_a_mistake_of_the_units() {
    let house = House::new(&[], free_port());
    let (one, _other) = std::os::unix::net::UnixStream::pair().unwrap();
    let socket = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let run = handed(&house, &socket)
        .stdin(Stdio::from(OwnedFd::from(one)))
        .output()
        .unwrap();
    let said = text(&run.stderr);
    assert_eq!(run.status.code(), Some(78), "{said}");
    assert!(said.contains("ListenStream="), "{said}");
}

/// A connection that stays open over several requests.
struct KeptOpen {
    stream: BufReader<TcpStream>,
}

impl KeptOpen {
    fn to(address: std::net::SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self {
            stream: BufReader::new(stream),
        }
    }

    /// The status of an answer.
    fn get(&mut self, path: &str) -> u16 {
        write!(self.stream.get_mut(), "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let (mut status, mut length) = (String::new(), 0);
        self.stream.read_line(&mut status).unwrap();
        loop {
            let mut line = String::new();
            assert!(self.stream.read_line(&mut line).unwrap() > 0, "closed within a header");
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        self.stream.read_exact(&mut vec![0; length]).unwrap();
        status.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_takes_up_sources_outputs_and_tokens_and_no_connection_notices() {
    let wires = Server::start().await;
    let body = feed(3);
    wires.on("/feed", move |_| Reply::ok(&body));
    let other = wires.url("/feed?other").to_string();
    let listen = free_port();
    let house = House::new(&[("wire", wires.url("/feed").to_string())], listen);
    tokio::task::spawn_blocking(move || {
        let _manager = Manager::new(&house);
        let mut daemon = Manager::start(&house, &[]);
        daemon.wait_for("polled wire");
        let token = house.folder.path().join("token");
        std::fs::write(&token, "0123456789abcdef\n").unwrap();
        let mut client = KeptOpen::to(listen);
        assert_eq!([client.get("/outputs/all.atom"), client.get("/outputs/own.atom")], [200, 404]);

        edit(&house, |text| {
            format!(
                "{text}[[output]]\nid = \"own\"\ntoken_file = {token:?}\n[[source]]\nid = \"other\"\nurl = \"{other}\"\nwire = \"prnewswire\"\n"
            )
        });
        let run = reload(&house);
        assert!(run.status.success(), "{}", text(&run.stderr));
        assert!(text(&run.stdout).contains("2 sources, 2 outputs"), "{}", text(&run.stdout));
        daemon.wait_for("polled other");
        assert_eq!(
            ["", "?token=0123456789abcdef", "?token=fedcba9876543210"].map(|query| client.get(&format!("/outputs/own.ndjson{query}"))),
            [401, 200, 401]
        );
        // Another token, and a source less.
        std::fs::write(&token, "fedcba9876543210\n").unwrap();
        edit(&house, |text| text.replace("id = \"other\"\n", "id = \"other\"\nenabled = false\n"));
        assert!(reload(&house).status.success());
        assert_eq!(
            ["?token=0123456789abcdef", "?token=fedcba9876543210"].map(|query| client.get(&format!("/outputs/own.ndjson{query}"))),
            [401, 200]
        );
        let listed = house.dateline(&["sources", "--json"]).output().unwrap();
        let listed: Vec<serde_json::Value> = serde_json::from_slice(&listed.stdout).unwrap();
        let states: Vec<_> = listed.iter().map(|source| source["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["off", "ok"]);
        // What a reload cannot change is said.
        edit(&house, |text| text.replace("[fetch]\n", "max_connections = 7\n[fetch]\n"));
        let said = text(&reload(&house).stdout);
        assert!(said.contains("a restart is needed for [http] max_connections"), "{said}");
        daemon.wait_for("a restart is needed");
    })
    .await
    .unwrap();
}

#[test]
fn a_reload_of_a_bad_configuration_is_refused_with_its_problems_and_the_one_before_holds() {
    let listen = free_port();
    let house = House::new(&[], listen);
    let _manager = Manager::new(&house);
    let mut daemon = Manager::start(&house, &[]);
    let good = std::fs::read_to_string(config(&house)).unwrap();
    let mut client = KeptOpen::to(listen);
    for (bad, word) in [
        (good.replace("id = \"all\"", "id = \"changed\"\nfiltr = \"\""), "filtr"),
        (
            good.replace("[fetch]", "token_file = \"/nowhere/tokens\"\n[fetch]"),
            "/nowhere/tokens",
        ),
    ] {
        std::fs::write(config(&house), bad).unwrap();
        let run = reload(&house);
        assert_eq!(run.status.code(), Some(78), "{word}");
        let told = text(&run.stderr);
        assert!(told.contains(word), "{told}");
        assert!(
            told.lines().count() > 1 || word != "filtr",
            "the line that is wrong is shown below: {told}"
        );
        let said = daemon.wait_for("the configuration before still holds");
        assert!(said.contains(word), "{said}");
        assert_eq!(
            [client.get("/outputs/all.atom"), client.get("/outputs/changed.atom")],
            [200, 404]
        );
    }
    std::fs::write(config(&house), good.replace("id = \"all\"", "id = \"changed\"")).unwrap();
    assert!(reload(&house).status.success());
    assert_eq!(
        [client.get("/outputs/all.atom"), client.get("/outputs/changed.atom")],
        [404, 200]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_in_flight_ends_over_a_reload_unless_its_address_is_asked_no_more() {
    let wires = Server::start().await;
    let slow = |body: String| move |_: &crate::server::Request| Reply::ok(&body).after(Duration::from_secs(2));
    wires.on("/a", slow(feed(2)));
    wires.on("/b", slow(feed(3)));
    let body = feed(4);
    wires.on("/new", move |_| Reply::ok(&body));
    let url = |path: &str| wires.url(path).to_string();
    let house = House::new(&[("a", url("/a")), ("b", url("/b"))], free_port());
    super::reschedule(&house, "default = \"0 0 1 1 *\"\n");
    edit(&house, |text| {
        text.replace("per_host_gap", "per_host = 2\nper_host_gap")
    });
    let _manager = Manager::new(&house);
    let mut daemon = Manager::start(&house, &[]);
    while wires.requests("/a").is_empty() || wires.requests("/b").is_empty() {
        tokio::task::yield_now().await;
    }
    edit(&house, |text| {
        text.replace(&url("/b"), &url("/new")).replace("0 0 1 1 *", "0 0 2 1 *")
    });
    let (house, _daemon, polls) = tokio::task::spawn_blocking(move || {
        assert!(reload(&house).status.success());
        let polled = [daemon.wait_for("\"polled "), daemon.wait_for("\"polled ")];
        (house, daemon, polled)
    })
    .await
    .unwrap();
    assert!(polls.iter().any(|line| line.contains("polled a")), "{polls:?}");
    assert!(polls.iter().any(|line| line.contains("polled b")), "{polls:?}");
    // What a poll planned that was begun before is planned anew soon after its end.
    let begin = Instant::now();
    loop {
        let store = Store::open_read_only(&house.store()).await.unwrap();
        let health = store.health().await.unwrap();
        assert!(health.iter().all(|source| source.polls == 1), "{health:?}");
        let is_new = |why: &Option<String>| why.as_deref().is_some_and(|why| why.contains("0 0 2 1 *"));
        if health.iter().all(|source| is_new(&source.next_due_reason)) {
            break;
        }
        assert!(
            begin.elapsed() < PATIENCE,
            "the schedule before still holds: {health:?}"
        );
        tokio::task::yield_now().await;
    }
    assert_eq!(
        [
            wires.requests("/a").len(),
            wires.requests("/b").len(),
            wires.requests("/new").len()
        ],
        [1, 1, 1]
    );
}

#[test]
fn a_reload_without_a_daemon_says_what_to_do() {
    let house = House::new(&[], free_port());
    let run = reload(&house);
    let said = text(&run.stderr);
    assert_eq!(run.status.code(), Some(69), "{said}");
    assert!(said.contains("SIGHUP") && said.contains("control"), "{said}");
}

#[test]
fn a_token_file_that_is_not_there_is_a_mistake_of_the_configuration() {
    let house = House::new(&[], free_port());
    edit(&house, |text| {
        text.replace("[fetch]", "token_file = \"/nowhere/tokens\"\n[fetch]")
    });
    let run = house.dateline(&["run"]).output().unwrap();
    let said = text(&run.stderr);
    assert_eq!(run.status.code(), Some(78), "{said}");
    assert!(said.contains("/nowhere/tokens"), "{said}");
}

#[test]
fn completions_and_man_pages_know_every_command() {
    let dateline = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_dateline"))
            .args(arguments)
            .output()
            .unwrap()
    };
    for shell in ["bash", "zsh", "fish"] {
        let script = text(&dateline(&["completions", shell]).stdout);
        for word in ["reload", "explain", "log-format"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man");
    assert!(dateline(&["man", pages.to_str().unwrap()]).status.success());
    for page in ["dateline.1", "dateline-run.1", "dateline-story-merge.1"] {
        assert!(Path::new(&pages.join(page)).exists(), "{page}");
    }
    let page = |name: &str| std::fs::read_to_string(pages.join(name)).unwrap();
    let main = page("dateline.1");
    let exits = [
        Exit::Ok,
        Exit::Failed,
        Exit::Usage,
        Exit::Data,
        Exit::Unavailable,
        Exit::Io,
        Exit::Config,
    ];
    let exits = exits.map(|exit| format!("\\fB{}\\fR", exit as u8));
    let sections = [
        ".SH ENVIRONMENT",
        ".SH FILES",
        ".SH \"EXIT STATUS\"",
        ".SH \"SEE ALSO\"",
    ]
    .map(str::to_owned);
    let names = [
        "DATELINE_CONFIG",
        "/etc/dateline/dateline.toml",
        "dateline\\-store(1), ",
    ]
    .map(str::to_owned);
    for part in exits.iter().chain(&sections).chain(&names) {
        assert!(main.contains(part.as_str()), "{part}: {main}");
    }
    let merge = page("dateline-story-merge.1");
    for part in [
        ".SH \"EXIT STATUS\"",
        ".SH \"SEE ALSO\"\ndateline(1), dateline\\-story(1), ",
    ] {
        assert!(merge.contains(part), "{part}: {merge}");
    }
}

#[test]
fn lines_for_the_journal_bear_their_priority_and_no_others_do() {
    use std::os::unix::fs::MetadataExt;
    let house = House::new(&[], free_port());
    let journal = std::fs::File::create(house.folder.path().join("journal")).unwrap();
    let its = journal.metadata().unwrap();
    let stream = format!("{}:{}", its.dev(), its.ino());
    // Bare after the priority; in a file that is not the journal, after the time.
    for (named, want) in [
        (stream.as_str(), "<6>started: "),
        ("1:1", "Z  INFO started: "),
        ("", "Z  INFO started: "),
    ] {
        let mut daemon = house
            .dateline(&["run"])
            .env("JOURNAL_STREAM", named)
            .stderr(journal.try_clone().unwrap())
            .spawn()
            .unwrap();
        let written = || std::fs::read_to_string(house.folder.path().join("journal")).unwrap();
        while !written().contains("started: ") && daemon.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        daemon.kill().unwrap();
        daemon.wait().unwrap();
        let line = written();
        let after_time = line
            .split_once('.')
            .map_or("", |(_, rest)| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
        assert!(
            line.starts_with(want) || after_time.starts_with(want),
            "{named}: {line}"
        );
        journal.set_len(0).unwrap();
        std::io::Seek::rewind(&mut &journal).unwrap();
    }
}

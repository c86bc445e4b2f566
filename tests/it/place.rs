//! Which store a command means, what it needs besides, and what it says when it may not have it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use dateline::demo::{Form, render};
use dateline::store::Store;
use serde_json::Value;
use sqlx::{Connection, SqliteConnection};

use crate::made;
use crate::server::{Reply, Server};

/// Somebody without rights.
const NOBODY: u32 = 65_534;

fn dateline(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("STATE_DIRECTORY");
    command
}

/// How it ended, and what it said on standard output and on standard error.
fn ended(command: &mut Command) -> (i32, String, String) {
    let ended = command.output().expect("the binary starts");
    (
        ended.status.code().expect("it ended by itself"),
        String::from_utf8_lossy(&ended.stdout).into_owned(),
        String::from_utf8_lossy(&ended.stderr).into_owned(),
    )
}

/// Root may read everything, so it sends somebody else; anybody else is nobody already.
fn as_nobody(command: &mut Command) -> &mut Command {
    match fs::metadata("/proc/self").map(|own| std::os::unix::fs::MetadataExt::uid(&own)) {
        Ok(0) => command.uid(NOBODY).gid(NOBODY),
        _ => command,
    }
}

#[test]
fn what_the_command_line_says_beats_the_file_and_the_file_beats_the_environment() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state");
    for (text, option, want) in [
        ("[store]\npath = \"x.sqlite\"\n", None, ("x.sqlite".into(), "c.toml:2")),
        (
            "[store]\nkeep = \"90d\"\npath = \"x.sqlite\"\n",
            None,
            ("x.sqlite".into(), "c.toml:3"),
        ),
        (
            "[store]\npath = \"x.sqlite\"\n",
            Some("y.sqlite"),
            ("y.sqlite".into(), "from --store"),
        ),
        (
            "[store]\nkeep = \"90d\"\n",
            None,
            (state.join("dateline.sqlite"), "from $STATE_DIRECTORY"),
        ),
        ("", None, (state.join("dateline.sqlite"), "from $STATE_DIRECTORY")),
        ("", Some("y.sqlite"), ("y.sqlite".into(), "from --store")),
    ] {
        fs::write(folder.path().join("c.toml"), text).expect("written");
        let mut command = dateline(folder.path(), &["--config", "c.toml", "config", "print", "--json"]);
        command.env("STATE_DIRECTORY", &state);
        command.args(option.iter().flat_map(|store| ["--store", *store]));
        let (code, said, told) = ended(&mut command);
        assert_eq!(code, 0, "{told}");
        let printed: Value = serde_json::from_str(&said).expect("JSON");
        let path = &printed["store"]["path"];
        assert_eq!(
            path["value"].as_str().map(Into::into),
            Some(want.0),
            "{text} {option:?}"
        );
        assert_eq!(path["origin"], want.1, "{text} {option:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_configuration_keeps_nobody_from_a_store_that_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let store = Store::open(&folder.join("store.sqlite")).await.expect("a store");
    made::admit(&store, vec![made::draft(1), made::draft(2)]).await;
    store.close().await.expect("closed");
    fs::write(folder.join("c.toml"), "[http]\nlisten = 5\n[[source]]\n").expect("written");
    let warning =
        "warning: the configuration is not used, the defaults are, without its filters and outputs: c.toml:2: ";
    for (command, want) in [
        ("store check", (0, warning)),
        ("store stats", (0, warning)),
        ("store backup kept.sqlite", (0, warning)),
        ("store restore kept.sqlite", (0, warning)),
        ("store optimize", (0, warning)),
        ("store schema", (0, "")),
        ("articles", (0, warning)),
        ("show 1", (0, warning)),
        ("explain 1", (0, warning)),
        ("story merge 1 2", (0, warning)),
        ("filter test language=\"en\"", (0, warning)),
        ("store prune", (78, "c.toml:2:10: http.listen")),
        ("sources", (78, "c.toml:2:10: http.listen")),
    ] {
        let words: Vec<&str> = command.split(' ').collect();
        let with = ["--config", "c.toml", "--store", "store.sqlite"];
        let (code, _, told) = ended(&mut dateline(folder, &[&with[..], &words].concat()));
        assert_eq!(code, want.0, "{command}: {told}");
        assert!(told.contains(want.1), "{command}: {told}");
        if command != "store schema" {
            let (code, ..) = ended(&mut dateline(folder, &[&with[..2], &words].concat()));
            assert_eq!(code, 78, "{command}: which store is meant, nobody says");
        }
    }
    let mistyped = ["--config", "C.toml", "--store", "store.sqlite", "store", "check"];
    let (code, _, told) = ended(&mut dateline(folder, &mistyped));
    assert!(
        code == 78 && told.contains("cannot read the configuration C.toml"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_user_may_not_have_is_told_with_the_reason_and_what_to_do() {
    let outer = tempfile::tempdir().expect("a folder");
    let folder = outer.path();
    Store::open(&folder.join("store.sqlite"))
        .await
        .expect("a store")
        .close()
        .await
        .expect("closed");
    let mode = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).expect("rights");
    fs::create_dir(folder.join("closed")).expect("made");
    for name in ["closed/store.sqlite", "closed/open.sqlite"] {
        fs::copy(folder.join("store.sqlite"), folder.join(name)).expect("copied");
    }
    fs::write(folder.join("closed/c.toml"), "").expect("written");
    fs::write(folder.join("c.toml"), "").expect("written");
    mode(folder, 0o755);
    fs::create_dir(folder.join("locked")).expect("made");
    fs::copy(folder.join("closed/open.sqlite"), folder.join("locked/store.sqlite")).expect("copied");
    for closed in [
        "store.sqlite",
        "closed/store.sqlite",
        "closed/c.toml",
        "c.toml",
        "locked",
    ] {
        mode(&folder.join(closed), 0o000);
    }
    mode(&folder.join("closed"), 0o555);
    let denied = "Permission denied (os error 13)); run this as root or as the user that owns it (sudo -u USER)";
    for (arguments, want) in [
        (&["--store", "store.sqlite", "store", "stats"][..], (69, denied)),
        (&["--store", "closed/store.sqlite", "store", "check"], (69, denied)),
        (
            &["--store", "store.sqlite", "store", "backup", "kept.sqlite"],
            (69, denied),
        ),
        (
            &["--store", "closed/store.sqlite", "story", "merge", "1", "2"],
            (69, denied),
        ),
        (&["--store", "closed/store.sqlite", "poll"], (69, denied)),
        (
            &["--store", "closed/open.sqlite", "articles"],
            (
                69,
                "may be read by who may write into its folder, or beside a process that has it open",
            ),
        ),
        (&["--store", "locked/store.sqlite", "store", "check"], (69, denied)),
        (
            &["--store", "none.sqlite", "articles"],
            (69, "there is no store at none.sqlite"),
        ),
        (
            &["--config", "c.toml", "check"],
            (
                78,
                "cannot read the configuration c.toml: Permission denied (os error 13); let this user read it",
            ),
        ),
        (
            &["--config", "closed/c.toml", "check"],
            (
                78,
                "cannot read the configuration closed/c.toml: Permission denied (os error 13); let this user read it",
            ),
        ),
        (
            &["--config", "none.toml", "check"],
            (
                78,
                "No such file or directory (os error 2); name a readable file with --config",
            ),
        ),
    ] {
        let (code, _, told) = ended(as_nobody(&mut dateline(folder, arguments)));
        assert_eq!(code, want.0, "{arguments:?}: {told}");
        assert!(told.contains(want.1), "{arguments:?}: {told}");
    }
    for closed in ["closed", "locked"] {
        mode(&folder.join(closed), 0o755);
    }
}

#[test]
fn a_service_that_may_not_write_where_its_store_lies_says_which_drop_in_lets_it() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).expect("rights");
    for (state, is_told) in [
        (Some("/var/lib/dateline"), true),
        (folder.path().to_str(), false),
        (None, false),
    ] {
        let store = folder.path().join("disk/store.sqlite");
        let mut command = dateline(folder.path(), &["--store"]);
        command.arg(&store).arg("run");
        command.envs(state.map(|state| ("STATE_DIRECTORY", state)));
        let (code, _, told) = ended(as_nobody(&mut command));
        // No restart of the unit would mend what its configuration asks.
        assert_eq!(code, if is_told { 78 } else { 69 }, "{told}");
        assert!(told.contains("Permission denied (os error 13)"), "{told}");
        let drop_in = format!("`ReadWritePaths={}`", folder.path().join("disk").display());
        assert_eq!(told.contains(&drop_in), is_told, "{state:?}: {told}");
    }
    fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).expect("rights");
    // It may write there; that something else is in the way may be over at the next start.
    fs::create_dir(folder.path().join("store.sqlite")).expect("a folder");
    let mut command = dateline(folder.path(), &["--store"]);
    command.arg(folder.path().join("store.sqlite")).arg("run");
    command.env("STATE_DIRECTORY", "/var/lib/dateline");
    let (code, _, told) = ended(as_nobody(&mut command));
    assert_eq!(code, 69, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_needs_neither_the_write_lock_nor_the_right_to_write() {
    let wires = Server::start().await;
    let releases = crate::daemon::releases(4);
    let feed = |shown| render(Form::PrNewswire, "All", shown, dateline::clock::now());
    let (before, now) = (feed(&releases[1..]), feed(&releases));
    wires.on("/feed", move |_| Reply::ok(&before));
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(
        folder.join("c.toml"),
        format!(
            "[fetch]\nallow_private_networks = true\n[[source]]\nid = \"wire\"\nurl = \"{}\"\nwire = \"prnewswire\"\n",
            wires.url("/feed")
        ),
    )
    .expect("written");
    let run = {
        let folder = folder.to_owned();
        move |arguments: &'static [&'static str]| {
            let mut command = dateline(
                &folder,
                &["--config", "c.toml", "--store", "store.sqlite", "poll", "--json"],
            );
            command.args(arguments);
            tokio::task::spawn_blocking(move || {
                let (code, said, told) = ended(as_nobody(&mut command));
                assert_eq!(code, 0, "{told}");
                let lines: Value = serde_json::from_str(&said).expect("JSON");
                (lines[0]["new"].clone(), lines[0]["seen"].clone())
            })
        }
    };
    fs::set_permissions(folder, Permissions::from_mode(0o777)).expect("rights");
    assert_eq!(run(&["--dry-run"]).await.expect("ended"), (3.into(), 0.into()));
    assert!(!folder.join("store.sqlite").exists(), "it makes none");
    run(&[]).await.expect("ended");
    wires.on("/feed", move |_| Reply::ok(&now));
    // As a daemon has it open, or an import.
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", folder.join("store.sqlite").display()))
        .await
        .expect("opened");
    let lock = other.begin_with("BEGIN IMMEDIATE").await.expect("locked");
    let file = folder.join("store.sqlite");
    fs::set_permissions(&file, Permissions::from_mode(0o444)).expect("rights");
    assert_eq!(run(&["--dry-run"]).await.expect("ended"), (1.into(), 3.into()));
    lock.rollback().await.expect("unlocked");
}

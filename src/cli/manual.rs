//! `completions` and `man`: made of the command line itself, so that they cannot lag behind it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::answer::{Exit, Failure, print_document};

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// Of which shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Made if it is not there; a page a command
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

pub(super) fn completions(args: &CompletionsArgs, mut command: Command) -> Result<Exit, Failure> {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    print_document(&script)?;
    Ok(Exit::Ok)
}

pub(super) fn man(args: &ManArgs, command: Command) -> Result<Exit, Failure> {
    let folder = &args.folder;
    let written = fs::create_dir_all(folder).and_then(|()| {
        let mut command = command.disable_help_subcommand(true);
        command.build();
        pages(&command, folder, &[])
    });
    written.map_err(|error| {
        Failure::new(
            Exit::Io,
            format!("cannot write man pages into {}: {error}", folder.display()),
        )
    })?;
    Ok(Exit::Ok)
}

/// A page for the command and for each below it; `above` are the names of the pages over it, the program's own first.
fn pages(command: &Command, folder: &Path, above: &[String]) -> io::Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let further: Vec<&Command> = command
        .get_subcommands()
        .filter(|further| !further.is_hide_set())
        .collect();
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    // What follows the options in the help, under the names of man-pages(7).
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let title = if after.starts_with("Example") {
        "EXAMPLES"
    } else {
        "NOTES"
    };
    let mut page = String::from_utf8(page)
        .map_err(io::Error::other)?
        .replace("\n.SH EXTRA\n", &format!("\n.SH {title}\n"))
        .into_bytes();
    let mut roff = Roff::new();
    if above.is_empty() {
        list(&mut roff, "ENVIRONMENT", ENVIRONMENT);
        list(&mut roff, "FILES", FILES);
        list(&mut roff, "EXIT STATUS", EXITS);
    } else {
        roff.control("SH", ["EXIT STATUS"]);
        roff.text([
            roman("As told in "),
            bold(first(above)),
            roman("(1), with files and environment."),
        ]);
    }
    let below: Vec<String> = further
        .iter()
        .map(|further| {
            further
                .get_display_name()
                .unwrap_or_else(|| further.get_name())
                .to_owned()
        })
        .collect();
    let also = above.iter().chain(&below).map(|page| format!("{page}(1)"));
    let also: Vec<String> = also.chain(OTHERS.iter().map(|page| (*page).to_owned())).collect();
    roff.control("SH", ["SEE ALSO"]);
    roff.text([roman(also.join(", "))]);
    page.write_all(roff.to_roff().as_bytes())?;
    File::create(folder.join(format!("{name}.1")))?.write_all(&page)?;
    let above = [above, &[name.to_owned()]].concat();
    further
        .into_iter()
        .try_for_each(|further| pages(further, folder, &above))
}

fn first(above: &[String]) -> &str {
    above.first().map_or("dateline", String::as_str)
}

fn list(roff: &mut Roff, title: &str, entries: &[(&str, &str)]) {
    roff.control("SH", [title]);
    for (term, text) in entries {
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text([roman(*text)]);
    }
}

/// What is read of the environment: as `config::locate` does, and what systemd sets for its services.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("DATELINE_CONFIG", "The configuration, where --config names none."),
    (
        "STATE_DIRECTORY",
        "Where the store lies if neither --store nor path of [store] says so (StateDirectory= of the unit).",
    ),
    (
        "RUNTIME_DIRECTORY",
        "Where `dateline reload` reaches the daemon (RuntimeDirectory=).",
    ),
    (
        "CREDENTIALS_DIRECTORY",
        "Where token_file and authorization_file are looked for that are bare names (LoadCredential=).",
    ),
    (
        "JOURNAL_STREAM, NOTIFY_SOCKET, WATCHDOG_USEC, LISTEN_FDS",
        "Set by systemd: how log lines look, readiness and status, the watchdog, sockets that listen already.",
    ),
];

const FILES: &[(&str, &str)] = &[
    (
        "/etc/dateline/dateline.toml",
        "The configuration. Without it the one that is built in holds.",
    ),
    (
        "/var/lib/dateline/dateline.sqlite",
        "The store of whoever reads that file, unless it names another path; -wal and -shm beside it belong to it, and .lock tells that a daemon \
         runs on it. A store that was restored over is kept as .before-TIME.",
    ),
    ("/run/dateline/control", "The socket of `dateline reload`."),
    (
        "/etc/credstore/dateline.tokens",
        "Tokens that the unit hands over, for token_file = \"dateline.tokens\".",
    ),
    (
        "/usr/share/doc/dateline/",
        "The guide, how to run it as a service, and examples.",
    ),
];

/// As [`Exit`] has them.
const EXITS: &[(&str, &str)] = &[
    ("0", "Done."),
    (
        "1",
        "A named thing failed: a source could not be polled, an article is not there, a check found a mistake.",
    ),
    ("64", "The command line makes no sense."),
    ("65", "The input is not what it should be."),
    ("69", "The store or the network cannot be had."),
    ("74", "A file cannot be read or written."),
    ("78", "The configuration is wrong. The unit is not started again then."),
];

/// Of other programs.
const OTHERS: &[&str] = &["systemctl(1)", "journalctl(1)", "sqlite3(1)"];

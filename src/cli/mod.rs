//! The command line: arguments, one function a command, one exit code a class of failure.
//!
//! Standard output carries a command's answer and nothing else; logs, progress and errors go to standard error.

mod answer;
mod check;
mod explain;
mod filter;
mod import;
mod lists;
mod manual;
mod opml;
mod output;
mod page;
mod parse;
mod poll;
mod scratch;
mod serve;
mod sources;
mod store;
mod story;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand};

pub use self::answer::{Exit, Failure};
use crate::config::{self, Config, ConfigError};
use crate::systemd;
use crate::telemetry::{self, LogFormat};
use crate::text::counted;

/// What a `dateline` command line says.
#[derive(Debug, Parser)]
#[command(
    name = "dateline",
    version,
    about = "Polls press-release wires, keeps every release once in SQLite, re-emits filtered feeds",
    after_help = "Start with `dateline demo` (no network) or `dateline run` (real wires, http://127.0.0.1:8844/).\n\
                  Exit codes: 0 ok, 1 a named thing failed, 64 usage, 65 bad input, 69 unavailable, 74 I/O, 78 configuration."
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Global {
    /// Configuration file [default: $DATELINE_CONFIG, else /etc/dateline/dateline.toml, else the embedded one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// SQLite store, in place of the configured one [default: `path` of [store], else dateline.sqlite in $STATE_DIRECTORY, else in
    /// /var/lib/dateline where /etc/dateline/dateline.toml is read, else here]
    #[arg(long, global = true, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Say more (twice: say everything)
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    verbose: u8,
    /// Say only what a person must act on
    #[arg(short, long, global = true)]
    quiet: bool,
    /// How log lines look
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Auto, value_name = "FORMAT")]
    log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon: poll on schedule, serve the outputs
    #[command(after_help = "Example: dateline --config /etc/dateline/dateline.toml run")]
    Run,
    /// Let the running daemon read its configuration anew; a bad one is refused, and the one before holds on
    #[command(
        after_help = "Example: dateline reload\nAsks the daemon of systemd (as root); any other reloads on SIGHUP."
    )]
    Reload,
    /// Show the whole pipeline on made-up wires: no network, no configuration, a store that is thrown away
    #[command(
        after_help = "Examples:\n  dateline demo          serves until Ctrl-C\n  dateline demo --once   one round of polls, the outcome as a table"
    )]
    Demo(serve::DemoArgs),
    /// Read the configuration and its token files, and print every problem with file, line, column and hint
    #[command(after_help = "Example: dateline check && systemctl reload dateline")]
    Check,
    /// Poll now and once, all sources or those named
    #[command(after_help = "Example: dateline poll prnewswire-all --dry-run\n\
        Pages that `full_text` wants are put down for the daemon, which reads them in the gaps of its polls.")]
    Poll(poll::PollArgs),
    /// List the sources with their health
    #[command(
        after_help = "Example: dateline sources --json | jq '.[] | select(.state != \"ok\") | {source, state, gaps}'"
    )]
    Sources(sources::SourcesArgs),
    /// Try a filter over the store, or list what filters can ask
    #[command(
        after_help = "Examples:\n  dateline filter test 'symbol in (\"XNYS:X\", \"XNAS:NUE\") and published > -7d'\n  dateline filter fields"
    )]
    Filter {
        #[command(subcommand)]
        command: filter::FilterCommand,
    },
    /// List articles, newest first
    #[command(after_help = "Example: dateline articles --filter 'language = \"en\" and text ~ \"steel\"' --since 24h")]
    Articles(lists::ArticlesArgs),
    /// Show one article: fields, versions, sightings, verdict and its reason
    #[command(after_help = "Example: dateline show 17 --json")]
    Show(lists::ShowArgs),
    /// Explain one article: what was said of each version and sighting, against what, with which figures, and who was first
    #[command(
        after_help = "Examples:\n  dateline explain 17\n  dateline explain 17.2 --json\n  dateline explain 17 --output english\n\
        What it says can be overruled: `dateline story split --help`, `dateline story merge --help`."
    )]
    Explain(explain::ExplainArgs),
    /// Overrule a verdict, remembered: split what is two releases, merge what is one
    #[command(after_help = "Examples:\n  dateline story split 17.2\n  dateline story merge 17 21")]
    Story {
        #[command(subcommand)]
        command: story::StoryCommand,
    },
    /// Read one feed document and print what Dateline understands, storing nothing
    #[command(
        after_help = "Examples:\n  curl -s https://www.prnewswire.com/rss/news-releases-list.rss | dateline parse - --wire prnewswire\n  dateline parse --release release.txt"
    )]
    Parse(parse::ParseArgs),
    /// Read the page of one release and print its full text, storing nothing
    #[command(
        after_help = "Examples:\n  dateline page https://www.globenewswire.com/news-release/2026/10/05/3160001/0/en/acme.html\n  \
        dateline page release.html --wire prnewswire --json | jq -r .body_text\n  \
        curl -s https://acme.example/news/1 | dateline page - --url https://acme.example/news/1 --generic\n\
        An address is fetched as the daemon fetches, guarded and within limits, but for robots.txt, which is for programs that ask by themselves. A file needs no network.\n\
        Exit 65 where there is no text: the class says why.\n  \
        class   text, empty, challenge (it wants a person, a browser, consent, a sign-in), blocked, too-large, not-html\n  \
        method  wire (where the wire's pages have it), microdata, json-ld, readability (by the look of its paragraphs)"
    )]
    Page(page::PageArgs),
    /// Bring an archive in, one JSON item a line in arrival order, through the same rules as a poll
    #[command(after_help = "Example: dateline import archive.jsonl --verdicts verdicts.jsonl\n\
        A line: {\"guid\", \"url\", \"title\", \"body\", \"published\", and if known \"id\", \"wire\", \"feed\", \"lang\"}\n\
        A line of the verdicts: {\"id\", \"article\", \"story\", \"verdict\", \"of\", \"stage\", \"score\"}\n  \
        article  17.2 is edition 2 of article 17 (`dateline show 17 --edition 2`); story: its translations share it\n  \
        of       the article that the verdict refers to\n  \
        score    where texts were compared, the share of the shorter one that both have, 0 to 1\n\
        An item of which no article can be made has the verdict \"reject\", and \"why\".")]
    Import(import::ImportArgs),
    /// What an output shows
    Output {
        #[command(subcommand)]
        command: output::OutputCommand,
    },
    /// Sources to and from the lists of feed readers (OPML)
    Opml {
        #[command(subcommand)]
        command: opml::OpmlCommand,
    },
    /// Care of the store
    Store {
        #[command(subcommand)]
        command: store::StoreCommand,
    },
    /// The configuration in effect
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Print what lets a shell complete the command line
    #[command(after_help = "Example: dateline completions bash > ~/.local/share/bash-completion/completions/dateline")]
    Completions(manual::CompletionsArgs),
    /// Write the man pages into a folder, a page a command
    #[command(after_help = "Example: dateline man man && man -l man/dateline.1")]
    Man(manual::ManArgs),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print every value with its origin
    #[command(after_help = "Example: dateline config print --json")]
    Print {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    run(std::env::args_os()).into()
}

/// Runs one command line; the first argument is the program's name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Ok };
            // A closed pipe (`dateline --help | head -1`) is no failure.
            let _ = error.print();
            return exit;
        }
    };
    telemetry::install(cli.global.log_format, level(&cli.global, &cli.command));
    let is_daemon = matches!(cli.command, Command::Run);
    let is_logged = is_daemon && telemetry::is_for_programs(cli.global.log_format);
    let report = if is_logged { answer::log } else { answer::report };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&Failure::new(Exit::Io, format!("cannot start: {error}"))),
    };
    let outcome = runtime.block_on(dispatch(cli));
    // A parse that a hostile document keeps busy may outlive its poll; it must not outlive the process's end.
    runtime.shutdown_timeout(Duration::from_secs(1));
    match outcome {
        Ok(exit) => exit,
        Err(failure) => {
            if is_daemon {
                systemd::status(failure.lines.first().map_or("", String::as_str));
            }
            report(&failure)
        }
    }
}

async fn dispatch(cli: Cli) -> Result<Exit, Failure> {
    let global = &cli.global;
    match cli.command {
        Command::Run => serve::run(|| read(global)).await,
        Command::Reload => serve::reload(),
        Command::Demo(args) => serve::demo(args, global.store.clone()).await,
        Command::Check => check(global),
        Command::Poll(args) => poll::poll(args, load(global)?).await,
        Command::Sources(args) => sources::sources(args, load(global)?).await,
        Command::Filter { command } => filter::filter(command, || of_store(global)).await,
        Command::Articles(args) => lists::articles(args, of_store(global)?).await,
        Command::Show(args) => lists::show(args, of_store(global)?).await,
        Command::Explain(args) => explain::explain(args, of_store(global)?).await,
        Command::Story { command } => story::story(command, of_store(global)?).await,
        Command::Page(args) => page::page(args, || load(global)).await,
        Command::Parse(args) => parse::parse(&args),
        Command::Import(args) => import::import(args, load(global)?).await,
        Command::Output { command } => output::output(command, load(global)?).await,
        Command::Opml { command } => opml::opml(command, &load(global)?),
        Command::Store { command } => store::run(command, || load(global), || of_store(global)).await,
        Command::Completions(args) => manual::completions(&args, Cli::command()),
        Command::Man(args) => manual::man(&args, Cli::command()),
        Command::Config {
            command: ConfigCommand::Print { json },
        } => {
            let config = load(global)?;
            if json {
                answer::print_json(&config::print::json(&config))?;
            } else {
                answer::print(&config::print::toml(&config))?;
            }
            Ok(Exit::Ok)
        }
    }
}

fn load(global: &Global) -> Result<Config, Failure> {
    Ok(read(global)?)
}

/// The configuration; the defaults where it cannot be had and --store says all that matters. The care of a store must not hang on a
/// mistake elsewhere.
fn of_store(global: &Global) -> Result<Config, Failure> {
    match (read(global), &global.store) {
        // Nobody names a file that is not there on purpose.
        (Err(error), Some(_)) if error.is_of_no_file() && global.config.is_some() => Err(error.into()),
        (Err(error), Some(store)) => {
            let why = match error.problems() {
                [] => error.to_string(),
                [one] => format!("{}:{}: {}", one.file, one.line, one.message),
                [first, more @ ..] => format!(
                    "{}:{}: {}, and {} more",
                    first.file,
                    first.line,
                    first.message,
                    more.len()
                ),
            };
            answer::say(&format!(
                "warning: the configuration is not used, the defaults are, without its filters and outputs: {why}"
            ));
            Ok(config::of_store(store)?)
        }
        (read, _) => Ok(read?),
    }
}

fn read(global: &Global) -> Result<Config, ConfigError> {
    let located = config::locate(global.config.as_deref());
    config::load(&located, global.store.as_deref())
}

fn check(global: &Global) -> Result<Exit, Failure> {
    let config = load(global)?;
    let found = check::look(&config);
    for warning in found.warnings {
        answer::say(&format!("warning: {}: {warning}", config.file));
    }
    if !found.refusals.is_empty() {
        let refusals = found.refusals.iter().map(|why| format!("{}: {why}", config.file));
        return Err(Failure::new(Exit::Config, refusals.collect::<Vec<_>>().join("\n")));
    }
    answer::print(&format!(
        "{}: good: {}, {}, store {}",
        config.file,
        counted(config.sources.len(), "source"),
        counted(config.outputs.len(), "output"),
        config.store.path.display()
    ))?;
    Ok(Exit::Ok)
}

/// The daemon tells of each poll; a command's own answer is enough.
fn level(global: &Global, command: &Command) -> &'static str {
    let daemon = matches!(command, Command::Run);
    match (global.quiet, global.verbose, daemon) {
        (true, _, _) => "error",
        (false, 0, true) => "info",
        (false, 0, false) => "warn",
        (false, 1, _) => "dateline=debug,info",
        (false, _, _) => "dateline=trace,debug",
    }
}

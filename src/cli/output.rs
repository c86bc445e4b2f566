//! `output`: what an output shows, without a server, and who is sent its changes.

use clap::{Args, Subcommand};

use super::answer::{Exit, Failure, print, print_document, print_json, table, time};
use crate::clock;
use crate::config::Config;
use crate::emit::{self, Asked, Format};
use crate::store::Store;

#[derive(Debug, Subcommand)]
pub(super) enum OutputCommand {
    /// Print an output as it would be served
    #[command(
        after_help = "Examples:\n  dateline output render all\n  dateline output render all --format ndjson | jq .headline"
    )]
    Render(RenderArgs),
    /// List who is sent changes by our WebSub hub
    Subscribers {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// End a subscription at our WebSub hub; the daemon tells its callback
    #[command(
        after_help = "The number is that of `dateline output subscribers`. Whoever is ended may subscribe again."
    )]
    Unsubscribe {
        /// Number of the subscription
        #[arg(value_name = "N")]
        id: i64,
    },
}

#[derive(Debug, Args)]
pub(super) struct RenderArgs {
    /// Name of the output, as configured
    #[arg(value_name = "ID")]
    id: String,
    /// atom, rss, json, ninjs or ndjson: what ends its URL
    #[arg(long, value_name = "FORMAT", default_value = Format::Atom.extension(), value_parser = format)]
    format: Format,
    /// How many articles at most; never more than the output's own limit
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

fn format(text: &str) -> Result<Format, String> {
    Format::of_extension(text).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.extension()).collect();
        format!("there are: {}", known.join(", "))
    })
}

pub(super) async fn output(command: OutputCommand, config: Config) -> Result<Exit, Failure> {
    match command {
        OutputCommand::Render(args) => render(args, config).await,
        OutputCommand::Subscribers { json } => subscribers(json, config).await,
        OutputCommand::Unsubscribe { id } => unsubscribe(id, config).await,
    }
}

async fn subscribers(json: bool, config: Config) -> Result<Exit, Failure> {
    let store = Store::open_read_only(&config.store.path).await?;
    let there = store.subscriptions().await?;
    if json {
        print_json(&there)?;
        return Ok(Exit::Ok);
    }
    if there.is_empty() {
        print(match config.websub.hub {
            true => "nobody has subscribed",
            false => "nobody has subscribed; `hub = true` under [websub] opens the hub",
        })?;
        return Ok(Exit::Ok);
    }
    let rows = there.into_iter().map(|one| {
        let state = match (&one.denied, &one.last_error, one.behind) {
            (Some(why), _, _) => format!("ends: {why}"),
            (None, Some(error), _) => format!("{} failed: {error}", one.failures),
            (None, None, true) => "behind".to_owned(),
            (None, None, false) => "has all".to_owned(),
        };
        vec![
            one.id.to_string(),
            format!("{}.{}", one.output, one.format),
            one.site,
            time(Some(one.expires)),
            one.deliveries.to_string(),
            time(one.last_delivery),
            state,
            time(one.next_attempt),
        ]
    });
    let columns = [
        "id",
        "output",
        "site",
        "expires",
        "deliveries",
        "last",
        "state",
        "tried again",
    ];
    print(&table(&columns, rows))?;
    Ok(Exit::Ok)
}

async fn unsubscribe(id: i64, config: Config) -> Result<Exit, Failure> {
    let store = Store::open(&config.store.path).await?;
    let is_there = store.deny_subscription(id, "its operator has ended it").await?;
    store.close().await?;
    if !is_there {
        let line = format!("there is no subscription {id}; `dateline output subscribers` lists them");
        return Err(Failure::new(Exit::Failed, line));
    }
    print(&format!(
        "subscription {id} ends; a running daemon tells its callback within a minute"
    ))?;
    Ok(Exit::Ok)
}

async fn render(args: RenderArgs, config: Config) -> Result<Exit, Failure> {
    let output = config
        .outputs
        .iter()
        .find(|output| output.id.as_str() == args.id)
        .ok_or_else(|| {
            let known: Vec<&str> = config.outputs.iter().map(|output| output.id.as_str()).collect();
            Failure::new(
                Exit::Failed,
                format!("there is no output {}; there are: {}", args.id, known.join(", ")),
            )
        })?;
    let store = Store::open_read_only(&config.store.path).await?;
    let limit = args.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let asked = Asked::Newest(limit);
    let published = emit::publish(&config, &store, output, args.format, asked, clock::now()).await?;
    if let Some(published) = published {
        print_document(&published.bytes)?;
    }
    Ok(Exit::Ok)
}

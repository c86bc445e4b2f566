//! `output`: what an output shows, without a server.

use clap::{Args, Subcommand};

use super::answer::{Exit, Failure, print_document};
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
    let OutputCommand::Render(args) = command;
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

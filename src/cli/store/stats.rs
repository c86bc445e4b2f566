//! `store stats`.

use clap::Args;

use super::super::answer::{Exit, Failure, bytes, print, print_json, table, time};
use crate::config::Config;
use crate::store::{Stats, Store};
use crate::text::counted;

#[derive(Debug, Args)]
pub(in crate::cli) struct StatsArgs {
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn stats(args: StatsArgs, config: Config) -> Result<Exit, Failure> {
    let stats = Store::open_read_only(&config.store.path).await?.stats().await?;
    if args.json {
        print_json(&stats)?;
    } else {
        print(&text(&stats))?;
    }
    Ok(Exit::Ok)
}

fn text(stats: &Stats) -> String {
    let free = stats.free_pages * stats.page_bytes;
    let told = |size: Option<i64>| size.map_or_else(|| "-".to_owned(), |size| bytes(size.unsigned_abs()));
    let tables = stats.tables.iter().map(|table| {
        vec![
            table.name.clone(),
            table.rows.to_string(),
            told(table.bytes),
            told(table.index_bytes),
        ]
    });
    let outputs = stats
        .outputs
        .iter()
        .map(|output| vec![output.output.clone(), output.articles.to_string(), time(output.newest)]);
    let mut text = format!(
        "{}: schema {}, {}, of which {} are free; log {}\n{}, first received from {} to {}\n\n{}",
        stats.path.display(),
        stats.schema,
        bytes(stats.file_bytes),
        told(Some(free)),
        bytes(stats.wal_bytes),
        counted(stats.articles, "article"),
        time(stats.oldest),
        time(stats.newest),
        table(&["table", "rows", "bytes", "bytes of indexes"], tables)
    );
    if !stats.outputs.is_empty() {
        text.push_str("\n\n");
        text.push_str(&table(&["output", "articles", "newest"], outputs));
    }
    text
}

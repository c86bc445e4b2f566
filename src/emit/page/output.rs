//! The page of an output: how to subscribe, what it holds and why.

use std::time::Duration;

use askama::Template;
use chrono::{DateTime, Utc};

use super::card::{Card, cards};
use super::{Site, Subscription, counted, english, written};
use crate::config::{Config, Output};
use crate::store::{Bounds, Store, StoreError};

/// Articles of the preview.
const PREVIEW: usize = 20;

/// What the page may cost; a filter that finds little in so many articles says so.
const BOUNDS: Bounds = Bounds {
    rows: 4_000,
    time: Duration::from_secs(2),
};

/// The page of an output.
pub(in crate::emit) async fn output(
    config: &Config,
    store: &Store,
    output: &Output,
    now: DateTime<Utc>,
) -> Result<String, StoreError> {
    let held = store
        .page(&output.filter.shown(), None, output.limit, BOUNDS, now)
        .await?;
    let preview = &held.articles[..held.articles.len().min(PREVIEW)];
    let numbers: Vec<i64> = preview.iter().map(|article| article.number).collect();
    let carriers = store.carried_by(&numbers).await?;
    let subscription = Subscription::of(config, output);
    let mut site = Site::new(config, "outputs", format!("{}: Dateline", output.title), now);
    site.feeds.clone_from(&subscription.feeds);
    let count = i64::try_from(held.articles.len()).unwrap_or(i64::MAX);
    let holds = match (held.next.is_some(), held.is_cut) {
        (false, _) => format!("{}, all that there are", counted(count, "article")),
        (true, false) => format!("the newest {}", counted(count, "article")),
        (true, true) => format!(
            "{} among the newest {} of the store",
            counted(count, "article"),
            BOUNDS.rows
        ),
    };
    Ok(written(&OutputPage {
        articles: &cards(&site, preview, &carriers),
        changed: held.articles.iter().map(|article| article.modified).max(),
        english: english::filter(&output.filter),
        filter: output.filter.text.trim(),
        search: site.search(output.filter.text.trim()),
        is_part: held.articles.len() > preview.len(),
        holds,
        output: &subscription,
        site: &site,
    }))
}

#[derive(Template)]
#[template(path = "output.html")]
struct OutputPage<'a> {
    site: &'a Site<'a>,
    output: &'a Subscription,
    english: String,
    /// As the operator wrote it; may be empty.
    filter: &'a str,
    search: String,
    holds: String,
    changed: Option<DateTime<Utc>>,
    articles: &'a [Card],
    is_part: bool,
}

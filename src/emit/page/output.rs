//! The page of an output: how to subscribe, what it holds and why.

use askama::Template;
use chrono::{DateTime, Utc};

use super::card::{Card, cards};
use super::{Site, Subscription, counted, english, written};
use crate::config::{Config, Output};
use crate::emit::feed::hubs;
use crate::store::{Slice, Store, StoreError};

/// Articles of the preview.
const PREVIEW: usize = 20;

/// The page of an output.
pub(in crate::emit) async fn output(
    config: &Config,
    store: &Store,
    output: &Output,
    now: DateTime<Utc>,
) -> Result<String, StoreError> {
    let listing = store.listing(output, Slice::Newest(output.limit), now).await?;
    let held = listing.map(|listing| listing.articles).unwrap_or_default();
    let preview = &held[..held.len().min(PREVIEW)];
    let numbers: Vec<i64> = preview.iter().map(|article| article.number).collect();
    let carriers = store.carried_by(&numbers).await?;
    let subscription = Subscription::of(config, output);
    let mut site = Site::new(config, "outputs", format!("{}: Dateline", output.title), now);
    site.feeds.clone_from(&subscription.feeds);
    let count = counted(i64::try_from(held.len()).unwrap_or(i64::MAX), "article");
    let holds = match held.len() < output.limit {
        true => format!("{count}, all that there are"),
        false => format!("the newest {count}"),
    };
    Ok(written(&OutputPage {
        articles: &cards(&site, preview, &carriers),
        changed: held.iter().map(|article| article.modified).max(),
        english: english::filter(&output.filter),
        filter: output.filter.text.trim(),
        search: site.search(output.filter.text.trim()),
        is_part: held.len() > preview.len(),
        hubs: hubs(config, output),
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
    hubs: Vec<String>,
    changed: Option<DateTime<Utc>>,
    articles: &'a [Card],
    is_part: bool,
}

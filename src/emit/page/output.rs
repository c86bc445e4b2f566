//! The page of an output: how to subscribe, what it holds and why.

use askama::Template;
use chrono::{DateTime, Utc};

use super::card::{Card, cards};
use super::{Site, Subscription, counted, english, when, written};
use crate::article::{Copies, Rights};
use crate::clock;
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
    let mut held = listing.map(|listing| listing.articles).unwrap_or_default();
    for article in &mut held {
        article.draft.rights = article.draft.rights.max(output.rights);
    }
    let preview = &held[..held.len().min(PREVIEW)];
    let numbers: Vec<i64> = preview.iter().map(|article| article.number).collect();
    let carriers = store.carried_by(&numbers).await?;
    let subscription = Subscription::of(config, output);
    let mut site = Site::new(config, "outputs", format!("{}: Dateline", output.title), now);
    site.feeds.clone_from(&subscription.feeds);
    let count = counted(i64::try_from(held.len()).unwrap_or(i64::MAX), "article");
    let holds = match held.len() < output.limit && output.max_age.is_none() {
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
        options: options(output),
        holds,
        output: &subscription,
        site: &site,
    }))
}

/// What an output leaves out, or shows in another way than most.
fn options(output: &Output) -> Vec<String> {
    let age = output
        .max_age
        .map(|age| format!("nothing older than {}", when::span(clock::span(age))));
    let rights = match output.rights {
        Rights::Full => None,
        Rights::Summary => Some("no more than a summary of each"),
        Rights::Headline => Some("no more than the headline of each"),
    };
    let withdrawn = (!output.withdrawn).then_some("no withdrawn releases");
    let copies = match output.copies {
        Copies::Folded => None,
        Copies::Omitted => Some("no copies of other wires"),
        Copies::Shown => Some("copies as entries of their own"),
    };
    let told = [rights, withdrawn, copies].into_iter().flatten().map(str::to_owned);
    age.into_iter().chain(told).collect()
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
    /// What else it leaves out, or shows.
    options: Vec<String>,
    changed: Option<DateTime<Utc>>,
    articles: &'a [Card],
    is_part: bool,
}

//! `story split`, `story merge`: a person overrules what the judge said.

use clap::{Args, Subcommand};
use serde_json::json;

use super::answer::{Exit, Failure, print, print_json};
use crate::article::{Article, PubStatus};
use crate::clock;
use crate::config::Config;
use crate::store::{self, Found, Merged, OverruleError, Overruled, Part, Store};

#[derive(Debug, Subcommand)]
pub(super) enum StoryCommand {
    /// Make a version, a copy or a translation that was linked wrongly an article of its own
    #[command(after_help = "Examples:\n  \
        dateline story split 17.2   version 2 of article 17, and the items that show it\n  \
        dateline story split s45    sighting 45, a copy; `#45` is the same, and needs quotes in a shell\n  \
        dateline story split 17     the one version or copy that there is; of a translation: it leaves its story\n  \
        dateline story split 21     article 21, which was merged into another: with all that came with it, it is article 21 again\n\
        `dateline explain 17` shows versions and sightings with their numbers. It is remembered: later polls find it so.\n\
        What was split wrongly is put together again by `dateline story merge`.")]
    Split(SplitArgs),
    /// Make two articles that are one release one article
    #[command(after_help = "Example: dateline story merge 17 21\n\
        The article that was first received stays, whatever the order. The other becomes a copy of it; a correction, replacement,\n\
        update or retraction becomes a version; an article in another language becomes its translation. Number and id of a merged\n\
        article lead on to the one that stays.\n\
        What was merged wrongly is parted again by `dateline story split 21`.")]
    Merge(MergeArgs),
}

#[derive(Debug, Args)]
pub(super) struct SplitArgs {
    /// Version (17.2), sighting (s45 or '#45'), or article (17, or its tag: id)
    #[arg(value_name = "ID")]
    id: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// Number of an article, or its tag: id
    #[arg(value_name = "A")]
    one: String,
    /// The other one
    #[arg(value_name = "B")]
    other: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl From<OverruleError> for Failure {
    fn from(error: OverruleError) -> Self {
        match error.of_store() {
            Ok(error) => Self::from(error),
            Err(told) => Self::new(Exit::Failed, told.to_string()),
        }
    }
}

pub(super) async fn story(command: StoryCommand, config: Config) -> Result<Exit, Failure> {
    // Overruling what is not there makes no store.
    store::readable(&config.store.path)?;
    let store = Store::open(&config.store.path).await?;
    let done = match command {
        StoryCommand::Split(args) => split(&args, &store).await,
        StoryCommand::Merge(args) => merge(&args, &store).await,
    };
    store.close().await?;
    done
}

async fn split(args: &SplitArgs, store: &Store) -> Result<Exit, Failure> {
    let part = match Part::parse(&args.id) {
        Some(part) => part,
        None => {
            let found = found(&args.id, store, "17, 17.2, s45 or a tag: id").await?;
            Part::Article(found.former.unwrap_or(found.article.number))
        }
    };
    let done = store.split(part, clock::now()).await?;
    answer(args.json, &done, store).await
}

async fn merge(args: &MergeArgs, store: &Store) -> Result<Exit, Failure> {
    let mut numbers = [0; 2];
    for (number_of, id) in numbers.iter_mut().zip([&args.one, &args.other]) {
        *number_of = match id.parse() {
            Ok(number) => number,
            Err(_) => found(id, store, "17 or a tag: id").await?.article.number,
        };
    }
    let [one, other] = numbers;
    match store.merge(one, other, clock::now()).await? {
        Merged::Done(done) => answer(args.json, &done, store).await,
        Merged::Already(why) if args.json => {
            print_json(&json!({ "overruled": null, "why": why, "articles": [] }))?;
            Ok(Exit::Ok)
        }
        Merged::Already(why) => {
            print(&format!("nothing to do: {why}"))?;
            Ok(Exit::Ok)
        }
    }
}

/// The article of a `tag:` id, or that into which it was merged.
async fn found(id: &str, store: &Store, known: &str) -> Result<Found, Failure> {
    let found = store.find(id).await?.filter(|_| id.contains(':'));
    let missing = || {
        Failure::new(
            Exit::Failed,
            format!("no article {id}: an article is named {known}; `dateline articles` lists them"),
        )
    };
    found.ok_or_else(missing)
}

/// What was done, and how both articles stand now.
async fn answer(as_json: bool, done: &Overruled, store: &Store) -> Result<Exit, Failure> {
    let mut articles: Vec<Article> = Vec::new();
    for number in [done.article, done.other] {
        articles.extend(store.article(number).await?);
    }
    if as_json {
        print_json(&json!({ "overruled": done, "articles": articles }))?;
        return Ok(Exit::Ok);
    }
    let mut out = format!("{} done: {}\n", done.what.as_str(), done.note);
    if done.uri.is_some() {
        out.push_str(&format!("article {} stays: it was received first\n", done.article));
    }
    for article in articles {
        let draft = &article.draft;
        let status = match draft.pubstatus {
            PubStatus::Usable => String::new(),
            status @ (PubStatus::Withheld | PubStatus::Canceled) => format!(", {status}"),
        };
        out.push_str(&format!(
            "  {}.{} {} in story {}{status}: {}\n",
            article.number,
            article.version,
            draft.kind,
            article.story,
            draft.headline.as_deref().unwrap_or("(no headline)"),
        ));
    }
    print(&out)?;
    Ok(Exit::Ok)
}

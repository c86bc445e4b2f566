//! The first page: the latest articles, or those that were searched for, and what to subscribe to.

use std::time::Duration;

use askama::Template;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};

use super::card::{Card, cards};
use super::search::{Asked, Search};
use super::{Site, Subscription, counted, english, written};
use crate::config::Config;
use crate::emit::access::Terms;
use crate::filter::{FIELDS, Field, Filter};
use crate::store::{Bounds, Page, Store, StoreError};

/// Articles of a page.
const ARTICLES: usize = 30;

/// What a stranger's search may cost: it ends early and says where to go on.
const BOUNDS: Bounds = Bounds {
    rows: 4_000,
    time: Duration::from_secs(2),
};

/// States that are no trouble.
const WELL: &[&str] = &["ok", "new", "off"];

/// The first page; a search with a mistake is the client's fault.
pub(in crate::emit) async fn index(
    config: &Config,
    store: &Store,
    terms: &Terms,
    search: &Search,
    now: DateTime<Utc>,
) -> Result<(StatusCode, String), StoreError> {
    let mut page = match search.asked {
        Asked::Mistake(_) => Page::default(),
        Asked::Everything | Asked::Filter(_) | Asked::Words(_) => {
            let filter = search.filter().map_or_else(Filter::everything, Clone::clone);
            store
                .page(&filter.shown(), search.after.clone(), ARTICLES, BOUNDS, now)
                .await?
        }
    };
    let numbers: Vec<i64> = page.articles.iter().map(|article| article.number).collect();
    terms.keep(&mut page.articles, &store.outputs_of(&numbers).await?);
    let carriers = store.carried_by(&numbers).await?;
    let states = store.states().await?;
    let mut site = Site::new(config, "articles", title(search), now);
    let outputs: Vec<Subscription> = config
        .outputs
        .iter()
        .map(|output| Subscription::of(config, output))
        .collect();
    site.feeds = outputs.iter().flat_map(|output| output.feeds.clone()).collect();
    let (mistake, understood) = match &search.asked {
        Asked::Everything => (None, None),
        Asked::Mistake(shown) => (Some(shown.as_str()), None),
        Asked::Filter(filter) => (None, Some(english::filter(filter))),
        Asked::Words(_) => (None, Some("all these words in headline or body".to_owned())),
    };
    let (mistake, hint) = match mistake.and_then(|shown| shown.split_once("\nhint: ")) {
        Some((place, hint)) => (Some(place), Some(hint)),
        None => (mistake, None),
    };
    let is_first = search.after.is_none();
    let html = written(&Index {
        articles: &cards(&site, &page.articles, &carriers),
        older: page
            .next
            .as_ref()
            .map(|next| format!("{}?{}", site.url("/"), search.older(next))),
        newest: (!is_first).then(|| match search.text.is_empty() {
            true => site.url("/"),
            false => site.search(&search.text),
        }),
        is_cut: page.is_cut,
        is_search: search.filter().is_some(),
        was_polled: states.iter().any(|(state, _)| !matches!(state.as_str(), "new" | "off")),
        has_sources: !config.sources.is_empty(),
        trouble: trouble(&states),
        text: &search.text,
        fields: FIELDS,
        outputs: &outputs,
        mistake,
        hint,
        understood,
        site: &site,
    });
    let status = match mistake {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    Ok((status, html))
}

fn title(search: &Search) -> String {
    match search.text.as_str() {
        "" => "Dateline: press releases".to_owned(),
        text => format!("{}: Dateline", crate::text::cut(text, 80)),
    }
}

/// `14 sources, 2 need attention`
fn trouble(states: &[(String, i64)]) -> String {
    let all: i64 = states
        .iter()
        .filter(|(state, _)| state != "off")
        .map(|(_, count)| count)
        .sum();
    let unwell = states.iter().filter(|(state, _)| !WELL.contains(&state.as_str()));
    match unwell.map(|(_, count)| count).sum() {
        0 => format!("{}, all well", counted(all, "source")),
        1 => format!("{}, 1 needs attention", counted(all, "source")),
        unwell => format!("{}, {unwell} need attention", counted(all, "source")),
    }
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    site: &'a Site<'a>,
    /// What was searched for, as written.
    text: &'a str,
    /// The place of a mistake, and what it is.
    mistake: Option<&'a str>,
    hint: Option<&'a str>,
    /// What it was understood as.
    understood: Option<String>,
    is_search: bool,
    is_cut: bool,
    articles: &'a [Card],
    older: Option<String>,
    newest: Option<String>,
    outputs: &'a [Subscription],
    trouble: String,
    was_polled: bool,
    has_sources: bool,
    fields: &'a [Field],
}

//! What an output says of the copies of its articles: names them, shows each as an entry of its own, or says nothing.
//!
//! In: articles with what stands beside each. Out: what the formats render. Pure.
//!
//! # A copy as an entry
//! What an entry would name as a copy is one: another page that shows the release, each page once, the first [`MOST`] of an article. It
//! stands behind its article, whatever the order of the output, and comes and goes with it: filter, limit, age and archive pages are asked of
//! the article alone.
//!
//! | of the entry | is |
//! |---|---|
//! | id | that of the article with the fragment `#copy-` and the name of its page: 16 hexadecimal digits |
//! | headline, link, wire, source, guid | the copy's |
//! | published | when it was first seen here: feeds of copies date the copy, not the news |
//! | updated | when it was first seen, or the article last changed |
//! | text, issuer, listings, subjects | the article's: a correction or withdrawal reaches all its copies |
//! | rights | what the sources of article and copy and the output all allow |
//!
//! A page is named by the start of the SHA-256 hash of its address without scheme, `www.` and last slash: the same over corrections, restarts
//! and in another store.
//!
//! The entry names its article as the same release elsewhere: by page (`related`) in Atom and RSS, by id (`copy_of`) in JSON Feed and NDJSON, by
//! both in ninjs (`sameAs`).

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::entry::web_url;
use crate::article::{Article, ArticleId, Copies, Draft};
use crate::dedup::address;
use crate::store::{Listed, Original, Seen};
use crate::text;

/// Copies of an article that are entries, at most: each carries the text again.
const MOST: usize = 16;

/// The list as an output of that kind shows it.
pub(super) fn told(copies: Copies, listed: Vec<Listed>) -> Vec<Listed> {
    let own = |listed: Listed| Listed {
        sightings: Vec::new(),
        ..listed
    };
    match copies {
        Copies::Folded => listed,
        Copies::Omitted => listed.into_iter().map(own).collect(),
        Copies::Shown => listed
            .into_iter()
            .flat_map(|listed| {
                let copies = entries(&listed);
                std::iter::once(own(listed)).chain(copies)
            })
            .collect(),
    }
}

/// The copies of an article, each as an article by itself.
fn entries(listed: &Listed) -> Vec<Listed> {
    let article = &listed.article;
    let draft = &article.draft;
    let original = Original {
        id: article.id.clone(),
        seen: Seen {
            source: draft.source.clone(),
            wire: draft.wire.clone(),
            guid: draft.guid.clone(),
            url: draft.url.clone(),
            headline: draft.headline.clone(),
            rights: draft.rights,
            withdraws: false,
            first_seen: article.first_received,
            behind_ms: 0,
        },
    };
    let mut pages: BTreeSet<String> = draft
        .url
        .as_deref()
        .map(|url| address(url).to_owned())
        .into_iter()
        .collect();
    let copies = listed.copies();
    let copies = copies.filter_map(|(seen, page)| {
        let page = web_url(page)?;
        pages.insert(address(&page).to_owned()).then_some((seen, page))
    });
    let copies = copies.take(MOST).map(|(seen, page)| Listed {
        copy_of: Some(original.clone()),
        ..Listed::alone(copy(article, seen, &page))
    });
    copies.collect()
}

fn copy(article: &Article, seen: &Seen, page: &str) -> Article {
    let draft = &article.draft;
    let headline = seen.headline.clone().or_else(|| draft.headline.clone());
    let mut revision = draft.revision.clone();
    if let Some(revision) = revision.as_mut().filter(|_| headline != draft.headline) {
        // It is that of the other headline.
        revision.clean_headline = None;
    }
    Article {
        id: ArticleId::new(format!("{}#copy-{}", article.id, name(page))),
        first_received: seen.first_seen,
        modified: article.modified.max(seen.first_seen),
        copies: 0,
        draft: Draft {
            headline,
            revision,
            source: seen.source.clone(),
            wire: seen.wire.clone(),
            // Its own number and times were not kept.
            release_id: None,
            published: Some(seen.first_seen),
            updated: None,
            received: seen.first_seen,
            guid: seen.guid.clone(),
            url: Some(page.to_owned()),
            urls: vec![page.to_owned()],
            rights: draft.rights.max(seen.rights),
            // They tell what was mended in the article's own item.
            repairs: Vec::new(),
            ..draft.clone()
        },
        ..article.clone()
    }
}

/// Names a page within its article.
fn name(page: &str) -> String {
    text::hex(&Sha256::digest(address(page))[..8])
}

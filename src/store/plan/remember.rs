//! What becomes of a judged draft beside its article: its sighting, the keys that stay, and its place among what is known.

use super::{Copy, Made, NewSighting, Text, headline_of};
use crate::article::Verdict;
use crate::dedup::{
    Carrier, Headline, Items, Judgement, Key, KeyKind, Known, KnownVersion, Name, Reading, Recall, Shown,
};

/// An item that is known by a weaker name stays the item that it was, and now has the stronger one as well.
pub(super) fn sighting(
    index: usize,
    made: &Made,
    reading: &Reading<'_>,
    judgement: &Judgement,
    recall: &Recall,
) -> NewSighting {
    let text = |name: &Name| name.text.clone();
    let known = recall.get(made.article);
    let item = known.and_then(|known| known.item_of(reading));
    let (item_key, names) = match item {
        Some(item) => (
            item.item_key.clone(),
            item.new_names(&reading.names).map(text).collect(),
        ),
        None => (reading.item_key().to_owned(), reading.names.iter().map(text).collect()),
    };
    let shown = known.and_then(|known| known.versions.iter().find(|v| v.number == made.version));
    let is_same_body = || shown.is_some_and(|shown| shown.news.is_same_body(&reading.news));
    // The version of an item that was known before is the one that it showed first: its text stands elsewhere.
    let copy = match judgement.verdict {
        Verdict::Duplicate if judgement.of.is_some() => Some(match item {
            None if is_same_body() => Copy::WithoutText,
            Some(_) | None => Copy::Whole,
        }),
        Verdict::Withdrawal => item.is_none().then_some(Copy::WithoutText),
        Verdict::New
        | Verdict::Seen
        | Verdict::Revised
        | Verdict::Duplicate
        | Verdict::Correction
        | Verdict::Variant => None,
    };
    NewSighting {
        index,
        article: made.article,
        version: made.version,
        item_key,
        names,
        content_hash: reading.content_hash.clone(),
        copy,
    }
}

/// A version brings all its keys; a copy only what names it (its page and number), lest copies of copies drift.
pub(super) fn keys_to_keep(reading: &Reading<'_>, verdict: Verdict) -> Vec<Key> {
    let kept = |kind: KeyKind| match (verdict, kind) {
        (_, KeyKind::Item) => false,
        (Verdict::Seen, _) => false,
        (Verdict::Duplicate, KeyKind::Headline | KeyKind::Text) => false,
        (Verdict::Duplicate, KeyKind::Release | KeyKind::Url) => true,
        (Verdict::New | Verdict::Variant | Verdict::Revised | Verdict::Correction | Verdict::Withdrawal, _) => true,
    };
    reading.keys.iter().filter(|key| kept(key.kind)).cloned().collect()
}

/// Brings the recall up to date with what was just decided.
pub(super) fn remember(
    recall: &mut Recall,
    made: &Made,
    reading: Reading<'_>,
    judgement: &Judgement,
    keys: Vec<Key>,
    sighting: &NewSighting,
) {
    let (draft, article) = (reading.draft, made.article);
    if recall.get(article).is_none() {
        recall.add(Known {
            article,
            story: made.story,
            pubstatus: made.pubstatus,
            wire: draft.wire.clone(),
            issuer: draft.issuer.clone(),
            language: draft.language.clone(),
            url: draft.url.clone(),
            releases: Vec::new(),
            carrier: Carrier::ThisSource,
            maker: Carrier::ThisSource,
            first_version: made.version,
            published: draft.published,
            versions: Vec::new(),
            items: Items::default(),
        });
    }
    let names = sighting.names.iter().map(|name| Key::item(name));
    for key in names.chain(keys.iter().cloned()) {
        recall.index(key, article);
    }
    if made.text != Text::Known {
        for shingle in &reading.shingles {
            recall.post(*shingle, article);
        }
    }
    let Some(known) = recall.get_mut(article) else { return };
    known.carrier = Carrier::ThisSource;
    known.pubstatus = made.pubstatus;
    known.published = known.published.into_iter().chain(draft.published).min();
    known
        .releases
        .extend(keys.into_iter().filter(|k| k.kind == KeyKind::Release).map(|k| k.value));
    known.items.show(Shown {
        item_key: sighting.item_key.clone(),
        names: sighting.names.clone(),
        content_hash: sighting.content_hash.clone(),
        content_since: draft.received,
        first_verdict: judgement.verdict,
    });
    match made.text {
        Text::Known => {}
        Text::OfCopy => {
            if let Some(version) = known.versions.iter_mut().find(|v| v.number == made.version) {
                version.fullest = Some(reading.news);
            }
        }
        Text::OfVersion => {
            known.maker = Carrier::ThisSource;
            known.first_version = known.first_version.min(made.version);
            let at = if judgement.late { 0 } else { known.versions.len() };
            let named =
                headline_of(&reading, known.versions.last()).map(|headline| Headline::read(Some(headline), None));
            known.versions.insert(
                at,
                KnownVersion {
                    number: made.version,
                    edition: made.edition,
                    kind: draft.kind,
                    release: reading.release(),
                    content_hash: reading.content_hash,
                    headline: named.unwrap_or(reading.headline),
                    news: reading.news,
                    fullest: None,
                    rights: draft.rights,
                    text_source: None,
                    received: draft.received,
                    published: draft.published,
                    day: draft.day(),
                    updated: draft.updated,
                },
            );
        }
    }
}

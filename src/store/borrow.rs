//! A fuller text that another source showed of a release stands in the place of the teaser that came first: a version of its own, with the
//! text of the copy and for the rest what the article showed before.
//!
//! Such a version is derived: it comes with a copy and goes with it.

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use super::StoreError;
use super::error::fail;
use super::part::keep_whole;
use super::plan::NewVersion;
use super::whole::{Kept, Showing, Whole};
use super::write::{insert_versions, insert_words};
use crate::article::{Dateline, Draft, Kind, Organisation, PubStatus, Rights, Verdict};
use crate::dedup::{Judgement, Reading, may_replace, says_more};

/// What is shown, with the text of a copy and all that goes with a text. Who was first stays, and under which headline. What outputs may
/// re-emit is what the copy's source allows, so nothing is left of what the first one forbids.
pub(super) fn with_text_of(shown: &Draft, copy: &Draft) -> Draft {
    let is_mere_headline = shown.rights == Rights::Headline && copy.rights != Rights::Headline;
    let kept = |text: &Option<String>| text.clone().filter(|_| !is_mere_headline);
    let mut organisations = copy.organisations.clone();
    organisations.extend(shown.organisations.iter().filter(|own| !lists(copy, own)).cloned());
    Draft {
        pubstatus: copy.pubstatus,
        headline: shown.headline.clone().or_else(|| copy.headline.clone()),
        subheadline: kept(&shown.subheadline).or_else(|| copy.subheadline.clone()),
        summary: kept(&shown.summary).or_else(|| copy.summary.clone()),
        dateline: dateline(shown, copy),
        issuer: shown.issuer.clone().or_else(|| copy.issuer.clone()),
        organisations,
        cashtags: united(&copy.cashtags, &shown.cashtags),
        embargoed: copy.embargoed,
        received: copy.received,
        language: shown.language.clone().or_else(|| copy.language.clone()),
        body_text: copy.body_text.clone(),
        body_html: copy.body_html.clone(),
        sections: copy.sections.clone(),
        subjects: united(&shown.subjects, &copy.subjects),
        contacts: copy.contacts.clone(),
        people: copy.people.clone(),
        media: copy.media.clone(),
        rights: copy.rights,
        copyright_notice: copy.copyright_notice.clone(),
        repairs: copy.repairs.clone(),
        ..shown.clone()
    }
}

/// Does it name this organisation with all its listings?
fn lists(draft: &Draft, wanted: &Organisation) -> bool {
    draft.organisations.iter().any(|own| {
        own.name == wanted.name
            && wanted.symbols.iter().all(|symbol| own.symbols.contains(symbol))
            && wanted.isin.iter().all(|isin| own.isin.contains(isin))
    })
}

pub(super) fn united<T: Clone + PartialEq>(first: &[T], more: &[T]) -> Vec<T> {
    let own = more.iter().filter(|one| !first.contains(one));
    first.iter().chain(own).cloned().collect()
}

/// The one that says more: a place, a date, a wire.
fn dateline(shown: &Draft, copy: &Draft) -> Option<Dateline> {
    let says = |dateline: &Option<Dateline>| {
        dateline.as_ref().map_or(0, |dateline| {
            1 + [
                !dateline.places.is_empty(),
                dateline.date.is_some(),
                dateline.wire.is_some(),
            ]
            .into_iter()
            .filter(|told| *told)
            .count()
        })
    };
    let more = if says(&shown.dateline) > says(&copy.dateline) {
        shown
    } else {
        copy
    };
    more.dateline.clone()
}

/// Brings the borrowed texts of an article up to the copies that it has now; says whether anything changed.
pub(super) async fn borrowed(
    connection: &mut SqliteConnection,
    article: &Whole,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let lost: Vec<&Kept> = article
        .versions
        .iter()
        .filter(|version| article.is_bereft(version))
        .collect();
    for version in &lost {
        give_back(connection, article, version).await?;
    }
    let is_left = |version: &&Kept| lost.iter().all(|lost| lost.number != version.number);
    let shown = article.versions.iter().rev().find(is_left);
    let shown = shown.filter(|shown| shown.verdict != Verdict::Withdrawal && shown.draft.kind != Kind::Retraction);
    let lender = shown.and_then(|shown| {
        let same_news = |copy: &&Showing| {
            let of = copy.version.and_then(|of| article.version(of));
            of.is_some_and(|of| of.edition == shown.edition)
        };
        let copies = article.showings.iter().filter(same_news);
        let kept = Reading::of(&shown.draft);
        let lenders = copies.filter_map(|copy| Some((may_lend(copy, &kept)?, copy)));
        // Of equals, the first.
        let (_, fullest) = lenders.rev().max_by_key(|(words, _)| *words)?;
        Some((shown, fullest))
    });
    if let Some((shown, copy)) = lender {
        lend(connection, article, shown, copy, now).await?;
    }
    Ok(lender.is_some() || !lost.is_empty())
}

/// A version goes, and what showed it shows the one before.
async fn give_back(connection: &mut SqliteConnection, article: &Whole, version: &Kept) -> Result<(), StoreError> {
    let own = |other: &&Kept| other.number < version.number && other.text_source.is_none();
    let before = article.versions.iter().rev().find(own).map(|before| before.number);
    for showing in article
        .showings
        .iter()
        .filter(|showing| showing.version == Some(version.number))
    {
        keep_whole(connection, showing).await?;
    }
    sqlx::query!(
        "UPDATE sighting SET version = ?3 WHERE article_id = ?1 AND version = ?2",
        article.number,
        version.number,
        before
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("giving a text back"))?;
    sqlx::query!(
        "DELETE FROM news WHERE article_id = ?1 AND version = ?2",
        article.number,
        version.number
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("giving a text back"))?;
    sqlx::query!(
        "DELETE FROM version WHERE article_id = ?1 AND version = ?2",
        article.number,
        version.number
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("giving a text back"))
}

/// Words of news in the text that a copy may lend.
fn may_lend(copy: &Showing, shown: &Reading<'_>) -> Option<usize> {
    let own = copy.own.as_ref().filter(|_| copy.is_copy())?;
    let reading = Reading::of(own);
    let may = own.pubstatus == PubStatus::Usable
        && own.rights.allows(shown.draft.rights)
        && may_replace(own.kind, shown.draft.kind)
        && says_more((&reading.headline, &reading.news), (&shown.headline, &shown.news));
    may.then(|| reading.news.news_words())
}

async fn lend(
    connection: &mut SqliteConnection,
    article: &Whole,
    shown: &Kept,
    copy: &Showing,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(own) = &copy.own else { return Ok(()) };
    let draft = Draft {
        received: now,
        ..with_text_of(&shown.draft, own)
    };
    let reading = Reading::of(own);
    let version = NewVersion {
        article: article.number,
        version: shown.number + 1,
        edition: shown.edition,
        judgement: Judgement {
            verdict: Verdict::Revised,
            of: Some(article.number),
            stage: super::OVERRULED,
            why: format!("fuller text from {}: {}", copy.source, copy.why),
            version: Some(shown.number),
            late: false,
            against: None,
        },
        content_hash: reading.content_hash.clone(),
        words: reading.news.stored(),
        headline: None,
        text_source: Some(own.source.clone()),
        draft: &draft,
    };
    insert_versions(connection, std::iter::once((&version, &draft))).await?;
    insert_words(connection, &[(version.article, version.version, &version.words)]).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Media, SourceId, Symbol};

    fn draft(source: &str, rights: Rights) -> Draft {
        Draft {
            headline: Some(format!("headline of {source}")),
            summary: Some(format!("summary of {source}")),
            body_text: format!("text of {source}"),
            url: Some(format!("https://{source}.example/1")),
            copyright_notice: Some(format!("(c) {source}")),
            cashtags: vec![source.to_uppercase()],
            media: vec![Media {
                url: format!("https://{source}.example/1.jpg"),
                ..Media::default()
            }],
            rights,
            ..Draft::empty(SourceId::new(source), DateTime::UNIX_EPOCH)
        }
    }

    #[test]
    fn a_text_brings_its_rights_and_nothing_stays_that_they_would_open() {
        for (shown, copy, summary) in [
            (Rights::Summary, Rights::Summary, "summary of first"),
            (Rights::Summary, Rights::Full, "summary of first"),
            (Rights::Headline, Rights::Headline, "summary of first"),
            (Rights::Headline, Rights::Full, "summary of second"),
        ] {
            let lent = with_text_of(&draft("first", shown), &draft("second", copy));
            assert_eq!(lent.summary.as_deref(), Some(summary), "{shown} {copy}");
            assert_eq!((lent.rights, lent.body_text.as_str()), (copy, "text of second"));
            assert_eq!(lent.media, draft("second", copy).media);
            assert_eq!(lent.copyright_notice.as_deref(), Some("(c) second"));
            assert_eq!(
                (lent.source.as_str(), lent.url.as_deref()),
                ("first", Some("https://first.example/1"))
            );
            assert_eq!(lent.headline.as_deref(), Some("headline of first"));
            assert_eq!(lent.cashtags, ["SECOND", "FIRST"]);
        }
    }

    #[test]
    fn an_organisation_is_named_once_with_all_its_listings() {
        let named = |symbol: &str| Organisation {
            name: Some("Acme".into()),
            symbols: vec![Symbol {
                exchange: "XNYS".into(),
                symbol: symbol.into(),
                raw: format!("NYSE: {symbol}"),
            }],
            isin: Vec::new(),
            wkn: Vec::new(),
        };
        let of = |organisations: Vec<Organisation>| Draft {
            organisations,
            ..draft("any", Rights::Full)
        };
        let mere = Organisation {
            symbols: Vec::new(),
            ..named("A")
        };
        for (shown, copy, want) in [
            (vec![mere], vec![named("A")], vec![named("A")]),
            (vec![named("A")], vec![named("A")], vec![named("A")]),
            (vec![named("B")], vec![named("A")], vec![named("A"), named("B")]),
            (vec![named("A")], vec![], vec![named("A")]),
        ] {
            assert_eq!(with_text_of(&of(shown), &of(copy)).organisations, want);
        }
    }
}

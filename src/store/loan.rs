//! When an article is to show the text of a copy: a pure decision, made with the plan of a poll.

use chrono::{DateTime, Utc};

use super::plan::{Made, NewVersion};
use crate::article::{Draft, Kind, PubStatus, SourceId, Verdict};
use crate::dedup::{Judgement, Known, KnownVersion, Reading, says_more};

/// A version that shows the text of a copy, and for the rest what another version shows.
#[derive(Debug)]
pub(super) struct Borrowed<'a> {
    pub(super) article: i64,
    pub(super) version: i64,
    pub(super) edition: i64,
    /// The version that all but the text is of.
    pub(super) base: i64,
    pub(super) text: Lender<'a>,
    /// Whose text it is.
    pub(super) source: SourceId,
    pub(super) judgement: Judgement,
    pub(super) content_hash: String,
    pub(super) words: String,
    pub(super) received: DateTime<Utc>,
}

/// Where a borrowed text stands.
#[derive(Debug)]
pub(super) enum Lender<'a> {
    Copy(&'a Draft),
    /// In an earlier version of the article, borrowed as well.
    Version(i64),
}

impl Borrowed<'_> {
    /// The row that it becomes.
    pub(super) fn version<'d>(&self, draft: &'d Draft) -> NewVersion<'d> {
        NewVersion {
            article: self.article,
            version: self.version,
            judgement: self.judgement.clone(),
            edition: self.edition,
            content_hash: self.content_hash.clone(),
            words: self.words.clone(),
            headline: None,
            text_source: Some(self.source.clone()),
            draft,
        }
    }
}

/// A fuller text that an article is to show.
#[derive(Debug)]
pub(super) struct Loan<'a> {
    pub(super) borrowed: Borrowed<'a>,
    /// As the next drafts of the poll meet it.
    pub(super) known: KnownVersion,
}

/// A copy, or an item that was one, that says much more than the article shows; and a borrowed text that still says more than what its first
/// carrier says by now. The news must be the same, nothing withheld or withdrawn, and the text's own source must allow all that the shown
/// one does: what was open does not close.
pub(super) fn loan<'a>(known: &Known, reading: &Reading<'a>, judgement: &Judgement, made: &Made) -> Option<Loan<'a>> {
    let (draft, newest) = (reading.draft, known.versions.last()?);
    let open = match made.pubstatus {
        PubStatus::Usable => true,
        PubStatus::Withheld => made.version == newest.number,
        PubStatus::Canceled => false,
    };
    if !open
        || draft.pubstatus != PubStatus::Usable
        || made.edition != newest.edition
        || newest.kind == Kind::Retraction
    {
        return None;
    }
    let (own, kept) = ((&reading.headline, &reading.news), (&newest.headline, &newest.news));
    let was_copy = || {
        known
            .item_of(reading)
            .is_some_and(|item| item.first_verdict == Verdict::Duplicate && item.content_hash != reading.content_hash)
    };
    let is_copy = match judgement.verdict {
        Verdict::Duplicate => true,
        Verdict::Seen => was_copy(),
        Verdict::Revised => false,
        Verdict::New | Verdict::Correction | Verdict::Withdrawal | Verdict::Variant => return None,
    };
    let (base, text, source, why) = if is_copy {
        if reading.several_texts || !draft.rights.allows(newest.rights) || !says_more(own, kept) {
            return None;
        }
        (
            newest.number,
            Lender::Copy(draft),
            draft.source.clone(),
            judgement.why.clone(),
        )
    } else {
        let source = newest
            .text_source
            .clone()
            .filter(|_| judgement.verdict == Verdict::Revised)?;
        if !newest.rights.allows(draft.rights) || !says_more(kept, own) {
            return None;
        }
        let why = format!("it still says more than version {}", made.version);
        (made.version, Lender::Version(newest.number), source, why)
    };
    let number = base + 1;
    let (headline, news, rights, content_hash) = if is_copy {
        (
            newest.headline.clone(),
            reading.news.clone(),
            draft.rights,
            reading.content_hash.clone(),
        )
    } else {
        (
            reading.headline.clone(),
            newest.news.clone(),
            newest.rights,
            newest.content_hash.clone(),
        )
    };
    Some(Loan {
        borrowed: Borrowed {
            article: known.article,
            version: number,
            edition: newest.edition,
            base,
            text,
            source: source.clone(),
            judgement: Judgement {
                verdict: Verdict::Revised,
                of: Some(known.article),
                stage: judgement.stage,
                why: format!("fuller text from {source}: {why}"),
                version: Some(base),
                late: false,
                against: None,
            },
            content_hash: content_hash.clone(),
            words: news.stored(),
            received: draft.received,
        },
        known: KnownVersion {
            number,
            edition: newest.edition,
            kind: newest.kind,
            release: newest.release.clone(),
            content_hash,
            headline,
            news,
            fullest: None,
            rights,
            text_source: Some(source),
            received: draft.received,
            published: newest.published,
            updated: newest.updated,
        },
    })
}

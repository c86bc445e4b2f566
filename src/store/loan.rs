//! When an article is to show the text of a copy: a pure decision, made with the plan of a poll.

use chrono::{DateTime, Utc};

use super::plan::{Made, NewVersion};
use crate::article::{Draft, Kind, PubStatus, Rights, SourceId, Verdict};
use crate::dedup::{
    Headline, Judgement, Known, KnownVersion, News, Reading, Renewal, edition, may_replace, renewal, says_more,
};

/// A version that shows the text of a copy, and for the rest what another version shows.
#[derive(Debug)]
pub(super) struct Borrowed<'a> {
    pub(super) article: i64,
    pub(super) version: i64,
    pub(super) edition: i64,
    /// The version that all but the text is of.
    pub(super) base: i64,
    pub(super) text: Lender<'a>,
    /// The copy's source whose text it is; `None` where the article shows its own again.
    pub(super) source: Option<SourceId>,
    pub(super) judgement: Judgement,
    pub(super) content_hash: String,
    pub(super) words: String,
    pub(super) received: DateTime<Utc>,
}

/// Where a borrowed text stands.
#[derive(Debug)]
pub(super) enum Lender<'a> {
    Copy(&'a Draft),
    /// In an earlier version of the article.
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
            text_source: self.source.clone(),
            draft,
        }
    }
}

/// A fuller text that an article is to show.
#[derive(Debug)]
pub(super) struct Loan<'a> {
    /// The version that the draft shows, whose fullest text this is.
    pub(super) shorter: i64,
    pub(super) borrowed: Borrowed<'a>,
    /// As the next drafts of the poll meet it.
    pub(super) known: KnownVersion,
}

/// What is to be shown, and of which version all but the text is.
struct Text<'a> {
    shorter: i64,
    base: i64,
    edition: i64,
    lender: Lender<'a>,
    source: Option<SourceId>,
    headline: Headline,
    news: News,
    rights: Rights,
    content_hash: String,
    why: String,
}

/// A copy, or an item that was one, that says much more than the article shows; a borrowed text that still says more than what its first
/// carrier says by now; and what follows when a lender changes its text. The news must be the same, nothing withheld or withdrawn, and the
/// text's own source must allow all that the shown one does: what was open does not close.
pub(super) fn loan<'a>(known: &Known, reading: &Reading<'a>, judgement: &Judgement, made: &Made) -> Option<Loan<'a>> {
    let (draft, newest) = (reading.draft, known.versions.last()?);
    let open = match made.pubstatus {
        PubStatus::Usable => true,
        PubStatus::Withheld => made.version == newest.number,
        PubStatus::Canceled => false,
    };
    if !open || draft.pubstatus != PubStatus::Usable || newest.kind == Kind::Retraction {
        return None;
    }
    let text = match judgement.verdict {
        Verdict::Duplicate => of_copy(newest, reading, made, &judgement.why),
        Verdict::Seen => of_changed_copy(known, newest, reading, made),
        Verdict::Revised => of_lender(newest, reading, made),
        Verdict::New | Verdict::Correction | Verdict::Withdrawal | Verdict::Variant => None,
    }?;
    let number = newest.number.max(text.base) + 1;
    Some(Loan {
        shorter: text.shorter,
        borrowed: Borrowed {
            article: known.article,
            version: number,
            edition: text.edition,
            base: text.base,
            text: text.lender,
            source: text.source.clone(),
            judgement: Judgement {
                verdict: Verdict::Revised,
                of: Some(known.article),
                stage: judgement.stage,
                why: text.why,
                version: Some(text.base),
                late: false,
                against: None,
            },
            content_hash: text.content_hash.clone(),
            words: text.news.stored(),
            received: draft.received,
        },
        known: KnownVersion {
            number,
            edition: text.edition,
            kind: newest.kind,
            release: newest.release.clone(),
            content_hash: text.content_hash,
            headline: text.headline,
            news: text.news,
            fullest: None,
            rights: text.rights,
            text_source: text.source,
            received: draft.received,
            published: newest.published,
            day: newest.day,
            updated: newest.updated,
        },
    })
}

fn may_lend(reading: &Reading<'_>, shown: &KnownVersion) -> bool {
    let draft = reading.draft;
    !reading.several_texts && draft.rights.allows(shown.rights) && may_replace(draft.kind, shown.kind)
}

/// A copy that says more than what is shown.
fn of_copy<'a>(newest: &KnownVersion, reading: &Reading<'a>, made: &Made, why: &str) -> Option<Text<'a>> {
    let (own, kept) = ((&reading.headline, &reading.news), (&newest.headline, &newest.news));
    if made.edition != newest.edition || !may_lend(reading, newest) || !says_more(own, kept) {
        return None;
    }
    Some(Text {
        shorter: made.version,
        ..lent(newest, newest.edition, reading, why)
    })
}

fn lent<'a>(base: &KnownVersion, edition: i64, reading: &Reading<'a>, why: &str) -> Text<'a> {
    let source = &reading.draft.source;
    Text {
        shorter: base.number,
        base: base.number,
        edition,
        lender: Lender::Copy(reading.draft),
        source: Some(source.clone()),
        headline: base.headline.clone(),
        news: reading.news.clone(),
        rights: reading.draft.rights,
        content_hash: reading.content_hash.clone(),
        why: format!("fuller text from {source}: {why}"),
    }
}

/// A copy shows another text than before.
fn of_changed_copy<'a>(known: &Known, newest: &KnownVersion, reading: &Reading<'a>, made: &Made) -> Option<Text<'a>> {
    let item = known.item_of(reading)?;
    if item.first_verdict != Verdict::Duplicate || item.content_hash == reading.content_hash {
        return None;
    }
    if newest.text_source.as_ref() == Some(&reading.draft.source) {
        of_changed_lender(known, newest, reading)
    } else {
        of_copy(newest, reading, made, "its item shows more than before")
    }
}

/// What is shown is the text of a source that shows another one by now. One that it showed before is of the past: servers of one wire may
/// be out of step.
fn of_changed_lender<'a>(known: &Known, newest: &KnownVersion, reading: &Reading<'a>) -> Option<Text<'a>> {
    let base = known.newest_own()?;
    let is_of_the_past = known
        .versions
        .iter()
        .any(|version| version.content_hash == reading.content_hash);
    if is_of_the_past || reading.several_texts {
        return None;
    }
    let (copy, own) = ((&reading.headline, &reading.news), (&base.headline, &base.news));
    match renewal(copy, &newest.news, own)? {
        Renewal::Lent if may_lend(reading, base) => Some(lent(
            base,
            edition(reading, newest, newest.number + 1),
            reading,
            "its item shows another text than before",
        )),
        Renewal::Lent => None,
        Renewal::Own => Some(Text {
            shorter: base.number,
            base: base.number,
            edition: base.edition,
            lender: Lender::Version(base.number),
            source: None,
            headline: base.headline.clone(),
            news: base.news.clone(),
            rights: base.rights,
            content_hash: base.content_hash.clone(),
            why: format!(
                "its own text again: {}, which lent a fuller one, now says otherwise",
                reading.draft.source
            ),
        }),
    }
}

/// The borrowed text beneath a new version, where it still says more.
fn of_lender<'a>(newest: &KnownVersion, reading: &Reading<'a>, made: &Made) -> Option<Text<'a>> {
    let source = newest.text_source.clone()?;
    // It stands under the new headline: that of the version before says nothing of it.
    let (own, kept) = ((&reading.headline, &reading.news), (&reading.headline, &newest.news));
    if made.edition != newest.edition || !newest.rights.allows(reading.draft.rights) || !says_more(kept, own) {
        return None;
    }
    Some(Text {
        shorter: made.version,
        base: made.version,
        edition: newest.edition,
        lender: Lender::Version(newest.number),
        why: format!(
            "fuller text from {source}: it still says more than version {}",
            made.version
        ),
        source: Some(source),
        headline: reading.headline.clone(),
        news: newest.news.clone(),
        rights: newest.rights,
        content_hash: newest.content_hash.clone(),
    })
}

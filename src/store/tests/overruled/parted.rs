//! What a person splits off.

use super::*;

/// Another source's text of other words, which the judge took for a later version: it has no item in common with the article.
#[tokio::test]
async fn a_version_of_another_source_is_one_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let edited = Draft {
        headline: Some("Acme Opens a Plant in Boise".into()),
        wire: Some("wire-a".into()),
        ..release(
            "wire-b",
            "100",
            "Acme Opens a Plant in Boise",
            &TEXT.replace("Jo Bolt", "Joanna Bolt"),
        )
    };
    let drafts = [original(), received(&edited, 2)];
    polls(&store, &drafts).await;
    let before = shown(&store, 1).await;
    assert_eq!(before.0, 2, "the edited text is a version");
    split(&store, "1.2").await;
    merge(&store, 1, 2).await;
    assert_eq!(shown(&store, 1).await, before);
    is_sound(&store).await;
}

#[tokio::test]
async fn a_correction_that_was_linked_wrongly_becomes_an_article() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    assert_eq!(
        polls(&store, &[original(), correction()]).await,
        [Verdict::New, Verdict::Correction]
    );
    let was = store.article(1).await.unwrap().unwrap();

    let done = split(&store, "1.2").await;
    assert_eq!(
        (done.what, done.article, done.other, done.version),
        (Overruling::Split, 1, 2, Some(2))
    );
    is_sound(&store).await;
    let (stays, goes) = (
        store.article(1).await.unwrap().unwrap(),
        store.article(2).await.unwrap().unwrap(),
    );
    assert_eq!((stays.version, stays.draft.body_text.as_str()), (1, TEXT));
    assert_eq!(stays.id, was.id);
    assert_eq!((goes.version, &goes.draft), (1, &received(&correction(), 1)));
    assert_eq!(goes.id.as_str(), "tag:dateline,2026:wirea:101:en");
    assert_ne!(goes.story, stays.story);
    assert_eq!(
        (stays.modified, goes.modified, goes.first_received),
        (at(20), at(20), at(1))
    );
    let newest: Vec<i64> = store
        .select(&Filter::everything(), 9, noon())
        .await
        .unwrap()
        .iter()
        .map(|a| a.number)
        .collect();
    assert_eq!(newest, [2, 1], "both come up as changed");
    let found = async |expr: &str| {
        store
            .select(&Filter::parse(expr).unwrap(), 9, noon())
            .await
            .unwrap()
            .len()
    };
    for (expr, want) in [
        ("symbol = \"XNAS:A100\"", 1),
        ("symbol = \"XNAS:A101\"", 1),
        ("body ~ \"35 million\"", 1),
        ("body ~ \"53 million\"", 1),
    ] {
        assert_eq!(found(expr).await, want, "{expr}");
    }
    flips_nothing(&store, &[(original(), 1), (correction(), 2)]).await;
}

#[tokio::test]
async fn a_withdrawal_that_was_linked_wrongly_is_taken_back() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    assert_eq!(
        polls(&store, &[original(), retraction()]).await,
        [Verdict::New, Verdict::Withdrawal]
    );
    assert_eq!(shown(&store, 1).await.1, PubStatus::Canceled);
    split(&store, "1").await;
    is_sound(&store).await;
    assert_eq!(shown(&store, 1).await, (1, PubStatus::Usable, original().headline));
    let notice = store.article(2).await.unwrap().unwrap();
    assert_eq!(
        notice.draft,
        received(&retraction(), 1),
        "under its own headline, with its own names"
    );
    flips_nothing(&store, &[(original(), 1), (retraction(), 2)]).await;

    let done = merge(&store, 2, 1).await;
    assert_eq!((done.article, done.other), (1, 2));
    is_sound(&store).await;
    assert_eq!(
        shown(&store, 1).await,
        (2, PubStatus::Canceled, original().headline),
        "as it was"
    );
    flips_nothing(&store, &[(original(), 1), (retraction(), 1)]).await;
    split(&store, "1.2").await;
    assert_eq!(
        store.article(2).await.unwrap().unwrap().draft,
        received(&retraction(), 1)
    );
}

#[tokio::test]
async fn a_silent_change_that_was_another_release_becomes_an_article_of_the_same_item() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = Draft {
        body_text: TEXT.replace("Boise, Idaho", "Reno, Nevada").replace("240", "310"),
        ..original()
    };
    assert_eq!(
        polls(&store, &[original(), changed.clone()]).await,
        [Verdict::New, Verdict::Revised]
    );
    split(&store, "1.2").await;
    is_sound(&store).await;
    assert_eq!(
        store.article(2).await.unwrap().unwrap().draft.body_text,
        changed.body_text
    );
    assert_ne!(
        store.article(1).await.unwrap().unwrap().id,
        store.article(2).await.unwrap().unwrap().id
    );
    flips_nothing(&store, &[(changed.clone(), 2), (original(), 1), (changed.clone(), 2)]).await;

    merge(&store, 1, 2).await;
    is_sound(&store).await;
    assert_eq!(
        store.article(1).await.unwrap().unwrap().draft.body_text,
        changed.body_text
    );
    flips_nothing(&store, &[(changed, 1)]).await;
}

#[tokio::test]
async fn a_version_in_the_middle_goes_and_the_others_keep_their_numbers() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = Draft {
        body_text: TEXT.replace("240", "250"),
        ..original()
    };
    polls(&store, &[original(), changed, correction()]).await;
    let numbers = async |article| {
        store
            .versions(article)
            .await
            .unwrap()
            .iter()
            .map(|v| v.article.version)
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(1).await, [1, 2, 3]);
    split(&store, "1.2").await;
    is_sound(&store).await;
    assert_eq!(numbers(1).await, [1, 3]);
    assert_eq!(shown(&store, 1).await.0, 3);
    flips_nothing(&store, &[(correction(), 1)]).await;
    let further = Draft {
        body_text: correction().body_text.replace("240", "260"),
        ..received(&correction(), 40)
    };
    assert_eq!(
        verdicts(&admit(&store, vec![further], at(40)).await),
        [Verdict::Revised]
    );
    assert_eq!(numbers(1).await, [1, 3, 4]);
}

#[tokio::test]
async fn a_copy_becomes_an_article_of_what_it_said_itself() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let cut = Draft {
        body_text: TEXT.chars().take(330).collect(),
        ..release("wire-c", "700", "Acme Opens a Plant in Boise", "")
    };
    for copy in [copy(), cut] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        assert_eq!(
            polls(&store, &[original(), copy.clone()]).await,
            [Verdict::New, Verdict::Duplicate]
        );
        let sighting = store
            .sightings(1)
            .await
            .unwrap()
            .into_iter()
            .find(|s| s.verdict == Verdict::Duplicate)
            .unwrap();
        for part in [format!("#{}", sighting.id), "1".to_owned()] {
            let done = split(&store, &part).await;
            assert_eq!((done.other, done.sighting), (2, Some(sighting.id)), "{part}");
            is_sound(&store).await;
            let article = store.article(2).await.unwrap().unwrap();
            assert_eq!((article.version, &article.draft), (1, &received(&copy, 1)));
            assert_eq!(article.first_received, at(1));
            assert_eq!(shown(&store, 1).await, (1, PubStatus::Usable, original().headline));
            flips_nothing(&store, &[(original(), 1), (copy.clone(), 2)]).await;
            let id = article.id;

            let done = merge(&store, 2, 1).await;
            assert_eq!((done.article, done.other, done.uri.as_ref()), (1, 2, Some(&id)));
            is_sound(&store).await;
            assert_eq!(store.count().await.unwrap(), 1);
            flips_nothing(&store, &[(original(), 1), (copy.clone(), 1)]).await;
            for known in ["2", id.as_str()] {
                let found = store.find(known).await.unwrap().unwrap();
                assert_eq!((found.article.number, found.former), (1, Some(2)), "{known}");
            }
        }
    }
    drop(store);
}

#[tokio::test]
async fn a_text_that_a_copy_lent_goes_with_the_copy() {
    let teaser = Draft {
        body_text: TEXT.chars().take(330).collect(),
        ..original()
    };
    let again = release("wire-c", "700", "Acme Opens a Plant in Boise", TEXT);
    let mere = Draft {
        rights: Rights::Headline,
        ..again.clone()
    };
    // Who else carries the whole text lends it then, if its rights allow as much.
    for (others, part, left) in [
        (vec![], "1", (1, teaser.body_text.clone())),
        (vec![], "s2", (1, teaser.body_text.clone())),
        (vec![], "1.2", (1, teaser.body_text.clone())),
        (vec![again], "s2", (2, TEXT.to_owned())),
        (vec![mere], "s2", (1, teaser.body_text.clone())),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let mut drafts = vec![teaser.clone(), copy()];
        drafts.extend(others);
        let said = polls(&store, &drafts).await;
        assert!(said.iter().skip(1).all(|said| *said == Verdict::Duplicate), "{said:?}");
        let lent = store.article(1).await.unwrap().unwrap();
        assert_eq!((lent.version, lent.draft.body_text.as_str()), (2, TEXT));
        assert_eq!((&lent.draft.source, &lent.draft.url), (&teaser.source, &teaser.url));
        let version = store.versions(1).await.unwrap().remove(1);
        assert!(version.why.starts_with("fuller text from wire-b: "), "{}", version.why);

        let done = split(&store, part).await;
        assert_eq!((done.other, done.sighting), (2, Some(2)), "{part}");
        is_sound(&store).await;
        let kept = store.article(1).await.unwrap().unwrap();
        assert_eq!((kept.version, kept.draft.body_text), left, "{part}");
        let gone = store.article(2).await.unwrap().unwrap();
        assert_eq!(gone.draft, received(&copy(), 1));
        let places: Vec<_> = drafts.into_iter().zip([1, 2, 1]).collect();
        flips_nothing(&store, &places).await;
    }
}

/// A copy that lends a text and then a longer one keeps what it says now alone; the version that it lent first is of the past, and stays.
#[tokio::test]
async fn a_text_that_was_lent_before_stays_and_cannot_be_split_off() {
    let cut = |draft: Draft, chars: usize| Draft {
        body_text: TEXT.chars().take(chars).collect::<String>() + "...",
        ..draft
    };
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let drafts = [
        cut(original(), 160),
        cut(copy(), 330),
        copy(),
        release("wire-c", "700", "Acme Opens a Plant in Boise", TEXT),
    ];
    polls(&store, &drafts).await;
    let numbers = async || {
        let versions = store.versions(1).await.unwrap();
        versions.iter().map(|kept| kept.article.version).collect::<Vec<_>>()
    };
    assert_eq!(numbers().await, [1, 2, 3]);
    let before = everything(&store).await;
    let error = store.split(Part::parse("1.2").unwrap(), at(21)).await.unwrap_err();
    assert!(error.to_string().contains("shows a text of wire-b"), "{error}");
    assert_eq!(everything(&store).await, before);
    let done = split(&store, "s3").await;
    is_sound(&store).await;
    assert_eq!(store.versions(done.other).await.unwrap().len(), 1);
    assert_eq!(numbers().await, [1, 2, 3]);
    split(&store, "s2").await;
    is_sound(&store).await;
    assert_eq!(numbers().await, [1]);
}

#[tokio::test]
async fn of_several_copies_that_may_lend_the_fullest_does() {
    let cut = |draft: Draft, chars: usize| Draft {
        body_text: TEXT.chars().take(chars).collect::<String>() + "...",
        ..draft
    };
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let part = cut(release("wire-c", "700", "Acme Opens a Plant in Boise", TEXT), 330);
    let whole = release("wire-d", "800", "Acme Opens a Plant in Boise", TEXT);
    polls(&store, &[cut(original(), 160), copy(), part, whole]).await;
    split(&store, "s2").await;
    is_sound(&store).await;
    let shown = store.article(1).await.unwrap().unwrap();
    assert_eq!((shown.version, shown.draft.body_text.as_str()), (2, TEXT));
}

#[tokio::test]
async fn an_embargo_holds_after_a_split_until_its_hour() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let withheld = Draft {
        embargoed: Some(at(48)),
        pubstatus: PubStatus::Withheld,
        ..original()
    };
    polls(&store, &[withheld, copy()]).await;
    assert_eq!(shown(&store, 1).await.1, PubStatus::Usable, "the copy shows it openly");
    split(&store, "1").await;
    assert_eq!(
        (shown(&store, 1).await.1, shown(&store, 2).await.1),
        (PubStatus::Withheld, PubStatus::Usable)
    );
    merge(&store, 1, 2).await;
    assert_eq!(shown(&store, 1).await.1, PubStatus::Usable);
}

#[tokio::test]
async fn an_open_copy_of_an_older_version_does_not_end_an_embargo() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let withheld = |draft| Draft {
        embargoed: Some(at(48)),
        pubstatus: PubStatus::Withheld,
        ..draft
    };
    let said = polls(&store, &[withheld(original()), withheld(correction()), copy()]).await;
    assert_eq!(said, [Verdict::New, Verdict::Correction, Verdict::Duplicate]);
    assert_eq!(shown(&store, 1).await.1, PubStatus::Withheld, "by the plan of a poll");
    admit(&store, vec![received(&other("wire-b"), 4)], at(4)).await;
    merge(&store, 1, 2).await;
    let newest = store.sightings(1).await.unwrap();
    let newest = newest
        .iter()
        .find(|sighting| sighting.headline == other("wire-b").headline);
    assert_eq!(
        shown(&store, 1).await.1,
        PubStatus::Usable,
        "what was merged shows it openly"
    );
    split(&store, &format!("s{}", newest.unwrap().id)).await;
    assert_eq!(shown(&store, 1).await.1, PubStatus::Withheld, "by all that is left");
}

#[tokio::test]
async fn a_version_that_copies_alone_still_show_keeps_its_maker() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let text = |million: &str, draft: Draft| Draft {
        body_text: TEXT.replace("35 million", million),
        ..draft
    };
    let middle = text("53 million", copy());
    polls(
        &store,
        &[
            original(),
            text("53 million", original()),
            middle.clone(),
            text("71 million", original()),
        ],
    )
    .await;
    assert_eq!(shown(&store, 1).await.0, 3);
    split(&store, "1.2").await;
    is_sound(&store).await;
    let makers = "SELECT count(*) FROM sighting WHERE article_id = 2 AND verdict = 'new' AND source_id = 'wire-a'";
    assert_eq!(number(&store, makers).await, 1);
    flips_nothing(&store, &[(text("71 million", original()), 1), (middle, 2)]).await;
}

#[tokio::test]
async fn a_copy_leaves_with_its_version_and_its_item_stays_with_the_one_that_it_brought() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = Draft {
        body_text: other("wire-b").body_text.replace("Danish", "Dutch"),
        ..other("wire-b")
    };
    polls(&store, &[original(), other("wire-b"), correction(), changed.clone()]).await;
    split(&store, "2.2").await;
    merge(&store, 1, 3).await;
    merge(&store, 1, 2).await;
    assert_eq!(
        shown(&store, 1).await.0,
        3,
        "the correction, of which the changed text is a copy by hand"
    );
    let goes = split(&store, "1.3").await.other;
    is_sound(&store).await;
    assert_eq!(shown(&store, 1).await, (2, PubStatus::Usable, other("wire-b").headline));
    let stands = "SELECT article_id, version, verdict FROM sighting WHERE headline = 'Bolt Sells a Ship' ORDER BY 1";
    let stands: Vec<(i64, i64, String)> = sqlx::query_as(stands).fetch_all(store.readers()).await.unwrap();
    assert_eq!(stands, [(1, 2, "revised".into()), (goes, 1, "duplicate".into())]);
    flips_nothing(
        &store,
        &[
            (original(), 1),
            (changed, goes),
            (correction(), goes),
            (other("wire-b"), 1),
        ],
    )
    .await;
}

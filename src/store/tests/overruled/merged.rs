//! What a person merges.

use super::*;

#[tokio::test]
async fn two_articles_become_one_and_two_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    assert_eq!(
        polls(&store, &[original(), other("wire-b")]).await,
        [Verdict::New, Verdict::New]
    );
    let before = (
        store.article(1).await.unwrap().unwrap(),
        store.article(2).await.unwrap().unwrap(),
    );
    merge(&store, 2, 1).await;
    is_sound(&store).await;
    flips_nothing(&store, &[(original(), 1), (other("wire-b"), 1)]).await;
    let third = admit(
        &store,
        vec![release(
            "wire-d",
            "1",
            "Something else",
            "Nobody had thought of this at all before.",
        )],
        at(25),
    )
    .await;
    assert_eq!(
        third.judgements[0].filed.as_ref().unwrap().article,
        3,
        "a number that leads to another article is not given again"
    );

    let done = split(&store, "1").await;
    is_sound(&store).await;
    assert_eq!(done.other, 2);
    let after = (
        store.article(1).await.unwrap().unwrap(),
        store.article(2).await.unwrap().unwrap(),
    );
    assert_eq!((&after.0.id, &after.0.draft), (&before.0.id, &before.0.draft));
    assert_eq!(
        (&after.1.id, &after.1.draft),
        (&before.1.id, &before.1.draft),
        "the same id, and the same release"
    );
    assert_eq!(store.find("2").await.unwrap().unwrap().former, None);
    flips_nothing(&store, &[(original(), 1), (other("wire-b"), 2)]).await;
}

#[tokio::test]
async fn a_notice_that_stood_alone_becomes_a_version_of_its_release() {
    let late = Draft {
        body_text: other("x").body_text,
        ..original()
    };
    for (first, notice, status) in [
        (original(), correction(), PubStatus::Usable),
        (original(), retraction(), PubStatus::Canceled),
        (late, correction(), PubStatus::Usable),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        // Without a word of its target it cannot be linked.
        let lost = Draft {
            revision: None,
            headline: Some(format!("{}: something unsaid", notice.kind)),
            organisations: Vec::new(),
            ..release(
                "wire-z",
                "300",
                "",
                "Some words that say nothing of what they are about to anybody at all.",
            )
        };
        let lost = Draft {
            kind: notice.kind,
            ..lost
        };
        assert_eq!(
            polls(&store, &[first.clone(), lost.clone()]).await,
            [Verdict::New, Verdict::New]
        );
        let done = merge(&store, 2, 1).await;
        assert_eq!((done.article, done.other), (1, 2));
        is_sound(&store).await;
        let (version, pubstatus, headline) = shown(&store, 1).await;
        assert_eq!((version, pubstatus), (2, status));
        let withdrawn = status == PubStatus::Canceled;
        assert_eq!(
            headline,
            if withdrawn {
                first.headline.clone()
            } else {
                lost.headline.clone()
            }
        );
        flips_nothing(&store, &[(first.clone(), 1), (lost.clone(), 1)]).await;
        split(&store, "1.2").await;
        assert_eq!(store.article(2).await.unwrap().unwrap().draft, received(&lost, 1));
        assert_eq!(shown(&store, 1).await, (1, PubStatus::Usable, first.headline));
    }
}

#[tokio::test]
async fn a_release_that_came_after_its_notice_stands_before_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let lost = Draft {
        kind: Kind::Retraction,
        ..other("wire-z")
    };
    assert_eq!(
        polls(&store, &[lost.clone(), original()]).await,
        [Verdict::New, Verdict::New]
    );
    merge(&store, 1, 2).await;
    is_sound(&store).await;
    assert_eq!(shown(&store, 1).await.0, 1);
    assert_eq!(shown(&store, 1).await.1, PubStatus::Canceled);
    let versions = store.versions(1).await.unwrap();
    assert_eq!(versions[0].article.version, 0);
    assert_eq!(versions[0].article.draft.body_text, TEXT);
    flips_nothing(&store, &[(lost, 1), (original(), 1)]).await;
}

#[tokio::test]
async fn versions_of_both_stand_in_the_order_of_receipt() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = |draft: Draft, word: &str| Draft {
        body_text: draft.body_text.replace("spring", word).replace("autumn", word),
        ..draft
    };
    let (a, b) = (original(), other("wire-b"));
    let said = polls(
        &store,
        &[
            a.clone(),
            b.clone(),
            changed(b.clone(), "summer"),
            changed(a.clone(), "winter"),
        ],
    )
    .await;
    assert_eq!(said, [Verdict::New, Verdict::New, Verdict::Revised, Verdict::Revised]);
    merge(&store, 1, 2).await;
    is_sound(&store).await;
    let versions = store.versions(1).await.unwrap();
    let order: Vec<_> = versions
        .iter()
        .map(|v| (v.article.version, v.article.draft.received))
        .collect();
    assert_eq!(order, [(1, at(0)), (2, at(1)), (3, at(2)), (4, at(3))]);
    flips_nothing(&store, &[(changed(a, "winter"), 1), (changed(b, "summer"), 1)]).await;
}

#[tokio::test]
async fn articles_of_two_languages_become_translations_and_part_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let german = Draft {
        language: Some("de".into()),
        ..other("wire-b")
    };
    polls(&store, &[original(), german.clone()]).await;
    let done = merge(&store, 2, 1).await;
    assert_eq!((done.article, done.other, done.uri), (1, 2, None));
    is_sound(&store).await;
    let story = async |number| store.article(number).await.unwrap().unwrap().story;
    assert_eq!(story(1).await, story(2).await);
    assert_eq!(store.count().await.unwrap(), 2);
    assert!(matches!(store.merge(1, 2, at(21)).await.unwrap(), Merged::Already(_)));
    flips_nothing(&store, &[(original(), 1), (german.clone(), 2)]).await;
    for part in ["2", "1"] {
        split(&store, part).await;
        is_sound(&store).await;
        assert_ne!(story(1).await, story(2).await);
        flips_nothing(&store, &[(original(), 1), (german.clone(), 2)]).await;
        merge(&store, 1, 2).await;
    }

    let french = Draft {
        language: Some("fr".into()),
        ..release("wire-c", "9", "Un navire", "Tout autre chose que le reste.")
    };
    admit(&store, vec![received(&french, 22)], at(22)).await;
    let done = merge(&store, 3, 2).await;
    assert!(
        done.note.ends_with("; of their story is article 1 as well"),
        "{}",
        done.note
    );
}

#[tokio::test]
async fn what_is_one_already_is_said_to_be() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    polls(
        &store,
        &[
            original(),
            other("wire-b"),
            release("wire-c", "3", "Third", "Entirely about cheese and bread."),
        ],
    )
    .await;
    merge(&store, 3, 2).await;
    merge(&store, 2, 1).await;
    is_sound(&store).await;
    for (one, other, want) in [
        (1, 1, "article 1 is one article"),
        (1, 2, "article 2 was merged into article 1 before"),
        (3, 1, "article 3 was merged into article 1 before"),
        (2, 3, "articles 2 and 3 were merged into article 1 before"),
    ] {
        assert_eq!(
            store.merge(one, other, at(21)).await.unwrap(),
            Merged::Already(want.into()),
            "{one} {other}"
        );
    }
    assert_eq!(store.find("3").await.unwrap().unwrap().article.number, 1, "by way of 2");
    assert_eq!(
        store.overruled(1).await.unwrap().len(),
        2,
        "those of what was merged into it too"
    );
    let told: Vec<(String, i64, i64, Option<String>)> = sqlx::query_as(
        "SELECT what, article_id, other_article_id, headline FROM v_overruled ORDER BY at, other_article_id DESC",
    )
    .fetch_all(store.readers())
    .await
    .unwrap();
    assert_eq!(
        told,
        [
            ("merge".into(), 2, 3, None),
            ("merge".into(), 1, 2, original().headline)
        ]
    );
}

#[tokio::test]
async fn the_article_that_was_received_first_stays_though_its_number_is_higher() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    polls(&store, &[original(), correction(), other("wire-b")]).await;
    split(&store, "1.1").await;
    assert_eq!(store.article(1).await.unwrap().unwrap().first_received, at(1));
    assert_eq!(store.article(3).await.unwrap().unwrap().first_received, at(0));
    let done = merge(&store, 1, 3).await;
    assert_eq!((done.article, done.other), (3, 1));
    is_sound(&store).await;
    flips_nothing(&store, &[(original(), 3), (correction(), 3), (other("wire-b"), 2)]).await;
}

#[tokio::test]
async fn what_a_copy_said_is_kept_when_it_comes_to_stand_at_another_version() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = |draft: Draft| Draft {
        body_text: TEXT.replace("35 million", "53 million"),
        ..draft
    };
    let all = [original(), copy(), changed(original()), changed(copy())];
    let said = polls(&store, &all).await;
    assert_eq!(
        said,
        [Verdict::New, Verdict::Duplicate, Verdict::Revised, Verdict::Seen]
    );
    let of_copy = store.sightings(1).await.unwrap();
    let of_copy = of_copy.iter().find(|sighting| sighting.verdict == Verdict::Duplicate);
    let part = format!("s{}", of_copy.unwrap().id);

    split(&store, "1.1").await;
    is_sound(&store).await;
    split(&store, &part).await;
    is_sound(&store).await;
    assert_eq!(store.article(3).await.unwrap().unwrap().draft.body_text, TEXT);
}

#[tokio::test]
async fn what_a_copy_said_is_kept_when_both_articles_are_of_its_item() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = |draft: Draft| Draft {
        body_text: TEXT.replace("35 million", "53 million"),
        ..draft
    };
    polls(&store, &[original(), copy(), changed(original()), changed(copy())]).await;
    split(&store, "1.1").await;
    assert_eq!(number(&store, "SELECT count(*) FROM copy").await, 1);
    merge(&store, 1, 2).await;
    is_sound(&store).await;
    assert_eq!(number(&store, "SELECT count(*) FROM copy").await, 1);
}

#[tokio::test]
async fn a_notice_that_names_a_company_alone_stands_under_the_headline_of_its_release() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let headless = |target: Option<&str>| Draft {
        headline: Some("/C O R R E C T I O N -- Acme Corporation/".into()),
        revision: Some(Revision {
            kind: Kind::Correction,
            clean_headline: None,
            target_headline: target.map(str::to_owned),
            target_date: None,
            target_wire: None,
        }),
        ..correction()
    };
    let all = [original(), headless(Some("Acme Opens a Plant in Boise"))];
    assert_eq!(polls(&store, &all).await, [Verdict::New, Verdict::Correction]);
    for _ in 0..2 {
        assert_eq!(shown(&store, 1).await, (2, PubStatus::Usable, original().headline));
        split(&store, "1.2").await;
        is_sound(&store).await;
        assert_eq!(
            shown(&store, 2).await,
            (1, PubStatus::Usable, original().headline),
            "that which it names itself"
        );
        merge(&store, 1, 2).await;
        is_sound(&store).await;
    }
    flips_nothing(&store, &[(all[0].clone(), 1), (all[1].clone(), 1)]).await;
}

//! Merges that a person takes back.

use super::*;

/// Every sighting with what is said of it, and every version with its text.
async fn what_is_shown(store: &Store) -> Vec<String> {
    rows(store, &[
        "SELECT article_id || '.' || version || ' ' || source_id || ' ' || item_key || ' ' || (verdict = 'duplicate') || ' ' || content_hash
         FROM sighting ORDER BY 1",
        "SELECT article_id || '.' || version || ' ' || edition || ' ' || coalesce(headline, '') || ' ' || body_text FROM version ORDER BY 1",
        "SELECT article_id || ' ' || uri || ' ' || version || ' ' || pubstatus FROM article ORDER BY 1",
        "SELECT kind || ' ' || value || ' ' || article_id FROM key ORDER BY 1",
        "SELECT article_id || ' ' || symbol FROM symbol ORDER BY 1",
        "SELECT article_id || '.' || version || ' ' || words || coalesce(fullest, '') FROM news ORDER BY 1",
    ])
    .await
}

#[tokio::test]
async fn what_was_merged_leaves_by_its_number_with_all_that_came_with_it() {
    let copied = |source: &str| Draft {
        wire: Some("wire-b".into()),
        ..release(source, "500", "Bolt Sells a Ship", &other("wire-b").body_text)
    };
    let noticed = Draft {
        headline: Some("CORRECTION: Bolt Sells a Ship".into()),
        body_text: other("wire-b").body_text.replace("Danish", "Dutch"),
        kind: Kind::Correction,
        revision: Some(Revision {
            kind: Kind::Correction,
            clean_headline: Some("Bolt Sells a Ship".into()),
            target_headline: Some("Bolt Sells a Ship".into()),
            target_date: None,
            target_wire: None,
        }),
        ..release("wire-b", "501", "", "")
    };
    for (what, second) in [
        ("an item", vec![other("wire-b")]),
        ("its copies", vec![other("wire-b"), copied("wire-c"), copied("wire-d")]),
        ("its versions", vec![other("wire-b"), copied("wire-c"), noticed.clone()]),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let all: Vec<Draft> = [vec![original(), copy()], second].concat();
        polls(&store, &all).await;
        assert_eq!(number(&store, "SELECT count(*) FROM article").await, 2, "{what}");
        let before = what_is_shown(&store).await;
        merge(&store, 1, 2).await;
        let done = split(&store, "2").await;
        assert_eq!((done.article, done.other), (1, 2), "{what}");
        is_sound(&store).await;
        assert_eq!(what_is_shown(&store).await, before, "{what}");

        let third = release(
            "wire-e",
            "1",
            "Something else",
            "Nobody had thought of this at all before.",
        );
        admit(&store, vec![received(&third, 12)], at(12)).await;
        let before = what_is_shown(&store).await;
        merge(&store, 2, 3).await;
        merge(&store, 1, 2).await;
        for gone in ["2", "3"] {
            split(&store, gone).await;
            is_sound(&store).await;
        }
        let after: Vec<String> = what_is_shown(&store).await;
        let articles = |rows: &[String]| {
            rows.iter()
                .filter(|row| row.contains(" tag:"))
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(
            articles(&after),
            articles(&before),
            "{what}: the numbers and ids that they had"
        );
    }
}

#[tokio::test]
async fn what_an_item_brought_after_it_was_merged_leaves_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = |draft: Draft| Draft {
        body_text: draft.body_text.replace("Danish", "Dutch"),
        ..draft
    };
    let same_source = Draft {
        source: SourceId::new("wire-a"),
        ..other("wire-b")
    };
    polls(&store, &[original(), same_source.clone()]).await;
    merge(&store, 1, 2).await;
    let poll = admit(&store, vec![received(&changed(same_source.clone()), 21)], at(21)).await;
    assert_eq!(
        verdicts(&poll),
        [Verdict::Revised],
        "one source, whose versions they are"
    );
    assert_eq!(split(&store, "s2").await.other, 2);
    is_sound(&store).await;
    assert_eq!((shown(&store, 1).await.0, shown(&store, 2).await.0), (1, 2));
    flips_nothing(&store, &[(original(), 1), (changed(same_source), 2)]).await;
}

#[tokio::test]
async fn what_a_copy_shows_now_comes_with_the_next_poll() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = Draft {
        body_text: other("wire-b").body_text.replace("Danish", "Dutch"),
        ..other("wire-b")
    };
    polls(&store, &[original(), other("wire-b")]).await;
    merge(&store, 1, 2).await;
    let poll = admit(&store, vec![received(&changed, 21)], at(21)).await;
    assert_eq!(verdicts(&poll), [Verdict::Seen], "a copy makes no version");
    split(&store, "2").await;
    is_sound(&store).await;
    let text = async || store.article(2).await.unwrap().unwrap().draft.body_text;
    assert_eq!(
        text().await,
        other("wire-b").body_text,
        "what it said when it was merged"
    );
    let poll = admit(&store, vec![received(&changed, 22)], at(22)).await;
    assert_eq!(verdicts(&poll), [Verdict::Revised]);
    assert_eq!(text().await, changed.body_text);
    flips_nothing(&store, &[(original(), 1), (changed, 2)]).await;
}

#[tokio::test]
async fn what_leaves_takes_nothing_of_the_other_release_with_it() {
    let of_bolt = |kind: Kind, number: &str, text: &str| Draft {
        headline: Some(format!("{}: Bolt Sells a Ship", kind.as_str().to_uppercase())),
        kind,
        revision: Some(Revision {
            kind,
            clean_headline: Some("Bolt Sells a Ship".into()),
            target_headline: Some("Bolt Sells a Ship".into()),
            target_date: None,
            target_wire: None,
        }),
        ..release("wire-b", number, "", text)
    };
    let disregard = "Please disregard the release of today, Bolt Sells a Ship.";
    let withdrawn = of_bolt(Kind::Retraction, "502", disregard);
    let corrected = of_bolt(
        Kind::Correction,
        "501",
        &other("wire-b").body_text.replace("Danish", "Dutch"),
    );
    let one_page = |draft: Draft| Draft {
        url: other("wire-b").url,
        ..draft
    };
    for (what, all) in [
        (
            "a withdrawal",
            vec![original(), other("wire-b"), correction(), withdrawn.clone()],
        ),
        (
            "a notice on the page of its release",
            vec![original(), other("wire-b"), one_page(corrected.clone())],
        ),
        (
            "a withdrawal there",
            vec![original(), other("wire-b"), correction(), one_page(withdrawn.clone())],
        ),
        ("a release that came late", vec![original(), withdrawn, other("wire-b")]),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        polls(&store, &all).await;
        assert_eq!(number(&store, "SELECT count(*) FROM article").await, 2, "{what}");
        let before = what_is_shown(&store).await;
        for round in 0..2 {
            merge(&store, 1, 2).await;
            is_sound(&store).await;
            split(&store, "2").await;
            is_sound(&store).await;
            let after = what_is_shown(&store).await;
            // The article that stays keeps the numbers that its versions have had in between.
            let of_second = |rows: &[String]| {
                rows.iter()
                    .filter(|row| row.starts_with('2'))
                    .cloned()
                    .collect::<Vec<_>>()
            };
            assert_eq!(of_second(&after), of_second(&before), "{what}, round {round}");
            assert_eq!(shown(&store, 1).await.1, PubStatus::Usable, "{what}");
        }
    }
}

#[tokio::test]
async fn what_came_after_a_notice_that_has_left_is_shown() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let edited = Draft {
        body_text: TEXT.replace("said today", "said on Monday"),
        ..original()
    };
    let said = polls(&store, &[original(), correction(), edited.clone()]).await;
    assert_eq!(said, [Verdict::New, Verdict::Correction, Verdict::Revised]);
    assert_eq!(shown(&store, 1).await.0, 2, "it does not undo the correction");
    split(&store, "1.2").await;
    is_sound(&store).await;
    assert_eq!(
        store.article(1).await.unwrap().unwrap().draft.body_text,
        edited.body_text
    );
    flips_nothing(&store, &[(edited, 1), (correction(), 2)]).await;
}

#[tokio::test]
async fn translations_and_outputs_that_came_with_an_article_leave_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let german = Draft {
        language: Some("de".into()),
        ..release(
            "wire-c",
            "7",
            "Bolt verkauft ein Schiff",
            "Das Schiff ist verkauft und geht nach Riga.",
        )
    };
    polls(&store, &[original(), other("wire-b"), german]).await;
    merge(&store, 2, 3).await;
    let mut writer = store.writer().await.unwrap();
    for sql in [
        "INSERT INTO output (output_no, output_id, rule, members) VALUES (1, 'bolt', 'x', 1), (2, 'both', 'x', 2)",
        "INSERT INTO member (article_id, output_no, position, seq, sort_time)
         VALUES (2, 1, 1, 1, ''), (1, 2, 1, 1, ''), (2, 2, 2, 1, '')",
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *writer).await.unwrap();
    }
    drop(writer);
    merge(&store, 1, 2).await;
    let story = async |number| store.article(number).await.unwrap().unwrap().story;
    assert_eq!(story(1).await, story(3).await);
    split(&store, "2").await;
    is_sound(&store).await;
    assert_eq!(story(2).await, story(3).await);
    assert_ne!(story(1).await, story(2).await);
    let carried = "SELECT output_no || ' ' || article_id FROM member ORDER BY 1";
    let carried: Vec<String> = sqlx::query_scalar(carried).fetch_all(store.readers()).await.unwrap();
    assert_eq!(carried, ["1 2", "2 1"], "what carried both is to find it by itself");
}

#[tokio::test]
async fn where_an_item_showed_both_its_versions_are_split_off_by_themselves() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = Draft {
        body_text: TEXT.replace("Boise, Idaho", "Reno, Nevada").replace("240", "310"),
        ..original()
    };
    polls(&store, &[original(), changed]).await;
    split(&store, "1.2").await;
    merge(&store, 1, 2).await;
    let error = store.split(Part::Article(2), at(22)).await.unwrap_err();
    assert!(
        matches!(error, OverruleError::NothingLeft { number: 2, into: 1 }),
        "{error}"
    );
    assert_eq!(split(&store, "1.2").await.other, 2);
}

#[tokio::test]
async fn a_merge_that_was_undone_leads_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    polls(&store, &[original(), other("wire-b")]).await;
    let id = store.article(2).await.unwrap().unwrap().id;
    let story: i64 = number(&store, "SELECT max(story_id) FROM story").await;
    merge(&store, 1, 2).await;
    assert_eq!(
        number(&store, "SELECT max(story_id) FROM story").await,
        story,
        "no number is given twice"
    );
    assert_eq!(split(&store, "1").await.other, 2);
    for sql in [
        "DELETE FROM sighting WHERE article_id = 2",
        "DELETE FROM article WHERE article_id = 2",
    ] {
        let mut writer = store.writer().await.unwrap();
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *writer).await.unwrap();
    }
    for gone in ["2", id.as_str()] {
        assert_eq!(store.find(gone).await.unwrap(), None, "{gone}");
    }
    assert!(matches!(
        store.merge(1, 2, at(21)).await,
        Err(OverruleError::NoArticle { number: 2 })
    ));
}

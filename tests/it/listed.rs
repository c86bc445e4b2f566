//! What stands beside each article of a list, over a real store.

use dateline::article::{Draft, Kind, PubStatus, Revision, SourceId};

use crate::made;

#[tokio::test]
async fn a_list_names_the_translations_of_each_article_and_none_that_is_withheld() {
    let release = |number, language: &str, headline: &str| Draft {
        wire: Some("Business Wire".into()),
        release_id: Some("20260302005001".into()),
        language: Some(language.into()),
        headline: Some(headline.into()),
        ..made::draft(number)
    };
    let withheld = Draft {
        pubstatus: PubStatus::Withheld,
        embargoed: Some(made::morning() + chrono::TimeDelta::days(1)),
        ..release(3, "de", "Acme eröffnet ihr zweites Werk in Toledo")
    };
    let made = made::store(vec![
        release(1, "en", "Acme opens its second plant in Toledo"),
        release(2, "fr", "Acme ouvre sa deuxième usine à Toledo"),
        withheld,
        made::draft(4),
    ])
    .await;
    let mut articles = made::everything(&made.store).await;
    articles.sort_by_key(|article| article.number);
    assert_eq!(
        articles.iter().map(|article| article.story).collect::<Vec<_>>(),
        [1, 2, 2, 2],
        "another release, and one in three languages"
    );
    articles.reverse();
    let listed = made
        .store
        .listed(articles.clone())
        .await
        .expect("the store can be read");
    let translations: Vec<(i64, Vec<&str>)> = listed
        .iter()
        .map(|listed| {
            let languages = listed.translations.iter().filter_map(|other| other.language.as_deref());
            (listed.article.number, languages.collect())
        })
        .collect();
    assert_eq!(
        translations,
        [(4, vec!["fr"]), (3, vec!["en"]), (2, vec!["fr", "en"]), (1, vec![])],
        "in the order asked for"
    );
    for listed in &listed {
        assert_eq!(
            (listed.versions.len(), listed.sightings.len()),
            (1, 1),
            "{}",
            listed.article.number
        );
        assert_eq!(listed.copies().count(), 0, "its own page is no copy");
        assert_eq!(listed.published(), listed.article.draft.published);
        assert_eq!(listed.changed(), listed.article.modified);
    }
    assert_eq!(made.store.listed(vec![]).await.expect("nothing to read"), vec![]);
}

#[tokio::test]
async fn the_page_of_another_source_stays_a_copy_after_a_correction_and_a_notice_is_none() {
    let words = "Marlow Foods today said that its second furnace in Toledo has been lit, that ninety people work there, and that a third one is \
                 planned for the spring of next year if the council agrees.";
    let release = |guid: &str, headline: &str| Draft {
        headline: Some(headline.into()),
        guid: Some(guid.into()),
        url: Some(format!("https://wire.example/{guid}")),
        body_text: words.into(),
        ..made::draft(1)
    };
    let made = made::store(vec![]).await;
    let headline = "Marlow Foods Lights Its Second Furnace";
    made::admit_from(
        &made.store,
        "wire-b",
        vec![Draft {
            source: SourceId::new("wire-b"),
            ..release("b1", headline)
        }],
    )
    .await;
    made::admit(&made.store, vec![release("a1", headline)]).await;
    let correction = Draft {
        kind: Kind::Correction,
        headline: Some(format!("CORRECTION: {headline}")),
        revision: Some(Revision {
            kind: Kind::Correction,
            clean_headline: Some(headline.into()),
            target_headline: Some(headline.into()),
            target_date: None,
            target_wire: None,
        }),
        body_text: words.replace("ninety", "eighty"),
        ..release("c1", headline)
    };
    made::admit(&made.store, vec![correction]).await;
    let pages = async || {
        let listed = made
            .store
            .listed(made::everything(&made.store).await)
            .await
            .expect("the store can be read");
        let [listed] = &listed[..] else {
            panic!("one article: {listed:?}")
        };
        listed.copies().map(|(_, page)| page.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(pages().await, ["https://wire.example/b1", "https://wire.example/a1"]);
    let retraction = Draft {
        kind: Kind::Retraction,
        headline: Some(format!("/DISREGARD RELEASE: {headline}/")),
        revision: Some(Revision {
            kind: Kind::Retraction,
            clean_headline: Some(headline.into()),
            target_headline: Some(headline.into()),
            target_date: None,
            target_wire: None,
        }),
        body_text: "We are advised by Marlow Foods that readers should disregard the news release above.".into(),
        ..release("w1", headline)
    };
    made::admit(&made.store, vec![retraction]).await;
    assert_eq!(
        made::everything(&made.store).await[0].draft.pubstatus,
        PubStatus::Canceled
    );
    assert!(
        !pages().await.contains(&"https://wire.example/w1".to_owned()),
        "{:?}",
        pages().await
    );
}

//! What stands beside each article of a list, over a real store.

use dateline::article::{Draft, PubStatus};

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

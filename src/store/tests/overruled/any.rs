//! Whatever a person splits and merges, in any order, while items change.

use proptest::prelude::*;

use super::*;

/// Something that a person may ask for, of what there is.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Merge(usize, usize),
    Version(usize),
    Copy(usize),
    Article(usize),
    /// What was merged.
    Merged(usize),
    /// An item shows another text: none that it has shown before.
    Change(usize),
}

fn asked() -> impl Strategy<Value = Asked> {
    let any = || 0usize..64;
    prop_oneof![
        (any(), any()).prop_map(|(one, other)| Asked::Merge(one, other)),
        any().prop_map(Asked::Version),
        any().prop_map(Asked::Copy),
        any().prop_map(Asked::Article),
        any().prop_map(Asked::Merged),
        any().prop_map(Asked::Change),
    ]
}

async fn ask(store: &Store, asked: Asked, hours: i64) {
    let numbers =
        async |sql: &'static str| -> Vec<(i64, i64)> { sqlx::query_as(sql).fetch_all(store.readers()).await.unwrap() };
    let articles = numbers("SELECT article_id, 0 FROM article ORDER BY 1").await;
    let versions = numbers("SELECT article_id, version FROM version ORDER BY 1, 2").await;
    let sightings = numbers("SELECT sighting_id, 0 FROM sighting ORDER BY 1").await;
    let merged = numbers("SELECT other_article_id, 0 FROM overruled WHERE uri IS NOT NULL ORDER BY 1").await;
    let article = |at: usize| articles[at % articles.len()].0;
    let part = match asked {
        Asked::Merge(one, other) => {
            if let Err(OverruleError::Store(error)) = store.merge(article(one), article(other), at(hours)).await {
                panic!("{asked:?}: {error}");
            }
            return;
        }
        Asked::Version(at) => {
            let (article, version) = versions[at % versions.len()];
            Part::Version { article, version }
        }
        Asked::Copy(at) => Part::Sighting(sightings[at % sightings.len()].0),
        Asked::Article(at) => Part::Article(article(at)),
        Asked::Merged(at) => match merged.as_slice() {
            [] => return,
            merged => Part::Article(merged[at % merged.len()].0),
        },
        Asked::Change(_) => return,
    };
    // What makes no sense is refused; the store itself must not fail.
    if let Err(OverruleError::Store(error)) = store.split(part, at(hours)).await {
        panic!("{part:?}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_split_and_merged_the_store_is_sound_and_the_next_polls_change_nothing(all in prop::collection::vec(asked(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(holds(all));
    }
}

#[tokio::test]
async fn an_item_of_several_versions_stays_with_those_that_remain() {
    for all in [
        vec![
            Asked::Merge(1, 0),
            Asked::Version(3),
            Asked::Merge(1, 12),
            Asked::Version(7),
        ],
        vec![
            Asked::Version(32),
            Asked::Version(30),
            Asked::Merge(63, 30),
            Asked::Merge(38, 46),
            Asked::Version(36),
            Asked::Version(56),
        ],
        vec![
            Asked::Version(9),
            Asked::Merge(5, 4),
            Asked::Merge(28, 13),
            Asked::Version(17),
        ],
        vec![
            Asked::Version(6),
            Asked::Article(31),
            Asked::Merge(5, 4),
            Asked::Merge(4, 10),
            Asked::Merge(11, 32),
        ],
    ] {
        holds(all).await;
    }
}

async fn holds(all: Vec<Asked>) {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let german = Draft {
        language: Some("de".into()),
        ..release(
            "wire-d",
            "44",
            "Acme baut ein Werk",
            "Ein Werk, von dem bisher keiner wusste.",
        )
    };
    let mut items = [
        original(),
        copy(),
        other("wire-b"),
        correction(),
        german,
        retraction_of_nothing(),
        another_of_the_same_wire(),
    ];
    polls(&store, &items).await;
    items[2].body_text = items[2].body_text.replace("Danish", "Dutch");
    admit(&store, vec![received(&items[2], 7)], at(7)).await;
    for (step, asked) in (0..).zip(all) {
        if let Asked::Change(at_item) = asked {
            let item = &mut items[at_item % items.len()];
            item.body_text = item.body_text.replacen(" a ", &format!(" a {}th ", step + 4), 1);
            admit(&store, vec![received(item, 22 + step)], at(22 + step)).await;
        } else {
            ask(&store, asked, 20 + step).await;
        }
        is_sound(&store).await;
        shows_what_its_items_show(&store).await;
    }
    // What an item showed while it was a copy of something comes now.
    for draft in &items {
        admit(&store, vec![received(draft, 49)], at(49)).await;
        is_sound(&store).await;
        shows_what_its_items_show(&store).await;
    }
    let before = everything(&store).await;
    for hours in [50, 51] {
        for draft in &items {
            let admitted = admit(&store, vec![received(draft, hours)], at(hours)).await;
            assert_eq!(
                verdicts(&admitted),
                [Verdict::Seen],
                "{:?}: {:?}",
                draft.headline,
                admitted.judgements
            );
        }
    }
    assert_eq!(everything(&store).await, before);
}

/// What an item shows that is no copy is a version of its article.
async fn shows_what_its_items_show(store: &Store) {
    let sql =
        "SELECT 's' || sighting_id || ' of ' || article_id FROM sighting g WHERE verdict <> 'duplicate' AND NOT EXISTS
                 (SELECT 1 FROM version v WHERE v.article_id = g.article_id AND v.content_hash = g.content_hash)";
    let lost: Vec<String> = sqlx::query_scalar(sql).fetch_all(store.readers()).await.unwrap();
    assert!(lost.is_empty(), "{lost:?}");
}

//! A filter means the same in memory and in the store.

use dateline::article::{Confidence, Dateline, Draft, Kind, Organisation, Place, PubStatus, Subject, Symbol};
use dateline::filter::{Compare, FIELDS, Filter};
use dateline::store::Store;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::made;

/// Values that articles have and filters ask for, near misses among them.
const TEXTS: &[&str] = &[
    "steel",
    "Steel works",
    "STEELWORKS",
    "Nestlé",
    "nestle",
    "Nestle\u{301} S.A.",
    "株式会社PR TIMES",
    "PR TIMES",
    "鋼鉄",
    "ガス",
    "\u{212a}elvin",
    "kelvin",
    "İstanbul",
    "ﬁrst",
    "first",
    "a\u{0}b",
    "x\u{e000}y",
    "Ⓐ",
    "e\u{334}x",
    "СТАЛЬ",
    "100% _ ' \" \\ -- x",
    "NEAR(a b) AND c*",
    "ABC",
    "ABC:XY",
    "XNAS:ABC",
    "en",
    "en-US",
    "EN-us",
    "eng",
    "release",
    "",
    " ",
];
const LANGUAGES: &[&str] = &["en", "EN-us", "en-GB-oed", "eng", "de", "zh-Hans", ""];
const WIRES: &[&str] = &[
    "PR Newswire",
    "pr newswire",
    "Business Wire",
    "A Wire",
    "prnewswire",
    "",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(select(TEXTS), 1..4).prop_map(|parts| parts.join(" ")),
        2 => prop::collection::vec(select(TEXTS), 1..4).prop_map(|parts| parts.concat()),
        1 => any::<String>(),
    ]
}

fn optional<S: Strategy>(value: S) -> impl Strategy<Value = Option<S::Value>> {
    prop::option::of(value)
}

fn place() -> impl Strategy<Value = Place> {
    let country = optional(select(&["US", "us", "DE", ""][..]).prop_map(str::to_owned));
    (text(), optional(text()), country).prop_map(|(text, city, country)| Place {
        text,
        city,
        region: None,
        country,
    })
}

fn organisation() -> impl Strategy<Value = Organisation> {
    let part = || select(&["ABC", "abc", "XNAS", "XNAS:ABC", "A:B", "Ü", ""][..]);
    let symbol = (part(), part()).prop_map(|(exchange, symbol)| Symbol {
        exchange: exchange.into(),
        symbol: symbol.into(),
        raw: String::new(),
    });
    let isin = select(&["US0378331005", "us0378331005", "CH0038863350"][..]).prop_map(str::to_owned);
    (prop::collection::vec(symbol, 0..3), prop::collection::vec(isin, 0..3)).prop_map(|(symbols, isin)| Organisation {
        name: None,
        symbols,
        isin,
        wkn: Vec::new(),
    })
}

fn draft() -> impl Strategy<Value = Draft> {
    let texts = (optional(text()), optional(text()), text(), optional(text()));
    let words = (
        optional(select(WIRES)),
        optional(select(LANGUAGES)),
        select(Kind::ALL),
        select(PubStatus::ALL),
    );
    let lists = (
        prop::collection::vec(organisation(), 0..3),
        prop::collection::vec((optional(text()), optional(text())), 0..3),
        prop::collection::vec(place(), 0..3),
    );
    let names = (optional(text()), any::<bool>());
    (texts, words, lists, names).prop_map(|(texts, words, lists, (release_id, has_url))| {
        let mut draft = made::draft(0);
        (draft.headline, draft.subheadline, draft.body_text, draft.issuer) = texts;
        draft.wire = words.0.map(str::to_owned);
        draft.language = words.1.map(str::to_owned);
        (draft.kind, draft.pubstatus) = (words.2, words.3);
        draft.organisations = lists.0;
        let subject = |(code, name)| Subject {
            scheme: "s".into(),
            code,
            name,
        };
        draft.subjects = lists.1.into_iter().map(subject).collect();
        let dateline = |places| Dateline {
            raw: String::new(),
            places,
            date: None,
            wire: None,
            via: vec![],
            confidence: Confidence::Low,
        };
        draft.dateline = Some(lists.2).filter(|places| !places.is_empty()).map(dateline);
        draft.release_id = release_id;
        draft.url = draft.url.filter(|_| has_url);
        draft
    })
}

/// Every operator over every field, with values that can be asked for.
fn test() -> impl Strategy<Value = String> {
    (0..FIELDS.len(), 0..4_usize, text()).prop_map(|(field, operator, text)| {
        let field = &FIELDS[field];
        let choose = |values: &[&str]| values[text.len() % values.len()].to_owned();
        let value = match field.compare {
            Compare::OneOf(values) => choose(&values()),
            Compare::LanguageRange => choose(&["en", "EN-US", "de", "zh", "e", "en-GB"]),
            Compare::Words | Compare::Exact | Compare::AsciiCase => match field.name {
                "wire" => choose(WIRES),
                "source" => choose(&["wire-a", "wire-b"]),
                "url" => choose(&["https://wire.example/releases/3", "https://wire.example/RELEASES/3"]),
                "isin" => choose(&["US0378331005", "Us0378331005", "CH0038863350"]),
                "symbol" => choose(&["ABC", "xnas:abc", "B", "A:B", "XNAS:XNAS:ABC", ":ABC", "ü"]),
                "country" => choose(&["US", "De"]),
                _ => text,
            },
        };
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        let name = field.name;
        match operator {
            0 => format!("{name} exists"),
            1 => format!("{name} = \"{value}\""),
            2 => format!("{name} != \"{value}\""),
            _ => format!("{name} ~ \"{value}\""),
        }
    })
}

fn filter() -> impl Strategy<Value = String> {
    test().prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" and "))),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|part| format!("not {part}")),
        ]
    })
}

/// Enough articles for several pages of a select; each has a guid and a text of its own.
async fn store_of_all_sorts(runner: &mut TestRunner) -> made::MadeStore {
    let drafts = prop::collection::vec(draft(), 200)
        .new_tree(runner)
        .expect("drafts")
        .current();
    let numbered = |(number, draft): (usize, Draft)| {
        let own = made::draft(number);
        Draft {
            guid: own.guid,
            published: own.published,
            url: draft.url.and(own.url),
            body_text: format!("{} {number}", draft.body_text),
            ..draft
        }
    };
    made::store(drafts.into_iter().enumerate().map(numbered).collect()).await
}

async fn numbers(store: &Store, filter: &Filter, limit: usize) -> Vec<i64> {
    store
        .select(filter, limit)
        .await
        .expect("the store can be read")
        .iter()
        .map(|article| article.number)
        .collect()
}

#[test]
fn a_filter_holds_the_same_articles_in_memory_and_in_the_store() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut runner = TestRunner::deterministic();
    let made = runtime.block_on(store_of_all_sorts(&mut runner));
    let all = runtime.block_on(made::everything(&made.store));
    assert!(
        all.len() > 150,
        "only {} articles: too many were taken for copies",
        all.len()
    );

    let (mut read, mut some, mut partial) = (0, 0, 0);
    let cases = prop::collection::vec(filter(), 300)
        .new_tree(&mut runner)
        .expect("filters")
        .current();
    for text in cases {
        // A value may hold what no filter can ask for, such as a control character.
        let Ok(filter) = Filter::parse(&text) else { continue };
        let want: Vec<i64> = all
            .iter()
            .filter(|article| filter.matches(article))
            .map(|a| a.number)
            .collect();
        let have = runtime.block_on(numbers(&made.store, &filter, usize::MAX));
        assert_eq!(have, want, "{text}");
        let few = runtime.block_on(numbers(&made.store, &filter, 3));
        assert_eq!(few, want[..want.len().min(3)], "the newest three of {text}");
        read += 1;
        some += usize::from(!want.is_empty());
        partial += usize::from(!want.is_empty() && want.len() < all.len());
    }
    assert!(
        read > 200 && some > 100 && partial > 80,
        "a weak test: {read} filters, {some} hold something, {partial} not all"
    );
}

#[tokio::test]
async fn the_largest_filter_is_no_more_than_sqlite_takes() {
    let made = made::store((0..3).map(made::draft).collect()).await;
    for part in [
        "text ~ 'morning'",
        "symbol = 'ABC'",
        "url != 'x'",
        "not (kind = 'update' and wire exists)",
    ] {
        let tests = if part.contains(" and ") { 200 } else { 400 };
        let text = vec![part; tests].join(if part.contains('!') { " and " } else { " or " });
        let filter = Filter::parse(&text).unwrap_or_else(|error| panic!("{}", error.message));
        let want = made::everything(&made.store)
            .await
            .iter()
            .filter(|article| filter.matches(article))
            .count();
        assert_eq!(numbers(&made.store, &filter, 10).await.len(), want, "{part}");
    }
}

#[tokio::test]
async fn the_longest_phrase_is_looked_for() {
    let mut draft = made::draft(1);
    let phrase = "steel ".repeat(2_700);
    draft.body_text = phrase.clone();
    let made = made::store(vec![draft, made::draft(2)]).await;
    let filter = Filter::parse(&format!("body ~ '{phrase}'")).expect("a filter");
    assert_eq!(numbers(&made.store, &filter, 10).await.len(), 1);
}

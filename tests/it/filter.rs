//! A filter means the same in memory, in the store, among thousands, and as it is printed.

use chrono::{DateTime, TimeDelta, Utc};
use dateline::article::{
    Article, Confidence, Dateline, Draft, Kind, Organisation, Place, PubStatus, Rights, Subject, Symbol,
};
use dateline::filter::{Compare, FIELDS, Filter, Matcher, Named, Values};
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

/// Within a few days of the morning on which all is read, to the millisecond, and not beyond what is believed.
fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (-400_000_000..86_400_001_i64).prop_map(|ms| {
        // Now and then the very edge of what filters ask for.
        let ms = if ms % 3 == 0 { ms / 3_600_000 * 3_600_000 } else { ms };
        made::morning() + TimeDelta::milliseconds(ms)
    })
}

/// When all is asked.
fn now() -> DateTime<Utc> {
    made::morning() + TimeDelta::hours(1)
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
    let names = (optional(text()), any::<bool>(), optional(text()), select(Rights::ALL));
    let times = (
        optional(instant()),
        optional(instant()),
        prop::collection::vec(text(), 0..2),
    );
    (texts, words, lists, names, times).prop_map(
        |(texts, words, lists, (release_id, has_url, summary, rights), times)| {
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
            (draft.summary, draft.rights) = (summary, rights);
            (draft.updated, draft.published, draft.cashtags) = times;
            draft.url = draft.url.filter(|_| has_url);
            draft
        },
    )
}

/// Every operator over every field, with values that can be asked for.
fn test() -> impl Strategy<Value = String> {
    (0..FIELDS.len(), 0..12_usize, text(), text()).prop_map(|(field, operator, first, second)| {
        let field = &FIELDS[field];
        let operators = field.operators();
        let operator = operators[operator % operators.len()];
        let name = field.name;
        let choose = |text: &str, values: &[&str]| values[text.len() % values.len()].to_owned();
        let value = |text: &str| {
            let value = match field.values {
                Values::Number(_) => return choose(text, &["0", "1", "2", "3", "5", "8", "40", "100"]),
                Values::Span(_) => return choose(text, &["0s", "-5m", "1h", "1d12h", "-1d"]),
                Values::Instant(_) => {
                    let ages: &[&str] = if operator == "=" || operator == "!=" || operator.ends_with("in") {
                        &[]
                    } else {
                        &["now", "-2h", "-36h", "+12h"]
                    };
                    let days = [
                        "2026-03-01",
                        "2026-03-02",
                        "2026-03-02T08:00Z",
                        "2026-03-01T12:00:00Z",
                        "2026-03-02T08:00:00.000+00:00",
                    ];
                    return choose(text, &[&days, ages].concat());
                }
                Values::Texts(Compare::OneOf(values), _) => choose(text, &values()),
                Values::Texts(Compare::LanguageRange, _) => choose(text, &["en", "EN-US", "de", "zh", "e", "en-GB"]),
                Values::Texts(Compare::Words | Compare::Exact | Compare::AsciiCase, _) => match name {
                    "wire" => choose(text, WIRES),
                    "source" => choose(text, &["wire-a", "wire-b"]),
                    "url" => choose(
                        text,
                        &["https://wire.example/releases/3", "https://wire.example/RELEASES/3"],
                    ),
                    "guid" => choose(text, &["guid-3", "GUID-3", "guid-77"]),
                    "isin" => choose(text, &["US0378331005", "Us0378331005", "CH0038863350"]),
                    "symbol" => choose(text, &["ABC", "xnas:abc", "B", "A:B", "XNAS:XNAS:ABC", ":ABC", "ü"]),
                    "market" => choose(text, &["XNAS", "abc", "A:B", "xnas:abc"]),
                    "country" => choose(text, &["US", "De"]),
                    _ => text.to_owned(),
                },
            };
            format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
        };
        match operator {
            "exists" => format!("{name} exists"),
            "in" | "not in" => format!("{name} {operator} ({}, {})", value(&first), value(&second)),
            "=~" => format!(
                "{name} =~ {}",
                choose(
                    &first,
                    &["/steel/", "/^s/", "/\\bpr\\b/", "'[a-c]+$'", "/нет|сталь/", "/./"]
                )
            ),
            "~" if first.len() % 3 == 0 => {
                let stem: String = first.chars().take(3).collect();
                format!("{name} ~ \"{}*\"", stem.replace('\\', "\\\\").replace('"', "\\\""))
            }
            "~" => format!("{name} ~ \"{}\"", first.replace('\\', "\\\\").replace('"', "\\\"")),
            _ => format!("{name} {operator} {}", value(&first)),
        }
    })
}

fn filter() -> impl Strategy<Value = String> {
    test().prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" and "))),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|part| format!("not {part}")),
            select(&["@steel", "@not-steel"][..]).prop_map(str::to_owned),
        ]
    })
}

/// Filters that others use.
fn named() -> Named {
    let (named, mistakes) = Named::read(&[("not-steel", "not @steel"), ("steel", "text ~ 'steel' or words > 40")]);
    assert_eq!(mistakes, []);
    named
}

/// Those of so many made-up texts that are filters: a value may hold what no filter can ask for, such as a control character.
fn filters(runner: &mut TestRunner, count: usize) -> Vec<Filter> {
    let texts = prop::collection::vec(filter(), count)
        .new_tree(runner)
        .expect("filters")
        .current();
    let named = named();
    texts
        .iter()
        .filter_map(|text| Filter::parse_with(text, &named).ok())
        .collect()
}

fn articles(runner: &mut TestRunner, count: usize) -> Vec<Article> {
    let drafts = prop::collection::vec((draft(), 0..4_u32, 0..200_i64), count)
        .new_tree(runner)
        .expect("drafts")
        .current();
    let numbered = (1..).zip(drafts).map(|(number, (draft, copies, late))| Article {
        id: dateline::article::ArticleId::new(format!("tag:{number}")),
        number,
        story: number / 2,
        version: number % 4,
        first_received: made::morning() + TimeDelta::minutes(late),
        modified: made::morning() + TimeDelta::minutes(late),
        copies,
        draft,
    });
    numbered.collect()
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
            url: draft.url.and(own.url),
            body_text: format!("{} {number}", draft.body_text),
            ..draft
        }
    };
    made::store(drafts.into_iter().enumerate().map(numbered).collect()).await
}

async fn numbers(store: &Store, filter: &Filter, limit: usize) -> Vec<i64> {
    store
        .select(filter, limit, now())
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
    for filter in filters(&mut runner, 300) {
        let text = &filter.text;
        let want: Vec<i64> = all
            .iter()
            .filter(|article| filter.matches(article, now()))
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
        "published > -7d",
        "symbol in ('ABC', 'XNAS:ABC')",
        "language in ('en', 'de')",
        "headline in ('a', 'b')",
        "url != 'x'",
        "not (kind = 'update' and wire exists)",
    ] {
        let tests = if part.contains(" and ") { 200 } else { 400 };
        let text = vec![part; tests].join(if part.contains('!') { " and " } else { " or " });
        let filter = Filter::parse(&text).unwrap_or_else(|error| panic!("{}", error.message));
        let want = made::everything(&made.store)
            .await
            .iter()
            .filter(|article| filter.matches(article, now()))
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

#[test]
fn a_matcher_gives_exactly_the_filters_that_hold() {
    let mut runner = TestRunner::deterministic();
    let filters: Vec<(usize, Filter)> = filters(&mut runner, 1_500).into_iter().enumerate().collect();
    let matcher = Matcher::new(&filters);
    let (mut holding, mut not) = (0, 0);
    for article in articles(&mut runner, 60) {
        let want: Vec<usize> = filters
            .iter()
            .filter(|(_, filter)| filter.matches(&article, now()))
            .map(|(id, _)| *id)
            .collect();
        let have = matcher.matching(&article, now());
        if have != want {
            let differ = (0..filters.len()).find(|id| have.contains(id) != want.contains(id));
            panic!("{:?} for\n{article:?}", differ.map(|id| &filters[id].1.text));
        }
        holding += want.len();
        not += filters.len() - want.len();
    }
    assert!(
        holding > 10_000 && not > 10_000,
        "a weak test: {holding} hold, {not} do not"
    );
}

#[test]
fn a_filter_implies_its_settled_form_which_time_and_copies_do_not_change() {
    let mut runner = TestRunner::deterministic();
    let articles = articles(&mut runner, 60);
    let (mut holding, mut narrowing) = (0, 0);
    for filter in filters(&mut runner, 600) {
        let settled = filter.settled();
        assert!(settled.is_settled(), "{}", filter.text);
        for article in &articles {
            let held = settled.matches(article, now());
            if filter.matches(article, now()) {
                assert!(held, "{} is not implied by {}", settled.text, filter.text);
                holding += 1;
            }
            if filter.is_settled() {
                assert_eq!(held, filter.matches(article, now()), "{}", filter.text);
            }
            narrowing += usize::from(!held);
            // The same versions, later.
            let mut later = article.clone();
            later.copies += 3;
            later.modified += TimeDelta::days(9);
            later.first_received -= TimeDelta::days(1);
            later.draft.pubstatus = PubStatus::Canceled;
            later.story = 77;
            assert_eq!(
                settled.matches(&later, now() + TimeDelta::days(9)),
                held,
                "{}",
                settled.text
            );
        }
    }
    assert!(
        holding > 5_000 && narrowing > 5_000,
        "a weak test: {holding} hold, {narrowing} are kept out"
    );
}

#[test]
fn what_is_printed_reads_back_to_the_same_filter() {
    let mut runner = TestRunner::deterministic();
    for filter in filters(&mut runner, 1_000) {
        let Some(expr) = filter.expr else { continue };
        let printed = expr.to_string();
        let read = Filter::parse_with(&printed, &named()).unwrap_or_else(|error| panic!("{}", error.render(&printed)));
        assert_eq!(read.expr, Some(expr), "{printed}");
    }
}

#[test]
fn an_explanation_tells_what_the_filter_says() {
    let mut runner = TestRunner::deterministic();
    let articles = articles(&mut runner, 20);
    for filter in filters(&mut runner, 300) {
        for article in &articles {
            let clause = filter.explain(article, now());
            assert_eq!(clause.holds, filter.matches(article, now()), "{}", filter.text);
            assert!(!clause.deciding().is_empty(), "{}", filter.text);
        }
    }
}

#[tokio::test]
async fn a_search_by_symbol_text_time_or_number_is_carried_by_its_index() {
    let made = made::store((0..200).map(made::draft).collect()).await;
    for (text, want) in [
        (
            "symbol = 'XNAS:NUE'",
            &[
                "SEARCH a USING INTEGER PRIMARY KEY",
                "INDEX symbol_by_symbol (symbol=? AND exchange=?)",
            ][..],
        ),
        (
            "symbol in ('nue', 'XNAS:X')",
            &[
                "SEARCH a USING INTEGER PRIMARY KEY",
                "INDEX symbol_by_symbol (symbol=?)",
            ],
        ),
        (
            "isin = 'US0378331005' and issuer exists",
            &["SEARCH a USING INTEGER PRIMARY KEY", "INDEX isin_by_isin (isin=?)"],
        ),
        (
            "text ~ 'steel works'",
            &["SEARCH a USING INTEGER PRIMARY KEY", "SCAN article_fts VIRTUAL TABLE"],
        ),
        (
            "headline ~ 'steel*' and wire exists",
            &["SEARCH a USING INTEGER PRIMARY KEY", "SCAN article_fts VIRTUAL TABLE"],
        ),
        (
            "published > -7d and issuer ~ 'acme'",
            &["SEARCH a USING INDEX article_by_time (sort_time>?)"],
        ),
        ("number = 17", &["SEARCH a USING INTEGER PRIMARY KEY"]),
        ("number in (3, 17)", &["SEARCH a USING INTEGER PRIMARY KEY"]),
        ("story = 17", &["SEARCH a USING INDEX article_by_story (story_id"]),
        ("", &["SCAN a USING INDEX article_by_time"]),
    ] {
        let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{}", error.render(text)));
        for (kind, filter) in [("as it is", filter.clone()), ("shown", filter.shown())] {
            let plan = made.store.plan_of(&filter, now()).await.expect("a plan");
            for step in want {
                assert!(
                    plan.iter().any(|have| have.contains(step)),
                    "{text}, {kind}: no {step} in {plan:#?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn copies_count_other_sources() {
    let copy = |source: &str| Draft {
        source: dateline::article::SourceId::new(source),
        ..made::draft(1)
    };
    let made = made::store(vec![copy("wire-a")]).await;
    for (source, want) in [("wire-a", 0), ("wire-b", 1), ("wire-b", 1), ("wire-c", 2)] {
        made::admit_from(&made.store, source, vec![copy(source)]).await;
        let found = made::everything(&made.store).await;
        assert_eq!(
            found.iter().map(|article| article.copies).collect::<Vec<_>>(),
            [want],
            "{source}"
        );
        let filter = Filter::parse(&format!("duplicates = {want}")).expect("a filter");
        assert_eq!(numbers(&made.store, &filter, 9).await, [1]);
    }
}

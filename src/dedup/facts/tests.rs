use proptest::prelude::*;

use super::*;

fn beside(new: &str, known: &str) -> Comparison {
    compare(&News::read(new, None, &[]), &News::read(known, None, &[]))
}

fn changes(new: &str, known: &str) -> Vec<(ChangeKind, String, String)> {
    beside(new, known)
        .changes
        .into_iter()
        .map(|change| (change.kind, change.new, change.known))
        .collect()
}

/// A sentence with a place for what differs, and words enough around it to be found.
fn frame(what: &str) -> String {
    format!(
        "Those who came to the hall in the evening heard that {what} and then went home by the last train as they had planned to do."
    )
}

#[test]
fn what_stands_in_the_place_of_what() {
    use ChangeKind::{Date, Figure, Name, Number, Spelling, Term, Words};
    for (new, known, want) in [
        (
            "it paid $12 million for it",
            "it paid $11.5 million for it",
            Some((Number, "12000000", "11500000")),
        ),
        (
            "three of them will stay",
            "four of them will stay",
            Some((Number, "3", "4")),
        ),
        (
            "it is the third of its kind",
            "it is the second of its kind",
            Some((Number, "3", "2")),
        ),
        (
            "it opens in March of next year",
            "it opens in April of next year",
            Some((Date, "march", "april")),
        ),
        (
            "it opens on Friday at noon",
            "it opens on Monday at noon",
            Some((Date, "friday", "monday")),
        ),
        (
            "it was Jane Miller who left",
            "it was Rosa Okafor who left",
            Some((Name, "jane miller", "rosa okafor")),
        ),
        (
            "the pricing was done today",
            "the closing was done today",
            Some((Term, "pricing", "closing")),
        ),
        (
            "sales rose by a little",
            "sales fell by a little",
            Some((Term, "rose", "fell")),
        ),
        (
            "it will close 12 shops",
            "it will close several shops",
            Some((Figure, "12", "several")),
        ),
        (
            "the theatre is open",
            "the theater is open",
            Some((Spelling, "theatre", "theater")),
        ),
        (
            "the mood was good there",
            "the mood was bad there",
            Some((Words, "good", "bad")),
        ),
        (
            "the board will accept the offer",
            "the board will not accept the offer",
            Some((Term, "", "not")),
        ),
        (
            "the trial met its goal",
            "the trial did not meet its goal",
            Some((Term, "met", "did not meet")),
        ),
        (
            "a practice in Waco is open",
            "a practice in the old mill is open",
            Some((Figure, "waco", "the old mill")),
        ),
        (
            "it is buying the old mill",
            "it is being bought by the old mill",
            Some((Term, "buying", "being bought by")),
        ),
        (
            "the mill was sued by the town",
            "the mill sued the town",
            Some((Term, "was sued by", "sued")),
        ),
        (
            "the fair is held early in the year",
            "the fair is held late in the year",
            Some((Term, "early", "late")),
        ),
        (
            "sales were slightly up on the year",
            "sales went down on the year",
            Some((Term, "were slightly up", "went down")),
        ),
        (
            "the town was told that it is acquired by the mill",
            "the town was told that it buys the mill",
            Some((Term, "is acquired by", "buys")),
        ),
        // None of these says another thing.
        ("it paid $12M for it", "it paid $12 million for it", None),
        ("it opens on Sept. 5 at noon", "it opens on September 05 at noon", None),
        (
            "General Electric won the bid",
            "GE won the bid",
            Some((Words, "general electric", "ge")),
        ),
        ("e-mail is the way", "email is the way", None),
        ("the firm\u{2019}s mood was good", "the firm's mood was good", None),
        (
            "all was well",
            "all was well, as somebody from the town had said before",
            None,
        ),
    ] {
        let want: Vec<_> = want
            .into_iter()
            .map(|(kind, new, known)| (kind, new.to_owned(), known.to_owned()))
            .collect();
        assert_eq!(changes(&frame(new), &frame(known)), want, "{new} | {known}");
    }
}

#[test]
fn what_changes_places_contradicts_where_a_word_says_which_is_which() {
    for (new, known, contradicts) in [
        (
            "they move from the harbour to the airport",
            "they move from the airport to the harbour",
            true,
        ),
        (
            "its base will move from the fishing harbour to the timber quay, where there is room",
            "its base will move from the timber quay to the fishing harbour, where there is room",
            true,
        ),
        (
            "the mill lost to the tannery there",
            "the tannery lost to the mill there",
            true,
        ),
        (
            "the old mill at the river was sold by the bank to the town",
            "the old mill at the river was sold by the town to the bank",
            true,
        ),
        (
            "the town was recently sued by the mill",
            "the town recently sued the mill",
            true,
        ),
        ("they today announced that", "they announced today that", false),
        ("apples and pears are sold", "pears and apples are sold", false),
        (
            "in the spring they came to the town",
            "they came to the town in the spring",
            false,
        ),
        ("it was read by everybody", "it was read aloud by everybody", false),
        (
            "sales grew 5 percent there",
            "sales increased by 5 percent there",
            false,
        ),
        ("sales fell 3 percent there", "sales declined by 3 percent there", false),
        (
            "sales increased 5 percent there",
            "sales have increased by 5 percent there",
            false,
        ),
        (
            "sales increased 5 percent there",
            "sales were increased by more than 5 percent there",
            false,
        ),
    ] {
        for (new, known) in [(new, known), (known, new)] {
            let comparison = beside(&frame(new), &frame(known));
            assert_eq!(
                comparison.facts() > 0,
                contradicts,
                "{new} | {known}: {:?}",
                comparison.changes
            );
        }
    }
}

#[test]
fn a_word_of_each_group_of_terms_excludes_those_of_the_others() {
    for (a, b, want) in [
        ("pricing", "closing", true),
        ("proposed", "priced", true),
        ("pricing", "prices", false),
        ("men", "women", true),
        ("north", "southern", true),
        ("opens", "closes", true),
        ("pricing", "women", false),
        ("pricing", "other", false),
    ] {
        assert_eq!((exclude(a, b), exclude(b, a)), (want, want), "{a} {b}");
    }
}

#[test]
fn words_that_are_one_but_for_a_slip_of_the_pen() {
    for (a, b, want) in [
        ("sectorv", "sector", true),
        ("theatre", "theater", true),
        ("corp", "corporation", true),
        ("analyse", "analyze", true),
        ("acme", "acne", true),
        ("cat", "car", false),
        ("bolt", "nord", false),
        ("fontane", "okafor", false),
        ("", "okafor", false),
    ] {
        assert_eq!((is_close(a, b), is_close(b, a)), (want, want), "{a} {b}");
    }
}

#[test]
fn what_one_text_lacks_contradicts_nothing() {
    let long = (0..8)
        .map(|n| frame(&format!("part {n} was read by somebody")))
        .collect::<Vec<_>>()
        .join(" ");
    let half = &long[..long.len() / 2];
    let noted = format!("Note of the desk: pictures may be had from us. {long}");
    for (new, known) in [(half, long.as_str()), (&noted, &long), (&long, half)] {
        let comparison = beside(new, known);
        assert_eq!(comparison.facts(), 0, "{:?}", comparison.changes);
        assert!(comparison.coverage > 0.97, "{comparison:?}");
    }
    assert_eq!(beside(&long, "").coverage, 0.0);
    assert_eq!(beside("", "").facts(), 0);
}

#[test]
fn heads_that_may_be_datelines_are_no_news_and_others_are() {
    let text = frame("all was well");
    for (new, known, facts) in [
        ("HALDEN, Norway, October 5, 2026 - ", "", 0),
        ("HALDEN, Norway, October 5, 2026 - ", "Halden (ots) ", 0),
        ("HALDEN, Norway, October 5, 2026 - ", "HALDEN, October 6, 2026 - ", 1),
        ("Jane Miller wrote this. ", "Rosa Okafor wrote this. ", 1),
    ] {
        let comparison = beside(&format!("{new}{text}"), &format!("{known}{text}"));
        assert_eq!(
            comparison.facts().min(1),
            facts,
            "{new} | {known}: {:?}",
            comparison.changes
        );
    }
}

#[test]
fn a_cut_text_may_end_anywhere_but_not_in_another_figure() {
    let opening = frame("all was well");
    for (new, known, facts) in [
        ("It will cost a", "It will cost 12 million in all", 0),
        ("It will cost 1...", "It will cost 12 million in all", 0),
        ("It will cost 1", "It will cost 12 million in all", 1),
        ("It will cost 9...", "It will cost 12 million in all", 1),
        ("It will open in May", "It will open in June of next year", 1),
    ] {
        let comparison = beside(&format!("{opening} {new}"), &format!("{opening} {known}"));
        assert_eq!(comparison.facts(), facts, "{new} | {known}: {:?}", comparison.changes);
    }
}

#[test]
fn a_long_passage_for_another_is_a_passage() {
    let words = |start: char| {
        (0..60)
            .map(|n| format!("{start}{}", "abcdefghij".repeat(1 + n / 10).split_at(n % 10 + 1).0))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (a, b) = (frame(&words('x')), frame(&words('y')));
    let comparison = beside(&a, &b);
    assert_eq!(comparison.facts(), 0);
    assert_eq!(
        comparison.changes.first().map(|change| change.kind),
        Some(ChangeKind::Passage),
        "{comparison:?}"
    );
    assert!(comparison.passages(true) >= 60);
}

proptest! {
    #[test]
    fn comparing_is_the_same_from_both_sides(
        words in prop::collection::vec("[a-z]{1,6}|[A-Z][a-z]{2,5}|[0-9]{1,3}|May|Friday", 0..60),
        edits in prop::collection::vec((any::<prop::sample::Index>(), "[a-z]{1,6}|[A-Z][a-z]{2,5}|[0-9]{1,3}"), 0..6),
    ) {
        let mut edited = words.clone();
        for (at, word) in edits {
            if !edited.is_empty() {
                let at = at.index(edited.len());
                edited[at] = word;
            }
        }
        let (new, known) = (words.join(" "), edited.join(" "));
        let (there, back) = (beside(&new, &known), beside(&known, &new));
        prop_assert_eq!((there.words, there.facts(), there.agreed), (back.words, back.facts(), back.agreed));
        prop_assert!((there.coverage - back.coverage).abs() < 1e-9);
        let swapped: Vec<_> = back.changes.iter().map(|c| (c.kind, &c.known, &c.new)).collect();
        let direct: Vec<_> = there.changes.iter().map(|c| (c.kind, &c.new, &c.known)).collect();
        prop_assert_eq!(direct, swapped);
    }

    #[test]
    fn a_text_beside_itself_is_unedited(text in "\\PC{0,200}") {
        let comparison = beside(&text, &text);
        prop_assert!(comparison.is_unedited(), "{comparison:?}");
    }

    #[test]
    fn what_may_be_in_common_is_no_less_than_what_is(
        a in prop::collection::vec("[a-e]{1,2}", 0..160),
        b in prop::collection::vec("[a-e]{1,2}", 0..160),
        share in 0.0..1.0_f64,
    ) {
        let (a, b) = (News::read(&a.join(" "), None, &[]), News::read(&b.join(" "), None, &[]));
        let comparison = compare(&a, &b);
        let index = Index::default();
        // Another text that it was laid beside before changes nothing.
        let _ = compare_likely(&a, &index, &a, share);
        let likely = compare_likely(&a, &index, &b, share);
        prop_assert!(likely.is_some() || comparison.coverage < share, "{comparison:?}");
        prop_assert!(likely.is_none_or(|likely| likely == comparison));
    }
}

//! What a release says that it does to an earlier one.
//!
//! In: headline and opening text. Out: a [`Revision`]: the kind of notice, the headline without its mark, and the release it
//! names, if it names one. Never looks for that release; a notice may come before its original.
//!
//! The grammar is closed: a mark stands at the start of the headline (or, in two forms, at its end), is one of `MARKS`, and is
//! followed by a separator, so that "Update on Expiry of Lock-Up" stays an ordinary release.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use regex::Regex;

use crate::article::{Kind, Revision};

use super::day;

/// Bytes of the opening in which a notice names its target.
const OPENING: usize = 2_000;

/// Bytes in which a notice without a mark in its headline must explain itself: later, it is the story's own history.
const UNMARKED_OPENING: usize = 700;

/// What may follow a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// `: `, ` - `, ` — `.
    Separator,
    /// Nothing but a space: the words occur in no ordinary headline in this spelling.
    Space,
}

/// The marks; where one begins another the longer stands first. Compared without regard to case unless a space ends them.
#[rustfmt::skip]
const MARKS: &[(&str, Kind, After)] = &[
    ("CORRECTING and REPLACING PHOTO", Kind::Replacement, After::Space),
    ("CORRECTING and REPLACING VIDEO", Kind::Replacement, After::Space),
    ("CORRECTING and REPLACING GRAPHIC", Kind::Replacement, After::Space),
    ("CORRECTING and REPLACING MULTIMEDIA", Kind::Replacement, After::Space),
    ("CORRECTING and REPLACING", Kind::Replacement, After::Space),
    ("CORRECTING AND REPLACING", Kind::Replacement, After::Space),
    ("Correcting and Replacing", Kind::Replacement, After::Separator),
    ("CORRECTION and REPLACEMENT", Kind::Replacement, After::Separator),
    ("REPLACEMENT", Kind::Replacement, After::Separator),
    ("REPLACING", Kind::Replacement, After::Separator),
    ("CORRECTION FROM SOURCE", Kind::Correction, After::Separator),
    ("CORRECTION ET MISE À JOUR", Kind::Correction, After::Separator),
    ("CORRECTIONS", Kind::Correction, After::Separator),
    ("CORRECTION", Kind::Correction, After::Separator),
    ("CORRECTED", Kind::Correction, After::Separator),
    ("CORRECTING", Kind::Correction, After::Separator),
    ("CORRECTIF", Kind::Correction, After::Separator),
    ("RECTIFICATIF", Kind::Correction, After::Separator),
    ("RECTIFICATION", Kind::Correction, After::Separator),
    ("BERICHTIGUNG", Kind::Correction, After::Separator),
    ("KORREKTUR", Kind::Correction, After::Separator),
    ("CORRECCIÓN", Kind::Correction, After::Separator),
    ("CORRECÇÃO", Kind::Correction, After::Separator),
    ("CORREÇÃO", Kind::Correction, After::Separator),
    ("CORREZIONE", Kind::Correction, After::Separator),
    ("RETTELSE", Kind::Correction, After::Separator),
    ("RÄTTELSE", Kind::Correction, After::Separator),
    ("KORRIGERING", Kind::Correction, After::Separator),
    ("OIKAISU", Kind::Correction, After::Separator),
    ("更正", Kind::Correction, After::Separator),
    ("訂正", Kind::Correction, After::Separator),
    ("정정", Kind::Correction, After::Separator),
    ("UPDATE FOR COMPLETENESS", Kind::Update, After::Separator),
    ("UPDATED", Kind::Update, After::Separator),
    ("UPDATE", Kind::Update, After::Separator),
    ("MISE À JOUR", Kind::Update, After::Separator),
    ("ADDING MULTIMEDIA", Kind::Addition, After::Space),
    ("ADDING PHOTO", Kind::Addition, After::Space),
    ("ADDING VIDEO", Kind::Addition, After::Space),
    ("MULTIMEDIA UPDATE", Kind::Addition, After::Separator),
    ("RETRANSMISSION", Kind::Repeat, After::Separator),
    ("RETRANSMITTING", Kind::Repeat, After::Separator),
    ("REPEATING", Kind::Repeat, After::Separator),
    ("REPEAT", Kind::Repeat, After::Separator),
    ("DISREGARD RELEASE", Kind::Retraction, After::Separator),
    ("DISREGARD", Kind::Retraction, After::Separator),
    ("RETRACTION", Kind::Retraction, After::Separator),
    ("WITHDRAWN", Kind::Retraction, After::Separator),
    ("WITHDRAWAL OF RELEASE", Kind::Retraction, After::Separator),
    ("KILL", Kind::Retraction, After::Separator),
    ("CLARIFICATION", Kind::Clarification, After::Separator),
    ("REMINDER/MEDIA ADVISORY", Kind::Advisory, After::Separator),
    ("MEDIA ADVISORY/REMINDER", Kind::Advisory, After::Separator),
    ("REMINDER - MEDIA ADVISORY", Kind::Advisory, After::Separator),
    ("MEDIA ADVISORY", Kind::Advisory, After::Separator),
    ("MEDIA ALERT", Kind::Advisory, After::Separator),
    ("MEDIA INVITATION", Kind::Advisory, After::Separator),
    ("NEWS ADVISORY", Kind::Advisory, After::Separator),
    ("PHOTO ADVISORY", Kind::Advisory, After::Separator),
    ("PRESS ADVISORY", Kind::Advisory, After::Separator),
    ("AVIS AUX MÉDIAS", Kind::Advisory, After::Separator),
    ("ADVISORY", Kind::Advisory, After::Separator),
    ("REMINDER", Kind::Reminder, After::Separator),
    ("RAPPEL", Kind::Reminder, After::Separator),
];

/// Reads the notice of a release. `published` decides the year of a date printed without one, and nothing else.
#[must_use]
pub fn revision(headline: Option<&str>, opening: &str, published: Option<DateTime<Utc>>) -> Option<Revision> {
    let opening = opening.get(..opening.floor_char_boundary(OPENING)).unwrap_or_default();
    let headline = headline.map(str::trim).filter(|headline| !headline.is_empty());
    let marked = headline.and_then(marked);
    let (named, at) = named(opening, published).unwrap_or_default();
    let (kind, clean_headline) = match marked {
        Some(marked) => (marked.kind, marked.clean),
        None => (
            named.kind.filter(|_| at <= UNMARKED_OPENING)?,
            headline.map(str::to_owned),
        ),
    };
    let dated_headline = headline.and_then(|headline| date_of_original(headline, published));
    // An invitation names no earlier release, whatever its text quotes.
    let named = if matches!(kind, Kind::Advisory | Kind::Reminder) {
        Named::default()
    } else {
        named
    };
    Some(Revision {
        kind,
        clean_headline,
        target_headline: named.headline,
        target_date: named.date.or(dated_headline),
        target_wire: None,
    })
}

#[derive(Debug)]
struct Marked {
    kind: Kind,
    /// `None` when the mark and a company are all there is.
    clean: Option<String>,
}

fn marked(headline: &str) -> Option<Marked> {
    // PR Newswire and CNW: `/CORRECTION -- Acme Corp./` holds the company only.
    if let Some(inner) = headline.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        return mark(&closed_up(inner.trim())).map(|(kind, _)| Marked { kind, clean: None });
    }
    let closed = closed_up(headline);
    if let Some((kind, rest)) = mark(&closed) {
        return Some(Marked {
            kind,
            clean: some_text(rest),
        });
    }
    if let Some((kind, rest)) = leading_word_and_mark(&closed).or_else(|| trailing_mark(&closed)) {
        return Some(Marked {
            kind,
            clean: some_text(rest),
        });
    }
    static OF_PUBLICATION: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:Korrektur|Berichtigung) (?:der|einer) (?:Veröffentlichung|Mitteilung|Meldung) vom [^–—-]{6,60}[–—-]\s*(?P<rest>.+)$",
        )
    });
    if let Some(found) = OF_PUBLICATION.captures(&closed) {
        return Some(Marked {
            kind: Kind::Replacement,
            clean: found.name("rest").and_then(|m| some_text(m.as_str())),
        });
    }
    static INFORMAL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?is)(?:clarification|clarifying statement) (?:regarding|on|of|to|about|concerning) .*(?:press|news) release",
        )
    });
    INFORMAL.is_match(&closed).then(|| Marked {
        kind: Kind::Clarification,
        clean: some_text(&closed),
    })
}

/// Reads a mark of the table at the start; its kind and what follows its separator.
fn mark(text: &str) -> Option<(Kind, &str)> {
    MARKS.iter().find_map(|(mark, kind, after)| {
        let rest = strip_mark(text, mark, *after)?;
        let past = past_separator(rest);
        match after {
            After::Separator => past.map(|rest| (*kind, rest)),
            After::Space => past
                .or_else(|| rest.starts_with(char::is_whitespace).then(|| rest.trim_start()))
                .or_else(|| rest.is_empty().then_some(rest))
                .map(|rest| (*kind, rest)),
        }
    })
}

fn strip_mark<'a>(text: &'a str, mark: &str, after: After) -> Option<&'a str> {
    if after == After::Space {
        return text.strip_prefix(mark);
    }
    let mut rest = text.chars();
    for expected in mark.chars() {
        let found = rest.next()?;
        if found != expected && !found.to_uppercase().eq(expected.to_uppercase()) {
            return None;
        }
    }
    Some(rest.as_str())
}

/// What follows a separator, if there is one; an end counts as one.
fn past_separator(rest: &str) -> Option<&str> {
    static SEPARATOR: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(?:\s*(?:[:：]|--+|[–—|])\s*|\s*-\s+|\s+-\s*|\s*$)"));
    SEPARATOR.find(rest).and_then(|found| rest.get(found.end()..))
}

/// `MGPI REMINDER: …`: law firms put the ticker in front.
fn leading_word_and_mark(headline: &str) -> Option<(Kind, &str)> {
    let (word, rest) = headline.split_once(' ')?;
    let is_ticker = (1..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase());
    let rest = rest
        .strip_prefix("REMINDER")
        .or_else(|| rest.strip_prefix("INVESTOR REMINDER"));
    let rest = rest.filter(|_| is_ticker).and_then(past_separator)?;
    Some((Kind::Reminder, rest))
}

/// `Acme Reports Results (CORRECTING and REPLACING)`, `EQS-News: Firma AG: Titel (Korrektur)`.
fn trailing_mark(headline: &str) -> Option<(Kind, &str)> {
    let (rest, inner) = headline.strip_suffix(')')?.rsplit_once('(')?;
    let (kind, after) = mark(inner.trim())?;
    static DESK: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:EQS|DGAP)-[A-Za-z-]{2,20}:\s*"));
    let rest = DESK
        .find(rest)
        .map_or(rest, |desk| rest.get(desk.end()..).unwrap_or(rest));
    (after.is_empty() && matches!(kind, Kind::Correction | Kind::Replacement | Kind::Update)).then_some((kind, rest))
}

fn some_text(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// `C O R R E C T I O N -- X` to `CORRECTION -- X`: only where every letter stands alone.
fn closed_up(text: &str) -> String {
    let mut letters = String::new();
    let mut rest = text;
    loop {
        let mut chars = rest.chars();
        match (chars.next(), chars.clone().next()) {
            (Some(letter), Some(' ')) if letter.is_uppercase() => {
                letters.push(letter);
                rest = chars.as_str().trim_start_matches(' ');
            }
            (Some(letter), None | Some('/' | ':' | '-' | '–' | '—')) if letter.is_uppercase() => {
                letters.push(letter);
                rest = chars.as_str();
                break;
            }
            _ => break,
        }
    }
    if letters.chars().count() < 4 {
        text.to_owned()
    } else {
        format!("{letters} {}", rest.trim_start()).trim_end().to_owned()
    }
}

/// The release that an opening names, and what it says of it.
#[derive(Debug, Default)]
struct Named {
    kind: Option<Kind>,
    headline: Option<String>,
    date: Option<NaiveDate>,
}

/// The sentences by which wires name a target; `title` and what follows `dated` are read from them.
fn named(opening: &str, published: Option<DateTime<Utc>>) -> Option<(Named, usize)> {
    static SENTENCES: LazyLock<[(Kind, Regex); 5]> = LazyLock::new(|| {
        [
            // PR Newswire's kill: readers "should disregard the news release, <headline>, issued <date> over PR Newswire".
            (
                Kind::Retraction,
                pattern(
                    r#"(?s)should disregard the (?:news|press) release,?\s+(?P<title>.+?)[,.]?\s+(?:that was |which was )?(?P<dated>(?:issued|distributed|sent|published)\s+(?:on\s+)?)"#,
                ),
            ),
            // PR Newswire's correction: "In the news release, <headline>, issued <date> by <company> over PR Newswire".
            (
                Kind::Correction,
                pattern(
                    r#"(?s)In the (?:news|press) release,?\s+(?P<title>.+?),?\s+(?P<dated>(?:issued|distributed|published)\s+(?:earlier today\s+)?(?:on\s+)?)"#,
                ),
            ),
            (
                Kind::Replacement,
                pattern(
                    r#"corrige et remplace le communiqué(?: de presse)?(?: intitulé| titré)?\s*[«"“]\s*(?P<title>[^»"”]+?)\s*[»"”](?P<dated>[^.\n]{0,40}?\ble\s+)?"#,
                ),
            ),
            (
                Kind::Replacement,
                pattern(
                    r#"(?i:corrects|replaces|supersedes|corrected version of) (?i:and (?:replaces|supersedes) )?(?i:the|our|its) (?:earlier |previous |original )?(?i:news|press)? ?(?i:release|announcement)(?: (?i:titled|entitled|headlined),?\s*[«"“](?P<title>[^»"”]+?)[,.]?[»"”])?(?P<dated>,?[^.\n]{0,30}?\b(?:issued|dated|published|distributed|disseminated|of)\s+(?:on\s+)?)?"#,
                ),
            ),
            (
                Kind::Replacement,
                pattern(
                    r#"Please replace the (?:news |press )?release(?: (?:titled|entitled|headlined),?\s*[«"“](?P<title>[^»"”]+?)[,.]?[»"”])?,?\s+(?:(?P<dated>(?:issued|dated)\s+(?:on\s+)?)|with )"#,
                ),
            ),
        ]
    });
    SENTENCES.iter().find_map(|(kind, sentence)| {
        let found = sentence.captures(opening)?;
        let headline = found.name("title").and_then(|title| unquoted(title.as_str()));
        let date = found
            .name("dated")
            .and_then(|dated| opening.get(dated.end()..))
            .and_then(day::at_start)
            .and_then(|(date, _)| date.resolve(published));
        // The correction's sentence also opens ordinary paragraphs; only a dated one names a target.
        if *kind == Kind::Correction && date.is_none() {
            return None;
        }
        Some((
            Named {
                kind: Some(*kind),
                headline,
                date,
            },
            found.get(0)?.start(),
        ))
    })
}

/// A headline without quotation marks; none when the sentence held something longer than a headline.
fn unquoted(title: &str) -> Option<String> {
    const LONGEST: usize = 400;
    let title =
        title.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '“' | '”' | '«' | '»' | ',' | '\''));
    (!title.is_empty() && title.len() <= LONGEST && !title.contains("\n\n")).then(|| title.to_owned())
}

/// `Korrektur der Veröffentlichung vom 07.05.2024, …`.
fn date_of_original(headline: &str, published: Option<DateTime<Utc>>) -> Option<NaiveDate> {
    let (before, after) = headline.split_once(" vom ")?;
    let (date, _) =
        day::at_start(after).filter(|_| before.starts_with("Korrektur") || before.starts_with("Berichtigung"))?;
    date.resolve(published)
}

#[allow(clippy::expect_used)] // the patterns are constants of this file, and the tests below compile each of them
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labelled_headlines_are_read_exactly() {
        let rows = crate::release::tests::corpus("release/corrections.jsonl");
        let mut right = 0;
        for row in &rows {
            let raw = row["raw"].as_str().expect("raw");
            let want = match row["kind"].as_str().expect("kind") {
                "none" => None,
                "correct_replace" => Some(Kind::Replacement),
                "disregard" | "kill" | "retraction" => Some(Kind::Retraction),
                other => Some(Kind::parse(other).expect("one of our kinds")),
            };
            let want = want.map(|kind| (kind, row["clean_headline"].as_str().map(str::to_owned)));
            let got = revision(Some(raw), "", None).map(|r| (r.kind, r.clean_headline));
            if got == want {
                right += 1;
            } else {
                println!("{raw:?}\n  want {want:?}\n  got  {got:?}");
            }
        }
        println!("corrections: {right}/{} exact", rows.len());
        assert!(right * 100 >= rows.len() * 97, "{right}/{}", rows.len());
    }

    #[test]
    fn a_headline_tells_kind_and_clean_headline() {
        for (headline, want) in [
            (
                "CORRECTING and REPLACING Acme Buys Bolt",
                Some((Kind::Replacement, Some("Acme Buys Bolt"))),
            ),
            (
                "CORRECTION - Acme Buys Bolt",
                Some((Kind::Correction, Some("Acme Buys Bolt"))),
            ),
            (
                "CORRECTION FROM SOURCE: Acme Buys Bolt",
                Some((Kind::Correction, Some("Acme Buys Bolt"))),
            ),
            (
                "CORRECTION ET MISE À JOUR - Acme achète Bolt",
                Some((Kind::Correction, Some("Acme achète Bolt"))),
            ),
            ("/CORRECTION -- Acme Corp./", Some((Kind::Correction, None))),
            ("/C O R R E C T I O N -- Acme Corp./", Some((Kind::Correction, None))),
            ("/R E P E A T -- Acme Corp./", Some((Kind::Repeat, None))),
            ("/DISREGARD RELEASE: Acme Corp./", Some((Kind::Retraction, None))),
            ("/UPDATE FOR COMPLETENESS: Acme Corp./", Some((Kind::Update, None))),
            (
                "RETRANSMISSION: Acme Buys Bolt",
                Some((Kind::Repeat, Some("Acme Buys Bolt"))),
            ),
            (
                "ADDING MULTIMEDIA Acme Buys Bolt",
                Some((Kind::Addition, Some("Acme Buys Bolt"))),
            ),
            ("UPDATE: Acme Buys Bolt", Some((Kind::Update, Some("Acme Buys Bolt")))),
            (
                "Acme Buys Bolt (CORRECTING and REPLACING)",
                Some((Kind::Replacement, Some("Acme Buys Bolt"))),
            ),
            (
                "ACME REMINDER: Firm Urges Investors",
                Some((Kind::Reminder, Some("Firm Urges Investors"))),
            ),
            (
                "Clarification Regarding Unapproved Press Release With Bolt",
                Some((
                    Kind::Clarification,
                    Some("Clarification Regarding Unapproved Press Release With Bolt"),
                )),
            ),
            ("Update on Expiry of Lock-Up", None),
            ("UPDATES ON THE BOLT CASE", None),
            ("Correction Officer Indicted", None),
            ("Adding Multimedia to Classrooms", None),
            ("Acme corrects course on pricing", None),
            ("Repeat-Purchase Rates Rise", None),
            ("A B C of Investing", None),
            ("//", None),
            ("", None),
        ] {
            let got = revision(Some(headline), "", None);
            assert_eq!(
                got.as_ref().map(|r| (r.kind, r.clean_headline.as_deref())),
                want,
                "{headline}"
            );
        }
    }

    #[test]
    fn an_opening_names_the_release_that_it_revises() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        for (headline, opening, want) in [
            (
                Some("/DISREGARD RELEASE: Acme Corp./"),
                "NEW YORK, May 9, 2024 /PRNewswire/ -- We are advised by Acme Corp. that journalists and other readers should disregard the news release, Acme Buys Bolt, Inc., issued May 8, 2024 over PR Newswire.",
                Some((Kind::Retraction, Some("Acme Buys Bolt, Inc."), day("2024-05-08"))),
            ),
            (
                Some("/C O R R E C T I O N -- Acme Corp./"),
                "In the news release, Acme Buys Bolt, issued 16-Jan-2024 by Acme Corp. over PR Newswire, we are advised by the company that the third paragraph should read",
                Some((Kind::Correction, Some("Acme Buys Bolt"), day("2024-01-16"))),
            ),
            (
                Some("CORRECTION ET MISE À JOUR - Acme"),
                "Ce communiqué corrige et remplace le communiqué de presse intitulé « Acme achète Bolt » diffusé le 26 mai 2020 à 9:00 AM HAE par Acme.",
                Some((Kind::Correction, Some("Acme achète Bolt"), day("2020-05-26"))),
            ),
            (
                Some("CORRECTING and REPLACING Acme Buys Bolt"),
                "ACME--(BUSINESS WIRE)--Please replace the release dated May 8, 2024 with the following corrected version due to multiple revisions.",
                Some((Kind::Replacement, None, day("2024-05-08"))),
            ),
            (
                Some("Acme Buys Bolt"),
                "BOSTON--(BUSINESS WIRE)--Please replace the release with the following corrected version due to multiple revisions.",
                Some((Kind::Replacement, None, None)),
            ),
            (
                Some("Korrektur der Veröffentlichung vom 07.05.2024, 10:00 Uhr MEZ - Titel"),
                "",
                Some((Kind::Replacement, None, day("2024-05-07"))),
            ),
            (
                Some("Acme Buys Bolt"),
                "In the news release, issued today, Acme said it was happy.",
                None,
            ),
            (None, "", None),
        ] {
            let got = revision(headline, opening, None);
            let got = got
                .as_ref()
                .map(|r| (r.kind, r.target_headline.as_deref(), r.target_date));
            assert_eq!(got, want, "{headline:?} {opening}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_reading_panic(headline in r"\PC{0,80}", opening in r"\PC{0,200}") {
            let _ = revision(Some(&headline), &opening, None);
        }
    }
}

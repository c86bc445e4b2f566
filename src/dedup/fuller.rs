//! Does a copy say so much more than what is shown of its release that its text should be shown instead?
//!
//! A teaser gives way to the whole text. A note, a contact or a disclaimer that a site adds is no reason, nor is a digest in which the
//! release is one of several: of a text it makes but a part, and over a teaser its headline tells it.

use super::facts::compare;
use super::news::Relation;
use super::reading::SHORT_WORDS;
use super::title::Headline;
use super::{News, is_marked};
use crate::article::Kind;

/// Texts of fewer words are next to nothing; a text that is fuller has as many more, and a quarter.
const A_LINE: usize = 10;
/// Share of a summary that stands in its whole text: it may be worded otherwise.
const SUMMARY: f64 = 0.75;
/// The same for what is no summary: none of it may be lost.
const TEXT: f64 = 0.9;
/// Share of one text in another from which they speak of the same matter.
const SOME: f64 = 0.3;
/// A text that is no summary and makes less than this of another is one of the releases of a digest.
pub(super) const PART: f64 = 0.3;

/// Headline and text of a copy, and those that are shown.
#[must_use]
pub(crate) fn says_more(copy: (&Headline, &News), shown: (&Headline, &News)) -> bool {
    let ((copy_headline, copy), (headline, shown)) = (copy, shown);
    let (more, words) = (copy.news().len(), shown.news().len());
    // Of the whole texts too: what one of them counts as boilerplate may be news in the other.
    if more < words + words / 4 + A_LINE || copy.words() < shown.words() + A_LINE {
        return false;
    }
    let titles = copy_headline.title.beside(&headline.title);
    let untitled = headline.title.words() == 0 || headline.title.begins(copy) || copy_headline.title.begins(copy);
    let one_headline = untitled || titles.same || (!titles.contradict && titles.shared >= 0.5);
    let is_summary = words < SHORT_WORDS || shown.is_cut();
    // The headline of a digest speaks of more than this release.
    if is_summary && !untitled && copy_headline.title.has_word_of_its_own(&headline.title, shown) {
        return false;
    }
    if words < A_LINE {
        return one_headline;
    }
    let goes_on = is_summary && copy.relation(shown) == Relation::Fuller;
    if !(one_headline || goes_on) {
        return false;
    }
    let comparison = compare(copy, shown);
    let is_in_it = comparison.coverage >= if is_summary { SUMMARY } else { TEXT };
    comparison.facts() == 0 && is_in_it && (is_summary || comparison.coverage_longer >= PART)
}

/// What the page that an item links to is to the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageText {
    /// The release, of which the item shows but a part.
    More,
    /// The release, and little else than the item shows.
    NoMore,
    /// Something else: an error that is called well, a front page, a wall.
    Unlike,
}

/// Headline and text of a page, and those that its item shows. What the item shows must stand in the page: of a cut text nearly all; of a summary
/// that somebody wrote, under the item's own headline, some; under another headline at the beginning, for a list of releases holds them all.
/// `opens`: it stands there word for word.
#[must_use]
pub(crate) fn page_text(page: (&Headline, &News), shown: (&Headline, &News), opens: bool) -> PageText {
    let ((page_headline, page), (headline, shown)) = (page, shown);
    let words = shown.news().len();
    let one_headline = page_headline.title.beside(&headline.title).same && headline.title.words() > 0;
    let is_of_it = || {
        if words < A_LINE {
            return one_headline || headline.title.begins(page);
        }
        let comparison = compare(page, shown);
        let needed = if words < SHORT_WORDS || shown.is_cut() {
            SUMMARY
        } else {
            TEXT
        };
        let is_in_it = comparison.coverage >= needed && (one_headline || comparison.lead >= 0.5);
        let is_told = one_headline && !shown.is_cut() && comparison.coverage >= SOME;
        comparison.facts() == 0 && (is_in_it || is_told)
    };
    if !opens && !is_of_it() {
        return PageText::Unlike;
    }
    if page.words() >= shown.words() + A_LINE && page.news().len() >= words + A_LINE {
        PageText::More
    } else {
        PageText::NoMore
    }
}

/// Do two texts have much in common and say different things?
#[must_use]
pub(crate) fn contradict(one: &News, other: &News) -> bool {
    let comparison = compare(one, other);
    comparison.coverage >= SOME && comparison.facts() > 0
}

/// May a text of this kind be shown in the place of one of that? What takes a correction up says so: a text without a mark may be the one
/// that was corrected.
#[must_use]
pub(crate) fn may_replace(copy: Kind, shown: Kind) -> bool {
    is_marked(copy) || !is_marked(shown)
}

/// What an article shows when the copy whose text it shows has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Renewal {
    /// The new text of the copy.
    Lent,
    /// Its own text again.
    Own,
}

/// What follows when a copy that lent its text shows another one: headline and text of the copy, the text that it lent, and headline and
/// text that the article had itself. `None`: the lent text stays; the copy was only cut, or reworded without another fact.
#[must_use]
pub(crate) fn renewal(copy: (&Headline, &News), lent: &News, own: (&Headline, &News)) -> Option<Renewal> {
    let (_, text) = copy;
    let contradicts = |other: &News| compare(text, other).facts() > 0;
    let is_changed = contradicts(lent);
    if !is_changed && !text.is_longer_than(lent) {
        return None;
    }
    if says_more(copy, own) {
        return Some(Renewal::Lent);
    }
    (is_changed || contradicts(own.1)).then_some(Renewal::Own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Section, SectionKind};

    const LEAD: &str = "Halden Marine ASA today announced that it has signed a contract with the port of Tromso for three electric \
        harbour tugs, worth NOK 412 million";
    const REST: &str = "The first vessel will be handed over in March 2028 and the other two follow within nine months. The tugs are \
        28 metres long and have batteries of 6.2 megawatt hours, enough for a day's work between two charges. Charging stations are \
        built by the port itself and paid in part by the national climate fund.";

    #[test]
    fn a_fuller_text_has_all_of_the_shown_one_and_much_more() {
        let other =
            "Tidewell has sold an office building in Lisbon to a fund. It has nine floors and is let to a university. "
                .repeat(20);
        let long = format!("{LEAD}. {REST} {REST}").replacen("28 metres", "26 metres", 1);
        let headline = "Halden Marine to Build Three Tugs";
        for (what, title, copy, shown, want) in [
            (
                "the whole of a teaser",
                headline,
                format!("{LEAD}. {REST}"),
                format!("{LEAD}."),
                true,
            ),
            (
                "the whole of a cut text",
                headline,
                format!("{LEAD}. {REST}"),
                format!("{LEAD}. The first ves..."),
                true,
            ),
            (
                "any text, of a mere headline",
                headline,
                format!("{LEAD}. {REST}"),
                String::new(),
                true,
            ),
            (
                "the whole under a headline of its own",
                "Port of Tromso: Halden Marine Contract for Electric Tugs",
                format!("{LEAD}. {REST}"),
                format!("{LEAD}."),
                true,
            ),
            (
                "a digest that begins with a teaser",
                "Halden Marine to Build Three Tugs, Tidewell Sells Office",
                format!("{LEAD}. {other}"),
                format!("{LEAD}."),
                false,
            ),
            (
                "a digest under a headline of its own",
                "Oslo Morning News",
                format!("{LEAD}. {other}"),
                format!("{LEAD}."),
                false,
            ),
            (
                "a digest, of a mere headline",
                "Halden Marine to Build Three Tugs, Tidewell Sells Office",
                format!("{LEAD}. {other}"),
                String::new(),
                false,
            ),
            (
                "a teaser",
                headline,
                format!("{LEAD}."),
                format!("{LEAD}. {REST}"),
                false,
            ),
            (
                "the same text",
                headline,
                format!("{LEAD}. {REST}"),
                format!("{LEAD}. {REST}"),
                false,
            ),
            (
                "a note that a site adds",
                headline,
                format!("{LEAD}. {REST} Pictures may be had from us."),
                format!("{LEAD}. {REST}"),
                false,
            ),
            (
                "another fact",
                headline,
                format!("{LEAD}. {REST}").replace("412", "214"),
                format!("{LEAD}."),
                false,
            ),
            (
                "another text under a headline of its own",
                "Oslo Yard Gets Order",
                format!("{REST} {LEAD}."),
                format!("{LEAD}."),
                false,
            ),
            ("a digest", headline, format!("{long} {other}"), long, false),
        ] {
            let read = |text: &str| News::read(text, None, &[]);
            let (copied, kept) = (Headline::read(Some(title), None), Headline::read(Some(headline), None));
            assert_eq!(
                says_more((&copied, &read(&copy)), (&kept, &read(&shown))),
                want,
                "{what}"
            );
        }
    }

    #[test]
    fn what_is_shown_when_a_lender_shows_another_text() {
        let headline = Headline::read(Some("Halden Marine to Build Three Tugs"), None);
        let read = |text: &str| News::read(text, None, &[]);
        let lent = format!("{LEAD}. {REST}");
        for (what, copy, own, want) in [
            ("the same", lent.clone(), LEAD.to_owned(), None),
            ("a cut of it", lent[..300].to_owned(), LEAD.to_owned(), None),
            ("a cut within a word", lent[..301].to_owned(), LEAD.to_owned(), None),
            (
                "a figure mended",
                lent.replace("6.2", "6.3"),
                LEAD.to_owned(),
                Some(Renewal::Lent),
            ),
            (
                "a passage added",
                format!("{lent} More will be told."),
                LEAD.to_owned(),
                Some(Renewal::Lent),
            ),
            (
                "a figure that is in both",
                lent.replace("412", "421"),
                LEAD.to_owned(),
                Some(Renewal::Own),
            ),
            (
                "a figure mended, and cut to what the article has",
                LEAD.replace("412", "421"),
                LEAD[..LEAD.len() - 24].to_owned(),
                Some(Renewal::Own),
            ),
        ] {
            let got = renewal((&headline, &read(&copy)), &read(&lent), (&headline, &read(&own)));
            assert_eq!(got, want, "{what}");
        }
    }

    #[test]
    fn a_shorter_text_is_no_fuller_one_though_less_of_it_is_boilerplate() {
        let (lead, about) = (format!("{LEAD}. {LEAD}."), format!("About us\n\n{REST} {REST}"));
        let text = format!("{lead}\n\n{about}");
        let parts = [(SectionKind::Lead, lead), (SectionKind::About, about)];
        let parts = parts.map(|(kind, text)| Section { kind, text });
        let headline = Headline::read(Some("Halden Marine to Build Three Tugs"), None);
        let (shown, copy) = (
            News::read(&text, None, &parts),
            News::read(&text[..text.len() - 40], None, &[]),
        );
        assert!(copy.news().len() > 2 * shown.news().len());
        assert!(!says_more((&headline, &copy), (&headline, &shown)));
    }
}

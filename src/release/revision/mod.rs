//! What a release says that it does to an earlier one.
//!
//! In: headline and opening text. Out: a [`Revision`]: the kind of notice, the headline without its mark, and the release it
//! names, if it names one. Never looks for that release; a notice may come before its original.
//!
//! | file | decides |
//! |---|---|
//! | `marks.rs` | the mark in a headline: a closed grammar, so that "Update on Expiry of Lock-Up" stays an ordinary release |
//! | `target.rs` | the sentence that names the earlier release: its headline, date and wire |

use chrono::{DateTime, NaiveDate, Utc};

use crate::article::{Kind, Revision};

use super::day;
use target::Target;

mod marks;
mod target;

/// Bytes of the opening in which a notice names its target.
const OPENING: usize = 2_000;

/// Bytes in which a notice without a mark in its headline must explain itself: later, it is the story's own history.
const UNMARKED_OPENING: usize = 700;

/// Reads the notice of a release. `published` decides the year of a date printed without one, and the day that "today" is.
#[must_use]
pub fn revision(headline: Option<&str>, opening: &str, published: Option<DateTime<Utc>>) -> Option<Revision> {
    let opening = opening.get(..opening.floor_char_boundary(OPENING)).unwrap_or_default();
    let headline = headline.map(str::trim).filter(|headline| !headline.is_empty());
    let marked = headline.and_then(marks::marked);
    let (target, at) = target::target(opening, published).unwrap_or_default();
    let (kind, clean_headline) = match marked {
        // `Advisory: please disregard Acme Buys Bolt`: the text says what is advised.
        Some(marked) if marked.kind == Kind::Advisory && target.kind == Some(Kind::Retraction) => {
            (Kind::Retraction, marked.clean.map(without_request))
        }
        Some(marked) => (marked.kind, marked.clean),
        None => (
            target.kind.filter(|_| at <= UNMARKED_OPENING)?,
            headline.map(str::to_owned),
        ),
    };
    let dated_headline = headline.and_then(|headline| date_of_original(headline, published));
    // An invitation names no earlier release, whatever its text quotes.
    let target = if matches!(kind, Kind::Advisory | Kind::Reminder) {
        Target::default()
    } else {
        target
    };
    let same_headline = clean_headline.clone().filter(|_| target.same_headline);
    Some(Revision {
        kind,
        clean_headline,
        target_headline: target.headline.or(same_headline),
        target_date: target.date.or(dated_headline),
        target_wire: target.wire,
    })
}

/// `please disregard Acme Buys Bolt` without the request.
fn without_request(headline: String) -> String {
    const REQUESTS: [&str; 2] = ["please disregard ", "disregard "];
    let rest = |request: &&str| {
        let (start, rest) = headline.split_at_checked(request.len())?;
        start.eq_ignore_ascii_case(request).then(|| rest.to_owned())
    };
    REQUESTS.iter().find_map(rest).unwrap_or(headline)
}

/// `Korrektur der Veröffentlichung vom 07.05.2024, …`.
fn date_of_original(headline: &str, published: Option<DateTime<Utc>>) -> Option<NaiveDate> {
    let (before, after) = headline.split_once(" vom ")?;
    let (date, _) =
        day::at_start(after).filter(|_| before.starts_with("Korrektur") || before.starts_with("Berichtigung"))?;
    date.resolve(published)
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
            (
                "Withdraws Release: Acme Buys Bolt",
                Some((Kind::Retraction, Some("Acme Buys Bolt"))),
            ),
            (
                "WITHDRAWAL OF RELEASE - Acme Buys Bolt",
                Some((Kind::Retraction, Some("Acme Buys Bolt"))),
            ),
            ("Withdrawal of Release", Some((Kind::Retraction, None))),
            ("Withdrawal of Release Valves From Sale", None),
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
            // One mark of several words, several marks in a row: the strongest word tells the kind.
            (
                "REPEAT/CORRECTION: Acme Buys Bolt",
                Some((Kind::Correction, Some("Acme Buys Bolt"))),
            ),
            (
                "UPDATE - Media Advisory - Acme Opens Plant",
                Some((Kind::Update, Some("Acme Opens Plant"))),
            ),
            (
                "RPT-UPDATE 2-Acme profit up",
                Some((Kind::Repeat, Some("Acme profit up"))),
            ),
            (
                "CORRECTING and REPLACING ADDING MULTIMEDIA Acme Buys Bolt",
                Some((Kind::Replacement, Some("Acme Buys Bolt"))),
            ),
            (
                "ADDING VIDEO and PHOTO: Acme Buys Bolt",
                Some((Kind::Addition, Some("Acme Buys Bolt"))),
            ),
            // Nouns, numbers, brackets and stars about a mark.
            (
                "CORRECTED RELEASE: Acme Buys Bolt",
                Some((Kind::Correction, Some("Acme Buys Bolt"))),
            ),
            (
                "UPDATE #2: Acme Buys Bolt",
                Some((Kind::Update, Some("Acme Buys Bolt"))),
            ),
            (
                "[Correction] Acme Buys Bolt",
                Some((Kind::Correction, Some("Acme Buys Bolt"))),
            ),
            (
                "*MEDIA ALERT* Acme Opens Plant",
                Some((Kind::Advisory, Some("Acme Opens Plant"))),
            ),
            (
                "MEDIA ADVISORY (Photo Op): Acme Opens Plant",
                Some((Kind::Advisory, Some("Acme Opens Plant"))),
            ),
            (
                "【訂正】アクメ、工場を開設",
                Some((Kind::Correction, Some("アクメ、工場を開設"))),
            ),
            (
                "/C O R R E C T I O N -- Acme/ Acme Buys Bolt",
                Some((Kind::Correction, Some("Acme Buys Bolt"))),
            ),
            (
                "M E D I A  A D V I S O R Y -- Acme Opens Plant",
                Some((Kind::Advisory, Some("Acme Opens Plant"))),
            ),
            // At the end, after the desk, after the issuer.
            (
                "Acme Buys Bolt (Corrected)",
                Some((Kind::Correction, Some("Acme Buys Bolt"))),
            ),
            (
                "Acme Buys Bolt - Correction",
                Some((Kind::Correction, Some("Acme Buys Bolt"))),
            ),
            (
                "EQS-News: Korrektur: Acme AG kauft Bolt",
                Some((Kind::Correction, Some("Acme AG kauft Bolt"))),
            ),
            (
                "Acme A/S: Correction: Share buyback",
                Some((Kind::Correction, Some("Acme A/S: Share buyback"))),
            ),
            // Other languages.
            (
                "ANNULE ET REMPLACE : Acme achète Bolt",
                Some((Kind::Replacement, Some("Acme achète Bolt"))),
            ),
            (
                "Mise à jour – Avis aux médias – Acme ouvre",
                Some((Kind::Update, Some("Acme ouvre"))),
            ),
            (
                "Fe de erratas: Acme compra Bolt",
                Some((Kind::Correction, Some("Acme compra Bolt"))),
            ),
            (
                "RÄTTELSE: Acme köper Bolt",
                Some((Kind::Correction, Some("Acme köper Bolt"))),
            ),
            (
                "更正：阿克梅收购博尔特",
                Some((Kind::Correction, Some("阿克梅收购博尔特"))),
            ),
            // Headlines that are the notice.
            (
                "Correction to company announcement no. 12",
                Some((Kind::Correction, Some("Correction to company announcement no. 12"))),
            ),
            (
                "Acme Retracts Its Press Release of May 8",
                Some((Kind::Retraction, Some("Acme Retracts Its Press Release of May 8"))),
            ),
            (
                "WOLF Investor Reminder: Firm Urges Investors",
                Some((Kind::Reminder, Some("Firm Urges Investors"))),
            ),
            (
                "Acme ASA: Correction of previous announcement",
                Some((Kind::Correction, Some("Acme ASA: Correction of previous announcement"))),
            ),
            (
                "Acme ASA – CORRECTION – Share buyback",
                Some((Kind::Correction, Some("Acme ASA – Share buyback"))),
            ),
            (
                "RETRACTION OF PRESS RELEASE - Acme Buys Bolt",
                Some((Kind::Retraction, Some("Acme Buys Bolt"))),
            ),
            (
                "Mandatory Kill: Acme Buys Bolt",
                Some((Kind::Retraction, Some("Acme Buys Bolt"))),
            ),
            ("Second Amendment: Acme Files Brief", None),
            ("First Amendment Update – Court Hears Acme", None),
            ("Correction in the Market Is Not the End of the Story", None),
            ("Correction in Gold Prices: The Full Announcement", None),
            // What is asked is stronger than the notice that asks it.
            ("NOTICE TO EDITORS: please disregard", Some((Kind::Retraction, None))),
            (
                "ADVISORY: Acme Corp. - DISREGARD PRESS RELEASE",
                Some((Kind::Retraction, None)),
            ),
            (
                "Advisory - Please disregard the press release: Acme Buys Bolt",
                Some((Kind::Retraction, Some("Acme Buys Bolt"))),
            ),
            (
                "Media Advisory: Why Drivers Disregard the Speed Limit",
                Some((Kind::Advisory, Some("Why Drivers Disregard the Speed Limit"))),
            ),
            ("Update on Expiry of Lock-Up", None),
            ("UPDATES ON THE BOLT CASE", None),
            ("Corporate Update: Acme Buys Bolt", None),
            ("Update: 2025's Prices by City", None),
            ("Acme Buys Bolt - Update", None),
            ("Correction Officer Indicted", None),
            ("Correction of Vision: Acme Buys Bolt", None),
            ("Gold Price Correction", None),
            ("Adding Multimedia to Classrooms", None),
            ("ADDING VIDEO TO THE CLASSROOM", None),
            ("CORRECTING AND REPLACING BROKEN PIPES", None),
            ("Acme corrects course on pricing", None),
            ("Acme Withdraws Offer for Bolt", None),
            ("Repeat-Purchase Rates Rise", None),
            ("REPEAT-PURCHASE RATES RISE", None),
            ("Kill: The Musical", None),
            ("Travel Advisory: Acme Expects Delays", None),
            ("SHAREHOLDER ALERT: Firm Investigates Acme", None),
            ("Erinnerungskultur: Acme stiftet Preis", None),
            ("Rappel de produits Acme", None),
            ("/PRNewswire/ Acme Buys Bolt", None),
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
        type Want<'a> = Option<(Kind, Option<&'a str>, Option<&'a str>, Option<&'a str>)>;
        let published = "2026-03-04T18:00:00Z".parse().ok();
        for (headline, opening, want) in [
            (
                Some("/DISREGARD RELEASE: Acme Corp./"),
                "NEW YORK, May 9, 2024 /PRNewswire/ -- We are advised by Acme Corp. that journalists and other readers should disregard the news release, Acme Buys Bolt, Inc., issued May 8, 2024 over PR Newswire.",
                Some((
                    Kind::Retraction,
                    Some("Acme Buys Bolt, Inc."),
                    Some("2024-05-08"),
                    Some("PR Newswire"),
                )),
            ),
            (
                Some("Advisory: please disregard Acme Buys Bolt"),
                "Acme Corp. asks readers to disregard the release \"Acme Buys Bolt\" issued 03-Mar-2026 over PR Newswire.",
                Some((
                    Kind::Retraction,
                    Some("Acme Buys Bolt"),
                    Some("2026-03-03"),
                    Some("PR Newswire"),
                )),
            ),
            (
                Some("/C O R R E C T I O N -- Acme Corp./"),
                "In the news release, Acme Buys Bolt, issued 16-Jan-2024 by Acme Corp. over PR Newswire, we are advised by the company that the third paragraph should read \"May 1, 2023\"",
                Some((
                    Kind::Correction,
                    Some("Acme Buys Bolt"),
                    Some("2024-01-16"),
                    Some("PR Newswire"),
                )),
            ),
            (
                Some("/CORRECTION - Acme inc./"),
                "In the news release, Acme Buys Bolt, issued earlier today by Acme inc. over CNW, we are advised by the company",
                Some((
                    Kind::Correction,
                    Some("Acme Buys Bolt"),
                    Some("2026-03-04"),
                    Some("CNW"),
                )),
            ),
            (
                Some("CORRECTING and REPLACING -- Acme Buys Bolt"),
                "NEW YORK, March 4, 2026 (GLOBE NEWSWIRE) -- In a release issued under the same headline earlier today by Acme (Nasdaq: ACM), please note that a table was wrong.",
                Some((Kind::Replacement, Some("Acme Buys Bolt"), Some("2026-03-04"), None)),
            ),
            (
                Some("CORRECTION - Acme Buys Bolt"),
                "This release corrects and replaces the release disseminated at 9:00 a.m. ET on March 3, 2026 titled “Acme Sells Bolt” via GlobeNewswire.",
                Some((
                    Kind::Correction,
                    Some("Acme Sells Bolt"),
                    Some("2026-03-03"),
                    Some("GlobeNewswire"),
                )),
            ),
            (
                Some("CORRECTION ET MISE À JOUR - Acme"),
                "Ce communiqué corrige et remplace le communiqué de presse intitulé « Acme achète Bolt » diffusé le 26 mai 2020 à 9:00 AM HAE par GlobeNewswire.",
                Some((
                    Kind::Correction,
                    Some("Acme achète Bolt"),
                    Some("2020-05-26"),
                    Some("GlobeNewswire"),
                )),
            ),
            (
                Some("CORRECTING and REPLACING Acme Buys Bolt"),
                "ACME--(BUSINESS WIRE)--Please replace the release dated May 8, 2024 with the following corrected version due to multiple revisions.",
                Some((Kind::Replacement, None, Some("2024-05-08"), None)),
            ),
            (
                Some("CORRECTING and REPLACING Acme Buys Bolt"),
                "ACME--(BUSINESS WIRE)--The headline of release should read: Acme Buys Bolt (instead of Acme Buys Bold).",
                Some((Kind::Replacement, Some("Acme Buys Bold"), None, None)),
            ),
            (
                Some("Acme Buys Bolt"),
                "BOSTON--(BUSINESS WIRE)--Please replace the release with the following corrected version due to multiple revisions. On May 8, 2024 Acme said",
                Some((Kind::Replacement, None, None, None)),
            ),
            (
                Some("Korrektur der Veröffentlichung vom 07.05.2024, 10:00 Uhr MEZ - Titel"),
                "",
                Some((Kind::Replacement, None, Some("2024-05-07"), None)),
            ),
            (
                Some("Berichtigung: Acme kauft Bolt"),
                "Diese Meldung ersetzt die Pressemitteilung vom 3. März 2026 mit dem Titel „Acme kauft Bolz“.",
                Some((Kind::Correction, Some("Acme kauft Bolz"), Some("2026-03-03"), None)),
            ),
            (
                Some("Acme Buys Bolt"),
                "Editor's note: This release corrects the price in the second paragraph.\n\nBOSTON -- Acme said today that it buys Bolt.",
                Some((Kind::Correction, None, None, None)),
            ),
            (
                Some("Acme Buys Bolt"),
                "(EDITOR’S NOTE – The following release corrects and replaces the one issued on March 3, 2026.)\n\nBOSTON -- Acme said",
                Some((Kind::Replacement, None, Some("2026-03-03"), None)),
            ),
            (
                Some("Acme Buys Bolt"),
                "Editor's note: pictures of the release are to be had from us. Bolt corrects its course.",
                None,
            ),
            (
                Some("CORRECCIÓN: Acme compra Bolt"),
                "Este comunicado corrige y reemplaza el comunicado de prensa emitido el 3 de marzo de 2026 a través de Business Wire.",
                Some((Kind::Correction, None, Some("2026-03-03"), Some("Business Wire"))),
            ),
            (
                Some("Correction: Acme Oyj: Share buyback"),
                "This is a correction of the announcement from 09:00 on 3 March 2026 CET. Reason for the correction: a wrong table.",
                Some((Kind::Correction, None, Some("2026-03-03"), None)),
            ),
            (
                Some("【訂正】アクメ、工場を開設"),
                "2026年3月3日に公表いたしました「アクメ、工場を解説」に誤りがありました。",
                Some((Kind::Correction, Some("アクメ、工場を解説"), Some("2026-03-03"), None)),
            ),
            (
                Some("更正：阿克梅收购博尔特"),
                "公司于2026年3月3日发布的新闻稿《阿克梅收购博特》部分内容有误，现更正如下。",
                Some((Kind::Correction, Some("阿克梅收购博特"), Some("2026-03-03"), None)),
            ),
            (
                Some("MEDIA ADVISORY: Acme Opens Plant"),
                "This release replaces the release issued March 3, 2026.",
                Some((Kind::Advisory, None, None, None)),
            ),
            (
                Some("/CORRECTION - Acme inc./"),
                "Dans le communiqué, Acme achète Bolt, diffusé le 3 mars 2026 par Acme inc. sur CNW, nous avons été avisés par la société que le 2 avril 2026 devrait se lire",
                Some((
                    Kind::Correction,
                    Some("Acme achète Bolt"),
                    Some("2026-03-03"),
                    Some("CNW"),
                )),
            ),
            (
                Some("Replacement: Half-year Report"),
                "The following amendment has been made to the 'Half-year Reports' announcement released on 3 March 2026 at 07:00 under RNS No 1234X.",
                Some((Kind::Replacement, Some("Half-year Reports"), Some("2026-03-03"), None)),
            ),
            (
                Some("KILL: Acme Buys Bolt"),
                "Please disregard the release titled \"Acme Buys Bolt\" issued March 3, 2026 over Business Wire.",
                Some((
                    Kind::Retraction,
                    Some("Acme Buys Bolt"),
                    Some("2026-03-03"),
                    Some("Business Wire"),
                )),
            ),
            (
                Some("Acme kauft Bolt"),
                "Bitte die Meldung vom 3. März 2026 mit dem Titel „Acme kauft Bolt“ nicht mehr verwenden.",
                Some((Kind::Retraction, Some("Acme kauft Bolt"), Some("2026-03-03"), None)),
            ),
            (
                Some("Acme Buys Bolt"),
                "This press release corrects and replaces the one issued earlier today.",
                Some((Kind::Replacement, None, Some("2026-03-04"), None)),
            ),
            (
                Some("Acme Buys Bolt"),
                "This announcement replaces the announcement made at 7:00 a.m. on March 3, 2026.",
                Some((Kind::Replacement, None, Some("2026-03-03"), None)),
            ),
            (
                Some("Acme Buys Bolt"),
                "This release is being reissued to correct the price.",
                Some((Kind::Replacement, None, None, None)),
            ),
            (
                Some("Acme Buys Bolt"),
                "A previous version of this release, issued March 3, 2026, contained an error.",
                Some((Kind::Correction, None, Some("2026-03-03"), None)),
            ),
            (
                Some("Acme Buys Bolt"),
                "The press release issued on March 3, 2026 under the title \"Acme Buys Bold\" contained an error.",
                Some((Kind::Correction, Some("Acme Buys Bold"), Some("2026-03-03"), None)),
            ),
            (
                Some("Acme Buys Bolt"),
                "Acme is correcting its press release issued on March 3, 2026.",
                Some((Kind::Correction, None, Some("2026-03-03"), None)),
            ),
            // Ordinary sentences that sound like notices.
            (
                Some("Acme Buys Bolt"),
                "This process replaces the release of methane with its capture.",
                None,
            ),
            (Some("Acme Buys Bolt"), "This app replaces the press release.", None),
            (Some("Acme Buys Bolt"), "This bill amends the announcement rules.", None),
            (
                Some("Acme Buys Bolt"),
                "Please replace the release of carbon with the capture of it.",
                None,
            ),
            (
                Some("Acme Buys Bolt"),
                "Please ignore the story that money cannot buy happiness.",
                None,
            ),
            (
                Some("Acme Buys Bolt"),
                "In a news release issued March 3, 2026, Acme announced its error-detection software.",
                None,
            ),
            (
                Some("Acme Buys Bolt"),
                "In its news release issued today, Acme corrected course, and it advised investors to sell.",
                None,
            ),
            (
                Some("Acme Buys Bolt"),
                "In the news release, issued today, Acme said it was happy.",
                None,
            ),
            (
                Some("Acme Buys Bolt"),
                "In the press release, Acme Buys Bolt, issued on March 3, 2026, Acme said it was happy.",
                None,
            ),
            (
                Some("Acme Buys Bolt"),
                "The new agent replaces the release agent of March 3, 2026.",
                None,
            ),
            (
                Some("Acme Buys Bolt"),
                "Further to its news release dated March 3, 2026, Acme closed the purchase.",
                None,
            ),
            (
                Some("Acme Buys Bolt"),
                "Acme withdraws the guidance issued on March 3, 2026.",
                None,
            ),
            (None, "", None),
        ] {
            let got = revision(headline, opening, published);
            let date = got.as_ref().and_then(|r| r.target_date).map(|date| date.to_string());
            let got: Want<'_> = got.as_ref().map(|r| {
                (
                    r.kind,
                    r.target_headline.as_deref(),
                    date.as_deref(),
                    r.target_wire.as_deref(),
                )
            });
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

//! Datelines of notices that a wire heads with lines of its own: its desk and the issuer, the hour of publication, the law.
//!
//! The wire signs in that head and not in the dateline, which stands below it as an unsigned one; where there is none, the line with the
//! hour is all that says when, and the law below it belongs to it.

use super::super::day;
use super::unsigned::{announced, line_starts};
use super::{Parts, UNSIGNED_PARAGRAPHS, leading_blanks};
use crate::article::Confidence;
use crate::wire::{Form, WIRES, Wire};

/// Lines that the head of a notice can have, its headline included.
const LONGEST_HEAD: usize = 12;

/// Words of the lines by which the law has a wire disclaim what it carries.
const LEGAL: &[&str] = &[
    "solely responsible",
    "Herausgeber verantwortlich",
    "Emittent verantwortlich",
];

/// Reads the dateline under the head of a notice: `EQS-Ad-hoc: Acme AG / Schlagwort(e): Prognose`.
pub(super) fn notice(head: &str) -> Option<Parts> {
    let lines: Vec<(usize, &str)> = line_starts(head)
        .take(LONGEST_HEAD)
        .map(|start| (start, head[start..].lines().next().unwrap_or_default().trim_end()))
        .collect();
    let wire = lines
        .iter()
        .enumerate()
        .find_map(|(at, (_, line))| signature(line, at == 0))?;
    let is_stamp = |line: &str| day::at_start(line).is_some_and(|(_, length)| length == line.len());
    let is_head = |line: &str| {
        signature(line, true).is_some() || is_stamp(line) || LEGAL.iter().any(|words| line.contains(words))
    };
    let last = lines.iter().rfind(|(_, line)| is_head(line));
    let body = last.map_or(0, |(start, line)| start + line.len());
    let below = line_starts(&head[body..])
        .take(UNSIGNED_PARAGRAPHS)
        .find_map(|start| announced(head, body + start));
    if let Some(parts) = below {
        let whole = parts.date.is_some() && !parts.places.is_empty();
        return Some(Parts {
            wire: Some(wire),
            confidence: if whole { Confidence::High } else { Confidence::Medium },
            ..parts
        });
    }
    // The words of the law right below the hour are no news either.
    let stamp = lines.iter().position(|(_, line)| is_stamp(line))?;
    let (start, line) = lines.get(stamp)?;
    let law = lines.iter().skip(stamp).take_while(|(_, line)| is_head(line)).last();
    let end = law.map_or(start + line.len(), |(start, line)| start + line.len());
    Some(Parts {
        start: *start,
        end: end + leading_blanks(&head[end..]),
        places: Vec::new(),
        date: day::at_start(line).map(|(date, _)| date),
        wire: Some(wire),
        via: Vec::new(),
        confidence: Confidence::Medium,
    })
}

/// The wire that signs in this line of a head: before the colon of the line that opens the notice, or in the words of the law.
fn signature(line: &str, opens: bool) -> Option<&'static Wire> {
    WIRES.iter().find(|wire| {
        let mut tokens = wire.marks.iter().filter(|mark| mark.form == Form::Heading);
        tokens.any(|mark| match mark.token.ends_with('-') {
            true => opens && line.strip_prefix(mark.token).is_some_and(is_desk),
            false => line.contains(mark.token),
        })
    })
}

/// `News: Acme AG`, `Ad-hoc: Acme AG`: a word or two with a hyphen, and a colon.
fn is_desk(rest: &str) -> bool {
    const LONGEST_DESK: usize = 20;
    rest.split_once(':').is_some_and(|(desk, _)| {
        (2..=LONGEST_DESK).contains(&desk.len()) && desk.chars().all(|c| c.is_alphabetic() || c == '-')
    })
}

#[cfg(test)]
mod tests {
    use super::super::dateline;

    const STAMP: &str = "24.11.2026 / 10:00 CET/CEST";
    const LAW: &str = "Veröffentlichung einer Insiderinformation nach Artikel 17 der Verordnung (EU) Nr. 596/2014, übermittelt durch \
        EQS Group.\nFür den Inhalt der Mitteilung ist der Emittent / Herausgeber verantwortlich.";

    #[test]
    fn a_notice_is_signed_in_its_head_and_dated_below_it() {
        for (text, raw, place, news) in [
            (
                format!(
                    "EQS-Ad-hoc: Acme AG / Schlagwort(e): Prognose\nAcme hebt die Prognose an\n\n{STAMP}\n{LAW}\n\n\
                     Bremen, 24. November 2026 – Die Acme AG"
                ),
                "Bremen, 24. November 2026 –",
                Some("Bremen"),
                "Die Acme AG",
            ),
            (
                format!(
                    "EQS-News: Acme AG / Key word(s): Forecast\n\nAcme raises its forecast\n\n{STAMP}\n\nThe issuer is solely \
                     responsible for the content of this announcement.\n\nAcme raises its forecast\n\nNeuburgheim, November 24, 2026 – Acme AG"
                ),
                "Neuburgheim, November 24, 2026 –",
                Some("Neuburgheim"),
                "Acme AG",
            ),
            (
                format!("Acme AG: Prognose\n\n{LAW}\n\nBremen, den 24. November 2026 – Die Acme AG"),
                "Bremen, den 24. November 2026 –",
                Some("Bremen"),
                "Die Acme AG",
            ),
            (
                format!(
                    "DGAP-News: Acme AG / Key word(s): Forecast\nAcme raises its forecast\n\n{STAMP}\n\nAcme AG today"
                ),
                STAMP,
                None,
                "Acme AG today",
            ),
            (
                format!(
                    "EQS-Ad-hoc: Acme AG / Schlagwort(e): Prognose\nAcme: Prognose\n\n{STAMP}\n{LAW}\n\nDie Acme AG hebt"
                ),
                &format!("{STAMP}\n{LAW}"),
                None,
                "Die Acme AG hebt",
            ),
        ] {
            let found = dateline(&text, None).expect(&text);
            let read = found.dateline;
            let places: Vec<&str> = read.places.iter().map(|place| place.text.as_str()).collect();
            let day = read.date.map(|date| date.to_string());
            assert_eq!(
                (read.raw.as_str(), places, &text[found.span.end..]),
                (raw, place.into_iter().collect(), news),
                "{text}"
            );
            assert_eq!(
                (day.as_deref(), read.wire.as_deref()),
                (Some("2026-11-24"), Some("EQS Group")),
                "{text}"
            );
        }
    }

    #[test]
    fn a_text_that_only_speaks_of_the_wire_is_no_notice_of_it() {
        for text in [
            "Acme reads EQS-News: a study\n\n24.11.2026 / 10:00 CET\n\nAcme today",
            "EQS-News and others are wires: a study\n\n24.11.2026 / 10:00 CET\n\nAcme today",
            "EQS-News: Acme AG\n\nAcme today",
        ] {
            assert_eq!(
                dateline(text, None).and_then(|found| found.dateline.wire),
                None,
                "{text}"
            );
        }
    }
}

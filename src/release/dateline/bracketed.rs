//! Datelines that stand in brackets of their own, as wires print them in Japan: place, date and wire, and the relay behind its sign
//! of equality.

use super::super::day;
use super::super::place::{self, is_blank};
use super::unsigned::line_starts;
use super::{Parts, leading_blanks};
use crate::article::Confidence;
use crate::wire::{self, Form, Wire};

/// Bytes of the longest of them between its brackets.
const LONGEST: usize = 120;

/// Reads `【東京2026年11月20日PR Newswire=共同通信JBN】` or `[東京 2026年3月2日 共同通信PRワイヤー]` at the start of a line.
pub(super) fn bracketed(head: &str) -> Option<Parts> {
    line_starts(head).find_map(|start| read(head, start))
}

fn read(head: &str, start: usize) -> Option<Parts> {
    let rest = head[start..].strip_prefix(['【', '[', '［'])?;
    let inner = rest[..rest.floor_char_boundary(LONGEST)]
        .split_once(['】', ']', '］'])
        .map(|(inner, _)| inner)?;
    let (at, date, length) = inner.char_indices().find_map(|(at, _)| {
        let (date, length) = day::at_start(&inner[at..])?;
        Some((at, date, length))
    })?;
    let mut names = inner[at + length..].split(['=', '＝']).map(named);
    let wire = names.next()??;
    let via = names.flatten().map(|relay| relay.name.to_owned()).collect();
    let before = inner[..at].trim_end_matches(['、', '，', ',', '=', '＝', ' ']);
    let found = place::at_end(before).filter(|found| is_blank(&before[..found.start]))?;
    let close = head.len() - rest.len() + inner.len();
    let end = close + head[close..].chars().next().map_or(0, char::len_utf8);
    Some(Parts {
        start,
        end: end + leading_blanks(&head[end..]),
        places: found.places,
        date: Some(date),
        wire: Some(wire),
        via,
        confidence: Confidence::High,
    })
}

/// The wire of a name that is a mark or another spelling of one.
fn named(name: &str) -> Option<&'static Wire> {
    let name = name.trim_matches([' ', '、', '，', '\u{3000}']);
    let token = wire::by_token(name).filter(|(_, mark)| mark.form != Form::Heading);
    token.map(|(wire, _)| wire).or_else(|| wire::by_loose_name(name))
}

#[cfg(test)]
mod tests {
    use super::super::dateline;

    #[test]
    fn a_dateline_in_brackets_of_its_own_names_place_date_wire_and_relay() {
        for (text, place, city, date, wire, via) in [
            (
                "【東京2026年11月20日PR Newswire=共同通信JBN】アクメは本日",
                "東京",
                Some("Tokyo"),
                "2026-11-20",
                "PR Newswire",
                &["Kyodo JBN"][..],
            ),
            (
                "アクメ、新工場を開設\n\n【ロンドン2026年11月20日PRNewswire＝共同通信JBN】アクメは本日",
                "ロンドン",
                Some("London"),
                "2026-11-20",
                "PR Newswire",
                &["Kyodo JBN"],
            ),
            (
                "【ハンブルク、2026年11月20日 ビジネスワイヤ】アクメは本日",
                "ハンブルク",
                None,
                "2026-11-20",
                "Business Wire",
                &[],
            ),
            (
                "[東京 2026年3月2日 共同通信PRワイヤー] アクメは本日",
                "東京",
                Some("Tokyo"),
                "2026-03-02",
                "Kyodo PR Wire",
                &[],
            ),
            (
                "[TOKYO, March 2, 2026 Kyodo PR Wire] アクメは本日",
                "TOKYO",
                Some("Tokyo"),
                "2026-03-02",
                "Kyodo PR Wire",
                &[],
            ),
        ] {
            let found = dateline(text, None).expect(text);
            let (read, news) = (found.dateline, &text[found.span.end..]);
            let places: Vec<&str> = read.places.iter().map(|place| place.text.as_str()).collect();
            let day = read.date.map(|date| date.to_string());
            assert_eq!(
                (places, day.as_deref(), read.wire.as_deref(), read.via.as_slice(), news),
                (
                    vec![place],
                    Some(date),
                    Some(wire),
                    via.iter()
                        .map(|relay| (*relay).to_owned())
                        .collect::<Vec<_>>()
                        .as_slice(),
                    "アクメは本日"
                ),
                "{text}"
            );
            if let Some(city) = city {
                assert_eq!(read.places[0].city.as_deref(), Some(city), "{text}");
            }
        }
        for text in [
            "【2026年11月20日 新製品のお知らせ】アクメは本日",
            "【東京2026年11月20日開催】アクメは本日",
            "[March 2, 2026](https://example.org/a) アクメ",
        ] {
            assert_eq!(dateline(text, None).map(|found| found.dateline.raw), None, "{text}");
        }
    }
}

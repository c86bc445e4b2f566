//! Date texts as wires, blogs and the public suites write them, with the one instant that each names, or none.

use chrono::SecondsFormat;
use proptest::prelude::*;

use super::*;
use crate::article::Assumed;

fn instant(text: &str) -> Option<String> {
    let instant = stamp(text, Tz::UTC).instant?;
    Some(instant.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Each names the instant, and nothing is assumed.
fn all_named(cases: &[(&str, &str)]) {
    for (text, want) in cases {
        assert_eq!(instant(text).as_deref(), Some(*want), "{text}");
        assert_eq!(stamp(text, Tz::Asia__Tokyo).assumed, [], "{text}");
    }
}

/// Each names the local time, whose zone is assumed.
fn all_local(cases: &[(&str, &str)]) {
    for (text, want) in cases {
        assert_eq!(instant(text).as_deref(), Some(*want), "{text}");
        assert_eq!(stamp(text, Tz::UTC).assumed, [Assumed::Zone], "{text}");
    }
}

const WIRES: &[(&str, &str)] = &[
    ("Mon, 5 Oct 2026 18:28:00 +0000", "2026-10-05T18:28:00Z"),
    ("Mon, 05 Oct 2026 18:15 GMT", "2026-10-05T18:15:00Z"),
    ("Mon, 5 Oct 2026 16:01:00 UT", "2026-10-05T16:01:00Z"),
    ("20200828T204500+0000", "2020-08-28T20:45:00Z"),
    ("2026-09-10T11:00:09+00:00", "2026-09-10T11:00:09Z"),
    ("2026-07-16T11:39:40-04:00", "2026-07-16T15:39:40Z"),
    ("March 07, 2019 02:38 PM Eastern Standard Time", "2019-03-07T19:38:00Z"),
    (
        "October 05, 2026 04:01 PM Eastern Daylight Time",
        "2026-10-05T20:01:00Z",
    ),
    ("Friday Apr 11, 2025 @ 7:00 AM Europe/Zurich", "2025-04-11T05:00:00Z"),
    ("Fri, 7 Aug 2026 10:00:00 EDT", "2026-08-07T14:00:00Z"),
    ("26 mai 2020 à 9:00 AM HAE", "2020-05-26T13:00:00Z"),
];

#[test]
fn date_texts_of_the_wires() {
    all_named(WIRES);
}

const BENT: &[(&str, &str)] = &[
    ("Tuesday, 05 Oct 2026 18:15:00 GMT", "2026-10-05T18:15:00Z"),
    ("5 Oct 2026 18:15:00 +02:00", "2026-10-05T16:15:00Z"),
    ("Fri,24 Nov 2023 18:28:36 -0000", "2023-11-24T18:28:36Z"),
    ("Thu, 01 Jan 04 19:48:21 GMT", "2004-01-01T19:48:21Z"),
    ("Thu, 01 Jan 104 19:48:21 GMT", "2004-01-01T19:48:21Z"),
    ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"),
    ("05-Oct-2026 18:15 +0200", "2026-10-05T16:15:00Z"),
    ("05/Oct/2026:18:15:00 +0200", "2026-10-05T16:15:00Z"),
    ("Oct-05-2026 18:15 Z", "2026-10-05T18:15:00Z"),
    ("Mon, 16th Nov 2020 13:16:28 GMT", "2020-11-16T13:16:28Z"),
    ("2018-10-23 04:07:42 +00:00", "2018-10-23T04:07:42Z"),
    ("2004-07-08 23:56:58 -00:20", "2004-07-09T00:16:58Z"),
    ("2018-12-12T12:12Z", "2018-12-12T12:12:00Z"),
    ("2018-12-12t12:12:9z", "2018-12-12T12:12:09Z"),
    ("2018-12-12T12Z", "2018-12-12T12:00:00Z"),
    ("2003-12-31T10:14:55.1234Z", "2003-12-31T10:14:55Z"),
    ("2003-12-31T10:14:55,123456789+01:00", "2003-12-31T09:14:55Z"),
    ("2020-11-08T16:20:00-05:00Z", "2020-11-08T21:20:00Z"),
    ("2026-08-07 10:00:00 -0400 EST", "2026-08-07T14:00:00Z"),
    ("2026/08/07 10:00:00 UTC", "2026-08-07T10:00:00Z"),
    ("Fri, 2006/09/15 08:19:53 EDT", "2006-09-15T12:19:53Z"),
    ("20-04-10T09:00:00+02:00", "2020-04-10T07:00:00Z"),
    ("20261005181500Z", "2026-10-05T18:15:00Z"),
    ("2026-W41-1T18:15Z", "2026-10-05T18:15:00Z"),
    ("2026-278T18:15Z", "2026-10-05T18:15:00Z"),
    ("Sun, 17 Dec 2017 1:55 PM EST", "2017-12-17T18:55:00Z"),
    ("Sun, 17 Dec 2017 12:05 am EST", "2017-12-17T05:05:00Z"),
    ("Sun, 17 Dec 2017 4pm E.S.T.", "2017-12-17T21:00:00Z"),
    ("Sun, 17 Dec 2017 14:05 PM GMT", "2017-12-17T14:05:00Z"),
    ("Thu, June 22, 2023 at 01:11 PM EDT", "2023-06-22T17:11:00Z"),
    ("09/15/2014 4:20 pm PST", "2014-09-16T00:20:00Z"),
    ("Sat, 11 04 2020 08:51:49 +0100", "2020-04-11T07:51:49Z"),
    ("Sat, 04/11/2020 08:51 GMT", "2020-04-11T08:51:00Z"),
    ("04/04/2020 08:51 GMT", "2020-04-04T08:51:00Z"),
    (
        "Thu Nov 12 2020 17:00:00 GMT+0000 (Coordinated Universal Time)",
        "2020-11-12T17:00:00Z",
    ),
    ("12 Nov 2020 17:00:00 (EST)", "2020-11-12T22:00:00Z"),
    ("Sun Jul 15 01:16:00 +0000 2012", "2012-07-15T01:16:00Z"),
    ("Sun Jul 15 01:16:00 EDT 2012", "2012-07-15T05:16:00Z"),
    ("Mon, 5 Oct 2026 24:00:00 GMT", "2026-10-06T00:00:00Z"),
    ("Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z"),
    ("\u{200f}٢٠٢٦-١٠-٠٥T١٨:١٥:٠٠Z", "2026-10-05T18:15:00Z"),
    ("２０２６／１０／０５　１８：１５ ＋０９００", "2026-10-05T09:15:00Z"),
    ("5 Oct 2026, 9:00\u{202f}AM GMT", "2026-10-05T09:00:00Z"),
    ("\"Mon, 05 Oct 2026 18:15:00 GMT\"", "2026-10-05T18:15:00Z"),
    ("1520932969", "2018-03-13T09:22:49Z"),
    ("1520932969.25", "2018-03-13T09:22:49Z"),
    ("1520932969123", "2018-03-13T09:22:49Z"),
    ("999999999", "2001-09-09T01:46:39Z"),
];

#[test]
fn date_texts_that_bend_the_rules_but_name_one_instant() {
    all_named(BENT);
}

const LANGUAGES: &[(&str, &str)] = &[
    ("Di, 23 Jan 2018 00:00:00 +0100", "2018-01-22T23:00:00Z"),
    ("Do, 29 Mär 2018 00:00:00 +0200", "2018-03-28T22:00:00Z"),
    ("Montag, 5. Oktober 2026, 18.15 Uhr MESZ", "2026-10-05T16:15:00Z"),
    ("5. Dezember 2026 um 18 Uhr 30 MEZ", "2026-12-05T17:30:00Z"),
    ("mar., 01 déc. 2020 16:11:02 +0000", "2020-12-01T16:11:02Z"),
    ("mar. 3 mar. 2020 16:11 GMT", "2020-03-03T16:11:00Z"),
    ("mer, 9 avr 2018 00:00:00 +0200", "2018-04-08T22:00:00Z"),
    ("lundi 1er fevrier 2027 à 9h05 CET", "2027-02-01T08:05:00Z"),
    ("Vie, 6 de noviembre de 2026, 4:20 p. m. GMT", "2026-11-06T16:20:00Z"),
    ("miércoles, 07 octubre 2026 10:00:00 +0200", "2026-10-07T08:00:00Z"),
    ("gio, 08 ott 2026 10:00:00 +0200", "2026-10-08T08:00:00Z"),
    ("Qui, 08 Out 2026 10:00:00 -0300", "2026-10-08T13:00:00Z"),
    ("segunda-feira, 5 de outubro de 2026 10h30 GMT", "2026-10-05T10:30:00Z"),
    ("vr, 09 mrt 2018 10:00:00 +0100", "2018-03-09T09:00:00Z"),
    ("maandag 5 oktober 2026 10:00 uur CEST", "2026-10-05T08:00:00Z"),
    ("lør, 10 okt 2026 10:00:00 +0200", "2026-10-10T08:00:00Z"),
    ("lördag den 2 maj 2026 kl. 10.15 CEST", "2026-05-02T08:15:00Z"),
    ("ma, 05 loka 2026 10:00:00 +0300", "2026-10-05T07:00:00Z"),
    ("5. marraskuuta 2026 klo 10.15 EET", "2026-11-05T08:15:00Z"),
    ("pon., 05 paź 2026 10:00:00 +0200", "2026-10-05T08:00:00Z"),
    ("5 pazdziernika 2026 10:00 CEST", "2026-10-05T08:00:00Z"),
    ("st, 7. října 2026 10:00 +0200", "2026-10-07T08:00:00Z"),
    ("5. července 2026 10:00 GMT", "2026-07-05T10:00:00Z"),
    ("2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z"),
    ("2026. október 5., hétfő 10:00 CEST", "2026-10-05T08:00:00Z"),
    ("lun, 05 oct. 2026 10:00:00 +0300", "2026-10-05T07:00:00Z"),
    ("5 noiembrie 2026 10:00 EET", "2026-11-05T08:00:00Z"),
    ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z"),
    ("5 Οκτωβρίου 2026 4:20 μ.μ. EEST", "2026-10-05T13:20:00Z"),
    ("Пн, 05 окт 2026 10:00:00 +0300", "2026-10-05T07:00:00Z"),
    ("5 мая 2026 г. в 10:00 MSK", "2026-05-05T07:00:00Z"),
    ("Pzt, 05 Eki 2026 10:00:00 +0300", "2026-10-05T07:00:00Z"),
    ("5 KASIM 2026 10:00 TRT", "2026-11-05T07:00:00Z"),
    ("2026年10月5日 14時33分 日本標準時", "2026-10-05T05:33:00Z"),
    ("2026年10月5日(月) 14時33分 JST", "2026-10-05T05:33:00Z"),
    ("2026年10月5日 月曜日 午後2時33分5秒 +0900", "2026-10-05T05:33:05Z"),
    ("2026年10月5日 星期一 下午2:33 +0800", "2026-10-05T06:33:00Z"),
];

#[test]
fn date_texts_in_twenty_languages() {
    all_named(LANGUAGES);
}

#[test]
fn korean_is_read_in_the_one_zone_where_it_is_written() {
    for (text, want) in [
        ("2004-05-25 오후 11:23:17", "2004-05-25T14:23:17Z"),
        ("2004년 05월 28일  01:31:15", "2004-05-27T16:31:15Z"),
        ("2020년 1월 10일 금요일 오전 0시 33분", "2020-01-09T15:33:00Z"),
        ("2020년 1월 10일 PM 2:33", "2020-01-10T05:33:00Z"),
    ] {
        assert_eq!(instant(text).as_deref(), Some(want), "{text}");
        assert_eq!(stamp(text, Tz::UTC).assumed, [Assumed::Zone], "{text}");
    }
}

const LOCAL: &[(&str, &str)] = &[
    ("2026-03-02 09:00:00", "2026-03-02T09:00:00Z"),
    ("2018-12-12T12:12", "2018-12-12T12:12:00Z"),
    ("2019-04-04T13:55:04.973", "2019-04-04T13:55:04Z"),
    ("Mon, 09 Apr 2018, 16:04", "2018-04-09T16:04:00Z"),
    ("Sun Jan  4 16:29:06 2004", "2004-01-04T16:29:06Z"),
    ("2020/1/10 14:33:00", "2020-01-10T14:33:00Z"),
    ("24.12.2020 18:15", "2020-12-24T18:15:00Z"),
    ("24. 12. 2020 18.15", "2020-12-24T18:15:00Z"),
    ("10/30/23 21:55:58", "2023-10-30T21:55:58Z"),
    ("31/12/99 21:55", "1999-12-31T21:55:00Z"),
    ("Mon, 26/06/23 16.07.09", "2023-06-26T16:07:09Z"),
    ("Mon, 03/30/2020 - 19:19", "2020-03-30T19:19:00Z"),
    ("Friday, December 22, 2017 - 3:09pm", "2017-12-22T15:09:00Z"),
    ("Nov. 16, 2020, 10:57 a.m.", "2020-11-16T10:57:00Z"),
    ("March 30 2020 07:02:38 PM", "2020-03-30T19:02:38Z"),
    ("Lundi, 16. Novembre 2020 - 15:54", "2020-11-16T15:54:00Z"),
    ("202011301234", "2020-11-30T12:34:00Z"),
    ("Thu, 30 Apr 2015 08:57:00 IST", "2015-04-30T08:57:00Z"),
    ("Thu, 30 Apr 2015 08:57:00 XYZ", "2015-04-30T08:57:00Z"),
];

#[test]
fn a_time_without_a_zone_that_we_know_is_read_in_the_source_s() {
    all_local(LOCAL);
    for (text, zone, want) in [
        (
            "2026-07-02 09:00:00",
            Tz::Europe__Copenhagen,
            "2026-07-02T07:00:00+00:00",
        ),
        (
            "2026-12-02 09:00:00",
            Tz::Europe__Copenhagen,
            "2026-12-02T08:00:00+00:00",
        ),
        ("2026-07-02", Tz::Asia__Tokyo, "2026-07-01T15:00:00+00:00"),
        // Repeated and skipped by summer time.
        ("2021-11-07 01:30", Tz::America__New_York, "2021-11-07T05:30:00+00:00"),
        ("2021-03-14 02:30", Tz::America__New_York, "2021-03-14T07:30:00+00:00"),
    ] {
        let instant = stamp(text, zone).instant.map(|at| at.to_rfc3339());
        assert_eq!(instant.as_deref(), Some(want), "{text} {zone}");
    }
}

#[test]
fn a_date_without_a_time_begins_its_day_and_says_so() {
    use Assumed::{Day, Month, Time, Zone};
    for (text, want, assumed) in [
        ("2003-12-31", "2003-12-31", &[Time, Zone][..]),
        ("2003-12-31Z", "2003-12-31", &[Time]),
        ("26 Sep 2022 GMT", "2022-09-26", &[Time]),
        ("Thu, 01 Jan 2004", "2004-01-01", &[Time, Zone]),
        ("Friday 06 November 2020", "2020-11-06", &[Time, Zone]),
        ("5 August, 2019", "2019-08-05", &[Time, Zone]),
        ("Fri, 26/06/2020", "2020-06-26", &[Time, Zone]),
        ("24.12.2020", "2020-12-24", &[Time, Zone]),
        ("30.10.23", "2023-10-30", &[Time, Zone]),
        ("20261005", "2026-10-05", &[Time, Zone]),
        ("2026-278", "2026-10-05", &[Time, Zone]),
        ("2026278", "2026-10-05", &[Time, Zone]),
        ("2026-W41-1", "2026-10-05", &[Time, Zone]),
        ("2026W41", "2026-10-05", &[Time, Zone]),
        ("031231", "2003-12-31", &[Time, Zone]),
        ("03-12-31", "2003-12-31", &[Time, Zone]),
        ("2026年10月5日", "2026-10-05", &[Time, Zone]),
        ("2026. 10. 5.", "2026-10-05", &[Time, Zone]),
        ("2026-10", "2026-10-01", &[Day, Zone]),
        ("10/2026", "2026-10-01", &[Day, Zone]),
        ("Nov. 2020", "2020-11-01", &[Day, Zone]),
        ("2026年10月", "2026-10-01", &[Day, Zone]),
        ("-0312", "2003-12-01", &[Day, Zone]),
        ("-03-12", "2003-12-01", &[Day, Zone]),
        ("2026", "2026-01-01", &[Month, Zone]),
    ] {
        assert_eq!(instant(text), Some(format!("{want}T00:00:00Z")), "{text}");
        assert_eq!(stamp(text, Tz::UTC).assumed, assumed, "{text}");
    }
}

#[test]
fn zones_by_any_name() {
    for (zone, want) in [
        ("Z", "12:00"),
        ("GMT", "12:00"),
        ("Etc/GMT", "12:00"),
        ("+0200", "10:00"),
        ("+02:00", "10:00"),
        ("+2", "10:00"),
        ("+530", "06:30"),
        ("GMT-07:00", "19:00"),
        ("UTC+2", "10:00"),
        ("UTC +02:00", "10:00"),
        ("-13:00", "01:00"),
        ("EDT", "16:00"),
        ("ET", "16:00"),
        ("CT", "17:00"),
        ("MT", "18:00"),
        ("PT", "19:00"),
        ("AT", "15:00"),
        ("Eastern Time", "16:00"),
        ("Pacific Standard Time", "20:00"),
        ("US/Pacific", "19:00"),
        ("america/argentina/buenos_aires", "15:00"),
        ("EST5EDT", "16:00"),
        ("CEST", "10:00"),
        ("MET", "11:00"),
        ("Central European Summer Time", "10:00"),
        ("India Standard Time", "06:30"),
        ("SGT", "04:00"),
        ("JST", "03:00"),
        ("AEST", "02:00"),
        ("ACST", "02:30"),
        // RFC 2822, section 4.3.
        ("A", "12:00"),
        ("T", "12:00"),
    ] {
        let text = format!("Thu, 30 Jul 2026 12:00 {zone}");
        let got = instant(&text).map(|at| at[11..16].to_owned());
        assert_eq!(got.as_deref(), Some(want), "{text}");
        assert_eq!(stamp(&text, Tz::Asia__Tokyo).assumed, [], "{text}");
    }
}

#[test]
fn texts_that_name_no_instant_without_a_guess() {
    for text in [
        "",
        "  ",
        "invalid",
        "tomorrow",
        "10:30",
        "March",
        "Monday",
        "5 Oct",
        "5 October 10:00 GMT",
        "03/04/2026",
        "26/06/20",
        "23. 1. 13. 10:00",
        "03-04-2026 10:00 GMT",
        "Tue, 03/04/2026",
        "200312",
        "03335",
        "22013",
        "013",
        "99",
        "12345678901",
        "Sun, 7 Nov 2021 01:30:00 ET",
        "Sun, 30 Feb 2020 10:00:00 GMT",
        "Sun, 16 zzz 2012 11:47:32 GMT",
        "Sun, Dec x 2012 11:47:32 GMT",
        "Sun, 16 Dec zz 11:47:32 GMT",
        "Sun, 99 Jun 2009 12:00:00 GMT",
        "Sun, 16 Dec 2012 1:2:3:4 GMT",
        "Sun, 16 Dec 2012 25:61:61 GMT",
        "Sun, 16 Dec 2012 13:00 AM GMT",
        "Sun, 16 Dec 2012 11:47:32 +zz:00",
        "Sun, 16 Dec 2012 11:47:32 +00:zz",
        "Sun, 16 Dec 2012 11:47:32 +99:99",
        "Sun, 16 Dec 2012 2013 11:47:32 GMT",
        "Dec 2012 11:47:32 GMT",
        "2012 11:47:32 GMT",
        "2013-01-27-01",
        "2013-xx-27",
        "2013-02-30",
        "2013-01-28T09:xx:00Z",
        "2013-01-28T09:00:00+00:xx",
        "2013-01-28T11:30:00-06:00Textra",
        "2003-12-31T25:14:55Z",
        "2003-12-31T10:61:55Z",
        "2003-12-31T10:14:61Z",
        "2026-W54-1",
        "2026-366",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-99:99",
        "31 Dec 9999 23:59:59 -1359",
        "10000-01-01T00:00:00Z",
        "262143-12-31T00:00:00Z",
        "0000-00-00T00:00:00Z",
        "-0001-11-30T00:00:00Z",
        "Thu, 01 Jan 0100 00:00:01 +0100",
        "1989-12-31T23:59:59Z",
        "2100-01-01T00:00:00Z",
        "Mon, 5 Oct 2026 18:28:00 +0000 -0400",
        "Mon, 5 Oct 2026 18:28:00 EST PST",
        "Mon, 5 Oct 2026 18:28:00 America/Gotham",
        "Mon, 5 Oct 2026 18:28:00 19:28:00 GMT",
        "2026-10-05 to 2026-10-07",
        "Published on 5 Oct 2026 in Paris",
    ] {
        assert_eq!(instant(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_a_date_element_holds_there_is_no_panic_and_no_wild_year(text in "\\PC{0,200}") {
        check(&text);
    }

    #[test]
    fn a_mutated_date_never_panics_nor_leaves_the_century(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8, any::<prop::sample::Index>()), 1..6),
    ) {
        const SCRAPS: [&str; 14] = ["9", "00", "-", "/", ":", ".", " ", "T", "+99", "年", "오", "(", "mar", "٣"];
        let all: Vec<&str> = [WIRES, BENT, LANGUAGES, LOCAL].concat().into_iter().map(|(text, _)| text).collect();
        let mut chars: Vec<char> = all[which.index(all.len())].chars().collect();
        for (at, kind, scrap) in edits {
            let at = at.index(chars.len() + 1);
            match kind {
                0 if at < chars.len() => drop(chars.remove(at)),
                1 => chars.truncate(at),
                _ => drop(chars.splice(at..at, SCRAPS[scrap.index(SCRAPS.len())].chars())),
            }
        }
        check(&chars.into_iter().collect::<String>());
    }
}

fn check(text: &str) {
    for zone in [Tz::UTC, Tz::America__New_York, Tz::Pacific__Apia] {
        let stamp = stamp(text, zone);
        assert_eq!(stamp.raw, text);
        assert!(stamp.instant.is_none_or(is_plausible), "{text}: {stamp:?}");
        assert!(stamp.instant.is_some() || stamp.assumed.is_empty(), "{text}: {stamp:?}");
    }
}

/// The short cut for the standard forms must not be a second opinion.
#[test]
fn the_standard_forms_mean_the_same_piece_by_piece() {
    for text in [
        "Mon, 5 Oct 2026 18:28:00 +0000",
        "Mon, 05 Oct 2026 18:15 GMT",
        "05 Oct 2026 18:15:00 -0000",
        "Mon, 5 Oct 2026 16:01:00 UT",
        "Fri, 7 Aug 2026 10:00:00 EDT",
        "Fri, 7 Aug 26 10:00:00 A",
        "2026-10-05T18:15:00Z",
        "2026-10-05 18:15:00.999+02:00",
        "2026-10-05t18:15:00z",
    ] {
        let standard = standard(text).expect(text);
        let pieces = pieces(&words::spelled(text)).expect(text);
        let reading = pieces.reading(Tz::Asia__Tokyo).expect(text);
        assert_eq!((standard, reading.assumed), (reading.instant, Vec::new()), "{text}");
    }
    // A weekday that is not that day's, and a leap second, are for the pieces.
    for text in ["Tue, 5 Oct 2026 18:28:00 +0000", "Sat, 31 Dec 2016 23:59:60 GMT"] {
        assert_eq!(standard(text), None, "{text}");
    }
}

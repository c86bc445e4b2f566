//! Until when a release asks to be held back.
//!
//! In: headline and text of a release, and an instant near which it was issued. Out: the first instant at which it may be shown,
//! from a line that speaks of an embargo and names a day.
//!
//! To show too early is the fault that is not forgiven, so what a line leaves open is read as late as it can be, never guessed:
//! an hour without a zone is that hour in the last zone on Earth (UTC−12), a zone with several meanings is the westernmost, a day
//! without an hour begins in the last zone, of two instants the later counts, `05/08/2026` is the later of its two days. A line
//! that names no day binds nobody, for it would bind for ever; it is told all the same, unless it says that there is no embargo
//! (`Embargo: for immediate release`). In a sentence of prose an embargo counts only with its day.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use regex::{Captures, Regex};

use super::day;

/// Bytes in which an embargo line stands: a list of highlights may come first.
const SEARCHED: usize = 2_000;

/// Bytes of a line that belong to the embargo: a feed may put the whole text on one line.
const LONGEST: usize = 160;

/// Until when a release is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embargo<'t> {
    /// The first instant at which it may be shown; none where the line names no day that can be read.
    pub until: Option<DateTime<Utc>>,
    /// The words of the line, where they leave day, hour or zone open; `until` is the latest that they can mean.
    pub left_open: Option<&'t str>,
}

/// Reads the embargo of a release; `near` decides the year of a day printed without one.
#[must_use]
pub fn embargo(text: &str, near: DateTime<Utc>) -> Option<Embargo<'_>> {
    let head = text.get(..text.floor_char_boundary(SEARCHED))?;
    let rests = || {
        let starts = std::iter::once(0).chain(head.match_indices('\n').map(|(at, _)| at + 1));
        starts.filter_map(|at| head.get(at..))
    };
    let ordered: Vec<&str> = rests().filter_map(|rest| terms(rest, near)).collect();
    let read = ordered.iter().find_map(|terms| lapse(terms, near));
    let told = || head.lines().find_map(|line| prose(line, near));
    let unread = || {
        ordered.first().map(|terms| Embargo {
            until: None,
            left_open: Some(terms.trim()),
        })
    };
    read.or_else(told).or_else(unread)
}

/// What an embargo line says after the word for it: an order to the desk, at the beginning of a line. A line of the word alone
/// goes on in the next.
fn terms(text: &str, near: DateTime<Utc>) -> Option<&str> {
    // Words of the line itself may stand before; a sentence about an embargo has others.
    static EMBARGO: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?ix)^[^\w\n]{0,8}
            (?P<label>[^\n:|–—]{1,40}?\s?(?::|\||–|—|--?\s)\s?)??
            (?:(?:strictly|absolutely|under|strict|strikt|streng|press|media|news|release|communiqué|pressemitteilung|medienmitteilung|information|international
                 |transmission|of|material|in|this|is|for|sous|bajo|sob|sotto|met|onder|med|note|please|de|presse|nota|prensa|noticia|comunicado|imprensa
                 |comunicato|stampa|persbericht|pressmeddelande|pressemeddelelse|pressemelding|tiedote|informacja|prasowa|estrictamente|unter|strengt)\b[^\w\n]{1,4}){0,10}
            (?:
              (?P<word>embargo(?:ed|é|ée|és|ado|ada|ados|adas|ata|ato|iert|ierte?|frist|tid|ssa)?|embargado|embargad[ao]s?|embarg(?:o|em|iem)|エンバーゴ|엠바고)\b
                (?P<link>\s*[:：–—-]\s*
                  |\s+(?:(?:strictly\s+)?for\s+(?:release|publication|broadcast)\s+)?(?:(?:date|time|lift|end)s?\b\s*:?\s*)?
                    (?:until|till|til|to|jusqu\W?(?:au|à|le|en)|hasta|até|fino|bis|tot|indtil|inntil|fram\s+til|do|asti|ends?|lifts?|lifted|expires?|läuft|endet|zum|bis\s+zum|vom|t\.?o\.?m|dated?|times?)\b
                  |\s*까지)?
            | (?:not\s+for|no|hold\s+for|hold)\s+(?:release|publication|broadcast|use)?\s*(?:before|until|prior\s+to)\b
            | (?:not\s+to\s+be|do\s+not|don['’]t|must\s+not\s+be|may\s+not\s+be)\s+(?:publish(?:ed)?|releas(?:ed?)|use[d]?|broadcast)\s+(?:before|until|prior\s+to)\b
            | (?:sende)?sperre?frist\b\W{0,3}(?:bis\b|til\b)?
            | gesperrt\s+bis\b
            | nicht\s+(?:zur\s+)?(?:veröffentlich\w*|publi\w*|verwenden)\s+(?:vor|bis)\b
            | ne\s+pas\s+(?:publier|diffuser)\s+avant\b
            | no\s+(?:publicar|difundir)\s+(?:antes|hasta)\b
            | não\s+(?:publicar|divulgar)\s+(?:antes|até)\b
            | non\s+(?:pubblicare|diffondere|divulgare)\s+prima\b
            | niet\s+(?:publiceren|voor\s+publicatie|te\s+publiceren)\s+(?:voor|tot)\b
            | (?:får|må)\s+(?:ej|inte|ikke)\s+(?:publiceras|offentlig\w+|publiseres|udsendes)\s+(?:före|innan|før)\b
            | klausul(?:ert|eret)\s+(?:til|indtil|inntil)\b
            | (?:julkaisuvapaa|ei\s+julkisuuteen\s+ennen)\b
            | nie\s+publikować\s+(?:przed|do)\b
            | (?:情報|報道|公開)?解禁(?:日時?)?\W{0,3}
            | (?:新闻|新聞)?(?:禁发|禁發|封锁|封鎖|保密)(?:期)?(?:至|到)
            | (?:禁止|请勿|請勿)(?:发布|發布|报道|報導|公开|公開)(?:至|到)
            | (?:보도\s?시점|보도\s?일시|보도\s?제한)[^\w\n]{0,4}
            | (?P<behind>[0-9][^\n。]{4,60}?(?:
                  (?:之?前)\W{0,2}(?:禁止|不得|请勿|請勿|勿)\s?(?:对外|對外)?(?:发布|發布|报道|報導|公开|公開|发表|發表)
                | まで\W{0,2}(?:報道|公開|掲載|情報)\w{0,3}(?:禁止|厳禁|解禁不可|お控え)
                | (?:に|以降)?\s?(?:情報|報道)解禁
                | (?:까지\s?(?:엠바고|보도\s?금지)|이후\s?보도)
                | (?:asti|saakka)\s+embargo
              ))
            )",
        )
    });
    static NONE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^.{0,20}(?:\b(?:immediate|immédiate?|inmediata|imediat[ao]|immediata|onmiddellijk\w*|omedelbar|umiddelbar|sofort\w*|none|no embargo|lifted|n/a|aufgehoben|keine?|aucun|ninguno|nessuno|geen|ingen|brak)\b|即[时時日]|즉시|없음|なし)",
        )
    });
    let found = EMBARGO.captures(text)?;
    let start = match found.name("behind") {
        Some(behind) => behind.start(),
        None => found.get(0)?.end(),
    };
    let rest = text.get(start..)?;
    let line = rest.lines().find(|line| line.contains(char::is_alphanumeric))?;
    let end = line.as_ptr() as usize - rest.as_ptr() as usize + line.len();
    let terms = rest.get(..rest.floor_char_boundary(end.min(LONGEST)))?;
    if let Some(word) = found.name("word") {
        // `Oil: embargo until …` speaks of one, `Acme: EMBARGOED UNTIL …` orders one.
        let is_order = !word.as_str().contains(char::is_lowercase) || word.as_str().ends_with("ed");
        if found.name("label").is_some() && !is_order {
            return None;
        }
        // `Embargo 5 May`, `Embargoed Tuesday`, not `Embargo on steel lifted May 8`.
        let bare = terms.trim_start_matches(|c: char| !c.is_alphanumeric());
        let opens =
            bare.starts_with(|c: char| c.is_ascii_digit()) || weekday(bare.split_whitespace().next()?).is_some();
        if found.name("link").is_none() && !opens && date(bare, near).is_none_or(|(_, span)| span.start > 0) {
            return None;
        }
    }
    (!NONE.is_match(terms)).then_some(terms)
}

/// The embargo that a sentence tells: `The study is under embargo until 9 a.m. EST on January 5, 2027.` The embargo of goods has
/// no hour.
fn prose(line: &str, near: DateTime<Utc>) -> Option<Embargo<'_>> {
    static TOLD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?ix)\b(?:
              under\s+(?:(?:a|an|strict|press|media|news)\s+){0,3}embargo\s+(?:until|till)
            | embargoed\s+(?:for\s+(?:release|publication)\s+)?(?:until|till)
            | (?:is|are)\s+(?:strictly\s+)?embargoed\s+(?:until|till|to|for)
            | unter\s+(?:sperrfrist|embargo)\s+bis
            | sous\s+embargo\s+jusqu\W?(?:au|à|en)
            | bajo\s+embargo\s+hasta | embargad[oa]s?\s+(?:hasta|até) | sob\s+embargo\s+até
            | sotto\s+embargo\s+fino | onder\s+embargo\s+tot | under\s+embargo\s+(?:til|indtil|inntil|fram\s+til)
            )\b",
        )
    });
    static GOODS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:oil|crude|gas|steel|arms|weapons?|trade|exports?|imports?|goods|shipments?|sanctions?|tariffs?|countr(?:y|ies)|petróleo|pétrole|armas|armes|öl|waffen)\b",
        )
    });
    // An offer to send something ahead says nothing of this text.
    static OFFER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:can|could|may|might|would)\b"));
    let found = TOLD.find(line)?;
    let before = line.get(..found.start())?;
    let sentence = before.rsplit(['.', '!', '?']).next()?;
    let terms = line.get(found.end()..)?;
    let is_last = terms.len() <= LONGEST;
    let is_first = sentence.len() == before.len();
    let terms = terms.get(..terms.floor_char_boundary(LONGEST))?;
    if !(is_first || is_last) || OFFER.is_match(sentence) || GOODS.is_match(sentence) && hours(terms).is_empty() {
        return None;
    }
    lapse(terms, near)
}

fn lapse(terms: &str, near: DateTime<Utc>) -> Option<Embargo<'_>> {
    let (date, span) = date(terms, near)?;
    // Without the date, no number of it is an hour.
    let rest = format!("{} | {}", terms.get(..span.start)?, terms.get(span.end..)?);
    let hours = hours(&rest);
    let told = hours
        .iter()
        .filter_map(|(time, zone)| instant(date.and_time(*time), zone.as_deref()?));
    if let Some(until) = told.max() {
        return Some(Embargo {
            until: Some(until),
            left_open: None,
        });
    }
    let latest = hours.iter().map(|(time, _)| *time).max().unwrap_or(NaiveTime::MIN);
    Some(Embargo {
        until: Some(everywhere(date.and_time(latest))),
        left_open: Some(terms.trim()),
    })
}

/// The instant at which a local time has come in every zone.
fn everywhere(local: NaiveDateTime) -> DateTime<Utc> {
    const LAST_ZONE: TimeDelta = TimeDelta::hours(12);
    local.checked_add_signed(LAST_ZONE).unwrap_or(local).and_utc()
}

fn date(terms: &str, near: DateTime<Utc>) -> Option<(NaiveDate, std::ops::Range<usize>)> {
    // Of `05/08/2026`, the later of two days; the others are one day wherever they are written.
    static NUMBERS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?x)(?-u:\b)(?P<open_a>[0-9]{1,2})[/-](?P<open_b>[0-9]{1,2})[/-](?P<open_year>20[0-9]{2}|[0-9]{2})(?-u:\b)
            | (?-u:\b)(?P<year>20[0-9]{2}) (?:[./]\s?) (?P<month>[0-9]{1,2}) (?:[./]\s?) (?P<day>[0-9]{1,2})(?-u:\b)
            | (?-u:\b)(?P<dotted_day>[0-9]{1,2})\.\s?(?P<dotted_month>[0-9]{1,2})\.\s?(?:(?P<dotted_year>20[0-9]{2}|[0-9]{2})(?-u:\b)(?:[^:.0-9]|$))?",
        )
    });
    for found in NUMBERS.captures_iter(terms) {
        let number = |name: &str| found.name(name).and_then(|m| m.as_str().parse::<u32>().ok());
        let year = |name: &str| {
            let year = i32::try_from(number(name)?).ok()?;
            Some(if year < 100 { year + 2_000 } else { year })
        };
        let (open_year, open) = (year("open_year"), number("open_a").zip(number("open_b")));
        let day = if let Some((year, (a, b))) = open_year.zip(open) {
            let days = [NaiveDate::from_ymd_opt(year, a, b), NaiveDate::from_ymd_opt(year, b, a)];
            days.into_iter().flatten().max()
        } else if let Some((month, day)) = number("month").zip(number("day")) {
            NaiveDate::from_ymd_opt(year("year")?, month, day)
        } else {
            let (month, day) = number("dotted_month").zip(number("dotted_day"))?;
            match year("dotted_year") {
                Some(year) => NaiveDate::from_ymd_opt(year, month, day),
                None => nearest(month, day, near),
            }
        };
        if let Some(day) = day {
            return Some((day, found.get(0)?.range()));
        }
    }
    let printed = (0..terms.len())
        .filter(|at| terms.is_char_boundary(*at) && !terms[..*at].ends_with(char::is_alphanumeric))
        .find_map(|at| {
            let (printed, length) = day::day_at_start(&terms[at..])?;
            Some((printed.nearest(near)?, at..at + length))
        });
    printed
        .or_else(|| eastern_day(terms, near))
        .or_else(|| day_by_name(terms, near))
}

fn nearest(month: u32, day: u32, near: DateTime<Utc>) -> Option<NaiveDate> {
    let near = near.date_naive();
    (near.year() - 1..=near.year() + 1)
        .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
        .min_by_key(|date| (*date - near).abs())
}

/// `至2027年1月5日` within a run of letters, `1月5日` without a year.
fn eastern_day(terms: &str, near: DateTime<Utc>) -> Option<(NaiveDate, std::ops::Range<usize>)> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:(?P<year>20[0-9]{2})\s?[年년]\s?)?(?P<month>[0-9]{1,2})\s?[月월]\s?(?P<day>[0-9]{1,2})\s?[日일号號]",
        )
    });
    let found = DAY.captures(terms)?;
    let number = |name: &str| found.name(name).and_then(|m| m.as_str().parse::<u32>().ok());
    let (month, day) = (number("month")?, number("day")?);
    let date = match number("year") {
        Some(year) => NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day),
        None => nearest(month, day, near),
    };
    Some((date?, found.get(0)?.range()))
}

/// Beginnings of the names of the days of a week, Monday first, in lower case; three letters are a whole word.
#[rustfmt::skip]
const WEEKDAYS: [&[&str]; 7] = [
    &["mon", "monday", "montag", "lundi", "lunes", "segunda", "lunedì", "lunedi", "maandag", "måndag", "mandag", "maanantai", "poniedz", "星期一", "周一", "週一", "月曜", "월요일"],
    &["tue", "tues", "tuesday", "dienstag", "mardi", "martes", "terça", "martedì", "martedi", "dinsdag", "tisdag", "tirsdag", "tiistai", "wtorek", "wtorku", "星期二", "周二", "週二", "火曜", "화요일"],
    &["wed", "wednesday", "mittwoch", "mercredi", "miércoles", "miercoles", "quarta", "mercoledì", "mercoledi", "woensdag", "onsdag", "keskiviikko", "środa", "środę", "środy", "星期三", "周三", "週三", "水曜", "수요일"],
    &["thu", "thur", "thurs", "thursday", "donnerstag", "jeudi", "jueves", "quinta", "giovedì", "giovedi", "donderdag", "torsdag", "torstai", "czwart", "星期四", "周四", "週四", "木曜", "목요일"],
    &["fri", "friday", "freitag", "vendredi", "viernes", "sexta", "venerdì", "venerdi", "vrijdag", "fredag", "perjantai", "piątek", "piątku", "星期五", "周五", "週五", "金曜", "금요일"],
    &["sat", "saturday", "samstag", "sonnabend", "samedi", "sábado", "sabado", "sabato", "zaterdag", "lördag", "lørdag", "lauantai", "sobot", "星期六", "周六", "週六", "土曜", "토요일"],
    &["sun", "sunday", "sonntag", "dimanche", "domingo", "domenica", "zondag", "söndag", "søndag", "sunnuntai", "niedziel", "星期日", "星期天", "周日", "週日", "日曜", "일요일"],
];

/// The days from Monday to the day that a word names.
fn weekday(word: &str) -> Option<i64> {
    let word = word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    let names = |name: &&str| match name.chars().count() {
        _ if !name.is_ascii() && name.chars().all(|c| c > '\u{2E80}') => word.contains(name),
        0..=4 => word == **name,
        _ => word.starts_with(name),
    };
    (0..)
        .zip(WEEKDAYS)
        .find_map(|(day, all)| all.iter().any(names).then_some(day))
}

/// A day that only its name tells: the next of that name, today included; `tomorrow`.
fn day_by_name(terms: &str, near: DateTime<Utc>) -> Option<(NaiveDate, std::ops::Range<usize>)> {
    static RELATIVE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?ix)\b(?P<next>tomorrow|morgen|demain|mañana|amanhã|domani|i\s?morgon|i\s?morgen|huomenna|huomiseen|jutra)\b|(?P<next_east>明日|明天|내일)
            |\b(?:today|tonight|this\s+(?:morning|afternoon|evening)|heute|aujourd.hui|hoy|hoje|oggi|vandaag|i\s?dag|tänään|dziś|dzisiaj)\b|本日|今日|今天|오늘",
        )
    });
    let today = near.date_naive();
    let words = terms.split(|c: char| c.is_whitespace() || "-,;()（）".contains(c));
    let named = words
        .filter(|word| !word.is_empty())
        .find_map(|word| Some((word, weekday(word)?)));
    if let Some((word, day)) = named {
        let until = (day - i64::from(today.weekday().num_days_from_monday())).rem_euclid(7);
        let start = word.as_ptr() as usize - terms.as_ptr() as usize;
        // The hour may be glued to an eastern name: only the letters go.
        return Some((today.checked_add_signed(TimeDelta::days(until))?, start..start));
    }
    let found = RELATIVE.captures(terms)?;
    let is_next = found.name("next").or_else(|| found.name("next_east")).is_some();
    let date = today.checked_add_signed(TimeDelta::days(i64::from(is_next)))?;
    Some((date, found.get(0)?.range()))
}

/// The hours of a line, each with the zone that is printed after it. One zone may serve two hours (`9:00/10:00 CET`).
fn hours(terms: &str) -> Vec<(NaiveTime, Option<String>)> {
    static HOUR: LazyLock<Regex> = LazyLock::new(|| {
        pattern(&format!(
            r"(?x)(?:
              (?-u:\b)(?P<military>[0-2][0-9][0-5][0-9]) (?-u:\b|(?i:h))
            | (?: (?P<east_half>下午|晚上|午後|午后|오후) \s? )? (?P<east>[0-9]{{1,2}}) \s? [時时点點시] (?: \s? (?P<east_minute>[0-9]{{1,2}}) \s? [分분] )?
            | (?: (?P<half_before>下午|晚上|午後|午后|오후) \s? )? (?i:\b(?P<said>kl|klo|klokken|godz|godzin[aąy]|ore|alle|às|a\s+las|las|um|om|at)\b \.? \s?)? (?-u:\b)(?P<hour>[0-9]{{1,2}})
              (?: [:.hH：] (?P<minute>[0-9]{{2}}) (?: [:.] [0-9]{{2}} )? )? (?: \s? (?P<half>[AaPp]) \.? \s? [Mm]\b \.? )?
            | (?i:(?:12\s?)? (?P<noon>noon|midday|mittag|midi|mediodía|正午) | (?:12\s?)? (?P<midnight>midnight|mitternacht|minuit|medianoche))
            )
            (?P<unit> \s? (?i:hrs?|hours?|uhr|uur|horas?|heures?|h|ore|kl)\b \.? )?
            (?P<late> \s? (?i:de\ la\ (?:tarde|noche)|da\ (?:tarde|noite)|du\ soir|de\ l['’]après-midi|del\ pomeriggio|d[ei](?:lla)?\ sera|abends|nachmittags|['’]s\ (?:avonds|middags)|po\ południu|wieczorem|på\ kvällen|om\ (?:aftenen|kvelden)|illalla|in\ the\ (?:afternoon|evening))\b )?
            \s? ,? \s? (?:[(（]\s?)? (?P<zone>{ZONE})?"
        ))
    });
    let mut hours: Vec<(NaiveTime, Option<String>)> = HOUR
        .captures_iter(terms)
        .filter_map(|found| Some((hour(&found)?, found.name("zone").map(|zone| zone.as_str().to_owned()))))
        .collect();
    // A zone that stands before or away from the hour (`London time: 9:00`).
    if hours.iter().all(|(_, zone)| zone.is_none()) {
        static ALONE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?x)(?:{ZONE})")));
        let zone = ALONE.find(terms).map(|zone| zone.as_str().to_owned());
        hours.iter_mut().for_each(|(_, own)| own.clone_from(&zone));
    }
    hours
}

fn hour(found: &Captures<'_>) -> Option<NaiveTime> {
    let number = |name: &str| found.name(name).and_then(|m| m.as_str().parse::<u32>().ok());
    if found.name("noon").is_some() {
        return NaiveTime::from_hms_opt(12, 0, 0);
    }
    // Of the two midnights of a day, the later.
    if found.name("midnight").is_some() {
        return NaiveTime::from_hms_opt(23, 59, 59);
    }
    if let Some(military) = number("military") {
        // A bare number is no hour.
        let is_hour = found.get(0)?.as_str().contains(char::is_alphabetic);
        return is_hour
            .then(|| NaiveTime::from_hms_opt(military / 100, military % 100, 0))
            .flatten();
    }
    let is_late = ["east_half", "half_before", "late"]
        .iter()
        .any(|name| found.name(name).is_some());
    let late = |hour: u32| if is_late && hour < 12 { hour + 12 } else { hour };
    if let Some(hour) = number("east") {
        return clock_time(late(hour), number("east_minute").unwrap_or(0));
    }
    let (hour, minute) = (number("hour")?, number("minute"));
    let hour = match found.name("half").map(|half| half.as_str()) {
        Some("p" | "P") if hour < 12 => hour + 12,
        Some("a" | "A") if hour == 12 => 0,
        Some(_) => hour,
        // Without a half of the day, minutes or a word for hours it is a number.
        None if minute.is_some() || found.name("unit").or_else(|| found.name("said")).is_some() || is_late => {
            late(hour)
        }
        None => return None,
    };
    clock_time(hour, minute.unwrap_or(0))
}

/// 24:00 is the end of its day.
fn clock_time(hour: u32, minute: u32) -> Option<NaiveTime> {
    match (hour, minute) {
        (24, 0) => NaiveTime::from_hms_opt(23, 59, 59),
        _ => NaiveTime::from_hms_opt(hour, minute, 0),
    }
}

/// Names of zones as lines print them, as a pattern.
const ZONE: &str = r"
      \b(?:UTC|GMT)(?:\s?[+-]\s?[0-9]{1,2}(?::?[0-9]{2})?)?\b
    | \b(?:CET/CEST|CEST/CET|MEZ/MESZ|EST/EDT|EDT/EST)\b
    | \b(?:UTC?|Z|CEST|CET|MESZ|MEZ|EEST|EET|WEST|WET|BST|IST|MSK|JST|KST|HKT|SGT|AEST|AEDT|AWST|NZST|NZDT|SAST|EST|EDT|ET|CST|CDT|CT|MST|MDT|MT|PST|PDT|PT|AKST|AKDT|HST|AST|ADT|HE|HAE|HNE)\b
    | \b(?:US\s|U\.S\.\s)?(?i:eastern|central\ european|central|mountain|pacific)(?:\s(?i:standard|daylight))?(?:\s(?i:time))?\b
    | \b(?i:new\ york|london|uk|british|paris|madrid|berlin|tokyo)\ (?i:summer\ )?(?i:time)\b
    | (?i:heure|hora)\ (?i:de\ |d['’])(?i:paris|madrid|l['’]est|new\ york)
    | (?i:\bora\ (?:italiana|di\ roma)|\bhora\ (?:peninsular|española|de\ españa)|\bnederlandse\ tijd|\bczasu\ polskiego|\b(?:svensk|dansk|norsk)\ tid|\bsuomen\ aikaa)
    | 日本時間 | 北京时间 | 北京時間 | 香港时间 | 香港時間 | 台灣時間 | 台湾时间 | 한국\s?시간";

/// The instant of a local time in a zone as printed. Zones with several meanings (`CST`, `IST`, `AST`) are the westernmost.
fn instant(local: NaiveDateTime, zone: &str) -> Option<DateTime<Utc>> {
    let zone = zone
        .trim_matches(|c: char| c.is_whitespace() || c == '(')
        .to_uppercase();
    let name = zone.trim_start_matches("US ").trim_start_matches("U.S. ");
    let minutes = match name {
        "UTC" | "GMT" | "UT" | "Z" | "WET" => 0,
        "BST" | "CET" | "MEZ" | "WEST" | "IST" => 60,
        "CEST" | "MESZ" | "EET" | "SAST" => 120,
        "EEST" | "MSK" => 180,
        "HKT" | "SGT" | "AWST" | "北京时间" | "北京時間" | "香港时间" | "香港時間" | "台灣時間" | "台湾时间" => {
            480
        }
        "JST" | "KST" | "日本時間" | "TOKYO TIME" | "한국시간" | "한국 시간" => 540,
        "AEST" => 600,
        "AEDT" => 660,
        "NZST" => 720,
        "NZDT" => 780,
        "AST" => -240,
        "ADT" => -180,
        "EST" | "HNE" => -300,
        "EDT" | "HAE" => -240,
        "CST" => -360,
        "CDT" => -300,
        "MST" => -420,
        "MDT" => -360,
        "PST" => -480,
        "PDT" => -420,
        "AKST" => -540,
        "AKDT" => -480,
        "HST" => -600,
        _ if name.starts_with("UTC") || name.starts_with("GMT") => offset_minutes(name)?,
        _ => return civil(local, place(name)?),
    };
    FixedOffset::east_opt(minutes * 60)?
        .from_local_datetime(&local)
        .single()
        .map(|instant| instant.to_utc())
}

/// `UTC+5:30`, `GMT-4`.
fn offset_minutes(name: &str) -> Option<i32> {
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = if digits.len() > 2 {
        digits.split_at(digits.len() - 2)
    } else {
        (digits.as_str(), "0")
    };
    let minutes = hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?;
    Some(if name.contains('-') { -minutes } else { minutes })
}

/// The zone that keeps the daylight saving of its place.
fn place(name: &str) -> Option<Tz> {
    let any = |names: &[&str]| names.iter().any(|start| name.starts_with(start));
    if any(&["CET/", "CEST/", "MEZ/", "CENTRAL EUROPEAN", "BERLIN"]) {
        Some(Tz::Europe__Berlin)
    } else if any(&["ET", "EASTERN", "EST/", "EDT/", "NEW YORK", "HE"]) && !name.contains("PARIS") {
        Some(Tz::America__New_York)
    } else if any(&["CT", "CENTRAL"]) {
        Some(Tz::America__Chicago)
    } else if any(&["MT", "MOUNTAIN"]) {
        Some(Tz::America__Denver)
    } else if any(&["PT", "PACIFIC"]) {
        Some(Tz::America__Los_Angeles)
    } else if any(&["LONDON", "UK", "BRITISH"]) {
        Some(Tz::Europe__London)
    } else if any(&["SUOMEN"]) {
        Some(Tz::Europe__Helsinki)
    } else if name.contains("PARIS") || name.contains("MADRID") {
        Some(Tz::Europe__Paris)
    } else if any(&[
        "ORA ",
        "HORA PENINSULAR",
        "HORA ESPAÑOLA",
        "HORA DE ESPAÑA",
        "NEDERLANDSE",
        "CZASU",
        "SVENSK",
        "DANSK",
        "NORSK",
    ]) {
        Some(Tz::Europe__Berlin)
    } else {
        None
    }
}

/// Of an hour that comes twice, the later.
fn civil(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    zone.from_local_datetime(&local)
        .latest()
        .map(|instant| instant.to_utc())
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
    fn an_embargo_line_names_the_first_instant_at_which_a_release_may_be_shown() {
        let near = "2026-02-20T12:00:00Z".parse().expect("a test instant");
        for (line, want) in [
            (
                "Embargoed until 4 a.m. CT/5 a.m. ET, Wednesday, March 4, 2026",
                Some("2026-03-04T10:00:00Z"),
            ),
            (
                "EMBARGOED UNTIL: January 8, 2026, 00:01 GMT",
                Some("2026-01-08T00:01:00Z"),
            ),
            (
                "Embargo until 12:30 p.m. EST on Jan. 8, 2026",
                Some("2026-01-08T17:30:00Z"),
            ),
            ("Embargoed until 8 May 2024, 09:00 CEST", Some("2024-05-08T07:00:00Z")),
            ("EMBARGOED UNTIL 00:01 GMT 3 March 2026", Some("2026-03-03T00:01:00Z")),
            (
                "STRICTLY EMBARGOED UNTIL 00:01HRS BST TUESDAY 25 AUGUST 2026",
                Some("2026-08-24T23:01:00Z"),
            ),
            (
                "NOT FOR RELEASE BEFORE 8:00 AM EST ON MARCH 3, 2026",
                Some("2026-03-03T13:00:00Z"),
            ),
            (
                "UNDER EMBARGO UNTIL NOON ET, MARCH 3, 2026",
                Some("2026-03-03T17:00:00Z"),
            ),
            (
                "*** EMBARGOED for publication until 8am UK time on Thursday 27th August 2026",
                Some("2026-08-27T07:00:00Z"),
            ),
            ("EMBARGO: 1pm BST 11 June 2026", Some("2026-06-11T12:00:00Z")),
            ("EMBARGOED UNTIL 2026-06-11 09:00 UTC", Some("2026-06-11T09:00:00Z")),
            ("Embargoed until 21/08/2026 @ 08:59am GMT", Some("2026-08-21T08:59:00Z")),
            (
                "Embargoed until 0001 hrs GMT 3 March 2026",
                Some("2026-03-03T00:01:00Z"),
            ),
            (
                "Embargoed until 9:00 a.m. Eastern Time, July 8, 2026",
                Some("2026-07-08T13:00:00Z"),
            ),
            ("Embargoed until 9:00 UTC+2, July 8, 2026", Some("2026-07-08T07:00:00Z")),
            (
                "Transmission of material in this release is embargoed until 8:30 a.m. (ET) Friday, March 6, 2026",
                Some("2026-03-06T13:30:00Z"),
            ),
            ("Sperrfrist: 3. März 2026, 10:00 Uhr MEZ", Some("2026-03-03T09:00:00Z")),
            (
                "Sous embargo jusqu'au 3 mars 2026 à 6h00 (heure de Paris)",
                Some("2026-03-03T05:00:00Z"),
            ),
            (
                "Embargo hasta el 3 de marzo de 2026 a las 10:00 CET",
                Some("2026-03-03T09:00:00Z"),
            ),
            (
                "情報解禁日時：2026年3月3日 10時00分（日本時間）",
                Some("2026-03-03T01:00:00Z"),
            ),
            // Two hours that disagree: the later.
            (
                "Embargoed until 4:15 p.m. CT/5:15 p.m. CT, Tuesday, March 3, 2026",
                Some("2026-03-03T23:15:00Z"),
            ),
            // No year: the nearest day of that name.
            (
                "Embargoed until 4 a.m. CT Wednesday, March 4",
                Some("2026-03-04T10:00:00Z"),
            ),
            (
                "Embargoed until 4 a.m. CT Wednesday, Dec. 30",
                Some("2025-12-30T10:00:00Z"),
            ),
            // What is left open is read as late as it can be.
            ("Embargoed until 9:00, March 3, 2026", Some("2026-03-03T21:00:00Z")),
            ("Sperrfrist: 3. März 2026, 10:00 Uhr", Some("2026-03-03T22:00:00Z")),
            ("Sous embargo jusqu'au 3 mars 2026 à 6h00", Some("2026-03-03T18:00:00Z")),
            ("EMBARGOED UNTIL MARCH 3, 2026", Some("2026-03-03T12:00:00Z")),
            ("Embargoed until 9:00 CST, March 3, 2026", Some("2026-03-03T15:00:00Z")),
            (
                "Embargoed until midnight ET, March 3, 2026",
                Some("2026-03-04T04:59:59Z"),
            ),
            ("Embargoed until 05/08/2026 09:00 GMT", Some("2026-08-05T09:00:00Z")),
            // Of two clock times at the end of summer time, the later.
            (
                "Embargoed until 1:30 a.m. ET, November 1, 2026",
                Some("2026-11-01T06:30:00Z"),
            ),
            // No day, or no embargo.
            ("Embargo: For immediate release", None),
            ("Embargoed until further notice", None),
            ("Embargoed until after the meeting at 9 a.m. ET", None),
            ("The embargo on steel ends at 5 p.m. ET on May 8, 2026", None),
            ("Embargo on steel lifted May 8, 2026", None),
            ("We can send the report under embargo until May 8, 2026", None),
            ("FOR IMMEDIATE RELEASE March 3, 2026", None),
            (
                "Not for release, publication or distribution in the United States. March 3, 2026",
                None,
            ),
            ("", None),
        ] {
            let want = want.map(|w| w.parse::<DateTime<Utc>>().expect("a test instant"));
            assert_eq!(embargo(line, near).and_then(|embargo| embargo.until), want, "{line}");
        }
    }

    #[test]
    fn an_embargo_line_is_read_in_every_language_of_the_wires_whatever_its_capitals() {
        let near = "2026-11-25T12:00:00Z".parse().expect("a test instant");
        let mut wrong = Vec::new();
        let at_nine = "2027-01-05T09:00:00Z"; // 10:00 in central Europe
        for (line, want) in [
            ("Embargoed until 10:00 CET, January 5, 2027", at_nine),
            (
                "Press release – embargoed until Tuesday 5th of January 2027, 10am CET",
                at_nine,
            ),
            ("NEWS RELEASE | EMBARGOED UNTIL 5 JANUARY 2027 AT 10.00 CET", at_nine),
            ("EMBARGO DATE: 5 January 2027, 10:00 CET", at_nine),
            ("Embargo January 5, 2027, 10:00 CET", at_nine),
            ("EMBARGOED UNTIL:\n\nTuesday, January 5, 2027, 10:00 CET", at_nine),
            ("EMBARGO\n5 January 2027, 10:00 CET", at_nine),
            ("Sous embargo jusqu’au 5 janvier 2027 à 10h00 (heure de Paris)", at_nine),
            (
                "Communiqué de presse sous embargo jusqu'au mardi 5 janvier 2027, 10 heures CET",
                at_nine,
            ),
            ("Ne pas publier avant le 5 janvier 2027 à 10 h 00 CET", at_nine),
            ("Sperrfrist: Dienstag, 5. Januar 2027, 10 Uhr MEZ", at_nine),
            ("Sperrfrist 05.01.2027, 10:00 Uhr (MEZ)", at_nine),
            ("Sperrfrist: 5.1., 10 Uhr MEZ", at_nine),
            ("Gesperrt bis 05.01.27, 10.00 Uhr MEZ", at_nine),
            ("Nicht zur Veröffentlichung vor dem 5. Januar 2027, 10 Uhr MEZ", at_nine),
            ("Embargo bis zum 5. Januar 2027 um 10 Uhr MEZ", at_nine),
            ("Embargado hasta el 5 de enero de 2027 a las 10:00 CET", at_nine),
            ("Embargado hasta las 10:00 horas CET del 5 de enero de 2027", at_nine),
            (
                "Nota de prensa. Bajo embargo hasta el 5 de enero de 2027 a las 10 (hora peninsular)",
                at_nine,
            ),
            ("No publicar antes de las 10 horas CET del 5 de enero del 2027", at_nine),
            ("Embargado até 5 de janeiro de 2027, 10h00 CET", at_nine),
            ("Sob embargo até às 10h CET de 5 de janeiro de 2027", at_nine),
            ("Não divulgar antes de 5 de janeiro de 2027, 10h00 CET", at_nine),
            ("Sotto embargo fino al 5 gennaio 2027, ore 10 CET", at_nine),
            (
                "Embargo fino alle ore 10.00 (ora italiana) di martedì 5 gennaio 2027",
                at_nine,
            ),
            ("Onder embargo tot 5 januari 2027, 10:00 uur CET", at_nine),
            (
                "Embargo tot dinsdag 5 januari 2027 om 10 uur (Nederlandse tijd)",
                at_nine,
            ),
            ("Embargo till den 5 januari 2027 kl. 10.00 CET", at_nine),
            ("Under embargo till tisdag 5 januari 2027 kl 10 (svensk tid)", at_nine),
            ("Embargo indtil 5. januar 2027 kl. 10 CET", at_nine),
            ("Klausuleret til den 5. januar 2027 kl. 10.00 CET", at_nine),
            ("Sperrefrist til 5. januar 2027 klokken 10.00 CET", at_nine),
            ("Embargo 5.1.2027 klo 10 CET", at_nine),
            ("Julkaisuvapaa 5.1.2027 klo 10.00 CET", at_nine),
            ("Embargo do 5 stycznia 2027 r., godz. 10:00 CET", at_nine),
            ("禁发至2027年1月5日17:00（北京时间）", at_nine),
            ("新闻禁发期至2027年1月5日下午5时（北京时间）", at_nine),
            ("2027年1月5日17:00（北京时间）前禁止发布", at_nine),
            ("情報解禁：1月5日 18時（日本時間）", at_nine),
            ("報道解禁日時：2027年1月5日（火）午後6時 日本時間", at_nine),
            ("2027年1月5日（火）18:00（日本時間）まで報道禁止", at_nine),
            ("엠바고: 2027년 1월 5일 오후 6시 (한국시간)", at_nine),
            ("보도시점: 2027. 1. 5.(화) 18:00 KST", at_nine),
            // The hour of the afternoon, the end of the day.
            (
                "Embargado hasta las 5 de la tarde CET del 5 de enero de 2027",
                "2027-01-05T16:00:00Z",
            ),
            ("Embargoed until 24:00 CET, January 5, 2027", "2027-01-05T22:59:59Z"),
            // A day that only its name tells is the next one; 25 November was a Wednesday.
            (
                "NEWS EMBARGO: Not for publication before 10am CET Tuesday",
                "2026-12-01T09:00:00Z",
            ),
            ("Embargoed until Wednesday, 10am CET", "2026-11-25T09:00:00Z"),
            ("Sperrfrist: Freitag, 10 Uhr MEZ", "2026-11-27T09:00:00Z"),
            ("Embargado hasta el martes a las 10 CET", "2026-12-01T09:00:00Z"),
            ("情報解禁：火曜日 18時（日本時間）", "2026-12-01T09:00:00Z"),
            ("EMBARGOED UNTIL 10AM CET TOMORROW", "2026-11-26T09:00:00Z"),
        ] {
            let want = Some(want.parse::<DateTime<Utc>>().expect("a test instant"));
            let latin = line.to_uppercase();
            for shown in [
                line.to_owned(),
                latin,
                format!("/{line}/"),
                format!("[{line}]"),
                format!("({line})"),
                format!("*** {line} ***"),
            ] {
                let read = embargo(&shown, near).and_then(|embargo| embargo.until);
                if read != want {
                    wrong.push(format!("{shown}: {read:?}"));
                }
            }
        }
        assert_eq!(wrong, [""; 0]);
    }

    #[test]
    fn a_sentence_may_tell_the_embargo_of_its_text_and_not_that_of_goods() {
        let near = "2026-11-25T12:00:00Z".parse().expect("a test instant");
        for (text, is_held) in [
            (
                "The study found more. It is under embargo until 9 a.m. EST on January 5, 2027.",
                true,
            ),
            (
                "All findings are embargoed until January 5, 2027. They follow years of work.",
                true,
            ),
            ("Die Studie steht unter Embargo bis 5. Januar 2027, 10 Uhr MEZ.", true),
            ("El estudio está bajo embargo hasta el 5 de enero de 2027.", true),
            ("Crude oil stays under embargo until January 5, 2027.", false),
            (
                "The country has been under an arms embargo until January 5, 2027 at the latest.",
                false,
            ),
            ("We can send the report under embargo until January 5, 2027", false),
            (
                "The oil embargo of 1973 changed everything; by January 5, 2027 it is history.",
                false,
            ),
            ("Sin embargo, el 5 de enero de 2027 abrirá la planta.", false),
            ("EU: Embargo bis 5. Januar 2027", false),
            ("Embargo on steel lifted January 5, 2027", false),
        ] {
            let read = embargo(text, near).and_then(|embargo| embargo.until);
            assert_eq!(read.is_some(), is_held, "{text}: {read:?}");
        }
    }

    #[test]
    fn an_embargo_line_without_a_day_that_can_be_read_is_told() {
        let near = "2026-11-25T12:00:00Z".parse().expect("a test instant");
        for (text, words) in [
            ("EMBARGOED UNTIL AFTER THE MEETING", Some("AFTER THE MEETING")),
            ("Sperrfrist: Redebeginn", Some("Redebeginn")),
            ("Embargoed until January 35, 2027", Some("January 35, 2027")),
            ("Embargo: for immediate release", None),
            ("보도시점: 배포 즉시", None),
            ("The embargo stays in force.", None),
        ] {
            let read = embargo(text, near).filter(|embargo| embargo.until.is_none());
            assert_eq!(read.and_then(|embargo| embargo.left_open), words, "{text}");
        }
        let both = "Embargo: see below\n\nEmbargoed until 9 a.m. ET, March 3, 2027";
        assert!(
            embargo(both, near).is_some_and(|embargo| embargo.until.is_some()),
            "a day goes first"
        );
    }

    #[test]
    fn a_line_that_leaves_hour_or_zone_open_says_so() {
        for (line, want) in [
            ("Embargoed until 9 a.m. ET, March 3, 2026", None),
            ("Embargoed until 9 a.m., March 3, 2026", Some("9 a.m., March 3, 2026")),
            ("Embargoed until March 3, 2026", Some("March 3, 2026")),
        ] {
            let read = embargo(line, DateTime::UNIX_EPOCH).expect("an embargo");
            assert_eq!(read.left_open, want, "{line}");
        }
    }

    #[test]
    fn an_embargo_line_may_stand_below_a_list_but_not_deep_in_the_text() {
        let near = "2026-02-20T12:00:00Z".parse().expect("a test instant");
        let line = "Embargoed until 9 a.m. ET, March 3, 2026";
        for (before, found) in [(0, true), (1_500, true), (3_000, false)] {
            let text = format!("{}\n\n{line}\n\nNEW YORK", "* News.\n".repeat(before / 8));
            assert_eq!(embargo(&text, near).is_some(), found, "{before}");
        }
    }

    proptest! {
        #[test]
        fn no_line_makes_a_reading_panic(line in r"\PC{0,80}") {
            let _ = embargo(&format!("Embargoed until {line}"), DateTime::UNIX_EPOCH);
        }
    }
}

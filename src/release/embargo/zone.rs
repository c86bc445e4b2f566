//! The zones of the hours that an embargo prints.

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

/// Names of zones as lines print them, as a pattern.
pub(super) const ZONE: &str = r"
      \b(?:UTC|GMT)(?:\s?[+-]\s?[0-9]{1,2}(?::?[0-9]{2})?)?\b
    | \b(?:CET/CEST|CEST/CET|MEZ/MESZ|EST/EDT|EDT/EST)\b
    | \b(?:UTC?|Z|CEST|CET|MESZ|MEZ|EEST|EET|WEST|WET|BST|IST|MSK|JST|KST|HKT|SGT|AEST|AEDT|AWST|NZST|NZDT|SAST|EST|EDT|ET|CST|CDT|CT|MST|MDT|MT|PST|PDT|PT|AKST|AKDT|HST|AST|ADT|HE|HAE|HNE)\b
    | \b(?:US\s|U\.S\.\s)?(?i:eastern|central\ european|central|mountain|pacific)(?:\s(?i:standard|daylight))?(?:\s(?i:time))?\b
    | \b(?i:new\ york|london|uk|british|paris|madrid|berlin|tokyo)\ (?i:summer\ )?(?i:time)\b
    | (?i:heure|hora)\ (?i:de\ |d['’])(?i:paris|madrid|l['’]est|new\ york|nueva\ york)
    | (?i:\bora\ (?:italiana|di\ roma)|\bhora\ (?:peninsular|española|de\ españa)|\bnederlandse\ tijd|\bczasu\ polskiego|\b(?:svensk|dansk|norsk)\ tid|\bsuomen\ aikaa)
    | 日本時間 | 北京时间 | 北京時間 | 香港时间 | 香港時間 | 台灣時間 | 台湾时间 | 한국\s?시간";

/// Minutes east of Greenwich of the zones that keep one offset. Those with several meanings (`CST`, `IST`, `AST`) are the westernmost.
#[rustfmt::skip]
const OFFSETS: &[(i32, &[&str])] = &[
    (0, &["UTC", "GMT", "UT", "Z", "WET"]),
    (60, &["BST", "CET", "MEZ", "WEST", "IST"]),
    (120, &["CEST", "MESZ", "EET", "SAST"]),
    (180, &["EEST", "MSK"]),
    (480, &["HKT", "SGT", "AWST", "北京时间", "北京時間", "香港时间", "香港時間", "台灣時間", "台湾时间"]),
    (540, &["JST", "KST", "日本時間", "TOKYO TIME", "한국시간", "한국 시간"]),
    (600, &["AEST"]),
    (660, &["AEDT"]),
    (720, &["NZST"]),
    (780, &["NZDT"]),
    (-180, &["ADT"]),
    (-240, &["AST", "EDT", "HAE"]),
    (-300, &["EST", "HNE", "CDT"]),
    (-360, &["CST", "MDT"]),
    (-420, &["MST", "PDT"]),
    (-480, &["PST", "AKDT"]),
    (-540, &["AKST"]),
    (-600, &["HST"]),
];

/// Zones that keep the daylight saving of their place, by what their names begin with.
#[rustfmt::skip]
const PLACES: &[(Tz, &[&str])] = &[
    (Tz::Europe__Berlin, &["CET/", "CEST/", "MEZ/", "CENTRAL EUROPEAN", "BERLIN", "NEDERLANDSE", "CZASU", "SVENSK", "DANSK", "NORSK"]),
    (Tz::Europe__Paris, &["PARIS"]),
    (Tz::Europe__Madrid, &["MADRID", "HORA PENINSULAR", "HORA ESPAÑOLA", "ESPAÑA"]),
    (Tz::Europe__Rome, &["ORA "]),
    (Tz::Europe__Helsinki, &["SUOMEN"]),
    (Tz::Europe__London, &["LONDON", "UK", "BRITISH"]),
    (Tz::America__New_York, &["ET", "EASTERN", "EST/", "EDT/", "NEW YORK", "NUEVA YORK", "L'EST", "HE"]),
    (Tz::America__Chicago, &["CT", "CENTRAL"]),
    (Tz::America__Denver, &["MT", "MOUNTAIN"]),
    (Tz::America__Los_Angeles, &["PT", "PACIFIC"]),
];

/// The instant of a local time in a zone as printed.
pub(super) fn instant(local: NaiveDateTime, zone: &str) -> Option<DateTime<Utc>> {
    let zone = zone
        .trim_matches(|c: char| c.is_whitespace() || c == '(')
        .to_uppercase();
    let name = zone.trim_start_matches("US ").trim_start_matches("U.S. ");
    let listed = OFFSETS.iter().find(|(_, names)| names.contains(&name));
    let minutes = match listed {
        Some((minutes, _)) => *minutes,
        None if name.starts_with("UTC") || name.starts_with("GMT") => offset_minutes(name)?,
        None => return civil(local, place(name)?),
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

fn place(name: &str) -> Option<Tz> {
    // `heure de Paris`, `hora d’…`
    let name = name.replace('’', "'");
    let name = ["HEURE DE ", "HORA DE ", "HEURE D'", "HORA D'"]
        .iter()
        .find_map(|words| name.strip_prefix(words))
        .unwrap_or(&name);
    let begins = |(_, names): &&(Tz, &[&str])| names.iter().any(|start| name.starts_with(start));
    PLACES.iter().find(begins).map(|(zone, _)| *zone)
}

/// Of an hour that comes twice, the later.
fn civil(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    zone.from_local_datetime(&local)
        .latest()
        .map(|instant| instant.to_utc())
}

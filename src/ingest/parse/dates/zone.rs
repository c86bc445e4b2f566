//! The time zones of dates: names, offsets, places.
//!
//! In: a zone in the spelling of [`super::words::spelled`]. Out: an offset or a place, if the text means one zone only. Names that two
//! countries use (IST, AST, SST, WST, GST, CST outside America) are left to the default zone of the source, but for those that RFC 822
//! fixed.

use chrono::{DateTime, Duration, FixedOffset, LocalResult, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

/// A time zone as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Zone {
    /// Minutes east of Greenwich.
    Fixed(i32),
    /// A place with its own rules of summer time.
    Place(Tz),
}

impl Zone {
    /// `z`, `gmt`, `est`, `et`, `eastern`, `eastern standard time`.
    pub(super) fn named(text: &str) -> Option<Self> {
        let name = text.strip_suffix(" time").unwrap_or(text);
        let fixed = ZONES.iter().find(|(short, _)| *short == text);
        if let Some((_, minutes)) = fixed.or_else(|| NAMES.iter().find(|(long, _)| *long == name)) {
            return Some(Self::Fixed(*minutes));
        }
        if let Some(area) = AREAS.iter().find(|area| area.short == text) {
            return Some(Self::Place(area.tz));
        }
        let (area, kind) = name.split_once(' ').unwrap_or((name, ""));
        let area = AREAS.iter().find(|known| known.word == area)?;
        match kind {
            "" => Some(Self::Place(area.tz)),
            "standard" => Some(Self::Fixed(area.standard_minutes)),
            "daylight" => Some(Self::Fixed(area.standard_minutes + 60)),
            _ => None,
        }
    }

    /// `europe/zurich`, `est5edt`: the IANA list, in any case.
    pub(super) fn place(text: &str) -> Option<Self> {
        TZ_VARIANTS
            .iter()
            .find(|tz| tz.name().eq_ignore_ascii_case(text))
            .map(|tz| Self::Place(*tz))
    }

    /// The instant of a local time that this zone's name stands beside. A time that summer time skips or repeats names none.
    pub(super) fn instant(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        let offset = match self {
            Self::Fixed(minutes) => FixedOffset::east_opt(minutes * 60)?,
            Self::Place(tz) => tz.offset_from_local_datetime(&local).single()?.fix(),
        };
        local.checked_sub_offset(offset).map(|utc| utc.and_utc())
    }
}

/// The instant of a local time in a zone that nobody named: of a repeated time the first, of a skipped one the time an hour later.
pub(super) fn assumed_instant(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let (local, offset) = match zone.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => (local, offset),
        LocalResult::None => {
            let later = local.checked_add_signed(Duration::hours(1))?;
            (later, zone.offset_from_local_datetime(&later).earliest()?)
        }
    };
    local.checked_sub_offset(offset.fix()).map(|utc| utc.and_utc())
}

/// Minutes east of Greenwich. Real zones end at 14 hours, but what is written has one meaning up to a day.
pub(super) fn offset(sign: &str, hours: &str, minutes: &str) -> Option<i32> {
    let number = |text: &str| {
        if text.is_empty() {
            Some(0)
        } else {
            text.parse::<i32>().ok()
        }
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let east = hours * 60 + minutes;
    (hours < 24 && minutes < 60).then_some(if sign == "-" { -east } else { east })
}

/// Short names with one meaning in feeds, in minutes.
#[rustfmt::skip]
const ZONES: &[(&str, i32)] = &[
    ("z", 0), ("ut", 0), ("utc", 0), ("gmt", 0), ("zulu", 0),
    // RFC 822 fixed these eight, so CST is not China's.
    ("est", -300), ("edt", -240), ("cst", -360), ("cdt", -300), ("mst", -420), ("mdt", -360), ("pst", -480), ("pdt", -420),
    ("akst", -540), ("akdt", -480), ("hst", -600), ("adt", -180), ("nst", -210), ("ndt", -150),
    // Canada in French: heure normale, heure avancée.
    ("hna", -240), ("haa", -180), ("hne", -300), ("hae", -240), ("hnc", -360), ("hac", -300), ("hnr", -420), ("har", -360), ("hnp", -480),
    ("hap", -420),
    ("brt", -180), ("brst", -120), ("art", -180), ("clt", -240), ("clst", -180), ("cot", -300), ("pet", -300), ("uyt", -180),
    ("wet", 0), ("west", 60), ("bst", 60), ("cet", 60), ("cest", 120), ("mez", 60), ("mesz", 120), ("met", 60), ("mest", 120),
    ("eet", 120), ("eest", 180), ("msk", 180), ("trt", 180), ("wat", 60), ("cat", 120), ("sast", 120), ("eat", 180), ("idt", 180),
    ("pkt", 300), ("npt", 345), ("ict", 420), ("wib", 420), ("wita", 480), ("hkt", 480), ("sgt", 480), ("myt", 480), ("pht", 480),
    ("awst", 480), ("jst", 540), ("kst", 540), ("acst", 570), ("acdt", 630), ("aest", 600), ("aedt", 660), ("nzst", 720),
    ("nzdt", 780),
];

/// Long names without their last word `time`, in minutes.
#[rustfmt::skip]
const NAMES: &[(&str, i32)] = &[
    ("coordinated universal", 0), ("universal", 0), ("greenwich mean", 0), ("british summer", 60), ("irish standard", 60),
    ("western european", 0), ("western european standard", 0), ("western european summer", 60),
    ("central european standard", 60), ("central european summer", 120), ("eastern european standard", 120),
    ("eastern european summer", 180), ("moscow", 180), ("moscow standard", 180), ("israel standard", 120), ("israel daylight", 180),
    ("arabia standard", 180), ("arabian standard", 180), ("gulf standard", 240), ("india standard", 330), ("indian standard", 330),
    ("singapore", 480), ("singapore standard", 480), ("hong kong", 480), ("hong kong standard", 480), ("china standard", 480),
    ("beijing", 480), ("philippine standard", 480), ("australian western standard", 480), ("japan standard", 540), ("korea standard", 540),
    ("korean standard", 540), ("australian central standard", 570), ("australian eastern standard", 600),
    ("australian eastern daylight", 660), ("new zealand standard", 720), ("new zealand daylight", 780), ("hawaii standard", -600),
    ("協定世界時", 0), ("协调世界时", 0), ("世界標準時間", 0), ("日本標準時", 540), ("北京时间", 480), ("北京時間", 480),
    ("中国标准时间", 480), ("newfoundland standard", -210), ("newfoundland daylight", -150),
];

/// A zone of North America that releases name without saying standard or daylight time.
struct Area {
    short: &'static str,
    word: &'static str,
    standard_minutes: i32,
    tz: Tz,
}

const fn area(short: &'static str, word: &'static str, standard_hours: i32, tz: Tz) -> Area {
    Area {
        short,
        word,
        standard_minutes: standard_hours * 60,
        tz,
    }
}

const AREAS: &[Area] = &[
    area("at", "atlantic", -4, Tz::America__Halifax),
    area("et", "eastern", -5, Tz::America__New_York),
    area("ct", "central", -6, Tz::America__Chicago),
    area("mt", "mountain", -7, Tz::America__Denver),
    area("pt", "pacific", -8, Tz::America__Los_Angeles),
    area("akt", "alaska", -9, Tz::America__Anchorage),
    area("cet/cest", "central european", 1, Tz::Europe__Berlin),
];

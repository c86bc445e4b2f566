//! The words of an embargo, as patterns: orders to the desk, sentences, denials, parts and names of days.

use std::sync::LazyLock;

use regex::Regex;

use super::zone::ZONE;
use crate::release::pattern;

/// An order to the desk at the beginning of a line. Words of the line itself may stand before; a sentence about an embargo has
/// others. `word` is the embargo, `behind` the terms where the words for it follow them; where a `bare` group takes part, the word
/// stands without a link and the terms themselves must begin with a day or a number.
pub(super) static ORDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)^[^\w\n]{{0,8}}
        (?P<label>[^\n:|–—]{{1,40}}?\s?(?::|\||–|—|--?\s)\s?)??
        (?:(?:strictly|absolutely|under|strict|strikt|streng|press|media|news|release|communiqué|pressemitteilung|medienmitteilung|information|international
             |transmission|of|material|in|this|is|for|sous|bajo|sob|sotto|met|onder|med|note|please|observe|respect|bitte|à|de|presse|nota|prensa|noticia|comunicado|imprensa
             |comunicato|stampa|persbericht|pressmeddelande|pressemeddelelse|pressemelding|tiedote|informacja|prasowa|estrictamente|unter|strengt)\b[^\w\n]{{1,4}}){{0,10}}
        (?:{WORDS}|(?P<behind>[0-9][^\n。]{{4,60}}?(?:{WORDS_BEHIND})))"
    ))
});

/// Is there any of the words at all? Asked of most texts, and so without word ends, which only narrow it.
pub(super) static ANY: LazyLock<Regex> = LazyLock::new(|| {
    let words = format!("(?ix){WORDS}|{WORDS_BEHIND}");
    pattern(&words.replace(r"\b", ""))
});

/// The words of an order, and the link to the terms behind them.
const WORDS: &str = r"
          (?P<word>embargo(?:ed|é|ée|és|ado|ada|ados|adas|ata|ato|iert|ierte?|frist|tid|ssa)?|embargado|embargad[ao]s?|embarg(?:o|em|iem)|エンバーゴ|엠바고)\b
            (?P<link>\s*[:：–—-]\s*
              |\s+(?:(?:strictly\s+)?for\s+(?:release|publication|broadcast)\s+)?(?:(?:date|time|lift|end)s?\b\s*:?\s*)?
                (?:until|till|til|jusqu\W?(?:au|à|le|en)|hasta|até|fino|bis|tot|indtil|inntil|fram\s+til|do|asti|ends?|lifts?|lifted|expires?|läuft|endet|zum|bis\s+zum|vom|t\.?o\.?m|dated?|times?)\b
              |\s*까지
              |\s+(?:to|on|(?:strictly\s+)?for(?:\s+(?:release|publication|broadcast)(?:\s+(?:on|at|after|from))?)?)\b(?P<bare>)
              |(?P<bare_word>))
        | (?:not\s+for|no|hold\s+for)\s+(?:release|publication|broadcast|use)\s*(?:before|until|prior\s+to)\b
        | hold\s+for\s+release(?:\s*[:：–—-]|\s+(?:on|at)\b|(?P<bare_hold>))
        | hold\s+until\b
        | (?:not\s+to\s+be|do\s+not|don['’]t|must\s+not\s+be|may\s+not\s+be)\s+(?:publish(?:ed)?|released?|used?|distributed?|broadcast)\s+(?:before|until|prior\s+to)\b
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
        | (?:情報|報道|公開)?解禁(?:日時?)?(?:\s*[:：]|(?P<bare_east>))
        | (?:新闻|新聞)?(?:禁发|禁發|封锁|封鎖|保密)(?:期)?(?:至|到)
        | (?:禁止|请勿|請勿)(?:发布|發布|报道|報導|公开|公開)(?:至|到)
        | (?:보도\s?시점|보도\s?일시|보도\s?제한)[^\w\n]{0,4}";

/// The words of an order that stand behind its terms.
const WORDS_BEHIND: &str = r"
              (?:之?前)\W{0,2}(?:禁止|不得|请勿|請勿|勿)\s?(?:对外|對外)?(?:发布|發布|报道|報導|公开|公開|发表|發表)
            | まで\W{0,2}(?:報道|公開|掲載|情報)\w{0,3}(?:禁止|厳禁|解禁不可|お控え)
            | (?:に|以降)?\s?(?:情報|報道)解禁
            | (?:까지\s?(?:엠바고|보도\s?금지)|이후\s?보도)
            | (?:asti|saakka)\s+embargo";

/// Names of the groups of [`ORDER`] that ask for terms at once.
pub(super) const BARE: [&str; 4] = ["bare", "bare_word", "bare_hold", "bare_east"];

/// Terms that say that there is no embargo, unless `binding` takes part (`not for immediate release`). `To be lifted at 9 a.m.` and
/// `no earlier than 9 a.m.` bind.
pub(super) static NONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^\W*
        (?: .{0,20}?(?P<binding>\b(?:not|non?|nicht|pas|não|niet|inte|ikke)\s(?:\w+\s)?)?
            (?:\b(?:immediate(?:ly)?|immédiate?|inmediata|imediat[ao]|immediata|onmiddellijk\w*|omedelbar\w*|umiddelbar\w*|sofort\w*)\b|即[时時日]|즉시)
        | (?:.{0,20}\s)?not\s(?:applicable|under|subject|embargoed)\b | nicht\sgesperrt\b
        | (?:there\sis\s)?(?:no|kein|sans|sin|sem|nessun|geen|ingen|brak)\s(?:embargo|sperrfrist)\w?\b
        | (?:no|none|nil|n/a|non|nein|nej|nee|keine?r?|aucun|ninguno|nenhum|nessuno|geen|ingen|brak|なし|없음|无|無)\s*(?:[.,;|!)\]/*]|$)
        | (?:(?:is|was|has\sbeen|ist|wurde)\s)?(?:lifted|aufgehoben|entfällt)\b
        )",
    )
});

/// A sentence that tells the embargo of its text.
pub(super) static TOLD: LazyLock<Regex> = LazyLock::new(|| {
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

/// What a state puts under embargo.
pub(super) static GOODS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:oil|crude|gas|steel|arms|weapons?|trade|exports?|imports?|goods|shipments?|sanctions?|tariffs?|countr(?:y|ies)|petróleo|pétrole|armas|armes|öl|waffen)\b",
    )
});

/// An offer to send something ahead says nothing of this text.
pub(super) static OFFER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:can|could|may|might|would)\b"));

/// A late part of the day, told instead of an hour: `after the close of trading`, `end of day`.
pub(super) static LATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)\b(?:after|end|close|closing|later|afternoon|evening|tonight|night|cob|eob|eod|nach|ende|nachmittags?|abends?|après|soir|fin|después
            |tarde|noche|após|depois|noite|fine|dopo|(?:di|della)\ssera|serata|pomeriggio|na|einde|avond|middag|efter|etter|slutet|kväll|aften|kveld|po|wieczorem|jälkeen)\b
        | 下午|晚上|盘后|收盘|午后|午後|夕方|夜|引け|오후|저녁|밤|장\s?마감",
    )
});

/// The end of a sentence: a full stop after a year, a zone or a longer word.
pub(super) static STOP: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[0-9]{4}|\p{Lu}{2}|\p{L}{4})[)\]]?\.\s+\p{Lu}|。"));

/// A day that is told from today: `next` or `next_east` for tomorrow, else today.
pub(super) static RELATIVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)\b(?P<next>tomorrow|morgen|demain|mañana|amanhã|domani|i\s?morgon|i\s?morgen|huomenna|huomiseen|jutra)\b|(?P<next_east>明日|明天|내일)
        |\b(?:today|tonight|this\s+(?:morning|afternoon|evening)|heute|aujourd.hui|hoy|hoje|oggi|vandaag|i\s?dag|tänään|dziś|dzisiaj)\b|本日|今日|今天|오늘",
    )
});

/// A day in figures at the beginning of a text. Of `05/08/2026` the order is open (`a`, `b`); the others are one day wherever they
/// are written: `2027. 1. 5.`, `5.1.`, `1月5日`.
pub(super) static FIGURES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^(?:
          (?P<a>[0-9]{1,2})[/-](?P<b>[0-9]{1,2})[/-](?P<open_year>(?:20)?[0-9]{2})(?-u:\b)
        | (?P<year>20[0-9]{2})[./]\s?(?P<month>[0-9]{1,2})[./]\s?(?P<day>[0-9]{1,2})(?-u:\b)
        | (?P<dotted_day>[0-9]{1,2})\.\s?(?P<dotted_month>[0-9]{1,2})\.(?:\s?(?P<dotted_year>20[0-9]{2})(?-u:\b)|(?P<short_year>[0-9]{2})(?-u:\b)(?:[^:.0-9]|$))?
        | (?:(?P<east_year>20[0-9]{2})\s?[年년]\s?)?(?P<east_month>[0-9]{1,2})\s?[月월]\s?(?P<east_day>[0-9]{1,2})\s?[日일号號]
        )",
    )
});

/// An hour with its half of the day and the zone that is printed after it.
pub(super) static HOUR: LazyLock<Regex> = LazyLock::new(|| {
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

/// A zone that stands before or away from the hour (`London time: 9:00`).
pub(super) static ZONE_ALONE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?x)(?:{ZONE})")));

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
pub(super) fn weekday(word: &str) -> Option<i64> {
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

//! The words of dates: months, weekdays and what stands between them.
//!
//! In: one word in the spelling of [`spelled`]. Languages: en fr de es it pt nl da sv no fi pl cs hu ro el ru tr; Korean, Japanese and
//! Chinese write months as numbers.
//!
//! # Adding a language
//! Its full names, as they stand in a date (genitive where it has one), go into [`MONTHS`] and [`WEEKDAYS`]; every shorter form of at
//! least three letters follows by itself where only one month or day begins so. Other short forms stand in the second list of a row.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::Weekday;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::is_hidden;

/// Full names of a month, and short forms that no cut of a name gives or that a name of another month claims too.
const MONTHS: [(&str, &str); 12] = [
    (
        "january janvier januar jänner enero janeiro gennaio januari tammikuuta styczeń stycznia leden ledna január ianuarie ιανουάριος \
         ιανουαρίου январь января ocak",
        "",
    ),
    (
        "february février februar febrero fevereiro febbraio februari helmikuuta luty lutego únor února február februarie φεβρουάριος \
         φεβρουαρίου февраль февраля şubat",
        "",
    ),
    (
        "march mars märz maerz marzo março maart marts maaliskuuta marzec marca březen března március martie μάρτιος μαρτίου март марта \
         mart",
        "mar mrt mrz μαρ",
    ),
    (
        "april avril abril aprile huhtikuuta kwiecień kwietnia duben dubna április aprilie απρίλιος απριλίου апрель апреля nisan",
        "",
    ),
    (
        "may mai mayo maio maggio mei maj toukokuuta maja květen května május μάιος μαΐου май мая mayıs",
        "",
    ),
    (
        "june juin juni junio junho giugno kesäkuuta czerwiec czerwca červen června június iunie ιούνιος ιουνίου июнь июня haziran",
        "čvn",
    ),
    (
        "july juillet juli julio julho luglio heinäkuuta lipiec lipca červenec července július iulie ιούλιος ιουλίου июль июля temmuz",
        "čvc",
    ),
    (
        "august août agosto augustus augusti elokuuta sierpień sierpnia srpen srpna augusztus αύγουστος αυγούστου август августа ağustos",
        "",
    ),
    (
        "september septembre septiembre setiembre setembro settembre syyskuuta wrzesień września září szeptember septembrie σεπτέμβριος \
         σεπτεμβρίου сентябрь сентября eylül",
        "",
    ),
    (
        "october octobre oktober octubre outubro ottobre lokakuuta październik października říjen října október octombrie οκτώβριος \
         οκτωβρίου октябрь октября ekim",
        "",
    ),
    (
        "november novembre noviembre novembro marraskuuta listopad listopada listopadu noiembrie νοέμβριος νοεμβρίου ноябрь ноября kasım",
        "",
    ),
    (
        "december décembre dezember diciembre dezembro dicembre desember joulukuuta grudzień grudnia prosinec prosince decembrie \
         δεκέμβριος δεκεμβρίου декабрь декабря aralık",
        "",
    ),
];

/// Full names of a day of the week.
const WEEKDAYS: [(Weekday, &str); 7] = [
    (
        Weekday::Mon,
        "monday lundi montag lunes lunedì segunda maandag mandag måndag maanantaina poniedziałek pondělí hétfő luni δευτέρα понедельник \
         pazartesi",
    ),
    (
        Weekday::Tue,
        "tuesday mardi dienstag martes martedì terça dinsdag tirsdag tisdag tiistaina wtorek úterý kedd marți τρίτη вторник salı",
    ),
    (
        Weekday::Wed,
        "wednesday mercredi mittwoch miércoles mercoledì quarta woensdag onsdag keskiviikkona środa středa szerda miercuri τετάρτη среда \
         çarşamba",
    ),
    (
        Weekday::Thu,
        "thursday jeudi donnerstag jueves giovedì quinta donderdag torsdag torstaina czwartek čtvrtek csütörtök joi πέμπτη четверг \
         perşembe",
    ),
    (
        Weekday::Fri,
        "friday vendredi freitag viernes venerdì sexta vrijdag fredag perjantaina piątek pátek péntek vineri παρασκευή пятница cuma",
    ),
    (
        Weekday::Sat,
        "saturday samedi samstag sonnabend sábado sabato zaterdag lørdag lördag lauantaina sobota szombat sâmbătă σάββατο суббота \
         cumartesi",
    ),
    (
        Weekday::Sun,
        "sunday dimanche sonntag domingo domenica zondag søndag söndag sunnuntaina niedziela neděle vasárnap duminică κυριακή \
         воскресенье pazar",
    ),
];

/// Weekdays of two letters, and others that mean one day in one language and another in the next: a weekday, no matter which.
const SOME_WEEKDAY: &str = "mo di mi do fr sa so ma ti ke to pe la su lu me je ve za zo wo vr on po út st čt pá ne pn wt śr cz pt pi sb \
                            nd пн вт ср чт пт сб вс τρ πε δε κυ σα cmt pzt feira";

/// Words between the parts of a date that say nothing of it.
const FILLERS: &str = "at on the of el la le il los las les de del du den der dne dnia am um à a às as em om o w v в во kl klo kello ore \
                       alle ora uhr uur hod godz saat h hrs στις και г г. года год r. rok year date day dia día le";

type Named<T> = LazyLock<HashMap<String, Option<T>>>;

static MONTH: Named<u32> = LazyLock::new(|| {
    let rows = (1..).zip(MONTHS);
    let mut known = shortened(rows.clone().map(|(number, (full, _))| (number, full)));
    for (number, (_, short)) in rows {
        known.extend(short.split_whitespace().map(|word| (spelled(word), Some(number))));
    }
    known
});

static WEEKDAY: Named<Weekday> = LazyLock::new(|| {
    let mut known = shortened(WEEKDAYS.into_iter());
    known.extend(SOME_WEEKDAY.split_whitespace().map(|word| (spelled(word), None)));
    known
});

static FILLER: LazyLock<Vec<String>> = LazyLock::new(|| FILLERS.split_whitespace().map(spelled).collect());

/// Names with every beginning of at least three letters; what begins two different ones means neither (`None`), a name in full itself.
fn shortened<T: Copy + PartialEq>(rows: impl Iterator<Item = (T, &'static str)>) -> HashMap<String, Option<T>> {
    let names: Vec<(T, String)> = rows
        .flat_map(|(meaning, names)| names.split_whitespace().map(move |name| (meaning, spelled(name))))
        .collect();
    let mut known: HashMap<String, Option<T>> = HashMap::new();
    for (meaning, name) in &names {
        for (end, _) in name.char_indices().skip(3) {
            let meant = known.entry(name[..end].to_owned()).or_insert(Some(*meaning));
            *meant = meant.filter(|other| other == meaning);
        }
    }
    known.extend(names.into_iter().map(|(meaning, name)| (name, Some(meaning))));
    known
}

/// The month, from 1, that a word names.
pub(super) fn month(word: &str) -> Option<u32> {
    MONTH.get(word).copied().flatten()
}

/// The weekday that a word names: `Some(None)` is a weekday whose name means different days in different languages.
pub(super) fn weekday(word: &str) -> Option<Option<Weekday>> {
    WEEKDAY.get(word).copied()
}

/// Whether a word only joins the parts of a date.
pub(super) fn is_filler(word: &str) -> bool {
    FILLER.iter().any(|filler| filler == word)
}

/// A text as this room compares it: lower case, without accents and invisible characters, with European digits, ASCII dashes and commas.
pub(super) fn spelled(text: &str) -> String {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return text.to_ascii_lowercase();
    }
    text.to_lowercase()
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .filter(|c| c.is_whitespace() || !is_hidden(*c))
        .map(plain)
        .nfc()
        .collect()
}

/// The letters that Unicode does not take apart, digits of scripts that feeds are written in, and punctuation.
fn plain(c: char) -> char {
    const ZEROS: [char; 5] = ['٠', '۰', '०', '০', '๐'];
    match c {
        'ø' => 'o',
        'ł' => 'l',
        'ı' => 'i',
        'ς' => 'σ',
        '‐'..='―' | '−' => '-',
        '،' | '、' | '，' => ',',
        '’' | '‘' => '\'',
        _ => {
            let digit = ZEROS.iter().find_map(|zero| {
                let value = u32::from(c).checked_sub(u32::from(*zero))?;
                char::from_digit(value, 10)
            });
            digit.unwrap_or(c)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_means_its_own_month_or_day_in_full() {
        for (number, (names, short)) in (1..).zip(MONTHS) {
            for name in names.split_whitespace().chain(short.split_whitespace()) {
                assert_eq!(month(&spelled(name)), Some(number), "{name}");
            }
        }
        for (day, names) in WEEKDAYS {
            for name in names.split_whitespace() {
                assert_eq!(weekday(&spelled(name)), Some(Some(day)), "{name}");
            }
        }
    }

    #[test]
    fn months_cut_short() {
        for (number, forms) in [
            (1, "jan janv ene gen sty led oca янв ιαν"),
            (2, "feb fév febr fev lut úno şub фев φεβ"),
            (3, "mar mär mars mrt bře maa μαρ мар"),
            (4, "apr avr abr kwi dub huh nis апр"),
            (5, "may mai mag kvě tou maj мая μαϊ"),
            (6, "jun juin giu cze kes haz июн ιουν"),
            (7, "jul juil lug lip hei tem июл ιούλ"),
            (8, "aug aoû ago sie srp elo ağu авг"),
            (9, "sep sept set wrz zář syy eyl сен сент"),
            (10, "oct okt out ott paź říj lok eki окт"),
            (11, "nov lis marras kas noi ноя νοε"),
            (12, "dec déc dez dic des gru pro jou ara дек"),
        ] {
            for form in forms.split(' ') {
                assert_eq!(month(&spelled(form)), Some(number), "{form}");
            }
        }
        for form in ["jui", "cer", "zzz", "ja", ""] {
            assert_eq!(month(form), None, "{form} is no month, or two");
        }
    }

    #[test]
    fn spellings_that_are_one() {
        for (text, want) in [
            ("Ιούλιος", "ιουλιοσ"),
            ("ŞUBAT", "subat"),
            ("KASIM", "kasim"),
            ("kasım", "kasim"),
            ("Lørdag", "lordag"),
            ("오후", "오후"),
            ("２０２０／１２", "2020/12"),
            ("٢٠٢٦−١٠", "2026-10"),
            ("9:00\u{202f}AM\u{200e}", "9:00 am"),
        ] {
            assert_eq!(spelled(text), want, "{text}");
        }
    }
}

//! What a ticker looks like, and its one form.

use super::exchange::{exchange_of, is_place};
use crate::text::is_hidden;

/// Markets whose tickers begin with a digit: Hong Kong, Tokyo, Shanghai, Shenzhen, Taipei, Seoul.
const NUMBERED: &[&str] = &["XHKG", "XTKS", "XSHG", "XSHE", "XTAI", "ROCO", "XKRX", "XKOS"];

/// Markets of the United States and Canada, whose tickers have a letter.
#[rustfmt::skip]
const LETTERED: &[&str] = &[
    "XNAS", "XNYS", "XASE", "ARCX", "XCHI", "TXSE", "LTSE", "BATS", "OTCM", "OTCQ", "OTCB", "OTCI", "PINX", "PSGM", "XTSE", "XTSX", "XTNX", "XCNQ",
    "NEOE",
];

/// Digits of the longest ticker that has no letter: those of Seoul, Shanghai and Shenzhen.
const MAX_DIGITS: usize = 6;

/// What data vendors put behind the numbers of those markets: `2269.HK`.
#[rustfmt::skip]
const SUFFIXES: &[(&str, &str)] = &[
    (".HK", "XHKG"), (".T", "XTKS"), (".SS", "XSHG"), (".SH", "XSHG"), (".SZ", "XSHE"), (".TW", "XTAI"), (".TWO", "ROCO"), (".KS", "XKRX"),
    (".KQ", "XKOS"),
];

/// Code and ticker of a listing at the market that a label names; `None` for no market, or for what its tickers cannot be.
pub(super) fn listed(label: &str, ticker: &str) -> Option<(&'static str, String)> {
    let printed = tidy(ticker).to_uppercase();
    let mic = exchange_of(label, &printed)?.mic;
    let is_number = printed.bytes().all(|b| b.is_ascii_digit());
    // `F: 2125550100` is a telefax, and a shorter one may be a part of it.
    if is_number && (printed.len() > MAX_DIGITS || label.trim().len() == 1) {
        return None;
    }
    let fits = if NUMBERED.contains(&mic) {
        printed.starts_with(|c: char| c.is_ascii_digit())
    } else {
        // `(Singapore: 2025)` is a year, `(IDX: 12)` an amount.
        !is_number || !LETTERED.contains(&mic) && printed.len() > 2 && !(is_place(label) && is_year(&printed))
    };
    fits.then(|| (mic, canonical_ticker(mic, &printed)))
}

/// The market and the ticker of a number with a vendor's suffix: `863.HK`.
pub(super) fn suffixed(text: &str) -> Option<(&'static str, String)> {
    SUFFIXES.iter().find_map(|(suffix, mic)| {
        let number = text.strip_suffix(suffix)?;
        let is_number = (1..=6).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| (*mic, canonical_ticker(mic, number)))
    })
}

fn is_year(number: &str) -> bool {
    number.len() == 4 && (number.starts_with("19") || number.starts_with("20"))
}

/// One form of a ticker in capitals: Hong Kong prints one number with and without leading zeros, vendors put a suffix behind
/// numbers, and a slash before a class is a dot (`BRK/A`).
pub(super) fn canonical_ticker(mic: &str, ticker: &str) -> String {
    if !NUMBERED.contains(&mic) {
        return ticker.replace('/', ".");
    }
    let own = |(suffix, at): &(&str, &str)| (*at == mic).then(|| ticker.strip_suffix(suffix)).flatten();
    let number = SUFFIXES.iter().find_map(own).unwrap_or(ticker);
    match number.trim_start_matches('0') {
        bare if mic == "XHKG" && !bare.is_empty() => bare.to_owned(),
        _ => number.to_owned(),
    }
}

/// Letters, digits and classes (`BRK.A`, `HILB B`, `BRK -B`, `AQN.PR.A`, `ACME CPO`), in capitals, in quotes or not.
pub(super) fn is_ticker(text: &str) -> bool {
    let ticker = tidy(text);
    let mut parts = ticker.split(['.', '-', ' ', '/']);
    let is_part = |part: &str, max: usize| {
        (1..=max).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    let root_is_right = parts.next().is_some_and(|root| is_part(root, 10));
    let classes: Vec<&str> = parts.collect();
    let is_class = |class: &&str| {
        let after_space = ticker.contains(' ');
        let is_long = matches!(*class, "CPO" | "UBD" | "UBL") || class.starts_with("PR") && class.len() == 3;
        is_part(class, if after_space { 1 } else { 4 }) || after_space && is_long
    };
    // `604-555-1234` is a telephone.
    let has_letter = ticker.bytes().any(|b| b.is_ascii_uppercase());
    root_is_right && classes.len() <= 2 && classes.iter().all(is_class) && (classes.is_empty() || has_letter)
}

/// `(TSXV: Pond)`: what stands after the colon of a market that is no place.
pub(super) fn is_mixed_case_ticker(text: &str) -> bool {
    (2..=5).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Capitals that follow a market's name in prose: `NYSE IPO`.
pub(super) fn is_word(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "CEO", "CFO", "CORP", "COO", "ESG", "ETF", "EU", "FORMERLY", "INC", "IPO", "LLC", "LTD", "MKT", "NOTE", "OMX",
        "PLC", "SEC", "SPAC", "THE", "UK", "US", "USA",
    ];
    WORDS.contains(&text)
}

pub(super) fn is_quoted(text: &str) -> bool {
    text.starts_with(['“', '"', '\'', '‘', '«', '”'])
}

/// A ticker without quotes, cashtag sign, invisible characters and the space that should not be there (`BRK -B`).
pub(super) fn tidy(ticker: &str) -> String {
    let shown: String = ticker
        .chars()
        .filter(|&c| !is_hidden(c))
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    let bare = shown
        .trim_matches([' ', '“', '”', '"', '\'', '‘', '’', '«', '»', '`'])
        .trim_start_matches('$')
        .trim_end_matches(['.', ',']);
    bare.replace(" -", "-").replace(" .", ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickers_and_what_is_none() {
        for (text, want) in [
            ("T", true),
            ("BRK.A", true),
            ("BRK/A", true),
            ("BRK -B", true),
            ("HILB B", true),
            ("ABC PRA", true),
            ("ACME CPO", true),
            ("AQN.PR.A", true),
            ("“HBP”", true),
            ("$ACME", true),
            ("FEMSAUBD", true),
            ("604-555-1234", false),
            ("Acme", false),
            ("ACME CORP", false),
            ("FR0013018124", false),
            ("", false),
        ] {
            assert_eq!(is_ticker(text), want, "{text}");
        }
    }

    #[test]
    fn markets_have_tickers_of_their_kind() {
        for (label, ticker, want) in [
            ("HKEX", "0700", Some("XHKG:700")),
            ("HKEX", "00700.HK", Some("XHKG:700")),
            ("KOSDAQ", "092040.KQ", Some("XKOS:092040")),
            ("NYSE", "BRK/A", Some("XNYS:BRK.A")),
            ("FSE", "103", Some("XFRA:103")),
            ("SSE", "601727", Some("XSHG:601727")),
            ("SSE", "LTM", Some("XSGO:LTM")),
            ("NEX", "ABC.H", Some("XTNX:ABC.H")),
            ("Hong Kong", "HKTDC", None),
            ("Singapore", "2025", None),
            ("IDX", "12", None),
            ("AMEX", "3712", None),
            ("F", "604", None),
            ("F", "1AB", Some("XFRA:1AB")),
            ("FSE", "2125550100", None),
        ] {
            let got = listed(label, ticker).map(|(mic, ticker)| format!("{mic}:{ticker}"));
            assert_eq!(got.as_deref(), want, "{label}: {ticker}");
        }
    }
}

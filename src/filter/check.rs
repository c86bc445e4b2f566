//! Which values an article can have at all: what it cannot is a mistake of the filter, told with what to write instead.

use super::field::Compare;
use super::literal::Wrong;
use super::words;
use crate::release::symbol::{EXCHANGES, exchange, exchange_of};

/// Can a value of this field ever be this?
pub(super) type Check = fn(&str) -> Result<(), Wrong>;

pub(super) const fn any(_: &str) -> Result<(), Wrong> {
    Ok(())
}

/// What goes for all fields that compare so.
pub(super) fn compared(name: &str, compare: Compare, value: &str) -> Result<(), Wrong> {
    match compare {
        Compare::OneOf(values) if !values().contains(&value) => {
            let guess = nearest(value, &values())
                .map(|near| format!("did you mean \"{near}\"? "))
                .unwrap_or_default();
            Err((
                format!("`{name}` is never \"{value}\""),
                format!("{guess}It is one of: {}", values().join(", ")),
            ))
        }
        Compare::Words if words(value) == " " => Err((
            "no letter or digit to compare".to_owned(),
            "texts are compared by their words".to_owned(),
        )),
        Compare::Words | Compare::Exact | Compare::AsciiCase | Compare::LanguageRange | Compare::OneOf(_) => Ok(()),
    }
}

pub(super) fn language(value: &str) -> Result<(), Wrong> {
    let is_subtag = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if value.split('-').all(is_subtag) {
        return Ok(());
    }
    Err((
        format!("\"{value}\" is no language range"),
        "write a BCP 47 tag: \"en\", \"pt-BR\", \"zh-Hans\"".to_owned(),
    ))
}

pub(super) fn country(value: &str) -> Result<(), Wrong> {
    if value.len() == 2 && value.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Ok(());
    }
    Err((
        format!("\"{value}\" is no country code"),
        "write two letters (ISO 3166-1): \"US\", \"DE\"; `place ~ \"...\"` looks for names".to_owned(),
    ))
}

pub(super) fn isin(value: &str) -> Result<(), Wrong> {
    if value.len() == 12 && value.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err((
        format!("\"{value}\" is no ISIN"),
        "write 12 letters and digits: \"US0378331005\"".to_owned(),
    ))
}

/// A listing of a market that has a code is always kept under that.
pub(super) fn symbol(value: &str) -> Result<(), Wrong> {
    let Some((label, symbol)) = value.rsplit_once(':') else {
        return Ok(());
    };
    match code(label, exchange_of(label.trim(), symbol.trim()).map(|market| market.mic)) {
        None => Ok(()),
        Some(code) => Err((
            format!("no listing is kept under the market \"{label}\""),
            format!(
                "markets go by their codes (ISO 10383): write \"{code}:{}\"",
                symbol.trim()
            ),
        )),
    }
}

pub(super) fn market(value: &str) -> Result<(), Wrong> {
    match code(value, exchange(value.trim()).map(|market| market.mic)) {
        None => Ok(()),
        Some(code) => Err((
            format!("no listing is kept under the market \"{value}\""),
            format!("markets go by their codes (ISO 10383): write \"{code}\""),
        )),
    }
}

/// The code of a market that is written in another way.
fn code(label: &str, known: Option<&'static str>) -> Option<&'static str> {
    let is_code = EXCHANGES.iter().any(|market| market.mic.eq_ignore_ascii_case(label));
    known.filter(|_| !is_code)
}

/// The known word that a person most likely meant, if one is near.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    // The measure is quadratic; no long word is near.
    let word: String = word.chars().take(32).flat_map(char::to_lowercase).collect();
    let near = |known: &&&str| strsim::damerau_levenshtein(&word, known);
    known
        .iter()
        .min_by_key(near)
        .filter(|best| near(best) * 3 <= best.len().max(3))
        .copied()
}

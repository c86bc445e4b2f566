//! The words of the made-up press, and how often each thing is chosen.

use std::collections::BTreeSet;

use fastrand::Rng;

/// Running totals of `1 / rank`.
pub(super) fn zipf(length: usize) -> Vec<f64> {
    let weights = (1..=length).map(|rank| 1.0 / rank as f64);
    weights
        .scan(0.0, |total, weight| {
            *total += weight;
            Some(*total)
        })
        .collect()
}

pub(super) fn pick(totals: &[f64], rng: &mut Rng) -> usize {
    let at = rng.f64() * totals.last().copied().unwrap_or_default();
    totals.partition_point(|total| *total < at).min(totals.len() - 1)
}

/// The commonest words of English, then words that look like it.
pub(super) fn vocabulary(rng: &mut Rng, length: usize) -> Vec<String> {
    const COMMON: &str = "the of and to in a for is on that with by as are from at its this will has be or our have an new company it was \
        which their more not we these can also all other than been one over into through its year about may such any market business \
        services products customers growth results including first global during quarter industry technology management based under";
    const ONSET: &[&str] = &[
        "b", "br", "c", "ch", "d", "f", "fl", "g", "h", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "tr", "v", "w",
    ];
    const NUCLEUS: &[&str] = &["a", "e", "i", "o", "u", "ea", "ou", "ai"];
    const CODA: &[&str] = &["n", "r", "l", "st", "nd", "ct", "m", "t", "ck", "ss"];
    const ENDING: &[&str] = &[
        "", "", "s", "ed", "ing", "er", "ment", "ation", "al", "ly", "ity", "ive",
    ];
    let mut any = |parts: &[&'static str]| parts[rng.usize(..parts.len())];
    let mut words: Vec<String> = COMMON.split_whitespace().map(str::to_owned).collect();
    let mut known: BTreeSet<String> = words.iter().cloned().collect();
    while words.len() < length {
        let word = [
            any(ONSET),
            any(NUCLEUS),
            any(CODA),
            any(NUCLEUS),
            any(CODA),
            any(ENDING),
        ]
        .concat();
        if known.insert(word.clone()) {
            words.push(word);
        }
    }
    words
}

pub(super) fn title_case(words: &str) -> String {
    let words = words.split(' ').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect::<Vec<_>>().join(" ")
}

pub(super) fn slug(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

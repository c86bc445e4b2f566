//! Notices that come again with the same words: a monthly distribution, a fund's daily value. The next one is another release, however alike.

use chrono::TimeDelta;

use super::reading::SHORT_WORDS;
use super::{KnownVersion, Reading};

/// Copies of such a notice on other wires come at once; what comes later is the next one.
const REACH: TimeDelta = TimeDelta::days(3);
/// The next one opens with the same words, so that of a text which is cut before its figures only the same working day's is a copy.
pub(super) const A_WORKING_DAY: TimeDelta = TimeDelta::hours(12);

/// What such notices are called.
const WORDS: &[&str] = &[
    "daily",
    "weekly",
    "monthly",
    "quarterly",
    "nav",
    "distribution",
    "distributions",
    "dividend",
    "dividends",
    "holding",
    "holdings",
    "buyback",
    "buybacks",
    "repurchase",
    "repurchases",
    "rückkauf",
    "aktienrückkauf",
    "täglich",
    "wöchentlich",
    "monatlich",
    "hebdomadaire",
    "mensuel",
    "mensuelle",
    "quotidien",
    "semanal",
    "mensual",
    "settimanale",
    "mensile",
];

/// The same in two words.
const PAIRS: &[[&str; 2]] = &[
    ["asset", "value"],
    ["own", "shares"],
    ["voting", "rights"],
    ["buy", "back"],
    ["shares", "outstanding"],
];

/// How far apart two copies of a release may be issued.
pub(super) fn reach(reading: &Reading<'_>, version: &KnownVersion, window: TimeDelta) -> TimeDelta {
    let reach = match is_periodic(reading) {
        true if reading.shorter_words(version) < SHORT_WORDS => A_WORKING_DAY,
        true => REACH,
        false => window,
    };
    reach.min(window)
}

/// Is it called so in its headline? In texts these words speak of other things as well.
pub(super) fn is_periodic(reading: &Reading<'_>) -> bool {
    let words: Vec<&str> = reading.headline.folded.split(' ').collect();
    words.iter().any(|word| WORDS.contains(word))
        || words.windows(2).any(|pair| PAIRS.iter().any(|known| known == pair))
}

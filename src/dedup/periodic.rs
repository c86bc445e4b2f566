//! Notices that come again with the same words: a monthly distribution, a fund's daily value. The next one is another release, however alike.

use chrono::TimeDelta;

use super::Reading;

/// Copies of such a notice on other wires come at once; what comes later is the next one.
const REACH: TimeDelta = TimeDelta::days(3);

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
pub(super) fn reach(reading: &Reading<'_>, window: TimeDelta) -> TimeDelta {
    if is_periodic(reading) {
        REACH.min(window)
    } else {
        window
    }
}

/// Is it called so in its headline? In texts these words speak of other things as well.
pub(super) fn is_periodic(reading: &Reading<'_>) -> bool {
    let words: Vec<&str> = reading.headline.folded.split(' ').collect();
    words.iter().any(|word| WORDS.contains(word))
        || words.windows(2).any(|pair| PAIRS.iter().any(|known| known == pair))
}

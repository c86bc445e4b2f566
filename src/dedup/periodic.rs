//! Notices that come again with the same words: a monthly distribution, a fund's daily value. The next one is another release, however alike.

use chrono::TimeDelta;

use super::Reading;

/// Copies of such a notice on other wires come at once; what comes later is the next one.
const REACH: TimeDelta = TimeDelta::days(3);

/// Words of the opening in which a notice says what it is.
const OPENING: usize = 30;

/// What such notices are called.
const WORDS: &[&str] = &[
    "daily", "weekly", "monthly", "quarterly", "nav", "distribution", "distributions", "dividend", "dividends", "holding", "holdings", "buyback",
    "buybacks", "repurchase", "repurchases", "rückkauf", "aktienrückkauf", "täglich", "wöchentlich", "monatlich", "hebdomadaire", "mensuel",
    "mensuelle", "quotidien", "semanal", "mensual", "settimanale", "mensile",
];

/// The same in two words.
const PAIRS: &[[&str; 2]] = &[["asset", "value"], ["own", "shares"], ["voting", "rights"], ["buy", "back"], ["shares", "outstanding"]];

/// How far apart two copies of a release may be issued.
pub(super) fn reach(reading: &Reading<'_>, window: TimeDelta) -> TimeDelta {
    if is_periodic(reading) { REACH.min(window) } else { window }
}

/// Is it called so, in its headline or its first words?
pub(super) fn is_periodic(reading: &Reading<'_>) -> bool {
    let headline = reading.headline.folded.split(' ');
    let news = &reading.news;
    let words: Vec<&str> = headline.chain(news.news().iter().take(OPENING).map(|token| news.word(token))).collect();
    words.iter().any(|word| WORDS.contains(word)) || words.windows(2).any(|pair| PAIRS.iter().any(|known| known == pair))
}

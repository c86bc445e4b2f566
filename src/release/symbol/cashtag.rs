//! Cashtags: tickers that a text writes as `$ACME`, without a market. Business Wire's run after its mark has them
//! (`--(BUSINESS WIRE)-- $MX #MOSFET --`), and headlines of small wires do.

use std::collections::HashSet;

/// Letters of the longest.
const MAX_LETTERS: usize = 6;

/// What follows a dollar sign in capitals and is money: currencies, and the units of tables (`$M`).
#[rustfmt::skip]
const MONEY: &[&str] = &[
    "AUD", "B", "BN", "CA", "CAD", "CDN", "EUR", "GBP", "HKD", "K", "M", "MM", "MN", "MXN", "NZD", "SGD", "US", "USD",
];

/// The cashtags of the texts, without their sign, each once, in order.
#[must_use]
pub fn cashtags(texts: &[&str]) -> Vec<String> {
    let mut known = HashSet::new();
    texts
        .iter()
        .flat_map(|text| text.match_indices('$').filter_map(|(at, _)| cashtag(text, at)))
        .filter(|tag| known.insert(*tag))
        .map(str::to_owned)
        .collect()
}

/// The cashtag whose sign stands at `at`, if it is one: no amount (`$5M`, `US$`, `$A 5`), no variable (`$NAME_1`, `${NAME}`).
fn cashtag(text: &str, at: usize) -> Option<&str> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '$' | '_' | '\\' | '{' | '/' | '=' | '&' | '%')) {
        return None;
    }
    let rest = &text[at + 1..];
    let letters = rest
        .bytes()
        .take(MAX_LETTERS + 1)
        .take_while(u8::is_ascii_uppercase)
        .count();
    if !(1..=MAX_LETTERS).contains(&letters) || MONEY.contains(&&rest[..letters]) {
        return None;
    }
    let class = rest[letters..].strip_prefix('.').map_or(0, |class| {
        let count = class.bytes().take(3).take_while(u8::is_ascii_uppercase).count();
        let ends = !class[count..].starts_with(char::is_alphanumeric);
        if (1..=2).contains(&count) && ends { count + 1 } else { 0 }
    });
    let after = &rest[letters + class..];
    let is_name = after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '{' | '(' | '[' | '='));
    let is_amount = after
        .trim_start_matches([' ', '\u{A0}'])
        .starts_with(|c: char| c.is_ascii_digit());
    (!is_name && !is_amount).then(|| &rest[..letters + class])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cashtags_and_money() {
        for (text, want) in [
            ("SEOUL--(BUSINESS WIRE)---- $ACME #MOSFET--Acme today", &["ACME"][..]),
            ("$ACME Acme appoints", &["ACME"]),
            ("(OTC: $BOLT), $BRK.A and $BOLT.", &["BOLT", "BRK.A"]),
            ("relating to $ATCH are", &["ATCH"]),
            ("the token ($QEST).", &["QEST"]),
            ("$5M, $10, US$ 5, A$5, $USD, $CAD, $M, ($MM)", &[]),
            ("$A 5 million, $C5", &[]),
            ("$HOME_DIR ${NAME} $NAME$ {$NAME} a=$NAME /$NAME $FOO(1)", &[]),
            ("$acme $Acme $ACMEACME", &[]),
            ("$", &[]),
        ] {
            assert_eq!(cashtags(&[text]), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_searched(text in "([$A-Z.é ]|\\PC){0,40}") {
            for tag in cashtags(&[&text]) {
                prop_assert!(text.contains(&["$", &tag].concat()));
            }
        }
    }
}

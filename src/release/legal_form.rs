//! Which words are legal forms of companies: `Inc.`, `S.p.A.`, `GmbH`.

use crate::text::letters;

/// Letters only, small; `trust` and `bancorp` end names as forms do.
#[rustfmt::skip]
const FORMS: &[&str] = &[
    "ab", "ag", "as", "asa", "bancorp", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "kgaa", "limited",
    "llc", "llp", "lp", "ltd", "nv", "oyj", "pbc", "pc", "plc", "pty", "sa", "sas", "se", "spa", "trust",
];

/// Is the word a legal form, with or without its dots, in any case?
pub(super) fn is_legal_form(word: &str) -> bool {
    FORMS.contains(&letters(word).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_with_and_without_dots() {
        for (word, want) in [
            ("Inc.,", true),
            ("S.p.A.", true),
            ("GMBH", true),
            ("A/S", true),
            ("Incorporate", false),
            ("Acme", false),
            ("", false),
        ] {
            assert_eq!(is_legal_form(word), want, "{word}");
        }
    }
}

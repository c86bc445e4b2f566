//! A filter in plain English, for whoever wonders what an output holds. In: the checked expression. Out: one sentence. Pure.

use super::language;
use crate::filter::{Ask, Compare, Expr, Filter, Test};

/// `headline or body has the word “steel”, and language is English`
pub(super) fn filter(filter: &Filter) -> String {
    filter
        .expr
        .as_ref()
        .map_or_else(|| "everything".to_owned(), |expr| expression(expr, true))
}

/// `is_outermost`: commas say how its parts hang together; further in, parentheses do.
fn expression(expr: &Expr, is_outermost: bool) -> String {
    match expr {
        Expr::And(parts) if parts.is_empty() => "everything".to_owned(),
        Expr::Or(parts) if parts.is_empty() => "nothing".to_owned(),
        Expr::And(parts) | Expr::Or(parts) if parts.len() == 1 => expression(&parts[0], is_outermost),
        Expr::And(parts) => joined(parts, "and", is_outermost),
        Expr::Or(parts) => joined(parts, "or", is_outermost),
        Expr::Not(inner) => match inner.as_ref() {
            Expr::Test(test) => failing(test),
            Expr::Not(inner) => expression(inner, is_outermost),
            Expr::And(_) | Expr::Or(_) => format!("not {}", expression(inner, false)),
        },
        Expr::Test(test) => holding(test),
    }
}

fn joined(parts: &[Expr], word: &str, is_outermost: bool) -> String {
    let parts: Vec<String> = parts.iter().map(|part| expression(part, false)).collect();
    match is_outermost {
        true => parts.join(&format!(", {word} ")),
        false => format!("({})", parts.join(&format!(" {word} "))),
    }
}

fn holding(test: &Test) -> String {
    let field = field(test);
    match &test.ask {
        Ask::Exists => format!("{field} is known"),
        Ask::Is(asked) => format!("{field} is {}", value(test, asked)),
        Ask::Contains(phrase) => format!("{field} has {}", words(phrase)),
    }
}

fn failing(test: &Test) -> String {
    let field = field(test);
    match &test.ask {
        Ask::Exists => format!("{field} is not known"),
        Ask::Is(asked) => format!("{field} is not {}", value(test, asked)),
        Ask::Contains(phrase) => format!("{field} does not have {}", words(phrase)),
    }
}

/// A field as a person calls it.
fn field(test: &Test) -> String {
    match test.field.name {
        "text" => "headline or body".to_owned(),
        "symbol" => "a listed symbol".to_owned(),
        "isin" => "an ISIN".to_owned(),
        "country" => "country of the dateline".to_owned(),
        "place" => "place of the dateline".to_owned(),
        "pubstatus" => "status".to_owned(),
        "release_id" => "number of the release".to_owned(),
        "url" => "address".to_owned(),
        name => name.replace('_', " "),
    }
}

fn value(test: &Test, asked: &str) -> String {
    match test.field.compare {
        Compare::LanguageRange => language::name(asked),
        Compare::Words | Compare::Exact | Compare::AsciiCase | Compare::OneOf(_) => format!("“{asked}”"),
    }
}

fn words(phrase: &str) -> String {
    let words: Vec<&str> = phrase.split_whitespace().collect();
    // Scripts without spaces are kept letter by letter; a person reads them together.
    let is_unspaced = words.iter().all(|word| !word.is_ascii() && word.chars().count() == 1);
    match words.as_slice() {
        [word] => format!("the word “{word}”"),
        several if is_unspaced => format!("the word “{}”", several.concat()),
        several => format!("the phrase “{}”", several.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_in_english() {
        for (text, want) in [
            ("", "everything"),
            ("text ~ 'Steel'", "headline or body has the word “steel”"),
            (
                "text ~ 'steel works' and language = 'en'",
                "headline or body has the phrase “steel works”, and language is English",
            ),
            ("headline ~ '鋼鉄'", "headline has the word “鋼鉄”"),
            (
                "language = 'en' and (body ~ 'steel' or symbol = 'XNAS:NUE') and not kind = 'advisory'",
                "language is English, and (body has the word “steel” or a listed symbol is “XNAS:NUE”), and kind is not “advisory”",
            ),
            (
                "wire != 'prnewswire' or not issuer exists",
                "wire is not “prnewswire”, or issuer is not known",
            ),
            (
                "not (isin exists and place ~ 'Bern')",
                "not (an ISIN is known and place of the dateline has the word “bern”)",
            ),
            ("not not url exists", "address is known"),
            ("not release_id = '7'", "number of the release is not “7”"),
        ] {
            let parsed = Filter::parse(text).unwrap_or_else(|error| panic!("{}", error.render(text)));
            assert_eq!(filter(&parsed), want, "{text}");
        }
    }
}

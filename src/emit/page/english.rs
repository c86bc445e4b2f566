//! A filter in plain English, for whoever wonders what an output holds. In: the checked expression. Out: one sentence. Pure.

use super::language;
use crate::filter::{Ask, Compare, Expr, Filter, List, Literal, Order, Test, Values};

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
            Expr::Named(_, inner) => format!("not ({})", expression(inner, false)),
        },
        // Who reads this does not know the operator's names.
        Expr::Named(_, inner) => expression(inner, is_outermost),
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
        Ask::Is(asked) => format!("{field} is {}", values(test, asked)),
        Ask::Contains(phrase) => format!("{field} has {}", words(phrase)),
        Ask::Like(pattern) => format!("{field} fits the pattern “{pattern}”"),
        Ask::Compare(order, literal) => format!("{field} is {}", compared(test, *order, *literal)),
    }
}

/// How a value stands to what is written.
fn standing(test: &Test, order: Order) -> &'static str {
    let is_instant = matches!(test.field.values, Values::Instant(_));
    match (order, is_instant) {
        (Order::Is, _) => "",
        (Order::Less, true) => "before ",
        (Order::AtMost, true) => "not after ",
        (Order::More, true) => "after ",
        (Order::AtLeast, true) => "not before ",
        (Order::Less, false) => "less than ",
        (Order::AtMost, false) => "at most ",
        (Order::More, false) => "more than ",
        (Order::AtLeast, false) => "at least ",
    }
}

fn compared(test: &Test, order: Order, literal: Literal) -> String {
    let span = literal.to_string();
    let span = span.trim_start_matches(['-', '+']);
    match (literal, order) {
        (Literal::FromNow(offset), Order::More | Order::AtLeast) if offset < 0 => format!("within the last {span}"),
        (Literal::FromNow(offset), Order::Less | Order::AtMost) if offset < 0 => format!("more than {span} ago"),
        (Literal::FromNow(offset), _) if offset != 0 => format!("{}{span} from now", standing(test, order)),
        _ => format!("{}{literal}", standing(test, order)),
    }
}

fn failing(test: &Test) -> String {
    let field = field(test);
    match &test.ask {
        Ask::Exists => format!("{field} is not known"),
        Ask::Is(asked) => format!("{field} is not {}", values(test, asked)),
        Ask::Contains(phrase) => format!("{field} does not have {}", words(phrase)),
        Ask::Like(pattern) => format!("{field} does not fit the pattern “{pattern}”"),
        Ask::Compare(order, literal) => format!("{field} is unknown or not {}", compared(test, *order, *literal)),
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

fn values(test: &Test, asked: &List) -> String {
    let values: Vec<String> = asked
        .written
        .iter()
        .map(|value| match test.field.values {
            Values::Texts(Compare::LanguageRange, _) => language::name(value),
            Values::Texts(Compare::Words | Compare::Exact | Compare::AsciiCase | Compare::OneOf(_), _)
            | Values::Number(_)
            | Values::Instant(_)
            | Values::Span(_) => format!("“{value}”"),
        })
        .collect();
    values.join(" or ")
}

fn words(phrase: &str) -> String {
    // Without a space at its end the last word may go on.
    if !phrase.ends_with(' ') {
        let words: Vec<&str> = phrase.split_whitespace().collect();
        return format!("words that begin “{}”", words.join(" "));
    }
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
            ("kind in ('correction', 'update')", "kind is “correction” or “update”"),
            ("headline ~ 'steel*'", "headline has words that begin “steel”"),
            ("headline =~ 'q[1-4]'", "headline fits the pattern “q[1-4]”"),
            (
                "words > 100 and published > -7d and received <= 2026-11-26",
                "words is more than 100, and published is within the last 1w, and received is not after 2026-11-26",
            ),
            ("not release_id = '7'", "number of the release is not “7”"),
        ] {
            let parsed = Filter::parse(text).unwrap_or_else(|error| panic!("{}", error.render(text)));
            assert_eq!(filter(&parsed), want, "{text}");
        }
    }
}

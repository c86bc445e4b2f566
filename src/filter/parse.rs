//! Reads the filter language: text to tokens to a checked expression.
//!
//! Bounded: [`MAX_BYTES`] of text, [`MAX_DEPTH`] levels, [`MAX_TESTS`] tests (SQLite takes 1000 levels of expression, and a
//! chain of `or` is one level each).

use std::ops::Range;

use super::{Ask, Compare, Expr, FIELDS, Field, FilterError, Test, words};

/// Longest filter, bytes.
const MAX_BYTES: usize = 16 * 1024;
/// Deepest nesting of parentheses and `not`.
const MAX_DEPTH: usize = 50;
/// Most tests in one filter.
const MAX_TESTS: usize = 400;

/// `None` for a text of white space.
pub(super) fn parse(text: &str) -> Result<Option<Expr>, FilterError> {
    if text.len() > MAX_BYTES {
        return Err(FilterError::new(
            0..0,
            format!("a filter may have {MAX_BYTES} bytes, this one has {}", text.len()),
        )
        .hint("split it into several outputs"));
    }
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Ok(None);
    }
    let mut parser = Parser {
        tokens,
        at: 0,
        end: text.trim_end().len(),
        tests: 0,
    };
    let expr = parser.or(0)?;
    match parser.peek() {
        None => Ok(Some(expr)),
        Some((Token::Close, span)) => Err(FilterError::new(span.clone(), "this `)` closes nothing")),
        Some((Token::Word(_) | Token::Value(_) | Token::Operator(_) | Token::Open, span)) => {
            Err(FilterError::new(span.clone(), "expected `and`, `or` or the end").hint("join tests with `and` or `or`"))
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    Value(String),
    Operator(Operator),
    Open,
    Close,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operator {
    Is,
    IsNot,
    Contains,
}

type Spanned<T> = (T, Range<usize>);

fn tokens(text: &str) -> Result<Vec<Spanned<Token<'_>>>, FilterError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (token, len) = match c {
            _ if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '~' => (Token::Operator(Operator::Contains), 1),
            '=' if !rest.starts_with("==") && !rest.starts_with("=~") => (Token::Operator(Operator::Is), 1),
            '!' if rest.starts_with("!=") => (Token::Operator(Operator::IsNot), 2),
            '"' | '\'' => value(text, at, c)?,
            _ if c.is_alphanumeric() || c == '_' => {
                let len = rest
                    .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .unwrap_or(rest.len());
                (Token::Word(&rest[..len]), len)
            }
            _ => return Err(stray(rest, at, c)),
        };
        tokens.push((token, at..at + len));
        at += len;
    }
    Ok(tokens)
}

/// A quoted value that starts at `start`, and its length in the text.
fn value(text: &str, start: usize, quote: char) -> Result<(Token<'_>, usize), FilterError> {
    let mut value = String::new();
    let mut chars = text[start + 1..].char_indices();
    while let Some((offset, c)) = chars.next() {
        let at = start + 1 + offset;
        match c {
            _ if c == quote => return Ok((Token::Value(value), at + 1 - start)),
            '\\' => match chars.next() {
                Some((_, escaped @ ('"' | '\'' | '\\'))) => value.push(escaped),
                _ => {
                    return Err(
                        FilterError::new(at..at + 1, "`\\` stands before a quote or another `\\` only")
                            .hint("write `\\\\` for one `\\`"),
                    );
                }
            },
            _ if c.is_control() => {
                return Err(
                    FilterError::new(at..at + c.len_utf8(), "a value is one line without control characters")
                        .hint("close the quotes before the end of the line"),
                );
            }
            _ => value.push(c),
        }
    }
    Err(FilterError::new(start..start + 1, "these quotes are not closed")
        .hint(format!("add a {quote} where the value ends")))
}

fn stray(rest: &str, at: usize, c: char) -> FilterError {
    let (text, hint) = match c {
        '=' if rest.starts_with("=~") => ("=~", "write `~`"),
        '=' => ("==", "write `=`"),
        '<' if rest.starts_with("<>") => ("<>", "write `!=`"),
        '&' => (if rest.starts_with("&&") { "&&" } else { "&" }, "write `and`"),
        '|' => (if rest.starts_with("||") { "||" } else { "|" }, "write `or`"),
        '!' if rest.starts_with("!~") => ("!~", "write `not field ~ \"...\"`"),
        '!' => ("!", "write `not`"),
        '“' | '”' | '„' | '‘' | '’' | '«' | '»' => {
            (&rest[..c.len_utf8()], "write straight quotes: \"...\"")
        }
        _ => (
            &rest[..c.len_utf8()],
            "a test is `field = \"...\"`, `field ~ \"...\"` or `field exists`",
        ),
    };
    FilterError::new(
        at..at + text.len(),
        format!("`{}` means nothing here", text.escape_debug()),
    )
    .hint(hint)
}

struct Parser<'a> {
    tokens: Vec<Spanned<Token<'a>>>,
    at: usize,
    end: usize,
    tests: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&Spanned<Token<'a>>> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Spanned<Token<'a>>> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(self.peek(), Some((Token::Word(word), _)) if word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(found);
        found
    }

    fn or(&mut self, depth: usize) -> Result<Expr, FilterError> {
        let first = self.and(depth)?;
        let mut parts = vec![first];
        while self.take_keyword("or") {
            parts.push(self.and(depth)?);
        }
        Ok(single(parts, Expr::Or))
    }

    fn and(&mut self, depth: usize) -> Result<Expr, FilterError> {
        let first = self.unary(depth)?;
        let mut parts = vec![first];
        while self.take_keyword("and") {
            parts.push(self.unary(depth)?);
        }
        Ok(single(parts, Expr::And))
    }

    fn unary(&mut self, depth: usize) -> Result<Expr, FilterError> {
        let here = self.peek().map_or(self.end..self.end, |(_, span)| span.clone());
        if depth > MAX_DEPTH {
            return Err(
                FilterError::new(here, format!("nested deeper than {MAX_DEPTH} levels")).hint("use fewer parentheses")
            );
        }
        if self.take_keyword("not") {
            return Ok(Expr::Not(Box::new(self.unary(depth + 1)?)));
        }
        if matches!(self.peek(), Some((Token::Open, _))) {
            self.at += 1;
            let inner = self.or(depth + 1)?;
            return match self.next() {
                Some((Token::Close, _)) => Ok(inner),
                _ => Err(FilterError::new(here, "this `(` is not closed")
                    .hint("join tests with `and` or `or`, and close with `)`")),
            };
        }
        self.test()
    }

    fn test(&mut self) -> Result<Expr, FilterError> {
        let field = self.field()?;
        self.tests += 1;
        let (name, end) = (field.0.name, field.1.end);
        if self.tests > MAX_TESTS {
            return Err(
                FilterError::new(field.1, format!("more than {MAX_TESTS} tests")).hint("split it into several outputs")
            );
        }
        let field = field.0;
        if self.take_keyword("exists") {
            return Ok(Expr::Test(Test {
                field,
                ask: Ask::Exists,
            }));
        }
        let Some((Token::Operator(operator), _)) = self.peek().cloned() else {
            let here = self.peek().map_or(end..end, |(_, span)| span.clone());
            return Err(
                FilterError::new(here, format!("expected `=`, `!=`, `~` or `exists` after `{name}`"))
                    .hint(format!("for example `{name} ~ \"...\"`")),
            );
        };
        self.at += 1;
        let (value, span) = self.value()?;
        let is = |value: String| {
            check(field, &value).map_err(|(message, hint)| FilterError::new(span.clone(), message).hint(hint))?;
            Ok(Expr::Test(Test {
                field,
                ask: Ask::Is(value),
            }))
        };
        match operator {
            Operator::Is => is(value),
            Operator::IsNot => Ok(Expr::Not(Box::new(is(value)?))),
            Operator::Contains => {
                let phrase = words(&value);
                if phrase == " " {
                    return Err(FilterError::new(span, "no letter or digit to look for").hint("`~` compares words"));
                }
                Ok(Expr::Test(Test {
                    field,
                    ask: Ask::Contains(phrase),
                }))
            }
        }
    }

    fn field(&mut self) -> Result<Spanned<&'static Field>, FilterError> {
        let example = "a test is `field = \"...\"`, `field ~ \"...\"` or `field exists`";
        match self.next() {
            Some((Token::Word(word), span)) => match FIELDS.iter().find(|field| field.name == word) {
                Some(field) => Ok((field, span)),
                None if ["and", "or", "exists"]
                    .iter()
                    .any(|keyword| word.eq_ignore_ascii_case(keyword)) =>
                {
                    Err(FilterError::new(span, format!("expected a field before `{word}`")).hint(example))
                }
                None => Err(FilterError::new(span, format!("there is no field `{word}`")).hint(known_fields(word))),
            },
            Some((Token::Value(_) | Token::Operator(_) | Token::Open | Token::Close, span)) => {
                Err(FilterError::new(span, "expected a field").hint(example))
            }
            None => {
                Err(FilterError::new(self.end..self.end, "the filter ends where a test should stand").hint(example))
            }
        }
    }

    fn value(&mut self) -> Result<Spanned<String>, FilterError> {
        match self.next() {
            Some((Token::Value(value), span)) if value.is_empty() => {
                Err(FilterError::new(span, "an empty value")
                    .hint("`not field exists` finds articles without the field"))
            }
            Some((Token::Value(value), span)) => Ok((value, span)),
            Some((Token::Word(word), span)) => {
                Err(FilterError::new(span, "a value stands in quotes").hint(format!("write \"{word}\"")))
            }
            Some((Token::Operator(_) | Token::Open | Token::Close, span)) => {
                Err(FilterError::new(span, "expected a value in quotes"))
            }
            None => Err(FilterError::new(self.end..self.end, "expected a value in quotes")),
        }
    }
}

fn single(mut parts: Vec<Expr>, many: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            many(parts)
        }
    }
}

/// Can a value of this field ever be this? Else what is wrong, and what to do.
fn check(field: &Field, value: &str) -> Result<(), (String, String)> {
    match field.compare {
        Compare::OneOf(values) if !values().contains(&value) => {
            let guess = nearest(value, &values())
                .map(|near| format!("did you mean \"{near}\"? "))
                .unwrap_or_default();
            Err((
                format!("`{}` is never \"{value}\"", field.name),
                format!("{guess}It is one of: {}", values().join(", ")),
            ))
        }
        Compare::LanguageRange if !value.split('-').all(is_subtag) => Err((
            format!("\"{value}\" is no language range"),
            "write a BCP 47 tag: \"en\", \"pt-BR\", \"zh-Hans\"".to_owned(),
        )),
        Compare::Words if words(value) == " " => Err((
            "no letter or digit to compare".to_owned(),
            "texts are compared by their words".to_owned(),
        )),
        Compare::Words | Compare::Exact | Compare::AsciiCase | Compare::LanguageRange | Compare::OneOf(_) => Ok(()),
    }
}

fn is_subtag(subtag: &str) -> bool {
    (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn known_fields(word: &str) -> String {
    let names: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
    let guess = nearest(word, &names)
        .map(|near| format!("did you mean `{near}`? "))
        .unwrap_or_default();
    format!("{guess}The fields are: {}", names.join(", "))
}

/// The known word that a person most likely meant, if one is near.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    // The measure is quadratic; no long word is near.
    let word: String = word.chars().take(32).flat_map(char::to_lowercase).collect();
    let near = |known: &&&str| strsim::damerau_levenshtein(&word, known);
    known
        .iter()
        .min_by_key(near)
        .filter(|best| near(best) * 3 <= best.len().max(3))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Filter;
    use proptest::prelude::*;

    #[test]
    fn mistakes_show_their_place_and_what_to_do() {
        for (text, want) in [
            (
                "headlin ~ 'steel'",
                "headlin ~ 'steel'\n^^^^^^^ there is no field `headlin`\nhint: did you mean `headline`? The fields are: headline,",
            ),
            (
                "zzz ~ 'steel'",
                "zzz ~ 'steel'\n^^^ there is no field `zzz`\nhint: The fields are: headline,",
            ),
            (
                "language = en",
                "language = en\n           ^^ a value stands in quotes\nhint: write \"en\"",
            ),
            (
                "language == 'en'",
                "language == 'en'\n         ^^ `==` means nothing here\nhint: write `=`",
            ),
            (
                "kind <> 'release'",
                "kind <> 'release'\n     ^^ `<>` means nothing here\nhint: write `!=`",
            ),
            (
                "wire exists && url exists",
                "wire exists && url exists\n            ^^ `&&` means nothing here\nhint: write `and`",
            ),
            (
                "!wire exists",
                "!wire exists\n^ `!` means nothing here\nhint: write `not`",
            ),
            (
                "wire = “PR”",
                "wire = “PR”\n       ^ `“` means nothing here\nhint: write straight quotes",
            ),
            ("(wire exists", "(wire exists\n^ this `(` is not closed"),
            ("wire exists)", "wire exists)\n           ^ this `)` closes nothing"),
            (
                "wire exists url exists",
                "wire exists url exists\n            ^^^ expected `and`, `or` or the end",
            ),
            (
                "wire = 'PR",
                "wire = 'PR\n       ^ these quotes are not closed\nhint: add a ' where the value ends",
            ),
            ("wire = 'P\\R'", "wire = 'P\\R'\n         ^ `\\` stands before a quote"),
            (
                "wire = ''",
                "wire = ''\n       ^^ an empty value\nhint: `not field exists`",
            ),
            ("wire ~ '!'", "wire ~ '!'\n       ^^^ no letter or digit to look for"),
            (
                "headline = '!'",
                "headline = '!'\n           ^^^ no letter or digit to compare",
            ),
            (
                "wire",
                "wire\n    ^ expected `=`, `!=`, `~` or `exists` after `wire`\nhint: for example `wire ~ \"...\"`",
            ),
            ("exists wire", "exists wire\n^^^^^^ expected a field before `exists`"),
            (
                "wire exists and ",
                "wire exists and\n               ^ the filter ends where a test should stand",
            ),
            (
                "kind = 'corection'",
                "kind = 'corection'\n       ^^^^^^^^^^^ `kind` is never \"corection\"\nhint: did you mean \"correction\"? It is one of: release,",
            ),
            (
                "language = 'english!'",
                "language = 'english!'\n           ^^^^^^^^^^ \"english!\" is no language range",
            ),
        ] {
            let error = Filter::parse(text).expect_err(text);
            let shown = error.render(text.trim_end());
            assert!(shown.starts_with(want), "{text}\n--- want\n{want}\n--- have\n{shown}");
        }
    }

    #[test]
    fn values_take_both_quotes_and_escapes() {
        for (text, want) in [
            (r#"url = "it's""#, "it's"),
            (r"url = 'it\'s'", "it's"),
            (r#"url = "a \"b\" \\ c""#, r#"a "b" \ c"#),
        ] {
            let Some(Expr::Test(test)) = parse(text).expect(text) else {
                panic!("{text} is one test")
            };
            assert_eq!(test.ask, Ask::Is(want.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_too_much_is_refused_quickly() {
        for (text, want) in [
            ("(".repeat(5000) + "wire exists", "nested deeper than 50 levels"),
            ("not ".repeat(4000) + "wire exists", "nested deeper than 50 levels"),
            (vec!["url exists"; 401].join(" or "), "more than 400 tests"),
            (" ".repeat(17_000), "a filter may have 16384 bytes"),
        ] {
            let error = parse(&text).expect_err("too much");
            assert!(error.message.starts_with(want), "{}", error.message);
        }
        assert!(parse(&vec!["url exists"; 400].join(" or ")).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "(?s)([ ()=!~'\"\\\\a-z\u{e9}\u{201c}\n]|wire|and|not|or|exists|'x')*") {
            if let Err(error) = Filter::parse(&text) {
                prop_assert!(error.render(&text).contains(&error.message));
            }
        }
    }
}

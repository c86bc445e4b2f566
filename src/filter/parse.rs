//! Tokens to a checked expression.
//!
//! Bounded, named filters included: [`MAX_BYTES`] of text, [`MAX_DEPTH`] levels, [`MAX_TESTS`] tests (SQLite takes 1000 levels of
//! expression, and a chain of `or` is one level each), [`MAX_VALUES`] values, [`MAX_PATTERNS`] patterns.

use std::ops::Range;

use super::check::{compared, nearest};
use super::lex::{EXAMPLE, Operator, Quoted, Spanned, Token, tokens};
use super::literal::{self, Literal, Order, Wrong};
use super::{Ask, Compare, Expr, FIELDS, Field, FilterError, List, Named, Pattern, Test, Values, words};

/// Longest filter, bytes.
const MAX_BYTES: usize = 64 * 1024;
/// Deepest nesting of parentheses, `not` and names.
const MAX_DEPTH: usize = 50;
/// Most tests in one filter.
const MAX_TESTS: usize = 400;
/// Most values in the lists of one filter.
const MAX_VALUES: usize = 5_000;
/// Most patterns in one filter: each may take megabytes.
const MAX_PATTERNS: usize = 50;

/// `None` for a text of white space.
pub(super) fn parse(text: &str, named: &Named) -> Result<Option<Expr>, FilterError> {
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
        named,
        size: Size::default(),
    };
    let expr = parser.or(0)?;
    match parser.peek() {
        None => Ok(Some(expr)),
        Some((Token::Close, span)) => Err(FilterError::new(span.clone(), "this `)` closes nothing")),
        Some((_, span)) => {
            Err(FilterError::new(span.clone(), "expected `and`, `or` or the end").hint("join tests with `and` or `or`"))
        }
    }
}

/// The names that a text refers to, each with its place; none if it cannot be read.
pub(super) fn references(text: &str) -> Vec<Spanned<String>> {
    let tokens = tokens(text).unwrap_or_default();
    let names = tokens.into_iter().filter_map(|(token, span)| match token {
        Token::Name(name) => Some((name.to_owned(), span)),
        Token::Word(_) | Token::Bare(_) | Token::Value(_) | Token::Pattern(_) | Token::Operator(_) => None,
        Token::Open | Token::Close | Token::Comma => None,
    });
    names.collect()
}

/// Reads a literal.
type Read = fn(&str) -> Result<Literal, Wrong>;

/// How much a filter is.
#[derive(Debug, Default, Clone, Copy)]
struct Size {
    tests: usize,
    values: usize,
    patterns: usize,
}

impl Size {
    fn add(&mut self, expr: &Expr) {
        match expr {
            // A name for everything is something too: it can be doubled like any other.
            Expr::And(parts) if parts.is_empty() => self.tests += 1,
            Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| self.add(part)),
            Expr::Not(inner) | Expr::Named(_, inner) => self.add(inner),
            Expr::Test(test) => {
                self.tests += 1;
                match &test.ask {
                    Ask::Is(list) => self.values += list.written.len(),
                    Ask::Like(_) => self.patterns += 1,
                    Ask::Exists | Ask::Contains(_) | Ask::Compare(_, _) => {}
                }
            }
        }
    }

    fn check(self, span: Range<usize>) -> Result<(), FilterError> {
        for (have, most, what) in [
            (self.tests, MAX_TESTS, "tests"),
            (self.values, MAX_VALUES, "values"),
            (self.patterns, MAX_PATTERNS, "patterns"),
        ] {
            if have > most {
                return Err(
                    FilterError::new(span, format!("more than {most} {what}")).hint("split it into several outputs")
                );
            }
        }
        Ok(())
    }
}

struct Parser<'a> {
    tokens: Vec<Spanned<Token<'a>>>,
    at: usize,
    end: usize,
    named: &'a Named,
    size: Size,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&Spanned<Token<'a>>> {
        self.tokens.get(self.at)
    }

    fn here(&self) -> Range<usize> {
        self.peek().map_or(self.end..self.end, |(_, span)| span.clone())
    }

    fn next(&mut self) -> Option<Spanned<Token<'a>>> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn take(&mut self, wanted: &Token<'_>) -> bool {
        let found = self.peek().is_some_and(|(token, _)| token == wanted);
        self.at += usize::from(found);
        found
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(self.peek(), Some((Token::Word(word), _)) if word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(found);
        found
    }

    fn or(&mut self, depth: usize) -> Result<Expr, FilterError> {
        let mut parts = vec![self.and(depth)?];
        while self.take_keyword("or") {
            parts.push(self.and(depth)?);
        }
        Ok(single(parts, Expr::Or))
    }

    fn and(&mut self, depth: usize) -> Result<Expr, FilterError> {
        let mut parts = vec![self.unary(depth)?];
        while self.take_keyword("and") {
            parts.push(self.unary(depth)?);
        }
        Ok(single(parts, Expr::And))
    }

    fn unary(&mut self, depth: usize) -> Result<Expr, FilterError> {
        let here = self.here();
        deep(depth, &here)?;
        if self.take_keyword("not") {
            return Ok(Expr::Not(Box::new(self.unary(depth + 1)?)));
        }
        if self.take(&Token::Open) {
            let inner = self.or(depth + 1)?;
            if self.take(&Token::Close) {
                return Ok(inner);
            }
            return Err(FilterError::new(here, "this `(` is not closed")
                .hint("join tests with `and` or `or`, and close with `)`"));
        }
        if let Some((Token::Name(name), span)) = self.peek().cloned() {
            self.at += 1;
            return self.reference(name, span, depth);
        }
        self.test()
    }

    fn reference(&mut self, name: &str, span: Range<usize>, depth: usize) -> Result<Expr, FilterError> {
        let Some(filter) = self.named.get(name) else {
            let known: Vec<&str> = self.named.names().collect();
            let hint = match (nearest(name, &known), known.is_empty()) {
                (Some(near), _) => format!("did you mean `@{near}`?"),
                (None, true) => "the configuration names none; add a [[filter]] with name and filter".to_owned(),
                (None, false) => format!("there are: @{}", known.join(", @")),
            };
            return Err(FilterError::new(span, format!("there is no filter `@{name}`")).hint(hint));
        };
        // Of nothing there is nothing to test.
        let inner = filter.expr.clone().unwrap_or(Expr::And(Vec::new()));
        deep(depth + 1 + levels(&inner), &span)?;
        self.size.add(&inner);
        self.size.check(span)?;
        Ok(Expr::Named(name.to_owned(), Box::new(inner)))
    }

    fn test(&mut self) -> Result<Expr, FilterError> {
        let (field, place) = self.field()?;
        let is_absent = self.take_keyword("not");
        if self.take_keyword("in") {
            let expr = self.list(field, &place)?;
            return Ok(if is_absent { Expr::Not(Box::new(expr)) } else { expr });
        }
        if is_absent {
            let here = self.here();
            return Err(FilterError::new(here, "expected `in` after `not`")
                .hint(format!("`not` stands before a test, as in `not {} exists`", field.name)));
        }
        if self.take_keyword("exists") {
            return self.ask(field, Ask::Exists, &place);
        }
        let Some((Token::Operator(operator), written)) = self.peek().cloned() else {
            let here = self.peek().map_or(place.end..place.end, |(_, span)| span.clone());
            let (all, last) = (field.operators(), "exists");
            let others: Vec<_> = all
                .iter()
                .filter(|name| **name != last)
                .map(|name| format!("`{name}`"))
                .collect();
            let example = match field.values {
                Values::Texts(_, _) => "~ \"...\"",
                Values::Number(_) => "> 250",
                Values::Instant(_) => "> -7d",
                Values::Span(_) => "> 5m",
            };
            return Err(FilterError::new(
                here,
                format!("expected {} or `{last}` after `{}`", others.join(", "), field.name),
            )
            .hint(format!("for example `{} {example}`", field.name)));
        };
        if !field.operators().contains(&operator.as_str()) {
            return Err(mismatch(field, operator, written));
        }
        self.at += 1;
        match operator {
            Operator::Order(Order::Is) => self.equal(field, &place),
            Operator::IsNot => Ok(Expr::Not(Box::new(self.equal(field, &place)?))),
            Operator::Order(order) => {
                let literal = self.literal(field, order)?;
                self.ask(field, Ask::Compare(order, literal), &place)
            }
            Operator::Contains => {
                let (value, span) = self.value(field)?;
                let phrase = phrase(&value.text).map_err(|wrong| told(span, wrong))?;
                self.ask(field, Ask::Contains(phrase), &place)
            }
            Operator::Like => {
                let pattern = self.pattern(field)?;
                self.ask(field, Ask::Like(pattern), &place)
            }
        }
    }

    fn ask(&mut self, field: &'static Field, ask: Ask, place: &Range<usize>) -> Result<Expr, FilterError> {
        let expr = Expr::Test(Test { field, ask });
        self.size.add(&expr);
        self.size.check(place.clone())?;
        Ok(expr)
    }

    /// Behind `=` and `!=`.
    fn equal(&mut self, field: &'static Field, place: &Range<usize>) -> Result<Expr, FilterError> {
        let ask = match field.values {
            Values::Texts(compare, _) => Ask::Is(List::new(compare, vec![self.asked(field, compare)?])),
            Values::Number(_) | Values::Instant(_) | Values::Span(_) => {
                Ask::Compare(Order::Is, self.literal(field, Order::Is)?)
            }
        };
        self.ask(field, ask, place)
    }

    /// Behind `in`.
    fn list(&mut self, field: &'static Field, place: &Range<usize>) -> Result<Expr, FilterError> {
        if !field.operators().contains(&"in") {
            return Err(told(place.clone(), wrong_operator(field, "in")));
        }
        let open = self.here();
        if !self.take(&Token::Open) {
            return Err(FilterError::new(open, "expected a list after `in`").hint("write it as in `(\"a\", \"b\")`"));
        }
        let (mut texts, mut tests) = (Vec::new(), Vec::new());
        loop {
            match field.values {
                Values::Texts(compare, _) => texts.push(self.asked(field, compare)?),
                Values::Number(_) | Values::Instant(_) | Values::Span(_) => tests.push(self.equal(field, place)?),
            }
            let here = self.here();
            match self.next() {
                Some((Token::Comma, _)) => {}
                Some((Token::Close, _)) => break,
                Some(_) => return Err(FilterError::new(here, "expected `,` or `)` in this list")),
                None => return Err(FilterError::new(open, "this `(` is not closed").hint("close the list with `)`")),
            }
        }
        match field.values {
            Values::Texts(compare, _) => self.ask(field, Ask::Is(List::new(compare, texts)), place),
            Values::Number(_) | Values::Instant(_) | Values::Span(_) => Ok(single(tests, Expr::Or)),
        }
    }

    /// A value to compare with.
    fn asked(&mut self, field: &'static Field, compare: Compare) -> Result<String, FilterError> {
        let (value, span) = self.value(field)?;
        compared(field.name, compare, &value.text)
            .and_then(|()| (field.check)(&value.text))
            .map_err(|wrong| told(span, wrong))?;
        Ok(value.text)
    }

    fn literal(&mut self, field: &'static Field, order: Order) -> Result<Literal, FilterError> {
        let (read, expected): (Read, _) = match field.values {
            Values::Number(_) | Values::Texts(_, _) => (literal::number, "expected a number, as in 250"),
            Values::Span(_) => (literal::span, "expected a span of time, as in 5m or 1h30m"),
            Values::Instant(_) => (
                literal::instant,
                "expected a day, a time or an age, as in 2026-11-26 or -7d",
            ),
        };
        match self.next() {
            Some((Token::Bare(text) | Token::Word(text), span)) => {
                let literal = read(text).map_err(|wrong| told(span.clone(), wrong))?;
                match (literal, order) {
                    (Literal::FromNow(_), Order::Is) => Err(FilterError::new(span, format!("`{text}` is one moment"))
                        .hint(format!("write `{} > {text}` for what is newer", field.name))),
                    _ => Ok(literal),
                }
            }
            Some((Token::Value(value), span)) => {
                let hint = match read(&value.text) {
                    Ok(_) => format!("write {} without quotes", value.text),
                    Err((_, hint)) => hint,
                };
                Err(FilterError::new(span, expected).hint(hint))
            }
            Some((_, span)) => Err(FilterError::new(span, expected)),
            None => Err(FilterError::new(self.end..self.end, expected)),
        }
    }

    fn pattern(&mut self, field: &'static Field) -> Result<Pattern, FilterError> {
        let (text, span, inner) = match self.peek().cloned() {
            Some((Token::Pattern(text), span)) => {
                self.at += 1;
                (text.to_owned(), span.clone(), Some(span.start + 1))
            }
            _ => {
                let (value, span) = self.value(field)?;
                let inner = (!value.is_escaped).then_some(span.start + 1);
                (value.text, span, inner)
            }
        };
        if text.is_empty() {
            return Err(FilterError::new(span, "an empty pattern")
                .hint(format!("`{} exists` finds whatever has a value", field.name)));
        }
        Pattern::new(&text).map_err(|(within, reason)| {
            // Between quotes with escapes the places are not those of the pattern.
            let place = inner.map_or(span, |inner| inner + within.start..inner + within.end);
            FilterError::new(place, reason)
                .hint("patterns are those of https://docs.rs/regex; `\\` stands before what is meant as it is")
        })
    }

    fn field(&mut self) -> Result<Spanned<&'static Field>, FilterError> {
        match self.next() {
            Some((Token::Word(word), span)) => match Field::named(word) {
                Some(field) => Ok((field, span)),
                None if ["and", "or", "in", "exists"]
                    .iter()
                    .any(|keyword| word.eq_ignore_ascii_case(keyword)) =>
                {
                    Err(FilterError::new(span, format!("expected a field before `{word}`")).hint(EXAMPLE))
                }
                None => Err(FilterError::new(span, format!("there is no field `{word}`")).hint(self.known(word))),
            },
            Some((_, span)) => Err(FilterError::new(span, "expected a field").hint(EXAMPLE)),
            None => {
                Err(FilterError::new(self.end..self.end, "the filter ends where a test should stand").hint(EXAMPLE))
            }
        }
    }

    fn known(&self, word: &str) -> String {
        if self.named.get(word).is_some() {
            return format!("write `@{word}` for the filter of that name");
        }
        let names: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
        let guess = nearest(word, &names)
            .map(|near| format!("did you mean `{near}`? "))
            .unwrap_or_default();
        format!("{guess}The fields are: {}", names.join(", "))
    }

    fn value(&mut self, field: &'static Field) -> Result<Spanned<Quoted>, FilterError> {
        match self.next() {
            Some((Token::Value(value), span)) if value.text.is_empty() => Err(FilterError::new(span, "an empty value")
                .hint(format!("`not {} exists` finds articles without the field", field.name))),
            Some((Token::Value(value), span)) => Ok((value, span)),
            Some((Token::Word(word) | Token::Bare(word), span)) => {
                Err(FilterError::new(span, "a value stands in quotes").hint(format!("write \"{word}\"")))
            }
            Some((Token::Pattern(pattern), span)) => Err(FilterError::new(span, "expected a value in quotes")
                .hint(format!("a pattern follows `=~`: `{} =~ /{pattern}/`", field.name))),
            Some((_, span)) => Err(FilterError::new(span, "expected a value in quotes")),
            None => Err(FilterError::new(self.end..self.end, "expected a value in quotes")),
        }
    }
}

fn told(span: Range<usize>, (message, hint): Wrong) -> FilterError {
    FilterError::new(span, message).hint(hint)
}

fn mismatch(field: &Field, operator: Operator, span: Range<usize>) -> FilterError {
    told(span, wrong_operator(field, operator.as_str()))
}

fn wrong_operator(field: &Field, operator: &str) -> Wrong {
    let operators: Vec<String> = field.operators().iter().map(|name| format!("`{name}`")).collect();
    let (name, kind) = (field.name, field.type_name());
    let article = if kind.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    };
    (
        format!("`{operator}` does not go with `{name}`: it is {article} {kind}")
            .replace("a one of", "one of")
            .replace("an one of", "one of"),
        format!("`{name}` takes {}", operators.join(", ")),
    )
}

fn deep(depth: usize, span: &Range<usize>) -> Result<(), FilterError> {
    if depth <= MAX_DEPTH {
        return Ok(());
    }
    Err(FilterError::new(span.clone(), format!("nested deeper than {MAX_DEPTH} levels")).hint("use fewer parentheses"))
}

fn levels(expr: &Expr) -> usize {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => 1 + parts.iter().map(levels).max().unwrap_or_default(),
        Expr::Not(inner) | Expr::Named(_, inner) => 1 + levels(inner),
        Expr::Test(_) => 0,
    }
}

/// The words of `~`, without their last space where a `*` lets the last word go on.
fn phrase(value: &str) -> Result<String, Wrong> {
    let value = value.trim_end();
    let chars: Vec<char> = value.chars().collect();
    let ends_word = |three: &[char]| three[0].is_alphanumeric() && three[1] == '*' && !three[2].is_alphanumeric();
    if chars.windows(3).any(ends_word) {
        return Err((
            "only the last word may end with `*`".to_owned(),
            "join several tests with `and`".to_owned(),
        ));
    }
    let nothing = || {
        (
            "no letter or digit to look for".to_owned(),
            "`~` compares words".to_owned(),
        )
    };
    let Some(stem) = value.strip_suffix('*') else {
        let phrase = words(value);
        return if phrase == " " { Err(nothing()) } else { Ok(phrase) };
    };
    let whole = words(stem);
    let open = whole.trim_end();
    if open.is_empty() {
        Err(nothing())
    } else if words(&format!("{stem}x")) == format!("{open}x ") {
        Ok(open.to_owned())
    } else if stem.ends_with(char::is_alphanumeric) {
        // In scripts without spaces every letter ends its word.
        Ok(whole)
    } else {
        Err((
            "`*` stands behind no word".to_owned(),
            "write it right behind the beginning of a word: \"steel*\"".to_owned(),
        ))
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
                "wire = ''\n       ^^ an empty value\nhint: `not wire exists`",
            ),
            ("wire ~ '!'", "wire ~ '!'\n       ^^^ no letter or digit to look for"),
            (
                "headline = '!'",
                "headline = '!'\n           ^^^ no letter or digit to compare",
            ),
            (
                "wire",
                "wire\n    ^ expected `=`, `!=`, `~`, `=~`, `in`, `not in` or `exists` after `wire`\nhint: for example `wire ~ \"...\"`",
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
                "words ~ 'x'",
                "words ~ 'x'\n      ^ `~` does not go with `words`: it is a number\nhint: `words` takes `=`, `!=`,",
            ),
            (
                "headline > 3",
                "headline > 3\n         ^ `>` does not go with `headline`: it is a text\nhint:",
            ),
            (
                "lag = 5m",
                "lag = 5m\n    ^ `=` does not go with `lag`: it is a span of time\nhint: `lag` takes `<`,",
            ),
            (
                "kind < 'release'",
                "kind < 'release'\n     ^ `<` does not go with `kind`: it is one of a list",
            ),
            ("lag in (5m)", "lag in (5m)\n^^^ `in` does not go with `lag`"),
            (
                "words > '5'",
                "words > '5'\n        ^^^ expected a number, as in 250\nhint: write 5 without quotes",
            ),
            ("words > many", "words > many\n        ^^^^ `many` is no whole number"),
            (
                "words > 99999999999999999999",
                "words > 99999999999999999999\n        ^^^^^^^^^^^^^^^^^^^^ `99999999999999999999` is out of range",
            ),
            (
                "published > 2026-02-30",
                "published > 2026-02-30\n            ^^^^^^^^^^ `2026-02-30` is on no calendar",
            ),
            (
                "published > 7d",
                "published > 7d\n            ^^ `7d` is no date\nhint: write -7d for so long ago",
            ),
            (
                "published = -7d",
                "published = -7d\n            ^^^ `-7d` is one moment\nhint: write `published > -7d`",
            ),
            (
                "published > 2026-11-26T12:00",
                "published > 2026-11-26T12:00\n            ^^^^^^^^^^^^^^^^ `2026-11-26T12:00` names no zone\nhint: write 2026-11-26T12:00Z",
            ),
            (
                "published => now",
                "published => now\n          ^^ `=>` means nothing here\nhint: write `>=`",
            ),
            (
                "headline =~ /a(b/",
                "headline =~ /a(b/\n              ^ unclosed group\nhint: patterns",
            ),
            (
                "headline =~ 'a[b'",
                "headline =~ 'a[b'\n              ^ unclosed character class",
            ),
            (
                "headline =~ \"\\\\d[b\"",
                "headline =~ \"\\\\d[b\"\n            ^^^^^^^ unclosed character class",
            ),
            (
                "headline =~ '\\d'",
                "headline =~ '\\d'\n             ^ `\\` stands before a quote or another `\\` only\nhint: write `\\\\` for one `\\`; between slashes",
            ),
            (
                "headline =~ /a",
                "headline =~ /a\n            ^ this pattern is not closed",
            ),
            ("headline =~ //", "headline =~ //\n            ^^ an empty pattern"),
            (
                "headline = /a/",
                "headline = /a/\n           ^^^ expected a value in quotes\nhint: a pattern follows `=~`",
            ),
            (
                "symbol = 'NYSE:X'",
                "symbol = 'NYSE:X'\n         ^^^^^^^^ no listing is kept under the market \"NYSE\"\nhint: markets go by their codes (ISO 10383): write \"XNYS:X\"",
            ),
            (
                "symbol in ('XNYS:X', 'Nasdaq:NUE')",
                "symbol in ('XNYS:X', 'Nasdaq:NUE')\n                     ^^^^^^^^^^^^ no listing is kept under the market \"Nasdaq\"\nhint: markets go by their codes (ISO 10383): write \"XNAS:NUE\"",
            ),
            (
                "market = 'TSX'",
                "market = 'TSX'\n         ^^^^^ no listing is kept under the market \"TSX\"\nhint: markets go by their codes (ISO 10383): write \"XTSE\"",
            ),
            (
                "country = 'USA'",
                "country = 'USA'\n          ^^^^^ \"USA\" is no country code",
            ),
            ("isin = 'US03'", "isin = 'US03'\n       ^^^^^^ \"US03\" is no ISIN"),
            ("url in 'a'", "url in 'a'\n       ^^^ expected a list after `in`"),
            (
                "url in ('a' 'b')",
                "url in ('a' 'b')\n            ^^^ expected `,` or `)` in this list",
            ),
            ("url in ('a',", "url in ('a',\n            ^ expected a value in quotes"),
            ("url not 'a'", "url not 'a'\n        ^^^ expected `in` after `not`"),
            (
                "text ~ 'steel* works'",
                "text ~ 'steel* works'\n       ^^^^^^^^^^^^^^ only the last word may end with `*`",
            ),
            (
                "text ~ 'steel -*'",
                "text ~ 'steel -*'\n       ^^^^^^^^^^ `*` stands behind no word",
            ),
            (
                "@steel",
                "@steel\n^^^^^^ there is no filter `@steel`\nhint: the configuration names none",
            ),
            ("@ steel", "@ steel\n^ `@` means nothing here"),
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
            let Some(Expr::Test(test)) = parse(text, &Named::default()).expect(text) else {
                panic!("{text} is one test")
            };
            assert!(matches!(&test.ask, Ask::Is(list) if list.written == [want]), "{text}");
        }
    }

    #[test]
    fn what_is_too_much_is_refused_quickly() {
        for (text, want) in [
            ("(".repeat(5000) + "wire exists", "nested deeper than 50 levels"),
            ("not ".repeat(4000) + "wire exists", "nested deeper than 50 levels"),
            (vec!["url exists"; 401].join(" or "), "more than 400 tests"),
            (" ".repeat(70_000), "a filter may have 65536 bytes"),
            (
                format!("guid in ({})", vec!["'x'"; 5001].join(",")),
                "more than 5000 values",
            ),
            (vec!["url =~ /x/"; 51].join(" or "), "more than 50 patterns"),
            ("(".repeat(60) + "wire exists", "nested deeper"),
            (
                format!("url =~ /{}/", "(".repeat(60) + &")".repeat(60)),
                "exceed the maximum number of nested",
            ),
            (
                r"url =~ /(\w{100}){100}/".to_owned(),
                "this pattern unfolds to too much",
            ),
        ] {
            let error = Filter::parse(&text).expect_err("too much");
            assert!(error.message.starts_with(want), "{}", error.message);
        }
        assert!(Filter::parse(&vec!["url exists"; 400].join(" or ")).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "(?s)([ ()=!~<>,/@+*0-9'\"\\\\a-z\u{e9}\u{201c}\n-]|wire|and|not|or|exists|in|words|published|'x'|2026-11-26)*") {
            if let Err(error) = Filter::parse(&text) {
                prop_assert!(error.render(&text).contains(&error.message));
            }
        }
    }
}

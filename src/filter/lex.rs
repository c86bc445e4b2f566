//! Text to tokens.

use std::ops::Range;

use super::FilterError;
use super::literal::Order;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    /// A field or keyword.
    Word(&'a str),
    /// A number, an instant, a span: what starts with a digit or sign.
    Bare(&'a str),
    /// Between quotes.
    Value(Quoted),
    /// Between slashes.
    Pattern(&'a str),
    /// `@name`, without its sign.
    Name(&'a str),
    Operator(Operator),
    Open,
    Close,
    Comma,
}

/// A value without its quotes and escapes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quoted {
    pub(super) text: String,
    /// It has escapes: places within it are not places of the filter.
    pub(super) is_escaped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Operator {
    IsNot,
    Contains,
    Like,
    Order(Order),
}

impl Operator {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::IsNot => "!=",
            Self::Contains => "~",
            Self::Like => "=~",
            Self::Order(order) => order.as_str(),
        }
    }
}

pub(super) type Spanned<T> = (T, Range<usize>);

/// How tests look, for hints.
pub(super) const EXAMPLE: &str = "a test is `field = \"...\"`, `field ~ \"...\"`, `field > 5` or `field exists`";

pub(super) fn tokens(text: &str) -> Result<Vec<Spanned<Token<'_>>>, FilterError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let second = rest.chars().nth(1);
        let run = |allowed: fn(char) -> bool, from: usize| {
            rest[from..]
                .find(|c: char| !allowed(c))
                .map_or(rest.len(), |len| from + len)
        };
        let operator = |operator, len| (Token::Operator(operator), len);
        let (token, len) = match c {
            _ if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '~' => operator(Operator::Contains, 1),
            '=' if second == Some('~') => operator(Operator::Like, 2),
            '=' if !matches!(second, Some('=' | '<' | '>')) => operator(Operator::Order(Order::Is), 1),
            '!' if second == Some('=') => operator(Operator::IsNot, 2),
            '<' if second == Some('=') => operator(Operator::Order(Order::AtMost), 2),
            '<' if second != Some('>') => operator(Operator::Order(Order::Less), 1),
            '>' if second == Some('=') => operator(Operator::Order(Order::AtLeast), 2),
            '>' => operator(Operator::Order(Order::More), 1),
            '"' | '\'' => value(text, at, c)?,
            '/' => pattern(text, at)?,
            '@' if second.is_some_and(is_name) => {
                let len = run(is_name, 1);
                (Token::Name(&rest[1..len]), len)
            }
            '-' | '+' if second.is_some_and(|c| c.is_ascii_digit()) => {
                let len = run(is_bare, 1);
                (Token::Bare(&rest[..len]), len)
            }
            _ if c.is_ascii_digit() => {
                let len = run(is_bare, 0);
                (Token::Bare(&rest[..len]), len)
            }
            _ if is_word(c) => {
                let len = run(is_word, 0);
                (Token::Word(&rest[..len]), len)
            }
            _ => return Err(stray(rest, at, c)),
        };
        tokens.push((token, at..at + len));
        at += len;
    }
    Ok(tokens)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

fn is_bare(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '+' | ':' | '.' | '_')
}

/// A quoted value that starts at `start`, and its length in the text.
fn value(text: &str, start: usize, quote: char) -> Result<(Token<'_>, usize), FilterError> {
    let (mut value, mut is_escaped) = (String::new(), false);
    let mut chars = text[start + 1..].char_indices();
    while let Some((offset, c)) = chars.next() {
        let at = start + 1 + offset;
        match c {
            _ if c == quote => {
                let quoted = Quoted {
                    text: value,
                    is_escaped,
                };
                return Ok((Token::Value(quoted), at + 1 - start));
            }
            '\\' => match chars.next() {
                Some((_, escaped @ ('"' | '\'' | '\\'))) => {
                    value.push(escaped);
                    is_escaped = true;
                }
                _ => {
                    return Err(
                        FilterError::new(at..at + 1, "`\\` stands before a quote or another `\\` only")
                            .hint("write `\\\\` for one `\\`; between slashes, as in `=~ /\\bsteel\\b/`, it stands for itself"),
                    );
                }
            },
            _ if c.is_control() => return Err(control(at, c)),
            _ => value.push(c),
        }
    }
    Err(FilterError::new(start..start + 1, "these quotes are not closed")
        .hint(format!("add a {quote} where the value ends")))
}

/// A pattern between slashes; `\/` is a slash within it, for the regex engine too.
fn pattern(text: &str, start: usize) -> Result<(Token<'_>, usize), FilterError> {
    let mut chars = text[start + 1..].char_indices();
    while let Some((offset, c)) = chars.next() {
        let at = start + 1 + offset;
        match c {
            '/' => return Ok((Token::Pattern(&text[start + 1..at]), at + 1 - start)),
            '\\' => {
                chars.next();
            }
            _ if c.is_control() => return Err(control(at, c)),
            _ => {}
        }
    }
    Err(FilterError::new(start..start + 1, "this pattern is not closed").hint("add a / where it ends"))
}

fn control(at: usize, c: char) -> FilterError {
    FilterError::new(at..at + c.len_utf8(), "a value is one line without control characters")
        .hint("close the quotes before the end of the line")
}

fn stray(rest: &str, at: usize, c: char) -> FilterError {
    let (text, hint) = match c {
        '=' if rest.starts_with("=<") => ("=<", "write `<=`"),
        '=' if rest.starts_with("=>") => ("=>", "write `>=`"),
        '=' => ("==", "write `=`"),
        '<' => ("<>", "write `!=`"),
        '&' => (if rest.starts_with("&&") { "&&" } else { "&" }, "write `and`"),
        '|' => (if rest.starts_with("||") { "||" } else { "|" }, "write `or`"),
        '!' if rest.starts_with("!~") => ("!~", "write `not field ~ \"...\"`"),
        '!' => ("!", "write `not`"),
        '@' => ("@", "the name of a filter follows it, as in `@steel`"),
        '“' | '”' | '„' | '‘' | '’' | '«' | '»' => {
            (&rest[..c.len_utf8()], "write straight quotes: \"...\"")
        }
        _ => (&rest[..c.len_utf8()], EXAMPLE),
    };
    FilterError::new(
        at..at + text.len(),
        format!("`{}` means nothing here", text.escape_debug()),
    )
    .hint(hint)
}

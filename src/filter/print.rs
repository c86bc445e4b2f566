//! Expressions as text that reads back to the same expression.

use std::fmt;

use super::{Ask, Expr, List, Literal, Order, Pattern, Test};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => joined(f, parts, " and ", |part| matches!(part, Self::And(_) | Self::Or(_))),
            Self::Or(parts) => joined(f, parts, " or ", |part| matches!(part, Self::Or(_))),
            Self::Not(inner) => match inner.as_ref() {
                Self::Test(Test {
                    field,
                    ask: Ask::Is(list),
                }) => match list.written.as_slice() {
                    [only] => write!(f, "{} != {}", field.name, Quoted(only)),
                    _ => write!(f, "{} not in {list}", field.name),
                },
                Self::Test(Test {
                    field,
                    ask: Ask::Compare(Order::Is, literal),
                }) => write!(f, "{} != {literal}", field.name),
                inner @ (Self::And(_) | Self::Or(_)) => write!(f, "not ({inner})"),
                inner @ (Self::Not(_) | Self::Named(_, _) | Self::Test(_)) => write!(f, "not {inner}"),
            },
            Self::Named(name, _) => write!(f, "@{name}"),
            Self::Test(test) => write!(f, "{test}"),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[Expr], word: &str, is_loose: fn(&Expr) -> bool) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        f.write_str(if at > 0 { word } else { "" })?;
        if is_loose(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.field.name;
        match &self.ask {
            Ask::Exists => write!(f, "{name} exists"),
            Ask::Is(list) => match list.written.as_slice() {
                [only] => write!(f, "{name} = {}", Quoted(only)),
                _ => write!(f, "{name} in {list}"),
            },
            Ask::Contains(phrase) => {
                let open = if phrase.ends_with(' ') { "" } else { "*" };
                write!(f, "{name} ~ \"{}{open}\"", phrase.trim())
            }
            Ask::Like(pattern) => write!(f, "{name} =~ {}", Written(pattern)),
            Ask::Compare(order, literal) => compared(f, name, *order, *literal),
        }
    }
}

fn compared(f: &mut fmt::Formatter<'_>, name: &str, order: Order, literal: Literal) -> fmt::Result {
    write!(f, "{name} {} {literal}", order.as_str())
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, text) in self.written.iter().enumerate() {
            write!(f, "{}{}", if at > 0 { ", " } else { "(" }, Quoted(text))?;
        }
        f.write_str(")")
    }
}

struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// Between slashes, unless it has some.
struct Written<'a>(&'a Pattern);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = self.0.as_str();
        if pattern.contains('/') {
            write!(f, "{}", Quoted(pattern))
        } else {
            write!(f, "/{pattern}/")
        }
    }
}

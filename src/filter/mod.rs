//! The filter language: which articles an output holds.

use std::fmt;

/// A checked filter and the text that it was written as.
#[derive(Debug, Clone)]
pub struct Filter {
    /// As the operator wrote it.
    pub text: String,
    /// `None`: everything.
    pub expr: Option<Expr>,
}

/// A checked expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// All of them.
    And(Vec<Expr>),
    /// Any of them.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

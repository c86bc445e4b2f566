//! The filter language: which articles an output holds.

use std::fmt;
use std::ops::Range;

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

/// Why a text is no filter, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// Bytes of the filter text.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Filter {
    /// Stub: knows one mistake.
    ///
    /// # Errors
    /// When the text holds `<>`.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        match text.find("<>") {
            Some(at) => Err(FilterError {
                span: at..at + 2,
                message: "`<>` is no operator".to_owned(),
                hint: Some("write `!=`".to_owned()),
            }),
            None => Ok(Self { text: text.to_owned(), expr: None }),
        }
    }
}

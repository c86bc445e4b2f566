//! What of a filter stays as it is for as long as an article's versions do.

use super::{Ask, Expr, Filter, Literal, Test};

impl Filter {
    /// Does its answer for an article stay the same while the article's versions do?
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.expr.as_ref().is_none_or(Expr::is_settled)
    }

    /// The strictest filter made of its tests that it implies and that [is settled](Self::is_settled): what this one lets in now or later,
    /// that one lets in. Unsettled tests count as true, and under `not` as false.
    #[must_use]
    pub fn settled(&self) -> Self {
        let expr = self.expr.as_ref().and_then(|expr| settled(expr, true));
        Self {
            text: expr.as_ref().map(ToString::to_string).unwrap_or_default(),
            expr,
        }
    }

    /// What of it must be asked again of an article whose versions [fitted](Self::settled) when they came: of tests that must all hold those that
    /// are settled are not, so that a correction stays where its release was.
    #[must_use]
    pub fn unsettled(&self) -> Self {
        let parts = match &self.expr {
            None => Vec::new(),
            Some(expr) => expr.conjuncts().filter(|part| !part.is_settled()).cloned().collect(),
        };
        let expr = (!parts.is_empty()).then_some(Expr::And(parts));
        Self {
            text: expr.as_ref().map(ToString::to_string).unwrap_or_default(),
            expr,
        }
    }
}

impl Expr {
    /// What must all hold.
    fn conjuncts(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        match self {
            Self::And(parts) => Box::new(parts.iter().flat_map(Self::conjuncts)),
            Self::Named(_, inner) => inner.conjuncts(),
            Self::Or(_) | Self::Not(_) | Self::Test(_) => Box::new(std::iter::once(self)),
        }
    }

    fn is_settled(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().all(Self::is_settled),
            Self::Not(inner) | Self::Named(_, inner) => inner.is_settled(),
            Self::Test(test) => test.is_settled(),
        }
    }
}

impl Test {
    const fn is_settled(&self) -> bool {
        self.field.is_settled && !matches!(self.ask, Ask::Compare(_, Literal::FromNow(_)))
    }
}

/// What follows from the expression holding, or (`holds` is false) from its failing; `None`: nothing.
fn settled(expr: &Expr, holds: bool) -> Option<Expr> {
    match expr {
        Expr::Not(inner) => settled(inner, !holds),
        Expr::Named(_, inner) => settled(inner, holds),
        Expr::Test(test) if !test.is_settled() => None,
        Expr::Test(_) if holds => Some(expr.clone()),
        Expr::Test(_) => Some(Expr::Not(Box::new(expr.clone()))),
        Expr::And(parts) if holds => all(parts, holds),
        Expr::Or(parts) if !holds => all(parts, holds),
        Expr::And(parts) | Expr::Or(parts) => {
            let parts: Option<Vec<Expr>> = parts.iter().map(|part| settled(part, holds)).collect();
            parts.map(Expr::Or)
        }
    }
}

fn all(parts: &[Expr], holds: bool) -> Option<Expr> {
    let mut known: Vec<Expr> = parts.iter().filter_map(|part| settled(part, holds)).collect();
    match known.len() {
        0 => None,
        1 => known.pop(),
        _ => Some(Expr::And(known)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_by_itself_counts_as_true_in_its_sense() {
        for (text, want) in [
            ("wire exists", "wire exists"),
            ("published > -7d", ""),
            ("published > 2026-11-26", "published > 2026-11-26"),
            ("wire exists and published > -7d", "wire exists"),
            ("wire exists or duplicates > 2", ""),
            ("not (wire exists or duplicates > 2)", "not wire exists"),
            ("not (wire exists and duplicates > 2)", ""),
            ("not (wire exists and url exists)", "not wire exists or not url exists"),
            ("not not (url exists and pubstatus = 'usable')", "url exists"),
        ] {
            let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{}", error.render(text)));
            let settled = filter.settled();
            assert_eq!(settled.text, want, "{text}");
            assert!(settled.is_settled());
            assert_eq!(
                filter.is_settled(),
                !text.contains("-7d") && !text.contains("duplicates") && !text.contains("pubstatus")
            );
        }
    }
}

//! Why a text is no filter, and where: for the person who wrote it.

use std::ops::Range;

/// A mistake in a filter. `Display` is one line; [`FilterError::render`] shows the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// Bytes of the filter text; may be empty at its end.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl FilterError {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The line of `text` with the mistake, carets under it, and the hint.
    ///
    /// ```text
    /// headlin ~ "steel"
    /// ^^^^^^^ there is no field `headlin`
    /// hint: did you mean `headline`?
    /// ```
    #[must_use]
    pub fn render(&self, text: &str) -> String {
        let start = floor_char_boundary(text, self.span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let end = floor_char_boundary(text, self.span.end).clamp(start, line_end);
        // One column a character, so that the carets stand under their line.
        let line: String = text[line_start..line_end]
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let indent = " ".repeat(text[line_start..start].chars().count());
        let carets = "^".repeat(text[start..end].chars().count().max(1));
        let hint = self
            .hint
            .as_ref()
            .map(|hint| format!("\nhint: {hint}"))
            .unwrap_or_default();
        format!("{line}\n{indent}{carets} {}{hint}", self.message)
    }
}

fn floor_char_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_mistake_on_its_own_line() {
        let text = "wire = \"é\"\n\tand stel ~ \"x\"";
        let at = text.find("stel").expect("it is there");
        let error = FilterError::new(at..at + 4, "no").hint("do");
        assert_eq!(error.render(text), " and stel ~ \"x\"\n     ^^^^ no\nhint: do");
    }

    #[test]
    fn a_span_outside_of_the_text_is_shown_at_its_end() {
        assert_eq!(FilterError::new(90..95, "no").render("é"), "é\n ^ no");
    }
}

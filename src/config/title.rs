//! What entries are called: a template with placeholders, filled for each article.
//!
//! In: the text of the template, as in `{issuer}: {headline} ({tickers})`; then an article. Out: its title, or `None` if the article knows
//! nothing of what the template asks for.
//!
//! # What is not known leaves no stray mark
//! Text between two placeholders stands only between two that say something: of several such texts in a row the last one. What is in
//! brackets goes with them if none of its placeholders says anything. Text in front of all placeholders and behind them always stays.
//! `{{` and `}}` are braces.
//!
//! # Adding a placeholder
//! One row in [`PLACEHOLDERS`]. Headline rights allow every title, so nothing of a text may be in it.

use std::ops::Range;

use super::kind::nearest;
use crate::article::{Article, Draft, Kind, Symbol};

/// What a template may ask for.
#[derive(Debug)]
pub struct Placeholder {
    /// Its name between the braces.
    pub name: &'static str,
    /// For people.
    pub doc: &'static str,
    value: fn(&Draft) -> Option<String>,
}

/// Listings named in a title, at most.
const LISTINGS: usize = 3;

/// Every placeholder.
pub const PLACEHOLDERS: &[Placeholder] = &[
    row("headline", "the headline as printed", |draft| draft.headline.clone()),
    row(
        "clean_headline",
        "the headline without the mark of a correction",
        |draft| {
            let clean = draft.revision.as_ref().and_then(|of| of.clean_headline.clone());
            clean.or_else(|| draft.headline.clone())
        },
    ),
    row("issuer", "who issued it", |draft| draft.issuer.clone()),
    row("wire", "the distributor, as `PR Newswire`", |draft| draft.wire.clone()),
    row("source", "the id of the source", |draft| Some(draft.source.to_string())),
    row("place", "the first place of the dateline", |draft| {
        let place = draft.dateline.as_ref()?.places.first()?;
        Some(place.city.as_ref().unwrap_or(&place.text).clone())
    }),
    row("country", "its country, as `US`", |draft| {
        draft.dateline.as_ref()?.places.first()?.country.clone()
    }),
    row("symbols", "the first three listings, as `XNAS:ACME`", |draft| {
        listings(draft, Symbol::key)
    }),
    row("tickers", "the same without their markets, as `ACME`", |draft| {
        listings(draft, |symbol| symbol.symbol.clone())
    }),
    row(
        "kind",
        "what it is, if it is no ordinary release: `correction`",
        |draft| (draft.kind != Kind::Release).then(|| draft.kind.to_string()),
    ),
    row("language", "its language, as `en`", |draft| draft.language.clone()),
];

const fn row(name: &'static str, doc: &'static str, value: fn(&Draft) -> Option<String>) -> Placeholder {
    Placeholder { name, doc, value }
}

fn listings(draft: &Draft, shown: impl Fn(&Symbol) -> String) -> Option<String> {
    let mut listings: Vec<String> = Vec::new();
    for listing in draft.symbols().map(shown) {
        if listings.len() < LISTINGS && !listings.contains(&listing) {
            listings.push(listing);
        }
    }
    Some(listings.join(", "))
}

/// Why a template is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleError {
    /// Bytes of the template.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub hint: String,
}

/// A template that was read.
#[derive(Debug, Clone)]
pub struct TitleTemplate(Pattern);

impl Default for TitleTemplate {
    /// `{headline}`
    fn default() -> Self {
        Self(pattern(PLACEHOLDERS.first().map(Token::Value).as_slice()))
    }
}

/// Text, and between it what may say something.
#[derive(Debug, Clone, Default)]
struct Pattern {
    /// Stands in front if anything is said.
    before: String,
    /// Each with the text that parts it from the one before.
    parts: Vec<(String, Part)>,
    /// Stands behind.
    after: String,
}

#[derive(Debug, Clone)]
enum Part {
    Value(&'static Placeholder),
    Bracket(Pattern),
}

#[derive(Debug, Clone, Copy)]
enum Token {
    Text(char),
    Value(&'static Placeholder),
}

impl TitleTemplate {
    /// Longest template, in bytes.
    const LONGEST: usize = 256;

    /// Reads a template.
    ///
    /// # Errors
    /// With the place of the first mistake, and what to write instead.
    pub fn parse(text: &str) -> Result<Self, TitleError> {
        let whole = |message: &str, hint: &str| TitleError {
            span: 0..text.len(),
            message: message.to_owned(),
            hint: hint.to_owned(),
        };
        if text.len() > Self::LONGEST {
            return Err(whole("a template has at most 256 bytes", "leave something out"));
        }
        let tokens = tokens(text)?;
        if !tokens.iter().any(Token::is_value) {
            let message = "there is no placeholder in it: all entries would have one title";
            return Err(whole(message, "write it as in \"{headline}\""));
        }
        Ok(Self(pattern(&tokens)))
    }

    /// The title of an article.
    #[must_use]
    pub fn fill(&self, article: &Article) -> Option<String> {
        self.0.fill(&article.draft)
    }
}

impl Token {
    const fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, TitleError> {
    let (mut tokens, mut rest) = (Vec::new(), text);
    while let Some(next) = rest.chars().next() {
        let at = text.len() - rest.len();
        let is_doubled = rest.starts_with("{{") || rest.starts_with("}}");
        let fault = |length: usize, message: String, hint: String| TitleError {
            span: at..at + length,
            message,
            hint,
        };
        let behind = rest.get(1..).unwrap_or_default();
        let length = match next {
            '{' if !is_doubled => {
                let name = behind.split_once('}').map(|(name, _)| name);
                let name = name.filter(|name| !name.contains('{')).ok_or_else(|| {
                    let hint = "write it as in `{headline}`, and `{{` for a brace";
                    fault(1, "`{` is not closed".to_owned(), hint.to_owned())
                })?;
                let length = name.len() + "{}".len();
                let value = PLACEHOLDERS.iter().find(|known| known.name == name);
                let value =
                    value.ok_or_else(|| fault(length, format!("there is no placeholder `{{{name}}}`"), meant(name)))?;
                tokens.push(Token::Value(value));
                length
            }
            '}' if !is_doubled => {
                let hint = "write `}}` for a brace";
                return Err(fault(1, "`}` closes nothing".to_owned(), hint.to_owned()));
            }
            other => {
                tokens.push(Token::Text(other));
                other.len_utf8() + usize::from(is_doubled)
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(tokens)
}

fn meant(name: &str) -> String {
    match nearest(name, PLACEHOLDERS.iter().map(|known| known.name)) {
        Some(near) => format!("did you mean `{{{near}}}`?"),
        None => {
            let known: Vec<String> = PLACEHOLDERS.iter().map(|known| format!("{{{}}}", known.name)).collect();
            format!("known are {}", known.join(" "))
        }
    }
}

fn pattern(tokens: &[Token]) -> Pattern {
    let mut pattern = Pattern::default();
    let (mut text, mut rest) = (String::new(), tokens);
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        let part = match *first {
            Token::Value(value) => Part::Value(value),
            Token::Text(open) => match bracketed(open, behind) {
                Some((within, close, after)) => {
                    rest = after;
                    Part::Bracket(within.between(open, close))
                }
                None => {
                    text.push(open);
                    continue;
                }
            },
        };
        pattern.parts.push((std::mem::take(&mut text), part));
    }
    pattern.after = text;
    if let Some((before, _)) = pattern.parts.first_mut() {
        pattern.before = std::mem::take(before);
    }
    pattern
}

/// What a bracket that was opened holds, the sign that closes it, and what is behind it; `None` if it is no bracket around a placeholder.
fn bracketed(open: char, behind: &[Token]) -> Option<(Pattern, char, &[Token])> {
    let close = match open {
        '(' => ')',
        '[' => ']',
        _ => return None,
    };
    let mut depth = 1_usize;
    let end = behind.iter().position(|token| {
        match token {
            Token::Text(c) if *c == open => depth += 1,
            Token::Text(c) if *c == close => depth -= 1,
            Token::Text(_) | Token::Value(_) => {}
        }
        depth == 0
    })?;
    let (within, after) = behind.split_at(end);
    within
        .iter()
        .any(Token::is_value)
        .then(|| (pattern(within), close, after.get(1..).unwrap_or_default()))
}

impl Pattern {
    fn between(mut self, open: char, close: char) -> Self {
        self.before.insert(0, open);
        self.after.push(close);
        self
    }

    fn fill(&self, draft: &Draft) -> Option<String> {
        let mut said = String::new();
        for (text, part) in &self.parts {
            if let Some(value) = part.fill(draft) {
                said.push_str(if said.is_empty() { &self.before } else { text });
                said.push_str(&value);
            }
        }
        (!said.is_empty()).then(|| said + &self.after)
    }
}

impl Part {
    fn fill(&self, draft: &Draft) -> Option<String> {
        match self {
            Self::Value(placeholder) => {
                let value = (placeholder.value)(draft)?;
                let says_something = value.chars().any(|c| !c.is_whitespace() && !c.is_control());
                says_something.then(|| value.trim().to_owned())
            }
            Self::Bracket(pattern) => pattern.fill(draft),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::article::{ArticleId, Confidence, Dateline, Organisation, Place, Revision, SourceId};

    fn bare() -> Article {
        Article {
            id: ArticleId::new("tag:dateline,2026:1"),
            number: 1,
            story: 1,
            version: 1,
            first_received: DateTime::UNIX_EPOCH,
            modified: DateTime::UNIX_EPOCH,
            copies: 0,
            draft: Draft {
                headline: Some("Acme opens (second) plant".into()),
                ..Draft::empty(SourceId::new("prn-all"), DateTime::UNIX_EPOCH)
            },
        }
    }

    fn full() -> Article {
        let symbol = |symbol: &str| Symbol {
            exchange: "XNAS".into(),
            symbol: symbol.into(),
            raw: String::new(),
        };
        let mut article = bare();
        let draft = &mut article.draft;
        draft.headline = Some("CORRECTION: Acme opens plant".into());
        draft.issuer = Some(" Acme Corp. ".into());
        draft.wire = Some("PR Newswire".into());
        draft.language = Some("en".into());
        draft.kind = Kind::Correction;
        draft.revision = Some(Revision {
            kind: Kind::Correction,
            clean_headline: Some("Acme opens plant".into()),
            target_headline: None,
            target_date: None,
            target_wire: None,
        });
        draft.dateline = Some(Dateline {
            raw: String::new(),
            places: vec![Place {
                text: "BOISE, Idaho".into(),
                city: Some("Boise".into()),
                region: None,
                country: Some("US".into()),
            }],
            date: None,
            wire: None,
            via: vec![],
            confidence: Confidence::High,
        });
        draft.organisations = vec![Organisation {
            symbols: ["ACME", "BLT", "ACME", "CRN", "DRT"].map(symbol).to_vec(),
            ..Organisation::default()
        }];
        article
    }

    #[test]
    fn a_title_is_filled_and_what_is_not_known_leaves_no_stray_mark() {
        for (template, of_all, of_little) in [
            (
                "{headline}",
                "CORRECTION: Acme opens plant",
                "Acme opens (second) plant",
            ),
            (
                "{issuer}: {headline} ({tickers})",
                "Acme Corp.: CORRECTION: Acme opens plant (ACME, BLT, CRN)",
                "Acme opens (second) plant",
            ),
            (
                "[{kind}] {clean_headline}",
                "[correction] Acme opens plant",
                "Acme opens (second) plant",
            ),
            (
                "{source} | {wire} | {place}, {country} | {language}",
                "prn-all | PR Newswire | Boise, US | en",
                "prn-all",
            ),
            (
                "{headline} (via {wire}, {source})",
                "CORRECTION: Acme opens plant (via PR Newswire, prn-all)",
                "Acme opens (second) plant (via prn-all)",
            ),
            (
                "Steel – {wire} – {clean_headline}!",
                "Steel – PR Newswire – Acme opens plant!",
                "Steel – Acme opens (second) plant!",
            ),
            (":-) {{{source}}} [x]", ":-) {prn-all} [x]", ":-) {prn-all} [x]"),
            (
                "([{symbols}] {wire}) {source}",
                "([XNAS:ACME, XNAS:BLT, XNAS:CRN] PR Newswire) prn-all",
                "prn-all",
            ),
        ] {
            let read = TitleTemplate::parse(template).expect(template);
            assert_eq!(read.fill(&full()).as_deref(), Some(of_all), "{template}");
            assert_eq!(read.fill(&bare()).as_deref(), Some(of_little), "{template}");
        }
        let nothing = TitleTemplate::parse("- {issuer} ({wire})").expect("it is good");
        assert_eq!(nothing.fill(&bare()), None);
        assert_eq!(TitleTemplate::default().fill(&bare()), bare().draft.headline);
    }

    #[test]
    fn a_template_with_a_mistake_is_refused_with_its_place() {
        for (template, span, message) in [
            ("{headlin}", 0..9, "there is no placeholder `{headlin}`"),
            ("é {} x", 3..5, "there is no placeholder `{}`"),
            ("{headline", 0..1, "`{` is not closed"),
            ("a {issuer {headline}", 2..3, "`{` is not closed"),
            ("{headline}}", 10..11, "`}` closes nothing"),
            (
                "",
                0..0,
                "there is no placeholder in it: all entries would have one title",
            ),
            (
                "{{headline}}",
                0..12,
                "there is no placeholder in it: all entries would have one title",
            ),
        ] {
            let error = TitleTemplate::parse(template).expect_err(template);
            assert_eq!((error.span, error.message.as_str()), (span, message), "{template}");
            assert!(!error.hint.is_empty());
        }
        assert_eq!(
            TitleTemplate::parse("{headlin}").expect_err("a slip").hint,
            "did you mean `{headline}`?"
        );
        assert!(TitleTemplate::parse(&"(".repeat(300)).is_err());
    }
}

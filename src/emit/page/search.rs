//! What a reader searched for: a filter, words, or a mistake. In: the query of the URL. Out: a checked [`Search`]. Pure.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::filter::{Filter, FilterError, Named, words};
use crate::store::PageKey;

/// Bytes of a search: longer than any that a person writes.
const MAX_BYTES: usize = 2_000;
/// Words of a search that are looked for.
const MAX_WORDS: usize = 16;

/// The first page as it was asked for.
#[derive(Debug, Default)]
pub(in crate::emit) struct Search {
    /// As written; empty: everything.
    pub(super) text: String,
    pub(super) asked: Asked,
    /// Behind which article the list begins.
    pub(super) after: Option<PageKey>,
}

/// What the text was understood as.
#[derive(Debug, Default)]
pub(super) enum Asked {
    #[default]
    Everything,
    Filter(Filter),
    /// Each of these words or quoted phrases in headline or body.
    Words(Filter),
    /// A filter with a mistake, as the person is shown it.
    Mistake(String),
}

impl Search {
    /// `q` is a filter or words, `filter` a filter; `before` is where a page ended.
    pub(in crate::emit) fn of(query: Option<&str>, named: &Named) -> Self {
        let mut search = Self::default();
        for (key, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*key {
                "q" => search.ask(&value, |text| understood(text, named)),
                "filter" => search.ask(&value, |text| checked(text, Filter::parse_with(text, named))),
                "before" => search.after = page_key(&value),
                _ => {}
            }
        }
        search
    }

    /// May it be answered with what was found?
    pub(super) const fn filter(&self) -> Option<&Filter> {
        match &self.asked {
            Asked::Filter(filter) | Asked::Words(filter) => Some(filter),
            Asked::Everything | Asked::Mistake(_) => None,
        }
    }

    /// The query of the page that begins behind this article.
    pub(super) fn older(&self, next: &PageKey) -> String {
        let at = next.sort_time.to_rfc3339_opts(SecondsFormat::Millis, true);
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !self.text.is_empty() {
            query.append_pair("q", &self.text);
        }
        query.append_pair("before", &format!("{at},{}", next.number)).finish()
    }

    fn ask(&mut self, text: &str, understand: impl Fn(&str) -> Asked) {
        text.trim().clone_into(&mut self.text);
        self.asked = match self.text.len() {
            0 => Asked::Everything,
            1..=MAX_BYTES => understand(&self.text),
            _ => Asked::Mistake(format!("a search has at most {MAX_BYTES} bytes")),
        };
    }
}

fn checked(text: &str, parsed: Result<Filter, FilterError>) -> Asked {
    match parsed {
        Ok(filter) => Asked::Filter(filter),
        Err(error) => Asked::Mistake(error.render(text)),
    }
}

/// A text with signs of the filter language is one, right or wrong; any other text is words.
fn understood(text: &str, named: &Named) -> Asked {
    match Filter::parse_with(text, named) {
        Err(_) if !text.contains(['=', '~']) => free(text),
        parsed => checked(text, parsed),
    }
}

/// Every word, and every phrase in double quotes, in headline or body.
fn free(text: &str) -> Asked {
    let phrases: Vec<String> = text
        .split('"')
        .enumerate()
        .flat_map(|(at, part)| match at % 2 {
            // What stands between two quotation marks is one phrase.
            1 => vec![part],
            _ => part.split_whitespace().collect(),
        })
        .map(|phrase| words(phrase).trim().to_owned())
        .filter(|phrase| !phrase.is_empty())
        .take(MAX_WORDS)
        .collect();
    let tests: Vec<String> = phrases.iter().map(|phrase| format!("text ~ \"{phrase}\"")).collect();
    match Filter::parse(&tests.join(" and ")) {
        Ok(filter) if !phrases.is_empty() => Asked::Words(filter),
        Ok(_) | Err(_) => Asked::Mistake(format!("{text}\nthere is no word to look for")),
    }
}

/// `2026-03-02T08:00:00.000Z,17`; anything else is the beginning.
fn page_key(text: &str) -> Option<PageKey> {
    let (at, number) = text.split_once(',')?;
    Some(PageKey {
        sort_time: DateTime::parse_from_rfc3339(at).ok()?.with_timezone(&Utc),
        number: number.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_search_is_understood_as() {
        for (query, want) in [
            ("", "everything"),
            ("q=++", "everything"),
            ("x=1&q=steel", "words: text ~ \"steel\""),
            (
                "q=Steel%2C+the+%22two+furnaces%22",
                "words: text ~ \"steel\" and text ~ \"the\" and text ~ \"two furnaces\"",
            ),
            ("q=R%26D+%26", "words: text ~ \"r d\""),
            ("q=text+%7E+%22steel%22", "filter: text ~ \"steel\""),
            ("q=symbol+exists", "filter: symbol exists"),
            ("q=what+exists", "words: text ~ \"what\" and text ~ \"exists\""),
            ("q=headlin+%7E+%22steel%22", "mistake: headlin ~ \"steel\"\n^^^^^^^"),
            ("q=%26+-", "mistake: & -\nthere is no word"),
            ("filter=steel", "mistake: steel\n"),
        ] {
            let have = match Search::of(Some(query), &Named::default()).asked {
                Asked::Everything => "everything".to_owned(),
                Asked::Words(filter) => format!("words: {}", filter.text),
                Asked::Filter(filter) => format!("filter: {}", filter.text),
                Asked::Mistake(shown) => format!("mistake: {shown}"),
            };
            assert!(have.starts_with(want), "{query}: {have}");
        }
        let long = format!("q={}", "a".repeat(MAX_BYTES + 1));
        assert!(matches!(
            Search::of(Some(&long), &Named::default()).asked,
            Asked::Mistake(_)
        ));
    }

    #[test]
    fn the_link_to_older_articles_leads_back_to_the_same_search() {
        let key = page_key("2026-03-02T08:00:00.250Z,17").expect("a key");
        let search = Search::of(Some("q=steel+%26+\"iron\""), &Named::default());
        let again = Search::of(Some(&search.older(&key)), &Named::default());
        assert_eq!((again.text, again.after), (search.text, Some(key)));
        for wrong in ["", "17", "yesterday,17", "2026-03-02T08:00:00Z,x"] {
            assert_eq!(page_key(wrong), None, "{wrong}");
        }
    }
}

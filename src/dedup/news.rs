//! The news text of a release, after its dateline, as it is compared and as the store keeps it.

use std::collections::HashSet;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;

use super::token::{FORM, Former, Token, TokenKind, Zone, split};
use crate::article::{Dateline, Section, SectionKind};
use crate::text::content_hash;

/// How wires and sites end a text that goes on elsewhere.
const CUT_MARKS: &[&str] = &[
    "...",
    "\u{2026}",
    "[...]",
    "[\u{2026}]",
    "(more)",
    "\u{bb}",
    "\u{2192}",
    ">",
];

/// Links to the rest of it. Behind a mark of being cut they may go on with the headline.
const LINKS: &[&str] = &[
    "read more",
    "read on",
    "read full story",
    "read the full story",
    "read full article",
    "read the full article",
    "full story",
    "continue reading",
    "learn more",
    "weiterlesen",
    "mehr lesen",
    "lire la suite",
    "leer m\u{e1}s",
    "leggi tutto",
    "lees meer",
    "cite\u{219}te mai mult",
];

/// How WordPress ends the text of an item, by language: the words before the headline, and those between it and the site's name.
const POST_LINES: &[(&str, &str)] = &[
    ("The post ", " appeared first on "),
    ("The post ", " first appeared on "),
    ("Der Beitrag ", " erschien zuerst auf "),
    ("L\u{2019}article ", " est apparu en premier sur "),
    ("La entrada ", " se public\u{f3} primero en "),
    ("La entrada ", " aparece primero en "),
    ("L\u{2019}articolo ", " proviene da "),
    ("Het bericht ", " verscheen eerst op "),
    ("O post ", " apareceu primeiro em "),
    ("Articolul ", " apare prima dat\u{103} \u{ee}n "),
];

/// What nearly all texts have none of, asked for in one search.
static MIDDLES: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(POST_LINES.iter().map(|(_, middle)| middle)).ok());

/// A post line holds a headline and a site's name.
const POST_LINE_BYTES: usize = 600;

/// A dateline stands near the top; further down the same words are news.
const DATELINE_REACH_BYTES: usize = 4_000;

/// Below this, what the sections leave as news is no text to compare: all of it counts.
const LEAST_NEWS: usize = 8;

/// The text without its dateline. Splitting waits until somebody compares, and is done once.
#[derive(Debug, Clone)]
pub struct News {
    /// Hash of the whole body: the same body is the same news, however an earlier Dateline found its parts.
    body: String,
    /// A dateline was found and cut off.
    dated: bool,
    /// It ended in a mark of being cut.
    cut: bool,
    /// Canonical words.
    form: String,
    tokens: OnceLock<Vec<Token>>,
    news: OnceLock<Vec<Token>>,
}

/// How one news text stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// Equal words.
    Same,
    /// A beginning of the other.
    Cut,
    /// The other is a beginning of this.
    Fuller,
    /// Different words.
    Other,
}

impl News {
    /// Everything but the dateline: a change in the boilerplate is a change of the release, but wires add, shorten and drop it,
    /// so that copies are told by the news alone.
    #[must_use]
    pub fn read(body_text: &str, dateline: Option<&Dateline>, sections: &[Section]) -> Self {
        let lead = sections.iter().position(|s| s.kind == SectionKind::Lead).unwrap_or(0);
        let mut passages: Vec<(&str, Zone)> = sections
            .iter()
            .enumerate()
            .filter(|(_, section)| section.kind != SectionKind::Dateline)
            .map(|(at, section)| (section.text.as_str(), zone(section.kind, at < lead)))
            .collect();
        if passages.is_empty() {
            passages.push((body_text, Zone::News));
        }
        let dated = dateline.is_some_and(|dateline| drop_dateline(&mut passages, &dateline.raw));
        let cut = drop_cut_marks(&mut passages);
        let mut former = Former::default();
        for (text, zone) in passages {
            former.passage(text, zone);
        }
        Self::new(content_hash(&[body_text]), dated, cut, former.finish())
    }

    fn new(body: String, dated: bool, cut: bool, form: String) -> Self {
        Self {
            body,
            dated,
            cut,
            form,
            tokens: OnceLock::new(),
            news: OnceLock::new(),
        }
    }

    /// As the store keeps it: `1 d- HASH words`.
    #[must_use]
    pub(crate) fn stored(&self) -> String {
        let flag = |set, sign| if set { sign } else { '-' };
        format!(
            "{FORM} {}{} {} {}",
            flag(self.dated, 'd'),
            flag(self.cut, 'c'),
            self.body,
            self.form
        )
    }

    /// Reads [`stored`](Self::stored) back; `None` for the form of another version of Dateline.
    #[must_use]
    pub(crate) fn from_stored(stored: &str) -> Option<Self> {
        let mut parts = stored.splitn(4, ' ');
        parts.next().filter(|form| *form == FORM)?;
        let flags = parts.next()?;
        let (body, words) = (parts.next()?, parts.next()?);
        Some(Self::new(
            body.to_owned(),
            flags.contains('d'),
            flags.contains('c'),
            words.to_owned(),
        ))
    }

    /// Its words alone, for a hash: neither capitals nor where boilerplate was found count.
    pub(super) fn plain(&self) -> String {
        self.spelt(self.tokens())
    }

    /// Some of its words, spaces between them.
    pub(super) fn spelt(&self, tokens: &[Token]) -> String {
        let mut words = String::with_capacity(self.form.len());
        for (at, token) in tokens.iter().enumerate() {
            if at > 0 {
                words.push(' ');
            }
            words.push_str(self.word(token));
        }
        words
    }

    /// Every word.
    pub(super) fn tokens(&self) -> &[Token] {
        self.tokens.get_or_init(|| split(&self.form))
    }

    /// The words of the news, without boilerplate and addresses; all of them where the sections leave next to nothing.
    pub(super) fn news(&self) -> &[Token] {
        self.news.get_or_init(|| {
            let telling = |t: &&Token| t.kind != TokenKind::Address;
            let news: Vec<Token> = self
                .tokens()
                .iter()
                .filter(telling)
                .filter(|t| t.zone != Zone::Boilerplate)
                .copied()
                .collect();
            if news.len() >= LEAST_NEWS {
                news
            } else {
                self.tokens().iter().filter(telling).copied().collect()
            }
        })
    }

    /// The spelling of one of its words.
    pub(super) fn word(&self, token: &Token) -> &str {
        token.word(&self.form)
    }

    /// Its canonical form.
    pub(super) fn form(&self) -> &str {
        &self.form
    }

    /// Words; in scripts without spaces, characters.
    pub(super) fn words(&self) -> usize {
        self.tokens().len()
    }

    /// Did it end in a mark of being cut?
    pub(super) const fn is_cut(&self) -> bool {
        self.cut
    }

    /// Was a dateline found?
    pub(super) const fn is_dated(&self) -> bool {
        self.dated
    }

    /// The same words of news, whatever the boilerplate.
    pub(super) fn is_same_news(&self, other: &Self) -> bool {
        let (a, b) = (self.news(), other.news());
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.hash == b.hash)
    }

    /// Byte for byte the same body.
    #[must_use]
    pub fn is_same_body(&self, other: &Self) -> bool {
        self.body == other.body
    }

    /// Does it begin with the other text, and go on?
    pub(crate) fn continues(&self, other: &Self) -> bool {
        self.relation(other) == Relation::Fuller
    }

    /// Words of news.
    pub(crate) fn news_words(&self) -> usize {
        self.news().len()
    }

    /// Has it more words of news?
    pub(crate) fn is_longer_than(&self, other: &Self) -> bool {
        self.news().len() > other.news().len()
    }

    pub(super) fn relation(&self, other: &Self) -> Relation {
        if self.body == other.body || self.form == other.form {
            return Relation::Same;
        }
        let (a, b) = (self.tokens(), other.tokens());
        if a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.hash == b.hash) {
            Relation::Same
        } else if self.begins(other) {
            Relation::Cut
        } else if other.begins(self) {
            Relation::Fuller
        } else {
            Relation::Other
        }
    }

    /// A mark of being cut may stand within a word ("12-year..."); without one, "10" does not begin "100".
    fn begins(&self, other: &Self) -> bool {
        let (a, b) = (self.tokens(), other.tokens());
        let same = a.iter().zip(b).take_while(|(a, b)| a.hash == b.hash).count();
        let rest = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
        match rest {
            ([], _) => true,
            ([last], [next, ..]) => self.cut && other.word(next).starts_with(self.word(last)),
            (_, _) => false,
        }
    }

    /// Its numbers.
    pub(super) fn numbers(&self) -> HashSet<u64> {
        self.tokens()
            .iter()
            .filter(|t| t.kind == TokenKind::Number)
            .map(|t| t.hash)
            .collect()
    }

    /// Hashes of its words of weight (four letters or more); of all, where there are none.
    pub(super) fn terms(&self) -> HashSet<u64> {
        const WEIGHTY_BYTES: usize = 4;
        let weighty: HashSet<u64> = self
            .tokens()
            .iter()
            .filter(|t| t.kind == TokenKind::Ideograph || self.word(t).len() >= WEIGHTY_BYTES)
            .map(|t| t.hash)
            .collect();
        if weighty.is_empty() {
            self.tokens().iter().map(|t| t.hash).collect()
        } else {
            weighty
        }
    }
}

/// Cuts the dateline out, wherever it stands. Says whether it was found.
fn drop_dateline(passages: &mut Vec<(&str, Zone)>, raw: &str) -> bool {
    let mut before = 0;
    for at in 0..passages.len() {
        let Some(&(text, zone)) = passages.get(at) else { break };
        if raw.is_empty() || before >= DATELINE_REACH_BYTES {
            break;
        }
        if let Some(found) = text.find(raw) {
            let parts = [text.get(..found), text.get(found + raw.len()..)];
            passages.splice(at..=at, parts.into_iter().flatten().map(|part| (part, zone)));
            return true;
        }
        before += text.len();
    }
    false
}

/// Cuts post lines and marks of being cut from the end. Says whether there was a mark.
fn drop_cut_marks(passages: &mut [(&str, Zone)]) -> bool {
    let Some((last, _)) = passages.iter_mut().rev().find(|(text, _)| !text.trim().is_empty()) else {
        return false;
    };
    let whole = without_post_line(last.trim());
    let mut rest = without_link(whole);
    while let Some(shorter) = CUT_MARKS
        .iter()
        .find_map(|mark| rest.strip_suffix(mark))
        .or_else(|| link_at_end(rest))
    {
        rest = shorter.trim_end();
    }
    let cut = rest.len() < whole.len();
    *last = rest;
    cut
}

fn link_at_end(text: &str) -> Option<&str> {
    let link = |link: &&str| {
        let at = text.len().checked_sub(link.len())?;
        let (rest, end) = text.split_at_checked(at)?;
        (end.to_lowercase() == **link && !rest.ends_with(char::is_alphanumeric)).then_some(rest)
    };
    LINKS.iter().find_map(link)
}

/// `... Continue reading Acme Buys Bolt`.
fn without_link(text: &str) -> &str {
    let from = text.ceil_char_boundary(text.len().saturating_sub(POST_LINE_BYTES));
    let Some(tail) = text.get(from..) else { return text };
    let mark = tail
        .char_indices()
        .rev()
        .filter(|(_, c)| matches!(c, '.' | '\u{2026}' | ']'));
    for (at, c) in mark {
        let (before, after) = tail.split_at(at + c.len_utf8());
        let after = after.trim_start();
        let is_cut = CUT_MARKS.iter().any(|mark| before.ends_with(mark));
        let is_link = || {
            LINKS.iter().any(|link| {
                after
                    .get(..link.len())
                    .is_some_and(|start| start.to_lowercase() == **link)
            })
        };
        if is_cut && is_link() {
            return text.get(..from + before.len()).unwrap_or(text);
        }
    }
    text
}

fn without_post_line(text: &str) -> &str {
    let from = text.ceil_char_boundary(text.len().saturating_sub(POST_LINE_BYTES));
    let Some(tail) = text.get(from..) else { return text };
    if !MIDDLES.as_ref().is_none_or(|middles| middles.is_match(tail)) {
        return text;
    }
    let line = |(start, middle): &(&str, &str)| {
        let middle = tail.rfind(middle)?;
        tail.get(..middle)?.rfind(start)
    };
    let start = POST_LINES.iter().find_map(line);
    start.and_then(|at| text.get(..from + at)).map_or(text, str::trim_end)
}

const fn zone(kind: SectionKind, before_lead: bool) -> Zone {
    match kind {
        SectionKind::Lead | SectionKind::Body | SectionKind::Subhead | SectionKind::Quote if before_lead => Zone::Head,
        SectionKind::Lead | SectionKind::Body | SectionKind::Subhead | SectionKind::Quote => Zone::News,
        SectionKind::Dateline
        | SectionKind::About
        | SectionKind::ForwardLooking
        | SectionKind::Disclaimer
        | SectionKind::Instruction
        | SectionKind::Contact
        | SectionKind::Media
        | SectionKind::Source
        | SectionKind::End => Zone::Boilerplate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Confidence;

    fn news(body: &str) -> News {
        News::read(body, None, &[])
    }

    #[test]
    fn texts_that_are_one_text_shown_at_two_lengths() {
        for (new, old, want) in [
            ("Acme buys Bolt.", "ACME buys Bolt", Relation::Same),
            (
                "Acme buys Bolt for a 12-y...",
                "Acme buys Bolt for a 12-year term.",
                Relation::Cut,
            ),
            (
                "Acme buys Bolt for a 12-year term.",
                "Acme buys Bolt [\u{2026}]",
                Relation::Fuller,
            ),
            ("Acme raises 10", "Acme raises 100 million", Relation::Other),
            ("Acme raises 1...", "Acme raises 100 million", Relation::Cut),
            ("", "Acme raises 100 million", Relation::Cut),
            ("Acme sells Bolt", "Acme buys Bolt", Relation::Other),
            (
                "\u{516c}\u{53f8}\u{4eca}\u{65e5}",
                "\u{516c}\u{53f8}\u{4eca}\u{65e5}\u{5ba3}\u{5e03}",
                Relation::Cut,
            ),
        ] {
            assert_eq!(news(new).relation(&news(old)), want, "{new} | {old}");
        }
    }

    #[test]
    fn words_of_scripts_without_spaces_are_characters() {
        for (text, want) in [
            ("", 0),
            ("Acme buys  Bolt.", 3),
            ("\u{516c}\u{53f8}\u{4eca}\u{65e5} Acme", 5),
        ] {
            assert_eq!(news(text).words(), want, "{text}");
        }
    }

    #[test]
    fn the_dateline_is_cut_out_even_when_a_subheadline_stands_before_it() {
        let dateline = Dateline {
            raw: "BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ --".to_owned(),
            places: Vec::new(),
            date: None,
            wire: None,
            via: Vec::new(),
            confidence: Confidence::High,
        };
        let body = "More fries BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ -- After years, fries.";
        assert_eq!(
            News::read(body, Some(&dateline), &[]).plain(),
            "more fries after years fries"
        );
    }

    #[test]
    fn sections_say_where_the_news_is_and_what_of_it_counts_for_copies() {
        let section = |kind, text: &str| Section {
            kind,
            text: text.to_owned(),
        };
        let sections = [
            section(SectionKind::Subhead, "More fries"),
            section(SectionKind::Lead, "Fries are here, and more of them come."),
            section(SectionKind::About, "About Fry Inc."),
        ];
        let news = News::read("unused", None, &sections);
        assert_eq!(
            news.plain(),
            "more fries fries are here and more of them come about fry inc"
        );
        let told: Vec<_> = news.news().iter().map(|token| news.word(token)).collect();
        assert_eq!(
            told,
            [
                "more", "fries", "fries", "are", "here", "and", "more", "of", "them", "come"
            ]
        );
    }

    #[test]
    fn what_leads_to_the_rest_of_a_text_is_no_news() {
        for (text, want) in [
            (
                "Acme buys Bolt. The post Acme Buys Bolt appeared first on Boise Daily.",
                ("acme buys bolt", false),
            ),
            (
                "Acme buys Bolt for... Continue reading Acme Buys Bolt",
                ("acme buys bolt for", true),
            ),
            ("Acme buys Bolt [...] Read more \u{bb}", ("acme buys bolt", true)),
            ("Acme buys Bolt, a maker Read more", ("acme buys bolt a maker", true)),
            (
                "Acme tells people to read more.",
                ("acme tells people to read more", false),
            ),
        ] {
            let news = news(text);
            assert_eq!((news.plain().as_str(), news.is_cut()), want, "{text}");
        }
    }

    #[test]
    fn what_the_store_keeps_is_read_back() {
        let kept = news("Acme buys Bolt in 2026...");
        let read = News::from_stored(&kept.stored()).unwrap();
        assert_eq!(
            (read.plain(), read.is_cut(), read.relation(&kept)),
            (kept.plain(), true, Relation::Same)
        );
        assert!(News::from_stored("0 -- 1:x acme").is_none());
        assert!(News::from_stored("").is_none());
    }
}

//! One text of two that lie beside each other, or a part of it.

use super::super::News;
use super::super::terms::{DIRECTIONS, TURNS};
use super::super::token::{Token, TokenKind, Zone};

/// Bytes of either side of a change.
const SHOWN_BYTES: usize = 120;

/// One text of two: its words, and how they are spelt.
#[derive(Clone, Copy)]
pub(super) struct Side<'n> {
    pub(super) news: &'n News,
    pub(super) tokens: &'n [Token],
}

impl<'n> Side<'n> {
    pub(super) fn of(news: &'n News) -> Self {
        Self {
            news,
            tokens: news.news(),
        }
    }

    pub(super) fn whole(news: &'n News) -> Self {
        Self {
            news,
            tokens: news.tokens(),
        }
    }

    pub(super) fn part(self, from: usize, to: usize) -> Self {
        Self {
            tokens: self.tokens.get(from..to).unwrap_or_default(),
            ..self
        }
    }

    /// Nothing but what stands before the lead.
    pub(super) fn is_head(self) -> bool {
        self.tokens.iter().all(|token| token.zone == Zone::Head)
    }

    /// Words that turn a sentence round.
    pub(super) fn turns(self) -> usize {
        self.tokens
            .iter()
            .filter(|token| TURNS.contains(&self.word(token)))
            .count()
    }

    /// Does a word say which of two things is which?
    pub(super) fn directs(self) -> bool {
        self.tokens.iter().any(|token| DIRECTIONS.contains(&self.word(token)))
    }

    /// The same words.
    pub(super) fn is_same(self, other: Self) -> bool {
        let words = self.tokens.iter().zip(other.tokens);
        self.len() == other.len() && words.into_iter().all(|(a, b)| a.hash == b.hash)
    }

    /// `the airport to` beside `to the airport`: a thing, and the word that says which of two it is, before it or after it.
    pub(super) fn is_moved(self, other: Self) -> bool {
        let turned = |at: usize| {
            let (thing, direction) = (self.part(0, at), self.part(at, self.len()));
            let there = (other.part(0, direction.len()), other.part(direction.len(), other.len()));
            direction.directs() && direction.is_same(there.0) && thing.is_same(there.1)
        };
        (1..self.len()).any(turned)
    }

    /// The word before a place.
    pub(super) fn before(self, at: usize) -> Option<&'n str> {
        let before = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        before.map(|token| self.word(token))
    }

    /// Does a measure stand at a place: `5 percent`, `about 5 percent`? Behind `by` it says how much, and not who.
    pub(super) fn measures(self, at: usize) -> bool {
        const ROUGHLY: &[&str] = &[
            "a",
            "about",
            "almost",
            "approximately",
            "around",
            "at",
            "just",
            "least",
            "less",
            "more",
            "most",
            "nearly",
            "only",
            "over",
            "some",
            "than",
            "to",
            "under",
            "up",
        ];
        let mut words = self.tokens.iter().skip(at);
        words
            .find(|token| !ROUGHLY.contains(&self.word(token)))
            .is_some_and(|token| token.kind == TokenKind::Number)
    }

    pub(super) fn len(self) -> usize {
        self.tokens.len()
    }

    pub(super) fn word(self, token: &Token) -> &'n str {
        self.news.word(token)
    }

    pub(super) fn words(self) -> Vec<&'n str> {
        self.tokens.iter().map(|token| self.word(token)).collect()
    }

    pub(super) fn text(self) -> String {
        self.spell(self.tokens)
    }

    /// Words of some kinds that the other side has not.
    pub(super) fn own(self, other: Self, kinds: &[TokenKind]) -> Vec<Token> {
        let wanted = self.tokens.iter().filter(|t| kinds.contains(&t.kind));
        wanted
            .filter(|t| other.tokens.iter().all(|o| o.hash != t.hash))
            .copied()
            .collect()
    }

    /// As many of the words as a person reads.
    pub(super) fn spell(self, tokens: &[Token]) -> String {
        let mut text = String::new();
        for token in tokens {
            if text.len() > SHOWN_BYTES {
                break;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(self.word(token));
        }
        clipped(text)
    }
}

/// No more than a person reads.
pub(super) fn clipped(mut text: String) -> String {
    if text.len() > SHOWN_BYTES {
        text.truncate(text.floor_char_boundary(SHOWN_BYTES));
        text.push('\u{2026}');
    }
    text
}

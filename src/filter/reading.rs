//! An article as filters read it: its words once, however many tests look at them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use chrono::{DateTime, Utc};

use super::{Compare, words};
use crate::article::Article;

/// Address and length of a text.
type Place = (usize, usize);

/// An article at one moment.
pub(super) struct Reading<'a> {
    pub(super) article: &'a Article,
    pub(super) now: DateTime<Utc>,
    /// By the place of the text in the article: `headline` and `text` read one headline.
    words: RefCell<Vec<(Place, Rc<str>)>>,
}

impl<'a> Reading<'a> {
    pub(super) const fn new(article: &'a Article, now: DateTime<Utc>) -> Self {
        Self {
            article,
            now,
            words: RefCell::new(Vec::new()),
        }
    }

    #[allow(clippy::ptr_arg)] // whether the text is the article's own is what counts
    /// The words of one of the article's texts.
    pub(super) fn words(&self, text: &Cow<'a, str>) -> Rc<str> {
        // A text of the article stays where it is for as long as this; a made one does not.
        let Cow::Borrowed(text) = text else {
            return words(text).into();
        };
        let place = (text.as_ptr().addr(), text.len());
        let known = self
            .words
            .borrow()
            .iter()
            .find(|(known, _)| *known == place)
            .map(|(_, words)| words.clone());
        known.unwrap_or_else(|| {
            let words: Rc<str> = words(text).into();
            self.words.borrow_mut().push((place, words.clone()));
            words
        })
    }

    #[allow(clippy::ptr_arg)] // as above
    /// The keys of lists that a text is found by: its own, and of a language tag those of the ranges that hold it.
    pub(super) fn keys(&self, compare: Compare, text: &Cow<'a, str>) -> Vec<String> {
        match compare {
            Compare::Words => vec![self.words(text).to_string()],
            Compare::Exact | Compare::OneOf(_) | Compare::AsciiCase => vec![compare.key(text)],
            Compare::LanguageRange => {
                let tag = compare.key(text);
                let ends = tag.match_indices('-').map(|(at, _)| at).chain([tag.len()]);
                ends.map(|end| tag[..end].to_owned()).collect()
            }
        }
    }
}

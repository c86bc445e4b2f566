//! What the stages need to know of a draft, worked out once.

use chrono::TimeDelta;

use super::name::{Name, NameKind, Trust, address, names};
use super::news::News;
use super::shingle::shingles;
use super::title::Headline;
use super::{Key, KeyKind, KnownVersion};
use crate::article::Draft;
use crate::text::{content_hash, fold};

/// From this many words on a text alone tells a release; wires' summaries (about 40 words) open templates alike.
pub(super) const TELLING_WORDS: usize = 40;
/// From this many words on a text tells a release together with its headline.
pub(super) const SUPPORTING_WORDS: usize = 8;

/// Texts of fewer words are summaries: they end before most facts, so less may differ.
pub(super) const SHORT_WORDS: usize = 90;

/// What a clock or a silent change may move the time of issue by.
pub(super) const A_DAY: TimeDelta = TimeDelta::days(1);

/// A draft and all that the stages compare.
#[derive(Debug)]
pub struct Reading<'a> {
    /// What was read.
    pub draft: &'a Draft,
    /// What its source calls it, strongest first; never empty. Names that other items of the document have are not among them.
    pub names: Vec<Name>,
    /// Hash of headline and text as shown: two showings with one hash are the same to a reader.
    pub content_hash: String,
    /// What it is recalled by, and will be.
    pub keys: Vec<Key>,
    /// The headline.
    pub headline: Headline,
    /// The text.
    pub news: News,
    /// The numbers by which look-alikes find it.
    pub shingles: Vec<i64>,
    /// The document in hand shows this item with several texts.
    pub several_texts: bool,
}

impl<'a> Reading<'a> {
    /// Works them out for a draft that is the only one of its document.
    #[must_use]
    pub fn of(draft: &'a Draft) -> Self {
        let mut reading = Self::unsettled(draft);
        reading.settle();
        reading
    }

    /// The same for an item whose page shows others as well.
    #[must_use]
    pub(crate) fn of_shared_page(draft: &'a Draft) -> Self {
        let mut reading = Self::unsettled(draft);
        let pages = reading.names.iter_mut().filter(|name| name.kind == NameKind::Url);
        pages.for_each(|page| page.trust = Trust::Kept);
        reading.settle();
        reading
    }

    /// All but the keys, which depend on the names that the document leaves to the item.
    pub(super) fn unsettled(draft: &'a Draft) -> Self {
        let clean = draft.revision.as_ref().and_then(|r| r.clean_headline.as_deref());
        let headline = Headline::read(draft.headline.as_deref(), clean);
        let news = News::read(&draft.body_text, draft.dateline.as_ref(), &draft.sections);
        let content_hash = content_hash(&[&headline.folded, &news.plain()]);
        let page = draft.url.as_deref().map(address).filter(|page| !is_site_root(page));
        Self {
            draft,
            names: names(draft, page, &headline.folded, &content_hash),
            content_hash,
            keys: Vec::new(),
            headline,
            shingles: shingles(&news),
            news,
            several_texts: false,
        }
    }

    pub(super) fn settle(&mut self) {
        self.keys = self.collect_keys();
    }

    /// The name under which it is filed: the strongest.
    #[must_use]
    pub fn item_key(&self) -> &str {
        self.names.first().map_or("", |name| &name.text)
    }

    /// Its name of a kind.
    #[must_use]
    pub fn name(&self, kind: NameKind) -> Option<&Name> {
        self.names.iter().find(|name| name.kind == kind)
    }

    /// Its key of a kind of which it has one.
    pub(super) fn key(&self, kind: KeyKind) -> Option<&Key> {
        self.keys.iter().find(|key| key.kind == kind)
    }

    /// The URL names this release alone: neither shared by other items nor a site's front page, and links are trusted.
    #[must_use]
    pub fn owns_its_url(&self) -> bool {
        self.name(NameKind::Url).is_some_and(|name| name.trust != Trust::Kept)
    }

    /// Is its headline that one, with or without a notice's mark?
    pub(super) fn has_headline_of(&self, headline: &str, clean_headline: &str) -> bool {
        self.headline.folded == headline || self.headline.clean == clean_headline
    }

    /// Words of the shorter of two texts.
    pub(super) fn shorter_words(&self, version: &KnownVersion) -> usize {
        self.news.words().min(version.news.words())
    }

    /// Both say when they were issued, and say the same.
    pub(super) fn is_of_one_instant(&self, version: &KnownVersion) -> bool {
        self.draft.published.is_some() && self.draft.published == version.published
    }

    fn collect_keys(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = self.names.iter().map(|name| Key::item(&name.text)).collect();
        let mut add = |kind, value: Option<String>| keys.extend(value.map(|value| Key { kind, value }));
        add(KeyKind::Release, self.release());
        add(KeyKind::Url, self.url_key());
        add(KeyKind::Headline, headline_key(&self.headline.clean));
        add(
            KeyKind::Headline,
            self.target_headline()
                .filter(|h| *h != self.headline.clean)
                .and_then(|h| headline_key(&h)),
        );
        add(KeyKind::Text, self.text_key());
        keys
    }

    /// Wire and release number.
    #[must_use]
    pub(crate) fn release(&self) -> Option<String> {
        release(self.draft.wire.as_deref(), self.draft.release_id.as_deref())
    }

    /// The headline of the release that a notice names.
    pub(super) fn target_headline(&self) -> Option<String> {
        self.draft
            .revision
            .as_ref()
            .and_then(|r| r.target_headline.as_deref())
            .map(fold)
    }

    /// A page that shows many releases tells one only together with a headline.
    pub(super) fn url_key(&self) -> Option<String> {
        let url = self.draft.url.as_deref().map(address)?;
        if self.owns_its_url() {
            Some(url.to_owned())
        } else if self.headline.clean.is_empty() {
            None
        } else {
            Some(format!("{url} {}", content_hash(&[&self.headline.clean])))
        }
    }

    /// Its text alone tells it: it is long enough, and whole.
    pub(super) fn tells_by_text(&self) -> bool {
        self.news.news().len() >= TELLING_WORDS && !self.news.is_cut()
    }

    /// Addresses and boilerplate do not count.
    pub(super) fn text_key(&self) -> Option<String> {
        let news = self.news.news();
        let text = self.news.spelt(news);
        if self.tells_by_text() {
            Some(content_hash(&[&text]))
        } else if news.len() >= SUPPORTING_WORDS && !self.headline.clean.is_empty() {
            Some(content_hash(&[&self.headline.clean, &text]))
        } else {
            None
        }
    }
}

/// `prnewswire:302898756`: display names differ in case and spaces, the configuration's names do not.
pub(crate) fn release(wire: Option<&str>, release_id: Option<&str>) -> Option<String> {
    Some(format!(
        "{}:{}",
        wire_slug(wire?),
        release_id.filter(|id| !id.is_empty())?
    ))
}

/// The display name of a wire as the configuration spells it: `PR Newswire` is `prnewswire`.
#[must_use]
pub(crate) fn wire_slug(display_name: &str) -> String {
    display_name
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What tells two language versions apart: `en-US` and `en` are one language, `zh-HK` and `zh-CN` are two texts.
#[must_use]
pub(crate) fn language_key(tag: &str) -> String {
    let lower = tag.to_ascii_lowercase();
    match lower.split_once('-') {
        Some((primary, _)) if primary != "zh" => primary.to_owned(),
        Some(_) | None => lower,
    }
}

fn headline_key(folded: &str) -> Option<String> {
    (!folded.is_empty()).then(|| content_hash(&[folded]))
}

/// In: an address as of [`address`].
pub(crate) fn is_site_root(address: &str) -> bool {
    !address.contains(['/', '?'])
}

/// Han, kana and full-width forms are written without spaces.
pub(super) const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

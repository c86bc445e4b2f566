//! What the stages need to know of a draft, worked out once.

use std::borrow::Cow;
use std::sync::OnceLock;

use chrono::TimeDelta;

use super::name::{Name, NameKind, Trust, address, names};
use super::{Key, KeyKind, KnownVersion};
use crate::article::{Dateline, Draft, Section, SectionKind};
use crate::text::{content_hash, fold};

/// From this many words on a text alone tells a release; wires' summaries (about 40 words) open templates alike.
pub(super) const TELLING_WORDS: usize = 40;
/// From this many words on a text tells a release together with its headline.
pub(super) const SUPPORTING_WORDS: usize = 8;

/// What a clock or a silent change may move the time of issue by.
pub(super) const A_DAY: TimeDelta = TimeDelta::days(1);

/// How wires and sites end a text that goes on elsewhere.
const CUT_MARKS: &[&str] = &["...", "\u{2026}", "[...]", "[\u{2026}]", "(more)", "Read more"];

/// A dateline stands near the top; further down the same words are news.
const DATELINE_REACH_BYTES: usize = 4_000;

/// The news text of a release, after its dateline. Folding and counting wait until somebody compares, and are done once.
#[derive(Debug)]
pub struct News {
    /// Hash of the whole body: the same body is the same news, however an earlier Dateline found its parts.
    body: String,
    raw: String,
    cut: bool,
    folded: OnceLock<String>,
    words: OnceLock<usize>,
}

/// How one news text stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// Equal after folding.
    Same,
    /// A beginning of the other.
    Cut,
    /// The other is a beginning of this.
    Fuller,
    /// Different words.
    Other,
}

impl News {
    /// Everything from the lead on: a change in the boilerplate is a change of the release.
    #[must_use]
    pub fn whole(body_text: &str, dateline: Option<&Dateline>, sections: &[Section]) -> Self {
        let start = sections.iter().position(|s| s.kind == SectionKind::Lead).unwrap_or(0);
        Self::after_dateline(body_text, &joined(body_text, sections.iter().skip(start)), dateline)
    }

    /// The news alone: wires add, shorten and drop boilerplate, contacts and photo lines. `None` when that is the whole.
    fn core(body_text: &str, dateline: Option<&Dateline>, sections: &[Section]) -> Option<Self> {
        let start = sections.iter().position(|s| s.kind == SectionKind::Lead).unwrap_or(0);
        let from_lead = || sections.iter().skip(start);
        from_lead().any(|s| !is_news(s.kind)).then(|| {
            let core = from_lead().filter(|s| is_news(s.kind));
            Self::after_dateline(body_text, &joined(body_text, core), dateline)
        })
    }

    fn after_dateline(body_text: &str, text: &str, dateline: Option<&Dateline>) -> Self {
        let news = dateline
            .filter(|d| !d.raw.is_empty())
            .and_then(|d| {
                text.find(&d.raw)
                    .filter(|at| *at < DATELINE_REACH_BYTES)
                    .map(|at| at + d.raw.len())
            })
            .and_then(|start| text.get(start..))
            .unwrap_or(text);
        let mut rest = news.trim();
        while let Some(shorter) = CUT_MARKS.iter().find_map(|mark| rest.strip_suffix(mark)) {
            rest = shorter.trim_end();
        }
        Self {
            body: content_hash(&[body_text]),
            cut: rest.len() < news.trim().len(),
            raw: rest.to_owned(),
            folded: OnceLock::new(),
            words: OnceLock::new(),
        }
    }

    /// The text to compare by.
    pub(super) fn folded(&self) -> &str {
        self.folded.get_or_init(|| fold(&self.raw))
    }

    /// Words; in scripts without spaces, characters.
    pub(super) fn words(&self) -> usize {
        *self.words.get_or_init(|| {
            let mut words = 0;
            let mut in_word = false;
            for c in self.folded().chars() {
                let alone = is_unspaced(c);
                words += usize::from(alone || (!in_word && c != ' '));
                in_word = !alone && c != ' ';
            }
            words
        })
    }

    /// Did it end in a mark of being cut?
    pub(super) const fn is_cut(&self) -> bool {
        self.cut
    }

    pub(super) fn relation(&self, other: &Self) -> Relation {
        if self.body == other.body || self.folded() == other.folded() {
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
        other.folded().strip_prefix(self.folded()).is_some_and(|rest| {
            self.cut || self.folded().is_empty() || rest.starts_with(|c| c == ' ' || is_unspaced(c))
        })
    }
}

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
    /// Folded headline as shown.
    pub headline: String,
    /// Folded headline without a notice's mark.
    pub clean_headline: String,
    /// The text.
    pub news: News,
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

    /// All but the keys, which depend on the names that the document leaves to the item.
    pub(super) fn unsettled(draft: &'a Draft) -> Self {
        let headline = fold(draft.headline.as_deref().unwrap_or_default());
        let clean_headline = draft
            .revision
            .as_ref()
            .and_then(|r| r.clean_headline.as_deref())
            .map_or_else(|| headline.clone(), fold);
        let news = News::whole(&draft.body_text, draft.dateline.as_ref(), &draft.sections);
        let content_hash = content_hash(&[&headline, news.folded()]);
        let page = draft.url.as_deref().map(address).filter(|page| !is_site_root(page));
        Self {
            draft,
            names: names(draft, page, &headline, &content_hash),
            content_hash,
            keys: Vec::new(),
            headline,
            clean_headline,
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

    /// The URL names this release alone: neither shared by other items nor a site's front page, and links are trusted.
    #[must_use]
    pub fn owns_its_url(&self) -> bool {
        self.name(NameKind::Url).is_some_and(|name| name.trust != Trust::Kept)
    }

    /// Is its headline that one, with or without a notice's mark?
    pub(super) fn has_headline_of(&self, headline: &str, clean_headline: &str) -> bool {
        self.headline == headline || self.clean_headline == clean_headline
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
        add(KeyKind::Headline, headline_key(&self.clean_headline));
        add(
            KeyKind::Headline,
            self.target_headline()
                .filter(|h| *h != self.clean_headline)
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
        } else if self.clean_headline.is_empty() {
            None
        } else {
            Some(format!("{url} {}", content_hash(&[&self.clean_headline])))
        }
    }

    pub(super) fn text_key(&self) -> Option<String> {
        let core = News::core(
            &self.draft.body_text,
            self.draft.dateline.as_ref(),
            &self.draft.sections,
        );
        let core = core.as_ref().unwrap_or(&self.news);
        let words = core.words();
        if words >= TELLING_WORDS && !core.is_cut() {
            Some(content_hash(&[core.folded()]))
        } else if words >= SUPPORTING_WORDS && !self.clean_headline.is_empty() {
            Some(content_hash(&[&self.clean_headline, core.folded()]))
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
pub(super) fn is_site_root(address: &str) -> bool {
    !address.contains(['/', '?'])
}

const fn is_news(kind: SectionKind) -> bool {
    match kind {
        SectionKind::Lead | SectionKind::Body | SectionKind::Subhead | SectionKind::Quote => true,
        SectionKind::Dateline
        | SectionKind::About
        | SectionKind::ForwardLooking
        | SectionKind::Disclaimer
        | SectionKind::Instruction
        | SectionKind::Contact
        | SectionKind::Media
        | SectionKind::Source
        | SectionKind::End => false,
    }
}

/// Han, kana and full-width forms are written without spaces.
const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

fn joined<'t>(body_text: &'t str, sections: impl Iterator<Item = &'t Section>) -> Cow<'t, str> {
    let mut out = String::new();
    for section in sections {
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&section.text);
    }
    if out.is_empty() {
        Cow::Borrowed(body_text)
    } else {
        Cow::Owned(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Confidence;

    fn news(body: &str) -> News {
        News::whole(body, None, &[])
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
    fn the_news_starts_after_the_dateline_even_when_a_subheadline_stands_before_it() {
        let dateline = Dateline {
            raw: "BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ --".to_owned(),
            places: Vec::new(),
            date: None,
            wire: None,
            via: Vec::new(),
            confidence: Confidence::High,
        };
        let body = "More fries BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ -- After years, fries.";
        assert_eq!(News::whole(body, Some(&dateline), &[]).folded(), "after years fries");
    }

    #[test]
    fn sections_say_where_the_news_is_and_what_of_it_counts_for_copies() {
        let section = |kind, text: &str| Section {
            kind,
            text: text.to_owned(),
        };
        let sections = [
            section(SectionKind::Subhead, "More fries"),
            section(SectionKind::Lead, "Fries are here."),
            section(SectionKind::About, "About Fry Inc."),
        ];
        assert_eq!(
            News::whole("unused", None, &sections).folded(),
            "fries are here about fry inc"
        );
        let core = News::core("unused", None, &sections).map(|core| core.folded().to_owned());
        assert_eq!(core.as_deref(), Some("fries are here"));
    }
}

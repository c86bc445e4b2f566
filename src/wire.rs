//! What each wire does differently: one row each.
//!
//! In: a name, a host, a URL or a token of a dateline. Out: the row of the wire that it belongs to, the wire's own number
//! of the release, the canonical URL. Rows are the closed provider table of the dateline grammar too: a name between slashes
//! that has no [`Mark`] here is an issuer, never a wire.
//!
//! Never guesses: an unknown host is [`generic`], and generic has no numbers.
//!
//! # Habits that need no column, because every feed is read so
//! | habit | wire | read by |
//! |---|---|---|
//! | titles escaped twice (`R&amp;amp;D`) | Business Wire | `text::plain_title`: a title is HTML |
//! | dates without seconds, `UT` for a zone | GlobeNewswire, Business Wire | `ingest::parse` (dates) |
//! | `dc` under another namespace | GlobeNewswire | `ingest::parse` (vocabulary) |
//! | a redirect that leads to a 404, for a moment | PR Newswire | `ingest::fetch`, quick retries |
//! | HTTP/2 streams reset for unknown user agents | GlobeNewswire | `ingest::fetch`: a retry speaks HTTP/1.1 |
//! | notices of correction and withdrawal | each its own | `release::revision`: a reprint keeps the form of its wire |
//!
//! # Adding a wire
//! One row in `wire/rows.rs`; if its pages carry a number, one line in `wire/address.rs`; if their layout is known, one constant in
//! `wire/layouts.rs`; a dateline in the tests of `release/dateline.rs`.

use std::collections::HashMap;
use std::sync::LazyLock;

use url::Url;

use crate::article::{Rights, Tier};
use crate::text::letters;

mod address;
mod codes;
mod layouts;
mod rows;
mod site;

pub use address::{canonical_url, is_tracking_fragment};
pub use codes::{Code, prn_industry, prn_subject};
pub use layouts::Layout;
pub use rows::WIRES;
pub use site::{network, site};

/// A distributor of press releases.
#[derive(Debug)]
pub struct Wire {
    /// Name in configuration: `prnewswire`.
    pub id: &'static str,
    /// Display name, as in the article schema: `PR Newswire`.
    pub name: &'static str,
    /// Hosts of its release pages (a host matches itself and its subdomains); the first is the one of canonical URLs.
    pub hosts: &'static [&'static str],
    /// How it signs a dateline.
    pub marks: &'static [Mark],
    /// Reads the wire's own number, and the language if the URL tells, from a canonical or raw URL.
    pub release_id: fn(&Url) -> Option<ReleaseId>,
    /// Reads the same from a feed's guid.
    pub guid_release_id: fn(&str) -> Option<ReleaseId>,
    /// The page of a release by its number alone, where the wire serves one without the slug.
    pub page: fn(&ReleaseId) -> Option<String>,
    /// Where the text stands in the page of a release.
    pub layout: Layout,
    /// Its feeds cut texts at this many characters, within a word and without a mark; see [`is_cut`].
    pub cut_chars: Option<usize>,
    /// The code list of `dc:subject` in its feeds.
    pub subject_scheme: &'static str,
    /// What outputs may re-emit if the operator says nothing.
    pub rights: Rights,
    /// How its feeds may be polled if the operator says nothing.
    pub tier: Tier,
}

/// A wire's own number for a release, with the language where the wire puts it beside the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseId {
    /// Digits (or the wire's own form).
    pub id: String,
    /// BCP 47, if the URL or guid tells.
    pub language: Option<String>,
}

/// A token that signs datelines, and the way it stands in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The token, compared without regard to ASCII case.
    pub token: &'static str,
    /// Its punctuation.
    pub form: Form,
}

/// How a provider token stands in a dateline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ --`, and ` / ACCESSWIRE / October 5, 2026 /`.
    Slashes,
    /// `TORONTO, Oct. 5, 2026 (GLOBE NEWSWIRE) --`, and `(NewMediaWire) - October 9, 2024 - DALLAS —`.
    Brackets,
    /// `WILMINGTON, Del.--(BUSINESS WIRE)--`: in brackets, and the wire prints no date.
    UndatedBrackets,
    /// `Vancouver, British Columbia--(Newsfile Corp. - September 11, 2026) -`: provider and date share the brackets.
    SharedBrackets,
    /// `LAS VEGAS, April 28, 2026 – PRISM MediaWire (…) –`: bare, or a link, between dashes.
    Bare,
    /// `SEOUL, Nov. 24 (Yonhap) --`, `Berlin (dpa).`, `Chennai, Mar 21 (PTI) The`: in brackets after the place, and what ends
    /// the dateline is each agency's own.
    Agency,
    /// `EQS-News: Acme AG / Key word(s): Forecast` opens a notice, or `transmitted by EQS Group` stands in its legal line: not in the
    /// dateline but in the lines above it. A token that ends with a hyphen begins a desk's name.
    Heading,
}

/// The row with this configuration name.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Wire> {
    WIRES.iter().find(|wire| wire.id == id)
}

/// The row with this display name, without regard to ASCII case.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Wire> {
    WIRES.iter().find(|wire| wire.name.eq_ignore_ascii_case(name))
}

/// The wire that serves pages on this host or on a parent domain of it.
#[must_use]
pub fn by_host(host: &str) -> Option<&'static Wire> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    WIRES.iter().find(|wire| {
        wire.hosts.iter().any(|own| {
            host.strip_suffix(own)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    })
}

/// The row of a source that names no wire: no numbers, no habits.
#[must_use]
pub fn generic() -> &'static Wire {
    const { &rows::GENERIC }
}

/// Configuration names of all rows, for messages and suggestions.
pub fn names() -> impl Iterator<Item = &'static str> {
    WIRES.iter().map(|wire| wire.id)
}

/// Whether a feed cut this text of this wire: at its mark of omission, or at the length at which the wire cuts.
#[must_use]
pub fn is_cut(wire: Option<&Wire>, text: &str) -> bool {
    /// Entities and doubled spaces that were read shorten a text after it was cut.
    const SHORTENED: usize = 20;
    let text = text.trim_end();
    let omits = ["...", "…", "[...]", "[…]", "(...)", "(…)"];
    let at_the_length = wire.and_then(|wire| wire.cut_chars).is_some_and(|cut| {
        let ends = text.ends_with(['.', '!', '?', '"', '”', '»', '。']);
        !ends && (cut.saturating_sub(SHORTENED)..=cut).contains(&text.chars().count())
    });
    omits.iter().any(|mark| text.ends_with(mark)) || at_the_length
}

/// The wire that a text names in its own spelling or in that of a mark, whatever its spaces, dashes and letter case: `Noticias Newswire`,
/// `EIN-Presswire`. Too short names mean too much.
#[must_use]
pub fn by_loose_name(text: &str) -> Option<&'static Wire> {
    const SHORTEST: usize = 6;
    static BY_NAME: LazyLock<HashMap<String, &Wire>> = LazyLock::new(|| {
        let mut names = HashMap::new();
        for wire in WIRES.iter().filter(|wire| wire.id != generic().id) {
            for name in std::iter::once(wire.name).chain(wire.marks.iter().map(|mark| mark.token)) {
                names.entry(letters(name)).or_insert(wire);
            }
        }
        names
    });
    let folded = letters(text);
    (folded.len() >= SHORTEST)
        .then(|| BY_NAME.get(&folded).copied())
        .flatten()
}

/// The wire that signs with this token, with the first mark that has it.
#[must_use]
pub fn by_token(token: &str) -> Option<(&'static Wire, Mark)> {
    marks().find(|(_, mark)| mark.token.eq_ignore_ascii_case(token))
}

/// Every mark of the table with its wire.
pub fn marks() -> impl Iterator<Item = (&'static Wire, Mark)> {
    WIRES
        .iter()
        .flat_map(|wire| wire.marks.iter().map(move |mark| (wire, *mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wire_is_known_in_any_spelling_of_its_name() {
        for (text, want) in [
            ("Noticias Newswire", Some("Noticias Newswire")),
            ("PR Newswire", Some("PR Newswire")),
            ("pr-newswire", Some("PR Newswire")),
            ("GlobeNewswire", Some("GlobeNewswire")),
            ("Axleboy Offroad", None),
            ("BW", None),
            ("", None),
        ] {
            assert_eq!(by_loose_name(text).map(|wire| wire.name), want, "{text}");
        }
    }

    #[test]
    fn a_cut_text_is_told_by_its_mark_or_its_length() {
        let (at, short) = ("Acme opened ".repeat(41) + "a plant", "Acme opened a plant".to_owned());
        for (wire, text, want) in [
            (None, "Acme opened its ...", true),
            (None, "Acme opened its […]", true),
            (None, "Acme opened its plant.", false),
            (by_id("businesswire"), at.as_str(), true),
            (by_id("businesswire"), short.as_str(), false),
            (by_id("globenewswire"), at.as_str(), false),
            (None, "", false),
        ] {
            assert_eq!(is_cut(wire, text), want, "{text}");
        }
    }

    #[test]
    fn ids_names_and_tokens_are_unique() {
        let mut ids: Vec<_> = names().collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), WIRES.len());
        for wire in WIRES {
            assert_eq!(by_id(wire.id).map(|w| w.name), Some(wire.name));
            assert_eq!(by_name(&wire.name.to_uppercase()).map(|w| w.id), Some(wire.id));
            for mark in wire.marks {
                assert_eq!(by_token(mark.token).map(|(w, _)| w.id), Some(wire.id), "{}", mark.token);
            }
        }
        assert_eq!(generic().id, "generic");
    }

    #[test]
    fn a_host_belongs_to_its_wire_and_to_no_look_alike() {
        for (host, want) in [
            ("www.prnewswire.com", Some("prnewswire")),
            ("PRNEWSWIRE.COM", Some("prnewswire")),
            ("edge.prnewswire.com", Some("prnewswire")),
            ("feed.businesswire.com", Some("businesswire")),
            ("globenewswire.com.", Some("globenewswire")),
            ("www.newswire.ca", Some("cnw")),
            ("www.accesswire.com", Some("accessnewswire")),
            ("notprnewswire.com", None),
            ("prnewswire.com.example.org", None),
            ("", None),
        ] {
            assert_eq!(by_host(host).map(|w| w.id), want, "{host}");
        }
    }
}

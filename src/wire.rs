//! What each wire does differently: one row each.

use crate::article::Rights;

/// A distributor of press releases.
#[derive(Debug)]
pub struct Wire {
    /// Name in configuration: `prnewswire`.
    pub id: &'static str,
    /// Display name, as in the article schema: `PR Newswire`.
    pub name: &'static str,
    /// Hosts of its release pages (a host matches itself and its subdomains).
    pub hosts: &'static [&'static str],
    /// Reads the wire's own number, and the language if the URL tells, from a canonical or raw URL.
    pub release_id: fn(&url::Url) -> Option<ReleaseId>,
    /// Reads the same from a feed's guid.
    pub guid_release_id: fn(&str) -> Option<ReleaseId>,
    /// Titles and descriptions are escaped once more than the format asks.
    pub double_escaped: bool,
    /// What outputs may re-emit if the operator says nothing.
    pub rights: Rights,
}

/// A wire's own number for a release, with the language where the wire puts it beside the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseId {
    /// Digits (or the wire's own form).
    pub id: String,
    /// BCP 47, if the URL or guid tells.
    pub language: Option<String>,
}

/// Every known wire.
pub const WIRES: &[Wire] = &[
    stub("generic", "", Rights::Summary),
    stub("prnewswire", "PR Newswire", Rights::Summary),
    stub("businesswire", "Business Wire", Rights::Headline),
    stub("globenewswire", "GlobeNewswire", Rights::Summary),
    stub("prtimes", "PR TIMES", Rights::Summary),
    stub("presseportal", "news aktuell", Rights::Summary),
];

const fn stub(id: &'static str, name: &'static str, rights: Rights) -> Wire {
    Wire {
        id,
        name,
        hosts: &[],
        release_id: |_| None,
        guid_release_id: |_| None,
        double_escaped: false,
        rights,
    }
}

/// The row of that name.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Wire> {
    WIRES.iter().find(|wire| wire.id == id)
}

/// The row for sources of no known wire.
#[must_use]
pub fn generic() -> &'static Wire {
    &WIRES[0]
}

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
//! One row in [`WIRES`]; if its pages carry a number, one line in `wire/address.rs`; a dateline in the tests of
//! `release/dateline.rs`.

use std::collections::HashMap;
use std::sync::LazyLock;

use url::Url;

use crate::article::Rights;

mod address;
mod codes;

pub use address::{canonical_url, is_tracking_fragment};
pub use codes::{Code, prn_industry, prn_subject};

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
    /// Its feeds cut texts at this many characters, within a word and without a mark; see [`is_cut`].
    pub cut_chars: Option<usize>,
    /// The code list of `dc:subject` in its feeds.
    pub subject_scheme: &'static str,
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

const fn slashes(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::Slashes,
    }
}

const fn brackets(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::Brackets,
    }
}

const fn undated(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::UndatedBrackets,
    }
}

const fn shared(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::SharedBrackets,
    }
}

const fn bare(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::Bare,
    }
}

const fn agency(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::Agency,
    }
}

const fn heading(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::Heading,
    }
}

/// The row of a news agency: its reports are reprinted as releases are, and it has no feed of releases.
const fn news(id: &'static str, name: &'static str, marks: &'static [Mark]) -> Wire {
    Wire {
        id,
        name,
        marks,
        ..GENERIC
    }
}

/// What a row says unless it says otherwise, and the wire of a source that names none.
const GENERIC: Wire = Wire {
    id: "generic",
    name: "generic",
    hosts: &[],
    marks: &[],
    release_id: |_| None,
    guid_release_id: |_| None,
    page: |_| None,
    cut_chars: None,
    subject_scheme: "dc:subject",
    rights: Rights::Summary,
};

/// Every wire that we know, the big three first.
pub const WIRES: &[Wire] = &[
    Wire {
        id: "prnewswire",
        name: "PR Newswire",
        hosts: &[
            "www.prnewswire.com",
            "prnewswire.com",
            "prnewswire.co.uk",
            "prnasia.com",
        ],
        marks: &[slashes("PRNewswire"), slashes("PR Newswire"), slashes("美通社")],
        release_id: address::prnewswire,
        guid_release_id: address::prnewswire_guid,
        subject_scheme: "prn:subject",
        ..GENERIC
    },
    Wire {
        id: "businesswire",
        name: "Business Wire",
        hosts: &["www.businesswire.com", "businesswire.com"],
        marks: &[
            undated("BUSINESS WIRE"),
            undated("美國商業資訊"),
            undated("美国商业资讯"),
            undated("ビジネスワイヤ"),
        ],
        release_id: address::businesswire,
        guid_release_id: address::businesswire_guid,
        page: address::businesswire_page,
        cut_chars: Some(500),
        ..GENERIC
    },
    Wire {
        id: "globenewswire",
        name: "GlobeNewswire",
        hosts: &["www.globenewswire.com", "globenewswire.com"],
        marks: &[
            brackets("GLOBE NEWSWIRE"),
            brackets("GlobeNewswire"),
            brackets("PRIME NEWSWIRE"),
        ],
        release_id: address::globenewswire,
        guid_release_id: address::globenewswire_guid,
        subject_scheme: "gnw:subject",
        ..GENERIC
    },
    Wire {
        id: "newsfile",
        name: "Newsfile",
        hosts: &["www.newsfilecorp.com", "newsfilecorp.com"],
        marks: &[shared("Newsfile Corp."), shared("Newsfile Corp"), shared("Newsfile")],
        release_id: address::newsfile,
        guid_release_id: address::newsfile_guid,
        page: address::newsfile_page,
        ..GENERIC
    },
    Wire {
        id: "accessnewswire",
        name: "ACCESS Newswire",
        hosts: &["www.accessnewswire.com", "accessnewswire.com", "accesswire.com"],
        marks: &[slashes("ACCESSWIRE"), slashes("ACCESS Newswire")],
        release_id: address::accessnewswire,
        guid_release_id: address::accessnewswire_guid,
        ..GENERIC
    },
    Wire {
        id: "cnw",
        name: "CNW",
        hosts: &["www.newswire.ca", "newswire.ca"],
        marks: &[slashes("CNW"), slashes("CNW Telbec"), slashes("Canada NewsWire")],
        release_id: address::prnewswire,
        guid_release_id: address::prnewswire_guid,
        ..GENERIC
    },
    Wire {
        id: "prweb",
        name: "PRWeb",
        hosts: &["www.prweb.com", "prweb.com"],
        marks: &[slashes("PRNewswire-PRWeb"), slashes("PRWEB"), brackets("PRWEB")],
        release_id: address::prweb,
        guid_release_id: address::prweb_guid,
        ..GENERIC
    },
    Wire {
        id: "einpresswire",
        name: "EIN Presswire",
        hosts: &["www.einpresswire.com", "einpresswire.com", "einnews.com"],
        marks: &[
            slashes("EINPresswire.com"),
            slashes("EINPresswire"),
            slashes("EIN Presswire"),
        ],
        release_id: address::einpresswire,
        guid_release_id: address::einpresswire_guid,
        ..GENERIC
    },
    Wire {
        id: "marketwired",
        name: "Marketwired",
        hosts: &["marketwired.com", "marketwire.com"],
        marks: &[
            shared("Marketwired"),
            shared("Marketwire"),
            brackets("MARKET WIRE"),
            brackets("Marketwire"),
        ],
        release_id: address::marketwired,
        guid_release_id: address::marketwired_guid,
        ..GENERIC
    },
    Wire {
        id: "247pressrelease",
        name: "24-7 Press Release",
        hosts: &["www.24-7pressrelease.com", "24-7pressrelease.com"],
        marks: &[
            slashes("24-7PressRelease"),
            slashes("24-7PressRelease.com"),
            slashes("24-PressRelease"),
        ],
        release_id: address::press_release_247,
        guid_release_id: address::press_release_247_guid,
        ..GENERIC
    },
    Wire {
        id: "newmediawire",
        name: "NewMediaWire",
        hosts: &["www.newmediawire.com", "newmediawire.com"],
        marks: &[brackets("NewMediaWire")],
        release_id: address::slug_tail,
        guid_release_id: address::slug_tail_guid,
        ..GENERIC
    },
    Wire {
        id: "newsdirect",
        name: "News Direct",
        hosts: &["newsdirect.com"],
        marks: &[bare("News Direct")],
        release_id: address::slug_tail,
        guid_release_id: address::slug_tail_guid,
        ..GENERIC
    },
    Wire {
        id: "newsworthy",
        name: "Newsworthy.ai",
        hosts: &["newsworthy.ai"],
        marks: &[brackets("Newsworthy.ai")],
        release_id: address::newsworthy,
        guid_release_id: address::newsworthy_guid,
        ..GENERIC
    },
    Wire {
        id: "mediaoutreach",
        name: "Media OutReach",
        hosts: &["www.media-outreach.com", "media-outreach.com"],
        marks: &[bare("Media OutReach Newswire"), bare("Media OutReach")],
        release_id: address::mediaoutreach,
        guid_release_id: address::mediaoutreach_guid,
        ..GENERIC
    },
    Wire {
        id: "prtimes",
        name: "PR TIMES",
        hosts: &["prtimes.jp"],
        release_id: address::prtimes,
        guid_release_id: address::prtimes_guid,
        ..GENERIC
    },
    Wire {
        id: "presseportal",
        name: "news aktuell ots",
        hosts: &["www.presseportal.de", "presseportal.de", "presseportal.ch", "ots.at"],
        marks: &[agency("ots"), agency("news aktuell")],
        release_id: address::presseportal,
        guid_release_id: address::presseportal_guid,
        ..GENERIC
    },
    Wire {
        id: "prismmediawire",
        name: "PRISM MediaWire",
        hosts: &["prismmediawire.com"],
        marks: &[bare("PRISM MediaWire")],
        ..GENERIC
    },
    Wire {
        id: "noticiasnewswire",
        name: "Noticias Newswire",
        hosts: &["www.noticiasnewswire.com", "noticiasnewswire.com"],
        marks: &[brackets("NOTICIAS NEWSWIRE"), brackets("HISPANICNEWSWIRE")],
        ..GENERIC
    },
    Wire {
        id: "prkarma",
        name: "PR Karma",
        hosts: &["newsroom.prkarma.com", "prkarma.com"],
        marks: &[slashes("PR Karma")],
        ..GENERIC
    },
    Wire {
        id: "newsusa",
        name: "NewsUSA",
        hosts: &["newsusa.com"],
        marks: &[undated("NewsUSA")],
        ..GENERIC
    },
    Wire {
        id: "jcn",
        name: "JCN Newswire",
        hosts: &["www.jcnnewswire.com", "jcnnewswire.com"],
        marks: &[brackets("JCN Newswire")],
        release_id: address::acn,
        guid_release_id: address::acn_guid,
        ..GENERIC
    },
    Wire {
        id: "acn",
        name: "ACN Newswire",
        hosts: &["www.acnnewswire.com", "acnnewswire.com"],
        marks: &[brackets("ACN Newswire"), brackets("亞太商訊"), brackets("亚太商讯")],
        release_id: address::acn,
        guid_release_id: address::acn_guid,
        ..GENERIC
    },
    Wire {
        id: "eqs",
        name: "EQS Group",
        hosts: &["www.eqs-news.com", "eqs-news.com", "dgap.de"],
        marks: &[
            heading("EQS-"),
            heading("EQS Group-"),
            heading("DGAP-"),
            heading("übermittelt durch EQS"),
            heading("transmitted by EQS"),
            heading("übermittelt durch die EQS"),
            heading("übermittelt durch DGAP"),
            heading("transmitted by DGAP"),
        ],
        release_id: address::eqs,
        guid_release_id: address::eqs_guid,
        ..GENERIC
    },
    Wire {
        id: "kyodoprwire",
        name: "Kyodo PR Wire",
        hosts: &["kyodonewsprwire.jp"],
        marks: &[brackets("Kyodo PR Wire"), brackets("共同通信PRワイヤー")],
        release_id: address::kyodoprwire,
        guid_release_id: address::kyodoprwire_guid,
        ..GENERIC
    },
    Wire {
        id: "kyodojbn",
        name: "Kyodo JBN",
        marks: &[slashes("Kyodo JBN"), brackets("共同通信JBN")],
        ..GENERIC
    },
    Wire {
        id: "asianet",
        name: "AsiaNet",
        hosts: &["asianetnews.net"],
        marks: &[slashes("AsiaNet")],
        ..GENERIC
    },
    Wire {
        id: "hispanicprwire",
        name: "Hispanic PR Wire",
        hosts: &["hispanicprwire.com"],
        marks: &[slashes("HISPANIC PR WIRE"), slashes("HispanicPRWire")],
        ..GENERIC
    },
    Wire {
        id: "thenewsmarket",
        name: "The NewsMarket",
        hosts: &["thenewsmarket.com"],
        marks: &[slashes("THE NEWS MARKET"), slashes("TheNewsMarket")],
        ..GENERIC
    },
    Wire {
        id: "thenewswire",
        name: "TheNewswire",
        hosts: &["www.thenewswire.com", "thenewswire.com"],
        marks: &[bare("TheNewswire"), bare("TheNewswire.com"), brackets("TheNewswire")],
        release_id: address::thenewswire,
        guid_release_id: address::thenewswire_guid,
        ..GENERIC
    },
    Wire {
        id: "prcom",
        name: "PR.com",
        hosts: &["www.pr.com", "pr.com"],
        marks: &[brackets("PR.com")],
        release_id: address::press_release_247,
        guid_release_id: address::press_release_247_guid,
        ..GENERIC
    },
    Wire {
        id: "send2press",
        name: "Send2Press",
        hosts: &["www.send2press.com", "send2press.com"],
        marks: &[brackets("SEND2PRESS NEWSWIRE"), brackets("Send2Press")],
        ..GENERIC
    },
    Wire {
        id: "apo",
        name: "APO Group",
        hosts: &["apo-opa.com", "africa-newsroom.com"],
        marks: &[slashes("APO Group"), slashes("African Media Agency")],
        ..GENERIC
    },
    // Their marks must not read as an issuer's.
    news("afp", "AFP", &[agency("AFP")]),
    news("ani", "ANI", &[agency("ANI")]),
    news("anp", "ANP", &[agency("ANP")]),
    news("ansa", "ANSA", &[agency("ANSA")]),
    news("antara", "Antara", &[agency("Antara")]),
    news("ap", "AP", &[agency("AP")]),
    news("apa", "APA", &[agency("APA")]),
    news("aap", "AAP", &[agency("AAP")]),
    news("belga", "Belga", &[agency("Belga")]),
    news("bernama", "Bernama", &[agency("Bernama")]),
    news("bloomberg", "Bloomberg", &[agency("Bloomberg")]),
    news("cp", "CP", &[agency("CP"), agency("The Canadian Press")]),
    news("dpa", "dpa", &[agency("dpa")]),
    news("dpaafx", "dpa-AFX", &[agency("dpa-AFX")]),
    news("efe", "EFE", &[agency("EFE")]),
    news("europapress", "Europa Press", &[agency("Europa Press")]),
    news("ians", "IANS", &[agency("IANS")]),
    news("interfax", "Interfax", &[agency("Interfax")]),
    news("kyodo", "Kyodo", &[agency("Kyodo")]),
    news("lusa", "Lusa", &[agency("Lusa")]),
    news("ntb", "NTB", &[agency("NTB")]),
    news("pa", "PA", &[agency("PA")]),
    news("pti", "PTI", &[agency("PTI")]),
    news("reuters", "Reuters", &[agency("Reuters")]),
    news("ritzau", "Ritzau", &[agency("Ritzau")]),
    news("stt", "STT", &[agency("STT")]),
    news("tass", "TASS", &[agency("TASS")]),
    news(
        "trf",
        "Thomson Reuters Foundation",
        &[agency("Thomson Reuters Foundation")],
    ),
    news("tt", "TT", &[agency("TT")]),
    news("upi", "UPI", &[agency("UPI")]),
    news("xinhua", "Xinhua", &[agency("Xinhua"), slashes("Xinhua")]),
    news("yonhap", "Yonhap", &[agency("Yonhap")]),
    GENERIC,
];

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
    const { &GENERIC }
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
                names.entry(loose(name)).or_insert(wire);
            }
        }
        names
    });
    let folded = loose(text);
    (folded.len() >= SHORTEST)
        .then(|| BY_NAME.get(&folded).copied())
        .flatten()
}

fn loose(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The wire that signs with this token, with the first mark that has it.
#[must_use]
pub fn by_token(token: &str) -> Option<(&'static Wire, Mark)> {
    WIRES
        .iter()
        .flat_map(|wire| wire.marks.iter().map(move |mark| (wire, *mark)))
        .find(|(_, mark)| mark.token.eq_ignore_ascii_case(token))
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

//! Addresses of releases: the wire's own number in a URL or guid, and the one URL that stands for a page.
//!
//! In: URLs and guids as feeds write them. Out: [`ReleaseId`]s and canonical URLs that a person can still open.
//! Never fetches; a redirect is unwrapped only when its target stands in its own query.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::{ReleaseId, by_host};

/// Query parameters that say how a reader came, never what he reads.
const TRACKING: &[&str] = &[
    ".tsrc",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "cmpid",
    "dclid",
    "fbclid",
    "feedref",
    "gbraid",
    "gclid",
    "guccounter",
    "guce_referrer",
    "guce_referrer_sig",
    "igshid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "ncid",
    "nd",
    "ocid",
    "oly_anon_id",
    "oly_enc_id",
    "ref",
    "ref_src",
    "s_cid",
    "soc_src",
    "soc_trk",
    "sref",
    "traffic_source",
    "ttclid",
    "twclid",
    "vero_id",
    "wbraid",
    "yclid",
];

/// Parameters that track only with values that begin so; otherwise they may name the page.
const TRACKING_VALUES: &[(&str, &str)] = &[
    ("source", "rss"),
    ("source", "feed"),
    ("mod", "rss"),
    ("tc", "eml"),
    ("partner", "rss"),
];

/// Hosts whose links carry their target in the query, and the parameter that holds it: the click counters of PR Newswire (up to five
/// inside one another) and Business Wire, and what mail and search put in between.
const CLICK_COUNTERS: &[(&str, &str)] = &[
    ("edge.prnewswire.com", "u"),
    ("c212.net", "u"),
    ("www.c212.net", "u"),
    ("cts.businesswire.com", "url"),
    ("www.google.com", "url"),
    ("l.facebook.com", "u"),
    ("safelinks.protection.outlook.com", "url"),
];

/// Deeper nests are left alone: no wire makes them.
const MAX_UNWRAPS: usize = 6;

/// The URL that identifies a page: without tracking, user, fragment, default port or click counter; on a known wire's host
/// with https, the wire's main host and, where the wire serves it, without the slug. The result still opens for a person, and
/// is its own canonical URL. Parameters that identify (`lang`, `v`, `t`, `id`) stay, in their order.
#[must_use]
pub fn canonical_url(url: &Url) -> String {
    let mut url = unwrap_click_counter(url);
    if url.cannot_be_a_base() || !matches!(url.scheme(), "http" | "https") {
        return url.into();
    }
    url.set_fragment(None);
    // Both fail only for URLs without a host, which http and https never are.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let kept = url.query().map(|query| {
        let parts: Vec<&str> = query
            .split('&')
            .filter(|part| !part.is_empty() && !is_tracking(part))
            .collect();
        parts.join("&")
    });
    url.set_query(kept.as_deref().filter(|query| !query.is_empty()));

    let Some(wire) = url.host_str().and_then(by_host) else {
        return url.into();
    };
    if let Some(page) = (wire.release_id)(&url).and_then(|id| (wire.page)(&id)) {
        return page;
    }
    if url.port().is_none() {
        let _ = url.set_scheme("https");
    }
    if let (Some(host), Some(main)) = (url.host_str(), wire.hosts.first())
        && main.strip_prefix("www.") == Some(host)
    {
        let _ = url.set_host(Some(main));
    }
    let path = url.path().trim_end_matches('/');
    // Old GlobeNewswire links repeat the language before the path that every language shares.
    let path = match path.split_once("/news-release/") {
        Some((prefix, rest)) if wire.id == "globenewswire" && prefix.len() == 3 => format!("/news-release/{rest}"),
        _ => path.to_owned(),
    };
    url.set_path(&path);
    url.into()
}

/// Follows the targets of click counters as long as they are web addresses; a nest too deep comes back untouched, so that a second
/// reading agrees with the first.
fn unwrap_click_counter(url: &Url) -> Url {
    let mut current = url.clone();
    for _ in 0..=MAX_UNWRAPS {
        let target = current
            .host_str()
            .and_then(click_counter)
            .and_then(|target| current.query_pairs().find(|(name, _)| name == target))
            .and_then(|(_, target)| Url::parse(target.trim()).ok())
            .filter(|target| matches!(target.scheme(), "http" | "https"));
        match target {
            Some(target) => current = target,
            None => return current,
        }
    }
    url.clone()
}

/// The parameter that holds the target, if this is the host of a click counter or one below it (`nam02.safelinks...`).
fn click_counter(host: &str) -> Option<&'static str> {
    let is_or_below = |own: &str| {
        host.strip_suffix(own)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    CLICK_COUNTERS
        .iter()
        .find(|(own, _)| is_or_below(own))
        .map(|(_, target)| *target)
}

/// A fragment that is empty, the top of the page (HTML, "scroll to the fragment"), or holds nothing but tracking parameters. Any other may
/// name one of several items of a page.
#[must_use]
pub fn is_tracking_fragment(fragment: &str) -> bool {
    fragment.is_empty()
        || fragment.eq_ignore_ascii_case("top")
        || fragment.split('&').all(|part| part.contains('=') && is_tracking(part))
}

fn is_tracking(part: &str) -> bool {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    let (name, value) = (name.to_ascii_lowercase(), value.to_ascii_lowercase());
    name.starts_with("utm_")
        || TRACKING.contains(&name.as_str())
        || TRACKING_VALUES.iter().any(|(n, v)| *n == name && value.starts_with(v))
}

#[allow(clippy::expect_used)] // the patterns are constants of this file, and the tests below compile each of them
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// A two-letter language with an optional region or script, in the case of BCP 47.
fn language(text: &str) -> String {
    match text.split_once('-') {
        Some((language, region)) if region.len() == 2 => {
            format!("{}-{}", language.to_ascii_lowercase(), region.to_ascii_uppercase())
        }
        _ => text.to_ascii_lowercase(),
    }
}

fn read(text: &str, pattern: &Regex) -> Option<ReleaseId> {
    let found = pattern.captures(text)?;
    Some(ReleaseId {
        id: found.name("id").or_else(|| found.name("story"))?.as_str().to_owned(),
        language: found.name("lang").map(|m| language(m.as_str())),
    })
}

/// Declares a wire's two readers from the pattern of its paths; its guids are its URLs.
macro_rules! numbered_paths {
    ($($name:ident, $guid:ident: $pattern:literal;)+) => { $(
        pub(super) fn $name(url: &Url) -> Option<ReleaseId> {
            static PATH: LazyLock<Regex> = LazyLock::new(|| pattern($pattern));
            read(url.path(), &PATH)
        }

        pub(super) fn $guid(guid: &str) -> Option<ReleaseId> {
            web_address(guid).as_ref().and_then($name)
        }
    )+ };
}

fn web_address(guid: &str) -> Option<Url> {
    Url::parse(guid.trim())
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
}

numbered_paths! {
    // `/news-releases/<slug>-302898756.html`, translations under `/fr/`; a wrong slug still opens, so only the digits count.
    // PR Newswire Asia counts on its own, in fewer digits: `/releases/apac/<slug>-532860.shtml`, `/story/79788-1.shtml`.
    prnewswire, prnewswire_guid: r"^(?:(?:/(?P<lang>[a-z]{2}))?/(?:.*[-/])?(?P<id>[0-9]{6,10})|/story/(?P<story>[0-9]{5,7})-[0-9]+)\.s?html?$";
    // `prweb.com/releases/<slug>-302...html`, before 2023 `/releases/2019/5/prweb16300000.htm`.
    prweb, prweb_guid: r"^/.*(?:prweb|[-/])(?P<id>[0-9]{6,10})\.s?html?$";
    businesswire, businesswire_url_guid:
        r"^/(?:portal/site/)?(?:news/)?home/(?P<id>[0-9]{14})(?:/(?P<lang>[A-Za-z]{2}(?:-[A-Za-z]{2,4})?))?(?:/|$)";
    // The segment before the language is an organisation or 0, and old links repeat the language in front.
    globenewswire, globenewswire_url_guid:
        r"^(?:/[a-z]{2})?/news-release/[0-9]{4}/[0-9]{2}/[0-9]{2}/(?P<id>[0-9]+)(?:/[^/]*/(?P<lang>[a-z]{2}(?:-[A-Za-z]{2,4})?))?(?:/|$)";
    // `/newsroom/en/<category>/<slug>-1219004`, and `accesswire.com/878226/<slug>` before the change of name.
    accessnewswire, accessnewswire_guid:
        r"^/(?:newsroom/)?(?:(?P<lang>[a-z]{2})/)?(?:[^/]+/)*?(?:[^/]*-)?(?P<id>[0-9]{5,8})(?:/[^/]*)?/?$";
    einpresswire, einpresswire_guid: r"^/article/(?P<id>[0-9]+)(?:/|$)";
    press_release_247, press_release_247_guid: r"^/press-release/(?P<id>[0-9]+)(?:/|$)";
    // `/news/<slug>-7075992` (NewMediaWire), `/news/<slug>-193700411` (News Direct).
    slug_tail, slug_tail_guid: r"^/news/(?:.*-)?(?P<id>[0-9]{6,10})/?$";
    newsworthy, newsworthy_guid: r"^/news/(?P<id>[0-9]{9,14})(?:/|$)";
    mediaoutreach, mediaoutreach_guid: r"^/(?:(?P<lang>[a-z]{2}(?:-[a-z]{2})?)/)?news/[^/]+/[0-9]{4}/[0-9]{2}/[0-9]{2}/(?P<id>[0-9]+)(?:/|$)";
    // Release number, then company number: the pair identifies.
    prtimes, prtimes_guid: r"^/main/html/rd/p/(?P<id>[0-9]{9}\.[0-9]{9})\.html$";
    // Office, then release (`/nr/` and an office is its newsroom); in Austria `/presseaussendung/OTS_20240610_OTS0050/<slug>`.
    presseportal, presseportal_guid:
        r"^/(?:(?:(?P<lang>[a-z]{2})/)?(?:blaulicht/)?pm/[0-9]+/(?P<id>[0-9]+)|presseaussendung/(?P<story>OTS_[0-9]{8}_OTS[0-9]{4}))(?:/|$)";
    // `/news/ad-hoc/<slug>/802d4961-fef8-4dc1-b0de-f0b99b109618_en`, older ones end in a number; `/company/<name>/news/<uuid>`.
    eqs, eqs_guid:
        r"^/(?:(?:[a-z]{2}/)?news/[^/]+/[^/]+|company/[^/]+/news)/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{4,8})(?:_(?P<lang>[a-z]{2}))?/?$";
    // Day and four digits.
    kyodoprwire, kyodoprwire_guid: r"^/(?:index\.php/)?(?:(?P<lang>[a-z]{2})/)?release/(?P<id>[0-9]{12})(?:/|$)";
    // The name of the language stands before the number: `/press-release/english/106047/<slug>`.
    acn, acn_guid: r"^/press-?release/(?:[a-z]+/)?(?P<id>[0-9]{4,8})(?:/|$)";
    // `/press-releases/1Bz4Fmde8-<slug>.html`; without the digit in front the first word of a slug would be a number.
    thenewswire, thenewswire_guid: r"^/press-releases/(?P<id>[0-9][0-9A-Za-z]{8})-";
    marketwired, marketwired_guid: r"^/press-release/(?:.*-)?(?P<id>[0-9]{5,8})\.html?$";
}

/// `20261005363276en`: day, six digits, language; translations share the digits.
pub(super) fn businesswire_guid(guid: &str) -> Option<ReleaseId> {
    static GUID: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(?P<id>[0-9]{14})(?P<lang>[A-Za-z]{2}(?:-[A-Za-z]{2,4})?)?$"));
    read(guid.trim(), &GUID).or_else(|| businesswire_url_guid(guid))
}

pub(super) fn businesswire_page(release: &ReleaseId) -> Option<String> {
    let language = release.language.as_deref()?;
    Some(format!(
        "https://www.businesswire.com/news/home/{}/{language}",
        release.id
    ))
}

/// The URL of the release, or `urn:newsml:marketwired.com:20020408:3374933-en` of the NewsML twin.
pub(super) fn globenewswire_guid(guid: &str) -> Option<ReleaseId> {
    static URN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^urn:newsml:[a-z.]+:[0-9]{8}:(?P<id>[0-9]+)(?:-(?P<lang>[a-z]{2}(?:-[A-Za-z]{2,4})?))?$")
    });
    read(guid.trim(), &URN).or_else(|| globenewswire_url_guid(guid))
}

/// The French copy has a number of its own; `?lang=fr` turns only the page around it.
pub(super) fn newsfile(url: &Url) -> Option<ReleaseId> {
    static PATH: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(?:/(?P<lang>[a-z]{2}))?/release/(?P<id>[0-9]+)(?:/|$)"));
    let mut release = read(url.path(), &PATH)?;
    let asked = url
        .query_pairs()
        .find(|(name, value)| name == "lang" && value.len() == 2 && value.bytes().all(|b| b.is_ascii_alphabetic()));
    if let Some((_, asked)) = asked {
        release.language = Some(language(&asked));
    }
    Some(release)
}

pub(super) fn newsfile_guid(guid: &str) -> Option<ReleaseId> {
    web_address(guid).as_ref().and_then(newsfile)
}

pub(super) fn newsfile_page(release: &ReleaseId) -> Option<String> {
    let page = format!("https://www.newsfilecorp.com/release/{}", release.id);
    Some(match release.language.as_deref() {
        Some(language) => format!("{page}?lang={language}"),
        None => page,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::{WIRES, by_id};

    fn parse(text: &str) -> Url {
        Url::parse(text).expect("a test URL")
    }

    #[test]
    fn a_page_tells_its_number_and_language() {
        for (wire, url, want) in [
            (
                "prnewswire",
                "https://www.prnewswire.com/news-releases/nasdaq-hits-fresh-highs-302898756.html",
                Some(("302898756", None)),
            ),
            (
                "prnewswire",
                "http://prnewswire.com/fr/news-releases/acme-annonce-302898757.html?x=1",
                Some(("302898757", Some("fr"))),
            ),
            (
                "prnewswire",
                "https://www.prnewswire.com/news-releases/correction----acme-inc-300775556.html",
                Some(("300775556", None)),
            ),
            ("prnewswire", "https://www.prnewswire.com/news-releases/", None),
            (
                "cnw",
                "https://www.newswire.ca/news-releases/acme-853265824.html",
                Some(("853265824", None)),
            ),
            (
                "businesswire",
                "http://www.businesswire.com/news/home/20261005363276/en/Acme-opens/?feedref=1-6",
                Some(("20261005363276", Some("en"))),
            ),
            (
                "businesswire",
                "https://businesswire.com/news/home/20260930550483/zh-hk",
                Some(("20260930550483", Some("zh-HK"))),
            ),
            ("businesswire", "https://www.businesswire.com/newsroom", None),
            (
                "globenewswire",
                "https://www.globenewswire.com/news-release/2026/10/05/3374933/0/en/acme.html",
                Some(("3374933", Some("en"))),
            ),
            (
                "globenewswire",
                "https://www.globenewswire.com/fr/news-release/2020/05/26/2038765/37244/fr/acme.html",
                Some(("2038765", Some("fr"))),
            ),
            (
                "globenewswire",
                "https://www.globenewswire.com/news-release/2023/01/15/2885113",
                Some(("2885113", None)),
            ),
            (
                "newsfile",
                "https://www.newsfilecorp.com/release/313806/Acme?lang=fr",
                Some(("313806", Some("fr"))),
            ),
            ("newsfile", "https://www.newsfilecorp.com/company/77", None),
            (
                "accessnewswire",
                "https://www.accesswire.com/878226/gathering-of-teams-20-000",
                Some(("878226", None)),
            ),
            (
                "accessnewswire",
                "https://www.accessnewswire.com/newsroom/en/mining/acme-drills-1219004",
                Some(("1219004", Some("en"))),
            ),
            (
                "einpresswire",
                "https://www.einpresswire.com/article/873105/acme",
                Some(("873105", None)),
            ),
            (
                "prweb",
                "https://www.prweb.com/releases/acme-opens-302187654.html",
                Some(("302187654", None)),
            ),
            (
                "prweb",
                "https://www.prweb.com/releases/2019/5/prweb16300000.htm",
                Some(("16300000", None)),
            ),
            (
                "247pressrelease",
                "https://www.24-7pressrelease.com/press-release/520347/acme",
                Some(("520347", None)),
            ),
            (
                "newmediawire",
                "https://www.newmediawire.com/news/acme-in-september-7075992",
                Some(("7075992", None)),
            ),
            (
                "newsdirect",
                "https://newsdirect.com/news/acme-193700411",
                Some(("193700411", None)),
            ),
            (
                "newsworthy",
                "https://newsworthy.ai/news/202510131826/acme",
                Some(("202510131826", None)),
            ),
            (
                "mediaoutreach",
                "https://www.media-outreach.com/news/singapore/2026/07/01/473951/",
                Some(("473951", None)),
            ),
            (
                "prtimes",
                "https://prtimes.jp/main/html/rd/p/000000123.000045678.html",
                Some(("000000123.000045678", None)),
            ),
            (
                "presseportal",
                "https://www.presseportal.de/blaulicht/pm/110970/6123456",
                Some(("6123456", None)),
            ),
            (
                "presseportal",
                "https://www.ots.at/presseaussendung/OTS_20240610_OTS0050/acme-eroeffnet-werk",
                Some(("OTS_20240610_OTS0050", None)),
            ),
            (
                "prnewswire",
                "https://www.prnasia.com/story/79788-1.shtml",
                Some(("79788", None)),
            ),
            (
                "prnewswire",
                "https://en.prnasia.com/releases/apac/acme-opens-532860.shtml",
                Some(("532860", None)),
            ),
            (
                "eqs",
                "https://www.eqs-news.com/news/ad-hoc/acme-ag-eroeffnet-werk/802d4961-fef8-4dc1-b0de-f0b99b109618_de",
                Some(("802d4961-fef8-4dc1-b0de-f0b99b109618", Some("de"))),
            ),
            (
                "eqs",
                "https://www.eqs-news.com/news/adhoc/acme-ag-eroeffnet-werk/57481",
                Some(("57481", None)),
            ),
            ("eqs", "https://www.eqs-news.com/company/acme-ag/57481", None),
            (
                "kyodoprwire",
                "https://kyodonewsprwire.jp/index.php/release/202510086746",
                Some(("202510086746", None)),
            ),
            (
                "acn",
                "https://en.acnnewswire.com/press-release/english/106047/acme-opens",
                Some(("106047", None)),
            ),
            (
                "thenewswire",
                "https://www.thenewswire.com/press-releases/1Bz4Fmde8-acme-opens.html",
                Some(("1Bz4Fmde8", None)),
            ),
            (
                "thenewswire",
                "https://www.thenewswire.com/press-releases/announcing-acme-opens.html",
                None,
            ),
            (
                "thenewswire",
                "https://www.thenewswire.com/press-releases/Northwest-Acme-opens.html",
                None,
            ),
            ("presseportal", "https://www.presseportal.de/nr/110970", None),
            (
                "presseportal",
                "https://www.presseportal.ch/de/pm/100003695/100927272",
                Some(("100927272", Some("de"))),
            ),
            (
                "newsfile",
                "https://www.newsfilecorp.com/release/313806/Acme?lang=%26a",
                Some(("313806", None)),
            ),
            (
                "marketwired",
                "http://www.marketwired.com/press-release/acme-opens-2239435.htm",
                Some(("2239435", None)),
            ),
            (
                "prcom",
                "https://www.pr.com/press-release/971240",
                Some(("971240", None)),
            ),
            ("generic", "https://example.com/302898756.html", None),
        ] {
            let wire = by_id(wire).expect("a row");
            let got = (wire.release_id)(&parse(url));
            let got = got.as_ref().map(|r| (r.id.as_str(), r.language.as_deref()));
            assert_eq!(got, want, "{url}");
            let canonical = parse(&canonical_url(&parse(url)));
            assert_eq!(
                (wire.release_id)(&canonical),
                (wire.release_id)(&parse(url)),
                "{canonical}"
            );
            assert_eq!(
                (wire.guid_release_id)(url).map(|r| r.id),
                want.map(|w| w.0.to_owned()),
                "as a guid: {url}"
            );
        }
    }

    #[test]
    fn a_guid_that_is_no_url_tells_the_same() {
        for (wire, guid, want) in [
            ("businesswire", "20261005363276en", Some(("20261005363276", Some("en")))),
            (
                "businesswire",
                " 20260930550483zh-HK ",
                Some(("20260930550483", Some("zh-HK"))),
            ),
            ("businesswire", "2026093055048", None),
            (
                "globenewswire",
                "urn:newsml:marketwired.com:20020408:2038765-fr",
                Some(("2038765", Some("fr"))),
            ),
            ("prnewswire", "302898756", None),
            ("newsfile", "urn:nfc:5637374", None),
        ] {
            let got = (by_id(wire).expect("a row").guid_release_id)(guid);
            assert_eq!(
                got.as_ref().map(|r| (r.id.as_str(), r.language.as_deref())),
                want,
                "{guid}"
            );
        }
    }

    #[test]
    fn what_does_not_identify_is_stripped_and_what_does_stays() {
        for (url, want) in [
            (
                "http://www.businesswire.com/news/home/20261005363276/en/Acme/?feedref=1-6S==",
                "https://www.businesswire.com/news/home/20261005363276/en",
            ),
            (
                "https://businesswire.com/news/home/20261005363276/en/?guccounter=1#top",
                "https://www.businesswire.com/news/home/20261005363276/en",
            ),
            (
                "http://prnewswire.com/news-releases/a-302898756.html?tc=eml_cleartime",
                "https://www.prnewswire.com/news-releases/a-302898756.html",
            ),
            (
                "https://www.globenewswire.com/en/news-release/2026/10/05/3374933/0/en/a.html?nd=17",
                "https://www.globenewswire.com/news-release/2026/10/05/3374933/0/en/a.html",
            ),
            (
                "https://www.newsfilecorp.com/release/313806/Acme?lang=fr&utm_source=rss",
                "https://www.newsfilecorp.com/release/313806?lang=fr",
            ),
            (
                "https://newsfilecorp.com/release/313806/",
                "https://www.newsfilecorp.com/release/313806",
            ),
            (
                "https://user:secret@example.com:443/a/?utm_source=x&id=7&fbclid=y#z",
                "https://example.com/a/?id=7",
            ),
            (
                "https://www.youtube.com/watch?v=abc&ref=feed",
                "https://www.youtube.com/watch?v=abc",
            ),
            (
                "https://finviz.com/quote.ashx?t=ACME",
                "https://finviz.com/quote.ashx?t=ACME",
            ),
            ("https://example.com/a?source=rss&mod=rss", "https://example.com/a"),
            (
                "https://example.com/a?source=gas&mod=2",
                "https://example.com/a?source=gas&mod=2",
            ),
            (
                "https://edge.prnewswire.com/c/link/?t=0&l=en&o=1&h=2&u=https%3A%2F%2Fc212.net%2Fc%2Flink%2F%3Ft%3D0%26u%3Dhttps%253A%252F%252Facme.example%252F%253Futm_source%253Dpr&a=Acme",
                "https://acme.example/",
            ),
            (
                "https://edge.prnewswire.com/c/link/?u=javascript%3Aalert(1)",
                "https://edge.prnewswire.com/c/link?u=javascript%3Aalert(1)",
            ),
            (
                "https://cts.businesswire.com/ct/CT?id=smartlink&url=https%3A%2F%2Facme.example%2Fa&esheet=5&lan=en-US&index=1",
                "https://acme.example/a",
            ),
            (
                "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Facme.example%2F&data=05",
                "https://acme.example/",
            ),
            (
                "https://www.google.com/search?q=acme",
                "https://www.google.com/search?q=acme",
            ),
            ("mailto:press@acme.example", "mailto:press@acme.example"),
        ] {
            assert_eq!(canonical_url(&parse(url)), want, "{url}");
        }
    }

    #[test]
    fn a_fragment_that_names_nothing_on_the_page() {
        for (fragment, want) in [
            ("", true),
            ("top", true),
            ("Top", true),
            ("utm_source=rss&utm_medium=feed", true),
            ("utm_source=rss&id=3", false),
            ("2026-10-01", false),
            ("/news/1", false),
            ("ref", false),
        ] {
            assert_eq!(is_tracking_fragment(fragment), want, "{fragment}");
        }
    }

    #[test]
    fn a_nest_of_click_counters_is_unwrapped_to_a_limit() {
        let nest = |depth: usize| {
            (0..depth).fold("https://acme.example/x".to_owned(), |inner, _| {
                let mut outer = parse("https://c212.net/c/link/");
                outer.query_pairs_mut().append_pair("u", &inner);
                outer.into()
            })
        };
        assert_eq!(canonical_url(&parse(&nest(6))), "https://acme.example/x");
        let deep = canonical_url(&parse(&nest(7)));
        assert!(deep.starts_with("https://c212.net/"), "{deep}");
        assert_eq!(canonical_url(&parse(&deep)), deep);
    }

    proptest! {
        #[test]
        fn a_canonical_url_is_its_own_canonical_url(
            scheme in "https?",
            host in prop::sample::select(
                WIRES.iter().flat_map(|w| w.hosts.iter().copied()).chain(["c212.net", "edge.prnewswire.com", "example.com", "a.example:8080"]).collect::<Vec<_>>()
            ),
            path in "(/[a-zA-Z0-9.%é-]{0,16}){0,5}/{0,2}",
            release in prop::sample::select(vec!["", "/news/home/20261005363276/zh-hk/x", "/en/news-release/2026/10/05/1/0/en/a", "/fr/release/7/b", "/news-releases/a-302898756.html"]),
            query in prop::option::of("((utm_a|u|lang|v|ref|nd|id)=[a-z%0-9:/?&=]{0,24}&?){0,4}"),
        ) {
            let text = format!("{scheme}://{host}{release}{path}{}", query.map(|q| format!("?{q}")).unwrap_or_default());
            if let Ok(url) = Url::parse(&text) {
                let once = canonical_url(&url);
                let again = canonical_url(&Url::parse(&once).expect("a canonical URL parses"));
                prop_assert_eq!(once, again);
            }
        }

        #[test]
        fn no_text_makes_a_reader_panic(text in r"\PC{0,60}") {
            for wire in WIRES {
                let _ = (wire.guid_release_id)(&text);
                if let Ok(url) = Url::parse(&text) {
                    let _ = ((wire.release_id)(&url), canonical_url(&url));
                }
            }
        }
    }
}

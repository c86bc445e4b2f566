//! What may stand behind a key: from the text in the file to a checked value, or a fault that says what to write.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use chrono::DateTime;
use chrono_tz::Tz;
use ipnet::IpNet;
use url::Url;

use super::title::TitleTemplate;
use crate::article::{Copies, Exposure, FullText, Identity, Order, Rights, Tier};
use crate::crontab::Crontab;
use crate::wire::{self, WIRES, Wire};

/// A value of the file. No key takes an array, a table, a date or a float.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `"10s"`
    Text(String),
    /// `100`
    Integer(i64),
    /// `true`
    Boolean(bool),
}

/// Why a value is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Bytes of the decoded text; `None`: all of it.
    pub(super) span: Option<Range<usize>>,
    pub(super) message: String,
    pub(super) hint: Option<String>,
    /// The span holds a secret: the message may go to a log, so the excerpt shows stars in its place.
    pub(super) secret: bool,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            span: None,
            message: message.into(),
            hint: None,
            secret: false,
        }
    }

    pub(super) fn within(span: Range<usize>, message: String, hint: Option<String>) -> Self {
        Self {
            span: Some(span),
            message,
            hint,
            secret: false,
        }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

/// How the values of a key are read.
#[derive(Debug)]
pub(super) struct Kind<T> {
    /// For "expected ..."
    pub(super) expects: &'static str,
    read: Read<T>,
    /// Least and most, as they would be written.
    bounds: Bounds,
    /// How to write what people write as a value of another type.
    instead: Option<&'static str>,
}

#[derive(Debug)]
enum Read<T> {
    Text(fn(&str, Bounds) -> Result<T, Fault>),
    Integer(fn(i64, Bounds) -> Result<T, Fault>),
    Boolean(fn(bool) -> T),
}

type Bounds = (&'static str, &'static str);

impl<T> Kind<T> {
    const fn text(expects: &'static str, read: fn(&str, Bounds) -> Result<T, Fault>) -> Self {
        Self {
            expects,
            read: Read::Text(read),
            bounds: ("", ""),
            instead: None,
        }
    }

    const fn instead(self, hint: &'static str) -> Self {
        Self {
            instead: Some(hint),
            ..self
        }
    }

    /// Checks a value.
    pub(super) fn read(&self, given: &Scalar) -> Result<T, Fault> {
        match (&self.read, given) {
            (Read::Text(read), Scalar::Text(text)) => read(text, self.bounds),
            (Read::Integer(read), Scalar::Integer(number)) => read(*number, self.bounds),
            (Read::Boolean(read), Scalar::Boolean(flag)) => Ok(read(*flag)),
            (_, Scalar::Text(_)) => Err(self.expected("text in quotes")),
            (_, Scalar::Integer(number)) => Err(self.expected(&format!("the number {number}"))),
            (_, Scalar::Boolean(flag)) => Err(self.expected(&flag.to_string())),
        }
    }

    /// The fault of a value of another type.
    pub(super) fn expected(&self, found: &str) -> Fault {
        let fault = Fault::new(format!("expected {}, found {found}", self.expects));
        Fault {
            hint: self.instead.map(str::to_owned),
            ..fault
        }
    }
}

/// What stands between commas.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// Reads each part; the faults of all of them in one.
fn each<T, P>(parts: impl Iterator<Item = P>, read: impl Fn(P) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for part in parts {
        match read(part) {
            Ok(value) => good.push(value),
            Err(fault) => bad.push(fault),
        }
    }
    let Some(first) = bad.first() else {
        return Ok(good);
    };
    let messages: Vec<&str> = bad.iter().map(|fault| fault.message.as_str()).collect();
    Err(Fault {
        span: None,
        message: messages.join("; "),
        hint: first.hint.clone(),
        secret: bad.iter().any(|fault| fault.secret),
    })
}

/// The nearest of `known` to a mistyped word, or the one that it begins, if one is near.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<&str> = known.into_iter().collect();
    let begins = |known: &&&str| word.len() >= LEAST_BEGINNING && known.starts_with(word);
    near(word, known.iter().copied()).or_else(|| known.iter().find(begins).copied())
}

/// Letters of a beginning that tell a word.
const LEAST_BEGINNING: usize = 5;

fn near<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    let far = word.chars().count() / 3 + 1;
    // A distance costs the product of both lengths; no name that we know is longer.
    let short = |known: &&str| word.len() <= 64 && known.len() <= 64;
    let distances = known.into_iter().filter(short).map(|known| {
        let lower = known.to_ascii_lowercase();
        (strsim::damerau_levenshtein(&word, &lower), known)
    });
    distances
        .filter(|(distance, _)| *distance <= far)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

pub(super) const PATH: Kind<PathBuf> = Kind::text("a path in quotes", |text, _| match text {
    "" => Err(Fault::new("the path is empty")),
    _ => Ok(PathBuf::from(text)),
});

pub(super) const TEXT: Kind<String> = Kind::text("text in quotes", |text, _| Ok(text.to_owned()));

pub(super) const TITLE: Kind<String> = Kind::text("a title in quotes", |text, _| match text.trim() {
    "" => Err(Fault::new("the title is empty").hint("leave the key out to use the id")),
    title => Ok(title.to_owned()),
});

pub(super) const FLAG: Kind<bool> = Kind {
    expects: "true or false",
    read: Read::Boolean(|flag| flag),
    bounds: ("", ""),
    instead: None,
};

pub(super) const ADDRESS: Kind<SocketAddr> = Kind::text("an address such as \"127.0.0.1:8844\"", |text, _| {
    text.parse().map_err(|_| {
        let (host, port) = text.rsplit_once(':').unwrap_or(("localhost", text));
        let host: Cow<'_, str> = match host {
            "localhost" => "127.0.0.1".into(),
            "" | "*" => "0.0.0.0".into(),
            host => host.into(),
        };
        let bare = text
            .parse::<IpAddr>()
            .ok()
            .map(|host| SocketAddr::new(host, 8844).to_string());
        let written = format!("{host}:{port}");
        let meant = bare.or_else(|| written.parse::<SocketAddr>().ok().map(|_| written));
        let fault = Fault::new(format!("`{text}` is no IP address with a port"));
        fault.hint(format!("write \"{}\"", meant.as_deref().unwrap_or("127.0.0.1:8844")))
    })
});

/// A number with bounds, both included.
pub(super) const fn count(least: &'static str, most: &'static str) -> Kind<usize> {
    let read = Read::Integer(|number, (least, most)| {
        let allowed = |bound: &str| bound.parse::<i64>().unwrap_or_default();
        let within = (allowed(least)..=allowed(most)).contains(&number);
        let count = within.then(|| usize::try_from(number).ok()).flatten();
        count.ok_or_else(|| Fault::new(format!("{number} is not allowed, allowed is {least} to {most}")))
    });
    Kind {
        expects: "a number without quotes",
        read,
        bounds: (least, most),
        instead: None,
    }
}

/// A duration with bounds, both included.
pub(super) const fn duration(least: &'static str, most: &'static str) -> Kind<Duration> {
    let read = Read::Text(|text, bounds| {
        let hint = "a number and a unit (ms, s, m, h or d), as in \"30s\" or \"1h30m\"";
        quantity(text, TIME_UNITS_MS, bounds, "duration", hint).map(Duration::from_millis)
    });
    Kind {
        expects: "a duration such as \"30s\"",
        read,
        bounds: (least, most),
        instead: None,
    }
}

/// A size in bytes with bounds, both included.
pub(super) const fn size(least: &'static str, most: &'static str) -> Kind<usize> {
    let read = Read::Text(|text, bounds| {
        let hint = "a number and a unit (B, KiB, MiB or GiB), as in \"16MiB\"";
        let bytes = quantity(text, SIZE_UNITS_BYTES, bounds, "size", hint)?;
        usize::try_from(bytes).map_err(|_| Fault::new(format!("`{text}` is more than this machine can address")))
    });
    Kind {
        expects: "a size such as \"16MiB\"",
        read,
        bounds: (least, most),
        instead: None,
    }
}

const TIME_UNITS_MS: &[(&str, u64)] = &[
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];
const SIZE_UNITS_BYTES: &[(&str, u64)] = &[
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("kB", 1000),
    ("MB", 1_000_000),
];

type Units = &'static [(&'static str, u64)];

fn quantity(text: &str, units: Units, (least, most): Bounds, what: &str, hint: &str) -> Result<u64, Fault> {
    let amount = sum(text, units).ok_or_else(|| Fault::new(format!("`{text}` is no {what}")).hint(hint))?;
    match (sum(least, units), sum(most, units)) {
        (Some(least), Some(most)) if (least..=most).contains(&amount) => Ok(amount),
        _ => Err(Fault::new(format!(
            "`{text}` is not allowed, allowed is {least} to {most}"
        ))),
    }
}

/// Adds up `1h30m`; `None` unless it is numbers and units to the end.
fn sum(text: &str, units: Units) -> Option<u64> {
    let (mut rest, mut total) = (text, None::<u64>);
    while !rest.is_empty() {
        let (digits, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let (unit, after) = after.split_at(after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len()));
        let (_, worth) = units.iter().find(|(name, _)| *name == unit.trim())?;
        let amount = digits.parse::<u64>().ok()?.checked_mul(*worth)?;
        total = Some(total.unwrap_or_default().checked_add(amount)?);
        rest = after;
    }
    total
}

pub(super) const FEED_URL: Kind<Url> = Kind::text("a URL in quotes", |text, _| web_url(text));

/// A proxy, as `[fetch] proxy` has it.
pub(super) const PROXY_URL: Kind<Url> = Kind::text("a URL in quotes", |text, _| match text.split_once("://") {
    Some(("http" | "https", _)) => web_url(text),
    Some(_) => Err(Fault::new(format!(
        "`{text}` is no usable proxy: only http and https proxies are spoken to"
    ))
    .hint("write it as in \"http://proxy.example.org:3128\"")),
    None if text.trim().is_empty() => Err(Fault::new("the proxy is empty").hint("leave the key out")),
    None => {
        let port = if text.contains(':') { "" } else { ":3128" };
        Err(Fault::new(format!("`{text}` is no usable URL: it has no scheme"))
            .hint(format!("write \"http://{text}{port}\"")))
    }
});

pub(super) const BASE_URL: Kind<Url> = Kind::text("a URL in quotes", |text, _| {
    let url = web_url(text)?;
    match (url.query(), url.fragment()) {
        (None, None) => Ok(url),
        _ => Err(Fault::new("a base URL ends with its path").hint("leave out `?` and `#` and what follows")),
    }
});

fn web_url(text: &str) -> Result<Url, Fault> {
    let refused = |why: &str| Fault::new(format!("`{text}` is no usable URL: {why}"));
    let url = Url::parse(text).map_err(|cause| {
        if cause == url::ParseError::RelativeUrlWithoutBase {
            refused("it has no scheme").hint(format!("write \"https://{}\"", text.trim_start_matches('/')))
        } else {
            refused(&cause.to_string())
        }
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        let start = text.find("//").map_or(0, |at| at + 2);
        let fault = Fault {
            span: text.rfind('@').map(|end| start..end.max(start)),
            secret: true,
            ..Fault::new("a name or password in a URL is refused: it would show in logs and in emitted feeds")
        };
        return Err(fault.hint("leave out what stands before the `@`"));
    }
    if !matches!(url.scheme(), "http" | "https") {
        let rest = text
            .get(url.scheme().len() + 1..)
            .unwrap_or_default()
            .trim_start_matches('/');
        let hint = match rest.starts_with("http") {
            true => format!("write \"{rest}\""),
            false => format!("write \"https://{rest}\""),
        };
        return Err(refused("only http and https can be polled").hint(hint));
    }
    Ok(url)
}

pub(super) const CONTACT: Kind<String> = Kind::text("a web or e-mail address in quotes", |text, _| {
    let text = header_text(text)?;
    let mail = |text: &str| {
        text.split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
            && !text.contains(['/', ':'])
    };
    match text.contains(['(', ')', ' ']) || !(web_url(text).is_ok() || mail(text)) {
        false => Ok(text.to_owned()),
        true => Err(
            Fault::new(format!("`{text}` is neither a web address nor an e-mail address"))
                .hint("write \"https://example.org/about\" or \"desk@example.org\""),
        ),
    }
});

pub(super) const USER_AGENT: Kind<String> =
    Kind::text("a User-Agent in quotes", |text, _| header_text(text).map(str::to_owned));

/// What may stand in a header without being cut or smuggling another one in (RFC 9110, 5.5).
fn header_text(text: &str) -> Result<&str, Fault> {
    match text.trim() {
        "" => Err(Fault::new("the text is empty").hint("leave the key out")),
        text if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) => Ok(text),
        _ => Err(Fault::new("only printable ASCII can stand in a header")),
    }
}

/// Names that are ours to fill, or would break the request.
const OUR_HEADERS: &[&str] = &[
    "a-im",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-authorization",
    "range",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

pub(super) const HEADERS: Kind<Vec<(String, String)>> = Kind::text("header lines in quotes", |text, _| {
    let lines = (1..)
        .zip(text.lines().map(str::trim))
        .filter(|(_, line)| !line.is_empty());
    each(lines, |(number, line)| header_line(number, line))
})
.instead("write one text, with each header on a line of its own: \"X-Api-Version: 2\\nX-Client: desk\"");

fn header_line(number: usize, line: &str) -> Result<(String, String), Fault> {
    let fault = |why: String| Fault {
        // It may hold a key.
        secret: true,
        ..Fault::new(why)
    };
    let (name, value) = line.split_once(':').ok_or_else(|| {
        fault(format!("header line {number} has no name and value")).hint("write it as in \"X-Api-Version: 2\"")
    })?;
    // RFC 9110 section 5.6.2.
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(fault(format!(
            "the name of header line {number} may hold letters, digits and hyphens"
        )));
    }
    if value.trim().is_empty() {
        return Err(fault(format!("the header `{name}` has no value")).hint("leave the line out"));
    }
    if OUR_HEADERS.iter().any(|ours| ours.eq_ignore_ascii_case(name)) {
        let why = Fault::new(format!("the header `{name}` is not free to set"));
        return Err(match name.eq_ignore_ascii_case("authorization") {
            true => why.hint("use `authorization_file`, so that no secret stands here"),
            false => why,
        });
    }
    let value =
        header_text(value).map_err(|_| fault(format!("the value of the header `{name}` is not printable ASCII")))?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(super) const NETWORKS: Kind<Vec<IpNet>> = Kind::text("networks in quotes", |text, _| {
    each(listed(text), |network| {
        let alone = || network.parse::<IpAddr>().map(IpNet::from);
        let read = network.parse().or_else(|_| alone()).map_err(|_| {
            Fault::new(format!("`{network}` is no network")).hint("write it as in \"10.20.0.0/16\" or \"fd12::/32\"")
        })?;
        match read.trunc() {
            whole if whole == read => Ok(read),
            whole => Err(
                Fault::new(format!("`{network}` is an address within a network, not its beginning"))
                    .hint(format!("write \"{whole}\"")),
            ),
        }
    })
})
.instead("write one text, with commas between the networks: \"10.20.0.0/16, fd12::/32\"");

pub(super) const HUBS: Kind<Vec<Url>> = Kind::text("URLs in quotes", |text, _| each(listed(text), web_url))
    .instead("write one text, with commas between the hubs: \"https://hub.example/, https://other.example/\"");

/// How "by the source's own week" is written.
pub(super) const ADAPTIVE: &str = "adaptive";

/// A cron expression; `None` is "adaptive".
pub(super) const SCHEDULE: Kind<Option<Crontab>> =
    Kind::text("a cron expression such as \"*/5 * * * *\"", |text, _| {
        if text == ADAPTIVE {
            return Ok(None);
        }
        // A minute is never a word.
        if text.trim_start().starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Err(Fault::new(format!("`{text}` is no schedule")).hint(
                "write \"adaptive\", a name such as \"@hourly\" or \"@daily\", or cron fields as in \"*/5 * * * *\"",
            ));
        }
        let crontab = Crontab::parse(text).map_err(|error| Fault::within(error.span, error.message, error.hint))?;
        match crontab.next_after(Tz::UTC, DateTime::UNIX_EPOCH) {
            Some(_) => Ok(Some(crontab)),
            None => Err(Fault::new(format!("`{text}` never comes")).hint("no month has that day")),
        }
    });

pub(super) const ZONE: Kind<Tz> = Kind::text("a time zone such as \"Europe/Zurich\"", |text, _| {
    text.parse().map_err(|_| {
        let names = || chrono_tz::TZ_VARIANTS.iter().map(|tz| tz.name());
        let city = |name: &&str| {
            name.rsplit('/')
                .next()
                .is_some_and(|city| city.eq_ignore_ascii_case(text))
        };
        let fault = Fault::new(format!("`{text}` is no time zone"));
        match names().find(city).or_else(|| nearest(text, names())) {
            Some(near) => fault.hint(format!("did you mean \"{near}\"?")),
            None => fault.hint("a name of the IANA list, such as \"UTC\" or \"America/New_York\""),
        }
    })
});

pub(super) const WIRE: Kind<&'static Wire> = Kind::text("the name of a wire in quotes", |text, _| {
    wire::by_id(text).ok_or_else(|| {
        let ids = WIRES.iter().map(|wire| wire.id).collect::<Vec<_>>();
        let near = nearest(text, ids.iter().copied()).map(|near| format!("did you mean \"{near}\"? "));
        let known = ids.join(", ");
        Fault::new(format!("`{text}` is no wire")).hint(format!("{}known are {known}", near.unwrap_or_default()))
    })
});

/// Reads the words of a closed vocabulary: what is expected, and which words are allowed, for a person.
macro_rules! words {
    ($($name:ident: $vocabulary:ident = $expects:literal, $allowed:literal;)+) => { $(
        pub(super) const $name: Kind<$vocabulary> = Kind::text($expects, |text, _| {
            let words = $vocabulary::ALL.iter().map(|word| word.as_str());
            $vocabulary::parse(text).ok_or_else(|| one_of(text, $allowed, words))
        });
    )+ };
}

words! {
    RIGHTS: Rights = "\"full\", \"summary\" or \"headline\"", "full, summary and headline";
    ORDER: Order = "\"changed\" or \"published\"", "changed and published";
    IDENTITY: Identity = "\"auto\", \"guid\", \"url\" or \"hash\"", "auto, guid, url and hash";
    FULL_TEXT: FullText = "\"off\", \"wire\" or \"generic\"", "off, wire and generic";
    TIER: Tier = "\"wire\" or \"guest\"", "wire and guest";
    EXPOSURE: Exposure = "\"local\", \"open\" or \"off\"", "local, open and off";
    COPIES: Copies = "\"folded\", \"shown\" or \"omitted\"", "folded, shown and omitted";
}

pub(super) const ENTRY_TITLE: Kind<TitleTemplate> =
    Kind::text("a template such as \"{issuer}: {headline}\"", |text, _| {
        TitleTemplate::parse(text).map_err(|error| Fault::within(error.span, error.message, Some(error.hint)))
    });

pub(super) const SWITCH: Kind<bool> = Kind::text("\"on\" or \"off\"", |text, _| match text {
    "on" => Ok(true),
    "off" => Ok(false),
    _ => Err(one_of(text, "on and off", ["on", "off"].into_iter())),
})
.instead("write \"on\" for true, \"off\" for false");

fn one_of(text: &str, allowed: &str, words: impl Iterator<Item = &'static str>) -> Fault {
    let fault = Fault::new(format!("`{text}` is not allowed, allowed are {allowed}"));
    match nearest(text, words) {
        Some(near) => fault.hint(format!("did you mean \"{near}\"?")),
        None => fault,
    }
}

pub(super) const ID: Kind<String> = Kind::text("a name in quotes", |text, _| {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
        return Ok(text.to_owned());
    }
    let slug: String = text
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let slug = slug
        .split('-')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    let fault = Fault::new(format!("`{text}` is not allowed: 1 to 64 of a-z, 0-9 and -"));
    match slug.len() {
        1..=64 => Err(fault.hint(format!("write \"{slug}\""))),
        _ => Err(fault),
    }
});

/// A filter is read when all names are known: see `sections::filters`.
pub(super) const FILTER: Kind<String> = Kind::text("a filter in quotes", |text, _| Ok(text.to_owned()));

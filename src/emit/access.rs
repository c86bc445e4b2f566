//! Who may read what, and how often.

use std::collections::HashMap;
use std::fs;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::article::{Article, OutputId, Rights};
use crate::config::{Config, Output};
use crate::wire;

/// Addresses counted at once; those that have been quiet for a minute go first.
const ADDRESSES: usize = 65_536;

/// Shorter lines are no tokens: they could be guessed.
const SHORTEST: usize = 16;

/// A token file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// No such file, or not ours to read.
    #[error("the token file {} cannot be read; make it readable for this user, one token a line", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Nobody could read the output.
    #[error("the token file {} holds no token; write one a line, at least 16 characters each", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// It could be guessed.
    #[error("line {line} of the token file {} is shorter than 16 characters: write a longer token, or `#` before it", path.display())]
    Short {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
}

/// A token by its hash: of one length, so that comparing tells nothing of it.
type Token = [u8; 32];

/// Who may read what, and how often.
#[derive(Debug)]
pub(super) struct Access {
    /// Open everything.
    everywhere: Vec<Token>,
    /// Of the outputs that not everybody may read.
    outputs: HashMap<OutputId, Vec<Token>>,
    rate: Option<DefaultKeyedRateLimiter<IpAddr>>,
}

/// What a request shows of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// Everybody may.
    Open,
    /// By a token: what it gets is for its holder alone.
    ByToken,
}

impl Access {
    /// Reads the token files.
    pub(super) fn of(config: &Config) -> Result<Self, AccessError> {
        let everywhere = config.http.token_file.as_deref().map(tokens).transpose()?;
        let outputs = config.outputs.iter().filter_map(|output| {
            let file = output.token_file.as_deref()?;
            Some(tokens(file).map(|tokens| (output.id.clone(), tokens)))
        });
        let quota = u32::try_from(config.http.requests_per_minute)
            .ok()
            .and_then(NonZeroU32::new);
        Ok(Self {
            everywhere: everywhere.unwrap_or_default(),
            outputs: outputs.collect::<Result<_, _>>()?,
            rate: quota.map(|quota| RateLimiter::keyed(Quota::per_minute(quota))),
        })
    }

    /// May this request read the output? `None`: not with what it shows.
    pub(super) fn to(&self, output: &Output, asked: &HeaderMap, query: Option<&str>) -> Option<Leave> {
        match self.outputs.get(&output.id) {
            None => Some(Leave::Open),
            Some(tokens) => {
                let shown = shown(asked, query)?;
                (holds(tokens, &shown) || holds(&self.everywhere, &shown)).then_some(Leave::ByToken)
            }
        }
    }

    /// May everybody read it?
    pub(super) fn is_open(&self, output: &Output) -> bool {
        !self.outputs.contains_key(&output.id)
    }

    /// May this request ask whatever it likes?
    pub(super) fn to_all(&self, asked: &HeaderMap, query: Option<&str>) -> bool {
        shown(asked, query).is_some_and(|shown| holds(&self.everywhere, &shown))
    }

    /// May this address ask once more now?
    pub(super) fn counts(&self, address: IpAddr) -> bool {
        let Some(rate) = &self.rate else { return true };
        if rate.len() > ADDRESSES {
            rate.retain_recent();
        }
        rate.check_key(&wire::network(address)).is_ok()
    }
}

/// What pages and documents of single articles may show, which no token opens: no more than an output that everybody may read.
#[derive(Debug)]
pub(super) struct Terms {
    open: HashMap<OutputId, Rights>,
    /// Of what no open output carries.
    otherwise: Rights,
}

impl Terms {
    pub(super) fn of(config: &Config, access: &Access) -> Self {
        let open: HashMap<OutputId, Rights> = config
            .outputs
            .iter()
            .filter(|output| access.is_open(output))
            .map(|output| (output.id.clone(), output.rights))
            .collect();
        let otherwise = match open.len() == config.outputs.len() {
            // Nothing here is kept from anybody.
            true => Rights::Full,
            false => Rights::Headline,
        };
        Self { open, otherwise }
    }

    /// Cuts down articles of which each is carried by those outputs; the terms of its source stay.
    pub(super) fn keep<'a>(
        &self,
        articles: impl IntoIterator<Item = &'a mut Article>,
        carried: &HashMap<i64, Vec<OutputId>>,
    ) {
        for article in articles {
            let outputs = carried.get(&article.number).map(Vec::as_slice).unwrap_or_default();
            let rights = outputs.iter().filter_map(|output| self.open.get(output)).min();
            let rights = rights.copied().unwrap_or(self.otherwise);
            article.draft.rights = article.draft.rights.max(rights);
        }
    }
}

/// The token files that cannot be used, each with why.
#[must_use]
pub fn check(config: &Config) -> Vec<(&Path, AccessError)> {
    let of_outputs = config.outputs.iter().map(|output| &output.token_file);
    let files = std::iter::once(&config.http.token_file).chain(of_outputs).flatten();
    files
        .filter_map(|file| Some((file.as_path(), tokens(file).err()?)))
        .collect()
}

/// `Authorization: Bearer TOKEN` (RFC 6750 section 2.1), the password of `Basic` for readers that know nothing else (RFC 7617), or
/// `?token=TOKEN`.
fn shown(asked: &HeaderMap, query: Option<&str>) -> Option<Token> {
    let header = asked.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = match header.and_then(|value| value.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Some(token.trim().to_owned()),
        Some((scheme, pair)) if scheme.eq_ignore_ascii_case("basic") => {
            let pair = BASE64_STANDARD.decode(pair.trim()).ok()?;
            let pair = String::from_utf8(pair).ok()?;
            pair.split_once(':').map(|(_, password)| password.to_owned())
        }
        Some(_) | None => {
            let mut pairs = url::form_urlencoded::parse(query?.as_bytes());
            pairs
                .find(|(key, _)| key == "token")
                .map(|(_, token)| token.into_owned())
        }
    };
    token.map(|token| Sha256::digest(token).into())
}

fn holds(tokens: &[Token], shown: &Token) -> bool {
    // All of them are compared, so that the time does not tell which one came near.
    let equal = tokens.iter().map(|token| token.ct_eq(shown));
    equal.fold(subtle::Choice::from(0), |any, one| any | one).into()
}

fn tokens(file: &Path) -> Result<Vec<Token>, AccessError> {
    let path = || file.to_owned();
    let text = fs::read_to_string(file).map_err(|source| AccessError::Unreadable { path: path(), source })?;
    let lines = text.lines().map(str::trim).enumerate();
    let lines: Vec<(usize, &str)> = lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .collect();
    if let Some((at, _)) = lines.iter().find(|(_, line)| line.len() < SHORTEST) {
        return Err(AccessError::Short {
            path: path(),
            line: at + 1,
        });
    }
    let tokens: Vec<Token> = lines.iter().map(|(_, line)| Sha256::digest(line).into()).collect();
    if tokens.is_empty() {
        return Err(AccessError::Empty { path: path() });
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(authorization: &str) -> HeaderMap {
        match authorization {
            "" => HeaderMap::new(),
            value => HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().expect("a header"))]),
        }
    }

    #[test]
    fn a_token_opens_its_output_and_no_other() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("a file");
            path
        };
        let (one, all) = (
            write("one", "\n# of the desk, and long enough\n0123456789abcdef\n"),
            write("all", "everything-0123456789"),
        );
        let config = format!(
            "[http]\ntoken_file = {all:?}\n[[output]]\nid = \"open\"\n[[output]]\nid = \"own\"\ntoken_file = {one:?}\n[[output]]\nid = \"other\"\ntoken_file = {all:?}\n"
        );
        let config = crate::config::parse(&config, "t.toml").expect("it is good");
        let access = Access::of(&config).expect("the files are there");
        let output = |id: &str| {
            config
                .outputs
                .iter()
                .find(|output| output.id.as_str() == id)
                .expect("it is there")
        };
        for (id, authorization, query, want) in [
            ("open", "", None, Some(Leave::Open)),
            ("own", "", None, None),
            ("own", "Bearer 0123456789abcdef", None, Some(Leave::ByToken)),
            ("own", "bearer  0123456789abcdef", None, Some(Leave::ByToken)),
            ("own", "", Some("limit=5&token=0123456789abcdef"), Some(Leave::ByToken)),
            // `reader:0123456789abcdef`
            (
                "own",
                "Basic cmVhZGVyOjAxMjM0NTY3ODlhYmNkZWY=",
                None,
                Some(Leave::ByToken),
            ),
            ("own", "Bearer everything-0123456789", None, Some(Leave::ByToken)),
            ("own", "Bearer 0123456789abcdeg", None, None),
            ("own", "Bearer short", None, None),
            ("own", "Bearer ", None, None),
            ("own", "Bearer # of the desk, and long enough", None, None),
            ("own", "Basic ???", None, None),
            ("other", "Bearer 0123456789abcdef", None, None),
        ] {
            assert_eq!(
                access.to(output(id), &headers(authorization), query),
                want,
                "{id} {authorization} {query:?}"
            );
        }
        assert!(access.is_open(output("open")) && !access.is_open(output("own")));
        assert!(access.to_all(&headers("Bearer everything-0123456789"), None));
        assert!(!access.to_all(&headers("Bearer 0123456789abcdef"), None));
    }

    #[test]
    fn a_token_file_without_tokens_opens_nothing_and_says_so() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("tokens");
        let config = crate::config::parse(&format!("[http]\ntoken_file = {file:?}\n"), "t.toml").expect("it is good");
        assert!(matches!(Access::of(&config), Err(AccessError::Unreadable { .. })));
        fs::write(&file, "\n  \n# none\n").expect("a file");
        assert!(matches!(Access::of(&config), Err(AccessError::Empty { .. })));
        fs::write(&file, "0123456789abcdef\n\nshort\n").expect("a file");
        assert!(matches!(Access::of(&config), Err(AccessError::Short { line: 3, .. })));
    }

    #[test]
    fn an_address_that_asks_too_often_waits_and_the_others_do_not() {
        let config = crate::config::parse("[http]\nrequests_per_minute = 3\n", "t.toml").expect("it is good");
        let access = Access::of(&config).expect("no files");
        let from = |text: &str| text.parse::<IpAddr>().expect("an address");
        for (address, may) in [
            ("192.0.2.1", true),
            ("::ffff:192.0.2.1", true),
            ("192.0.2.1", true),
            ("192.0.2.1", false),
            ("192.0.2.2", true),
            ("2001:db8::1", true),
            ("2001:db8::2", true),
            ("2001:db8::3", true),
            ("2001:db8::4", false),
            ("2001:db8:0:1::4", true),
        ] {
            assert_eq!(access.counts(from(address)), may, "{address}");
        }
        let any = crate::config::parse("[http]\nrequests_per_minute = 0\n", "t.toml").expect("it is good");
        let access = Access::of(&any).expect("no files");
        assert!((0..10_000).all(|_| access.counts(from("192.0.2.1"))));
    }
}

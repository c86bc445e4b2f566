//! What a server's robots.txt allows us (RFC 9309), for the pages that a person's browser would open and a feed reader need not.
//!
//! In: the file as received, our product token, a URL. Out: whether it may be asked, by which line, and how long to wait between two requests
//! (`Crawl-delay`, which is no part of the RFC and which those who write it mean). Pure. Never fails: what cannot be read is passed over, as
//! the RFC says.

use std::time::Duration;

use url::Url;

/// Bytes of the file that count: the least that a reader must take (RFC 9309 section 2.5).
pub const MAX_BYTES: usize = 500 * 1_024;

/// Rules that count; of more the first.
const MAX_RULES: usize = 10_000;

/// The longest wait that is honoured between two pages.
const LONGEST_DELAY: Duration = Duration::from_secs(60 * 60);

/// The rules of one robots.txt that are for us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    rules: Vec<Rule>,
    /// Between two requests.
    pub crawl_delay: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allows: bool,
    /// In the one spelling of [`spelled`].
    path: String,
    /// As written.
    line: String,
}

/// What holds for a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// It may be asked.
    pub allowed: bool,
    /// The line that says so; `no rule` where none does.
    pub by: String,
}

impl Rules {
    /// Reads the file for the robot of this product token. The groups that name it count, together; without one those of `*`.
    #[must_use]
    pub fn read(file: &[u8], product: &str) -> Self {
        let file = file.get(..MAX_BYTES).unwrap_or(file);
        let file = file.strip_prefix("\u{feff}".as_bytes()).unwrap_or(file);
        let text = String::from_utf8_lossy(file);
        let (mut own, mut all) = (Self::default(), Self::default());
        let mut named = false;
        let (mut for_own, mut for_all, mut in_agents) = (false, false, false);
        for line in text.split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else {
                continue;
            };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            if matches!(key.as_str(), "user-agent" | "useragent" | "user agent") {
                if !in_agents {
                    (for_own, for_all) = (false, false);
                }
                in_agents = true;
                let token = product_token(value);
                for_own |= !token.is_empty() && token.eq_ignore_ascii_case(product);
                for_all |= value.starts_with('*');
                named |= for_own;
                continue;
            }
            // Nothing but a rule ends the list of those whom it is for.
            in_agents &= !matches!(key.as_str(), "allow" | "disallow");
            for (is_for, rules) in [(for_own, &mut own), (for_all, &mut all)] {
                if is_for {
                    rules.take(&key, value);
                }
            }
        }
        if named { own } else { all }
    }

    fn take(&mut self, key: &str, value: &str) {
        let allows = match key {
            "allow" => true,
            "disallow" | "dissallow" | "dissalow" | "disalow" | "diasllow" | "disallaw" => false,
            "crawl-delay" | "crawldelay" => {
                let seconds = value.parse::<f64>().ok().filter(|seconds| *seconds >= 0.0);
                let delay = seconds.map(|seconds| seconds.min(LONGEST_DELAY.as_secs_f64()));
                self.crawl_delay = self.crawl_delay.max(delay.map(Duration::from_secs_f64));
                return;
            }
            _ => return,
        };
        // An empty rule says nothing.
        if !value.is_empty() && self.rules.len() < MAX_RULES {
            self.rules.push(Rule {
                allows,
                path: spelled(value),
                line: format!("{}: {value}", if allows { "Allow" } else { "Disallow" }),
            });
        }
    }

    /// May this be asked? The longest rule that fits counts; of equals the one that allows. The file itself may always be asked.
    #[must_use]
    pub fn permission(&self, url: &Url) -> Permission {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let asked = spelled(&(url.path().to_owned() + &query));
        let fitting = self.rules.iter().filter(|rule| fits(&rule.path, &asked));
        match fitting.max_by_key(|rule| (rule.path.len(), rule.allows)) {
            Some(rule) if asked != "/robots.txt" => Permission {
                allowed: rule.allows,
                by: rule.line.clone(),
            },
            Some(_) | None => Permission {
                allowed: true,
                by: "no rule".to_owned(),
            },
        }
    }
}

/// The product token at the beginning: `Dateline` of `Dateline/0.2 (+https://...)`.
#[must_use]
pub fn product_token(agent: &str) -> &str {
    let end = agent.find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '-' | '_')));
    agent.get(..end.unwrap_or(agent.len())).unwrap_or_default()
}

/// One spelling for paths that are the same (RFC 9309 section 2.2.2): what is not ASCII is percent-encoded, and of what is encoded without need
/// the character itself stands. `*` and `$` that mean themselves stay encoded.
fn spelled(path: &str) -> String {
    let mut spelled = String::with_capacity(path.len());
    let bytes = path.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let encoded = (byte == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        let value = encoded.unwrap_or(byte);
        let is_plain = value.is_ascii_alphanumeric() || matches!(value, b'-' | b'.' | b'_' | b'~');
        let stands = encoded.is_none() && (value.is_ascii_graphic());
        if is_plain || stands {
            spelled.push(value.into());
        } else {
            spelled.push_str(&format!("%{value:02X}"));
        }
        at += if encoded.is_some() { 3 } else { 1 };
    }
    spelled
}

/// Does a path with `*` (anything) and a `$` at its end (nothing after) fit? Linear: each part is sought behind the one before.
fn fits(rule: &str, asked: &str) -> bool {
    let (rule, is_whole) = match rule.strip_suffix('$') {
        Some(rule) => (rule, true),
        None => (rule, false),
    };
    let mut parts = rule.split('*');
    let Some(rest) = asked.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let (mut rest, mut last) = (rest, None);
    for part in parts {
        if let Some(before) = last.replace(part) {
            let Some((_, behind)) = rest.split_once(before) else {
                return false;
            };
            rest = behind;
        }
    }
    match last {
        None => !is_whole || rest.is_empty(),
        Some(part) if is_whole => rest.ends_with(part),
        Some(part) => rest.contains(part),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allowed(file: &str, path: &str) -> bool {
        let url = Url::parse("https://www.example.com").unwrap().join(path).unwrap();
        Rules::read(file.as_bytes(), "Dateline").permission(&url).allowed
    }

    #[test]
    fn the_longest_rule_that_fits_counts() {
        for (file, path, want) in [
            ("", "/a", true),
            ("User-agent: *\nDisallow: /", "/a", false),
            ("User-agent: *\nDisallow:", "/a", true),
            ("User-agent: *\nDisallow: /\nAllow: /news", "/news/1", true),
            ("User-agent: *\nAllow: /news\nDisallow: /", "/news/1", true),
            ("User-agent: *\nDisallow: /news\nAllow: /news", "/news/1", true),
            ("User-agent: *\nDisallow: /news/\n", "/news", true),
            ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", false),
            ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x=1", true),
            ("User-agent: *\nDisallow: /*/print/", "/news/print/1", false),
            ("User-agent: *\nDisallow: /*/print/", "/print/1", true),
            ("User-agent: *\nDisallow: /a*b*c", "/aXbYcZ", false),
            ("User-agent: *\nDisallow: /a*b*c", "/aXcYbZ", true),
            ("User-agent: *\nDisallow: /a*a$", "/aa", false),
            ("User-agent: *\nDisallow: /a*a$", "/a", true),
            ("User-agent: *\nDisallow: /*?id=", "/x?id=1", false),
            ("User-agent: *\nDisallow: /", "/robots.txt", true),
            ("User-agent: *\nDisallow: /b%C3%B6rse", "/börse/1", false),
            ("User-agent: *\nDisallow: /börse", "/b%c3%b6rse/1", false),
            ("User-agent: *\nDisallow: /%61", "/a", false),
            ("User-agent: *\nDisallow: /a%2Fb", "/a/b", true),
            ("User-agent: *\ndisallow : /a # no", "/a", false),
            ("User-agent: *\r\nDisallow: /a\r\n", "/a", false),
            ("\u{feff}User-agent: *\nDisallow: /a", "/a", false),
            ("Disallow: /a", "/a", true),
            ("<!doctype html><title>404</title>", "/a", true),
        ] {
            assert_eq!(allowed(file, path), want, "{file:?} {path}");
        }
    }

    #[test]
    fn the_group_that_names_us_counts_and_without_one_that_of_all() {
        for (file, want) in [
            ("User-agent: *\nDisallow: /\n\nUser-agent: dateline\nDisallow: /x", true),
            ("User-agent: Dateline/1.0\nDisallow: /a", false),
            ("User-agent: DatelineBot\nDisallow: /a", true),
            ("User-agent: Googlebot\nUser-agent: Dateline\nDisallow: /a", false),
            ("User-agent: Dateline\nUser-agent: *\nDisallow: /a", false),
            ("User-agent: Googlebot\nDisallow: /a", true),
            (
                "User-agent: Dateline\nSitemap: https://e.example/s.xml\nDisallow: /a",
                false,
            ),
            (
                "User-agent: Dateline\nDisallow: /x\n\nUser-agent: Dateline\nDisallow: /a",
                false,
            ),
            (
                "User-agent: Dateline\nHost: e.example\nUser-agent: *\nDisallow: /a",
                false,
            ),
            (
                "User-agent: Dateline\nCrawl-delay: 1\nUser-agent: x\nDisallow: /a",
                false,
            ),
            ("User-agent: Dateline\n\nUser-agent: *\nDisallow: /a", false),
            ("User-agent: Dateline\nDisallow:\n\nUser-agent: *\nDisallow: /a", true),
        ] {
            assert_eq!(allowed(file, "/a"), want, "{file:?}");
        }
    }

    #[test]
    fn a_wait_between_two_requests_is_read() {
        for (file, want) in [
            ("User-agent: *\nCrawl-delay: 10", Some(Duration::from_secs(10))),
            (
                "User-agent: *\nCrawl-delay: 0.5\nDisallow: /x",
                Some(Duration::from_millis(500)),
            ),
            ("User-agent: *\nCrawl-delay: 99999999", Some(LONGEST_DELAY)),
            ("User-agent: *\nCrawl-delay: -1", None),
            ("User-agent: *\nCrawl-delay: NaN", None),
            ("User-agent: bingbot\nCrawl-delay: 10", None),
        ] {
            assert_eq!(Rules::read(file.as_bytes(), "Dateline").crawl_delay, want, "{file:?}");
        }
    }

    #[test]
    fn it_is_told_by_which_line() {
        let rules = Rules::read(b"User-agent: *\nDisallow: /rss/\nAllow: /", "Dateline");
        let by = |path: &str| {
            rules
                .permission(&Url::parse("https://e.example").unwrap().join(path).unwrap())
                .by
        };
        assert_eq!(by("/rss/home"), "Disallow: /rss/");
        assert_eq!(by("/news"), "Allow: /");
        assert_eq!(
            Rules::default()
                .permission(&Url::parse("https://e.example/").unwrap())
                .by,
            "no rule"
        );
    }

    #[test]
    fn a_product_token_ends_at_its_version() {
        for (agent, want) in [
            ("Dateline/0.2 (+https://example.org)", "Dateline"),
            ("Example-Bot_x 1", "Example-Bot_x"),
            ("*", ""),
            ("", ""),
        ] {
            assert_eq!(product_token(agent), want);
        }
    }

    proptest! {
        #[test]
        fn a_hostile_file_is_read_to_its_end(file in proptest::collection::vec(any::<u8>(), 0..2_000), path in "/[ -.0-~][ -~]{0,60}") {
            let Ok(url) = Url::parse(&format!("https://e.example{path}")) else { return Ok(()) };
            let _ = Rules::read(&file, "Dateline").permission(&url);
        }

        #[test]
        fn a_rule_without_signs_is_a_beginning(rule in "/[a-z]{0,3}", asked in "/[a-z]{0,5}") {
            prop_assert_eq!(fits(&rule, &asked), asked.starts_with(&rule));
        }
    }
}

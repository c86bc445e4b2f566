//! Decides which addresses we may reach.
//!
//! A feed is a stranger's text, and its redirects and host names can point our requests at the machine itself, at its
//! neighbours, or at a cloud's metadata service. Four layers keep them out, and each covers a hole of the others:
//! [`Guard::check_url`] before every request and every redirect (the HTTP client asks no resolver for a literal address);
//! [`Guard`] as the client's resolver (the client connects to the very addresses that were checked, so a name cannot
//! change its answer between check and connection); no proxy (it would resolve in our place); and the tables below.
//!
//! In: a [`Url`], or a name and its addresses. Out: nothing, or a [`Blocked`] that says which setting opens the way.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::config::FetchConfig;

/// How far we may reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// The public Internet only.
    Public,
    /// These networks of our own too: `[fetch] allow_networks`.
    Also(Arc<[IpNet]>),
    /// Loopback and private networks too: `[fetch] allow_private_networks = true`.
    Any,
}

impl Reach {
    /// What the operator opened.
    #[must_use]
    pub fn of(config: &FetchConfig) -> Self {
        match config.allow_private_networks {
            true => Self::Any,
            false if config.allow_networks.is_empty() => Self::Public,
            false => Self::Also(config.allow_networks.clone().into()),
        }
    }
}

/// The door of every request.
#[derive(Debug, Clone)]
pub struct Guard {
    reach: Reach,
    lookup: Lookup,
}

/// The addresses of a name, each with port 0.
type Lookup = fn(Name) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>;

/// Why a request was not made. Never holds a URL: that may carry a password or a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Blocked {
    /// `file:`, `data:`, `ftp:` and the like.
    #[error("only http and https are fetched, not \"{scheme}\"")]
    Scheme {
        /// As parsed.
        scheme: String,
    },
    /// An address that is not on the public Internet.
    #[error(
        "{destination} is not a public address ({class}); if a source is meant to live there, name its network in \
         allow_networks under [fetch]"
    )]
    Address {
        /// What was asked for.
        destination: Destination,
        /// What kind of address it is, with the document that says so.
        class: &'static str,
    },
    /// A port where no web server listens.
    #[error("port {port} is no port of a web server: it is never asked")]
    Port {
        /// As in the URL.
        port: u16,
    },
    /// Where clouds keep the credentials of a machine: no feed lives there, and no setting opens it.
    #[error("{destination} is link-local, where clouds keep a machine's credentials: it is never fetched")]
    LinkLocal {
        /// What was asked for.
        destination: Destination,
    },
}

/// An address, and the name that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// None if the URL held the address itself.
    pub name: Option<String>,
    /// Where a connection would have gone.
    pub address: IpAddr,
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name}, which leads to {},", self.address),
            None => write!(f, "{}", self.address),
        }
    }
}

impl Guard {
    /// A guard that lets through what `reach` says.
    #[must_use]
    pub fn new(reach: Reach) -> Self {
        Self {
            reach,
            lookup: ask_the_system,
        }
    }

    /// Asks another than the system for the addresses of names.
    #[cfg(test)]
    pub(super) fn asking(self, lookup: Lookup) -> Self {
        Self { lookup, ..self }
    }

    /// Checks all that can be known before a name is resolved: scheme, port, literal address, `localhost`.
    ///
    /// [`Url`] has already brought `0x7f.1`, `2130706433`, `127.1` and full-width digits to the address that they mean.
    ///
    /// # Errors
    /// [`Blocked`], with the address and the setting that opens it.
    pub fn check_url(&self, url: &Url) -> Result<(), Blocked> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Blocked::Scheme {
                scheme: url.scheme().to_owned(),
            });
        }
        if let Some(port) = url.port().filter(|port| !is_web(*port)) {
            return Err(Blocked::Port { port });
        }
        match url.host() {
            Some(Host::Ipv4(address)) => self.check_address(None, address.into()),
            Some(Host::Ipv6(address)) => self.check_address(None, address.into()),
            // RFC 6761 section 6.3: these names are loopback whatever a resolver says.
            Some(Host::Domain(name)) if is_localhost(name) => {
                self.check_address(Some(name), Ipv4Addr::LOCALHOST.into())
            }
            Some(Host::Domain(_)) | None => Ok(()),
        }
    }

    /// Checks every address that `name` resolved to: one bad answer refuses the name, since we could not choose which
    /// one a connection falls back to.
    fn check_answers(&self, name: &str, answers: &[SocketAddr]) -> Result<(), Blocked> {
        answers
            .iter()
            .try_for_each(|answer| self.check_address(Some(name), answer.ip()))
    }

    fn check_address(&self, name: Option<&str>, address: IpAddr) -> Result<(), Blocked> {
        let destination = || Destination {
            name: name.map(str::to_owned),
            address,
        };
        let Some(class) = not_public(address) else {
            return Ok(());
        };
        let is_open = match &self.reach {
            Reach::Public => false,
            Reach::Also(networks) => networks
                .iter()
                .any(|network| network.contains(&address) || network.contains(&carried(address))),
            Reach::Any => true,
        };
        if is_link_local(address) {
            Err(Blocked::LinkLocal {
                destination: destination(),
            })
        } else if is_open {
            Ok(())
        } else {
            Err(Blocked::Address {
                destination: destination(),
                class,
            })
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let asked = name.as_str().to_owned();
            let answers = (guard.lookup)(name).await?;
            guard.check_answers(&asked, &answers)?;
            Ok(Box::new(answers.into_iter()) as Addrs)
        })
    }
}

/// Port 0: the client puts the URL's port in its place.
fn ask_the_system(name: Name) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
    Box::pin(async move { Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.collect()) })
}

fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// The address that is meant: the IPv4 address inside an IPv6 form of it.
fn carried(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => carried_v4(v6).map_or(v6.into(), IpAddr::from),
    }
}

/// Below 1024 the two ports of the web alone; above, none of those that a protocol of another kind speaks, which a line of our header might
/// be a command to.
fn is_web(port: u16) -> bool {
    match port {
        80 | 443 => true,
        ..1024 => false,
        _ => !OTHER_PORTS.contains(&port),
    }
}

/// Of those from 1024 on: the Fetch standard's bad ports, and where databases and caches listen.
const OTHER_PORTS: &[u16] = &[
    1433, 1521, 1719, 1720, 1723, 2049, 2375, 2379, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5984, 6000, 6379,
    6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9042, 9200, 10080, 11211, 27017,
];

/// The kind of `address` if it is not on the public Internet, else `None`.
fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => NOT_PUBLIC_V4
            .iter()
            .find(|(net, _)| net.contains(&v4))
            .map(|(_, class)| *class),
        IpAddr::V6(v6) => match carried_v4(v6) {
            Some(v4) => not_public(v4.into()),
            None if !GLOBAL_UNICAST.contains(&v6) => Some("outside 2000::/3, RFC 4291"),
            None => NOT_PUBLIC_V6
                .iter()
                .find(|(net, _)| net.contains(&v6))
                .map(|(_, class)| *class),
        },
    }
}

/// Link-local space, and the metadata address that one cloud put into unique-local space.
fn is_link_local(address: IpAddr) -> bool {
    const LINK_LOCAL_V4: Ipv4Net = v4(169, 254, 0, 0, 16);
    const LINK_LOCAL_V6: Ipv6Net = v6([0xfe80, 0, 0, 0, 0, 0], 10);
    const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    match address {
        IpAddr::V4(v4) => LINK_LOCAL_V4.contains(&v4),
        IpAddr::V6(v6) => {
            v6 == METADATA_V6
                || LINK_LOCAL_V6.contains(&v6)
                || carried_v4(v6).is_some_and(|v4| LINK_LOCAL_V4.contains(&v4))
        }
    }
}

/// The IPv4 address inside one of the IPv6 forms that a host or a router turns back into IPv4.
fn carried_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    CARRIERS.iter().find(|(net, _)| net.contains(&v6)).map(|(_, first)| {
        let octets = v6.octets();
        Ipv4Addr::new(octets[*first], octets[first + 1], octets[first + 2], octets[first + 3])
    })
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(head: [u16; 6], prefix: u8) -> Ipv6Net {
    let [a, b, c, d, e, f] = head;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, 0, 0), prefix)
}

/// IANA IPv4 Special-Purpose Address Registry: every block that is not globally reachable, and multicast.
const NOT_PUBLIC_V4: &[(Ipv4Net, &str)] = &[
    (v4(0, 0, 0, 0, 8), "this network, RFC 791"),
    (v4(10, 0, 0, 0, 8), "private, RFC 1918"),
    (v4(100, 64, 0, 0, 10), "carrier's shared space, RFC 6598"),
    (v4(127, 0, 0, 0, 8), "loopback, RFC 1122"),
    (v4(169, 254, 0, 0, 16), "link-local or cloud metadata, RFC 3927"),
    (v4(172, 16, 0, 0, 12), "private, RFC 1918"),
    (v4(192, 0, 0, 0, 24), "protocol assignments, RFC 6890"),
    (v4(192, 0, 2, 0, 24), "documentation, RFC 5737"),
    (v4(192, 88, 99, 0, 24), "6to4 relay, RFC 7526"),
    (v4(192, 168, 0, 0, 16), "private, RFC 1918"),
    (v4(198, 18, 0, 0, 15), "benchmarking, RFC 2544"),
    (v4(198, 51, 100, 0, 24), "documentation, RFC 5737"),
    (v4(203, 0, 113, 0, 24), "documentation, RFC 5737"),
    (v4(224, 0, 0, 0, 4), "multicast, RFC 5771"),
    (v4(240, 0, 0, 0, 4), "reserved or broadcast, RFC 1112"),
];

/// The only IPv6 space that IANA has given out for global unicast. Loopback, unique-local, link-local and multicast
/// all lie outside it.
const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0], 3);

/// IANA IPv6 Special-Purpose Address Registry: what is not globally reachable inside [`GLOBAL_UNICAST`].
const NOT_PUBLIC_V6: &[(Ipv6Net, &str)] = &[
    (
        v6([0x2001, 0, 0, 0, 0, 0], 23),
        "protocol assignments and Teredo, RFC 2928",
    ),
    (v6([0x2001, 0xdb8, 0, 0, 0, 0], 32), "documentation, RFC 3849"),
    (v6([0x3fff, 0, 0, 0, 0, 0], 20), "documentation, RFC 9637"),
];

/// IPv6 forms that carry an IPv4 address, and the octet at which it starts.
const CARRIERS: &[(Ipv6Net, usize)] = &[
    (v6([0, 0, 0, 0, 0, 0xffff], 96), 12),    // IPv4-mapped, RFC 4291
    (v6([0, 0, 0, 0, 0, 0], 96), 12),         // IPv4-compatible, RFC 4291; `::` and `::1` become 0.0.0.0/8
    (v6([0x64, 0xff9b, 0, 0, 0, 0], 96), 12), // NAT64, RFC 6052
    (v6([0x2002, 0, 0, 0, 0, 0], 16), 2),     // 6to4, RFC 3056
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reach: Reach, url: &str) -> Result<(), Blocked> {
        Guard::new(reach).check_url(&Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}")))
    }

    #[test]
    fn no_setting_opens_link_local_space() {
        for url in [
            "http://169.254.169.254/latest/meta-data/",
            "http://[fd00:ec2::254]/",
            "http://[fe80::1]/",
            "http://[::ffff:169.254.169.254]/",
            "http://[64:ff9b::169.254.169.254]/",
        ] {
            assert!(
                matches!(check(Reach::Any, url), Err(Blocked::LinkLocal { .. })),
                "{url}"
            );
            assert!(
                matches!(check(Reach::Public, url), Err(Blocked::LinkLocal { .. })),
                "{url}"
            );
        }
        assert_eq!(check(Reach::Any, "http://10.0.0.1/"), Ok(()));
    }

    #[test]
    fn every_way_to_write_an_inner_address_is_refused() {
        for url in [
            "http://127.0.0.1/",
            "http://127.255.255.254/",
            "http://127.1/",
            "http://0x7f.1/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://2130706433/",
            "http://127.0.0.1./",
            "http://127\u{3002}0\u{3002}0\u{3002}1/",
            "http://\u{2460}\u{2461}\u{2466}.\u{24ea}.\u{24ea}.\u{2460}/",
            "http://\u{ff11}\u{ff12}\u{ff17}.0.0.1/",
            "http://%31%32%37.0.0.1/",
            "http://0.0.0.0/",
            "http://0/",
            "http://localhost/",
            "http://LOCALHOST:8080/",
            "http://localhost./",
            "http://feeds.localhost/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[::127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[64:ff9b:1::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[2002:c0a8:101::1]/",
            "http://[2001:0:7f00:1::]/",
            "http://[2001:db8::1]/",
            "http://[3fff::1]/",
            "http://[fc00::1]/",
            "http://[ff02::1]/",
            "http://10.0.0.1/",
            "http://172.16.0.1/",
            "http://172.31.255.255/",
            "http://192.168.0.1/",
            "http://100.64.0.1/",
            "http://192.0.0.1/",
            "http://192.0.2.1/",
            "http://192.88.99.1/",
            "http://198.18.0.1/",
            "http://198.51.100.1/",
            "http://203.0.113.1/",
            "http://224.0.0.1/",
            "http://240.0.0.1/",
            "http://255.255.255.255/",
            "http://user:secret@127.0.0.1/",
            "http://public.example@127.0.0.1/",
            "http:\\\\127.0.0.1\\secret",
        ] {
            assert!(
                matches!(check(Reach::Public, url), Err(Blocked::Address { .. })),
                "{url}"
            );
            assert_eq!(check(Reach::Any, url), Ok(()), "{url}");
        }
    }

    #[test]
    fn public_addresses_and_names_pass() {
        for url in [
            "https://www.prnewswire.com/rss/news-releases-list.rss",
            "http://8.8.8.8/",
            "http://9.255.255.255/",
            "http://11.0.0.0/",
            "http://100.63.255.255/",
            "http://100.128.0.0/",
            "http://126.255.255.255/",
            "http://128.0.0.0/",
            "http://172.15.255.255/",
            "http://172.32.0.0/",
            "http://192.167.255.255/",
            "http://198.17.255.255/",
            "http://198.20.0.0/",
            "http://223.255.255.255/",
            "http://[2606:4700::1111]/",
            "http://[2001:200::1]/",
            "http://[2a00:1450:4001::200e]/",
            "http://[::ffff:8.8.8.8]/",
            "http://[64:ff9b::8.8.8.8]/",
            "http://[2002:808:808::1]/",
            "http://notlocalhost/",
            "http://localhost.example.com/",
            "http://public.example#@127.0.0.1/",
        ] {
            assert_eq!(check(Reach::Public, url), Ok(()), "{url}");
        }
    }

    #[test]
    fn other_schemes_and_ports_are_refused_however_far_we_may_reach() {
        for reach in [Reach::Public, Reach::Any] {
            for url in [
                "http://a.example:22/",
                "http://127.0.0.1:6379/",
                "https://a.example:25/",
            ] {
                assert!(matches!(check(reach.clone(), url), Err(Blocked::Port { .. })), "{url}");
            }
            for url in [
                "file:///etc/passwd",
                "ftp://example.com/feed",
                "gopher://127.0.0.1:6379/_FLUSHALL",
                "data:text/xml,<rss/>",
                "javascript:alert(1)",
                "unix:/run/docker.sock",
            ] {
                assert!(
                    matches!(check(reach.clone(), url), Err(Blocked::Scheme { .. })),
                    "{url}"
                );
            }
        }
    }

    #[test]
    fn one_inner_answer_among_public_ones_refuses_the_name() {
        let public: SocketAddr = "8.8.8.8:0".parse().unwrap();
        let inner: SocketAddr = "[::ffff:10.0.0.1]:0".parse().unwrap();
        for (reach, answers, passes) in [
            (Reach::Public, vec![public], true),
            (Reach::Public, vec![public, inner], false),
            (Reach::Public, vec![inner, public], false),
            (Reach::Any, vec![public, inner], true),
        ] {
            assert_eq!(
                Guard::new(reach).check_answers("feeds.example", &answers).is_ok(),
                passes,
                "{answers:?}"
            );
        }
    }

    #[test]
    fn networks_of_our_own_are_opened_one_by_one() {
        let ours: Arc<[IpNet]> = ["10.20.0.0/16", "fd12::/32", "169.254.0.0/16", "::1/128"]
            .map(|net| net.parse().unwrap())
            .into();
        for (url, passes) in [
            ("http://10.20.3.4/", true),
            ("http://[::ffff:10.20.3.4]/", true),
            ("http://[fd12::1]/", true),
            ("http://[::1]/", true),
            ("http://8.8.8.8/", true),
            ("http://10.21.0.1/", false),
            ("http://127.0.0.1/", false),
            ("http://169.254.169.254/", false),
        ] {
            assert_eq!(check(Reach::Also(Arc::clone(&ours)), url).is_ok(), passes, "{url}");
        }
    }

    #[tokio::test]
    async fn the_resolver_itself_refuses() {
        for (reach, passes) in [(Reach::Public, false), (Reach::Any, true)] {
            let answer = Guard::new(reach.clone()).resolve("localhost".parse().unwrap()).await;
            match answer {
                Ok(addresses) => assert!(passes && addresses.count() > 0, "{reach:?}"),
                Err(error) => assert!(!passes && error.is::<Blocked>(), "{reach:?}: {error}"),
            }
        }
    }

    #[test]
    fn a_refusal_names_the_address_and_the_setting_and_no_password() {
        for (url, want) in [
            (
                "http://user:secret@0x7f.1/?token=secret",
                "127.0.0.1 is not a public address (loopback, RFC 1122); if a source is meant to live there, name its network in \
                 allow_networks under [fetch]",
            ),
            (
                "http://localhost/",
                "localhost, which leads to 127.0.0.1, is not a public address (loopback, RFC 1122); if a source is \
                 meant to live there, name its network in allow_networks under [fetch]",
            ),
            (
                "ftp://user:secret@example.com/",
                "only http and https are fetched, not \"ftp\"",
            ),
        ] {
            assert_eq!(check(Reach::Public, url).unwrap_err().to_string(), want);
        }
    }
}

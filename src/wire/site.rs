//! Whose server an address is of: what is paced together, and counted as one.
//!
//! In: a URL. Out: its registrable domain, by the public suffix list: limits by host miss a service that gives each customer a host of its own.
//! An address is a site of its own, of IPv6 its /64, which one host has as a whole.

use std::net::{IpAddr, Ipv6Addr};

use url::{Host, Url};

/// The site that a URL belongs to: `example.co.uk` for `https://feeds.example.co.uk/`.
#[must_use]
pub fn site(url: &Url) -> String {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            psl::domain_str(&name).map_or_else(|| name.clone(), str::to_owned)
        }
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => network(address.into()).to_string(),
        None => String::new(),
    }
}

/// The first address of what one host has: of IPv6 a whole /64.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_what_one_owner_registered() {
        for (url, want) in [
            ("https://www.prnewswire.com/rss/a.rss", "prnewswire.com"),
            ("https://PRNewswire.com./rss", "prnewswire.com"),
            ("https://feeds.example.co.uk/", "example.co.uk"),
            ("https://acme.github.io/feed", "acme.github.io"),
            ("https://co.uk/", "co.uk"),
            ("http://localhost:8080/feed", "localhost"),
            ("http://127.0.0.1:8080/feed", "127.0.0.1"),
            ("http://[2001:db8::1]/feed", "2001:db8::"),
            ("http://[2001:db8::2:1]:8080/feed", "2001:db8::"),
            ("http://[::ffff:127.0.0.1]/feed", "127.0.0.1"),
        ] {
            assert_eq!(site(&Url::parse(url).unwrap()), want, "{url}");
        }
    }
}

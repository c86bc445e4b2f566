//! The wires, each with the opening of its releases and the addresses of its pages.

use chrono::{DateTime, Datelike, Utc};

/// A wire as its readers see it.
pub(crate) struct Feed {
    /// Row of `dateline::wire`, and the id of the source.
    pub(crate) wire: &'static str,
    /// What stands before the news, of a city, a state and the day.
    pub(super) opening: fn(&str, &str, DateTime<Utc>) -> String,
    /// The page of an item, of its number, the slug of its headline and the day.
    pub(super) url: fn(u64, &str, DateTime<Utc>) -> String,
}

/// The wires, in the order in which they take turns.
pub(super) const FEEDS: &[Feed] = &[
    Feed {
        wire: "prnewswire",
        opening: |city, state, at| format!("{}, {state}, {} /PRNewswire/ -- ", city.to_uppercase(), ap_date(at)),
        url: |n, slug, _| {
            format!(
                "https://www.prnewswire.com/news-releases/{slug}-{}.html",
                300_000_000 + n
            )
        },
    },
    Feed {
        wire: "businesswire",
        opening: |city, state, _| format!("{}, {state}--(BUSINESS WIRE)--", city.to_uppercase()),
        url: |n, slug, at| {
            format!(
                "https://www.businesswire.com/news/home/{}{:06}/en/{slug}",
                at.format("%Y%m%d"),
                n % 1_000_000
            )
        },
    },
    Feed {
        wire: "globenewswire",
        opening: |city, state, at| {
            format!(
                "{}, {state}, {} (GLOBE NEWSWIRE) -- ",
                city.to_uppercase(),
                at.format("%B %d, %Y")
            )
        },
        url: |n, slug, at| {
            let day = at.format("%Y/%m/%d");
            format!(
                "https://www.globenewswire.com/news-release/{day}/{}/0/en/{slug}.html",
                3_000_000 + n
            )
        },
    },
    Feed {
        wire: "newsfile",
        opening: |city, state, at| format!("{city}, {state}--(Newsfile Corp. - {}) - ", at.format("%B %-d, %Y")),
        url: |n, slug, _| format!("https://www.newsfilecorp.com/release/{}/{slug}", 200_000 + n),
    },
    Feed {
        wire: "accessnewswire",
        opening: |city, state, at| {
            let (city, state) = (city.to_uppercase(), state.to_uppercase());
            format!("{city}, {state} / ACCESS Newswire / {} / ", at.format("%B %-d, %Y"))
        },
        url: |n, slug, _| {
            format!(
                "https://www.accessnewswire.com/newsroom/en/business/{slug}-{}",
                1_000_000 + n
            )
        },
    },
    Feed {
        wire: "generic",
        opening: |city, state, at| format!("{}, {state}, {} -- ", city.to_uppercase(), ap_date(at)),
        url: |n, slug, _| format!("https://releases.example/{slug}-{n}"),
    },
];

/// `Oct. 5, 2026`.
fn ap_date(at: DateTime<Utc>) -> String {
    const MONTHS: [&str; 12] = [
        "Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.",
    ];
    let month = MONTHS.get(at.month0() as usize).copied().unwrap_or_default();
    format!("{month} {}, {}", at.day(), at.year())
}

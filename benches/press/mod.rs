//! A made-up press: six wires, three thousand companies, ten thousand items a day for as long as anybody asks.
//!
//! Item `n` is a pure function of `n`, so a repeat or a correction makes its original again and nothing is remembered. Words follow Zipf's
//! law, and so do the companies and the stock phrases: whatever an index is built of, a few of its entries are long and most are short.
#![allow(dead_code)] // each bench uses a part of it

mod wires;
mod words;

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use dateline::article::{Item, Link};
use dateline::ingest::parse::{ParsedFeed, stamp};
use fastrand::Rng;

use self::wires::{FEEDS, Feed};
use self::words::{pick, slug, title_case, vocabulary, zipf};

/// Items in a row that one wire brings.
pub(crate) const RUN: u64 = 200;

/// Time from one item to the next: ten thousand a day.
const PACE: TimeDelta = TimeDelta::milliseconds(8_640);

const WORDS: usize = 6_000;
const COMPANIES: usize = 3_000;
const PHRASES: usize = 20_000;

/// How far back a repeat or a correction may reach, in items: half a day.
const REACH: u64 = 5_000;

/// The wire of an item.
pub(crate) fn feed(n: u64) -> &'static Feed {
    &FEEDS[usize::try_from(n / RUN).unwrap_or_default() % FEEDS.len()]
}

/// When an item was issued.
pub(crate) fn issued(n: u64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + PACE * i32::try_from(n).unwrap_or(i32::MAX)
}

/// What an item is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Release,
    /// A statutory notice: hundreds of issuers share its headline, and its sentences but for the figures.
    Notice,
    /// Another wire's copy of that release; half of the copies are without its boilerplate.
    Repeat(u64),
    /// A notice of the same wire that a figure in that release was wrong, with the whole text.
    Correction(u64),
}

struct Release {
    company: usize,
    headline: String,
    paragraphs: Vec<String>,
}

struct Company {
    name: String,
    ticker: Option<String>,
    city: &'static str,
    state: &'static str,
    about: String,
    contact: String,
}

impl Company {
    fn boilerplate(&self) -> String {
        let Self {
            name, about, contact, ..
        } = self;
        let caution = self.ticker.as_ref().map_or(String::new(), |_| {
            format!(
                "\n<p><b>Forward-Looking Statements</b></p>\n<p>This release contains forward-looking statements about the \
                 plans of {name}. Words such as expects, believes, intends and may are meant to identify them. Actual results \
                 may differ materially, for reasons that {name} describes in its filings. It undertakes no obligation to \
                 update any statement.</p>"
            )
        });
        format!("\n<p><b>About {name}</b></p>\n<p>{about}</p>{caution}\n<p>Contact:<br/>{contact}</p>")
    }
}

/// Everything that is not of one item.
pub(crate) struct Press {
    words: Vec<String>,
    of_word: Vec<f64>,
    phrases: Vec<String>,
    of_phrase: Vec<f64>,
    companies: Vec<Company>,
    of_company: Vec<f64>,
}

impl Press {
    /// The one press that there is.
    pub(crate) fn new() -> Self {
        let mut rng = Rng::with_seed(1);
        let mut press = Self {
            words: vocabulary(&mut rng, WORDS),
            of_word: zipf(WORDS),
            phrases: Vec::new(),
            of_phrase: zipf(PHRASES),
            companies: Vec::new(),
            of_company: zipf(COMPANIES),
        };
        press.phrases = (0..PHRASES)
            .map(|_| {
                let length = rng.usize(8..=14);
                press.words(&mut rng, length)
            })
            .collect();
        press.companies = (0..COMPANIES).map(|_| press.company(&mut rng)).collect();
        press
    }

    /// The document of a poll: the newest item first. The items are of one run, so of one wire.
    pub(crate) fn document(&self, items: Range<u64>) -> ParsedFeed {
        let items = items.rev().enumerate().map(|(index, n)| Item { index, ..self.item(n) });
        ParsedFeed {
            items: items.collect(),
            ..ParsedFeed::default()
        }
    }

    /// One item.
    pub(crate) fn item(&self, n: u64) -> Item {
        let (feed, at) = (feed(n), issued(n));
        let kind = kind(n);
        let release = match kind {
            Kind::Notice => self.notice(n),
            Kind::Release => self.release(n),
            Kind::Repeat(of) | Kind::Correction(of) => self.release(of),
        };
        let Release {
            company,
            mut headline,
            mut paragraphs,
        } = release;
        let company = &self.companies[company];
        let mut content = String::new();
        if let Kind::Correction(of) = kind {
            let day = issued(of).format("%B %-d, %Y");
            content = format!("<p>Please replace the release dated {day} with the following corrected version.</p>");
            headline = format!("CORRECTING and REPLACING {headline}");
            if let Some(figures) = paragraphs.first_mut() {
                figures.push_str(&format!(" The corrected figure is {}.{} million.", n % 89, n % 7));
            }
        }
        let (title, slug) = (headline.clone(), slug(&headline));
        content.push_str(&format!("<p>{}", (feed.opening)(company.city, company.state, at)));
        content.push_str(&paragraphs.join("</p>\n<p>"));
        content.push_str("</p>");
        let whole = match kind {
            Kind::Repeat(_) => n.is_multiple_of(2),
            Kind::Release | Kind::Notice | Kind::Correction(_) => true,
        };
        if whole {
            content.push_str(&company.boilerplate());
        }
        let url = (feed.url)(n, &slug, at);
        Item {
            guid: Some(url.clone()),
            title: Some(title),
            links: vec![Link {
                href: url,
                ..Link::default()
            }],
            content: Some(content),
            published: Some(stamp(&at.to_rfc2822(), Tz::UTC)),
            language: Some("en".to_owned()),
            ..Item::default()
        }
    }

    fn release(&self, n: u64) -> Release {
        let mut rng = Rng::with_seed(seed(n, 3));
        let company = pick(&self.of_company, &mut rng);
        let Company { name, ticker, .. } = &self.companies[company];
        let title = {
            let length = rng.usize(3..=6);
            title_case(&self.words(&mut rng, length))
        };
        let headline = match rng.u8(..4) {
            0 => format!("{name} Announces {title}"),
            1 => format!(
                "{name} Reports {title} of ${}.{} Million",
                rng.u16(2..900),
                rng.u8(..10)
            ),
            2 => format!(
                "{title}: {name} Opens {} {}",
                rng.u8(2..90),
                title_case(&self.words(&mut rng, 2))
            ),
            _ => format!(
                "{name} and {} {title}",
                self.companies[pick(&self.of_company, &mut rng)].name
            ),
        };
        let listed = ticker.as_ref().map_or(String::new(), |ticker| format!(" ({ticker})"));
        let mut paragraphs = vec![format!(
            "{name}{listed} today announced that {}",
            self.sentence(&mut rng).to_lowercase()
        )];
        let mut sentences = rng.usize(8..=15);
        while sentences > 0 {
            let together = rng.usize(1..=3).min(sentences);
            sentences -= together;
            let said: Vec<String> = (0..together).map(|_| self.sentence(&mut rng)).collect();
            let said = said.join(" ");
            paragraphs.push(if rng.u8(..5) == 0 {
                format!(
                    "\u{201c}{said}\u{201d} said {}, Chief Executive Officer of {name}.",
                    self.person(&mut rng)
                )
            } else {
                said
            });
        }
        Release {
            company,
            headline,
            paragraphs,
        }
    }

    fn notice(&self, n: u64) -> Release {
        const HEADLINES: &[&str] = &[
            "Net Asset Value(s)",
            "Transaction in Own Shares",
            "Total Voting Rights",
            "Holding(s) in Company",
        ];
        let mut rng = Rng::with_seed(seed(n, 4));
        let company = pick(&self.of_company, &mut rng);
        let name = &self.companies[company].name;
        let (shares, pence) = (rng.u32(1_000..9_000_000), rng.u16(10..9_999));
        let body = format!(
            "The Board of {name} announces that, as at the close of business on {}, {shares} ordinary shares were in issue and the \
             value of each was {pence}.{}p. This figure is unaudited and includes income. The next announcement follows in due course.",
            issued(n).format("%-d %B %Y"),
            rng.u8(..10),
        );
        Release {
            company,
            headline: HEADLINES[rng.usize(..HEADLINES.len())].to_owned(),
            paragraphs: vec![body],
        }
    }

    /// One sentence in ten begins with a stock phrase.
    fn sentence(&self, rng: &mut Rng) -> String {
        let length = rng.usize(14..=28);
        let mut said = match rng.u8(..10) {
            0 => format!("{} {}", self.phrases[pick(&self.of_phrase, rng)], self.words(rng, 6)),
            1 | 2 => format!(
                "{} {}.{} percent {}",
                self.words(rng, length / 2),
                rng.u8(1..99),
                rng.u8(..10),
                self.words(rng, length / 2)
            ),
            3 => format!(
                "{} {} to ${} million",
                self.words(rng, length),
                rng.u16(2_020..2_030),
                rng.u16(1..2_000)
            ),
            _ => self.words(rng, length),
        };
        if let Some(first) = said.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        said.push('.');
        said
    }

    fn words(&self, rng: &mut Rng, length: usize) -> String {
        let words: Vec<&str> = (0..length)
            .map(|_| self.words[pick(&self.of_word, rng)].as_str())
            .collect();
        words.join(" ")
    }

    fn person(&self, rng: &mut Rng) -> String {
        const FIRST: &[&str] = &[
            "Anna", "David", "Elena", "James", "Laura", "Marcus", "Priya", "Robert", "Susan", "Thomas",
        ];
        format!("{} {}", FIRST[rng.usize(..FIRST.len())], title_case(&self.name(rng)))
    }

    /// A word that is no common one.
    fn name(&self, rng: &mut Rng) -> String {
        self.words[rng.usize(200..WORDS)].clone()
    }

    fn company(&self, rng: &mut Rng) -> Company {
        const FORMS: &[&str] = &["Inc.", "Corp.", "plc", "Ltd.", "LLC", "AG", "Holdings, Inc."];
        const MARKETS: &[&str] = &["NASDAQ", "NYSE", "LSE", "TSXV", "OTCQB"];
        const PLACES: &[(&str, &str)] = &[
            ("Austin", "Texas"),
            ("Boise", "Idaho"),
            ("Denver", "Colorado"),
            ("Vancouver", "British Columbia"),
            ("Toronto", "Ontario"),
            ("Cambridge", "Mass."),
            ("San Diego", "Calif."),
            ("Sheffield", "England"),
            ("Copenhagen", "Denmark"),
            ("Atlanta", "Ga."),
        ];
        let stem = title_case(&format!("{} {}", self.name(rng), self.name(rng)));
        let name = format!("{stem} {}", FORMS[rng.usize(..FORMS.len())]);
        let ticker = (rng.u8(..10) < 6).then(|| {
            let letters: String = (0..4).map(|_| rng.uppercase()).collect();
            format!("{}: {letters}", MARKETS[rng.usize(..MARKETS.len())])
        });
        let (city, state) = PLACES[rng.usize(..PLACES.len())];
        let site = slug(&stem);
        let about: Vec<String> = (0..rng.usize(2..=4)).map(|_| self.sentence(rng)).collect();
        Company {
            about: format!(
                "{name} is a maker of {}. {} For more, visit www.{site}.example.",
                self.words(rng, 5),
                about.join(" ")
            ),
            contact: format!(
                "{}<br/>media@{site}.example<br/>+1 555 01{:02} {:04}",
                self.person(rng),
                rng.u8(..100),
                rng.u16(..10_000)
            ),
            name,
            ticker,
            city,
            state,
        }
    }
}

/// 15 % repeats, 1 % corrections, 2 % notices; the others are releases.
fn kind(n: u64) -> Kind {
    let mut rng = Rng::with_seed(seed(n, 2));
    let (share, back) = (rng.u16(..100), rng.u64(1..=REACH));
    let original = |on_this_wire: bool| {
        (0..n.saturating_sub(back))
            .rev()
            .take(RUN as usize * FEEDS.len())
            .find(|of| (feed(*of).wire == feed(n).wire) == on_this_wire && is_release(*of))
    };
    match share {
        0..15 => original(false).map_or(Kind::Release, Kind::Repeat),
        15 => original(true).map_or(Kind::Release, Kind::Correction),
        16 | 17 => Kind::Notice,
        _ => Kind::Release,
    }
}

/// The item whose release it shows: itself, or the one that it repeats or corrects.
pub(crate) fn original(n: u64) -> u64 {
    match kind(n) {
        Kind::Release | Kind::Notice => n,
        Kind::Repeat(of) | Kind::Correction(of) => of,
    }
}

fn is_release(n: u64) -> bool {
    Rng::with_seed(seed(n, 2)).u16(..100) > 17
}

const fn seed(n: u64, what: u64) -> u64 {
    (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ what
}

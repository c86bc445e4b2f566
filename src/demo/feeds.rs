//! Made-up releases in the true forms of PR Newswire, Business Wire and GlobeNewswire.
//!
//! Everything about the form is real: the order of elements, the cut of the text, the odd dates, the doubly escaped titles, the
//! wrong `dc` namespace. Everything about the content is invented.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::{DateTime, Datelike, TimeDelta, Utc};

/// Whose form a feed takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One line, CDATA, `prn:*`, text cut near 250 characters.
    PrNewswire,
    /// No namespaces, dates in `UT`, doubly escaped titles, text cut at 500 characters.
    BusinessWire,
    /// Wrapped attributes, dates without seconds, categories for shares and ISINs, an unusual `dc` namespace.
    GlobeNewswire,
}

/// A release that nobody issued.
#[derive(Debug, Clone)]
pub struct MadeUp<'a> {
    /// The wire's number, without language.
    pub id: String,
    /// ISO 639-1.
    pub language: &'a str,
    /// Plain text.
    pub headline: String,
    /// `BOISE, Idaho`
    pub place: &'a str,
    /// Plain text, without dateline.
    pub text: String,
    /// Who did not issue it.
    pub issuer: &'a str,
    /// Labels as the wire writes them: `Nasdaq:ACME`.
    pub shares: &'a [&'a str],
    /// International securities identification numbers.
    pub isin: &'a [&'a str],
    /// When it went out.
    pub issued: DateTime<Utc>,
}

/// A feed document of these releases, newest first.
#[must_use]
pub fn render(form: Form, title: &str, releases: &[MadeUp<'_>], now: DateTime<Utc>) -> String {
    let mut releases: Vec<&MadeUp<'_>> = releases.iter().collect();
    releases.sort_by_key(|release| std::cmp::Reverse(release.issued));
    let items: String = releases
        .iter()
        .map(|release| match form {
            Form::PrNewswire => prnewswire(release),
            Form::BusinessWire => businesswire(release),
            Form::GlobeNewswire => globenewswire(release),
        })
        .collect();
    let title = escape(title);
    match form {
        Form::PrNewswire => format!(
            r##"<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:prn="http://www.prnewswire.com/ns/0.1/#" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><link>https://www.prnewswire.com/rss/</link><title>{title}</title><description>{title}</description><language>en-us</language><pubDate>{}</pubDate>{items}</channel></rss>"##,
            now.format("%a, %-d %b %Y %H:%M:%S +0000")
        ),
        Form::BusinessWire => format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\">\n  <channel>\n    <title>{title}</title>\n    <link>http://www.businesswire.com</link>\n    <description>{title}</description>\n    <language>en</language>\n    <pubDate>{}</pubDate>\n{items}  </channel>\n</rss>\n",
            now.format("%a, %-d %b %Y %H:%M:%S UT")
        ),
        Form::GlobeNewswire => format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\">\n  <channel\n    xmlns:dc=\"http://dublincore.org/documents/dcmi-namespace/\">\n    <title>{title}</title>\n    <link>https://www.globenewswire.com/?nd={}</link>\n    <description>{title}</description>\n    <lastBuildDate>{}</lastBuildDate>\n{items}  </channel>\n</rss>\n",
            now.timestamp_millis(),
            now.format("%a, %d %b %Y %H:%M:%S GMT")
        ),
    }
}

fn prnewswire(release: &MadeUp<'_>) -> String {
    let link = format!(
        "https://www.prnewswire.com/news-releases/{}-{}.html",
        slug(&release.headline),
        release.id
    );
    let text = cut(&release.text, 250, "...");
    format!(
        "<item><title>{}</title><link>{link}</link><guid>{link}</guid><pubDate>{}</pubDate><description><![CDATA[<p>{}, {} /PRNewswire/ -- {}</p>]]></description><prn:industry><![CDATA[MNG]]></prn:industry><dc:contributor><![CDATA[{}]]></dc:contributor><dc:language>{}</dc:language><dc:publisher>PR Newswire Association LLC.</dc:publisher></item>",
        escape(&release.headline),
        release.issued.format("%a, %-d %b %Y %H:%M:%S +0000"),
        release.place,
        ap_date(release.issued),
        escape(&text),
        release.issuer,
        if release.language == "en" {
            "en-US"
        } else {
            release.language
        },
    )
}

fn businesswire(release: &MadeUp<'_>) -> String {
    let link = format!(
        "http://www.businesswire.com/news/home/{}/{}/{}/?feedref=1-6SMMw3HgudSqfciOInFA",
        release.id,
        release.language,
        slug(&release.headline)
    );
    let text: String = format!("{}--(BUSINESS WIRE)--{}", release.place, release.text)
        .chars()
        .take(500)
        .collect();
    format!(
        "    <item>\n      <title>{}</title>\n      <pubDate>{}</pubDate>\n      <description>{}</description>\n      <link>{link}</link>\n      <guid isPermaLink=\"false\">{}{}</guid>\n    </item>\n",
        escape(&escape(&release.headline)),
        release.issued.format("%a, %-d %b %Y %H:%M:%S UT"),
        escape(&escape(&text)),
        release.id,
        release.language,
    )
}

fn globenewswire(release: &MadeUp<'_>) -> String {
    let link = format!(
        "https://www.globenewswire.com/news-release/{}/{}/0/{}/{}.html",
        release.issued.format("%Y/%m/%d"),
        release.id,
        release.language,
        slug(&release.headline)
    );
    let mut categories = String::new();
    for (list, values) in [("stock", release.shares), ("ISIN", release.isin)] {
        for value in values {
            let _ = write!(
                categories,
                "      <category\n        domain=\"https://www.globenewswire.com/rss/{list}\">{value}</category>\n"
            );
        }
    }
    format!(
        "    <item>\n      <guid\n        isPermaLink=\"true\">{link}</guid>\n      <link>{link}</link>\n{categories}      <title>{}</title>\n      <description><![CDATA[<p>{}, {} (GLOBE NEWSWIRE) -- </p> <p>{}</p>]]></description>\n      <pubDate>{}</pubDate>\n      <dc:identifier>{}</dc:identifier>\n      <dc:language>{}</dc:language>\n      <dc:publisher>GlobeNewswire Inc.</dc:publisher>\n      <dc:contributor>{}</dc:contributor>\n      <dc:subject>Company Announcement</dc:subject>\n    </item>\n",
        escape(&release.headline),
        release.place,
        // GlobeNewswire pads the day with a second space.
        ap_date(release.issued).replacen(". ", ".  ", 1),
        escape(&release.text),
        release.issued.format("%a, %d %b %Y %H:%M GMT"),
        release.id,
        release.language,
        escape(release.issuer),
    )
}

/// `Oct. 5, 2026`: AP style abbreviates all months but March to July.
fn ap_date(date: DateTime<Utc>) -> String {
    const MONTHS: [&str; 12] = [
        "Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.",
    ];
    let month = MONTHS.get(date.month0() as usize).copied().unwrap_or_default();
    format!("{month} {}, {}", date.day(), date.year())
}

fn cut(text: &str, chars: usize, mark: &str) -> String {
    if text.chars().count() <= chars {
        text.to_owned()
    } else {
        text.chars().take(chars).collect::<String>() + mark
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}

fn slug(headline: &str) -> String {
    let words = headline.to_lowercase();
    words
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// The demo's feeds: path to document.
pub(super) fn documents(now: DateTime<Utc>) -> BTreeMap<&'static str, String> {
    let ago = |minutes| now - TimeDelta::minutes(minutes);
    let day = ago(70).format("%Y%m%d");
    let steel = |id: &str, issued| {
        MadeUp {
        id: id.to_owned(),
        language: "en",
        headline: "Aldermoor Steel to Buy Bolton Forge & Foundry for $412 Million".to_owned(),
        place: "SHEFFIELD, England",
        text: "Aldermoor Steel plc (LSE: ALDM) today announced that it has agreed to buy Bolton Forge & Foundry for $412 million in cash. The deal adds two electric furnaces and 640 people and is expected to close in March.".to_owned(),
        issuer: "Aldermoor Steel plc",
        shares: &[],
        isin: &[],
        issued,
    }
    };
    let quillfeather = MadeUp {
        id: "302900107".to_owned(),
        language: "en",
        headline: "Quillfeather Robotics Announces Merger Talks".to_owned(),
        place: "AUSTIN, Texas",
        text: "Quillfeather Robotics, Inc. (NYSE: QLFR) today said that it is in talks about a merger of equals with a maker of warehouse robots and that no price has been agreed.".to_owned(),
        issuer: "Quillfeather Robotics, Inc.",
        shares: &[],
        isin: &[],
        issued: ago(45),
    };
    let disregard = MadeUp {
        id: "302900111".to_owned(),
        headline: "/DISREGARD RELEASE: Quillfeather Robotics, Inc./".to_owned(),
        text: format!(
            "We are advised by Quillfeather Robotics, Inc. that journalists and other readers should disregard the news release, Quillfeather Robotics Announces Merger Talks, issued {} over PR Newswire.",
            ap_date(ago(45))
        ),
        issued: ago(12),
        ..quillfeather.clone()
    };
    let castellane = |id: String, mark: &str, cents: &str, issued| MadeUp {
        id,
        language: "en",
        headline: format!("{mark}Castellane Biotech Declares Quarterly Dividend"),
        place: "CAMBRIDGE, Mass.",
        text: format!(
            "Castellane Biotech (NASDAQ: CSTL) today declared a quarterly dividend of {cents} cents per share, payable on January 15 to shareholders of record on December 30, and said that its R&D budget is unchanged."
        ),
        issuer: "Castellane Biotech",
        shares: &[],
        isin: &[],
        issued,
    };
    let nordhavn = |language, headline: &str, text: &str, issued| MadeUp {
        id: "3400217".to_owned(),
        language,
        headline: headline.to_owned(),
        place: "COPENHAGEN, Denmark",
        text: text.to_owned(),
        issuer: "Nordhavn Energi A/S",
        shares: &["Copenhagen:NORD", "OTC Markets:NRDHY"],
        isin: &["DK0060252690"],
        issued,
    };
    let prn = [steel("302900101", ago(60)), quillfeather, disregard];
    let bw = [
        castellane(format!("{day}410001"), "", "25", ago(70)),
        steel(&format!("{day}410033"), ago(57)),
        castellane(format!("{day}410090"), "CORRECTING and REPLACING ", "26", ago(20)),
    ];
    let gnw = [
        nordhavn(
            "en",
            "Nordhavn Energi: interim report, first nine months",
            "Nordhavn Energi A/S today published its interim report. Revenue for the first nine months rose by 7 percent to DKK 3.1 billion, and the guidance for the year is narrowed to DKK 4.1 to 4.2 billion.",
            ago(30),
        ),
        nordhavn(
            "fr",
            "Nordhavn Energi : rapport intermédiaire, neuf premiers mois",
            "Nordhavn Energi A/S a publié aujourd'hui son rapport intermédiaire. Le chiffre d'affaires des neuf premiers mois a progressé de 7 pour cent à 3,1 milliards de couronnes danoises, et les prévisions pour l'année sont resserrées.",
            ago(29),
        ),
    ];
    BTreeMap::from([
        (
            "/prnewswire/all.rss",
            render(Form::PrNewswire, "All News Releases", &prn, now),
        ),
        (
            "/prnewswire/steel.rss",
            render(Form::PrNewswire, "Mining and Metals", &prn[..1], now),
        ),
        (
            "/businesswire/all.rss",
            render(Form::BusinessWire, "Business Wire", &bw, now),
        ),
        (
            "/globenewswire/public.rss",
            render(
                Form::GlobeNewswire,
                "GlobeNewswire - News about Public Companies",
                &gnw,
                now,
            ),
        ),
    ])
}

//! Reads the page of an article for the text that its feed leaves out: one step at a time, each allowed by the server's robots.txt.
//!
//! In: a page that is due, and that the pace of its site lets start. Out: what came of it, kept. A robots.txt that is not known is read first, in
//! a step of its own; a redirect is a step of its own too, because it leads to another page, perhaps of another server. Never on the path of a
//! poll: the teaser is out long before.
//!
//! A failure keeps the teaser, and the class of the failure. What was refused once is not asked much again: a wire that bans us takes its feeds
//! away too.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use url::Url;

use super::Ingest;
use super::extract::{self, Class, Page};
use super::fetch::{Ask, FetchError, Next, RetryAfter, Visit};
use super::normalize::{self, Origin};
use super::parse::{FeedHead, ParsedFeed};
use super::robots::{self, Rules};
use crate::article::{Draft, FullText, Item, Link, PageClass, Stamp, Validators};
use crate::clock;
use crate::config::{Manners, Source};
use crate::store::{Completed, PageAnswer, Robots, StoreError, WantedPage};
use crate::text;
use crate::wire;

/// How long a robots.txt is believed (RFC 9309 section 2.4: at most a day), and one that could not be had.
const ROBOTS_KEPT: TimeDelta = TimeDelta::hours(24);
const ROBOTS_MISSED: TimeDelta = TimeDelta::hours(1);

/// Redirects that a robots.txt may take (RFC 9309 section 2.3.1.2), and a page.
const HOPS: usize = 5;

/// Waits after failures that may pass: a wire shows a release in its feed before the page is there. After the last it is given up.
const WAITS: [TimeDelta; 5] = [
    TimeDelta::minutes(2),
    TimeDelta::minutes(10),
    TimeDelta::hours(1),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
];

/// Waits of all pages of a site after a refusal, by how many came in a row; the last from then on.
const REFUSED: [TimeDelta; 3] = [TimeDelta::hours(6), TimeDelta::hours(24), TimeDelta::days(7)];

/// The longest that feeds wait for what a page was told: their server did not say it of them.
const FEEDS_HELD: TimeDelta = TimeDelta::minutes(10);

/// What came of a step.
#[derive(Debug)]
pub struct PageReport {
    /// Of which page.
    pub page: WantedPage,
    /// What was kept; `None` where only the robots.txt was read.
    pub kept: Option<(PageAnswer, Completed)>,
    /// The least time from one request to the next, of this site's pages.
    pub gap: Option<Duration>,
    /// The site, feeds included, is to be left alone until then.
    pub held: Option<DateTime<Utc>>,
}

/// An answer without a text.
fn answer(class: PageClass, reason: impl Into<String>) -> PageAnswer {
    PageAnswer {
        class,
        reason: reason.into(),
        robots: None,
        http_status: None,
        validators: Validators::default(),
        due: None,
        moved: None,
        site_held: None,
        is_refusal: false,
        draft: None,
    }
}

/// Takes the next step with a page.
///
/// # Errors
/// Only when the store cannot be read or written; the page then stays due.
pub async fn read_page(ingest: &Ingest, page: WantedPage) -> Result<PageReport, StoreError> {
    let now = clock::now();
    let source = ingest.config.source(&page.source);
    let wanted = source.filter(|source| source.enabled && source.full_text != FullText::Off);
    let (Some(source), Ok(url)) = (wanted, Url::parse(&page.url)) else {
        let off = answer(PageClass::Off, "the source does not read pages any more");
        return keep(ingest, page, off, None).await;
    };
    let origin = url.origin().ascii_serialization();
    let Some(robots) = ingest.store.robots(&origin, now).await? else {
        let robots = ask_robots(ingest, source, &url, origin).await;
        ingest.store.keep_robots(&robots).await?;
        return Ok(PageReport {
            page,
            kept: None,
            gap: rules(ingest, source, &robots).crawl_delay,
            held: None,
        });
    };
    let rules = rules(ingest, source, &robots);
    let permission = rules.permission(&url);
    if !permission.allowed {
        let is_said = robots.http_status.is_some_and(|status| matches!(status, 200..=299));
        let refused = PageAnswer {
            robots: is_said.then_some(permission.by),
            // Where there was no file, there may be one later.
            due: (!is_said).then_some(robots.expires),
            ..answer(PageClass::Robots, robots_reason(&robots))
        };
        return keep(ingest, page, refused, rules.crawl_delay).await;
    }
    let asked = PageAnswer {
        robots: Some(permission.by),
        ..ask(ingest, source, &page, &url).await?
    };
    keep(ingest, page, asked, rules.crawl_delay).await
}

/// What a robots.txt says to us.
fn rules(ingest: &Ingest, source: &Source, robots: &Robots) -> Rules {
    let own = source.manners.user_agent.as_deref();
    let agent = own.unwrap_or(&ingest.config.fetch.user_agent);
    Rules::read(robots.rules.as_bytes(), robots::product_token(agent))
}

fn robots_reason(robots: &Robots) -> String {
    match robots.http_status {
        Some(200..=299) => "robots.txt keeps robots from this page".to_owned(),
        Some(status) => format!("its robots.txt answered {status}: until there is one, nothing may be asked"),
        None => "its robots.txt cannot be had: until then nothing may be asked".to_owned(),
    }
}

async fn keep(
    ingest: &Ingest,
    page: WantedPage,
    answer: PageAnswer,
    gap: Option<Duration>,
) -> Result<PageReport, StoreError> {
    let window = clock::span(ingest.config.dedup.window);
    let now = clock::now();
    let answer = PageAnswer {
        site_held: answer.site_held.max(gap.map(|gap| now + clock::span(gap))),
        ..answer
    };
    let completed = ingest.store.keep_page(&page, &answer, window, now).await?;
    let held = answer.site_held.map(|until| until.min(now + FEEDS_HELD));
    Ok(PageReport {
        held: held.filter(|_| answer.class == PageClass::Throttled),
        kept: Some((answer, completed)),
        page,
        gap,
    })
}

/// Reads a robots.txt. Refused (401, 403) means that robots are not wanted; no such file, that there are no rules; no answer, that nothing may be
/// asked until there is one.
async fn ask_robots(ingest: &Ingest, source: &Source, page: &Url, origin: String) -> Robots {
    const NOTHING: &str = "User-agent: *\nDisallow: /";
    let mut url = page.clone();
    url.set_path("/robots.txt");
    url.set_query(None);
    let visit = visit(ingest, source, &url, &Validators::default(), HOPS).await;
    let now = clock::now();
    let status = visit.as_ref().ok().map(|(_, visit)| visit.status);
    let said = visit.as_ref().ok().and_then(|(_, visit)| visit.retry_after);
    let soon = now + ROBOTS_MISSED;
    let missed = (NOTHING.to_owned(), said.map_or(soon, |said| said.after(now).max(soon)));
    let (rules, expires) = match visit {
        // A wall, or a round of cookies: not for us.
        Ok((url, visit)) if visit.is_challenge || visit.moved.as_ref() == Some(&url) => missed,
        Ok((_, visit)) => match visit.status {
            200..=299 => {
                let file = visit.body.get(..robots::MAX_BYTES).unwrap_or(&visit.body);
                (String::from_utf8_lossy(file).into_owned(), now + ROBOTS_KEPT)
            }
            401 | 403 => (NOTHING.to_owned(), now + ROBOTS_KEPT),
            429 => missed,
            // More than five redirects are as no file (RFC 9309).
            _ if visit.moved.is_some() => (String::new(), now + ROBOTS_KEPT),
            400..=499 => (String::new(), now + ROBOTS_KEPT),
            _ => missed,
        },
        Err(_) => missed,
    };
    Robots {
        origin,
        fetched: now,
        expires,
        http_status: status,
        rules,
    }
}

/// Asks, and follows at most so many redirects.
async fn visit(
    ingest: &Ingest,
    source: &Source,
    url: &Url,
    validators: &Validators,
    redirects: usize,
) -> Result<(Url, Visit), FetchError> {
    let manners = Manners {
        // What opens the feed is none of the page's.
        authorization_file: None,
        ..source.manners.clone()
    };
    let ask = Ask {
        url,
        home: &source.url,
        validators,
        manners: &manners,
    };
    ingest.fetcher.visit_through(ask, redirects).await
}

/// Asks for the page.
async fn ask(ingest: &Ingest, source: &Source, page: &WantedPage, url: &Url) -> Result<PageAnswer, StoreError> {
    let Some(own) = ingest.store.draft(page.article, page.version).await? else {
        return Ok(answer(PageClass::Off, "the article is gone"));
    };
    let visit = visit(ingest, source, url, &page.validators, 0).await;
    let now = clock::now();
    Ok(match visit {
        Err(error) => failed(&error, page, now),
        Ok((_, visit)) => PageAnswer {
            http_status: Some(visit.status),
            ..understand(ingest, source, page, url, visit, own, now).await
        },
    })
}

/// No whole answer.
fn failed(error: &FetchError, page: &WantedPage, now: DateTime<Utc>) -> PageAnswer {
    let reason = crate::telemetry::chain(error);
    if matches!(error, FetchError::TooLarge(..) | FetchError::Bomb(..)) {
        return answer(PageClass::TooLarge, reason);
    }
    match error.next(now) {
        Next::GiveUp => answer(PageClass::Blocked, reason),
        Next::Retry | Next::WaitUntil(_) => in_trouble(page, reason, now),
    }
}

/// The site's pages rest a moment: what is slow or broken for one is for all.
fn in_trouble(page: &WantedPage, reason: String, now: DateTime<Utc>) -> PageAnswer {
    PageAnswer {
        due: later(&WAITS, page, now),
        site_held: Some(now + WAITS[0]),
        ..answer(PageClass::Unreached, reason)
    }
}

/// The next time by these waits; `None` after the last.
fn later(waits: &[TimeDelta], page: &WantedPage, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let wait = waits.get(usize::try_from(page.tries).unwrap_or(usize::MAX))?;
    Some(now + *wait)
}

/// What an answer is, and its text.
async fn understand(
    ingest: &Ingest,
    source: &Source,
    page: &WantedPage,
    url: &Url,
    visit: Visit,
    own: Draft,
    now: DateTime<Utc>,
) -> PageAnswer {
    if let Some(moved) = visit.moved {
        return redirected(page, url, moved, now);
    }
    match visit.status {
        304 => return answer(PageClass::Text, "the page is as it was"),
        429 => return throttled(page, visit.status, visit.retry_after, now),
        // Without a time it may be a wall against robots.
        503 if visit.retry_after.is_some() => return throttled(page, visit.status, visit.retry_after, now),
        404 | 410 => {
            return PageAnswer {
                due: later(&WAITS, page, now),
                ..answer(PageClass::Missing, format!("answered {}", visit.status))
            };
        }
        _ => {}
    }
    let (status, validators) = (visit.status, visit.validators.clone());
    let (wire, url) = (source.wire, url.clone());
    // A generic source links to pages of any wire.
    let by_wire = wire.id != wire::generic().id;
    let mode = match source.full_text {
        FullText::Wire => extract::Mode::Wire,
        FullText::Generic | FullText::Off => extract::Mode::Generic,
    };
    let rights = own.rights;
    let work = ingest.work.run(move || {
        let received = extract::Received {
            bytes: &visit.body,
            content_type: visit.content_type.as_deref(),
            url: Some(&url),
            status: Some(visit.status),
        };
        let read = extract::extract(&received, by_wire.then_some(wire), mode);
        let origin = Origin {
            source: own.source.clone(),
            wire,
            rights,
        };
        let draft = (read.class == Class::Text).then(|| draft(&read, &own, &origin, &url, now));
        let class = if visit.is_challenge && read.class == Class::Empty {
            Class::Challenge
        } else {
            read.class
        };
        let wall = read.wall.map(|wall| format!(": {wall}")).unwrap_or_default();
        (class, format!("answered {status}{wall}"), draft.flatten())
    });
    let (class, reason, draft) = match work.await {
        Ok(read) => read,
        Err(panic) => return answer(PageClass::Empty, format!("the page made the extraction panic: {panic}")),
    };
    match class {
        Class::Challenge => refused(PageClass::Challenge, page, reason, now),
        Class::Text | Class::Blocked | Class::Empty | Class::TooLarge | Class::NotHtml
            if matches!(status, 500..=599) =>
        {
            in_trouble(page, reason, now)
        }
        Class::Text => PageAnswer {
            validators,
            // Of a page that turns out not to be that of the release: perhaps it is there later.
            due: later(&WAITS, page, now),
            draft,
            ..answer(PageClass::Text, reason)
        },
        Class::Blocked => refused(PageClass::Blocked, page, reason, now),
        Class::Empty => PageAnswer {
            due: later(&WAITS, page, now),
            ..answer(PageClass::Empty, reason)
        },
        Class::TooLarge => answer(PageClass::TooLarge, reason),
        Class::NotHtml => answer(PageClass::NotHtml, reason),
    }
}

/// All pages of the site rest, the longer the more often it refuses.
fn refused(class: PageClass, page: &WantedPage, reason: String, now: DateTime<Utc>) -> PageAnswer {
    let refusals = usize::try_from(page.refusals).unwrap_or(usize::MAX);
    let wait = REFUSED.get(refusals).or(REFUSED.last()).copied().unwrap_or_default();
    PageAnswer {
        due: Some(now + wait),
        site_held: Some(now + wait),
        is_refusal: true,
        ..answer(class, reason)
    }
}

fn redirected(page: &WantedPage, from: &Url, to: Url, now: DateTime<Utc>) -> PageAnswer {
    let reason = format!("it is at {to}");
    if usize::try_from(page.hops).is_ok_and(|hops| hops >= HOPS) || to == *from {
        return PageAnswer {
            due: later(&WAITS, page, now),
            ..answer(
                PageClass::Unreached,
                format!("redirects lead nowhere; the last: {reason}"),
            )
        };
    }
    PageAnswer {
        due: Some(now),
        moved: Some(to),
        ..answer(PageClass::Moved, reason)
    }
}

fn throttled(page: &WantedPage, status: u16, said: Option<RetryAfter>, now: DateTime<Utc>) -> PageAnswer {
    let asked = said.map(|said| said.after(now));
    let soon = now + WAITS[0];
    let held = asked.map_or(soon, |asked| asked.max(soon));
    PageAnswer {
        due: later(&WAITS, page, now).map(|due| due.max(held)),
        site_held: Some(held),
        ..answer(
            PageClass::Throttled,
            format!(
                "answered {status}{}",
                asked
                    .map(|at| format!(": not before {}", at.to_rfc3339_opts(SecondsFormat::Secs, true)))
                    .unwrap_or_default()
            ),
        )
    }
}

/// What the page says, understood as an item of the feed would be: under the page's own headline, or that of the item.
fn draft(page: &Page, own: &Draft, origin: &Origin, url: &Url, now: DateTime<Utc>) -> Option<Draft> {
    let headline = page.headline.as_deref().or(own.headline.as_deref());
    let stamp = |at: Option<DateTime<Utc>>| {
        at.map(|at| Stamp {
            raw: at.to_rfc3339(),
            instant: Some(at),
            assumed: Vec::new(),
        })
    };
    let item = Item {
        title: headline.map(|headline| text::escape_html(headline).into_owned()),
        links: own
            .url
            .iter()
            .map(|href| Link {
                href: href.clone(),
                ..Link::default()
            })
            .collect(),
        content: Some(page.body_html.clone()),
        base: Some(url.to_string()),
        published: stamp(own.published),
        language: own.language.clone(),
        media: page.media.clone(),
        ..Item::default()
    };
    let feed = ParsedFeed {
        head: FeedHead::default(),
        items: vec![item],
        ..ParsedFeed::default()
    };
    let mut draft = normalize::normalize(&feed, origin, now).drafts.into_iter().next()?;
    if page.cut {
        draft.repairs.push("page-cut".to_owned());
    }
    Some(draft)
}

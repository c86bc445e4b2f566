//! `explain`: why an article was judged so, against what, with which figures.

use chrono::TimeDelta;
use clap::Args;
use serde_json::json;

use super::answer::{Exit, Failure, print, print_json, say, table, time};
use crate::article::Verdict;
use crate::config::Config;
use crate::dedup::{Change, ChangeKind, Headlines};
use crate::ingest::schedule;
use crate::store::{Carried, Counterpart, Explanation, Figures, Found, PageRecord, Said, Store};

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// Number of the article, or its tag: id; with .N one version of it: 17.2
    #[arg(value_name = "ID")]
    id: String,
    /// Which clause of this output's filter let it in or kept it out
    #[arg(long, value_name = "O")]
    output: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn explain(args: ExplainArgs, config: Config) -> Result<Exit, Failure> {
    let store = Store::open_read_only(&config.store.path).await?;
    if let Some(output) = &args.output {
        return super::filter::explain(&store, &args.id, output, args.json, &config).await;
    }
    let (id, version) = parts(&args.id);
    let Found { article, former } = found(&store, id).await?;
    if let (Some(_), Some(version)) = (former, version) {
        let see = format!("`dateline explain {}` explains them all", article.number);
        return Err(part_of(&format!("version {version}"), id, article.number, &see));
    }
    let mut explained = store.explain(article).await?;
    if let Some(version) = version {
        let there: Vec<String> = explained
            .versions
            .iter()
            .filter_map(|said| Some(said.version?.to_string()))
            .collect();
        if !there.contains(&version.to_string()) {
            let number = explained.article.number;
            return Err(Failure::new(
                Exit::Failed,
                format!(
                    "article {number} has no version {version}, only {}; `dateline explain {number}` explains them all",
                    there.join(", ")
                ),
            ));
        }
        explained.versions.retain(|said| said.version == Some(version));
        explained.sightings.retain(|said| said.version == Some(version));
    }
    if args.json {
        let mut value = json!(explained);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("asked".to_owned(), json!(args.id));
        }
        print_json(&value)?;
    } else {
        print(&text(&explained))?;
    }
    Ok(Exit::Ok)
}

/// What to say of a version of an article that was merged: its versions have other numbers now.
pub(super) fn part_of(what: &str, id: &str, into: i64, see: &str) -> Failure {
    Failure::new(
        Exit::Failed,
        format!("{what} of article {id} is a part of article {into} now; {see}"),
    )
}

/// The article of a number or id. One that was merged leads on, and it is said so; one that is not there is a failure.
pub(super) async fn found(store: &Store, id: &str) -> Result<Found, Failure> {
    let Some(found) = store.find(id).await? else {
        return Err(Failure::new(
            Exit::Failed,
            format!("no article {id}; `dateline articles` lists them"),
        ));
    };
    if found.former.is_some() {
        say(&format!(
            "article {id} was merged into article {}",
            found.article.number
        ));
    }
    Ok(found)
}

/// `17.2` is version 2 of article 17; a `tag:` id has dots of its own.
pub(super) fn parts(id: &str) -> (&str, Option<i64>) {
    let parts = id.split_once('.').and_then(|(article, version)| {
        let _: i64 = article.parse().ok()?;
        Some((article, Some(version.parse().ok()?)))
    });
    parts.unwrap_or((id, None))
}

fn text(explained: &Explanation) -> String {
    let article = &explained.article;
    let mut out = format!(
        "{}\narticle {}, version {}, {}; story {}\n\n",
        quoted(article.draft.headline.as_deref()),
        article.number,
        article.version,
        article.draft.pubstatus,
        article.story
    );
    out.push_str(&table(
        &["carried by", "wire", "first seen", "behind"],
        explained.carriers.iter().map(carrier),
    ));
    out.push_str("\n\n");
    out.push_str(&table(&["known by", ""], names(explained)));
    out.push_str("\n\nVersions\n");
    for said in &explained.versions {
        let number = format!("{}.{}", article.number, said.version.unwrap_or_default());
        out.push_str(&format!(
            "\n{number}  {} from {}: {}\n",
            time(Some(said.at)),
            said.source,
            quoted(said.headline.as_deref())
        ));
        out.push_str(&verdict(said));
    }
    out.push_str("\nSightings\n");
    for said in &explained.sightings {
        let shows = said
            .version
            .map(|version| format!(", shows {}.{version}", article.number))
            .unwrap_or_default();
        out.push_str(&format!(
            "\n#{}  {} to {} at {}{shows}: {}\n",
            said.sighting.unwrap_or_default(),
            time(Some(said.at)),
            time(said.last_seen),
            said.source,
            quoted(said.headline.as_deref())
        ));
        // What made a version is told there.
        let made = explained
            .versions
            .iter()
            .any(|version| version.version == said.version && version.why == said.why);
        if made {
            out.push_str(&format!("  {}: it brought that version\n", said.verdict));
        } else {
            out.push_str(&verdict(said));
        }
    }
    if let Some(page) = &explained.page {
        out.push_str(&format!("\nPage\n\n{}\n", of_page(page)));
    }
    if !explained.overruled.is_empty() {
        out.push_str("\nOverruled\n\n");
        for past in &explained.overruled {
            out.push_str(&format!(
                "{}  {}: {}\n",
                time(Some(past.at)),
                past.what.as_str(),
                past.note
            ));
        }
    }
    out
}

/// What came of the page that was read for the full text.
fn of_page(page: &PageRecord) -> String {
    let what = match (page.class, page.asked) {
        (Some(class), Some(asked)) => {
            let reason = page.reason.as_deref().unwrap_or_default();
            format!("{}  {class}: {reason}", time(Some(asked)))
        }
        (Some(class), None) => format!("{class}: {}", page.reason.as_deref().unwrap_or_default()),
        (None, _) => "it waits".to_owned(),
    };
    let robots = page.robots.as_ref().map(|rule| format!("; robots.txt: {rule}"));
    let due = page.due.map(|due| format!("; asked {}", time(Some(due))));
    format!(
        "{what}\n  {}{}{}",
        page.url,
        robots.unwrap_or_default(),
        due.unwrap_or_default()
    )
}

fn carrier(carried: &Carried) -> Vec<String> {
    vec![
        carried.source.to_string(),
        carried.wire.clone().unwrap_or_default(),
        time(Some(carried.first_seen)),
        if carried.behind_ms == 0 {
            "first".to_owned()
        } else {
            behind(carried.behind_ms)
        },
    ]
}

/// `4 min 12 s`, `3 h 5 min`, `2 d 1 h`: the two largest units.
fn behind(ms: i64) -> String {
    if ms < 1_000 {
        format!("{ms} ms")
    } else {
        schedule::said(TimeDelta::milliseconds(ms))
    }
}

fn names(explained: &Explanation) -> Vec<Vec<String>> {
    let known = &explained.known_by;
    let row = |what: &str, name: String| vec![what.to_owned(), name];
    let ids = known.ids.iter().map(|id| row("id", id.to_string()));
    let merged = known
        .merged
        .iter()
        .map(|number| row("number", format!("{number}, merged into this article")));
    let releases = known.releases.iter().map(|release| row("release", release.clone()));
    let guids = known
        .guids
        .iter()
        .map(|guid| row("guid", format!("{} (at {})", guid.guid, guid.source)));
    let urls = known.urls.iter().map(|url| row("url", url.clone()));
    ids.chain(merged).chain(releases).chain(guids).chain(urls).collect()
}

/// What was said, at which stage, why, and the figures: indented below the line that says of what.
fn verdict(said: &Said) -> String {
    let mut out = format!(
        "  {}, stage {}: {}\n  {}\n",
        said.verdict, said.stage, said.stage_doc, said.why
    );
    let is_new = said.verdict == Verdict::New;
    if let Some(counterpart) = &said.counterpart {
        let what = if is_new {
            "nearest, and not the same"
        } else {
            "counterpart"
        };
        out.push_str(&format!("  {what}: {}\n", named(counterpart)));
    }
    if let Some(figures) = &said.figures {
        out.push_str(&format!("  {}\n", shown(figures)));
        out.extend(
            figures
                .changes
                .iter()
                .map(|change| format!("    {}\n", changed(change))),
        );
        if is_new && figures.changes.is_empty() {
            out.push_str("    too little in common\n");
        }
    }
    out
}

/// `17.1 “Acme buys Bolt” (wire-a, PR Newswire)`
fn named(counterpart: &Counterpart) -> String {
    let wire = counterpart
        .wire
        .as_ref()
        .map(|wire| format!(", {wire}"))
        .unwrap_or_default();
    let headline = quoted(counterpart.headline.as_deref());
    format!(
        "{}.{} {headline} ({}{wire})",
        counterpart.article, counterpart.version, counterpart.source
    )
}

fn shown(figures: &Figures) -> String {
    let facts = |count: usize| {
        if count == 1 {
            "1 fact".to_owned()
        } else {
            format!("{count} facts")
        }
    };
    let headlines = match figures.headlines {
        None => "",
        Some(Headlines::Same) => "; one headline",
        Some(Headlines::Alike) => "; headlines alike",
        Some(Headlines::Differ) => "; headlines differ",
        Some(Headlines::Contradict) => "; headlines contradict each other",
    };
    format!(
        "score {} %: so much of the shorter text is in the other; {} agreed, {} contradicted{headlines}",
        figures.score_percent,
        facts(figures.agreed),
        facts(figures.contradictions)
    )
}

/// `number: 3.5 here, 4.1 there`
fn changed(change: &Change) -> String {
    let kind = match change.kind {
        ChangeKind::Number => "number",
        ChangeKind::Date => "date",
        ChangeKind::Name => "name",
        ChangeKind::Passage => "passage",
        ChangeKind::Term => "term",
        ChangeKind::Figure => "figure",
        ChangeKind::Spelling => "spelling",
        ChangeKind::Words => "words",
    };
    let side = |text: &str| {
        if text.is_empty() {
            "nothing".to_owned()
        } else {
            text.to_owned()
        }
    };
    format!("{kind}: {} here, {} there", side(&change.new), side(&change.known))
}

fn quoted(headline: Option<&str>) -> String {
    headline.map_or_else(
        || "(no headline)".to_owned(),
        |headline| format!("\u{201c}{headline}\u{201d}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_named_by_article_and_number() {
        for (id, want) in [
            ("17", ("17", None)),
            ("17.2", ("17", Some(2))),
            ("17.-1", ("17", Some(-1))),
            ("tag:dateline,2026:a.b:1", ("tag:dateline,2026:a.b:1", None)),
            ("17.x", ("17.x", None)),
        ] {
            assert_eq!(parts(id), want, "{id}");
        }
    }

    #[test]
    fn a_lag_is_told_in_its_two_largest_units() {
        for (ms, want) in [
            (999, "999 ms"),
            (61_000, "1 min 1 s"),
            (3_600_000, "1 h"),
            (90_061_000, "1 d 1 h"),
            (252_900, "4 min 12 s"),
        ] {
            assert_eq!(behind(ms), want);
        }
    }
}

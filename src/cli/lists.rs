//! `articles`, `show`: what the store holds, for people and for scripts.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::Args;
use serde_json::json;

use super::answer::{Exit, Failure, print, print_json, table, time};
use super::explain::{found, part_of, parts};
use super::filter::parsed;
use crate::article::{Article, Contact, Organisation, Symbol};
use crate::clock;
use crate::config::Config;
use crate::emit::ninjs;
use crate::store::{Found, Store, Version};
use crate::text;

#[derive(Debug, Args)]
pub(super) struct ArticlesArgs {
    /// Only those that this filter lets in (the language of an output's filter)
    #[arg(long, value_name = "EXPR", default_value = "", hide_default_value = true)]
    filter: String,
    /// Only those received or changed since: RFC 3339, a date, or an age such as 30m, 24h, 7d
    #[arg(long, value_name = "T", value_parser = since)]
    since: Option<Since>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// Number of the article, or its tag: id; with .N one version of it: 17.2
    #[arg(value_name = "ID")]
    id: String,
    /// The newest version of this edition: 2, where `import` prints 17.2
    #[arg(long, value_name = "N")]
    edition: Option<i64>,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// As an IPTC ninjs 3.1 document
    #[arg(long, conflicts_with = "json")]
    ninjs: bool,
}

/// `--since` as written.
#[derive(Debug, Clone, Copy)]
enum Since {
    At(DateTime<Utc>),
    Ago(TimeDelta),
}

fn since(text: &str) -> Result<Since, String> {
    let hint =
        || format!("{text:?} is no time: write 2026-11-25T08:00:00Z, 2026-11-25, or an age such as 30m, 24h, 7d");
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(Since::At(at.to_utc()));
    }
    if let Ok(date) = text.parse::<NaiveDate>() {
        return date
            .and_hms_opt(0, 0, 0)
            .map(|at| Since::At(at.and_utc()))
            .ok_or_else(hint);
    }
    let (unit, number) = text
        .trim_start_matches('-')
        .char_indices()
        .next_back()
        .map_or(("", ""), |(at, _)| {
            let text = text.trim_start_matches('-');
            (text.get(at..).unwrap_or(""), text.get(..at).unwrap_or(""))
        });
    let number: i64 = number.parse().map_err(|_| hint())?;
    let age = match unit {
        "m" => TimeDelta::try_minutes(number),
        "h" => TimeDelta::try_hours(number),
        "d" => TimeDelta::try_days(number),
        "w" => TimeDelta::try_weeks(number),
        _ => None,
    };
    age.filter(|age| *age < TimeDelta::days(36_500))
        .map(Since::Ago)
        .ok_or_else(hint)
}

pub(super) async fn articles(args: ArticlesArgs, config: Config) -> Result<Exit, Failure> {
    let filter = parsed("--filter", &args.filter, &config)?;
    let store = Store::open_read_only(&config.store.path).await?;
    let since = args.since.map(|since| match since {
        Since::At(at) => at,
        Since::Ago(age) => clock::now() - age,
    });
    let found = store
        .select_since(
            &filter,
            since,
            usize::try_from(args.limit).unwrap_or(usize::MAX),
            clock::now(),
        )
        .await?;
    if args.json {
        print_json(&found)?;
        return Ok(Exit::Ok);
    }
    if found.is_empty() {
        print("no article matches")?;
        return Ok(Exit::Ok);
    }
    print(&listing(&found))?;
    Ok(Exit::Ok)
}

/// Articles as a table, one a row.
pub(super) fn listing(found: &[Article]) -> String {
    let rows = found.iter().map(|article| {
        let draft = &article.draft;
        vec![
            article.number.to_string(),
            draft.published.map_or_else(
                || format!("({})", time(Some(article.first_received))),
                |at| time(Some(at)),
            ),
            draft.wire.clone().unwrap_or_else(|| draft.source.to_string()),
            mark(article),
            draft.symbols().map(|symbol| symbol.key()).collect::<Vec<_>>().join(" "),
            headline(article),
        ]
    });
    table(&["id", "published", "wire", "kind", "symbols", "headline"], rows)
}

/// Which of the versions of an article: what it is called, how a version is numbered by that, and the number.
type Wanted = (&'static str, fn(&Version) -> i64, i64);

/// An article as one of its versions has it, or as the newest of an edition.
fn of_versions(article: &Article, versions: &[Version], (what, number, asked): Wanted) -> Result<Article, Failure> {
    let newest = versions.iter().rev().find(|version| number(version) == asked);
    newest.map(|version| version.article.clone()).ok_or_else(|| {
        let there: BTreeSet<i64> = versions.iter().map(number).collect();
        let there: Vec<String> = there.iter().map(i64::to_string).collect();
        Failure::new(
            Exit::Failed,
            format!(
                "article {} has no {what} {asked}, only {}",
                article.number,
                there.join(", ")
            ),
        )
    })
}

pub(super) async fn show(args: ShowArgs, config: Config) -> Result<Exit, Failure> {
    let store = Store::open_read_only(&config.store.path).await?;
    let (id, version) = parts(&args.id);
    let wanted: Option<Wanted> = match (version, args.edition) {
        (Some(version), Some(edition)) => {
            return Err(Failure::new(
                Exit::Usage,
                format!("{id}.{version} is a version: ask for that, or for edition {edition} of article {id}"),
            ));
        }
        (Some(asked), None) => Some(("version", |kept| kept.article.version, asked)),
        (None, Some(asked)) => Some(("edition", |kept| kept.edition, asked)),
        (None, None) => None,
    };
    let Found { article, former } = found(&store, id).await?;
    let family = store.family(&article).await?;
    let article = match wanted {
        None => article,
        Some((what, _, asked)) if former.is_some() => {
            let see = format!("`dateline show {}` lists its versions", article.number);
            return Err(part_of(&format!("{what} {asked}"), id, article.number, &see));
        }
        Some(wanted) => of_versions(&article, &family.versions, wanted)?,
    };
    if args.ninjs {
        let listed = store.listed(vec![article]).await?;
        print_json(&listed.first().map(ninjs::document))?;
        return Ok(Exit::Ok);
    }
    let (versions, sightings) = (&family.versions, &family.sightings);
    if args.json {
        let mut value = serde_json::to_value(&article).unwrap_or_default();
        if let Some(fields) = value.as_object_mut() {
            fields.insert("versions".to_owned(), json!(versions));
            fields.insert("sightings".to_owned(), json!(sightings));
            let translations = family.translations.iter().map(|other| {
                let draft = &other.draft;
                json!({ "id": other.id, "number": other.number, "language": draft.language, "headline": draft.headline })
            });
            fields.insert("translations".to_owned(), translations.collect());
        }
        print_json(&value)?;
        return Ok(Exit::Ok);
    }
    let draft = &article.draft;
    let mut out = format!("{}\n\n", headline(&article));
    let dateline = draft.dateline.as_ref().map(|dateline| dateline.raw.clone());
    let listed: Vec<String> = draft.organisations.iter().map(listed).collect();
    let contacts: Vec<String> = draft.contacts.iter().map(contact).collect();
    let facts = [
        ("id", Some(article.id.to_string())),
        ("kind", Some(mark(&article))),
        ("subheadline", draft.subheadline.clone()),
        ("dateline", dateline),
        ("wire", draft.wire.clone()),
        ("release id", draft.release_id.clone()),
        ("issuer", draft.issuer.clone()),
        ("listed", Some(listed.join("; "))),
        ("cashtags", Some(draft.cashtags.join(" "))),
        ("published", draft.published.map(|at| time(Some(at)))),
        ("embargoed", draft.embargoed.map(|at| time(Some(at)))),
        ("received", Some(time(Some(article.first_received)))),
        ("language", draft.language.clone()),
        ("url", draft.url.clone()),
        ("contacts", Some(contacts.join("; "))),
        ("repairs", Some(draft.repairs.join(", "))),
    ];
    for (name, value) in facts {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            out.push_str(&format!("{name:<12} {value}\n"));
        }
    }
    out.push_str(&format!("\n{}\n\n", draft.body_text));
    let rows = versions.iter().map(|v| {
        vec![
            v.article.version.to_string(),
            v.edition.to_string(),
            time(Some(v.article.modified)),
            v.article.draft.source.to_string(),
            v.verdict.to_string(),
            v.stage.clone(),
            v.why.clone(),
        ]
    });
    out.push_str(&table(
        &["version", "edition", "received", "source", "verdict", "stage", "why"],
        rows,
    ));
    let rows = sightings.iter().map(|s| {
        vec![
            format!("#{}", s.id),
            s.source.to_string(),
            s.version.map(|version| version.to_string()).unwrap_or_default(),
            time(Some(s.first_seen)),
            time(Some(s.last_seen)),
            s.verdict.to_string(),
            s.stage.clone(),
            s.why.clone(),
            s.headline.clone().unwrap_or_default(),
        ]
    });
    out.push_str("\n\n");
    out.push_str(&table(
        &[
            "sighting",
            "seen at",
            "shows version",
            "first seen",
            "last seen",
            "verdict",
            "stage",
            "why",
            "headline",
        ],
        rows,
    ));
    if !family.translations.is_empty() {
        let rows = family.translations.iter().map(|other| {
            vec![
                other.number.to_string(),
                other.draft.language.clone().unwrap_or_default(),
                headline(other),
            ]
        });
        out.push_str("\n\n");
        out.push_str(&table(&["translation", "language", "headline"], rows));
    }
    print(&out)?;
    Ok(Exit::Ok)
}

/// `Acme Corp.: XNYS:ACME DE0007164600`
fn listed(organisation: &Organisation) -> String {
    let symbols = organisation.symbols.iter().map(Symbol::key);
    let numbers = organisation.isin.iter().chain(&organisation.wkn).cloned();
    let listings = symbols.chain(numbers).collect::<Vec<_>>().join(" ");
    match &organisation.name {
        Some(name) => format!("{name}: {listings}"),
        None => listings,
    }
}

/// `Jo Bolt, Media Contact, press@acme.example, +1 (208) 555-0100`
fn contact(contact: &Contact) -> String {
    let parts = [&contact.name, &contact.role, &contact.email, &contact.phone];
    parts
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

fn headline(article: &Article) -> String {
    let without = || format!("(no headline) {}", text::summary(&article.draft.body_text, 80));
    article.draft.headline.clone().unwrap_or_else(without)
}

fn mark(article: &Article) -> String {
    match article.draft.pubstatus {
        crate::article::PubStatus::Usable => article.draft.kind.to_string(),
        status @ (crate::article::PubStatus::Withheld | crate::article::PubStatus::Canceled) => {
            format!("{} ({status})", article.draft.kind)
        }
    }
}

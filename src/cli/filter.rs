//! `filter`, `explain --output`: what a filter holds and why, and what it can ask.

use std::time::Instant;

use clap::Subcommand;
use serde_json::json;

use super::answer::{Exit, Failure, print, print_json, table};
use super::explain::{found, parts};
use super::lists::listing;
use crate::clock;
use crate::config::{Config, Output};
use crate::filter::{Clause, FIELDS, Filter};
use crate::store::{Found, Store};

#[derive(Debug, Subcommand)]
pub(super) enum FilterCommand {
    /// Run a filter over the store: how many articles it holds, the newest of them, how long it took
    Test {
        /// The filter; names of the configuration are known
        #[arg(value_name = "EXPR")]
        filter: String,
        /// How many articles to show at most
        #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=100_000))]
        limit: u32,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// List the fields: name, type, operators, what they mean
    Fields {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn filter(
    command: FilterCommand,
    load: impl FnOnce() -> Result<Config, Failure>,
) -> Result<Exit, Failure> {
    match command {
        FilterCommand::Test { filter, limit, json } => test(&filter, limit, json, &load()?).await,
        FilterCommand::Fields { json } => fields(json),
    }
}

/// Reads a filter of the command line; `what` is how messages call it.
pub(super) fn parsed(what: &str, text: &str, config: &Config) -> Result<Filter, Failure> {
    Filter::parse_with(text, &config.named)
        .map_err(|error| Failure::new(Exit::Usage, format!("{what} does not compile\n{}", error.render(text))))
}

async fn test(text: &str, limit: u32, is_json: bool, config: &Config) -> Result<Exit, Failure> {
    let filter = parsed("EXPR", text, config)?;
    let store = Store::open_read_only(&config.store.path).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (now, begun) = (clock::now(), Instant::now());
    let tally = store.tally(&filter, limit, now).await?;
    let elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let plan = store.plan_of(&filter, now).await?;
    let of = store.count().await?;
    if is_json {
        print_json(&json!({
            "filter": text, "matches": tally.matches, "of": of, "read": tally.read, "elapsed_ms": elapsed_ms,
            "settled": filter.is_settled(), "indexes": indexes(&plan), "plan": plan, "articles": tally.newest,
        }))?;
        return Ok(Exit::Ok);
    }
    let carried = match indexes(&plan).as_slice() {
        [] => "no index carries it: every article is read".to_owned(),
        indexes => format!("carried by {}", indexes.join(", ")),
    };
    let mut out = format!(
        "{} of {of} articles match; {} read in {elapsed_ms} ms, {carried}\n",
        tally.matches, tally.read
    );
    if !tally.newest.is_empty() {
        out.push_str(&format!("\n{}\n", listing(&tally.newest)));
    }
    print(&out)?;
    Ok(Exit::Ok)
}

/// What of a plan narrows the search: searches of articles by something else than their order, and what these are fed by.
fn indexes(plan: &[String]) -> Vec<String> {
    let carries = plan.iter().any(|step| step.starts_with("SEARCH a "));
    let named = plan.iter().filter_map(|step| {
        if step.contains("VIRTUAL TABLE") {
            return Some("the full-text index".to_owned());
        }
        let name = step.split(" INDEX ").nth(1)?.split(' ').next()?;
        // The newest version of an article is always found by its key.
        let is_narrowing = !name.starts_with("sqlite_autoindex_version") && !step.starts_with("SCAN a");
        (is_narrowing && !step.contains("sighting")).then(|| name.to_owned())
    });
    let by_number = plan
        .iter()
        .any(|step| step.starts_with("SEARCH a USING INTEGER PRIMARY KEY"));
    let mut found: Vec<String> = if carries { named.collect() } else { Vec::new() };
    if found.is_empty() && by_number {
        found.push("the article's number".to_owned());
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn fields(is_json: bool) -> Result<Exit, Failure> {
    if is_json {
        let fields = FIELDS.iter().map(|field| {
            json!({ "name": field.name, "type": field.type_name(), "operators": field.operators(), "doc": field.doc })
        });
        print_json(&fields.collect::<Vec<_>>())?;
        return Ok(Exit::Ok);
    }
    let rows = FIELDS.iter().map(|field| {
        vec![
            field.name.to_owned(),
            field.type_name().to_owned(),
            field.operators().join("  "),
            field.doc.to_owned(),
        ]
    });
    print(&table(&["field", "type", "operators", ""], rows))?;
    Ok(Exit::Ok)
}

/// Which clause of an output's filter let an article in or kept it out.
pub(super) async fn explain(
    store: &Store,
    id: &str,
    output: &str,
    is_json: bool,
    config: &Config,
) -> Result<Exit, Failure> {
    let (id, version) = parts(id);
    if version.is_some() {
        return Err(Failure::new(
            Exit::Usage,
            format!("outputs show the newest version of an article: ask for {id}"),
        ));
    }
    let Some(output) = config.outputs.iter().find(|known| known.id.as_str() == output) else {
        let known: Vec<&str> = config.outputs.iter().map(|output| output.id.as_str()).collect();
        return Err(Failure::new(
            Exit::Failed,
            format!("no output {output}; there are: {}", known.join(", ")),
        ));
    };
    let Found { article, .. } = found(store, id).await?;
    let now = clock::now();
    let clause = output.filter.shown().explain(&article, now);
    let is_carried = clause.holds && {
        let newest = store.select(&output.filter.shown(), output.limit, now).await?;
        newest.iter().any(|carried| carried.number == article.number)
    };
    if is_json {
        let deciding: Vec<&str> = clause.deciding().iter().map(|clause| clause.text.as_str()).collect();
        print_json(&json!({
            "article": article.number, "output": output.id, "matches": clause.holds, "carried": is_carried,
            "deciding": deciding, "clauses": clause,
        }))?;
    } else {
        print(&told(article.number, output, &clause, is_carried))?;
    }
    Ok(Exit::Ok)
}

fn told(number: i64, output: &Output, clause: &Clause, is_carried: bool) -> String {
    let (id, limit) = (&output.id, output.limit);
    let verdict = match (clause.holds, is_carried) {
        (true, true) => format!("article {number} is in output {id}"),
        (true, false) => format!("article {number} belongs to output {id}, but is not among its newest {limit}"),
        (false, _) => format!("article {number} is not in output {id}"),
    };
    let mut rows = Vec::new();
    push_rows(&mut rows, clause, 0);
    format!(
        "{verdict}; what decided has a mark\n\n{}",
        table(&["", "holds", "clause", "the article has"], rows)
    )
}

fn push_rows(rows: &mut Vec<Vec<String>>, clause: &Clause, depth: usize) {
    let decides = clause.decides && clause.parts.is_empty();
    let has = clause.has.as_ref().map(|values| match values.as_slice() {
        [] => "nothing".to_owned(),
        values => values.join(" | "),
    });
    rows.push(vec![
        if decides { "*" } else { "" }.to_owned(),
        if clause.holds { "yes" } else { "no" }.to_owned(),
        format!("{}{}", "  ".repeat(depth), clause.text),
        has.unwrap_or_default(),
    ]);
    clause.parts.iter().for_each(|part| push_rows(rows, part, depth + 1));
}

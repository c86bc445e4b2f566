//! `sources`: how each source does, for people and for scripts.

use clap::Args;

use super::answer::{Exit, Failure, lines, print, print_json, table, time};
use crate::article::SourceId;
use crate::config::Config;
use crate::store::{SourceHealth, Store};

#[derive(Debug, Args)]
pub(super) struct SourcesArgs {
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Every column, whole
    #[arg(long, conflicts_with = "json")]
    wide: bool,
}

pub(super) async fn sources(args: SourcesArgs, config: Config) -> Result<Exit, Failure> {
    let store = Store::open_read_only(&config.store.path).await?;
    let health = listed(store.health().await?, &config);
    if args.json {
        print_json(&health)?;
        return Ok(Exit::Ok);
    }
    if health.is_empty() {
        print("no source is configured, and none was imported")?;
        return Ok(Exit::Ok);
    }
    let text = if args.wide {
        let header = [
            "source",
            "tier",
            "state",
            "last poll",
            "failures",
            "new",
            "duplicate",
            "rejected",
            "gaps",
            "next due",
            "why then",
            "trouble",
        ];
        let rows = health.iter().map(|source| {
            let (next, why) = next(source);
            vec![
                source.source.to_string(),
                source.tier.clone().unwrap_or_default(),
                source.state.clone(),
                time(source.last_poll),
                source.failures.to_string(),
                source.new.to_string(),
                source.duplicate.to_string(),
                source.rejected.to_string(),
                source.gaps.to_string(),
                next,
                why.to_owned(),
                trouble(source).unwrap_or_default(),
            ]
        });
        table(&header, rows)
    } else {
        let header = [
            "source",
            "state",
            "last poll",
            "new",
            "gaps",
            "next due",
            "trouble, or why then",
        ];
        let rows = health.iter().map(|source| {
            let (next, why) = next(source);
            vec![
                source.source.to_string(),
                source.state.clone(),
                time(source.last_poll),
                source.new.to_string(),
                source.gaps.to_string(),
                next,
                trouble(source).unwrap_or_else(|| why.to_owned()),
            ]
        });
        lines(&header, rows)
    };
    print(&text)?;
    Ok(Exit::Ok)
}

/// The sources of the store and of the configuration, by name. What the configuration says of them counts, though the daemon may not have
/// read it yet: one that it adds is new, one that it lacks or disables is off.
fn listed(mut health: Vec<SourceHealth>, config: &Config) -> Vec<SourceHealth> {
    let enabled = |id: &SourceId| config.sources.iter().any(|source| source.enabled && source.id == *id);
    for source in &mut health {
        source.configured = enabled(&source.source);
        match (source.configured, source.state == "off") {
            (false, _) => "off".clone_into(&mut source.state),
            (true, true) => "new".clone_into(&mut source.state),
            (true, false) => {}
        }
    }
    let unknown: Vec<SourceHealth> = config
        .sources
        .iter()
        .filter(|source| health.iter().all(|known| known.source != source.id))
        .map(|source| SourceHealth {
            source: source.id.clone(),
            wire: Some(source.wire.id.to_owned()),
            url: source.url.to_string(),
            configured: source.enabled,
            last_poll: None,
            last_outcome: None,
            last_error: None,
            first_success: None,
            last_success: None,
            failures: 0,
            next_due: None,
            next_due_reason: None,
            polls: 0,
            new: 0,
            duplicate: 0,
            rejected: 0,
            tier: Some(source.tier.as_str().to_owned()),
            state: if source.enabled { "new" } else { "off" }.to_owned(),
            state_since: None,
            interval_ms: None,
            last_new: None,
            gaps: 0,
            last_gap: None,
            last_gap_reason: None,
            moved_to: None,
        })
        .collect();
    health.extend(unknown);
    health.sort_by(|a, b| a.source.cmp(&b.source));
    health
}

/// When the next poll is, and why then; neither of a source that is not polled.
fn next(source: &SourceHealth) -> (String, &str) {
    match source.configured {
        true => (
            time(source.next_due),
            source.next_due_reason.as_deref().unwrap_or_default(),
        ),
        false => (time(None), ""),
    }
}

/// What a person should look at.
fn trouble(source: &SourceHealth) -> Option<String> {
    let gap = source.last_gap.zip(source.last_gap_reason.as_deref());
    let gap = gap.map(|(at, why)| format!("{}: {why}", time(Some(at))));
    let moved = source
        .moved_to
        .as_deref()
        .map(|to| format!("moved for good: its url should be {to}"));
    source.last_error.clone().or(moved).or(gap)
}

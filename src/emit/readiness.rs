//! Whether the daemon does what it is for: each tier of sources has been heard of in its own measure.
//!
//! One source that answers is enough: the others are told of by the sources' pages and gauges. What silences a whole tier is our network, our
//! clock or our store.

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::article::{SourceId, Tier};
use crate::clock;
use crate::config::{Config, Source};
use crate::store::{LATE, Vital};

/// How the sources of a tier do together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TierStands {
    pub(super) tier: Tier,
    /// When one of them last answered well.
    pub(super) last_success: Option<DateTime<Utc>>,
    /// Has one answered well in time?
    pub(super) is_ready: bool,
}

impl TierStands {
    /// Why it is not ready, in one line.
    pub(super) fn reason(&self) -> Option<String> {
        let tier = self.tier;
        match (self.is_ready, self.last_success) {
            (true, _) => None,
            (false, None) => Some(format!("no source of tier {tier} has answered yet")),
            (false, Some(success)) => Some(format!(
                "no source of tier {tier} has answered since {}",
                success.to_rfc3339_opts(SecondsFormat::Secs, true)
            )),
        }
    }
}

/// Each tier that has sources.
pub(super) fn tiers(config: &Config, vitals: &[Vital], now: DateTime<Utc>) -> Vec<TierStands> {
    let successes: HashMap<&SourceId, DateTime<Utc>> = vitals
        .iter()
        .filter_map(|vital| Some((&vital.source, vital.last_success?)))
        .collect();
    let stands = |tier: Tier| {
        let mut sources = config
            .sources
            .iter()
            .filter(|source| source.enabled && source.tier == tier)
            .peekable();
        sources.peek()?;
        let answered = sources.filter_map(|source| Some((source, *successes.get(&source.id)?)));
        Some(answered.fold(
            TierStands {
                tier,
                last_success: None,
                is_ready: false,
            },
            |stands, (source, success)| TierStands {
                last_success: stands.last_success.max(Some(success)),
                is_ready: stands.is_ready || now <= heard_of_by(config, source, success),
                ..stands
            },
        ))
    };
    Tier::ALL.iter().copied().filter_map(stands).collect()
}

/// When a source is heard of again at the latest, if all is well: by its own schedule, or within the longest wait of its tier.
fn heard_of_by(config: &Config, source: &Source, success: DateTime<Utc>) -> DateTime<Utc> {
    let longest = match source.tier {
        Tier::Wire => config.schedule.wire_ceiling,
        Tier::Guest => config.schedule.ceiling,
    };
    let longest = success + clock::span(longest);
    let scheduled = source
        .schedule
        .as_ref()
        .and_then(|schedule| schedule.next_after(source.time_zone, success))
        .map(|at| at + clock::span(config.schedule.jitter));
    scheduled.map_or(longest, |at| at.max(longest)) + LATE
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCES: &str = r#"
[schedule]
wire_ceiling = "1h"
ceiling = "1d"
[[source]]
id = "a"
url = "https://a.example/"
tier = "wire"
[[source]]
id = "b"
url = "https://b.example/"
tier = "wire"
[[source]]
id = "weekly"
url = "https://c.example/"
schedule = "0 6 * * 1"
[[source]]
id = "off"
url = "https://d.example/"
enabled = false
"#;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn a_tier_is_ready_while_one_of_its_sources_answers_in_its_own_measure() {
        let config = crate::config::parse(SOURCES, "t.toml").unwrap();
        // A Thursday.
        let now = at("2026-11-26T12:00:00Z");
        let guest = ("weekly", "2026-11-23T06:00:00Z");
        for (heard, want) in [
            (vec![("a", "2026-11-26T11:59:00Z"), guest], vec![]),
            (
                vec![("a", "2026-11-20T00:00:00Z"), ("b", "2026-11-26T10:51:00Z"), guest],
                vec![],
            ),
            (
                vec![("a", "2026-11-26T10:49:00Z"), guest],
                vec!["no source of tier wire has answered since 2026-11-26T10:49:00Z"],
            ),
            (vec![guest], vec!["no source of tier wire has answered yet"]),
            (
                // Last Monday was missed.
                vec![("a", "2026-11-26T11:59:00Z"), ("weekly", "2026-11-16T06:00:00Z")],
                vec!["no source of tier guest has answered since 2026-11-16T06:00:00Z"],
            ),
            (
                vec![("off", "2026-11-26T11:59:00Z")],
                vec![
                    "no source of tier wire has answered yet",
                    "no source of tier guest has answered yet",
                ],
            ),
        ] {
            let vitals: Vec<Vital> = heard
                .iter()
                .map(|(id, success)| Vital {
                    source: SourceId::new(*id),
                    state: "ok".to_owned(),
                    last_success: Some(at(success)),
                    next_due: None,
                })
                .collect();
            let tiers = tiers(&config, &vitals, now);
            let reasons: Vec<String> = tiers.iter().filter_map(TierStands::reason).collect();
            assert_eq!(reasons, want, "{heard:?}");
        }
    }

    #[test]
    fn who_polls_nobody_waits_for_nobody() {
        let config = crate::config::parse("", "t.toml").unwrap();
        assert_eq!(tiers(&config, &[], at("2026-11-26T12:00:00Z")), []);
    }
}

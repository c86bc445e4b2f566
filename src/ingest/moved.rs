//! Where a feed lives: as configured, or where it says, for long enough, that it has moved for good.
//!
//! In: what the store knows of its moves, and what this poll met. Out: the address to ask, and what to write down of the move. Pure.
//!
//! A permanent redirect (301, 308; RFC 9110 section 15.4) may be a captive portal's, or an hour's mistake of a server. So it is adopted when
//! several answers in a row said the same for a while, each with a document that is the feed, and no temporary redirect on the way. One
//! that leads nowhere any more is given back, and so is one whose feed answers at home again. The configuration stays as the operator wrote it; the log and `dateline sources` say what to
//! change.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::store::{Move, Movement};

/// Answers in a row that must say the same.
const ANSWERS: i64 = 3;
/// Polls in a row that fail where it moved, before it is asked at home again.
const FAILURES: i64 = 3;

/// What a poll met.
#[derive(Debug, Clone, Copy)]
pub(super) enum Met<'a> {
    /// The feed, and where all redirects on the way, if there were any, say that it lives now.
    Feed { moved: Option<&'a Url> },
    /// No feed, for the so many'th time in a row.
    Failure { count: i64 },
    /// Nothing that tells: an outage of ours, a feed without items.
    Nothing,
}

/// Where to ask for the feed of `home`.
pub(super) fn address(home: &Url, moves: &[Move]) -> Url {
    let adopted = moves
        .iter()
        .filter(|known| known.is_of(home) && known.adopted.is_some());
    let newest = adopted.max_by_key(|known| known.adopted);
    newest
        .and_then(|known| Url::parse(&known.to_url).ok())
        .unwrap_or_else(|| home.clone())
}

/// Is home to be asked whether the feed is there again? Each `refetch`.
pub(super) fn is_to_be_probed(home: &Url, moves: &[Move], refetch: TimeDelta, now: DateTime<Utc>) -> bool {
    let mut adopted = moves
        .iter()
        .filter(|known| known.is_of(home) && known.adopted.is_some());
    adopted.any(|known| now - known.last_seen >= refetch)
}

/// What to write down after a poll of `asked`. `patience`: for how long a move must be said before it is adopted.
pub(super) fn movement(
    home: &Url,
    moves: &[Move],
    asked: &Url,
    met: Met<'_>,
    patience: TimeDelta,
    now: DateTime<Utc>,
) -> Movement {
    let is_away = address(home, moves) != *home;
    let said = moves.iter().filter(|known| known.is_of(home) && known.times > 0);
    match met {
        Met::Feed { moved: Some(to) } => {
            let before = said.clone().find(|known| known.to_url == to.as_str());
            let lasts = before.is_some_and(|known| known.times + 1 >= ANSWERS && now - known.first_seen >= patience);
            if lasts {
                Movement::Adopted(to.to_string())
            } else {
                Movement::Said(to.to_string())
            }
        }
        Met::Feed { moved: None } if asked == home && is_away => {
            Movement::Returned("it answers at home again".to_owned())
        }
        Met::Feed { moved: None } if said.clone().any(|known| known.adopted.is_none()) => Movement::Unsaid,
        Met::Failure { count } if asked != home && count >= FAILURES => {
            Movement::Returned(format!("{count} polls in a row failed where it moved"))
        }
        Met::Feed { moved: None } | Met::Failure { .. } | Met::Nothing => Movement::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn said(to: &str, times: i64, adopted: Option<i64>) -> Move {
        Move {
            from_url: "https://a.example/old".to_owned(),
            to_url: to.to_owned(),
            first_seen: at(0),
            last_seen: at(0),
            times,
            adopted: adopted.map(at),
        }
    }

    const NEW: &str = "https://a.example/new";
    const NEWER: &str = "https://b.example/newer";

    #[test]
    fn a_move_is_adopted_when_it_was_said_several_times_and_for_long_enough() {
        let home = url("https://a.example/old");
        let (new, newer) = (url(NEW), url(NEWER));
        let (adopt, say) = (Movement::Adopted(NEW.to_owned()), Movement::Said(NEW.to_owned()));
        for (known, moved, hours, want, why) in [
            (vec![], Some(&new), 0, say.clone(), "the first time"),
            (
                vec![said(NEW, 1, None)],
                Some(&new),
                99,
                say.clone(),
                "two answers are few",
            ),
            (
                vec![said(NEW, 2, None)],
                Some(&new),
                71,
                say.clone(),
                "three within three days",
            ),
            (vec![said(NEW, 2, None)], Some(&new), 72, adopt, "three over three days"),
            (
                vec![said(NEW, 0, None)],
                Some(&new),
                99,
                say.clone(),
                "it was unsaid between",
            ),
            (vec![said(NEWER, 9, None)], Some(&new), 99, say, "another place"),
            (
                vec![said(NEW, 9, None)],
                None,
                99,
                Movement::Unsaid,
                "it answers at home",
            ),
            (vec![said(NEW, 0, None)], None, 99, Movement::None, "it did before"),
            (vec![], None, 0, Movement::None, "nothing was ever said"),
        ] {
            let got = movement(&home, &known, &home, Met::Feed { moved }, TimeDelta::days(3), at(hours));
            assert_eq!(got, want, "{why}");
        }
        // What was said once where it moved, and then no more, must be said anew.
        let known = [said(NEW, 3, Some(72)), said(NEWER, 1, None)];
        let got = movement(
            &home,
            &known,
            &new,
            Met::Feed { moved: None },
            TimeDelta::days(3),
            at(99),
        );
        assert_eq!(got, Movement::Unsaid);
        let got = movement(
            &home,
            &known,
            &home,
            Met::Feed { moved: None },
            TimeDelta::days(3),
            at(99),
        );
        assert_eq!(got, Movement::Returned("it answers at home again".to_owned()));
        // It moves on from where it moved.
        let got = movement(
            &home,
            &[said(NEW, 3, Some(72))],
            &new,
            Met::Feed { moved: Some(&newer) },
            TimeDelta::days(3),
            at(99),
        );
        assert_eq!(got, Movement::Said(NEWER.to_owned()));
    }

    #[test]
    fn a_place_that_fails_is_given_back_and_a_failure_at_home_changes_nothing() {
        let (home, new) = (url("https://a.example/old"), url(NEW));
        let known = [said(NEW, 3, Some(72))];
        for (asked, count, returned) in [(&new, 2, false), (&new, 3, true), (&home, 9, false)] {
            let got = movement(&home, &known, asked, Met::Failure { count }, TimeDelta::days(3), at(99));
            assert_eq!(matches!(got, Movement::Returned(_)), returned, "{asked} {count}");
        }
    }

    #[test]
    fn the_address_is_the_configured_one_or_the_last_one_adopted_from_it() {
        let home = url("https://a.example/old");
        for (known, want) in [
            (vec![], "https://a.example/old"),
            (vec![said(NEW, 9, None)], "https://a.example/old"),
            (vec![said(NEW, 9, Some(1))], NEW),
            (vec![said(NEW, 9, Some(1)), said(NEWER, 9, Some(2))], NEWER),
        ] {
            assert_eq!(address(&home, &known).as_str(), want);
        }
        let elsewhere = url("https://a.example/other");
        assert_eq!(
            address(&elsewhere, &[said(NEW, 9, Some(1))]),
            elsewhere,
            "the operator wrote another one"
        );
    }
}

//! Asks a callback whether it is meant: anybody could have subscribed it (WebSub section 5.3).

use tracing::{info, warn};
use url::Url;

use super::{Hub, letter};
use crate::ingest::fetch::Reply;
use crate::store::{SubscriptionMode, SubscriptionRequest};
use crate::telemetry::chain;
use crate::text;

/// Times that a callback is asked that does not answer.
const TIMES: u32 = 3;

/// Bytes of a challenge.
const CHALLENGE_BYTES: usize = 16;

/// What a callback said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It echoed the challenge.
    Confirmed,
    /// It did not, or has been asked often enough.
    Refused,
    /// It could not be asked now.
    None,
}

pub(super) async fn ask(hub: Hub, wish: SubscriptionRequest) -> Answer {
    let (mode, subscriber) = (wish.mode, &wish.subscriber);
    let site = &subscriber.site;
    let (Ok(callback), Some(challenge)) = (Url::parse(&subscriber.callback), challenge()) else {
        return Answer::None;
    };
    let lease = wish.lease.num_seconds().to_string();
    let mut parameters = vec![
        ("hub.mode", mode.as_str()),
        ("hub.topic", &subscriber.topic),
        ("hub.challenge", &challenge),
    ];
    if mode == SubscriptionMode::Subscribe {
        parameters.push(("hub.lease_seconds", &lease));
    }
    let sent = hub.callbacks.send(letter::question(&callback, &parameters)).await;
    let answer = sent.as_ref().map_or(Answer::None, |reply| judge(reply, &challenge));
    let answer = match answer {
        Answer::None if wish.failures.saturating_add(1) >= TIMES => Answer::Refused,
        Answer::Confirmed | Answer::Refused | Answer::None => answer,
    };
    let said = match &sent {
        Ok(reply) => format!("it answered {}", reply.status),
        Err(failed) => chain(failed),
    };
    let (mode, output) = (mode.as_str(), &subscriber.output);
    match answer {
        Answer::Confirmed => info!(stage = "websub", output.id = %output, site, "{mode}: confirmed"),
        Answer::Refused => {
            warn!(stage = "websub", output.id = %output, site, "{mode}: not confirmed, and so forgotten: {said}");
        }
        Answer::None => {
            info!(stage = "websub", output.id = %output, site, "{mode}: the callback is asked again: {said}");
        }
    }
    answer
}

fn judge(reply: &Reply, challenge: &str) -> Answer {
    match reply.status {
        200..=299 if reply.body == challenge.as_bytes() => Answer::Confirmed,
        429 | 500..=599 => Answer::None,
        _ => Answer::Refused,
    }
}

/// What nobody can guess, as text.
fn challenge() -> Option<String> {
    let mut bytes = [0; CHALLENGE_BYTES];
    getrandom::fill(&mut bytes).ok()?;
    Some(text::hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_challenge_itself_confirms() {
        for (status, body, want) in [
            (200, "abc", Answer::Confirmed),
            (202, "abc", Answer::Confirmed),
            (200, "abc\n", Answer::Refused),
            (200, "", Answer::Refused),
            (301, "abc", Answer::Refused),
            (404, "abc", Answer::Refused),
            (429, "", Answer::None),
            (503, "abc", Answer::None),
        ] {
            let reply = Reply {
                status,
                body: body.into(),
                retry_after: None,
            };
            assert_eq!(judge(&reply, "abc"), want, "{status} {body:?}");
        }
        let (one, other) = (challenge().expect("random"), challenge().expect("random"));
        assert!(one.len() == 32 && one != other);
    }
}

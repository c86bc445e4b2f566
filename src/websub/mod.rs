//! Tells whoever subscribed of every change at once: the publisher's side of WebSub (W3C Recommendation, 23 January 2018).
//!
//! ```text
//! POST /hub ─► wish kept ─► callback asked ─► subscription      intake, verify
//!                                                  │
//! admit ─► change ─► what each has not taken yet ─►│─► callback  deliver: signed, retried, in order
//!                 └► hubs of others are pinged                   ping
//! ```
//!
//! Either a hub of our own (`[websub] hub = true`), or those of others that are told where to look (`ping`), or both. Our own hub serves our own
//! documents alone. It keeps wishes, subscriptions and how far each has come in the store, so that a restart loses none; the loop here holds no
//! state that matters. What is sent are the changes that the subscriber has not taken yet, the oldest first, as a document of the format that
//! it subscribed to (section 7 lets a hub send what changed, where the format can); when it does not take them they are sent again after
//! [`LADDER`], with what came since, until its lease ends. A push makes a reader early; that it may be missed for a day is why it should go on
//! polling, seldom.
//!
//! A callback is a stranger's text, as a feed is: it is asked through [`ingest::fetch`](crate::ingest::fetch), past its guard.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};
use url::Url;

use crate::article::OutputId;
use crate::clock;
use crate::config::Config;
use crate::emit::{App, Asked, Format, Published, publish};
use crate::ingest::fetch::Fetcher;
use crate::ingest::schedule::pace;
use crate::store::{Cursor, Delivery, Store, StoreError, Subscription, SubscriptionRequest};
use crate::telemetry::chain;

mod deliver;
mod intake;
mod letter;
mod ping;
mod verify;

use ping::{Ping, Pinged};
use verify::Answer;

/// Waits after the first failure and those that follow it, in seconds; the last one from then on.
pub const LADDER: [u32; 7] = [60, 120, 360, 1_440, 7_200, 43_200, 86_400];

/// Letters on their way at once.
const PLACES: usize = 16;

/// ... to one site: a slow one leaves the places to the others.
const PLACES_OF_SITE: usize = 4;

/// The longest sleep between two looks: after a suspend it is right again this soon.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Rest when the store cannot be used.
const STORE_REST: Duration = Duration::from_secs(30);

/// The hub and the pings. Clones are one and the same.
#[derive(Debug, Clone)]
pub struct Hub {
    config: Arc<Config>,
    store: Store,
    fetcher: Arc<Fetcher>,
    app: App,
    /// Somebody wished something.
    wished: Arc<Notify>,
}

/// How long to wait after so many failures: the first is 1.
fn wait(failures: u32) -> TimeDelta {
    let at = (failures.max(1) as usize - 1).min(LADDER.len() - 1);
    TimeDelta::seconds(LADDER.get(at).copied().unwrap_or_default().into())
}

/// A callback for the log: what follows its `?` may be a secret.
fn place(callback: &str) -> &str {
    callback.split_once('?').map_or(callback, |(place, _)| place)
}

impl Hub {
    /// What is configured, for the documents that `app` serves.
    #[must_use]
    pub fn new(config: Arc<Config>, store: Store, fetcher: Arc<Fetcher>, app: App) -> Self {
        Self {
            config,
            store,
            fetcher,
            app,
            wished: Arc::default(),
        }
    }

    /// Asks callbacks, sends changes and pings until `shutdown`. What is on its way then is sent again after the next start.
    pub async fn run(self, shutdown: CancellationToken) {
        if let Err(failed) = self.look_over().await {
            error!(
                stage = "websub",
                error = chain(&failed),
                "subscriptions whose output is gone go on for now"
            );
        }
        let mut changes = self.store.changes();
        let mut rounds = Rounds::new(self);
        while !shutdown.is_cancelled() {
            changes.borrow_and_update();
            let sleep = match rounds.turn(clock::now()).await {
                Ok(sleep) => sleep,
                Err(failed) => {
                    error!(
                        stage = "websub",
                        error = chain(&failed),
                        "subscribers must wait: the store cannot be used"
                    );
                    shutdown.run_until_cancelled(tokio::time::sleep(STORE_REST)).await;
                    continue;
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                Some(ended) = rounds.tasks.join_next_with_id() => rounds.ended(ended, clock::now()),
                Ok(()) = changes.changed() => {}
                () = rounds.hub.wished.notified() => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    /// Ends what is subscribed to and not served any more.
    async fn look_over(&self) -> Result<(), StoreError> {
        for (subscription, topic) in self.store.topics().await? {
            let why = match (self.config.websub.hub, self.app.topic(&topic)) {
                (true, Ok(_)) => continue,
                (true, Err(why)) => why.to_string(),
                (false, _) => "this hub is closed".to_owned(),
            };
            self.store.deny_subscription(subscription, &why).await?;
        }
        Ok(())
    }
}

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Matter {
    Wish(i64),
    Subscription(i64),
    Ping(usize),
}

/// What became of a letter.
enum Ended {
    Wish(SubscriptionRequest, Answer),
    Subscription(Delivery),
    Ping(Pinged),
}

/// The letters on their way, and what became of those that came back.
struct Rounds {
    hub: Hub,
    tasks: JoinSet<Ended>,
    on_their_way: HashMap<Id, (Matter, String)>,
    /// Not to be begun again: on their way, or not noted yet.
    busy: HashSet<Matter>,
    /// To be noted.
    answers: Vec<(SubscriptionRequest, Answer)>,
    deliveries: Vec<(i64, Delivery)>,
    pings: Vec<Ping>,
}

/// One document for all who wait for the same changes.
type Documents = HashMap<(OutputId, Format, Cursor), Option<Arc<Published>>>;

impl Rounds {
    fn new(hub: Hub) -> Self {
        let pings = hub.config.websub.ping.iter().cloned().map(Ping::new).collect();
        Self {
            hub,
            tasks: JoinSet::new(),
            on_their_way: HashMap::new(),
            busy: HashSet::new(),
            answers: Vec::new(),
            deliveries: Vec::new(),
            pings,
        }
    }

    /// Notes what became of letters and sends those that are due; says how long there is nothing to do.
    async fn turn(&mut self, now: DateTime<Utc>) -> Result<Duration, StoreError> {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.ended(ended, now);
        }
        self.note(now).await?;
        let store = self.hub.store.clone();
        let expired = store.expire_subscriptions(now).await?;
        if expired > 0 {
            info!(stage = "websub", "{expired} subscriptions ended that were not renewed");
        }
        for wish in store.wishes(now).await? {
            let site = site(&wish.subscriber.callback);
            if self.has_room(Matter::Wish(wish.id), &site) {
                let letter = verify::ask(self.hub.clone(), wish.clone());
                self.send(
                    Matter::Wish(wish.id),
                    site,
                    async move { Ended::Wish(wish, letter.await) },
                );
            }
        }
        let mut documents = Documents::new();
        for subscription in store.subscriptions_behind(now).await? {
            self.serve(subscription, &mut documents, now).await?;
        }
        self.note(now).await?;
        let mut next = store.next_delivery(now).await?;
        if !self.pings.is_empty() {
            self.ping(now).await?;
            next = self.pings.iter().filter_map(Ping::next).chain(next).min();
        }
        let sleep = next.filter(|at| *at > now).and_then(|at| (at - now).to_std().ok());
        Ok(sleep.map_or(LONGEST_SLEEP, |sleep| sleep.min(LONGEST_SLEEP)))
    }

    /// Sends a subscriber what it has not taken.
    async fn serve(
        &mut self,
        subscription: Subscription,
        documents: &mut Documents,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let matter = Matter::Subscription(subscription.id);
        let site = site(&subscription.subscriber.callback);
        if !self.has_room(matter, &site) {
            return Ok(());
        }
        if let Some(why) = subscription.denied.clone() {
            let letter = deliver::deny(self.hub.clone(), subscription, why);
            self.send(matter, site, async move { Ended::Subscription(letter.await) });
            return Ok(());
        }
        let delivery = match self.document(&subscription, documents, now).await? {
            Some(document) if document.articles > 0 => {
                let letter = deliver::deliver(self.hub.clone(), subscription, document);
                self.send(matter, site, async move { Ended::Subscription(letter.await) });
                return Ok(());
            }
            Some(document) => Delivery::Passed(document.cursor.unwrap_or(subscription.cursor)),
            None => Delivery::Failed {
                error: "this output has no such changes any more".to_owned(),
                next: now + wait(subscription.failures.saturating_add(1)),
            },
        };
        self.busy.insert(matter);
        self.deliveries.push((subscription.id, delivery));
        Ok(())
    }

    /// The changes that a subscriber has not taken. `None`: there is no such output.
    async fn document(
        &self,
        subscription: &Subscription,
        documents: &mut Documents,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Published>>, StoreError> {
        let (config, store, subscriber) = (&self.hub.config, &self.hub.store, &subscription.subscriber);
        let output = config.outputs.iter().find(|output| output.id == subscriber.output);
        let Some((output, format)) = output.zip(Format::of_extension(&subscriber.format)) else {
            return Ok(None);
        };
        let key = (output.id.clone(), format, subscription.cursor);
        if let Some(document) = documents.get(&key) {
            return Ok(document.clone());
        }
        let asked = Asked::Pushed(subscription.cursor);
        let document = publish(config, store, output, format, asked, now).await?.map(Arc::new);
        documents.insert(key, document.clone());
        Ok(document)
    }

    async fn ping(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let changes = self.hub.store.last_changes().await?;
        for at in 0..self.pings.len() {
            let Some(ping) = self.pings.get(at) else { continue };
            let site = pace::site(ping.hub());
            let Some(news) = ping.news(&self.hub.config, &changes, now) else {
                continue;
            };
            if self.has_room(Matter::Ping(at), &site) {
                let letter = ping::tell(self.hub.clone(), ping.hub().clone(), news);
                self.send(Matter::Ping(at), site, async move { Ended::Ping(letter.await) });
            }
        }
        Ok(())
    }

    fn has_room(&self, matter: Matter, site: &str) -> bool {
        let of_site = || self.on_their_way.values().filter(|(_, other)| other == site).count();
        !self.busy.contains(&matter) && self.tasks.len() < PLACES && of_site() < PLACES_OF_SITE
    }

    fn send(&mut self, matter: Matter, site: String, letter: impl Future<Output = Ended> + Send + 'static) {
        let task = self.tasks.spawn(letter);
        self.busy.insert(matter);
        self.on_their_way.insert(task.id(), (matter, site));
    }

    fn ended(&mut self, ended: Result<(Id, Ended), JoinError>, now: DateTime<Utc>) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(failed) => failed.id(),
        };
        let Some((matter, _)) = self.on_their_way.remove(&id) else {
            return;
        };
        match (matter, ended) {
            (Matter::Subscription(subscription), Ok((_, Ended::Subscription(delivery)))) => {
                self.deliveries.push((subscription, delivery));
            }
            (Matter::Wish(_), Ok((_, Ended::Wish(wish, answer)))) => self.answers.push((wish, answer)),
            (Matter::Ping(at), Ok((_, Ended::Ping(pinged)))) => {
                self.busy.remove(&matter);
                if let Some(ping) = self.pings.get_mut(at) {
                    ping.ended(pinged, now);
                }
            }
            (matter, Ok(_)) => drop(self.busy.remove(&matter)),
            (Matter::Subscription(subscription), Err(failed)) => {
                warn!(stage = "websub", error = %failed, "a delivery ended badly");
                let next = now + wait(1);
                let error = "it could not be sent".to_owned();
                self.deliveries.push((subscription, Delivery::Failed { error, next }));
            }
            // It stays busy until the next start: whatever broke would break again.
            (Matter::Wish(_) | Matter::Ping(_), Err(failed)) => {
                error!(stage = "websub", error = %failed, "a letter ended badly");
            }
        }
    }

    /// Writes down what became of letters. What cannot be noted is not sent again meanwhile.
    async fn note(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let store = self.hub.store.clone();
        while let Some((wish, answer)) = self.answers.last() {
            match answer {
                Answer::Confirmed => store.confirmed(wish, now).await?,
                Answer::Refused => store.unconfirmed(wish.id, None).await?,
                Answer::None => store.unconfirmed(wish.id, Some(now + wait(wish.failures + 1))).await?,
            }
            self.busy.remove(&Matter::Wish(wish.id));
            self.answers.pop();
        }
        store.note_deliveries(&self.deliveries, now).await?;
        for (subscription, _) in self.deliveries.drain(..) {
            self.busy.remove(&Matter::Subscription(subscription));
        }
        Ok(())
    }
}

/// What shares its places: all hosts of one registered domain.
fn site(callback: &str) -> String {
    Url::parse(callback).map_or_else(|_| callback.to_owned(), |url| pace::site(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_day_and_stay_there() {
        let waits: Vec<i64> = (0..9).map(|failures| wait(failures).num_seconds()).collect();
        assert_eq!(waits, [60, 60, 120, 360, 1_440, 7_200, 43_200, 86_400, 86_400]);
        assert_eq!(wait(u32::MAX).num_seconds(), 86_400);
    }

    #[test]
    fn the_log_names_no_secret_of_a_callback() {
        assert_eq!(place("https://a.example/x?secret=1"), "https://a.example/x");
        assert_eq!(place("https://a.example/x"), "https://a.example/x");
    }
}

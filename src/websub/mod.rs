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
//! A callback is a stranger's text, as a feed is: it is asked through [`ingest::fetch`](crate::ingest::fetch), past a guard that lets it reach the
//! public Internet and `[websub] allow_networks` alone. Who knows a callback could send it what he likes, so logs, lists and views name its site.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::article::OutputId;
use crate::clock;
use crate::config::{Config, FetchConfig};
use crate::emit::{App, Asked, Format, Published, publish};
use crate::ingest::fetch::{FetchError, Fetcher, RetryAfter};
use crate::store::{Cursor, Delivery, Store, StoreError, Subscription, SubscriptionRequest};
use crate::telemetry::chain;
use crate::text::counted;
use crate::wire;

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

/// Questions on their way at once, and to one site: anybody can make us ask anybody.
const QUESTIONS: usize = 4;
const QUESTIONS_OF_SITE: usize = 1;

/// Changes of one letter; after each failure half as many, for whom it was too much.
const CHANGES: usize = 100;

/// The longest sleep between two looks: after a suspend it is right again this soon.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Rest when the store cannot be used.
const STORE_REST: Duration = Duration::from_secs(30);

/// The hub and the pings. Clones are one and the same.
#[derive(Debug, Clone)]
pub struct Hub {
    config: Arc<Config>,
    store: Store,
    /// To hubs of others.
    fetcher: Arc<Fetcher>,
    /// To whoever subscribes.
    callbacks: Arc<Fetcher>,
    app: App,
    /// Somebody wished something.
    wished: Arc<Notify>,
}

/// How long to wait after so many failures: the first is 1.
fn wait(failures: u32) -> TimeDelta {
    let at = (failures.max(1) as usize - 1).min(LADDER.len() - 1);
    TimeDelta::seconds(LADDER.get(at).copied().unwrap_or_default().into())
}

/// When somebody who did not listen is written to again: after our own wait, or when he asked for it, whatever is later.
fn again(own: TimeDelta, asked: Option<RetryAfter>, now: DateTime<Utc>) -> DateTime<Utc> {
    let own = now + own;
    asked.map_or(own, |asked| asked.after(now).max(own))
}

impl Hub {
    /// What is configured, for the documents that `app` serves. `fetcher` tells hubs of others; callbacks are asked past a guard of their own,
    /// for which nothing is open that is open to feeds.
    ///
    /// # Errors
    /// The HTTP client cannot be built.
    pub fn new(config: Arc<Config>, store: Store, fetcher: Arc<Fetcher>, app: App) -> Result<Self, FetchError> {
        let limits = FetchConfig {
            allow_private_networks: false,
            allow_networks: config.websub.allow_networks.clone(),
            ..config.fetch.clone()
        };
        app.metrics().expect_deliveries(&Delivery::OUTCOMES);
        Ok(Self {
            callbacks: Arc::new(Fetcher::new(&limits)?),
            config,
            store,
            fetcher,
            app,
            wished: Arc::default(),
        })
    }

    /// Asks callbacks, sends changes and pings until `shutdown`; then what is on its way may end within `grace`.
    pub async fn run(self, shutdown: CancellationToken, grace: Duration) {
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
                () = rounds.hub.wished.notified() => rounds.queue.clear(),
                () = tokio::time::sleep(sleep) => {}
            }
        }
        rounds.finish(grace).await;
    }

    /// Is this document still served to whoever subscribed to it? Else why not.
    fn serves(&self, output: &OutputId, topic: &str) -> Result<(), String> {
        if !self.config.websub.hub {
            return Err("this hub is closed".to_owned());
        }
        self.app.serves(output, topic).map_err(|error| error.to_string())
    }

    /// Ends what is subscribed to and not served any more: an output that is gone, a token that was taken back.
    async fn look_over(&self) -> Result<(), StoreError> {
        for (subscription, output, topic) in self.store.topics().await? {
            if let Err(why) = self.serves(&output, &topic) {
                self.store.deny_subscription(subscription, &why).await?;
            }
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
    /// To be noted, the oldest first.
    answers: VecDeque<(SubscriptionRequest, Answer)>,
    deliveries: Vec<(i64, Delivery)>,
    /// Who is behind, as the store said when it was of this revision.
    queue: VecDeque<Subscription>,
    revision: u64,
    /// Documents of that revision.
    documents: Documents,
    /// What was subscribed under another configuration has been looked over.
    looked_over: bool,
    pings: Vec<Ping>,
}

/// One document for all who wait for the same changes; `None`: there are none any more.
type Documents = HashMap<(OutputId, Format, Cursor, usize), Option<Arc<Published>>>;

impl Rounds {
    fn new(hub: Hub) -> Self {
        let pings = hub.config.websub.ping.iter().cloned().map(Ping::new).collect();
        Self {
            hub,
            tasks: JoinSet::new(),
            on_their_way: HashMap::new(),
            busy: HashSet::new(),
            answers: VecDeque::new(),
            deliveries: Vec::new(),
            queue: VecDeque::new(),
            revision: 0,
            documents: Documents::new(),
            looked_over: false,
            pings,
        }
    }

    /// Notes what became of letters and sends those that are due; says how long there is nothing to do.
    async fn turn(&mut self, now: DateTime<Utc>) -> Result<Duration, StoreError> {
        if !self.looked_over {
            self.hub.look_over().await?;
            self.looked_over = true;
        }
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.ended(ended, now);
        }
        self.note(now).await?;
        let store = self.hub.store.clone();
        let expired = store.expire_subscriptions(now).await?;
        if expired > 0 {
            info!(
                stage = "websub",
                "{} ended that were not renewed",
                counted(expired, "subscription")
            );
        }
        for wish in store.wishes(now).await? {
            self.ask(wish);
        }
        let revision = store.revision();
        if self.revision != revision || self.queue.is_empty() {
            self.queue = store.subscriptions_behind(now).await?.into();
        }
        if self.revision != revision {
            self.documents.clear();
            self.revision = revision;
        }
        for _ in 0..self.queue.len() {
            if let Some(subscription) = self.queue.pop_front() {
                self.serve(subscription, now).await;
            }
        }
        let has_more = !self.deliveries.is_empty() || !self.answers.is_empty();
        self.note(now).await?;
        let mut next = store.next_delivery(now).await?;
        if !self.pings.is_empty() {
            self.ping(now).await?;
            next = self.pings.iter().filter_map(Ping::next).chain(next).min();
        }
        // Behind what there was nothing to send of, there may be something.
        if has_more {
            return Ok(Duration::ZERO);
        }
        let sleep = next.filter(|at| *at > now).and_then(|at| (at - now).to_std().ok());
        Ok(sleep.map_or(LONGEST_SLEEP, |sleep| sleep.min(LONGEST_SLEEP)))
    }

    /// Asks a callback whether it is meant.
    fn ask(&mut self, wish: SubscriptionRequest) {
        let (matter, site) = (Matter::Wish(wish.id), wish.subscriber.site.clone());
        if self.busy.contains(&matter) {
            return;
        }
        if let Err(why) = self.hub.serves(&wish.subscriber.output, &wish.subscriber.topic) {
            info!(stage = "websub", output.id = %wish.subscriber.output, site, "what is asked for is not served any more: {why}");
            self.busy.insert(matter);
            self.answers.push_back((wish, Answer::Refused));
            return;
        }
        let questions = || {
            let matters = self.on_their_way.values();
            matters.filter(|(matter, _)| matches!(matter, Matter::Wish(_)))
        };
        let of_site = questions().filter(|(_, other)| *other == site).count();
        if questions().count() < QUESTIONS && of_site < QUESTIONS_OF_SITE && self.has_room(matter, &site) {
            let letter = verify::ask(self.hub.clone(), wish.clone());
            self.send(matter, site, async move { Ended::Wish(wish, letter.await) });
        }
    }

    /// Sends a subscriber what it has not taken; one for whom there is no room comes again.
    async fn serve(&mut self, subscription: Subscription, now: DateTime<Utc>) {
        let (matter, site) = (
            Matter::Subscription(subscription.id),
            subscription.subscriber.site.clone(),
        );
        if self.busy.contains(&matter) {
            return;
        }
        if !self.has_room(matter, &site) {
            self.queue.push_back(subscription);
            return;
        }
        if let Some(why) = subscription.denied.clone() {
            let letter = deliver::deny(self.hub.clone(), subscription, why);
            self.send(matter, site, async move { Ended::Subscription(letter.await) });
            return;
        }
        let failed = |error: String| Delivery::Failed {
            error,
            next: now + wait(subscription.failures.saturating_add(1)),
        };
        let delivery = match self.document(&subscription, now).await {
            Ok(Some(document)) if document.articles > 0 => {
                let letter = deliver::deliver(self.hub.clone(), subscription, document);
                self.send(matter, site, async move { Ended::Subscription(letter.await) });
                return;
            }
            Ok(Some(document)) => Delivery::Passed(document.cursor.unwrap_or(subscription.cursor)),
            Ok(None) => failed("this output has no such changes any more".to_owned()),
            Err(error) => {
                let output = &subscription.subscriber.output;
                error!(stage = "websub", output.id = %output, error = chain(&error), "changes cannot be read");
                failed("the changes cannot be read; the log says why".to_owned())
            }
        };
        self.busy.insert(matter);
        self.deliveries.push((subscription.id, delivery));
    }

    /// The changes that a subscriber has not taken, as many as it may be sent. `None`: there is no such output.
    async fn document(
        &mut self,
        subscription: &Subscription,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Published>>, StoreError> {
        let (config, store, subscriber) = (&self.hub.config, &self.hub.store, &subscription.subscriber);
        let output = config.outputs.iter().find(|output| output.id == subscriber.output);
        let Some((output, format)) = output.zip(Format::of_extension(&subscriber.format)) else {
            return Ok(None);
        };
        let most = CHANGES.checked_shr(subscription.failures).unwrap_or_default().max(1);
        let key = (output.id.clone(), format, subscription.cursor, most);
        if let Some(document) = self.documents.get(&key) {
            return Ok(document.clone());
        }
        let asked = Asked::Pushed(subscription.cursor, most);
        let document = publish(config, store, output, format, asked, now).await?.map(Arc::new);
        self.documents.insert(key, document.clone());
        Ok(document)
    }

    /// What is on its way may end; what became of it is noted, so that it is not sent again.
    async fn finish(&mut self, grace: Duration) {
        let end = async {
            while let Some(ended) = self.tasks.join_next_with_id().await {
                self.ended(ended, clock::now());
            }
        };
        if tokio::time::timeout(grace, end).await.is_err() {
            let letters = self.tasks.len();
            warn!(
                stage = "websub",
                "{letters} letters to subscribers were given up; they are sent again after the next start"
            );
        }
        if let Err(failed) = self.note(clock::now()).await {
            error!(
                stage = "websub",
                error = chain(&failed),
                "what subscribers have taken cannot be noted: they are sent it again"
            );
        }
    }

    async fn ping(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let changes = self.hub.store.last_changes().await?;
        for at in 0..self.pings.len() {
            let Some(ping) = self.pings.get(at) else { continue };
            let site = wire::site(ping.hub());
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
                self.count(&delivery);
                self.deliveries.push((subscription, delivery));
            }
            (Matter::Wish(_), Ok((_, Ended::Wish(wish, answer)))) => self.answers.push_back((wish, answer)),
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
                let delivery = Delivery::Failed { error, next };
                self.count(&delivery);
                self.deliveries.push((subscription, delivery));
            }
            // It stays busy until the next start: whatever broke would break again.
            (Matter::Wish(_) | Matter::Ping(_), Err(failed)) => {
                error!(stage = "websub", error = %failed, "a letter ended badly");
            }
        }
    }

    fn count(&self, delivery: &Delivery) {
        if let Some(outcome) = delivery.outcome() {
            self.hub.app.metrics().delivered(outcome);
        }
    }

    /// Writes down what became of letters. What cannot be noted is not sent again meanwhile.
    async fn note(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let store = self.hub.store.clone();
        while let Some((wish, answer)) = self.answers.front() {
            match answer {
                Answer::Confirmed => {
                    let most = self.hub.config.websub.max_subscriptions;
                    if !store.confirmed(wish, most, now).await? {
                        let output = &wish.subscriber.output;
                        info!(stage = "websub", output.id = %output, "too late: there is another wish, or no place any more");
                    }
                }
                Answer::Refused => store.unconfirmed(wish.id, None).await?,
                Answer::None => {
                    let next = now + wait(wish.failures.saturating_add(1));
                    store.unconfirmed(wish.id, Some(next)).await?;
                }
            }
            self.busy.remove(&Matter::Wish(wish.id));
            self.answers.pop_front();
        }
        store.note_deliveries(&self.deliveries, now).await?;
        for (subscription, _) in self.deliveries.drain(..) {
            self.busy.remove(&Matter::Subscription(subscription));
        }
        Ok(())
    }
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
}

//! What systemd is told, and what it hands over: READY, RELOADING, STOPPING, STATUS, WATCHDOG, listening sockets.
//!
//! Outside systemd (no `NOTIFY_SOCKET`, no `LISTEN_FDS`) every call does nothing. A failed notification is worth a line and never stops the
//! daemon.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use listenfd::ListenFd;
use sd_notify::NotifyState;

/// How long the store may take to open.
const OPENING: Duration = Duration::from_secs(1_800);
/// How long the store may take to close.
const CLOSING: Duration = Duration::from_secs(20);

/// The daemon serves and polls.
pub fn ready(status: &str) {
    notify(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// The start goes on, and is not to be ended within the next half hour: a large store of an earlier version is brought up to date first.
pub fn starting(status: &str) {
    let time = u32::try_from(OPENING.as_micros()).unwrap_or(u32::MAX);
    notify(&[NotifyState::ExtendTimeoutUsec(time), NotifyState::Status(status)]);
}

/// One line for `systemctl status`.
pub fn status(status: &str) {
    notify(&[NotifyState::Status(status)]);
}

/// The daemon reads its configuration anew; [`ready`] ends it.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        // Since 253 the time tells which reload it is.
        Ok(now) => notify(&[NotifyState::Reloading, now]),
        Err(_) => notify(&[NotifyState::Reloading]),
    }
}

/// The daemon is ending in order, which may take so long: longer than `TimeoutStopSec=` allows, if that is what `grace` asks.
pub fn stopping(grace: Duration) {
    let time = u32::try_from((grace + CLOSING).as_micros()).unwrap_or(u32::MAX);
    notify(&[
        NotifyState::Stopping,
        NotifyState::ExtendTimeoutUsec(time),
        NotifyState::Status("stopping: polls and answers in flight are finishing"),
    ]);
}

/// The daemon does what it is for. To be told more often than every [`watchdog_timeout`].
pub fn watchdog() {
    notify(&[NotifyState::Watchdog]);
}

/// After how long without [`watchdog`] the service is ended and started anew (`WatchdogSec=`); `None`: never.
#[must_use]
pub fn watchdog_timeout() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

/// The listening sockets of the socket unit, in its order; none if it has none. They are ours from now on: a second call gives none.
///
/// To be called while no other thread may read the environment, which it changes.
///
/// # Errors
/// When one of them is not a TCP socket: we serve no other.
pub fn listeners() -> io::Result<Vec<TcpListener>> {
    let mut given = ListenFd::from_env();
    let listeners = (0..given.len()).map(|index| given.take_tcp_listener(index));
    Ok(listeners
        .collect::<io::Result<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect())
}

fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "systemd could not be notified");
    }
}

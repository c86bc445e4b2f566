//! What systemd is told: READY, STATUS, STOPPING.
//!
//! Outside systemd (no `NOTIFY_SOCKET`) every call does nothing. A failed notification is worth a line and never stops the daemon.

use sd_notify::NotifyState;

/// The daemon serves and polls.
pub fn ready(status: &str) {
    notify(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// One line for `systemctl status`.
pub fn status(status: &str) {
    notify(&[NotifyState::Status(status)]);
}

/// The daemon is ending in order.
pub fn stopping() {
    notify(&[
        NotifyState::Stopping,
        NotifyState::Status("stopping: polls in flight are finishing"),
    ]);
}

fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "systemd could not be notified");
    }
}

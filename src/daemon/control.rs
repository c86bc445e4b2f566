//! The way in for `dateline reload`: a socket that only root and the daemon's own user can reach.
//!
//! Whoever connects has asked for a reload. The answer is one word (`done`, `refused` by the configuration, or `failed`) on a line of its own,
//! then what a person should read; then the connection ends. Needs no authorisation of its own: the directory is closed to others.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::UnixListener;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::reload::ReloadError;
use crate::emit::ACCEPT_REST;

/// Longest wait for an answer: a poll that is given up ends at once, so all that takes time is the store.
const PATIENCE: Duration = Duration::from_secs(150);

/// What a person is told when all went well, or why not.
pub(super) type Outcome = Result<String, ReloadError>;

/// Somebody wants the configuration to be read anew; `None`: and does not wait for an answer.
pub(super) type Request = Option<oneshot::Sender<Outcome>>;

/// What became of a reload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The new configuration holds.
    Done(String),
    /// It is wrong; the one before holds.
    Refused(String),
    /// It could not be applied; the one before holds.
    Failed(String),
}

impl Answer {
    fn of(outcome: Outcome) -> Self {
        match outcome {
            Ok(text) => Self::Done(text),
            Err(error) if error.is_of_configuration() => Self::Refused(error.told()),
            Err(error) => Self::Failed(error.told()),
        }
    }

    fn written(&self) -> String {
        let (word, text) = match self {
            Self::Done(text) => ("done", text),
            Self::Refused(text) => ("refused", text),
            Self::Failed(text) => ("failed", text),
        };
        format!("{word}\n{text}\n")
    }

    fn read(text: &str) -> Option<Self> {
        let (word, text) = text.split_once('\n')?;
        let text = text.trim_end().to_owned();
        match word {
            "done" => Some(Self::Done(text)),
            "refused" => Some(Self::Refused(text)),
            "failed" => Some(Self::Failed(text)),
            _ => None,
        }
    }
}

/// Asks the daemon behind that socket to read its configuration anew, and waits for what it says.
///
/// # Errors
/// Nobody listens there, or whoever does ends without an answer.
pub fn ask(socket: &Path) -> io::Result<Answer> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Answer::read(&text).ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "it ended without an answer"))
}

/// Takes requests until the daemon ends, one after the other.
pub(super) async fn listen(socket: &Path, requests: mpsc::Sender<Request>, shutdown: CancellationToken) {
    // A daemon that was killed left its own behind.
    let _ = std::fs::remove_file(socket);
    let listener = match UnixListener::bind(socket) {
        Ok(listener) => listener,
        Err(error) => {
            warn!(%error, "`dateline reload` will not reach this daemon, SIGHUP does: cannot listen on {}", socket.display());
            return;
        }
    };
    while let Some(accepted) = shutdown.run_until_cancelled(listener.accept()).await {
        let mut stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                debug!(%error, "cannot accept a request for a reload");
                tokio::time::sleep(ACCEPT_REST).await;
                continue;
            }
        };
        let (answer, outcome) = oneshot::channel();
        if requests.send(Some(answer)).await.is_err() {
            break;
        }
        let outcome = outcome.await.unwrap_or(Err(ReloadError::Stopping));
        // Whoever asked may have gone; the log has it too.
        let _ = stream.write_all(Answer::of(outcome).written().as_bytes()).await;
    }
    let _ = std::fs::remove_file(socket);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_it_was_written() {
        for answer in [
            Answer::Done("3 sources".to_owned()),
            Answer::Refused("dateline.toml:3:1: this is wrong\n  | here".to_owned()),
            Answer::Failed(String::new()),
        ] {
            assert_eq!(Answer::read(&answer.written()), Some(answer));
        }
        for text in ["", "done", "perhaps\n"] {
            assert_eq!(Answer::read(text), None, "{text:?}");
        }
    }
}

//! Looks whether the store's file still stands where it was opened and whether damage was met in it, and says each once.
//!
//! Nothing is written while it does not ([`Store::in_place`]), and no poll counts as read, so that whatever goes on afterwards asks again.
//! What is safest then depends on what is there:
//!
//! - **nothing**: the daemon stays. The very file may come back, and with it all goes on. A daemon that was started anew would make an empty
//!   store: what the archive held would look new to every reader.
//! - **another file**, the same at two looks, so that it is not half-copied: the daemon ends in order, and whoever keeps it running (systemd, a
//!   container's restart policy) starts it into that file. To stay would be to lose what the feeds show meanwhile, for as long as nobody comes.
//!   Where nobody starts it anew nothing more is lost by that: no poll was kept before either. Ending in order empties the old write-ahead
//!   log, which still stands beside the new file and would be taken for its own after a kill.
//!
//! A damaged file is gone on with: what it can still take is kept, and shown. To stop would lose what the feeds show until somebody comes, and a
//! restart mends nothing. So it is told instead, until a backup is restored: here, in the status, in `/readyz` and in `dateline_store_up`.

use tracing::{error, info};

use crate::store::{Displacement, Store, StoreError};

/// What the last look found.
#[derive(Debug, Default)]
pub(super) struct Place {
    last: Option<Displacement>,
    /// Damage was told of.
    is_unsound: bool,
}

impl Place {
    /// Looks, and says what has changed.
    ///
    /// # Errors
    /// [`StoreError::Displaced`] where the daemon is to end.
    pub(super) fn look(&mut self, store: &Store) -> Result<(), StoreError> {
        if let Err(error @ StoreError::Unsound { .. }) = store.sound()
            && !std::mem::replace(&mut self.is_unsound, true)
        {
            error!(stage = "upkeep", "{error}");
        }
        let found = store.in_place();
        let now = if let Err(StoreError::Displaced { what, .. }) = &found {
            Some(*what)
        } else {
            None
        };
        let before = std::mem::replace(&mut self.last, now);
        let is_settled = matches!(now, Some(Displacement::Replaced { stamp: (1.., ..) })) && now == before;
        match &found {
            Ok(()) if before.is_some() => info!(stage = "upkeep", "the store's file is back; polls are kept again"),
            Err(error) if now != before => error!(stage = "upkeep", "{error}"),
            Ok(()) | Err(_) => {}
        }
        if is_settled { found } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_ends_for_another_file_that_stays_as_it_is_and_for_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (path, away) = (folder.path().join("dateline.sqlite"), folder.path().join("away"));
        let store = Store::open(&path).await.unwrap();
        let mut place = Place::default();
        let mut ends = || place.look(&store).is_err();
        assert!(!ends(), "it is there");
        std::fs::rename(&path, &away).unwrap();
        assert!(!ends() && !ends() && !ends(), "it may come back");
        std::fs::write(&path, "").unwrap();
        assert!(!ends() && !ends(), "nothing is in it yet");
        std::fs::write(&path, "half").unwrap();
        assert!(!ends(), "it is new");
        std::fs::write(&path, "half and half").unwrap();
        assert!(!ends(), "it grows");
        assert!(ends(), "it is all there");
        std::fs::rename(&away, &path).unwrap();
        assert!(!ends(), "the very file is back");
        store.close().await.unwrap();
    }
}

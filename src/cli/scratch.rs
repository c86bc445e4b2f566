//! A store for commands that keep nothing.

use std::path::PathBuf;

use tempfile::TempDir;

/// A store in a temporary folder, gone with the command; or the one that the person named, which stays.
pub(super) struct Scratch {
    /// Where the store is, or will be.
    pub(super) store: PathBuf,
    _folder: Option<TempDir>,
}

impl Scratch {
    /// # Errors
    /// The temporary folder cannot be made.
    pub(super) fn new(named: Option<PathBuf>) -> std::io::Result<Self> {
        if let Some(store) = named {
            return Ok(Self { store, _folder: None });
        }
        let folder = tempfile::Builder::new().prefix("dateline-").tempdir()?;
        let store = folder.path().join("scratch.sqlite");
        Ok(Self {
            store,
            _folder: Some(folder),
        })
    }
}

//! One daemon a store: two would poll every source twice and take the outputs from each other. And no store is put back under a
//! running one.

use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::{Path, PathBuf};

use super::DaemonError;

/// Held as long as it lives. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code)] File);

/// Takes the lock of the store: `STORE.lock` beside it. A file of its own: SQLite loses its locks when another handle of its file is
/// closed.
///
/// # Errors
/// [`DaemonError::Held`] while a daemon runs on the store; [`DaemonError::Lock`] when there is no place for the file.
pub fn lock(store: &Path) -> Result<Lock, DaemonError> {
    let path = file_of(store);
    let failed = |source| DaemonError::Lock {
        path: path.clone(),
        source,
    };
    let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut options = File::options();
    let mut file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {
            // Root may restore for a daemon that is another user. The daemon itself owns both, and its sandbox lets nobody give away a file.
            if let (Ok(owner), Ok(own)) = (folder.metadata(), file.metadata())
                && (owner.uid(), owner.gid()) != (own.uid(), own.gid())
            {
                let _ = fchown(&file, Some(owner.uid()), Some(owner.gid()));
            }
            // For a person; on a full disk it has to do without.
            let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
            Ok(Lock(file))
        }
        Err(TryLockError::WouldBlock) => {
            let process = std::io::read_to_string(file.take(32)).unwrap_or_default();
            let process = Some(process.trim().to_owned()).filter(|process| !process.is_empty());
            Err(DaemonError::Held { path, process })
        }
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn file_of(store: &Path) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push(".lock");
    PathBuf::from(path)
}

/// Nobody makes a store in the place of one on which a daemon runs: its file was moved away, and is to come back.
///
/// # Errors
/// [`DaemonError::Away`] where there is no file, and a daemon that runs on it.
pub fn may_be_made(store: &Path) -> Result<(), DaemonError> {
    if store.exists() || !file_of(store).exists() {
        return Ok(());
    }
    match lock(store) {
        Err(DaemonError::Held { process, .. }) => Err(DaemonError::Away {
            path: store.to_owned(),
            process,
        }),
        Ok(_) | Err(_) => Ok(()),
    }
}

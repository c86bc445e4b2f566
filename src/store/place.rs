//! Whether a file may be read, and whether the one that is open still stands at its path.
//!
//! A file that is moved or removed stays with whoever has it open: what is written then is gone with the process, without an error. SQLite
//! does not look for it where there is a write-ahead log, so we do. It costs one `stat` before and after each write.
//!
//! Never opens a file that this process may have open: closing it would take from SQLite the locks that it has on it.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Access, FlockOperation, access, fcntl_lock};
use rustix::io::Errno;

use super::StoreError;

/// What tells one file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Inode {
    device: u64,
    number: u64,
}

/// What became of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Displacement {
    /// Nothing stands there.
    Gone,
    /// Another file does.
    Replaced {
        /// Its size and the time of its last change (seconds, nanoseconds): they stay alike once it is all there.
        stamp: (u64, i64, i64),
    },
}

impl Inode {
    /// Of the file at this path; `None` where there is none, or none that may be looked at.
    pub(super) fn of(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().map(|file| Self::in_metadata(&file))
    }

    fn in_metadata(file: &std::fs::Metadata) -> Self {
        Self {
            device: file.dev(),
            number: file.ino(),
        }
    }

    /// Does it still stand at that path? Where the system does not say, it does.
    pub(super) fn stands_at(self, path: &Path) -> Result<(), StoreError> {
        let what = match std::fs::metadata(path) {
            Ok(file) if Self::in_metadata(&file) == self => return Ok(()),
            Ok(file) => Displacement::Replaced {
                stamp: (file.len(), file.mtime(), file.mtime_nsec()),
            },
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Displacement::Gone,
            Err(_) => return Ok(()),
        };
        Err(StoreError::Displaced {
            path: path.to_owned(),
            what,
        })
    }
}

/// Is there a file that this user may read? Asks without opening it: closing it again would take from SQLite its locks.
///
/// # Errors
/// [`StoreError::Missing`], [`StoreError::Denied`].
pub fn readable(path: &Path) -> Result<(), StoreError> {
    match access(path, Access::READ_OK) {
        Ok(()) => Ok(()),
        Err(Errno::NOENT | Errno::NOTDIR) => Err(StoreError::Missing { path: path.to_owned() }),
        Err(source) => Err(StoreError::Denied {
            path: path.to_owned(),
            source: source.into(),
        }),
    }
}

/// Keeps all others from a store until it is dropped; `Ok(None)` where there is none. Whoever has a store with a write-ahead log open holds
/// a lock on its file, read or write, for as long (<https://sqlite.org/lockingv3.html>, <https://sqlite.org/walformat.html>, section 2.3):
/// one on the whole file is refused then. It is the kernel's, so it needs no store that can be read, and the log stays as it is.
///
/// # Errors
/// [`ErrorKind::WouldBlock`] while another process has it open; else the file cannot be opened for writing.
pub(super) fn alone(store: &Path) -> std::io::Result<Option<File>> {
    let file = match File::options().read(true).write(true).open(store) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        // POSIX allows either.
        Err(Errno::AGAIN | Errno::ACCESS) => Err(ErrorKind::WouldBlock.into()),
        Err(error) => Err(error.into()),
    }
}

/// What happened, and what to do.
pub(super) fn told(path: &Path, what: &Displacement) -> String {
    let path = path.display();
    match what {
        Displacement::Gone => format!(
            "{path} was moved or removed while it is open; nothing is written until that very file is back, with its -wal: put it back, or \
             put a backup there and start Dateline anew. Started without a file there, it begins with an empty store"
        ),
        Displacement::Replaced { .. } => format!(
            "another file than the one that is open stands at {path}; nothing is written to either: start Dateline anew, and it goes on with \
             the one that is there"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_wherever_another_stands_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let (path, away) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&path, "one").unwrap();
        let inode = Inode::of(&path).unwrap();
        let found = |what: &str| {
            let found = match inode.stands_at(&path) {
                Ok(()) => "here",
                Err(StoreError::Displaced {
                    what: Displacement::Gone,
                    ..
                }) => "gone",
                Err(StoreError::Displaced {
                    what: Displacement::Replaced { stamp },
                    ..
                }) => {
                    assert_eq!(stamp.0, 5, "{what}");
                    "replaced"
                }
                Err(other) => panic!("{other}"),
            };
            assert_eq!(found, what);
        };
        found("here");
        std::fs::rename(&path, &away).unwrap();
        found("gone");
        std::fs::write(&path, "other").unwrap();
        found("replaced");
        std::fs::rename(&away, &path).unwrap();
        found("here");
        std::os::unix::fs::symlink(&path, &away).unwrap();
        inode.stands_at(&away).unwrap();
        std::fs::remove_dir_all(folder.path()).unwrap();
        found("gone");
    }
}

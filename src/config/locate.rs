//! Where the configuration and the store are: the one place that reads the environment.

use std::ffi::{OsStr, OsString};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The file that the distribution packages install.
const SYSTEM_FILE: &str = "/etc/dateline/dateline.toml";
/// `RuntimeDirectory=` of the unit in deploy/.
const SYSTEM_RUNTIME_DIRECTORY: &str = "/run/dateline";
/// The name of the store if nobody says otherwise.
pub(super) const STORE_NAME: &str = "dateline.sqlite";

/// Which configuration holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    /// This file.
    File(PathBuf),
    /// The one that is built into the program: real wires, loopback only.
    Embedded,
}

/// Finds the configuration: `--config`, `$DATELINE_CONFIG`, `/etc/dateline/dateline.toml`, else the embedded one.
///
/// Only the third is skipped when it does not exist: whoever names a file means it.
#[must_use]
pub fn locate(explicit: Option<&Path>) -> Located {
    located(explicit, environment("DATELINE_CONFIG"), Path::new(SYSTEM_FILE))
}

/// The store of a configuration that names none: in the directory that systemd made for the service, else `None`.
pub(super) fn store_in_state_directory() -> Option<PathBuf> {
    store_in(&environment("STATE_DIRECTORY")?)
}

/// A file that is named without a directory is a credential, where systemd hands some over.
pub(super) fn credential(file: &Path) -> Option<PathBuf> {
    credential_in(&environment("CREDENTIALS_DIRECTORY")?, file)
}

/// Where the daemon takes requests: in the directory that systemd made for it while it runs, else nowhere.
#[must_use]
pub fn control_socket() -> Option<PathBuf> {
    environment("RUNTIME_DIRECTORY").map(|directory| control_socket_in(&directory))
}

/// Where the daemon of the package takes requests, for whoever is not started by its unit.
#[must_use]
pub fn system_control_socket() -> PathBuf {
    control_socket_in(OsStr::new(SYSTEM_RUNTIME_DIRECTORY))
}

/// Is standard error the journal of systemd? It says so by the device and number of its socket (systemd.exec(5)): a service may have children
/// that write elsewhere.
#[must_use]
pub fn is_journal() -> bool {
    let (Some(journal), Ok(stderr)) = (environment("JOURNAL_STREAM"), std::fs::metadata("/dev/stderr")) else {
        return false;
    };
    journal == OsStr::new(&format!("{}:{}", stderr.dev(), stderr.ino()))
}

fn control_socket_in(runtime_directory: &OsStr) -> PathBuf {
    // Several directories are joined with colons, as those of STATE_DIRECTORY.
    let first = std::env::split_paths(runtime_directory).next().unwrap_or_default();
    first.join("control")
}

fn credential_in(directory: &OsStr, file: &Path) -> Option<PathBuf> {
    let is_bare = file.components().count() == 1 && file.is_relative();
    is_bare.then(|| Path::new(directory).join(file))
}

fn located(explicit: Option<&Path>, variable: Option<OsString>, system: &Path) -> Located {
    let named = explicit.map(Path::to_owned).or(variable.map(PathBuf::from));
    match named {
        Some(file) => Located::File(file),
        None if system.exists() => Located::File(system.to_owned()),
        None => Located::Embedded,
    }
}

fn store_in(state_directory: &OsStr) -> Option<PathBuf> {
    // systemd.exec(5): several directories are joined with colons; the first is the unit's own.
    let first = std::env::split_paths(state_directory).next()?;
    Some(first.join(STORE_NAME))
}

#[allow(clippy::disallowed_methods)] // this is the place
fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_option_variable_system_file_and_embedded_holds() {
        let here = tempfile::NamedTempFile::new().unwrap();
        let (option, none) = (Path::new("o.toml"), Path::new("/nowhere/dateline.toml"));
        let file = |path: &Path| Located::File(path.to_owned());
        for (explicit, variable, system, want) in [
            (Some(option), Some("v.toml"), here.path(), file(option)),
            (None, Some("v.toml"), here.path(), file(Path::new("v.toml"))),
            (None, None, here.path(), file(here.path())),
            (None, None, none, Located::Embedded),
        ] {
            assert_eq!(
                located(explicit, variable.map(OsString::from), system),
                want,
                "{explicit:?} {variable:?} {system:?}"
            );
        }
    }

    #[test]
    fn a_bare_name_is_a_credential() {
        for (file, want) in [
            ("wire-token", Some("/run/credentials/dateline.service/wire-token")),
            ("/etc/dateline/token", None),
            ("keys/token", None),
        ] {
            let found = credential_in(OsStr::new("/run/credentials/dateline.service"), Path::new(file));
            assert_eq!(found, want.map(PathBuf::from), "{file}");
        }
    }

    #[test]
    fn the_store_lies_in_the_first_state_directory() {
        for (variable, want) in [
            ("/var/lib/dateline", "/var/lib/dateline/dateline.sqlite"),
            ("/var/lib/dateline:/var/lib/other", "/var/lib/dateline/dateline.sqlite"),
        ] {
            assert_eq!(store_in(OsStr::new(variable)), Some(PathBuf::from(want)), "{variable}");
        }
    }
}

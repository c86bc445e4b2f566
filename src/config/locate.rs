//! Where the configuration and the store are: the one place that reads the environment.

use std::ffi::{OsStr, OsString};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The file that the distribution packages install.
const SYSTEM_FILE: &str = "/etc/dateline/dateline.toml";
/// `StateDirectory=` of the unit in deploy/.
const SYSTEM_STATE_DIRECTORY: &str = "/var/lib/dateline";
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

/// The store of a configuration that names none, with what says so: in the directory that systemd made for the service; of the system's own
/// configuration, in that of the package's unit, so that a command at a terminal and the daemon mean one store. Else `None`.
pub(super) fn store_of(located: &Located) -> Option<(PathBuf, &'static str)> {
    store_by(environment("STATE_DIRECTORY"), located)
}

/// Why the service may not write there, and what would let it: where systemd made it a directory, and the file lies elsewhere.
#[must_use]
pub fn outside_of_state_directory(store: &Path) -> Option<String> {
    let state = environment("STATE_DIRECTORY")?;
    let here: Vec<PathBuf> = std::env::split_paths(&state).collect();
    outside(&here, &std::path::absolute(store).ok()?)
}

fn outside(state: &[PathBuf], store: &Path) -> Option<String> {
    let is_within = state.iter().any(|directory| store.starts_with(directory));
    let folder = store.parent().filter(|_| !is_within)?;
    let state: Vec<_> = state.iter().map(|directory| directory.display().to_string()).collect();
    Some(format!(
        "the service may write in {} alone: `systemctl edit dateline` and add `[Service]` and `ReadWritePaths={}`, a folder that belongs to \
         the service's user; or mount that disk at the former (deploy/README.md)",
        state.join(", "),
        folder.display()
    ))
}

/// A file that is named without a directory is a credential, where systemd hands some over.
pub(super) fn credential(file: &Path) -> Option<PathBuf> {
    credential_in(&environment("CREDENTIALS_DIRECTORY")?, file)
}

/// Is the file a credential that only the service is handed? A bare name, where systemd hands over none, and no such file stands here.
#[must_use]
pub fn is_credential_elsewhere(file: &Path) -> bool {
    is_bare(file) && environment("CREDENTIALS_DIRECTORY").is_none() && !file.exists()
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
    is_bare(file).then(|| Path::new(directory).join(file))
}

/// `tokens`; not `./tokens`.
fn is_bare(file: &Path) -> bool {
    file.components().count() == 1 && file.is_relative()
}

fn located(explicit: Option<&Path>, variable: Option<OsString>, system: &Path) -> Located {
    let named = explicit.map(Path::to_owned).or(variable.map(PathBuf::from));
    match named {
        Some(file) => Located::File(file),
        // One that may not be looked at is there: whoever asks is told, and gets no other instead.
        None if system.try_exists().unwrap_or(true) => Located::File(system.to_owned()),
        None => Located::Embedded,
    }
}

fn store_by(state_directory: Option<OsString>, located: &Located) -> Option<(PathBuf, &'static str)> {
    let given = state_directory.and_then(|directory| store_in(&directory));
    let of_system = || Path::new(SYSTEM_STATE_DIRECTORY).join(STORE_NAME);
    match (given, located) {
        (Some(store), _) => Some((store, "$STATE_DIRECTORY")),
        (None, Located::File(file)) if file == Path::new(SYSTEM_FILE) => Some((of_system(), SYSTEM_FILE)),
        (None, Located::File(_) | Located::Embedded) => None,
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
    fn a_configuration_that_names_no_store_has_that_of_its_service() {
        let file = |path: &str| Located::File(PathBuf::from(path));
        for (state, located, want) in [
            (
                Some("/state"),
                file("/etc/dateline/dateline.toml"),
                Some(("/state/dateline.sqlite", "$STATE_DIRECTORY")),
            ),
            (
                Some("/state"),
                Located::Embedded,
                Some(("/state/dateline.sqlite", "$STATE_DIRECTORY")),
            ),
            (
                None,
                file("/etc/dateline/dateline.toml"),
                Some(("/var/lib/dateline/dateline.sqlite", "/etc/dateline/dateline.toml")),
            ),
            (None, file("dateline.toml"), None),
            (None, Located::Embedded, None),
        ] {
            let found = store_by(state.map(OsString::from), &located);
            let want = want.map(|(store, origin)| (PathBuf::from(store), origin));
            assert_eq!(found, want, "{state:?} {located:?}");
        }
    }

    #[test]
    fn a_store_outside_of_the_state_directory_needs_a_drop_in() {
        for (store, want) in [
            ("/var/lib/dateline/dateline.sqlite", None),
            ("/var/lib/other/deep/dateline.sqlite", None),
            ("/data/news/dateline.sqlite", Some("ReadWritePaths=/data/news`")),
            (
                "/var/lib/dateline-2/dateline.sqlite",
                Some("ReadWritePaths=/var/lib/dateline-2`"),
            ),
        ] {
            let state = ["/var/lib/dateline", "/var/lib/other"].map(PathBuf::from);
            let told = outside(&state, Path::new(store));
            match want {
                None => assert_eq!(told, None, "{store}"),
                Some(want) => assert!(
                    told.as_ref().is_some_and(|told| told.contains(want)),
                    "{store}: {told:?}"
                ),
            }
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

//! `completions` and `man`: made of the command line itself, so that they cannot lag behind it.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;

use super::answer::{Exit, Failure, print_document};

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// Of which shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Made if it is not there; a page a command
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

pub(super) fn completions(args: &CompletionsArgs, mut command: Command) -> Result<Exit, Failure> {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    print_document(&script)?;
    Ok(Exit::Ok)
}

pub(super) fn man(args: &ManArgs, command: Command) -> Result<Exit, Failure> {
    let folder = &args.folder;
    let written = fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
    written.map_err(|error| {
        Failure::new(
            Exit::Io,
            format!("cannot write man pages into {}: {error}", folder.display()),
        )
    })?;
    Ok(Exit::Ok)
}

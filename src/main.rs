//! `dateline`: arguments in, one call into the library, an exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    dateline::cli::main()
}

//! The verbs: one a file. Each takes its arguments and says how it ended.

mod calicoctl;
mod completion;
mod explain;
mod gather;
mod plan;
mod rbac;
mod snapshot;
mod status;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use gather::gather;

use crate::cli::{Cli, Verb};
use crate::exit::Exit;
use crate::terminal;

/// Runs a command line, the program's name first.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(with_verb(arguments)) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    match cli.verb {
        Verb::Status(arguments) => status::run(&arguments).into(),
        Verb::Plan(arguments) => plan::run(&arguments).into(),
        Verb::Explain(arguments) => explain::run(&arguments).into(),
        Verb::Snapshot(arguments) => snapshot::run(&arguments).into(),
        Verb::Rbac => rbac::run().into(),
        Verb::Completion => completion::run().into(),
        Verb::Complete { words } => completion::complete(&words).into(),
        Verb::Other(arguments) => calicoctl::run(&arguments),
    }
}

/// Under the name `kubectl-calico-status`, which kubectl prefers for `kubectl calico status`, the
/// verb is in the name.
fn with_verb(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let name = arguments.first().map(std::path::Path::new);
    let stem = name.and_then(|name| name.file_stem()?.to_str());
    if stem == Some("kubectl-calico-status") {
        arguments.insert(1, "status".into());
    }
    arguments
}

/// Help and version are asked for and go to standard output; the rest is a mistake.
fn usage(error: &clap::Error) -> ExitCode {
    let wrong = error.use_stderr();
    // Where the message cannot be written either, the exit code still tells.
    let _ = error.print();
    match wrong {
        true => Exit::Usage.into(),
        false => Exit::Well.into(),
    }
}

/// Writes what was asked for. That whoever reads it went away is no failure.
fn write(text: &str) -> Result<(), Exit> {
    match terminal::write(text) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => {
            terminal::complain(&format!("cannot write the output: {error}"));
            Err(Exit::Unread)
        }
    }
}

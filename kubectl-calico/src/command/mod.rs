//! The commands, one per file, and what several of them share. A command takes its arguments and returns how
//! the run ended.

mod calicoctl;
mod candidates;
mod clock;
mod completion;
mod destination;
mod explain;
mod hints;
mod input;
mod nodes;
mod objections;
mod output;
mod plan;
mod probe;
mod rbac;
mod redaction;
mod selection;
mod snapshot;
mod status;
mod time_limit;
mod version;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::cli::{Cli, Subcommand};
use crate::exit::Exit;

/// Runs a command line, the program's name first.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    let arguments = with_command(arguments);
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(mut error) => {
            hints::add(&mut error, arguments.get(1));
            return print_usage(&error).into();
        }
    };
    match cli.command {
        Subcommand::Status(arguments) => status::run(&arguments).into(),
        Subcommand::Plan(arguments) => plan::run(&arguments).into(),
        Subcommand::Explain(arguments) => explain::run(&arguments).into(),
        Subcommand::Snapshot(arguments) => snapshot::run(&arguments).into(),
        Subcommand::Nodes(arguments) => nodes::run(&arguments).into(),
        Subcommand::Rbac(arguments) => rbac::run(arguments).into(),
        Subcommand::Completion => completion::run().into(),
        Subcommand::Version => version::run().into(),
        Subcommand::Complete { words } => completion::complete(&words).into(),
        Subcommand::Other(arguments) => {
            let cli = Cli::command();
            let commands: Vec<&str> = cli
                .get_subcommands()
                .filter(|command| !command.is_hide_set())
                .map(clap::Command::get_name)
                .collect();
            calicoctl::run(&arguments, &commands)
        }
    }
}

/// Inserts the command that is in the program's name: `kubectl-calico-status`, for example, which kubectl
/// prefers for `kubectl calico status`.
fn with_command(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let name = arguments.first().map(Path::new);
    let stem = name.and_then(|name| name.file_stem()?.to_str());
    let command = stem.and_then(|stem| stem.strip_prefix("kubectl-calico-"));
    let cli = Cli::command();
    if let Some(command) = command.and_then(|name| cli.find_subcommand(name))
        && !command.is_hide_set()
    {
        arguments.insert(1, command.get_name().into());
    }
    arguments
}

/// Prints help and the version to standard output, and usage errors to standard error.
fn print_usage(error: &clap::Error) -> Exit {
    // If this cannot be written either, the exit code still reports the failure.
    let _ = error.print();
    if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Success
    }
}

//! `kubectl calico status`: of one cluster, once or again after each change, or of several.

mod change_watch;
mod follow;
mod one;
mod several;

use super::output;
use crate::cli::StatusArgs;
use crate::exit::Exit;
use several::targets;

/// Prints the report of a cluster, or of several.
pub(super) fn run(arguments: &StatusArgs) -> Exit {
    match targets(arguments) {
        Err(error) => output::fail(&error),
        Ok(Some(targets)) => several::run(arguments, targets),
        Ok(None) if arguments.wait.is_some() || arguments.watch => follow::run(arguments),
        Ok(None) => one::run(arguments),
    }
}

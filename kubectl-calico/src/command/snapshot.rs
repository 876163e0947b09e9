//! `kubectl calico snapshot`

use super::{input, output};
use crate::cli::SnapshotArgs;
use crate::exit::Exit;
use crate::gather::snapshot_text::manifests;

/// Prints everything that `status` reads, as manifests from which `status -f` produces the same
/// report.
pub(super) fn run(arguments: &SnapshotArgs) -> Exit {
    let snapshot = match input::read(&arguments.source, Some(arguments.messages)) {
        Ok(snapshot) => snapshot,
        Err(error) => return output::fail(&error.to_string()),
    };
    match manifests(&snapshot) {
        Ok(text) => output::print(&text, Exit::Success),
        Err(error) => output::fail(&format!("cannot write the snapshot: {error}")),
    }
}

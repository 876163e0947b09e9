//! `kubectl calico snapshot`

use calico_core::text::visible_json;

use super::{input, output};
use crate::cli::SnapshotArgs;
use crate::exit::Exit;
use crate::gather::snapshot_header::SnapshotHeader;
use crate::snapshot::Snapshot;

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

/// One document per line, in JSON, which is also valid YAML and leaves no choices to a serializer.
fn manifests(snapshot: &Snapshot) -> Result<String, serde_json::Error> {
    let objects = snapshot.objects()?;
    let header = SnapshotHeader::of(snapshot, objects.len())
        .map(serde_json::to_value)
        .transpose()?;
    Ok(header
        .iter()
        .chain(&objects)
        .map(|document| format!("---\n{}\n", visible_json(&document.to_string())))
        .collect())
}

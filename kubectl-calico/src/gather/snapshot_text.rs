//! A snapshot as a text: manifests from which the same snapshot can be read.

use calico_core::text::visible_json;

use super::snapshot_header::SnapshotHeader;
use crate::snapshot::Snapshot;

/// One document per line, in JSON, which is also valid YAML and leaves no choices to a serializer.
pub fn manifests(snapshot: &Snapshot) -> Result<String, serde_json::Error> {
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

//! A snapshot as the documents of a file, from which the same snapshot can be read.

use calico_core::text::visible_json;
use serde_json::Value;

use super::snapshot_header::SnapshotHeader;
use crate::snapshot::Snapshot;

/// The header, unless the snapshot is from files without one, and every object.
pub fn documents(snapshot: &Snapshot) -> Result<Vec<Value>, serde_json::Error> {
    let mut objects = snapshot.objects()?;
    let header = SnapshotHeader::of(snapshot, objects.len())
        .map(serde_json::to_value)
        .transpose()?;
    if let Some(header) = header {
        objects.insert(0, header);
    }
    Ok(objects)
}

/// One document per line, in JSON, which is also valid YAML and leaves no choices to a serializer.
pub fn text(documents: &[Value]) -> String {
    documents
        .iter()
        .map(|document| format!("---\n{}\n", visible_json(&document.to_string())))
        .collect()
}

//! Objects laid over those of a cluster, as if they had been applied to it.

use calico_core::text::printable;
use serde_yaml::{Mapping, Value};

use super::Files;
use crate::gather::file_object::FileObject;
use crate::gather::input_text::InputText;
use crate::gather::snapshot_text;
use crate::snapshot::resources::RESOURCES;
use crate::snapshot::{Basis, Snapshot};

impl Files {
    /// What was read from a cluster, as the files of a snapshot.
    pub fn of_snapshot(snapshot: &Snapshot) -> Result<Self, String> {
        let documents = snapshot_text::documents(snapshot).map_err(|error| error.to_string())?;
        Self::of_documents(&documents, snapshot.basis.clone())
    }

    /// The documents of a snapshot on that basis.
    pub fn of_documents(documents: &[serde_json::Value], basis: Basis) -> Result<Self, String> {
        let mut files = Self::default();
        files
            .add(&InputText::new(
                "the cluster",
                &snapshot_text::text(documents),
            ))
            .map_err(|error| error.to_string())?;
        files.basis = Some(basis);
        Ok(files)
    }

    /// Applies the objects of other files, and returns what is assumed about it. An object that exists
    /// keeps its status, its metadata except labels and annotations, and the fields that the new one
    /// does not set, as with `kubectl apply` and `helm upgrade`: these remove a field only if it was in
    /// the manifest that was applied before, which is not known here.
    pub fn lay(&mut self, other: Self) -> Vec<String> {
        let mut assumed = Vec::new();
        self.skipped.extend(other.skipped);
        for (mut key, object) in other.objects {
            let same = self.objects.keys().find(|there| {
                (&there.1, &there.2, &there.3) == (&key.1, &key.2, &key.3)
                    && is_same_kind(&there.0, &key.0, &key.1)
            });
            if let Some(same) = same.cloned() {
                if let Some(there) = self.objects.get_mut(&same) {
                    assumed.extend(kept(there, &object));
                    apply(&mut there.value, object.value);
                    there.meta.labels.extend(object.meta.labels);
                }
                continue;
            }
            // A new object is in the group in which the cluster has the kind.
            let group = self
                .objects
                .keys()
                .find(|there| there.1 == key.1 && is_same_kind(&there.0, &key.0, &key.1));
            if let Some(group) = group {
                key.0.clone_from(&group.0);
            }
            self.found += 1;
            self.objects.insert(key, object);
        }
        if let Some(objects) = self
            .header
            .as_mut()
            .and_then(|header| header.objects.as_mut())
        {
            *objects = self.found;
        }
        assumed
    }
}

/// Whether two API versions serve the same kind, as Calico's two groups do.
fn is_same_kind(one: &str, other: &str, kind: &str) -> bool {
    let serves = |row: &crate::snapshot::resource::Resource, version: &str| {
        row.kind == kind && row.apis.iter().any(|api| api.api_version() == version)
    };
    one == other
        || RESOURCES
            .iter()
            .any(|row| serves(row, one) && serves(row, other))
}

/// Merges a manifest into an object: maps by key, everything else as a whole. Null removes a field.
fn apply(there: &mut Value, manifest: Value) {
    const SERVER: [&str; 4] = ["status", "apiVersion", "kind", "metadata"];
    let (Value::Mapping(there), Value::Mapping(manifest)) = (there, manifest) else {
        return;
    };
    for (key, value) in manifest {
        let name = key.as_str().unwrap_or_default();
        match name {
            "metadata" => {
                for part in ["labels", "annotations"] {
                    if let Some(new) = value.get(part).cloned()
                        && let Some(Value::Mapping(metadata)) = there.get_mut("metadata")
                    {
                        merge(metadata, part.into(), new);
                    }
                }
            }
            name if SERVER.contains(&name) => {}
            _ => merge(there, key, value),
        }
    }
}

fn merge(there: &mut Mapping, key: Value, value: Value) {
    match (there.get_mut(&key), value) {
        (Some(Value::Mapping(there)), Value::Mapping(new)) => {
            for (key, value) in new {
                merge(there, key, value);
            }
        }
        (_, Value::Null) => {
            there.remove(&key);
        }
        (_, value) => {
            there.insert(key, value);
        }
    }
}

/// That an Installation keeps its pools although the manifest has none.
fn kept(there: &FileObject, manifest: &FileObject) -> Option<String> {
    let pools = |object: &FileObject| {
        let network = object.value.get("spec")?.get("calicoNetwork")?;
        network.get("ipPools").cloned()
    };
    let is_kept =
        there.kind == "Installation" && pools(there).is_some() && pools(manifest).is_none();
    is_kept.then(|| {
        format!(
            "{} keeps spec.calicoNetwork.ipPools, which the manifest omits; but if the manifest \
             that was applied before lists pools, the operator deletes those that it owns",
            printable(there.reference())
        )
    })
}

//! Objects laid over those of a cluster, as if they had been applied to it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use calico_core::text::printable;
use serde_yaml::{Mapping, Value};

use super::apply::{apply, last_applied, remove_null};
use super::changed_fields::changed_fields;
use super::pool_rejection::{immutable_change, invalid, overlap};
use super::{Files, FilesError};
use crate::gather::file_object::{FileObject, ObjectKey};
use crate::gather::input;
use crate::gather::input_text::InputText;
use crate::gather::snapshot_text;
use crate::snapshot::resource::Api;
use crate::snapshot::resources::RESOURCES;
use crate::snapshot::{Basis, FileOverlay, Snapshot};

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

    /// Reads the manifests that are laid over a cluster.
    pub fn read_manifests(paths: &[PathBuf], starting: impl Fn(&str)) -> Result<Self, FilesError> {
        let files = Self {
            applied: true,
            ..Self::default()
        };
        let mut files = files.with_paths(paths, starting)?;
        if files.header.is_some() {
            let names: Vec<String> = paths.iter().map(|path| input::name(path)).collect();
            return Err(FilesError::LaidSnapshot(names.join(", ")));
        }
        if files.skipped.is_empty() {
            Ok(files)
        } else {
            Err(FilesError::Partial(files.skipped.swap_remove(0)))
        }
    }

    /// Applies the objects of other files, as `kubectl apply` does. A change of an immutable field is rejected,
    /// and its object stays as it is.
    pub fn lay(&mut self, other: Self) -> FileOverlay {
        let mut overlay = FileOverlay::default();
        for (mut key, mut object) in other.objects {
            let groups = groups(&key.0, &key.1);
            if let Some(there) = self.there(&groups, &key) {
                if object.meta.namespace.is_none()
                    && let Some(namespace) = there.meta.namespace.clone()
                {
                    overlay.assumed.push(format!(
                        "{} is the one in namespace {namespace}: its manifest has no namespace",
                        printable(object.reference())
                    ));
                    object.meta.namespace = Some(namespace);
                }
                apply_object(there, object, &mut overlay);
                continue;
            }
            // A new object is in the group in which the cluster has the kind.
            let of_kind = |group: &&String| {
                let first = ((*group).clone(), key.1.clone(), None, String::new());
                let mut from = self.objects.range(first..);
                from.next()
                    .is_some_and(|(there, _)| (&there.0, &there.1) == (*group, &key.1))
            };
            if let Some(group) = groups.iter().find(of_kind) {
                key.0.clone_from(group);
            }
            remove_null(&mut object.value);
            let rejected = invalid(&object, &object.api_version)
                .or_else(|| overlap(&object, self.objects.iter()));
            if let Some(rejected) = rejected {
                overlay.invalid.push(rejected);
                let place = object.place.take();
                self.rejected
                    .extend(place.map(|place| (object.reference(), place)));
                continue;
            }
            if object.is_selected() {
                overlay.new.insert(object.reference());
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
        overlay
    }

    /// The object that a manifest is applied to: the one of the same name in any of the API groups of its kind;
    /// without a namespace, the only one of that name. What is not kept of an object cannot be changed.
    fn there(&mut self, groups: &[String], manifest: &ObjectKey) -> Option<&mut FileObject> {
        let (_, kind, namespace, name) = manifest;
        let same =
            |there: &ObjectKey| groups.contains(&there.0) && (&there.1, &there.3) == (kind, name);
        let named: Vec<ObjectKey> = groups
            .iter()
            .flat_map(|group| {
                let first = (group.clone(), kind.clone(), None, String::new());
                let of_kind = self.objects.range(first..);
                of_kind.take_while(|(there, _)| (&there.0, &there.1) == (group, kind))
            })
            .filter(|(there, object)| same(there) && !object.value.is_null())
            .map(|(there, _)| there.clone())
            .collect();
        let mut exact = named.iter().filter(|there| there.2 == *namespace);
        let there = match (exact.next(), named.as_slice()) {
            (Some(there), _) => there,
            (None, [only]) if namespace.is_none() => only,
            _ => return None,
        };
        self.objects.get_mut(there)
    }
}

/// The API versions that serve a kind alike, as Calico's two groups do: first the given one.
fn groups(api_version: &str, kind: &str) -> Vec<String> {
    let mut groups = vec![api_version.to_owned()];
    for row in RESOURCES.iter().filter(|row| row.kind == kind) {
        let served: Vec<String> = row.apis.iter().map(Api::api_version).collect();
        if served.iter().any(|version| version == api_version) {
            groups.extend(served);
        }
    }
    let mut known = BTreeSet::new();
    groups.retain(|group| known.insert(group.clone()));
    groups
}

/// Applies a manifest to an object.
fn apply_object(there: &mut FileObject, manifest: FileObject, overlay: &mut FileOverlay) {
    let reference = there.reference();
    if manifest.outline.is_some() {
        // A field that does not exist changes nothing, and is named all the same.
        there.outline = manifest.outline;
        there.is_applied = true;
        there.place.clone_from(&manifest.place);
    }
    let before = there.value.clone();
    let applied = last_applied(&before);
    apply(
        &there.kind,
        &mut there.value,
        &manifest.value,
        applied.as_ref(),
    );
    // Assumed even if nothing else changes.
    if applied.is_none() && there.kind == "Installation" {
        let keeps = has_pools(&before) && has_pools(&there.value) && !has_pools(&manifest.value);
        overlay
            .assumed
            .extend(keeps.then(|| kept_pools(&reference)));
    }
    remove_labels(there, &before);
    let meta = there.meta.labels.clone();
    there.meta.labels.extend(manifest.meta.labels);
    if there.value == before && there.meta.labels == meta {
        return;
    }
    there.place = manifest.place.or(there.place.take());
    let changed = immutable_change(there, &before);
    let is_rejected = changed.is_some();
    overlay.rejected.extend(changed);
    let invalid = invalid(there, &manifest.api_version).filter(|_| !is_rejected);
    if is_rejected || invalid.is_some() {
        overlay.invalid.extend(invalid);
        there.value = before;
        there.meta.labels = meta;
        return;
    }
    let fields = changed_fields(&before, &there.value);
    overlay.fields.insert(reference.clone(), fields);
    // It would get the next generation, which no status has observed.
    if there.value.get("spec") != before.get("spec")
        && let Some(Value::Mapping(metadata)) = there.value.get_mut("metadata")
    {
        metadata.remove("generation");
    }
    overlay.changed.insert(reference);
}

/// What is assumed of an Installation of which nobody knows what was applied before.
fn kept_pools(reference: &str) -> String {
    format!(
        "{} keeps spec.calicoNetwork.ipPools, which its manifest omits. If the manifest that was applied before lists \
         pools, applying this one removes the list, and the operator deletes the pools that it owns: list the \
         pools in the manifest to be safe",
        printable(reference)
    )
}

/// Forgets the labels that the object no longer has.
fn remove_labels(there: &mut FileObject, before: &Value) {
    let labels = |value: &Value| value.get("metadata")?.get("labels")?.as_mapping().cloned();
    let (old, new) = (labels(before), labels(&there.value));
    let removed = old.iter().flat_map(Mapping::keys);
    let removed = removed.filter(|label| !new.as_ref().is_some_and(|new| new.contains_key(*label)));
    for label in removed.filter_map(Value::as_str) {
        there.meta.labels.remove(label);
    }
}

/// Whether an Installation lists pools.
fn has_pools(installation: &Value) -> bool {
    let network = installation
        .get("spec")
        .and_then(|spec| spec.get("calicoNetwork"));
    network
        .and_then(|network| network.get("ipPools"))
        .is_some_and(|pools| !pools.is_null())
}

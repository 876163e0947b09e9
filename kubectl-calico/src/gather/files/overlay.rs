//! Objects laid over those of a cluster, as if they had been applied to it.

use std::path::PathBuf;

use calico_core::cidr::Cidr;
use calico_core::defaults::default_block_size;
use calico_core::text::printable;
use serde_yaml::{Mapping, Value};

use super::changed_fields::changed_fields;
use super::{Files, FilesError};
use crate::gather::file_object::FileObject;
use crate::gather::input;
use crate::gather::input_text::InputText;
use crate::gather::snapshot_text;
use crate::snapshot::resource::Api;
use crate::snapshot::resources::RESOURCES;
use crate::snapshot::{Basis, FileOverlay, IpPoolSpec, ObjectRef, RejectedChange, Snapshot};

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
        let mut files = Self::read(paths, None, starting)?;
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

    /// Applies the objects of other files. An object that exists keeps its status, its metadata except
    /// labels and annotations, and the fields that the new one does not set, as with `kubectl apply` and
    /// `helm upgrade`: these remove a field only if it was in the manifest that was applied before, which
    /// is not known here. A change of an immutable field is rejected, and its object stays as it is.
    pub fn lay(&mut self, other: Self) -> FileOverlay {
        let mut overlay = FileOverlay::default();
        for (mut key, object) in other.objects {
            let groups = groups(&key.0, &key.1);
            let place = |group: &String| {
                let mut place = key.clone();
                place.0.clone_from(group);
                place
            };
            let same = groups
                .iter()
                .map(place)
                .find(|it| self.objects.contains_key(it));
            if let Some(there) = same.and_then(|same| self.objects.get_mut(&same)) {
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
            if object.value != Value::Null {
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
    groups
}

/// Applies a manifest to an object.
fn apply_object(there: &mut FileObject, manifest: FileObject, overlay: &mut FileOverlay) {
    let reference = there.reference();
    let had_pools = has_pools(there);
    let lists_pools = has_pools(&manifest);
    let before = there.value.clone();
    apply(&mut there.value, manifest.value);
    // Assumed even if nothing else changes.
    if had_pools && !lists_pools && has_pools(there) {
        overlay.assumed.push(format!(
            "{} keeps spec.calicoNetwork.ipPools, which the manifest omits; but if the manifest \
             that was applied before lists pools, the operator deletes those that it owns",
            printable(&reference)
        ));
    }
    if there.value == before {
        return;
    }
    if let Some(rejected) = rejected(there, &before) {
        there.value = before;
        there.place = manifest.place.or(there.place.take());
        overlay.rejected.push(rejected);
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
    there.meta.labels.extend(manifest.meta.labels);
    there.place = manifest.place.or(there.place.take());
    overlay.changed.insert(reference);
}

/// The change of an immutable field of an IPPool.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go and
/// api/config/crd/projectcalico.org_ippools.yaml.
fn rejected(object: &FileObject, before: &Value) -> Option<RejectedChange> {
    if object.kind != "IPPool" {
        return None;
    }
    let pool = |value: &Value| {
        let spec = value.get("spec").cloned().unwrap_or_default();
        serde_yaml::from_value::<IpPoolSpec>(spec).ok()
    };
    let (existing, requested) = (pool(before)?, pool(&object.value)?);
    let cidr = |pool: &IpPoolSpec| pool.cidr.parse::<Cidr>().ok();
    let change = |field, existing: String, requested: String| RejectedChange {
        object: ObjectRef::named("IPPool", object.meta.name.as_str()),
        field,
        existing,
        requested,
    };
    if existing.cidr != requested.cidr
        && (cidr(&existing).is_none() || cidr(&existing) != cidr(&requested))
    {
        return Some(change("spec.cidr", existing.cidr, requested.cidr));
    }
    let size = |pool: &IpPoolSpec| {
        let given = pool.block_size.filter(|size| *size != 0);
        given.or_else(|| Some(default_block_size(cidr(pool)?.family()).into()))
    };
    let (old, new) = (size(&existing)?, size(&requested)?);
    (old != new).then(|| change("spec.blockSize", old.to_string(), new.to_string()))
}

/// Whether an Installation lists pools.
fn has_pools(object: &FileObject) -> bool {
    let network = object
        .value
        .get("spec")
        .and_then(|spec| spec.get("calicoNetwork"));
    let pools = network.and_then(|network| network.get("ipPools"));
    object.kind == "Installation" && pools.is_some()
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

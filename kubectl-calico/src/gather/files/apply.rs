//! What an object is after `kubectl apply` of a manifest.
//! Source: kubernetes v1.34, staging/src/k8s.io/kubectl/pkg/cmd/apply/patcher.go and
//! staging/src/k8s.io/apimachinery/pkg/util/{jsonmergepatch,strategicpatch}.

use serde_yaml::{Mapping, Value};

use crate::snapshot::{LAST_APPLIED, STORED_METADATA};

/// The manifest that `kubectl apply` applied last, if it was that: what it recorded on the object, or in the
/// metadata that Calico's API server stores.
pub(super) fn last_applied(object: &Value) -> Option<Value> {
    let recorded = |metadata: &Value| {
        let text = metadata.get("annotations")?.get(LAST_APPLIED)?.as_str()?;
        serde_yaml::from_str(text).ok().filter(Value::is_mapping)
    };
    let metadata = object.get("metadata")?;
    recorded(metadata).or_else(|| {
        let stored = metadata
            .get("annotations")?
            .get(STORED_METADATA)?
            .as_str()?;
        recorded(&serde_yaml::from_str(stored).ok()?)
    })
}

/// Applies a manifest of that kind: a field that it sets replaces that of the object, null removes it, and so
/// does leaving it out if the manifest that was applied before has it. Status and the server's metadata stay.
pub(super) fn apply(kind: &str, object: &mut Value, manifest: &Value, before: Option<&Value>) {
    let merge = Merge {
        by_name: ["DaemonSet", "Deployment"].contains(&kind),
    };
    let Value::Mapping(object) = object else {
        return;
    };
    if let Some(Value::Mapping(metadata)) = object.get_mut("metadata") {
        for part in ["labels", "annotations"] {
            let [new, old] = [Some(manifest), before].map(|manifest| entries(manifest, part));
            if !new.is_empty() || metadata.contains_key(part) {
                merge.field(metadata, &part.into(), &new.into(), Some(&old.into()));
            }
        }
    }
    let [new, old] = [Some(manifest), before].map(configured);
    merge.fields(object, &new, &old);
}

/// The labels or annotations of a manifest, without the one that kubectl writes itself.
fn entries(manifest: Option<&Value>, part: &str) -> Mapping {
    let metadata = manifest.and_then(|manifest| manifest.get("metadata"));
    let entries = metadata.and_then(|metadata| metadata.get(part)?.as_mapping());
    let mut entries = entries.cloned().unwrap_or_default();
    entries.remove(LAST_APPLIED);
    entries
}

/// What a manifest configures: everything but its type, its metadata and a status.
fn configured(manifest: Option<&Value>) -> Mapping {
    const OTHERS: [&str; 4] = ["apiVersion", "kind", "metadata", "status"];
    let mut fields = manifest
        .and_then(Value::as_mapping)
        .cloned()
        .unwrap_or_default();
    fields.retain(|field, _| !field.as_str().is_some_and(|field| OTHERS.contains(&field)));
    fields
}

/// Removes what is null.
pub(super) fn remove_null(value: &mut Value) {
    match value {
        Value::Mapping(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(remove_null);
        }
        Value::Sequence(entries) => entries.iter_mut().for_each(remove_null),
        _ => {}
    }
}

/// How the fields of an object are merged.
#[derive(Clone, Copy)]
struct Merge {
    /// Whether the lists of a pod's template are merged by the names of their entries, as the types of
    /// Kubernetes define it. Lists of custom resources are replaced.
    by_name: bool,
}

impl Merge {
    fn field(self, there: &mut Mapping, key: &Value, new: &Value, before: Option<&Value>) {
        let name = key.as_str().unwrap_or_default();
        match (there.get_mut(key), new) {
            (_, Value::Null) => {
                there.remove(key);
            }
            // A strategy keeps only the fields that are set (patchStrategy: retainKeys).
            (Some(Value::Mapping(there)), Value::Mapping(new))
                if !(self.by_name && name == "strategy") =>
            {
                let before = before.and_then(Value::as_mapping);
                self.fields(there, new, before.unwrap_or(&Mapping::new()));
            }
            (Some(Value::Sequence(there)), Value::Sequence(new)) if self.is_by_name(name) => {
                self.entries(there, new, before.and_then(Value::as_sequence));
            }
            _ => {
                let mut new = new.clone();
                remove_null(&mut new);
                there.insert(key.clone(), new);
            }
        }
    }

    fn fields(self, there: &mut Mapping, new: &Mapping, before: &Mapping) {
        there.retain(|key, _| new.contains_key(key) || !before.contains_key(key));
        for (key, value) in new {
            self.field(there, key, value, before.get(key));
        }
    }

    fn is_by_name(self, field: &str) -> bool {
        self.by_name && ["containers", "initContainers", "env"].contains(&field)
    }

    fn entries(self, there: &mut Vec<Value>, new: &[Value], before: Option<&Vec<Value>>) {
        let named = |entries: &[Value], entry: &Value| {
            let mut entries = entries.iter();
            entries
                .find(|it| name(it).is_some() && name(it) == name(entry))
                .cloned()
        };
        let before = before.map(Vec::as_slice).unwrap_or_default();
        there.retain(|entry| named(before, entry).is_none() || named(new, entry).is_some());
        for entry in new {
            let same = there
                .iter_mut()
                .find(|it| name(it).is_some() && name(it) == name(entry));
            match (same, entry) {
                (Some(Value::Mapping(same)), Value::Mapping(fields)) => {
                    let before = named(before, entry);
                    let before = before.as_ref().and_then(Value::as_mapping);
                    self.fields(same, fields, before.unwrap_or(&Mapping::new()));
                    // Kubernetes rejects a variable with both.
                    for (given, other) in [("value", "valueFrom"), ("valueFrom", "value")] {
                        if fields.contains_key(given) {
                            same.remove(other);
                        }
                    }
                }
                _ => there.push(entry.clone()),
            }
        }
    }
}

fn name(entry: &Value) -> Option<&str> {
    entry.get("name")?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(kind: &str, object: &str, manifest: &str, before: Option<&str>) -> Value {
        let value = |text: &str| serde_yaml::from_str::<Value>(text).unwrap();
        let mut object = value(object);
        apply(
            kind,
            &mut object,
            &value(manifest),
            before.map(value).as_ref(),
        );
        object
    }

    #[test]
    fn fields_as_kubectl_apply_merges_them() {
        let spec = |text: &str| format!("{{metadata: {{name: x}}, spec: {text}}}");
        for (there, manifest, before, expected) in [
            ("{a: 1, b: 2}", "{a: 3}", None, "{a: 3, b: 2}"),
            ("{a: 1, b: 2}", "{a: null}", None, "{b: 2}"),
            ("{a: 1, b: 2}", "{b: 2}", Some("{a: 1}"), "{b: 2}"),
            // Somebody has changed it since: it is removed all the same.
            ("{a: 5, b: 2}", "{}", Some("{a: 1}"), "{b: 2}"),
            ("{a: {b: 1, c: 2}}", "{}", Some("{a: {b: 1}}"), "{}"),
            (
                "{a: {b: 1, c: 2}}",
                "{a: {}}",
                Some("{a: {b: 1}}"),
                "{a: {c: 2}}",
            ),
            ("{a: [1, 2]}", "{a: [3]}", None, "{a: [3]}"),
            ("{a: 1}", "{a: {b: null, c: 1}}", None, "{a: {c: 1}}"),
            ("{}", "{a: {b: null}}", None, "{a: {}}"),
        ] {
            let before = before.map(spec);
            assert_eq!(
                applied("IPPool", &spec(there), &spec(manifest), before.as_deref()),
                serde_yaml::from_str::<Value>(&spec(expected)).unwrap(),
                "{there} + {manifest}"
            );
        }
    }

    #[test]
    fn variables_are_merged_by_name_in_workloads_only() {
        let set = |env: &str| {
            format!("{{spec: {{template: {{spec: {{containers: [{{name: a, env: {env}}}]}}}}}}}}")
        };
        let there = "[{name: X, value: '1'}, {name: Y, value: '2'}, {name: Z, valueFrom: {}}]";
        for (kind, before, expected) in [
            (
                "DaemonSet",
                "[]",
                "[{name: X, value: '3'}, {name: Y, value: '2'}, {name: Z, value: '4'}]",
            ),
            (
                "DaemonSet",
                "[{name: Y, value: '0'}]",
                "[{name: X, value: '3'}, {name: Z, value: '4'}]",
            ),
            (
                "Other",
                "[]",
                "[{name: X, value: '3'}, {name: Z, value: '4'}]",
            ),
        ] {
            let new = set("[{name: X, value: '3'}, {name: Z, value: '4'}]");
            let merged = applied(kind, &set(there), &new, Some(&set(before)));
            assert_eq!(
                merged,
                serde_yaml::from_str::<Value>(&set(expected)).unwrap()
            );
        }
    }

    #[test]
    fn labels_and_what_kubectl_recorded() {
        let there = "{metadata: {name: x, uid: u, labels: {a: '1', b: '2'}}, status: {c: 1}}";
        let manifest = "{metadata: {name: x, labels: {a: null, d: '3'}, annotations: \
                        {kubectl.kubernetes.io/last-applied-configuration: '{}'}}, status: {}}";
        let merged = applied("IPPool", there, manifest, None);
        let expected = "{metadata: {name: x, uid: u, labels: {b: '2', d: '3'}}, status: {c: 1}}";
        assert_eq!(merged, serde_yaml::from_str::<Value>(expected).unwrap());
        let manifest = "{\"spec\":{\"a\":1}}";
        for metadata in [
            format!("{{annotations: {{{LAST_APPLIED}: '{manifest}'}}}}"),
            format!(
                "{{annotations: {{{STORED_METADATA}: '{{annotations: {{{LAST_APPLIED}: ''{manifest}''}}}}'}}}}"
            ),
        ] {
            let object = serde_yaml::from_str(&format!("{{metadata: {metadata}}}")).unwrap();
            let expected = serde_yaml::from_str::<Value>(manifest).ok();
            assert_eq!(last_applied(&object), expected, "{metadata}");
        }
    }
}

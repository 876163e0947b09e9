//! An object from a file, and what it implies about objects that the file does not contain.

use calico_core::installation;
use serde::de::DeserializeSeed as _;
use serde_yaml::{Mapping, Value};

use super::label_texts;
use super::unknown_kind::{is_of_calico as is_group_of_calico, unknown_kind};
use super::unrendered::document_rendered_by;
use crate::parse_error::in_words;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::RESOURCES;
use crate::snapshot::select::{Select, Selectable};
use crate::snapshot::{Labels, Meta, Meter, Place, Pruned, PrunedWithNull, outline};

/// An object from a file.
#[derive(Debug)]
pub(super) struct FileObject {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) meta: Meta,
    phase: String,
    /// What it has only in a cluster: `has a uid`.
    pub(super) mark: Option<&'static str>,
    /// What is kept of it; null if no row selects it.
    pub(super) value: Value,
    /// The fields of its `spec`, if it is an Installation.
    pub(super) outline: Option<Value>,
    /// Whether it is applied to a cluster.
    pub(super) is_applied: bool,
    /// Where it is, if it is a manifest.
    pub(super) place: Option<Place>,
    /// Whether Helm applies it neither when it installs nor when it upgrades.
    pub(super) is_other_hook: bool,
}

/// `apiVersion`, `kind`, namespace and name.
pub(super) type ObjectKey = (String, String, Option<String>, String);

/// Why something that is not an object is skipped.
pub(super) const NOT_AN_OBJECT: &str = "not a Kubernetes object: apiVersion or kind is missing";

/// Something that cannot be used as an object.
#[derive(Debug)]
pub(super) struct NotAnObject {
    /// Its kind, if it has one.
    pub(super) kind: Option<String>,
    pub(super) why: String,
}

/// How objects of files are trimmed.
#[derive(Clone, Copy)]
pub(super) struct Trimming<'m> {
    pub(super) meter: &'m Meter,
    /// Whether they are applied to objects of a cluster: null removes a field, and the labels by which an
    /// object is selected may be those that it has in the cluster.
    pub(super) applied: bool,
}

/// The object, or the items of a list, which may be lists again.
pub(super) fn objects(value: Value, trimming: Trimming) -> Vec<Result<FileObject, NotAnObject>> {
    let kind = value.get("kind").and_then(Value::as_str);
    let is_list = kind.is_some_and(|kind| kind.ends_with("List"));
    match value {
        Value::Mapping(mut fields) if is_list => match fields.remove("items") {
            Some(Value::Sequence(items)) => {
                let item_type = item_type(&fields);
                let items = items
                    .into_iter()
                    .map(|item| typed(item, item_type.as_ref()));
                items.flat_map(|item| objects(item, trimming)).collect()
            }
            _ => vec![FileObject::parse(Value::Mapping(fields), trimming)],
        },
        value => vec![FileObject::parse(value, trimming)],
    }
}

/// `apiVersion` and `kind` of the items of a list, which the API server leaves out of them; `None` for a
/// `List` and while the list is not known to be one.
pub(super) fn item_type(list: &Mapping) -> Option<(Value, Value)> {
    let text = |key: &str| list.get(key).and_then(Value::as_str);
    let kind = text("kind")?.strip_suffix("List")?;
    (!kind.is_empty()).then_some((text("apiVersion")?.into(), kind.into()))
}

/// The item, with the type that its list implies.
pub(super) fn typed(mut item: Value, item_type: Option<&(Value, Value)>) -> Value {
    if let (Value::Mapping(fields), Some((api_version, kind))) = (&mut item, item_type)
        && !fields.contains_key("apiVersion")
        && !fields.contains_key("kind")
    {
        fields.insert("apiVersion".into(), api_version.clone());
        fields.insert("kind".into(), kind.clone());
    }
    item
}

impl FileObject {
    /// Parses what is needed to select an object, and keeps the fields of its row.
    pub(super) fn parse(mut value: Value, trimming: Trimming) -> Result<Self, NotAnObject> {
        // The API server would reject a manifest.
        if !trimming.applied && mark(&value).is_some() {
            label_texts::quote(&mut value);
        }
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let (Some(api_version), Some(kind)) = (text("apiVersion"), text("kind")) else {
            let tool = value.as_mapping().and_then(document_rendered_by);
            let hint = tool.map(|tool| format!("; give the output of {tool}"));
            return Err(NotAnObject {
                kind: text("kind"),
                why: format!("{NOT_AN_OBJECT}{}", hint.unwrap_or_default()),
            });
        };
        if kind.contains('/') {
            return Err(NotAnObject {
                kind: Some(api_version),
                why: "its kind is an apiVersion: the two are swapped".to_owned(),
            });
        }
        if let Some(unknown) = unknown_kind(&api_version, &kind) {
            return Err(NotAnObject {
                kind: Some(unknown.kind.to_owned()),
                why: unknown.why,
            });
        }
        let phase = value.get("status").and_then(|status| status.get("phase"));
        let phase = phase.and_then(Value::as_str).unwrap_or_default().to_owned();
        let failed = |why: String| NotAnObject {
            kind: Some(kind.clone()),
            why,
        };
        let mut meta: Meta = serde_yaml::from_value(without_null(&value))
            .map_err(|why| failed(format!("metadata: {}", in_words(why))))?;
        let hook = meta.annotation(HOOK);
        let is_other_hook = hook.is_some_and(is_other_hook);
        meta.annotations = Labels::default();
        let mut object = Self {
            api_version,
            kind: kind.clone(),
            meta,
            phase,
            mark: mark(&value),
            value: Value::Null,
            outline: None,
            is_applied: trimming.applied,
            place: None,
            is_other_hook,
        };
        if object.is_of_known_kind() {
            if value.get("sops").is_some_and(Value::is_mapping) {
                return Err(failed(
                    "it is encrypted with SOPS: decrypt it first".to_owned(),
                ));
            }
            if object.kind == installation::KIND && object.api_version == installation::API_VERSION
            {
                object.outline = value.get("spec").map(outline);
            }
            object.normalize().map_err(|why| failed(why.to_owned()))?;
        }
        let row = object.row().or_else(|| {
            let mut rows = object.rows().filter(|row| row.select.is_by_labels());
            rows.next().filter(|_| trimming.applied)
        });
        if let Some(row) = row {
            let pruned = Pruned {
                fields: row.fields,
                meter: trimming.meter,
            };
            let kept = if trimming.applied {
                PrunedWithNull(pruned).deserialize(value)
            } else {
                pruned.deserialize(value)
            };
            object.value = kept.map_err(|why| failed(in_words(why)))?;
        }
        Ok(object)
    }

    /// Writes the kind and the namespace as the rows have them: an API server ignores the namespace of a
    /// cluster-scoped object.
    /// Source: kubernetes v1.34, staging/src/k8s.io/apiserver/pkg/registry/rest/meta.go
    /// (`EnsureObjectNamespaceMatchesRequestNamespace`).
    fn normalize(&mut self) -> Result<(), &'static str> {
        if self.meta.name.is_empty() {
            return Err("metadata.name is missing, without which kubectl apply rejects it");
        }
        let Some(row) = self.rows().next() else {
            return Ok(());
        };
        self.kind = row.kind.to_owned();
        let namespace = self.meta.namespace.take();
        self.meta.namespace = namespace.filter(|name| row.is_namespaced() && !name.is_empty());
        Ok(())
    }

    /// What identifies it in files.
    pub(super) fn key(&self) -> ObjectKey {
        (
            self.api_version.clone(),
            self.kind.clone(),
            self.meta.namespace.clone(),
            self.meta.name.clone(),
        )
    }

    /// The namespace of the only object of its name that is read, if its manifest leaves that open.
    pub(super) fn only_namespace(&self) -> Option<&'static str> {
        if self.meta.namespace.is_some() {
            return None;
        }
        let mut named = self.rows().filter_map(|row| match row.select {
            Select::Named(namespace, name) if name == self.meta.name => Some(namespace),
            _ => None,
        });
        named.next().filter(|namespace| !namespace.is_empty())
    }

    /// Its name in messages.
    pub(super) fn reference(&self) -> String {
        let name = Some(&self.meta.name).filter(|name| !name.is_empty());
        let parts = [&self.kind]
            .into_iter()
            .chain(&self.meta.namespace)
            .chain(name);
        parts.map(String::as_str).collect::<Vec<_>>().join("/")
    }

    /// Whether it is part of Calico: one of its workloads or a resource of its own.
    pub(super) fn is_of_calico(&self) -> bool {
        let is_ours = |name: &str| OURS.iter().any(|prefix| name.starts_with(prefix));
        match self.kind.as_str() {
            "DaemonSet" | "Deployment" | "ConfigMap" => is_ours(&self.meta.name),
            "Pod" => self.meta.label("k8s-app").is_some_and(is_ours),
            _ => {
                let group = self.api_version.split('/').next().unwrap_or_default();
                is_group_of_calico(group)
            }
        }
    }

    /// The first row that selects the object. Other rows that select it keep the same fields.
    fn row(&self) -> Option<&'static Resource> {
        self.rows().find(|row| self.is_selected_by(row))
    }

    /// Whether a row selects the object.
    pub(super) fn is_selected(&self) -> bool {
        self.row().is_some()
    }

    /// Whether a row reads objects of its kind.
    pub(super) fn is_of_known_kind(&self) -> bool {
        self.rows().next().is_some()
    }

    fn rows(&self) -> impl Iterator<Item = &'static Resource> {
        RESOURCES.iter().copied().filter(|row| {
            let mut apis = row.apis.iter();
            let is_called = |api| row.kind == self.kind || row.kind_in(api) == self.kind;
            apis.any(|api| api.api_version() == self.api_version && is_called(api))
        })
    }

    /// Whether a row selects this object, which is of its kind.
    pub(super) fn is_selected_by(&self, resource: &Resource) -> bool {
        resource.select.selects(&Selectable {
            name: &self.meta.name,
            namespace: self.meta.namespace.as_deref().unwrap_or_default(),
            labels: &self.meta.labels,
            phase: &self.phase,
        })
    }

    /// Whether files that contain this object, of a row's kind, can be assumed to contain all objects
    /// of the row. Files with the objects of one namespace, or of one of Calico's manifests, cannot.
    pub(super) fn implies_all_of(&self, resource: &Resource) -> bool {
        let namespace = self.meta.namespace.as_deref();
        match resource.select {
            Select::LabelledIn(selected, ..) | Select::PhaseIn(selected, _) => {
                namespace == Some(selected)
            }
            Select::All
            | Select::OfFailingPods(_)
            | Select::OnRequest
            | Select::Metadata(_)
            | Select::Called(_)
            | Select::Labelled(..)
            | Select::Named(..) => namespace.is_none_or(|namespace| !is_of_calico(namespace)),
        }
    }
}

/// When Helm applies an object that is not a part of the release.
const HOOK: &str = "helm.sh/hook";

/// Whether a hook is only for deletions, rollbacks and tests.
fn is_other_hook(hook: &str) -> bool {
    hook.split(',').all(|hook| {
        let hook = hook.trim();
        hook.starts_with("test") || hook.ends_with("-delete") || hook.ends_with("-rollback")
    })
}

/// How the names of Calico's workloads and ConfigMaps begin.
const OURS: [&str; 4] = ["calico-", "canal", "rke2-canal", "tigera-operator"];

/// What an object has only in a cluster: fields that a server or a controller sets, and objects that only
/// Calico writes. The status of a custom resource may be in its manifest, and so may a creationTimestamp
/// that is null.
fn mark(value: &Value) -> Option<&'static str> {
    const KINDS: [&str; 3] = ["ClusterInformation", "IPAMBlock", "TigeraStatus"];
    const FIELDS: [(&str, &str); 3] = [
        ("uid", "has a uid"),
        ("resourceVersion", "has a resourceVersion"),
        ("creationTimestamp", "has a creationTimestamp"),
    ];
    let is_set = |value: &Value| match value {
        Value::Mapping(fields) => !fields.is_empty(),
        Value::Null => false,
        _ => true,
    };
    let metadata = value.get("metadata");
    let set = FIELDS.iter().find(|(field, _)| {
        metadata
            .and_then(|fields| fields.get(*field))
            .is_some_and(is_set)
    });
    let kind = value
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match set {
        Some((_, mark)) => Some(mark),
        None if value.get("status").is_some_and(is_set) => Some("has a status"),
        None => KINDS
            .contains(&kind)
            .then_some("is written only by Calico itself"),
    }
}

/// `metadata`, without labels and annotations that are null.
fn without_null(value: &Value) -> Value {
    let mut metadata = value.get("metadata").cloned().unwrap_or_default();
    for part in ["labels", "annotations"] {
        if let Some(Value::Mapping(entries)) = metadata.get_mut(part) {
            entries.retain(|_, value| !value.is_null());
        }
    }
    metadata
}

/// Whether Calico's manifests or its operator create objects in a namespace.
fn is_of_calico(namespace: &str) -> bool {
    namespace.starts_with("calico-") || ["kube-system", "tigera-operator"].contains(&namespace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::resources::{CALICO_CONFIG, DEPLOYMENTS, OPERATORS, PENDING_PODS};

    fn in_namespace(namespace: &str) -> FileObject {
        FileObject {
            api_version: String::new(),
            kind: String::new(),
            meta: Meta {
                namespace: Some(namespace.to_owned()),
                ..Meta::default()
            },
            phase: String::new(),
            mark: None,
            value: Value::Null,
            outline: None,
            is_applied: false,
            place: None,
            is_other_hook: false,
        }
    }

    #[test]
    fn an_object_outside_calicos_namespaces_implies_that_calicos_were_listed() {
        for row in [&OPERATORS, &DEPLOYMENTS, &CALICO_CONFIG] {
            assert!(in_namespace("default").implies_all_of(row), "{}", row.why);
            for own in ["kube-system", "calico-system", "tigera-operator"] {
                assert!(!in_namespace(own).implies_all_of(row), "{}: {own}", row.why);
            }
        }
        assert!(in_namespace("kube-system").implies_all_of(&PENDING_PODS));
        assert!(!in_namespace("default").implies_all_of(&PENDING_PODS));
    }
}

//! An object from a file, and what it implies about objects that the file does not contain.

use serde::de::DeserializeSeed as _;
use serde_yaml::Value;

use crate::parse_error::in_words;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::RESOURCES;
use crate::snapshot::select::{Select, Selectable};
use crate::snapshot::{Meta, Meter, Place, Pruned};

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
    /// Where it is, if it is a manifest.
    pub(super) place: Option<Place>,
}

/// Why something that is not an object is skipped.
pub(super) const NOT_AN_OBJECT: &str = "not a Kubernetes object: apiVersion or kind is missing";

/// Something that cannot be used as an object.
#[derive(Debug)]
pub(super) struct NotAnObject {
    /// Its kind, if it has one.
    pub(super) kind: Option<String>,
    pub(super) why: String,
}

/// The object, or the items of a list, which may be lists again.
pub(super) fn objects(value: Value, meter: &Meter) -> Vec<Result<FileObject, NotAnObject>> {
    let kind = value.get("kind").and_then(Value::as_str);
    let is_list = kind.is_some_and(|kind| kind.ends_with("List"));
    match value {
        Value::Mapping(mut fields) if is_list => match fields.remove("items") {
            Some(Value::Sequence(items)) => items
                .into_iter()
                .flat_map(|item| objects(item, meter))
                .collect(),
            _ => vec![FileObject::parse(Value::Mapping(fields), meter)],
        },
        value => vec![FileObject::parse(value, meter)],
    }
}

impl FileObject {
    /// Parses what is needed to select an object, and keeps the fields of its row.
    pub(super) fn parse(value: Value, meter: &Meter) -> Result<Self, NotAnObject> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let (Some(api_version), Some(kind)) = (text("apiVersion"), text("kind")) else {
            return Err(NotAnObject {
                kind: text("kind"),
                why: NOT_AN_OBJECT.to_owned(),
            });
        };
        let phase = value.get("status").and_then(|status| status.get("phase"));
        let phase = phase.and_then(Value::as_str).unwrap_or_default().to_owned();
        let meta = value.get("metadata").cloned().unwrap_or_default();
        let failed = |why: String| NotAnObject {
            kind: Some(kind.clone()),
            why,
        };
        let mut meta: Meta = serde_yaml::from_value(meta)
            .map_err(|why| failed(format!("metadata: {}", in_words(why))))?;
        meta.annotations.clear();
        let mark = mark(&value);
        let mut object = Self {
            api_version,
            kind: kind.clone(),
            meta,
            phase,
            mark,
            value: Value::Null,
            place: None,
        };
        if let Some(row) = object.row() {
            let pruned = Pruned {
                fields: row.fields,
                meter,
            };
            object.value = pruned
                .deserialize(value)
                .map_err(|why| failed(in_words(why)))?;
        }
        Ok(object)
    }

    /// Its name in messages.
    pub(super) fn reference(&self) -> String {
        let namespace = self.meta.namespace.iter();
        let parts = [&self.kind]
            .into_iter()
            .chain(namespace)
            .chain([&self.meta.name]);
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
                group.ends_with("projectcalico.org") || group == "operator.tigera.io"
            }
        }
    }

    /// The first row that selects the object. Other rows that select it keep the same fields.
    fn row(&self) -> Option<&'static Resource> {
        self.rows().find(|row| self.is_selected_by(row))
    }

    /// Whether a row reads objects of its kind.
    pub(super) fn is_of_known_kind(&self) -> bool {
        self.rows().next().is_some()
    }

    fn rows(&self) -> impl Iterator<Item = &'static Resource> {
        RESOURCES.iter().copied().filter(|row| {
            let mut apis = row.apis.iter();
            row.kind == self.kind && apis.any(|api| api.api_version() == self.api_version)
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
            | Select::Labelled(..)
            | Select::Named(..) => namespace.is_none_or(|namespace| !is_of_calico(namespace)),
        }
    }
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
            place: None,
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

//! An object from a file, and what it implies about objects that the file does not contain.

mod items;
mod marks;
mod selection;

use calico_core::installation;
use serde::de::DeserializeSeed as _;
use serde_yaml::Value;

use super::label_texts;
use super::unknown_kind::unknown_kind;
use super::unrendered::document_rendered_by;
use crate::parse_error::in_words;
use crate::snapshot::resource::Resource;
use crate::snapshot::{Labels, Meta, Meter, Place, Pruned, PrunedWithNull, outline};
pub(super) use items::{item_type, objects, typed};
use marks::{HOOK, is_other_hook, mark};

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

impl FileObject {
    /// Parses what is needed to select an object, and keeps the fields of its row.
    pub(super) fn parse(mut value: Value, trimming: Trimming) -> Result<Self, NotAnObject> {
        // The API server would reject a manifest.
        if !trimming.applied && mark(&value).is_some() {
            label_texts::quote(&mut value);
        }
        let (api_version, kind) = type_of(&value)?;
        let failed = |why: String| NotAnObject {
            kind: Some(kind.clone()),
            why,
        };
        let object = Self::of_type(api_version, kind.clone(), &value, trimming);
        let mut object = object.map_err(failed)?;
        if object.is_of_known_kind() {
            object.complete(&value).map_err(failed)?;
        }
        if let Some(row) = object.trimming_row() {
            object.value = kept(value, row, trimming).map_err(failed)?;
        }
        Ok(object)
    }

    /// An object without its fields.
    fn of_type(
        api_version: String,
        kind: String,
        value: &Value,
        trimming: Trimming,
    ) -> Result<Self, String> {
        let mut meta: Meta = serde_yaml::from_value(without_null(value))
            .map_err(|why| format!("metadata: {}", in_words(why)))?;
        let is_other_hook = meta.annotation(HOOK).is_some_and(is_other_hook);
        meta.annotations = Labels::default();
        let phase = value.get("status").and_then(|status| status.get("phase"));
        Ok(Self {
            api_version,
            kind,
            meta,
            phase: phase.and_then(Value::as_str).unwrap_or_default().to_owned(),
            mark: mark(value),
            value: Value::Null,
            outline: None,
            is_applied: trimming.applied,
            place: None,
            is_other_hook,
        })
    }

    /// Adds what only an object of a known kind has, or says why it cannot be used.
    fn complete(&mut self, value: &Value) -> Result<(), String> {
        if value.get("sops").is_some_and(Value::is_mapping) {
            return Err("it is encrypted with SOPS: decrypt it first".to_owned());
        }
        if self.kind == installation::KIND && self.api_version == installation::API_VERSION {
            self.outline = value.get("spec").map(outline);
        }
        self.normalize().map_err(str::to_owned)
    }

    /// The row whose fields are kept. An object that is applied may be selected by labels that it has in the cluster.
    fn trimming_row(&self) -> Option<&'static Resource> {
        self.row().or_else(|| {
            let mut rows = self.rows().filter(|row| row.select.is_by_labels());
            rows.next().filter(|_| self.is_applied)
        })
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

    /// Its name in messages.
    pub(super) fn reference(&self) -> String {
        let name = Some(&self.meta.name).filter(|name| !name.is_empty());
        let parts = [&self.kind]
            .into_iter()
            .chain(&self.meta.namespace)
            .chain(name);
        parts.map(String::as_str).collect::<Vec<_>>().join("/")
    }
}

/// `apiVersion` and `kind` of an object.
fn type_of(value: &Value) -> Result<(String, String), NotAnObject> {
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
    match unknown_kind(&api_version, &kind) {
        Some(unknown) => Err(NotAnObject {
            kind: Some(unknown.kind.to_owned()),
            why: unknown.why,
        }),
        None => Ok((api_version, kind)),
    }
}

/// The fields of a row.
fn kept(value: Value, row: &Resource, trimming: Trimming) -> Result<Value, String> {
    let pruned = Pruned {
        fields: row.fields,
        meter: trimming.meter,
    };
    let kept = if trimming.applied {
        PrunedWithNull(pruned).deserialize(value)
    } else {
        pruned.deserialize(value)
    };
    kept.map_err(in_words)
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

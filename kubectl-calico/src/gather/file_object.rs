//! An object from a file, and what it implies about objects that the file does not hold.

use serde_yaml::Value;

use crate::snapshot::Meta;
use crate::snapshot::resource::Resource;
use crate::snapshot::select::{Select, Selectable};

/// An object from a file.
#[derive(Debug)]
pub(super) struct FileObject {
    pub(super) meta: Meta,
    phase: String,
    pub(super) value: Value,
}

impl FileObject {
    /// Parses what selecting an object takes.
    pub(super) fn parse(value: Value) -> Result<Self, String> {
        let meta = value.get("metadata").cloned().unwrap_or_default();
        let meta = serde_yaml::from_value(meta).map_err(|why| format!("metadata: {why}"))?;
        let phase = value.get("status").and_then(|status| status.get("phase"));
        Ok(Self {
            meta,
            phase: phase.and_then(Value::as_str).unwrap_or_default().to_owned(),
            value,
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

    /// Whether files that hold this object, of a row's kind, hold all objects of the row. Those of one
    /// namespace, or of one of Calico's manifests, do not.
    pub(super) fn implies_all_of(&self, resource: &Resource) -> bool {
        let namespace = self.meta.namespace.as_deref();
        match resource.select {
            Select::LabelledIn(selected, ..) | Select::PhaseIn(selected, _) => {
                namespace == Some(selected)
            }
            Select::All | Select::Labelled(..) | Select::Named(..) => {
                namespace.is_none_or(|namespace| !is_of_calico(namespace))
            }
        }
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
            meta: Meta {
                namespace: Some(namespace.to_owned()),
                ..Meta::default()
            },
            phase: String::new(),
            value: Value::Null,
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

//! Which rows of the table of resources select an object from a file.

use super::FileObject;
use crate::gather::unknown_kind::is_of_calico as is_group_of_calico;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::RESOURCES;
use crate::snapshot::select::{Select, Selectable};

/// How the names of Calico's workloads and ConfigMaps begin.
const OURS: [&str; 4] = ["calico-", "canal", "rke2-canal", "tigera-operator"];

impl FileObject {
    /// The namespace of the only object of its name that is read, if its manifest leaves that open.
    pub(in crate::gather) fn only_namespace(&self) -> Option<&'static str> {
        if self.meta.namespace.is_some() {
            return None;
        }
        let mut named = self.rows().filter_map(|row| match row.select {
            Select::Named(namespace, name) if name == self.meta.name => Some(namespace),
            _ => None,
        });
        named.next().filter(|namespace| !namespace.is_empty())
    }

    /// Whether it is part of Calico: one of its workloads or a resource of its own.
    pub(in crate::gather) fn is_of_calico(&self) -> bool {
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
    pub(super) fn row(&self) -> Option<&'static Resource> {
        self.rows().find(|row| self.is_selected_by(row))
    }

    /// Whether a row selects the object.
    pub(in crate::gather) fn is_selected(&self) -> bool {
        self.row().is_some()
    }

    /// Whether a row reads objects of its kind.
    pub(in crate::gather) fn is_of_known_kind(&self) -> bool {
        self.rows().next().is_some()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &'static Resource> {
        RESOURCES.iter().copied().filter(|row| {
            let mut apis = row.apis.iter();
            let is_called = |api| row.kind == self.kind || row.kind_in(api) == self.kind;
            apis.any(|api| api.api_version() == self.api_version && is_called(api))
        })
    }

    /// Whether a row selects this object, which is of its kind.
    pub(in crate::gather) fn is_selected_by(&self, resource: &Resource) -> bool {
        resource.select.selects(&Selectable {
            name: &self.meta.name,
            namespace: self.meta.namespace.as_deref().unwrap_or_default(),
            labels: &self.meta.labels,
            phase: &self.phase,
        })
    }

    /// Whether files that contain this object, of a row's kind, can be assumed to contain all objects
    /// of the row. Files with the objects of one namespace, or of one of Calico's manifests, cannot.
    pub(in crate::gather) fn implies_all_of(&self, resource: &Resource) -> bool {
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

/// Whether Calico's manifests or its operator create objects in a namespace.
fn is_of_calico(namespace: &str) -> bool {
    namespace.starts_with("calico-") || ["kube-system", "tigera-operator"].contains(&namespace)
}

#[cfg(test)]
mod tests {
    use serde_yaml::Value;

    use super::*;
    use crate::snapshot::Meta;
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

//! References to objects of a cluster.

use std::fmt;

use calico_core::installation::{DEFAULT_NAME, OVERLAY_NAME};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

use super::Meta;

/// An object of a cluster, or all objects of a kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ObjectRef {
    /// The object's kind, such as IPPool. `Kubernetes` has a version, and `Plan` the values of a plan.
    pub kind: &'static str,
    /// The object's namespace; absent for an object that has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The object's name; absent if all objects of the kind are meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl ObjectRef {
    /// All objects of a kind.
    pub fn all(kind: &'static str) -> Self {
        Self {
            kind,
            namespace: None,
            name: None,
        }
    }

    /// An object without a namespace.
    pub fn named(kind: &'static str, name: impl Into<String>) -> Self {
        Self {
            kind,
            namespace: None,
            name: Some(name.into()),
        }
    }

    /// An object in a namespace.
    pub fn in_namespace(
        kind: &'static str,
        namespace: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            namespace: Some(namespace.into()),
            name: Some(name.into()),
        }
    }

    /// The object with that metadata.
    pub fn of(kind: &'static str, meta: &Meta) -> Self {
        Self {
            kind,
            namespace: meta.namespace.clone(),
            name: Some(meta.name.clone()),
        }
    }

    /// The object with that metadata, for kinds that are k8s-openapi's.
    pub fn of_object(kind: &'static str, meta: &ObjectMeta) -> Self {
        Self {
            kind,
            namespace: meta.namespace.clone(),
            name: Some(meta.name.clone().unwrap_or_default()),
        }
    }
}

impl ObjectRef {
    /// The Installation `default`.
    pub fn installation() -> Self {
        Self::named("Installation", DEFAULT_NAME)
    }

    /// The Installation `overlay`.
    pub fn overlay() -> Self {
        Self::named("Installation", OVERLAY_NAME)
    }

    /// A ConfigMap of kube-system.
    pub fn config_map(name: &str) -> Self {
        Self::in_namespace("ConfigMap", "kube-system", name)
    }
}

/// `IPPool/default-ipv4-ippool`, `DaemonSet/calico-system/calico-node`, `IPPool`.
impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind)?;
        for part in [&self.namespace, &self.name].into_iter().flatten() {
            write!(f, "/{part}")?;
        }
        Ok(())
    }
}

impl From<ObjectRef> for String {
    fn from(object: ObjectRef) -> Self {
        object.to_string()
    }
}

impl From<&ObjectRef> for String {
    fn from(object: &ObjectRef) -> Self {
        object.to_string()
    }
}

impl From<&Self> for ObjectRef {
    fn from(object: &Self) -> Self {
        object.clone()
    }
}

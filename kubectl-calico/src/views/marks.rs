//! What tools leave on the objects that they install: labels, annotations, and the names of field managers.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::Value;

use crate::snapshot::{Meta, STORED_METADATA};

/// The marks of an object.
pub struct Marks<'a> {
    metadata: Metadata<'a>,
    /// The metadata that Calico's API server stores in an annotation.
    stored: Option<Value>,
}

enum Metadata<'a> {
    Own(&'a Meta),
    OfKubernetes(&'a ObjectMeta),
}

impl<'a> From<&'a Meta> for Marks<'a> {
    fn from(meta: &'a Meta) -> Self {
        let stored = meta.annotation(STORED_METADATA);
        Self {
            metadata: Metadata::Own(meta),
            stored: stored.and_then(|text| serde_json::from_str(text).ok()),
        }
    }
}

impl<'a> From<&'a ObjectMeta> for Marks<'a> {
    fn from(meta: &'a ObjectMeta) -> Self {
        Self {
            metadata: Metadata::OfKubernetes(meta),
            stored: None,
        }
    }
}

impl Marks<'_> {
    /// A label's value.
    pub fn label(&self, key: &str) -> Option<&str> {
        let own = match self.metadata {
            Metadata::Own(meta) => meta.label(key),
            Metadata::OfKubernetes(meta) => {
                let labels = meta.labels.as_ref();
                labels
                    .and_then(|labels| labels.get(key))
                    .map(String::as_str)
            }
        };
        own.or_else(|| self.stored("labels", key))
    }

    /// An annotation's value.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        let own = match self.metadata {
            Metadata::Own(meta) => meta.annotation(key),
            Metadata::OfKubernetes(meta) => {
                let annotations = meta.annotations.as_ref();
                annotations
                    .and_then(|annotations| annotations.get(key))
                    .map(String::as_str)
            }
        };
        own.or_else(|| self.stored("annotations", key))
    }

    /// Whether a field manager has a name like that.
    pub fn has_manager(&self, is_like: fn(&str) -> bool) -> bool {
        match self.metadata {
            Metadata::Own(meta) => {
                let mut entries = meta.managed_fields.iter().flatten();
                entries.any(|entry| is_like(&entry.manager))
            }
            Metadata::OfKubernetes(meta) => {
                let mut entries = meta.managed_fields.iter().flatten();
                entries.any(|entry| entry.manager.as_deref().is_some_and(is_like))
            }
        }
    }

    /// The Helm release and its namespace.
    pub fn release(&self) -> Option<(&str, &str)> {
        let namespace = self.annotation("meta.helm.sh/release-namespace");
        let release = self.annotation("meta.helm.sh/release-name")?;
        Some((release, namespace.unwrap_or_default()))
    }

    fn stored(&self, part: &str, key: &str) -> Option<&str> {
        self.stored.as_ref()?.get(part)?.get(key)?.as_str()
    }
}

//! A kind of object that is read: where it is served, and which of its objects are wanted.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::Store;

/// A kind of object that is read, and which objects of it.
#[derive(Debug)]
pub struct Resource {
    /// As `IPPool`.
    pub kind: &'static str,
    /// The API groups and versions that may serve it, with its plural there. The first that does
    /// is read.
    pub apis: &'static [Api],
    /// Which of its objects.
    pub select: Select,
    /// What for, as a person with doubts about a permission is told.
    pub why: &'static str,
}

/// Where a kind is served.
#[derive(Debug, PartialEq, Eq)]
pub struct Api {
    /// The group; empty for Kubernetes' core.
    pub group: &'static str,
    /// As `v1`.
    pub version: &'static str,
    /// As `ippools`.
    pub plural: &'static str,
}

/// Which objects of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    /// All of them, in every namespace.
    All,
    /// Those with one of some values for a label, in every namespace.
    Labelled(&'static str, &'static [&'static str]),
    /// Those of a namespace with one of some values for a label.
    LabelledIn(&'static str, &'static str, &'static [&'static str]),
    /// Pods of a namespace that are in a phase.
    PhaseIn(&'static str, &'static str),
    /// One, by name; a namespace first, or nothing for a kind without namespaces.
    Named(&'static str, &'static str),
}

/// What a [`Select`] looks at in an object that did not come from a server.
#[derive(Debug)]
pub struct Selected<'a> {
    /// `metadata.name`
    pub name: &'a str,
    /// `metadata.namespace`; empty without one.
    pub namespace: &'a str,
    /// `metadata.labels`
    pub labels: &'a BTreeMap<String, String>,
    /// `status.phase`; empty without one.
    pub phase: &'a str,
}

impl Select {
    /// Whether it would have chosen that object.
    pub fn selects(&self, object: &Selected) -> bool {
        let labelled = |key: &str, values: &[&str]| {
            let value = object.labels.get(key).map(String::as_str);
            value.is_some_and(|value| values.contains(&value))
        };
        match *self {
            Self::All => true,
            Self::Labelled(key, values) => labelled(key, values),
            Self::LabelledIn(namespace, key, values) => {
                object.namespace == namespace && labelled(key, values)
            }
            Self::PhaseIn(namespace, phase) => {
                object.namespace == namespace && object.phase == phase
            }
            Self::Named(namespace, name) => object.namespace == namespace && object.name == name,
        }
    }

    /// The query of a list, without a leading `?`; empty where nothing narrows it.
    pub fn query(&self) -> String {
        let labels = |key: &str, values: &[&str]| {
            // labelSelector=KEY in (A,B), percent-encoded.
            format!("labelSelector={key}%20in%20%28{}%29", values.join("%2C"))
        };
        match *self {
            Self::All | Self::Named(..) => String::new(),
            Self::Labelled(key, values) | Self::LabelledIn(_, key, values) => labels(key, values),
            Self::PhaseIn(_, phase) => format!("fieldSelector=status.phase%3D{phase}"),
        }
    }

    fn namespace(&self) -> &'static str {
        match *self {
            Self::All | Self::Labelled(..) => "",
            Self::LabelledIn(namespace, ..)
            | Self::PhaseIn(namespace, _)
            | Self::Named(namespace, _) => namespace,
        }
    }

    /// The verb that reads it.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Named(..) => "get",
            _ => "list",
        }
    }
}

impl Api {
    /// `apiVersion` of its objects.
    pub fn api_version(&self) -> String {
        match self.group {
            "" => self.version.to_owned(),
            group => format!("{group}/{}", self.version),
        }
    }

    /// The path of what `select` chooses, without a query.
    pub fn path(&self, select: Select) -> String {
        let base = match self.group {
            "" => format!("/api/{}", self.version),
            group => format!("/apis/{group}/{}", self.version),
        };
        let namespaced = match select.namespace() {
            "" => String::new(),
            namespace => format!("/namespaces/{namespace}"),
        };
        let name = match select {
            Select::Named(_, name) => format!("/{name}"),
            _ => String::new(),
        };
        format!("{base}{namespaced}/{}{name}", self.plural)
    }
}

impl Resource {
    /// Its APIs, those of the store first.
    pub fn apis_in_order(&self, store: Store) -> impl Iterator<Item = &'static Api> {
        let (first, second): (Vec<_>, Vec<_>) =
            self.apis.iter().partition(|api| store.is_in(api.group));
        first.into_iter().chain(second)
    }

    /// Objects of the row as a manifest has them: items of a list do not say what they are.
    pub fn objects<'a, T: Serialize + 'a>(
        &self,
        store: Store,
        objects: impl IntoIterator<Item = &'a T>,
    ) -> Result<Vec<Value>, serde_json::Error> {
        let api = self.apis_in_order(store).next();
        let written = objects.into_iter().map(|object| {
            let mut object = serde_json::to_value(object)?;
            if let (Value::Object(object), Some(api)) = (&mut object, api) {
                object.insert("apiVersion".to_owned(), api.api_version().into());
                object.insert("kind".to_owned(), self.kind.into());
            }
            Ok(object)
        });
        written.collect()
    }

    /// The row's objects in words: `ConfigMap kube-system/kubeadm-config`, or the plural.
    pub fn object(&self) -> String {
        match self.select {
            Select::Named("", name) => format!("{} {name}", self.kind),
            Select::Named(namespace, name) => format!("{} {namespace}/{name}", self.kind),
            _ => self.plural().to_owned(),
        }
    }

    /// The permission that reads it, in words: `list ippools in crd.projectcalico.org`.
    pub fn permission(&self) -> String {
        let verb = self.select.verb();
        let object = match self.select {
            Select::Named(_, name) => format!("{} {name}", self.plural()),
            _ => self.plural().to_owned(),
        };
        let namespace = match self.select.namespace() {
            "" => String::new(),
            namespace => format!(" in namespace {namespace}"),
        };
        let mut groups: Vec<&str> = self.apis.iter().map(|api| api.group).collect();
        groups.dedup();
        match groups.as_slice() {
            [] | [""] => format!("{verb} {object}{namespace}"),
            groups => format!(
                "{verb} {object}{namespace} (API group {})",
                groups.join(" or ")
            ),
        }
    }

    /// Its plural in the first of its APIs.
    pub fn plural(&self) -> &'static str {
        self.apis.first().map_or(self.kind, |api| api.plural)
    }
}

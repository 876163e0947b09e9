//! A kind of object that is read: which APIs serve it, and which of its objects are read.

use serde::Serialize;
use serde_json::Value;

use super::object_ref::ObjectRef;
use super::select::Select;
use super::store::Store;
use super::trim::keep::Fields;

/// Objects per page of a list. A node with fifty images is 15 KB of JSON, so a page stays below 4 MB.
pub const PAGE: usize = 250;

/// A kind of object that is read.
#[derive(Debug)]
pub struct Resource {
    /// Such as `IPPool`.
    pub kind: &'static str,
    /// The APIs that may serve the kind. The first that does is read.
    pub apis: &'static [Api],
    pub select: Select,
    /// What is kept of each object.
    pub fields: Fields,
    /// The purpose of reading it, to explain the permission.
    pub why: &'static str,
}

/// An API that serves a kind.
#[derive(Debug, PartialEq, Eq)]
pub struct Api {
    /// Empty for Kubernetes' core.
    pub group: &'static str,
    /// Such as `v1`.
    pub version: &'static str,
    /// Such as `ippools`.
    pub plural: &'static str,
    /// The kind in this API, if it is not that of the resource.
    pub kind: Option<&'static str>,
    /// Whether its objects are in namespaces.
    pub namespaced: bool,
}

impl Api {
    /// `apiVersion` of its objects.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// The URL path of the selected objects, without a query.
    pub fn path(&self, select: Select) -> String {
        let base = if self.group.is_empty() { "api" } else { "apis" };
        let mut path = format!("/{base}/{}", self.api_version());
        let namespace = select.namespace();
        if !namespace.is_empty() {
            path.push_str("/namespaces/");
            path.push_str(namespace);
        }
        path.push('/');
        path.push_str(self.plural);
        if let Select::Named(_, name) = select {
            path.push('/');
            path.push_str(name);
        }
        path
    }
}

impl Resource {
    /// Its kind in one of its APIs.
    pub fn kind_in(&self, api: &Api) -> &'static str {
        api.kind.unwrap_or(self.kind)
    }

    /// Whether it is of that kind in any of its APIs.
    pub fn is_called(&self, kind: &str) -> bool {
        let mut apis = self.apis.iter();
        apis.any(|api| self.kind_in(api) == kind)
    }

    /// Whether its objects are in namespaces.
    pub fn is_namespaced(&self) -> bool {
        self.apis.iter().any(|api| api.namespaced)
    }

    /// Its APIs, those of the store first.
    pub fn apis_in_order(&self, store: Store) -> impl Iterator<Item = &'static Api> {
        let (first, second): (Vec<_>, Vec<_>) =
            self.apis.iter().partition(|api| store.is_in(api.group));
        first.into_iter().chain(second)
    }

    /// Objects of the row with `apiVersion` and `kind`, which list items lack.
    pub fn manifests<'a, T: Serialize + 'a>(
        &self,
        store: Store,
        objects: impl IntoIterator<Item = &'a T>,
    ) -> Result<Vec<Value>, serde_json::Error> {
        let api = self.apis_in_order(store).next();
        objects
            .into_iter()
            .map(|object| {
                let mut manifest = serde_json::to_value(object)?;
                if let (Value::Object(fields), Some(api)) = (&mut manifest, api) {
                    fields.insert("apiVersion".to_owned(), api.api_version().into());
                    fields.insert("kind".to_owned(), self.kind_in(api).into());
                }
                Ok(manifest)
            })
            .collect()
    }

    /// The row's one object, or all objects of its kind.
    pub fn object(&self) -> ObjectRef {
        match self.select {
            Select::Named("", name) => ObjectRef::named(self.kind, name),
            Select::Named(namespace, name) => ObjectRef::in_namespace(self.kind, namespace, name),
            _ => ObjectRef::all(self.kind),
        }
    }

    /// The permission to read it: `list ippools (API group crd.projectcalico.org)`.
    pub fn permission(&self) -> String {
        let mut permission = format!("{} {}", self.select.verb(), self.plural());
        if let Select::Named(_, name) = self.select {
            permission.push(' ');
            permission.push_str(name);
        }
        let namespace = self.select.namespace();
        if !namespace.is_empty() {
            permission.push_str(" in namespace ");
            permission.push_str(namespace);
        }
        let mut groups: Vec<&str> = self.apis.iter().map(|api| api.group).collect();
        groups.dedup();
        if groups != [""] {
            permission.push_str(&format!(" (API group {})", groups.join(" or ")));
        }
        permission
    }

    /// Its plural in the first of its APIs.
    pub fn plural(&self) -> &'static str {
        self.apis.first().map_or(self.kind, |api| api.plural)
    }
}

//! A cluster, read from files: manifests, `kubectl get -o yaml`, or what `kubectl calico snapshot` printed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use calico_core::text::printable;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_yaml::Value;

use super::file_object::FileObject;
use super::input;
use super::snapshot_header::SnapshotHeader;
use crate::snapshot::resource::Resource;
use crate::snapshot::select::Select;
use crate::snapshot::{Absence, Origin, Reading, SnapshotSource, Store, Unknown};

/// The objects in files. Of an object that occurs twice, the later one counts. They are sorted as in an
/// API server's list.
#[derive(Debug, Default)]
pub struct Files {
    /// The name of the first file or folder, without its extension; `None` for standard input.
    name: Option<String>,
    header: Option<SnapshotHeader>,
    objects: BTreeMap<ObjectKey, FileObject>,
    /// `apiVersion` and `kind` of the items of empty lists, which imply that there are none.
    empty_lists: BTreeSet<(String, String)>,
}

/// `apiVersion`, `kind`, namespace and name.
type ObjectKey = (String, String, Option<String>, String);

/// Why files cannot be used.
#[derive(Debug, thiserror::Error)]
#[allow(
    missing_docs,
    reason = "the variant's message says what its fields are"
)]
pub enum FilesError {
    /// A file cannot be read.
    #[error("cannot read {name}: {why}")]
    Io { name: String, why: std::io::Error },
    /// A file or folder without any document.
    #[error("no Kubernetes objects in {name}")]
    Empty { name: String },
    /// A document that is not YAML, or not an object.
    #[error("{name}, document {number}: {why}")]
    Document {
        name: String,
        /// From 1.
        number: usize,
        why: String,
    },
}

impl Files {
    /// Reads files and folders; `-` is standard input.
    pub fn read(paths: &[PathBuf]) -> Result<Self, FilesError> {
        let mut files = Self {
            name: paths.first().and_then(|path| input::stem(path)),
            ..Self::default()
        };
        for path in paths {
            let inputs = input::read(path).map_err(|error| FilesError::Io {
                name: error.name,
                why: error.why,
            })?;
            let mut documents = 0;
            for input in inputs {
                documents += files.add(&input.name, &input.text)?;
            }
            if documents == 0 {
                let name = input::name(path);
                return Err(FilesError::Empty { name });
            }
        }
        Ok(files)
    }

    /// Adds the documents of a text and returns their number. `name` is what errors call the text.
    fn add(&mut self, name: &str, text: &str) -> Result<usize, FilesError> {
        let mut documents = 0;
        for (index, document) in serde_yaml::Deserializer::from_str(text).enumerate() {
            let added = match Value::deserialize(document) {
                Ok(Value::Null) => continue,
                Ok(value) => self.add_object(value),
                Err(why) => Err(why.to_string()),
            };
            added.map_err(|why| FilesError::Document {
                name: name.to_owned(),
                number: index + 1,
                why: printable(why),
            })?;
            documents += 1;
        }
        Ok(documents)
    }

    fn add_object(&mut self, value: Value) -> Result<(), String> {
        let (Some(api_version), Some(kind)) = (text(&value, "apiVersion"), text(&value, "kind"))
        else {
            return Err("not a Kubernetes object: apiVersion or kind is missing".to_owned());
        };
        if SnapshotHeader::is_one(&api_version, &kind) {
            self.header = Some(SnapshotHeader::parse(&api_version, value)?);
            return Ok(());
        }
        if let Some(item_kind) = kind.strip_suffix("List")
            && let Some(items) = value.get("items").filter(|items| !items.is_null())
        {
            let items = items.as_sequence().ok_or("items is not a list")?;
            if items.is_empty() {
                self.empty_lists.insert((api_version, item_kind.to_owned()));
            }
            return items
                .iter()
                .try_for_each(|item| self.add_object(item.clone()));
        }
        let object = FileObject::parse(value)?;
        let (namespace, name) = (object.meta.namespace.clone(), object.meta.name.clone());
        self.objects
            .insert((api_version, kind, namespace, name), object);
        Ok(())
    }

    fn of_kind(&self, api_version: &str, kind: &str) -> Vec<&FileObject> {
        self.objects
            .iter()
            .filter(|((object_version, object_kind, ..), _)| {
                object_version == api_version && object_kind == kind
            })
            .map(|(_, object)| object)
            .collect()
    }

    /// The reading of a row of which there is no object. `is_complete` is whether the other objects imply
    /// that there is none in the cluster; a header says so, too.
    fn read_none<T>(&self, resource: &Resource, is_complete: bool) -> Reading<Vec<T>> {
        let none = match resource.select {
            Select::Named(..) => Reading::Absent(Absence::NotFound),
            _ => Reading::Read(Vec::new()),
        };
        match &self.header {
            Some(header) => header.missing(resource, none),
            None if is_complete => none,
            None => Reading::Unknown(Unknown::NotGiven),
        }
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    Some(value.get(key)?.as_str()?.to_owned())
}

impl SnapshotSource for Files {
    async fn origin(&self) -> Origin {
        let header = self.header.as_ref();
        let mut origin = header.map_or_else(Origin::default, |header| header.origin.clone());
        if origin.cluster.is_none() {
            origin.cluster.clone_from(&self.name);
        }
        origin
    }

    async fn read<T: DeserializeOwned>(
        &self,
        resource: &'static Resource,
        store: Store,
    ) -> Reading<Vec<T>> {
        let mut is_complete = false;
        // `kubectl get` of both of Calico's groups lists each of its resources twice.
        let mut selected = Vec::new();
        for api in resource.apis_in_order(store) {
            let api_version = api.api_version();
            let objects = self.of_kind(&api_version, resource.kind);
            is_complete |= objects.iter().any(|object| object.implies_all_of(resource));
            let list = (api_version, resource.kind.to_owned());
            is_complete |= self.empty_lists.contains(&list);
            if selected.is_empty() {
                selected = objects;
                selected.retain(|object| object.is_selected_by(resource));
            }
        }
        if selected.is_empty() {
            return self.read_none(resource, is_complete);
        }
        let parsed: Result<Vec<T>, String> = selected
            .into_iter()
            .map(|object| {
                serde_yaml::from_value(object.value.clone())
                    .map_err(|why| format!("{} {}: {why}", resource.kind, object.meta.name))
            })
            .collect();
        match parsed {
            Ok(objects) => Reading::Read(objects),
            Err(why) => Reading::Unknown(Unknown::Failed(why)),
        }
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::apps::v1::Deployment;

    use super::*;
    use crate::snapshot::IpPool;
    use crate::snapshot::resources::{IP_POOLS, OPERATORS};

    #[tokio::test]
    async fn an_empty_list_implies_that_there_are_none() {
        let mut files = Files::default();
        let pools = files.read::<IpPool>(&IP_POOLS, Store::V1).await;
        assert_eq!(pools.unknown(), Some(Unknown::NotGiven));
        let list = "{apiVersion: crd.projectcalico.org/v1, kind: IPPoolList, items: []}";
        files.add("pools.yaml", list).unwrap();
        let pools = files.read::<IpPool>(&IP_POOLS, Store::V1).await;
        assert!(pools.read().is_some_and(Vec::is_empty));
    }

    #[tokio::test]
    async fn a_list_of_one_namespace_implies_nothing_about_others() {
        let mut files = Files::default();
        let list = "{apiVersion: apps/v1, kind: DeploymentList, items: [{apiVersion: apps/v1, \
                    kind: Deployment, metadata: {name: x, namespace: calico-system}}]}";
        files.add("deployments.yaml", list).unwrap();
        let operators = files.read::<Deployment>(&OPERATORS, Store::V1).await;
        assert_eq!(operators.unknown(), Some(Unknown::NotGiven));
    }
}

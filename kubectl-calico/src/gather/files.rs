//! A cluster from files: manifests, `kubectl get -o yaml`, or what `kubectl calico snapshot` wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use calico_core::text::printable;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_yaml::Value;

use super::texts::texts;
use crate::snapshot::resource::{Api, Resource, Select, Selected};
use crate::snapshot::{Absence, Meta, Origin, Reading, Snapshot, Source, Store, Unknown};

/// The group of what this program writes.
const GROUP: &str = "kubectl-calico/";

/// `apiVersion` of the document that says what a snapshot's files hold.
const API_VERSION: &str = "kubectl-calico/v1alpha1";

/// Its `kind`.
const KIND: &str = "Snapshot";

/// The document that a snapshot's files begin with. Without one, what the files do not hold is
/// unknown, but for what [`Object::tells_of`] tells; with one, it is known not to be in the cluster
/// unless it is listed here.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Header {
    api_version: String,
    kind: String,
    origin: Origin,
    /// Kinds whose CRD the server did not have, by their plural.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_served: Vec<String>,
    /// What the server did not let be read: the plural, or kind and name of a single object, and
    /// what the server said.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    forbidden: BTreeMap<String, String>,
    /// What could not be read for other reasons.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    failed: BTreeMap<String, String>,
}

impl Header {
    /// What has to be said of a snapshot's objects. Nothing is, where they came from files that said
    /// nothing themselves.
    pub fn of(snapshot: &Snapshot) -> Option<Self> {
        let mut header = Self {
            api_version: API_VERSION.to_owned(),
            kind: KIND.to_owned(),
            origin: snapshot.origin.clone(),
            ..Self::default()
        };
        let not_served = snapshot.not_served().into_iter();
        header.not_served = not_served.map(|row| row.plural().to_owned()).collect();
        header.not_served.dedup();
        for (row, why) in snapshot.unknown() {
            let said = match why {
                Unknown::Forbidden(said) => (&mut header.forbidden, said),
                Unknown::Failed(why) => (&mut header.failed, why),
                Unknown::NotGiven => return None,
            };
            said.0.insert(row.object(), said.1);
        }
        Some(header)
    }
}

/// Objects out of files, each once: what stands twice is the same object, and the later one holds.
/// They are in the order of an API server's list.
#[derive(Debug, Default)]
pub struct Files {
    header: Option<Header>,
    objects: BTreeMap<Identity, Object>,
    /// `apiVersion` and `kind` of what an empty list was given of: it says that there is none. What
    /// another list says of the rest, its objects tell.
    empty_lists: BTreeSet<(String, String)>,
}

/// `apiVersion`, `kind`, namespace and name.
type Identity = (String, String, Option<String>, String);

#[derive(Debug)]
struct Object {
    meta: Meta,
    phase: String,
    value: Value,
}

/// Why files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A file cannot be read.
    #[error("cannot read {}: {why}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
    /// There is no document in it.
    #[error("{} holds no Kubernetes object", path.display())]
    Empty {
        /// Which file or folder.
        path: PathBuf,
    },
    /// A document is not YAML, or no object.
    #[error("{}, document {document}: {why}", path.display())]
    Document {
        /// In which file.
        path: PathBuf,
        /// Counted from 1.
        document: usize,
        /// What is wrong with it.
        why: String,
    },
}

impl Files {
    /// Reads files and folders, one after the other; `-` is standard input.
    pub fn read(paths: &[PathBuf]) -> Result<Self, FilesError> {
        let mut files = Self::default();
        for path in paths {
            let mut documents = 0;
            for (path, text) in texts(path).map_err(|(path, why)| FilesError::Io { path, why })? {
                documents += files.add(&path, &text)?;
            }
            if documents == 0 {
                return Err(FilesError::Empty { path: path.clone() });
            }
        }
        Ok(files)
    }

    /// Adds the documents of a text, and counts them; `path` is where an error says that they are.
    pub fn add(&mut self, path: &Path, text: &str) -> Result<usize, FilesError> {
        let mut documents = 0;
        for (index, document) in serde_yaml::Deserializer::from_str(text).enumerate() {
            let error = |why: String| FilesError::Document {
                path: path.to_owned(),
                document: index + 1,
                why: printable(why),
            };
            let value = Value::deserialize(document).map_err(|why| error(why.to_string()))?;
            if !value.is_null() {
                documents += 1;
                self.add_object(value).map_err(error)?;
            }
        }
        Ok(documents)
    }

    fn add_object(&mut self, value: Value) -> Result<(), String> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let (Some(api_version), Some(kind)) = (text("apiVersion"), text("kind")) else {
            return Err("it is no Kubernetes object: apiVersion or kind is missing".to_owned());
        };
        if kind == KIND && api_version.starts_with(GROUP) {
            if api_version != API_VERSION {
                return Err(format!(
                    "it is a snapshot of another version of this program: {api_version}, not {API_VERSION}"
                ));
            }
            self.header = Some(serde_yaml::from_value(value).map_err(|why| why.to_string())?);
            return Ok(());
        }
        if let Some(items) = value.get("items").filter(|items| !items.is_null())
            && let Some(of) = kind.strip_suffix("List")
        {
            let items = items.as_sequence().ok_or("items is no list")?;
            if items.is_empty() {
                self.empty_lists.insert((api_version, of.to_owned()));
            }
            return items
                .iter()
                .try_for_each(|item| self.add_object(item.clone()));
        }
        let meta = value.get("metadata").cloned().unwrap_or_default();
        let meta: Meta = serde_yaml::from_value(meta).map_err(|why| format!("metadata: {why}"))?;
        let phase = value.get("status").and_then(|status| status.get("phase"));
        let identity = (api_version, kind, meta.namespace.clone(), meta.name.clone());
        let object = Object {
            meta,
            phase: phase.and_then(Value::as_str).unwrap_or_default().to_owned(),
            value,
        };
        self.objects.insert(identity, object);
        Ok(())
    }

    fn of_kind(&self, api_version: String, kind: &str) -> Vec<&Object> {
        let objects = self.objects.iter();
        let of_kind =
            objects.filter(|((version, of, ..), _)| *version == api_version && of == kind);
        of_kind.map(|(_, object)| object).collect()
    }

    /// What is known of a row of which there is no object.
    fn without_objects<T>(&self, resource: &Resource, none_is_known: bool) -> Reading<Vec<T>> {
        let none = match resource.select {
            Select::Named(..) => Reading::Absent(Absence::NotFound),
            _ => Reading::Read(Vec::new()),
        };
        let Some(header) = &self.header else {
            return match none_is_known {
                true => none,
                false => Reading::Unknown(Unknown::NotGiven),
            };
        };
        let object = resource.object();
        if let Some(said) = header.forbidden.get(&object) {
            Reading::Unknown(Unknown::Forbidden(said.clone()))
        } else if let Some(why) = header.failed.get(&object) {
            Reading::Unknown(Unknown::Failed(why.clone()))
        } else if header
            .not_served
            .iter()
            .any(|kind| kind == resource.plural())
        {
            Reading::Absent(Absence::NotServed)
        } else {
            none
        }
    }
}

impl Source for Files {
    async fn origin(&self) -> Origin {
        self.header
            .as_ref()
            .map(|header| header.origin.clone())
            .unwrap_or_default()
    }

    async fn read<T: DeserializeOwned>(
        &self,
        resource: &'static Resource,
        store: Store,
    ) -> Reading<Vec<T>> {
        let of_apis = resource
            .apis_in_order(store)
            .map(|api| self.of_kind(api.api_version(), resource.kind));
        let of_apis: Vec<Vec<&Object>> = of_apis.collect();
        let is_empty = |api: &Api| {
            let list = (api.api_version(), resource.kind.to_owned());
            self.empty_lists.contains(&list)
        };
        let none_is_known = of_apis
            .iter()
            .flatten()
            .any(|object| object.tells_of(resource))
            || resource.apis.iter().any(is_empty);
        let selected = of_apis.into_iter().map(|mut objects| {
            objects.retain(|object| object.is_of(resource));
            objects
        });
        // `kubectl get` of both of Calico's groups shows each of its resources twice.
        let Some(selected) = selected.into_iter().find(|objects| !objects.is_empty()) else {
            return self.without_objects(resource, none_is_known);
        };
        let parsed: Result<Vec<T>, String> = selected
            .into_iter()
            .map(|object| {
                let parsed = serde_yaml::from_value(object.value.clone());
                parsed.map_err(|why| format!("{} {}: {why}", resource.kind, object.meta.name))
            })
            .collect();
        match parsed {
            Ok(objects) => Reading::Read(objects),
            Err(why) => Reading::Unknown(Unknown::Failed(why)),
        }
    }
}

impl Object {
    /// Whether files that hold this object of a row's kind, and say nothing of themselves, hold all
    /// of the row: those of one namespace, or of a manifest of Calico's, are silent on the others.
    fn tells_of(&self, resource: &Resource) -> bool {
        let namespace = self.meta.namespace.as_deref();
        match resource.select {
            Select::LabelledIn(wanted, ..) | Select::PhaseIn(wanted, _) => {
                namespace == Some(wanted)
            }
            Select::All | Select::Labelled(..) | Select::Named(..) => {
                namespace.is_none_or(|namespace| !is_of_calico(namespace))
            }
        }
    }

    fn is_of(&self, resource: &Resource) -> bool {
        resource.select.selects(&Selected {
            name: &self.meta.name,
            namespace: self.meta.namespace.as_deref().unwrap_or_default(),
            labels: &self.meta.labels,
            phase: &self.phase,
        })
    }
}

/// Whether Calico's manifests, or its operator, put something into a namespace.
fn is_of_calico(namespace: &str) -> bool {
    namespace.starts_with("calico-") || ["kube-system", "tigera-operator"].contains(&namespace)
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::apps::v1::Deployment;

    use super::*;
    use crate::snapshot::IpPool;
    use crate::snapshot::resources::{
        CALICO_CONFIG, DEPLOYMENTS, IP_POOLS, OPERATORS, PENDING_PODS,
    };

    #[tokio::test]
    async fn an_empty_list_says_that_there_is_none() {
        let mut files = Files::default();
        let read = async |files: &Files| files.read::<IpPool>(&IP_POOLS, Store::V1).await;
        assert_eq!(read(&files).await.unknown(), Some(Unknown::NotGiven));
        let list = "{apiVersion: crd.projectcalico.org/v1, kind: IPPoolList, items: []}";
        files.add(Path::new("pools.yaml"), list).unwrap();
        assert!(read(&files).await.read().is_some_and(Vec::is_empty));
    }

    #[tokio::test]
    async fn a_list_of_one_namespace_is_silent_on_the_others() {
        let mut files = Files::default();
        let list = "{apiVersion: apps/v1, kind: DeploymentList, items: [{apiVersion: apps/v1, \
                    kind: Deployment, metadata: {name: x, namespace: calico-system}}]}";
        files.add(Path::new("deployments.yaml"), list).unwrap();
        let operators = files.read::<Deployment>(&OPERATORS, Store::V1).await;
        assert_eq!(operators.unknown(), Some(Unknown::NotGiven));
    }

    #[test]
    fn an_object_of_another_namespace_tells_that_there_is_no_other_of_calicos() {
        let of = |namespace: &str| Object {
            meta: Meta {
                namespace: Some(namespace.to_owned()),
                ..Meta::default()
            },
            phase: String::new(),
            value: Value::Null,
        };
        for row in [&OPERATORS, &DEPLOYMENTS, &CALICO_CONFIG] {
            assert!(of("default").tells_of(row), "{}", row.why);
            for own in ["kube-system", "calico-system", "tigera-operator"] {
                assert!(!of(own).tells_of(row), "{}: {own}", row.why);
            }
        }
        assert!(of("kube-system").tells_of(&PENDING_PODS));
        assert!(!of("default").tells_of(&PENDING_PODS));
    }
}

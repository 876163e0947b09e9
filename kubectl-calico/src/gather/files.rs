//! A cluster, read from files: manifests, `kubectl get -o yaml`, or what `kubectl calico snapshot` printed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use calico_core::text::shortened;
use serde::de::DeserializeOwned;
use serde_yaml::{Mapping, Value};

use super::document::{self, Document, Item};
use super::file_object::{FileObject, NOT_AN_OBJECT, NotAnObject};
use super::input;
use super::page;
use super::skipped_documents::{MayHold, Skipped};
use super::snapshot_header::{self, SnapshotHeader};
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{EVENTS, POD_LOGS};
use crate::snapshot::select::Select;
use crate::snapshot::{
    Absence, Event, MessageRequests, Meter, Origin, PodLog, PodMessages, Reading, SnapshotSource,
    Store, Unknown,
};

/// The longest reason for skipping a document, in characters.
const LONGEST: usize = 300;

/// The maximum memory for what is kept of the objects, in bytes.
const MEMORY: usize = 512 << 20;

/// The objects in files, sorted as in an API server's list. If an object occurs twice, the later one is
/// used.
#[derive(Debug)]
pub struct Files {
    /// The name of the first file or directory, without its extension; `None` for standard input.
    name: Option<String>,
    header: Option<SnapshotHeader>,
    objects: BTreeMap<ObjectKey, FileObject>,
    /// The number of objects that were found, each time that one occurs.
    found: usize,
    /// `apiVersion` and `kind` of the items of empty lists, which imply that there are none.
    empty_lists: BTreeSet<(String, String)>,
    skipped: Vec<Skipped>,
    memory: Meter,
}

/// `apiVersion`, `kind`, namespace and name.
type ObjectKey = (String, String, Option<String>, String);

/// Why files cannot be used.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the variant's message describes its fields")]
pub enum FilesError {
    /// A file cannot be read.
    #[error("cannot read {name}: {why}")]
    Io { name: String, why: std::io::Error },
    /// A file or directory without any objects, but perhaps with other documents.
    #[error("no Kubernetes objects in {name}{}", first(.skipped))]
    Empty { name: String, skipped: Vec<Skipped> },
    /// The first document of a snapshot, which determines what the others mean.
    #[error("{name}, document {number}: {why}")]
    Header {
        name: String,
        /// From 1.
        number: usize,
        why: String,
    },
    /// A snapshot without its last objects, which would be mistaken for objects that do not exist.
    #[error(
        "{name} has {found} of the {expected} objects of its snapshot: it was cut off or edited; \
         run kubectl calico snapshot again"
    )]
    CutOff {
        name: String,
        found: usize,
        expected: usize,
    },
    /// More objects than fit into memory.
    #[error("the files have more than {} MiB of objects", MEMORY >> 20)]
    TooLarge,
}

fn first(skipped: &[Skipped]) -> String {
    match skipped.first() {
        Some(skipped) => format!(": {skipped}"),
        None => String::new(),
    }
}

impl Default for Files {
    fn default() -> Self {
        Self {
            name: None,
            header: None,
            objects: BTreeMap::new(),
            found: 0,
            empty_lists: BTreeSet::new(),
            skipped: Vec::new(),
            memory: Meter::new(MEMORY),
        }
    }
}

impl Files {
    /// Reads files and directories; `-` is standard input. `starting` is called with the name of each.
    pub fn read(paths: &[PathBuf], starting: impl Fn(&str)) -> Result<Self, FilesError> {
        let mut files = Self {
            name: paths.first().and_then(|path| input::stem(path)),
            ..Self::default()
        };
        for path in paths {
            starting(&input::name(path));
            let inputs = input::read(path).map_err(|error| FilesError::Io {
                name: error.name,
                why: error.why,
            })?;
            let mut documents = 0;
            let skipped = files.skipped.len();
            for input in inputs {
                documents += files.add(&input.name, &input.text)?;
            }
            if documents == 0 {
                return Err(FilesError::Empty {
                    name: input::name(path),
                    skipped: files.skipped.split_off(skipped),
                });
            }
            files.check_count(path)?;
        }
        Ok(files)
    }

    /// Whether there are as many objects as the header of a snapshot says.
    fn check_count(&self, path: &Path) -> Result<(), FilesError> {
        let found = self.found;
        match self.header.as_ref().and_then(|header| header.objects) {
            Some(expected) if found < expected => Err(FilesError::CutOff {
                name: input::name(path),
                found,
                expected,
            }),
            _ => Ok(()),
        }
    }

    /// The documents that were skipped because they are not objects.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Adds the objects of a text, and returns the number of its documents that are objects or lists. `name`
    /// is what messages call the text.
    fn add(&mut self, name: &str, text: &str) -> Result<usize, FilesError> {
        let mut place = Place { name, number: 0 };
        let mut documents = 0;
        for text in document::split(text) {
            for document in document::parse(&text, &self.memory) {
                place.number += 1;
                match document {
                    Ok(Document::Object { fields, items }) => {
                        documents += usize::from(self.add_document(place, fields, items)?);
                    }
                    Ok(Document::NotAnObject) => {
                        self.skip(place, MayHold::default(), NOT_AN_OBJECT);
                    }
                    Ok(Document::Empty) => {}
                    Err(why) => self.add_unreadable(place, text.text, &why)?,
                }
            }
            if self.memory.is_exhausted() {
                return Err(FilesError::TooLarge);
            }
        }
        Ok(documents)
    }

    /// Adds the objects of a document, and returns whether the document is an object or a list of
    /// objects.
    fn add_document(
        &mut self,
        place: Place,
        fields: Mapping,
        items: Option<Vec<Item>>,
    ) -> Result<bool, FilesError> {
        let text = |key: &str| fields.get(key).and_then(Value::as_str).map(str::to_owned);
        let api_version = text("apiVersion").unwrap_or_default();
        let kind = text("kind").unwrap_or_default();
        if SnapshotHeader::is_one(&api_version, &kind) {
            let header = SnapshotHeader::parse(&api_version, fields.into());
            self.header = Some(header.map_err(|why| place.header_error(&why))?);
            return Ok(true);
        }
        let Some((item_kind, items)) = kind.strip_suffix("List").zip(items) else {
            return Ok(self.add_object(place, FileObject::parse(fields.into(), &self.memory)));
        };
        if items.is_empty() {
            self.empty_lists.insert((api_version, item_kind.to_owned()));
        }
        for item in items {
            self.add_object(place, item);
        }
        Ok(true)
    }

    /// Adds a value if it is an object, and returns whether it is.
    fn add_object(&mut self, place: Place, object: Item) -> bool {
        match object {
            Ok(object) => {
                if object.is_of_known_kind() {
                    let (namespace, name) = (&object.meta.namespace, &object.meta.name);
                    let (api_version, kind) = (&object.api_version, &object.kind);
                    let key = (
                        api_version.clone(),
                        kind.clone(),
                        namespace.clone(),
                        name.clone(),
                    );
                    self.objects.insert(key, object);
                    self.found += 1;
                }
                true
            }
            Err(NotAnObject { kind, why }) => {
                self.skip(place, MayHold::of_kind(kind.as_deref()), &why);
                false
            }
        }
    }

    fn add_unreadable(&mut self, place: Place, text: &str, why: &str) -> Result<(), FilesError> {
        if text.contains(snapshot_header::GROUP) {
            return Err(place.header_error(why));
        }
        self.skip(place, MayHold::mentioned_in(text), why);
        Ok(())
    }

    fn skip(&mut self, place: Place, may_hold: MayHold, why: &str) {
        self.skipped.push(Skipped {
            name: place.name.to_owned(),
            number: place.number,
            may_hold,
            why: shortened(why, LONGEST),
        });
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

    /// The reading of a row without objects. `is_complete` is whether the other objects imply that there
    /// are none in the cluster, as a header also does.
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

/// The place of a document.
#[derive(Clone, Copy)]
struct Place<'a> {
    name: &'a str,
    /// From 1.
    number: usize,
}

impl Place<'_> {
    fn header_error(self, why: &str) -> FilesError {
        FilesError::Header {
            name: self.name.to_owned(),
            number: self.number,
            why: shortened(why, LONGEST),
        }
    }
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
        if let Some(skipped) = self
            .skipped
            .iter()
            .find(|skipped| skipped.may_hold.includes(resource))
        {
            return Reading::Unknown(Unknown::Failed(skipped.to_string()));
        }
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
            .map(|object| page::object(object.value.clone()))
            .collect();
        match parsed {
            Ok(objects) => Reading::Read(objects),
            Err(why) => Reading::Unknown(Unknown::Failed(format!("{} {why}", resource.kind))),
        }
    }

    async fn messages(&self, requests: &MessageRequests) -> PodMessages {
        let mut events = self.read::<Event>(&EVENTS, Store::V1).await;
        if let Reading::Read(events) = &mut events {
            let is_wanted = |event: &Event| requests.events.iter().any(|pod| event.is_about(pod));
            events.retain(is_wanted);
        }
        let logs = self.read::<PodLog>(&POD_LOGS, Store::V1).await;
        let is_wanted = |log: &&PodLog| requests.logs.iter().any(|request| log.is_of(request));
        PodMessages {
            events,
            logs: logs.items().iter().filter(is_wanted).cloned().collect(),
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

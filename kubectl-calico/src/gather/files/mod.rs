//! A cluster, read from files: manifests, `kubectl get -o yaml`, or what `kubectl calico snapshot` printed.

mod apply;
mod basis;
mod changed_fields;
mod collection;
mod error;
mod object_place;
mod overlay;
mod pool_rejection;
mod reading;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use calico_core::text::{printable, shortened};
use serde_yaml::{Mapping, Value};

use super::document::{self, Document, DocumentText, Item};
use super::file_object::{FileObject, NOT_AN_OBJECT, NotAnObject, ObjectKey, Trimming};
use super::input;
use super::input_text::InputText;
use super::skipped_documents::{MayHold, Skipped};
use super::snapshot_header::{self, SnapshotHeader};
use super::unrendered::rendered_by;
use crate::snapshot::{Basis, Meter};
pub use error::FilesError;
use error::{LONGEST, MEMORY, Place};

/// The objects in files, sorted as in an API server's list. If an object occurs twice, the later one is
/// used.
#[derive(Debug)]
pub struct Files {
    /// The name of the first file or directory, without its extension; `None` for standard input.
    name: Option<String>,
    /// What the files are, if that is given; otherwise, it follows from the objects.
    basis: Option<Basis>,
    header: Option<SnapshotHeader>,
    /// The version of the server, if a tool that collected the files wrote it.
    kubernetes: Option<String>,
    objects: BTreeMap<ObjectKey, FileObject>,
    /// The number of objects that were found, each time that one occurs.
    found: usize,
    /// `apiVersion` and `kind` of the items of empty lists, which imply that there are none.
    empty_lists: BTreeSet<(String, String)>,
    skipped: Vec<Skipped>,
    /// What is assumed about documents that can be meant otherwise.
    remarks: Vec<String>,
    /// The places of manifests that the cluster rejects.
    rejected: Vec<(String, crate::snapshot::Place)>,
    /// Whether they are manifests that are laid over a cluster.
    applied: bool,
    memory: Meter,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            name: None,
            basis: None,
            header: None,
            kubernetes: None,
            objects: BTreeMap::new(),
            found: 0,
            empty_lists: BTreeSet::new(),
            skipped: Vec::new(),
            remarks: Vec::new(),
            rejected: Vec::new(),
            applied: false,
            memory: Meter::new(MEMORY),
        }
    }
}

impl Files {
    /// Reads files and directories; `-` is standard input. Without a `basis`, their objects determine
    /// it. `starting` is called with the name of each.
    pub fn read(
        paths: &[PathBuf],
        basis: Option<Basis>,
        starting: impl Fn(&str),
    ) -> Result<Self, FilesError> {
        let files = Self {
            name: paths.first().and_then(|path| input::stem(path)),
            basis,
            ..Self::default()
        };
        files.with_paths(paths, starting)
    }

    /// Adds the objects of these files and directories.
    fn with_paths(self, paths: &[PathBuf], starting: impl Fn(&str)) -> Result<Self, FilesError> {
        let mut files = self;
        for path in paths {
            starting(&input::name(path));
            let inputs = input::read(path).map_err(|error| FilesError::Io {
                name: error.name,
                why: error.why,
            })?;
            let mut documents = 0;
            let skipped = files.skipped.len();
            for input in inputs {
                documents += files.add(&input)?;
            }
            if documents == 0 {
                return Err(FilesError::Empty {
                    name: input::name(path),
                    skipped: files.skipped.split_off(skipped),
                });
            }
            files.check_count(path)?;
        }
        if !files.applied && !files.basis().is_proposal() {
            // Only manifests are files that a person edits.
            let objects = files.objects.values_mut();
            objects.for_each(|object| object.place = None);
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

    /// What is assumed about documents that can be meant otherwise, such as an object that occurs again with
    /// other contents.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// Adds the objects of a text, and returns the number of its documents that are objects or lists.
    fn add(&mut self, input: &InputText) -> Result<usize, FilesError> {
        let text = input.text.as_str();
        let mut place = Place {
            name: &input.name,
            number: 0,
            collected: input.collected,
        };
        let file = object_place::file(input);
        let mut documents = 0;
        for text in document::split(text) {
            for document in document::parse(&text, self.trimming()) {
                place.number += 1;
                match document {
                    Ok(Document::Object { fields, items }) => {
                        let file = file.as_ref().map(|file| (file, &text));
                        documents += usize::from(self.add_document(place, file, fields, items)?);
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

    fn trimming(&self) -> Trimming<'_> {
        Trimming {
            meter: &self.memory,
            applied: self.applied,
        }
    }

    /// Adds the objects of a document, and returns whether the document is an object or a list of
    /// objects.
    fn add_document(
        &mut self,
        place: Place,
        file: Option<(&Arc<str>, &DocumentText)>,
        fields: Mapping,
        items: Option<Vec<Item>>,
    ) -> Result<bool, FilesError> {
        if place.collected {
            let is_empty_list = items.as_ref().is_some_and(Vec::is_empty);
            self.note_collected(place.name, &fields, is_empty_list);
        }
        let text = |key: &str| fields.get(key).and_then(Value::as_str).map(str::to_owned);
        let api_version = text("apiVersion").unwrap_or_default();
        let kind = text("kind").unwrap_or_default();
        if SnapshotHeader::is_one(&api_version, &kind) {
            if self.header.is_some() {
                let why =
                    "a second snapshot: each is of a cluster of its own, so read it by itself";
                return Err(place.header_error(why));
            }
            let header = SnapshotHeader::parse(&api_version, fields.into());
            self.header = Some(header.map_err(|why| place.header_error(&why))?);
            return Ok(true);
        }
        let Some((item_kind, items)) = kind.strip_suffix("List").zip(items) else {
            let mut object = FileObject::parse(fields.into(), self.trimming());
            if let (Ok(object), Some((file, document))) = (&mut object, file)
                && object.is_of_known_kind()
                && self.header.is_none()
            {
                object.place = Some(object_place::place(file, document, object));
            }
            return Ok(self.add_object(place, object));
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
            Ok(object) if object.is_of_known_kind() => {
                if !object.is_other_hook {
                    self.insert(place, object);
                }
                true
            }
            Ok(object) => {
                let tool = rendered_by(&object.api_version, &object.kind);
                if let Some(tool) = tool.filter(|_| object.mark.is_none()) {
                    let what = format!("is not rendered: give the output of {tool}");
                    self.remark(place, &object, &what);
                }
                true
            }
            Err(NotAnObject { kind, why }) => {
                self.skip(place, MayHold::of_kind(kind.as_deref()), &why);
                false
            }
        }
    }

    /// Adds an object of a kind that is read.
    fn insert(&mut self, place: Place, mut object: FileObject) {
        if let Some(namespace) = object.only_namespace() {
            let what = format!(
                "has no namespace, and is created in the current one; it is taken for that in {namespace}"
            );
            self.remark(place, &object, &what);
            object.meta.namespace = Some(namespace.to_owned());
        }
        let key = object.key();
        let earlier = self.objects.get(&key);
        if earlier.is_some_and(|earlier| earlier.value != object.value) {
            let what =
                "occurs again with other contents; the later one counts, as with kubectl apply";
            self.remark(place, &object, what);
        }
        self.objects.insert(key, object);
        self.found += 1;
    }

    /// Notes what is assumed about an object of manifests.
    fn remark(&mut self, place: Place, object: &FileObject, what: &str) {
        if !place.collected {
            self.remarks.push(format!(
                "{}, document {}: {} {what}",
                place.name,
                place.number,
                printable(object.reference())
            ));
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
        if place.collected && why.starts_with(NOT_AN_OBJECT) {
            return;
        }
        self.skipped.push(Skipped {
            name: place.name.to_owned(),
            number: place.number,
            may_hold,
            why: shortened(why, LONGEST),
        });
    }
}

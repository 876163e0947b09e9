//! Why files cannot be used, and where in them.

use std::io::Error;

use calico_core::text::shortened;

use super::super::skipped_documents::Skipped;

/// The longest reason that is quoted, in characters.
pub(super) const LONGEST: usize = 300;

/// The maximum memory for what is kept of the objects, in bytes.
pub(super) const MEMORY: usize = 512 << 20;

/// Why files cannot be used.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the variant's message describes its fields")]
pub enum FilesError {
    /// A file cannot be read.
    #[error("cannot read {name}: {why}")]
    Io { name: String, why: Error },
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
    /// A snapshot in place of manifests.
    #[error("{0} is a snapshot, but --with takes manifests: give the snapshot with -f")]
    LaidSnapshot(String),
    /// Manifests of which a document cannot be read.
    #[error("cannot use {0}: correct it first, or only part of the change would be checked")]
    Partial(Skipped),
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

/// The place of a document.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) name: &'a str,
    /// From 1.
    pub(super) number: usize,
    /// Whether a tool has collected the file among many.
    pub(super) collected: bool,
}

impl Place<'_> {
    pub(super) fn header_error(self, why: &str) -> FilesError {
        FilesError::Header {
            name: self.name.to_owned(),
            number: self.number,
            why: shortened(why, LONGEST),
        }
    }
}

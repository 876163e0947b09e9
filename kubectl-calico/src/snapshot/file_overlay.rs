//! What files that are laid over a cluster contain.

use std::collections::{BTreeMap, BTreeSet};

use super::object_ref::ObjectRef;
use super::pool_validation::InvalidField;

/// What files that are laid over a cluster contain, and which of it has no effect.
#[derive(Clone, Debug, Default)]
pub struct FileOverlay {
    /// References to the objects that exist only in the files.
    pub new: BTreeSet<String>,
    /// References to the objects of the cluster that the files change.
    pub changed: BTreeSet<String>,
    /// The fields that they change, by object.
    pub fields: BTreeMap<String, BTreeSet<String>>,
    /// The changes that the cluster rejects. Their objects stay as they are.
    pub rejected: Vec<RejectedChange>,
    /// The IPPools that the API server rejects as the files have them, and why. They are not there, or stay as
    /// they are.
    pub invalid: Vec<(ObjectRef, InvalidField)>,
    /// What is assumed about the files.
    pub assumed: Vec<String>,
}

/// A change of an immutable field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedChange {
    /// The object.
    pub object: ObjectRef,
    /// The field.
    pub field: &'static str,
    /// The value in the cluster.
    pub existing: String,
    /// The value in the files.
    pub requested: String,
}

impl FileOverlay {
    /// Whether an object is in the files.
    pub fn has(&self, object: &str) -> bool {
        self.new.contains(object) || self.changed.contains(object)
    }
}

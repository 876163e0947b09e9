//! What the operator does as soon as it can.

use std::fmt;

use crate::snapshot::ObjectRef;

/// A change of a pool by the operator that a finding is about, as a clause: `deletes IPPool/default-ipv4-ippool`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PendingChange {
    /// It deletes the pool.
    Delete(ObjectRef),
    /// It changes fields of the pool.
    Update {
        /// The pool.
        object: ObjectRef,
        /// The keys of the fields in the Installation.
        keys: String,
    },
    /// It creates the pool with this CIDR.
    Create(String),
}

impl PendingChange {
    /// Whether nobody can undo it.
    pub fn cannot_be_undone(&self) -> bool {
        matches!(self, Self::Delete(_))
    }
}

impl fmt::Display for PendingChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delete(object) => write!(f, "deletes {object}"),
            Self::Update { object, keys } => write!(f, "changes the {keys} of {object}"),
            Self::Create(cidr) => write!(f, "creates the pool {cidr}"),
        }
    }
}

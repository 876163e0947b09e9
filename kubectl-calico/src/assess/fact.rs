//! One thing that was read or derived, with where it came from.

use serde::Serialize;

use super::provenance::Provenance;
use crate::snapshot::{Reading, Unknown};

/// A fact: what it is and where that was read, that there is none, or that nothing is known of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Fact_of_{T}"))]
#[serde(untagged)]
pub enum Fact<T> {
    /// It is so.
    Known {
        /// What.
        value: T,
        /// The objects and fields that it was read from.
        from: Vec<Provenance>,
    },
    /// There is none.
    Absent {
        /// Why that is known.
        absent: String,
    },
    /// Nothing is known of it.
    Unknown {
        /// Why not.
        unknown: String,
    },
}

impl<T> Fact<T> {
    /// A fact that one place tells.
    pub fn known(value: T, from: Provenance) -> Self {
        Self::Known {
            value,
            from: vec![from],
        }
    }

    /// That there is none.
    pub fn absent(why: impl Into<String>) -> Self {
        Self::Absent { absent: why.into() }
    }

    /// That nothing is known.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown {
            unknown: why.into(),
        }
    }

    /// The value, if it is known.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Known { value, .. } => Some(value),
            Self::Absent { .. } | Self::Unknown { .. } => None,
        }
    }

    /// Where it was read, if it is known.
    pub fn from(&self) -> &[Provenance] {
        match self {
            Self::Known { from, .. } => from,
            Self::Absent { .. } | Self::Unknown { .. } => &[],
        }
    }

    /// The fact that follows from a reading, where `of` finds it in what was read.
    pub fn of<R>(
        reading: &Reading<R>,
        missing: &str,
        of: impl FnOnce(&R) -> Option<(T, Provenance)>,
    ) -> Self {
        match reading {
            Reading::Read(read) => match of(read) {
                Some((value, from)) => Self::known(value, from),
                None => Self::absent(missing),
            },
            Reading::Absent(_) => Self::absent(missing),
            Reading::Unknown(why) => Self::unknown(why.to_string()),
        }
    }

    /// This fact, or another where this one has no value. That nothing is known of this one
    /// outweighs that there is none of the other.
    pub fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Known { .. } => self,
            Self::Absent { .. } => other(),
            Self::Unknown { .. } => match other() {
                Self::Absent { .. } => self,
                better => better,
            },
        }
    }
}

impl<T> From<Unknown> for Fact<T> {
    fn from(why: Unknown) -> Self {
        Self::unknown(why.to_string())
    }
}

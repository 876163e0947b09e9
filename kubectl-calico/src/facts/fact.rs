//! One thing that was read or derived, with its provenance.

use serde::Serialize;

use crate::snapshot::{Gap, Provenance, Reading, Unknown};

/// A fact: a value and where it was read, or the reason why it is absent or unknown.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Fact_of_{T}"))]
#[serde(untagged)]
pub enum Fact<T> {
    /// The value is known.
    Known {
        /// The value.
        value: T,
        /// The objects and fields that the value was read from.
        from: Vec<Provenance>,
    },
    /// There is no such value.
    Absent {
        /// Why there is none.
        absent: String,
    },
    /// Nothing is known.
    Unknown {
        /// Why nothing is known.
        #[cfg_attr(test, schemars(with = "String"))]
        unknown: Gap,
    },
}

impl<T> Fact<T> {
    /// A value that was read in one place.
    pub fn known(value: T, from: Provenance) -> Self {
        Self::Known {
            value,
            from: vec![from],
        }
    }

    /// No value, for this reason.
    pub fn absent(why: impl Into<String>) -> Self {
        Self::Absent { absent: why.into() }
    }

    /// Nothing known, for this reason.
    pub fn unknown(why: impl Into<Gap>) -> Self {
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

    /// Whether there is no such value.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent { .. })
    }

    /// Where the value was read, if it is known.
    pub fn from(&self) -> &[Provenance] {
        match self {
            Self::Known { from, .. } => from,
            Self::Absent { .. } | Self::Unknown { .. } => &[],
        }
    }

    /// The fact derived from a reading: what `of` finds in the objects, or else `missing`.
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
            Reading::Unknown(why) => Self::unknown(why.clone()),
        }
    }

    /// This fact, or `other` if this one has no value. If this one is unknown and the other is absent,
    /// the result is unknown.
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
        Self::unknown(why)
    }
}

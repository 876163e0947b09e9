//! A value of a plan, with why it is that one.

use serde::Serialize;

use crate::assess::provenance::Provenance;

/// A value that is chosen, given or not settled.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Choice<T> {
    /// It follows from what was read.
    Known {
        /// What.
        value: T,
        /// Why, in a sentence without a full stop.
        why: String,
        /// The objects and fields that it follows from.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        from: Vec<Provenance>,
    },
    /// A flag gave it.
    Given {
        /// What.
        value: T,
        /// Which flag.
        flag: &'static str,
    },
    /// Nothing settles it.
    Open {
        /// Why not.
        open: String,
        /// The flag that does; `a larger --cidr` where the one that is there is too small.
        flag: &'static str,
    },
}

impl<T> Choice<T> {
    /// A value that one place tells.
    pub fn known(value: T, why: impl Into<String>, from: Provenance) -> Self {
        Self::Known {
            value,
            why: why.into(),
            from: vec![from],
        }
    }

    /// A value that follows from no object.
    pub fn reasoned(value: T, why: impl Into<String>) -> Self {
        Self::Known {
            value,
            why: why.into(),
            from: Vec::new(),
        }
    }

    /// That nothing settles it.
    pub fn open(why: impl Into<String>, flag: &'static str) -> Self {
        Self::Open {
            open: why.into(),
            flag,
        }
    }

    /// The value, if it is settled.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Known { value, .. } | Self::Given { value, .. } => Some(value),
            Self::Open { .. } => None,
        }
    }

    /// Whether a flag gave it.
    pub fn is_given(&self) -> bool {
        matches!(self, Self::Given { .. })
    }

    /// The flag that settles it, where nothing has.
    pub fn flag(&self) -> Option<&'static str> {
        match self {
            Self::Open { flag, .. } => Some(flag),
            Self::Known { .. } | Self::Given { .. } => None,
        }
    }
}

//! A value of a plan, with the reason for it.

use serde::Serialize;

use crate::snapshot::Provenance;

/// A value that was derived, was given by a flag, or could not be determined.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Choice_of_{T}"))]
#[serde(untagged)]
pub enum Choice<T> {
    /// It follows from what was read.
    Known {
        /// The value.
        value: T,
        /// The reason, as a sentence without a period.
        why: String,
        /// The objects and fields that it follows from.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        from: Vec<Provenance>,
    },
    /// A flag sets it.
    Given {
        /// The value.
        value: T,
        /// The flag.
        flag: &'static str,
    },
    /// It could not be determined.
    Undetermined {
        /// Why not.
        undetermined: String,
        /// The flag that sets it; `a larger --cidr` if the current one is too small.
        flag: &'static str,
    },
}

impl<T> Choice<T> {
    /// A value that was read from one field.
    pub fn known(value: T, why: impl Into<String>, from: Provenance) -> Self {
        Self::Known {
            value,
            why: why.into(),
            from: vec![from],
        }
    }

    /// A value that was not read from an object.
    pub fn reasoned(value: T, why: impl Into<String>) -> Self {
        Self::Known {
            value,
            why: why.into(),
            from: Vec::new(),
        }
    }

    /// A value that could not be determined.
    pub fn undetermined(why: impl Into<String>, flag: &'static str) -> Self {
        Self::Undetermined {
            undetermined: why.into(),
            flag,
        }
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Known { value, .. } | Self::Given { value, .. } => Some(value),
            Self::Undetermined { .. } => None,
        }
    }

    /// Whether a flag sets it.
    pub fn is_given(&self) -> bool {
        matches!(self, Self::Given { .. })
    }

    /// The flag that would set it, if it could not be determined.
    pub fn flag(&self) -> Option<&'static str> {
        match self {
            Self::Undetermined { flag, .. } => Some(flag),
            Self::Known { .. } | Self::Given { .. } => None,
        }
    }
}

//! Where a value was read.

use std::fmt;

use serde::Serialize;

use super::ObjectRef;

/// The object and the field that a value was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Provenance {
    /// The object that was read, or the kind if all of its objects were read.
    pub object: ObjectRef,
    /// The field's path, or `label KEY`, `annotation KEY`, `env NAME`; absent if the object as a
    /// whole was read.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// Whether the field is not set, and its default applies.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub default: bool,
}

impl Provenance {
    /// A field of an object.
    pub fn new(object: impl Into<ObjectRef>, field: impl Into<String>) -> Self {
        Self {
            object: object.into(),
            field: field.into(),
            default: false,
        }
    }

    /// A field that is not set, whose default applies.
    pub fn default_of(object: impl Into<ObjectRef>, field: impl Into<String>) -> Self {
        Self {
            default: true,
            ..Self::new(object, field)
        }
    }

    /// All objects of a kind.
    pub fn all(kind: &'static str) -> Self {
        Self::new(ObjectRef::all(kind), "")
    }
}

/// `IPPool/default-ipv4-ippool spec.cidr`
impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.object)?;
        if !self.field.is_empty() {
            write!(f, " {}", self.field)?;
        }
        if self.default {
            f.write_str(" (default)")?;
        }
        Ok(())
    }
}

//! What a finding is about.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::snapshot::ObjectRef;

/// What a finding is about. In JSON it is text: an object as `Kind/name` or `Kind/namespace/name`, all objects of a kind
/// as `Kind`, anything else in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An object, or all objects of a kind.
    Object(ObjectRef),
    /// Anything else: `pod network`, or the CIDR of a pool that does not exist yet.
    Other(String),
}

impl Subject {
    /// The object, or the kind.
    pub fn object(&self) -> Option<&ObjectRef> {
        match self {
            Self::Object(object) => Some(object),
            Self::Other(_) => None,
        }
    }

    /// The object's kind; empty if it is about no object.
    pub fn kind(&self) -> &'static str {
        self.object().map_or("", |object| object.kind)
    }

    /// The object's name; or else the kind, or the words.
    pub fn name(&self) -> &str {
        match self {
            Self::Object(object) => object.name.as_deref().unwrap_or(object.kind),
            Self::Other(words) => words,
        }
    }

    /// The name of the IPPool that it is.
    pub fn pool(&self) -> Option<&str> {
        let pool = self.object().filter(|object| object.kind == "IPPool")?;
        pool.name.as_deref()
    }

    /// Whether it is this object.
    pub fn is(&self, object: &ObjectRef) -> bool {
        self.object() == Some(object)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(object) => object.fmt(f),
            Self::Other(words) => f.write_str(words),
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<ObjectRef> for Subject {
    fn from(object: ObjectRef) -> Self {
        Self::Object(object)
    }
}

impl From<&ObjectRef> for Subject {
    fn from(object: &ObjectRef) -> Self {
        Self::Object(object.clone())
    }
}

impl From<String> for Subject {
    fn from(words: String) -> Self {
        Self::Other(words)
    }
}

impl From<&str> for Subject {
    fn from(words: &str) -> Self {
        Self::Other(words.to_owned())
    }
}

//! Why something is not known.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Unknown;

/// Why nothing is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Something could not be read. A report lists that once, below its facts.
    Unread(Unknown),
    /// Another reason.
    Other(String),
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(why) => why.fmt(f),
            Self::Other(why) => f.write_str(why),
        }
    }
}

impl Serialize for Gap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<Unknown> for Gap {
    fn from(why: Unknown) -> Self {
        Self::Unread(why)
    }
}

impl From<&str> for Gap {
    fn from(why: &str) -> Self {
        Self::Other(why.to_owned())
    }
}

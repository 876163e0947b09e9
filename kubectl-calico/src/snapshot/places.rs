//! Where the objects of files are in them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use calico_core::lines::Lines;
use serde::{Deserialize, Serialize};

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Location {
    /// The path of the file, as it was given; relative if the file is below the working directory.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// `calico.yaml:12`
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Where an object is.
#[derive(Clone, Debug)]
pub struct Place {
    /// The path of the file.
    pub file: Arc<str>,
    /// The number of lines before the text with the object.
    pub before: usize,
    /// The line in that text, from 1.
    pub first: usize,
    /// The text, if its fields have lines. It is parsed for those that a finding names: files may have thousands of objects.
    pub text: Option<Box<str>>,
}

/// Where each object is, by its name in findings.
#[derive(Clone, Debug, Default)]
pub struct Places(BTreeMap<String, Place>);

impl Place {
    /// The line of a field, or else that of the object.
    fn location(&self, field: &str) -> Location {
        let text = self.text.as_deref();
        let line = text.and_then(|text| Lines::of(text).line(field));
        Location {
            file: self.file.as_ref().to_owned(),
            line: self.before + line.unwrap_or(self.first),
        }
    }
}

impl Places {
    /// Those of these objects.
    pub fn of(places: impl IntoIterator<Item = (String, Place)>) -> Self {
        Self(places.into_iter().collect())
    }

    /// The line of an object.
    pub fn object(&self, reference: &str) -> Option<Location> {
        self.field(reference, "")
    }

    /// The line of a field of an object.
    pub fn field(&self, reference: &str, field: &str) -> Option<Location> {
        Some(self.0.get(reference)?.location(field))
    }
}

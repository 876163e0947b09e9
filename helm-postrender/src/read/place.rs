//! Places in the stream, for people.

use std::fmt;

/// A place in a stream, as editors count: all three start at 1, and a column is a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// Number of the document, not counting blank ones.
    pub document: usize,
    /// Line of the stream.
    pub line: usize,
    /// Column of the line.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            document,
            line,
            column,
        } = self;
        write!(f, "document {document}, line {line}, column {column}")
    }
}

//! Edits of a text, and the text after them.

use std::ops::Range;

/// Bytes of a text, and what replaces them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

impl Edit {
    pub(crate) fn insert(at: usize, text: String) -> Self {
        Self {
            range: at..at,
            text,
        }
    }
}

/// The text after `edits`, which are in order and do not overlap.
pub(crate) fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edited = String::with_capacity(text.len() + 256);
    let mut from = 0;
    for edit in edits {
        edited.push_str(text.get(from..edit.range.start).unwrap_or_default());
        edited.push_str(&edit.text);
        from = edit.range.end;
    }
    edited.push_str(text.get(from..).unwrap_or_default());
    edited
}

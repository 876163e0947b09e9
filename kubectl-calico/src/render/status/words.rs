//! Facts in words.

use crate::assess::fact::Fact;

/// A fact in words, or why nothing is known.
pub(super) fn in_words<T>(fact: &Fact<T>, words: impl FnOnce(&T) -> String) -> String {
    match fact {
        Fact::Known { value, .. } => words(value),
        Fact::Absent { absent } => absent.clone(),
        Fact::Unknown { unknown } => format!("unknown: {unknown}"),
    }
}

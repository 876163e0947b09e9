//! Facts in words.

use crate::facts::fact::Fact;
use crate::render::page::UNKNOWN;
use crate::snapshot::{Gap, Unknown};

/// That nothing is known, and why. A server's message about a missing permission, and that files do not
/// contain something, is shown once, below.
pub(super) fn why_unknown(gap: &Gap) -> String {
    match gap {
        Gap::Unread(Unknown::Forbidden(_) | Unknown::NotGiven) => UNKNOWN.to_owned(),
        gap => format!("unknown: {gap}"),
    }
}

/// A fact in words, or why nothing is known.
pub(super) fn in_words<T>(fact: &Fact<T>, words: impl FnOnce(&T) -> String) -> String {
    match fact {
        Fact::Known { value, .. } => words(value),
        Fact::Absent { absent } => absent.clone(),
        Fact::Unknown { unknown } => why_unknown(unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_of_a_reason_decides_and_not_its_text() {
        let message = "nodes is forbidden".to_owned();
        let forbidden = Gap::from(Unknown::Forbidden(message.clone()));
        assert_eq!(why_unknown(&forbidden), UNKNOWN);
        let failed = Gap::from(Unknown::Failed(message));
        assert_eq!(why_unknown(&failed), "unknown: nodes is forbidden");
        let denied = Gap::from(Unknown::Forbidden("no".to_owned()));
        assert_eq!(why_unknown(&denied), UNKNOWN);
    }
}

//! Everything that has a code: the checks of `status`, the additional findings of `status --with` and of
//! `plan`, and the rules. The text of each stands where it is found: a check's in assess/checks, the
//! others in assess/with, in plan/catalog.rs and in core/src/rules.

use calico_core::catalog::Entry;
use calico_core::rules;

use crate::assess::checks::CHECKS;
use crate::assess::with;
use crate::plan;

/// Every entry: checks first, then those of --with, plan's and rules, each in the order of their pages.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    checks()
        .chain(with::ENTRIES.iter().copied())
        .chain(plan::catalog::ENTRIES.iter().copied())
        .chain(rules::all().map(|rule| &rule.entry))
}

/// The checks of `status`.
pub fn checks() -> impl Iterator<Item = &'static Entry> {
    CHECKS.iter().map(|check| &check.entry)
}

/// The entry of a code, ignoring case.
pub fn entry(code: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.code.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// An address of the site ends with the code, and scripts/documentation/book.py knows one by this.
    #[test]
    fn a_code_is_a_name_for_an_address() {
        for entry in entries() {
            let number = entry.code.strip_prefix("CAL");
            let is_number = number.is_some_and(|text| text.bytes().all(|c| c.is_ascii_digit()));
            let mut words = entry.code.split('-');
            let is_words = words.clone().count() > 1
                && words.all(|word| {
                    let mut letters = word.bytes();
                    letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
                });
            assert!(is_number || is_words, "{}", entry.code);
            assert!(entry.address().ends_with(&format!("/{}", entry.code)));
        }
    }

    #[test]
    fn a_code_has_one_entry_with_every_part_of_its_text() {
        let mut codes = HashSet::new();
        for entry in entries() {
            assert!(codes.insert(entry.code), "{} twice", entry.code);
            for text in [
                entry.title,
                entry.meaning,
                entry.impact,
                entry.criteria,
                entry.fix,
                entry.source,
            ] {
                assert!(!text.is_empty(), "{} lacks a part of its text", entry.code);
            }
            assert!(!entry.title.ends_with('.'), "{}", entry.code);
        }
    }
}

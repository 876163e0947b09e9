//! Texts in which everything is replaced but public words.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::names::{Names, SEPARATORS};
use super::vocabulary;

/// Words that are not public, and names, with their replacements.
pub(super) struct Words {
    names: Names,
    /// The replacements that were needed so far.
    others: RefCell<BTreeMap<String, String>>,
}

impl Words {
    pub(super) fn new(names: Names) -> Self {
        Self {
            names,
            others: RefCell::default(),
        }
    }

    /// The text without names, and without words that are not public.
    pub(super) fn replace(&self, text: &str) -> String {
        let belongs = |c: char| c.is_alphanumeric() || SEPARATORS.contains(&c);
        replaced(text, belongs, |word| self.word(word))
    }

    /// A name, or a longer one that begins or ends with a name, or anything else.
    fn word(&self, word: &str) -> String {
        let end = word.trim_end_matches(SEPARATORS).len();
        let (word, after) = word.split_at(end);
        if let Some(other) = self.names.other(word) {
            return format!("{other}{after}");
        }
        // The longest end that is a name, or else the longest beginning.
        let mut ends = word.match_indices(SEPARATORS);
        let end = ends.find_map(|(index, separator)| {
            let (before, name) = word.split_at(index + separator.len());
            let other = self.names.other(name)?;
            Some(format!("{}{other}{after}", self.parts(before)))
        });
        let beginning = || {
            let mut cuts = word.rmatch_indices(SEPARATORS);
            cuts.find_map(|(index, _)| {
                let (name, rest) = word.split_at(index);
                let other = self.names.other(name)?;
                Some(format!("{other}{}{after}", self.parts(rest)))
            })
        };
        end.or_else(beginning)
            .unwrap_or_else(|| format!("{}{after}", self.parts(word)))
    }

    /// What is between separators, each part by itself.
    fn parts(&self, text: &str) -> String {
        replaced(text, char::is_alphanumeric, |part| {
            if vocabulary::is_public(part) {
                part.to_owned()
            } else {
                self.other(part)
            }
        })
    }

    fn other(&self, part: &str) -> String {
        let mut others = self.others.borrow_mut();
        let number = others.len() + 1;
        let other = others.entry(part.to_lowercase());
        other.or_insert_with(|| format!("x{number}")).clone()
    }
}

/// Replaces each longest run of characters that belong to a word.
fn replaced(text: &str, belongs: impl Fn(char) -> bool, other: impl Fn(&str) -> String) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(&belongs) {
        let (between, word) = rest.split_at(start);
        let end = word.find(|c| !belongs(c)).unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        replaced.push_str(between);
        replaced.push_str(&other(word));
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

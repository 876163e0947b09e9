//! The words that say nothing about a cluster. All others are replaced.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The words of messages, field names and object names that several files of projectcalico/calico v3.32.1,
/// tigera/operator v1.42.3 and kubernetes v1.37.2 use, those of this program, and the names of
/// distributions, clouds and public registries; in lower case.
static WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("words.txt").split_whitespace().collect());

/// What may follow a number alone: sizes, and the `Z` of a time.
const UNITS: [&str; 10] = ["b", "gb", "gi", "k", "kb", "ki", "m", "mb", "mi", "z"];

/// The units of a duration, in their order.
const DURATIONS: [&str; 7] = ["d", "h", "m", "s", "ms", "us", "ns"];

/// The longest number that stays: ports and counts, but not the number of a cloud account.
const LONGEST_NUMBER: usize = 6;

/// Whether a part of a text without separators is made of public words: `calico`, `IPPool`, `v3`, `30s`.
pub(super) fn is_public(part: &str) -> bool {
    is_word(part) || is_quantity(part) || is_compound(part)
}

/// A letter, as in `i/o` and `can't`, a number, or a word of the list.
fn is_word(part: &str) -> bool {
    part.len() <= 1 || is_number(part) || WORDS.contains(part.to_ascii_lowercase().as_str())
}

fn is_number(part: &str) -> bool {
    part.len() <= LONGEST_NUMBER && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// A number with a unit, as in `64Mi`; a duration, as in `5m30s`; or the middle of a time, as in `31T12`. The random
/// ends of names look similar: `46s6t`.
fn is_quantity(part: &str) -> bool {
    let Some((_, unit, rest)) = numbered(part) else {
        return false;
    };
    let is_size = rest.is_empty() && UNITS.contains(&unit.to_ascii_lowercase().as_str());
    let is_time = unit == "T" && rest.len() == 2 && is_number(rest) && part.len() == 5;
    is_size || is_time || is_duration(part)
}

fn is_duration(part: &str) -> bool {
    let mut units = DURATIONS.iter();
    let mut rest = part;
    while let Some((_, unit, after)) = numbered(rest) {
        if !units.any(|known| *known == unit) {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

/// A number, the letters after it, and what follows those.
fn numbered(text: &str) -> Option<(&str, &str, &str)> {
    let (number, after) = text.split_at(end_of(text, |c| c.is_ascii_digit()));
    let (unit, rest) = after.split_at(end_of(after, |c| !c.is_ascii_digit()));
    let is_valid = (1..=9).contains(&number.len()) && !unit.is_empty();
    is_valid.then_some((number, unit, rest))
}

/// Several words, as in `VXLANCrossSubnet` or `node1`. Every boundary between cases, and between letters and
/// digits, may be one between words. What begins with a digit is more often the random end of a name: `82ts9`.
fn is_compound(part: &str) -> bool {
    if !part.is_ascii() || part.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let bytes = part.as_bytes();
    let mut ends = vec![0];
    for (index, pair) in bytes.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        let next_is_lower = bytes.get(index + 2).is_some_and(u8::is_ascii_lowercase);
        let is_boundary = before.is_ascii_digit() != after.is_ascii_digit()
            || (before.is_ascii_lowercase() && after.is_ascii_uppercase())
            || (before.is_ascii_uppercase() && after.is_ascii_uppercase() && next_is_lower);
        if is_boundary {
            ends.push(index + 1);
        }
    }
    ends.push(part.len());
    if ends.len() > 16 {
        return false;
    }
    // For each boundary, whether the text up to it is made of words.
    let mut reached = vec![true];
    for (number, end) in ends.iter().enumerate().skip(1) {
        let mut starts = ends.iter().zip(&reached).take(number);
        let is_reached = starts.any(|(start, is_reached)| {
            let word = part.get(*start..*end).unwrap_or_default();
            *is_reached && (word.len() > 1 || is_single(word)) && is_word(word)
        });
        reached.push(is_reached);
    }
    reached.last() == Some(&true)
}

/// The characters that are words within others: the `v` and the `r` of versions, and digits.
fn is_single(word: &str) -> bool {
    matches!(word, "v" | "V" | "r") || word.bytes().all(|byte| byte.is_ascii_digit())
}

fn end_of(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::resources::RESOURCES;
    use crate::snapshot::trim::keep;

    #[test]
    fn words_of_kubernetes_and_calico_are_public() {
        for part in [
            "calico",
            "IPPool",
            "VXLANCrossSubnet",
            "IPv4IPIPTunnelAddr",
            "CrashLoopBackOff",
            "CALICO",
            "v3",
            "k3s1",
            "rke2r1",
            "30s",
            "5m30s",
            "1h0m0s",
            "64Mi",
            "31T12",
            "00Z",
            "64",
            "eth0",
            "el8",
            "x86",
        ] {
            assert!(is_public(part), "{part}");
        }
        for part in [
            "acme",
            "AcmeNode",
            "nodeAcme",
            "x7k2p",
            "7d9f6",
            "3fa85f64",
            "123456789012",
            "jane",
            "münchen",
            "acme1",
            "46s6t",
            "6z6m6",
            "82ts9",
            "85h8t",
            "9b66b",
            "6446b57b76",
        ] {
            assert!(!is_public(part), "{part}");
        }
    }

    fn parts(text: &str) -> impl Iterator<Item = &str> {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|part| !part.is_empty())
    }

    #[test]
    fn the_fields_that_are_kept_are_public() {
        for row in RESOURCES {
            for (path, _) in keep::paths(row.fields) {
                for part in parts(&path) {
                    assert!(is_public(part), "{}: {path}: {part}", row.kind);
                }
            }
        }
    }
}

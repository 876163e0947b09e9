//! The findings in the order in which to fix them, each with its symptoms: what every format that people
//! read shows first.

use crate::assess::finding::{Finding, FindingRef, Severity};
use crate::assess::report::Report;

/// A finding and its symptoms.
pub(super) struct Entry<'a> {
    pub(super) cause: &'a Finding,
    /// Its number, if something has to be done about it.
    pub(super) number: Option<usize>,
    pub(super) symptoms: Vec<&'a Finding>,
}

/// The findings of a report, numbered in the order in which to fix them. Notes have no number, and neither
/// has a single finding.
pub(super) fn entries(report: &Report) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry> = Vec::new();
    for finding in &report.findings {
        match (&finding.symptom_of, entries.last_mut()) {
            (Some(_), Some(entry)) => entry.symptoms.push(finding),
            _ => entries.push(Entry {
                cause: finding,
                number: None,
                symptoms: Vec::new(),
            }),
        }
    }
    let to_fix = |entry: &&mut Entry| entry.cause.severity > Severity::Note;
    if entries.iter_mut().filter(to_fix).count() > 1 {
        let numbered = (1..).zip(entries.iter_mut().filter(to_fix));
        numbered.for_each(|(number, entry)| entry.number = Some(number));
    }
    entries
}

/// What a list of these is called.
pub(super) fn heading(entries: &[Entry]) -> &'static str {
    let mut severities = entries.iter().map(|entry| entry.cause.severity);
    if entries.iter().any(|entry| entry.number.is_some()) {
        "Fix in this order"
    } else if severities.any(|severity| severity > Severity::Note) {
        "Fix"
    } else {
        "Notes"
    }
}

fn number_of(entries: &[Entry], first: &FindingRef) -> Option<usize> {
    let entry = entries
        .iter()
        .find(|entry| entry.cause.reference() == *first);
    entry?.number
}

/// What is wrong, and which finding has to be fixed first.
pub(super) fn line(entries: &[Entry], found: &Finding) -> String {
    let first = found.after.as_ref();
    match first.and_then(|first| number_of(entries, first)) {
        Some(number) => format!("{} (after {number})", sentence(found)),
        None => sentence(found),
    }
}

/// What is wrong, and with what unless the message says so.
fn sentence(found: &Finding) -> String {
    let object = found.subject.object();
    let Some((kind, name)) = object.and_then(|object| Some((object.kind, object.name.as_deref()?)))
    else {
        return found.message.clone();
    };
    let words: Vec<&str> = found
        .message
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.')))
        .collect();
    // A pool can have the name of a common noun.
    let is_named = match kind {
        "IPPool" => words.windows(2).any(|pair| pair == ["pool", name]),
        "Installation" => words.contains(&name) || words.contains(&kind),
        // The names of its pods begin with its name.
        "DaemonSet" | "Deployment" => found.message.contains(name),
        _ => words.contains(&name),
    };
    if is_named {
        return found.message.clone();
    }
    match kind {
        // There is one of each, and the message says what it is.
        "APIService" | "ClusterInformation" => found.message.clone(),
        "Deployment" if name == "tigera-operator" => found.message.clone(),
        "DaemonSet" | "Deployment" | "Pod" => format!("{name}: {}", found.message),
        "Installation" => format!("{kind}: {}", found.message),
        _ => format!("{kind} {name}: {}", found.message),
    }
}

/// The code and the object's name: `CAL107 calico`.
pub(super) fn symptom(found: &Finding) -> String {
    let name = match found.subject.kind() {
        "Installation" => "Installation",
        _ => found.name(),
    };
    format!("{} {name}", found.code)
}

#[cfg(test)]
mod tests {
    use calico_core::catalog::Entry;

    use super::*;
    use crate::snapshot::ObjectRef;

    #[test]
    fn a_part_of_a_word_does_not_name_an_object() {
        const ENTRY: Entry = Entry {
            code: "CAL000",
            title: "",
            meaning: "",
            impact: "",
            criteria: "",
            fix: "",
            source: "",
        };
        for (subject, message, line) in [
            (("IPPool", "a"), "a message", "IPPool a: a message"),
            (("IPPool", "a"), "the pool a is", "the pool a is"),
            (
                ("IPPool", "pods"),
                "gives pods none",
                "IPPool pods: gives pods none",
            ),
            (
                ("Node", "node-1"),
                "not node-10",
                "Node node-1: not node-10",
            ),
            (("Node", "node-1"), "not ready: node-1", "not ready: node-1"),
        ] {
            let subject = ObjectRef::named(subject.0, subject.1);
            assert_eq!(sentence(&Finding::note(&ENTRY, subject, message)), line);
        }
    }
}

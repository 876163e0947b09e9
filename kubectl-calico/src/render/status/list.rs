//! The findings, one line each, in the order in which to fix them.

use anstyle::Style;

use super::finding::severity_style;
use crate::assess::finding::{Finding, FindingRef, Severity};
use crate::assess::report::Report;
use crate::render::page::{BOLD, Page};

/// The width of the column of numbers.
const NUMBERS: usize = 3;

/// The width of the column of severities.
const SEVERITIES: usize = 9;

/// The width of the column of codes.
const CODES: usize = 8;

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

/// A line for each entry, with its symptoms below it.
pub(super) fn list(page: &mut Page, entries: &[Entry]) {
    page.line(heading(entries), BOLD);
    let is_numbered = entries.iter().any(|entry| entry.number.is_some());
    let numbers = if is_numbered { NUMBERS } else { 0 };
    for entry in entries {
        let found = entry.cause;
        let number = entry.number.map(|number| number.to_string());
        let mut text = sentence(found);
        if let Some(number) = found
            .after
            .as_ref()
            .and_then(|first| number_of(entries, first))
        {
            text.push_str(&format!(" (after {number})"));
        }
        page.entry(
            &[
                (number.as_deref().unwrap_or_default(), numbers, BOLD),
                (
                    found.severity.word(),
                    SEVERITIES,
                    severity_style(found.severity),
                ),
                (found.code, CODES, Style::new()),
            ],
            &text,
        );
        if !entry.symptoms.is_empty() {
            let symptoms: Vec<String> = entry.symptoms.iter().map(|found| symptom(found)).collect();
            let arrow = page.symbol("└ ", "+ ").to_owned();
            let indent = numbers + SEVERITIES + CODES;
            page.entry(
                &[("", indent, Style::new()), (&arrow, 2, Style::new())],
                &format!("explains {}", symptoms.join(", ")),
            );
        }
    }
}

fn heading(entries: &[Entry]) -> &'static str {
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

/// What is wrong, and with what unless the message says so.
fn sentence(found: &Finding) -> String {
    let (kind, name) = found.subject.split_once('/').unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    let says = |word: &str| found.message.contains(word);
    if name.is_empty() || says(name) || (kind == "Installation" && says(kind)) {
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
fn symptom(found: &Finding) -> String {
    let name = match found.subject.split_once('/') {
        Some(("Installation", _)) => "Installation",
        _ => found.name(),
    };
    format!("{} {name}", found.code)
}

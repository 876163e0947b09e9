//! The findings, one line each, in the order in which to fix them.

use anstyle::Style;

use super::finding::severity_style;
use crate::render::entries::{Entry, heading, line, symptom};
use crate::render::page::{BOLD, Page};

/// The width of the column of numbers.
const NUMBERS: usize = 3;

/// The width of the column of severities.
const SEVERITIES: usize = 9;

/// The width of the column of codes.
const CODES: usize = 8;

/// A line for each entry, with its symptoms below it.
pub(super) fn list(page: &mut Page, entries: &[Entry]) {
    page.line(heading(entries), BOLD);
    let is_numbered = entries.iter().any(|entry| entry.number.is_some());
    let numbers = if is_numbered { NUMBERS } else { 0 };
    for entry in entries {
        let found = entry.cause;
        let number = entry.number.map(|number| number.to_string());
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
            &line(entries, found),
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

//! What changed since another report, and what is ignored.

use anstyle::Style;

use super::finding::severity_style;
use crate::assess::changes::Changes;
use crate::render::changes::{Section, comparison};
use crate::render::page::{BOLD, Page};

/// The numbers, what is assumed, and what the operator does.
pub(super) fn heading(page: &mut Page, changes: &Changes) {
    let mut style = BOLD;
    for line in comparison(changes) {
        page.line(&line, style);
        style = Style::new();
    }
}

/// A heading, and a line for each finding.
pub(super) fn section(page: &mut Page, section: &Section) {
    page.blank();
    page.line(section.heading, BOLD);
    for line in &section.lines {
        match line.severity {
            Some(severity) => page.entry(
                &[
                    (severity.word(), 9, severity_style(severity)),
                    (line.code, 8, Style::new()),
                ],
                &line.text,
            ),
            None => page.entry(&[], &line.text),
        }
    }
}

//! What changed since another report, and what is ignored.

use anstyle::Style;

use super::finding::severity_style;
use crate::assess::changes::{Changes, KnownFinding};
use crate::assess::ignores::{Ignore, Ignores};
use crate::assess::phrases::counted;
use crate::render::page::{BOLD, Page};

/// The numbers, what is assumed, and what the operator does.
pub(super) fn heading(page: &mut Page, changes: &Changes, new: usize) {
    let gone = changes.gone.len();
    page.line(
        &format!(
            "Compared {}: {}, {gone} gone, {} unchanged",
            changes.compared,
            counted(new, "new finding"),
            changes.unchanged
        ),
        BOLD,
    );
    for assumed in &changes.assumed {
        page.line(&format!("Assumed: {assumed}"), Style::new());
    }
    for action in &changes.operator {
        page.line(&format!("The operator {action}"), Style::new());
    }
    if let Some(ports) = &changes.ports {
        page.line(&format!("To be open between nodes: {ports}"), Style::new());
    }
}

/// The findings that are gone, in a line each.
pub(super) fn gone(page: &mut Page, changes: &Changes) {
    if changes.gone.is_empty() {
        return;
    }
    page.blank();
    page.line("Gone", BOLD);
    for finding in &changes.gone {
        known(page, finding, None);
    }
}

/// What is ignored, and which entries are no longer needed or valid.
pub(super) fn ignores(page: &mut Page, ignores: &Ignores) {
    if ignores.is_empty() {
        return;
    }
    page.blank();
    page.line("Ignored", BOLD);
    for ignored in &ignores.ignored {
        known(page, &ignored.finding, Some(&ignored.reason));
    }
    for ignore in &ignores.expired {
        page.entry(
            &[],
            &format!("{} counts again: {}", entry(ignore), until(ignore)),
        );
    }
    for ignore in &ignores.unused {
        page.entry(
            &[],
            &format!("{} matches no finding: remove it", entry(ignore)),
        );
    }
}

fn known(page: &mut Page, finding: &KnownFinding, reason: Option<&str>) {
    let mut text = format!("{}: {}", finding.subject, finding.message);
    if let Some(reason) = reason {
        text.push_str(&format!(" (ignored: {reason})"));
    }
    page.entry(
        &[
            (finding.severity.word(), 9, severity_style(finding.severity)),
            (&finding.code, 8, Style::new()),
        ],
        &text,
    );
}

fn entry(ignore: &Ignore) -> String {
    match &ignore.object {
        Some(object) => format!("{} {object} ({})", ignore.code, ignore.reason),
        None => format!("{} ({})", ignore.code, ignore.reason),
    }
}

fn until(ignore: &Ignore) -> String {
    match ignore.until {
        Some(until) => format!("it was ignored until {until}"),
        None => "it is not ignored".to_owned(),
    }
}

//! A finding in full.

use anstyle::Style;

use crate::assess::finding::{Finding, Severity};
use crate::render::page::{CYAN, Page, RED, YELLOW};
use crate::repair::step::ways;

pub(super) fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Note => CYAN,
    }
}

/// A finding, after its number in the list if it has one.
pub(crate) fn finding(page: &mut Page, found: &Finding, number: Option<usize>) {
    before_fix(page, found, number);
    let mut label = "fix";
    for way in ways(&found.fix) {
        for (index, step) in way.iter().enumerate() {
            if way.len() > 1 {
                page.note(label, &format!("{}. {}", index + 1, step.what));
            } else {
                page.note(label, &step.what);
            }
            step.commands.iter().for_each(|command| page.paste(command));
            label = "";
        }
        label = "or";
    }
}

/// A finding whose steps are those of an earlier one: carried out twice, they could do harm.
pub(super) fn repeated(page: &mut Page, found: &Finding, number: Option<usize>, earlier: &str) {
    before_fix(page, found, number);
    page.note("fix", &format!("the fix of {earlier} also resolves this"));
}

fn before_fix(page: &mut Page, found: &Finding, number: Option<usize>) {
    let number = number.map(|number| format!("{number}. "));
    let word = format!("{}{}", number.unwrap_or_default(), found.severity.word());
    let heading = format!("{} {}", found.code, found.subject);
    page.heading(&word, severity_style(found.severity), &heading);
    page.note("", &found.message);
    if let Some(location) = &found.location {
        page.note("file", &location.to_string());
    }
    evidence(page, found);
    page.note("impact", &found.impact);
}

/// A symptom, which is fixed with its cause.
pub(super) fn symptom(page: &mut Page, found: &Finding) {
    let heading = format!("{} {}", found.code, found.subject);
    page.heading("  explains", severity_style(found.severity), &heading);
    page.note("", &found.message);
    evidence(page, found);
}

fn evidence(page: &mut Page, found: &Finding) {
    let mut label = "evidence";
    for evidence in &found.evidence {
        page.note(label, &evidence.to_string());
        label = "";
    }
}

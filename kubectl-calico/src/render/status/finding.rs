//! Findings, and what could not be read.

use crate::assess::finding::{Finding, Severity};
use crate::assess::report::NotRead;
use crate::render::page::{CYAN, Page, RED, YELLOW};

pub(crate) fn finding(page: &mut Page, found: &Finding) {
    let style = match found.severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Note => CYAN,
    };
    let heading = format!("{} {}", found.code, found.subject);
    page.heading(found.severity.word(), style, &heading);
    page.note("", &found.message);
    let mut label = "evidence";
    for evidence in &found.evidence {
        page.note(label, &evidence.to_string());
        label = "";
    }
    page.note("impact", &found.impact);
    let mut label = "fix";
    for (index, step) in found.fix.iter().enumerate() {
        if found.fix.len() > 1 {
            page.note(label, &format!("{}. {}", index + 1, step.what));
        } else {
            page.note(label, &step.what);
        }
        step.commands.iter().for_each(|command| page.paste(command));
        label = "";
    }
}

pub(super) fn not_read(page: &mut Page, row: &NotRead) {
    page.note("", &format!("{}: {}", row.object, row.why));
    let codes: Vec<&str> = row.codes.iter().copied().collect();
    if !codes.is_empty() {
        page.note("impact", &format!("skipped: {}", codes.join(", ")));
    }
    if let Some(permission) = &row.permission {
        page.note(
            "fix",
            &format!("grant: {permission} (kubectl calico rbac prints the ClusterRole)"),
        );
    }
}

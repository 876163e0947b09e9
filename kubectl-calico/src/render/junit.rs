//! The report as JUnit XML, which CI systems show: a test case for each check. Errors and warnings are
//! failures; notes are output of a test that passed.
//!
//! Source: the format has no standard; this is what Jenkins' junit plugin (its junit-10.xsd) and GitLab read.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use calico_core::catalog::Entry;

use super::status::sentence;
use super::xml::{escaped, escaped_lines};
use crate::assess::checks::CHECKS;
use crate::assess::finding::{Finding, Severity};
use crate::assess::report::Report;
use crate::assess::with;

/// The report.
pub fn junit(report: &Report) -> String {
    // What --with finds about the change itself has no check.
    let of_change = with::ENTRIES.iter().copied().filter(|entry| {
        let mut findings = report.findings.iter();
        findings.any(|found| found.code == entry.code)
    });
    let entries = CHECKS.iter().map(|check| &check.entry).chain(of_change);
    let cases: Vec<Case> = entries.map(|entry| Case::of(entry, report)).collect();
    let failures = cases.iter().filter(|case| case.fails()).count();
    let skipped = cases.iter().filter(|case| case.skipped.is_some());
    let skipped = skipped.count();
    let mut page = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a String cannot fail.
    let _ = writeln!(
        page,
        "<testsuites>\n  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" \
         skipped=\"{skipped}\" time=\"0\" timestamp=\"{}\">",
        escaped(report.head.cluster.as_deref().unwrap_or("Calico")),
        cases.len(),
        report.head.time.trim_end_matches('Z'),
    );
    for case in &cases {
        case.write(&mut page);
    }
    let _ = writeln!(
        page,
        "    <system-out>{}</system-out>\n  </testsuite>\n</testsuites>",
        escaped(&sentence(report))
    );
    page
}

/// A check, or what else has a code, and its result.
struct Case<'a> {
    entry: &'a Entry,
    findings: Vec<&'a Finding>,
    /// Why it was skipped.
    skipped: Option<String>,
}

impl<'a> Case<'a> {
    fn of(entry: &'a Entry, report: &'a Report) -> Self {
        let code = entry.code;
        let findings = report.findings.iter();
        let reasons: BTreeSet<String> = report
            .not_read
            .iter()
            .filter(|row| row.codes.contains(code))
            .map(|row| format!("{}: {}", row.object, row.why))
            .collect();
        let reasons: Vec<String> = reasons.into_iter().collect();
        Self {
            entry,
            findings: findings.filter(|found| found.code == code).collect(),
            skipped: (!reasons.is_empty()).then(|| reasons.join("; ")),
        }
    }

    fn fails(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|found| found.severity > Severity::Note)
    }

    fn write(&self, page: &mut String) {
        let _ = write!(
            page,
            "    <testcase classname=\"{}\" name=\"{}\" time=\"0\"",
            self.entry.code,
            escaped(self.entry.title)
        );
        if let Some(why) = &self.skipped {
            let _ = writeln!(page, "><skipped message=\"{}\"/></testcase>", escaped(why));
            return;
        }
        if self.findings.is_empty() {
            page.push_str("/>\n");
            return;
        }
        page.push_str(">\n");
        for found in &self.findings {
            let element = if found.severity > Severity::Note {
                "failure"
            } else {
                "system-out"
            };
            let message = format!("{}: {}", found.subject, found.message);
            let attributes = match element {
                "failure" => format!(
                    " type=\"{}\" message=\"{}\"",
                    found.severity.word(),
                    escaped(&message)
                ),
                _ => String::new(),
            };
            let _ = writeln!(
                page,
                "      <{element}{attributes}>{}</{element}>",
                escaped_lines(&text(found, &message))
            );
        }
        page.push_str("    </testcase>\n");
    }
}

/// A finding in full.
fn text(found: &Finding, message: &str) -> String {
    let mut lines = vec![message.to_owned()];
    lines.extend(
        found
            .evidence
            .iter()
            .map(|evidence| format!("evidence: {evidence}")),
    );
    lines.push(format!("impact: {}", found.impact));
    for step in &found.fix {
        lines.push(format!("fix: {}", step.what));
        lines.extend(step.commands.iter().cloned());
    }
    lines.join("\n")
}

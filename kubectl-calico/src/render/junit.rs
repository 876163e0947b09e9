//! Reports as JUnit XML, which CI systems show: a suite for each cluster, a test case for each check. Errors
//! and warnings are failures; notes are output of a test that passed. A check that did not run, or whose
//! findings are ignored or not new, is skipped.
//!
//! Source: the format has no standard; this is what Jenkins' junit plugin (its junit-10.xsd) and GitLab read.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use calico_core::catalog::Entry;

use super::changes::{IGNORED, comparison, needless, reason, sections, was};
use super::status::{basis, sentence};
use super::xml::{escaped, escaped_lines};
use crate::assess::changes::KnownFinding;
use crate::assess::checks::CHECKS;
use crate::assess::finding::{Finding, Severity};
use crate::assess::report::Report;
use crate::assess::with;
use crate::clusters::NamedReport;

/// The reports.
pub fn junit(reports: &[NamedReport]) -> String {
    let mut page = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for named in reports {
        match named.outcome {
            Ok(report) => suite(&mut page, named.name, report),
            Err(why) => unread(&mut page, named.name, why),
        }
    }
    page.push_str("</testsuites>\n");
    page
}

fn suite(page: &mut String, name: &str, report: &Report) {
    let name = Some(name).filter(|name| !name.is_empty());
    // What --with finds about the change itself has no check.
    let of_change = with::ENTRIES.iter().copied().filter(|entry| {
        let mut findings = report.findings.iter();
        findings.any(|found| found.code == entry.code)
    });
    let entries = CHECKS.iter().map(|check| &check.entry);
    let entries = entries
        .filter(|entry| !report.not_requested.contains(entry.code))
        .chain(of_change);
    let cases: Vec<Case> = entries.map(|entry| Case::of(entry, report)).collect();
    let failures = cases.iter().filter(|case| case.fails()).count();
    let skipped = cases.iter().filter(|case| case.skipped().is_some());
    // Writing to a String cannot fail.
    let _ = writeln!(
        page,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" \
         skipped=\"{}\" time=\"0\" timestamp=\"{}\">",
        escaped(name.unwrap_or("Calico")),
        cases.len(),
        failures,
        skipped.count(),
        report.head.time.trim_end_matches('Z'),
    );
    for case in &cases {
        case.write(page);
    }
    let _ = writeln!(
        page,
        "    <system-out>{}</system-out>\n  </testsuite>",
        escaped_lines(&summary(report, name))
    );
}

/// A cluster that could not be read.
fn unread(page: &mut String, name: &str, why: &str) {
    let (name, why) = (escaped(name), escaped(why));
    let _ = writeln!(
        page,
        "  <testsuite name=\"{name}\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"0\">\n    \
         <testcase classname=\"read\" name=\"the cluster can be read\" time=\"0\">\n      \
         <error type=\"error\" message=\"{why}\"/>\n    </testcase>\n  </testsuite>"
    );
}

/// The verdict, and what no test case shows.
fn summary(report: &Report, name: Option<&str>) -> String {
    let mut lines = vec![sentence(report, name)];
    lines.extend(basis(report));
    if let Some(changes) = &report.changes {
        lines.extend(comparison(changes));
    }
    for section in sections(report) {
        if section.heading != IGNORED {
            let findings = section.lines.iter();
            lines.extend(
                findings.map(|line| format!("{}: {} {}", section.heading, line.code, line.text)),
            );
        }
    }
    lines.extend(needless(&report.ignores));
    lines.join("\n")
}

/// A check, or what else has a code, and its result.
struct Case<'a> {
    entry: &'a Entry,
    findings: Vec<&'a Finding>,
    /// Why it did not run.
    not_run: Option<String>,
    /// The findings that are ignored, or not new, and why they do not count.
    others: Vec<(&'a KnownFinding, String)>,
}

impl<'a> Case<'a> {
    fn of(entry: &'a Entry, report: &'a Report) -> Self {
        let code = entry.code;
        let findings = report.findings.iter();
        Self {
            entry,
            findings: findings.filter(|found| found.code == code).collect(),
            not_run: not_run(code, report),
            others: others(report)
                .into_iter()
                .filter(|(found, _)| found.code == code)
                .collect(),
        }
    }

    fn fails(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|found| found.severity > Severity::Note)
    }

    /// Why it has no result.
    fn skipped(&self) -> Option<String> {
        if !self.findings.is_empty() {
            return None;
        }
        let reasons: BTreeSet<&str> = self.others.iter().map(|(_, why)| why.as_str()).collect();
        let reasons: Vec<&str> = reasons.into_iter().collect();
        let others = (!reasons.is_empty()).then(|| reasons.join("; "));
        self.not_run.clone().or(others)
    }

    fn write(&self, page: &mut String) {
        let _ = write!(
            page,
            "    <testcase classname=\"{}\" name=\"{}\" time=\"0\"",
            self.entry.code,
            escaped(self.entry.title)
        );
        let mut children = String::new();
        if let Some(why) = self.skipped() {
            let _ = writeln!(children, "      <skipped message=\"{}\"/>", escaped(&why));
        }
        let findings = self.findings.iter().copied();
        let (failures, notes): (Vec<&Finding>, Vec<&Finding>) =
            findings.partition(|found| found.severity > Severity::Note);
        for found in failures {
            let message = format!("{}: {}", found.subject, found.message);
            let _ = writeln!(
                children,
                "      <failure type=\"{}\" message=\"{}\">{}</failure>",
                found.severity.word(),
                escaped(&message),
                escaped_lines(&text(found))
            );
        }
        let mut output: Vec<String> = notes.into_iter().map(text).collect();
        output.extend(self.others.iter().map(|(found, why)| {
            let severity = found.severity.word();
            format!("{severity}: {}: {} ({why})", found.subject, found.message)
        }));
        if !output.is_empty() {
            let output = escaped_lines(&output.join("\n"));
            let _ = writeln!(children, "      <system-out>{output}</system-out>");
        }
        if children.is_empty() {
            page.push_str("/>\n");
        } else {
            let _ = write!(page, ">\n{children}    </testcase>\n");
        }
    }
}

/// Why a check did not run.
fn not_run(code: &str, report: &Report) -> Option<String> {
    let not_read = report.not_read.iter();
    let not_read = not_read
        .filter(|row| row.codes.contains(code))
        .map(|row| format!("{}: {}", row.name(), row.why));
    let not_applicable = report.not_applicable.iter();
    let not_applicable =
        not_applicable
            .filter(|row| row.codes.contains(code))
            .map(|row| match &row.object {
                Some(object) => format!("not applicable: {object}: {}", row.why),
                None => format!("not applicable: {}", row.why),
            });
    let reasons: BTreeSet<String> = not_read.chain(not_applicable).collect();
    let reasons: Vec<String> = reasons.into_iter().collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// The findings that do not count, with the reason.
fn others(report: &Report) -> Vec<(&KnownFinding, String)> {
    let ignored = report.ignores.ignored.iter();
    let ignored = ignored.map(|ignored| (&ignored.finding, reason(ignored)));
    let mut others: Vec<_> = ignored.collect();
    if let Some(changes) = &report.changes {
        let unchanged = changes.unchanged.iter();
        others.extend(unchanged.map(|finding| (finding, "not new".to_owned())));
        let better = changes.changed.iter();
        let better = better.filter(|changed| changed.finding.severity < changed.was.severity);
        others.extend(better.map(|changed| (&changed.finding, was(changed))));
    }
    others
}

/// A finding in full.
fn text(found: &Finding) -> String {
    let mut lines = vec![format!("{}: {}", found.subject, found.message)];
    let location = found.location.iter();
    lines.extend(location.map(|location| format!("file: {location}")));
    lines.extend(
        found
            .evidence
            .iter()
            .map(|evidence| format!("evidence: {evidence}")),
    );
    lines.push(format!("impact: {}", found.impact));
    for step in &found.fix {
        let label = if step.is_alternative { "or" } else { "fix" };
        lines.push(format!("{label}: {}", step.what));
        lines.extend(step.commands.iter().cloned());
    }
    lines.join("\n")
}

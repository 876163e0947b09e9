//! The whole report in one sentence.

use std::collections::BTreeSet;

use super::fact::Fact;
use super::facts::Facts;
use super::facts::install::Method;
use super::finding::{Finding, Severity};
use super::report::NotRead;

pub(super) fn verdict(facts: &Facts, findings: &[Finding], not_read: &[NotRead]) -> String {
    let calico = match facts.install.calico.value() {
        Some(version) => format!("Calico {version}"),
        None => "Calico".to_owned(),
    };
    let subject = match &facts.install.method {
        Fact::Known {
            value: Method::Nothing,
            ..
        } => return with_rest("Calico is not installed".to_owned(), findings, not_read),
        Fact::Known {
            value: Method::Remnants,
            ..
        } => "Calico does not run, but its resources are still there".to_owned(),
        Fact::Known {
            value: Method::OperatorOnly,
            ..
        } => "the operator is there, but Calico is not installed".to_owned(),
        Fact::Known {
            value: Method::InstallationOnly,
            ..
        } => "Calico is asked for, but neither the operator nor calico-node runs".to_owned(),
        Fact::Known { .. } => match findings.iter().map(|found| found.severity).max() {
            None | Some(Severity::Note) if unjudged(not_read).is_empty() => {
                format!("{calico} is well")
            }
            None | Some(Severity::Note) => {
                format!("{calico} is well, as far as it could be read")
            }
            Some(Severity::Warning) => format!("{calico} works, with warnings"),
            Some(Severity::Error) => format!("{calico} has problems"),
        },
        Fact::Absent { .. } | Fact::Unknown { .. } => {
            "whether Calico is installed could not be read".to_owned()
        }
    };
    with_rest(subject, findings, not_read)
}

/// The sentence with the counts behind it.
fn with_rest(subject: String, findings: &[Finding], not_read: &[NotRead]) -> String {
    let count = |severity| {
        let findings = findings.iter();
        findings.filter(|found| found.severity == severity).count()
    };
    let mut counts = Vec::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        match count(severity) {
            0 => {}
            1 => counts.push(format!("1 {}", severity.word())),
            n => counts.push(format!("{n} {}s", severity.word())),
        }
    }
    match unjudged(not_read).len() {
        0 => {}
        1 => counts.push("1 check could not be made".to_owned()),
        n => counts.push(format!("{n} checks could not be made")),
    }
    match counts.is_empty() {
        true => subject,
        false => format!("{subject}: {}", counts.join(", ")),
    }
}

/// The codes of the checks that could not be made.
fn unjudged(not_read: &[NotRead]) -> BTreeSet<&'static str> {
    let codes = not_read.iter().flat_map(|row| row.codes.iter().copied());
    codes.collect()
}

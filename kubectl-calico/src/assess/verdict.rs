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
            Some(Severity::Error) => format!("{calico} has problems"),
            None | Some(Severity::Note) if !is_counted(facts) => {
                format!("nothing wrong was found with {calico}, but whether it runs is not known")
            }
            Some(Severity::Warning) if !is_counted(facts) => {
                format!("there are warnings for {calico}, and whether it runs is not known")
            }
            None | Some(Severity::Note) if unjudged(not_read).is_empty() => {
                format!("{calico} is well")
            }
            None | Some(Severity::Note) => {
                format!("{calico} is well, as far as it could be read")
            }
            Some(Severity::Warning) => format!("{calico} works, with warnings"),
        },
        Fact::Absent { .. } | Fact::Unknown { .. } => {
            "whether Calico is installed could not be read".to_owned()
        }
    };
    with_rest(subject, findings, not_read)
}

/// Whether it is known on how many nodes calico-node is ready. A manifest alone tells nothing of
/// it.
fn is_counted(facts: &Facts) -> bool {
    let agents = facts.agents.value();
    agents.is_some_and(|agents| agents.counts.is_some())
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

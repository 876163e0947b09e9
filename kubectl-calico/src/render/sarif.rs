//! Reports as SARIF, which code scanning shows: a run for each cluster, a rule for each code, a result for
//! each finding. What is ignored is suppressed; what is gone or cannot be read is a notification.
//!
//! Source: OASIS, Static Analysis Results Interchange Format 2.1.0.

use std::collections::BTreeSet;
use std::path::Path;

use calico_core::catalog::Entry;
use calico_core::text::visible_json;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::changes::{IGNORED, comparison, sections};
use crate::assess::changes::KnownFinding;
use crate::assess::finding::Finding;
use crate::assess::report::Report;
use crate::catalog;
use crate::clusters::NamedReport;
use crate::snapshot::Location;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The reports.
pub fn sarif(reports: &[NamedReport]) -> String {
    let is_one_of_many = reports.len() > 1;
    let runs: Vec<Value> = reports
        .iter()
        .map(|named| {
            let run = match named.outcome {
                Ok(report) => run(report),
                Err(why) => unread(why),
            };
            if !is_one_of_many {
                return run;
            }
            // Code scanning takes several runs of one tool only if they have different IDs.
            let id = format!("kubectl-calico/{}/", named.name);
            with(run, "automationDetails", json!({"id": id}))
        })
        .collect();
    let log = json!({"$schema": SCHEMA, "version": "2.1.0", "runs": runs});
    let text = serde_json::to_string_pretty(&log).unwrap_or_default();
    format!("{}\n", visible_json(&text))
}

fn run(report: &Report) -> Value {
    let ignored = &report.ignores.ignored;
    let found = report.findings.iter().map(|found| found.code);
    let codes: BTreeSet<&str> = found
        .chain(ignored.iter().map(|it| it.finding.code.as_str()))
        .collect();
    let rules: Vec<&Entry> = codes.into_iter().filter_map(catalog::entry).collect();
    let findings = report.findings.iter();
    let mut results: Vec<Value> = findings.map(|found| result(found, &rules)).collect();
    results.extend(ignored.iter().map(|ignored| {
        let suppression = json!({
            "kind": "external",
            "status": "accepted",
            "justification": ignored.reason,
        });
        let result = known(&ignored.finding, message(&ignored.finding), &rules);
        with(result, "suppressions", json!([suppression]))
    }));
    json!({
        "tool": {"driver": driver(&rules)},
        "invocations": [{
            "executionSuccessful": report.is_complete(),
            "endTimeUtc": report.head.time,
            "toolExecutionNotifications": notifications(report),
        }],
        "results": results,
    })
}

/// A cluster that could not be read.
fn unread(why: &str) -> Value {
    json!({
        "tool": {"driver": driver(&[])},
        "invocations": [{
            "executionSuccessful": false,
            "toolExecutionNotifications": [notification("error", why)],
        }],
        "results": [],
    })
}

fn driver(rules: &[&Entry]) -> Value {
    json!({
        "name": "kubectl-calico",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.iter().map(|entry| rule(entry)).collect::<Vec<_>>(),
    })
}

/// What could not be read, and what differs from another report without being a result.
fn notifications(report: &Report) -> Vec<Value> {
    let not_read = super::not_read::reasons(&report.not_read);
    let mut notifications: Vec<Value> = not_read
        .iter()
        .map(|why| notification("warning", why))
        .collect();
    let comparison = report.changes.as_ref().map(comparison);
    notifications.extend(
        comparison
            .iter()
            .flatten()
            .map(|line| notification("note", line)),
    );
    for section in sections(report) {
        for line in section.lines {
            // What is ignored is a result.
            if section.heading != IGNORED || line.severity.is_none() {
                let text = format!("{}: {} {}", section.heading, line.code, line.text);
                notifications.push(notification("note", &text));
            }
        }
    }
    notifications
}

fn notification(level: &str, text: &str) -> Value {
    json!({"level": level, "message": {"text": text}})
}

fn rule(entry: &Entry) -> Value {
    json!({
        "id": entry.code,
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": entry.meaning},
        "helpUri": entry.address(),
        "help": {"text": format!("{}\n\n{}", entry.impact, entry.fix)},
    })
}

/// A finding in full.
fn result(found: &Finding, rules: &[&Entry]) -> Value {
    let known_finding = found.into();
    let mut text = format!("{}. Impact: {}.", message(&known_finding), found.impact);
    for step in &found.fix {
        let label = if step.is_alternative { "or: " } else { "" };
        text.push_str(&format!("\n{label}{}", step.what));
        for command in &step.commands {
            text.push_str(&format!("\n{command}"));
        }
    }
    let evidence: Vec<String> = found.evidence.iter().map(ToString::to_string).collect();
    let result = known(&known_finding, text, rules);
    with(result, "properties", json!({"evidence": evidence}))
}

fn message(found: &KnownFinding) -> String {
    format!("{}: {}", found.subject, found.message)
}

fn known(found: &KnownFinding, text: String, rules: &[&Entry]) -> Value {
    json!({
        "ruleId": found.code,
        "ruleIndex": rules.iter().position(|rule| rule.code == found.code),
        // Its levels have the same names.
        "level": found.severity.word(),
        "message": {"text": text},
        "locations": [location(found)],
        // The same finding in the next run, whatever its values are then.
        "partialFingerprints": {"codeAndSubject/v1": format!("{} {}", found.code, found.subject)},
    })
}

/// Where it is: an object, and a line of a file if it was found in manifests. Code scanning takes only
/// results that have one.
fn location(found: &KnownFinding) -> Value {
    let location = json!({"logicalLocations": [{
        "fullyQualifiedName": found.subject,
        "kind": "object",
    }]});
    match &found.location {
        Some(Location { file, line }) => {
            let physical = json!({
                "artifactLocation": {"uri": uri(file)},
                "region": {"startLine": line},
            });
            with(location, "physicalLocation", physical)
        }
        None => location,
    }
}

/// An object with a further field.
fn with(mut object: Value, key: &str, value: Value) -> Value {
    if let Value::Object(fields) = &mut object {
        fields.insert(key.to_owned(), value);
    }
    object
}

/// The path of a file as a URI, relative unless the path is absolute.
fn uri(file: &str) -> String {
    const KEPT: AsciiSet = NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'.')
        .remove(b'-')
        .remove(b'_')
        .remove(b'~');
    let path = if cfg!(windows) {
        file.replace('\\', "/")
    } else {
        file.to_owned()
    };
    let uri = utf8_percent_encode(&path, &KEPT).to_string();
    if Path::new(file).is_absolute() {
        format!("file:///{}", uri.trim_start_matches('/'))
    } else {
        uri
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_path_is_a_uri() {
        assert_eq!(
            uri("clusters/a b/calico.yaml"),
            "clusters/a%20b/calico.yaml"
        );
        assert_eq!(uri("/tmp/ä.yaml"), "file:///tmp/%C3%A4.yaml");
    }
}

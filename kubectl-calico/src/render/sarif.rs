//! The report as SARIF, which code scanning shows: a rule for each code, a result for each finding.
//!
//! Source: OASIS, Static Analysis Results Interchange Format 2.1.0.

use std::collections::BTreeMap;

use calico_core::catalog::Entry;
use calico_core::text::visible_json;
use serde_json::{Value, json};

use crate::assess::finding::Finding;
use crate::assess::report::Report;
use crate::catalog;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The report.
pub fn sarif(report: &Report) -> String {
    let rules: BTreeMap<&str, &Entry> = report
        .findings
        .iter()
        .filter_map(|found| Some((found.code, catalog::entry(found.code)?)))
        .collect();
    let codes: Vec<&str> = rules.keys().copied().collect();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|found| result(found, &codes))
        .collect();
    let notifications: Vec<Value> = super::not_read::reasons(&report.not_read)
        .into_iter()
        .map(|why| json!({"level": "warning", "message": {"text": why}}))
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "kubectl-calico",
                "semanticVersion": report.head.tool_version,
                "rules": rules.values().map(|entry| rule(entry)).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": report.is_complete(),
                "endTimeUtc": report.head.time,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    let text = serde_json::to_string_pretty(&log).unwrap_or_default();
    format!("{}\n", visible_json(&text))
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

fn result(found: &Finding, codes: &[&str]) -> Value {
    let mut text = format!(
        "{}: {}. Impact: {}.",
        found.subject, found.message, found.impact
    );
    for step in &found.fix {
        text.push_str(&format!("\n{}", step.what));
        for command in &step.commands {
            text.push_str(&format!("\n{command}"));
        }
    }
    let evidence: Vec<String> = found.evidence.iter().map(ToString::to_string).collect();
    json!({
        "ruleId": found.code,
        "ruleIndex": codes.iter().position(|code| *code == found.code),
        // Its levels have the same names.
        "level": found.severity.word(),
        "message": {"text": text},
        "locations": [{"logicalLocations": [{
            "fullyQualifiedName": found.subject,
            "kind": "object",
        }]}],
        // The same finding in the next run, whatever its values are then.
        "partialFingerprints": {"codeAndSubject/v1": format!("{} {}", found.code, found.subject)},
        "properties": {"evidence": evidence},
    })
}

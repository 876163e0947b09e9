//! `--redact`: every check finds the same, and nothing that identifies a cluster is left.

use std::collections::BTreeSet;

use serde_json::Value;

use super::case::{cases, status};
use crate::run::run_on;

#[test]
fn a_redacted_cluster_has_the_same_findings() {
    let mut different = Vec::new();
    for case in cases() {
        let redacted = status(&case.objects, &["--redact", "-o", "json"]);
        let redacted: Value = serde_json::from_str(&redacted.stdout).unwrap();
        let (found, expected) = (codes(&redacted), codes(case.report()));
        if found != expected || redacted["state"] != case.report()["state"] {
            different.push(format!(
                "{}: {found:?}, not {expected:?}",
                case.folder.display()
            ));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// The codes and severities, in order.
fn codes(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|found| (text(&found["code"]), text(&found["severity"])))
        .collect()
}

#[test]
fn no_node_and_no_address_of_a_node_is_left() {
    for case in cases() {
        let names: BTreeSet<&str> = case
            .objects
            .iter()
            .filter(|object| object["kind"] == "Node")
            .flat_map(|node| {
                let addresses = node["status"]["addresses"].as_array();
                let addresses = addresses
                    .into_iter()
                    .flatten()
                    .filter_map(|address| address["address"].as_str());
                addresses.chain(node["metadata"]["name"].as_str())
            })
            .collect();
        let snapshot = run_on(&case.objects, "snapshot", &["--redact"]).stdout;
        for name in names {
            let is_left = snapshot.contains(&format!("\"{name}\""));
            assert!(!is_left, "{}: {name} in {snapshot}", case.folder.display());
        }
    }
}

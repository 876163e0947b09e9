//! `status` sees every rule of the operator broken that the filter sees broken: no field that a rule reads is trimmed away.

use std::fs;
use std::path::Path;

use calico_core::rules::{self, Enforcement};
use calico_test_support::clusters::cluster;
use calico_test_support::repository;
use serde_json::Value;

use crate::run::run_on;

#[test]
fn every_rule_of_the_operator_is_checked_in_a_cluster() {
    let folder = repository().join("tests/cases/postrender/rules");
    let mut missing = Vec::new();
    let mut checked = 0;
    for rule in rules::all().filter(|rule| rule.enforcement == Enforcement::Operator) {
        let code = rule.entry.code;
        for (verdict, is_expected) in [("fails", true), ("passes", false)] {
            let Some(found) = findings(&folder.join(code).join(verdict)) else {
                continue;
            };
            checked += 1;
            let name = format!("(rule {code})");
            if found.iter().any(|message| message.ends_with(&name)) != is_expected {
                missing.push(format!("{code}/{verdict}: {found:?}"));
            }
        }
    }
    assert!(checked > 50, "{checked}");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// The messages of CAL110 for the Installation of a case of the filter, just created under its operator. `None` for a
/// case of which something else is needed.
fn findings(case: &Path) -> Option<Vec<String>> {
    let arguments = fs::read_to_string(case.join("args")).unwrap_or_default();
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let operator = match arguments[..] {
        [] => "v1.42.3",
        ["--operator-version", version] => version,
        _ => return None,
    };
    let text = fs::read_to_string(case.join("in.yaml")).unwrap();
    if !text.starts_with("apiVersion: operator.tigera.io/v1\nkind: Installation\n")
        || text.contains("\n---")
    {
        return None;
    }
    let mut objects = cluster(&format!(
        "base: operator\n---\nkind: Deployment\nmetadata: {{name: tigera-operator, namespace: tigera-operator}}\n\
         spec: {{template: {{spec: {{containers: [{{name: tigera-operator, image: 'quay.io/tigera/operator:{operator}'}}]}}}}}}\n"
    ));
    objects.push(serde_yaml::from_str(&text).unwrap());
    let ran = run_on(&objects, "status", &["-o", "json"]);
    let report: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.output()));
    let findings = report["findings"].as_array().unwrap().iter();
    let of_rules = findings.filter(|finding| finding["code"] == "CAL110");
    Some(
        of_rules
            .map(|finding| finding["message"].as_str().unwrap().to_owned())
            .collect(),
    )
}

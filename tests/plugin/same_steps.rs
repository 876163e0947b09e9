//! A fix of status and the steps of a plan to the same end.

use std::fs;

use calico_test_support::clusters::cluster;
use calico_test_support::repository;
use serde_json::{Value, json};

use crate::run::run_on;

/// The document that a subcommand prints for a case of status.
fn document(subcommand: &str, case: &str, flags: &[&str]) -> Value {
    let file = repository()
        .join("tests/cases/status")
        .join(case)
        .join("cluster.yaml");
    let objects = cluster(&fs::read_to_string(file).unwrap());
    let ran = run_on(&objects, subcommand, &[&["-o", "json"], flags].concat());
    serde_json::from_str(&ran.stdout).unwrap()
}

/// The steps of a plan, without the last one, which verifies them, and as a plan without flags says
/// them.
fn planned(case: &str, flag: &str, value: &str) -> Value {
    let mut steps = document("plan", case, &[flag, value])["steps"].clone();
    let last = steps.as_array_mut().unwrap().pop().unwrap();
    assert_eq!(
        last["commands"],
        json!(["kubectl calico status"]),
        "{case}: {steps} {last}"
    );
    let text = steps.to_string().replace(&format!(" {flag} {value}"), "");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn status_and_plan_change_a_pool_in_the_same_steps() {
    for (case, flag, value) in [
        ("CAL301/fails-on-azure", "--encapsulation", "VXLAN"),
        (
            "CAL301/fails-on-azure-from-manifests",
            "--encapsulation",
            "VXLAN",
        ),
        ("CAL201/fails", "--cidr", "10.244.0.0/16"),
        (
            "CAL201/fails-owned-by-the-operator",
            "--cidr",
            "10.244.0.0/16",
        ),
        (
            "CAL201/fails-with-an-old-operator",
            "--cidr",
            "10.244.0.0/16",
        ),
    ] {
        let report = document("status", case, &[]);
        let findings = report["findings"].as_array().unwrap();
        let (code, _) = case.split_once('/').unwrap();
        let finding = findings.iter().find(|finding| finding["code"] == code);
        let steps = planned(case, flag, value);
        assert!(steps.as_array().unwrap().len() >= 3, "{case}: {steps}");
        // What it read from files, a plan reads again.
        let steps = steps.to_string().replace(" -f cluster.yaml", "");
        let fix = finding.unwrap()["fix"].to_string();
        assert_eq!(steps, fix, "{case}");
    }
}

//! The report as JSON, and what all formats have in common.

use std::fs;

use calico_test_support::repository;
use serde_json::Value;

use super::case::{cases, report, status};
use crate::run::run_on;

#[test]
fn every_report_matches_the_schema() {
    let file = repository().join("docs/status.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for case in cases() {
        let errors: Vec<String> = schema
            .iter_errors(case.report())
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(
            errors.is_empty(),
            "{}\n{}",
            case.folder.display(),
            errors.join("\n")
        );
    }
}

#[test]
fn a_snapshot_gives_the_same_report_as_the_cluster() {
    for case in cases() {
        let snapshot = run_on(&case.objects, "snapshot", &[]);
        assert_eq!((snapshot.exit, snapshot.stderr.as_str()), (0, ""));
        let objects: Vec<Value> = snapshot
            .stdout
            .split("---\n")
            .filter(|document| !document.is_empty())
            .map(|document| serde_json::from_str(document).unwrap())
            .collect();
        assert_eq!(
            without_time(report(&objects)),
            without_time(case.report().clone()),
            "{}",
            case.folder.display()
        );
    }
}

fn without_time(mut report: Value) -> Value {
    report["time"] = Value::Null;
    report
}

/// One case per code is enough to check this.
#[test]
fn the_exit_code_is_the_same_in_every_format() {
    let mut cases: Vec<_> = cases().iter().collect();
    cases.dedup_by_key(|case| case.folder.parent());
    for case in cases {
        for fail_on in ["error", "warning", "never"] {
            let exit = |format| status(&case.objects, &["--fail-on", fail_on, "-o", format]).exit;
            assert_eq!(exit("text"), exit("json"), "{}", case.folder.display());
        }
    }
}

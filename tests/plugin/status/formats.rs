//! The report as JSON, and what all formats have in common.

use std::fs;

use calico_test_support::clusters::cluster;
use calico_test_support::repository;
use serde_json::Value;

use super::case::{cases, one_per_code, report, status};
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
            without_lines(without_time(report(&objects))),
            without_lines(without_time(case.report().clone())),
            "{}",
            case.folder.display()
        );
    }
}

#[test]
fn yaml_is_the_same_document() {
    for case in one_per_code() {
        let ran = status(&case.objects, &["-o", "yaml"]);
        let yaml: Value = serde_yaml::from_str(&ran.stdout).unwrap();
        assert_eq!(
            without_time(yaml),
            without_time(case.report().clone()),
            "{}",
            case.folder.display()
        );
    }
}

/// The first lines of the whole report: the verdict, and a line or two for each finding.
#[test]
fn short_is_the_beginning_of_the_report() {
    for case in one_per_code() {
        let report = status(&case.objects, &[]);
        let short = status(&case.objects, &["-o", "short"]);
        assert_eq!(report.exit, short.exit);
        assert!(
            report.stdout.starts_with(&short.stdout),
            "{}\n{}",
            report.stdout,
            short.stdout
        );
    }
}

/// The report without the lines of its findings, which differ between a snapshot and manifests.
fn without_lines(mut report: Value) -> Value {
    for finding in report["findings"].as_array_mut().unwrap() {
        finding.as_object_mut().unwrap().remove("location");
    }
    report
}

fn without_time(mut report: Value) -> Value {
    report["time"] = Value::Null;
    report
}

/// What is wrong between healthy nodes, only the nodes can show.
#[test]
fn a_healthy_report_names_the_steps_for_traffic_that_still_fails() {
    const HINT: &str = "If pods still cannot reach each other:\n    \
                        kubectl calico status -f cluster.yaml -o connectivity\n";
    let shown = |text: &str, arguments: &[&str]| {
        let ran = status(&cluster(text), arguments);
        assert_eq!(ran.exit, 0, "{}", ran.output());
        ran.stdout.contains(HINT)
    };
    for format in ["text", "wide"] {
        assert!(shown("base: helm\n", &["-o", format]), "{format}");
    }
    for format in ["short", "json", "markdown"] {
        assert!(!shown("base: helm\n", &["-o", format]), "{format}");
    }
    // There are no steps between one node and itself.
    assert!(!shown("base: helm\nnodes: 1\n", &[]));
    assert!(!shown("base: kubeadm\n", &[]));
}

#[test]
fn the_exit_code_is_the_same_in_every_format() {
    for case in one_per_code() {
        for fail_on in ["error", "warning", "never"] {
            let exit = |format| status(&case.objects, &["--fail-on", fail_on, "-o", format]).exit;
            assert_eq!(exit("text"), exit("json"), "{}", case.folder.display());
        }
    }
}

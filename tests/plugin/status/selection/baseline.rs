//! Findings since an earlier report, and files that are no report.

use std::fs;

use serde_json::Value;

use super::{HEALTHY, OUTSIDE, codes, folder, json, status};

#[test]
fn since_a_baseline_only_what_is_new_counts() {
    let folder = folder(OUTSIDE);
    let before = status(folder.path(), &["-o", "json"]);
    assert_eq!(before.exit, 1);
    let baseline = folder.path().join("baseline.json");
    fs::write(&baseline, &before.stdout).unwrap();
    let arguments = ["--baseline", "baseline.json"];
    assert_eq!(status(folder.path(), &arguments).exit, 0);
    let report = json(folder.path(), &arguments);
    assert_eq!(codes(&report), [""; 0]);
    let healthy = self::folder("base: calico.yaml\n");
    fs::copy(&baseline, healthy.path().join("baseline.json")).unwrap();
    let report = json(healthy.path(), &arguments);
    assert_eq!(report["changes"]["gone"][0]["code"], "CAL201");
    let broken = self::folder(OUTSIDE);
    let none = before.stdout.replace("CAL201", "CAL202");
    fs::write(broken.path().join("baseline.json"), none).unwrap();
    assert_eq!(status(broken.path(), &arguments).exit, 1);
}

#[test]
fn what_could_not_be_checked_is_not_gone() {
    let folder = folder(OUTSIDE);
    let before = status(folder.path(), &["-o", "json"]).stdout;
    let text = "base: calico.yaml\nheader: {forbidden: {IPPool: may not list}}\n";
    let unread = self::folder(text);
    fs::write(unread.path().join("baseline.json"), before).unwrap();
    let arguments = ["--baseline", "baseline.json"];
    assert_eq!(status(unread.path(), &arguments).exit, 2);
    let report = json(unread.path(), &arguments);
    assert_eq!(report["changes"]["gone"].to_string(), "[]");
}

#[test]
fn another_severity_is_a_change_and_counts_if_it_is_worse() {
    let folder = folder(OUTSIDE);
    let before = status(folder.path(), &["-o", "json"]).stdout;
    for (then, exit, kept) in [("warning", 1, 1), ("error", 0, 0)] {
        let mut baseline: Value = serde_json::from_str(&before).unwrap();
        baseline["findings"][0]["severity"] = then.into();
        fs::write(folder.path().join("baseline.json"), baseline.to_string()).unwrap();
        let arguments = ["--baseline", "baseline.json"];
        assert_eq!(status(folder.path(), &arguments).exit, exit, "{then}");
        let report = json(folder.path(), &arguments);
        let changes = &report["changes"];
        assert_eq!(changes["changed"].as_array().unwrap().len(), kept);
        assert_eq!(
            (&changes["new"], changes["gone"].to_string()),
            (&0.into(), "[]".into())
        );
        assert_eq!(codes(&report).len(), kept);
        if kept == 1 {
            assert_eq!(changes["changed"][0]["was"]["severity"], then);
            let shown = status(folder.path(), &arguments).stdout;
            assert!(shown.contains("0 new findings, 1 changed"), "{shown}");
        }
    }
}

/// In JUnit, a check whose findings are in the baseline has not passed.
#[test]
fn a_finding_that_is_not_new_is_skipped_in_junit() {
    let folder = folder(OUTSIDE);
    let before = status(folder.path(), &["-o", "json"]).stdout;
    fs::write(folder.path().join("baseline.json"), before).unwrap();
    let junit = status(
        folder.path(),
        &["--baseline", "baseline.json", "-o", "junit"],
    )
    .stdout;
    assert!(junit.contains("<skipped message=\"not new\"/>"), "{junit}");
}

#[test]
fn a_file_that_is_no_report_says_what_it_is() {
    let folder = folder(HEALTHY);
    let cluster = "apiVersion: v1\nkind: Node\nmetadata: {name: x}\n";
    for (text, said) in [
        (
            cluster,
            "is of kind \"Node\", not a report: write one with kubectl calico status -o json",
        ),
        ("✗ Calico is degraded\n", "is not a report: write one with"),
        ("[]", "is not a report: write one with"),
        ("", "is not a report: write one with"),
        ("a: 1\n---\nb: 1\n", "is not a report: write one with"),
        (
            r#"{"apiVersion": "kubectl-calico/v0", "kind": "StatusReport"}"#,
            "was written by another version of kubectl-calico: write one with",
        ),
        (
            r#"{"apiVersion": "kubectl-calico/v1alpha1", "kind": "StatusReport"}"#,
            "is not a complete report: missing field",
        ),
        (
            r#"{"apiVersion": "kubectl-calico/v1alpha1", "kind": "StatusReportList", "clusters": []}"#,
            "has the reports on several clusters: write one on this cluster",
        ),
    ] {
        fs::write(folder.path().join("other"), text).unwrap();
        let outcome = status(folder.path(), &["--baseline", "other"]);
        assert_eq!((outcome.exit, outcome.stdout.as_str()), (2, ""), "{text}");
        assert!(
            outcome.stderr.contains(&format!("other {said}")),
            "{}",
            outcome.stderr
        );
    }
}

#[test]
fn only_a_report_is_a_baseline() {
    let folder = folder(HEALTHY);
    fs::write(
        folder.path().join("plan.json"),
        r#"{"kind": "Plan", "time": "", "findings": []}"#,
    )
    .unwrap();
    let outcome = status(folder.path(), &["--baseline", "plan.json"]);
    assert_eq!(outcome.exit, 2);
    assert!(
        outcome.stderr.contains("plan.json is of kind"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn a_redacted_report_is_no_baseline() {
    let folder = folder(OUTSIDE);
    let redacted = status(folder.path(), &["--redact", "-o", "json"]).stdout;
    fs::write(folder.path().join("baseline.json"), redacted).unwrap();
    let ran = status(folder.path(), &["--baseline", "baseline.json"]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr.contains("was written with --redact"),
        "{}",
        ran.stderr
    );
}

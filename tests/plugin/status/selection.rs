//! Which findings are shown, and count: with manifests laid over a cluster, since an earlier report, and
//! without those that are ignored.

use std::fs;
use std::path::Path;

use calico_test_support::clusters::{cluster, manifest};
use calico_test_support::outcome::Outcome;
use serde_json::Value;

use crate::run::plugin;

const HEALTHY: &str = "base: helm\n";

const OUTSIDE: &str = "\
base: calico.yaml
---
apiVersion: crd.projectcalico.org/v1
kind: IPPool
metadata: {name: default-ipv4-ippool}
spec: {cidr: 192.168.0.0/16}
";

/// The Installation of the base `helm`, with another list of pools.
fn installation(pools: &str) -> String {
    format!(
        "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {{name: default}}\n\
         spec: {{calicoNetwork: {{ipPools: {pools}}}}}\n"
    )
}

/// A folder with `cluster.yaml`.
fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cluster.yaml"), manifest(&cluster(text))).unwrap();
    folder
}

fn status(folder: &Path, arguments: &[&str]) -> Outcome {
    let output = plugin()
        .current_dir(folder)
        .args(["status", "-f", "cluster.yaml"])
        .args(arguments)
        .output()
        .unwrap();
    Outcome::of(&output)
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let outcome = status(folder, &[arguments, &["-o", "json"]].concat());
    serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{}", outcome.output()))
}

/// The report on a healthy cluster with an Installation that lists these pools.
fn with_pools(pools: &str) -> (Value, i32) {
    let folder = folder(HEALTHY);
    fs::write(folder.path().join("with.yaml"), installation(pools)).unwrap();
    let exit = status(folder.path(), &["--with", "with.yaml"]).exit;
    (json(folder.path(), &["--with", "with.yaml"]), exit)
}

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|it| it["code"].as_str().unwrap()).collect()
}

/// The pool of the base, as the Installation lists it.
fn pool() -> Value {
    let objects = cluster(HEALTHY);
    let installation = objects.iter().find(|it| it["kind"] == "Installation");
    installation.unwrap()["spec"]["calicoNetwork"]["ipPools"][0].clone()
}

#[test]
fn the_same_pools_change_nothing() {
    let (report, exit) = with_pools(&format!("[{}]", pool()));
    assert_eq!((codes(&report), exit), (vec![], 0));
    assert!(
        report["changes"]["operator"].is_null(),
        "{}",
        report["changes"]
    );
}

#[test]
fn the_operator_changes_the_encapsulation_of_its_pool() {
    let mut pool = pool();
    let before = pool["encapsulation"].take();
    let other = if before == "IPIP" { "VXLAN" } else { "IPIP" };
    pool["encapsulation"] = other.into();
    let (report, exit) = with_pools(&format!("[{pool}]"));
    assert_eq!((codes(&report), exit), (vec![], 0), "{before}");
    let operator = report["changes"]["operator"][0].as_str().unwrap();
    assert!(operator.starts_with("changes IPPool/default-ipv4-ippool: encapsulation from "));
    assert!(
        report["changes"]["ports"].is_string(),
        "{}",
        report["changes"]
    );
}

#[test]
fn a_pool_outside_the_pod_cidr_would_be_found() {
    let (report, exit) = with_pools(&format!(
        "[{}, {{cidr: 172.30.0.0/16, encapsulation: VXLAN}}]",
        pool()
    ));
    assert_eq!((codes(&report), exit), (vec!["CAL201"], 1));
    let fix = &report["findings"][0]["fix"];
    assert_eq!(
        fix[0]["what"],
        "give the pool another CIDR in the manifest of the Installation"
    );
    assert!(fix[0]["commands"].is_null());
}

#[test]
fn the_operator_would_delete_a_pool_that_is_no_longer_listed() {
    let (report, exit) = with_pools("[]");
    assert_eq!((codes(&report)[0], exit), ("CAL208", 1));
    assert_eq!(
        report["changes"]["operator"][0],
        "deletes IPPool/default-ipv4-ippool"
    );
}

#[test]
fn a_manifest_without_pools_keeps_them_and_says_so() {
    let folder = folder(HEALTHY);
    let text = "{apiVersion: operator.tigera.io/v1, kind: Installation, metadata: {name: default}, spec: {}}";
    fs::write(folder.path().join("with.yaml"), text).unwrap();
    let outcome = status(folder.path(), &["--with", "with.yaml"]);
    assert_eq!(outcome.exit, 0, "{}", outcome.output());
    let said = outcome.stdout.replace('\n', " ");
    assert!(
        said.contains("Installation/default keeps spec.calicoNetwork.ipPools"),
        "{said}"
    );
}

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
fn what_is_ignored_is_not_gone_since_a_baseline() {
    let folder = folder(OUTSIDE);
    let before = status(folder.path(), &["-o", "json"]).stdout;
    fs::write(folder.path().join("baseline.json"), before).unwrap();
    let arguments = ["--baseline", "baseline.json", "--ignore", "CAL201=agreed"];
    let report = json(folder.path(), &arguments);
    assert_eq!(report["changes"]["gone"].to_string(), "[]");
    assert_eq!(report["ignores"]["ignored"][0]["code"], "CAL201");
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

/// The manifests change nothing about what is ignored, which still matches.
#[test]
fn what_is_ignored_is_ignored_before_and_after_a_change() {
    let folder = folder(OUTSIDE);
    fs::write(
        folder.path().join("with.yaml"),
        "{apiVersion: v1, kind: Node, metadata: {name: x}}",
    )
    .unwrap();
    let arguments = ["--with", "with.yaml", "--ignore", "CAL201=agreed"];
    let report = json(folder.path(), &arguments);
    assert_eq!(report["ignores"]["ignored"][0]["code"], "CAL201");
    assert_eq!(report["ignores"]["unused"].to_string(), "[]");
    assert_eq!(report["changes"]["gone"].to_string(), "[]");
    let without = json(folder.path(), &["--with", "with.yaml"]);
    let unchanged = &without["changes"]["unchanged"];
    assert_eq!(unchanged[0]["code"], "CAL201");
    assert_eq!(without["state"], "degraded");
}

/// Ignores and a baseline reach every format: what is ignored and why, entries that are no longer needed
/// or valid, what is new, what has changed, and what is gone.
#[test]
fn every_format_shows_what_is_ignored_and_what_has_changed() {
    let folder = folder(OUTSIDE);
    let before = status(folder.path(), &["-o", "json"]).stdout;
    let mut baseline: Value = serde_json::from_str(&before).unwrap();
    let mut gone = baseline["findings"][0].clone();
    gone["code"] = "CAL202".into();
    gone["message"] = "no longer so".into();
    baseline["findings"] = serde_json::json!([gone]);
    fs::write(folder.path().join("baseline.json"), baseline.to_string()).unwrap();
    fs::write(
        folder.path().join("ignore.yaml"),
        "ignore:\n- {code: CAL201, reason: agreed by the routers}\n- {code: CAL216, reason: never needed}\n\
         - {code: CAL217, reason: too old, until: 2000-01-01}\n",
    )
    .unwrap();
    let arguments = [
        "--baseline",
        "baseline.json",
        "--ignore-file",
        "ignore.yaml",
    ];
    for format in [
        "text", "short", "wide", "json", "yaml", "markdown", "html", "junit", "sarif",
    ] {
        let outcome = status(folder.path(), &[&arguments[..], &["-o", format]].concat());
        assert_eq!(outcome.exit, 0, "{}", outcome.output());
        let words: Vec<&str> = outcome.stdout.split_whitespace().collect();
        let words = words.join(" ");
        for shown in [
            "agreed by the routers",
            "no longer so",
            "never needed",
            "too old",
        ] {
            assert!(
                words.contains(shown),
                "{format}: {shown}: {}",
                outcome.stdout
            );
        }
    }
    let metrics = status(
        folder.path(),
        &[&arguments[..], &["-o", "prometheus"]].concat(),
    )
    .stdout;
    for sample in [
        r#"kubectl_calico_ignored_findings_by_code{cluster="cluster",code="CAL201",severity="error"} 1"#,
        r#"kubectl_calico_needless_ignores{cluster="cluster",reason="unused"} 1"#,
        r#"kubectl_calico_needless_ignores{cluster="cluster",reason="expired"} 1"#,
        r#"kubectl_calico_changes{cluster="cluster",change="gone"} 1"#,
    ] {
        assert!(metrics.contains(sample), "{metrics}");
    }
    let junit = status(folder.path(), &[&arguments[..], &["-o", "junit"]].concat()).stdout;
    let skipped = "<skipped message=\"ignored: agreed by the routers\"/>";
    assert!(junit.contains(skipped), "{junit}");
    let sarif: Value = serde_json::from_str(
        &status(folder.path(), &[&arguments[..], &["-o", "sarif"]].concat()).stdout,
    )
    .unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["suppressions"][0]["kind"], "external");
    assert_eq!(
        result["suppressions"][0]["justification"],
        "agreed by the routers"
    );
    assert_eq!(
        sarif["runs"][0]["tool"]["driver"]["rules"][0]["id"],
        "CAL201"
    );
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
fn what_is_ignored_does_not_count() {
    let folder = folder(OUTSIDE);
    for ignore in ["CAL201=agreed", "CAL201:IPPool/default-ipv4-ippool=agreed"] {
        let arguments = ["--ignore", ignore];
        let outcome = status(folder.path(), &arguments);
        assert_eq!(outcome.exit, 0, "{}", outcome.output());
        assert!(
            outcome.stdout.contains("(ignored: agreed)"),
            "{}",
            outcome.stdout
        );
        let report = json(folder.path(), &arguments);
        assert_eq!(report["ignores"]["ignored"][0]["reason"], "agreed");
    }
    let other = status(folder.path(), &["--ignore", "CAL201:IPPool/other=agreed"]);
    assert_eq!(other.exit, 1);
    assert!(
        other.stdout.contains("matches no finding"),
        "{}",
        other.stdout
    );
}

#[test]
fn what_has_expired_counts_again() {
    let folder = folder(OUTSIDE);
    for (until, exit, said) in [
        (
            "2000-01-01",
            1,
            "counts again: it was ignored until 2000-01-01",
        ),
        ("2999-01-01", 0, "(ignored: agreed)"),
    ] {
        let text = format!("ignore:\n- code: CAL201\n  reason: agreed\n  until: {until}\n");
        fs::write(folder.path().join("ignore.yaml"), text).unwrap();
        let outcome = status(folder.path(), &["--ignore-file", "ignore.yaml"]);
        assert_eq!(outcome.exit, exit, "{}", outcome.output());
        let stdout = outcome.stdout.replace('\n', " ");
        assert!(stdout.contains(said), "{stdout}");
    }
}

/// Ignored, known before, or neither: each check is counted once.
#[test]
fn a_check_is_counted_by_what_the_report_says_of_it() {
    let folder = folder(OUTSIDE);
    let before = status(folder.path(), &["-o", "json"]).stdout;
    fs::write(folder.path().join("baseline.json"), &before).unwrap();
    let before: Value = serde_json::from_str(&before).unwrap();
    let counts = |arguments: &[&str]| {
        let checks = json(folder.path(), arguments)["checks"].clone();
        let of = |result: &str| checks[result].as_u64().unwrap();
        let all = [
            "passed",
            "failed",
            "ignored",
            "unchanged",
            "skipped",
            "notApplicable",
        ]
        .map(of);
        (all[1], all[2], all[3], all.iter().sum::<u64>())
    };
    let total: u64 = before["checks"]
        .as_object()
        .unwrap()
        .values()
        .map(|it| it.as_u64().unwrap())
        .sum();
    assert_eq!(counts(&[]), (1, 0, 0, total));
    let ignore = ["--ignore", "CAL201=agreed"];
    assert_eq!(counts(&ignore), (0, 1, 0, total));
    let since = ["--baseline", "baseline.json"];
    assert_eq!(counts(&since), (0, 0, 1, total));
    assert_eq!(counts(&[ignore, since].concat()), (0, 1, 0, total));
    let text = status(folder.path(), &ignore).stdout;
    assert!(text.contains("checks passed, 1 ignored"), "{text}");
    let metrics = status(
        folder.path(),
        &[&ignore[..], &["-o", "prometheus"]].concat(),
    )
    .stdout;
    let sample = r#"kubectl_calico_checks{cluster="cluster",result="ignored"} 1"#;
    assert!(metrics.contains(sample), "{metrics}");
}

#[test]
fn a_mistake_in_a_file_of_ignores_has_a_line() {
    let folder = folder(OUTSIDE);
    let entry =
        |rest: &str| format!("ignore:\n- code: CAL216\n  reason: routed\n- code: CAL201\n{rest}");
    let file = folder.path().join("ignore.yaml");
    for (rest, line, said) in [
        (
            "  reason: agreed\n  until: 20261128\n",
            6,
            "integer `20261128`, expected a date such as 2027-01-31",
        ),
        (
            "  reason: agreed\n  until: '20261128'\n",
            6,
            "\"20261128\", expected a date such as 2027-01-31",
        ),
        (
            "  reason: agreed\n  until: [2026]\n",
            6,
            "list, expected a date such as 2027-01-31",
        ),
        ("  reason: ''\n", 4, "the reason to ignore CAL201 is empty"),
        (
            "  reason: agreed\n- {code: CAL999, reason: x}\n",
            6,
            "status has no finding CAL999",
        ),
        ("  why: agreed\n", 5, "unknown field `why`"),
    ] {
        fs::write(&file, entry(rest)).unwrap();
        let ran = status(folder.path(), &["--ignore-file", "ignore.yaml"]);
        assert_eq!((ran.exit, ran.stdout.as_str()), (2, ""), "{rest}");
        let place = format!("ignore.yaml:{line}: ");
        assert!(
            ran.stderr.contains(&place) && ran.stderr.contains(said),
            "{rest}: {}",
            ran.stderr
        );
    }
    for rest in [
        "  reason: agreed\n  until: null\n",
        "  reason: agreed\n  until:\n",
        "  reason: agreed\n  until: 2999-01-01\n",
    ] {
        fs::write(&file, entry(rest)).unwrap();
        let ran = status(folder.path(), &["--ignore-file", "ignore.yaml"]);
        assert_eq!(ran.exit, 0, "{rest}: {}", ran.output());
    }
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

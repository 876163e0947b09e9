//! Findings that are ignored: until a day, beside an earlier report, and under laid manifests.

use std::fs;

use super::{OUTSIDE, folder, json, status};

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

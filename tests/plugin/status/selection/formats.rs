//! What each format shows of findings that are ignored, new, changed or gone.

use std::fs;

use serde_json::Value;

use super::{OUTSIDE, folder, json, status};

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

//! Baselines and ignores of several clusters.

use std::fs;

use serde_json::Value;

use super::{five, status, write};

#[test]
fn each_cluster_is_compared_with_its_own_earlier_report() {
    let folder = five();
    fs::remove_file(folder.path().join("test.yaml")).unwrap();
    let before = status(folder.path(), &["-f", ".", "-o", "json"]).stdout;
    let elsewhere = tempfile::tempdir().unwrap();
    let baseline = elsewhere.path().join("baseline.json");
    fs::write(&baseline, before).unwrap();
    let baseline = baseline.to_str().unwrap();
    let arguments = ["-f", ".", "--baseline", baseline];
    // The one that was cut off.
    assert_eq!(status(folder.path(), &arguments).exit, 2);
    write(folder.path(), "test.yaml", "CAL401/fails-at-51");
    let list = status(folder.path(), &[&arguments[..], &["-o", "json"]].concat()).stdout;
    let list: Value = serde_json::from_str(&list).unwrap();
    let changes = |index: usize| &list["clusters"][index]["report"]["changes"];
    assert_eq!(
        (
            &changes(3)["new"],
            changes(3)["unchanged"].as_array().unwrap().len()
        ),
        (&0.into(), 1)
    );
    assert_eq!(changes(4)["new"], 1);
    let compared = changes(4)["compared"].as_str().unwrap();
    assert!(
        compared.ends_with("which has no report on it"),
        "{compared}"
    );
    let one = status(folder.path(), &["-f", "staging.yaml", "-o", "json"]).stdout;
    fs::write(baseline, one).unwrap();
    let refused = status(folder.path(), &arguments);
    assert_eq!((refused.exit, refused.stdout.as_str()), (2, ""));
    assert!(
        refused.stderr.contains("is a report on one cluster"),
        "{}",
        refused.stderr
    );
}

/// The names in a baseline are those of the files, and not of the path in which they were given.
#[test]
fn a_baseline_fits_however_the_path_is_written() {
    let folder = five();
    fs::remove_file(folder.path().join("cut-off.yaml")).unwrap();
    let parent = folder.path().parent().unwrap();
    let name = folder.path().file_name().unwrap().to_str().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let baseline = elsewhere.path().join("baseline.json");
    let before = status(folder.path(), &["-f", ".", "-o", "json"]).stdout;
    fs::write(&baseline, before).unwrap();
    let absolute = folder.path().to_str().unwrap();
    for path in [name, &format!("./{name}"), &format!("{name}/"), absolute] {
        let arguments = [
            "-f",
            path,
            "--baseline",
            baseline.to_str().unwrap(),
            "-o",
            "json",
        ];
        let list = status(parent, &arguments);
        assert_eq!(list.exit, 0, "{path}: {}", list.output());
        let list: Value = serde_json::from_str(&list.stdout).unwrap();
        for cluster in list["clusters"].as_array().unwrap() {
            let compared = cluster["report"]["changes"]["compared"].as_str().unwrap();
            assert!(
                compared.starts_with("with the report of"),
                "{path}: {compared}"
            );
        }
    }
}

/// Names are given as they are in the clusters, each of which has other replacements.
#[test]
fn ignores_and_a_baseline_of_redacted_clusters() {
    let folder = five();
    fs::remove_file(folder.path().join("cut-off.yaml")).unwrap();
    let before = status(folder.path(), &["-f", ".", "-o", "json"]).stdout;
    fs::write(folder.path().join("before.txt"), before).unwrap();
    let text = "ignore:\n- {code: CAL201, object: IPPool/default-ipv4-ippool, reason: zqreason of zqteam}\n\
                - {code: CAL204, object: IPPool/zqpool-1, reason: zqnever}\n";
    fs::write(folder.path().join("ignore.txt"), text).unwrap();
    let arguments = ["-f", ".", "--redact", "--ignore-file", "ignore.txt"];
    let ran = status(folder.path(), &arguments);
    assert_eq!(ran.exit, 0, "{}", ran.output());
    assert!(!ran.output().contains("zq"), "{}", ran.output());
    let count = |text: &str| ran.stdout.matches(text).count();
    assert_eq!(count("(ignored: "), 1, "{}", ran.stdout);
    assert_eq!(count("matches no finding"), 4, "{}", ran.stdout);
    let since = [
        "-f",
        ".",
        "--redact",
        "--baseline",
        "before.txt",
        "-o",
        "json",
    ];
    let since = status(folder.path(), &since);
    assert_eq!(since.exit, 0, "{}", since.output());
    let list: Value = serde_json::from_str(&since.stdout).unwrap();
    for cluster in list["clusters"].as_array().unwrap() {
        let changes = &cluster["report"]["changes"];
        assert_eq!(
            (&changes["new"], changes["gone"].to_string()),
            (&0.into(), "[]".into())
        );
    }
    assert!(!since.stdout.contains("staging"), "{}", since.stdout);
}

/// An entry is for all clusters, so it may match in one of them only.
#[test]
fn an_ignore_is_unused_if_it_matches_in_no_cluster() {
    let folder = five();
    fs::remove_file(folder.path().join("cut-off.yaml")).unwrap();
    fs::remove_file(folder.path().join("empty.yaml")).unwrap();
    let text = "ignore:\n- {code: CAL201, reason: agreed}\n- {code: CAL204, reason: never}\n";
    fs::write(folder.path().join("ignore.txt"), text).unwrap();
    let outcome = status(folder.path(), &["-f", ".", "--ignore-file", "ignore.txt"]);
    assert_eq!(outcome.exit, 0, "{}", outcome.output());
    let count = |text: &str| outcome.stdout.matches(text).count();
    assert_eq!(
        count("CAL201 (agreed) matches no finding"),
        0,
        "{}",
        outcome.stdout
    );
    assert_eq!(
        count("CAL204 (never) matches no finding"),
        3,
        "{}",
        outcome.stdout
    );
    assert_eq!(count("(ignored: agreed)"), 1, "{}", outcome.stdout);
}

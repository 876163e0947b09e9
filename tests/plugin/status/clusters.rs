//! `kubectl calico status` on several clusters: snapshots, and contexts of a kubeconfig.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use calico_test_support::clusters::{Base, cluster, manifest};
use calico_test_support::outcome::Outcome;
use calico_test_support::repository;
use calico_test_support::snapshot::assert_snapshot;
use serde_json::Value;

use crate::run::plugin;

/// Writes the snapshot of a case of `status`.
fn write(folder: &Path, name: &str, case: &str) {
    let case = repository().join("tests/cases/status").join(case);
    let text = fs::read_to_string(case.join("cluster.yaml")).unwrap();
    fs::write(folder.join(name), manifest(&cluster(&text))).unwrap();
}

/// A folder with the snapshots of five clusters, of which one was cut off.
fn five() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "production.yaml", "healthy/helm");
    write(folder.path(), "staging.yaml", "CAL201/fails");
    write(folder.path(), "test.yaml", "CAL401/fails-at-51");
    write(folder.path(), "empty.yaml", "state/not-installed");
    let header = r#"{"apiVersion": "kubectl-calico/v1alpha1", "kind": "Snapshot", "objects": 9}"#;
    fs::write(folder.path().join("cut-off.yaml"), header).unwrap();
    folder
}

fn status(folder: &Path, arguments: &[&str]) -> Outcome {
    let mut command = plugin();
    command.current_dir(folder).arg("status").args(arguments);
    Outcome::of(&command.output().unwrap())
}

#[test]
fn a_folder_of_snapshots() {
    let folder = five();
    let all = status(folder.path(), &["-f", "."]);
    assert_eq!((all.exit, all.stderr.as_str()), (1, ""));
    assert_snapshot("plugin_status_clusters", &all.stdout);
    let short = status(folder.path(), &["-f", ".", "-o", "short"]).stdout;
    assert_eq!(short.lines().count(), 6, "{short}");
    assert!(all.stdout.starts_with(&short));
    let named = [
        "-f",
        "staging.yaml",
        "-f",
        "test.yaml",
        "--fail-on",
        "never",
    ];
    assert_eq!(status(folder.path(), &named).exit, 0);
    let unread = ["-f", "production.yaml", "-f", "cut-off.yaml"];
    assert_eq!(status(folder.path(), &unread).exit, 2);
    let healthy = ["-f", "production.yaml", "-f", "production.yaml"];
    assert_eq!(status(folder.path(), &healthy).exit, 0);
}

#[test]
fn the_list_matches_its_schema() {
    let folder = five();
    let file = repository().join("docs/clusters.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let list = status(folder.path(), &["-f", ".", "-o", "json"]).stdout;
    let list: Value = serde_json::from_str(&list).unwrap();
    let errors: Vec<String> = schema.iter_errors(&list).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let clusters = list["clusters"].as_array().unwrap();
    let states: Vec<&Value> = clusters.iter().map(|it| &it["report"]["state"]).collect();
    assert_eq!(states[0], &Value::Null, "{states:?}");
    assert!(clusters[0]["error"].as_str().unwrap().contains("cut off"));
}

#[test]
fn a_snapshot_and_manifests_are_one_cluster_and_two_snapshots_are_not() {
    let folder = five();
    let objects = Base::new("nodes", "v3.32.1", 1).objects();
    let nodes = manifest(&objects[1..]);
    fs::write(folder.path().join("nodes.yml"), nodes).unwrap();
    let one = status(folder.path(), &["-f", "production.yaml", "-f", "nodes.yml"]);
    assert!(
        one.stdout.contains("production: Calico"),
        "{}",
        one.output()
    );
    let mixed = status(folder.path(), &["-f", "."]);
    assert_eq!((mixed.exit, mixed.stdout.as_str()), (2, ""));
    assert!(
        mixed.stderr.contains("nodes.yml is not"),
        "{}",
        mixed.stderr
    );
}

#[test]
fn two_hundred_contexts_that_cannot_be_reached() {
    let folder = tempfile::tempdir().unwrap();
    let mut kubeconfig = String::from("apiVersion: v1\nkind: Config\nclusters:\n");
    for number in 0..200 {
        kubeconfig.push_str(&format!(
            "- {{name: c{number}, cluster: {{server: 'http://127.0.0.1:1'}}}}\n"
        ));
    }
    kubeconfig.push_str("contexts:\n");
    for number in 0..200 {
        kubeconfig.push_str(&format!(
            "- {{name: context-{number}, context: {{cluster: c{number}}}}}\n"
        ));
    }
    let file = folder.path().join("config");
    fs::write(&file, kubeconfig).unwrap();
    let file = file.to_str().unwrap();
    let started = Instant::now();
    let all = status(
        folder.path(),
        &["--kubeconfig", file, "--all-contexts", "-o", "short"],
    );
    assert!(started.elapsed() < Duration::from_secs(120));
    assert_eq!((all.exit, all.stderr.as_str()), (2, ""));
    assert_eq!(all.stdout.lines().count(), 201);
    let two = [
        "--kubeconfig",
        file,
        "--contexts",
        "context-7,no-such-context",
    ];
    let two = status(folder.path(), &two);
    assert_eq!(two.exit, 2);
    assert!(two.stdout.contains("? context-7: "), "{}", two.stdout);
    assert!(
        two.stdout.contains("does not exist in the kubeconfig"),
        "{}",
        two.stdout
    );
}

#[test]
fn flags_for_one_cluster_are_usage_errors() {
    for flags in [
        ["--contexts", "a", "--all-contexts", ""].as_slice(),
        &["--contexts", "a", "--context", "b"],
        &["--all-contexts", "-f", "x.yaml"],
        &["--contexts", "a", "--baseline", "x.json"],
    ] {
        let flags: Vec<&str> = flags.iter().copied().filter(|it| !it.is_empty()).collect();
        assert_eq!(status(Path::new("/"), &flags).exit, 64, "{flags:?}");
    }
}

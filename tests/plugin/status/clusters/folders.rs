//! Snapshots in folders, and which files are one cluster.

use std::fs;
use std::process::Command;

use calico_test_support::clusters::{Base, cluster, manifest};
use calico_test_support::outcome::Outcome;
use calico_test_support::snapshot::assert_snapshot;

use super::{five, status, write};
use crate::run::plugin;

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
fn files_of_one_name_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    for day in ["monday", "tuesday"] {
        let path = folder.path().join(day);
        fs::create_dir(&path).unwrap();
        let mut objects = cluster(
            "base: calico.yaml\n---\nkind: Node\nmetadata: {name: node-1}\nstatus: {addresses: []}\n",
        );
        objects[0]["origin"] = serde_json::json!({"cluster": "kubernetes"});
        fs::write(path.join("cluster.yaml"), manifest(&objects)).unwrap();
    }
    let ran = |format| {
        status(
            folder.path(),
            &["-f", "monday", "-f", "tuesday", "-o", format],
        )
        .stdout
    };
    for (format, start) in [("text", "✗ "), ("markdown", "## "), ("html", ">")] {
        let page = ran(format);
        for name in ["monday/cluster.yaml", "tuesday/cluster.yaml"] {
            assert!(
                page.contains(&format!("{start}{name}: Calico")),
                "{format}: {page}"
            );
        }
    }
}

/// What follows the last dot of a version is no extension.
#[test]
fn a_folder_keeps_its_whole_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v3.29.7");
    fs::create_dir(&path).unwrap();
    write(&path, "objects.yaml", "healthy/helm");
    for (file, name) in [("v3.29.7", "v3.29.7"), ("v3.29.7/objects.yaml", "objects")] {
        let ran = status(folder.path(), &["-f", file, "-o", "short"]);
        let expected = format!("✓ {name}: Calico");
        assert!(ran.stdout.starts_with(&expected), "{}", ran.output());
    }
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
fn compressed_snapshots_in_a_folder() {
    let folder = five();
    let path = folder.path().join("staging.yaml");
    assert!(Command::new("gzip").arg(&path).status().unwrap().success());
    let all = status(folder.path(), &["-f", ".", "-o", "short"]);
    assert_eq!((all.exit, all.stderr.as_str()), (1, ""));
    assert!(
        all.stdout.contains("staging.yaml.gz   degraded"),
        "{}",
        all.stdout
    );
    assert_eq!(all.stdout.lines().count(), 6);
}

#[test]
fn other_commands_name_the_snapshots() {
    let folder = five();
    for command in ["nodes", "plan", "snapshot"] {
        let mut plugin = plugin();
        plugin.current_dir(folder.path()).args([command, "-f", "."]);
        let outcome = Outcome::of(&plugin.output().unwrap());
        assert_eq!(
            (outcome.exit, outcome.stdout.as_str()),
            (2, ""),
            "{command}"
        );
        for said in [
            "snapshots of several clusters",
            "./production.yaml, ./staging.yaml",
        ] {
            assert!(outcome.stderr.contains(said), "{}", outcome.stderr);
        }
    }
}

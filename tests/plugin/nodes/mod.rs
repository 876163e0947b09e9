//! `kubectl calico nodes` on clusters from files.
//!
//! Every folder of tests/cases/nodes with a `cluster.yaml` (the format is described in
//! tests/support/src/clusters) is a case. `nodes.txt` is the expected exit code and the table, with and without
//! `-o wide`. `args` has more arguments, one per line.
//!
//! `UPDATE_CASES=1 cargo test --test plugin nodes` writes the expected files.

use std::fs;
use std::path::{Path, PathBuf};

use calico_test_support::cases::{assert_all, cases, expect};
use calico_test_support::clusters::{Base, cluster};
use calico_test_support::outcome::Outcome;
use calico_test_support::repository;
use serde_json::Value;

use crate::run::run_on;

/// Every case, with its objects and arguments.
fn all() -> Vec<(PathBuf, Vec<Value>, Vec<String>)> {
    let folders = cases("nodes", "cluster.yaml").into_iter();
    let cases = folders.map(|folder| {
        let objects = cluster(&fs::read_to_string(folder.join("cluster.yaml")).unwrap());
        let arguments = fs::read_to_string(folder.join("args")).unwrap_or_default();
        let arguments = arguments.lines().map(str::to_owned).collect();
        (folder, objects, arguments)
    });
    cases.collect()
}

fn nodes(objects: &[Value], arguments: &[String], more: &[&str]) -> Outcome {
    let arguments = arguments.iter().map(String::as_str);
    let arguments: Vec<&str> = arguments.chain(more.iter().copied()).collect();
    run_on(objects, "nodes", &arguments)
}

fn document(objects: &[Value], arguments: &[String], format: &str) -> Option<Value> {
    let ran = nodes(objects, arguments, &["-o", format]);
    if ran.stdout.is_empty() {
        return None;
    }
    let mut document: Value = serde_yaml::from_str(&ran.stdout).unwrap();
    document["time"] = Value::Null;
    Some(document)
}

#[test]
fn every_case() {
    assert_all(all().iter().map(|(folder, objects, arguments)| {
        let table = nodes(objects, arguments, &[]);
        let wide = nodes(objects, arguments, &["-o", "wide"]);
        assert_eq!((table.exit, &table.stderr), (wide.exit, &wide.stderr));
        let actual = format!(
            "exit {}\n{}\n{}\n{}",
            table.exit, table.stderr, table.stdout, wide.stdout
        );
        expect(&folder.join("nodes.txt"), &actual)
    }));
}

#[test]
fn every_list_matches_the_schema_and_yaml_is_the_same_document() {
    let file = repository().join("docs/nodes.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for (folder, objects, arguments) in all() {
        let Some(json) = document(&objects, &arguments, "json") else {
            assert!(is_error(&folder), "{}", folder.display());
            continue;
        };
        let mut with_time = json.clone();
        with_time["time"] = "2026-01-01T00:00:00Z".into();
        let errors = schema.iter_errors(&with_time);
        let errors: Vec<String> = errors.map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}\n{errors:?}", folder.display());
        assert_eq!(document(&objects, &arguments, "yaml"), Some(json));
    }
}

fn is_error(folder: &Path) -> bool {
    let expected = fs::read_to_string(folder.join("nodes.txt")).unwrap();
    expected.contains("error: ")
}

#[test]
fn a_snapshot_gives_the_same_list() {
    for (folder, objects, arguments) in all() {
        let snapshot = run_on(&objects, "snapshot", &[]).succeeded().stdout;
        let snapshot: Vec<Value> = snapshot
            .split("---\n")
            .filter(|document| !document.is_empty())
            .map(|document| serde_json::from_str(document).unwrap())
            .collect();
        assert_eq!(
            document(&snapshot, &arguments, "json"),
            document(&objects, &arguments, "json"),
            "{}",
            folder.display()
        );
    }
}

#[test]
fn names_and_rows_for_scripts() {
    let objects = Base::new("helm", "v3.32.1", 2).objects();
    let names = nodes(&objects, &[], &["-o", "name"]);
    assert_eq!(names.stdout, "node/node-1\nnode/node-2\n");
    let rows = nodes(&objects, &[], &["--no-headers"]).stdout;
    assert_eq!(rows.lines().count(), 2, "{rows}");
    assert!(rows.starts_with("node-1 "), "{rows}");
}

#[test]
fn many_nodes() {
    let objects = Base::new("helm", "v3.32.1", 1000).objects();
    let list = document(&objects, &[], "json").unwrap();
    let nodes = list["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 1000);
    let has_blocks = |node: &Value| node["blocks"]["value"]["cidrs"].is_array();
    assert!(nodes.iter().all(has_blocks));
}

//! Documents in files that are not objects, or cannot be parsed.

use std::fs;

use calico_test_support::clusters::{Base, manifest};
use calico_test_support::outcome::Outcome;
use serde_json::Value;

use crate::run::plugin;

/// An annotation twice, as a merge leaves it.
const DUPLICATE: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: x
  annotations:
    a: b
    a: c
";

const VALUES: &str = "installation:\n  calicoNetwork:\n    bgp: Disabled\n";

const TEMPLATE: &str = "\
{{- if .Values.enabled }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: x
{{- end }}
";

const NO_YAML: &str = "a: [\n";

const LIST: &str = "- apiVersion: v1\n  kind: Node\n";

fn cluster() -> String {
    manifest(&Base::new("helm", "v3.32.1", 3).objects())
}

/// Runs a subcommand on a folder with these files.
fn run(subcommand: &str, files: &[(&str, &str)], arguments: &[&str]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("files")).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join("files").join(name), text).unwrap();
    }
    let output = plugin()
        .current_dir(folder.path())
        .args([subcommand, "-f", "files"])
        .args(arguments)
        .output()
        .unwrap();
    Outcome::of(&output)
}

#[test]
fn foreign_documents_are_named_and_the_rest_is_read() {
    let foreign = [DUPLICATE, VALUES, TEMPLATE, NO_YAML, LIST];
    let mut with_foreign = foreign.join("---\n");
    with_foreign.push_str("---\n");
    with_foreign.push_str(cluster().trim_start_matches("---\n"));
    for subcommand in ["status", "plan", "snapshot"] {
        let alone = run(subcommand, &[("cluster.yaml", &cluster())], &[]);
        assert_eq!((alone.exit, alone.stderr.as_str()), (0, ""));
        let files = [
            ("cluster.yaml", with_foreign.as_str()),
            ("values.yaml", VALUES),
        ];
        let outcome = run(subcommand, &files, &[]);
        assert_eq!(
            (outcome.exit, outcome.stdout.as_str()),
            (0, alone.stdout.as_str())
        );
        let named = [
            ("cluster.yaml, document 1: ", "duplicate"),
            (
                "cluster.yaml, document 2: ",
                "apiVersion or kind is missing",
            ),
            ("cluster.yaml, document 3: ", "line 13"),
            ("cluster.yaml, document 4: ", "line 21"),
            (
                "cluster.yaml, document 5: ",
                "apiVersion or kind is missing",
            ),
            ("values.yaml, document 1: ", "apiVersion or kind is missing"),
        ];
        let lines: Vec<&str> = outcome.stderr.lines().collect();
        assert_eq!(lines.len(), named.len(), "{}", outcome.stderr);
        for (line, (place, reason)) in lines.iter().zip(named) {
            assert!(
                line.starts_with(&format!("warning: skipped files/{place}")),
                "{line}"
            );
            assert!(line.contains(reason), "{line}");
        }
    }
}

#[test]
fn many_foreign_documents_are_counted() {
    let files = [
        ("cluster.yaml", cluster()),
        ("values.yaml", format!("---\n{VALUES}").repeat(30)),
    ];
    let outcome = run(
        "status",
        &files.each_ref().map(|(name, text)| (*name, text.as_str())),
        &[],
    );
    assert_eq!(outcome.exit, 0);
    assert_eq!(outcome.stderr.lines().count(), 11, "{}", outcome.stderr);
    assert!(
        outcome.stderr.ends_with("skipped 20 more documents\n"),
        "{}",
        outcome.stderr
    );
}

/// Without it, a report would say of the cluster's pools what is not known.
#[test]
fn a_broken_object_of_a_kind_that_is_read_is_not_ignored() {
    let broken = DUPLICATE
        .replace("apiVersion: v1", "apiVersion: crd.projectcalico.org/v1")
        .replace("Secret", "IPPool");
    for text in [
        broken.clone(),
        format!("apiVersion: v1\nkind: List\nitems:\n{}", indented(&broken)),
        r#"{"apiVersion": "crd.projectcalico.org/v1", "kind": "IPPoolList", "items": ["#.to_owned(),
    ] {
        let files = [("a.yaml", text.as_str()), ("cluster.yaml", &cluster())];
        let outcome = run("status", &files, &["-o", "json"]);
        assert_eq!(outcome.exit, 2, "{text}\n{}", outcome.output());
        let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
        let not_read = report["notRead"].as_array().unwrap();
        let pools = not_read
            .iter()
            .find(|row| row["object"]["kind"] == "IPPool");
        let why = pools.unwrap()["why"].as_str().unwrap();
        assert!(why.starts_with("files/a.yaml, document 1: "), "{why}");
    }
}

/// The text as an item of a list.
fn indented(text: &str) -> String {
    let text = text.replace('\n', "\n  ");
    format!("- {}\n", text.trim_end())
}

/// A snapshot that begins with something unreadable is not a snapshot.
#[test]
fn a_broken_header_is_an_error() {
    let cluster = cluster().replacen(
        "{\"apiVersion\"",
        "{\"apiVersion\": \"\", \"apiVersion\"",
        1,
    );
    let outcome = run("status", &[("cluster.yaml", &cluster)], &[]);
    assert_eq!((outcome.exit, outcome.stdout.as_str()), (2, ""));
    assert!(
        outcome.stderr.contains("cluster.yaml, document 1: "),
        "{}",
        outcome.stderr
    );
}

//! The commands that the plugin prints for clusters with a given text in them.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use calico_test_support::clusters::{cluster, manifest};
use serde_json::{Value, json};

use super::hostile;
use crate::run::run_on;

/// A program that a shell runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    /// Its name and arguments.
    pub(super) words: Vec<String>,
    /// Its standard input.
    pub(super) input: String,
}

impl Call {
    /// Reads a command: words, of which some are in single quotes, and a here-document.
    pub(super) fn of(command: &str) -> Self {
        let (line, input) = command.split_once('\n').unwrap_or((command, ""));
        let line = line.strip_suffix(" <<'EOF'").unwrap_or(line);
        let (line, _) = line.split_once(" > ").unwrap_or((line, ""));
        let mut words = Vec::new();
        for (index, part) in line.split('\'').enumerate() {
            if index % 2 == 0 {
                words.extend(part.split_whitespace().map(str::to_owned));
            } else {
                words.push(part.to_owned());
            }
        }
        Self {
            words,
            input: input.strip_suffix("EOF").unwrap_or(input).to_owned(),
        }
    }
}

/// Clusters with a text in their pools, each with the subcommand that prints how to change them.
pub(super) fn clusters(text: &str) -> [(&'static str, Vec<Value>); 4] {
    let pool = |name: &str, cidr: &str, selector: &str| {
        json!({
            "apiVersion": "crd.projectcalico.org/v1", "kind": "IPPool",
            "metadata": {"name": name, "labels": {"app.kubernetes.io/managed-by": "tigera-operator"}},
            "spec": {"cidr": cidr, "nodeSelector": selector},
        })
    };
    let installation = |pools: Value| {
        json!({
            "apiVersion": "operator.tigera.io/v1", "kind": "Installation",
            "metadata": {"name": "default"}, "spec": {"calicoNetwork": {"ipPools": pools}},
        })
    };
    let of = |base: &str, objects: &[Value]| {
        let base = json!({"base": base, "unreal": "a text that no one would write"});
        cluster(&manifest(&[&[base], objects].concat()))
    };
    let outside = pool("default-ipv4-ippool", "192.168.0.0/16", text);
    let entry = json!({
        "name": text, "cidr": "192.168.0.0/16", "nodeSelector": text, "encapsulation": "IPIP",
    });
    let mut entry_only = entry.clone();
    entry_only["name"] = "default-ipv4-ippool".into();
    [
        ("status", of("calico.yaml", std::slice::from_ref(&outside))),
        (
            "status",
            of(
                "helm",
                &[outside.clone(), installation(json!([entry_only]))],
            ),
        ),
        (
            "status",
            of(
                "helm",
                &[
                    pool(text, "10.250.0.0/16", text),
                    installation(json!([entry, {"cidr": text}])),
                ],
            ),
        ),
        ("plan", of("helm", &[installation(json!([entry])), outside])),
    ]
}

/// The steps that the plugin prints.
pub(super) fn steps(subcommand: &str, objects: &[Value]) -> Vec<Value> {
    steps_with(subcommand, objects, &[])
}

/// The steps that the plugin prints with these flags.
pub(super) fn steps_with(subcommand: &str, objects: &[Value], flags: &[&str]) -> Vec<Value> {
    let mut arguments = vec!["-o", "json"];
    arguments.extend(flags);
    if subcommand == "plan" {
        arguments.extend(["--block-size", "24", "--encapsulation", "VXLAN"]);
    }
    let outcome = run_on(objects, subcommand, &arguments);
    let document: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let of_findings = document["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|finding| finding["fix"].as_array().unwrap());
    let of_plan = document["steps"].as_array().into_iter().flatten();
    of_findings.chain(of_plan).cloned().collect()
}

/// All commands for clusters with hostile texts, each once.
pub(super) fn commands() -> &'static [String] {
    static COMMANDS: OnceLock<Vec<String>> = OnceLock::new();
    COMMANDS.get_or_init(|| {
        let mut commands = BTreeSet::new();
        for text in hostile::texts() {
            for (subcommand, objects) in clusters(&text) {
                for step in steps(subcommand, &objects) {
                    let found = step["commands"].as_array().into_iter().flatten();
                    commands.extend(found.filter_map(Value::as_str).map(str::to_owned));
                }
            }
        }
        commands.into_iter().collect()
    })
}

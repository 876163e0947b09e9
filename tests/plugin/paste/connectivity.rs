//! The commands of the steps for pods on other nodes that do not answer, and those of every finding of the
//! cases.

use std::collections::BTreeSet;
use std::fs;
use std::sync::OnceLock;

use calico_test_support::cases::cases;
use calico_test_support::clusters::cluster;
use serde_json::Value;

use super::commands::Call;
use super::shells::{Shell, posix};
use crate::run::{plugin, run_on};

/// The commands of all cases: of findings, and of the connectivity steps.
fn of_cases() -> &'static [BTreeSet<String>; 2] {
    static COMMANDS: OnceLock<[BTreeSet<String>; 2]> = OnceLock::new();
    COMMANDS.get_or_init(run_cases)
}

fn run_cases() -> [BTreeSet<String>; 2] {
    let mut found = [BTreeSet::new(), BTreeSet::new()];
    for case in cases("status", "cluster.yaml") {
        let text = fs::read_to_string(case.join("cluster.yaml")).unwrap();
        let report = run_on(&cluster(&text), "status", &["-o", "json"]);
        let report: Value = serde_json::from_str(&report.stdout).unwrap();
        let findings = report["findings"].as_array().into_iter().flatten();
        let fixes = findings.flat_map(|finding| finding["fix"].as_array().into_iter().flatten());
        let steps = report["connectivity"]["steps"].as_array();
        found[0].extend(fixes.flat_map(commands));
        found[1].extend(steps.into_iter().flatten().flat_map(commands));
    }
    found
}

fn commands(step: &Value) -> Vec<String> {
    let commands = step["commands"].as_array().into_iter().flatten();
    commands
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// The commands of `explain connectivity`, which are indented more than anything else.
fn in_general() -> Vec<String> {
    let output = plugin().args(["explain", "connectivity"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (_, steps) = text.split_once("\n\n  1 ").unwrap();
    let lines = steps
        .lines()
        .filter_map(|line| line.strip_prefix("        "));
    lines.map(str::to_owned).collect()
}

/// A command for the reader's own shell is kubectl's. Every other one is for a root shell on a node, of which
/// nothing is known but that it is a POSIX shell.
#[test]
fn the_steps_between_nodes_can_be_pasted() {
    let [_, of_cases] = of_cases();
    let mut all = of_cases.clone();
    all.extend(in_general());
    assert!(all.len() >= 20, "{all:?}");
    let (own, on_nodes): (Vec<String>, Vec<String>) = all
        .into_iter()
        .partition(|command| command.starts_with("kubectl "));
    let calls: Vec<Call> = own.iter().map(|text| Call::of(text)).collect();
    let fish = Shell::find("fish", &["--no-config"]);
    for shell in posix().into_iter().chain(fish) {
        assert_eq!(shell.paste(&own.join("\n")).calls, calls, "{shell:?}");
    }
    let posix = [
        Shell::find("dash", &["-n"]),
        Shell::find("bash", &["--posix", "-n"]),
        Shell::find("busybox", &["sh", "-n"]),
    ];
    for shell in posix.into_iter().flatten() {
        shell.parses(&on_nodes);
    }
}

#[test]
fn every_command_of_a_finding_parses_in_every_shell() {
    let [of_findings, _] = of_cases();
    assert!(of_findings.len() >= 200, "{}", of_findings.len());
    let shells = [
        Shell::find("bash", &["-n"]),
        Shell::find("zsh", &["-f", "-n"]),
        Shell::find("dash", &["-n"]),
        Shell::find("mksh", &["-n"]),
    ];
    let all: Vec<String> = of_findings.iter().cloned().collect();
    for shell in shells.into_iter().flatten() {
        shell.parses(&all);
    }
    // It has no here-documents.
    let lines = all.into_iter().filter(|it| !it.contains("<<'EOF'"));
    if let Some(fish) = Shell::find("fish", &["--no-config", "--no-execute"]) {
        fish.parses(&lines.collect::<Vec<_>>());
    }
}

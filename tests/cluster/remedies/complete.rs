//! Every code whose fix has a command that changes something is run here, or tests/cases/remedies/not-run.yaml
//! says why not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use calico_test_support::cases::cases;
use calico_test_support::clusters::{cluster, manifest};
use calico_test_support::outcome::Outcome;
use calico_test_support::repository;

use super::case;
use super::report::Report;

/// How a command begins that only reads.
const READING: [&str; 11] = [
    "kubectl get ",
    "kubectl describe ",
    "kubectl logs ",
    "kubectl wait ",
    "kubectl rollout status ",
    "kubectl calico ",
    "calicoctl get ",
    "calicoctl ipam check",
    "calicoctl ipam show ",
    "curl -LO ",
    "helm get ",
];

#[test]
fn every_fix_that_changes_something_is_carried_out_or_says_why_not() {
    let run: BTreeSet<String> = case::all()
        .iter()
        .filter_map(|case| case.code().map(str::to_owned))
        .collect();
    let table = repository().join("tests/cases/remedies/not-run.yaml");
    let table: BTreeMap<String, String> =
        serde_yaml::from_str(&fs::read_to_string(table).unwrap()).unwrap();
    let not_run: BTreeSet<String> = table.into_keys().collect();
    let both: Vec<_> = run.intersection(&not_run).collect();
    assert!(both.is_empty(), "run and not run: {both:?}");
    let all: BTreeSet<String> = run.union(&not_run).cloned().collect();
    let changing = codes_with_changing_commands();
    let missing: Vec<_> = changing.difference(&all).collect();
    assert!(missing.is_empty(), "neither run nor listed: {missing:?}");
    let superfluous: Vec<_> = not_run.difference(&changing).collect();
    assert!(
        superfluous.is_empty(),
        "listed without need: {superfluous:?}"
    );
}

/// The codes that have such a fix in some case of `status`.
fn codes_with_changing_commands() -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cluster.yaml");
    let mut codes = BTreeSet::new();
    for case in cases("status", "cluster.yaml") {
        let text = fs::read_to_string(case.join("cluster.yaml")).unwrap();
        fs::write(&file, manifest(&cluster(&text))).unwrap();
        let ran = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"))
            .args(["status", "--output=json", "--filename"])
            .arg(&file)
            .output()
            .unwrap();
        let stdout = Outcome::of(&ran).stdout;
        let report: Report = serde_json::from_str(&stdout)
            .unwrap_or_else(|error| panic!("{}: {error}\n{stdout}", case.display()));
        for finding in report.findings {
            let mut commands = finding.fix.iter().flat_map(|step| &step.commands);
            if commands.any(|command| !READING.iter().any(|start| command.starts_with(start))) {
                codes.insert(finding.code);
            }
        }
    }
    codes
}

//! What users type by mistake, or from habit with kubectl, and the hint that they get.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use calico_test_support::clusters::{Base, manifest};
use calico_test_support::outcome::Outcome;
use calico_test_support::snapshot::assert_snapshot;

use crate::run::plugin;

/// The plugin with these arguments, separated by spaces.
fn calico(arguments: &str) -> Command {
    let mut command = plugin();
    command.args(arguments.split_whitespace());
    command
}

#[test]
fn typos_and_habits_get_a_hint() {
    let mut shown = String::new();
    for arguments in [
        "stauts",
        "Status",
        "snap",
        "get pods",
        "explain CAL20l",
        "explain CAL999",
        "explain",
        "status --contxt prod",
        "status -w",
        "status -o name",
        "status -o jsonpath={.findings}",
        "status -o jsn",
        "plan -o wide",
        "plan --encapsulation vxlan",
        "snapshot -o yaml",
        "--context prod status",
        "-n kube-system status",
        "--verson",
    ] {
        let outcome = Outcome::run(&mut calico(arguments));
        assert_eq!(outcome.exit, 64, "{arguments}");
        let output = outcome.output();
        writeln!(shown, "$ kubectl calico {arguments}\n{output}").unwrap();
    }
    assert_snapshot("plugin_mistakes", &shown);
}

#[test]
fn a_namespace_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cluster.yaml");
    fs::write(&file, manifest(&Base::new("helm", "v3.32.1", 3).objects())).unwrap();
    let report = |flags: &str| {
        Outcome::run(&mut calico(&format!(
            "status -f {} {flags}",
            file.display()
        )))
        .output()
    };
    let whole = report("");
    for flags in ["-A", "--all-namespaces", "-n kube-system", "--namespace=x"] {
        assert_eq!(report(flags), whole, "{flags}");
    }
}

#[test]
fn the_version_is_a_command_and_a_flag() {
    let version = concat!("kubectl-calico ", env!("CARGO_PKG_VERSION"), "\n");
    for arguments in ["version", "--version", "-V"] {
        let outcome = Outcome::run(&mut calico(arguments)).succeeded();
        assert_eq!(outcome.output(), version);
    }
}

#[test]
fn typos_are_not_passed_to_calicoctl_but_other_commands_are() {
    let folder = tempfile::tempdir().unwrap();
    let calicoctl = folder.path().join("calicoctl");
    fs::write(&calicoctl, "#!/bin/sh\necho \"calicoctl $*\"\n").unwrap();
    fs::set_permissions(&calicoctl, fs::Permissions::from_mode(0o755)).unwrap();
    let output =
        |arguments: &str| Outcome::run(calico(arguments).env("PATH", folder.path())).output();
    for arguments in ["get pods -o wide", "patch node x", "unheard of"] {
        assert_eq!(output(arguments), format!("calicoctl {arguments}\n"));
    }
    let typo = output("stauts");
    assert!(typo.contains("did you mean \"status\"?"), "{typo}");
}

#[test]
fn contexts_clusters_and_users_are_completed() {
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = folder.path().join("config");
    let names = "contexts: [{name: prod}, {name: staging}, {name: \"p\\n\"}]\n\
                 clusters: [{name: far}]\nusers: [{name: jane}]\n";
    fs::write(&kubeconfig, names).unwrap();
    let complete = |words: &[&str]| {
        Outcome::run(
            calico("__complete")
                .args(words)
                .env("KUBECONFIG", &kubeconfig),
        )
        .output()
    };
    assert_eq!(
        complete(&["status", "--context", ""]),
        "prod\nstaging\n:4\n"
    );
    assert_eq!(complete(&["plan", "--context=p"]), "prod\n:4\n");
    assert_eq!(complete(&["plan", "--cluster", ""]), "far\n:4\n");
    assert_eq!(complete(&["snapshot", "--user", "j"]), "jane\n:4\n");
    let other = folder.path().join("other");
    fs::write(&other, "contexts: [{name: lab}]\n").unwrap();
    let flag = format!("--kubeconfig={}", other.display());
    assert_eq!(complete(&["status", &flag, "--context", ""]), "lab\n:4\n");
    assert_eq!(
        complete(&["status", "--kubeconfig=absent", "--context", ""]),
        ":4\n"
    );
}

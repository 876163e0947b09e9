//! What users type by mistake, or by habit from kubectl, and what they read then.

use std::fmt::Write as _;
use std::process::{Command, Output};

use calico_test_support::clusters::{Base, manifest};

fn calico(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"));
    command.env_clear().args(arguments.split_whitespace());
    command
}

fn text(output: &Output) -> String {
    String::from_utf8([output.stdout.as_slice(), &output.stderr].concat()).unwrap()
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
        "status -o yaml",
        "status -o wide",
        "status -o jsonpath={.findings}",
        "status -o jsn",
        "plan -o yaml",
        "plan --encapsulation vxlan",
        "snapshot -o yaml",
        "--context prod status",
        "-n kube-system status",
        "--verson",
    ] {
        let output = calico(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(64), "{arguments}");
        writeln!(shown, "$ kubectl calico {arguments}\n{}", text(&output)).unwrap();
    }
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("plugin_mistakes", shown);
    });
}

#[test]
fn a_namespace_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cluster.yaml");
    std::fs::write(&file, manifest(&Base::new("helm", "v3.32.1", 3).objects())).unwrap();
    let report = |flags: &str| {
        let status = format!("status -f {} {flags}", file.display());
        text(&calico(&status).output().unwrap())
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
        let output = calico(arguments).output().unwrap();
        assert_eq!(text(&output), version);
        assert!(output.status.success());
    }
}

/// Any other command is passed on.
#[test]
fn only_typos_of_our_commands_are_kept_from_calicoctl() {
    let folder = tempfile::tempdir().unwrap();
    let calicoctl = folder.path().join("calicoctl");
    std::fs::write(&calicoctl, "#!/bin/sh\necho \"calicoctl $*\"\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&calicoctl, mode).unwrap();
    let run = |arguments: &str| {
        let output = calico(arguments).env("PATH", folder.path()).output();
        text(&output.unwrap())
    };
    for arguments in ["get pods -o wide", "patch node x", "unheard of"] {
        assert_eq!(run(arguments), format!("calicoctl {arguments}\n"));
    }
    let typo = run("stauts");
    assert!(typo.contains("did you mean \"status\"?"), "{typo}");
}

#[test]
fn contexts_clusters_and_users_complete() {
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = folder.path().join("config");
    let names = "contexts: [{name: prod}, {name: staging}, {name: \"p\\n\"}]\n\
                 clusters: [{name: far}]\nusers: [{name: jane}]\n";
    std::fs::write(&kubeconfig, names).unwrap();
    let complete = |words: &[&str]| {
        let mut command = calico("__complete");
        command.args(words).env("KUBECONFIG", &kubeconfig);
        text(&command.output().unwrap())
    };
    assert_eq!(
        complete(&["status", "--context", ""]),
        "prod\nstaging\n:4\n"
    );
    assert_eq!(complete(&["plan", "--context=p"]), "prod\n:4\n");
    assert_eq!(complete(&["plan", "--cluster", ""]), "far\n:4\n");
    assert_eq!(complete(&["snapshot", "--user", "j"]), "jane\n:4\n");
    let other = folder.path().join("other");
    std::fs::write(&other, "contexts: [{name: lab}]\n").unwrap();
    let flag = format!("--kubeconfig={}", other.display());
    assert_eq!(complete(&["status", &flag, "--context", ""]), "lab\n:4\n");
    assert_eq!(
        complete(&["status", "--kubeconfig=absent", "--context", ""]),
        ":4\n"
    );
}

//! kubectl-calico is missing, cannot read the cluster, or is another program.

use serde_json::Value;

use super::stand_in::StandIn;
use crate::plans::{NEW, print};

#[test]
fn a_missing_kubectl_calico_is_an_error_with_a_fix() {
    assert_eq!(
        StandIn::missing().refused(&[]),
        "helm-postrender: error: --from-cluster needs kubectl-calico, which is neither next to this program nor on PATH\n  \
         why: it reads the cluster: this program has no network code\n  \
         fix: install it, or run `kubectl-calico plan -o config` on another machine and pass the file with --config\n"
    );
}

#[test]
fn standard_error_of_kubectl_calico_is_shown() {
    let script = format!(
        "{}printf 'kubectl-calico: error: ippools is forbidden\\n  fix: kubectl calico rbac\\033[2J\\n' >&2\nexit 2",
        print(NEW)
    );
    let stand_in = StandIn::on_path(&script);
    let message = stand_in.refused(&["--context", "prod eu", "--report", "report.json"]);
    assert_eq!(
        message,
        "helm-postrender: error: --from-cluster: [FOLDER]/path/kubectl-calico could not make a plan for the cluster (exit status: 2)\n  \
         why: it wrote to stderr:\n    kubectl-calico: error: ippools is forbidden\n      fix: kubectl calico rbac\\u{1b}[2J\n  \
         fix: run it directly: [FOLDER]/path/kubectl-calico plan -o config --fail-on=never '--context=prod eu'\n"
    );
    let report: Value = serde_json::from_str(&stand_in.left("report.json")).unwrap();
    assert_eq!(
        (&report["outcome"], &report["cluster"]),
        (&"refused".into(), &Value::Null)
    );
}

#[test]
fn an_incomplete_plan_is_refused() {
    let unread = format!("{NEW}unread: [\"ippools: forbidden\"]\n");
    let message = StandIn::on_path(&format!("{}exit 2\n", print(&unread))).refused(&[]);
    assert!(
        message.contains("error: the cluster plan is incomplete: https://10.0.0.1:6443 ("),
        "{message}"
    );
    assert!(
        message.contains("why: this could not be read: ippools: forbidden\n"),
        "{message}"
    );
    // An exit code without a reason.
    for code in [1, 2] {
        let message = StandIn::on_path(&format!("{}exit {code}\n", print(NEW))).refused(&[]);
        let what = format!("could not make a plan for the cluster (exit status: {code})");
        assert!(message.contains(&what), "{message}");
    }
}

#[test]
fn helm_4_receives_the_message_as_a_manifest() {
    let stand_in = StandIn::on_path("echo 'no such host' >&2\nexit 2");
    let mut command = std::process::Command::new(stand_in.path("own/helm-postrender"));
    command.args(["--helm4", "--from-cluster"]).env_clear();
    command.env("PATH", stand_in.path("path"));
    let ran = crate::filter::run(&mut command, super::stand_in::INSTALLATION.as_bytes());
    let out = String::from_utf8(ran.stdout).unwrap();
    assert_eq!(ran.exit, 0);
    assert!(
        out.starts_with("|-\n  helm-postrender: error: --from-cluster: "),
        "{out}"
    );
    assert!(
        out.contains("\n      no such host\n") && out.contains("kind: Refused"),
        "{out}"
    );
}

#[test]
fn another_program_with_that_name_is_recognized() {
    let usage = "Usage:\n  calicoctl [options] <command> [<args>...]";
    let later = NEW.replace("v1alpha1", "v2");
    for (script, what) in [
        (
            format!("echo '{usage}'"),
            "it is not a ClusterPlan of kubectl calico; it starts with \"Usage:\"",
        ),
        (
            format!("echo '{usage}'; exit 1"),
            "it starts with \"Usage:\"",
        ),
        (String::new(), "did not write a plan: it is empty"),
        (
            "printf '\\377\\376\\033'".to_owned(),
            "it starts with \"\\xff\\xfe\\u{1b}\"",
        ),
        (
            "echo '{\"kind\": \"IPPoolList\", \"apiVersion\": \"projectcalico.org/v3\"}'"
                .to_owned(),
            "it is not a ClusterPlan",
        ),
        (print(&later), "its apiVersion is \"kubectl-calico/v2\""),
        (print(&format!("{NEW}nodes: 3\n")), "unknown field `nodes`"),
        (
            print(&NEW.replace("10.244.0.0/16", "10.244/16")),
            "pools[0].cidr: \"10.244/16\" is not a CIDR",
        ),
    ] {
        let message = StandIn::on_path(&script).refused(&[]);
        assert!(message.contains(what), "{script}: {message}");
        assert!(
            message.contains("calicoctl is often installed under this name"),
            "{message}"
        );
        assert!(
            message.contains("\n  fix: put the kubectl-calico of this release next to"),
            "{message}"
        );
    }
}

#[test]
fn a_kubectl_calico_that_cannot_run_or_is_killed_is_an_error() {
    let stand_in = StandIn::missing();
    stand_in.add("own", "neither a script nor a binary");
    let message = stand_in.refused(&[]);
    assert!(
        message.contains("kubectl-calico cannot be run: "),
        "{message}"
    );
    for (script, status) in [
        ("kill -9 $$", "signal: 9"),
        ("exit 64", "exit status: 64"),
        ("exit 1", "exit status: 1"),
    ] {
        let message = StandIn::on_path(script).refused(&[]);
        assert!(
            message.contains(status) && message.contains("it wrote nothing to stderr"),
            "{message}"
        );
    }
}

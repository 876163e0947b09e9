//! Which cluster is read: the filter's own flags, and Helm's variables where those say nothing.

use super::stand_in::{INSTALLATION, StandIn};
use crate::filter::run;
use crate::plans::{NEW, answer};

fn asked(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let script = format!(
        "for argument; do echo \"$argument\"; done > arguments\n{}",
        answer(NEW)
    );
    let twin = StandIn::on_path(&script);
    let mut command = twin.command(arguments);
    let ran = run(
        command.envs(variables.iter().copied()),
        INSTALLATION.as_bytes(),
    );
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    twin.left("arguments")
}

#[test]
fn flags_and_variables_reach_the_twin() {
    let helm = [
        ("HELM_KUBECONTEXT", "-staging"),
        ("HELM_KUBECONFIG", "/a b/config"),
    ];
    assert_eq!(asked(&[], &[]), "plan\n-o\nconfig\n--fail-on=never");
    assert_eq!(
        asked(&[], &helm),
        "plan\n-o\nconfig\n--fail-on=never\n--context=-staging\n--kubeconfig=/a b/config"
    );
    assert_eq!(
        asked(&["--context=prod", "--kubeconfig", "other"], &helm),
        "plan\n-o\nconfig\n--fail-on=never\n--context=prod\n--kubeconfig=other"
    );
}

#[test]
fn the_rest_of_the_environment_does_too() {
    let script = format!("[ \"$KUBECONFIG\" = /k ] || exit 9\n{}", answer(NEW));
    let twin = StandIn::on_path(&script);
    let ran = run(
        twin.command(&[]).env("KUBECONFIG", "/k"),
        INSTALLATION.as_bytes(),
    );
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
}

#[test]
fn a_server_that_only_helm_is_told_of_is_refused() {
    let twin = StandIn::on_path(&answer(NEW));
    let helm = ("HELM_KUBEAPISERVER", "https://10.9.9.9:6443");
    let ran = run(
        twin.command(&[]).env(helm.0, helm.1),
        INSTALLATION.as_bytes(),
    );
    assert_eq!((ran.exit, ran.stdout.len()), (2, 0));
    assert!(
        ran.stderr
            .contains("HELM_KUBEAPISERVER (\"https://10.9.9.9:6443\")"),
        "{}",
        ran.stderr
    );
    asked(&["--context=prod"], &[helm]);
}

//! Which cluster is read: flags of helm-postrender precede Helm's variables.

use super::stand_in::{INSTALLATION, StandIn};
use crate::filter::run;
use crate::plans::{NEW, print};

/// The arguments that kubectl-calico is run with.
fn passed_arguments(flags: &[&str], variables: &[(&str, &str)]) -> String {
    let script = format!(
        "for argument; do echo \"$argument\"; done > arguments\n{}",
        print(NEW)
    );
    let stand_in = StandIn::on_path(&script);
    let mut command = stand_in.command(flags);
    let ran = run(
        command.envs(variables.iter().copied()),
        INSTALLATION.as_bytes(),
    );
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    stand_in.left("arguments")
}

#[test]
fn flags_and_variables_are_passed_on() {
    let helm = [
        ("HELM_KUBECONTEXT", "-staging"),
        ("HELM_KUBECONFIG", "/a b/config"),
    ];
    assert_eq!(
        passed_arguments(&[], &[]),
        "plan\n-o\nconfig\n--fail-on=never"
    );
    assert_eq!(
        passed_arguments(&[], &helm),
        "plan\n-o\nconfig\n--fail-on=never\n--context=-staging\n--kubeconfig=/a b/config"
    );
    assert_eq!(
        passed_arguments(&["--context=prod", "--kubeconfig", "other"], &helm),
        "plan\n-o\nconfig\n--fail-on=never\n--context=prod\n--kubeconfig=other"
    );
}

#[test]
fn the_environment_is_passed_on() {
    let script = format!("[ \"$KUBECONFIG\" = /k ] || exit 9\n{}", print(NEW));
    let stand_in = StandIn::on_path(&script);
    let ran = run(
        stand_in.command(&[]).env("KUBECONFIG", "/k"),
        INSTALLATION.as_bytes(),
    );
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
}

#[test]
fn a_server_set_for_helm_only_is_refused() {
    let stand_in = StandIn::on_path(&print(NEW));
    let helm = ("HELM_KUBEAPISERVER", "https://10.9.9.9:6443");
    let ran = run(
        stand_in.command(&[]).env(helm.0, helm.1),
        INSTALLATION.as_bytes(),
    );
    assert_eq!((ran.exit, ran.stdout.len()), (2, 0));
    assert!(
        ran.stderr
            .contains("HELM_KUBEAPISERVER (\"https://10.9.9.9:6443\")"),
        "{}",
        ran.stderr
    );
    passed_arguments(&["--context=prod"], &[helm]);
}

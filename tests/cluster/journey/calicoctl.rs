//! Alongside calicoctl, which Calico's documentation recommended to install as `kubectl-calico`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use calico_test_support::clusters::{Base, manifest};
use calico_test_support::tools::tool;

use crate::terminal::Terminal;

const PLUGIN: &str = env!("CARGO_BIN_EXE_kubectl-calico");

/// A calicoctl that prints its arguments and its standard input.
const ECHO: &str = "printf '<%s>' \"$@\"; cat; exit 7";

/// A terminal with kubectl, the plugin under a name, and possibly a script as calicoctl.
fn terminal(record: &str, plugin: &str, calicoctl: Option<(&str, &str)>) -> Terminal {
    let terminal = Terminal::new("journey", record);
    terminal.add_program("kubectl", &tool("kubectl", "1.37.1"));
    terminal.add_program(plugin, Path::new(PLUGIN));
    if let Some((name, script)) = calicoctl {
        let path = terminal.home(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        terminal.add_program(name, &path);
    }
    terminal
}

#[test]
fn an_unknown_command_is_passed_to_calicoctl() {
    let terminal = terminal("calicoctl", "kubectl-calico", Some(("calicoctl", ECHO)));
    let get = "kubectl calico get nodes --output=wide 'a b' '' -- -x; echo \" $?\"";
    let shown = terminal.run(get).succeeded().text;
    assert_eq!(shown, "<get><nodes><--output=wide><a b><><--><-x> 7\n");
    let apply = terminal
        .run("echo pools | kubectl calico apply -f -")
        .failed();
    assert_eq!(apply.text, "<apply><-f><->pools\n");
}

#[test]
fn the_plugin_works_under_another_name() {
    let calicoctl = Some(("kubectl-calico", ECHO));
    let terminal = terminal("calicoctl-as-plugin", "kubectl-calico-status", calicoctl);
    let cluster = manifest(&Base::new("helm", "v3.32.1", 3).objects());
    fs::write(terminal.home("cluster.yaml"), cluster).unwrap();
    let status = terminal
        .run("kubectl calico status -f cluster.yaml")
        .succeeded();
    status.shows("Calico v3.32.1 is healthy");
    let get = terminal.run("kubectl calico get nodes").failed();
    assert_eq!(get.text, "<get><nodes>");
}

#[test]
fn a_calicoctl_that_runs_the_plugin_runs_once() {
    let calls_back = "echo called >> calls; exec kubectl calico \"$@\"";
    let terminal = terminal(
        "calicoctl-calls-back",
        "kubectl-calico",
        Some(("calicoctl", calls_back)),
    );
    let get = terminal.run("kubectl calico get nodes").failed();
    get.shows("unknown command \"get\" for \"kubectl calico\"")
        .shows("calicoctl on PATH is a wrapper that calls this plugin");
    assert_eq!(
        fs::read_to_string(terminal.home("calls")).unwrap(),
        "called\n"
    );
}

#[test]
fn without_calicoctl_an_unknown_command_is_an_error() {
    let terminal = terminal("calicoctl-missing", "kubectl-calico", None);
    let get = terminal.run("kubectl calico get nodes; echo \"exit code $?\"");
    get.succeeded()
        .shows("unknown command \"get\" for \"kubectl calico\", and calicoctl is not on PATH")
        .shows("exit code 64");
}

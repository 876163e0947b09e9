//! Side by side with calicoctl, which Calico's documentation long told people to install as `kubectl-calico`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use calico_test_support::clusters::{Base, manifest};
use calico_test_support::tools::tool;

use super::terminal::Terminal;

const PLUGIN: &str = env!("CARGO_BIN_EXE_kubectl-calico");

/// A calicoctl that says what it was given, its standard input last.
const TELLING: &str = "printf '<%s>' \"$@\"; cat; exit 7";

/// kubectl, the plugin under a name, and a calicoctl, which is a script, under another.
fn terminal(record: &str, plugin: &str, calicoctl: Option<(&str, &str)>) -> Terminal {
    let terminal = Terminal::new(record);
    terminal.program("kubectl", &tool("kubectl", "1.37.1"));
    terminal.program(plugin, Path::new(PLUGIN));
    if let Some((name, script)) = calicoctl {
        let path = terminal.home(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        terminal.program(name, &path);
    }
    terminal
}

#[test]
fn a_verb_that_is_not_ours_is_calicoctls() {
    let terminal = terminal("calicoctl", "kubectl-calico", Some(("calicoctl", TELLING)));
    let get = "kubectl calico get nodes --output=wide 'a b' '' -- -x; echo \" $?\"";
    let shown = terminal.types(get).succeeded().text;
    assert_eq!(shown, "<get><nodes><--output=wide><a b><><--><-x> 7\n");
    let apply = terminal
        .types("echo pools | kubectl calico apply -f -")
        .failed();
    assert_eq!(apply.text, "<apply><-f><->pools\n");
}

#[test]
fn where_the_name_is_taken_another_works() {
    let calicoctl = Some(("kubectl-calico", TELLING));
    let terminal = terminal("calicoctl-as-plugin", "kubectl-calico-status", calicoctl);
    let cluster = manifest(&Base::new("helm", "v3.32.1", 3).objects());
    fs::write(terminal.home("cluster.yaml"), cluster).unwrap();
    let status = terminal
        .types("kubectl calico status -f cluster.yaml")
        .succeeded();
    status.says("Calico v3.32.1 is well");
    let get = terminal.types("kubectl calico get nodes").failed();
    assert_eq!(get.text, "<get><nodes>");
}

#[test]
fn a_calicoctl_that_calls_back_is_called_once() {
    let calls_back = "echo called >> calls; exec kubectl calico \"$@\"";
    let terminal = terminal(
        "calicoctl-calls-back",
        "kubectl-calico",
        Some(("calicoctl", calls_back)),
    );
    let get = terminal.types("kubectl calico get nodes").failed();
    get.says("unknown command \"get\" for \"kubectl calico\"")
        .says("calicoctl on PATH is a wrapper that calls this plugin");
    assert_eq!(
        fs::read_to_string(terminal.home("calls")).unwrap(),
        "called\n"
    );
}

#[test]
fn without_calicoctl_the_verb_is_unknown() {
    let terminal = terminal("calicoctl-missing", "kubectl-calico", None);
    let get = terminal.types("kubectl calico get nodes; echo \"exit code $?\"");
    get.succeeded()
        .says("unknown command \"get\" for \"kubectl calico\", and calicoctl is not on PATH")
        .says("exit code 64");
}

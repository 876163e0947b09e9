//! The commands of a fix are safe to paste, whatever names the cluster contains.

use std::fs;

use serde_json::Value;

use super::case::{cases, report};

const HOSTILE: &str = "; $(reboot) `reboot` '\n reboot";

/// Every case, with names that no API server would accept.
#[test]
fn a_name_cannot_extend_a_command() {
    let mut placeholders = 0;
    for case in cases() {
        let mut objects = case.objects.clone();
        for object in &mut objects {
            rename(object);
        }
        let report = report(&objects);
        for command in commands(&report) {
            assert!(
                !command.contains("reboot"),
                "{}\n{command}",
                case.folder.display()
            );
            placeholders += usize::from(command.contains("NAME"));
        }
    }
    assert!(placeholders > 0, "no command would have contained a name");
}

/// Flags of kubectl have their value after a space, so that one command can be found by another's text.
#[test]
fn a_flag_is_written_in_one_way() {
    let mut patches = 0;
    for case in cases() {
        let text = fs::read_to_string(case.folder.join("report.txt")).unwrap();
        assert!(!text.contains("--type="), "{}", case.folder.display());
        patches += text.matches("--type merge").count();
    }
    assert!(patches > 0, "no report has a patch");
}

/// The commands of all fixes in a report, and those that test the path between nodes.
fn commands(report: &Value) -> impl Iterator<Item = &str> {
    let findings = report["findings"].as_array().unwrap().iter();
    let fixes = findings.flat_map(|finding| finding["fix"].as_array().unwrap());
    let connectivity = report["connectivity"]["steps"].as_array();
    fixes
        .chain(connectivity.into_iter().flatten())
        .filter_map(|step| step["commands"].as_array())
        .flatten()
        .filter_map(Value::as_str)
}

/// Appends a hostile text to every name that may be in a command, except those by which the checks
/// find an object.
fn rename(object: &mut Value) {
    let is_operator = object["metadata"]["namespace"] == "tigera-operator";
    let name = object["metadata"]["name"].as_str().map(str::to_owned);
    append(object, "/metadata/annotations/meta.helm.sh~1release-name");
    append(
        object,
        "/metadata/annotations/meta.helm.sh~1release-namespace",
    );
    append(object, "/status/calicoVersion");
    append(object, "/spec/nodeName");
    for index in 0..3 {
        append(object, &format!("/status/containerStatuses/{index}/name"));
        append(
            object,
            &format!("/status/initContainerStatuses/{index}/name"),
        );
    }
    if is_operator {
        append(object, "/metadata/namespace");
    }
    match (object["kind"].as_str(), name.as_deref()) {
        (Some("Installation"), Some("default" | "overlay")) => {}
        (Some("Pod" | "Node" | "Installation"), _) => append(object, "/metadata/name"),
        (Some("TigeraStatus"), _) => {
            for index in 0..3 {
                append(object, &format!("/status/conditions/{index}/message"));
            }
        }
        _ => {}
    }
}

fn append(object: &mut Value, pointer: &str) {
    if let Some(Value::String(text)) = object.pointer_mut(pointer) {
        text.push_str(HOSTILE);
    }
}

//! `status --with` and the problems of every case of `status`: what has nothing to do with the manifests is
//! neither new nor gone, and what they cause is fixed in them.

use std::fs;

use calico_test_support::cases::assert_all;
use calico_test_support::clusters::{cluster, manifest};
use serde_json::Value;

use super::case::{Case, cases};
use super::with::{recounted, report_over};

/// Kinds that nobody writes manifests of: what runs, and what is observed.
const OBSERVED: [&str; 11] = [
    "APIService",
    "Event",
    "IPAMBlock",
    "KubeControllersConfiguration",
    "Namespace",
    "Node",
    "Pod",
    "PodAddress",
    "PodLog",
    "Snapshot",
    "TigeraStatus",
];

const UNRELATED: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: unrelated, namespace: demo}\n\
                         data: {a: b}\n";

fn failing() -> impl Iterator<Item = &'static Case> {
    let failing = |case: &&Case| case.code().is_some() && case.name().starts_with("fails");
    cases().iter().filter(failing)
}

#[test]
fn what_has_nothing_to_do_with_the_manifests_stays_as_it_is() {
    assert_all(failing().filter(|case| !is_proposal(case)).map(|case| {
        let report = report_over(&case.objects, UNRELATED);
        let changes = &report["changes"];
        let is_empty = |key: &str| changes[key].as_array().is_none_or(Vec::is_empty);
        let same = changes["new"] == 0 && is_empty("changed") && is_empty("gone");
        same.then_some(())
            .ok_or_else(|| format!("{}: {changes:#}", case.folder.display()))
    }));
}

#[test]
fn what_the_manifests_cause_is_fixed_in_them() {
    assert_all(failing().filter_map(|case| {
        let (objects, manifests) = split(case)?;
        let report = report_over(&objects, &manifest(&manifests));
        let findings = report["findings"].as_array().unwrap().iter();
        let wrong: Vec<String> = findings.filter_map(wrong).collect();
        let text = wrong.join("\n");
        Some(
            wrong
                .is_empty()
                .then_some(())
                .ok_or_else(|| format!("{}:\n{text}", case.folder.display())),
        )
    }));
}

/// What is wrong with the fix of a finding.
fn wrong(finding: &Value) -> Option<String> {
    let steps = finding["fix"].as_array().unwrap();
    let text = format!("{} {}", finding["code"], finding["fix"]);
    let commands = steps
        .iter()
        .flat_map(|step| step["commands"].as_array().into_iter().flatten());
    let changes_cluster = commands
        .map(|command| command.as_str().unwrap())
        .any(|command| !command.starts_with("kubectl calico "));
    let words = ["HOST", "as follows", "release's values", "--encapsulation"];
    let is_of_cluster = words.iter().any(|word| {
        steps.iter().any(|step| {
            let what = step["what"].as_str().unwrap();
            what.replace("KUBERNETES_SERVICE_HOST", "").contains(word)
        })
    });
    let names_manifests = ["manifest", "Installation", "ConfigMap"];
    let is_elsewhere = !names_manifests.iter().any(|word| text.contains(word))
        && !["CAL110", "CAL118", "CAL314"]
            .iter()
            .any(|code| text.contains(code));
    (steps.is_empty() || changes_cluster || is_of_cluster || is_elsewhere).then_some(text)
}

fn is_proposal(case: &Case) -> bool {
    case.report()["basis"]["kind"] != "cluster"
}

/// A case's cluster without what the case configures; and that, as manifests.
fn split(case: &Case) -> Option<(Vec<Value>, Vec<Value>)> {
    if is_proposal(case) {
        return None;
    }
    let text = fs::read_to_string(case.folder.join("cluster.yaml")).unwrap();
    let base = cluster(text.split("\n---").next().unwrap());
    let name = |object: &Value| {
        (
            object["kind"].clone(),
            object["metadata"]["namespace"].clone(),
            object["metadata"]["name"].clone(),
        )
    };
    let (mut objects, mut manifests) = (Vec::new(), Vec::new());
    for object in &case.objects {
        let kind = object["kind"].as_str().unwrap_or_default();
        let original = base.iter().find(|it| name(it) == name(object));
        if OBSERVED.contains(&kind) {
            objects.push(object.clone());
            continue;
        }
        objects.extend(original.cloned());
        if original.map(requested).as_ref() != Some(&requested(object)) {
            manifests.push(requested(object));
        }
    }
    (!manifests.is_empty()).then(|| (recounted(objects), manifests))
}

/// An object without what only a cluster adds.
fn requested(object: &Value) -> Value {
    let mut object = object.clone();
    object.as_object_mut().unwrap().remove("status");
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for field in [
            "generation",
            "uid",
            "deletionTimestamp",
            "creationTimestamp",
        ] {
            metadata.remove(field);
        }
    }
    object
}

//! From the plan to the filter by `-o config` and `--config`, for every case.

use std::fs;

use calico_test_support::documents::{only, parse};
use calico_test_support::filter::filtered;
use serde_json::{Value, json};

use super::applied::{Flags, planned};
use super::case::{Case, case, cases};

/// The filter with a case's plan and nothing else: exit code, pools, what it said.
fn told_by_config(case: &Case, more: &[&str], stream: &str) -> (Option<i32>, Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.yaml");
    fs::write(&file, case.run(&["-o", "config"]).stdout).unwrap();
    let plan = case.json();
    let operator = plan["operator"]["value"].as_str().unwrap();
    let arguments = [
        "--config",
        file.to_str().unwrap(),
        "--operator-version",
        operator,
    ];
    let output = filtered(&[&arguments, more].concat(), stream);
    let out = String::from_utf8(output.stdout).unwrap();
    let pools = match output.status.code() {
        Some(0) => only(&parse(&out), "Installation")["spec"]["calicoNetwork"]["ipPools"].clone(),
        _ => Value::Null,
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), pools, said)
}

#[test]
fn a_plan_for_a_new_cluster_is_made_of_it() {
    let mut judged = 0;
    for case in cases() {
        let plan = case.json();
        let new = plan["install"]["method"]["value"]["kind"] == "nothing";
        if !new || case.run(&[]).exit != 0 {
            continue;
        }
        judged += 1;
        let stream = Flags::read(&case.written("flags"))
            .installation()
            .to_string();
        let (exit, pools, said) = told_by_config(&case, &[], &stream);
        assert_eq!(exit, Some(0), "{}: {said}", case.name());
        assert!(!said.contains("warning"), "{}: {said}", case.name());
        let planned = match &plan["pools"] {
            none if *none == json!([]) => Value::Null,
            _ => planned(&case),
        };
        assert_eq!(pools, planned, "{}", case.name());
    }
    assert!(judged >= 30, "{judged} cases");
}

#[test]
fn the_pools_of_a_cluster_that_has_calico_stay() {
    let mut judged = 0;
    for case in cases() {
        let plan = case.json();
        let live = plan["existingPools"].as_array().unwrap();
        let mut planned = plan["pools"].as_array().unwrap().iter();
        let stays = live.iter().all(|pool| pool["changes"] == json!([]))
            && planned.all(|pool| pool["live"].is_string());
        let owned = live.iter().filter(|pool| pool["ownedByOperator"] == true);
        let entries: Vec<Value> = owned.map(entry).collect();
        if entries.is_empty() || !stays || case.run(&[]).exit != 0 {
            continue;
        }
        judged += 1;
        let (exit, _, said) = told_by_config(&case, &["--check"], &case.written("installation"));
        assert_eq!(exit, Some(0), "{}: {said}", case.name());
        // A chart that renders no pools.
        let bare = json!({
            "apiVersion": "operator.tigera.io/v1", "kind": "Installation",
            "metadata": {"name": "default"}, "spec": {},
        });
        let (_, pools, said) = told_by_config(&case, &[], &bare.to_string());
        assert_eq!(pools, json!(entries), "{}: {said}", case.name());
    }
    assert!(judged >= 1, "{judged} cases");
}

/// A live pool as the Installation lists it.
fn entry(live: &Value) -> Value {
    let mut entry = live["others"].clone();
    for key in ["cidr", "blockSize", "encapsulation"] {
        entry[key] = live[key].clone();
    }
    assert!(entry["natOutgoing"].is_string(), "{entry}");
    entry
}

#[test]
fn a_stream_that_lacks_what_the_platform_needs_is_refused() {
    let bare = json!({
        "apiVersion": "operator.tigera.io/v1", "kind": "Installation",
        "metadata": {"name": "default"}, "spec": {},
    });
    for (name, provider) in [("eks", "EKS"), ("aks-no-plugin-given", "AKS")] {
        let (exit, _, said) = told_by_config(&case(name), &[], &bare.to_string());
        assert_eq!(exit, Some(2), "{name}: {said}");
        for set in [
            format!("--set installation.kubernetesProvider={provider}"),
            "--set installation.cni.type=Calico".to_owned(),
        ] {
            assert!(said.contains(&set), "{name}: {said}");
        }
    }
}

#[test]
fn a_plan_of_what_could_not_be_read_is_not_taken() {
    let bare = json!({
        "apiVersion": "operator.tigera.io/v1", "kind": "Installation",
        "metadata": {"name": "default"}, "spec": {},
    });
    let (exit, _, said) = told_by_config(&case("forbidden"), &[], &bare.to_string());
    assert_eq!(exit, Some(2));
    assert!(said.contains("the cluster plan is incomplete"), "{said}");
    assert!(said.contains("IPPool: "), "{said}");
}

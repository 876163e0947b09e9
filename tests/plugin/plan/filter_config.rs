//! `-o config` is what helm-postrender reads with `--config`.

use std::fs;

use calico_test_support::documents::{only, parse};
use calico_test_support::filter::filtered;
use serde_json::{Value, json};

use super::case::{Case, case, cases, installation};
use super::filter_flags::{Flags, planned_pools, pools};

/// The exit code, the output and the messages of helm-postrender with a case's plan.
pub(super) fn with_config(
    case: &Case,
    arguments: &[&str],
    stream: &str,
) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.yaml");
    fs::write(&file, case.run(&["-o", "config"]).stdout).unwrap();
    let plan = case.json();
    let config = [
        "--config",
        file.to_str().unwrap(),
        "--operator-version",
        plan["operator"]["value"].as_str().unwrap(),
    ];
    let output = filtered(&[&config, arguments].concat(), stream);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn the_config_for_a_new_cluster_makes_the_planned_pools() {
    let mut checked = 0;
    for case in cases() {
        let plan = case.json();
        if !case.is_new_install(&plan) {
            continue;
        }
        checked += 1;
        let stream = Flags::of(&case).installation();
        let (exit, output, message) = with_config(&case, &[], &stream);
        assert_eq!(exit, Some(0), "{}: {message}", case.name());
        assert!(!message.contains("warning"), "{}: {message}", case.name());
        let expected = if plan["pools"] == json!([]) {
            Value::Null
        } else {
            planned_pools(&case)
        };
        assert_eq!(pools(&output), expected, "{}", case.name());
    }
    assert!(checked >= 30, "only {checked} cases");
}

#[test]
fn the_config_for_unchanged_pools_keeps_them() {
    let mut checked = 0;
    for case in cases() {
        let plan = case.json();
        let existing = plan["existingPools"].as_array().unwrap();
        let planned = plan["pools"].as_array().unwrap();
        let unchanged = existing.iter().all(|pool| pool["changes"] == json!([]))
            && planned.iter().all(|pool| pool["existing"].is_string());
        let entries: Vec<Value> = existing
            .iter()
            .filter(|pool| pool["ownedByOperator"] == true)
            .map(entry)
            .collect();
        let is_applied = case.run(&["-o", "installation"]).exit == 0;
        if entries.is_empty() || !unchanged || !is_applied {
            continue;
        }
        checked += 1;
        let written = case.written("installation");
        let (exit, _, message) = with_config(&case, &["--check"], &written);
        assert_eq!(exit, Some(0), "{}: {message}", case.name());
        let mut settings = only(&parse(&written), "Installation")["spec"].clone();
        settings["calicoNetwork"]["ipPools"].take();
        let (_, output, message) = with_config(&case, &[], &installation(&settings));
        assert_eq!(pools(&output), json!(entries), "{}: {message}", case.name());
    }
    assert!(checked >= 1);
}

/// An existing pool as the Installation lists it.
fn entry(existing: &Value) -> Value {
    let mut entry = existing["otherFields"].clone();
    for field in ["cidr", "blockSize", "encapsulation"] {
        entry[field] = existing[field].clone();
    }
    assert!(entry["natOutgoing"].is_string(), "{entry}");
    entry
}

#[test]
fn a_stream_without_the_settings_of_the_platform_is_refused() {
    for (name, provider) in [("eks", "EKS"), ("aks-no-plugin-given", "AKS")] {
        let (exit, _, message) = with_config(&case(name), &[], &installation(&json!({})));
        assert_eq!(exit, Some(2), "{name}: {message}");
        for flag in [
            format!("--set installation.kubernetesProvider={provider}"),
            "--set installation.cni.type=Calico".to_owned(),
        ] {
            assert!(message.contains(&flag), "{name}: {message}");
        }
    }
}

#[test]
fn an_incomplete_config_is_refused() {
    let (exit, _, message) = with_config(&case("forbidden"), &[], &installation(&json!({})));
    assert_eq!(exit, Some(2));
    assert!(
        message.contains("the cluster plan is incomplete"),
        "{message}"
    );
    assert!(message.contains("IPPool: "), "{message}");
}

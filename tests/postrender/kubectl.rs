//! kubectl reads the input and the output of every case: they differ in the requested fields only.

use std::fs;
use std::path::Path;
use std::process::Command;

use calico_core::cidr::Cidr;
use calico_test_support::cases::cases;
use calico_test_support::tools::tool;
use serde_json::{Map, Value};

const FIELDS: [&str; 3] = ["cidr", "blockSize", "encapsulation"];

#[test]
fn only_the_requested_fields_change() {
    let mut compared = 0;
    for case in cases("postrender", "args") {
        let out = case.join("out.yaml");
        if !out.is_file() {
            continue;
        }
        // Some cases have other documents that kubectl cannot read.
        let Some(before) = read(&case.join("in.yaml")) else {
            continue;
        };
        let after = read(&out).unwrap_or_else(|| panic!("{}", out.display()));
        assert_eq!(before.len(), after.len(), "{}", case.display());
        let mut arguments = fs::read_to_string(case.join("args")).unwrap();
        // A plan requests values, too.
        arguments += &fs::read_to_string(case.join("config.yaml")).unwrap_or_default();
        for (before, after) in before.into_iter().zip(after) {
            compare(&case, before, after, &arguments);
        }
        compared += 1;
    }
    assert!(compared > 120, "only {compared} cases");
}

/// The objects that kubectl reads, or `None` if it cannot read the whole file.
fn read(file: &Path) -> Option<Vec<Value>> {
    let output = Command::new(tool("kubectl", "1.37.1"))
        .args(["label", "--local", "--output=json", "a=b", "--filename"])
        .arg(file)
        .env_clear()
        .output()
        .unwrap();
    output.status.success().then(|| {
        serde_json::Deserializer::from_slice(&output.stdout)
            .into_iter()
            .map(Result::unwrap)
            .collect()
    })
}

fn compare(case: &Path, mut before: Value, mut after: Value, arguments: &str) {
    if before["kind"] == "Installation" && before["metadata"]["name"] == "default" {
        let (old, new) = (take_pools(&mut before), take_pools(&mut after));
        let absent = Map::new();
        for (index, new) in new.iter().enumerate() {
            let old = old
                .get(index)
                .map_or(&absent, |old| old.as_object().unwrap());
            compare_pool(case, old, new.as_object().unwrap(), arguments);
        }
    }
    assert_eq!(before, after, "{}", case.display());
}

/// Removes the pools from an Installation, and the fields above them if those have no other content.
fn take_pools(installation: &mut Value) -> Vec<Value> {
    let path = ["spec", "calicoNetwork", "ipPools"];
    let pools = installation
        .pointer_mut("/spec/calicoNetwork/ipPools")
        .map(Value::take);
    for level in (0..path.len()).rev() {
        let parent = path[..level]
            .iter()
            .try_fold(&mut *installation, |value, key| value.get_mut(key));
        let Some(parent) = parent.and_then(Value::as_object_mut) else {
            continue;
        };
        let is_empty =
            |value: &Value| value.is_null() || value.as_object().is_some_and(Map::is_empty);
        if parent.get(path[level]).is_some_and(is_empty) {
            parent.remove(path[level]);
        }
    }
    match pools {
        Some(Value::Array(pools)) => pools,
        _ => Vec::new(),
    }
}

/// Only requested fields differ, and their values are the requested ones.
fn compare_pool(case: &Path, old: &Map<String, Value>, new: &Map<String, Value>, arguments: &str) {
    for key in old.keys().chain(new.keys()) {
        if old.get(key) == new.get(key) {
            continue;
        }
        if !FIELDS.contains(&key.as_str()) {
            assert!(
                old.get(key).is_none() && is_of_existing_pool(case, key, &new[key]),
                "{}: {key}",
                case.display()
            );
            continue;
        }
        let value = match &new[key] {
            Value::String(text) => text.clone(),
            number => number.to_string(),
        };
        assert!(
            arguments
                .split(['\n', ',', '=', ' ', '"', '}'])
                .any(|requested| is_same(requested, &value)),
            "{}: {key}: {value}",
            case.display()
        );
        assert_eq!(key == "blockSize", new[key].is_u64(), "{}", case.display());
    }
}

/// Whether two values are equal, or CIDRs of the same range.
fn is_same(a: &str, b: &str) -> bool {
    a == b || a.parse::<Cidr>().is_ok_and(|cidr| b.parse() == Ok(cidr))
}

/// Whether the case's plan has an existing pool with this field.
fn is_of_existing_pool(case: &Path, key: &str, value: &Value) -> bool {
    let plan = fs::read_to_string(case.join("config.yaml")).unwrap_or_default();
    let plan: Value = serde_yaml::from_str(&plan).unwrap_or_default();
    plan["existingPools"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|pool| pool["otherFields"].get(key) == Some(value))
}

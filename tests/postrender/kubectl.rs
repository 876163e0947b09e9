//! What real kubectl reads of what went into the filter and of what came out, for every case:
//! the two differ in the fields that were asked for and in nothing else.

use std::fs;
use std::path::Path;
use std::process::Command;

use calico_core::cidr::Cidr;
use calico_test_support::cases::cases;
use calico_test_support::tools::tool;
use serde_json::{Map, Value};

const FIELDS: [&str; 3] = ["cidr", "blockSize", "encapsulation"];

#[test]
fn kubectl_sees_the_fields_change_and_nothing_else() {
    let mut compared = 0;
    for case in cases("postrender", "args") {
        let out = case.join("out.yaml");
        if !out.is_file() {
            continue;
        }
        // Some cases are about neighbours that nobody can read.
        let Some(before) = read(&case.join("in.yaml")) else {
            continue;
        };
        let after = read(&out).unwrap_or_else(|| panic!("{}", out.display()));
        assert_eq!(before.len(), after.len(), "{}", case.display());
        let mut arguments = fs::read_to_string(case.join("args")).unwrap();
        // What a plan says is asked for, too.
        arguments += &fs::read_to_string(case.join("config.yaml")).unwrap_or_default();
        for (before, after) in before.into_iter().zip(after) {
            compare(&case, before, after, &arguments);
        }
        compared += 1;
    }
    assert!(compared > 120, "{compared} cases compared only");
}

/// The objects that kubectl reads, or none where it reads not all of a file.
fn read(file: &Path) -> Option<Vec<Value>> {
    let output = Command::new(tool("kubectl", "1.37.1"))
        .args(["label", "--local", "--output=json", "a=b", "--filename"])
        .arg(file)
        .env_clear()
        .output()
        .unwrap();
    let objects = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    let objects: Vec<Value> = objects.map(Result::unwrap).collect();
    output.status.success().then_some(objects)
}

fn compare(case: &Path, mut before: Value, mut after: Value, arguments: &str) {
    let is_installation =
        before["kind"] == "Installation" && before["metadata"]["name"] == "default";
    if is_installation {
        let (old, new) = (take_pools(&mut before), take_pools(&mut after));
        for (index, new) in new.iter().enumerate() {
            let none = Map::new();
            let old = old.get(index).map_or(&none, |old| old.as_object().unwrap());
            pool(case, old, new.as_object().unwrap(), arguments);
        }
    }
    assert_eq!(before, after, "{}", case.display());
}

/// Takes the pools out of an Installation, and the levels above them if they held nothing else.
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

/// Keys that differ are those of fields that were asked for, and have a value that was.
fn pool(case: &Path, old: &Map<String, Value>, new: &Map<String, Value>, arguments: &str) {
    let keys = old.keys().chain(new.keys());
    for key in keys.filter(|key| old.get(*key) != new.get(*key)) {
        if !FIELDS.contains(&key.as_str()) {
            let is_copied = old.get(key).is_none() && is_of_live_pool(case, key, &new[key]);
            assert!(is_copied, "{}: {key}", case.display());
            continue;
        }
        let shown = match &new[key] {
            Value::String(text) => text.clone(),
            number => number.to_string(),
        };
        let is_it = |asked: &str| {
            let cidr = |text: &str| text.parse::<Cidr>().ok();
            asked == shown || cidr(asked).is_some() && cidr(asked) == cidr(&shown)
        };
        let mut asked = arguments.split(['\n', ',', '=', ' ', '"', '}']);
        assert!(asked.any(is_it), "{}: {key}: {shown}", case.display());
        assert_eq!(key == "blockSize", new[key].is_u64(), "{}", case.display());
    }
}

/// Whether the case's plan has a live pool with this field.
fn is_of_live_pool(case: &Path, key: &str, value: &Value) -> bool {
    let plan = std::fs::read_to_string(case.join("config.yaml")).unwrap_or_default();
    let plan: Value = serde_yaml::from_str(&plan).unwrap_or_default();
    let mut live = plan["existingPools"].as_array().into_iter().flatten();
    live.any(|pool| pool["others"].get(key) == Some(value))
}

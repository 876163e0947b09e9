//! A cluster plan as text: the file of `--config`, and what kubectl-calico writes.

use std::fs::File;
use std::io::{self, Read as _};
use std::net::IpAddr;
use std::path::Path;

use calico_core::cidr::Cidr;
use calico_core::cluster_plan::{API_VERSION, ClusterPlan, KIND};
use calico_core::pool::{Encapsulation, Field};
use calico_core::text::{quoted, shown};
use calico_core::yaml;
use serde::Deserialize as _;
use serde_yaml::{Mapping, Value};

use crate::read::tree::Tree;
use crate::refusal::Refusal;

/// The longest plan that is read, in bytes. A plan for ten thousand nodes is shorter than 1 MiB.
pub(crate) const LONGEST: u64 = 16 << 20;

/// Whether a text is longer than any plan.
pub(crate) fn is_too_long(text: &[u8]) -> bool {
    text.len() as u64 > LONGEST
}

/// Reads the plan in a file.
pub(crate) fn open(path: &Path) -> Result<ClusterPlan, Refusal> {
    bytes(path)
        .map_err(|error| format!("cannot be read: {error}"))
        .and_then(|text| read(&text))
        .map_err(|what| {
            let path = quoted(path.as_os_str().as_encoded_bytes());
            Refusal::new(format!("--config {path}: {what}"))
                .fix("write the file with: kubectl calico plan -o config")
        })
}

/// The content of a file, up to one byte over the limit.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LONGEST + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a plan, in YAML or JSON. An error says how the text differs from a plan.
pub(crate) fn read(text: &[u8]) -> Result<ClusterPlan, String> {
    if is_too_long(text) {
        return Err(format!("it is longer than {} MiB", LONGEST >> 20));
    }
    if text.trim_ascii().is_empty() {
        return Err("it is empty".to_owned());
    }
    let document = document(text).ok_or_else(|| not_a_plan(text))?;
    let version = document.get("apiVersion").and_then(Value::as_str);
    let kind = document.get("kind").and_then(Value::as_str);
    let (Some(version), Some(KIND)) = (version, kind) else {
        return Err(not_a_plan(text));
    };
    if version != API_VERSION {
        return Err(format!(
            "its apiVersion is {}, but this program reads {API_VERSION}",
            quoted(version)
        ));
    }
    let plan = ClusterPlan::deserialize(document).map_err(|error| shown(error.to_string()))?;
    if !plan.complete && plan.unread.is_empty() {
        return Err("it was cut off: its last line, `complete: true`, is missing".to_owned());
    }
    check(&plan)?;
    Ok(plan)
}

fn document(text: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(text).ok()?;
    // The first parser enforces nesting limits that the second checks too late.
    Tree::parse(text).ok()?;
    serde_yaml::from_str(text).ok()
}

fn not_a_plan(text: &[u8]) -> String {
    let first_line = text.trim_ascii().split(|byte| *byte == b'\n').next();
    format!(
        "it is not a {KIND} of kubectl calico; it starts with {}",
        quoted(first_line.unwrap_or_default())
    )
}

/// Checks the values that are written or compared. The CIDR of an existing pool may be any string,
/// because the operator did not necessarily create the pool.
fn check(plan: &ClusterPlan) -> Result<(), String> {
    for (index, pool) in plan.pools.iter().enumerate() {
        if let Some(cidr) = &pool.cidr {
            check_cidr(&format!("pools[{index}].cidr"), cidr)?;
        }
        let path = format!("pools[{index}]");
        if let Some(encapsulation) = &pool.encapsulation {
            check_encapsulation(&path, encapsulation)?;
        }
        check_other_fields(&path, &pool.other_fields)?;
    }
    for (index, pool) in plan.existing_pools.iter().enumerate() {
        let path = format!("existingPools[{index}]");
        check_other_fields(&path, &pool.other_fields)?;
        check_encapsulation(&path, &pool.encapsulation)?;
    }
    for (index, address) in plan.node_addresses.iter().enumerate() {
        if address.parse::<IpAddr>().is_err() {
            let address = quoted(address);
            return Err(format!(
                "nodeAddresses[{index}]: {address} is not an IP address"
            ));
        }
    }
    if let Some(network) = &plan.pod_network {
        check_cidrs("podNetwork.cidrs", &network.cidrs)?;
    }
    check_cidrs("services", &plan.services)
}

fn check_cidrs(path: &str, cidrs: &[String]) -> Result<(), String> {
    cidrs
        .iter()
        .enumerate()
        .try_for_each(|(index, cidr)| check_cidr(&format!("{path}[{index}]"), cidr))
}

fn check_cidr(path: &str, cidr: &str) -> Result<(), String> {
    match cidr.parse::<Cidr>() {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{path}: {error}")),
    }
}

fn check_encapsulation(path: &str, name: &str) -> Result<(), String> {
    match name.parse::<Encapsulation>() {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{path}.encapsulation: {error}")),
    }
}

fn check_other_fields(path: &str, fields: &Mapping) -> Result<(), String> {
    match fields.iter().find(|(key, value)| !is_field(key, value)) {
        None => Ok(()),
        Some((key, _)) => {
            let key = shown(key.as_str().unwrap_or_default());
            Err(format!("{path}.otherFields.{key}: not a field of a pool"))
        }
    }
}

/// Whether a key and value can be a field of a pool other than the three with their own fields in a
/// plan. The keys of a pool are words, and their values scalars or lists of strings.
fn is_field(key: &Value, value: &Value) -> bool {
    let is_key = key
        .as_str()
        .is_some_and(|key| yaml::is_word(key) && Field::ALL.iter().all(|field| field.key() != key));
    is_key
        && match value {
            Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
            Value::Sequence(items) => items.iter().all(Value::is_string),
            Value::Null | Value::Mapping(_) | Value::Tagged(_) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        read(text.as_bytes()).unwrap_err()
    }

    fn plan(rest: &str) -> String {
        format!("apiVersion: {API_VERSION}\nkind: {KIND}\ncomplete: true\n{rest}\n")
    }

    #[test]
    fn yaml_and_json_are_read() {
        let yaml = read(plan("pools: [{cidr: 10.0.0.0/16, blockSize: 24}]").as_bytes());
        let json = format!(
            r#"{{"apiVersion": "{API_VERSION}", "kind": "{KIND}", "complete": true, "pools": [{{"cidr": "10.0.0.0/16", "blockSize": 24}}]}}"#
        );
        assert_eq!(yaml, read(json.as_bytes()));
        assert_eq!(yaml.unwrap().pools[0].block_size, Some(24));
    }

    #[test]
    fn anything_else_is_reported_by_its_beginning() {
        for text in [
            "Usage:\n  calicoctl [options] <command>",
            "- a",
            "kind: ClusterPlan",
            "apiVersion: kubectl-calico/v1alpha1\nkind: StatusReport",
            "\u{1b}[2J",
            &"[".repeat(200_000),
            "a: &a [x, x]\nb: *c",
        ] {
            let error = error(text);
            assert!(
                error.starts_with("it is not a ClusterPlan of kubectl calico; it starts with \""),
                "{error}"
            );
            assert!(!error.contains('\u{1b}') && error.len() < 250, "{error}");
        }
        assert_eq!(error(" \n"), "it is empty");
        assert!(read(b"\xff").is_err());
        assert!(error(&" ".repeat((16 << 20) + 1)).contains("longer than 16 MiB"));
    }

    #[test]
    fn a_plan_of_another_release_is_reported_by_its_version() {
        let later = plan("").replace("v1alpha1", "v2");
        assert_eq!(
            error(&later),
            "its apiVersion is \"kubectl-calico/v2\", but this program reads \
             kubectl-calico/v1alpha1"
        );
        assert!(error(&plan("nodes: []")).contains("unknown field"));
    }

    #[test]
    fn an_invalid_value_is_reported_by_its_place() {
        for (rest, place) in [
            ("pools: [{}, {cidr: 10.0.0.0}]", "pools[1].cidr: "),
            (
                "pools: [{encapsulation: vxlan}]",
                "pools[0].encapsulation: ",
            ),
            (
                "existingPools: [{name: a, cidr: x, blockSize: 26, encapsulation: x, owned: true}]",
                "existingPools[0].encapsulation: ",
            ),
            ("nodeAddresses: [10.0.0.1, node]", "nodeAddresses[1]: "),
            ("services: [10.96.0.0]", "services[0]: "),
            (
                "podNetwork: {cidrs: ['']}, source: x, enforced: true}",
                "it is not",
            ),
            (
                "podNetwork: {cidrs: [x/8], source: x, enforced: true}",
                "podNetwork.cidrs[0]: ",
            ),
        ] {
            let error = error(&plan(rest));
            assert!(error.starts_with(place), "{rest}: {error}");
        }
    }
}

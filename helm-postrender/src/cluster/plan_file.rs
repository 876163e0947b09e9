//! The plan of a cluster's pools as text: what `--config` names, and what the twin answers.

use std::net::IpAddr;

use calico_core::cidr::Cidr;
use calico_core::cluster_plan::{API_VERSION, ClusterPlan, KIND};
use calico_core::pool::{Encapsulation, Field};
use calico_core::text::{quoted, shown};
use calico_core::yaml;
use serde::Deserialize as _;
use serde_yaml::Value;

use crate::read::tree::Tree;

/// The longest text that is taken for a plan. Ten thousand nodes make less than one megabyte.
pub(crate) const LONGEST: u64 = 16 << 20;

/// Whether a text is longer than that.
pub(crate) fn is_too_long(text: &[u8]) -> bool {
    text.len() as u64 > LONGEST
}

/// Reads a plan, YAML or JSON. Says what the text is where it is none.
pub(crate) fn read(text: &[u8]) -> Result<ClusterPlan, String> {
    if is_too_long(text) {
        return Err(format!("it is longer than {} MiB", LONGEST >> 20));
    }
    if text.trim_ascii().is_empty() {
        return Err("it is empty".to_owned());
    }
    let other = || {
        let first = text.trim_ascii().split(|b| *b == b'\n').next();
        let first = quoted(first.unwrap_or_default());
        format!("it is not a {KIND} of kubectl calico; it starts with {first}")
    };
    // The first parser has limits for nesting that the second checks too late.
    let text = std::str::from_utf8(text).ok();
    let text = text.filter(|text| Tree::parse(text).is_ok());
    let text = text.ok_or_else(other)?;
    let document: Value = serde_yaml::from_str(text).map_err(|_| other())?;
    let of = |key: &str| document.get(key).and_then(Value::as_str);
    let (Some(version), Some(KIND)) = (of("apiVersion"), of("kind")) else {
        return Err(other());
    };
    if version != API_VERSION {
        let version = quoted(version);
        return Err(format!(
            "its apiVersion is {version}, and this program reads {API_VERSION}"
        ));
    }
    let plan = ClusterPlan::deserialize(document).map_err(|error| shown(error.to_string()))?;
    check(&plan).map(|()| plan)
}

/// Whether what is to be written or compared can be. The CIDR of a live pool may be any text:
/// somebody else made that pool.
fn check(plan: &ClusterPlan) -> Result<(), String> {
    let cidrs = |name: &str, cidrs: &[String]| {
        cidrs.iter().enumerate().try_for_each(|(index, cidr)| {
            let read = cidr.parse::<Cidr>().map(drop);
            read.map_err(|error| format!("{name}[{index}]: {error}"))
        })
    };
    let encapsulation = |path: String, name: &str| {
        let read = name.parse::<Encapsulation>().map(drop);
        read.map_err(|error| format!("{path}.encapsulation: {error}"))
    };
    for (index, pool) in plan.pools.iter().enumerate() {
        let path = format!("pools[{index}]");
        if let Some(Err(error)) = pool.cidr.as_deref().map(str::parse::<Cidr>) {
            return Err(format!("{path}.cidr: {error}"));
        }
        let name = pool.encapsulation.as_deref();
        name.map_or(Ok(()), |name| encapsulation(path, name))?;
    }
    for (index, pool) in plan.existing_pools.iter().enumerate() {
        let path = format!("existingPools[{index}]");
        for (key, value) in &pool.others {
            if !is_field(key, value) {
                let key = shown(key.as_str().unwrap_or_default());
                return Err(format!("{path}.others.{key}: no pool has such a field"));
            }
        }
        encapsulation(path, &pool.encapsulation)?;
    }
    for (index, address) in plan.node_addresses.iter().enumerate() {
        let read = address.parse::<IpAddr>().map(drop);
        read.map_err(|_| {
            let address = quoted(address);
            format!("nodeAddresses[{index}]: {address} is not an IP address")
        })?;
    }
    let network = plan.pod_network.as_ref();
    let network = network.map_or(&[][..], |network| &network.cidrs);
    cidrs("podNetwork.cidrs", network)?;
    cidrs("services", &plan.services)
}

/// Whether it can be a field of a pool: all that there are have a word for a key, and a scalar or a
/// list of strings for a value.
fn is_field(key: &Value, value: &Value) -> bool {
    let is_other = |key: &str| Field::ALL.iter().all(|field| field.key() != key);
    let is_key = key
        .as_str()
        .is_some_and(|key| yaml::is_word(key) && is_other(key));
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
        format!("apiVersion: {API_VERSION}\nkind: {KIND}\n{rest}\n")
    }

    #[test]
    fn yaml_and_json_are_read() {
        let yaml = read(plan("pools: [{cidr: 10.0.0.0/16, blockSize: 24}]").as_bytes());
        let json = format!(
            r#"{{"apiVersion": "{API_VERSION}", "kind": "{KIND}", "pools": [{{"cidr": "10.0.0.0/16", "blockSize": 24}}]}}"#
        );
        assert_eq!(yaml, read(json.as_bytes()));
        assert_eq!(yaml.unwrap().pools[0].block_size, Some(24));
    }

    #[test]
    fn anything_else_is_told_by_its_beginning() {
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
    fn a_plan_of_another_release_is_told_by_its_version() {
        let later = plan("").replace("v1alpha1", "v2");
        assert_eq!(
            error(&later),
            "its apiVersion is \"kubectl-calico/v2\", and this program reads kubectl-calico/v1alpha1"
        );
        assert!(error(&plan("nodes: []")).contains("unknown field"));
    }

    #[test]
    fn a_value_that_cannot_be_used_is_told_by_its_place() {
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

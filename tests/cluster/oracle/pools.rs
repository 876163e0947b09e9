//! The pools: those that exist, who owns them, and whether they are as the Installation lists them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Objects, differ, list, name, subjects, text};

/// The pools in the report are those in the cluster.
pub(super) fn pools(objects: &Objects, report: &Value) -> Vec<String> {
    let wanted: BTreeSet<String> = objects
        .ip_pools
        .iter()
        .map(|pool| {
            let spec = &pool["spec"];
            let shape = json!([spec["cidr"], spec["blockSize"], is_owned(pool)]);
            format!("{} {shape} {}", name(pool), encapsulation(spec))
        })
        .collect();
    let found = list(&report["facts"]["pools"]["value"])
        .map(|pool| {
            let shape = json!([pool["cidr"], pool["blockSize"], pool["ownedByOperator"]]);
            let name = pool["name"].as_str().unwrap_or_default();
            format!("{name} {shape} {}", text(&pool["encapsulation"]))
        })
        .collect();
    differ("pools", &wanted, &found)
}

/// A pool that the operator would change or delete, and a listed one that does not exist, is a finding.
pub(super) fn drift(objects: &Objects, report: &Value) -> Vec<String> {
    let Some(installation) = objects.installation() else {
        return Vec::new();
    };
    let network = &installation["spec"]["calicoNetwork"];
    let listed: BTreeMap<&str, &Value> = list(&network["ipPools"])
        .filter_map(|entry| Some((entry["cidr"].as_str()?, entry)))
        .collect();
    let existing = &objects.ip_pools;
    let mut wanted = BTreeSet::new();
    for pool in existing {
        let spec = &pool["spec"];
        let is_right = match listed.get(text(&spec["cidr"])) {
            None => !is_owned(pool),
            Some(entry) => {
                is_owned(pool)
                    && entry["encapsulation"] == encapsulation(spec)
                    && entry["blockSize"] == spec["blockSize"]
                    && entry["nodeSelector"] == spec["nodeSelector"]
                    && (entry["natOutgoing"] == "Enabled") == (spec["natOutgoing"] == true)
                    && (entry["disableNewAllocations"] == true) == (spec["disabled"] == true)
            }
        };
        if !is_right {
            wanted.insert(format!("IPPool/{}", name(pool)));
        }
    }
    let has = |cidr: &str| existing.iter().any(|pool| pool["spec"]["cidr"] == cidr);
    if listed.keys().any(|cidr| !has(cidr)) {
        wanted.insert("Installation/default".to_owned());
    }
    let found = subjects(report, |code| code == "CAL208");
    differ("pools that differ from the Installation", &wanted, &found)
}

fn is_owned(pool: &Value) -> bool {
    let metadata = &pool["metadata"];
    let inner = text(&metadata["annotations"]["projectcalico.org/metadata"]);
    let inner: Value = serde_json::from_str(inner).unwrap_or_default();
    [metadata, &inner]
        .iter()
        .any(|from| from["labels"]["app.kubernetes.io/managed-by"] == "tigera-operator")
}

fn encapsulation(spec: &Value) -> &'static str {
    match (text(&spec["ipipMode"]), text(&spec["vxlanMode"])) {
        ("Always", _) => "IPIP",
        ("CrossSubnet", _) => "IPIPCrossSubnet",
        (_, "Always") => "VXLAN",
        (_, "CrossSubnet") => "VXLANCrossSubnet",
        _ => "None",
    }
}

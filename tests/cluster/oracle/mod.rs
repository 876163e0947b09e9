//! What a report says of a cluster, compared with what the operator itself says and did, in a few lines of their own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::api_server::Cluster;

/// The disagreements. Both are read again while the cluster changes in between.
pub(crate) fn disagreements(cluster: &Cluster) -> Vec<String> {
    let mut found = Vec::new();
    for _ in 0..10 {
        found = compare(cluster);
        if found.is_empty() {
            return found;
        }
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    found
}

fn compare(cluster: &Cluster) -> Vec<String> {
    let ran = cluster.calico(["status", "--output=json"]);
    let report: Value = serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}", ran.output()));
    [
        components(cluster, &report),
        pools(cluster, &report),
        drift(cluster, &report),
        typha(cluster, &report),
    ]
    .concat()
}

/// A component is healthy if its TigeraStatus is available and not degraded, and a finding says so otherwise.
fn components(cluster: &Cluster, report: &Value) -> Vec<String> {
    let statuses = items(cluster, &["tigerastatuses.operator.tigera.io"]);
    let mut wanted = BTreeSet::new();
    for status in &statuses {
        let conditions = status["status"]["conditions"].as_array();
        let is = |kind: &str| {
            let mut all = conditions.into_iter().flatten();
            all.any(|condition| condition["type"] == kind && condition["status"] == "True")
        };
        if is("Degraded") || !is("Available") {
            wanted.insert(format!("TigeraStatus/{}", name(status)));
        }
    }
    let of = ["CAL107", "CAL108"];
    let found = subjects(report, |code| of.contains(&code));
    differ("degraded or unavailable components", &wanted, &found)
}

/// The pools in the report are those in the cluster.
fn pools(cluster: &Cluster, report: &Value) -> Vec<String> {
    let wanted: BTreeSet<String> = ip_pools(cluster)
        .iter()
        .map(|pool| {
            let spec = &pool["spec"];
            let shape = json!([spec["cidr"], spec["blockSize"], is_owned(pool)]);
            format!("{} {shape} {}", name(pool), encapsulation(spec))
        })
        .collect();
    let facts = report["facts"]["pools"]["value"].as_array();
    let found = facts
        .into_iter()
        .flatten()
        .map(|pool| {
            let shape = json!([pool["cidr"], pool["blockSize"], pool["ownedByOperator"]]);
            let name = pool["name"].as_str().unwrap_or_default();
            format!("{name} {shape} {}", text(&pool["encapsulation"]))
        })
        .collect();
    differ("pools", &wanted, &found)
}

/// A pool that the operator would change or delete, and a listed one that does not exist, is a finding.
fn drift(cluster: &Cluster, report: &Value) -> Vec<String> {
    let installations = items(cluster, &["installations.operator.tigera.io"]);
    let Some(installation) = installations
        .iter()
        .find(|object| name(object) == "default")
    else {
        return Vec::new();
    };
    let network = &installation["spec"]["calicoNetwork"];
    let listed: BTreeMap<&str, &Value> = network["ipPools"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| Some((entry["cidr"].as_str()?, entry)))
        .collect();
    let existing = ip_pools(cluster);
    let mut wanted = BTreeSet::new();
    for pool in &existing {
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

/// The replicas of Typha that the operator has set are those that the report computes.
fn typha(cluster: &Cluster, report: &Value) -> Vec<String> {
    let deployments = items(cluster, &["deployments", "--namespace=calico-system"]);
    let typha = deployments
        .iter()
        .find(|object| name(object) == "calico-typha");
    let wanted = typha.map(|typha| typha["spec"]["replicas"].clone());
    let found = &report["facts"]["typha"]["wanted"]["value"]["replicas"];
    if wanted.as_ref().is_none_or(|wanted| wanted == found) {
        return Vec::new();
    }
    vec![format!(
        "replicas of Typha: {wanted:?} in the cluster, {found} in the report"
    )]
}

/// The IPPools, with the labels that Calico keeps in an annotation of its CRDs.
fn ip_pools(cluster: &Cluster) -> Vec<Value> {
    let crds = items(cluster, &["ippools.crd.projectcalico.org"]);
    if crds.is_empty() {
        return items(cluster, &["ippools.projectcalico.org"]);
    }
    crds
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

/// The subjects of the findings with such a code.
fn subjects(report: &Value, is_wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let findings = report["findings"].as_array().into_iter().flatten();
    findings
        .filter(|finding| is_wanted(text(&finding["code"])))
        .map(|finding| text(&finding["subject"]).to_owned())
        .collect()
}

fn differ(what: &str, cluster: &BTreeSet<String>, report: &BTreeSet<String>) -> Vec<String> {
    if cluster == report {
        return Vec::new();
    }
    vec![format!(
        "{what}: {cluster:?} in the cluster, {report:?} in the report"
    )]
}

/// The objects, or none if they are not served.
fn items(cluster: &Cluster, what: &[&str]) -> Vec<Value> {
    let get = ["get", "--output=json"];
    let ran = cluster.kubectl(get.iter().chain(what));
    let mut list: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    match list["items"].take() {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

fn name(object: &Value) -> &str {
    text(&object["metadata"]["name"])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

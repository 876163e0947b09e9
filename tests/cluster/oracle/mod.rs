//! What a report says of a cluster, compared with what the operator itself says and did: a second, short reading of the
//! cluster that shares no code with the first.

mod installation;
mod pools;
mod state;
mod workloads;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::api_server::Cluster;

/// The disagreements, which have this long to disappear: the operator counts nodes every 10 seconds.
const PATIENCE: Duration = Duration::from_secs(25);

/// The disagreements. Both are read again while the cluster changes in between.
pub(crate) fn disagreements(cluster: &Cluster) -> Vec<String> {
    let start = Instant::now();
    loop {
        let found = compare(cluster);
        if found.is_empty() || start.elapsed() > PATIENCE {
            return found;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn compare(cluster: &Cluster) -> Vec<String> {
    let ran = cluster.calico(["status", "--output=json"]);
    let report: Value = serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}", ran.output()));
    let objects = Objects::read(cluster);
    [
        state::components(&objects, &report),
        state::state(&objects, &report),
        installation::defaults(&objects, &report),
        pools::pools(&objects, &report),
        pools::drift(&objects, &report),
        workloads::nodes(&objects, &report),
        workloads::agents(&objects, &report),
        workloads::typha(&objects, &report),
    ]
    .concat()
}

/// The subjects of the findings with such a code.
fn subjects(report: &Value, is_wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    list(&report["findings"])
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

/// What is in the cluster.
struct Objects {
    installations: Vec<Value>,
    tigera_statuses: Vec<Value>,
    ip_pools: Vec<Value>,
    nodes: Vec<Value>,
    daemon_sets: Vec<Value>,
    deployments: Vec<Value>,
}

impl Objects {
    fn read(cluster: &Cluster) -> Self {
        let items = |what: &str| items(cluster, what);
        let mut ip_pools = items("ippools.crd.projectcalico.org");
        if ip_pools.is_empty() {
            ip_pools = items("ippools.projectcalico.org");
        }
        Self {
            installations: items("installations.operator.tigera.io"),
            tigera_statuses: items("tigerastatuses.operator.tigera.io"),
            ip_pools,
            nodes: items("nodes"),
            daemon_sets: items("daemonsets.apps"),
            deployments: items("deployments.apps"),
        }
    }

    fn installation(&self) -> Option<&Value> {
        self.installations.iter().find(|it| name(it) == "default")
    }

    /// calico-node of the operator.
    fn calico_node(&self) -> Option<&Value> {
        in_calico_system(&self.daemon_sets, "calico-node")
    }

    fn typha(&self) -> Option<&Value> {
        in_calico_system(&self.deployments, "calico-typha")
    }

    fn operator_exists(&self) -> bool {
        self.deployments
            .iter()
            .any(|it| name(it) == "tigera-operator")
    }

    fn operator_runs(&self) -> bool {
        self.deployments
            .iter()
            .any(|it| name(it) == "tigera-operator" && it["status"]["readyReplicas"] == 1)
    }

    /// The TigeraStatuses that are degraded or not available.
    fn failing(&self) -> BTreeSet<String> {
        let failing = self.tigera_statuses.iter().filter(|status| {
            let is = |kind: &str| {
                list(&status["status"]["conditions"])
                    .any(|condition| condition["type"] == kind && condition["status"] == "True")
            };
            is("Degraded") || !is("Available")
        });
        failing.map(|status| name(status).to_owned()).collect()
    }
}

fn in_calico_system<'a>(objects: &'a [Value], wanted: &str) -> Option<&'a Value> {
    objects
        .iter()
        .find(|it| name(it) == wanted && it["metadata"]["namespace"] == "calico-system")
}

/// The objects, or none if they are not served.
fn items(cluster: &Cluster, what: &str) -> Vec<Value> {
    let ran = cluster.kubectl(["get", what, "--all-namespaces", "--output=json"]);
    let mut list: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    match list["items"].take() {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

/// The entries of a list.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn name(object: &Value) -> &str {
    text(&object["metadata"]["name"])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// One value that both state.
fn equal(what: &str, cluster: &Value, report: &Value) -> Vec<String> {
    if cluster == report {
        return Vec::new();
    }
    vec![format!(
        "{what}: {cluster} in the cluster, {report} in the report"
    )]
}

//! Commands to paste that change Calico's resources. What is in them comes from the cluster in part,
//! so [`crate::assess::shell`] quotes it. Each is one line: a copied screen has spaces in front, which end no
//! here-document.

use calico_core::pool::Encapsulation;
use serde_json::{Value, json};

use crate::assess::candidate_pools::CandidatePool;
use crate::assess::check::Case;
use crate::assess::facts::pools::modes;
use crate::assess::shell::{patch, quoted};
use crate::assess::views::calico_node::CalicoNode;
use crate::assess::words::pasted;
use crate::snapshot::Store;
use crate::snapshot::resources::{V1, V3};

/// The Installation, as kubectl is told of it.
const INSTALLATIONS: &str = "installations.operator.tigera.io";

/// The Installation's pools, as a JSON patch is told of them.
const POOLS: &str = "/spec/calicoNetwork/ipPools";

/// `kubectl patch` of one of Calico's own resources, with a merge patch of its spec.
pub(crate) fn spec(case: &Case, plural: &str, name: &str, spec: &Value) -> String {
    let resource = format!("{plural}.{}", group(case));
    patch(&resource, name, "merge", &json!({ "spec": spec }))
}

/// The same of a pool, in the CRD even where Calico's API server is there.
pub(crate) fn past_the_api(name: &str, spec: &Value) -> String {
    patch(
        &format!("ippools.{V1}"),
        name,
        "merge",
        &json!({ "spec": spec }),
    )
}

/// The same of the Installation.
pub(crate) fn installation_spec(spec: &Value) -> String {
    patch(INSTALLATIONS, "default", "merge", &json!({ "spec": spec }))
}

/// `kubectl apply` of a pool.
pub(crate) fn new_pool(case: &Case, name: &str, spec: &Value) -> String {
    let version = match group(case) {
        V3 => "projectcalico.org/v3",
        _ => "crd.projectcalico.org/v1",
    };
    let object = json!({
        "apiVersion": version, "kind": "IPPool", "metadata": {"name": name}, "spec": spec,
    });
    let object = quoted(&object.to_string());
    object.map_or_else(String::new, |object| {
        format!("echo {object} | kubectl apply -f -")
    })
}

/// A change of a pool: in the Installation where the operator makes the pool of it what that says,
/// and takes back any other change; else in the live pool. `in_installation` are fields of the
/// pool's entry there, `in_pool` is a merge patch of its spec here.
pub(crate) fn change(
    case: &Case,
    pool: &CandidatePool,
    in_installation: &[(&str, Value)],
    in_pool: &Value,
) -> String {
    match (pool.index, pool.live) {
        (Some(index), _) => {
            let fields = in_installation.iter();
            let changes = fields.map(|(key, value)| add(&format!("{index}/{key}"), value));
            installation_pools(pool.cidr, index, changes)
        }
        (None, Some(live)) => spec(case, "ippools", &live.name, in_pool),
        (None, None) => String::new(),
    }
}

/// A JSON patch of the Installation's pools, which fails where the list is no longer the one that
/// was read: with that CIDR at that place.
pub(crate) fn installation_pools(
    cidr: &str,
    index: usize,
    changes: impl IntoIterator<Item = Value>,
) -> String {
    let mut operations = vec![json!({
        "op": "test",
        "path": format!("{POOLS}/{index}/cidr"),
        "value": cidr,
    })];
    operations.extend(changes);
    patch(INSTALLATIONS, "default", "json", &operations.into())
}

/// Sets a variable in the environment of calico-node.
pub(crate) fn variable(node: &CalicoNode, variable: &str, value: &str) -> String {
    let object = format!("DaemonSet {}", node.name());
    let unset = without_variable(&object, variable);
    format!("{}={value}", unset.trim_end_matches('-'))
}

/// A change of the data of a ConfigMap of Calico's manifests.
pub(crate) fn config(name: &str, data: &Value) -> String {
    let resource = "configmap -n kube-system";
    patch(resource, name, "merge", &json!({ "data": data }))
}

/// Takes a variable out of the environment of calico-node; `object` is `DaemonSet NAMESPACE/NAME`.
/// The operator puts back what it sets itself.
pub(crate) fn without_variable(object: &str, variable: &str) -> String {
    let name = object.strip_prefix("DaemonSet ").unwrap_or(object);
    let (namespace, name) = name.split_once('/').unwrap_or_default();
    let (namespace, name) = (pasted(namespace), pasted(name));
    format!("kubectl set env -n {namespace} daemonset/{name} -c calico-node {variable}-")
}

/// A JSON patch that adds a pool to those of the Installation.
pub(crate) fn one_more_in_installation(pool: &Value) -> String {
    patch(INSTALLATIONS, "default", "json", &json!([add("-", pool)]))
}

/// A label for a pool.
pub(crate) fn labelled(case: &Case, name: &str, label: &str) -> String {
    format!(
        "kubectl label ippools.{} {} {label}",
        group(case),
        pasted(name)
    )
}

/// Adds to the Installation's pools, or replaces what is at that place.
pub(crate) fn add(path: &str, value: &Value) -> Value {
    json!({"op": "add", "path": format!("{POOLS}/{path}"), "value": value})
}

/// Another encapsulation for a pool.
pub(crate) fn encapsulation(case: &Case, pool: &CandidatePool, to: Encapsulation) -> String {
    let name = json!(to.to_string());
    let (ipip, vxlan) = modes(to);
    let in_pool = json!({"ipipMode": ipip, "vxlanMode": vxlan});
    change(case, pool, &[("encapsulation", name)], &in_pool)
}

/// No new addresses from a pool.
pub(crate) fn disable(case: &Case, pool: &CandidatePool) -> String {
    let asked = case.facts.installation.as_ref();
    let field = asked.map(|asked| asked.enabled_field(false));
    change(case, pool, field.as_slice(), &json!({"disabled": true}))
}

/// The group in which Calico's own resources are best written: its API server checks what is
/// written, and where there is none, there are only the CRDs.
fn group(case: &Case) -> &'static str {
    let service = case.snapshot.api_service.read();
    let conditions = service
        .and_then(|service| service.status.as_ref()?.conditions.as_ref())
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut conditions = conditions.iter();
    let served = conditions.any(|found| found.type_ == "Available" && found.status == "True");
    match served || case.snapshot.store == Store::V3 {
        true => V3,
        false => V1,
    }
}

//! What the operator cannot convert of a manifest install, as far as a snapshot contains it.
//! Source: tigera/operator v1.30.11 to v1.43.0, pkg/controller/migration/convert.

use calico_core::cidr::Family;
use k8s_openapi::api::core::v1::EnvVar;
use serde_yaml::Value;

use crate::assess::check::Case;
use crate::facts::typha;
use crate::repair::pool_pins::PoolPins;
use crate::snapshot::{ObjectRef, Provenance};
use crate::views::calico_node::{CalicoNode, MANIFEST_NAMESPACE, Variable};
use crate::views::node_labels::MIGRATION_LABEL;
use crate::views::objects::{KUBE_CONTROLLERS, object_of};
use crate::views::{cni_config, daemon_set};

/// A setting that the operator refuses.
pub(super) struct Refused {
    /// The setting in a sentence.
    pub(super) what: String,
    /// Where it is.
    pub(super) at: Provenance,
    /// Its value.
    pub(super) value: String,
}

/// The variables of calico-node that the operator converts or ignores, besides those of Felix.
const VARIABLES: [&str; 22] = [
    "CALICO_DISABLE_FILE_LOGGING",
    "CALICO_IPV4POOL_BLOCK_SIZE",
    "CALICO_IPV4POOL_CIDR",
    "CALICO_IPV4POOL_DISABLE_BGP_EXPORT",
    "CALICO_IPV4POOL_IPIP",
    "CALICO_IPV4POOL_NAT_OUTGOING",
    "CALICO_IPV4POOL_NODE_SELECTOR",
    "CALICO_IPV4POOL_VXLAN",
    "CALICO_IPV6POOL_BLOCK_SIZE",
    "CALICO_IPV6POOL_CIDR",
    "CALICO_IPV6POOL_DISABLE_BGP_EXPORT",
    "CALICO_IPV6POOL_IPIP",
    "CALICO_IPV6POOL_NAT_OUTGOING",
    "CALICO_IPV6POOL_NODE_SELECTOR",
    "CALICO_IPV6POOL_VXLAN",
    "CALICO_NETWORKING_BACKEND",
    "CLUSTER_TYPE",
    "DATASTORE_TYPE",
    "IP",
    "IP6",
    "NODENAME",
    "WAIT_FOR_DATASTORE",
];

/// Those that it converts depending on others.
const DEPENDENT: [&str; 4] = [
    "CALICO_ROUTER_ID",
    "IP6_AUTODETECTION_METHOD",
    "IP_AUTODETECTION_METHOD",
    "NO_DEFAULT_POOLS",
];

/// Annotations that it ignores.
const ANNOTATIONS: &str = "kubectl.kubernetes.io";

/// What the operator refuses of this calico-node, and of what was installed with it.
pub(super) fn refused(case: &Case, node: &CalicoNode) -> Vec<Refused> {
    let mut found: Vec<Refused> = unknown_variables(node).collect();
    if node.connects_pods() == Some(true) && node.does_networking() == Some(true) {
        found.extend(addresses(node));
    }
    found.extend(placement(node));
    found.extend(annotations(node));
    found.extend(add_on_manager(case, node));
    found.extend(configuration(case, node));
    found
}

fn unknown_variables<'a>(node: &'a CalicoNode) -> impl Iterator<Item = Refused> + 'a {
    let environment = node.container().and_then(|it| it.env.as_ref());
    let is_unknown = |variable: &&EnvVar| {
        let name = variable.name.as_str();
        let is_known = name.starts_with("FELIX_") || VARIABLES.contains(&name);
        !is_known && !DEPENDENT.contains(&name)
    };
    let unknown = environment.into_iter().flatten().filter(is_unknown);
    unknown.map(move |variable| of_variable(node, &variable.name))
}

fn of_variable(node: &CalicoNode, name: &str) -> Refused {
    Refused {
        what: name.to_owned(),
        at: node.env(name),
        value: node.value(name).unwrap_or_default().to_owned(),
    }
}

/// The variables about addresses, where Calico's CNI plugin connects the pods.
fn addresses(node: &CalicoNode) -> Vec<Refused> {
    let is_one_of = |name: &str, values: &[&str]| match node.variable(name) {
        Variable::Set(value) => values.iter().any(|it| it.eq_ignore_ascii_case(value)),
        Variable::Unset | Variable::Unknown(_) => true,
    };
    let mut names = Vec::new();
    names.extend((!is_one_of("IP", &["autodetect", "none"])).then_some("IP"));
    let (support, method) = match node.variable("IP6") {
        Variable::Set("autodetect") => ("true", None),
        Variable::Set("none") => ("false", Some("none")),
        Variable::Unset => ("false", Some("")),
        Variable::Set(_) => {
            names.push("IP6");
            return refused_of(node, names);
        }
        Variable::Unknown(_) => return refused_of(node, names),
    };
    names.extend((!is_one_of("FELIX_IPV6SUPPORT", &[support])).then_some("FELIX_IPV6SUPPORT"));
    // Without IP6, it does not know the variable.
    let is_method = method.is_none_or(|method| {
        !method.is_empty() && is_one_of("IP6_AUTODETECTION_METHOD", &[method])
            || node.variable("IP6_AUTODETECTION_METHOD") == Variable::Unset
    });
    names.extend((!is_method).then_some("IP6_AUTODETECTION_METHOD"));
    refused_of(node, names)
}

fn refused_of(node: &CalicoNode, names: Vec<&str>) -> Vec<Refused> {
    let refused = names.into_iter().map(|name| of_variable(node, name));
    refused.collect()
}

/// The node selector, except for that of Linux, and the node affinity of calico-node.
fn placement(node: &CalicoNode) -> Vec<Refused> {
    const AT: &str = "spec.template.spec";
    let Some(pod) = daemon_set::pod(node.set) else {
        return Vec::new();
    };
    let is_expected = |key: &str, value: &str| {
        let is_linux =
            ["kubernetes.io/os", "beta.kubernetes.io/os"].contains(&key) && value == "linux";
        is_linux || key == MIGRATION_LABEL
    };
    let selector = pod.node_selector.iter().flatten();
    let selector = selector.filter(|(key, value)| !is_expected(key, value));
    let mut found: Vec<Refused> = selector
        .map(|(key, value)| Refused {
            what: format!("the node selector {key}"),
            at: node.at(format!("{AT}.nodeSelector")),
            value: format!("{key}: {value}"),
        })
        .collect();
    let affinity = pod.affinity.as_ref();
    if affinity.is_some_and(|affinity| affinity.node_affinity.is_some()) {
        found.push(Refused {
            what: "the node affinity".to_owned(),
            at: node.at(format!("{AT}.affinity.nodeAffinity")),
            value: "set".to_owned(),
        });
    }
    found
}

fn annotations<'a>(node: &'a CalicoNode) -> impl Iterator<Item = Refused> + 'a {
    let annotations = node.set.metadata.annotations.iter().flatten();
    let refused = annotations.filter(|(key, _)| !key.starts_with(ANNOTATIONS));
    refused.map(move |(key, value)| Refused {
        what: format!("the annotation {key}"),
        at: node.at(format!("annotation {key}")),
        value: value.clone(),
    })
}

/// The label of the add-on manager on calico-node, Typha and kube-controllers.
fn add_on_manager(case: &Case, node: &CalicoNode) -> Option<Refused> {
    const LABEL: &str = "addonmanager.kubernetes.io/mode";
    let mut deployments = case.snapshot.deployments.items().iter().filter(|found| {
        let name = found.metadata.name.as_deref().unwrap_or_default();
        found.metadata.namespace.as_deref() == Some(MANIFEST_NAMESPACE)
            && [KUBE_CONTROLLERS, typha::NAME].contains(&name)
    });
    let own = node.set.metadata.labels.as_ref();
    let own = own.and_then(|labels| labels.get(LABEL));
    let (object, value) = own.map(|value| (node.object(), value)).or_else(|| {
        deployments.find_map(|found| {
            let value = found.metadata.labels.as_ref()?.get(LABEL)?;
            Some((object_of(found), value))
        })
    })?;
    Some(Refused {
        what: format!("the label {LABEL}"),
        at: Provenance::new(object, format!("label {LABEL}")),
        value: value.clone(),
    })
}

/// Pools in the CNI configuration, and an IPv6 pool that it does not use.
fn configuration(case: &Case, node: &CalicoNode) -> Vec<Refused> {
    let (config, name) = node.config();
    let Some(ipam) = config.read().and_then(cni_config::ipam) else {
        return Vec::new();
    };
    if ipam.get("type").and_then(Value::as_str) != Some("calico-ipam") {
        return Vec::new();
    }
    let at = |key: &str| {
        let field = format!("{} {key}", cni_config::KEY);
        Provenance::new(ObjectRef::config_map(name), field)
    };
    let pins = PoolPins::of(case.snapshot, &case.facts.install);
    let pins = pins.as_ref().map_or(&[][..], PoolPins::pins).iter();
    let mut found: Vec<Refused> = pins
        .map(|pin| Refused {
            what: format!("{} in the CNI configuration", pin.list),
            at: at(pin.list),
            value: pin.pool.clone(),
        })
        .collect();
    let mut pools = case.facts.known_pools().iter();
    let pool = pools.find(|pool| !pool.spec.disabled && pool.family() == Some(Family::V6));
    if let Some(pool) = pool.filter(|_| !ipam.get("assign_ipv6").is_some_and(is_true)) {
        found.push(Refused {
            what: "an IPv6 pool without assign_ipv6 in the CNI configuration".to_owned(),
            at: Provenance::new(ObjectRef::named("IPPool", &pool.name), "spec.cidr"),
            value: pool.cidr.clone(),
        });
    }
    found
}

fn is_true(value: &Value) -> bool {
    let is_text = |text: &str| text.eq_ignore_ascii_case("true");
    value.as_bool() == Some(true) || value.as_str().is_some_and(is_text)
}

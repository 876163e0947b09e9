//! Whether IPv6 is enabled throughout, if there is a pool for it.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::pod_network::hold;
use k8s_openapi::api::core::v1::ConfigMap;

use super::pod_network::POOL_OUTSIDE_POD_NETWORK;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::phrases::pasted_names;
use crate::repair::Step;
use crate::repair::kubectl::restart;
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS, IP_POOLS};
use crate::views::calico_node::{CalicoNode, Variable};
use crate::views::cni_config;
use crate::views::felix::{Felix, IPV6};

pub(crate) const IPV6_HALF_ENABLED: Check = Check {
    entry: Entry {
        code: "CAL217",
        title: "an IPv6 pool exists, but IPv6 is not enabled",
        meaning: "A pool gives IPv6 addresses to pods, and Felix, calico-node or the CNI plugin of a \
                  manifest install leaves IPv6 out.",
        impact: "Pods get no IPv6 address, or one that no other node can reach.",
        criteria: "In a manifest install with an IPv6 pool for pods, and an IPv6 pod CIDR: FELIX_IPV6SUPPORT (or \
                   ipv6Support of FelixConfiguration) is false, IP6 of calico-node is not set or \
                   none, or assign_ipv6 is not \"true\" in cni_network_config of calico-config. The \
                   operator sets all three.",
        fix: "Set all three, and recreate the pods.",
        source: "Calico documentation, Configure dual stack or IPv6 only; projectcalico/calico \
                 v3.32.1, manifests/calico.yaml",
    },
    needs: &[&IP_POOLS, &DAEMON_SETS, &FELIX_CONFIGURATIONS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| half_enabled(case).into_iter().collect(),
};

fn half_enabled(case: &Case) -> Option<Finding> {
    let mut pools = case.facts.known_pools().iter();
    let pool = pools
        .find(|pool| pool.serves_pods() && pool.enabled && pool.family() == Some(Family::V6))?;
    // calico-node creates a pool with a random range by itself.
    let network = case.facts.networks.best()?;
    network.of_family(Family::V6).next()?;
    let node = CalicoNode::current(case.snapshot)?;
    if node.is_of_operator() || node.is_canal() {
        return None;
    }
    let felix = Felix::of(case.snapshot)
        .get(&IPV6)
        .filter(|told| !told.value);
    let undetected = match node.variable("IP6") {
        Variable::Set(value) => value.is_empty() || value == "none",
        Variable::Unset => true,
        Variable::Unknown(_) => false,
    };
    let (config, name) = node.config();
    let unassigned = config.read().is_some_and(|config| !assigns_ipv6(config));
    if felix.is_none() && !undetected && !unassigned {
        return None;
    }
    let mut finding = Finding::error(
        &IPV6_HALF_ENABLED.entry,
        pool.object(),
        format!(
            "{} is an IPv6 pool, but IPv6 is not fully enabled",
            pool.cidr
        ),
    );
    let mut environment = Vec::new();
    if let Some(told) = felix {
        finding = finding.read(&told.from, false);
        environment.push("FELIX_IPV6SUPPORT=true");
    }
    if undetected {
        let value = node.value("IP6").unwrap_or("not set");
        finding = finding.evidence(node.object(), "env IP6", value);
        environment.push("IP6=autodetect");
    }
    let object = crate::snapshot::ObjectRef::config_map(name);
    if unassigned {
        finding = finding.evidence(object, "data.cni_network_config assign_ipv6", "not true");
    }
    let finding = finding.impact("pods get no IPv6 address, or one that other nodes cannot reach");
    let is_outside = pool
        .network
        .is_some_and(|cidr| !hold(&network.cidrs, &cidr));
    let finding = if is_outside {
        finding.fixed_by(Step::after(
            POOL_OUTSIDE_POD_NETWORK.entry.code,
            "pods that are recreated before that get addresses of this pool",
        ))
    } else {
        finding
    };
    let (namespace, set) = pasted_names(&node.set.metadata);
    let finding = if unassigned {
        finding
            .fix(
                "set \"assign_ipv6\": \"true\" next to \"type\": \"calico-ipam\" in \
                 cni_network_config",
            )
            .paste(format!("kubectl edit configmaps -n {namespace} {name}"))
    } else {
        finding
    };
    Some(if environment.is_empty() {
        finding
            .fix("restart calico-node, then recreate the pods")
            .paste(restart(&node.object()))
    } else {
        finding
            .fix("enable IPv6 in calico-node, which restarts it; then recreate the pods")
            .paste(format!(
                "kubectl set env -n {namespace} daemonset/{set} -c calico-node {}",
                environment.join(" ")
            ))
    })
}

/// Whether the CNI configuration has the IPAM plugin assign IPv6 addresses. One that cannot be read is
/// not judged.
fn assigns_ipv6(config: &ConfigMap) -> bool {
    cni_config::ipam(config).is_none_or(|ipam| {
        let value = ipam.get("assign_ipv6");
        value.is_some_and(|value| value.as_str() == Some("true") || value.as_bool() == Some(true))
    })
}

//! Whether the CNI configuration names pools that give no addresses.

use calico_core::catalog::Entry;
use serde_yaml::Value;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::assess::phrases::pasted_names;
use crate::assess::views::calico_node::CalicoNode;
use crate::assess::views::cni_config;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{
    CALICO_CONFIG, CANAL_CONFIG, DAEMON_SETS, IP_POOLS, RKE2_CANAL_CONFIG,
};

/// The lists of pools, by name or CIDR.
const LISTS: [&str; 2] = ["ipv4_pools", "ipv6_pools"];

pub(crate) const POOL_PINNED: Check = Check {
    entry: Entry {
        code: "CAL225",
        title: "the CNI configuration names a pool that is missing or disabled",
        meaning: "The CNI configuration of a manifest install lists the pools that pods get their \
                  addresses from, and one of them is disabled or does not exist, for example after a \
                  migration to another pool.",
        impact: "New pods stay in ContainerCreating: \"the given pool does not exist, or is not \
                 enabled\".",
        criteria: "ipv4_pools or ipv6_pools in cni_network_config of calico-config names a pool, by \
                   name or CIDR, that is not an enabled IPPool. A configuration that another tool, \
                   such as Kubespray, writes to the nodes cannot be read.",
        fix: "Remove the list, so that pods get addresses from every enabled pool, or name enabled \
              pools. calico-node writes the configuration to the nodes when it starts.",
        source: "projectcalico/calico v3.30.7, libcalico-go/lib/ipam/ipam.go (determinePools) and \
                 cni-plugin/pkg/types/types.go; kubernetes-sigs/kubespray#8879",
    },
    needs: &[&IP_POOLS, &DAEMON_SETS],
    // What has the list.
    excuses: &[&CALICO_CONFIG, &CANAL_CONFIG, &RKE2_CANAL_CONFIG],
    judges: Judges::Configured,
    find: |case| pinned(case).into_iter().collect(),
};

fn pinned(case: &Case) -> Option<Finding> {
    let node = CalicoNode::current(case.snapshot)?;
    let (config, name) = node.config();
    if node.is_of_operator() || case.facts.install.is_in_etcd() {
        return None;
    }
    let ipam = cni_config::ipam(config.read()?)?;
    let listed = LISTS.into_iter().flat_map(|list| {
        let names = ipam.get(list).and_then(Value::as_sequence);
        let names = names.into_iter().flatten().filter_map(Value::as_str);
        names.map(move |pool| (list, pool))
    });
    let pools = case.facts.known_pools();
    // calico-node creates the first one when it starts.
    if pools.is_empty() {
        return None;
    }
    let mut withheld = listed
        .map(|(list, listed)| {
            let pool = pools.iter().find(|pool| {
                let same_range = pool.network.is_some_and(|it| it.to_string() == listed);
                pool.name == listed || pool.cidr == listed || same_range
            });
            (list, listed, pool)
        })
        .filter(|(.., pool)| pool.is_none_or(|pool| !pool.enabled));
    let (list, listed, pool) = withheld.next()?;
    let object = ObjectRef::config_map(name);
    let field = format!("data.{} {list}", cni_config::KEY);
    let (state, finding) = match pool {
        Some(pool) => ("is not enabled", Some(pool)),
        None => ("does not exist", None),
    };
    let message = format!("the CNI configuration names the pool {listed}, which {state}");
    let named =
        Finding::error(&POOL_PINNED.entry, &object, message).evidence(&object, field, listed);
    let named = match finding {
        Some(pool) if pool.is_disabled() => named.evidence(pool.object(), "spec.disabled", true),
        Some(pool) => named.exists(pool.object()),
        None => named,
    };
    let (namespace, daemon_set) = pasted_names(&node.set.metadata);
    Some(
        named
            .impact("new pods get no address and stay in ContainerCreating")
            .fix(format!(
                "remove {list}, so that pods get addresses from every enabled pool, or name enabled \
                 ones; then restart calico-node, which writes the configuration to the nodes"
            ))
            .paste(format!(
                "kubectl edit configmaps -n {namespace} {name}\n\
                 kubectl rollout restart -n {namespace} daemonset/{daemon_set}"
            )),
    )
}

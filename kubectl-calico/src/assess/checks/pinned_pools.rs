//! Whether the CNI configuration names pools that give no addresses.

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::repair::pool_pins::PoolPins;
use crate::snapshot::resources::{
    CALICO_CONFIG, CANAL_CONFIG, DAEMON_SETS, IP_POOLS, RKE2_CANAL_CONFIG,
};
use calico_core::catalog::Entry;

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
    let pins = PoolPins::of(case.snapshot, &case.facts.install)?;
    let pools = case.facts.known_pools();
    // calico-node creates the first one when it starts.
    if pools.is_empty() {
        return None;
    }
    let with_pool = pins.pins().iter().map(|pin| {
        let pool = pools.iter().find(|pool| pin.names(pool));
        (pin, pool)
    });
    let mut withheld = with_pool.filter(|(_, pool)| pool.is_none_or(|pool| !pool.enabled));
    let (pin, pool) = withheld.next()?;
    let (list, listed) = (pin.list, &pin.pool);
    let object = pins.object();
    let field = PoolPins::field(list);
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
    Some(
        named
            .impact("new pods get no address and stay in ContainerCreating")
            .fix(format!(
                "remove {list}, so that pods get addresses from every enabled pool, or name enabled \
                 ones; then restart calico-node, which writes the configuration to the nodes"
            ))
            .paste(pins.change()),
    )
}

//! Whether a pool that still has pods was disabled, and nodes lost the address of its tunnel with it.

use calico_core::catalog::Entry;

use crate::assess::advice::pool_fixes::enable;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::pools::ExistingPool;
use crate::assess::facts::tunnel_addresses::Tunnel;
use crate::assess::finding::{Finding, Severity};
use crate::assess::phrases::the_pool;
use crate::repair::Step;
use crate::repair::migration::recreate_pods;
use crate::snapshot::resources::{DAEMON_SETS, IP_POOLS, IPAM_BLOCKS, NODES};

pub(crate) const TUNNEL_LOST: Check = Check {
    entry: Entry {
        code: "CAL228",
        title: "a disabled pool is in use, and no enabled pool gives nodes a tunnel address",
        meaning: "A pool with IPIP or VXLAN was disabled while pods had addresses from it, and no enabled pool \
                  has that encapsulation.",
        impact: "calico-node releases every node's tunnel address. Without a VXLAN address, Felix removes the \
                 routes to the other nodes' pods. Without an IPIP address, pods still reach each other, but nodes do not \
                 reach pods on other nodes: webhooks and NodePorts fail.",
        criteria: "The pool has encapsulation and addresses in use, and is disabled or selects no node; no enabled pool of the \
                   family with the same kind of tunnel may be used for tunnels \
                   (allowedUses); and no node has such a tunnel address any more. With VXLAN, the \
                   finding is an error.",
        fix: "To restore traffic at once, enable the pool again. If it is to stay disabled, recreate the pods \
              that still have addresses from it.",
        source: "projectcalico/calico v3.24.6 to v3.32.1, node/pkg/allocateip/allocateip.go \
                 (determineEnabledPoolCIDRs) and felix/calc/vxlan_resolver.go; projectcalico/node#1057",
    },
    needs: &[&IP_POOLS, &IPAM_BLOCKS, &NODES, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        if !case.facts.runs_with_calico_ipam() {
            return Vec::new();
        }
        let pools = case.facts.known_pools();
        let disabled = pools.iter().filter(|pool| pool.is_disabled());
        disabled.filter_map(|pool| lost(case, pool)).collect()
    },
};

fn lost(case: &Case, pool: &ExistingPool) -> Option<Finding> {
    let in_use = pool.usage.value()?.in_use;
    if in_use == 0 || !pool.is_for_pods() {
        return None;
    }
    // Without one, pods must not be recreated: that is CAL212.
    let takes_pods =
        |other: &ExistingPool| other.serves_any_pod() && other.family() == pool.family();
    if !case.facts.known_pools().iter().any(takes_pods) {
        return None;
    }
    let withheld = pool.withheld.as_ref()?;
    let tunnel = Tunnel::lost_with(case.facts.known_pools(), pool, None)?;
    let annotation = tunnel.annotation(pool.family()?);
    let nodes = case.snapshot.nodes.items();
    if nodes.is_empty()
        || nodes
            .iter()
            .any(|node| node.metadata.annotation(annotation).is_some())
    {
        return None;
    }
    let severity = match tunnel {
        Tunnel::Ipip => Severity::Warning,
        Tunnel::Vxlan => Severity::Error,
    };
    let (field, value) = withheld.evidence();
    Some(
        Finding::new(
            &TUNNEL_LOST.entry,
            severity,
            pool.object(),
            format!(
                "{in_use} addresses of {} are in use, and no enabled pool gives nodes a tunnel address for {}",
                the_pool(&pool.name),
                pool.encapsulation
            ),
        )
        .evidence(pool.object(), field, value)
        .evidence(pool.object(), "encapsulation", pool.encapsulation)
        .evidence(crate::snapshot::ObjectRef::all("Node"), format!("count (with annotation {annotation})"), 0)
        .impact(tunnel.what_breaks())
        .fixed_by_all(fix(case, pool)),
    )
}

/// Enables the pool, which restores the tunnels within seconds, or moves its pods.
fn fix(case: &Case, pool: &ExistingPool) -> Vec<Step> {
    let name = the_pool(&pool.name);
    let mut steps = enable(
        case,
        pool,
        format!("enable {name} again, which restores traffic within seconds"),
    );
    steps.push(recreate_pods(
        &format!("that have addresses from {name}"),
        "kubectl calico status shows none of them in use",
    ));
    if let Some(last) = steps.last_mut() {
        last.what = format!("or, if it is to stay disabled, {}", last.what);
    }
    steps
}

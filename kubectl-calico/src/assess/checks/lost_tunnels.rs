//! Whether a pool that still has pods was disabled, and nodes lost the address of its tunnel with it.

use calico_core::catalog::Entry;
use calico_core::pool::{TUNNEL, WORKLOAD};
use serde_json::json;

use crate::assess::advice::pool_fixes::{enable, set};
use crate::assess::candidate_pools::existing_pools;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::pools::ExistingPool;
use crate::facts::tunnel_addresses::Tunnel;
use crate::phrases::the_pool;
use crate::repair::Step;
use crate::repair::migration::recreate_pods;
use crate::repair::step::either;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, IP_POOLS, IPAM_BLOCKS, NODES};
use crate::views::node_addresses::ANNOTATION;

pub(crate) const TUNNEL_LOST: Check = Check {
    entry: Entry {
        code: "CAL228",
        title: "no enabled pool gives nodes the tunnel address that a pool needs",
        meaning: "A pool with IPIP or VXLAN was disabled while pods had addresses from it, and no enabled pool \
                  has that encapsulation. Or the pool is for pods only (allowedUses), and no other pool with that \
                  encapsulation is for tunnels.",
        impact: "calico-node releases every node's tunnel address. Without a VXLAN address, Felix removes the \
                 routes to the other nodes' pods. Without an IPIP address, pods still reach each other, but nodes do not \
                 reach pods on other nodes: webhooks and NodePorts fail.",
        criteria: "The pool has encapsulation, and addresses in use if it is disabled or selects no node; no enabled \
                   pool of the family with the same kind of tunnel may be used for tunnels (allowedUses); and no node \
                   has such a tunnel address, although calico-node has given nodes an address. With VXLAN, the \
                   finding is an error; with IPIP, a warning.",
        fix: "To restore traffic at once, enable the pool again. If it is to stay disabled, recreate the pods \
              that still have addresses from it. If the pool is for pods only, allow tunnels as well.",
        source: "projectcalico/calico v3.24.6 to v3.32.1, node/pkg/allocateip/allocateip.go \
                 (determineEnabledPoolCIDRs) and felix/calc/vxlan_resolver.go; projectcalico/node#1057",
    },
    needs: &[&IP_POOLS, &IPAM_BLOCKS, &NODES, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Following,
    find: |case| {
        if !case.facts.runs_with_calico_ipam() {
            return Vec::new();
        }
        let pools = case.facts.known_pools();
        let disabled = pools.iter().filter(|pool| pool.is_disabled());
        let lost = disabled.filter_map(|pool| lost(case, pool));
        let for_pods_only = pools
            .iter()
            .filter(|pool| pool.enabled && !pool.uses().tunnel);
        lost.chain(for_pods_only.filter_map(|pool| never_given(case, pool)))
            .collect()
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
    if !is_on_no_node(case, annotation) {
        return None;
    }
    let severity = severity(tunnel);
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
        .evidence(ObjectRef::all("Node"), format!("count (with annotation {annotation})"), 0)
        .impact(tunnel.what_breaks())
        .fixed_by_all(fix(case, pool)),
    )
}

/// A pool whose addresses are for pods alone: nodes have none for the tunnel that its pods need.
fn never_given(case: &Case, pool: &ExistingPool) -> Option<Finding> {
    let tunnel = Tunnel::lost_with(case.facts.known_pools(), pool, None)?;
    let annotation = tunnel.annotation(pool.family()?);
    let nodes = case.snapshot.nodes.items().iter();
    let mut addresses = nodes.filter_map(|node| node.metadata.annotation(ANNOTATION));
    // Where calico-node has not started, no node has an address of any kind.
    addresses.next()?;
    if !pool.is_for_pods() || !is_on_no_node(case, annotation) {
        return None;
    }
    let existing = existing_pools(case);
    let candidate = existing
        .iter()
        .find(|it| it.existing.is_some_and(|it| it.name == pool.name))?;
    let uses = json!([WORKLOAD, TUNNEL]);
    let spec = json!({ "allowedUses": uses });
    Some(
        Finding::new(
            &TUNNEL_LOST.entry,
            severity(tunnel),
            pool.object(),
            format!(
                "no enabled pool gives nodes a tunnel address for {}, which {} needs",
                pool.encapsulation,
                the_pool(&pool.name)
            ),
        )
        .evidence(pool.object(), "spec.allowedUses", pool.uses())
        .evidence(pool.object(), "encapsulation", pool.encapsulation)
        .evidence(
            ObjectRef::all("Node"),
            format!("count (with annotation {annotation})"),
            0,
        )
        .impact(tunnel.what_breaks())
        .fixed_by_all(set(
            case,
            candidate,
            "allow tunnels in allowedUses: calico-node then gives each node an address within seconds",
            &[("allowedUses", uses)],
            &spec,
        )),
    )
}

fn is_on_no_node(case: &Case, annotation: &str) -> bool {
    let nodes = case.snapshot.nodes.items();
    let mut found = nodes
        .iter()
        .map(|node| node.metadata.annotation(annotation));
    !nodes.is_empty() && found.all(|address| address.is_none())
}

fn severity(tunnel: Tunnel) -> Severity {
    match tunnel {
        Tunnel::Ipip => Severity::Warning,
        Tunnel::Vxlan => Severity::Error,
    }
}

/// Enables the pool, which restores the tunnels within seconds, or moves its pods.
fn fix(case: &Case, pool: &ExistingPool) -> Vec<Step> {
    let name = the_pool(&pool.name);
    let enabled = enable(
        case,
        pool,
        format!("enable {name} again, which restores traffic within seconds"),
    );
    let mut moved = recreate_pods(
        &format!("that have addresses from {name}"),
        "kubectl calico status shows none of its addresses in use",
    );
    moved.what = format!("if it is to stay disabled, {}", moved.what);
    either([enabled, vec![moved]])
}

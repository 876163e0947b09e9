//! Whether pods with private addresses reach the world.

use std::net::IpAddr;

use calico_core::catalog::Entry;

use crate::assess::advice::pool_fixes::set;
use crate::assess::candidate_pools::candidate_pools;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::pools::ExistingPool;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{BGP_PEERS, DAEMON_SETS, IP_POOLS};
use crate::views::placement;
use serde_json::json;

pub(crate) const NO_NAT: Check = Check {
    entry: Entry {
        code: "CAL216",
        title: "pods with private addresses have no NAT",
        meaning: "natOutgoing of an IPv4 pool with private addresses is off, and no router \
                  outside the cluster learns the pool's routes from Calico.",
        impact: "Packets from these pods leave the cluster with source addresses that nobody can \
                 reply to: nodes can pull images, but pods' requests to the internet time out.",
        criteria: "A pool that gives addresses to pods, within 10.0.0.0/8, 172.16.0.0/12, \
                   192.168.0.0/16 or 100.64.0.0/10, without natOutgoing, and neither a BGPPeer nor a \
                   DaemonSet ip-masq-agent, which does NAT on GKE and AKS. Routers \
                   may know the pool by other means, so the finding is a warning.",
        fix: "Set natOutgoing, or make sure that the network around the cluster routes the pool to \
              the nodes.",
        source: "Calico documentation, Configure outgoing NAT; projectcalico/calico#2252, #2419",
    },
    needs: &[&IP_POOLS, &BGP_PEERS, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        let peers = !case.snapshot.bgp_peers.items().is_empty();
        if peers || case.facts.routing.is_by_others() || is_done_by_agent(case) {
            return Vec::new();
        }
        let pools = case.facts.known_pools().iter();
        let without =
            pools.filter(|pool| pool.serves_pods() && !pool.nat_outgoing && is_private(pool));
        without.map(|pool| finding(case, pool)).collect()
    },
};

/// Whether a DaemonSet does NAT on the nodes: GKE's ip-masq-agent, or AKS's azure-ip-masq-agent.
/// Source: kubernetes-sigs/ip-masq-agent, ip-masq-agent.yaml; Azure/ip-masq-agent-v2; GKE documentation.
fn is_done_by_agent(case: &Case) -> bool {
    let mut sets = case.snapshot.daemon_sets.items().iter();
    sets.any(|set| {
        let name = set.metadata.name.as_deref().unwrap_or_default();
        name.contains("ip-masq-agent") && placement::desired(set).is_some_and(|nodes| nodes > 0)
    })
}

fn is_private(pool: &ExistingPool) -> bool {
    let Some(cidr) = pool.network else {
        return false;
    };
    match cidr.address() {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            address.is_private() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(_) => false,
    }
}

fn finding(case: &Case, pool: &ExistingPool) -> Finding {
    let candidates = candidate_pools(case);
    let candidate = candidates
        .iter()
        .find(|candidate| candidate.existing.is_some_and(|it| it.name == pool.name));
    let fix = candidate.map(|candidate| {
        set(
            case,
            candidate,
            "turn NAT on, unless the network around the cluster routes the pool to the nodes",
            &[("natOutgoing", json!("Enabled"))],
            &json!({"natOutgoing": true}),
        )
    });
    Finding::warning(
        &NO_NAT.entry,
        pool.object(),
        format!(
            "natOutgoing is off for the private addresses of {}",
            pool.cidr
        ),
    )
    .evidence(pool.object(), "spec.natOutgoing", false)
    .evidence(ObjectRef::all("BGPPeer"), "count", 0)
    .impact(
        "unless routers outside the cluster have a route to the pool, its pods cannot reach \
         anything outside the cluster",
    )
    .fixed_by_all(fix.unwrap_or_default())
}

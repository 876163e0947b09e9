//! Pools where host-local IPAM gives pods the addresses of their node's podCIDR.
//!
//! Such a pool assigns nothing. It says which addresses get tunnels, NAT, and routes, which BIRD exports only for pools:
//! without it, the pods of the nodes lose them at once, and no pod moves to another pool.
//! Source: projectcalico/calico v3.32.1, confd/etc/calico/confd/templates/bird_ipam.cfg.template and
//! felix/rules/nat.go; kubernetes v1.34, pkg/apis/core/validation (podCIDR cannot be changed).

use calico_core::cidr::Cidr;

use super::step::Step;
use crate::facts::Facts;
use crate::facts::pools::ExistingPool;
use crate::phrases::the_pool;
use crate::snapshot::Snapshot;

/// Whether pods have addresses in a pool because it holds the podCIDRs of nodes. So does any pool if the nodes are unknown.
pub fn are_in(snapshot: &Snapshot, facts: &Facts, pool: &ExistingPool) -> bool {
    if !facts.by_pod_cidr() {
        return false;
    }
    let mut cidrs = snapshot
        .nodes
        .items()
        .iter()
        .flat_map(|node| &node.spec.pod_cidrs)
        .filter_map(|text| text.parse::<Cidr>().ok());
    snapshot.nodes.unknown().is_some()
        || cidrs.any(|cidr| pool.network.is_some_and(|network| network.overlaps(&cidr)))
}

/// What to do instead of moving the pods of such a pool.
pub fn kept(pool: &ExistingPool) -> Step {
    let name = the_pool(&pool.name);
    Step::new(format!(
        "keep {name}: with host-local IPAM, pods get their addresses from their node's podCIDR, which cannot be changed, and \
         lose their routes and NAT without the pool that contains it. For another range, change the pod CIDR of \
         Kubernetes, add a pool for that, and replace the nodes one by one; delete {name} only once no node has a podCIDR \
         in it"
    ))
}

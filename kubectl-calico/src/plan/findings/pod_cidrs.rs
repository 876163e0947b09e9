//! A pool that cannot be replaced, because pods have addresses of the podCIDRs in it.

use crate::assess::finding::Finding;
use crate::facts::ipam::HOST_LOCAL;
use crate::plan::catalog::POOL_OF_POD_CIDRS;
use crate::plan::comparison::PoolComparison;
use crate::plan::inputs::Inputs;
use crate::repair::node_pod_cidrs;

/// The finding that the plan would replace such a pool.
pub(crate) fn finding(inputs: &Inputs, compared: &PoolComparison) -> Option<Finding> {
    let mut pools = inputs.existing_pools();
    let pool = pools
        .find(|pool| pool.name == compared.pool)
        .filter(|_| compared.takes_a_new_pool())?;
    if !node_pod_cidrs::are_in(inputs.snapshot, inputs.facts, pool) {
        return None;
    }
    let finding = Finding::error(
        &POOL_OF_POD_CIDRS,
        pool.object(),
        format!(
            "{} contains the podCIDRs of nodes, from which pods get their addresses",
            pool.cidr
        ),
    );
    let finding = match inputs.facts.ipam.from().first() {
        Some(from) => finding.read(from, HOST_LOCAL),
        None => finding,
    };
    Some(
        finding
            .evidence(pool.object(), "spec.cidr", &pool.cidr)
            .impact("no pod moves to another pool, and without this pool, all pods lose their routes and NAT")
            .fixed_by(node_pod_cidrs::kept(pool)),
    )
}

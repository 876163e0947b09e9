//! Pools that an uninstall left behind.

use crate::assess::finding::Finding;
use crate::facts::method::Method;
use crate::plan::catalog::LEFTOVER_POOLS;
use crate::plan::inputs::Inputs;

/// The finding about such pools.
pub(crate) fn finding(inputs: &Inputs) -> Option<Finding> {
    let is_of_uninstall = inputs.facts.install.method.value() == Some(&Method::Remnants);
    if !is_of_uninstall && !inputs.leftovers().are_in_the_way() {
        return None;
    }
    let pools = inputs.facts.known_pools();
    let finding = Finding::warning(&LEFTOVER_POOLS, "IPPools", "an uninstall left them behind");
    let finding = pools
        .iter()
        .fold(finding, |finding, pool| {
            finding.evidence(pool.object(), "spec.cidr", &pool.cidr)
        })
        .impact(
            "while they exist, the operator does not check new pools against the pod CIDR, and \
             does not take over a pool with the same CIDR",
        );
    Some(if is_of_uninstall {
        finding.fix("delete them before you install Calico again, as the steps below do")
    } else {
        finding.fix("delete them before you create the Installation, as the steps below do")
    })
}

//! Pools that an uninstall left behind.

use crate::assess::facts::method::Method;
use crate::assess::finding::Finding;
use crate::plan::catalog::LEFTOVER_POOLS;
use crate::plan::inputs::Inputs;
use crate::repair::resource_writer::{IP_POOLS, ResourceWriter};

/// The finding about such pools.
pub(crate) fn finding(inputs: &Inputs) -> Option<Finding> {
    if inputs.facts.install.method.value() != Some(&Method::Remnants) {
        return None;
    }
    let pools = inputs.facts.known_pools();
    let names = pools.iter().map(|pool| pool.name.as_str());
    let delete = ResourceWriter::of(inputs.snapshot).delete(IP_POOLS, names);
    let finding = Finding::warning(&LEFTOVER_POOLS, "IPPools", "an uninstall left them behind");
    let finding = pools
        .iter()
        .fold(finding, |finding, pool| {
            finding.evidence(pool.object(), "spec.cidr", &pool.cidr)
        })
        .impact(
            "while they exist, the operator does not check new pools against the pod CIDR, and \
             does not take over a pool with the same CIDR",
        )
        .fix("delete them before you install Calico again")
        .paste(delete);
    Some(finding)
}

//! Pools that an uninstall left behind.

use crate::assess::facts::method::Method;
use crate::assess::finding::Finding;
use crate::plan::catalog::LEFTOVER_POOLS;
use crate::plan::inputs::Inputs;
use crate::repair::resource_writer::{IP_POOLS, ResourceWriter};

/// That there are such pools.
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
            "next to them the operator does not compare new pools with the pod CIDR, and does not \
             own a pool of the same CIDR",
        )
        .fix("delete them before a new install")
        .paste(delete);
    Some(finding)
}

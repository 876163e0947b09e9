//! Pools that an uninstall has left.

use crate::assess::facts::install::Method;
use crate::assess::finding::Finding;
use crate::plan::catalog::POOLS_LEFT_OVER;
use crate::plan::inputs::Inputs;
use crate::repair::resource_writer::{IP_POOLS, ResourceWriter};

/// The operator makes its first pools only where there is none, and takes over no pool that is not
/// exactly as it would make it.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.
pub(crate) fn finding(inputs: &Inputs) -> Option<Finding> {
    if inputs.facts.install.method.value() != Some(&Method::Remnants) {
        return None;
    }
    let pools = inputs.facts.known_pools();
    let names = pools.iter().map(|pool| pool.name.as_str());
    let delete = ResourceWriter::of(inputs.snapshot).delete(IP_POOLS, names);
    let mut finding = Finding::warning(
        &POOLS_LEFT_OVER,
        "IPPools",
        "an earlier install has left them",
    );
    for pool in pools {
        finding = finding.evidence(pool.object(), "spec.cidr", &pool.cidr);
    }
    let finding = finding
        .impact("beside them the operator neither looks at the pod network nor owns a pool of the same CIDR")
        .fix("remove them first, if Calico is to start anew")
        .paste(delete);
    Some(finding)
}

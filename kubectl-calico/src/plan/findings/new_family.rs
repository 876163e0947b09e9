//! A pool of a family that Kubernetes was set up without.

use calico_core::cidr::Cidr;

use crate::assess::finding::Finding;
use crate::plan::catalog::FAMILY_OUTSIDE_POD_NETWORK;
use crate::plan::inputs::Inputs;
use crate::plan::new_family::added;
use crate::plan::pool::Pool;

/// That Kubernetes does not know of the family. Nothing holds a later pool to the pod network.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/defaults.go.
pub(crate) fn findings(inputs: &Inputs, planned: &[Pool]) -> Vec<Finding> {
    let Some(network) = inputs.pod_network() else {
        return Vec::new();
    };
    let outside = |(pool, cidr): (&Pool, Cidr)| {
        let family = pool.family;
        let known = network.of_family(family).next().is_some();
        let finding = Finding::warning(
            &FAMILY_OUTSIDE_POD_NETWORK,
            cidr.to_string(),
            format!("the pod network {} has no {family}", network.list()),
        )
        .read(&network.from, network.list())
        .impact(
            "kube-proxy takes the pods' addresses for those of others, and hides them from network \
             policy",
        )
        .fix(format!("set Kubernetes up for {family} first"));
        (!known).then_some(finding)
    };
    added(inputs, planned).filter_map(outside).collect()
}

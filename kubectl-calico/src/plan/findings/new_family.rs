//! A pool of a family for which there is no pod CIDR.

use calico_core::cidr::Cidr;

use crate::assess::finding::Finding;
use crate::facts::networks::ConfiguredNetwork;
use crate::plan::catalog::FAMILY_OUTSIDE_POD_NETWORK;
use crate::plan::inputs::Inputs;
use crate::plan::new_family::added;
use crate::plan::pool::Pool;

/// A finding for each such pool.
pub(crate) fn findings(inputs: &Inputs, planned: &[Pool]) -> Vec<Finding> {
    let Some(network) = inputs.pod_network() else {
        return Vec::new();
    };
    added(inputs, planned)
        .filter(|(pool, _)| network.of_family(pool.family).next().is_none())
        .map(|(pool, cidr)| finding(network, pool, cidr))
        .collect()
}

fn finding(network: &ConfiguredNetwork, pool: &Pool, cidr: Cidr) -> Finding {
    let family = pool.family;
    let message = format!(
        "the pod CIDRs {} include no {family} network",
        network.list()
    );
    Finding::warning(&FAMILY_OUTSIDE_POD_NETWORK, cidr.to_string(), message)
        .read(&network.from, network.list())
        .impact(
            "kube-proxy replaces the source address of traffic from these pods, and network \
             policies no longer match it",
        )
        .fix(format!("configure Kubernetes for {family} first"))
}

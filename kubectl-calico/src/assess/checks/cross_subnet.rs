//! Whether CrossSubnet can detect that two nodes share a subnet.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;

use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::phrases::{counted, few};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{IP_POOLS, NODES};
use crate::views::node_addresses::annotation;
use crate::views::node_subnets::host_mask;

pub(crate) const NODE_WITHOUT_SUBNET: Check = Check {
    entry: Entry {
        code: "CAL302",
        title: "CrossSubnet always encapsulates",
        meaning: "A pool should encapsulate only between subnets, but nodes have an address whose \
                  subnet contains no other node: /32, or /128 for IPv6.",
        impact: "Nothing is broken. CrossSubnet uses the subnet mask of each node's address, so \
                 traffic to and from these nodes is always encapsulated, with the overhead of the \
                 tunnel.",
        criteria: "The address and its mask are in the annotation projectcalico.org/IPv4Address or \
                   IPv6Address, which calico-node sets on its node. Google Cloud and a few other \
                   providers give all machines such masks. The finding is a note.",
        fix: "Nothing needs to be done. If the nodes do share a subnet, and its router passes pod \
              traffic, give their interfaces the subnet's mask; otherwise VXLAN or IPIP has the \
              same effect.",
        source: "projectcalico/calico v3.32.1, felix/calc; Calico documentation, Overlay \
                 networking",
    },
    needs: &[&IP_POOLS, &NODES],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        Family::BOTH
            .into_iter()
            .filter_map(|family| finding(case, family))
            .collect()
    },
};

fn finding(case: &Case, family: Family) -> Option<Finding> {
    let (key, mask) = (annotation(family), host_mask(family));
    let pools = cross_subnet(case, family);
    let pool = pools.first()?;
    let encapsulation = pool.encapsulation?;
    let addresses: Vec<(&str, &str)> = case
        .snapshot
        .nodes
        .items()
        .iter()
        .filter_map(|node| Some((node.metadata.name.as_str(), node.metadata.annotation(key)?)))
        .collect();
    let (first, address) = addresses
        .iter()
        .find(|(_, address)| address.ends_with(mask))?;
    let without_subnet: Vec<&str> = addresses
        .iter()
        .filter(|(_, address)| address.ends_with(mask))
        .map(|(name, _)| *name)
        .collect();
    Some(
        Finding::note(
            &NODE_WITHOUT_SUBNET.entry,
            pool.object(),
            format!(
                "{encapsulation} always encapsulates for {} of {}, because of the mask {mask}",
                without_subnet.len(),
                counted(addresses.len(), "node"),
            ),
        )
        .evidence(pool.object(), pool.field("encapsulation"), encapsulation)
        .evidence(
            ObjectRef::named("Node", *first),
            format!("annotation {key}"),
            address,
        )
        .evidence(
            ObjectRef::all("Node"),
            format!("mask {mask}"),
            few(&without_subnet),
        )
        .impact("traffic to and from these nodes always has the overhead of the tunnel")
        .fix("none needed; if the nodes do share a subnet, set the mask of that subnet on their interfaces"),
    )
}

/// The pools of a family that encapsulate only between subnets.
fn cross_subnet<'a>(case: &Case<'a>, family: Family) -> Vec<CandidatePool<'a>> {
    let mut pools = candidate_pools(case);
    pools.retain(|pool| {
        let encapsulation = pool.encapsulation;
        let cross = [
            Encapsulation::IpipCrossSubnet,
            Encapsulation::VxlanCrossSubnet,
        ];
        pool.has_pods
            && pool.family() == Some(family)
            && encapsulation.is_some_and(|e| cross.contains(&e))
    });
    pools
}

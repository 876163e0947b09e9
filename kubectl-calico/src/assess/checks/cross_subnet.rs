//! Whether CrossSubnet can tell that two nodes are in one subnet.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;

use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::assess::words::{counted, few};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{IP_POOLS, NODES};

pub(crate) const NODE_WITHOUT_SUBNET: Check = Check {
    entry: Entry {
        code: "CAL302",
        title: "CrossSubnet encapsulates always",
        meaning: "A pool is to encapsulate between subnets only, and nodes have an address of which \
                no other is in the same subnet: /32, or /128 for IPv6.",
        impact: "Nothing is broken. CrossSubnet goes by the mask of each node's own address, so \
                  that traffic to and from these nodes is always encapsulated, with its overhead, \
                  where plain routes may be expected.",
        criteria: "The address with its mask is in the annotation projectcalico.org/IPv4Address or \
                 IPv6Address that calico-node puts on its node. Google Cloud gives such masks to \
                 all its machines, and a few others do. It is a note.",
        fix: "None is needed. If the nodes do share a subnet and its router lets pods' packets \
              pass, give their interfaces its mask; else the pool may as well say VXLAN or IPIP.",
        source: "projectcalico/calico v3.32.1, felix/calc; Calico's documentation, overlay \
                 networking",
    },
    needs: &[&IP_POOLS, &NODES],
    judges: Judges::Running,
    find: |case| {
        let always = |family| {
            let pools = cross_subnet(case, family);
            let pool = pools.first()?;
            let (key, mask) = match family {
                Family::V4 => ("projectcalico.org/IPv4Address", "/32"),
                Family::V6 => ("projectcalico.org/IPv6Address", "/128"),
            };
            let nodes = case.snapshot.nodes.items().iter();
            let known = nodes.filter_map(|node| {
                Some((node.metadata.name.as_str(), node.metadata.annotation(key)?))
            });
            let known: Vec<(&str, &str)> = known.collect();
            let alone = known.iter().filter(|(_, address)| address.ends_with(mask));
            let alone: Vec<&str> = alone.map(|(name, _)| *name).collect();
            let first = alone.first()?;
            let encapsulation = pool.encapsulation?;
            let value = known
                .iter()
                .find(|(name, _)| name == first)
                .map(|(_, address)| *address);
            Some(
                Finding::note(
                    &NODE_WITHOUT_SUBNET.entry,
                    pool.object(),
                    format!(
                        "{encapsulation} encapsulates always for {} of {}: their mask is {mask}",
                        alone.len(),
                        counted(known.len(), "node"),
                    ),
                )
                .evidence(pool.object(), pool.field("encapsulation"), encapsulation)
                .evidence(
                    ObjectRef::named("Node", *first),
                    format!("annotation {key}"),
                    value.unwrap_or_default(),
                )
                .evidence(ObjectRef::all("Node"), format!("mask {mask}"), few(&alone))
                .impact(
                    "traffic to and from these nodes has the overhead of a tunnel in every case",
                )
                .fix(
                    "none is needed; where the nodes do share a subnet, give their interfaces its \
                     mask",
                ),
            )
        };
        Family::BOTH.into_iter().filter_map(always).collect()
    },
};

/// The pools of a family that encapsulate between subnets only.
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

//! Rules against pools that share addresses with each other, with Services or with nodes.

use std::net::IpAddr;

use crate::catalog::Entry;
use crate::cidr::Cidr;
use crate::pool::Field;
use crate::text::listed;

use super::case::{Case, PoolCase, cidrs};
use super::rule::{Enforcement, Rule};

pub(super) const POOL_OVERLAP: Rule = Rule {
    entry: Entry {
        code: "pool-overlap",
        title: "pools must not overlap",
        meaning: "Two pools overlap if they share an address.",
        impact: "The operator creates overlapping pools on a first install, so two pods can get \
                 the same address. Afterwards, Calico's API rejects every change to them.",
        criteria: "Each pool is compared with the smallest pool that contains it. Two pools with \
                   the same cidr are reported by pool-duplicate.",
        fix: "Choose ranges that do not overlap.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go",
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        overlapping(case)
            .into_iter()
            .filter(|(first, second)| first.written.cidr != second.written.cidr)
            .filter_map(|(first, second)| {
                let (one, other) = (first.effective.network()?, second.effective.network()?);
                let mut violation = second.violation(
                    Field::Cidr,
                    format!("{other} overlaps {one}, pool #{}", first.index + 1),
                    "the operator creates both pools, so two pods can get the same address; \
                     afterwards, Calico's API rejects changes to either (IPPool CIDR overlaps)",
                    "choose ranges that do not overlap",
                );
                violation.fields.push((first.index, Field::Cidr));
                Some(violation)
            })
            .collect()
    },
};

pub(super) const SERVICES_OVERLAP: Rule = Rule {
    entry: Entry {
        code: "services-overlap",
        title: "a pool for pods must not overlap the Service CIDR",
        meaning: "The Service CIDR is the range from which Kubernetes assigns cluster IPs.",
        impact: "A pod and a Service can get the same address.",
        criteria: "The Service CIDRs of the cluster plan are compared with the pools that pods get \
                   addresses from.",
        fix: "Choose a range outside the Service CIDR.",
        source: "Calico's documentation, IP address management",
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let services = cidrs(case.cluster.map_or(&[][..], |cluster| &cluster.services));
        case.networks_for_pods()
            .filter_map(|(pool, cidr)| {
                let service = services.iter().find(|service| service.overlaps(cidr))?;
                Some(pool.violation(
                    Field::Cidr,
                    format!(
                        "{cidr} overlaps {service}, the Service CIDR{}",
                        case.of_server()
                    ),
                    "a pod and a Service can get the same address",
                    "choose a range that does not overlap it",
                ))
            })
            .collect()
    },
};

pub(super) const NODES_OVERLAP: Rule = Rule {
    entry: Entry {
        code: "nodes-overlap",
        title: "a pool for pods must not contain node addresses",
        meaning: "Pods and nodes must not share addresses.",
        impact: "A pod can get the address of a node, and traffic to nodes is treated as traffic \
                 to pods.",
        criteria: "The addresses in the nodes' status are compared with the pools that pods get \
                   addresses from.",
        fix: "Choose a range that the nodes' network does not use.",
        source: "Calico's documentation, IP address management; projectcalico/calico#962",
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let nodes: Vec<IpAddr> = case
            .cluster
            .map_or(&[][..], |cluster| &cluster.node_addresses)
            .iter()
            .filter_map(|address| address.parse().ok())
            .collect();
        case.networks_for_pods()
            .filter_map(|(pool, cidr)| {
                let mut held = nodes.iter().filter(|node| cidr.holds(**node)).peekable();
                held.peek()?;
                Some(pool.violation(
                    Field::Cidr,
                    format!(
                        "{cidr} contains addresses of nodes{}: {}",
                        case.of_server(),
                        listed(held.map(ToString::to_string))
                    ),
                    "a pod can get the address of a node, and traffic to nodes is treated as pod \
                     traffic",
                    "choose a range that the nodes' network does not use",
                ))
            })
            .collect()
    },
};

/// Pairs of pools that overlap, in the order in which they are listed: each pool with the smallest
/// one that contains it. Two CIDRs share nothing, or one contains the other.
fn overlapping<'a>(case: &Case<'a>) -> Vec<(PoolCase<'a>, PoolCase<'a>)> {
    let mut pools: Vec<(Cidr, PoolCase)> = case
        .networks()
        .map(|(pool, cidr)| (cidr.network(), pool))
        .collect();
    // A pool that contains others directly precedes them.
    pools.sort_by_key(|(cidr, pool)| (cidr.address(), cidr.prefix(), pool.index));
    let mut containing: Vec<(Cidr, PoolCase)> = Vec::new();
    let mut pairs = Vec::new();
    for (cidr, pool) in pools {
        while containing
            .pop_if(|(outer, _)| !outer.contains(&cidr))
            .is_some()
        {}
        if let Some((_, outer)) = containing.last() {
            pairs.push(if outer.index < pool.index {
                (*outer, pool)
            } else {
                (pool, *outer)
            });
        }
        containing.push((cidr, pool));
    }
    pairs.sort_by_key(|(first, second)| (second.index, first.index));
    pairs
}

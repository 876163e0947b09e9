//! Likely mistakes: what works, but is rarely intended.

use std::net::{IpAddr, Ipv4Addr};

use crate::capacity::blocks;
use crate::catalog::Entry;
use crate::cidr::{Cidr, Family};
use crate::pool::Field;

use super::case::{Case, PoolCase};
use super::rule::{Enforcement, Rule};

/// Up to this many blocks a pool is small, whatever the number of nodes.
const FEW: u128 = 4;

pub(super) const FEW_BLOCKS: Rule = Rule {
    entry: Entry {
        code: "few-blocks",
        title: "a pool should have a block for every node",
        meaning: "Calico assigns whole blocks to nodes. The prefix lengths of cidr and blockSize \
                  give the number of blocks: 10.244.0.0/24 has 4 of /26.",
        impact: "A node without a block borrows addresses from the blocks of others, one route for \
                 each; with strict affinity, as on Windows, its pods get no address.",
        criteria: "With a cluster plan, new pools with fewer blocks than the cluster has nodes. \
                   Without one, pools with at most 4 blocks.",
        fix: "Use a larger cidr, or smaller blocks.",
        source: "Calico's documentation, IP address management",
    },
    enforcement: Enforcement::Advice,
    check: |case| {
        let nodes = nodes(case);
        new_networks(case)
            .filter_map(|(pool, cidr)| {
                let size = u8::try_from(pool.effective.block_size?).ok()?;
                let count = blocks(cidr, size);
                let (is_small, whose) = match nodes {
                    0 => (count <= FEW, String::new()),
                    nodes => (count < nodes, format!(" for {nodes} nodes")),
                };
                let plural = if count == 1 { "" } else { "s" };
                (is_small && count > 0).then(|| {
                    pool.violation_at(
                        Field::BlockSize.key(),
                        format!("{cidr} has only {count} block{plural} of /{size}{whose}"),
                        "a node without a block borrows addresses from others or, with strict \
                         affinity, its pods get none",
                        "use a larger cidr, or smaller blocks",
                    )
                })
            })
            .collect()
    },
};

/// The number of nodes, as far as it is known: of the addresses of one family, each node has one.
fn nodes(case: &Case) -> u128 {
    let addresses = case
        .cluster
        .map_or(&[][..], |cluster| &cluster.node_addresses);
    let addresses = addresses.iter().filter_map(|text| text.parse().ok());
    let (v4, v6): (Vec<IpAddr>, Vec<IpAddr>) = addresses.partition(IpAddr::is_ipv4);
    v4.len().max(v6.len()) as u128
}

pub(super) const PUBLIC_RANGE: Rule = Rule {
    entry: Entry {
        code: "public-range",
        title: "an IPv4 pool for pods should be in a private range",
        meaning: "Private ranges are 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 and 100.64.0.0/10. \
                  172.168.0.0/16 and 192.169.0.0/16 are not.",
        impact: "Pods cannot reach the internet hosts that have these addresses.",
        criteria: "Ranges that are not routed on the internet are not reported: those reserved for \
                   documentation, benchmarks and future use.",
        fix: "Correct the typo, or use a private range. Nothing is wrong if the range is your own.",
        source: "RFC 1918, RFC 6598, RFC 6890",
    },
    enforcement: Enforcement::Advice,
    check: |case| {
        new_networks(case)
            .filter_map(|(pool, cidr)| {
                let IpAddr::V4(address) = cidr.network().address() else {
                    return None;
                };
                is_public(address).then(|| {
                    pool.violation_at(
                        Field::Cidr.key(),
                        format!("{cidr} is a public range"),
                        "pods cannot reach the internet hosts that have these addresses",
                        meant(address, cidr.prefix()),
                    )
                })
            })
            .collect()
    },
};

fn is_public(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let is_reserved = matches!(
        (first, second),
        (0 | 127 | 240..=255, _) | (100, 64..=127) | (198, 18..=19)
    );
    !(is_reserved
        || address.is_private()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast())
}

/// The private range that was meant, if the address looks like one.
fn meant(address: Ipv4Addr, prefix: u8) -> String {
    const OF_172: (&str, u8) = ("172.16.0.0", 12);
    const OF_192: (&str, u8) = ("192.168.0.0", 16);
    let ranges: &[(&str, u8)] = match address.octets() {
        [172, 168, ..] => &[OF_172, OF_192],
        [172, ..] => &[OF_172],
        [192, ..] | [_, 168, ..] => &[OF_192],
        [_, 16..=31, ..] => &[OF_172],
        _ => return "use a private range, such as 10.244.0.0/16".to_owned(),
    };
    let ranges: Vec<String> = ranges
        .iter()
        .map(|(range, shortest)| format!("{range}/{}", prefix.max(*shortest)))
        .collect();
    format!("did you mean {}?", ranges.join(" or "))
}

/// The Service CIDR of a cluster whose ClusterConfiguration has none.
const KUBEADM_SERVICES: &str = "10.96.0.0/12";

pub(super) const DEFAULT_SERVICES: Rule = Rule {
    entry: Entry {
        code: "default-services",
        title: "a pool for pods should not overlap kubeadm's default Service CIDR",
        meaning: "Unless kubeadm is configured otherwise, Services get addresses from 10.96.0.0/12: \
                  10.96.0.0 to 10.111.255.255.",
        impact: "In a cluster with that Service CIDR, a pod and a Service can get the same address.",
        criteria: "Checked if the Service CIDR is unknown. Otherwise see services-overlap.",
        fix: "Choose another range, unless the cluster has a different Service CIDR.",
        source: "Kubernetes documentation, kubeadm configuration (v1beta4), networking.serviceSubnet",
    },
    enforcement: Enforcement::Advice,
    check: |case| {
        let is_known = case
            .cluster
            .is_some_and(|cluster| !cluster.services.is_empty());
        let services = KUBEADM_SERVICES.parse::<Cidr>().ok().filter(|_| !is_known);
        new_networks(case)
            .filter(|(_, cidr)| services.is_some_and(|services| services.overlaps(cidr)))
            .map(|(pool, cidr)| {
                pool.violation_at(
                    Field::Cidr.key(),
                    format!("{cidr} overlaps {KUBEADM_SERVICES}, kubeadm's default Service CIDR"),
                    "in a cluster with that Service CIDR, a pod and a Service can get the same \
                     address",
                    "choose another range, unless the cluster has a different Service CIDR",
                )
            })
            .collect()
    },
};

/// The pools for pods that the cluster does not have yet, as far as it is known, and that get their
/// addresses from Calico.
fn new_networks<'a>(case: &'a Case<'a>) -> impl Iterator<Item = (PoolCase<'a>, &'a Cidr)> {
    case.networks_for_pods().filter(|(pool, cidr)| {
        case.effective.is_calico_cni()
            && case.existing(pool).is_none()
            && (cidr.family() == Family::V4 || cidr.mapped_ipv4().is_none())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_that_was_meant() {
        for (cidr, fix) in [
            ("192.169.0.0/16", "did you mean 192.168.0.0/16?"),
            ("193.168.0.0/16", "did you mean 192.168.0.0/16?"),
            (
                "172.168.0.0/16",
                "did you mean 172.16.0.0/16 or 192.168.0.0/16?",
            ),
            ("172.50.0.0/16", "did you mean 172.16.0.0/16?"),
            ("173.16.0.0/20", "did you mean 172.16.0.0/20?"),
            ("192.169.0.0/12", "did you mean 192.168.0.0/16?"),
            (
                "172.168.0.0/10",
                "did you mean 172.16.0.0/12 or 192.168.0.0/16?",
            ),
            ("11.0.0.0/8", "use a private range, such as 10.244.0.0/16"),
        ] {
            let cidr: Cidr = cidr.parse().unwrap();
            let IpAddr::V4(address) = cidr.address() else {
                panic!("{cidr}");
            };
            assert!(is_public(address), "{cidr}");
            assert_eq!(meant(address, cidr.prefix()), fix, "{cidr}");
        }
        for address in [
            "10.1.0.0",
            "172.31.0.0",
            "192.168.4.0",
            "100.64.0.0",
            "198.18.0.0",
            "240.0.0.0",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }
}

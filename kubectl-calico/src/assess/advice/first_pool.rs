//! The pool that calico-node creates when it starts and there is none, from its environment and kubeadm's pod CIDR.
//! Calico's API rejects it if blocks of a deleted pool in it have another size, and calico-node then terminates.
//!
//! Source: projectcalico/calico v3.32.1, node/pkg/lifecycle/startup/startup.go (`configureIPPools`, `createIPPool`)
//! and libcalico-go/lib/clientv3/ippool.go (`Create`).

use std::collections::BTreeSet;

use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::default_block_size;
use calico_core::pod_network::Source;

use crate::assess::check::Case;
use crate::repair::Step;
use crate::repair::calico_node::set_variables;
use crate::repair::kubectl;
use crate::views::calico_node::CalicoNode;
use crate::views::ipam_blocks::{Block, blocks};

/// Restarts calico-node, so that it creates a pool for the blocks that are there.
pub(crate) fn restart(case: &Case) -> Option<Step> {
    let node = CalicoNode::current(case.snapshot)?;
    let is_off = node.value("NO_DEFAULT_POOLS") == Some("true")
        || node.value("CALICO_IPV4POOL_CIDR") == Some("none");
    if is_off {
        return None;
    }
    let mut changes = Vec::new();
    for family in Family::BOTH {
        match settings(case, &node, family) {
            Some(of_family) => changes.extend(of_family),
            None => {
                return Some(Step::new(
                    "add a pool in a range without blocks, and recreate the pods; do not restart \
                     calico-node before that: no pool can contain the blocks that are left, because \
                     their sizes differ, and without one it does not start",
                ));
            }
        }
    }
    let object = node.object();
    if !changes.is_empty() {
        let what = if changes.iter().any(|(_, value)| value == UNKNOWN) {
            "replace CIDR with the range of the deleted pool, which contained the blocks that are left; the \
             block size must be theirs"
        } else {
            "set the block size of calico-node's pool to that of the blocks that are left"
        };
        let what = format!(
            "{what}; this restarts calico-node, which creates the pool again. With blocks of another \
             size, it does not start"
        );
        return Some(Step::new(what).run(set_variables(&object, &changes)));
    }
    let mut what =
        "restart calico-node, which creates a pool when it starts; set CALICO_IPV4POOL_CIDR \
                    first if kubeadm-config does not contain the pod CIDR"
            .to_owned();
    if case.snapshot.ipam_blocks.unknown().is_some() {
        what.push_str(
            ", and CALICO_IPV4POOL_BLOCK_SIZE if existing blocks have another size than the default, which \
             this report could not read: otherwise calico-node does not start",
        );
    }
    Some(Step::new(what).run(kubectl::restart(&object)))
}

/// Restarts calico-node of an operator that leaves it to calico-node to create the pools that the Installation lists.
pub(crate) fn restart_for_listed(case: &Case) -> Option<Step> {
    let node = CalicoNode::current(case.snapshot)?;
    let what =
        "restart calico-node, which creates the listed pools when it starts and no pool exists";
    Some(Step::new(what).run(kubectl::restart(&node.object())))
}

/// Stands for a CIDR that is not known.
const UNKNOWN: &str = "CIDR";

/// The variables of a family that must change. `None` if no pool can contain the blocks.
fn settings(case: &Case, node: &CalicoNode, family: Family) -> Option<Vec<(String, String)>> {
    let variable = |name: &str| format!("CALICO_{}POOL_{name}", family.to_string().to_uppercase());
    let mut blocks = blocks(case.snapshot);
    blocks.retain(|block| block.cidr.family() == family);
    let is_used = |block: &&Block| block.in_use() > 0;
    let range = range(case, node.value(&variable("CIDR")), family);
    let contains = |block: Block| range.is_some_and(|range| range.contains(&block.cidr));
    let mut changes = Vec::new();
    if blocks.iter().filter(is_used).copied().all(contains) {
        blocks.retain(|block| range.is_some_and(|range| range.overlaps(&block.cidr)));
    } else {
        changes.push((variable("CIDR"), UNKNOWN.to_owned()));
    }
    let sizes: BTreeSet<u8> = blocks.iter().map(|block| block.cidr.prefix()).collect();
    let mut sizes = sizes.into_iter();
    let (size, other) = (sizes.next(), sizes.next());
    if other.is_some() {
        return None;
    }
    let name = variable("BLOCK_SIZE");
    let configured = node.value(&name).map_or_else(
        || default_block_size(family).to_string(),
        |value| value.trim().to_owned(),
    );
    let size = size.map(|size| size.to_string());
    changes.extend(
        size.filter(|size| *size != configured)
            .map(|size| (name, size)),
    );
    Some(changes)
}

/// The range of the pool. The one for IPv6 is random if it is not set.
fn range(case: &Case, variable: Option<&str>, family: Family) -> Option<Cidr> {
    if let Some(value) = variable {
        return value.parse().ok();
    }
    let networks = case.facts.networks.pods.iter();
    let mut kubeadm = networks.filter(|network| network.rank == Some(Source::Kubeadm));
    let configured = kubeadm.find_map(|network| network.of_family(family).next().copied());
    let default = || "192.168.0.0/16".parse().ok();
    configured.or_else(|| (family == Family::V4).then(default).flatten())
}

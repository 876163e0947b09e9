//! Whether nodes have borrowed addresses.

use std::collections::BTreeSet;

use calico_core::catalog::Entry;

use super::capacity::FEWER_BLOCKS_THAN_NODES;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Suspect};
use crate::facts::node_blocks::BorrowedAddress;
use crate::facts::pools::ExistingPool;
use crate::phrases::{MOST_NAMES, counted, few};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, IPAM_BLOCKS, NODES};

pub(crate) const BORROWED: Check = Check {
    entry: Entry {
        code: "CAL223",
        title: "nodes have borrowed addresses",
        meaning: "Pods have addresses from blocks of other nodes.",
        impact: "Each borrowed address needs its own route on every node. A node borrows when it \
                 needs another block and none is free.",
        criteria: "An address is borrowed if the node that it was assigned on is not the node of \
                   its block, as in calicoctl ipam show --show-borrowed. The finding is a note. \
                   Applies only if Calico's IPAM assigns addresses.",
        fix: "Add a pool. A pod keeps its borrowed address until it is recreated.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go (autoAssign) and \
                 calicoctl/calicoctl/commands/ipam/show.go",
    },
    needs: &[&IPAM_BLOCKS, &NODES, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Following,
    find: |case| {
        if !case.facts.runs_with_calico_ipam() {
            return Vec::new();
        }
        let blocks = case.facts.node_blocks.value();
        let borrowed = blocks.map(|blocks| blocks.borrowed.as_slice());
        finding(case, borrowed.unwrap_or_default())
            .into_iter()
            .collect()
    },
};

fn finding(case: &Case, borrowed: &[BorrowedAddress]) -> Option<Finding> {
    if borrowed.is_empty() {
        return None;
    }
    let nodes: BTreeSet<&str> = borrowed.iter().map(|one| one.node.as_str()).collect();
    let names: Vec<&str> = nodes.into_iter().collect();
    let count = match borrowed.len() {
        1 => "1 address".to_owned(),
        count => format!("{count} addresses"),
    };
    let which = match names.as_slice() {
        [one] => format!("node {one}"),
        more => counted(more.len(), "node"),
    };
    let have = if names.len() == 1 { "has" } else { "have" };
    let mut finding = Finding::note(
        &BORROWED.entry,
        ObjectRef::all("IPAMBlock"),
        format!("{which} {have} borrowed {count} from other nodes' blocks"),
    )
    .suspects(lacking(case, borrowed))
    .evidence(
        ObjectRef::all("IPAMBlock"),
        "nodes that borrow",
        few(&names),
    );
    for one in borrowed.iter().take(MOST_NAMES) {
        finding = finding.evidence(
            ObjectRef::all("IPAMBlock"),
            format!("borrowed by {}", one.node),
            format!("{} from {}", one.address, one.from),
        );
    }
    Some(
        finding
            .impact("each needs its own route on every node")
            .fix("add a pool if the pools have no free block; recreated pods get other addresses")
            .paste("calicoctl ipam show --show-borrowed"),
    )
}

/// That the pools of these addresses have too few blocks.
fn lacking(case: &Case, borrowed: &[BorrowedAddress]) -> Vec<Suspect> {
    let is_borrowed_from = |pool: &&ExistingPool| {
        let network = pool.network;
        borrowed
            .iter()
            .any(|one| network.is_some_and(|network| network.holds(one.address)))
    };
    let pools = case.facts.known_pools().iter().filter(is_borrowed_from);
    pools
        .map(|pool| Suspect::CodeOf(FEWER_BLOCKS_THAN_NODES.entry.code, pool.cidr.clone()))
        .collect()
}

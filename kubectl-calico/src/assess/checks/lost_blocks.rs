//! Whether the addresses of pods are in blocks, and assigned to them.

use std::net::IpAddr;

use calico_core::catalog::Entry;

use super::foreign_pods::delete;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::phrases::few;
use crate::repair::Step;
use crate::repair::kubectl::RECREATE_PODS;
use crate::snapshot::resources::{CALICO_PODS, DAEMON_SETS, IP_POOLS, IPAM_BLOCKS, NODES};
use crate::snapshot::{ObjectRef, Pod};
use crate::views::calico_node::CalicoNode;
use crate::views::ipam_blocks::{Block, blocks};
use crate::views::{placement, pods};

pub(crate) const BLOCKS_LOST: Check = Check {
    entry: Entry {
        code: "CAL227",
        title: "Calico's IPAM has not assigned the address of a pod to it",
        meaning: "A pod has an address of a pool, but no IPAM block contains it, or the block has it \
                  assigned on another node: the IPAMBlock was deleted, or etcd was restored from a backup, or \
                  another CNI plugin with the same range has connected the pod.",
        impact: "Felix removes the routes to a block that disappears, so other nodes cannot reach its \
                 pods. The addresses count as free, and new pods get them a second time.",
        criteria: "The address of CoreDNS is compared with all blocks, if Calico's CNI and IPAM plugins \
                   connect pods and the address is in a pool. Pods with hostNetwork, and pods that are \
                   not running, are ignored. The finding is an error if no block exists at all, or the block of the pod's node assigns the \
                   address on another node, and a warning otherwise.",
        fix: "Find out what deletes IPAMBlocks, such as a restore or an upgrade that deletes \
              CustomResourceDefinitions, and recreate all pods: IPAM then assigns them new addresses, in \
              new blocks.",
        source: "projectcalico/calico#12457; projectcalico/calico v3.32.1, \
                 felix/calc/l3_route_resolver.go",
    },
    needs: &[&CALICO_PODS, &IP_POOLS, &IPAM_BLOCKS, &DAEMON_SETS],
    // The nodes to which blocks assign addresses.
    excuses: &[&NODES],
    judges: Judges::Running,
    find: |case| lost(case).into_iter().collect(),
};

fn lost(case: &Case) -> Option<Finding> {
    let calico = CalicoNode::current(case.snapshot)?;
    let connects = calico.does_networking() == Some(true) && !calico.is_canal();
    let is_read = case.snapshot.ipam_blocks.read().is_some();
    if !connects || !is_read || case.facts.by_calico_ipam() != Some(true) {
        return None;
    }
    let pools = case.facts.known_pools();
    let blocks = blocks(case.snapshot);
    let is_in_pool = |address: IpAddr| {
        let mut networks = pools.iter().filter_map(|pool| pool.network);
        networks.any(|network| network.holds(address))
    };
    let pods = case.snapshot.calico_pods.items().iter();
    let pods: Vec<&Pod> = pods
        .filter(|pod| pods::app(pod) == "kube-dns" && !pod.spec.host_network)
        .filter(|pod| pod.status.phase == "Running" && pod.metadata.deletion_timestamp.is_none())
        .filter(|pod| placement::is_meant_for(case.snapshot, &calico, &pod.spec.node_name))
        .filter(|pod| pod.status.pod_ip.parse().is_ok_and(is_in_pool))
        .collect();
    let in_no_block = |pod: &&Pod| !blocks.iter().any(|block| holds(block, pod));
    let (pods, in_blocks): (Vec<&Pod>, Vec<&Pod>) = pods.into_iter().partition(in_no_block);
    let Some(first) = pods.first() else {
        return unassigned(case, &blocks, &in_blocks);
    };
    let names: Vec<&str> = pods.iter().map(|pod| pod.metadata.name.as_str()).collect();
    let severity = if blocks.is_empty() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let finding = Finding::new(
        &BLOCKS_LOST.entry,
        severity,
        pods::object(first),
        format!("no IPAM block contains the address of {}", few(&names)),
    );
    let finding = finding.for_few(pods.iter(), |finding, pod| {
        finding.evidence(pods::object(pod), "status.podIP", &pod.status.pod_ip)
    });
    let finding = finding
        .evidence(ObjectRef::all("IPAMBlock"), "count", blocks.len())
        .impact(
            "other nodes have no routes to such pods, and new pods can get their addresses a second time",
        );
    Some(if blocks.is_empty() {
        finding.fixed_by_all(after_loss_of_all())
    } else {
        finding
            .fix(
                "recreate these pods, and all others whose addresses are in no block: their blocks \
                 were deleted, etcd was restored from a backup, or another CNI plugin with the same range has \
                 connected them",
            )
            .paste(delete(&pods))
    })
}

/// What to do once all blocks are gone.
fn after_loss_of_all() -> Vec<Step> {
    vec![
        Step::new(
            "find out what deletes IPAMBlocks, such as an upgrade or a restore that deletes their \
             CustomResourceDefinition: a recent CREATED AT means that it was deleted, and created again",
        )
        .run("kubectl get customresourcedefinitions | grep ipamblocks"),
        Step::new(
            "then recreate all pods that have addresses from a pool, one namespace at a time, CoreDNS \
             first: they get new addresses, in new blocks. Until the last one is recreated, a new pod can \
             get the address of a running one. Pods of Jobs and pods without a controller must be \
             deleted by hand",
        )
        .run(RECREATE_PODS),
    ]
}

fn holds(block: &Block, pod: &Pod) -> bool {
    pod.status
        .pod_ip
        .parse()
        .is_ok_and(|address| block.cidr.holds(address))
}

/// Pods whose block assigns their address to a pod on another node. An address that is free may have been assigned
/// after the blocks were read.
fn unassigned(case: &Case, blocks: &[Block], pods: &[&Pod]) -> Option<Finding> {
    let is_node = |name: &str| {
        let mut nodes = case.snapshot.nodes.items().iter();
        nodes.any(|node| node.metadata.name == name)
    };
    let owner = |pod: &Pod| {
        let address: IpAddr = pod.status.pod_ip.parse().ok()?;
        // Only in the node's own block: an address in another node's block may be borrowed.
        let own = |block: &&Block| block.node == Some(pod.spec.node_name.as_str());
        let block = blocks
            .iter()
            .filter(own)
            .find(|block| block.cidr.holds(address))?;
        let assigned = block.assigned().find(|it| it.address == address)?;
        let owner = assigned.attribute?.secondary.node.as_deref()?;
        (owner != pod.spec.node_name && is_node(owner)).then(|| owner.to_owned())
    };
    let owned: Vec<(&Pod, String)> = pods
        .iter()
        .filter_map(|pod| Some((*pod, owner(pod)?)))
        .collect();
    let (first, _) = owned.first()?;
    let twice: Vec<&Pod> = owned.iter().map(|(pod, _)| *pod).collect();
    let names: Vec<&str> = twice.iter().map(|pod| pod.metadata.name.as_str()).collect();
    let finding = Finding::error(
        &BLOCKS_LOST.entry,
        pods::object(first),
        format!(
            "Calico's IPAM has assigned the address of {} on another node",
            few(&names)
        ),
    );
    let finding = finding.for_few(owned.iter(), |finding, (pod, owner)| {
        let place = pods::place(pod);
        let address = format!("{} (on {place}): assigned on {owner}", pod.status.pod_ip);
        finding.evidence(pods::object(pod), "status.podIP", address)
    });
    Some(
        finding
            .impact("two pods can have the same address, and traffic reaches only one of them")
            .fix(
                "recreate these pods, and all others that got their addresses after the backup from which etcd was \
                 restored: IPAM assigns them new ones",
            )
            .paste(delete(&twice)),
    )
}

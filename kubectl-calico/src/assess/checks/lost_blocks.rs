//! Whether the addresses of pods are in blocks.

use std::net::IpAddr;

use calico_core::catalog::Entry;

use super::foreign_pods::delete;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::assess::phrases::{MOST_NAMES, few};
use crate::assess::views::calico_node::CalicoNode;
use crate::assess::views::ipam_blocks::blocks;
use crate::assess::views::{placement, pods};
use crate::repair::Step;
use crate::repair::migration::RECREATE_PODS;
use crate::snapshot::resources::{CALICO_PODS, DAEMON_SETS, IP_POOLS, IPAM_BLOCKS};
use crate::snapshot::{ObjectRef, Pod};

pub(crate) const BLOCKS_LOST: Check = Check {
    entry: Entry {
        code: "CAL227",
        title: "a pod has an address that is in no block",
        meaning: "A pod has an address of a pool, and Calico's IPAM has no block with it: the IPAMBlock \
                  was deleted, or another CNI plugin with the same range has connected the pod.",
        impact: "Felix removes the routes to a block that disappears, so other nodes cannot reach its \
                 pods. The addresses count as free, and new pods get them a second time.",
        criteria: "The address of CoreDNS is compared with all blocks, if Calico's CNI and IPAM plugins \
                   connect pods and the address is in a pool. Pods with hostNetwork, and pods that are \
                   not running, are ignored. The finding is an error if no block exists at all, and a \
                   warning otherwise.",
        fix: "Find out what deletes IPAMBlocks, such as a restore or an upgrade that deletes \
              CustomResourceDefinitions, and recreate all pods: IPAM then assigns them new addresses, in \
              new blocks.",
        source: "projectcalico/calico#12457; projectcalico/calico v3.32.1, \
                 felix/calc/l3_route_resolver.go",
    },
    needs: &[&CALICO_PODS, &IP_POOLS, &IPAM_BLOCKS, &DAEMON_SETS],
    excuses: &[],
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
    let is_lost = |address: IpAddr| {
        let mut networks = pools.iter().filter_map(|pool| pool.network);
        networks.any(|network| network.holds(address))
            && !blocks.iter().any(|block| block.cidr.holds(address))
    };
    let pods = case.snapshot.calico_pods.items().iter();
    let pods: Vec<&Pod> = pods
        .filter(|pod| pods::app(pod) == "kube-dns" && !pod.spec.host_network)
        .filter(|pod| pod.status.phase == "Running" && pod.metadata.deletion_timestamp.is_none())
        .filter(|pod| placement::is_meant_for(case.snapshot, &calico, &pod.spec.node_name))
        .filter(|pod| pod.status.pod_ip.parse().is_ok_and(is_lost))
        .collect();
    let first = pods.first()?;
    let names: Vec<&str> = pods.iter().map(|pod| pod.metadata.name.as_str()).collect();
    let severity = if blocks.is_empty() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let mut finding = Finding::new(
        &BLOCKS_LOST.entry,
        severity,
        pods::object(first),
        format!("no IPAM block contains the address of {}", few(&names)),
    );
    for pod in pods.iter().take(MOST_NAMES) {
        finding = finding.evidence(pods::object(pod), "status.podIP", &pod.status.pod_ip);
    }
    let finding = finding
        .evidence(ObjectRef::all("IPAMBlock"), "count", blocks.len())
        .impact(
            "other nodes have no routes to such pods, and new pods can get their addresses a second time",
        );
    if !blocks.is_empty() {
        return Some(
            finding
                .fix(
                    "recreate these pods, and all others whose addresses are in no block: their blocks \
                     were deleted, or another CNI plugin with the same range has connected them",
                )
                .paste(delete(&pods)),
        );
    }
    Some(finding.fixed_by_all(vec![
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
    ]))
}

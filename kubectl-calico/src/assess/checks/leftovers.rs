//! What an uninstall left behind.

use std::net::IpAddr;

use calico_core::catalog::Entry;

use super::other_plugins;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::method::Method;
use crate::facts::pools::ExistingPool;
use crate::phrases::{MOST_NAMES, counted, few};
use crate::repair::Step;
use crate::repair::resource_writer::{delete_ipam_data, delete_leftover_pools};
use crate::snapshot::resources::{
    CALICO_PODS, DAEMON_SETS, DEPLOYMENTS, INSTALLATIONS, IP_POOLS, IPAM_BLOCKS, OPERATORS,
};
use crate::snapshot::{ObjectRef, Pod};
use crate::views::ipam_blocks::{Block, blocks};
use crate::views::objects::{KUBE_CONTROLLERS, deployment};
use crate::views::{node_addresses, pods};

pub(crate) const LEFTOVERS: Check = Check {
    entry: Entry {
        code: "CAL116",
        title: "an uninstall left resources behind",
        meaning: "No part of Calico runs, but pools or IPAM blocks of an earlier install still exist.",
        impact: "A new install uses these pools, whose CIDR and block size cannot be changed, and \
                 counts the addresses in the blocks as in use. The operator neither compares \
                 its pools with the pod CIDR while there are any, nor takes over one with the \
                 same CIDR. Where only blocks are left, a new pool with another block size assigns \
                 their addresses a second time.",
        criteria: "There is neither an operator, nor an Installation, nor a calico-node, nor \
                   another network plugin, and IPPools or IPAMBlocks exist. If pods still have addresses of \
                   these pools, CAL509 is reported instead: CoreDNS shows that, or, if it cannot \
                   be read, the addresses in the blocks. The finding is a note, with the age of \
                   the pools.",
        fix: "Keep the pools if Calico is installed again with the same ones. Otherwise delete them, together \
              with the IPAM data. On each node, an uninstall also leaves files in /etc/cni/net.d, and \
              interfaces and rules, which stay until the node reboots. CustomResourceDefinitions and \
              ClusterRoles also stay.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go; Calico's \
                 manifests and charts, which do not delete their CRDs' resources",
    },
    needs: &[
        &IP_POOLS,
        &IPAM_BLOCKS,
        &DAEMON_SETS,
        &OPERATORS,
        &INSTALLATIONS,
        &DEPLOYMENTS,
        &CALICO_PODS,
    ],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let is_left = case.facts.install.method.value() == Some(&Method::Remnants);
        let runs =
            other_plugins::is_there(case) || deployment(case.snapshot, KUBE_CONTROLLERS).is_some();
        if runs {
            return Vec::new();
        }
        let finding = if is_left {
            pool_in_use(case).is_none().then(|| finding(case))
        } else {
            only_blocks(case)
        };
        finding.into_iter().collect()
    },
};

/// A pool that pods have addresses of, and how many. The addresses of pods that are gone stay in its
/// blocks, so CoreDNS decides if it is there.
pub(crate) fn pool_in_use<'a>(case: &Case<'a>) -> Option<(&'a ExistingPool, u128)> {
    let pools = case.facts.known_pools();
    let in_use = pools.iter().find_map(|pool| {
        let usage = pool.usage.value()?;
        (usage.in_use > 0).then_some((pool, usage.in_use))
    })?;
    let has_address = |pod: &&Pod| {
        let address: Option<IpAddr> = pod.status.pod_ip.parse().ok();
        let mut networks = pools.iter().filter_map(|pool| pool.network);
        networks.any(|network| address.is_some_and(|address| network.holds(address)))
    };
    let dns = case.snapshot.calico_pods.items().iter();
    let dns: Vec<&Pod> = dns.filter(|pod| pods::app(pod) == "kube-dns").collect();
    (dns.is_empty() || dns.iter().any(has_address)).then_some(in_use)
}

/// Blocks without a pool.
fn only_blocks(case: &Case) -> Option<Finding> {
    let is_uninstalled = case.facts.install.method.value() == Some(&Method::Nothing);
    let blocks = blocks(case.snapshot);
    if !is_uninstalled || blocks.is_empty() {
        return None;
    }
    let cidrs: Vec<String> = blocks.iter().map(|block| block.cidr.to_string()).collect();
    let used: u128 = blocks.iter().map(Block::in_use).sum();
    let finding = Finding::note(
        &LEFTOVERS.entry,
        ObjectRef::all("IPAMBlock"),
        format!(
            "an uninstall{} left {} behind",
            of_version(case),
            counted(blocks.len(), "block")
        ),
    )
    .evidence(ObjectRef::all("IPAMBlock"), "spec.cidr", few(&cidrs))
    .evidence(ObjectRef::all("IPAMBlock"), "addresses in use", used);
    let has_address = |pod: &&Pod| {
        let address: Option<IpAddr> = pod.status.pod_ip.parse().ok();
        address.is_some_and(|address| blocks.iter().any(|block| block.assigns(address)))
    };
    let pod = case.snapshot.calico_pods.items().iter().find(has_address);
    let (finding, delete) = match pod {
        Some(pod) => (
            finding.evidence(pods::object(pod), "status.podIP", &pod.status.pod_ip),
            Step::new(
                "install Calico again with a pool for these blocks, of their size (see kubectl calico plan); to use \
                 another one, recreate the pods that have their addresses, and delete the blocks first",
            ),
        ),
        None => (
            finding,
            Step::new(
                "delete the blocks before you install Calico again, unless pods still have their addresses",
            )
            .run(delete_ipam_data(case.snapshot)),
        ),
    };
    Some(
        with_annotations(case, finding)
            .impact(
                "a new install counts their addresses as in use, and a pool with another block size assigns them a \
                 second time",
            )
            .fixed_by(delete)
            .or(vec![list_what_is_left()]),
    )
}

fn finding(case: &Case) -> Finding {
    let pools = case.facts.known_pools();
    let blocks = blocks(case.snapshot).len();
    let of = of_version(case);
    let left = match blocks {
        0 => counted(pools.len(), "pool"),
        blocks => format!(
            "{} and {}",
            counted(pools.len(), "pool"),
            counted(blocks, "block")
        ),
    };
    let mut finding = Finding::note(
        &LEFTOVERS.entry,
        ObjectRef::all("IPPool"),
        format!("an uninstall{of} left {left} behind"),
    );
    for pool in case.snapshot.ip_pools.items().iter().take(MOST_NAMES) {
        let object = ObjectRef::of("IPPool", &pool.metadata);
        finding = finding.evidence(&object, "spec.cidr", &pool.spec.cidr);
        if let Some(created) = &pool.metadata.creation_timestamp {
            finding = finding.evidence(object, "metadata.creationTimestamp", created.0);
        }
    }
    if blocks > 0 {
        finding = finding.evidence(ObjectRef::all("IPAMBlock"), "count", blocks);
    }
    let finding = with_annotations(case, finding);
    let mut steps = vec![
        Step::new(
            "if Calico is to be installed again with the same pools, leave them; otherwise delete \
             them",
        )
        .run_all(delete_leftover_pools(case.snapshot)),
    ];
    if blocks > 0 {
        steps.push(
            Step::new(
                "delete the blocks; otherwise a new install counts their addresses as in use",
            )
            .run(delete_ipam_data(case.snapshot)),
        );
    }
    steps.push(list_what_is_left());
    finding
        .impact("a new install uses these pools, with their CIDR and block size")
        .fixed_by_all(steps)
}

fn of_version(case: &Case) -> String {
    let version = case.facts.install.calico.value();
    version.map_or_else(String::new, |version| format!(" of Calico {version}"))
}

/// The annotations that calico-node has left on nodes.
fn with_annotations(case: &Case, finding: Finding) -> Finding {
    let nodes = case.snapshot.nodes.items().iter();
    let annotated = nodes.filter(|node| {
        let annotation = node.metadata.annotation(node_addresses::ANNOTATION);
        annotation.is_some()
    });
    let annotated = annotated.count();
    if annotated == 0 {
        return finding;
    }
    let field = format!("count (annotation {})", node_addresses::ANNOTATION);
    finding.evidence(ObjectRef::all("Node"), field, annotated)
}

fn list_what_is_left() -> Step {
    Step::new(
        "if you will not install Calico again, list its CRDs and roles, and delete those that \
         are left",
    )
    .run(
        "kubectl get crds,clusterroles,clusterrolebindings -o name | grep -E 'calico|tigera'"
            .to_owned(),
    )
}

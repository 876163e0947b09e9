//! Blocks that no pool accounts for.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::pod_network::hold;
use calico_core::pool::Encapsulation;

use super::pod_network::POOL_OUTSIDE_POD_NETWORK;
use crate::assess::advice::misplaced::is_wrong_for_pods;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::pools::ExistingPool;
use crate::facts::stray_blocks::StrayBlock;
use crate::phrases::{MOST_NAMES, counted, few, pasted, the_pool};
use crate::repair::Step;
use crate::repair::left_pods::LeftPods;
use crate::repair::step::either;
use crate::snapshot::resources::{DAEMON_SETS, IP_POOLS, IPAM_BLOCKS};
use crate::snapshot::{ObjectRef, Pod};
use crate::views::calico_node::CalicoNode;
use crate::views::ipam_blocks::{Block, blocks};
use crate::views::pods;

pub(crate) const OTHER_SIZE: Check = Check {
    entry: Entry {
        code: "CAL220",
        title: "blocks differ in size from those of their pool",
        meaning: "A pool contains blocks left over from an earlier pool with a different \
                  blockSize.",
        impact: "Calico's IPAM compares whole CIDRs: to it, a block of the pool's size that \
                 overlaps these blocks is free. A node that claims it assigns their addresses a \
                 second time.",
        criteria: "A block counts if it overlaps a pool, and no pool that contains it has blocks of \
                   its size. The finding is an error if new addresses are assigned from the pool, \
                   and a warning otherwise. Calico's API rejects a pool with such blocks in it; \
                   kubectl on crd.projectcalico.org does not. Applies only if Calico's IPAM \
                   assigns addresses.",
        fix: "Add another pool, then disable this one. Recreate the pods that have addresses from \
              these blocks, and enable the pool again once the blocks are gone.",
        source: "projectcalico/calico v3.32.1, \
                 libcalico-go/lib/ipam/ipam_block_reader_writer.go (findUsableBlock, \
                 claimAffineBlock) and libcalico-go/lib/clientv3/ippool.go",
    },
    needs: &[&IP_POOLS, &IPAM_BLOCKS, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let mut by_pool: BTreeMap<&str, Vec<&StrayBlock>> = BTreeMap::new();
        for block in stray(case) {
            if let Some(pool) = &block.pool {
                by_pool.entry(pool).or_default().push(block);
            }
        }
        let pools = case.facts.known_pools().iter();
        pools
            .filter_map(|pool| Some(other_size(pool, by_pool.get(pool.name.as_str())?)))
            .collect()
    },
};

pub(crate) const OUTSIDE_POOLS: Check = Check {
    entry: Entry {
        code: "CAL221",
        title: "blocks are in no pool",
        meaning: "A pool was deleted while it had blocks, or its CIDR was changed.",
        impact: "Traffic of pods with addresses of these blocks is neither encapsulated nor \
                 masqueraded, so it may be lost between nodes and outside the cluster.",
        criteria: "IPv4 and IPv6 blocks count, as in calicoctl ipam check; calicoctl ipam show leaves IPv6 \
                   ones out. The finding is an error if pods have addresses of these blocks, a warning if only \
                   nodes or Services do, and a note if none is in use. A cluster without any pool is reported \
                   as CAL212. Applies only if Calico's IPAM assigns addresses.",
        fix: "Create the pool again, with the size of these blocks, or recreate the pods that have \
              these addresses. Calico's API accepts no pool that has blocks of another size in it.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go (GetUtilization), \
                 libcalico-go/lib/clientv3/ippool.go (Create), calicoctl/calicoctl/commands/ipam/check.go and felix/calc/l3_route_resolver.go",
    },
    needs: &[&IP_POOLS, &IPAM_BLOCKS, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let blocks: Vec<&StrayBlock> = stray(case).filter(|block| block.pool.is_none()).collect();
        let any_pool = !case.facts.known_pools().is_empty();
        outside_pools(case, &blocks)
            .filter(|_| any_pool)
            .into_iter()
            .collect()
    },
};

fn stray<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a StrayBlock> {
    let blocks = case.facts.stray_blocks.value();
    let runs = case.facts.agents.value().is_some();
    let counts = runs && case.facts.by_calico_ipam() == Some(true);
    blocks.filter(|_| counts).into_iter().flatten()
}

fn other_size(pool: &ExistingPool, blocks: &[&StrayBlock]) -> Finding {
    let name = the_pool(&pool.name);
    let (severity, impact, fix) = if pool.enabled {
        (
            Severity::Error,
            "an address can be assigned twice: to Calico's IPAM, the space of these blocks is free",
            format!(
                "add another pool, then disable {name}; recreate the pods that have addresses \
                 from these blocks, and enable {name} again once the blocks are gone"
            ),
        )
    } else {
        (
            Severity::Warning,
            "none while the pool is disabled; after that, an address can be assigned twice",
            format!(
                "before enabling {name} again, recreate the pods that have addresses from these \
                 blocks, and wait until the blocks are gone"
            ),
        )
    };
    let size = pool.block_size;
    let message = format!(
        "{} of a size other than /{size}",
        counted(blocks.len(), "block")
    );
    let finding = Finding::new(&OTHER_SIZE.entry, severity, pool.object(), message).evidence(
        pool.object(),
        "spec.blockSize",
        size,
    );
    of_blocks(finding, blocks)
        .impact(impact)
        .fix(fix)
        .paste("calicoctl ipam show --show-blocks")
}

fn outside_pools(case: &Case, blocks: &[&StrayBlock]) -> Option<Finding> {
    if blocks.is_empty() {
        return None;
    }
    let used: u128 = blocks.iter().map(|block| block.in_use).sum();
    let of_pods = have_pods(case, blocks);
    let count = counted(blocks.len(), "block");
    let severity = match used {
        0 => Severity::Note,
        _ if of_pods => Severity::Error,
        _ => Severity::Warning,
    };
    let message = match used {
        0 => format!("{count} in no pool"),
        1 => format!("{count} in no pool, with 1 address in use"),
        used => format!("{count} in no pool, with {used} addresses in use"),
    };
    let finding = Finding::new(
        &OUTSIDE_POOLS.entry,
        severity,
        ObjectRef::all("IPAMBlock"),
        message,
    );
    let finding = of_blocks(finding, blocks);
    if used == 0 {
        return Some(
            finding
                .impact("none, unless a pool with another block size is created there")
                .fix(
                    "none needed: kube-controllers releases a node's empty block if the node has another \
                     one",
                ),
        );
    }
    let tunnels = tunnels(case, blocks);
    if !tunnels.is_empty() {
        let nodes = few(&tunnels);
        let step = Step::new(format!(
            "restart calico-node on {nodes}, so that the tunnels get addresses of an enabled pool"
        ));
        let node = CalicoNode::current(case.snapshot);
        let namespace = node.and_then(|node| node.set.metadata.namespace.as_deref());
        let step = namespace.into_iter().fold(step, |step, namespace| {
            tunnels.iter().take(MOST_NAMES).fold(step, |step, name| {
                step.run(format!(
                    "kubectl delete pods -n {} -l 'k8s-app in (calico-node,canal)' \
  --field-selector spec.nodeName={}",
                    pasted(namespace),
                    pasted(name)
                ))
            })
        });
        return Some(
            finding
                .impact(format!(
                    "none for pods: only the tunnels of {nodes} have addresses of these blocks"
                ))
                .fixed_by(step),
        );
    }
    let dns = dns_pods(case, blocks);
    let finding = dns.iter().take(3).fold(finding, |finding, pod| {
        finding.evidence(pods::object(pod), "status.podIP", &pod.status.pod_ip)
    });
    Some(
        finding
            .impact(if dns.is_empty() {
                "traffic of pods with these addresses is neither encapsulated nor masqueraded, and may \
                 be lost"
            } else {
                "traffic of pods with these addresses, CoreDNS among them, is neither encapsulated nor \
                 masqueraded, and may be lost"
            })
            .fixed_by_all(account_for(case, blocks)),
    )
}

/// The blocks as they were read.
fn read<'a>(case: &Case<'a>, stray: &[&StrayBlock]) -> Vec<Block<'a>> {
    let mut blocks = blocks(case.snapshot);
    blocks.retain(|block| stray.iter().any(|stray| stray.cidr == block.cidr));
    blocks
}

/// Whether pods have addresses of these blocks.
fn have_pods(case: &Case, stray: &[&StrayBlock]) -> bool {
    let blocks = read(case, stray);
    let mut blocks = blocks.iter();
    blocks.any(|block| block.assigned().any(|address| address.is_of_pod()))
}

/// The nodes whose tunnels have addresses of these blocks, if nothing else has. calico-node gives a tunnel another address
/// when it starts and the old one is in no enabled pool.
/// Source: projectcalico/calico v3.32.1, node/pkg/allocateip/allocateip.go.
fn tunnels(case: &Case, stray: &[&StrayBlock]) -> Vec<String> {
    let blocks = read(case, stray);
    let assigned = blocks.iter().flat_map(Block::assigned);
    let nodes: Option<BTreeSet<String>> = assigned
        .map(|address| {
            let owner = &address.attribute?.secondary;
            let is_tunnel = owner
                .kind
                .as_deref()
                .is_some_and(|kind| kind.ends_with("unnelAddress"));
            owner
                .node
                .as_deref()
                .filter(|_| is_tunnel)
                .map(str::to_owned)
        })
        .collect();
    nodes.unwrap_or_default().into_iter().collect()
}

/// The CoreDNS pods to which these blocks assign their addresses: other plugins can assign the same ones (CAL514).
fn dns_pods<'a>(case: &Case<'a>, stray: &[&StrayBlock]) -> Vec<&'a Pod> {
    let blocks = read(case, stray);
    let is_inside = |address: IpAddr| blocks.iter().any(|block| block.assigns(address));
    let pods = case.snapshot.calico_pods.items().iter();
    pods.filter(|pod| pods::app(pod) == "kube-dns" && !pod.spec.host_network)
        .filter(|pod| pod.status.pod_ip.parse().is_ok_and(is_inside))
        .collect()
}

/// Puts blocks into a pool again, or their pods into the blocks of one.
fn account_for(case: &Case, blocks: &[&StrayBlock]) -> Vec<Step> {
    const PODS: &str = "kubectl get pods -A -o wide";
    let recreate = "recreate the pods that have these addresses";
    let mut sizes: BTreeMap<Family, BTreeSet<u8>> = BTreeMap::new();
    for block in blocks.iter().filter(|block| block.in_use > 0) {
        let of_family = sizes.entry(block.cidr.family()).or_default();
        of_family.insert(block.cidr.prefix());
    }
    if sizes.values().any(|sizes| sizes.len() > 1) {
        return vec![
            Step::new(format!(
                "{recreate}: their blocks have different sizes, and Calico's API accepts no pool \
                 that has blocks of another size in it"
            ))
            .run(PODS),
        ];
    }
    let sizes: Vec<String> = sizes
        .iter()
        .flat_map(|(family, sizes)| sizes.iter().map(move |size| format!("{size} for {family}")))
        .collect();
    let size = match sizes.as_slice() {
        [one] => one.split(' ').next().unwrap_or_default().to_owned(),
        _ => sizes.join(" and "),
    };
    let network = case.facts.networks.best();
    let mut used = blocks.iter().filter(|block| block.in_use > 0);
    let inside = used.all(|block| network.is_some_and(|network| hold(&network.cidrs, &block.cidr)));
    if inside && POOL_OUTSIDE_POD_NETWORK.finds(case) {
        return vec![Step::new(format!(
            "create their pool again, with blockSize {size}, as in the fix of {}",
            POOL_OUTSIDE_POD_NETWORK.entry.code
        ))];
    }
    let in_use = blocks.iter().filter(|block| block.in_use > 0);
    let wrong: Vec<String> = in_use
        .filter(|block| is_wrong_for_pods(case, &block.cidr))
        .map(|block| block.cidr.to_string())
        .collect();
    let mut pools = case.facts.known_pools().iter();
    if !wrong.is_empty() && pools.any(ExistingPool::serves_any_pod) {
        return vec![
            Step::new(format!(
                "{recreate}, and do not create their pool again: pods must not have addresses of {} (CAL201, CAL202, CAL203)",
                few(&wrong)
            ))
            .run(PODS),
        ];
    }
    let encapsulation = encapsulation(case, blocks).filter(|_| sizes.len() == 1);
    let settings = match encapsulation {
        Some(encapsulation) => format!("its old CIDR, blockSize {size} and {encapsulation}"),
        None => format!("its old CIDR and encapsulation, and blockSize {size}"),
    };
    either([
        vec![Step::new(format!(
            "create their pool again, with {settings}"
        ))],
        vec![Step::new(recreate).run(PODS)],
    ])
}

/// The encapsulation of their pods, if anything shows it.
fn encapsulation(case: &Case, blocks: &[&StrayBlock]) -> Option<Encapsulation> {
    let mut pods = blocks.iter().filter_map(|block| {
        LeftPods::of(case.snapshot, case.facts, &block.cidr, Encapsulation::Vxlan)
    });
    let pods = pods.next()?;
    pods.shown_by.map(|_| pods.encapsulation)
}

/// The blocks, and how much of them is in use.
fn of_blocks(finding: Finding, blocks: &[&StrayBlock]) -> Finding {
    let cidrs: Vec<String> = blocks.iter().map(|block| block.cidr.to_string()).collect();
    let used: u128 = blocks.iter().map(|block| block.in_use).sum();
    finding
        .evidence(ObjectRef::all("IPAMBlock"), "spec.cidr", few(&cidrs))
        .evidence(ObjectRef::all("IPAMBlock"), "addresses in use", used)
}

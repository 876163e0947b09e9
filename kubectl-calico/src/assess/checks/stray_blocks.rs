//! Blocks that no pool accounts for.

use std::collections::BTreeMap;

use calico_core::catalog::Entry;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::pools::ExistingPool;
use crate::assess::facts::stray_blocks::StrayBlock;
use crate::assess::finding::{Finding, Severity};
use crate::assess::phrases::{counted, few};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, IP_POOLS, IPAM_BLOCKS};

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
        criteria: "IPv4 and IPv6 blocks count, as in calicoctl ipam check; calicoctl ipam show \
                   leaves IPv6 ones out. The finding is a warning, and a note if none of their \
                   addresses is in use. A cluster without any pool is CAL212. Applies only if \
                   Calico's IPAM assigns addresses.",
        fix: "Recreate the pods that have these addresses, or create the pool again.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go (GetUtilization), \
                 calicoctl/calicoctl/commands/ipam/check.go and felix/calc/l3_route_resolver.go",
    },
    needs: &[&IP_POOLS, &IPAM_BLOCKS, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let blocks: Vec<&StrayBlock> = stray(case).filter(|block| block.pool.is_none()).collect();
        let any_pool = !case.facts.known_pools().is_empty();
        outside_pools(&blocks)
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
    let name = &pool.name;
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

fn outside_pools(blocks: &[&StrayBlock]) -> Option<Finding> {
    if blocks.is_empty() {
        return None;
    }
    let used: u128 = blocks.iter().map(|block| block.in_use).sum();
    let count = counted(blocks.len(), "block");
    let (severity, message) = match used {
        0 => (Severity::Note, format!("{count} in no pool")),
        1 => (
            Severity::Warning,
            format!("{count} in no pool, with 1 address in use"),
        ),
        used => (
            Severity::Warning,
            format!("{count} in no pool, with {used} addresses in use"),
        ),
    };
    let finding = Finding::new(
        &OUTSIDE_POOLS.entry,
        severity,
        ObjectRef::all("IPAMBlock"),
        message,
    );
    let finding = of_blocks(finding, blocks);
    Some(match used {
        0 => finding
            .impact("none, unless a pool with another block size is created there")
            .fix(
                "none needed: kube-controllers releases a node's empty block if it has another \
                 one",
            ),
        _ => finding
            .impact(
                "traffic of pods with these addresses is neither encapsulated nor masqueraded, \
                 and may be lost",
            )
            .fix("recreate the pods that have these addresses, or create the pool again")
            .paste("kubectl get pods -A -o wide"),
    })
}

/// The blocks, and how much of them is in use.
fn of_blocks(finding: Finding, blocks: &[&StrayBlock]) -> Finding {
    let cidrs: Vec<String> = blocks.iter().map(|block| block.cidr.to_string()).collect();
    let used: u128 = blocks.iter().map(|block| block.in_use).sum();
    finding
        .evidence(ObjectRef::all("IPAMBlock"), "spec.cidr", few(&cidrs))
        .evidence(ObjectRef::all("IPAMBlock"), "addresses in use", used)
}

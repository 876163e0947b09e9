//! Whether Calico's IPAM can divide a pool into blocks.

use calico_core::catalog::Entry;
use calico_core::pool::BlockSize;

use crate::assess::advice::relocation::moved_anyway;
use crate::assess::candidate_pools::{CandidatePool, existing_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::repair::resource_writer::delete_pool_in_datastore;
use crate::snapshot::resources::IP_POOLS;

pub(crate) const BLOCK_SIZE: Check = Check {
    entry: Entry {
        code: "CAL213",
        title: "a pool cannot be divided into blocks",
        meaning: "The blockSize of an existing pool is out of range, or a block is larger than the \
                  pool.",
        impact: "No addresses are assigned from the pool. Calico's API and the operator reject \
                 such a pool. The CRDs do not check the range up to Calico 3.31, and since then \
                 only loosely.",
        criteria: "A blockSize is a prefix length from 20 to 32 for IPv4 (default 26) and from 116 \
                   to 128 for IPv6 (default 122), and not shorter than the pool's. Applies only if \
                   Calico's IPAM assigns addresses. Listed pools are covered by CAL110.",
        fix: "Add another pool and delete this one: the block size of an existing pool is \
              immutable.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/validation.go; \
                 projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go",
    },
    needs: &[&IP_POOLS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        if case.facts.by_calico_ipam() == Some(false) {
            return Vec::new();
        }
        existing_pools(case)
            .iter()
            .filter_map(|pool| finding(case, pool))
            .collect()
    },
};

fn finding(case: &Case, pool: &CandidatePool) -> Option<Finding> {
    let (network, size) = (pool.network?, pool.block_size?);
    let range = BlockSize::range(network.family());
    let (low, high) = (range.start(), range.end());
    let message = match u8::try_from(size) {
        Ok(size) if range.contains(&size) && size < network.prefix() => {
            format!("a block of /{size} is larger than the pool {network}")
        }
        Ok(size) if range.contains(&size) => return None,
        _ => format!("block size {size} is not between {low} and {high}"),
    };
    let finding = Finding::error(&BLOCK_SIZE.entry, pool.object(), message)
        .evidence(pool.object(), pool.field("cidr"), pool.cidr)
        .evidence(pool.object(), pool.field("blockSize"), size)
        .impact("no addresses are assigned from the pool");
    let existing = pool.existing?;
    // A deletion first disables the pool, and Calico's API refuses every change of a pool with such a size:
    // projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go.
    let is_refused = !u8::try_from(size).is_ok_and(|size| range.contains(&size));
    Some(if is_refused && !existing.owned_by_operator {
        finding
            .fix(
                "delete the pool directly in the datastore, because Calico's API refuses to, and create one with another \
                 block size if it is needed",
            )
            .paste(delete_pool_in_datastore(case.snapshot, &existing.name))
    } else if let Some(moved) = moved_anyway(case, existing) {
        finding.fixed_by_all(moved)
    } else {
        finding.fix(
            "add another pool and delete this one: the block size of an existing pool is immutable",
        )
    })
}

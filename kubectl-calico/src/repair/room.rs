//! Whether a range has room for what moves to it from an existing pool.
//!
//! Source: projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go; tigera/operator v1.42.3,
//! pkg/controller/ippool/validation.go (a pool that is smaller than its blocks).

use calico_core::capacity::{addresses, blocks};
use calico_core::cidr::Cidr;

use crate::assess::facts::pools::ExistingPool;
use crate::assess::phrases::the_pool;

/// Smaller blocks are more than a node may have when it is full of pods: 20 of 8 addresses.
const BITS_OF_SMALLEST: u8 = 3;

/// The largest block size, up to this one, with which a range has a block for each node that an existing pool has one
/// for; this one if there is none.
pub fn block_size(old: &ExistingPool, to: &Cidr, size: i64) -> i64 {
    let smallest = i64::from(to.family().bits().saturating_sub(BITS_OF_SMALLEST));
    (size..=smallest)
        .find(|size| has_blocks(old, to, *size))
        .unwrap_or(size)
}

/// Why a range cannot hold the addresses in use of an existing pool, as a clause.
pub fn missing_addresses(old: &ExistingPool, to: &Cidr) -> Option<String> {
    let used = old.usage.value()?.in_use;
    let total = addresses(to);
    let name = the_pool(&old.name);
    (used > total).then(|| format!("{to} has {total} addresses, and {used} of {name} are in use"))
}

/// Why a range is too small for an existing pool's addresses, or for its nodes with blocks of a size.
pub fn shortage(old: &ExistingPool, to: &Cidr, size: i64) -> Option<String> {
    missing_addresses(old, to).or_else(|| {
        let nodes = nodes(old)?;
        (!has_blocks(old, to, size)).then(|| {
            format!(
                "{to} has too few blocks for the {nodes} nodes of {}",
                the_pool(&old.name)
            )
        })
    })
}

fn has_blocks(old: &ExistingPool, to: &Cidr, size: i64) -> bool {
    let count = u8::try_from(size).map_or(0, |size| blocks(to, size));
    count >= nodes(old).unwrap_or(1).max(1)
}

/// The nodes that have a block of the pool, or for which there is one.
fn nodes(pool: &ExistingPool) -> Option<u128> {
    let usage = pool.usage.value()?;
    let with_block = u128::try_from(usage.nodes).ok()?;
    Some(with_block.saturating_add(usage.nodes_waiting))
}

//! How many addresses and blocks a pool has, and how many are in use, computed the way calicoctl does.
//!
//! Source: projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go (`GetUtilization`).

use crate::cidr::{Cidr, Family};

/// What counts of an IPAM block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// `spec.cidr`
    pub cidr: Cidr,
    /// The number of free addresses (`len(spec.unallocated)`).
    pub unallocated: u128,
    /// Whether it is being deleted (`spec.deleted`). Such a block does not count.
    pub deleted: bool,
}

/// How much of a pool is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// All addresses, in a block or not.
    pub total: u128,
    /// Addresses in use.
    pub in_use: u128,
    /// Blocks that exist.
    pub blocks: u128,
}

impl Usage {
    /// Free addresses, in a block or not.
    pub fn free(&self) -> u128 {
        self.total.saturating_sub(self.in_use)
    }
}

/// The number of addresses in a CIDR; `u128::MAX` for `::/0`, which has one more.
pub fn addresses(cidr: &Cidr) -> u128 {
    power_of_two(cidr.family().bits() - cidr.prefix())
}

/// The number of blocks that a pool is divided into; 0 if not one fits. `block_size` is a prefix
/// length. A node needs at least one block: with fewer blocks than nodes, the last nodes borrow
/// single addresses, or get none with strict affinity.
pub fn blocks(pool: &Cidr, block_size: u8) -> u128 {
    match block_size.checked_sub(pool.prefix()) {
        Some(bits) if block_size <= pool.family().bits() => power_of_two(bits),
        _ => 0,
    }
}

fn power_of_two(exponent: u8) -> u128 {
    1_u128.checked_shl(exponent.into()).unwrap_or(u128::MAX)
}

/// The usage of each of `pools`, in their order, and that of the IPv4 blocks that are in no pool. A
/// block counts for the first pool that it overlaps.
pub fn usage(pools: &[Cidr], blocks: impl IntoIterator<Item = Block>) -> (Vec<Usage>, Usage) {
    let mut used: Vec<Usage> = pools
        .iter()
        .map(|pool| Usage {
            total: addresses(pool),
            ..Usage::default()
        })
        .collect();
    let mut orphaned = Usage::default();
    for block in blocks.into_iter().filter(|block| !block.deleted) {
        let pool = pools.iter().position(|pool| pool.overlaps(&block.cidr));
        let usage = match pool.and_then(|index| used.get_mut(index)) {
            Some(usage) => usage,
            None if block.cidr.family() == Family::V4 => {
                orphaned.total += addresses(&block.cidr);
                &mut orphaned
            }
            None => continue,
        };
        usage.blocks += 1;
        usage.in_use += addresses(&block.cidr).saturating_sub(block.unallocated);
    }
    (used, orphaned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    fn block(text: &str, unallocated: u128) -> Block {
        Block {
            cidr: cidr(text),
            unallocated,
            deleted: false,
        }
    }

    #[test]
    fn addresses_and_blocks_of_a_pool() {
        assert_eq!(addresses(&cidr("10.244.0.0/16")), 65536);
        assert_eq!(addresses(&cidr("10.0.0.1/32")), 1);
        assert_eq!(addresses(&cidr("fd00::/64")), 1 << 64);
        assert_eq!(addresses(&cidr("::/0")), u128::MAX);
        assert_eq!(blocks(&cidr("10.244.0.0/24"), 26), 4);
        assert_eq!(blocks(&cidr("10.244.0.0/26"), 26), 1);
        assert_eq!(blocks(&cidr("10.244.0.0/27"), 26), 0);
        assert_eq!(blocks(&cidr("10.244.0.0/16"), 122), 0);
        assert_eq!(blocks(&cidr("fd00::/64"), 122), 1 << 58);
    }

    #[test]
    fn a_block_counts_once_for_the_first_pool_that_contains_it() {
        let pools = [cidr("10.0.0.0/16"), cidr("10.0.0.0/8"), cidr("fd00::/64")];
        let gone = Block {
            deleted: true,
            ..block("10.0.0.128/26", 0)
        };
        let (used, orphaned) = usage(
            &pools,
            [
                block("10.0.0.0/26", 60),
                block("10.0.0.64/26", 0),
                block("10.9.0.0/26", 63),
                block("fd00::/122", 64),
                block("192.168.0.0/26", 54),
                block("fd99::/122", 0),
                gone,
            ],
        );
        let in_use: Vec<u128> = used.iter().map(|usage| usage.in_use).collect();
        assert_eq!(in_use, [68, 1, 0]);
        let blocks: Vec<u128> = used.iter().map(|usage| usage.blocks).collect();
        assert_eq!(blocks, [2, 1, 1]);
        assert_eq!(used[0].free(), 65536 - 68);
        // IPv6 blocks outside every pool are left out, as calicoctl does.
        assert_eq!(
            (orphaned.total, orphaned.in_use, orphaned.blocks),
            (64, 10, 1)
        );
    }
}

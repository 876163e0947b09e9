//! How many addresses and blocks a pool has, and how many blocks are left.

use crate::cidr::Cidr;
use crate::ranges::{Ranges, bounds};

/// The number of addresses in a CIDR; `u128::MAX` for `::/0`, which has one more.
pub fn addresses(cidr: &Cidr) -> u128 {
    power_of_two(cidr.family().bits() - cidr.prefix())
}

/// The number of blocks that a pool is divided into; 0 if not one fits. `block_size` is a prefix
/// length. A node needs at least one block: with fewer blocks than nodes, the last nodes borrow
/// individual addresses, or get none with strict affinity.
pub fn blocks(pool: &Cidr, block_size: u8) -> u128 {
    match block_size.checked_sub(pool.prefix()) {
        Some(bits) if block_size <= pool.family().bits() => power_of_two(bits),
        _ => 0,
    }
}

/// The number of blocks of a pool that a node can still claim: those that overlap no existing block, of
/// whatever size, and are not reserved as a whole.
///
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam_block_reader_writer.go
/// (`findUsableBlock`), which compares whole CIDRs and so also claims a block that overlaps one of
/// another size; such a block is not counted here.
pub fn free_blocks<'a>(
    pool: &Cidr,
    block_size: u8,
    existing: impl IntoIterator<Item = &'a Cidr>,
    reserved: &Ranges,
) -> u128 {
    let possible = blocks(pool, block_size);
    if possible == 0 {
        return 0;
    }
    let (low, high) = bounds(pool);
    let shift = u32::from(pool.family().bits() - block_size);
    // Numbered from the first block of the pool.
    let index = |address: u128| (address - low).checked_shr(shift).unwrap_or_default();
    let taken = existing
        .into_iter()
        .filter(|block| block.overlaps(pool))
        .map(|block| {
            let (first, last) = bounds(block);
            (index(first.max(low)), index(last.min(high)))
        });
    let size = power_of_two(pool.family().bits() - block_size);
    let whole = reserved.between((low, high));
    let whole = whole.iter().filter_map(|(first, last)| {
        let begin = (first - low).div_ceil(size);
        let end = index(last.checked_add(1)?).checked_sub(1)?;
        Some((begin, end))
    });
    let taken: Vec<_> = taken.chain(whole).collect();
    possible.saturating_sub(Ranges::union(taken).count())
}

fn power_of_two(exponent: u8) -> u128 {
    1_u128.checked_shl(exponent.into()).unwrap_or(u128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
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

    fn free(pool: &str, size: u8, existing: &[&str], reserved: &[&str]) -> u128 {
        let existing: Vec<Cidr> = existing.iter().map(|text| cidr(text)).collect();
        let reserved = reserved.iter().map(|text| bounds(&cidr(text)));
        free_blocks(&cidr(pool), size, &existing, &Ranges::union(reserved))
    }

    #[test]
    fn blocks_that_can_still_be_claimed() {
        let pool = "10.0.0.0/24";
        for (existing, reserved, count) in [
            (&[][..], &[][..], 4),
            (&["10.0.0.64/26", "10.0.0.64/26"], &[], 3),
            // Blocks of another size, and those of other networks.
            (&["10.0.0.64/27", "10.0.0.96/27"], &[], 3),
            (&["10.0.0.0/25", "10.9.0.0/26"], &[], 2),
            (&["10.0.0.0/16"], &[], 0),
            // A block that is reserved in part can be claimed.
            (&[], &["10.0.0.64/26", "10.0.0.128/25"], 1),
            (&[], &["10.0.0.64/27"], 4),
            (&[], &["10.0.0.64/27", "10.0.0.96/27"], 3),
            (&["10.0.0.64/26"], &["10.0.0.64/26", "10.0.0.0/32"], 3),
            (&[], &["10.0.0.0/8"], 0),
        ] {
            assert_eq!(
                free(pool, 26, existing, reserved),
                count,
                "{existing:?} {reserved:?}"
            );
        }
        assert_eq!(
            free("fd00::/64", 122, &["fd00::/122"], &["fd00::/65"]),
            1 << 57
        );
        assert_eq!(free("10.0.0.0/27", 26, &[], &[]), 0);
    }
}

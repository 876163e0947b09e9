//! Rules for a pool's block size.

use crate::cidr::{Cidr, Family};
use crate::pool::{BlockSize, Field};

use super::case::PoolCase;
use super::{Enforcement, Rule};

pub(super) const BLOCK_SIZE_RANGE: Rule = Rule {
    name: "block-size-range",
    summary: "blockSize is 20 to 32 in an IPv4 pool, 116 to 128 in an IPv6 pool",
    enforcement: Enforcement::Operator,
    check: |case| {
        let outside = |pool: PoolCase| {
            let (family, size) = (pool.effective.family()?, pool.effective.block_size?);
            let range = BlockSize::range(family);
            if u8::try_from(size).is_ok_and(|size| range.contains(&size)) {
                return None;
            }
            let (low, high) = (range.start(), range.end());
            let subject = if case.operator.since(34) {
                format!("{family} pool block size")
            } else {
                "ipPool.blockSize".to_owned()
            };
            let said = format!(
                "{subject} must be greater than {} and less than or equal to {high}",
                low - 1
            );
            Some(pool.violation(
                Field::BlockSize,
                format!("{size} is outside {low} to {high}, the range for {family}"),
                case.pool_controller_says(&said),
                format!(
                    "choose a block size from {low} to {high}; the operator's default is {}",
                    BlockSize::default_for(family)
                ),
            ))
        };
        case.pools().filter_map(outside).collect()
    },
};

pub(super) const BLOCK_SIZE_FIT: Rule = Rule {
    name: "block-size-fit",
    summary: "a pool is at least as large as one of its blocks",
    enforcement: Enforcement::Operator,
    check: |case| {
        let too_small = |pool: PoolCase| {
            let (cidr, size) = (pool.effective.network()?, pool.effective.block_size?);
            if size >= i64::from(cidr.prefix()) {
                return None;
            }
            let said =
                "IP pool size is too small. It must be equal to or greater than the block size";
            let mut violation = pool.violation(
                Field::BlockSize,
                format!(
                    "blocks of /{size}{} do not fit into {cidr}",
                    pool.if_default(Field::BlockSize)
                ),
                case.pool_controller_says(said),
                fix(cidr),
            );
            violation.fields.push((pool.index, Field::Cidr));
            Some(violation)
        };
        case.pools().filter_map(too_small).collect()
    },
};

fn fix(cidr: &Cidr) -> String {
    let bits = cidr.family().bits();
    let smallest = *BlockSize::range(cidr.family()).start();
    let fitting = cidr.prefix().max(smallest);
    let kind = match cidr.family() {
        Family::V4 => "an IPv4",
        Family::V6 => "an IPv6",
    };
    format!(
        "choose a block size from {fitting} to {bits} for {kind} pool of this size, or a larger pool"
    )
}

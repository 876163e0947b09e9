//! Rules for a pool's block size.

use crate::catalog::Entry;
use crate::cidr::Cidr;
use crate::defaults::default_block_size;
use crate::pool::{BlockSize, Field};

use super::case::{Case, PoolCase};
use super::details::Details;
use super::rejection::REJECTED_BY_POOL_CONTROLLER;
use super::rule::{Enforcement, Rule};

pub(super) const BLOCK_SIZE_RANGE: Rule = Rule {
    entry: Entry {
        code: "block-size-range",
        title: "blockSize must be 20 to 32 in an IPv4 pool, 116 to 128 in an IPv6 pool",
        meaning: "blockSize is the prefix length of the blocks that Calico divides a pool into. Each \
                  node gets at least one block and assigns the addresses of its pods from it.",
        impact: REJECTED_BY_POOL_CONTROLLER,
        criteria: "The pool's family is that of its cidr. The operator's defaults are 26 and 122, \
                   which means 64 addresses per block.",
        fix: "Choose a block size in the range of the pool's family.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/validation.go; v1.32.5, \
                 pkg/controller/installation/validation.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        case.pools()
            .filter_map(|pool| out_of_range(case, &pool))
            .collect()
    },
};

fn out_of_range(case: &Case, pool: &PoolCase) -> Option<Details> {
    let family = if case.operator.since(34) {
        pool.effective.family()?
    } else {
        // GetIPv4Pool in pkg/render/node.go treats an IPv4-mapped address as IPv4.
        pool.effective.address_family()?
    };
    let size = size(pool)?;
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
    let message = format!(
        "{subject} must be greater than {} and less than or equal to {high}",
        low - 1
    );
    Some(pool.violation(
        Field::BlockSize,
        format!("{size} is outside the range for {family}, {low} to {high}"),
        case.pool_controller_rejects(&message),
        format!(
            "choose a block size from {low} to {high}; the operator's default is {}",
            default_block_size(pool.effective.address_family()?)
        ),
    ))
}

pub(super) const BLOCK_SIZE_FIT: Rule = Rule {
    entry: Entry {
        code: "block-size-fit",
        title: "a pool must be at least as large as one of its blocks",
        meaning: "A pool that is smaller than a block cannot be divided into blocks. Its prefix length \
                  must not be greater than its blockSize.",
        impact: REJECTED_BY_POOL_CONTROLLER,
        criteria: "If blockSize is not set, the operator's default applies, so a /27 pool needs an \
                   explicit blockSize.",
        fix: "Choose a blockSize that is not smaller than the pool's prefix length, or a larger \
              pool.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/validation.go; v1.32.5, \
                 pkg/controller/installation/validation.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        case.pools()
            .filter_map(|pool| too_small(case, &pool))
            .collect()
    },
};

/// The block size. One of more than 32 bits is field-type: the API server rejects it.
fn size(pool: &PoolCase) -> Option<i64> {
    pool.effective
        .block_size
        .filter(|size| i32::try_from(*size).is_ok())
}

fn too_small(case: &Case, pool: &PoolCase) -> Option<Details> {
    let (cidr, size) = (pool.effective.network()?, size(pool)?);
    if size >= i64::from(cidr.prefix()) {
        return None;
    }
    let message = if case.operator.minor == 38 && case.is_lower_case() {
        "IP pool size is too small: it must be equal to or greater than the block size"
    } else {
        "IP pool size is too small. It must be equal to or greater than the block size"
    };
    let mut violation = pool.violation(
        Field::BlockSize,
        format!(
            "blocks of /{size}{} are larger than the pool {cidr}",
            pool.if_default(Field::BlockSize)
        ),
        case.pool_controller_rejects(message),
        fitting_sizes(cidr),
    );
    violation.fields.push((pool.index, Field::Cidr));
    Some(violation)
}

fn fitting_sizes(cidr: &Cidr) -> String {
    let range = BlockSize::range(cidr.family());
    format!(
        "choose a block size from {} to {}, or a larger pool",
        cidr.prefix().max(*range.start()),
        range.end()
    )
}

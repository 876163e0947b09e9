//! The block size of a planned pool, and the effect of other sizes.

use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::default_block_size;
use calico_core::pool::BlockSize;

use super::constraint::is_by_pod_cidr;
use super::demand::Demand;
use super::precedence::settled_by;
use super::sizes::Sizes;
use crate::assess::finding::Finding;
use crate::plan::choice::Choice;
use crate::plan::inputs::Inputs;
use crate::snapshot::{ObjectRef, Provenance};
use crate::views::ipam_blocks::block_sizes;

/// The flag that sets it.
const FLAG: &str = "--block-size";

/// The chosen block size and the alternatives.
pub(crate) struct ChosenBlockSize {
    pub(crate) choice: Choice<u8>,
    pub(crate) sizes: Sizes,
    pub(crate) finding: Option<Finding>,
}

/// The block size of a family's pool.
pub(crate) fn choose(inputs: &Inputs, family: Family, cidr: Option<&Cidr>) -> ChosenBlockSize {
    let demand = Demand::of(inputs, family);
    let choice = settled(inputs, family, cidr);
    let Some(cidr) = cidr else {
        return ChosenBlockSize {
            choice: choice.unwrap_or_else(|| {
                Choice::reasoned(
                    default_block_size(family),
                    "the operator's default; whether it yields enough blocks depends on the CIDR",
                )
            }),
            sizes: Sizes::Table(Vec::new()),
            finding: None,
        };
    };
    if is_by_pod_cidr(inputs) {
        return ChosenBlockSize {
            choice: choice.unwrap_or_else(|| {
                Choice::reasoned(default_block_size(family), "the operator's default")
            }),
            sizes: Sizes::Unused,
            finding: None,
        };
    }
    let is_new = !is_kept(inputs, family);
    let can_be_set = choice.is_some() && is_new;
    let choice = choice.unwrap_or_else(|| demand.choose(cidr));
    let size = choice.value().and_then(|size| demand.size(cidr, *size));
    ChosenBlockSize {
        finding: size.and_then(|size| demand.finding(cidr, size, can_be_set, is_new)),
        sizes: choice.value().map_or_else(
            || Sizes::Table(Vec::new()),
            |size| demand.around(cidr, *size),
        ),
        choice,
    }
}

/// The block size that does not depend on the nodes' demand.
fn settled(inputs: &Inputs, family: Family, cidr: Option<&Cidr>) -> Option<Choice<u8>> {
    // A pool with another CIDR is a new pool.
    let requested = inputs.request.cidr.of(family);
    let is_replaced = |cidr: Cidr| requested.is_some_and(|requested| requested != cidr);
    let existing = inputs
        .existing(family)
        .filter(|pool| !pool.network.is_some_and(is_replaced))
        .and_then(|pool| {
            let why = format!("immutable in the existing pool {}", pool.name);
            let from = Provenance::new(pool.object(), "spec.blockSize");
            Some(Choice::known(
                u8::try_from(pool.block_size).ok()?,
                why,
                from,
            ))
        });
    let listed = inputs
        .listed(family)
        .and_then(|(_, pool)| u8::try_from(pool.block_size?).ok());
    let given = inputs.request.block_size.of(family);
    let existing = existing.or_else(|| of_blocks(inputs, cidr?));
    settled_by(given.map(BlockSize::prefix), FLAG, existing, listed)
}

/// Whether the plan leaves the existing pool, and so its block size, as it is.
fn is_kept(inputs: &Inputs, family: Family) -> bool {
    let asked =
        inputs.request.cidr.of(family).is_some() || inputs.request.block_size.of(family).is_some();
    !asked && inputs.existing(family).is_some()
}

/// The size of the blocks that a deleted pool has left in a range. Calico's API rejects a pool with another one, and
/// pools that the operator creates past it assign their addresses a second time.
fn of_blocks(inputs: &Inputs, cidr: &Cidr) -> Option<Choice<u8>> {
    let pools = inputs.facts.known_pools().iter();
    let mut pools = pools.filter_map(|pool| pool.network);
    if pools.any(|pool| pool.overlaps(cidr)) {
        return None;
    }
    let mut sizes = block_sizes(inputs.snapshot, cidr).into_iter();
    Some(match (sizes.next()?, sizes.next()) {
        (size, None) => Choice::known(
            size,
            "the size of the blocks in this range, whose pool was deleted",
            Provenance::new(ObjectRef::all("IPAMBlock"), "spec.cidr"),
        ),
        (_, Some(_)) => Choice::undetermined(
            format!("blocks of different sizes are in {cidr}, and no pool can contain them"),
            "another --cidr",
        ),
    })
}

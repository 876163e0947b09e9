//! Which block size a pool needs, and what others would mean.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::BlockSize;

use super::basis::Basis;
use super::choice::Choice;
use super::demand::{Demand, Sizes};
use crate::assess::finding::Finding;

/// The flag that settles it.
const FLAG: &str = "--block-size";

/// What is chosen, and what else could be.
pub(super) struct Chosen {
    pub(super) choice: Choice<u8>,
    pub(super) sizes: Sizes,
    pub(super) finding: Option<Finding>,
}

/// The block size of a family's pool.
pub(super) fn choose(basis: &Basis, family: Family, cidr: Option<&Cidr>) -> Chosen {
    let demand = Demand::of(basis);
    let choice = fixed(basis, family);
    let Some(cidr) = cidr else {
        return Chosen {
            choice: choice.unwrap_or_else(|| {
                Choice::reasoned(
                    BlockSize::default_for(family),
                    "the operator's default; whether there are enough blocks depends on the CIDR",
                )
            }),
            sizes: Sizes::Table(Vec::new()),
            finding: None,
        };
    };
    let choice = choice.unwrap_or_else(|| demand.choose(cidr));
    let size = choice.value().and_then(|size| demand.size(cidr, *size));
    Chosen {
        finding: size.and_then(|size| demand.finding(cidr, size)),
        sizes: choice.value().map_or_else(
            || Sizes::Table(Vec::new()),
            |size| demand.around(cidr, *size),
        ),
        choice,
    }
}

/// What a flag, a live pool or the Installation says.
fn fixed(basis: &Basis, family: Family) -> Option<Choice<u8>> {
    if let Some(size) = basis.asked.block_size.of(family) {
        let value = size.prefix();
        return Some(Choice::Given { value, flag: FLAG });
    }
    // Another pool than the live one is made anew.
    let moved = |cidr: Cidr| {
        basis
            .asked
            .cidr
            .of(family)
            .is_some_and(|asked| asked != cidr)
    };
    if let Some(pool) = basis
        .live(family)
        .filter(|pool| !pool.network.is_some_and(moved))
    {
        let value = u8::try_from(pool.block_size).ok()?;
        let why = format!("{} has it, for good", pool.name);
        return Some(Choice::known(
            value,
            why,
            format!("{} spec.blockSize", pool.object()),
        ));
    }
    let (_, wanted) = basis.wanted(family)?;
    let value = u8::try_from(wanted.block_size?).ok()?;
    const FROM: &str = "Installation/default spec.calicoNetwork.ipPools";
    Some(Choice::known(value, "the Installation asks for it", FROM))
}

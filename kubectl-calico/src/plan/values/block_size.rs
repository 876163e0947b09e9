//! Which block size a pool needs, and what others would mean.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::BlockSize;

use super::demand::Demand;
use super::precedence::settled_by;
use super::sizes::Sizes;
use crate::assess::finding::Finding;
use crate::assess::provenance::Provenance;
use crate::plan::choice::Choice;
use crate::plan::inputs::Inputs;

/// The flag that settles it.
const FLAG: &str = "--block-size";

/// What is chosen, and what else could be.
pub(crate) struct Chosen {
    pub(crate) choice: Choice<u8>,
    pub(crate) sizes: Sizes,
    pub(crate) finding: Option<Finding>,
}

/// The block size of a family's pool.
pub(crate) fn choose(inputs: &Inputs, family: Family, cidr: Option<&Cidr>) -> Chosen {
    let demand = Demand::of(inputs);
    let choice = settled(inputs, family);
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

/// What is settled whatever the nodes need.
fn settled(inputs: &Inputs, family: Family) -> Option<Choice<u8>> {
    let given = inputs.request.block_size.of(family);
    // Another pool than the live one is made anew.
    let asked = inputs.request.cidr.of(family);
    let moved = |cidr: Cidr| asked.is_some_and(|asked| asked != cidr);
    let live = inputs.live(family);
    let live = live.filter(|pool| !pool.network.is_some_and(moved));
    let live = live.and_then(|pool| {
        let why = format!("{} has it, for good", pool.name);
        let from = Provenance::new(pool.object(), "spec.blockSize");
        Some(Choice::known(
            u8::try_from(pool.block_size).ok()?,
            why,
            from,
        ))
    });
    let wanted = inputs.wanted(family);
    let wanted = wanted.and_then(|(_, pool)| u8::try_from(pool.block_size?).ok());
    settled_by(given.map(BlockSize::prefix), FLAG, live, wanted)
}

//! A pool of a family that has none yet, in a cluster that has pools of the other family.

use calico_core::cidr::Cidr;
use calico_core::defaults::{masquerades, standard_name};

use super::inputs::Inputs;
use super::pool::Pool;
use crate::facts::fact::Fact;
use crate::facts::pools;
use crate::phrases::AS_PLANNED;
use crate::snapshot::IpPoolSpec;

/// Such pools among the planned ones.
pub(super) fn added<'a>(
    inputs: &Inputs,
    planned: &'a [Pool],
) -> impl Iterator<Item = (&'a Pool, Cidr)> + use<'a> {
    let any_exists = inputs.existing_pools().next().is_some();
    planned
        .iter()
        .filter(move |pool| any_exists && pool.existing.is_none())
        .filter_map(|pool| Some((pool, *pool.cidr.value()?)))
}

/// The same pools as existing pools, so that the checks of status can be run on them.
pub(super) fn as_existing(inputs: &Inputs, planned: &[Pool]) -> Vec<pools::ExistingPool> {
    added(inputs, planned)
        .filter_map(|(pool, cidr)| existing(pool, cidr))
        .collect()
}

fn existing(pool: &Pool, cidr: Cidr) -> Option<pools::ExistingPool> {
    Some(pools::ExistingPool {
        name: format!("{}{AS_PLANNED}", standard_name(pool.family)),
        cidr: cidr.to_string(),
        network: Some(cidr),
        encapsulation: *pool.encapsulation.value()?,
        block_size: i64::from(*pool.block_size.value()?),
        nat_outgoing: masquerades(pool.family),
        node_selector: pools::ALL_NODES.to_owned(),
        enabled: true,
        withheld: None,
        for_load_balancers: false,
        owned_by_operator: false,
        usage: Fact::absent("the pool does not exist yet"),
        spec: IpPoolSpec::default(),
    })
}

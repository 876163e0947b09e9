//! A pool of a family that has none yet, where another family has.

use calico_core::cidr::Cidr;
use calico_core::defaults::{masquerades, standard_name};

use super::inputs::Inputs;
use super::pool::Pool;
use crate::assess::fact::Fact;
use crate::assess::facts::pools;
use crate::snapshot::IpPoolSpec;

/// Those of the planned pools.
pub(super) fn added<'a>(
    inputs: &Inputs,
    planned: &'a [Pool],
) -> impl Iterator<Item = (&'a Pool, Cidr)> + use<'a> {
    let beside = inputs.live_pools().next().is_some();
    let new = planned
        .iter()
        .filter(move |pool| beside && pool.live.is_none());
    new.filter_map(|pool| Some((pool, *pool.cidr.value()?)))
}

/// It as it would be live, to be judged as the others are.
pub(super) fn as_live(inputs: &Inputs, planned: &[Pool]) -> Vec<pools::Pool> {
    let live = |(pool, cidr): (&Pool, Cidr)| {
        Some(pools::Pool {
            name: format!("{}, as planned", standard_name(pool.family)),
            cidr: cidr.to_string(),
            network: Some(cidr),
            encapsulation: *pool.encapsulation.value()?,
            block_size: i64::from(*pool.block_size.value()?),
            nat_outgoing: masquerades(pool.family),
            node_selector: "all()".to_owned(),
            enabled: true,
            for_load_balancers: false,
            owned_by_operator: false,
            usage: Fact::absent("not there yet"),
            spec: IpPoolSpec::default(),
        })
    };
    added(inputs, planned).filter_map(live).collect()
}

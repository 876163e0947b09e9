//! The steps that add a pool of a family that has none yet.

use calico_core::cidr::Cidr;
use calico_core::defaults::{masquerades, standard_name};

use crate::plan::inputs::Inputs;
use crate::plan::new_family::added;
use crate::plan::pool::Pool;
use crate::repair::Step;
use crate::repair::new_pool::NewPool;
use crate::repair::pool_writer::PoolWriter;

/// One for each such pool.
pub(crate) fn steps(inputs: &Inputs, planned: &[Pool], writer: &mut PoolWriter) -> Vec<Step> {
    added(inputs, planned)
        .filter_map(|(pool, cidr)| step(inputs, pool, cidr, writer))
        .collect()
}

fn step(inputs: &Inputs, pool: &Pool, cidr: Cidr, writer: &mut PoolWriter) -> Option<Step> {
    let family = pool.family;
    let new = NewPool {
        name: standard_name(family).to_owned(),
        cidr,
        block_size: (*pool.block_size.value()?).into(),
        encapsulation: *pool.encapsulation.value()?,
    };
    let condition = if inputs.facts.install.is_left_to_operator() {
        ""
    } else {
        ", once calico-node and its CNI configuration support the family (Calico's guide to dual \
         stack)"
    };
    let settings = writer.default_settings(masquerades(family));
    Some(
        Step::new(format!("add the {family} pool {cidr}{condition}"))
            .run(writer.add(&new, &settings)),
    )
}

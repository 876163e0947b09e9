//! The steps that add a pool of a family that has none yet.

use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::{masquerades, standard_name};

use crate::plan::inputs::Inputs;
use crate::plan::new_family::added;
use crate::plan::pool::Pool;
use crate::repair::Step;
use crate::repair::new_pool::NewPool;
use crate::repair::pool_writer::PoolWriter;
use crate::views::node_families::without;

/// One for each such pool.
pub(crate) fn steps(inputs: &Inputs, planned: &[Pool], writer: &mut PoolWriter) -> Vec<Step> {
    added(inputs, planned)
        .filter_map(|(pool, cidr)| {
            let step = step(inputs, pool, cidr, writer)?;
            Some(nodes_first(inputs, pool.family).into_iter().chain([step]))
        })
        .flatten()
        .collect()
}

/// What comes first if some nodes have no address of the family.
fn nodes_first(inputs: &Inputs, family: Family) -> Option<Step> {
    let (lacking, _) = without(inputs.snapshot, family);
    (!lacking.is_empty()).then(|| {
        Step::new(format!(
            "make sure that every node has an {family} address, and do not go on before: calico-node does not start on a \
             node without one"
        ))
    })
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

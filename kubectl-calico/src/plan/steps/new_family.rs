//! The steps that add a pool of a family that has none yet.

use calico_core::cidr::Cidr;
use calico_core::defaults::{masquerades, standard_name};
use serde_json::json;

use super::way::{NewPool, Way};
use crate::plan::inputs::Inputs;
use crate::plan::new_family::added;
use crate::plan::pool::Pool;
use crate::repair::Step;

/// One for each such pool.
pub(crate) fn steps(inputs: &Inputs, planned: &[Pool]) -> Vec<Step> {
    let step = |(pool, cidr): (&Pool, Cidr)| {
        let new = NewPool {
            name: standard_name(pool.family),
            cidr,
            block_size: *pool.block_size.value()?,
            encapsulation: *pool.encapsulation.value()?,
        };
        let like = json!({"natOutgoing": masquerades(pool.family)});
        let more = match inputs.facts.install.is_by_operator() {
            true => "",
            false => {
                ", once calico-node and its CNI configuration know the family (Calico's guide to \
                 dual stack)"
            }
        };
        let what = format!("add the {} pool {cidr}{more}", pool.family);
        Some(Step::new(what).run(Way::of_new(inputs, like).add(&new)))
    };
    added(inputs, planned).filter_map(step).collect()
}

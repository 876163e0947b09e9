//! New pools that overlap an existing one.

use calico_core::cidr::Cidr;

use crate::assess::finding::Finding;
use crate::facts::pools::ExistingPool;
use crate::phrases::the_pool;
use crate::plan::catalog::POOL_OVERLAPS_EXISTING;
use crate::plan::comparison::PoolComparison;
use crate::plan::inputs::Inputs;
use crate::plan::new_family::added;
use crate::plan::pool::Pool;

/// A finding for each new pool that Calico's API would reject. A pool that the new one replaces does not count: it is
/// gone by then.
pub(crate) fn findings(
    inputs: &Inputs,
    planned: &[Pool],
    existing: &[PoolComparison],
) -> Vec<Finding> {
    let replacing = existing
        .iter()
        .filter(|compared| compared.takes_a_new_pool())
        .filter_map(|compared| {
            let replaces = |pool: &&Pool| pool.existing.as_deref() == Some(&*compared.pool);
            let cidr = *planned.iter().find(replaces)?.cidr.value()?;
            Some((cidr, Some(compared.pool.as_str())))
        });
    let added = added(inputs, planned).map(|(_, cidr)| (cidr, None));
    replacing
        .chain(added)
        .filter_map(|(cidr, replaced)| {
            let mut others = inputs.pools().iter();
            let other = others.find(|pool| {
                let overlaps = pool.network.is_some_and(|range| range.overlaps(&cidr));
                overlaps && Some(pool.name.as_str()) != replaced
            })?;
            Some(finding(cidr, other))
        })
        .collect()
}

fn finding(cidr: Cidr, other: &ExistingPool) -> Finding {
    let name = the_pool(&other.name);
    let message = format!("{cidr} overlaps {name} ({})", other.cidr);
    Finding::error(&POOL_OVERLAPS_EXISTING, cidr.to_string(), message)
        .evidence(other.object(), "spec.cidr", &other.cidr)
        .impact(
            "Calico's API rejects the new pool (IPPool CIDR overlaps), and without it, the steps that follow would leave \
             pods without an address",
        )
        .fix(format!(
            "choose a range with --cidr that overlaps no existing pool; or, if {name} is no longer needed, delete it \
             first, once none of its addresses are in use"
        ))
}

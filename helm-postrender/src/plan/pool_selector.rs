//! `--pool`: which pools its selectors match.

use calico_core::cidr::Cidr;
use calico_core::text::quoted;

use crate::plan::installation_view::PoolView;
use crate::plan::model::PoolPlan;
use crate::plan::pool_list::{PoolList, family_of};
use crate::plan::request::Request;
use crate::refusal::Refusal;

/// The indexes of the pools that `--pool` selects, in order; empty without `--pool`.
pub(crate) fn select(pools: &PoolList, request: &Request) -> Result<Vec<usize>, Refusal> {
    let mut selected = Vec::new();
    for selector in &request.selectors {
        selected.extend(matches(selector, pools, request)?);
    }
    selected.sort_unstable();
    selected.dedup();
    Ok(selected)
}

/// The pools that a selector matches. A selector without a match is accepted if an earlier run has
/// already replaced the CIDR that it matched: then a pool has the values requested for its family.
fn matches(selector: &str, pools: &PoolList, request: &Request) -> Result<Vec<usize>, Refusal> {
    let matches = pools.indexes(|pool| is_match(selector, pool));
    if matches.len() > 1 {
        return Err(Refusal::new(format!(
            "--pool {} matches more than one pool: {}",
            quoted(selector),
            pools.describe(&matches)
        ))
        .fix("select by CIDR"));
    }
    if matches.len() == 1 {
        return Ok(matches);
    }
    let already_set = pools.indexes(|pool| is_already_set(pool, request));
    if already_set.is_empty() {
        return Err(no_match(selector, pools));
    }
    Ok(already_set)
}

/// Whether a selector is the name or the CIDR of a pool.
fn is_match(selector: &str, pool: &PoolView) -> bool {
    let network = selector.parse::<Cidr>().ok();
    pool.effective.name.as_deref() == Some(selector)
        || pool.written.cidr.as_deref() == Some(selector)
        || network.is_some() && pool.effective.network() == network.as_ref()
}

fn is_already_set(pool: &PoolView, request: &Request) -> bool {
    let Some(family) = family_of(pool) else {
        return false;
    };
    let fields = request.family(family);
    fields.cidr.is_some() && !PoolPlan::of(0, pool.written, fields).changes()
}

fn no_match(selector: &str, pools: &PoolList) -> Refusal {
    Refusal::new(format!("--pool {} matches no pool", quoted(selector)))
        .why(if pools.is_empty() {
            "the Installation has no pools".to_owned()
        } else {
            format!("the pools are {}", pools.describe_all())
        })
        .fix("select one of the pools by name or CIDR")
}

/// Refuses a selection with a pool that is in none of the plans.
pub(crate) fn check_used(
    selected: &[usize],
    plans: &[PoolPlan],
    pools: &PoolList,
) -> Result<(), Refusal> {
    let unused: Vec<usize> = selected
        .iter()
        .copied()
        .filter(|index| plans.iter().all(|plan| plan.index != *index))
        .collect();
    if unused.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(format!(
        "--pool selects a pool that no value applies to: {}",
        pools.describe(&unused)
    ))
    .why("each value applies only to its own address family")
    .fix("select another pool, or pass a value for its family"))
}

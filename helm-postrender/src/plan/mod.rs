//! From what is wanted and the pools that are there to the fields to set. Data in, data out: how
//! the fields are written is [`crate::edit::splice`]'s work.

pub(crate) mod choose;
pub(crate) mod cluster_fill;
mod known_pool;
mod missing_pools;
pub(crate) mod model;
pub(crate) mod request;

use calico_core::cidr::Family;
use calico_core::installation::Pool;

use crate::plan::choose::{Choice, Target};
use crate::plan::model::{PoolPlan, PoolView, set};
use crate::plan::request::Wanted;
use crate::refusal::Refusal;

/// Decides which pool each wanted field goes to.
pub(crate) fn plan(pools: &[PoolView], wanted: &Wanted) -> Result<Vec<PoolPlan>, Refusal> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let choice = Choice::new(pools, wanted)?;
    let mut plans = Vec::new();
    let mut appended = 0;
    for family in Family::BOTH {
        match choice.target(family)? {
            Target::Pools(indexes, fields) => {
                plans.extend(indexes.into_iter().filter_map(|index| {
                    let pool = pools.get(index)?;
                    Some(set(index, pool.written, &fields))
                }));
            }
            Target::New(fields) => {
                plans.push(PoolPlan {
                    is_new: true,
                    ..set(pools.len() + appended, &Pool::default(), &fields)
                });
                appended += 1;
            }
            Target::Nothing => {}
        }
    }
    choice.is_met(&plans)?;
    plans.sort_by_key(|plan| plan.index);
    Ok(plans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calico_core::cidr::Cidr;
    use calico_core::defaults::Effective;
    use calico_core::installation::Installation;
    use calico_core::operator::OperatorVersion;

    fn plan_for(pools: &str, wanted: &Wanted) -> Result<Vec<PoolPlan>, Refusal> {
        let document = format!("spec: {{calicoNetwork: {{ipPools: {pools}}}}}");
        let written = Installation::read(&serde_yaml::from_str(&document).unwrap());
        let effective = Effective::of(&written, OperatorVersion::NEWEST);
        let pools = written.pools.unwrap_or_default();
        let views: Vec<PoolView> = pools
            .iter()
            .zip(&effective.pools)
            .map(|(written, effective)| PoolView { written, effective })
            .collect();
        plan(&views, wanted)
    }

    fn cidr(text: &str) -> Wanted {
        let cidr: Cidr = text.parse().unwrap();
        let mut wanted = Wanted::default();
        wanted.family_mut(cidr.family()).cidr = Some(cidr);
        wanted
    }

    #[test]
    fn one_pool_of_the_family_is_the_one() {
        let plans = plan_for(
            "[{cidr: 10.0.0.0/16}, {cidr: 'fd00::/64'}]",
            &cidr("fd01::/64"),
        );
        let plans = plans.unwrap();
        assert_eq!(
            (plans.len(), plans[0].index, plans[0].is_new),
            (1, 1, false)
        );
        assert_eq!(plans[0].fields[0].old.as_deref(), Some("fd00::/64"));
    }

    #[test]
    fn no_pool_of_the_family_makes_one_behind_the_others() {
        let plans = plan_for("[{cidr: 10.0.0.0/16}]", &cidr("fd01::/64")).unwrap();
        assert_eq!((plans[0].index, plans[0].is_new), (1, true));
    }

    #[test]
    fn several_pools_need_a_choice() {
        let pools = "[{cidr: 10.0.0.0/16, name: a}, {cidr: 10.1.0.0/16, name: b}]";
        assert!(plan_for(pools, &cidr("10.9.0.0/16")).is_err());
        // Unless one of them has the CIDR already.
        assert_eq!(plan_for(pools, &cidr("10.1.0.0/16")).unwrap()[0].index, 1);
        for choice in ["b", "10.1.0.0/16", "10.001.0.0/16"] {
            let mut wanted = cidr("10.9.0.0/16");
            wanted.pools = vec![choice.to_owned()];
            let index = plan_for(pools, &wanted).map(|plans| plans[0].index);
            assert_eq!(
                index.ok(),
                (choice != "10.001.0.0/16").then_some(1),
                "{choice}"
            );
        }
    }

    #[test]
    fn a_choice_that_an_earlier_run_replaced_changes_nothing() {
        let mut wanted = cidr("10.9.0.0/16");
        wanted.pools = vec!["10.0.0.0/16".to_owned()];
        let plans = plan_for("[{cidr: 10.9.0.0/16}, {cidr: 10.1.0.0/16}]", &wanted).unwrap();
        assert_eq!(plans[0].index, 0);
        assert!(plans[0].fields.iter().all(|field| field.new.is_none()));
    }

    #[test]
    fn pools_for_services_are_not_meant_by_a_family() {
        let services = "[{cidr: 10.0.0.0/16, allowedUses: [LoadBalancer]}]";
        assert!(plan_for(services, &cidr("10.9.0.0/16")).unwrap()[0].is_new);
    }

    #[test]
    fn a_pool_without_a_cidr_is_not_passed_over() {
        assert!(plan_for("[{name: a}]", &cidr("10.9.0.0/16")).is_err());
        assert_eq!(
            plan_for("[{blockSize: 26}]", &cidr("10.9.0.0/16")).unwrap()[0].index,
            0
        );
        let mut wanted = cidr("10.9.0.0/16");
        wanted.pools = vec!["a".to_owned()];
        assert_eq!(plan_for("[{name: a}]", &wanted).unwrap()[0].index, 0);
    }

    #[test]
    fn an_equal_cidr_keeps_its_spelling() {
        let plans = plan_for("[{cidr: 'fd00:0::/64'}]", &cidr("fd00::/64")).unwrap();
        assert_eq!(plans[0].fields[0].new, None);
    }
}

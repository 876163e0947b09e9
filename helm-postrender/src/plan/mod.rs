//! From the request and the pools of the stream to the fields to set. How they are written is decided
//! in [`crate::edit`].

pub(crate) mod cluster_fill;
mod cluster_pool;
pub(crate) mod installation_view;
mod missing_pools;
pub(crate) mod model;
mod pool_list;
mod pool_selector;
pub(crate) mod request;
mod target;

use calico_core::cidr::Family;
use calico_core::installation::Pool;

use crate::plan::installation_view::PoolView;
use crate::plan::model::PoolPlan;
use crate::plan::pool_list::PoolList;
use crate::plan::request::Request;
use crate::plan::target::{Target, Targets};
use crate::refusal::Refusal;

/// Decides which pool each requested field is set in.
pub(crate) fn plan(pools: &[PoolView], request: &Request) -> Result<Vec<PoolPlan>, Refusal> {
    if request.is_empty() {
        return Ok(Vec::new());
    }
    let pools = PoolList(pools);
    let selected = pool_selector::select(&pools, request)?;
    let targets = Targets {
        pools: &pools,
        request,
        selected: &selected,
    };
    let mut plans = Vec::new();
    let mut added = 0;
    for family in Family::BOTH {
        match targets.of(family)? {
            Target::Pools(indexes, fields) => {
                plans.extend(indexes.into_iter().filter_map(|index| {
                    let pool = pools.get(index)?;
                    Some(PoolPlan::of(index, pool.written, &fields))
                }));
            }
            Target::New(fields) => {
                plans.push(PoolPlan {
                    is_new: true,
                    ..PoolPlan::of(pools.0.len() + added, &Pool::default(), &fields)
                });
                added += 1;
            }
            Target::Nothing => {}
        }
    }
    pool_selector::check_used(&selected, &plans, &pools)?;
    if plans.is_empty() {
        return Err(targets.no_pool_for_encapsulation());
    }
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

    fn plan_for(pools: &str, request: &Request) -> Result<Vec<PoolPlan>, Refusal> {
        let document = format!("spec: {{calicoNetwork: {{ipPools: {pools}}}}}");
        let written = Installation::read(&serde_yaml::from_str(&document).unwrap());
        let effective = Effective::of(&written, OperatorVersion::NEWEST);
        let pools = written.pools.unwrap_or_default();
        let views: Vec<PoolView> = pools
            .iter()
            .zip(&effective.pools)
            .map(|(written, effective)| PoolView { written, effective })
            .collect();
        plan(&views, request)
    }

    fn cidr(text: &str) -> Request {
        let cidr: Cidr = text.parse().unwrap();
        let mut request = Request::default();
        request.family_mut(cidr.family()).cidr = Some(cidr);
        request
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
    fn without_a_pool_of_the_family_one_is_added_at_the_end() {
        let plans = plan_for("[{cidr: 10.0.0.0/16}]", &cidr("fd01::/64")).unwrap();
        assert_eq!((plans[0].index, plans[0].is_new), (1, true));
    }

    #[test]
    fn several_pools_need_a_selector() {
        let pools = "[{cidr: 10.0.0.0/16, name: a}, {cidr: 10.1.0.0/16, name: b}]";
        assert!(plan_for(pools, &cidr("10.9.0.0/16")).is_err());
        // Unless one of them has the CIDR already.
        assert_eq!(plan_for(pools, &cidr("10.1.0.0/16")).unwrap()[0].index, 1);
        for selector in ["b", "10.1.0.0/16", "10.001.0.0/16"] {
            let mut request = cidr("10.9.0.0/16");
            request.selectors = vec![selector.to_owned()];
            let index = plan_for(pools, &request).map(|plans| plans[0].index);
            assert_eq!(
                index.ok(),
                (selector != "10.001.0.0/16").then_some(1),
                "{selector}"
            );
        }
    }

    #[test]
    fn a_selector_that_an_earlier_run_replaced_changes_nothing() {
        let mut request = cidr("10.9.0.0/16");
        request.selectors = vec!["10.0.0.0/16".to_owned()];
        let plans = plan_for("[{cidr: 10.9.0.0/16}, {cidr: 10.1.0.0/16}]", &request).unwrap();
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
        let mut request = cidr("10.9.0.0/16");
        request.selectors = vec!["a".to_owned()];
        assert_eq!(plan_for("[{name: a}]", &request).unwrap()[0].index, 0);
    }

    #[test]
    fn an_equal_cidr_keeps_its_notation() {
        let plans = plan_for("[{cidr: 'fd00:0::/64'}]", &cidr("fd00::/64")).unwrap();
        assert_eq!(plans[0].fields[0].new, None);
    }
}

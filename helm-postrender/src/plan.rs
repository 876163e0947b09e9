//! From what is wanted and the pools that are there to the fields to set. Data in, data out: how
//! the fields are written is [`crate::splice`]'s work.

use std::fmt;

use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::EffectivePool;
use calico_core::installation::Pool;
use calico_core::pool::Field;
use calico_core::text::shown;

use crate::choose::{Choice, Target};
use crate::error::Refusal;
use crate::wanted::{Fields, Value, Wanted};

/// The fields to set in one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolPlan {
    /// Its place among the pools; one past the last for a new pool.
    pub index: usize,
    /// Whether the pool has to be made.
    pub is_new: bool,
    /// Each field that was asked for.
    pub fields: Vec<FieldPlan>,
    /// Fields that the pool lacks and a live one has.
    pub others: Vec<Copied>,
}

impl PoolPlan {
    /// Whether anything is to be written.
    pub(crate) fn changes(&self) -> bool {
        !self.others.is_empty() || self.fields.iter().any(|field| field.new.is_some())
    }
}

/// A field that nothing here sets, as a live pool has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Its key.
    pub key: String,
    /// A scalar, or a list of scalars.
    pub value: serde_yaml::Value,
    /// The live pool's name.
    pub pool: String,
}

/// A field that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPlan {
    /// Which.
    pub field: Field,
    /// The value it has, if any.
    pub old: Option<String>,
    /// The value to write; none where the field already means what is wanted, and keeps its bytes.
    pub new: Option<Value>,
    /// Who says so.
    pub source: Source,
}

/// Who says what a field is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The command line.
    Flag,
    /// The live pool of this name has it.
    LivePool(String),
    /// The plan of the cluster: it needs it.
    Plan,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("as the command line says"),
            Self::LivePool(name) => write!(f, "as the live pool {} has it", shown(name)),
            Self::Plan => f.write_str("as the plan of the cluster says"),
        }
    }
}

/// A pool as this module sees it: what was written and what the operator makes of it.
#[derive(Clone, Copy)]
pub struct PoolView<'a> {
    /// As written.
    pub written: &'a Pool,
    /// With the operator's defaults.
    pub effective: &'a EffectivePool,
}

/// Decides which pool each wanted field goes to.
pub fn plan(pools: &[PoolView], wanted: &Wanted) -> Result<Vec<PoolPlan>, Refusal> {
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

/// The plan that sets `fields` in a pool.
pub(crate) fn set(index: usize, pool: &Pool, fields: &Fields) -> PoolPlan {
    let field = |(field, value): (Field, Value)| {
        let (old, same) = match (field, &value) {
            (Field::Cidr, _) => (pool.cidr.clone(), is_cidr(pool, fields.cidr)),
            (Field::BlockSize, Value::Integer(size)) => (
                pool.block_size.map(|size| size.to_string()),
                pool.block_size == Some(i64::from(*size)),
            ),
            _ => (
                pool.encapsulation.clone(),
                pool.encapsulation == Some(value.to_string()),
            ),
        };
        FieldPlan {
            field,
            old,
            new: (!same).then_some(value),
            source: Source::Flag,
        }
    };
    PoolPlan {
        index,
        is_new: false,
        fields: fields.values().map(field).collect(),
        others: Vec::new(),
    }
}

/// Whether the pool's CIDR is this network, however it is spelt. The operator knows a live pool
/// by the text of its CIDR: another spelling would have it delete the pool and make a new one.
pub(crate) fn is_cidr(pool: &Pool, wanted: Option<Cidr>) -> bool {
    let written = pool.cidr.as_deref().and_then(|cidr| cidr.parse().ok());
    written.is_some() && written == wanted
}

#[cfg(test)]
mod tests {
    use super::*;
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

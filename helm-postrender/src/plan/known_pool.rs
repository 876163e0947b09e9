//! What is known of one pool, from the cluster: a live pool has it, or the cluster needs it.

use calico_core::cluster_plan::{ExistingPool, PlannedPool};
use calico_core::installation::Pool;
use calico_core::pool::Field;
use serde_yaml::Mapping;

use crate::plan::model::{Copied, FieldPlan, PoolPlan, Source};
use crate::plan::request::{Value, flag};
use crate::refusal::Refusal;

/// The fields of a pool, and who tells them.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) cidr: Option<String>,
    block_size: Option<u8>,
    encapsulation: Option<String>,
    /// What else a live pool has.
    others: Mapping,
    source: Source,
}

impl Known {
    pub(crate) fn live(live: &ExistingPool) -> Self {
        Self {
            cidr: Some(live.cidr.clone()),
            block_size: live.block_size.try_into().ok(),
            encapsulation: Some(live.encapsulation.clone()),
            others: live.others.clone(),
            source: Source::ExistingPool(live.name.clone()),
        }
    }

    pub(crate) fn planned(pool: &PlannedPool) -> Self {
        Self {
            cidr: pool.cidr.clone(),
            block_size: pool.block_size,
            encapsulation: pool.encapsulation.clone(),
            others: Mapping::new(),
            source: Source::Plan,
        }
    }

    pub(crate) fn pool(&self) -> Pool {
        Pool {
            cidr: self.cidr.clone(),
            block_size: self.block_size.map(i64::from),
            encapsulation: self.encapsulation.clone(),
            ..Pool::of(self.others.clone())
        }
    }

    fn value(&self, field: Field) -> Option<Value> {
        match field {
            Field::Cidr => self.cidr.clone().map(Value::Text),
            Field::BlockSize => self.block_size.map(Value::Integer),
            Field::Encapsulation => self.encapsulation.clone().map(Value::Text),
        }
    }

    /// Adds to a plan what no flag gives and the pool does not have. A pool that is not in the
    /// stream yet must have all of it. The fields of a plan are in their order.
    pub(crate) fn complete(
        &self,
        plan: &mut PoolPlan,
        has: impl Fn(&str) -> bool,
    ) -> Result<(), Refusal> {
        if let Source::ExistingPool(pool) = &self.source {
            let others = self.others.iter().filter_map(|(key, value)| {
                let (key, value, pool) = (key.as_str()?.to_owned(), value.clone(), pool.clone());
                (!has(&key)).then_some(Copied { key, value, pool })
            });
            plan.others = others.collect();
        }
        let mut given = std::mem::take(&mut plan.fields).into_iter().peekable();
        for field in Field::ALL {
            let value = self.value(field);
            match given.next_if(|given| given.field == field) {
                Some(given) if plan.is_new => plan.fields.push(FieldPlan {
                    old: None,
                    new: given.new.or(value),
                    ..given
                }),
                Some(given) => plan.fields.push(given),
                None if has(field.key()) => {}
                None if value.is_none() && plan.is_new => return Err(no_value(field)),
                None => plan.fields.extend(value.map(|value| FieldPlan {
                    field,
                    old: None,
                    new: Some(value),
                    source: self.source.clone(),
                })),
            }
        }
        Ok(())
    }
}

fn no_value(field: Field) -> Refusal {
    Refusal::new(format!("nothing tells the {} of a new pool", field.key()))
        .why("the plan of the cluster does not")
        .fix(format!("say it with {}", flag(field)))
}

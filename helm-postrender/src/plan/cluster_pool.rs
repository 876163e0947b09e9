//! What the cluster says about one pool: an existing pool, or one that the cluster needs.

use calico_core::cluster_plan::{ExistingPool, PlannedPool};
use calico_core::installation::Pool;
use calico_core::pool::Field;
use serde_yaml::Mapping;

use crate::plan::model::{CopiedField, FieldPlan, PoolPlan, ValueSource};
use crate::plan::request::{FieldValue, flag};
use crate::refusal::Refusal;

/// The fields of a pool, as far as the cluster has or needs them.
#[derive(Clone)]
pub(crate) struct ClusterPool {
    pub(crate) cidr: Option<String>,
    block_size: Option<u8>,
    encapsulation: Option<String>,
    /// Its other fields.
    other_fields: Mapping,
    source: ValueSource,
}

impl ClusterPool {
    pub(crate) fn existing(pool: &ExistingPool) -> Self {
        Self {
            cidr: Some(pool.cidr.clone()),
            block_size: pool.block_size.try_into().ok(),
            encapsulation: Some(pool.encapsulation.clone()),
            other_fields: pool.other_fields.clone(),
            source: ValueSource::ExistingPool(pool.name.clone()),
        }
    }

    pub(crate) fn planned(pool: &PlannedPool) -> Self {
        Self {
            cidr: pool.cidr.clone(),
            block_size: pool.block_size,
            encapsulation: pool.encapsulation.clone(),
            other_fields: pool.other_fields.clone(),
            source: ValueSource::ClusterPlan,
        }
    }

    /// The entry that an Installation would have for the pool.
    pub(crate) fn entry(&self) -> Pool {
        Pool {
            cidr: self.cidr.clone(),
            block_size: self.block_size.map(i64::from),
            encapsulation: self.encapsulation.clone(),
            ..Pool::of(self.other_fields.clone())
        }
    }

    fn value(&self, field: Field) -> Option<FieldValue> {
        match field {
            Field::Cidr => self.cidr.clone().map(FieldValue::Text),
            Field::BlockSize => self.block_size.map(FieldValue::Integer),
            Field::Encapsulation => self.encapsulation.clone().map(FieldValue::Text),
        }
    }

    /// Adds to a plan the fields that are neither requested nor, according to `has`, in the
    /// stream's pool. A new pool must get all three.
    pub(crate) fn complete(
        &self,
        plan: &mut PoolPlan,
        has: impl Fn(&str) -> bool,
    ) -> Result<(), Refusal> {
        plan.copied = self.copied_fields(&has);
        // The fields of a plan are in the order of the fields.
        let mut requested = std::mem::take(&mut plan.fields).into_iter().peekable();
        for field in Field::ALL {
            let known = self.value(field);
            match requested.next_if(|requested| requested.field == field) {
                Some(requested) if plan.is_new => plan.fields.push(FieldPlan {
                    old: None,
                    new: requested.new.or(known),
                    ..requested
                }),
                Some(requested) => plan.fields.push(requested),
                None if has(field.key()) => {}
                None if known.is_none() && plan.is_new => return Err(unknown_value(field)),
                None => plan.fields.extend(known.map(|known| FieldPlan {
                    field,
                    old: None,
                    new: Some(known),
                    source: self.source.clone(),
                })),
            }
        }
        Ok(())
    }

    /// The other fields that the stream's pool does not have.
    fn copied_fields(&self, has: impl Fn(&str) -> bool) -> Vec<CopiedField> {
        self.other_fields
            .iter()
            .filter_map(|(key, value)| {
                let key = key.as_str().filter(|key| !has(key))?;
                Some(CopiedField {
                    key: key.to_owned(),
                    value: value.clone(),
                    source: self.source.clone(),
                })
            })
            .collect()
    }
}

fn unknown_value(field: Field) -> Refusal {
    Refusal::new(format!("the {} of a new pool is unknown", field.key()))
        .why("the cluster plan does not contain it")
        .fix(format!("set it with {}", flag(field)))
}

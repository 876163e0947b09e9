//! What becomes of each field of each pool.

use std::fmt;

use calico_core::cidr::Cidr;
use calico_core::defaults::EffectivePool;
use calico_core::installation::Pool;
use calico_core::pool::Field;
use calico_core::text::shown;

use crate::plan::request::{Fields, Value};

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
    ExistingPool(String),
    /// The plan of the cluster: it needs it.
    Plan,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("as the command line says"),
            Self::ExistingPool(name) => write!(f, "as the live pool {} has it", shown(name)),
            Self::Plan => f.write_str("as the plan of the cluster says"),
        }
    }
}

/// A pool as this module sees it: what was written and what the operator makes of it.
#[derive(Clone, Copy)]
pub(crate) struct PoolView<'a> {
    /// As written.
    pub written: &'a Pool,
    /// With the operator's defaults.
    pub effective: &'a EffectivePool,
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

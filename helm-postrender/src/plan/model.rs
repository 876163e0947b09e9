//! The plan for each field of each pool.

use std::fmt;

use calico_core::cidr::Cidr;
use calico_core::installation::{Pool, path};
use calico_core::pool::Field;
use calico_core::text::shown;

use crate::plan::request::{FieldValue, Fields};

/// The fields to set in one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolPlan {
    /// The index of the pool; for a new pool, one that follows those of the stream.
    pub index: usize,
    /// Whether the stream does not have the pool.
    pub is_new: bool,
    /// The fields that are requested, or filled in from the cluster.
    pub fields: Vec<FieldPlan>,
    /// Other fields of the cluster's pool that the stream does not have.
    pub copied: Vec<CopiedField>,
}

/// One of the three fields that this program sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPlan {
    /// The field.
    pub field: Field,
    /// Its value in the stream.
    pub old: Option<String>,
    /// The value to write; none if the field already has it, and keeps its bytes.
    pub new: Option<FieldValue>,
    /// Where the value is from.
    pub source: ValueSource,
}

/// A field that this program does not set, copied from the cluster's pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedField {
    /// Its key.
    pub key: String,
    /// A scalar, or a list of scalars.
    pub value: serde_yaml::Value,
    /// Where the value is from.
    pub source: ValueSource,
}

impl CopiedField {
    /// The value as shown to a person.
    pub(crate) fn text(&self) -> String {
        match self.value.as_str() {
            Some(text) => text.to_owned(),
            None => serde_json::to_string(&self.value).unwrap_or_default(),
        }
    }
}

/// Where the value of a field is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueSource {
    /// The command line.
    Flag,
    /// The existing pool of this name.
    ExistingPool(String),
    /// What the cluster needs, by its plan.
    ClusterPlan,
}

impl fmt::Display for ValueSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("from the command line"),
            Self::ExistingPool(name) => write!(f, "from the existing pool {}", shown(name)),
            Self::ClusterPlan => f.write_str("from the cluster plan"),
        }
    }
}

impl PoolPlan {
    /// The plan that sets `fields` in a pool of the stream.
    pub(crate) fn of(index: usize, pool: &Pool, fields: &Fields) -> Self {
        Self {
            index,
            is_new: false,
            fields: fields
                .values()
                .map(|(field, value)| FieldPlan::of(field, value, pool, fields))
                .collect(),
            copied: Vec::new(),
        }
    }

    /// The path of a field of the pool.
    pub(crate) fn path(&self, key: &str) -> String {
        path::pool_field(self.index, key)
    }

    /// Whether anything is to be written.
    pub(crate) fn changes(&self) -> bool {
        !self.copied.is_empty() || self.fields.iter().any(|field| field.new.is_some())
    }
}

impl FieldPlan {
    fn of(field: Field, value: FieldValue, pool: &Pool, fields: &Fields) -> Self {
        let old = match field {
            Field::Cidr => pool.cidr.clone(),
            Field::BlockSize => pool.block_size.map(|size| size.to_string()),
            Field::Encapsulation => pool.encapsulation.clone(),
        };
        let is_set = if field == Field::Cidr {
            has_cidr(pool, fields.cidr)
        } else {
            old == Some(value.to_string())
        };
        Self {
            field,
            old,
            new: (!is_set).then_some(value),
            source: ValueSource::Flag,
        }
    }
}

/// Whether a pool has this CIDR, in any notation. The operator identifies an existing pool by the
/// text of its CIDR: with another notation it would delete the pool and create a new one.
pub(crate) fn has_cidr(pool: &Pool, cidr: Option<Cidr>) -> bool {
    let own = pool.cidr.as_deref().and_then(|cidr| cidr.parse().ok());
    own.is_some() && own == cidr
}

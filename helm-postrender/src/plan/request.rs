//! What a run was asked to set: one set of fields for each address family.

use std::fmt;

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::{BlockSize, Encapsulation, Field};

/// The fields to set, and in which pools.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// For the IPv4 pool.
    pub v4: Fields,
    /// For the IPv6 pool.
    pub v6: Fields,
    /// An encapsulation for every pool, given without a family.
    pub every_pool: Option<Encapsulation>,
    /// The selectors of `--pool`: names or CIDRs, for families with several pools.
    pub selectors: Vec<String>,
}

/// The fields to set in one pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// `cidr`
    pub cidr: Option<Cidr>,
    /// `blockSize`
    pub block_size: Option<BlockSize>,
    /// `encapsulation`
    pub encapsulation: Option<Encapsulation>,
}

/// The flag that sets a field.
pub(crate) fn flag(field: Field) -> &'static str {
    match field {
        Field::Cidr => "--cidr",
        Field::BlockSize => "--block-size",
        Field::Encapsulation => "--encapsulation",
    }
}

/// A value to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// A string.
    Text(String),
    /// An integer.
    Integer(u8),
}

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => number.fmt(f),
        }
    }
}

impl Fields {
    /// Whether there is nothing to set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The fields to set and their values, in the order in which they are written.
    pub fn values(&self) -> impl Iterator<Item = (Field, FieldValue)> {
        let cidr = self
            .cidr
            .map(|cidr| (Field::Cidr, FieldValue::Text(cidr.to_string())));
        let block_size = self
            .block_size
            .map(|size| (Field::BlockSize, FieldValue::Integer(size.prefix())));
        let encapsulation = self.encapsulation.map(|encapsulation| {
            (
                Field::Encapsulation,
                FieldValue::Text(encapsulation.to_string()),
            )
        });
        [cidr, block_size, encapsulation].into_iter().flatten()
    }
}

impl Request {
    /// The fields that are given for a family.
    pub fn family(&self, family: Family) -> &Fields {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    /// The fields that are given for a family, to change.
    pub fn family_mut(&mut self, family: Family) -> &mut Fields {
        match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        }
    }

    /// The fields to set in the pools of a family, including those for every pool.
    pub fn fields(&self, family: Family) -> Fields {
        let given = self.family(family);
        Fields {
            encapsulation: given.encapsulation.or(self.every_pool),
            ..*given
        }
    }

    /// Whether there is nothing to set, so that the run only validates.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty() && self.every_pool.is_none()
    }
}

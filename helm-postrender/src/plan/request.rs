//! What a run was asked to set, one set of fields for each address family.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::{BlockSize, Encapsulation, Field};

/// The fields asked for, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// For the IPv4 pool.
    pub v4: Fields,
    /// For the IPv6 pool.
    pub v6: Fields,
    /// An encapsulation for every pool that matches, when no family is named.
    pub every: Option<Encapsulation>,
    /// Which pools to edit, by name or CIDR, where the family alone does not tell.
    pub pools: Vec<String>,
}

/// The three fields of one pool.
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
pub enum Value {
    /// A string.
    Text(String),
    /// An integer.
    Integer(u8),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => number.fmt(f),
        }
    }
}

impl Fields {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The fields that are asked for, in the order in which they are written.
    pub fn values(&self) -> impl Iterator<Item = (Field, Value)> {
        let cidr = self
            .cidr
            .map(|cidr| (Field::Cidr, Value::Text(cidr.to_string())));
        let block_size = self
            .block_size
            .map(|size| (Field::BlockSize, Value::Integer(size.prefix())));
        let encapsulation = self
            .encapsulation
            .map(|e| (Field::Encapsulation, Value::Text(e.to_string())));
        [cidr, block_size, encapsulation].into_iter().flatten()
    }
}

impl Wanted {
    /// The fields for a family.
    pub fn family(&self, family: Family) -> &Fields {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    /// The fields for a family, with what is for every pool.
    pub fn fields(&self, family: Family) -> Fields {
        let own = self.family(family);
        Fields {
            encapsulation: own.encapsulation.or(self.every),
            ..*own
        }
    }

    /// The fields for a family, to change.
    pub fn family_mut(&mut self, family: Family) -> &mut Fields {
        match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        }
    }

    /// Whether no field is asked for, so that a run only validates.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty() && self.every.is_none()
    }
}

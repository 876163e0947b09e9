//! Whose the addresses of an IPAM block are.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An entry of `spec.attributes`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attribute {
    /// Addresses without one are never released.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle_id: Option<Nameless>,
    pub secondary: Owner,
    /// The other owner of an address during a live migration of a virtual machine (3.32 and later).
    #[serde(
        rename = "alternateOwnerAttrs",
        skip_serializing_if = "Option::is_none"
    )]
    pub alternate: Option<Other>,
}

/// `secondary` of an attribute: the owner of addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Owner {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<Box<str>>,
    /// Such as `vxlanTunnelAddress`; not set for a pod.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
    /// `windows host rsvd` for the addresses that a Windows node needs itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod: Option<Nameless>,
    #[serde(rename = "vmi-name", skip_serializing_if = "Option::is_none")]
    pub virtual_machine: Option<Nameless>,
}

/// Something whose name is not kept: an empty string in a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "&'static str")]
pub struct Nameless;

impl From<String> for Nameless {
    fn from(_: String) -> Self {
        Self
    }
}

impl From<Nameless> for &'static str {
    fn from(_: Nameless) -> Self {
        ""
    }
}

/// An object of which nothing is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {}

/// `spec.attributes`. Without names they are nearly all equal, so that each is stored once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    distinct: Vec<Attribute>,
    indexes: Vec<u16>,
}

impl Attributes {
    /// The entry at an index of the list.
    pub fn get(&self, index: usize) -> Option<&Attribute> {
        self.distinct.get(usize::from(*self.indexes.get(index)?))
    }

    fn iter(&self) -> impl Iterator<Item = &Attribute> {
        (0..self.indexes.len()).filter_map(|index| self.get(index))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.indexes.is_empty()
    }

    fn push(&mut self, attribute: Attribute) {
        let known = self.distinct.iter().position(|known| *known == attribute);
        let index = known.unwrap_or_else(|| {
            self.distinct.push(attribute);
            self.distinct.len() - 1
        });
        self.indexes.push(u16::try_from(index).unwrap_or(u16::MAX));
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(AttributesVisitor)
    }
}

struct AttributesVisitor;

impl<'de> Visitor<'de> for AttributesVisitor {
    type Value = Attributes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Attributes, A::Error> {
        let mut all = Attributes::default();
        while let Some(attribute) = seq.next_element()? {
            all.push(attribute);
        }
        // Thousands of blocks are kept.
        all.distinct.shrink_to_fit();
        all.indexes.shrink_to_fit();
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_attributes_are_stored_once_and_written_as_they_were() {
        let text = r#"[{"handle_id":"","secondary":{"node":"a","pod":""}},{"secondary":{}},{"handle_id":"","secondary":{"node":"a","pod":""}}]"#;
        let attributes: Attributes = serde_json::from_str(text).unwrap();
        assert_eq!(attributes.distinct.len(), 2);
        let node = |index| attributes.get(index)?.secondary.node.as_deref();
        assert_eq!(
            [node(0), node(1), node(2), node(3)],
            [Some("a"), None, Some("a"), None]
        );
        assert_eq!(serde_json::to_string(&attributes).unwrap(), text);
    }
}

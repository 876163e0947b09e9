//! The size of the blocks that a pool is divided into.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::cidr::Family;
use crate::text::quoted;

/// The prefix length of a pool's blocks. Each node gets at least one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockSize(u8);

impl BlockSize {
    /// A prefix length that is a block size of one of the families.
    pub fn new(prefix: u8) -> Option<Self> {
        let mut families = Family::BOTH.into_iter();
        families
            .any(|family| Self::range(family).contains(&prefix))
            .then_some(Self(prefix))
    }

    /// What the operator accepts for a family: /20 to /32, or /116 to /128.
    /// Source: tigera/operator v1.42.3, pkg/controller/ippool/validation.go.
    pub fn range(family: Family) -> RangeInclusive<u8> {
        match family {
            Family::V4 => 20..=32,
            Family::V6 => 116..=128,
        }
    }

    /// The family that it is for. The ranges of the two families do not overlap.
    pub fn family(self) -> Family {
        if self.0 <= 32 { Family::V4 } else { Family::V6 }
    }

    /// The prefix length.
    pub fn prefix(self) -> u8 {
        self.0
    }
}

impl fmt::Display for BlockSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A string that is not a valid block size for either family.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} is not a block size: use a prefix length from 20 to 32 for IPv4, or from 116 to 128 for IPv6",
    quoted(.0)
)]
pub struct BlockSizeError(pub String);

impl FromStr for BlockSize {
    type Err = BlockSizeError;

    fn from_str(text: &str) -> Result<Self, BlockSizeError> {
        // u8::from_str accepts a leading plus sign.
        let is_number = text.bytes().all(|b| b.is_ascii_digit());
        let size = text.parse().ok().filter(|_| is_number);
        size.and_then(Self::new)
            .ok_or_else(|| BlockSizeError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_determines_the_family() {
        for (text, family) in [
            ("20", Family::V4),
            ("32", Family::V4),
            ("116", Family::V6),
            ("128", Family::V6),
        ] {
            let size: BlockSize = text.parse().unwrap();
            assert_eq!(size.family(), family, "{text}");
        }
        for text in [
            "", "19", "33", "115", "129", "+26", "-26", "26 ", "x", "1e2",
        ] {
            assert!(text.parse::<BlockSize>().is_err(), "{text}");
        }
    }
}

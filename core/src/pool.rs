//! The parts of a pool that the two programs set, plan and judge.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::cidr::Family;
use crate::text::{closest, quoted};

/// One of the three fields of a pool that `helm-postrender` sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `cidr`
    Cidr,
    /// `blockSize`
    BlockSize,
    /// `encapsulation`
    Encapsulation,
}

impl Field {
    /// All three, in the order in which they are written.
    pub const ALL: [Self; 3] = [Self::Cidr, Self::BlockSize, Self::Encapsulation];

    /// Its key in a pool of the Installation.
    pub fn key(self) -> &'static str {
        match self {
            Self::Cidr => "cidr",
            Self::BlockSize => "blockSize",
            Self::Encapsulation => "encapsulation",
        }
    }
}

/// The value of `allowedUses` that makes a pool one for Services, not for pods.
pub const LOAD_BALANCER: &str = "LoadBalancer";

/// How a pool's traffic crosses nodes, in the operator's spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encapsulation {
    /// IP in IP, always.
    Ipip,
    /// IP in IP between subnets, plain routes inside one.
    IpipCrossSubnet,
    /// VXLAN, always.
    Vxlan,
    /// VXLAN between subnets, plain routes inside one.
    VxlanCrossSubnet,
    /// Plain routes only.
    None,
}

impl Encapsulation {
    /// The values of the enum in the Installation's CRD, in its order.
    pub const NAMES: [&'static str; 5] = [
        "IPIPCrossSubnet",
        "IPIP",
        "VXLAN",
        "VXLANCrossSubnet",
        "None",
    ];

    /// Whether it is one of the two that need IP in IP.
    pub fn is_ipip(self) -> bool {
        matches!(self, Self::Ipip | Self::IpipCrossSubnet)
    }

    /// Whether it is one of the two that need VXLAN.
    pub fn is_vxlan(self) -> bool {
        matches!(self, Self::Vxlan | Self::VxlanCrossSubnet)
    }
}

impl fmt::Display for Encapsulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ipip => "IPIP",
            Self::IpipCrossSubnet => "IPIPCrossSubnet",
            Self::Vxlan => "VXLAN",
            Self::VxlanCrossSubnet => "VXLANCrossSubnet",
            Self::None => "None",
        })
    }
}

impl Serialize for Encapsulation {
    /// The operator's spelling.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that is none of [`Encapsulation::NAMES`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not an encapsulation{}: it is one of {}", quoted(.0), did_you_mean(.0), Encapsulation::NAMES.join(", "))]
pub struct UnknownEncapsulation(pub String);

/// ` (did you mean VXLAN?)`, or nothing when no known name is close to `text`.
pub fn did_you_mean(text: &str) -> String {
    closest(text, &Encapsulation::NAMES)
        .map(|name| format!(" (did you mean {name}?)"))
        .unwrap_or_default()
}

impl FromStr for Encapsulation {
    type Err = UnknownEncapsulation;

    /// Case counts, as it does in the CRD's enum.
    fn from_str(text: &str) -> Result<Self, UnknownEncapsulation> {
        match text {
            "IPIP" => Ok(Self::Ipip),
            "IPIPCrossSubnet" => Ok(Self::IpipCrossSubnet),
            "VXLAN" => Ok(Self::Vxlan),
            "VXLANCrossSubnet" => Ok(Self::VxlanCrossSubnet),
            "None" => Ok(Self::None),
            _ => Err(UnknownEncapsulation(text.to_owned())),
        }
    }
}

/// The prefix length of the blocks that a pool is cut into, one or more for each node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockSize(u8);

impl BlockSize {
    /// What the operator accepts for a family: /20 to /32, or /116 to /128.
    /// Source: tigera/operator v1.42.3, pkg/controller/ippool/validation.go.
    pub fn range(family: Family) -> RangeInclusive<u8> {
        match family {
            Family::V4 => 20..=32,
            Family::V6 => 116..=128,
        }
    }

    /// What the operator fills in: /26 (64 addresses) or /122 (64).
    /// Source: tigera/operator v1.42.3, pkg/controller/ippool/defaults.go.
    pub fn default_for(family: Family) -> u8 {
        match family {
            Family::V4 => 26,
            Family::V6 => 122,
        }
    }

    /// The family that its value tells: the two ranges do not meet.
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

/// A text that is a block size of neither family.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a block size: it is a prefix length from 20 to 32 for IPv4, or from 116 to 128 for IPv6", quoted(.0))]
pub struct BlockSizeError(pub String);

impl FromStr for BlockSize {
    type Err = BlockSizeError;

    fn from_str(text: &str) -> Result<Self, BlockSizeError> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u8>()
            .ok()
            .filter(|size| digits && Family::BOTH.iter().any(|f| Self::range(*f).contains(size)))
            .map(Self)
            .ok_or_else(|| BlockSizeError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_tells_the_family_of_a_block_size() {
        for (text, family) in [
            ("20", Family::V4),
            ("32", Family::V4),
            ("116", Family::V6),
            ("128", Family::V6),
        ] {
            assert_eq!(
                text.parse::<BlockSize>().unwrap().family(),
                family,
                "{text}"
            );
        }
        for text in [
            "", "19", "33", "115", "129", "+26", "-26", "26 ", "x", "1e2",
        ] {
            assert!(text.parse::<BlockSize>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_name_is_read_and_shown_alike() {
        for name in Encapsulation::NAMES {
            assert_eq!(name.parse::<Encapsulation>().unwrap().to_string(), name);
        }
        let error = "vxlan".parse::<Encapsulation>().unwrap_err();
        assert!(error.to_string().contains("did you mean VXLAN?"), "{error}");
    }
}

//! How the traffic of a pool crosses nodes.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::text::{closest, quoted};

/// The encapsulation of a pool, as the Installation names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encapsulation {
    /// IPIP between all nodes.
    Ipip,
    /// IPIP between nodes of different subnets, unencapsulated within a subnet.
    IpipCrossSubnet,
    /// VXLAN between all nodes.
    Vxlan,
    /// VXLAN between nodes of different subnets, unencapsulated within a subnet.
    VxlanCrossSubnet,
    /// Unencapsulated.
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

    /// Whether it is IPIP or IPIPCrossSubnet.
    pub fn is_ipip(self) -> bool {
        matches!(self, Self::Ipip | Self::IpipCrossSubnet)
    }

    /// Whether it is VXLAN or VXLANCrossSubnet.
    pub fn is_vxlan(self) -> bool {
        matches!(self, Self::Vxlan | Self::VxlanCrossSubnet)
    }

    /// Whether it is IPIPCrossSubnet or VXLANCrossSubnet, which leave traffic within a subnet unencapsulated.
    pub fn is_cross_subnet(self) -> bool {
        matches!(self, Self::IpipCrossSubnet | Self::VxlanCrossSubnet)
    }

    /// Whether any traffic between nodes is unencapsulated: all, or that within a subnet.
    pub fn is_ever_unencapsulated(self) -> bool {
        self == Self::None || self.is_cross_subnet()
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
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A string that is none of [`Encapsulation::NAMES`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} is not an encapsulation{}; valid values: {}",
    quoted(.0),
    did_you_mean(.0),
    Encapsulation::NAMES.join(", ")
)]
pub struct UnknownEncapsulation(pub String);

/// ` (did you mean VXLAN?)`, or nothing if no name is close to `text`.
pub(crate) fn did_you_mean(text: &str) -> String {
    closest(text, &Encapsulation::NAMES)
        .map(|name| format!(" (did you mean {name}?)"))
        .unwrap_or_default()
}

impl FromStr for Encapsulation {
    type Err = UnknownEncapsulation;

    /// Case-sensitive, like the CRD's enum.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_and_shown_alike() {
        for name in Encapsulation::NAMES {
            assert_eq!(name.parse::<Encapsulation>().unwrap().to_string(), name);
        }
        let error = "vxlan".parse::<Encapsulation>().unwrap_err();
        assert!(error.to_string().contains("did you mean VXLAN?"), "{error}");
    }
}

//! CIDRs as Go's `net.ParseCIDR` reads them, which is how the operator reads them.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Serialize, Serializer};

use crate::text::quoted;

/// An address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// Both families, IPv4 first, as Calico lists them.
    pub const BOTH: [Self; 2] = [Self::V4, Self::V6];

    /// The number of bits in an address: 32 or 128.
    pub fn bits(self) -> u8 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }

    /// Its name on a command line, before the value for it: `v4`.
    pub fn key(self) -> &'static str {
        match self {
            Self::V4 => "v4",
            Self::V6 => "v6",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// An address and a prefix length. Host bits can be set: the operator accepts such a CIDR, so
/// rejecting it is up to a rule ([`crate::rules`]), not to the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cidr {
    net: IpNet,
}

/// A string that is not a CIDR, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a CIDR: {why}", quoted(text))]
pub struct CidrError {
    /// The text.
    pub text: String,
    why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Why {
    #[error("it has no prefix length (write it like 10.244.0.0/16)")]
    NoPrefix,
    #[error("{} is not an IP address", quoted(.0))]
    Address(String),
    #[error("the prefix length {} is not a number from 0 to {max}", quoted(prefix))]
    Prefix { prefix: String, max: u8 },
    #[error("an IPv6 zone (%eth0) is not allowed in a CIDR")]
    Zone,
}

impl FromStr for Cidr {
    type Err = CidrError;

    /// Accepts what `net.ParseCIDR` (Go 1.24, `src/net/ip.go`) accepts: leading zeros in the
    /// prefix length but not in the address, and no surrounding space.
    fn from_str(text: &str) -> Result<Self, CidrError> {
        let error = |why| CidrError {
            text: text.to_owned(),
            why,
        };
        let (address, prefix) = text.split_once('/').ok_or_else(|| error(Why::NoPrefix))?;
        if address.contains('%') {
            return Err(error(Why::Zone));
        }
        let address: IpAddr = address
            .parse()
            .map_err(|_| error(Why::Address(address.to_owned())))?;
        let max = if address.is_ipv4() { 32 } else { 128 };
        // u8::from_str accepts a leading plus sign, which Go does not.
        let is_number = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit());
        let length = match prefix.trim_start_matches('0') {
            _ if !is_number => None,
            "" => Some(0),
            significant => significant.parse::<u8>().ok(),
        };
        length
            .and_then(|length| IpNet::new(address, length).ok())
            .map(|net| Self { net })
            .ok_or_else(|| {
                error(Why::Prefix {
                    prefix: prefix.to_owned(),
                    max,
                })
            })
    }
}

impl fmt::Display for Cidr {
    /// The canonical notation (RFC 5952 for IPv6), host bits included.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.net.fmt(f)
    }
}

impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Family {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Cidr {
    /// The network that consists of one address.
    pub fn of_address(address: IpAddr) -> Self {
        Self {
            net: IpNet::from(address),
        }
    }

    /// The family of its address. An IPv4-mapped IPv6 address is IPv6, as it is to the operator's
    /// validation, which looks for a colon.
    pub fn family(&self) -> Family {
        match self.net {
            IpNet::V4(_) => Family::V4,
            IpNet::V6(_) => Family::V6,
        }
    }

    /// The address, host bits included.
    pub fn address(&self) -> IpAddr {
        self.net.addr()
    }

    /// The prefix length: 0..=32 for IPv4, 0..=128 for IPv6.
    pub fn prefix(&self) -> u8 {
        self.net.prefix_len()
    }

    /// Whether host bits are set, as in `10.0.0.1/16`.
    pub fn has_host_bits(&self) -> bool {
        self.net.trunc() != self.net
    }

    /// The same network without host bits.
    pub fn network(&self) -> Self {
        Self {
            net: self.net.trunc(),
        }
    }

    /// The parts of this network with that prefix length, in order; none if it is shorter.
    pub fn parts(&self, prefix: u8) -> impl Iterator<Item = Self> {
        let parts = self.net.trunc().subnets(prefix).ok();
        parts.into_iter().flatten().map(|net| Self { net })
    }

    /// Whether the two networks share an address.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// Whether every address of `other` is in this network.
    pub fn contains(&self, other: &Self) -> bool {
        match (self.net.trunc(), other.net.trunc()) {
            (IpNet::V4(outer), IpNet::V4(inner)) => outer.contains(&inner),
            (IpNet::V6(outer), IpNet::V6(inner)) => outer.contains(&inner),
            _ => false,
        }
    }

    /// Whether the address is in this network.
    pub fn holds(&self, address: IpAddr) -> bool {
        self.net.contains(&address)
    }

    /// The IPv4 address of an IPv4-mapped IPv6 one (`::ffff:10.0.0.0`).
    pub(crate) fn mapped_ipv4(&self) -> Option<std::net::Ipv4Addr> {
        match self.net {
            IpNet::V4(_) => None,
            IpNet::V6(net) => net.addr().to_ipv4_mapped(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_accepts() {
        for (text, shown) in [
            ("10.244.0.0/16", "10.244.0.0/16"),
            ("10.0.0.1/8", "10.0.0.1/8"),
            ("10.0.0.0/08", "10.0.0.0/8"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("0.0.0.0/000", "0.0.0.0/0"),
            ("fd00:0010:0::/56", "fd00:10::/56"),
            ("::/128", "::/128"),
            ("::ffff:10.0.0.0/104", "::ffff:10.0.0.0/104"),
        ] {
            assert_eq!(text.parse::<Cidr>().unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_go_rejects() {
        for text in [
            "",
            "banana",
            "10.244.0.0",
            "10.244.0.0/",
            "10.244.0.0/33",
            "10.244.0.0/+8",
            "10.244.0.0/-1",
            "10.244.0.0/16 ",
            " 10.244.0.0/16",
            "10.244.0/16",
            "010.0.0.0/8",
            "10.0.0.0/255.0.0.0",
            "10.0.0.0/8/8",
            "fd00::/129",
            "fd00::1::/64",
            "fe80::1%eth0/64",
            "10.0.0.0/99999999999999999999",
        ] {
            assert!(text.parse::<Cidr>().is_err(), "{text}");
        }
    }

    #[test]
    fn networks_and_what_they_contain() {
        let cidr = |text: &str| text.parse::<Cidr>().unwrap();
        assert!(cidr("10.0.0.1/16").has_host_bits());
        assert!(!cidr("10.0.0.0/16").has_host_bits());
        assert_eq!(cidr("10.0.0.1/16").network(), cidr("10.0.0.0/16"));
        assert!(cidr("10.0.0.0/8").overlaps(&cidr("10.1.0.0/16")));
        assert!(cidr("10.1.0.0/16").overlaps(&cidr("10.0.0.0/8")));
        assert!(!cidr("10.1.0.0/16").overlaps(&cidr("10.2.0.0/16")));
        assert!(!cidr("::/0").overlaps(&cidr("0.0.0.0/0")));
        assert!(cidr("10.0.0.5/8").contains(&cidr("10.200.0.0/16")));
        let address = Cidr::of_address("10.0.0.1".parse().unwrap());
        assert_eq!(address, cidr("10.0.0.1/32"));
    }
}

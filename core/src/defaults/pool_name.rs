//! The names of pools that have none in the Installation.

use std::net::IpAddr;

use crate::cidr::{Cidr, Family};

/// The name of the only pool of a family, both the operator's and calico-node's.
pub fn standard_name(family: Family) -> &'static str {
    match family {
        Family::V4 => "default-ipv4-ippool",
        Family::V6 => "default-ipv6-ippool",
    }
}

/// The name that the operator gives to one of several pools, such as `10.244.0.0-16`.
/// Source: `cidrToName` in pkg/controller/ippool/defaults.go.
pub fn name_of(cidr: &Cidr) -> String {
    let address = match cidr.network().address() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => address
            .segments()
            .map(|group| format!("{group:04x}"))
            .join("."),
    };
    format!("{address}-{}", cidr.prefix())
}

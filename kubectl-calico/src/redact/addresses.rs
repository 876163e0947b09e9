//! Addresses, replaced so that what is inside a network stays inside it.
//!
//! Each bit is kept or flipped depending on the bits before it, as Crypto-PAn does: two addresses have as
//! many leading bits in common as before. The bits that lead to networks with a meaning of their own, such as
//! 10.0.0.0/8, and the bits within a block of IPAM are kept.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use calico_core::cidr::Family;
use calico_core::defaults::default_block_size;
use serde_json::Value;

use super::document::is_of_kind;
use super::key::RedactionKey;
use super::written::{self, WrittenAddress};

/// Networks that distributions use unless they are told otherwise: k3s and RKE2, kubeadm with flannel,
/// MicroK8s, OpenShift, kOps, and Kubernetes' own Services. They identify no cluster, checks assume them if
/// an object does not say more, and kOps is recognized by its.
const DEFAULTS: [([u8; 4], u8); 10] = [
    ([10, 1, 0, 0], 16),
    ([10, 42, 0, 0], 16),
    ([10, 43, 0, 0], 16),
    ([10, 96, 0, 0], 12),
    ([10, 128, 0, 0], 14),
    ([10, 152, 183, 0], 24),
    ([10, 244, 0, 0], 16),
    ([100, 64, 0, 0], 13),
    ([100, 96, 0, 0], 11),
    ([172, 30, 0, 0], 16),
];

/// Networks for private use. Source: RFC 1918, RFC 6598.
const PRIVATE: [([u8; 4], u8); 4] = [
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([172, 16, 0, 0], 12),
    ([192, 168, 0, 0], 16),
];

pub(super) struct Addresses {
    key: RedactionKey,
    /// The bits up to which IPv4 and IPv6 addresses are replaced: those of the largest block.
    last_v4: u8,
    last_v6: u8,
}

impl Addresses {
    /// The replacements for a snapshot.
    pub(super) fn of(key: &RedactionKey, documents: &[Value]) -> Self {
        let pools = documents
            .iter()
            .filter(|document| is_of_kind(document, "IPPool"));
        let mut addresses = Self {
            key: key.clone(),
            last_v4: default_block_size(Family::V4),
            last_v6: default_block_size(Family::V6),
        };
        for pool in pools {
            let size = pool.pointer("/spec/blockSize").and_then(Value::as_u64);
            let Some(size) = size.and_then(|size| u8::try_from(size).ok()) else {
                continue;
            };
            let cidr = pool.pointer("/spec/cidr").and_then(Value::as_str);
            if cidr.is_some_and(|cidr| cidr.contains(':')) {
                addresses.last_v6 = addresses.last_v6.min(size);
            } else {
                addresses.last_v4 = addresses.last_v4.min(size);
            }
        }
        addresses
    }

    /// Replaces the addresses in a text; `others` replaces what is between them.
    pub(super) fn replace(&self, text: &str, mut others: impl FnMut(&str) -> String) -> String {
        let mut replaced = String::new();
        let mut start = 0;
        for found in written::addresses(text) {
            replaced.push_str(&others(text.get(start..found.start).unwrap_or_default()));
            replaced.push_str(&self.written(&found));
            start = found.end;
        }
        replaced.push_str(&others(text.get(start..).unwrap_or_default()));
        replaced
    }

    /// Another address, written like this one.
    fn written(&self, found: &WrittenAddress) -> String {
        let other = self.address(found.address, found.prefix);
        let text = match other {
            // A spelling that is not the usual one stays unusual: the operator compares texts.
            IpAddr::V6(other) if !found.is_usual => {
                let segments = other.segments().map(|segment| format!("{segment:x}"));
                segments.join(":")
            }
            other => other.to_string(),
        };
        match found.separator {
            Some(separator) => text.replace(['.', ':'], separator),
            None => text,
        }
    }

    /// Another address. The bits after the prefix of a network are all zero, and stay so.
    fn address(&self, address: IpAddr, prefix: Option<u8>) -> IpAddr {
        match address {
            IpAddr::V4(address) => {
                let bits = u128::from(u32::from(address)) << 96;
                let last = last_bit(bits, self.last_v4, prefix);
                let bits = self.flipped(bits, kept_v4(address), last);
                let bits = u32::try_from(bits >> 96).unwrap_or_default();
                Ipv4Addr::from(bits).into()
            }
            IpAddr::V6(address) => {
                if let Some(mapped) = address.to_ipv4_mapped() {
                    let IpAddr::V4(other) = self.address(mapped.into(), None) else {
                        return address.into();
                    };
                    return other.to_ipv6_mapped().into();
                }
                let bits = u128::from(address);
                let last = last_bit(bits, self.last_v6, prefix);
                Ipv6Addr::from(self.flipped(bits, kept_v6(address), last)).into()
            }
        }
    }

    /// Flips bits from `first` up to `last`, counted from the highest one.
    fn flipped(&self, bits: u128, first: u8, last: u8) -> u128 {
        let mut flipped = bits;
        for index in first..last {
            let leading = if index == 0 {
                0
            } else {
                bits >> (128 - u32::from(index))
            };
            // The first bit is always flipped, so that no address stays the same.
            if index == first || self.key.flips(leading, index) {
                flipped ^= 1 << (127 - u32::from(index));
            }
        }
        flipped
    }
}

/// The bit up to which an address is replaced. A network's own bits end at its prefix; an address with the
/// prefix of its network has bits after it.
fn last_bit(bits: u128, last: u8, prefix: Option<u8>) -> u8 {
    match prefix {
        Some(prefix) if prefix < 128 && bits << prefix == 0 => last.min(prefix),
        _ => last,
    }
}

/// The number of leading bits that are kept: as long as they lead to one of the networks that stay what they
/// are, and those of the network itself.
fn kept_v4(address: Ipv4Addr) -> u8 {
    // These are the same on every machine: also behind the NAT of VirtualBox, and on the bridges of libvirt, Docker and
    // Podman, by which checks recognize a wrong interface.
    if let [0 | 127 | 224..=255, ..]
    | [169, 254, ..]
    | [10, 0, 2, 15]
    | [192, 168, 122, 1]
    | [172, 17, 0, 1]
    | [10, 88, 0, 1] = address.octets()
    {
        return 32;
    }
    let networks = DEFAULTS.iter().chain(&PRIVATE);
    let kept = networks.map(|(network, prefix)| {
        let difference = u32::from(address) ^ u32::from(Ipv4Addr::from(*network));
        let common = u8::try_from(difference.leading_zeros()).unwrap_or(32);
        (common + 1).min(*prefix)
    });
    // A public address stays one, mostly: the first byte is kept.
    kept.max().unwrap_or(0).max(8)
}

fn kept_v6(address: Ipv6Addr) -> u8 {
    match address.segments() {
        [0, ..] => 128,
        [first, ..] if first & 0xffc0 == 0xfe80 || first & 0xff00 == 0xff00 => 128,
        [first, ..] if first & 0xfe00 == 0xfc00 => 8,
        _ => 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_keep_their_shape() {
        let addresses = Addresses::of(&RedactionKey::random(), &[]);
        for text in [
            "10.0.0.0/8",
            "192.168.0.0/16",
            "0.0.0.0/0",
            "127.0.0.1:8080",
            "10.0.2.15/24",
            "::/0",
            "v1.2.3",
        ] {
            assert_eq!(addresses.replace(text, str::to_owned), text);
        }
        for (network, address) in [
            ("10.244.0.0/16", "10.244.7.9"),
            ("fd00:10::/56", "fd00:10:0:3::9"),
        ] {
            let other = addresses.replace(network, str::to_owned);
            let inside = addresses.replace(address, str::to_owned);
            let other: ipnet::IpNet = other.parse().unwrap();
            assert_eq!(other.trunc(), other);
            assert!(
                other.contains(&inside.parse::<IpAddr>().unwrap()),
                "{other} {inside}"
            );
        }
    }

    #[test]
    fn the_key_decides_what_an_address_becomes() {
        let keys = [RedactionKey::random(), RedactionKey::random()];
        let [one, other] = keys.map(|key| {
            [(); 2].map(|()| Addresses::of(&key, &[]).replace("2001:db8:7:8:9::1", str::to_owned))
        });
        assert_eq!(one[0], one[1]);
        assert_eq!(other[0], other[1]);
        assert_ne!(one, other);
    }

    #[test]
    fn an_address_stays_the_same_in_every_spelling() {
        let addresses = Addresses::of(&RedactionKey::random(), &[]);
        let replace = |text: &str| addresses.replace(text, str::to_owned);
        let other = replace("10.7.8.9");
        let dashed = other.replace('.', "-");
        for (text, expected) in [
            (
                "https://10.7.8.9:6443/api is 10.7.8.9.",
                format!("https://{other}:6443/api is {other}."),
            ),
            ("node:10.7.8.9:179", format!("node:{other}:179")),
            ("ip-10-7-8-9.internal", format!("ip-{dashed}.internal")),
            ("ip10.7.8.9", format!("ip{other}")),
            ("pvc-x300-10-7-8-9", format!("pvc-x300-{dashed}")),
            ("pvc-x30-10-7-8-9", format!("pvc-x30-{dashed}")),
            ("a_10_7_8_9_b", format!("a_{}_b", dashed.replace('-', "_"))),
        ] {
            assert_eq!(replace(text), expected);
        }
        let six = replace("fd00:10:244::1");
        for (text, expected) in [
            ("[fd00:10:244::1]:443", format!("[{six}]:443")),
            ("node:fd00:10:244::1", format!("node:{six}")),
            ("fd00-10-244--1", six.replace(':', "-")),
        ] {
            assert_eq!(replace(text), expected);
        }
    }
}

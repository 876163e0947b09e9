//! Rules for a pool's CIDR.

use crate::cidr::Cidr;
use crate::pool::Field;
use crate::text::quoted;

use super::{Case, Details, Enforcement, Rule};

pub(super) const CIDR_SYNTAX: Rule = Rule {
    name: "cidr-syntax",
    summary: "a pool's cidr is an address and a prefix length, as Go reads them",
    enforcement: Enforcement::Operator,
    check: |case| {
        let unreadable = |pool: super::case::PoolCase| {
            let error = pool.effective.cidr.as_ref()?.as_ref().err()?;
            let text = quoted(&error.text);
            let shown = text.trim_matches('"');
            let said = if case.operator.since(34) {
                format!("IP pool CIDR ({shown}) is invalid: invalid CIDR address: {shown}")
            } else {
                format!("ipPool.CIDR({shown}) is invalid: invalid CIDR address: {shown}")
            };
            Some(pool.violation(
                Field::Cidr,
                error.to_string(),
                case.pool_controller_says(&said),
                "write it like 10.244.0.0/16 or fd00:10:244::/56",
            ))
        };
        case.pools().filter_map(unreadable).collect()
    },
};

pub(super) const CIDR_IPV4_MAPPED: Rule = Rule {
    name: "cidr-ipv4-mapped",
    summary: "a pool's cidr is not an IPv4-mapped IPv6 address",
    enforcement: Enforcement::Unenforced,
    check: |case| {
        each_network(case, |cidr| {
            let address = cidr.mapped_ipv4()?;
            Some((
                format!("{cidr} is IPv4 written as IPv6"),
                "the operator's validation takes it for IPv6, its defaulting for IPv4".to_owned(),
                match cidr.prefix().checked_sub(96) {
                    Some(prefix) => format!("write {address}/{prefix}"),
                    None => "write it as an IPv4 CIDR".to_owned(),
                },
            ))
        })
    },
};

pub(super) const CIDR_HOST_BITS: Rule = Rule {
    name: "cidr-host-bits",
    summary: "no bit behind the prefix of a pool's cidr is set",
    enforcement: Enforcement::Unenforced,
    check: |case| {
        each_network(case, |cidr| {
            cidr.has_host_bits().then(|| {
                (
                    format!("{cidr} has bits set behind its /{} prefix", cidr.prefix()),
                    // projectcalico/calico#11311
                    "the operator makes the pool as it is written; afterwards Calico's API can \
                     neither change nor delete it (IPPool CIDR is not strictly masked)"
                        .to_owned(),
                    format!("use the network's own address: {}", cidr.network()),
                )
            })
        })
    },
};

/// Calico v3.32.1, libcalico-go/lib/clientv3/ippool.go lines 550 and 558.
const LINK_LOCAL: [(&str, &str); 2] = [
    ("169.254.0.0/16", "IPv4 Link Local range 169.254.0.0/16"),
    ("fe80::/10", "IPv6 Link Local range fe80::/10"),
];

pub(super) const CIDR_LINK_LOCAL: Rule = Rule {
    name: "cidr-link-local",
    summary: "a pool does not overlap 169.254.0.0/16 or fe80::/10",
    enforcement: Enforcement::Unenforced,
    check: |case| {
        each_network(case, |cidr| {
            let overlaps = |range: &str| range.parse::<Cidr>().is_ok_and(|r| r.overlaps(cidr));
            let (range, name) = LINK_LOCAL.into_iter().find(|(range, _)| overlaps(range))?;
            Some((
                format!("{cidr} overlaps the link-local range {range}"),
                format!(
                    "the operator makes the pool; afterwards Calico's API refuses every change \
                     to it (IPPool CIDR overlaps with {name})"
                ),
                "choose a range that is routed nowhere else, such as 10.244.0.0/16".to_owned(),
            ))
        })
    },
};

/// A breach at the CIDR of each pool for which `judge` gives problem, impact and fix.
fn each_network(
    case: &Case,
    judge: impl Fn(&Cidr) -> Option<(String, String, String)>,
) -> Vec<Details> {
    case.pools()
        .filter_map(|pool| {
            let (problem, impact, fix) = judge(pool.effective.network()?)?;
            Some(pool.violation(Field::Cidr, problem, impact, fix))
        })
        .collect()
}

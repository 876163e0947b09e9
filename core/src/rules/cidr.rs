//! Rules for a pool's CIDR.

use crate::catalog::Entry;
use crate::cidr::{Cidr, CidrError};
use crate::cluster_plan::ExistingPool;
use crate::pool::Field;
use crate::text::shown;

use super::case::{Case, PoolCase};
use super::details::Details;
use super::rule::{Enforcement, Rule};

pub(super) const CIDR_SYNTAX: Rule = Rule {
    entry: Entry {
        code: "cidr-syntax",
        title: "a pool's cidr must be an address and a prefix length",
        meaning: "The operator parses a cidr with Go's net.ParseCIDR, which accepts forms like \
                  10.244.0.0/16 and fd00:10:244::/56.",
        impact: "The operator rejects the Installation and creates no pool. Before 1.34, if the \
                 only pool has a cidr that the operator cannot parse, it ignores that pool, and \
                 calico-node creates its own default pool.",
        criteria: "Leading zeros in the address, surrounding spaces, a netmask, an IPv6 zone and a \
                   missing prefix length are errors. Leading zeros in the prefix length are \
                   allowed.",
        fix: "Write the cidr as an address, a slash and a prefix length.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/validation.go; Go 1.24, \
                 src/net/ip.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        case.pools()
            .filter_map(|pool| {
                let error = pool.effective.cidr.as_ref()?.as_ref().err()?;
                Some(unreadable(case, &pool, error))
            })
            .collect()
    },
};

fn unreadable(case: &Case, pool: &PoolCase, error: &CidrError) -> Details {
    let text = shown(&error.text);
    let subject = if case.operator.since(34) {
        format!("IP pool CIDR ({text})")
    } else {
        format!("ipPool.CIDR({text})")
    };
    // Before 1.34 the operator skips a pool whose CIDR it cannot parse (render.GetIPv4Pool in
    // pkg/render/node.go, v1.32.12), unless there are others.
    let impact = if case.operator.since(34) || case.effective.pools.len() > 1 {
        case.pool_controller_rejects(&format!(
            "{subject} is invalid: invalid CIDR address: {text}"
        ))
    } else {
        "the operator ignores the pool and reports nothing; calico-node then creates its own \
         default pool instead"
            .to_owned()
    };
    pool.violation(
        Field::Cidr,
        error.to_string(),
        impact,
        "write it like 10.244.0.0/16 or fd00:10:244::/56",
    )
}

pub(super) const CIDR_IPV4_MAPPED: Rule = Rule {
    entry: Entry {
        code: "cidr-ipv4-mapped",
        title: "a pool's cidr must not be an IPv4-mapped IPv6 address",
        meaning: "An address such as ::ffff:10.0.0.0 is IPv4 written as IPv6. The operator does not \
                  treat it the same way everywhere.",
        impact: "The operator validates the pool as IPv6, but fills in the defaults for IPv4.",
        criteria: "The address is in ::ffff:0:0/96.",
        fix: "Write the cidr as IPv4.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/defaults.go and validation.go",
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        case.networks()
            .filter_map(|(pool, cidr)| {
                let address = cidr.mapped_ipv4()?;
                let fix = match cidr.prefix().checked_sub(96) {
                    Some(prefix) => format!("write {address}/{prefix}"),
                    None => "write it as an IPv4 CIDR".to_owned(),
                };
                Some(pool.violation(
                    Field::Cidr,
                    format!("{cidr} is an IPv4-mapped IPv6 address"),
                    "the operator validates the pool as IPv6, but fills in the defaults for IPv4",
                    fix,
                ))
            })
            .collect()
    },
};

pub(super) const CIDR_HOST_BITS: Rule = Rule {
    entry: Entry {
        code: "cidr-host-bits",
        title: "a pool's cidr must not have host bits set",
        meaning: "Host bits are the bits after the prefix length: 10.244.0.1/16 has host bits set, \
                  10.244.0.0/16 does not.",
        impact: "The operator creates the first pools without Calico's own validation. Afterwards, \
                 the pool can be neither changed nor deleted through Calico's API.",
        criteria: "The address differs from the network address. Checked for operators before \
                   1.44: later ones create the pool with the network address.",
        fix: "Use the network address. The cidr of a pool that exists must stay as it is written.",
        source: "projectcalico/calico#11311; libcalico-go/lib/clientv3/ippool.go, v3.32.1; \
                 tigera/operator release-v1.44, pkg/controller/ippool/pool_controller.go \
                 (ToProjectCalico)",
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        case.networks()
            .filter(|(_, cidr)| cidr.has_host_bits() && !case.operator.since(44))
            .map(|(pool, cidr)| {
                let existing = case.existing(&pool);
                let existing = existing.filter(|it| pool.written.cidr.as_ref() == Some(&it.cidr));
                let (impact, fix) = match existing {
                    Some(existing) => host_bits_of(case, existing),
                    None => (
                        "the operator creates the pool as written; afterwards Calico's API can \
                         neither change nor delete it (IPPool CIDR is not strictly masked)"
                            .to_owned(),
                        format!("use the network address: {}", cidr.network()),
                    ),
                };
                pool.violation(
                    Field::Cidr,
                    format!("{cidr} has host bits set"),
                    impact,
                    fix,
                )
            })
            .collect()
    },
};

/// The impact and the fix for a pool that exists as it is written. Its entry must keep that text: see
/// existing-pool-missing.
fn host_bits_of(case: &Case, existing: &ExistingPool) -> (String, String) {
    let keep = if case.manages(existing) {
        "keep it as it is, because the operator deletes a pool whose CIDR is written differently"
    } else {
        "keep it as it is"
    };
    (
        format!(
            "Calico's API can neither change nor delete {} (IPPool CIDR is not strictly masked)",
            case.label(existing)
        ),
        format!("{keep}; kubectl calico status shows how to correct it (CAL209)"),
    )
}

pub(super) const CIDR_NOTATION: Rule = Rule {
    entry: Entry {
        code: "cidr-notation",
        title: "a pool's cidr must be in canonical notation",
        meaning: "Calico's API writes a CIDR in its canonical notation, RFC 5952 for IPv6: fd00:10:244::/56 for \
                  FD00:10:244:0::/56, and without leading zeros in the prefix length.",
        impact: "The operator creates the first pools as written, without Calico's API, and matches pools by the text of \
                 their CIDR. Up to Calico 3.30 and with 3.32, every later change of the pool is rejected (IPPool CIDR \
                 cannot be modified), and TigeraStatus ippools becomes Degraded. With 3.31, Calico's API rewrites the \
                 CIDR, and the operator then deletes the pool under its pods.",
        criteria: "Checked for operators 1.34 to 1.43: later ones compare networks, and before, calico-node creates the \
                   pools through Calico's API. A cidr with host bits is reported by cidr-host-bits, and one of an existing \
                   pool by existing-pool-missing.",
        fix: "Write the cidr in its canonical notation.",
        source: "tigera/operator#3494; tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go; \
                 projectcalico/calico v3.28.5 and v3.31.7, libcalico-go/lib/clientv3/ippool.go",
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        if !case.operator.since(34) || case.operator.since(44) {
            return Vec::new();
        }
        case.networks()
            .filter(|(pool, cidr)| {
                let is_elsewhere = cidr.has_host_bits() || cidr.mapped_ipv4().is_some();
                !is_elsewhere && case.existing(pool).is_none()
            })
            .filter_map(|(pool, cidr)| {
                let canonical = cidr.to_string();
                let written = pool.written.cidr.as_deref()?;
                let is_rewritten = case.operator.since(40) && !case.operator.since(42);
                (written != canonical).then(|| {
                    pool.violation(
                        Field::Cidr,
                        format!("{} is not in canonical notation", shown(written)),
                        if is_rewritten {
                            "the operator creates the pool as written; Calico's API then writes it as the canonical one, \
                             and the operator, which matches pools by the text of their CIDR, deletes it under its pods"
                        } else {
                            "the operator creates the pool as written; afterwards Calico's API rejects every change to it \
                             (IPPool CIDR cannot be modified)"
                        },
                        format!("write {canonical}"),
                    )
                })
            })
            .collect()
    },
};

/// Calico v3.32.1, libcalico-go/lib/clientv3/ippool.go lines 550 and 558.
const LINK_LOCAL: [(&str, &str); 2] = [
    ("169.254.0.0/16", "IPv4 Link Local range 169.254.0.0/16"),
    ("fe80::/10", "IPv6 Link Local range fe80::/10"),
];

pub(super) const CIDR_LINK_LOCAL: Rule = Rule {
    entry: Entry {
        code: "cidr-link-local",
        title: "a pool must not overlap 169.254.0.0/16 or fe80::/10",
        meaning: "These ranges are link-local: their addresses are valid on one link only and are \
                  not routed.",
        impact: "The operator creates the first pools without Calico's own validation. Afterwards \
                 Calico's API rejects every change to the pool.",
        criteria: "The pool shares at least one address with one of the two ranges.",
        fix: "Choose a range that is not link-local.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go",
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        case.networks()
            .filter_map(|(pool, cidr)| {
                let (range, name) = link_local_range(cidr)?;
                Some(pool.violation(
                    Field::Cidr,
                    format!("{cidr} overlaps the link-local range {range}"),
                    format!(
                        "the operator creates the pool; afterwards Calico's API rejects every \
                         change to it (IPPool CIDR overlaps with {name})"
                    ),
                    "choose an unused range, such as 10.244.0.0/16",
                ))
            })
            .collect()
    },
};

fn link_local_range(cidr: &Cidr) -> Option<(&'static str, &'static str)> {
    LINK_LOCAL.into_iter().find(|(range, _)| {
        range
            .parse::<Cidr>()
            .is_ok_and(|range| range.overlaps(cidr))
    })
}

//! Rules for the eBPF data plane with IPv6.

use crate::catalog::Entry;
use crate::cidr::Family;
use crate::pool::Field;
use crate::text::shown;

use super::case::{Case, PoolCase};
use super::rejection::REJECTED_BY_CORE_CONTROLLER;
use super::rule::{Enforcement, Rule};

pub(super) const BPF_WITH_IPV6: Rule = Rule {
    entry: Entry {
        code: "bpf-with-ipv6",
        title: "operators before 1.34 do not support the eBPF data plane with IPv6 (1.30) or dual \
                stack (1.32)",
        meaning: "The eBPF data plane is spec.calicoNetwork.linuxDataplane: BPF. Calico 3.26 \
                  supports it for IPv4 only, 3.27 for one family.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Violated by an IPv6 pool with operator 1.30, and by an IPv4 pool together with \
                   an IPv6 pool with operator 1.32.",
        fix: "Remove the IPv6 pool, use another data plane, or install Calico 3.28 or later.",
        source: "tigera/operator v1.30.4 and v1.32.5, \
                 pkg/controller/installation/validation.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if !case.has_ebpf() || case.operator.since(34) {
            return Vec::new();
        }
        let is_dual_stack = case
            .pools()
            .any(|pool| pool.effective.family() == Some(Family::V4));
        let message = match (case.operator.since(32), is_dual_stack) {
            (false, _) => "IPv6 IP pool is specified but eBPF mode does not support IPv6",
            (true, true) => "bpf dataplane does not support dual stack",
            (true, false) => return Vec::new(),
        };
        ipv6_pools(case)
            .map(|pool| {
                pool.violation(
                    Field::Cidr,
                    format!(
                        "operator {} does not support the eBPF data plane with this pool \
                         (spec.calicoNetwork.linuxDataplane is BPF)",
                        case.operator
                    ),
                    case.core_controller_rejects(message),
                    "remove the IPv6 pool, use another data plane, or install Calico 3.28 or later",
                )
            })
            .collect()
    },
};

pub(super) const BPF_IPV6_AUTODETECTION: Rule = Rule {
    entry: Entry {
        code: "bpf-ipv6-autodetection",
        title: "with the eBPF data plane, an IPv6 pool requires nodeAddressAutodetectionV6",
        meaning: "spec.calicoNetwork.nodeAddressAutodetectionV6 selects the IPv6 address of each \
                  node.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Checked for operators 1.34 and later. They fill in the field only if an IPv6 \
                   pool exists, which is never the case on a first install. If the cluster has an \
                   IPv6 pool but no cluster plan is given, pass --allow bpf-ipv6-autodetection.",
        fix: "Set spec.calicoNetwork.nodeAddressAutodetectionV6, for example to \
              {firstFound: true}.",
        source: "tigera/operator v1.42.3, pkg/controller/installation/core_controller.go and \
                 validation.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let exists = case
            .cluster
            .is_some_and(|cluster| cluster.existing_of(Family::V6).next().is_some());
        let is_filled_in = case.written.autodetects_ipv6 || !case.operator.since(34) || exists;
        if !case.has_ebpf() || is_filled_in {
            return Vec::new();
        }
        ipv6_pools(case)
            .map(|pool| {
                pool.violation(
                    Field::Cidr,
                    format!(
                        "with the pool {}, the eBPF data plane needs a method to detect the nodes' \
                         IPv6 addresses",
                        shown(pool.label())
                    ),
                    case.core_controller_rejects(
                        "spec.calicoNetwork.nodeAddressAutodetectionV6 is required for the BPF \
                         dataplane",
                    ),
                    "set spec.calicoNetwork.nodeAddressAutodetectionV6: {firstFound: true}, or \
                     another method",
                )
            })
            .collect()
    },
};

fn ipv6_pools<'a>(case: &Case<'a>) -> impl Iterator<Item = PoolCase<'a>> {
    case.pools()
        .filter(|pool| pool.effective.family() == Some(Family::V6))
}

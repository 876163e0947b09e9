//! The rule for an Installation that lists no pools, for which the operator creates one.

use crate::catalog::Entry;
use crate::installation::path::POOLS;

use super::details::Details;
use super::rejection::REJECTED_BY_CORE_CONTROLLER;
use super::rule::{Enforcement, Rule};

pub(super) const DEFAULT_POOL: Rule = Rule {
    entry: Entry {
        code: "default-pool",
        title: "without ipPools, the pool that the operator creates must work with the other \
                settings",
        meaning: "If ipPools is not set and the cluster has no pool, the operator adds a pool with \
                  the cluster's pod CIDR or 192.168.0.0/16, and with encapsulation IPIP. It then \
                  validates this pool like any other.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Checked with Calico's CNI plugin and Calico IPAM if ipPools is not set; an \
                   empty list means no pools. The pool is rejected if there are Windows nodes, or \
                   if BGP is disabled and clusterRoutingMode is not Felix. On EKS, the pool has \
                   VXLAN, which is accepted. Since operator 1.34, no pool is added to a cluster \
                   that already has one: if it does but no cluster plan is given, pass --allow \
                   default-pool.",
        fix: "List the pools in spec.calicoNetwork.ipPools, with encapsulation VXLAN.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/defaults.go and \
                 pkg/controller/installation/validation.go; v1.32.12, \
                 pkg/controller/installation/core_controller.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let effective = case.effective;
        let is_created = case.written.pools.is_none()
            && effective.is_calico_cni()
            && effective.ipam == "Calico"
            && case.written.provider.as_deref() != Some("EKS")
            && !(case.operator.since(34) && case.has_existing_pools());
        if !is_created {
            return Vec::new();
        }
        let routed_by_felix = matches!(
            case.text("calicoNetwork.clusterRoutingMode"),
            Some("Felix" | "FelixIPIPOnly")
        );
        let (reason, message) =
            if case.text("calicoNetwork.bgp") == Some("Disabled") && !routed_by_felix {
                (
                    "needs BGP, but spec.calicoNetwork.bgp is not Enabled",
                    "IPIP encapsulation requires that BGP is enabled",
                )
            } else if case.has_windows() {
                (
                    "does not work on Windows nodes",
                    "IPv4 IPPool encapsulation IPIP is not supported by Calico for Windows",
                )
            } else {
                return Vec::new();
            };
        vec![
            Details::at(
                POOLS,
                format!("the pool that the operator creates by default has IPIP, which {reason}"),
                case.core_controller_rejects(message),
                "list the pools with encapsulation: VXLAN",
            )
            .flags("as with --cidr and --encapsulation VXLAN"),
        ]
    },
};

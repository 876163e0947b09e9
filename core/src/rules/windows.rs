//! Rules for Calico on Windows nodes.

use crate::catalog::Entry;
use crate::cidr::Family;
use crate::pool::{Encapsulation, Field};
use crate::text::shown;

use super::case::{Case, PoolCase};
use super::details::Details;
use super::rejection::{CORE_VALIDATION, REJECTED_BY_CORE_CONTROLLER};
use super::rule::{Enforcement, Rule};

pub(super) const WINDOWS_ENCAPSULATION: Rule = Rule {
    entry: Entry {
        code: "windows-encapsulation",
        title: "with Windows nodes, the first IPv4 pool must use VXLAN or None",
        meaning: "Calico for Windows supports neither IPIP nor the cross-subnet modes.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Checked for operators 1.32 and later with Calico's CNI plugin, if \
                   spec.calicoNetwork.windowsDataplane is set and is not Disabled. The operator \
                   checks only the first IPv4 pool; for the others, see windows-further-pools. \
                   Since 1.34, it checks before it fills in defaults, so the encapsulation must be \
                   set explicitly.",
        fix: "Set the pool's encapsulation to VXLAN or None.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        ipv4_pools(case)
            .next()
            .and_then(|pool| unsupported(case, &pool))
            .into_iter()
            .collect()
    },
};

fn unsupported(case: &Case, pool: &PoolCase) -> Option<Details> {
    let encapsulation = harmful(pool)?;
    // Since 1.34, another controller fills in the defaults of pools, at a later point.
    let is_seen_empty = case.operator.since(34) && pool.written.encapsulation.is_none();
    let seen = if is_seen_empty {
        String::new()
    } else {
        encapsulation.to_string()
    };
    Some(pool.violation(
        Field::Encapsulation,
        problem(case, pool, encapsulation),
        case.core_controller_rejects(&format!(
            "IPv4 IPPool encapsulation {seen} is not supported by Calico for Windows"
        )),
        "set encapsulation: VXLAN or None",
    ))
}

pub(super) const WINDOWS_FURTHER_POOLS: Rule = Rule {
    entry: Entry {
        code: "windows-further-pools",
        title: "with Windows nodes, every IPv4 pool for pods should use VXLAN or None",
        meaning: "Calico for Windows supports neither IPIP nor the cross-subnet modes.",
        impact: "The operator accepts the pool, but Calico for Windows does not implement its \
                 encapsulation: traffic between Windows nodes and the pool's pods fails.",
        criteria: "Applies to the IPv4 pools after the first one, for which see \
                   windows-encapsulation. A pool whose nodeSelector does not select Windows nodes \
                   does no harm.",
        fix: "Use VXLAN or None, or a nodeSelector that selects Linux nodes only \
              (kubernetes.io/os == 'linux').",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        ipv4_pools(case)
            .skip(1)
            .filter(|pool| pool.effective.uses().is_for_pods())
            .filter(|pool| !pool.effective.node_selector.contains("kubernetes.io/os"))
            .filter_map(|pool| {
                let encapsulation = harmful(&pool)?;
                Some(pool.violation(
                    Field::Encapsulation,
                    problem(case, &pool, encapsulation),
                    "the operator accepts it, but Calico for Windows does not implement it: traffic \
                     between Windows nodes and this pool's pods fails",
                    "use VXLAN or None, or select Linux nodes only with the pool's nodeSelector",
                ))
            })
            .collect()
    },
};

/// The pools that the operator treats as IPv4, if it checks them because of Windows nodes.
fn ipv4_pools<'a>(case: &Case<'a>) -> impl Iterator<Item = PoolCase<'a>> {
    let is_checked = case.has_windows() && case.effective.is_calico_cni();
    case.pools()
        .filter(move |pool| is_checked && pool.effective.address_family() == Some(Family::V4))
}

fn harmful(pool: &PoolCase) -> Option<Encapsulation> {
    pool.encapsulation()
        .filter(|value| !matches!(value, Encapsulation::Vxlan | Encapsulation::None))
}

fn problem(case: &Case, pool: &PoolCase, encapsulation: Encapsulation) -> String {
    let dataplane = case
        .text("calicoNetwork.windowsDataplane")
        .unwrap_or_default();
    format!(
        "{encapsulation}{} does not work on Windows nodes (spec.calicoNetwork.windowsDataplane is \
         {})",
        pool.if_default(Field::Encapsulation),
        shown(dataplane)
    )
}

pub(super) const WINDOWS_SERVICE_CIDRS: Rule = Rule {
    entry: Entry {
        code: "windows-service-cidrs",
        title: "with Windows nodes and Calico's CNI plugin, serviceCIDRs must be set",
        meaning: "spec.serviceCIDRs lists the cluster's Service CIDRs, which Calico's CNI plugin \
                  for Windows needs.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Checked for operators 1.32 and later, if spec.calicoNetwork.windowsDataplane is \
                   set and is not Disabled.",
        fix: "Set spec.serviceCIDRs to the --service-cluster-ip-range of the API server.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let cidrs = case
            .setting("serviceCIDRs")
            .and_then(|list| list.as_sequence());
        let is_set = cidrs.is_some_and(|cidrs| !cidrs.is_empty());
        if !case.has_windows() || !case.effective.is_calico_cni() || is_set {
            return Vec::new();
        }
        vec![Details::at(
            "spec.serviceCIDRs",
            "Calico on Windows nodes needs the cluster's Service CIDRs",
            case.core_controller_rejects(
                "installation spec.ServiceCIDRs must be provided when using Calico CNI on Windows",
            ),
            "set it to the --service-cluster-ip-range of the API server, such as [10.96.0.0/12]",
        )]
    },
};

pub(super) const WINDOWS_NODES: Rule = Rule {
    entry: Entry {
        code: "windows-nodes",
        title: "windowsNodes must not be set without a Windows data plane",
        meaning: "spec.windowsNodes configures Calico on Windows nodes, which \
                  spec.calicoNetwork.windowsDataplane: HNS enables.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Checked for operators 1.32 and later. The default of windowsDataplane is \
                   Disabled.",
        fix: "Remove spec.windowsNodes, or set spec.calicoNetwork.windowsDataplane: HNS.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if case.has_windows() || case.setting("windowsNodes").is_none() {
            return Vec::new();
        }
        vec![Details::at(
            "spec.windowsNodes",
            "Calico for Windows is not enabled",
            case.core_controller_rejects(
                "installation spec.WindowsNodes is not valid and should not be provided when Calico \
                 for Windows is disabled",
            ),
            "remove it, or set spec.calicoNetwork.windowsDataplane: HNS",
        )]
    },
};

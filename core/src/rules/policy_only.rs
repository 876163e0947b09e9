//! Rules for an Installation that uses a CNI plugin other than Calico's, with Calico for network
//! policy.

use crate::catalog::Entry;
use crate::pool::{Encapsulation, Field};
use crate::text::shown;

use super::case::Case;
use super::cni::calico_instead;
use super::details::Details;
use super::rejection::{
    CORE_VALIDATION, POOL_VALIDATION, REJECTED_BY_CORE_CONTROLLER, REJECTED_BY_POOL_CONTROLLER,
};
use super::rule::{Enforcement, Rule};

pub(super) const ENCAPSULATION_WITHOUT_CALICO_CNI: Rule = Rule {
    entry: Entry {
        code: "encapsulation-without-calico-cni",
        title: "with a CNI plugin other than Calico's, every pool must have encapsulation None",
        meaning: "The CNI plugin is spec.cni.type, or what the operator fills in for \
                  spec.kubernetesProvider: AmazonVPC on EKS, AzureVNET on AKS, GKE on GKE. Such a \
                  plugin routes pod traffic itself.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Before 1.34, only IPv4 pools are checked. A provider that the operator only \
                   detects in the cluster is not taken into account.",
        fix: "Use None, or Calico's CNI plugin (spec.cni.type: Calico).",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if case.effective.is_calico_cni() {
            return Vec::new();
        }
        case.pools_checked_by_core()
            .filter_map(|pool| {
                let encapsulation = pool
                    .encapsulation()
                    .filter(|value| *value != Encapsulation::None)?;
                Some(pool.violation(
                    Field::Encapsulation,
                    format!(
                        "{encapsulation} needs Calico's CNI plugin, but this Installation uses {}",
                        plugin(case)
                    ),
                    case.core_controller_rejects(&format!(
                        "{encapsulation} is invalid for ipPool.encapsulation when using non-Calico \
                         CNI, should be None"
                    )),
                    calico_instead(case, "use None"),
                ))
            })
            .collect()
    },
};

pub(super) const BGP_WITHOUT_CALICO_CNI: Rule = Rule {
    entry: Entry {
        code: "bgp-without-calico-cni",
        title: "BGP must not be enabled with a CNI plugin other than Calico's",
        meaning: "Calico uses BGP to distribute the routes to pods. Other CNI plugins do that \
                  themselves.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "spec.calicoNetwork.bgp is Enabled, and the Installation lists a pool (before \
                   1.34 an IPv4 pool).",
        fix: "Set spec.calicoNetwork.bgp: Disabled, or use Calico's CNI plugin.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let has_pool = case.pools_checked_by_core().next().is_some();
        if case.effective.is_calico_cni() || !case.effective.bgp || !has_pool {
            return Vec::new();
        }
        vec![Details::at(
            "spec.calicoNetwork.bgp",
            format!(
                "BGP needs Calico's CNI plugin, but this Installation uses {}",
                plugin(case)
            ),
            case.core_controller_rejects("BGP is not supported when using non-Calico CNI"),
            calico_instead(case, "set spec.calicoNetwork.bgp: Disabled"),
        )]
    },
};

pub(super) const NODE_SELECTOR_WITHOUT_CALICO_CNI: Rule = Rule {
    entry: Entry {
        code: "node-selector-without-calico-cni",
        title: "with a CNI plugin other than Calico's, every pool must have nodeSelector all()",
        meaning: "Other CNI plugins assign pod addresses themselves and do not select pools by \
                  node.",
        impact: REJECTED_BY_POOL_CONTROLLER,
        criteria: "The default of nodeSelector is all().",
        fix: "Set nodeSelector: all(), or remove the field.",
        source: POOL_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if case.effective.is_calico_cni() {
            return Vec::new();
        }
        case.pools()
            .filter(|pool| pool.effective.node_selector != "all()")
            .map(|pool| {
                let selector = shown(&pool.effective.node_selector);
                pool.violation_at(
                    "nodeSelector",
                    format!(
                        "{selector} selects nodes, but this Installation uses {}",
                        plugin(case)
                    ),
                    case.pool_controller_rejects(&format!(
                        "IP pool nodeSelector ({selector}) should be 'all()' when using \
                         non-Calico CNI plugin"
                    )),
                    "set nodeSelector: all()",
                )
            })
            .collect()
    },
};

/// `AmazonVPC (the operator's default for kubernetesProvider EKS)`
fn plugin(case: &Case) -> String {
    let cni = shown(&case.effective.cni);
    match (&case.written.cni, &case.written.provider) {
        (None, Some(provider)) => format!(
            "{cni} (the operator's default for kubernetesProvider {})",
            shown(provider)
        ),
        _ => cni,
    }
}

//! Rules for settings that an operator no longer supports, or supports for only one provider or
//! variant.

use crate::catalog::Entry;
use crate::operator::OperatorVersion;
use crate::text::shown;

use super::case::Case;
use super::details::Details;
use super::rejection::{
    CORE_VALIDATION, REJECTED_BY_API_SERVER, REJECTED_BY_CORE_CONTROLLER, api_server_rejects,
};
use super::rule::{Enforcement, Rule};

pub(super) const NON_PRIVILEGED: Rule = Rule {
    entry: Entry {
        code: "non-privileged",
        title: "nonPrivileged must not be Enabled (operator 1.42 and later, and late 1.38 and 1.40)",
        meaning: "spec.nonPrivileged: Enabled made calico-node run without privileges. The feature \
                  has been removed.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Operators 1.38.13, 1.40.8, 1.42.0 and later patch releases of each reject it. \
                   Earlier ones reject it with the eBPF data plane and with the variant \
                   TigeraSecureEnterprise.",
        fix: "Remove the field.",
        source: "tigera/operator v1.42.3 and v1.38.12, pkg/controller/installation/validation.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if case.text("nonPrivileged") != Some("Enabled") {
            return Vec::new();
        }
        let message = if lost_non_privileged(case.operator) {
            "non-privileged Calico is deprecated and cannot be Enabled; please, remove this field \
             from your installation spec"
        } else if case.has_ebpf() {
            "Non-privileged Calico is not supported when BPF dataplane is enabled"
        } else if is_enterprise(case) {
            "Non-privileged Calico is not supported for spec.Variant=TigeraSecureEnterprise"
        } else {
            return Vec::new();
        };
        vec![Details::at(
            "spec.nonPrivileged",
            "this operator does not support it with these settings",
            case.core_controller_rejects(message),
            "remove it",
        )]
    },
};

fn lost_non_privileged(operator: OperatorVersion) -> bool {
    match operator.minor {
        38 => operator.patch >= 13,
        40 => operator.patch >= 8,
        _ => operator.since(42),
    }
}

fn is_enterprise(case: &Case) -> bool {
    matches!(
        case.text("variant"),
        Some("TigeraSecureEnterprise" | "CalicoEnterprise")
    )
}

pub(super) const FIPS_MODE: Rule = Rule {
    entry: Entry {
        code: "fips-mode",
        title: "fipsMode must not be Enabled with operator 1.43 and later, or, before that, with \
                the variant TigeraSecureEnterprise",
        meaning: "spec.fipsMode restricts Calico to FIPS 140 algorithms. Operator 1.43 removed it.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "With the variant TigeraSecureEnterprise, operators 1.34.8, 1.36.4 and later \
                   patch releases of each reject it.",
        fix: "Remove the field.",
        source: "tigera/operator v1.42.3 and v1.43.0, pkg/controller/installation/validation.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let with_enterprise = match case.operator.minor {
            34 => case.operator.patch >= 8,
            36 => case.operator.patch >= 4,
            _ => case.operator.since(37),
        };
        let message = if case.text("fipsMode") != Some("Enabled") {
            return Vec::new();
        } else if case.operator.since(43) {
            "installation spec.FIPSMode=Enabled is not supported; FIPS mode has been removed"
        } else if with_enterprise && is_enterprise(case) {
            "installation spec.FIPSMode=Enabled combined with spec.Variant=TigeraSecureEnterprise \
             is not supported"
        } else {
            return Vec::new();
        };
        vec![Details::at(
            "spec.fipsMode",
            "this operator does not support it with these settings",
            case.core_controller_rejects(message),
            "remove it",
        )]
    },
};

pub(super) const AZURE_PROVIDER: Rule = Rule {
    entry: Entry {
        code: "azure-provider",
        title: "azure may be set only with kubernetesProvider AKS",
        meaning: "spec.azure configures Calico on Azure Kubernetes Service.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Checked for operators 1.36.4 and later. Earlier CRDs do not have the field. A \
                   provider that the operator detects in the cluster is never AKS.",
        fix: "Remove spec.azure, or set spec.kubernetesProvider: AKS.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let provider = case.written.provider.as_deref().unwrap_or_default();
        if provider == "AKS" || case.setting("azure").is_none() {
            return Vec::new();
        }
        let problem = match provider {
            "" => "spec.kubernetesProvider is not AKS".to_owned(),
            provider => format!("spec.kubernetesProvider is {}, not AKS", shown(provider)),
        };
        vec![Details::at(
            "spec.azure",
            problem,
            case.core_controller_rejects(
                "installation spec.Azure should be set only for AKS provider",
            ),
            "remove it, or set spec.kubernetesProvider: AKS",
        )]
    },
};

pub(super) const DISRUPTION_BUDGET: Rule = Rule {
    entry: Entry {
        code: "disruption-budget",
        title: "typhaPodDisruptionBudget must not set both minAvailable and maxUnavailable",
        meaning: "spec.typhaPodDisruptionBudget.spec limits how many Typha pods can be evicted at \
                  once.",
        impact: REJECTED_BY_API_SERVER,
        criteria: "Checked for operators 1.43 and later. Earlier CRDs do not have the field.",
        fix: "Keep one of the two.",
        source: "The Installation's CRD, tigera/operator v1.43.0",
    },
    enforcement: Enforcement::ApiServer,
    check: |case| {
        let is_set = |key: &str| case.setting(&format!("typhaPodDisruptionBudget.spec.{key}"));
        if is_set("minAvailable").is_none() || is_set("maxUnavailable").is_none() {
            return Vec::new();
        }
        vec![Details::at(
            "spec.typhaPodDisruptionBudget.spec",
            "minAvailable and maxUnavailable are both set",
            api_server_rejects("minAvailable and maxUnavailable are mutually exclusive"),
            "keep one of the two",
        )]
    },
};

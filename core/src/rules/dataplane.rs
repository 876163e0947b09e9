//! Rules for the Linux data planes, other than those for their pools.

use crate::catalog::Entry;
use crate::text::shown;

use super::details::Details;
use super::rejection::{CORE_VALIDATION, REJECTED_BY_CORE_CONTROLLER};
use super::rule::{Enforcement, Rule};

pub(super) const VPP_SETTINGS: Rule = Rule {
    entry: Entry {
        code: "vpp-settings",
        title: "the VPP data plane needs Calico's CNI plugin, BGP, host ports and the variant Calico",
        meaning: "The VPP data plane is spec.calicoNetwork.linuxDataplane: VPP.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Defaults are taken into account: BGP is enabled unless the provider is EKS or \
                   another CNI plugin is used.",
        fix: "Change the setting that the message names, or use another data plane.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if case.text("calicoNetwork.linuxDataplane") != Some("VPP") {
            return Vec::new();
        }
        let effective = case.effective;
        let variant = case.text("variant").filter(|variant| !variant.is_empty());
        let variant = variant.unwrap_or("Calico");
        let mut broken = Vec::new();
        if variant != "Calico" {
            let message = format!(
                "the VPP dataplane only supports the Calico variant (configured: {})",
                shown(variant)
            );
            broken.push(("spec.variant", message, "set spec.variant: Calico"));
        }
        if !effective.is_calico_cni() {
            let message = format!(
                "the VPP dataplane only supports the Calico CNI (configured: {})",
                shown(&effective.cni)
            );
            broken.push(("spec.cni.type", message, "set spec.cni.type: Calico"));
        } else if !effective.bgp {
            let message = "VPP requires BGP to be enabled".to_owned();
            broken.push((
                "spec.calicoNetwork.bgp",
                message,
                "set spec.calicoNetwork.bgp: Enabled",
            ));
        }
        if case.text("calicoNetwork.hostPorts") == Some("Disabled") {
            let message = "VPP doesn't support disabling HostPorts".to_owned();
            broken.push(("spec.calicoNetwork.hostPorts", message, "remove hostPorts"));
        }
        broken
            .into_iter()
            .map(|(path, message, fix)| {
                Details::at(
                    path,
                    "the VPP data plane does not work with this setting",
                    case.core_controller_rejects(&message),
                    format!("{fix}, or use another data plane"),
                )
            })
            .collect()
    },
};

pub(super) const BPF_HOST_PORTS: Rule = Rule {
    entry: Entry {
        code: "bpf-host-ports",
        title: "operators before 1.31 do not support host ports with the eBPF data plane",
        meaning: "The eBPF data plane is spec.calicoNetwork.linuxDataplane: BPF.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Checked for operators before 1.31, which default to Disabled with this data \
                   plane.",
        fix: "Remove hostPorts, or install Calico 3.27 or later.",
        source: "tigera/operator v1.30.11, pkg/controller/installation/validation.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let is_on = case.text("calicoNetwork.hostPorts") == Some("Enabled");
        if case.operator.since(31) || !case.has_ebpf() || !is_on {
            return Vec::new();
        }
        vec![Details::at(
            "spec.calicoNetwork.hostPorts",
            format!(
                "operator {} does not support host ports with the eBPF data plane",
                case.operator
            ),
            case.core_controller_rejects(
                "spec.calicoNetwork.hostPorts is not supported with the eBPF dataplane",
            ),
            "remove hostPorts, or install Calico 3.27 or later",
        )]
    },
};

pub(super) const POLICY_SETUP_TIMEOUT: Rule = Rule {
    entry: Entry {
        code: "policy-setup-timeout",
        title: "linuxPolicySetupTimeoutSeconds must not be negative, and requires a data plane \
                that supports it",
        meaning: "spec.calicoNetwork.linuxPolicySetupTimeoutSeconds delays the start of a pod until \
                  its policies are set up.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Checked for operators 1.34 and later. The data planes Iptables (the default) \
                   and BPF support it, and since 1.39 also Nftables. VPP does not.",
        fix: "Remove the setting, or set it to 0 or more seconds.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let path = "calicoNetwork.linuxPolicySetupTimeoutSeconds";
        let Some(seconds) = case.integer(path) else {
            return Vec::new();
        };
        let dataplane = case
            .text("calicoNetwork.linuxDataplane")
            .unwrap_or("Iptables");
        let (problem, message) = if seconds < 0 {
            (
                format!("{seconds} is negative"),
                "negative value is not valid",
            )
        } else if dataplane == "VPP" || dataplane == "Nftables" && !case.operator.since(39) {
            (
                format!("the data plane {dataplane} does not support it"),
                if case.operator.since(39) {
                    "is supported only for the Iptables, Nftables and BPF Linux dataplanes"
                } else {
                    "is supported only for the Iptables and BPF Linux dataplanes"
                },
            )
        } else {
            return Vec::new();
        };
        vec![Details::at(
            format!("spec.{path}"),
            problem,
            case.core_controller_rejects(&format!("spec.{path} {message}")),
            "remove it, or set it to 0 or more seconds",
        )]
    },
};

//! Rules for the CNI plugin: which one works with which provider and IPAM plugin, and which
//! settings only Calico's has.

use crate::catalog::Entry;
use crate::text::shown;

use super::case::Case;
use super::details::Details;
use super::rejection::{CORE_VALIDATION, REJECTED_BY_CORE_CONTROLLER};
use super::rule::{Enforcement, Rule};

pub(super) const CNI_PROVIDER: Rule = Rule {
    entry: Entry {
        code: "cni-provider",
        title: "the CNI plugin of a cloud provider must be used with that provider",
        meaning: "spec.cni.type AmazonVPC belongs to kubernetesProvider EKS, AzureVNET to AKS, and \
                  GKE to GKE.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Without a kubernetesProvider every plugin is accepted. A provider that the \
                   operator detects in the cluster is not taken into account.",
        fix: "Use Calico's CNI plugin, or the provider that the plugin belongs to.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let cni = case.effective.cni.as_str();
        let Some((_, own, _)) = PLUGINS.into_iter().find(|(plugin, ..)| *plugin == cni) else {
            return Vec::new();
        };
        case.written
            .provider
            .iter()
            .filter(|provider| *provider != own)
            .map(|provider| {
                let provider = shown(provider);
                Details::at(
                    "spec.cni.type",
                    format!("the CNI plugin {cni} does not work with the provider {provider}"),
                    case.core_controller_rejects(&format!(
                        "spec.kubernetesProvider {provider} is not compatible with spec.cni.type \
                         {cni}"
                    )),
                    format!("set spec.cni.type: Calico, or spec.kubernetesProvider: {own}"),
                )
            })
            .collect()
    },
};

/// The CNI plugins of cloud providers: with their provider, and the IPAM plugin that they need.
const PLUGINS: [(&str, &str, &str); 3] = [
    ("AmazonVPC", "EKS", "AmazonVPC"),
    ("AzureVNET", "AKS", "AzureVNET"),
    ("GKE", "GKE", "HostLocal"),
];

pub(super) const CNI_IPAM: Rule = Rule {
    entry: Entry {
        code: "cni-ipam",
        title: "the IPAM plugin must be one that the CNI plugin works with",
        meaning: "The IPAM plugin (spec.cni.ipam.type) assigns pod addresses. Calico's CNI plugin \
                  works with Calico and HostLocal, AmazonVPC and AzureVNET only with their own, \
                  and GKE only with HostLocal.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "If the IPAM plugin is not set, the operator fills in one that works. With an \
                   Installation named overlay, it does so before merging the two.",
        fix: "Remove spec.cni.ipam, or set its type to one that the message lists.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let (cni, ipam) = (case.effective.cni.as_str(), case.effective.ipam.as_str());
        let valid: &[&str] = match PLUGINS.iter().find(|(plugin, ..)| *plugin == cni) {
            Some((.., own)) => &[own],
            None if cni == "Calico" => &["Calico", "HostLocal"],
            // setting-name
            None => return Vec::new(),
        };
        // Any other name is reported by setting-name.
        let is_known = ["Calico", "HostLocal", "AmazonVPC", "AzureVNET"].contains(&ipam);
        if valid.contains(&ipam) || !is_known {
            return Vec::new();
        }
        let shown = shown(ipam);
        vec![Details::at(
            "spec.cni.ipam.type",
            format!("the CNI plugin {cni} does not work with the IPAM plugin {shown}"),
            case.core_controller_rejects(&format!(
                "spec.cni.ipam.type {shown} is not compatible with spec.cni.type {cni}, valid IPAM \
                 values {}",
                valid.join(",")
            )),
            format!("use {}", valid.join(" or ")),
        )]
    },
};

pub(super) const CALICO_CNI_ONLY: Rule = Rule {
    entry: Entry {
        code: "calico-cni-only",
        title: "settings of Calico's CNI plugin must not be set with another CNI plugin",
        meaning: "These settings are hostPorts, multiInterfaceMode, containerIPForwarding and \
                  linuxPodInterfaceType in calicoNetwork, logging.cni, and cni.specVersion.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "The CNI plugin is spec.cni.type, or what the operator fills in for \
                   spec.kubernetesProvider. Since operator 1.34, hostPorts may be Disabled. \
                   linuxPodInterfaceType was introduced in 1.43, cni.specVersion in 1.40.14.",
        fix: "Remove the setting, or use Calico's CNI plugin.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        // Any other name is reported by setting-name.
        if !PLUGINS
            .iter()
            .any(|(plugin, ..)| *plugin == case.effective.cni)
        {
            return Vec::new();
        }
        CALICO_ONLY
            .into_iter()
            .filter(|path| {
                let is_off = case.text(path) == Some("Disabled");
                let is_host_ports = *path == "calicoNetwork.hostPorts";
                case.setting(path).is_some()
                    && !(is_host_ports && is_off && case.operator.since(34))
            })
            .map(|path| calico_only(case, path))
            .collect()
    },
};

const CALICO_ONLY: [&str; 6] = [
    "calicoNetwork.hostPorts",
    "calicoNetwork.multiInterfaceMode",
    "calicoNetwork.containerIPForwarding",
    "calicoNetwork.linuxPodInterfaceType",
    "logging.cni",
    "cni.specVersion",
];

fn calico_only(case: &Case, path: &str) -> Details {
    let cni = shown(&case.effective.cni);
    let message = match path {
        "logging.cni" => "installation spec.Logging.cni is not valid and should not be provided \
                          when spec.cni.type is Not Calico"
            .to_owned(),
        "cni.specVersion" => {
            format!("spec.cni.specVersion is only valid when spec.cni.type is Calico, not {cni}")
        }
        path => format!("spec.{path} is supported only for Calico CNI"),
    };
    Details::at(
        format!("spec.{path}"),
        format!("it applies only to Calico's CNI plugin, but this Installation uses {cni}"),
        case.core_controller_rejects(&message),
        calico_instead(case, "remove it"),
    )
}

/// A fix, or Calico's CNI plugin as long as there is nothing to cut off: pods that another plugin connected stay with
/// it until they are recreated.
pub(super) fn calico_instead(case: &Case, fix: &str) -> String {
    if case.has_existing_pools() {
        fix.to_owned()
    } else {
        format!(
            "{fix}; or use Calico's CNI plugin (spec.cni.type: Calico), if the cluster has no pods yet"
        )
    }
}

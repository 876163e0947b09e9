//! What the CRD's schema demands of settings with a fixed set of values.

use crate::catalog::Entry;
use crate::installation::Installation;
use crate::text::{closest, quoted, shown};

use super::case::Case;
use super::details::Details;
use super::rejection::api_server_rejects;
use super::rule::{Enforcement, Rule};

/// A setting with a fixed set of values.
struct EnumSetting {
    path: &'static str,
    /// The operator minor that introduced it; the API server drops it before.
    since: u32,
    value: fn(&Installation) -> Option<&String>,
    /// Its values, with the operator minor that introduced each.
    names: &'static [(&'static str, u32)],
}

const SWITCH: &[(&str, u32)] = &[("Enabled", 0), ("Disabled", 0)];

/// Source: the Installation's CRD of each release, Calico 3.26 to 3.32.
const SETTINGS: [EnumSetting; 8] = [
    EnumSetting {
        path: "spec.kubernetesProvider",
        since: 0,
        // The schema accepts an empty one, which counts as not set.
        value: |installation| installation.provider.as_ref(),
        names: &[
            ("EKS", 0),
            ("GKE", 0),
            ("AKS", 0),
            ("OpenShift", 0),
            ("DockerEnterprise", 0),
            ("RKE2", 0),
            ("TKG", 32),
            ("Kind", 40),
        ],
    },
    EnumSetting {
        path: "spec.cni.type",
        since: 0,
        value: |installation| installation.cni.as_ref(),
        names: &[
            ("Calico", 0),
            ("GKE", 0),
            ("AmazonVPC", 0),
            ("AzureVNET", 0),
        ],
    },
    EnumSetting {
        path: "spec.cni.ipam.type",
        since: 0,
        value: |installation| installation.ipam.as_ref(),
        names: &[
            ("Calico", 0),
            ("HostLocal", 0),
            ("AmazonVPC", 0),
            ("AzureVNET", 0),
        ],
    },
    EnumSetting {
        path: "spec.calicoNetwork.bgp",
        since: 0,
        value: |installation| installation.bgp.as_ref(),
        names: SWITCH,
    },
    EnumSetting {
        path: "spec.calicoNetwork.hostPorts",
        since: 0,
        value: |installation| installation.host_ports.as_ref(),
        names: SWITCH,
    },
    EnumSetting {
        path: "spec.calicoNetwork.linuxDataplane",
        since: 0,
        value: |installation| installation.linux_dataplane.as_ref(),
        names: &[("Iptables", 0), ("BPF", 0), ("VPP", 0), ("Nftables", 36)],
    },
    EnumSetting {
        path: "spec.calicoNetwork.windowsDataplane",
        since: 32,
        value: |installation| installation.windows_dataplane.as_ref(),
        names: &[("HNS", 0), ("Disabled", 0)],
    },
    EnumSetting {
        path: "spec.calicoNetwork.clusterRoutingMode",
        since: 42,
        value: |installation| installation.cluster_routing_mode.as_ref(),
        names: &[("BIRD", 0), ("Felix", 0), ("FelixIPIPOnly", 43)],
    },
];

pub(super) const SETTING_NAME: Rule = Rule {
    entry: Entry {
        code: "setting-name",
        title: "a setting with a fixed set of values must have one of them",
        meaning: "These settings are kubernetesProvider, cni.type and cni.ipam.type, and in \
                  calicoNetwork bgp, hostPorts, linuxDataplane, windowsDataplane and \
                  clusterRoutingMode. Values are case-sensitive.",
        impact: "The API server rejects the Installation.",
        criteria: "The allowed values are those of the operator's version: the provider TKG came \
                   with 1.32 and Kind with 1.40, windowsDataplane with 1.32, the dataplane \
                   Nftables with 1.36, clusterRoutingMode with 1.42. A setting that the CRD does \
                   not have is not checked, because the API server drops it.",
        fix: "Use one of the values that the message lists, or an operator that has the value.",
        source: "The Installation's CRD, projectcalico/calico 3.26 to 3.32",
    },
    enforcement: Enforcement::ApiServer,
    check: |case| {
        SETTINGS
            .iter()
            .filter(|setting| case.operator.since(setting.since))
            .filter_map(|setting| setting.violation(case))
            .collect()
    },
};

impl EnumSetting {
    fn violation(&self, case: &Case) -> Option<Details> {
        let value = (self.value)(case.written)?;
        let known: Vec<&str> = self
            .names
            .iter()
            .filter(|(_, since)| case.operator.since(*since))
            .map(|(name, _)| *name)
            .collect();
        if known.contains(&value.as_str()) {
            return None;
        }
        let introduced = self.names.iter().find(|(name, _)| name == value);
        let hint = match (introduced, closest(value, &known)) {
            (Some((_, since)), _) => format!("use operator 1.{since} or later, or "),
            (None, Some(similar)) => format!("did you mean {similar}? Otherwise "),
            (None, None) => String::new(),
        };
        Some(Details {
            path: self.path.to_owned(),
            fields: Vec::new(),
            problem: format!("operator {} does not know {}", case.operator, quoted(value)),
            impact: api_server_rejects(&format!("Unsupported value: \"{}\"", shown(value))),
            fix: format!("{hint}use one of {}", known.join(", ")),
        })
    }
}

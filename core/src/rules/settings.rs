//! What the CRD's schema says of the settings beside the pools that offer a choice of names.

use crate::installation::Installation;
use crate::text::{closest, quoted, shown};

use super::case::api_server_says;
use super::{Case, Details, Enforcement, Rule};

/// A field with a fixed set of values.
struct Setting {
    path: &'static str,
    /// The operator minor whose CRD has it first; earlier API servers drop it.
    since: u32,
    value: fn(&Installation) -> Option<&String>,
    /// Its values, with the operator minor that brought each.
    names: &'static [(&'static str, u32)],
}

const SWITCH: &[(&str, u32)] = &[("Enabled", 0), ("Disabled", 0)];

/// Source: the Installation's CRD of each release, Calico 3.26 to 3.32.
const SETTINGS: [Setting; 8] = [
    Setting {
        path: "spec.kubernetesProvider",
        since: 0,
        // An empty one counts as absent, and the schema takes it.
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
    Setting {
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
    Setting {
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
    Setting {
        path: "spec.calicoNetwork.bgp",
        since: 0,
        value: |installation| installation.bgp.as_ref(),
        names: SWITCH,
    },
    Setting {
        path: "spec.calicoNetwork.hostPorts",
        since: 0,
        value: |installation| installation.host_ports.as_ref(),
        names: SWITCH,
    },
    Setting {
        path: "spec.calicoNetwork.linuxDataplane",
        since: 0,
        value: |installation| installation.linux_dataplane.as_ref(),
        names: &[("Iptables", 0), ("BPF", 0), ("VPP", 0), ("Nftables", 36)],
    },
    Setting {
        path: "spec.calicoNetwork.windowsDataplane",
        since: 32,
        value: |installation| installation.windows_dataplane.as_ref(),
        names: &[("HNS", 0), ("Disabled", 0)],
    },
    Setting {
        path: "spec.calicoNetwork.clusterRoutingMode",
        since: 42,
        value: |installation| installation.cluster_routing_mode.as_ref(),
        names: &[("BIRD", 0), ("Felix", 0), ("FelixIPIPOnly", 43)],
    },
];

pub(super) const SETTING_NAME: Rule = Rule {
    name: "setting-name",
    summary: "a setting that offers a choice of names has one of them",
    enforcement: Enforcement::ApiServer,
    check: |case| {
        let of_this_operator = SETTINGS.iter().filter(|s| case.operator.since(s.since));
        of_this_operator
            .filter_map(|setting| setting.violation(case))
            .collect()
    },
};

impl Setting {
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
        let later = self.names.iter().find(|(name, _)| name == value);
        let fix = match (later, closest(value, &known)) {
            (Some((_, since)), _) => format!("use operator 1.{since} or later, or "),
            (None, Some(meant)) => format!("did you mean {meant}? Otherwise "),
            (None, None) => String::new(),
        };
        Some(Details {
            path: self.path.to_owned(),
            fields: Vec::new(),
            problem: format!("operator {} does not know {}", case.operator, quoted(value)),
            impact: api_server_says(&format!("Unsupported value: \"{}\"", shown(value))),
            fix: format!("{fix}write one of {}", known.join(", ")),
        })
    }
}

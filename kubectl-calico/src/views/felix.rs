//! Felix's settings, wherever they are set: its environment takes precedence over the
//! FelixConfiguration of its node, that over the oldest one whose selector selects the node (3.32 and later), and that
//! over `default`.
//!
//! Source: projectcalico/calico v3.32.1, felix/config/config_params.go and felix/calc/config_batcher.go
//! (`MergeSelectorConfigs`).

use calico_core::selector::Selector;

use super::calico_node::{CalicoNode, Variable};
use super::node_labels::is_selected;
use crate::snapshot::{FelixConfiguration, FelixSpec, Node, ObjectRef, Provenance, Snapshot};

/// A setting that something here reads.
pub struct FelixSetting<T: 'static> {
    /// The key in the spec of a FelixConfiguration.
    pub field: &'static str,
    /// The variable in the environment of calico-node.
    pub variable: &'static str,
    spec: fn(&FelixSpec) -> Option<T>,
    parse: fn(&str) -> Option<T>,
}

impl FelixSetting<bool> {
    const fn flag(
        field: &'static str,
        variable: &'static str,
        spec: fn(&FelixSpec) -> Option<bool>,
    ) -> Self {
        Self {
            field,
            variable,
            spec,
            parse: truth,
        }
    }
}

impl FelixSetting<String> {
    const fn text(
        field: &'static str,
        variable: &'static str,
        spec: fn(&FelixSpec) -> Option<String>,
    ) -> Self {
        Self {
            field,
            variable,
            spec,
            parse: |text| Some(text.to_owned()),
        }
    }
}

/// The value of a setting, and where it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved<T> {
    /// The value.
    pub value: T,
    /// Where it is set.
    pub from: Provenance,
}

/// `ipipEnabled`; unset, the pools decide.
pub const IPIP: FelixSetting<bool> =
    FelixSetting::flag("ipipEnabled", "FELIX_IPINIPENABLED", |spec| {
        spec.ipip_enabled
    });

/// `vxlanEnabled`; unset, the pools decide.
pub const VXLAN: FelixSetting<bool> =
    FelixSetting::flag("vxlanEnabled", "FELIX_VXLANENABLED", |spec| {
        spec.vxlan_enabled
    });

/// `wireguardEnabled`: encryption of IPv4.
pub const WIREGUARD: FelixSetting<bool> =
    FelixSetting::flag("wireguardEnabled", "FELIX_WIREGUARDENABLED", |spec| {
        spec.wireguard_enabled
    });

/// `wireguardEnabledV6`: encryption of IPv6.
pub const WIREGUARD_V6: FelixSetting<bool> =
    FelixSetting::flag("wireguardEnabledV6", "FELIX_WIREGUARDENABLEDV6", |spec| {
        spec.wireguard_enabled_v6
    });

/// `bpfEnabled`
pub const BPF: FelixSetting<bool> =
    FelixSetting::flag("bpfEnabled", "FELIX_BPFENABLED", |spec| spec.bpf_enabled);

/// `bpfKubeProxyIptablesCleanupEnabled`: whether Felix removes kube-proxy's rules in eBPF mode.
pub const KUBE_PROXY_CLEANUP: FelixSetting<bool> = FelixSetting::flag(
    "bpfKubeProxyIptablesCleanupEnabled",
    "FELIX_BPFKUBEPROXYIPTABLESCLEANUPENABLED",
    |spec| spec.bpf_kube_proxy_iptables_cleanup_enabled,
);

/// `ipv6Support`
pub const IPV6: FelixSetting<bool> =
    FelixSetting::flag("ipv6Support", "FELIX_IPV6SUPPORT", |spec| spec.ipv6_support);

/// `nftablesMode`: Disabled, Enabled or Auto.
pub const NFTABLES: FelixSetting<String> =
    FelixSetting::text("nftablesMode", "FELIX_NFTABLESMODE", |spec| {
        spec.nftables_mode.clone()
    });

/// `programClusterRoutes` (3.31 and later).
pub const CLUSTER_ROUTES: FelixSetting<String> = FelixSetting::text(
    "programClusterRoutes",
    "FELIX_PROGRAMCLUSTERROUTES",
    |spec| spec.program_cluster_routes.clone(),
);

/// `awsSrcDstCheck`: DoNothing, Enable or Disable.
pub const AWS_CHECK: FelixSetting<String> =
    FelixSetting::text("awsSrcDstCheck", "FELIX_AWSSRCDSTCHECK", |spec| {
        spec.aws_src_dst_check.clone()
    });

/// `logSeverityScreen`
pub const LOG_SEVERITY: FelixSetting<String> =
    FelixSetting::text("logSeverityScreen", "FELIX_LOGSEVERITYSCREEN", |spec| {
        spec.log_severity_screen.clone()
    });

/// `vxlanPort`
pub const VXLAN_PORT: FelixSetting<u16> = FelixSetting {
    field: "vxlanPort",
    variable: "FELIX_VXLANPORT",
    spec: |spec| spec.vxlan_port,
    parse: |text| text.parse().ok(),
};

/// `vxlanVNI`
pub const VXLAN_VNI: FelixSetting<u32> = FelixSetting {
    field: "vxlanVNI",
    variable: "FELIX_VXLANVNI",
    spec: |spec| spec.vxlan_vni,
    parse: |text| text.parse().ok(),
};

/// A setting that is set nowhere, so that Felix's default applies.
pub fn default_of<T>(setting: &FelixSetting<T>) -> Provenance {
    Provenance::default_of(
        ObjectRef::named("FelixConfiguration", "default"),
        format!("spec.{}", setting.field),
    )
}

/// Source: projectcalico/calico, felix/config/param_types.go (`BoolParam`).
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "y" | "t" => Some(true),
        "false" | "0" | "no" | "n" | "f" => Some(false),
        _ => None,
    }
}

/// The settings of a cluster's Felix.
#[derive(Clone, Copy, Debug)]
pub struct Felix<'a> {
    node: Option<CalicoNode<'a>>,
    configurations: &'a [FelixConfiguration],
    nodes: &'a [Node],
}

impl<'a> Felix<'a> {
    /// The settings in a snapshot.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let node = CalicoNode::current(snapshot);
        // With the etcd datastore, FelixConfigurations in the Kubernetes API have no effect.
        let in_etcd = node.is_some_and(|node| node.variable("ETCD_ENDPOINTS") != Variable::Unset);
        Self {
            node,
            nodes: snapshot.nodes.items(),
            configurations: if in_etcd {
                &[]
            } else {
                snapshot.felix_configurations.items()
            },
        }
    }

    /// The value for every node without its own value.
    pub fn get<T>(&self, setting: &FelixSetting<T>) -> Option<Resolved<T>> {
        self.by_environment(setting)
            .or_else(|| self.by_configuration(setting, "default"))
    }

    /// The value for one node.
    pub fn get_on_node<T>(&self, setting: &FelixSetting<T>, node: &Node) -> Option<Resolved<T>> {
        // Only calico-node for Linux is read.
        let by_environment = self.by_environment(setting).filter(|_| node.is_linux());
        by_environment
            .or_else(|| self.by_configuration(setting, &format!("node.{}", node.metadata.name)))
            .or_else(|| by(self.selecting(node)?, setting))
            .or_else(|| self.by_configuration(setting, "default"))
    }

    /// The FelixConfiguration whose selector selects a node; of several, the oldest.
    fn selecting(&self, node: &Node) -> Option<&'a FelixConfiguration> {
        let selects = |found: &&FelixConfiguration| {
            let text = found.spec.node_selector.as_deref();
            let selector = text.filter(|text| !text.is_empty()).map(Selector::parse);
            selector
                .and_then(Result::ok)
                .is_some_and(|selector| is_selected(&[selector], node) == Some(true))
        };
        let matching = self.configurations.iter().filter(selects);
        matching.min_by_key(|found| {
            let created = found.metadata.creation_timestamp.as_ref();
            (created.map(|time| time.0), found.metadata.name.as_str())
        })
    }

    /// The FelixConfigurations whose selectors select nodes, each once.
    fn selected(&self) -> Vec<&'a FelixConfiguration> {
        if self
            .configurations
            .iter()
            .all(|it| it.spec.node_selector.is_none())
        {
            return Vec::new();
        }
        let mut found: Vec<&FelixConfiguration> = Vec::new();
        for one in self.nodes.iter().filter_map(|node| self.selecting(node)) {
            if !found.iter().any(|it| std::ptr::eq(*it, one)) {
                found.push(one);
            }
        }
        found
    }

    /// The setting in every place that sets it, highest precedence first.
    pub fn get_everywhere<T>(&self, setting: &FelixSetting<T>) -> Vec<Resolved<T>> {
        let nodes = self.configurations.iter();
        let nodes = nodes.filter(|found| found.metadata.name.starts_with("node."));
        self.by_environment(setting)
            .into_iter()
            .chain(nodes.filter_map(|found| by(found, setting)))
            .chain(
                self.selected()
                    .into_iter()
                    .filter_map(|found| by(found, setting)),
            )
            .chain(self.by_configuration(setting, "default"))
            .collect()
    }

    /// Whether a setting is enabled.
    pub fn is_on(&self, setting: &FelixSetting<bool>) -> bool {
        self.get(setting).is_some_and(|found| found.value)
    }

    /// The value in calico-node's environment.
    pub fn by_environment<T>(&self, setting: &FelixSetting<T>) -> Option<Resolved<T>> {
        let node = self.node?;
        let value = (setting.parse)(node.value(setting.variable)?)?;
        Some(Resolved {
            value,
            from: node.env(setting.variable),
        })
    }

    fn by_configuration<T>(&self, setting: &FelixSetting<T>, name: &str) -> Option<Resolved<T>> {
        let mut found = self.configurations.iter();
        by(found.find(|found| found.metadata.name == name)?, setting)
    }
}

fn by<T>(found: &FelixConfiguration, setting: &FelixSetting<T>) -> Option<Resolved<T>> {
    Some(Resolved {
        value: (setting.spec)(&found.spec)?,
        from: Provenance::new(
            ObjectRef::of("FelixConfiguration", &found.metadata),
            format!("spec.{}", setting.field),
        ),
    })
}

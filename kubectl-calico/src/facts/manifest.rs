//! The manifest that Calico was installed from.

use serde::Serialize;

use crate::snapshot::Provenance;
use crate::views::calico_node::{CalicoNode, Variable};

/// One of Calico's manifests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Manifest {
    /// calico.yaml
    #[serde(rename = "calico.yaml")]
    Calico,
    /// calico-typha.yaml
    #[serde(rename = "calico-typha.yaml")]
    Typha,
    /// calico-vxlan.yaml
    #[serde(rename = "calico-vxlan.yaml")]
    Vxlan,
    /// calico-bpf.yaml
    #[serde(rename = "calico-bpf.yaml")]
    Bpf,
    /// calico-policy-only.yaml
    #[serde(rename = "calico-policy-only.yaml")]
    PolicyOnly,
    /// calico-etcd.yaml
    #[serde(rename = "calico-etcd.yaml")]
    Etcd,
    /// calico-v3-crds.yaml
    #[serde(rename = "calico-v3-crds.yaml")]
    V3Crds,
}

impl Manifest {
    /// The file's name.
    pub fn file(self) -> &'static str {
        match self {
            Self::Calico => "calico.yaml",
            Self::Typha => "calico-typha.yaml",
            Self::Vxlan => "calico-vxlan.yaml",
            Self::Bpf => "calico-bpf.yaml",
            Self::PolicyOnly => "calico-policy-only.yaml",
            Self::Etcd => "calico-etcd.yaml",
            Self::V3Crds => "calico-v3-crds.yaml",
        }
    }
}

/// The manifest that calico-node's environment comes from: it differs between Calico's manifests.
/// Source: projectcalico/calico v3.32.1, manifests/.
pub fn manifest(node: &CalicoNode) -> (Manifest, Provenance) {
    let is = |name: &str, value: &str| {
        node.value(name)
            .is_some_and(|found| found.eq_ignore_ascii_case(value))
    };
    let (manifest, variable) = if node.variable("ETCD_ENDPOINTS") != Variable::Unset {
        (Manifest::Etcd, "ETCD_ENDPOINTS")
    } else if is("CALICO_API_GROUP", "projectcalico.org/v3") {
        (Manifest::V3Crds, "CALICO_API_GROUP")
    } else if node.connects_pods() == Some(false) {
        (Manifest::PolicyOnly, "CALICO_NETWORKING_BACKEND")
    } else if is("FELIX_BPFENABLED", "true") {
        (Manifest::Bpf, "FELIX_BPFENABLED")
    } else if is("CALICO_NETWORKING_BACKEND", "vxlan") {
        (Manifest::Vxlan, "CALICO_NETWORKING_BACKEND")
    } else if node.variable("FELIX_TYPHAK8SSERVICENAME") != Variable::Unset {
        (Manifest::Typha, "FELIX_TYPHAK8SSERVICENAME")
    } else {
        (Manifest::Calico, "CALICO_NETWORKING_BACKEND")
    };
    (manifest, node.env(variable))
}

//! The IPAM plugin, which assigns pods their addresses.

use k8s_openapi::api::core::v1::ConfigMap;

use super::dataplane::vpp;
use super::install::Install;
use super::installation::InstallationFacts;
use super::method::Method;
use crate::facts::fact::Fact;
use crate::snapshot::Snapshot;
use crate::snapshot::{ObjectRef, Provenance};
use crate::views::calico_node::{CalicoNode, NOT_FOUND};
use crate::views::cni_config;
use crate::views::daemon_set::amazon_vpc;

/// The operator's name for Calico's IPAM, which assigns addresses from pools.
pub const CALICO: &str = "Calico";

/// The operator's name for host-local IPAM, which assigns addresses from the node's part of the pod CIDR.
pub const HOST_LOCAL: &str = "HostLocal";

/// The operator's name for the Amazon VPC CNI, which assigns addresses of the cloud's network.
pub const AMAZON_VPC: &str = "AmazonVPC";

/// The IPAM plugin, by the operator's name if it has one.
pub fn ipam(
    snapshot: &Snapshot,
    install: &Install,
    installation: Option<&InstallationFacts>,
) -> Fact<String> {
    match install.method.value() {
        Some(Method::Operator { .. } | Method::Migrating | Method::InstallationOnly) => {
            match installation {
                Some(installation) => Fact::known(
                    installation.effective.ipam.clone(),
                    Provenance::new(ObjectRef::installation(), "spec.cni.ipam.type"),
                ),
                None => Fact::of(
                    &snapshot.installations,
                    "the default Installation does not exist",
                    |_| by_operator(snapshot),
                ),
            }
        }
        Some(Method::Canal | Method::Manifest { .. }) => by_manifest(snapshot),
        Some(Method::OperatorOnly | Method::Remnants | Method::Nothing) => {
            Fact::absent("Calico is not running")
        }
        None => Fact::unknown("it is unknown how Calico is installed"),
    }
}

/// What the operator's calico-node shows of an Installation that is gone: host-local IPAM.
/// Source: tigera/operator v1.42.3, pkg/render/node.go (`nodeEnvVars`).
fn by_operator(snapshot: &Snapshot) -> Option<(String, Provenance)> {
    const VARIABLES: [(&str, &str); 2] = [
        ("USE_POD_CIDR", "true"),
        ("CALICO_NETWORKING_BACKEND", "none"),
    ];
    let node = CalicoNode::current(snapshot)?;
    let connects = node.is_of_operator() && node.connects_pods() == Some(true);
    let is_set = |(name, value): &(&str, &str)| node.value(name) == Some(*value);
    // VPP has a BGP daemon of its own, and no backend either.
    if !connects || vpp(snapshot).is_some() {
        return None;
    }
    let (variable, _) = VARIABLES.into_iter().find(is_set)?;
    Some((HOST_LOCAL.to_owned(), node.env(variable)))
}

/// Calico's manifests have the CNI configuration in their ConfigMap. Derived manifests may have it
/// elsewhere; the init containers of calico-node then show whether Calico's plugin is installed at all.
/// Where Calico does no networking, the addresses are those of each node's pod CIDR, as on GKE, or of the Amazon
/// VPC.
fn by_manifest(snapshot: &Snapshot) -> Fact<String> {
    let Some(node) = CalicoNode::current(snapshot) else {
        return Fact::of(&snapshot.daemon_sets, NOT_FOUND, |_| None);
    };
    let (config, name) = node.config();
    if let Some(why) = config.failure() {
        return why.into();
    }
    let from = || Provenance::new(ObjectRef::config_map(name), cni_config::KEY);
    let missing = "IPAM plugin unknown";
    let configured = Fact::of(config, missing, |config| Some((ipam_of(config)?, from())));
    configured.or(|| {
        let other = amazon_vpc(snapshot).filter(|_| node.connects_pods() == Some(false));
        if let Some(set) = other.filter(|_| !node.is_canal()) {
            let from = ObjectRef::of_object("DaemonSet", &set.metadata);
            Fact::known(AMAZON_VPC.to_owned(), Provenance::new(from, ""))
        } else if node.is_canal() || node.does_networking() == Some(false) {
            Fact::known(HOST_LOCAL.to_owned(), node.at("env"))
        } else if node.prepares_with("upgrade-ipam") || node.prepares_with("install-cni") {
            Fact::known(CALICO.to_owned(), node.at("initContainers"))
        } else {
            Fact::unknown(missing)
        }
    })
}

/// Whether another plugin provides pod networking, and Calico only enforces policy. Canal, whose plugin
/// runs in the same pods, does not count.
pub fn is_done_by_another_plugin(snapshot: &Snapshot, install: &Install) -> bool {
    let by_installation = || {
        InstallationFacts::of(snapshot, install)
            .is_some_and(|installation| !installation.effective.is_calico_cni())
    };
    match CalicoNode::current(snapshot) {
        Some(node) if node.is_canal() => false,
        Some(node) => {
            node.connects_pods() == Some(false) || (node.is_of_operator() && by_installation())
        }
        None => by_installation(),
    }
}

/// The IPAM plugin of a CNI configuration.
fn ipam_of(config: &ConfigMap) -> Option<String> {
    let ipam = cni_config::ipam(config)?;
    let name = match ipam.get("type")?.as_str()? {
        "calico-ipam" => CALICO,
        "host-local" => HOST_LOCAL,
        other => other,
    };
    Some(name.to_owned())
}

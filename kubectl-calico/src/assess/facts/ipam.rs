//! Who gives pods their addresses.

use k8s_openapi::api::core::v1::ConfigMap;
use serde_yaml::Value;

use super::install::{Install, Method};
use super::installation::InstallationFacts;
use super::variant::Variant;
use crate::assess::fact::Fact;
use crate::assess::provenance::Provenance;
use crate::assess::views::calico_node::{CalicoNode, entry};
use crate::snapshot::ObjectRef;
use crate::snapshot::Snapshot;

/// Calico's IPAM, which takes addresses from its pools, in the operator's spelling.
pub const CALICO: &str = "Calico";

/// Each node's own part of the pod network, likewise.
const HOST_LOCAL: &str = "HostLocal";

/// The IPAM plugin, in the operator's spelling where that has one.
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
                    "there is no Installation default",
                    |_| None,
                ),
            }
        }
        Some(Method::Canal) => by_manifest(snapshot, true),
        Some(Method::Manifest { variant }) => {
            by_manifest(snapshot, *variant == Variant::PolicyOnly)
        }
        Some(Method::OperatorOnly | Method::Remnants | Method::Nothing) => {
            Fact::absent("Calico does not run")
        }
        None => Fact::unknown("it is not known how Calico is installed"),
    }
}

/// The CNI configuration of the manifests is in their ConfigMap. Who installs from something made
/// after them may keep it elsewhere; what prepares calico-node then tells whether Calico's plugin
/// is there at all.
fn by_manifest(snapshot: &Snapshot, policies_only: bool) -> Fact<String> {
    const KEY: &str = "cni_network_config";
    let Some(node) = CalicoNode::current(snapshot) else {
        return Fact::of(&snapshot.daemon_sets, "calico-node is not there", |_| None);
    };
    let (config, name) = node.config();
    let from = || Provenance::new(ObjectRef::config_map(name), KEY);
    let missing = "nothing tells which IPAM plugin is used";
    let told = Fact::of(config, missing, |config| {
        Some((ipam_of(config, KEY)?, from()))
    });
    told.or(|| {
        if policies_only {
            Fact::known(HOST_LOCAL.to_owned(), node.at("env"))
        } else if node.prepares_with("upgrade-ipam") || node.prepares_with("install-cni") {
            Fact::known(CALICO.to_owned(), node.at("initContainers"))
        } else {
            Fact::unknown(missing)
        }
    })
}

/// Whether the network of pods is the matter of another plugin, and Calico's are the policies only.
/// Canal, whose plugin comes in the same pods, is none such.
pub fn is_done_by_another_plugin(snapshot: &Snapshot, install: &Install) -> bool {
    match CalicoNode::current(snapshot) {
        Some(node) => !node.is_canal() && node.does_networking() == Some(false),
        None => InstallationFacts::of(snapshot, install)
            .is_some_and(|installation| !installation.effective.is_calico_cni()),
    }
}

/// The type of IPAM in a CNI configuration. Its placeholders are no JSON (`"mtu": __CNI_MTU__`),
/// but they are YAML.
fn ipam_of(config: &ConfigMap, key: &str) -> Option<String> {
    let config: Value = serde_yaml::from_str(entry(config, key)?).ok()?;
    let mut plugins = config.get("plugins")?.as_sequence()?.iter();
    let ipam = plugins.find_map(|plugin| plugin.get("ipam")?.get("type")?.as_str())?;
    let name = match ipam {
        "calico-ipam" => CALICO,
        "host-local" => HOST_LOCAL,
        other => other,
    };
    Some(name.to_owned())
}

//! The settings of an Installation that has yet to be created, besides its pools: what the platform needs and, where
//! the operator's calico-node still runs without an Installation, what it runs with. Otherwise the operator would fill
//! in its defaults and change what runs: turn eBPF off, for example.
//! Source: tigera/operator v1.42.3, pkg/controller/installation/core_controller.go (`fillDefaults`,
//! `setBPFUpdatesOnFelixConfiguration`, `setNftablesMode`) and pkg/render/node.go.

use calico_core::operator::DEPLOYMENT;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::image_source::image_source;
use crate::facts::Facts;
use crate::facts::dataplane::Dataplane;
use crate::facts::fact::Fact;
use crate::facts::ipam::HOST_LOCAL;
use crate::facts::platform::Platform;
use crate::snapshot::Snapshot;
use crate::views::calico_node::{CalicoNode, SERVICES_ENDPOINT};
use crate::views::felix::{Felix, NFTABLES};
use crate::views::kube_proxy;

/// A setting of the Installation that the cluster needs besides its pools.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Setting {
    /// The path in the Installation's spec, such as `cni.type`.
    pub path: String,
    /// The value.
    pub value: Value,
    /// Why it is needed.
    pub why: String,
}

impl Setting {
    /// The value without quotes.
    pub fn text(&self) -> String {
        match &self.value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// The operator's calico-node, if it runs, is not being deleted, and no Installation exists.
pub fn without_installation<'a>(snapshot: &'a Snapshot, facts: &Facts) -> Option<CalicoNode<'a>> {
    let nodes = CalicoNode::all(snapshot).into_iter();
    let mut nodes = nodes
        .filter(|node| node.is_of_operator() && node.set.metadata.deletion_timestamp.is_none());
    nodes.next().filter(|_| facts.installation.is_none())
}

/// The settings; `is_calico` says whether Calico's CNI plugin connects pods.
pub fn settings(snapshot: &Snapshot, facts: &Facts, is_calico: bool) -> Vec<Setting> {
    let mut settings = of_platform(facts.cluster.platform.value().copied(), is_calico);
    settings.extend(in_place_of_kube_proxy(snapshot, facts));
    if let Some(node) = without_installation(snapshot, facts) {
        settings.extend(of_running(snapshot, facts, &node, is_calico));
    }
    settings
}

/// What of the running Calico is not known, as a clause, so that no Installation can be proposed.
pub fn unknown(snapshot: &Snapshot, facts: &Facts) -> Option<&'static str> {
    let node = without_installation(snapshot, facts)?;
    if facts.install.enterprise.is_some() {
        Some("the Installation of Calico Enterprise has more than this report reads")
    } else if facts.dataplane.value() == Some(&Dataplane::Vpp) {
        Some("the settings of its data plane, VPP, are not known")
    } else if !CalicoNode::of_windows(snapshot).is_empty() {
        // Without `windowsDataplane`, the operator removes it there.
        Some("its settings for Windows are not known")
    } else if facts.dataplane.value().is_none() {
        Some("its data plane could not be read")
    } else if facts.pools.value().is_none() {
        Some("its pools could not be read")
    } else if node.connects_pods() == Some(false) && !facts.cluster.is_managed() {
        Some("another CNI plugin connects pods, and its type in the Installation is not known")
    } else {
        None
    }
}

/// The spec with these settings.
pub fn spec(settings: &[Setting]) -> Map<String, Value> {
    let mut spec = Map::new();
    for setting in settings {
        let path: Vec<&str> = setting.path.split('.').collect();
        insert(&mut spec, &path, setting.value.clone());
    }
    spec
}

fn insert(object: &mut Map<String, Value>, path: &[&str], value: Value) {
    match path {
        [] => {}
        [key] => {
            object.insert((*key).to_owned(), value);
        }
        [key, rest @ ..] => {
            let below = object.entry(*key).or_insert_with(|| json!({}));
            if let Some(below) = below.as_object_mut() {
                insert(below, rest, value);
            }
        }
    }
}

/// AKS is not detected by the operator, and each of the three providers has a default plugin that
/// is not Calico's. Source: tigera/operator v1.42.3, pkg/common/discovery and core_controller.go.
fn of_platform(platform: Option<Platform>, is_calico: bool) -> Vec<Setting> {
    let (provider, plugin) = match platform {
        Some(Platform::Eks) => ("EKS", "AmazonVPC"),
        Some(Platform::Aks) => ("AKS", "AzureVNET"),
        Some(Platform::Gke) => ("GKE", "GKE"),
        _ => return Vec::new(),
    };
    let mut settings = vec![setting(
        "kubernetesProvider",
        provider,
        format!("the cluster runs on {provider}"),
    )];
    if is_calico {
        let why = format!("the operator's default for {provider} is {plugin}");
        settings.push(setting("cni.type", "Calico", why));
    }
    settings
}

/// Without kube-proxy, an API server's address that needs no Services is there for eBPF, which implements them.
fn in_place_of_kube_proxy(snapshot: &Snapshot, facts: &Facts) -> Option<Setting> {
    snapshot.services_endpoint.read()?;
    let why =
        format!("no kube-proxy was found, and ConfigMap/{DEPLOYMENT}/{SERVICES_ENDPOINT} exists");
    (lacks_kube_proxy(snapshot, facts) && facts.install.is_missing())
        .then(|| setting("calicoNetwork.linuxDataplane", "BPF", why))
}

/// Whether kube-proxy is missing where the installer of the cluster has one.
pub fn lacks_kube_proxy(snapshot: &Snapshot, facts: &Facts) -> bool {
    let platform = facts.cluster.platform.value();
    platform.is_some_and(|platform| platform.has_kube_proxy_daemon_set())
        && kube_proxy::is_absent(snapshot)
        && !kube_proxy::is_replaced(snapshot)
}

fn setting(path: &str, value: impl Into<Value>, why: impl Into<String>) -> Setting {
    Setting {
        path: path.to_owned(),
        value: value.into(),
        why: why.into(),
    }
}

fn of_running(
    snapshot: &Snapshot,
    facts: &Facts,
    node: &CalicoNode,
    is_calico: bool,
) -> Vec<Setting> {
    let runs = |field: &str| format!("that of the running Calico ({})", node.at(field));
    let mut settings = Vec::new();
    if is_calico && facts.by_pod_cidr() {
        let why = "that of the running Calico";
        settings.push(setting("cni.type", "Calico", why));
        settings.push(setting("cni.ipam.type", HOST_LOCAL, why));
    }
    // The images of Calico Enterprise have names of their own.
    let container = node
        .container()
        .filter(|_| facts.install.enterprise.is_none());
    if let Some(image) = container.and_then(|it| it.image.as_deref()) {
        let found = image_source(image).into_iter();
        settings.extend(found.map(|(key, value)| setting(key, value, runs("image"))));
    }
    // Source: tigera/operator v1.42.3, pkg/components/calico.go (`ComponentCalicoNodeFIPS`).
    if node.image_tag().is_some_and(|tag| tag.ends_with("-fips")) {
        settings.push(setting("fipsMode", "Enabled", runs("image")));
    }
    settings.extend(dataplane(snapshot, facts));
    match facts.routing.bgp.runs.value() {
        Some(false) if is_calico => settings.push(setting(
            "calicoNetwork.bgp",
            "Disabled",
            runs("env CALICO_NETWORKING_BACKEND"),
        )),
        Some(true) if facts.cluster.platform.value() == Some(&Platform::Eks) => {
            settings.push(setting(
                "calicoNetwork.bgp",
                "Enabled",
                runs("env CALICO_NETWORKING_BACKEND"),
            ));
        }
        _ => {}
    }
    let mtu = "FELIX_VXLANMTU";
    if let Some(value) = node.value(mtu).and_then(|value| value.parse::<i64>().ok()) {
        settings.push(setting(
            "calicoNetwork.mtu",
            value,
            runs(&format!("env {mtu}")),
        ));
    }
    for (variable, field) in [
        ("IP_AUTODETECTION_METHOD", "nodeAddressAutodetectionV4"),
        ("IP6_AUTODETECTION_METHOD", "nodeAddressAutodetectionV6"),
    ] {
        let method = node.value(variable).and_then(autodetection);
        settings.extend(method.map(|(key, value)| {
            let path = format!("calicoNetwork.{field}.{key}");
            setting(&path, value, runs(&format!("env {variable}")))
        }));
    }
    settings
}

/// The operator's default is Iptables, for which it turns eBPF and nftables off in the FelixConfiguration.
fn dataplane(snapshot: &Snapshot, facts: &Facts) -> Option<Setting> {
    let (value, from) = match &facts.dataplane {
        Fact::Known {
            value: Dataplane::Bpf,
            from,
        } => ("BPF", from.first()?.to_string()),
        // It writes Auto since 1.42, and Enabled before that.
        Fact::Known {
            value: Dataplane::Nftables | Dataplane::Auto,
            ..
        } => (
            "Nftables",
            Felix::of(snapshot).get(&NFTABLES)?.from.to_string(),
        ),
        _ => return None,
    };
    let why = format!("that of the running Calico ({from})");
    Some(setting("calicoNetwork.linuxDataplane", value, why))
}

/// The field and the value of a method by which calico-node detects addresses. The default needs none.
/// Source: tigera/operator v1.42.3, pkg/render/node.go (`getAutodetectionMethod`).
fn autodetection(method: &str) -> Option<(&'static str, Value)> {
    if method == "kubernetes-internal-ip" {
        return Some(("kubernetes", "NodeInternalIP".into()));
    }
    let (name, value) = method.split_once('=')?;
    Some(match name {
        "interface" => ("interface", value.into()),
        "skip-interface" => ("skipInterface", value.into()),
        "can-reach" => ("canReach", value.into()),
        "cidr" => ("cidrs", value.split(',').collect::<Vec<_>>().into()),
        _ => return None,
    })
}

//! Typha: how many replicas are needed, and how many run.

use calico_core::operator::OperatorVersion;
use calico_core::typha::{MANIFEST_NODES_WITHOUT_TYPHA, manifest_replicas, operator_replicas};
use k8s_openapi::api::apps::v1::Deployment;
use serde::Serialize;

use super::install::Install;
use super::method::Method;
use super::replicas::Replicas;
use crate::facts::fact::Fact;
use crate::phrases::counted;
use crate::snapshot::{Node, ObjectRef, Provenance, Reading, Snapshot};
use crate::views::calico_node::{CalicoNode, NOT_FOUND, Variable};
use crate::views::node_labels::MIGRATION_LABEL;
use crate::views::objects::deployments;

/// Typha, which serves the data of the datastore to Felix on each node.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Typha {
    /// How many replicas the cluster needs.
    pub wanted: Fact<WantedReplicas>,
    /// The replicas of the Deployment.
    pub deployment: Fact<Replicas>,
    /// Whether Felix is configured to connect to Typha.
    pub used: Fact<bool>,
}

/// How many replicas of Typha a cluster needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WantedReplicas {
    /// The number of replicas; 0 if Typha is not needed.
    pub replicas: u32,
    /// The number of nodes that it is based on.
    pub nodes: u32,
    /// The reason for this number.
    pub why: String,
}

impl Typha {
    /// Typha in a snapshot.
    pub fn of(snapshot: &Snapshot, install: &Install) -> Self {
        Self {
            wanted: wanted(snapshot, install),
            deployment: deployment(snapshot),
            used: used(snapshot),
        }
    }
}

/// The replicas of Typha's Deployment, in whichever row it is.
fn deployment(snapshot: &Snapshot) -> Fact<Replicas> {
    if let (None, Some(why)) = (typha(snapshot), snapshot.aws_typhas.failure()) {
        return why.into();
    }
    Fact::of(&snapshot.deployments, "not installed", |_| {
        let replicas = Replicas::of(typha(snapshot)?);
        let from = Provenance::new(deployment_object(&replicas), "");
        Some((replicas, from))
    })
}

/// The name of Typha's Deployment and Service.
pub const NAME: &str = "calico-typha";

/// The reference to Typha's Deployment.
pub fn deployment_object(replicas: &Replicas) -> ObjectRef {
    ObjectRef::in_namespace("Deployment", &replicas.namespace, &replicas.name)
}

/// Typha's Deployment, by its name or by that of its container, since platforms rename it
/// (`calico-typha-deploy` in Gardener, `aws-calico-typha` in the chart of EKS). During a migration to the operator there are two: this is that of
/// the calico-node whose settings count.
pub fn typha(snapshot: &Snapshot) -> Option<&Deployment> {
    let namespace =
        CalicoNode::current(snapshot).and_then(|node| node.set.metadata.namespace.as_ref());
    let mut all = deployments(snapshot).filter(|it| is_typha(it));
    let same_namespace = all
        .clone()
        .find(|found| found.metadata.namespace.as_ref() == namespace);
    same_namespace.or_else(|| all.next())
}

fn is_typha(found: &Deployment) -> bool {
    let spec = found.spec.as_ref();
    let pod = spec.and_then(|spec| spec.template.spec.as_ref());
    let mut containers = pod.into_iter().flat_map(|pod| &pod.containers);
    found.metadata.name.as_deref() == Some(NAME) || containers.any(|it| it.name == NAME)
}

/// Whether a Typha pod exists. Manifests derived from Calico's may label its Deployment differently, and
/// then it is not read.
pub fn has_pods(snapshot: &Snapshot) -> bool {
    let pods = snapshot.calico_pods.items();
    pods.iter()
        .any(|pod| pod.metadata.label("k8s-app") == Some(NAME))
}

/// Whether Felix is configured to connect to Typha.
pub fn is_used(snapshot: &Snapshot) -> bool {
    used(snapshot).value() == Some(&true)
}

/// Felix treats `none` as unset, in any case.
/// Source: projectcalico/calico v3.32.1, felix/config/config_params.go.
fn used(snapshot: &Snapshot) -> Fact<bool> {
    let Some(node) = CalicoNode::current(snapshot) else {
        return Fact::of(&snapshot.daemon_sets, NOT_FOUND, |_| None);
    };
    for name in ["FELIX_TYPHAADDR", "FELIX_TYPHAK8SSERVICENAME"] {
        let from = || node.env(name);
        match node.variable(name) {
            Variable::Set(value) if !value.is_empty() && !value.eq_ignore_ascii_case("none") => {
                return Fact::known(true, from());
            }
            Variable::Unknown(why) => return Fact::unknown(why),
            _ => {}
        }
    }
    Fact::known(false, node.at("env"))
}

fn wanted(snapshot: &Snapshot, install: &Install) -> Fact<WantedReplicas> {
    let nodes = match &snapshot.nodes {
        Reading::Read(nodes) => nodes,
        Reading::Absent(absence) => return Fact::absent(absence.to_string()),
        Reading::Unknown(why) => return why.clone().into(),
    };
    match install.method.value() {
        Some(Method::Operator { .. } | Method::Migrating) => {
            Fact::known(by_operator(nodes, install), Provenance::all("Node"))
        }
        Some(Method::Manifest { .. } | Method::Canal) => {
            if install.is_in_etcd() {
                return Fact::absent("not needed with the etcd datastore");
            }
            by_manifest(snapshot, nodes)
        }
        Some(_) => Fact::absent("Calico is not running"),
        None => Fact::unknown("it is unknown how Calico is installed"),
    }
}

/// The nodes that the operator counts for Typha: the schedulable ones. Operators before 1.34 left
/// out nodes that wait for the migration from manifests.
/// Source: tigera/operator v1.32.12, v1.34.0 and v1.42.3,
/// pkg/controller/installation/typha_autoscaler.go.
pub fn schedulable<'a>(nodes: &'a [Node], install: &Install) -> impl Iterator<Item = &'a Node> {
    let version = install
        .operator
        .value()
        .and_then(|version| version.parse().ok());
    let migration_counts = version.is_none_or(|version: OperatorVersion| version.since(34));
    nodes.iter().filter(move |node| {
        let meta = &node.metadata;
        let virtual_node = meta.label("kubernetes.azure.com/cluster").is_some()
            && meta.label("type") == Some("virtual-kubelet");
        let migrating = meta.label(MIGRATION_LABEL) == Some("pre-operator");
        !node.spec.unschedulable && !virtual_node && (migration_counts || !migrating)
    })
}

/// The operator scales Typha: 1 replica for up to 2 schedulable nodes, 2 for up to 4, and nodes/200 + 2,
/// but at least 3, for more.
fn by_operator(nodes: &[Node], install: &Install) -> WantedReplicas {
    let count = count(schedulable(nodes, install).count());
    let replicas = operator_replicas(count);
    WantedReplicas {
        replicas,
        nodes: count,
        why: format!(
            "the operator's target is {replicas} for {}",
            counted(count.try_into().unwrap_or(usize::MAX), "schedulable node")
        ),
    }
}

/// Manifest installs need a replica for every 200 nodes, from 3 to 20, counting every node that runs
/// Felix, cordoned or not.
fn by_manifest(snapshot: &Snapshot, nodes: &[Node]) -> Fact<WantedReplicas> {
    let counted = CalicoNode::current(snapshot).and_then(|node| Some((node.desired()?, node)));
    let (count, from) = match counted {
        Some((desired, node)) => (desired, node.at("status.desiredNumberScheduled")),
        None => (
            count(nodes.iter().filter(|node| node.is_linux()).count()),
            Provenance::new(ObjectRef::all("Node"), "label kubernetes.io/os"),
        ),
    };
    let replicas = manifest_replicas(count);
    let why = if replicas == 0 {
        format!("not needed for up to {MANIFEST_NODES_WITHOUT_TYPHA} nodes: Felix runs on {count}")
    } else {
        format!("{replicas} needed for {count} nodes (one per 200 nodes, 3 to 20)")
    };
    let wanted = WantedReplicas {
        replicas,
        nodes: count,
        why,
    };
    Fact::known(wanted, from)
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

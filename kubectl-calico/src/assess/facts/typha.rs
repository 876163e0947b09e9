//! Typha: whether it is needed, with how many replicas, and whether it is there and used.

use calico_core::operator::OperatorVersion;
use calico_core::typha::{MANIFEST_NODES_WITHOUT_TYPHA, manifest_replicas, operator_replicas};
use k8s_openapi::api::apps::v1::Deployment;
use serde::Serialize;

use super::install::{Install, Method};
use crate::assess::fact::Fact;
use crate::assess::provenance::Provenance;
use crate::assess::views::calico_node::{CalicoNode, Variable};
use crate::snapshot::{Node, ObjectRef, Reading, Snapshot};

/// Typha, as it should be and as it is.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Typha {
    /// How many replicas there should be.
    pub wanted: Fact<Wanted>,
    /// The Deployment, as it is.
    pub deployment: Fact<Replicas>,
    /// Whether Felix gets its data from Typha.
    pub used: Fact<bool>,
}

/// How many replicas there should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Wanted {
    /// How many; 0 where it is not needed.
    pub replicas: u32,
    /// The nodes that count.
    pub nodes: u32,
    /// In one sentence, with the formula.
    pub why: String,
}

/// A Deployment's replicas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Replicas {
    /// Its namespace.
    pub namespace: String,
    /// Those that are asked for.
    pub replicas: u32,
    /// Those that are ready.
    pub ready: u32,
}

impl Replicas {
    /// Typha's Deployment.
    pub fn object(&self) -> ObjectRef {
        ObjectRef::in_namespace("Deployment", &self.namespace, NAME)
    }

    /// Those of a Deployment.
    pub fn of(deployment: &Deployment) -> Self {
        let asked = deployment.spec.as_ref().and_then(|spec| spec.replicas);
        let status = deployment.status.as_ref();
        let count = |count: i32| u32::try_from(count).unwrap_or_default();
        Self {
            namespace: deployment.metadata.namespace.clone().unwrap_or_default(),
            // An absent number means one: apps/v1.
            replicas: count(asked.unwrap_or(1)),
            ready: count(status.and_then(|s| s.ready_replicas).unwrap_or(0)),
        }
    }
}

impl Typha {
    /// What a snapshot tells of it.
    pub fn of(snapshot: &Snapshot, install: &Install) -> Self {
        Self {
            wanted: wanted(snapshot, install),
            deployment: Fact::of(&snapshot.deployments, "there is no Typha", |_| {
                let replicas = Replicas::of(typha(snapshot)?);
                let from = Provenance::new(replicas.object(), "");
                Some((replicas, from))
            }),
            used: used(snapshot),
        }
    }
}

/// The name of Typha's Deployment and Service.
pub const NAME: &str = "calico-typha";

/// Typha's Deployment: of two, while the operator takes over, that of the calico-node that counts.
pub fn typha(snapshot: &Snapshot) -> Option<&Deployment> {
    let namespace =
        CalicoNode::current(snapshot).and_then(|node| node.set.metadata.namespace.as_ref());
    let named = |found: &&Deployment| found.metadata.name.as_deref() == Some(NAME);
    let mut all = snapshot.deployments.items().iter().filter(named);
    let beside = all
        .clone()
        .find(|found| found.metadata.namespace.as_ref() == namespace);
    beside.or_else(|| all.next())
}

/// Whether any pod of Typha is there. What is made after Calico's manifests may not label its
/// Deployment as they do, which is then not read.
pub fn has_pods(snapshot: &Snapshot) -> bool {
    let pods = snapshot.calico_pods.items();
    pods.iter()
        .any(|pod| pod.metadata.label("k8s-app") == Some(NAME))
}

/// Whether Felix is told of a Typha.
pub fn is_used(snapshot: &Snapshot) -> bool {
    used(snapshot).value() == Some(&true)
}

/// `none` is the same as nothing to Felix, in any case of letters.
/// Source: projectcalico/calico v3.32.1, felix/config/config_params.go.
fn used(snapshot: &Snapshot) -> Fact<bool> {
    let Some(node) = CalicoNode::current(snapshot) else {
        return Fact::of(&snapshot.daemon_sets, "calico-node is not there", |_| None);
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

fn wanted(snapshot: &Snapshot, install: &Install) -> Fact<Wanted> {
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
                return Fact::absent("with an etcd of its own Calico needs no Typha");
            }
            by_manifest(snapshot, nodes)
        }
        Some(_) => Fact::absent("Calico does not run"),
        None => Fact::unknown("it is not known how Calico is installed"),
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
        let migrating =
            meta.label("projectcalico.org/operator-node-migration") == Some("pre-operator");
        !node.spec.unschedulable && !virtual_node && (migration_counts || !migrating)
    })
}

/// The operator scales Typha itself.
fn by_operator(nodes: &[Node], install: &Install) -> Wanted {
    let count = count(schedulable(nodes, install).count());
    let replicas = operator_replicas(count);
    Wanted {
        replicas,
        nodes: count,
        why: format!(
            "the operator runs 1 up to 2 schedulable nodes, 2 up to 4, then nodes/200 + 2 but at least 3: {replicas} for {count}"
        ),
    }
}

/// Every node that runs Felix counts, cordoned or not.
fn by_manifest(snapshot: &Snapshot, nodes: &[Node]) -> Fact<Wanted> {
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
        format!(
            "an install from manifests needs none up to {MANIFEST_NODES_WITHOUT_TYPHA} nodes: {count} run Felix"
        )
    } else {
        format!(
            "past {MANIFEST_NODES_WITHOUT_TYPHA} nodes an install from manifests needs one for every 200, from 3 to 20: {replicas} for {count}"
        )
    };
    let wanted = Wanted {
        replicas,
        nodes: count,
        why,
    };
    Fact::known(wanted, from)
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

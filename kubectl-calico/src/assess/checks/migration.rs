//! Whether an install from manifests and one by the operator are there at once.

use calico_core::catalog::Entry;
use k8s_openapi::api::apps::v1::Deployment;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::install::Method;
use crate::assess::finding::Finding;
use crate::assess::views::calico_node::{CalicoNode, MANIFEST_NAMESPACE};
use crate::assess::views::objects::object_of;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, DEPLOYMENTS};

/// Which of the two a node runs, while the operator takes over node by node.
const LABEL: &str = "projectcalico.org/operator-node-migration";

pub(crate) const HALF_MIGRATED: Check = Check {
    entry: Entry {
        code: "CAL106",
        title: "the operator has not finished taking over an install from manifests",
        meaning: "Parts of an install from manifests are there beside those that the operator made.",
        impact: "While the operator takes over, it moves one node after the other from the old \
                  calico-node to its own. Where it stops half way, settings go to one half of the \
                  nodes, and upgrades wait.",
        criteria: "A calico-node of the operator is there together with one in another namespace, or \
                 with Calico's Deployments in kube-system. How far it is tells the label \
                 projectcalico.org/operator-node-migration of the nodes: migrated or \
                 pre-operator. It is an error beside Canal, whose DaemonSet is called canal: the \
                 operator looks for canal-node and never takes it over.",
        fix: "Let it go on, and see what TigeraStatus calico says of it. It waits for each new \
              calico-node to become ready, and for Typha. What is left in kube-system when no \
              calico-node is there any more can be deleted.",
        source: "tigera/operator v1.42.3, pkg/controller/migration/namespace_migration.go and \
                 convert/components.go",
    },
    needs: &[&DAEMON_SETS, &DEPLOYMENTS],
    judges: Judges::Running,
    find: |case| match case.facts.install.method.value() {
        Some(Method::Migrating) => vec![both(case)],
        Some(Method::Operator { .. }) => left(case).into_iter().collect(),
        _ => Vec::new(),
    },
};

fn both(case: &Case) -> Finding {
    let nodes = CalicoNode::all(case.snapshot);
    let canal = nodes.iter().find(|node| node.is_canal());
    let subject = nodes
        .iter()
        .find(|node| !node.is_of_operator())
        .map_or_else(|| ObjectRef::all("DaemonSet"), CalicoNode::object);
    let mut finding = match canal {
        Some(_) => Finding::error(
            &HALF_MIGRATED.entry,
            subject,
            "Canal runs beside a calico-node of the operator",
        ),
        None => Finding::warning(
            &HALF_MIGRATED.entry,
            subject,
            "calico-node runs twice: the operator is taking over",
        ),
    };
    for node in &nodes {
        let status = node.set.status.clone().unwrap_or_default();
        let desired = status.desired_number_scheduled;
        finding = finding
            .evidence(node.object(), "status.desiredNumberScheduled", desired)
            .evidence(node.object(), "status.numberReady", status.number_ready);
    }
    if canal.is_some() {
        return finding
            .impact(
                "the operator never takes Canal over: both write policies on every node, each in \
                 its own version",
            )
            .fix("remove the one that is not wanted: Canal's manifest, or the Installation");
    }
    if case.snapshot.nodes.read().is_some() {
        finding = finding.evidence(
            ObjectRef::all("Node"),
            format!("label {LABEL}"),
            labels(case),
        );
    }
    finding
        .impact("while this goes on, nodes differ in version and settings; where it has stopped, they stay so")
        .fix("let it go on; where it does not, TigeraStatus calico says what it waits for")
        .paste("kubectl get tigerastatuses.operator.tigera.io calico -o yaml")
}

/// How many nodes have each value of the label.
fn labels(case: &Case) -> String {
    let nodes = case.snapshot.nodes.items();
    let count = |value: &str| {
        let labelled = nodes
            .iter()
            .filter(|node| node.metadata.label(LABEL) == Some(value));
        labelled.count()
    };
    format!(
        "{} of {} migrated, {} pre-operator",
        count("migrated"),
        nodes.len(),
        count("pre-operator")
    )
}

/// What of a manifest is left after its calico-node is gone.
fn left(case: &Case) -> Option<Finding> {
    let is_old = |deployment: &&Deployment| {
        let meta = &deployment.metadata;
        let name = meta.name.as_deref().unwrap_or_default();
        meta.namespace.as_deref() == Some(MANIFEST_NAMESPACE)
            && matches!(name, "calico-kube-controllers" | "calico-typha")
    };
    let old: Vec<&Deployment> = case
        .snapshot
        .deployments
        .items()
        .iter()
        .filter(is_old)
        .collect();
    let first = old.first()?;
    let mut finding = Finding::warning(
        &HALF_MIGRATED.entry,
        object_of(first),
        "it is left of an install from manifests that the operator took over",
    );
    for deployment in &old {
        finding = finding.exists(object_of(deployment));
    }
    let names = old
        .iter()
        .filter_map(|found| found.metadata.name.as_deref());
    let names: Vec<&str> = names.collect();
    Some(
        finding
            .impact(
                "the operator takes it for a sign that nodes still have to be moved, looks for the \
                 old calico-node, and goes no further",
            )
            .fix("delete it")
            .paste(format!(
                "kubectl delete deployments -n {MANIFEST_NAMESPACE} {}",
                names.join(" ")
            )),
    )
}

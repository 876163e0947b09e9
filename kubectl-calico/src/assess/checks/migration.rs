//! Whether a manifest install and an operator install coexist.

use calico_core::catalog::Entry;
use k8s_openapi::api::apps::v1::Deployment;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::checks::typha_room::NO_ROOM;
use crate::assess::finding::{Finding, Suspect};
use crate::facts::method::Method;
use crate::facts::typha;
use crate::repair::kubectl::tigera_status;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, DEPLOYMENTS, NODES};
use crate::views::calico_node::{CalicoNode, MANIFEST_NAMESPACE};
use crate::views::node_labels::MIGRATION_LABEL;
use crate::views::objects::{KUBE_CONTROLLERS, default_installation, object_of};
use crate::views::{daemon_set, placement};

pub(crate) const HALF_MIGRATED: Check = Check {
    entry: Entry {
        code: "CAL106",
        title: "the migration of a manifest install to the operator is not complete",
        meaning: "Parts of a manifest install exist alongside what the operator created.",
        impact: "During a migration, the operator moves nodes one by one from the old calico-node \
                 to its own. If it stops halfway, changed settings reach only some of the nodes, \
                 and upgrades are blocked.",
        criteria: "The node label projectcalico.org/operator-node-migration shows the progress of a migration: \
                   migrated or pre-operator.\n\
                   - Warning: an operator-managed calico-node exists together with one in another namespace, or \
                   with Calico's Deployments in kube-system.\n\
                   - Error: it exists together with Canal. Canal's DaemonSet is named canal, but the operator looks \
                   for canal-node and so never migrates it.\n\
                   - Error: manifests that have yet to be applied contain an Installation and calico-node's \
                   DaemonSet.\n\
                   - Error: two calico-node DaemonSets of manifests are on the same nodes, such as those of \
                   calico.yaml and canal.yaml.",
        fix: "Let it continue, and watch the calico TigeraStatus. The operator waits for Typha and \
              for each new calico-node to become ready. Once no old calico-node is left, the rest \
              of the manifest install in kube-system can be deleted.",
        source: "tigera/operator v1.42.3, pkg/controller/migration/namespace_migration.go and \
                 convert/components.go; projectcalico/calico v3.28.2, manifests/calico.yaml and \
                 canal.yaml",
    },
    needs: &[&DAEMON_SETS, &DEPLOYMENTS],
    // That the two DaemonSets have nodes of their own.
    excuses: &[&NODES],
    judges: Judges::Configured,
    find: |case| match case.facts.install.method.value() {
        _ if case.snapshot.basis.is_proposal() => {
            let twice = proposed_twice(case).or_else(|| run_twice(case));
            twice.into_iter().collect()
        }
        Some(Method::Migrating) => vec![in_progress(case)],
        Some(Method::Operator { .. }) => leftovers(case).into_iter().collect(),
        _ => run_twice(case).into_iter().collect(),
    },
};

/// An Installation next to the calico-node of a manifest.
fn proposed_twice(case: &Case) -> Option<Finding> {
    default_installation(case.snapshot)?;
    let nodes = CalicoNode::all(case.snapshot);
    let node = nodes.iter().find(|node| !node.is_of_operator())?;
    Some(
        Finding::error(
            &HALF_MIGRATED.entry,
            node.object(),
            "the manifests install Calico twice: with a DaemonSet, and with an Installation",
        )
        .exists(node.object())
        .exists(ObjectRef::installation())
        .impact(
            "both calico-node versions program the routes and policies of a node, or the operator \
             treats the DaemonSet as an install to migrate",
        )
        .in_manifest("leave one of them out: Calico's manifest, or the Installation"),
    )
}

/// Whether two DaemonSets together have more pods than there are nodes, if both were counted.
fn overlap(case: &Case, one: &CalicoNode, other: &CalicoNode) -> bool {
    let counts = placement::desired(one.set).zip(placement::desired(other.set));
    counts.is_none_or(|(one, other)| one + other > placement::machines(case.snapshot))
}

/// Two manifests, each with its own calico-node on the same nodes.
fn run_twice(case: &Case) -> Option<Finding> {
    let mut nodes = CalicoNode::all(case.snapshot);
    nodes.retain(|node| !node.is_of_operator() && daemon_set::is_scheduled(node.set));
    let pairs = nodes
        .iter()
        .enumerate()
        .flat_map(|(at, one)| nodes.iter().skip(at + 1).map(move |other| (one, other)));
    let (one, other) = { pairs }.find(|(one, other)| {
        placement::share_nodes(case.snapshot, one.set, other.set) && overlap(case, one, other)
    })?;
    let finding = Finding::error(
        &HALF_MIGRATED.entry,
        other.object(),
        format!(
            "Calico is installed twice, by two manifests: {} and {}",
            one.object(),
            other.object()
        ),
    );
    let finding =
        [one, other].into_iter().fold(finding, |finding, node| {
            match daemon_set::counted(node.set) {
                Some(status) => finding.evidence(
                    node.object(),
                    "status.desiredNumberScheduled",
                    status.desired_number_scheduled,
                ),
                None => finding.exists(node.object()),
            }
        });
    Some(
        finding
            .impact(
                "both program the routes and policies of a node, and the container runtime uses the \
                 first of two files in /etc/cni/net.d",
            )
            .in_manifest("leave one of the two manifests out")
            .fix(
                "in a maintenance window, delete the unwanted DaemonSet and its file in \
                 /etc/cni/net.d on every node, and recreate the pods that it connected; do not delete \
                 its whole manifest, which contains the CRDs of both",
            )
            .paste("kubectl get pods -A -o wide"),
    )
}

fn in_progress(case: &Case) -> Finding {
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
            "Canal runs alongside the operator's calico-node",
        ),
        None => Finding::warning(
            &HALF_MIGRATED.entry,
            subject,
            "two calico-node DaemonSets run: the operator is migrating the manifest install",
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
                "the operator never migrates Canal: both calico-node versions program policies on \
                 every node",
            )
            .fix(
                "in a maintenance window, remove the unwanted one. If it is Canal, delete the DaemonSet \
                 canal and its file in /etc/cni/net.d on every node, and recreate the pods that it \
                 connected; do not delete its whole manifest, which contains the CRDs of both. If it is \
                 the operator's Calico, delete the Installation",
            )
            .paste("kubectl get pods -A -o wide");
    }
    if case.snapshot.nodes.read().is_some() {
        finding = finding.evidence(
            ObjectRef::all("Node"),
            format!("label {MIGRATION_LABEL}"),
            labels(case),
        );
    }
    finding
        .impact("until the migration is complete, nodes differ in version and settings")
        .suspects([Suspect::Code(NO_ROOM.entry.code)])
        .fix(
            "let it continue; if it does not, check the calico TigeraStatus to see what it is \
             waiting for",
        )
        .paste(tigera_status("calico"))
}

/// The number of nodes with each value of the label.
fn labels(case: &Case) -> String {
    let nodes = case.snapshot.nodes.items();
    let count = |value: &str| {
        nodes
            .iter()
            .filter(|node| node.metadata.label(MIGRATION_LABEL) == Some(value))
            .count()
    };
    format!(
        "{} of {} migrated, {} pre-operator",
        count("migrated"),
        nodes.len(),
        count("pre-operator")
    )
}

/// Deployments of a manifest install whose calico-node is gone.
fn leftovers(case: &Case) -> Option<Finding> {
    let is_leftover = |deployment: &&Deployment| {
        let meta = &deployment.metadata;
        let name = meta.name.as_deref().unwrap_or_default();
        meta.namespace.as_deref() == Some(MANIFEST_NAMESPACE)
            && matches!(name, KUBE_CONTROLLERS | typha::NAME)
    };
    let leftovers: Vec<&Deployment> = case
        .snapshot
        .deployments
        .items()
        .iter()
        .filter(is_leftover)
        .collect();
    let first = leftovers.first()?;
    let mut finding = Finding::warning(
        &HALF_MIGRATED.entry,
        object_of(first),
        "left over from a manifest install that the operator has already migrated",
    );
    for deployment in &leftovers {
        finding = finding.exists(object_of(deployment));
    }
    let names: Vec<&str> = leftovers
        .iter()
        .filter_map(|found| found.metadata.name.as_deref())
        .collect();
    Some(
        finding
            .impact(
                "the operator concludes that nodes still need to be migrated, looks for the old \
                 calico-node, and does not continue",
            )
            .fix("delete it")
            .paste(format!(
                "kubectl delete deployments -n {MANIFEST_NAMESPACE} {}",
                names.join(" ")
            )),
    )
}

//! Whether an Installation exists under a name that the operator reads.

use calico_core::catalog::Entry;
use calico_core::installation::{DEFAULT_NAME, OVERLAY_NAME};
use serde_json::{Value, json};

use crate::assess::advice::new_pools::new_pools;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::installer::{Installer, installer};
use crate::assess::facts::method::Method;
use crate::assess::facts::platform::Platform;
use crate::assess::finding::{Finding, Severity};
use crate::assess::phrases::{or_none, pasted};
use crate::assess::views::calico_node::CalicoNode;
use crate::assess::views::objects::{default_installation, object_of, operator_deployment};
use crate::repair::command::Command;
use crate::repair::here_document::here_document;
use crate::snapshot::Installation;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, INSTALLATIONS, OPERATORS};

pub(crate) const INSTALLATION_MISSING: Check = Check {
    entry: Entry {
        code: "CAL101",
        title: "the operator is installed, but no Installation exists",
        meaning: "The operator is installed, but no Installation tells it what to install.",
        impact: "The operator waits and installs nothing: nodes get no pod network from Calico, \
                 and CoreDNS and all other pods stay Pending. If calico-node still runs, nothing \
                 maintains it, and Kubernetes deletes what the Installation owned.",
        criteria: "The operator's Deployment exists, and the API server serves Installations but \
                   has none named default. An Installation with another name is reported as \
                   CAL102. While calico-node or its namespace is being deleted, the check does not \
                   apply.",
        fix: "Create the default Installation: apply custom-resources.yaml, with its CIDR changed \
              to the cluster's pod CIDR, or set installation.enabled to true in the values of the \
              Helm chart.",
        source: "tigera/operator v1.42.3, pkg/controller/installation/core_controller.go; \
                 projectcalico/calico#9334",
    },
    needs: &[&INSTALLATIONS, &OPERATORS, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let installations = case.snapshot.installations.read();
        let operator = operator_deployment(case.snapshot);
        let (Some(installations), Some(operator)) = (installations, operator) else {
            return Vec::new();
        };
        if installations.iter().any(is_unread) {
            return Vec::new();
        }
        let abandoned = match case.facts.install.method.value() {
            Some(Method::OperatorOnly) => None,
            Some(Method::Operator { .. }) => match abandoned(case) {
                Some(node) => Some(node),
                None => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        let names: Vec<&str> = installations
            .iter()
            .map(|found| found.metadata.name.as_str())
            .collect();
        let finding = Finding::error(
            &INSTALLATION_MISSING.entry,
            ObjectRef::installation(),
            "the operator is installed, but no Installation tells it what to install",
        )
        .evidence(
            ObjectRef::all("Installation"),
            "metadata.name",
            or_none(&names),
        )
        .exists(object_of(operator));
        let finding = match abandoned {
            Some(node) => finding.exists(node).impact(
                "nothing maintains calico-node, and Kubernetes deletes what the Installation \
                 owned: then no pod gets a network",
            ),
            None => finding.impact(
                "Calico is not installed: nodes get no pod network from it, and pods stay Pending",
            ),
        };
        let platform = case.facts.cluster.platform.value().copied();
        vec![match installer(case.snapshot, platform).0 {
            Installer::Helm { release, namespace } => finding
                .fix(format!(
                    "set this in the values of the Helm release {release} in namespace {namespace} \
                     and upgrade the release (the chart creates the Installation by default)"
                ))
                .paste("installation:\n  enabled: true"),
            _ => finding
                .fix("create the Installation")
                .paste(minimal_installation(case)),
        }]
    },
};

pub(crate) const INSTALLATION_NAME: Check = Check {
    entry: Entry {
        code: "CAL102",
        title: "the operator ignores an Installation because of its name",
        meaning: "An Installation exists under a name other than default.",
        impact: "The operator reads the Installation named default, and merges the one named \
                 overlay into it. It silently ignores all others.",
        criteria: "Any name other than default, overlay and tigera-secure (formerly used by Calico \
                   Enterprise) is ignored and reported. The finding is an error if there is no \
                   default Installation, and a warning if there is. Since operator 1.42, the API \
                   server rejects such names; existing objects remain.",
        fix: "Recreate the Installation under the name default, and delete the other one.",
        source: "tigera/operator v1.42.3, pkg/controller/utils/merge.go and api/v1/installation_types.go",
    },
    needs: &[&INSTALLATIONS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        let instead = default_installation(case.snapshot).is_none();
        let severity = if instead {
            Severity::Error
        } else {
            Severity::Warning
        };
        let installations = case.snapshot.installations.items().iter();
        installations
            .filter(|found| is_unread(found))
            .map(|found| {
                let name = &found.metadata.name;
                let object = ObjectRef::named("Installation", name);
                let finding = Finding::new(
                    &INSTALLATION_NAME.entry,
                    severity,
                    &object,
                    "the operator ignores an Installation with this name",
                )
                .evidence(object, "metadata.name", name)
                .impact("none of its settings take effect");
                let delete = format!(
                    "kubectl delete installations.operator.tigera.io {}",
                    pasted(name)
                );
                if instead {
                    finding
                        .fix("recreate it under the name default, and delete this one")
                        .paste(format!("{} \\\n  && {delete}", renamed(name)))
                } else {
                    finding
                        .fix("move its settings to the default Installation, and delete this one")
                        .paste(delete)
                }
            })
            .collect()
    },
};

/// The operator's calico-node without an Installation, unless it is being deleted.
fn abandoned(case: &Case) -> Option<ObjectRef> {
    let no_installation = default_installation(case.snapshot).is_none();
    let namespace = &case.snapshot.calico_system;
    let ends = namespace.unknown().is_some()
        || namespace
            .read()
            .is_some_and(|namespace| namespace.metadata.deletion_timestamp.is_some());
    let nodes = CalicoNode::all(case.snapshot);
    let node = nodes
        .iter()
        .find(|node| node.is_of_operator() && node.set.metadata.deletion_timestamp.is_none())?;
    (no_installation && !ends).then(|| node.object())
}

/// Whether the operator ignores an Installation with this name.
fn is_unread(installation: &Installation) -> bool {
    let known = [DEFAULT_NAME, OVERLAY_NAME, "tigera-secure"];
    !known.contains(&installation.metadata.name.as_str())
}

/// A command that creates the same Installation as `default`.
fn renamed(name: &str) -> String {
    format!(
        "kubectl get installations.operator.tigera.io {} -o yaml \\\n  \
         | sed -e 's/^  name: .*/  name: default/' -e '/^  resourceVersion: /d' -e '/^  uid: /d' \\\n  \
         | kubectl create -f -",
        pasted(name)
    )
}

/// Existing pools as they are, which an earlier install left behind, or else the pod CIDR as pools. The
/// operator rejects an entry that differs from an existing pool in an immutable field.
fn listed_pools(case: &Case) -> Vec<Value> {
    let existing: Vec<Value> = case
        .facts
        .known_pools()
        .iter()
        .filter(|pool| pool.is_for_pods() && pool.network.is_some())
        .map(|pool| {
            json!({
                "name": pool.name,
                "cidr": pool.cidr,
                "blockSize": pool.block_size,
                "encapsulation": pool.encapsulation,
                "natOutgoing": if pool.nat_outgoing { "Enabled" } else { "Disabled" },
                "nodeSelector": pool.node_selector,
            })
        })
        .collect();
    if !existing.is_empty() {
        return existing;
    }
    new_pools(case)
        .into_iter()
        .map(|(_, entry)| entry)
        .collect()
}

/// Creates an Installation, with pools in the pod CIDR if that is known, and the API server that the
/// operator needs to change pools later.
fn minimal_installation(case: &Case) -> Command {
    let pools = listed_pools(case);
    let spec = match case.facts.cluster.platform.value() {
        // The only provider that the operator does not detect: tigera/operator v1.42.3,
        // pkg/common/discovery.
        Some(Platform::Aks) => json!({"kubernetesProvider": "AKS"}),
        _ if pools.is_empty() => json!({}),
        _ => json!({"calicoNetwork": {"ipPools": pools}}),
    };
    let object = |kind: &str, spec: Value| {
        json!({
            "apiVersion": "operator.tigera.io/v1",
            "kind": kind,
            "metadata": {"name": DEFAULT_NAME},
            "spec": spec,
        })
    };
    let list = json!({
        "apiVersion": "v1",
        "kind": "List",
        "items": [object("Installation", spec), object("APIServer", json!({}))],
    });
    here_document("kubectl create -f -", &list)
}

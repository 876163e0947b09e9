//! Whether an Installation exists under a name that the operator reads.

use calico_core::catalog::Entry;
use calico_core::installation::{DEFAULT_NAME, OVERLAY_NAME};

use crate::assess::advice::new_installation::steps;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::method::Method;
use crate::phrases::{or_none, pasted};
use crate::repair::step::until_withheld;
use crate::snapshot::Installation;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, INSTALLATIONS, OPERATORS};
use crate::views::calico_node::CalicoNode;
use crate::views::objects::{default_installation, object_of, operator_deployment};

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
        fix: "Create the default Installation: apply custom-resources.yaml, with its CIDR changed to the \
              cluster's pod CIDR, or set installation.enabled to true in the values of the Helm chart. Pools \
              that already exist must be listed, because the operator deletes the pools that it owns and that \
              are not listed. If calico-node still runs, restore the Installation that it was created from: \
              the operator fills in its defaults for everything else, which can turn eBPF off, turn BGP on, \
              and change the image registry.",
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
        let is_abandoned = abandoned.is_some();
        let finding = match abandoned {
            Some(node) => finding.exists(node).impact(
                "nothing maintains calico-node, and Kubernetes deletes what the Installation \
                 owned: then no pod gets a network",
            ),
            None => finding.impact(
                "Calico is not installed: nodes get no pod network from it, and pods stay Pending",
            ),
        };
        vec![finding.fixed_by_all(until_withheld(steps(case, is_abandoned)))]
    },
};

pub(crate) const INSTALLATION_NAME: Check = Check {
    entry: Entry {
        code: "CAL102",
        title: "the operator ignores an Installation because of its name",
        meaning: "An Installation exists under a name other than default.",
        impact: "The operator reads the Installation named default, and merges the one named \
                 overlay into it. It silently ignores all others.",
        criteria: "Any name other than default, overlay and tigera-secure (formerly used by Calico Enterprise) \
                   is ignored and reported. The finding is an error if there is no default Installation, and a \
                   warning if there is one. Since operator 1.42, the API server rejects such names; existing \
                   objects remain.",
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
                        .fix("move its settings to the default Installation")
                        .paste(format!(
                            "kubectl get installations.operator.tigera.io {} -o yaml",
                            pasted(name)
                        ))
                        .fix("then delete this one")
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

//! Whether there is an Installation, under the name that the operator reads.

use calico_core::catalog::Entry;
use calico_core::installation::{DEFAULT_NAME, OVERLAY_NAME};
use serde_json::{Value, json};

use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::cluster::Platform;
use crate::assess::facts::install::Method;
use crate::assess::facts::installer::{Installer, operator_by};
use crate::assess::finding::{Finding, Severity};
use crate::assess::support::new_pools::new_pools;
use crate::assess::views::objects::{default_installation, object_of, operator_deployment};
use crate::assess::words::{or_none, pasted};
use crate::repair::command::Command;
use crate::repair::here_document::here_document;
use crate::snapshot::Installation;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, INSTALLATIONS, OPERATORS};

pub(crate) const INSTALLATION_MISSING: Check = Check {
    entry: Entry {
        code: "CAL101",
        title: "the operator is there and no Installation",
        meaning: "The operator is there, and no Installation tells it what to install.",
        impact: "The operator waits. Without an Installation it installs nothing: nodes have no \
                  network from Calico, and CoreDNS and all other pods wait for one.",
        criteria: "The operator's Deployment is there, calico-node is not, and the API server, which \
                 serves Installations, has none named default. One with a name that the operator \
                 does not read is CAL102.",
        fix: "Create the Installation default: with custom-resources.yaml, after changing its CIDR \
              to the cluster's pod network, or with installation.enabled in the values of the \
              Helm chart.",
        source: "tigera/operator v1.42.3, pkg/controller/installation/core_controller.go; \
                 projectcalico/calico#9334",
    },
    needs: &[&INSTALLATIONS, &OPERATORS, &DAEMON_SETS],
    judges: Judges::Running,
    find: |case| {
        let installations = case.snapshot.installations.read();
        let operator = operator_deployment(case.snapshot);
        let only_operator = case.facts.install.method.value() == Some(&Method::OperatorOnly);
        let (Some(installations), Some(operator), true) = (installations, operator, only_operator)
        else {
            return Vec::new();
        };
        if installations.iter().any(is_unread) {
            return Vec::new();
        }
        let names: Vec<&str> = installations
            .iter()
            .map(|found| found.metadata.name.as_str())
            .collect();
        let finding = Finding::error(
            &INSTALLATION_MISSING.entry,
            ObjectRef::installation(),
            "the operator is there, and no Installation tells it what to install",
        )
        .evidence(
            ObjectRef::all("Installation"),
            "metadata.name",
            or_none(&names),
        )
        .exists(object_of(operator))
        .impact("Calico is not installed: nodes get no network from it, and pods wait for one");
        let platform = case.facts.cluster.platform.value().copied();
        vec![match operator_by(case.snapshot, platform).0 {
            Installer::Helm { release, namespace } => finding
                .fix(format!(
                    "set this in the values of Helm release {release} in {namespace}, and upgrade \
                     it; by default the chart creates the Installation"
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
        title: "an Installation has a name that the operator does not read",
        meaning: "There is an Installation with a name other than default.",
        impact: "The operator reads the Installation default, and lays one named overlay over it. \
                  Any other it ignores without a word.",
        criteria: "Every name but default, overlay and tigera-secure (Calico Enterprise's of old) \
                 counts. It is an error where there is no Installation default, and a warning \
                 where there is. From operator 1.42 on the API server refuses such names; what \
                 was there before stays.",
        fix: "Create the Installation anew under the name default, and delete the other.",
        source: "tigera/operator v1.42.3, pkg/controller/utils/merge.go and api/v1/installation_types.go",
    },
    needs: &[&INSTALLATIONS],
    judges: Judges::Running,
    find: |case| {
        let instead = default_installation(case.snapshot).is_none();
        let severity = match instead {
            true => Severity::Error,
            false => Severity::Warning,
        };
        let installations = case.snapshot.installations.items().iter();
        installations
            .filter(|found| is_unread(found))
            .map(|found| {
                let name = &found.metadata.name;
                let object = ObjectRef::named("Installation", name);
                let finding = Finding::new(&INSTALLATION_NAME.entry,
                    severity,
                    &object,
                    "the operator does not read an Installation of this name",
                )
                .evidence(object, "metadata.name", name)
                .impact("nothing of what it asks for is carried out");
                let delete = format!("kubectl delete installations.operator.tigera.io {}", pasted(name));
                match instead {
                    true => finding
                        .fix("create it anew under the name default, and delete this one")
                        .paste(format!("{}\n{delete}", renamed(name))),
                    false => finding
                        .fix("move what is missing in the Installation default there, and delete this one")
                        .paste(delete),
                }
            })
            .collect()
    },
};

/// Whether an Installation has a name that means nothing to the operator.
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

/// A command that creates an Installation with pools in the pod network, where that is known, and
/// the API server that the operator needs to change pools later.
fn minimal_installation(case: &Case) -> Command {
    let pools = new_pools(case);
    let pools: Vec<Value> = pools
        .iter()
        .map(|(cidr, encapsulation)| json!({"cidr": cidr, "encapsulation": encapsulation}))
        .collect();
    let spec = match case.facts.cluster.platform.value() {
        // The one provider that the operator does not find out by itself: tigera/operator v1.42.3,
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

//! Whether the operator runs more than once.

use calico_core::catalog::Entry;
use calico_core::operator::OperatorVersion;
use k8s_openapi::api::apps::v1::Deployment;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::replicas::Replicas;
use crate::phrases::{few, pasted};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::OPERATORS;
use crate::views::objects::{active_namespace, object_of, operator_deployment, operators};

pub(crate) const TWO_OPERATORS: Check = Check {
    entry: Entry {
        code: "CAL127",
        title: "the operator runs in two namespaces",
        meaning: "Two Deployments named tigera-operator, in different namespaces, have ready pods.",
        impact: "Only one operator is active: the one in the namespace that the ConfigMap calico-system/active-operator \
                 names. If the ConfigMap is deleted, the other operator can take over, and installs the Calico of its own \
                 release, which may be a downgrade. An operator before 1.23 ignores the ConfigMap: both then \
                 undo each other's changes.",
        criteria: "At least two Deployments named tigera-operator have a ready replica.",
        fix: "Delete the Deployment of the operator that is not active. Do not run helm uninstall: its hook deletes the \
              Installation, and with it Calico.",
        source: "tigera/operator v1.42.3, pkg/active/active.go and \
                 pkg/controller/installation/core_controller.go (checkActive); tigera/operator#4012",
    },
    needs: &[&OPERATORS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| two(case).into_iter().collect(),
};

fn two(case: &Case) -> Option<Finding> {
    let mut running = operators(case.snapshot);
    running.retain(|operator| Replicas::of(operator).ready > 0);
    if running.len() < 2 {
        return None;
    }
    let active = active_namespace(case.snapshot);
    let stays = operator_deployment(case.snapshot)?;
    let namespaces: Vec<&str> = running.iter().map(|found| namespace(found)).collect();
    let message = match active {
        Some(active) => format!(
            "the operator runs in the namespaces {}; the one in {active} is active",
            few(&namespaces)
        ),
        None => format!("the operator runs in the namespaces {}", few(&namespaces)),
    };
    let finding = Finding::warning(&TWO_OPERATORS.entry, object_of(stays), message);
    let finding = running.iter().fold(finding, |finding, found| {
        let replicas = Replicas::of(found);
        let finding = finding.evidence(object_of(found), "status.readyReplicas", replicas.ready);
        match image(found) {
            Some(image) => finding.evidence(object_of(found), "image", image),
            None => finding,
        }
    });
    let finding = match active {
        Some(active) => finding.evidence(
            ObjectRef::in_namespace("ConfigMap", "calico-system", "active-operator"),
            "data.active-namespace",
            active,
        ),
        None => finding,
    };
    let finding = finding.impact(
        "if the other one becomes the active one, it installs the Calico of its own release",
    );
    Some(if active.is_some() {
        let others = namespaces.into_iter();
        let others: Vec<&str> = others.filter(|name| *name != namespace(stays)).collect();
        delete(finding, &others)
    } else if case.snapshot.active_operator.is_absent() {
        let calico = case.facts.install.calico.value();
        finding.fix(format!(
            "the ConfigMap that names the active operator does not exist: keep the operator of the Calico that runs{}, \
             and delete the Deployment of the other{}. Do not run helm uninstall: it deletes the Installation and \
             with it Calico",
            calico.map_or_else(String::new, |calico| format!(", {calico}")),
            what_they_install(&running)
        ))
    } else {
        finding
            .fix(
                "find out which one is active, and delete the Deployment of the other; do not run helm uninstall, \
                 which deletes the Installation and with it Calico",
            )
            .paste("kubectl get configmaps -n calico-system active-operator -o yaml")
    })
}

/// Deletes the operators in these namespaces.
fn delete(finding: Finding, namespaces: &[&str]) -> Finding {
    let commands = namespaces.iter().map(|namespace| {
        format!(
            "kubectl delete deployments -n {} tigera-operator",
            pasted(namespace)
        )
    });
    let commands: Vec<String> = commands.collect();
    finding
        .fix(format!(
            "delete the Deployment in {}; do not run helm uninstall, which deletes the Installation and with it \
             Calico",
            few(namespaces)
        ))
        .paste(commands.join("\n"))
}

/// The Calico of each operator, as a remark.
fn what_they_install(operators: &[&Deployment]) -> String {
    let installs: Vec<String> = operators
        .iter()
        .filter_map(|operator| {
            let tag = image(operator)?.rsplit_once(':')?.1;
            let calico = tag.parse::<OperatorVersion>().ok()?.calico()?;
            Some(format!("{} installs Calico {calico}", object_of(operator)))
        })
        .collect();
    if installs.is_empty() {
        String::new()
    } else {
        format!(" ({})", installs.join(", "))
    }
}

fn image(operator: &Deployment) -> Option<&str> {
    let pod = operator.spec.as_ref()?.template.spec.as_ref()?;
    pod.containers.first()?.image.as_deref()
}

fn namespace(operator: &Deployment) -> &str {
    operator.metadata.namespace.as_deref().unwrap_or_default()
}

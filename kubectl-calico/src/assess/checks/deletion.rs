//! Whether a deletion is stuck.

use calico_core::catalog::Entry;
use k8s_openapi::api::apps::v1::Deployment;

use super::namespace_deletion;
use super::operator::{as_rendered, install_again};
use super::reporting::operator_log;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::checks::api_server::API_SERVER_SILENT;
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::facts::installer::Installer;
use crate::facts::method::Method;
use crate::facts::replicas::Replicas;
use crate::phrases::pasted;
use crate::repair::Step;
use crate::snapshot::resources::{CALICO_SYSTEM, INSTALLATIONS, OPERATORS};
use crate::snapshot::{Installation, ObjectRef};
use crate::views::objects::operator_deployment;

pub(crate) const DELETION_STUCK: Check = Check {
    entry: Entry {
        code: "CAL105",
        title: "a deletion is stuck",
        meaning: "The Installation or the calico-system namespace is being deleted, and the \
                  deletion is blocked by a finalizer or by something else that the API server \
                  waits for.",
        impact: "Nothing can be created in a namespace that is being deleted, and Calico cannot be \
                 installed again under the same names.",
        criteria: "metadata.deletionTimestamp is set. If the operator has a ready replica, it may \
                   still be cleaning up, and the finding is a warning. Without one, nothing \
                   removes the operator's finalizers, and the finding is an error. It is also an \
                   error if the API server reports that the deletion of the namespace is \
                   blocked, or if the namespace is deleted and the Installation is not.",
        fix: "Let the operator of the same release finish; reinstall it if it is gone. Delete the \
              APIServer and the operator's other resources before the Installation, and the \
              Installation before the operator. As a last resort, and never while a new operator \
              is running, remove the finalizers manually (kubectl patch --type merge -p \
              '{\"metadata\":{\"finalizers\":null}}') from the Installation, and from the service \
              accounts, ClusterRoles and ClusterRoleBindings calico-node and calico-cni-plugin: \
              whatever the operator would have removed is then left behind.",
        source: "tigera/operator v1.42.3, pkg/render/finalizers.go; tigera/operator#2031, #3413, \
                 #4103; projectcalico/calico#6629, #8695, #9066",
    },
    needs: &[&INSTALLATIONS, &CALICO_SYSTEM, &OPERATORS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let installations = case.snapshot.installations.items().iter();
        let installations = installations.filter_map(|found| installation(case, found));
        let namespace = case.snapshot.calico_system.read();
        let namespace = namespace.and_then(|found| {
            namespace_deletion::find(case, &DELETION_STUCK.entry, found, operator_works(case))
        });
        installations.chain(namespace).collect()
    },
};

/// Whether the operator can remove its finalizers.
fn operator_works(case: &Case) -> bool {
    let operator = operator_deployment(case.snapshot);
    operator.is_some_and(|operator| Replicas::of(operator).ready > 0)
}

fn installation(case: &Case, installation: &Installation) -> Option<Finding> {
    let meta = &installation.metadata;
    let since = meta.deletion_timestamp.as_ref()?;
    let object = ObjectRef::named("Installation", &meta.name);
    let works = operator_works(case);
    let (severity, message) = if works {
        (
            Severity::Warning,
            "the Installation is being deleted, and the operator is removing Calico",
        )
    } else {
        (
            Severity::Error,
            "the deletion is stuck: no operator is running to remove the finalizers",
        )
    };
    let finding = Finding::new(&DELETION_STUCK.entry, severity, &object, message)
        .evidence(&object, "metadata.deletionTimestamp", since.0)
        .evidence(&object, "metadata.finalizers", meta.finalizers.join(", "));
    Some(if works {
        under_way(case, finding, installation)
    } else {
        stuck(case, finding, installation)
    })
}

fn under_way(case: &Case, finding: Finding, installation: &Installation) -> Finding {
    // The operator removes it once the APIServer is gone. Other controllers have their own.
    let mut finalizers = installation.metadata.finalizers.iter();
    let waits_for_api_server = finalizers.any(|it| it == "operator.tigera.io/apiserver-controller");
    let mut api_servers = case.snapshot.api_servers.items().iter();
    let is_requested = api_servers.any(|found| found.metadata.deletion_timestamp.is_none());
    finding
        .impact("until the deletion is complete, Calico cannot be installed again")
        .fix(
            "wait; if the deletion does not complete, also delete the operator's other \
             resources (APIServer, Goldmane, Whisker), and read the operator's log",
        )
        .suspects([Suspect::Code(API_SERVER_SILENT.entry.code)])
        .paste(if waits_for_api_server && is_requested {
            "kubectl delete apiservers.operator.tigera.io default".to_owned()
        } else {
            operator_log(case.snapshot)
        })
}

fn stuck(case: &Case, finding: Finding, installation: &Installation) -> Finding {
    let runs = !case.facts.agents.is_absent();
    let finding = finding.impact(if runs {
        "the Installation can be neither used nor recreated; calico-node keeps running until an operator runs again, which \
         removes it from every node"
    } else {
        "the Installation can be neither used nor recreated"
    });
    let steps = runs.then(|| save(installation)).into_iter();
    if let Some(operator) = operator_deployment(case.snapshot) {
        let steps = steps.chain([start(operator)]);
        return finding.fixed_by_all(steps.collect());
    }
    let reinstall = Step::new(format!(
        "reinstall the operator of the same release{}: it completes the deletion{}",
        as_rendered(case),
        alone(case)
    ));
    let reinstall = match install_again(case) {
        Some(command) => reinstall.run(command),
        None => reinstall,
    };
    finding
        .fixed_by_all(steps.chain([reinstall]).collect())
        .then(rollback(case))
}

/// Has an operator that is there run again.
fn start(operator: &Deployment) -> Step {
    let replicas = Replicas::of(operator);
    let namespace = pasted(&replicas.namespace);
    if replicas.replicas == 0 {
        Step::new("scale the operator to one replica: it completes the deletion").run(format!(
            "kubectl scale -n {namespace} deployment tigera-operator --replicas=1"
        ))
    } else {
        Step::new("fix what prevents the operator's pod from running: it completes the deletion")
            .run(format!(
                "kubectl get events -n {namespace} --sort-by=.lastTimestamp"
            ))
    }
}

/// What comes before an operator that completes a deletion, which nothing can undo.
/// Source: tigera/operator v1.42.3, pkg/controller/installation/core_controller.go (installationMarkedForDeletion).
fn save(installation: &Installation) -> Step {
    let name = pasted(&installation.metadata.name);
    Step::new(
        "nothing undoes the deletion: if Calico is to stay, save the Installation, and go on in a maintenance window only. \
         The next step removes calico-node from every node, and pods are without a network until you have created the \
         Installation again",
    )
    .run(format!(
        "kubectl get installations.operator.tigera.io {name} -o yaml > installation.yaml"
    ))
}

/// What the command leaves in the values of a release.
fn alone(case: &Case) -> &'static str {
    match case.facts.install.method.value() {
        Some(Method::Operator {
            by: Installer::Helm { .. },
        }) => {
            ". The release keeps its other values; to install Calico again, upgrade the release with these \
             values set to true"
        }
        _ => "",
    }
}

/// What works where `helm upgrade` does not: an uninstall that hangs leaves the release without a
/// deployed revision. Tried with Helm 3.17 and 4.3.
fn rollback(case: &Case) -> Option<Step> {
    let Some(Method::Operator {
        by: Installer::Helm { release, namespace },
    }) = case.facts.install.method.value()
    else {
        return None;
    };
    let (release, namespace) = (pasted(release), pasted(namespace));
    let step = Step::new(
        "only if Helm reports \"has no deployed releases\", which is the case after a hung helm uninstall: \
         roll back to the newest revision that helm history lists",
    );
    Some(step.run(format!(
        "helm history -n {namespace} {release}\n\
         helm rollback -n {namespace} {release} REVISION"
    )))
}

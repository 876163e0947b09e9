//! Whether a deletion is under way that may never end.

use calico_core::catalog::Entry;
use k8s_openapi::api::core::v1::Namespace;

use super::operator::{as_rendered, install_again};
use super::reporting::operator_log;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::typha::Replicas;
use crate::assess::finding::{Finding, Severity};
use crate::assess::views::calico_node::OPERATOR_NAMESPACE;
use crate::assess::views::objects::operator_deployment;
use crate::assess::words::pasted;
use crate::snapshot::resources::{CALICO_SYSTEM, INSTALLATIONS, OPERATORS};
use crate::snapshot::{Installation, ObjectRef};

pub(crate) const DELETION_STUCK: Check = Check {
    entry: Entry {
        code: "CAL105",
        title: "a deletion does not end",
        meaning: "The Installation or the namespace calico-system is being deleted, and a finalizer, \
                or something else that the API server waits for, holds that up.",
        impact: "Nothing can be created in a namespace that is being deleted, and a new install \
                  under the same names has to wait.",
        criteria: "metadata.deletionTimestamp is set. Where the operator has a ready replica it may \
                 be at work on it, and that is a warning; without one nobody takes the \
                 operator's finalizers away, and that is an error. So is a namespace whose \
                 deletion the API server says that it cannot go on with.",
        fix: "Let the operator of the same release finish: install it again where it is gone. \
              Delete the APIServer and the other resources of the operator before the \
              Installation, and the Installation before the operator. Taking finalizers away by \
              hand ends the deletion, and leaves behind what the operator would have removed.",
        source: "tigera/operator v1.42.3, pkg/render/finalizers.go; tigera/operator#2031, #3413, \
                 #4103; projectcalico/calico#6629, #8695, #9066",
    },
    needs: &[&INSTALLATIONS, &CALICO_SYSTEM, &OPERATORS],
    judges: Judges::Running,
    find: |case| {
        let installations = case.snapshot.installations.items().iter();
        let installations = installations.filter_map(|found| installation(case, found));
        let namespace = case.snapshot.calico_system.read();
        let namespace = namespace.and_then(|found| self::namespace(case, found));
        installations.chain(namespace).collect()
    },
};

/// Whether somebody is there to take the operator's finalizers away.
fn operator_works(case: &Case) -> bool {
    let operator = operator_deployment(case.snapshot);
    operator.is_some_and(|operator| Replicas::of(operator).ready > 0)
}

fn installation(case: &Case, installation: &Installation) -> Option<Finding> {
    let meta = &installation.metadata;
    let since = meta.deletion_timestamp.as_ref()?;
    let object = ObjectRef::named("Installation", &meta.name);
    let works = operator_works(case);
    let finding = match works {
        true => Finding::warning(
            &DELETION_STUCK.entry,
            &object,
            "it is being deleted, and the operator takes Calico away",
        ),
        false => Finding::error(
            &DELETION_STUCK.entry,
            &object,
            "its deletion does not end: no operator is there to take its finalizers away",
        ),
    };
    let finding = finding
        .evidence(&object, "metadata.deletionTimestamp", since.0)
        .evidence(&object, "metadata.finalizers", meta.finalizers.join(", "));
    if works {
        // This one is taken away once the APIServer is gone; there are more of its kind.
        let waits = |finalizer: &String| finalizer == "operator.tigera.io/apiserver-controller";
        return Some(
            finding
                .impact("Calico is on its way out; until that is done it cannot be installed anew")
                .fix(
                    "wait; where it does not end, delete the operator's other resources too \
                     (APIServer, Goldmane, Whisker), which it waits for, and read its log",
                )
                .paste(match meta.finalizers.iter().any(waits) {
                    true => "kubectl delete apiservers.operator.tigera.io default".to_owned(),
                    false => operator_log(case.snapshot),
                }),
        );
    }
    let again = install_again(case).map(|command| format!("{command}\n"));
    Some(
        finding
            .impact("it can neither be used nor made anew")
            .fix(format!(
                "install the operator of the same release again{}, and it finishes; to take the \
                 finalizers away by hand is the last resort, and leaves behind what it made",
                as_rendered(case)
            ))
            .paste(format!(
                "{}# the last resort:\nkubectl patch installations.operator.tigera.io {} {NO_FINALIZERS}",
                again.unwrap_or_default(),
                pasted(&meta.name)
            )),
    )
}

const NO_FINALIZERS: &str = r#"--type=merge -p '{"metadata":{"finalizers":null}}'"#;

fn namespace(case: &Case, namespace: &Namespace) -> Option<Finding> {
    let since = namespace.metadata.deletion_timestamp.as_ref()?;
    let object = ObjectRef::named("Namespace", OPERATOR_NAMESPACE);
    let status = namespace.status.as_ref();
    let conditions = status.and_then(|status| status.conditions.as_ref());
    let said: Vec<(&str, &str)> = conditions
        .into_iter()
        .flatten()
        .filter(|condition| condition.status == "True")
        .map(|condition| {
            (
                condition.type_.as_str(),
                condition.message.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    let undiscovered = said.iter().any(|(kind, message)| {
        *kind == "NamespaceDeletionDiscoveryFailure" && message.contains("projectcalico.org/v3")
    });
    let protected = said
        .iter()
        .any(|(_, message)| message.contains("tigera.io/cni-protector"));
    let works = operator_works(case);
    let severity = match works && !undiscovered {
        true => Severity::Warning,
        false => Severity::Error,
    };
    let mut finding = Finding::new(
        &DELETION_STUCK.entry,
        severity,
        &object,
        "the namespace is being deleted",
    )
    .evidence(&object, "metadata.deletionTimestamp", since.0);
    for (kind, message) in said {
        finding = finding.evidence(&object, format!("condition {kind}"), message);
    }
    let finding = finding.impact("nothing of Calico can be created in it until it is gone");
    Some(if undiscovered {
        finding
            .fix(
                "Calico's API server is registered and does not answer, which holds up the \
                 deletion of every namespace: bring it back, or take its registration away",
            )
            .paste("kubectl delete apiservices.apiregistration.k8s.io v3.projectcalico.org")
    } else if protected && !works {
        let accounts = ["calico-node", "calico-cni-plugin"].map(|name| {
            format!("kubectl patch serviceaccounts -n {OPERATOR_NAMESPACE} {name} {NO_FINALIZERS}")
        });
        finding
            .fix(
                "install the operator of the same release again, and it takes its finalizers \
                 away; by hand, as the last resort, from the service accounts and from the \
                 ClusterRoles and ClusterRoleBindings of the same names",
            )
            .paste(accounts.join("\n"))
    } else {
        finding
            .fix("see what is left in it, and which finalizers that has")
            .paste(format!(
                "kubectl get all,serviceaccounts,rolebindings -n {OPERATOR_NAMESPACE} \\\n  \
                 -o custom-columns=KIND:.kind,NAME:.metadata.name,FINALIZERS:.metadata.finalizers"
            ))
    })
}

//! The deletion of the namespace calico-system.
//!
//! Since 1.38, an operator with an Installation that is not being deleted removes its finalizers from objects that are
//! being deleted; earlier ones, and any operator without an Installation, do not. It creates nothing in a namespace that
//! is being deleted. Source: tigera/operator v1.34.3 to v1.42.3, pkg/controller/installation/core_controller.go and
//! pkg/controller/utils/component.go.

use calico_core::catalog::Entry;
use k8s_openapi::api::core::v1::Namespace;

use super::operator::{as_rendered, install_again};
use crate::assess::check::Case;
use crate::assess::finding::{Finding, Severity};
use crate::snapshot::ObjectRef;
use crate::views::calico_node::OPERATOR_NAMESPACE;
use crate::views::objects::default_installation;

/// The first minor version of the operator that removes its finalizers outside a deletion of the Installation.
const REMOVES_FINALIZERS: u32 = 38;

/// What the operator protects from a deletion in the wrong order.
const PROTECTOR: &str = "tigera.io/cni-protector";

/// The finding, if the namespace is being deleted, where the operator `works` or does not.
pub(super) fn find(
    case: &Case,
    entry: &'static Entry,
    namespace: &Namespace,
    works: bool,
) -> Option<Finding> {
    let since = namespace.metadata.deletion_timestamp.as_ref()?;
    let object = ObjectRef::named("Namespace", OPERATOR_NAMESPACE);
    let status = namespace.status.as_ref();
    let conditions = status.and_then(|status| status.conditions.as_ref());
    let reported: Vec<(&str, &str)> = conditions
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
    let undiscovered = reported.iter().any(|(kind, message)| {
        *kind == "NamespaceDeletionDiscoveryFailure" && message.contains("projectcalico.org/v3")
    });
    let is_protected = reported
        .iter()
        .any(|(_, message)| message.contains(PROTECTOR));
    let is_wanted = default_installation(case.snapshot)
        .is_some_and(|found| found.metadata.deletion_timestamp.is_none());
    let severity = if works && !undiscovered && !is_wanted {
        Severity::Warning
    } else {
        Severity::Error
    };
    let mut finding = Finding::new(entry, severity, &object, "the namespace is being deleted")
        .evidence(&object, "metadata.deletionTimestamp", since.0);
    for (kind, message) in reported {
        finding = finding.evidence(&object, format!("condition {kind}"), message);
    }
    let finding = finding.impact(if is_wanted && !case.facts.agents.is_absent() {
        "Kubernetes deletes everything in the namespace, calico-node included, and the operator can recreate nothing \
         until the namespace is gone: nodes without calico-node connect no new pods"
    } else {
        "Calico cannot be installed until the namespace is gone"
    });
    let removes = is_wanted
        && case
            .facts
            .installation
            .as_ref()
            .is_some_and(|found| found.operator.since(REMOVES_FINALIZERS));
    Some(if undiscovered {
        finding
            .fix(
                "delete the registration of Calico's API server, unless the server can be \
                 restored: it does not respond, which blocks the deletion of every namespace",
            )
            .paste("kubectl delete apiservices.apiregistration.k8s.io v3.projectcalico.org")
    } else if is_protected && !works && removes {
        finding
            .fix(format!(
                "reinstall the operator of the same release{}: it removes its finalizers ({PROTECTOR}), and creates the \
                 namespace again",
                as_rendered(case)
            ))
            .paste(install_again(case).unwrap_or_default())
    } else if is_protected
        && !removes
        && default_installation(case.snapshot).is_none_or(|_| is_wanted)
    {
        finding
            .fix(format!(
                "remove the finalizer {PROTECTOR} from what is left: the operator does this only {}",
                if is_wanted {
                    "since 1.38, or while it deletes the Installation"
                } else {
                    "while there is an Installation"
                }
            ))
            .paste(format!(
                "kubectl get serviceaccounts -n {OPERATOR_NAMESPACE} -o name \\\n  \
                 | xargs -I% kubectl patch -n {OPERATOR_NAMESPACE} % --type merge -p '{{\"metadata\":{{\"finalizers\":null}}}}'"
            ))
    } else {
        let what = "list what is left in the namespace, with its finalizers";
        finding
            .fix(if works && removes {
                format!("wait: the operator removes its finalizers, and creates the namespace again once it is gone; if it is not, {what}")
            } else {
                what.to_owned()
            })
            .paste(format!(
                "kubectl get all,serviceaccounts,rolebindings -n {OPERATOR_NAMESPACE} \\\n  \
                 -o custom-columns=KIND:.kind,NAME:.metadata.name,FINALIZERS:.metadata.finalizers"
            ))
    })
}

//! Whether the operator can work with this version of Kubernetes.

use calico_core::catalog::Entry;
use calico_core::operator::OperatorVersion;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::installer::Installer;
use crate::facts::method::Method;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::OPERATORS;
use crate::views::calico_node::CalicoNode;

pub(crate) const OPERATOR_TOO_OLD: Check = Check {
    entry: Entry {
        code: "CAL115",
        title: "the operator is too old for this version of Kubernetes",
        meaning: "The operator uses an API that this version of Kubernetes no longer has.",
        impact: "The operator cannot create what it needs, and never completes an install.",
        criteria: "Kubernetes 1.25 and later with an operator before 1.28, which creates \
                   PodSecurityPolicies (policy/v1beta1). Later combinations work, even those that \
                   are not tested together.",
        fix: "Replace the operator with that of a Calico release that supports this version of \
              Kubernetes, before creating an Installation. Where the platform installs the operator, \
              as AKS does, it reverts that: upgrade the cluster to a version with a newer operator.",
        source: "tigera/operator v1.27.16 and v1.28.5, pkg/render/common/podsecuritypolicy; \
                 Kubernetes documentation, Deprecated API Migration Guide; projectcalico/calico#7655; \
                 Azure/AKS#3315",
    },
    needs: &[&OPERATORS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| too_old(case).into_iter().collect(),
};

fn too_old(case: &Case) -> Option<Finding> {
    let fact = &case.facts.install.operator;
    let (version, from) = (fact.value()?, fact.from().first()?);
    let version: OperatorVersion = version.parse().ok()?;
    let (object, kubernetes) = kubernetes(case)?;
    if version.since(28) || minor(kubernetes)? < 25 {
        return None;
    }
    Some(
        Finding::error(
            &OPERATOR_TOO_OLD.entry,
            &from.object,
            format!("operator {version} does not work with Kubernetes {kubernetes}"),
        )
        .read(from, version)
        .evidence(object, "version", kubernetes)
        .impact(if CalicoNode::current(case.snapshot).is_some() {
            "it creates PodSecurityPolicies, which Kubernetes 1.25 removed, and stops there: what runs \
             keeps running, but no change is applied"
        } else {
            "it creates PodSecurityPolicies, which Kubernetes 1.25 removed, and never completes an \
             install"
        })
        .fix(fix(case)),
    )
}

fn fix(case: &Case) -> String {
    match case.facts.install.method.value() {
        Some(Method::Operator {
            by: Installer::Platform { platform },
        }) => format!(
            "upgrade the cluster to a version of {0} with a newer operator; do not replace the operator \
             yourself: {0} reverts that",
            platform.name()
        ),
        _ => "before anything else, replace the operator with that of a Calico release that supports \
              this version of Kubernetes; kubectl calico plan plans for the installed operator"
            .to_owned(),
    }
}

/// The version of Kubernetes: the API server's, or else that of a kubelet.
fn kubernetes<'a>(case: &Case<'a>) -> Option<(ObjectRef, &'a str)> {
    if let Some(version) = &case.snapshot.origin.kubernetes {
        return Some((ObjectRef::all("Kubernetes"), version));
    }
    let mut nodes = case.snapshot.nodes.items().iter();
    let node = nodes.next()?;
    let object = ObjectRef::named("Node", &node.metadata.name);
    Some((object, &node.status.node_info.kubelet_version))
}

/// The minor version in `v1.27.1` and `v1.27.1-eks-0123`.
pub(super) fn minor(version: &str) -> Option<u32> {
    version.strip_prefix("v1.")?.split('.').next()?.parse().ok()
}

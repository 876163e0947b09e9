//! Whether this release of Calico was tested with this version of Kubernetes.

use std::ops::RangeInclusive;

use calico_core::catalog::Entry;
use calico_core::operator::OperatorVersion;

use super::kubernetes_version::{OPERATOR_TOO_OLD, minor};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::bundle::Bundle;
use crate::facts::installer::Installer;
use crate::facts::method::Method;
use crate::facts::platform::Platform;
use crate::snapshot::resources::{DAEMON_SETS, INSTALLATIONS, NODES};
use crate::snapshot::{ObjectRef, Provenance};

/// A minor release of Calico 3, and minor versions of Kubernetes 1.
struct Tested {
    calico: u32,
    /// The oldest that works.
    oldest: u32,
    tested: RangeInclusive<u32>,
}

const fn release(calico: u32, oldest: u32, first: u32, last: u32) -> Tested {
    Tested {
        calico,
        oldest,
        tested: first..=last,
    }
}

/// Source: Calico documentation, System requirements, of each release: projectcalico/calico v3.19.0 to
/// v3.23.5, getting-started/kubernetes/requirements.md; tigera/docs, branches archive-os-3.24 to
/// archive-os-3.28, main of 2026-08-21 for 3.29 to 3.32, and docs.tigera.io of October 2026 for 3.33.
const RELEASES: [Tested; 15] = [
    release(19, 16, 19, 21),
    release(20, 16, 19, 21),
    release(21, 16, 20, 22),
    release(22, 16, 21, 23),
    release(23, 16, 21, 23),
    release(24, 16, 22, 25),
    release(25, 16, 23, 28),
    release(26, 21, 24, 28),
    release(27, 21, 27, 29),
    release(28, 21, 27, 30),
    release(29, 21, 29, 32),
    release(30, 21, 31, 35),
    release(31, 21, 32, 35),
    release(32, 21, 34, 36),
    release(33, 21, 35, 37),
];

pub(crate) const NOT_TESTED: Check = Check {
    entry: Entry {
        code: "CAL117",
        title: "Calico was not tested with this version of Kubernetes",
        meaning: "The nodes run a version of Kubernetes that is newer than those that this release \
                  of Calico was tested with, or older than any with which it works.",
        impact: "A newer Kubernetes may have removed an API that Calico uses, or may have changed \
                 what Calico relies on. Most such combinations work, but Calico's developers do not \
                 test them. If Kubernetes is too old, Calico does not work.",
        criteria: "The newest kubelet of the nodes is compared with the tested versions in the documentation \
                   of Calico 3.19 to 3.33; other releases are not checked. The API server is not checked, \
                   because it is upgraded before the nodes. The finding is a note if Kubernetes is newer, and \
                   a warning if it is too old. There is no finding if the platform ships Calico, because it \
                   then determines both versions, or with Calico Enterprise, which has releases of its own.",
        fix: "Upgrade Calico to a release that is tested with this version of Kubernetes, before the \
              next upgrade of Kubernetes.",
        source: "Calico documentation, System requirements (Kubernetes requirements), of each release",
    },
    needs: &[&NODES, &DAEMON_SETS],
    // What sets the version of Calico before its image does.
    excuses: &[&INSTALLATIONS],
    judges: Judges::Configured,
    find: |case| not_tested(case).into_iter().collect(),
};

fn not_tested(case: &Case) -> Option<Finding> {
    let (calico, from, version) = calico(case)?;
    let release = RELEASES.iter().find(|release| release.calico == calico)?;
    let (node, kubelet, kubernetes) = newest_kubelet(case)?;
    let (first, last) = (release.tested.start(), release.tested.end());
    if is_shipped(case)
        || (release.oldest..=*last).contains(&kubernetes)
        || OPERATOR_TOO_OLD.finds(case)
    {
        return None;
    }
    let finding = if kubernetes > *last {
        Finding::note(
            &NOT_TESTED.entry,
            ObjectRef::all("Node"),
            format!(
                "Kubernetes 1.{kubernetes} is newer than the versions that Calico 3.{calico} was \
                 tested with"
            ),
        )
        .impact("it may work, but Kubernetes may have removed or changed what Calico uses")
    } else {
        Finding::warning(
            &NOT_TESTED.entry,
            ObjectRef::all("Node"),
            format!("Kubernetes 1.{kubernetes} is too old for Calico 3.{calico}"),
        )
        .impact("Calico uses APIs that this Kubernetes does not have")
    };
    let finding = finding
        .evidence(node, "status.nodeInfo.kubeletVersion", kubelet)
        .read(&from, version)
        .evidence(
            ObjectRef::all("Kubernetes"),
            "tested versions",
            format!("1.{first} to 1.{last}"),
        );
    if kubernetes < release.oldest {
        return Some(finding.fix(format!(
            "upgrade Kubernetes to a tested version: 1.{first} to 1.{last}"
        )));
    }
    let newer = RELEASES
        .iter()
        .find(|newer| newer.calico > calico && newer.tested.contains(&kubernetes));
    let finding = match newer {
        Some(newer) => finding.in_manifest(format!(
            "use the manifests of Calico 3.{}, which was tested with Kubernetes 1.{kubernetes}, or later",
            newer.calico
        )),
        None => finding,
    };
    Some(finding.fix(match newer {
        Some(newer) => format!(
            "upgrade Calico to 3.{}, which was tested with Kubernetes 1.{kubernetes}, or later",
            newer.calico
        ),
        None => format!(
            "upgrade Calico once a release is tested with Kubernetes 1.{kubernetes}: \
             docs.tigera.io lists the versions under System requirements"
        ),
    }))
}

/// The minor version of Calico 3, and where its version was read; that of the operator's release before
/// anything of Calico runs.
fn calico(case: &Case) -> Option<(u32, Provenance, String)> {
    let install = &case.facts.install;
    if install.method.value() == Some(&Method::OperatorOnly) {
        let (version, from) = (
            install.operator.value()?,
            install.operator.from().first()?.clone(),
        );
        let operator: OperatorVersion = version.parse().ok()?;
        let calico = operator.calico()?;
        let minor = calico.strip_prefix("3.")?.parse().ok()?;
        return Some((minor, from, version.clone()));
    }
    if install.is_missing() || install.enterprise.is_some() {
        return None;
    }
    let from = install.calico.from().first()?.clone();
    Some((
        install.calico_minor()?,
        from,
        install.calico.value()?.clone(),
    ))
}

/// The node with the newest kubelet, its version, and the minor version of Kubernetes 1. No kubelet is newer
/// than the API server.
fn newest_kubelet<'a>(case: &Case<'a>) -> Option<(ObjectRef, &'a str, u32)> {
    // Of several, the first.
    let nodes = case.snapshot.nodes.items().iter().rev();
    nodes
        .filter_map(|node| {
            let version = node.status.node_info.kubelet_version.as_str();
            let object = ObjectRef::named("Node", &node.metadata.name);
            Some((object, version, minor(version)?))
        })
        .max_by_key(|(.., minor)| *minor)
}

/// Whether Calico comes with the platform.
fn is_shipped(case: &Case) -> bool {
    let platform = case.facts.cluster.platform.value();
    let by_platform = matches!(
        case.facts.install.method.value(),
        Some(Method::Operator {
            by: Installer::Platform { .. }
        })
    );
    let bundle = case.facts.install.bundled_with();
    by_platform
        || bundle.is_some_and(Bundle::decides_version)
        || matches!(
            platform,
            Some(Platform::Gke | Platform::Rke2 | Platform::K0s | Platform::MicroK8s)
        )
}

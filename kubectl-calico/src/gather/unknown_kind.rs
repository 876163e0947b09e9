//! An `apiVersion` and a `kind` that no API server serves, but that are meant for an object that is read.

use crate::snapshot::resource::{Api, Resource};
use crate::snapshot::resources::RESOURCES;

/// How similar a kind must be to one of Calico's to be a typo of it. No two kinds of Calico are.
const SIMILAR: f64 = 0.8;

/// What an object is meant to be.
pub(super) struct UnknownKind {
    /// A kind that is read.
    pub(super) kind: &'static str,
    pub(super) why: String,
}

/// What an object is meant to be that is of no kind that is served: of one that is read, with another version
/// or group of Calico, or with a typo. Anything else is an object that is not read.
pub(super) fn unknown_kind(api_version: &str, kind: &str) -> Option<UnknownKind> {
    let rows = RESOURCES.iter().copied();
    let apis = rows.flat_map(|row| row.apis.iter().map(move |api| (row, api)));
    // Most objects are of a kind that is read. Similarity takes time.
    let mut exact = apis.clone();
    if exact.any(|(row, api)| row.kind_in(api) == kind && api.api_version() == api_version) {
        return None;
    }
    let meant = apis.filter_map(|(row, api)| {
        let likeness = likeness(row, api, api_version, kind)?;
        Some((likeness, row, api))
    });
    // The first of those that are alike.
    let (_, row, api) = meant.reduce(|best, other| if other.0 > best.0 { other } else { best })?;
    Some(UnknownKind {
        kind: row.kind,
        why: format!(
            "there is no kind {kind} in {api_version}: write kind {} in {}",
            row.kind_in(api),
            api.api_version()
        ),
    })
}

/// How much an object is like one of an API, in the order of what counts.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Likeness {
    same_version: bool,
    same_kind: bool,
    same_group: bool,
}

fn likeness(row: &Resource, api: &Api, api_version: &str, kind: &str) -> Option<Likeness> {
    let (group, version) = match api_version.split_once('/') {
        Some(parts) => parts,
        None if is_of_calico(api_version) => (api_version, ""),
        None => ("", api_version),
    };
    let same_version = (group, version) == (api.group, api.version);
    let known = row.kind_in(api);
    let is_meant = known.eq_ignore_ascii_case(kind)
        || row.is_called(kind)
        || (is_of_calico(group) && strsim::normalized_damerau_levenshtein(known, kind) >= SIMILAR);
    let is_related = same_version || is_other_version(group, api.group);
    (is_meant && is_related).then_some(Likeness {
        same_version,
        same_kind: known == kind,
        same_group: group == api.group,
    })
}

/// Whether the kinds of a group are also looked for in other versions and groups: a version that is not read
/// would be one that was removed, or that no Calico has. Other groups have kinds of the same names.
fn is_other_version(group: &str, read: &str) -> bool {
    match group {
        "" | "apps" => read == group,
        // Workloads, up to Kubernetes 1.15.
        "extensions" => read == "apps",
        _ => is_of_calico(group) && is_of_calico(read),
    }
}

/// Whether an API group is one of Calico or its operator.
pub(super) fn is_of_calico(group: &str) -> bool {
    group == "operator.tigera.io" || group.ends_with("projectcalico.org")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_object_is_meant_to_be() {
        for (api_version, kind, expected) in [
            (
                "projectcalico.org",
                "IPPool",
                "kind IPPool in projectcalico.org/v3",
            ),
            (
                "projectcalico.org/v4",
                "IPPool",
                "kind IPPool in projectcalico.org/v3",
            ),
            (
                "operator.tigera.io/v2",
                "Installation",
                "kind Installation in operator.tigera.io/v1",
            ),
            (
                "crd.projectcalico.org/v3",
                "IPPool",
                "kind IPPool in crd.projectcalico.org/v1",
            ),
            (
                "crd.projectcalico.org/v1",
                "Installation",
                "kind Installation in operator.tigera.io/v1",
            ),
            (
                "crd.projectcalico.org/v1",
                "IPAMConfiguration",
                "kind IPAMConfig in crd.projectcalico.org/v1",
            ),
            (
                "projectcalico.org/v3",
                "IPAMConfig",
                "kind IPAMConfiguration in projectcalico.org/v3",
            ),
            (
                "projectcalico.org/v3",
                "ippool",
                "kind IPPool in projectcalico.org/v3",
            ),
            (
                "projectcalico.org/v3",
                "IPPoool",
                "kind IPPool in projectcalico.org/v3",
            ),
            (
                "projectcalico.org/V3",
                "IPPool",
                "kind IPPool in projectcalico.org/v3",
            ),
            (
                "extensions/v1beta1",
                "DaemonSet",
                "kind DaemonSet in apps/v1",
            ),
            ("apps/v1", "Daemonset", "kind DaemonSet in apps/v1"),
            ("v1", "configmap", "kind ConfigMap in v1"),
        ] {
            let why = unknown_kind(api_version, kind).map(|unknown| unknown.why);
            let why = why.unwrap_or_default();
            assert!(why.ends_with(expected), "{api_version} {kind}: {why}");
        }
        for (api_version, kind) in [
            ("projectcalico.org/v3", "IPPool"),
            ("projectcalico.org/v3", "IPAMConfiguration"),
            ("projectcalico.org/v3", "GlobalNetworkPolicy"),
            ("projectcalico.org/v3", "BGPFilter"),
            ("crd.projectcalico.org/v1", "IPAMHandle"),
            ("operator.tigera.io/v1", "ImageSet"),
            ("migration.projectcalico.org/v1beta1", "DatastoreMigration"),
            ("networking.k8s.io/v1beta1", "ServiceCIDR"),
            ("config.openshift.io/v1", "APIServer"),
            ("events.k8s.io/v1", "Event"),
            ("operator.openshift.io/v1", "Network"),
            ("example.com/v1", "Installation"),
            ("v1", "Secret"),
        ] {
            let why = unknown_kind(api_version, kind).map(|unknown| unknown.why);
            assert_eq!(why, None, "{api_version} {kind}");
        }
    }

    #[test]
    fn no_kind_of_calico_is_a_typo_of_another() {
        // Source: projectcalico/calico v3.32.1, api/config/crd and libcalico-go/config/crd;
        // tigera/operator v1.42.3, pkg/imports/crds/operator.
        for kind in [
            "Authentication",
            "BGPConfiguration",
            "BGPFilter",
            "BGPPeer",
            "BlockAffinity",
            "CalicoNodeStatus",
            "ClusterInformation",
            "Compliance",
            "FelixConfiguration",
            "GlobalNetworkPolicy",
            "GlobalNetworkSet",
            "Goldmane",
            "HostEndpoint",
            "IPAMBlock",
            "IPAMHandle",
            "IPPool",
            "IPReservation",
            "ImageSet",
            "KubeControllersConfiguration",
            "Manager",
            "ManagementCluster",
            "ManagementClusterConnection",
            "Monitor",
            "NetworkPolicy",
            "NetworkSet",
            "Profile",
            "StagedGlobalNetworkPolicy",
            "StagedKubernetesNetworkPolicy",
            "StagedNetworkPolicy",
            "TLSPassThroughRoute",
            "Tenant",
            "Tier",
            "Whisker",
            "WorkloadEndpoint",
        ] {
            assert!(
                unknown_kind("projectcalico.org/v3", kind).is_none(),
                "{kind}"
            );
            assert!(
                unknown_kind("crd.projectcalico.org/v1", kind).is_none(),
                "{kind}"
            );
        }
    }
}

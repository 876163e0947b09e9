//! An APIServer beside the one that is there.

use calico_core::catalog::Entry;

use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::facts::installation::InstallationFacts;
use crate::snapshot::ObjectRef;

pub(super) static SECOND_API_SERVER: Entry = Entry {
    code: "CAL125",
    title: "the manifests add a second APIServer",
    meaning: "With the manifests, the APIServers default and tigera-secure both exist. The operator accepts only one of them: \
              default, or else tigera-secure, the name that Calico Enterprise used.",
    impact: "The operator stops reconciling Calico's API server, and since 1.34 the pools. What runs keeps running.",
    criteria: "Only with --with, and only if the cluster does not have both already.",
    fix: "Leave the second APIServer out of the manifests.",
    source: "tigera/operator v1.42.3, pkg/controller/utils/utils.go (GetAPIServer) and \
             pkg/controller/ippool/pool_controller.go",
};

/// The names that the operator looks for.
const NAMES: [&str; 2] = ["default", "tigera-secure"];

/// The finding, if both exist only with the manifests.
pub(super) fn second_api_server(before: &Case, after: &Case) -> Option<Finding> {
    let has = |case: &Case, name: &str| {
        let mut there = case.snapshot.api_servers.items().iter();
        there
            .any(|found| found.metadata.name == name && found.metadata.deletion_timestamp.is_none())
    };
    let has_both = |case: &Case| NAMES.iter().all(|name| has(case, name));
    if !has_both(after) || has_both(before) || !after.facts.install.is_left_to_operator() {
        return None;
    }
    let added = NAMES.into_iter().rev().find(|name| !has(before, name))?;
    let object = ObjectRef::named("APIServer", added);
    let finding = Finding::error(
        &SECOND_API_SERVER,
        object.clone(),
        "the operator accepts only one of the APIServers default and tigera-secure",
    );
    let changes_pools = after
        .facts
        .installation
        .as_ref()
        .is_some_and(InstallationFacts::changes_existing_pools);
    let finding = NAMES.iter().fold(finding, |finding, name| {
        finding.exists(ObjectRef::named("APIServer", *name))
    });
    Some(
        finding
            .impact(if changes_pools {
                "the operator reconciles neither Calico's API server nor the pools until one of the two is deleted"
            } else {
                "the operator does not reconcile Calico's API server until one of the two is deleted"
            })
            .fix(format!("leave {object} out of the manifests")),
    )
}

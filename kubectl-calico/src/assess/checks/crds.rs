//! Whether the API server serves the kinds that the operator and Calico need.

use calico_core::catalog::Entry;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{
    API_SERVERS, CLUSTER_INFORMATIONS, DAEMON_SETS, FELIX_CONFIGURATIONS, INSTALLATIONS, IP_POOLS,
    IPAM_BLOCKS, OPERATORS, TIGERA_STATUSES, V1, V3,
};
use crate::snapshot::{Absence, ObjectRef, Reading, Store};
use crate::views::calico_node::CalicoNode;
use crate::views::objects::{object_of, operator_deployment};

pub(crate) const KINDS_NOT_SERVED: Check = Check {
    entry: Entry {
        code: "CAL104",
        title: "custom resource definitions are missing",
        meaning: "The operator or calico-node is installed, but the API server does not serve the \
                  kinds that they need: their CustomResourceDefinitions are not installed.",
        impact: "Without Installation and TigeraStatus, the operator can neither read what to \
                 install nor report its status. Without IPPool and Calico's other kinds, \
                 calico-node does not start, because Calico stores its data in them.",
        criteria: "Kinds of operator.tigera.io are required if the operator's Deployment exists. \
                   Those of crd.projectcalico.org (or of projectcalico.org, if that is the \
                   datastore) are required if the operator or calico-node exists, unless Calico \
                   uses its own etcd.",
        fix: "Apply operator-crds.yaml of the same release with --server-side: the definitions are \
              too large for a client-side kubectl apply. Since operator 1.34, the operator owns \
              some of them, so --force-conflicts is required. Since Calico 3.32, the tigera-operator \
              Helm chart no longer includes them: install the crd.projectcalico.org.v1 chart \
              first. Helm never upgrades definitions in a chart's crds/ directory.",
        source: "projectcalico/calico#12860, #7826, #9432; charts/ of v3.31 and v3.32.1",
    },
    needs: &[
        &OPERATORS,
        &DAEMON_SETS,
        &INSTALLATIONS,
        &TIGERA_STATUSES,
        &API_SERVERS,
        &IP_POOLS,
        &FELIX_CONFIGURATIONS,
        &CLUSTER_INFORMATIONS,
        &IPAM_BLOCKS,
    ],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let found = [of_operator(case), of_calico(case)];
        found.into_iter().flatten().collect()
    },
};

/// The plural of a kind that the API server does not serve.
fn if_not_served<T>(resource: &Resource, reading: &Reading<T>) -> Option<&'static str> {
    (matches!(reading, Reading::Absent(Absence::NotServed))).then(|| resource.plural())
}

fn of_operator(case: &Case) -> Option<Finding> {
    let operator = operator_deployment(case.snapshot)?;
    let snapshot = case.snapshot;
    let missing = [
        if_not_served(&INSTALLATIONS, &snapshot.installations),
        if_not_served(&TIGERA_STATUSES, &snapshot.tigera_statuses),
        if_not_served(&API_SERVERS, &snapshot.api_servers),
    ];
    Some(
        not_served("operator.tigera.io", &missing, &object_of(operator))?
            .impact("the operator can neither read what to install nor report its status")
            .fix(
                "apply the definitions of the same release; Helm never upgrades them, and the \
                 tigera-operator chart no longer includes them as of Calico 3.32",
            )
            .paste(apply(case)),
    )
}

fn of_calico(case: &Case) -> Option<Finding> {
    if case.facts.install.is_in_etcd() {
        return None;
    }
    // The operator's controllers wait for IPPool before calico-node exists: tigera/operator v1.42.3,
    // pkg/controller/ippool/pool_controller.go.
    let needed_by = CalicoNode::current(case.snapshot)
        .map(|node| node.object())
        .or_else(|| Some(object_of(operator_deployment(case.snapshot)?)))?;
    let snapshot = case.snapshot;
    let missing = [
        if_not_served(&IP_POOLS, &snapshot.ip_pools),
        if_not_served(&FELIX_CONFIGURATIONS, &snapshot.felix_configurations),
        if_not_served(&CLUSTER_INFORMATIONS, &snapshot.cluster_informations),
        if_not_served(&IPAM_BLOCKS, &snapshot.ipam_blocks),
    ];
    let (group, fix, paste) = match snapshot.store {
        Store::V1 if case.facts.install.is_from_manifests() => {
            let url = case.facts.install.manifest_url("crds.yaml");
            let command =
                url.map(|url| format!("kubectl apply --server-side --force-conflicts -f {url}"));
            (
                V1,
                "apply the definitions of the same release",
                command.unwrap_or_default(),
            )
        }
        Store::V1 => (V1, "apply the definitions of the same release", apply(case)),
        Store::V3 => (
            V3,
            "install the projectcalico.org.v3 chart of the same release, which contains the \
             definitions",
            String::new(),
        ),
    };
    Some(
        not_served(group, &missing, &needed_by)?
            .impact("calico-node cannot store its data: it does not start, or stops working")
            .fix(fix)
            .paste(paste),
    )
}

fn not_served(
    group: &str,
    missing: &[Option<&'static str>],
    needed_by: &ObjectRef,
) -> Option<Finding> {
    let missing: Vec<&str> = missing.iter().copied().flatten().collect();
    let first = missing.first()?;
    Some(
        Finding::error(
            &KINDS_NOT_SERVED.entry,
            ObjectRef::named("CustomResourceDefinition", format!("{first}.{group}")),
            format!("the API server does not serve kinds that {needed_by} needs"),
        )
        .evidence(
            ObjectRef::named("APIGroup", group),
            "kinds not served",
            missing.join(", "),
        )
        .exists(needed_by),
    )
}

/// Applies the definitions of the operator's release; empty if that is not known. Those of an earlier one would
/// take back what the operator has added to them, and are not what it waits for.
pub(crate) fn apply(case: &Case) -> String {
    match case
        .facts
        .install
        .operator_manifest_url("operator-crds.yaml")
    {
        Some(url) => format!("kubectl apply --server-side --force-conflicts -f {url}"),
        None => String::new(),
    }
}

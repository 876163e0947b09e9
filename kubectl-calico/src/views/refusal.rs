//! Why the API server refuses the pods of a workload: a quota, an admission webhook, Pod Security, a missing
//! ServiceAccount.

use k8s_openapi::api::apps::v1::Deployment;

use super::objects::{deployments, object_of};
use crate::snapshot::{ObjectRef, Snapshot};

/// How evidence names the condition of a Deployment whose pods cannot be created.
pub const REPLICA_FAILURE: &str = "condition ReplicaFailure";

/// Why a Deployment has fewer pods than it should, if they cannot be created.
pub fn of(deployment: &Deployment) -> Option<&str> {
    let conditions = deployment.status.as_ref()?.conditions.as_ref()?;
    let mut failed = conditions
        .iter()
        .filter(|condition| condition.type_ == "ReplicaFailure" && condition.status == "True");
    failed.next()?.message.as_deref()
}

/// The first Deployment in a namespace whose pods cannot be created, and why: what refuses them most often
/// refuses the others there, too.
pub fn in_namespace<'a>(
    snapshot: &'a Snapshot,
    namespace: Option<&str>,
) -> Option<(ObjectRef, &'a str)> {
    deployments(snapshot)
        .filter(|found| found.metadata.namespace.as_deref() == namespace)
        .find_map(|found| Some((object_of(found), of(found)?)))
}

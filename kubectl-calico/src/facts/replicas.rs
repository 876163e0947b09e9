//! The replicas of a Deployment.

use k8s_openapi::api::apps::v1::Deployment;
use serde::Serialize;

/// The replicas of a Deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Replicas {
    /// The name of the Deployment.
    #[serde(skip)]
    pub name: String,
    /// The namespace of the Deployment.
    pub namespace: String,
    /// The requested number of replicas.
    pub replicas: u32,
    /// The number of replicas that are ready.
    pub ready: u32,
}

impl Replicas {
    /// The replicas of a Deployment.
    pub fn of(deployment: &Deployment) -> Self {
        let requested = deployment.spec.as_ref().and_then(|spec| spec.replicas);
        let status = deployment.status.as_ref();
        let count = |count: i32| u32::try_from(count).unwrap_or_default();
        Self {
            name: deployment.metadata.name.clone().unwrap_or_default(),
            namespace: deployment.metadata.namespace.clone().unwrap_or_default(),
            // The default of apps/v1.
            replicas: count(requested.unwrap_or(1)),
            ready: count(status.and_then(|s| s.ready_replicas).unwrap_or(0)),
        }
    }
}

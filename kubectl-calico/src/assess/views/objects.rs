//! Objects by name.

use calico_core::installation::{DEFAULT_NAME, OVERLAY_NAME};
use calico_core::operator;
use k8s_openapi::api::apps::v1::Deployment;

use crate::snapshot::{Installation, ObjectRef, Reading, Snapshot};

/// The name of the Deployment of Calico's controllers, and of its pods' label `k8s-app`.
pub const KUBE_CONTROLLERS: &str = "calico-kube-controllers";

/// The Installation `default`.
pub fn default_installation(snapshot: &Snapshot) -> Option<&Installation> {
    named(snapshot, DEFAULT_NAME)
}

/// The Installation `overlay`, which the operator merges into `default`.
pub fn overlay_installation(snapshot: &Snapshot) -> Option<&Installation> {
    named(snapshot, OVERLAY_NAME)
}

/// A setting in `calicoNetwork` of the Installation `default`.
pub fn setting(snapshot: &Snapshot, name: &str) -> Option<String> {
    let spec = &default_installation(snapshot)?.spec;
    let value = spec.get("calicoNetwork")?.get(name)?.as_str()?;
    Some(value.to_owned())
}

fn named<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a Installation> {
    let installations = snapshot.installations.items();
    installations
        .iter()
        .find(|found| found.metadata.name == name)
}

/// The operator's Deployment, in any namespace.
pub fn operator_deployment(snapshot: &Snapshot) -> Option<&Deployment> {
    named_deployment(&snapshot.operators, operator::DEPLOYMENT)
}

/// A Deployment of Calico by name.
pub fn deployment<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a Deployment> {
    named_deployment(&snapshot.deployments, name)
}

fn named_deployment<'a>(
    deployments: &'a Reading<Vec<Deployment>>,
    name: &str,
) -> Option<&'a Deployment> {
    let mut deployments = deployments.items().iter();
    deployments.find(|found| found.metadata.name.as_deref() == Some(name))
}

/// The reference to a Deployment.
pub fn object_of(deployment: &Deployment) -> ObjectRef {
    ObjectRef::of_object("Deployment", &deployment.metadata)
}

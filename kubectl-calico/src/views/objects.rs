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

/// The operator's Deployment, in any namespace. Of several, the active one, if that is known, or else the one in the
/// usual namespace.
pub fn operator_deployment(snapshot: &Snapshot) -> Option<&Deployment> {
    let operators = operators(snapshot);
    let is_in = |namespace: Option<&str>| {
        let mut operators = operators.iter();
        operators.find(|found| found.metadata.namespace.as_deref() == namespace)
    };
    let active = active_namespace(snapshot).and_then(|namespace| is_in(Some(namespace)));
    let usual = || is_in(Some(OPERATOR_NAMESPACE));
    active.or_else(usual).or_else(|| operators.first()).copied()
}

/// The namespace in which the operator is installed by default.
const OPERATOR_NAMESPACE: &str = "tigera-operator";

/// The operators: more than one, if it was installed in several namespaces.
pub fn operators(snapshot: &Snapshot) -> Vec<&Deployment> {
    let operators = snapshot.operators.items().iter();
    operators
        .filter(|found| found.metadata.name.as_deref() == Some(operator::DEPLOYMENT))
        .collect()
}

/// The namespace of the operator that reconciles; those in other namespaces wait.
/// Source: tigera/operator v1.23.0 to v1.42.3, pkg/active/active.go.
pub fn active_namespace(snapshot: &Snapshot) -> Option<&str> {
    let data = snapshot.active_operator.read()?.data.as_ref()?;
    data.get("active-namespace").map(String::as_str)
}

/// Calico's Deployments, the operator's included, whichever row reads them.
pub fn deployments(snapshot: &Snapshot) -> impl Iterator<Item = &Deployment> + Clone {
    let deployments = snapshot.deployments.items().iter();
    deployments
        .chain(snapshot.operators.items())
        .chain(snapshot.aws_typhas.items())
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

//! The ConfigMap kubernetes-services-endpoint, by which the operator learns an address of the API server
//! that does not need Services.

use calico_core::operator::DEPLOYMENT;

use crate::assess::check::Case;
use crate::assess::phrases::pasted;
use crate::assess::views::objects::operator_deployment;

/// Creates it. Placeholders stand for the address: the API server does not know by which one nodes
/// reach it.
pub(crate) fn create(case: &Case) -> String {
    create_in(operator_namespace(case))
}

/// Creates it in a namespace.
pub(crate) fn create_in(namespace: &str) -> String {
    format!(
        "kubectl create configmap -n {namespace} kubernetes-services-endpoint \\\n  \
         --from-literal=KUBERNETES_SERVICE_HOST=HOST --from-literal=KUBERNETES_SERVICE_PORT=6443"
    )
}

/// The operator's namespace.
pub(crate) fn operator_namespace<'a>(case: &Case<'a>) -> &'a str {
    let operator = operator_deployment(case.snapshot);
    let namespace = operator.and_then(|operator| operator.metadata.namespace.as_deref());
    pasted(namespace.unwrap_or(DEPLOYMENT))
}

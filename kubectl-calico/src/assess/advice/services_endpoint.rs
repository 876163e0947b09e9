//! The address by which Calico reaches the API server without Services. The operator takes it from the
//! ConfigMap kubernetes-services-endpoint in its own namespace, calico-node of a manifest from one in
//! kube-system.

use std::net::IpAddr;

use calico_core::operator::DEPLOYMENT;

use crate::assess::check::Case;
use crate::phrases::pasted;
use crate::repair::kubectl::restart;
use crate::snapshot::{ObjectRef, Provenance};
use crate::views::calico_node::{
    CalicoNode, MANIFEST_NAMESPACE, SERVICES_ENDPOINT, Variable, entry,
};
use crate::views::objects::{operator_deployment, setting};

/// The variables with the address and its port, which the entries of the ConfigMap are named after.
pub(crate) const HOST: &str = "KUBERNETES_SERVICE_HOST";
pub(crate) const PORT: &str = "KUBERNETES_SERVICE_PORT";

const DEFAULT_PORT: &str = "6443";

/// Sets the address for the operator. Placeholders stand for it, unless it was given in the wrong namespace: the
/// API server does not know by which one nodes reach it.
pub(crate) fn set(case: &Case) -> String {
    let exists = case.snapshot.services_endpoint.read().is_some();
    set_in(operator_namespace(case), exists, misplaced(case).as_ref())
}

/// An address in the namespace of manifests, where the operator does not look for it.
/// Source: tigera/operator v1.42.3, pkg/controller/utils/utils.go (`GetK8sServiceEndPoint`).
#[derive(Debug)]
pub(crate) struct Misplaced<'a> {
    /// The address.
    pub host: &'a str,
    port: &'a str,
    /// Where it is.
    pub from: Provenance,
}

/// The address that the operator does not find.
pub(crate) fn misplaced<'a>(case: &Case<'a>) -> Option<Misplaced<'a>> {
    let config = case.snapshot.manifest_services_endpoint.read()?;
    let host = entry(config, HOST).filter(|host| !host.is_empty() && !is_of_service(case, host))?;
    let is_misplaced = case.facts.install.is_run_by_operator()
        && operator_namespace(case) != MANIFEST_NAMESPACE
        && by_config_map(case).is_none();
    let object = ObjectRef::in_namespace("ConfigMap", MANIFEST_NAMESPACE, SERVICES_ENDPOINT);
    is_misplaced.then(|| Misplaced {
        host,
        port: entry(config, PORT).unwrap_or(DEFAULT_PORT),
        from: Provenance::new(object, format!("data.{HOST}")),
    })
}

/// Sets the address for calico-node of a manifest, and restarts it, which nothing else does: in the manifest's own
/// ConfigMap if the variable comes from there, as in calico-bpf.yaml; and in the DaemonSet if that reads neither.
pub(crate) fn set_in_manifest(case: &Case, node: &CalicoNode) -> String {
    let name = pasted(node.set.metadata.name.as_deref().unwrap_or_default());
    let set = if node.takes_from_config(HOST) {
        let (_, config) = node.config();
        let (host, port) = ("kubernetes_service_host", "kubernetes_service_port");
        patch(MANIFEST_NAMESPACE, config, host, port, None)
    } else if node.takes_services_endpoint() {
        let exists = case.snapshot.manifest_services_endpoint.read().is_some();
        set_in(MANIFEST_NAMESPACE, exists, None)
    } else {
        // install-cni, which needs the address as well, is one of the containers.
        return format!(
            "kubectl set env -n {MANIFEST_NAMESPACE} daemonset/{name} {HOST}=HOST {PORT}={DEFAULT_PORT}"
        );
    };
    format!("{set}\n{}", restart(&node.object()))
}

/// Whether the operator finds out the address on its own.
pub(crate) fn bootstraps(case: &Case) -> bool {
    case.facts.install.is_left_to_operator()
        && setting(case.snapshot, "bpfNetworkBootstrap").as_deref() == Some("Enabled")
}

/// The address that the operator passes on.
pub(crate) fn by_config_map<'a>(case: &Case<'a>) -> Option<&'a str> {
    let config = case.snapshot.services_endpoint.read()?;
    entry(config, HOST).filter(|host| !host.is_empty())
}

/// Whether calico-node has, or gets, an address that is not that of the Service. What was not read may be
/// one.
pub(crate) fn has_address(case: &Case) -> bool {
    let by_operator = case.facts.install.is_left_to_operator();
    let may_pass_on =
        by_config_map(case).is_some() || case.snapshot.services_endpoint.failure().is_some();
    if bootstraps(case) || (by_operator && may_pass_on) {
        return true;
    }
    let node = CalicoNode::current(case.snapshot);
    match node.map(|node| node.variable(HOST)) {
        Some(Variable::Set(host)) => !host.is_empty() && !is_of_service(case, host),
        Some(Variable::Unknown(_)) => true,
        Some(Variable::Unset) | None => false,
    }
}

/// Whether the address is that of a Service, which is what calico-node has to do without.
pub(crate) fn is_of_service(case: &Case, host: &str) -> bool {
    let Ok(address) = host.parse::<IpAddr>() else {
        return false;
    };
    let services = case.facts.networks.services.iter();
    let mut cidrs = services.flat_map(|network| &network.cidrs);
    cidrs.any(|cidr| cidr.holds(address))
}

/// Whether the address may be that of the API server's Service, which is the first of the Service CIDR: also if that is
/// unknown, as on managed Kubernetes.
pub(crate) fn may_be_of_service(case: &Case, host: &str) -> bool {
    let is_first = || match host.parse() {
        Ok(IpAddr::V4(address)) => address.octets()[3] == 1,
        Ok(IpAddr::V6(address)) => address.segments()[7] == 1,
        Err(_) => false,
    };
    is_of_service(case, host) || case.facts.networks.services.is_empty() && is_first()
}

/// The ConfigMap from which calico-node takes the address; the DaemonSet itself, if it takes it from none.
pub(crate) fn config_map(case: &Case, node: &CalicoNode) -> ObjectRef {
    if node.is_of_operator() {
        ObjectRef::in_namespace("ConfigMap", operator_namespace(case), SERVICES_ENDPOINT)
    } else if node.takes_from_config(HOST) {
        ObjectRef::in_namespace("ConfigMap", MANIFEST_NAMESPACE, node.config().1)
    } else if !node.takes_services_endpoint() {
        node.object()
    } else {
        ObjectRef::in_namespace("ConfigMap", MANIFEST_NAMESPACE, SERVICES_ENDPOINT)
    }
}

fn set_in(namespace: &str, exists: bool, address: Option<&Misplaced>) -> String {
    if exists {
        return patch(namespace, SERVICES_ENDPOINT, HOST, PORT, address);
    }
    let (host, port) = pasted_address(address);
    format!(
        "kubectl create configmap -n {namespace} {SERVICES_ENDPOINT} \\\n  \
         --from-literal={HOST}={host} --from-literal={PORT}={port}"
    )
}

fn patch(
    namespace: &str,
    config: &str,
    host_key: &str,
    port_key: &str,
    address: Option<&Misplaced>,
) -> String {
    let (host, port) = pasted_address(address);
    format!(
        "kubectl patch configmap -n {namespace} {config} --type merge \\\n  \
         -p '{{\"data\":{{\"{host_key}\":\"{host}\",\"{port_key}\":\"{port}\"}}}}'"
    )
}

/// The address and the port in a command.
fn pasted_address<'a>(address: Option<&Misplaced<'a>>) -> (&'a str, &'a str) {
    match address {
        Some(address) => (pasted(address.host), pasted(address.port)),
        None => ("HOST", DEFAULT_PORT),
    }
}

/// The operator's namespace.
pub(crate) fn operator_namespace<'a>(case: &Case<'a>) -> &'a str {
    let operator = operator_deployment(case.snapshot);
    let namespace = operator.and_then(|operator| operator.metadata.namespace.as_deref());
    pasted(namespace.unwrap_or(DEPLOYMENT))
}

//! Whether Calico's API server responds.

use calico_core::catalog::Entry;
use k8s_openapi::kube_aggregator::pkg::apis::apiregistration::v1::{
    APIService, APIServiceCondition,
};

use crate::assess::advice::refused::refused;
use crate::assess::advice::services_endpoint::operator_namespace;
use crate::assess::advice::unscheduled;
use crate::assess::advice::waiting_causes::WaitingCause;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Suspect};
use crate::facts::components::ComponentState;
use crate::facts::platform::Platform;
use crate::phrases::{condition, pasted};
use crate::repair::kubectl::tigera_status;
use crate::snapshot::resources::{API_SERVERS, API_SERVICE};
use crate::snapshot::{ObjectRef, Pod};
use crate::views::objects::deployment;
use crate::views::pods;

pub(crate) const API_SERVER_SILENT: Check = Check {
    entry: Entry {
        code: "CAL112",
        title: "Calico's API server does not respond",
        meaning: "projectcalico.org/v3 is registered with the Kubernetes API server, but Calico's \
                  API server does not respond to it; or an APIServer resource exists and is not \
                  Ready.",
        impact: "kubectl and calicoctl cannot read or change projectcalico.org/v3 resources, the \
                 operator cannot change or delete pools, and no namespace in the cluster can be \
                 deleted, because Kubernetes must first list the objects of every API group in \
                 it.",
        criteria: "The Available condition of the APIService v3.projectcalico.org is not True. If \
                   CustomResourceDefinitions serve the group (native v3 in Calico 3.32), there is \
                   no such server. An APIServer resource that is not Ready is also reported, \
                   unless the operator already says why (CAL107, CAL108).",
        fix: "The fix depends on the reason of the condition.\n\
              - MissingEndpoints: find out why the calico-apiserver pods are not ready. If the operator reports that \
              their namespace is being deleted, delete the APIService, for which the namespace waits.\n\
              - FailedDiscoveryCheck with x509: the server's certificate and the registration do not match.\n\
              - FailedDiscoveryCheck with a bad status: read the log of the pods.\n\
              - Any other FailedDiscoveryCheck: the control plane cannot reach the pods. Check that the \
              control plane nodes run calico-node, and that nothing between nodes drops encapsulated traffic \
              or TCP 5443. A managed control plane needs TCP 5443 to the nodes.\n\
              - ServiceNotFound after Calico was removed: delete the APIService.",
        source: "projectcalico/calico#10494, #10849, #12131, #7555; tigera/operator#3439; kubernetes v1.34, \
                 kube-aggregator, available_controller.go",
    },
    needs: &[&API_SERVICE, &API_SERVERS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let silent = case
            .snapshot
            .api_service
            .read()
            .and_then(|service| silent(case, service));
        let found = silent.or_else(|| not_ready(case));
        found.into_iter().collect()
    },
};

const DELETE_REGISTRATION: &str =
    "kubectl delete apiservices.apiregistration.k8s.io v3.projectcalico.org";

const BREAK_DEADLOCK: &str = "delete the registration. The namespace is being deleted and waits for it, because Kubernetes \
    must first list the objects of every API group; and no pod can be created in the namespace that would answer. Once \
    the namespace is gone, the operator creates both again";

fn silent(case: &Case, service: &APIService) -> Option<Finding> {
    let backend = service.spec.as_ref()?.service.as_ref()?;
    let conditions = service
        .status
        .as_ref()
        .and_then(|status| status.conditions.as_ref());
    let available = |condition: &&APIServiceCondition| condition.type_ == "Available";
    let available = conditions.into_iter().flatten().find(available)?;
    if available.status == "True" {
        return None;
    }
    let reason = available.reason.as_deref().unwrap_or_default();
    let message = available.message.as_deref().unwrap_or_default();
    let namespace = backend.namespace.as_deref().unwrap_or_default();
    let object = ObjectRef::named("APIService", "v3.projectcalico.org");
    let unready: Vec<&Pod> = pods::wanted(case.snapshot)
        .filter(|pod| reason == "MissingEndpoints" && is_unready_server(pod))
        .collect();
    let WaitingCause { fix, command } = unscheduled::of(case, &unready)
        .unwrap_or_else(|| of_condition(case, reason, message, namespace));
    let finding = Finding::error(
        &API_SERVER_SILENT.entry,
        &object,
        "Calico's API server does not respond to the Kubernetes API server",
    );
    let finding = finding.evidence(
        &object,
        "condition Available",
        condition(&available.status, reason, message),
    );
    let finding = unready.first().into_iter().fold(finding, |finding, pod| {
        finding.evidence(pods::object(pod), "status", pods::why(pod))
    });
    let finding = finding
        .impact(if is_requested(case) {
            "projectcalico.org/v3 cannot be used, the operator cannot change pools, and no \
         namespace in the cluster can be deleted"
        } else {
            "no namespace in the cluster can be deleted"
        })
        .suspects(suspects(reason))
        .fix(fix)
        .paste(command);
    let server = deployment(case.snapshot, "calico-apiserver").into_iter();
    Some(server.fold(finding, |finding, server| refused(case, finding, server)))
}

/// Whether an APIServer asks for Calico's API server.
fn is_requested(case: &Case) -> bool {
    let mut api_servers = case.snapshot.api_servers.items().iter();
    api_servers.any(|found| found.metadata.deletion_timestamp.is_none())
}

/// What the condition of the registration says about the cause.
fn of_condition(case: &Case, reason: &str, message: &str, namespace: &str) -> WaitingCause {
    let namespace = pasted(namespace);
    let list = format!("kubectl get pods -n {namespace} -l k8s-app=calico-apiserver -o wide");
    let (fix, command) = match reason {
        "MissingEndpoints" | "ServiceNotFound" if is_terminating(case, namespace) => {
            (BREAK_DEADLOCK, DELETE_REGISTRATION.to_owned())
        }
        "ServiceNotFound" if !is_requested(case) => (
            "delete the registration: no APIServer resource exists anymore, and pending deletions wait \
             until the registration is gone",
            DELETE_REGISTRATION.to_owned(),
        ),
        "MissingEndpoints" => ("find out why its pods are not ready", list),
        // Who answers is reached.
        "FailedDiscoveryCheck" if message.contains("x509: ") => bad_certificate(case),
        "FailedDiscoveryCheck" if message.contains("bad status from") => (
            "read the log of its pods to see why it answers with an error",
            format!("kubectl logs -n {namespace} -l k8s-app=calico-apiserver --tail=50"),
        ),
        "FailedDiscoveryCheck" if case.facts.cluster.is_managed() => blocked(case, list),
        "FailedDiscoveryCheck" => (
            "make sure that the control plane can reach its pods: the control plane nodes must \
             also run calico-node, and nothing between nodes may drop encapsulated traffic or TCP \
             5443",
            list,
        ),
        _ => (
            "fix the Installation first, if it has errors: the operator then creates the server. \
             Otherwise check that its pods and its Service exist",
            list,
        ),
    };
    WaitingCause {
        fix: fix.to_owned(),
        command,
    }
}

/// What to do where the provider runs the control plane.
fn blocked(case: &Case, list: String) -> (&'static str, String) {
    (
        "allow TCP 5443 from the control plane to the nodes: on EKS, in the nodes' security \
         group from the cluster's (replace both with their IDs). If projectcalico.org/v3 is not needed, delete the \
         APIServer instead: calicoctl works without it, but the operator can no longer change \
         pools",
        if case.facts.cluster.platform.value() == Some(&Platform::Eks) {
            "aws ec2 authorize-security-group-ingress --group-id NODE_SECURITY_GROUP_ID \\\n  \
             --protocol tcp --port 5443 --source-group CLUSTER_SECURITY_GROUP_ID"
                .to_owned()
        } else {
            list
        },
    )
}

/// Whether the operator reports that the server's namespace is being deleted.
fn is_terminating(case: &Case, namespace: &str) -> bool {
    let components = case.facts.components.value();
    let says = format!("in namespace {namespace} because it is being terminated");
    let mut components = components.into_iter().flatten();
    components.any(|component| component.message.contains(&says))
}

fn is_unready_server(pod: &Pod) -> bool {
    pods::app(pod) == "calico-apiserver" && !pod.is_ready()
}

/// What to do about a certificate that the registration does not trust.
fn bad_certificate(case: &Case) -> (&'static str, String) {
    if case.snapshot.api_servers.items().is_empty() {
        return (
            "set caBundle of the APIService to the CA that signed the server's certificate, as \
                the install of Calico's API server did: the certificate has changed since",
            "kubectl get apiservices.apiregistration.k8s.io v3.projectcalico.org -o yaml"
                .to_owned(),
        );
    }
    (
        "have the operator issue the certificate again: delete the Secret \
            calico-apiserver-certs; the pods restart",
        format!(
            "kubectl delete secrets -n {} calico-apiserver-certs",
            operator_namespace(case)
        ),
    )
}

/// Without a Service, the operator has registered the server but not created it: it creates the pools first, and then
/// the namespace with the rest of Calico.
fn suspects(reason: &str) -> Vec<Suspect> {
    let mut suspects = vec![Suspect::Workload("calico-apiserver")];
    if reason == "ServiceNotFound" {
        suspects.extend(of_components());
    }
    suspects
}

/// The components that the operator brings up before.
fn of_components() -> [Suspect; 2] {
    ["ippools", "calico"]
        .map(|component| Suspect::Subject(ObjectRef::named("TigeraStatus", component)))
}

fn not_ready(case: &Case) -> Option<Finding> {
    let waiting = case.snapshot.api_servers.items().iter().find(|found| {
        let ready = found.status.state.as_deref() == Some("Ready");
        !ready && found.metadata.deletion_timestamp.is_none()
    })?;
    let components = case.facts.components.value();
    let is_reported = components.into_iter().flatten().any(|component| {
        component.name == "apiserver" && component.state != ComponentState::Available
    });
    if is_reported {
        return None;
    }
    let object = ObjectRef::named("APIServer", &waiting.metadata.name);
    Some(
        Finding::warning(
            &API_SERVER_SILENT.entry,
            &object,
            "Calico's API server is not ready",
        )
        .evidence(
            object,
            "status.state",
            waiting.status.state.as_deref().unwrap_or("not set"),
        )
        .impact("the operator cannot change pools until it is ready")
        .suspects(of_components())
        .fix("check what the operator reports about it")
        .paste(tigera_status("apiserver")),
    )
}

//! Components that the operator reports neither as available nor as degraded.

use calico_core::catalog::Entry;
use k8s_openapi::api::apps::v1::Deployment;

use super::{API_SERVER, of_state, with_condition};
use crate::assess::advice::causes::cause;
use crate::assess::advice::impact::without_component;
use crate::assess::advice::refused::refused;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::checks::api_server::API_SERVER_SILENT;
use crate::assess::checks::reporting::operator_log;
use crate::assess::finding::{Finding, Suspect};
use crate::facts::components::ComponentState;
use crate::snapshot::resources::TIGERA_STATUSES;
use crate::snapshot::{ObjectRef, TigeraStatus};
use crate::views::objects::deployments;

pub(crate) const COMPONENT_NOT_AVAILABLE: Check = Check {
    entry: Entry {
        code: "CAL108",
        title: "a component is not available",
        meaning: "The operator does not report a component as available.",
        impact: "Some of the component's pods are not ready, or the operator has not reconciled it \
                 yet.",
        criteria: "The Available condition of the component's TigeraStatus is not True, and \
                   Degraded is not True either. A missing Available condition is also reported: \
                   until the operator watches a component, it may report nothing, or only \
                   Degraded. The finding is a warning while the component is progressing, and an \
                   error otherwise.",
        fix: "During an install or an upgrade, wait. Otherwise check the findings about nodes and \
              pods (CAL5xx), and read the operator's log. If only csi-node-driver is missing, the \
              network is not affected.",
        source: "tigera/operator v1.42.3, pkg/controller/status/status.go (updateStatus)",
    },
    needs: &[&TIGERA_STATUSES],
    excuses: &[],
    judges: Judges::Running,
    find: |case| of_state(case, ComponentState::NotAvailable, not_available),
};

fn not_available(case: &Case, status: &TigeraStatus) -> Finding {
    let name = &status.metadata.name;
    let object = ObjectRef::named("TigeraStatus", name);
    let progressing = status
        .condition("Progressing")
        .filter(|found| found.status == "True");
    let available = status.condition("Available");
    let finding = match progressing {
        Some(_) => Finding::warning(
            &COMPONENT_NOT_AVAILABLE.entry,
            &object,
            format!("{name} is not available yet"),
        ),
        None => Finding::error(
            &COMPONENT_NOT_AVAILABLE.entry,
            &object,
            format!("{name} is not available"),
        ),
    };
    let finding = match (progressing, available) {
        (Some(condition), _) | (None, Some(condition)) => {
            with_condition(finding, &object, condition)
        }
        (None, None) => finding.evidence(&object, "condition Available", "not reported"),
    };
    let message = progressing.map_or("", |condition| condition.message.as_str());
    if is_about_csi_only(message) {
        return without_csi(case, finding);
    }
    let finding = finding
        .impact(without_component(name))
        .suspects([Suspect::NamedWorkload]);
    let finding = if name == API_SERVER {
        finding.suspects([Suspect::Code(API_SERVER_SILENT.entry.code)])
    } else {
        finding
    };
    let finding = deployments(case.snapshot)
        .filter(|found| names(message, found))
        .fold(finding, |finding, found| refused(case, finding, found));
    if let Some(cause) = cause(message) {
        return finding.fix(cause.fix).paste((cause.paste)(case, message));
    }
    finding
        .fix(
            "during an install or an upgrade, wait and check again; otherwise check the findings \
             about nodes and pods (CAL5xx), and read the operator's log",
        )
        .paste(match progressing {
            Some(_) => "kubectl get pods -n calico-system -o wide".to_owned(),
            None => operator_log(case.snapshot),
        })
}

/// Whether a message names a Deployment: `Deployment "calico-apiserver/calico-apiserver" is not available`.
fn names(message: &str, deployment: &Deployment) -> bool {
    let meta = &deployment.metadata;
    let (namespace, name) = (meta.namespace.as_deref(), meta.name.as_deref());
    message.contains(&format!(
        "\"{}/{}\"",
        namespace.unwrap_or_default(),
        name.unwrap_or_default()
    ))
}

/// Whether all workloads that a message names are Calico's CSI driver.
fn is_about_csi_only(message: &str) -> bool {
    const CSI: &str = "calico-system/csi-node-driver";
    let mut workloads = message.split('"').skip(1).step_by(2).peekable();
    workloads.peek().is_some() && workloads.all(|workload| workload == CSI)
}

/// Source: tigera/operator v1.42.3, pkg/render/csi.go; projectcalico/calico#9701.
fn without_csi(case: &Case, finding: Finding) -> Finding {
    finding
        .impact(
            "none for the network: only Calico's CSI driver is not ready, which policies by \
             application layer use",
        )
        .fix(case.facts.install.lasting(
            "read in the pods' events what the driver lacks; if the kubelet runs with --root-dir, set \
             kubeletVolumePluginPath of the Installation to that directory, or to None to remove \
             the driver",
        ))
        .paste("kubectl describe pods -n calico-system -l k8s-app=csi-node-driver")
}

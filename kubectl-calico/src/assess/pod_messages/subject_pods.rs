//! The pods that a finding is about.

use crate::assess::check::{Case, Check};
use crate::assess::checks::api_server::API_SERVER_SILENT;
use crate::assess::checks::components::{COMPONENT_DEGRADED, COMPONENT_NOT_AVAILABLE};
use crate::assess::checks::kube_proxy::PROXY_NOT_READY;
use crate::assess::checks::operator::OPERATOR_NOT_READY;
use crate::assess::checks::reporting::{NOTHING_REPORTED, REPORT_OUTDATED};
use crate::assess::finding::Finding;
use crate::snapshot::resources::{CSI_DRIVER, OPERATOR_APP};
use crate::snapshot::{Event, Pod, PodLog, PodName};
use crate::views::{kube_proxy, pods};

/// The checks whose findings are about what the operator does, and so about its pod.
const OF_OPERATOR: [&Check; 5] = [
    &OPERATOR_NOT_READY,
    &COMPONENT_DEGRADED,
    &COMPONENT_NOT_AVAILABLE,
    &REPORT_OUTDATED,
    &NOTHING_REPORTED,
];

pub(super) const DAEMON_SET: &str = "DaemonSet";

/// The pods that a finding is about.
#[derive(Default)]
pub(super) struct SubjectPods<'a> {
    pods: Vec<&'a Pod>,
    /// Their DaemonSet, if the finding is about it.
    set: Option<PodName>,
}

impl<'a> SubjectPods<'a> {
    pub(super) fn of(case: &Case<'a>, finding: &Finding) -> Self {
        let snapshot = case.snapshot;
        let is_named = |pod: &Pod| {
            let object = pods::object(pod);
            finding.subject.is(&object) || finding.evidence.iter().any(|it| it.object == object)
        };
        let mut evidence = finding.evidence.iter();
        // The one workload of Calico without a finding of its own.
        let is_csi = COMPONENT_NOT_AVAILABLE.found(finding)
            && evidence.any(|it| it.value.contains(CSI_DRIVER));
        let app = if is_csi {
            Some(CSI_DRIVER)
        } else if OF_OPERATOR.iter().any(|check| check.found(finding)) {
            Some(OPERATOR_APP)
        } else if API_SERVER_SILENT.found(finding) {
            Some("calico-apiserver")
        } else {
            None
        };
        let is_its = |pod: &&Pod| {
            is_named(pod)
                || app.is_some_and(|app| pods::app(pod) == app)
                || pods::owner(snapshot, pod).is_some_and(|owner| finding.subject.is(&owner))
        };
        let calico = pods::wanted(snapshot);
        // Other findings name them as what keeps Calico's pods from running.
        let proxies = if PROXY_NOT_READY.found(finding) {
            kube_proxy::pods(snapshot)
        } else {
            Vec::new()
        };
        Self {
            pods: calico
                .chain(snapshot.pending_pods.items())
                .chain(proxies)
                .filter(is_its)
                .collect(),
            set: daemon_set(finding),
        }
    }

    /// Whether an event is about one of them, or about their DaemonSet.
    pub(super) fn are_subject_of(&self, event: &Event) -> bool {
        let about = &event.involved_object;
        let name = PodName {
            namespace: about.namespace.clone(),
            name: about.name.clone(),
        };
        match about.kind.as_str() {
            DAEMON_SET => self.set.as_ref() == Some(&name),
            _ => self.contains(&name),
        }
    }

    fn contains(&self, name: &PodName) -> bool {
        self.pods
            .iter()
            .any(|pod| PodName::of(&pod.metadata) == *name)
    }

    /// Whether a log is one of these pods', and of the container that the finding names, if it names one.
    pub(super) fn wrote(&self, log: &PodLog, finding: &Finding) -> bool {
        let container = finding.evidence.iter().find_map(|evidence| {
            let (_, rest) = evidence.field.split_once("containerStatuses[")?;
            Some(rest.split_once(']')?.0)
        });
        self.contains(&log.pod()) && container.is_none_or(|name| name == log.spec.container)
    }
}

/// The DaemonSet that a finding is about.
fn daemon_set(finding: &Finding) -> Option<PodName> {
    let object = finding.subject.object()?;
    let object = (object.kind == DAEMON_SET).then_some(object)?;
    Some(PodName {
        namespace: object.namespace.clone()?,
        name: object.name.clone()?,
    })
}

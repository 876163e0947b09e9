//! CoreDNS that does not resolve names. Part of CAL504.

use calico_core::catalog::Entry;

use super::signs::{is_without_calico_node, waits_for_something_else};
use crate::assess::check::Case;
use crate::assess::finding::{Finding, Suspect};
use crate::facts::ipam::is_done_by_another_plugin;
use crate::phrases::{few, pasted};
use crate::snapshot::Pod;
use crate::views::calico_node::CalicoNode;
use crate::views::{joining, pods};

/// CoreDNS that does not run for another reason than the network: what users see is the same.
pub(super) fn without_dns(entry: &Entry, case: &Case, pending: &[&Pod]) -> Option<Finding> {
    let is_dns = |pod: &Pod| pods::app(pod) == "kube-dns";
    let runs = case.snapshot.calico_pods.read()?.iter();
    if case.facts.install.is_missing() || runs.filter(|pod| is_dns(pod)).any(Pod::is_ready) {
        return None;
    }
    let pods: Vec<&Pod> = pending
        .iter()
        .copied()
        .filter(|pod| is_dns(pod) && waits_for_something_else(case, pod))
        .collect();
    let first = pods.first()?;
    let names: Vec<&str> = pods.iter().map(|pod| pod.metadata.name.as_str()).collect();
    let finding = Finding::note(
        entry,
        pods::object(first),
        format!(
            "CoreDNS does not run, but not because of the network: {}",
            few(&names)
        ),
    );
    Some(
        finding
            .explained()
            .evidence(pods::object(first), "status", pods::why(first))
            .impact("no pod can resolve the name of a Service until CoreDNS runs")
            .fix("provide what the event names: a volume, a ConfigMap, a Secret or an image")
            .paste(format!(
                "kubectl describe pods -n kube-system {}",
                pasted(&first.metadata.name)
            )),
    )
}

/// CoreDNS that runs, although calico-node is ready on its nodes, and of which no pod is ready.
pub(super) fn dns_not_ready(entry: &Entry, case: &Case) -> Option<Finding> {
    let is_dns = |pod: &&Pod| pods::app(pod) == "kube-dns";
    let dns = case.snapshot.calico_pods.read()?.iter().filter(is_dns);
    let dns: Vec<&Pod> = dns
        .filter(|pod| pod.status.phase == "Running" && pod.metadata.deletion_timestamp.is_none())
        .collect();
    let first = dns.first()?;
    let joining = joining::nodes(case.snapshot);
    let is_new = |pod: &&Pod| joining::is_on(&joining, pod);
    let runs_calico = CalicoNode::current(case.snapshot)?.does_networking() == Some(true)
        && !is_done_by_another_plugin(case.snapshot, &case.facts.install);
    let is_explained = is_without_calico_node(case, &dns)
        || dns.iter().any(is_new)
        || dns
            .iter()
            .any(|pod| pods::is_on_silent_node(case.snapshot, pod));
    if !runs_calico || is_explained || dns.iter().any(|pod| pod.is_ready()) {
        return None;
    }
    let names: Vec<&str> = dns.iter().map(|pod| pod.metadata.name.as_str()).collect();
    let finding = Finding::warning(
        entry,
        pods::object(first),
        format!(
            "CoreDNS runs, but none of its pods is ready: {}",
            few(&names)
        ),
    );
    let finding = finding.for_few(dns.iter(), |finding, pod| {
        finding.evidence(pods::object(pod), "status", pods::why_there(pod))
    });
    Some(
        finding
            .impact("no pod can resolve the name of a Service until CoreDNS is ready")
            .suspects(WITHOUT_DNS.map(Suspect::Code))
            .fix(
                "check what the log of CoreDNS says; if it cannot reach the API server or other DNS servers, or the \
                 kubelet cannot reach it, check the network between nodes",
            )
            .paste(format!(
                "kubectl logs -n kube-system {} --tail=20\nkubectl calico status -o connectivity",
                pasted(&first.metadata.name)
            )),
    )
}

/// What keeps a CoreDNS that runs from the API server.
const WITHOUT_DNS: [&str; 9] = [
    "CAL321", "CAL313", "CAL319", "CAL514", "CAL227", "CAL228", "CAL322", "CAL303", "CAL304",
];

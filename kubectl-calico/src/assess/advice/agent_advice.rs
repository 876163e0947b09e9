//! What to do about a calico-node that is not ready, by how far its pod is and what else was found.

use super::impact::without_pods;
use super::pod_commands;
use super::waiting_causes::{self, WaitingCause};
use crate::assess::check::{Case, Check};
use crate::assess::checks::address_detection::NO_ADDRESS_OF_FAMILY;
use crate::assess::checks::datastore::DATASTORE_LOCKED;
use crate::assess::checks::ebpf::NO_API_ADDRESS;
use crate::assess::checks::node_addresses::WRONG_ADDRESS;
use crate::assess::checks::nodes_without_address::NO_ADDRESS;
use crate::assess::checks::placeholders::PLACEHOLDER_LEFT;
use crate::assess::checks::typha_gone::TYPHA_GONE;
use crate::assess::checks::typha_replicas::NOT_READY as TYPHA_NOT_READY;
use crate::assess::finding::{Finding, Suspect};
use crate::facts::cloud::Cloud;
use crate::facts::typha::is_used;
use crate::phrases::few;
use crate::snapshot::{Pod, PodName};
use crate::views::felix::{AWS_CHECK, Felix};
use crate::views::log_errors::has_errors;

/// What keeps a running calico-node from being ready, if it was found. The first one counts.
const CAUSES: [(&Check, &str); 8] = [
    (&DATASTORE_LOCKED, "unlock Calico's datastore"),
    (&PLACEHOLDER_LEFT, "replace the placeholder"),
    (&NO_ADDRESS, "give the nodes their addresses"),
    (
        &NO_ADDRESS_OF_FAMILY,
        "have calico-node look for addresses that the nodes have",
    ),
    (
        &NO_API_ADDRESS,
        "give calico-node the address of the API server",
    ),
    (
        &TYPHA_GONE,
        "bring Typha back, from which Felix gets its data",
    ),
    (
        &TYPHA_NOT_READY,
        "get Typha ready, from which Felix gets its data",
    ),
    (
        &WRONG_ADDRESS,
        "have Calico use the right addresses of the nodes",
    ),
];

/// Adds the impact and the fix to a finding about pods of calico-node, of which `pod` is the first one
/// on a node that responds.
pub(crate) fn advised(case: &Case, finding: Finding, pod: &Pod) -> Finding {
    let name = PodName::of(&pod.metadata);
    let describe = pod_commands::describe(&name);
    let stopped = without_pods(case, "calico-node");
    if pod.spec.node_name.is_empty() {
        return finding
            .impact(stopped)
            .fix("fix what keeps the pod from being scheduled")
            .paste(describe);
    }
    if let Some(WaitingCause { fix, command }) = waiting_causes::of(case, pod) {
        let command = if command.is_empty() {
            describe
        } else {
            command
        };
        return finding.impact(stopped).fix(fix).paste(command);
    }
    if let Some(container) = pod.unfinished_init_container() {
        return finding
            .impact(stopped)
            .fix(format!(
                "the init container {} has not finished: read the pod's events and its log",
                container.name
            ))
            .paste(format!(
                "{describe}\n{} --tail=50",
                pod_commands::log(&name, &container.name)
            ));
    }
    let finding = finding.impact(without_readiness(case)).suspects(suspects());
    if let Some((check, fix)) = CAUSES.iter().find(|(check, _)| check.finds(case)) {
        return finding.fix(format!("{fix} first (see {})", check.entry.code));
    }
    finding.fix(running(case, pod)).paste(format!(
        "{describe}\n{} --tail=50",
        pod_commands::log(&name, "calico-node")
    ))
}

/// Whether something is known to keep a pod of calico-node from being ready, besides that it has just started.
pub(crate) fn is_held_up(case: &Case, pod: &Pod) -> bool {
    pod.spec.node_name.is_empty()
        || waiting_causes::of(case, pod).is_some()
        || has_errors(case.snapshot, pod)
        || CAUSES.iter().any(|(check, _)| check.finds(case))
}

/// What an unready or crashing calico-node may be a symptom of.
pub(crate) fn suspects() -> impl Iterator<Item = Suspect> {
    CAUSES
        .iter()
        .map(|(check, _)| Suspect::Code(check.entry.code))
}

/// The impact of pods that run and are not ready: what is programmed stays.
fn without_readiness(case: &Case) -> &'static str {
    match case.facts.routing.bgp.runs.value() {
        _ if case.facts.routing.is_by_others() => {
            "what is running there keeps working, but policy changes may be missing"
        }
        Some(true) => {
            "what is running there keeps working, but routes to or from other nodes, and policy \
             changes, may be missing"
        }
        _ => "what is running there keeps working, but route and policy changes may be missing",
    }
}

/// What to do about a pod that runs and is not ready, if nothing else was found.
fn running(case: &Case, pod: &Pod) -> String {
    let nodes = case.snapshot.nodes.items().iter();
    let silent: Vec<&str> = nodes
        .filter(|node| node.is_silent())
        .map(|node| node.metadata.name.as_str())
        .collect();
    let bgp = case.facts.routing.bgp.runs.value() == Some(&true);
    if bgp && !silent.is_empty() {
        return format!(
            "look at {} first: a calico-node that has just started waits for BGP sessions with all nodes, and \
             becomes ready once they are back, or once the Nodes of machines that no longer exist are deleted. \
             If it stays unready, TCP 179 is blocked elsewhere",
            few(&silent)
        );
    }
    let told = Felix::of(case.snapshot).get(&AWS_CHECK);
    let turns_off = told.is_some_and(|told| told.value.eq_ignore_ascii_case("disable"));
    if case.facts.cluster.cloud.value() == Some(&Cloud::Aws) && turns_off {
        return "check that the instances have the permissions ec2:DescribeInstances and \
                ec2:ModifyNetworkInterfaceAttribute: Felix does not become ready unless it can \
                turn the source/destination check off; then read the log"
            .to_owned();
    }
    let typha = if is_used(case.snapshot) {
        ", and check that the node reaches Typha on TCP 5473"
    } else {
        ""
    };
    if has_errors(case.snapshot, pod) {
        return format!("fix what its log reports (see evidence){typha}");
    }
    if bgp && !only_felix_is_unready(case, pod) {
        return "read the result of the readiness probe in the pod's events. \"BGP not \
                established\": open TCP 179 between the nodes, in security groups and in the \
                nodes' own firewalls; \"unable to connect to BIRDv4 socket\": read the log"
            .to_owned();
    }
    format!("read the result of the readiness probe in the pod's events, then the log{typha}")
}

/// Whether the latest result of the readiness probe that was read names Felix and not BIRD.
/// `calico/node is not ready: felix is not ready: readiness probe reporting 503`
/// Source: projectcalico/calico v3.30.7, node/pkg/health/health.go.
fn only_felix_is_unready(case: &Case, pod: &Pod) -> bool {
    let name = PodName::of(&pod.metadata);
    let events = case.snapshot.messages.events.items().iter();
    let probes = events.filter(|event| event.reason == "Unhealthy" && event.is_about(&name));
    let latest = probes.max_by_key(|event| event.time());
    latest.is_some_and(|event| {
        event.message.contains("felix is not ready") && !event.message.contains("BIRD is not ready")
    })
}

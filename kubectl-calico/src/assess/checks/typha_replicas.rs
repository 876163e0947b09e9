//! Whether Typha has enough ready replicas.

use crate::assess::advice::refused::refused;
use crate::assess::advice::typha_scale::{by_gke, scaled, too_few_nodes};
use crate::assess::advice::unscheduled;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::checks::nodes_without_address::NO_ADDRESS;
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::facts::replicas::Replicas;
use crate::facts::typha::{NAME, deployment_object, typha};
use crate::phrases::pasted;
use crate::snapshot::resources::{AWS_TYPHAS, DAEMON_SETS, DEPLOYMENTS, NODES};
use crate::snapshot::{Node, ObjectRef, Pod};
use crate::views::pods;
use calico_core::catalog::Entry;

pub(crate) const NOT_READY: Check = Check {
    entry: Entry {
        code: "CAL404",
        title: "Typha replicas are not ready",
        meaning: "Felix gets its data from Typha, and some or all Typha replicas are not ready.",
        impact: "Without a ready replica, a newly started Felix does not become ready: its node \
                 gets no routes and no policies. Felix instances that are already running get no \
                 updates. If some replicas are ready, all nodes depend on those. The operator does \
                 not watch this Deployment: TigeraStatus still reports everything as available.",
        criteria: "status.readyReplicas of the Deployment is compared with spec.replicas, if Felix \
                   is configured to use Typha. The finding is an error if no replica is ready or \
                   requested, and a warning if fewer are ready than requested, which is normal \
                   during a rollout.",
        fix: "Find out why the pods are not running. Two replicas cannot share a node, because \
              Typha uses the host port 5473.",
        source: "projectcalico/calico v3.32.1, typha/pkg/discovery; tigera/operator v1.42.3, \
                 pkg/controller/installation/core_controller.go",
    },
    needs: &[&DAEMON_SETS, &DEPLOYMENTS],
    // Fewer nodes than replicas, which is another finding.
    excuses: &[&NODES, &AWS_TYPHAS],
    judges: Judges::Running,
    find: |case| {
        // In a manifest there is no status.
        let has_status = typha(case.snapshot).is_some_and(|found| found.status.is_some());
        let Some(replicas) = used(case).filter(|_| has_status) else {
            return Vec::new();
        };
        let (ready, wanted) = (replicas.ready, replicas.replicas);
        let (severity, message, impact) = match (ready, wanted) {
            (_, 0) => (
                Severity::Error,
                "Typha is scaled to zero, but Felix is configured to use it".to_owned(),
                NONE_READY,
            ),
            (0, wanted) => (
                Severity::Error,
                format!("0 of {wanted} Typha replicas are ready"),
                NONE_READY,
            ),
            // More replicas than nodes are CAL406.
            (ready, wanted) if ready < wanted && !more_than_nodes(case, replicas) => (
                Severity::Warning,
                format!("{ready} of {wanted} Typha replicas are ready"),
                "all nodes depend on the remaining replicas",
            ),
            _ => return Vec::new(),
        };
        let namespace = pasted(&replicas.namespace);
        let finding = Finding::new(
            &NOT_READY.entry,
            severity,
            deployment_object(replicas),
            message,
        )
        .evidence(deployment_object(replicas), "spec.replicas", wanted)
        .impact(impact)
        .suspects([Suspect::Workload(NAME)])
        .suspects(lacks_address(case).then_some(Suspect::Code(NO_ADDRESS.entry.code)));
        let finding = match wanted {
            0 => finding.fixed_by(scaled(
                case,
                "scale it up",
                replicas,
                wanted_of(case).max(1),
            )),
            _ => {
                let finding =
                    finding.evidence(deployment_object(replicas), "status.readyReplicas", ready);
                let pods = unready_pods(case);
                let finding = finding.for_few(pods.iter(), |finding, pod| {
                    finding.evidence(pods::object(pod), "status", pods::why(pod))
                });
                let finding = typha(case.snapshot)
                    .into_iter()
                    .fold(finding, |finding, found| refused(case, finding, found));
                match unscheduled::of(case, &pods) {
                    Some(cause) => finding.fix(cause.fix).paste(cause.command),
                    None => finding
                        .fix("find out why the pods are not running")
                        .paste(format!(
                            "kubectl describe pods -n {namespace} -l k8s-app={NAME}"
                        )),
                }
            }
        };
        vec![finding]
    },
};

/// Whether Typha's pods have no address, because they have that of their node and the node has none.
fn lacks_address(case: &Case) -> bool {
    let nodes = case.snapshot.nodes.items();
    let has_none = |node: &Node| node.internal_addresses().next().is_none();
    let unready = pods::wanted(case.snapshot).filter(|pod| pods::app(pod) == NAME);
    let hosts: Vec<&str> = unready
        .filter(|pod| !pod.is_ready())
        .map(|pod| pod.spec.node_name.as_str())
        .filter(|host| !host.is_empty())
        .collect();
    let mut of_typha = nodes
        .iter()
        .filter(|node| hosts.is_empty() || hosts.contains(&node.metadata.name.as_str()))
        .peekable();
    of_typha.peek().is_some() && of_typha.all(has_none)
}

const NONE_READY: &str = "a newly started Felix does not become ready: its node gets no routes and \
                          no policies; running Felix instances get no updates";

pub(crate) const TOO_FEW: Check = Check {
    entry: Entry {
        code: "CAL405",
        title: "Typha has too few replicas",
        meaning: "Typha has fewer replicas than the number of nodes requires.",
        impact: "Each replica serves more nodes than it should. With one or two replicas, losing \
                 one affects all nodes.",
        criteria: "Manifest installs with more than 50 nodes need one replica for every 200 nodes, \
                   at least 3 and at most 20; too few is a warning. The operator runs 1 replica \
                   for up to 2 schedulable nodes, 2 for up to 4, and nodes/200 + 2, but at least \
                   3, for more. A difference is only a note with the operator, which scales Typha \
                   within seconds, and on GKE, which also scales Typha automatically.",
        fix: "Scale the Deployment. With the operator, wait, and see CAL407.",
        source: "Calico's documentation, Typha; tigera/operator v1.42.3, pkg/common/autoscale.go",
    },
    needs: &[&NODES, &DAEMON_SETS, &DEPLOYMENTS],
    excuses: &[&AWS_TYPHAS],
    judges: Judges::Configured,
    find: |case| {
        let (Some(replicas), Some(wanted)) = (used(case), case.facts.typha.wanted.value()) else {
            return Vec::new();
        };
        let too_few = replicas.replicas > 0 && replicas.replicas < wanted.replicas;
        if !too_few || too_few_nodes(case).is_some() {
            return Vec::new();
        }
        let by_hand = case.facts.install.is_from_manifests() && !by_gke(case);
        let severity = if by_hand {
            Severity::Warning
        } else {
            Severity::Note
        };
        let finding = Finding::new(
            &TOO_FEW.entry,
            severity,
            deployment_object(replicas),
            format!(
                "Typha has {} of the {} replicas that {} nodes need",
                replicas.replicas, wanted.replicas, wanted.nodes
            ),
        )
        .evidence(
            deployment_object(replicas),
            "spec.replicas",
            replicas.replicas,
        )
        .evidence(
            ObjectRef::all("Node"),
            if case.facts.install.is_from_manifests() {
                "count (that run Felix)"
            } else {
                "count (schedulable)"
            },
            wanted.nodes,
        )
        .impact("each replica serves more nodes than it should");
        vec![if case.facts.install.is_from_manifests() {
            finding.fixed_by(scaled(case, "scale it up", replicas, wanted.replicas))
        } else {
            finding.fix("wait a few seconds: the operator scales Typha automatically")
        }]
    },
};

/// The replicas, if Felix is configured to use them.
fn used<'a>(case: &Case<'a>) -> Option<&'a Replicas> {
    let replicas = case.facts.typha.deployment.value()?;
    (case.facts.typha.used.value() == Some(&true)).then_some(replicas)
}

/// Typha's pods that are not ready.
fn unready_pods<'a>(case: &Case<'a>) -> Vec<&'a Pod> {
    let pods = pods::wanted(case.snapshot);
    pods.filter(|pod| pods::app(pod) == NAME && !pod.is_ready())
        .collect()
}

fn wanted_of(case: &Case) -> u32 {
    let wanted = case.facts.typha.wanted.value();
    wanted.map_or(1, |wanted| wanted.replicas)
}

fn more_than_nodes(case: &Case, replicas: &Replicas) -> bool {
    let nodes = case.facts.typha.wanted.value().map(|wanted| wanted.nodes);
    let by_hand = case.facts.install.is_from_manifests();
    by_hand && nodes.is_some_and(|nodes| replicas.replicas > nodes)
}

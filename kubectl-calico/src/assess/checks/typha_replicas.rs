//! Whether Typha has the replicas that it should have.

use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::typha::{NAME, Replicas, typha};
use crate::assess::finding::{Finding, Severity};
use crate::assess::support::typha_scale::{by_gke, scaled, too_few_nodes};
use crate::assess::words::pasted;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, DEPLOYMENTS, NODES};
use calico_core::catalog::Entry;

pub(crate) const NOT_READY: Check = Check {
    entry: Entry {
        code: "CAL404",
        title: "replicas of Typha are not ready",
        meaning: "Felix gets its data from Typha, and not all of its replicas, or none, are ready.",
        impact: "Without any, a Felix that starts does not become ready: its node gets no routes \
                  and no policies, and those that run learn of no change. With some, all nodes \
                  hang on the others. The operator does not watch this Deployment: its statuses \
                  say that all is available.",
        criteria: "By status.readyReplicas of the Deployment, where Felix is told to use Typha. None \
                 ready, or none asked for, is an error; some is a warning. While Typha is rolled \
                 out that is so for a moment.",
        fix: "See what keeps the pods from running. Two replicas cannot share a node, as Typha \
              uses port 5473 of it.",
        source: "projectcalico/calico v3.32.1, typha/pkg/discovery; tigera/operator v1.42.3, \
                 pkg/controller/installation/core_controller.go",
    },
    needs: &[&DAEMON_SETS, &DEPLOYMENTS],
    judges: Judges::Running,
    find: |case| {
        // A manifest has no status.
        let has_status = typha(case.snapshot).is_some_and(|found| found.status.is_some());
        let Some(replicas) = used(case).filter(|_| has_status) else {
            return Vec::new();
        };
        let (ready, wanted) = (replicas.ready, replicas.replicas);
        let (severity, message, impact) = match (ready, wanted) {
            (_, 0) => (
                Severity::Error,
                "Typha is scaled to zero, and Felix is told to use it".to_owned(),
                NONE_READY,
            ),
            (0, wanted) => (
                Severity::Error,
                format!("none of {wanted} replicas of Typha is ready"),
                NONE_READY,
            ),
            // Of more than there are nodes CAL406 tells.
            (ready, wanted) if ready < wanted && !more_than_nodes(case, replicas) => (
                Severity::Warning,
                format!("{ready} of {wanted} replicas of Typha are ready"),
                "all nodes get their data from what is left",
            ),
            _ => return Vec::new(),
        };
        let namespace = pasted(&replicas.namespace);
        let finding = Finding::new(&NOT_READY.entry, severity, replicas.object(), message)
            .evidence(replicas.object(), "spec.replicas", wanted)
            .evidence(replicas.object(), "status.readyReplicas", ready)
            .impact(impact);
        let finding = match wanted {
            0 => finding.fixed_by(scaled(
                case,
                "scale it up",
                replicas,
                wanted_of(case).max(1),
            )),
            _ => finding
                .fix("see what keeps the pods from running")
                .paste(format!(
                    "kubectl describe pods -n {namespace} -l k8s-app={NAME}"
                )),
        };
        vec![finding]
    },
};

const NONE_READY: &str = "no Felix that starts becomes ready, its node gets no routes and no \
                          policies, and those that run learn of no change";

pub(crate) const TOO_FEW: Check = Check {
    entry: Entry {
        code: "CAL405",
        title: "Typha has too few replicas",
        meaning: "Typha has fewer replicas than the number of nodes asks for.",
        impact: "Each replica serves more nodes than it should, and with one or two the loss of \
                  one hits all.",
        criteria: "From manifests: past 50 nodes one for every 200, at least 3 and at most 20; it is \
                 a warning. With the operator: 1 up to 2 nodes, 2 up to 4, then nodes/200 + 2 but \
                 at least 3, of the nodes that take pods. As the operator scales Typha within \
                 seconds, a difference there is a note, and so it is on GKE, which does that too.",
        fix: "Scale the Deployment; with the operator, wait, and see CAL407.",
        source: "Calico's documentation, Typha; tigera/operator v1.42.3, pkg/common/autoscale.go",
    },
    needs: &[&NODES, &DAEMON_SETS, &DEPLOYMENTS],
    judges: Judges::Running,
    find: |case| {
        let (Some(replicas), Some(wanted)) = (used(case), case.facts.typha.wanted.value()) else {
            return Vec::new();
        };
        let few = replicas.replicas > 0 && replicas.replicas < wanted.replicas;
        if !few || too_few_nodes(case).is_some() {
            return Vec::new();
        }
        let by_hand = case.facts.install.is_from_manifests() && !by_gke(case);
        let severity = match by_hand {
            true => Severity::Warning,
            false => Severity::Note,
        };
        let finding = Finding::new(
            &TOO_FEW.entry,
            severity,
            replicas.object(),
            format!(
                "Typha has {} of the {} replicas that {} nodes need",
                replicas.replicas, wanted.replicas, wanted.nodes
            ),
        )
        .evidence(replicas.object(), "spec.replicas", replicas.replicas)
        .evidence(ObjectRef::all("Node"), "count", wanted.nodes)
        .impact("each replica serves more nodes than it should");
        let finding = match case.facts.install.is_from_manifests() {
            true => finding.fixed_by(scaled(case, "scale it up", replicas, wanted.replicas)),
            false => finding.fix("wait a moment: the operator scales Typha by itself"),
        };
        vec![finding]
    },
};

/// The replicas, where Felix is told to use them.
fn used<'a>(case: &Case<'a>) -> Option<&'a Replicas> {
    let replicas = case.facts.typha.deployment.value()?;
    (case.facts.typha.used.value() == Some(&true)).then_some(replicas)
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

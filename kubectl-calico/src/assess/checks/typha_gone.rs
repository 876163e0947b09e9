//! Whether the Typha that Felix is configured to use exists.

use super::typha::{VARIABLE, install};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::typha::{NAME, has_pods};
use crate::repair::Step;
use crate::repair::calico_node::set_variable;
use crate::repair::kubectl::tigera_status;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{AWS_TYPHAS, CALICO_PODS, DAEMON_SETS, DEPLOYMENTS};
use crate::views::calico_node::{CalicoNode, Variable};
use calico_core::catalog::Entry;

pub(crate) const TYPHA_GONE: Check = Check {
    entry: Entry {
        code: "CAL403",
        title: "Felix is configured to use Typha, but Typha does not exist",
        meaning: "Felix is configured to connect to Typha, but there is no Typha Deployment.",
        impact: "If Felix loses Typha and finds no other instance, it exits and does not become \
            ready (\"Didn't \
                 find any ready Typha instances\"): its node gets no routes and no policies.",
        criteria: "Felix is configured by FELIX_TYPHAK8SSERVICENAME on calico-node, from \
                   calico-config or directly. The Deployment is found by its name calico-typha or \
                   the name of its container, and its pods by their label. The finding is a \
                   warning if a calico-node is ready, which it is only with Typha, and a note if all are. A Service with another name, or an address in \
                   FELIX_TYPHAADDR, cannot be resolved and is not checked.",
        fix: "Install Typha, or configure Felix to run without it, which is fine for up to 50 \
              nodes.",
        source: "projectcalico/calico v3.32.1, typha/pkg/discovery and felix/daemon",
    },
    needs: &[&DAEMON_SETS, &DEPLOYMENTS],
    // Typha's pods under another name.
    excuses: &[&CALICO_PODS, &AWS_TYPHAS],
    judges: Judges::Configured,
    find: |case| {
        let Some(node) = CalicoNode::current(case.snapshot) else {
            return Vec::new();
        };
        let is_configured = node.variable(VARIABLE) == Variable::Set(NAME);
        let by_address = node.value("FELIX_TYPHAADDR").is_some();
        let exists = case.facts.typha.deployment.value().is_some() || has_pods(case.snapshot);
        if !is_configured || by_address || exists {
            return Vec::new();
        }
        let object = node.object();
        let renamed = ready(&node).filter(|_| !node.is_of_operator());
        let (severity, message) = match renamed {
            Some(ready) => (
                // Of Felix instances that have lost Typha, none stays ready.
                if node.desired() == Some(ready) {
                    Severity::Note
                } else {
                    Severity::Warning
                },
                "Felix is configured to use Typha, and no Typha Deployment was found",
            ),
            None => (
                Severity::Error,
                "Felix is configured to use Typha, but Typha does not exist",
            ),
        };
        let finding = Finding::new(&TYPHA_GONE.entry, severity, &object, message)
            .evidence(&object, format!("env {VARIABLE}"), NAME)
            .evidence(
                ObjectRef::all("Deployment"),
                format!("count (named {NAME})"),
                0,
            );
        let finding = match renamed {
            Some(ready) => finding
                .evidence(&object, "status.numberReady", ready)
                .impact(
                    "a calico-node is ready, so it reaches a Typha with other labels; if Typha has just been \
                     deleted, no Felix becomes ready again",
                )
                .fix("check whether Typha runs under another name; if it does not, install it again")
                .paste(LOOK),
            None => finding
                .impact(
                    "a newly started Felix does not become ready: its node gets no routes and no \
                     policies",
                )
                .fixed_by_all(without(case, &node)),
        };
        vec![finding]
    },
};

const LOOK: &str = "kubectl get deployments -A -o wide | grep -i typha";

/// On how many nodes calico-node is ready, if it is on any. Felix ends when it loses Typha, and does
/// not become ready without it.
/// Source: projectcalico/calico v3.32.1, felix/daemon/daemon.go (`Connection to Typha failed`).
fn ready(node: &CalicoNode) -> Option<u32> {
    let ready = u32::try_from(node.set.status.as_ref()?.number_ready).ok()?;
    (ready > 0).then_some(ready)
}

fn without(case: &Case, node: &CalicoNode) -> Vec<Step> {
    if node.is_of_operator() {
        let step = Step::new("find out why the operator does not create Typha");
        return vec![step.run(tigera_status("calico"))];
    }
    let look = Step::new("check that Typha is not running under another name").run(LOOK);
    let step =
        match case.facts.typha.wanted.value() {
            Some(wanted) if wanted.replicas > 0 => install(case, wanted.replicas),
            _ => Step::new("configure Felix to run without Typha, or install it")
                .run(set_variable(&node.object(), VARIABLE, "none")),
        };
    vec![look, step]
}

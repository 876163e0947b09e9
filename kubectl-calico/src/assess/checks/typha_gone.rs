//! Whether the Typha that Felix is told of is there.

use super::paste;
use super::typha::{VARIABLE, install};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::typha::{NAME, has_pods};
use crate::assess::finding::Finding;
use crate::assess::views::calico_node::{CalicoNode, Variable};
use crate::repair::Step;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, DEPLOYMENTS};
use calico_core::catalog::Entry;

pub(crate) const TYPHA_GONE: Check = Check {
    entry: Entry {
        code: "CAL403",
        title: "Felix is told of a Typha that is not there",
        meaning: "Felix is to get its data from Typha, and there is no Deployment of it.",
        impact: "A Felix that starts finds no Typha and does not become ready (\"Didn't find any \
                  ready Typha instances\"): its node gets no routes and no policies. Those that \
                  run go on with what they last knew.",
        criteria: "Felix is told by FELIX_TYPHAK8SSERVICENAME of calico-node, from calico-config or \
                 directly. The Deployment is looked for by its name calico-typha, and its \
                 pods by their label. A Service of \
                 another name and an address in FELIX_TYPHAADDR cannot be followed and are not \
                 judged.",
        fix: "Install Typha, or tell Felix to do without: with up to 50 nodes it may.",
        source: "projectcalico/calico v3.32.1, typha/pkg/discovery and felix/daemon",
    },
    needs: &[&DAEMON_SETS, &DEPLOYMENTS],
    judges: Judges::Running,
    find: |case| {
        let Some(node) = CalicoNode::current(case.snapshot) else {
            return Vec::new();
        };
        let told = node.variable(VARIABLE) == Variable::Set(NAME);
        let by_address = node.value("FELIX_TYPHAADDR").is_some();
        let there = case.facts.typha.deployment.value().is_some() || has_pods(case.snapshot);
        if !told || by_address || there {
            return Vec::new();
        }
        let object = node.object();
        let finding = Finding::error(
            &TYPHA_GONE.entry,
            &object,
            "Felix is told of a Typha that is not there",
        )
        .evidence(&object, format!("env {VARIABLE}"), NAME)
        .evidence(
            ObjectRef::all("Deployment"),
            format!("count named {NAME}"),
            0,
        )
        .impact("no Felix that starts becomes ready, and its node gets no routes and no policies")
        .fixed_by(without(case, &node));
        vec![finding]
    },
};

fn without(case: &Case, node: &CalicoNode) -> Step {
    if node.is_of_operator() {
        return Step::new("the operator makes Typha: see what keeps it from that".to_owned())
            .run("kubectl get tigerastatus calico -o yaml".to_owned());
    }
    match case.facts.typha.wanted.value() {
        Some(wanted) if wanted.replicas > 0 => install(case, wanted.replicas),
        _ => Step::new("tell Felix to do without, or install Typha".to_owned())
            .run(paste::variable(node, VARIABLE, "none")),
    }
}

//! Whether the Typha that Felix is configured to use exists.

use super::typha::{VARIABLE, install};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::typha::{NAME, has_pods};
use crate::assess::finding::Finding;
use crate::assess::views::calico_node::{CalicoNode, Variable};
use crate::repair::Step;
use crate::repair::calico_node::set_variable;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, DEPLOYMENTS};
use calico_core::catalog::Entry;

pub(crate) const TYPHA_GONE: Check = Check {
    entry: Entry {
        code: "CAL403",
        title: "Felix is configured to use Typha, but Typha does not exist",
        meaning: "Felix is configured to connect to Typha, but there is no Typha Deployment.",
        impact: "A newly started Felix finds no Typha and does not become ready (\"Didn't find any \
                 ready Typha instances\"): its node gets no routes and no policies. Felix \
                 instances that are already running keep the last state that they received.",
        criteria: "Felix is configured by FELIX_TYPHAK8SSERVICENAME on calico-node, from \
                   calico-config or directly. The Deployment is found by its name calico-typha, \
                   and its pods by their label. A Service with another name, or an address in \
                   FELIX_TYPHAADDR, cannot be resolved and is not checked.",
        fix: "Install Typha, or configure Felix to run without it, which is fine for up to 50 \
              nodes.",
        source: "projectcalico/calico v3.32.1, typha/pkg/discovery and felix/daemon",
    },
    needs: &[&DAEMON_SETS, &DEPLOYMENTS],
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
        let finding = Finding::error(
            &TYPHA_GONE.entry,
            &object,
            "Felix is configured to use Typha, but Typha does not exist",
        )
        .evidence(&object, format!("env {VARIABLE}"), NAME)
        .evidence(
            ObjectRef::all("Deployment"),
            format!("count (named {NAME})"),
            0,
        )
        .impact(
            "a newly started Felix does not become ready: its node gets no routes and no policies",
        )
        .fixed_by(without(case, &node));
        vec![finding]
    },
};

fn without(case: &Case, node: &CalicoNode) -> Step {
    if node.is_of_operator() {
        return Step::new("find out why the operator does not create Typha")
            .run("kubectl get tigerastatus calico -o yaml");
    }
    match case.facts.typha.wanted.value() {
        Some(wanted) if wanted.replicas > 0 => install(case, wanted.replicas),
        _ => Step::new("configure Felix to run without Typha, or install it").run(set_variable(
            &node.object(),
            VARIABLE,
            "none",
        )),
    }
}

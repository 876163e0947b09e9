//! Placeholders in the environment of calico-node.

use super::placeholder::{Placeholder, is_placeholder};
use crate::assess::advice::services_endpoint::{self, HOST, PORT};
use crate::assess::check::Case;
use crate::phrases::pasted_names;
use crate::repair::Step;
use crate::views::calico_node::CalicoNode;

/// Variables that are set in the DaemonSet itself.
pub(super) fn placeholders(case: &Case) -> Vec<Placeholder> {
    let mut found = Vec::new();
    for node in CalicoNode::all(case.snapshot) {
        let environment = node.container().and_then(|it| it.env.as_ref());
        for variable in environment.into_iter().flatten() {
            let Some(value) = &variable.value else {
                continue;
            };
            let (name, (namespace, daemon_set)) =
                (&variable.name, pasted_names(&node.set.metadata));
            if !is_placeholder(name, value) {
                continue;
            }
            let is_address = node.is_of_operator() && matches!(name.as_str(), HOST | PORT);
            let step = if is_address {
                Step::new(
                    "put the address of the API server, or of its load balancer, in place of \
                     HOST, and its port in place of 6443 if it listens on another one; the operator then restarts calico-node",
                )
                .run(services_endpoint::set(case))
            } else {
                Step::new("replace it with the value; this restarts calico-node node by node").run(
                    format!("kubectl edit daemonsets -n {namespace} {daemon_set}"),
                )
            };
            found.push(Placeholder {
                from: node.env(name),
                value: value.clone(),
                step,
                is_address,
            });
        }
    }
    found
}

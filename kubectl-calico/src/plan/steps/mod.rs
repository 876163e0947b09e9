//! The steps of a plan, with the commands.

mod change;
mod draft;
mod first;
mod helm;
mod install;
mod new_family;
mod no_kube_proxy;
mod operator;
mod restore;

use crate::plan::findings::other_plugin;
use crate::plan::pool::Pool;
use crate::repair::Step;
pub(super) use change::missing_room;
pub(super) use draft::Draft;

/// From the cluster as it is to the planned pools.
pub(super) fn steps(draft: &Draft) -> Vec<Step> {
    let inputs = draft.inputs;
    if let Some(unread) = first::unread(inputs) {
        return vec![unread];
    }
    let blocked = first::findings(draft.findings);
    let has_pools = inputs.existing_pools().next().is_some() && !inputs.waits_for_installation();
    verified(if has_pools && !draft.is_abandoned() {
        change::steps(draft, blocked)
    } else if let Some(blocked) = blocked {
        vec![blocked]
    } else if draft.is_abandoned() {
        // The Installation of a Calico that runs comes back first.
        vec![restore::step(inputs, draft.existing)]
    } else if draft.pools.iter().any(Pool::is_undetermined) {
        Vec::new()
    } else if let Some(first) = no_kube_proxy::first(inputs) {
        first
    } else {
        let mut steps = install::steps(inputs, draft.entries);
        if !steps.is_empty() {
            steps.splice(0..0, other_plugin::removal(draft.findings));
        }
        steps
    })
}

fn verified(mut steps: Vec<Step>) -> Vec<Step> {
    if steps.iter().any(|step| !step.commands.is_empty()) {
        steps.push(Step::new("verify the result").run("kubectl calico status"));
    }
    steps
}

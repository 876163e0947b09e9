//! The step that lists again what the Installation no longer lists.

use serde_json::json;

use super::helm::patch_installation;
use crate::plan::entries;
use crate::plan::inputs::Inputs;
use crate::plan::unlisted_pools::unlisted;
use crate::repair::Step;

/// Lists them again.
pub(crate) fn step(inputs: &Inputs) -> Option<Step> {
    let names: Vec<&str> = unlisted(inputs)
        .map(|(_, pool)| pool.name.as_str())
        .collect();
    if names.is_empty() {
        return None;
    }
    let pools = json!({"spec": {"calicoNetwork": {"ipPools": entries::listed(inputs)}}});
    let names = names.join(", ");
    let step = Step::new(format!(
        "put {names} back into the Installation, before the operator deletes it"
    ));
    Some(step.run(patch_installation("merge", &pools)))
}

//! The step that brings back the Installation of a Calico that still runs.

use super::helm::{again, upgrade_release, write_values};
use crate::assess::advice::new_installation::{only_restored, restored};
use crate::facts::installer::Installer;
use crate::facts::method::Method;
use crate::plan::comparison::PoolComparison;
use crate::plan::inputs::Inputs;
use crate::repair::Step;

/// With the pools as they are: they can only be changed once it is back.
pub(super) fn step(inputs: &Inputs, existing: &[PoolComparison]) -> Step {
    if let Some(only) = only_restored(inputs.snapshot, inputs.facts) {
        return Step::new(only);
    }
    if existing.iter().any(|pool| !pool.changes.is_empty()) {
        return Step::new(
            "run kubectl calico plan without flags, and restore the Installation as it says; then plan this change again",
        );
    }
    let method = inputs.facts.install.method.value();
    if let Some(Method::Operator {
        by: Installer::Helm { release, namespace },
    }) = method
    {
        let what = format!("upgrade the release {release} with these values");
        return Step::new(restored(&what))
            .run(write_values(inputs))
            .run(upgrade_release(inputs, release, namespace));
    }
    Step::new(restored("create the Installation")).run(format!(
        "{} | kubectl apply --server-side -f -",
        again(inputs, "installation")
    ))
}

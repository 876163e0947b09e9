//! Pools that the Installation has lost, as after a `helm upgrade` without what had set them: the
//! operator owns them, pods have addresses of them, and they are no longer listed.

use serde_yaml::Value;

use super::inputs::Inputs;
use crate::assess::facts::installation::InstallationFacts;
use crate::assess::facts::pools::Pool;
use crate::assess::support::ownership::listed_again;

/// Those pools, each with the Installation. One that pods no longer use may go.
pub(super) fn unlisted<'a>(
    inputs: &Inputs<'a>,
) -> impl Iterator<Item = (&'a InstallationFacts, &'a Pool)> {
    let asked = inputs.facts.installation.iter();
    let pools = inputs.pools();
    asked.flat_map(move |asked| {
        let lost = pools.iter().filter(|pool| asked.has_lost(pool));
        let used = lost.filter(|pool| pool.has_pods());
        used.map(move |pool| (asked, pool))
    })
}

/// Whether a pool is one of them.
pub(super) fn is_unlisted(inputs: &Inputs, pool: &Pool) -> bool {
    unlisted(inputs).any(|(_, lost)| lost.name == pool.name)
}

/// They as entries of the Installation's list.
pub(super) fn entries(inputs: &Inputs) -> Vec<Value> {
    let entries = unlisted(inputs).map(|(asked, pool)| listed_again(asked, pool));
    entries
        .filter_map(|entry| serde_yaml::to_value(entry).ok())
        .collect()
}

//! Pools that the Installation has lost, as after a `helm upgrade` without what had set them: the
//! operator owns them, pods have addresses of them, and they are no longer listed.

use serde_json::json;
use serde_yaml::Value;

use super::basis::Basis;
use super::command::patch_installation;
use super::entries;
use crate::assess::facts::installation::InstallationFacts;
use crate::assess::facts::pools::Pool;
use crate::assess::finding::{Finding, Severity};
use crate::assess::support::ownership::{listed_again, unlisted};
use crate::repair::Step;

/// Those pools, each with the Installation. One that pods no longer use may go.
fn lost<'a>(basis: &Basis<'a>) -> impl Iterator<Item = (&'a InstallationFacts, &'a Pool)> {
    let asked = basis.facts.installation.iter();
    let pools = basis.pools();
    asked.flat_map(move |asked| {
        let lost = pools.iter().filter(|pool| asked.has_lost(pool));
        let used = lost.filter(|pool| pool.has_pods());
        used.map(move |pool| (asked, pool))
    })
}

/// Whether a pool is one of them.
pub(super) fn is_lost(basis: &Basis, pool: &Pool) -> bool {
    lost(basis).any(|(_, lost)| lost.name == pool.name)
}

/// They as entries of the Installation's list.
pub(super) fn entries(basis: &Basis) -> Vec<Value> {
    let entries = lost(basis).map(|(asked, pool)| listed_again(asked, pool));
    entries
        .filter_map(|entry| serde_yaml::to_value(entry).ok())
        .collect()
}

/// What comes of them. No error: that would keep back the values that put them into the list again.
pub(super) fn findings(basis: &Basis) -> Vec<Finding> {
    let finding = |(asked, pool)| {
        Some(Finding {
            code: "pool-lost",
            severity: Severity::Warning,
            fix: vec![Step::new("put it back before that, as the steps below do")],
            ..unlisted(asked, pool)?
        })
    };
    lost(basis).filter_map(finding).collect()
}

/// Lists them again.
pub(super) fn put_back(basis: &Basis) -> Option<Step> {
    let names: Vec<&str> = lost(basis).map(|(_, pool)| pool.name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let pools = json!({"spec": {"calicoNetwork": {"ipPools": entries::listed(basis)}}});
    let names = names.join(", ");
    let step = Step::new(format!(
        "put {names} back into the Installation, before the operator deletes it"
    ));
    Some(step.run(patch_installation("merge", &pools)))
}

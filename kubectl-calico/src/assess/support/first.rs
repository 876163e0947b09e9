//! What has to come before a fix that starts the operator or Calico's API server again: then the
//! operator makes the changes of pools that it could not make until now, and cannot undo them.

use crate::assess::check::Case;
use crate::assess::facts::drift::differences;
use crate::assess::facts::pools::ExistingPool;

/// `fix CAL208 first, …; then `, if the operator would delete a pool, or change its encapsulation, as
/// soon as it and Calico's API server run; otherwise empty.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.
pub(crate) fn first(case: &Case) -> String {
    let pools = case.facts.known_pools();
    let consequence = if pools.iter().any(|pool| is_deleted(case, pool)) {
        "deletes a pool that is in use"
    } else if pools.iter().any(|pool| is_reencapsulated(case, pool)) {
        "changes the encapsulation of a pool, which interrupts traffic"
    } else {
        return String::new();
    };
    format!("fix CAL208 first, or the operator {consequence} as soon as it can; then ")
}

/// The same for a fix that starts the pods with that `k8s-app`.
pub(crate) fn first_for(case: &Case, app: &str) -> String {
    if matches!(
        app,
        "tigera-operator" | "calico-apiserver" | "calico-node" | "calico-typha"
    ) {
        first(case)
    } else {
        String::new()
    }
}

fn is_deleted(case: &Case, pool: &ExistingPool) -> bool {
    case.facts
        .installation
        .as_ref()
        .is_some_and(|installation| installation.has_unlisted(pool))
}

fn is_reencapsulated(case: &Case, pool: &ExistingPool) -> bool {
    let Some(installation) = &case.facts.installation else {
        return false;
    };
    pool.owned_by_operator
        && installation.changes_existing_pools()
        && installation
            .index_of(&pool.cidr)
            .and_then(|index| installation.effective.pools.get(index))
            .is_some_and(|listed| {
                differences(installation, listed, pool)
                    .iter()
                    .any(|difference| difference.key == "encapsulation")
            })
}

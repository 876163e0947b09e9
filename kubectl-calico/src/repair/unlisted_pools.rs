//! Pools that the operator is about to delete.

use crate::facts::Facts;
use crate::facts::pools::ExistingPool;

/// The pools that the operator owns, pods use, and the Installation no longer lists, for example
/// after a `helm upgrade` without the flags or values that had set them. Pools that no pod uses may
/// be deleted.
pub fn unlisted_pools(facts: &Facts) -> impl Iterator<Item = &ExistingPool> {
    let installation = facts.installation.as_ref();
    facts
        .known_pools()
        .iter()
        .filter(move |pool| installation.is_some_and(|found| found.has_unlisted(pool)))
        .filter(|pool| pool.has_pods())
}

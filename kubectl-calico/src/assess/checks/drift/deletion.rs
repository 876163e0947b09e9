//! Pools that the operator deletes, or has deleted, because the Installation does not list them, where
//! projectcalico.org/v3 is the datastore.
//!
//! kube-controllers then keeps the pool until its last block is gone, with the routes and the NAT of its pods.
//! Source: projectcalico/calico v3.32.1, kube-controllers/pkg/controllers/ippool/pool_controller.go
//! (`reconcileFinalizer`) and cmd/kube-controllers/main.go, which starts this controller only for v3 CRDs.

use calico_core::catalog::Entry;

use crate::assess::advice::pool_deletions::complete_deletion;
use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::facts::installation::InstallationFacts;
use crate::facts::pools::ExistingPool;
use crate::snapshot::Store;

/// A pool whose deletion has begun and waits for the pods that still have its addresses.
pub(super) fn waiting(
    entry: &'static Entry,
    case: &Case,
    installation: &InstallationFacts,
    pool: &ExistingPool,
) -> Option<Finding> {
    if !pool.is_being_deleted() || installation.index_of(&pool.cidr).is_some() {
        return None;
    }
    let in_use = pool.usage.value()?.in_use;
    let for_what = match in_use {
        0 => return None,
        1 => "an address that is in use".to_owned(),
        _ => format!("{in_use} addresses that are in use"),
    };
    let (field, since) = pool.withheld.as_ref()?.evidence();
    let finding = Finding::note(
        entry,
        pool.object(),
        format!("the deletion of {} waits for {for_what}", pool.cidr),
    )
    .evidence(pool.object(), field, since)
    .evidence(pool.object(), "addresses in use", in_use)
    .impact(
        "none for its pods, which keep their routes and NAT until the pool is gone; no new address is assigned from it, \
         and the deletion cannot be undone",
    )
    .fixed_by_all(complete_deletion(case, pool));
    Some(finding)
}

/// What the deletion of an unlisted pool means here, for the finding that says it is imminent.
pub(super) fn imminent(case: &Case, finding: Finding) -> Finding {
    if case.snapshot.store != Store::V3 {
        return finding;
    }
    finding.impact(
        "once the operator runs, it deletes the pool, which cannot be undone: no new address is assigned from it; \
         its pods keep their routes and NAT until the last of them is gone",
    )
}

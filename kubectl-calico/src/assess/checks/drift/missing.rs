//! Pools that the Installation lists and that do not exist.

use calico_core::catalog::Entry;
use calico_core::cidr::Cidr;
use calico_core::installation::path;

use super::changed_entry::{identified, identity, put_back, severity_of_rejected};
use super::differing::kept;
use crate::assess::advice::pool_to_come::{give_way, must_not_come};
use crate::assess::candidate_pools::listed_pools;
use crate::assess::check::Case;
use crate::assess::checks::overlaps::{OVERLAPS_NODES, OVERLAPS_SERVICES};
use crate::assess::checks::pod_network::POOL_OUTSIDE_POD_NETWORK;
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::facts::drift::differences;
use crate::facts::installation::InstallationFacts;
use crate::facts::pools::ExistingPool;
use crate::repair::Step;
use crate::repair::free_range::can_be_for_pods;
use crate::repair::kubectl::tigera_status;
use crate::snapshot::{ObjectRef, Store};

/// There is no pool of the entry's network.
pub(super) fn missing(
    entry: &'static Entry,
    case: &Case,
    installation: &InstallationFacts,
    index: usize,
    cidr: &str,
) -> Finding {
    let finding = Finding::warning(
        entry,
        ObjectRef::installation(),
        format!("the listed pool {cidr} does not exist"),
    )
    .evidence(
        ObjectRef::installation(),
        path::pool_field(index, "cidr"),
        cidr,
    )
    .evidence(ObjectRef::all("IPPool"), format!("count (CIDR {cidr})"), 0);
    if installation.changes_existing_pools() {
        let not_to_come = [
            &POOL_OUTSIDE_POD_NETWORK,
            &OVERLAPS_SERVICES,
            &OVERLAPS_NODES,
        ];
        let suspects = not_to_come.map(|check| Suspect::CodeOf(check.entry.code, cidr.to_owned()));
        let suspects = suspects.into_iter().filter(|_| must_not_come(case, index));
        finding
            .impact(
                "pods get no addresses from it until the operator creates it, which requires \
                 Calico's API server",
            )
            .fix("check what the operator reports about it")
            .paste(tigera_status("ippools"))
            .suspects(suspects)
    } else if let Some(steps) = out_of_the_way(case, index) {
        finding
            .impact(
                "it is never created by this operator; after an upgrade to Calico 3.28 or later, the operator would \
                 create it over addresses that are not for pods",
            )
            .fixed_by_all(steps)
            .suspects([Suspect::CodeOf(
                POOL_OUTSIDE_POD_NETWORK.entry.code,
                cidr.to_owned(),
            )])
    } else {
        finding
            .impact(
                "it is never created: calico-node creates only the first pool of a family, and \
                 operators before 1.34 do not create pools; after an upgrade to Calico 3.28 or \
                 later, the operator would create it",
            )
            .fix("create the pool as an IPPool, or remove it from the Installation")
    }
}

/// The same, where Calico's API rejects the pool because a pool that exists overlaps it.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go (`validateAndSetDefaults`).
pub(super) fn rejected(
    entry: &'static Entry,
    case: &Case,
    installation: &InstallationFacts,
    (index, cidr, network): (usize, &str, Cidr),
) -> Option<Finding> {
    // The CRDs of projectcalico.org/v3 do not compare pools with each other.
    let is_old = !installation.changes_existing_pools();
    if case.snapshot.store == Store::V3 || (is_old && out_of_the_way(case, index).is_some()) {
        return None;
    }
    let overlaps = |pool: &&ExistingPool| {
        pool.network.is_some_and(|it| it.overlaps(&network)) && !installation.has_unlisted(pool)
    };
    let pool = case.facts.known_pools().iter().find(overlaps)?;
    let (severity, when) = match severity_of_rejected(case) {
        (_, when) if is_old => (Severity::Warning, when),
        found => found,
    };
    let finding = Finding::new(
        entry,
        severity,
        ObjectRef::installation(),
        format!("the listed pool {cidr} overlaps the existing pool {}", pool.name),
    )
    .evidence(
        ObjectRef::installation(),
        path::pool_field(index, "cidr"),
        cidr,
    )
    .evidence(pool.object(), "spec.cidr", &pool.cidr)
    .impact(if is_old {
        "it is never created by this operator; after an upgrade to Calico 3.28 or later, Calico's API rejects it, and the \
         operator changes no pool"
            .to_owned()
    } else {
        format!(
            "{when}the operator tries to create it, but Calico's API rejects it, and the operator changes no pool; the \
             existing pool keeps working"
        )
    });
    let is_listed = installation.index_of(&pool.cidr).is_some();
    let mut entries = installation.effective.pools.iter().take(index);
    let is_second = entries.any(|entry| {
        let before = entry.network().map(Cidr::network);
        before.is_some_and(|before| pool.network.is_some_and(|it| it.overlaps(&before)))
    });
    Some(if is_second && !is_listed {
        finding.fix(format!(
            "remove the entry: the existing pool {} is listed in place of one before it",
            pool.cidr
        ))
    } else if is_listed {
        finding.fix(format!(
            "give the entry a CIDR that overlaps no pool, or remove it: {} has an entry of its own",
            pool.cidr
        ))
    } else {
        let mut fields = identity(installation, index, pool);
        if let Some(listed) = installation.effective.pools.get(index) {
            let differences = differences(installation, listed, pool);
            fields.extend(kept(installation, pool, &differences));
        }
        put_back(finding, case, (index, &fields), |place| {
            let pool = identified(installation, index, pool);
            format!("in {place}, list the existing pool {pool} instead")
        })
    })
}

/// What to do about an entry that an operator must not create.
fn out_of_the_way(case: &Case, index: usize) -> Option<Vec<Step>> {
    let pool = listed_pools(case).find(|pool| pool.index == Some(index))?;
    let network = pool.network?;
    let can_stay = can_be_for_pods(case.snapshot, case.facts, &network);
    (!can_stay).then(|| give_way(case, &pool))
}

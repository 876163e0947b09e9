//! What to do about a listed pool that must never be created beside the existing ones.

use calico_core::cidr::Cidr;

use super::relocation::relocate;
use crate::assess::candidate_pools::{CandidatePool, pools_to_come};
use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::assess::pending_change::PendingChange;
use crate::facts::installation::InstallationFacts;
use crate::facts::pools::ExistingPool;
use crate::repair::free_range::can_be_for_pods;
use crate::repair::pool_writer::PoolWriter;
use crate::repair::{Step, installer_step};

/// The impact of a pool that the operator creates as soon as it can, its fix, and its place before whatever enables the
/// operator to create it.
pub(crate) fn to_come(
    finding: Finding,
    case: &Case,
    pool: &CandidatePool,
    impact: &str,
) -> Finding {
    let cidr = pool.cidr;
    finding
        .impact(format!(
            "once the operator and Calico's API server both run, the operator creates this pool alongside the existing \
             ones, without any check; then {impact}"
        ))
        .in_manifest(format!(
            "remove {cidr} from spec.calicoNetwork.ipPools in the manifest of the Installation, and list the existing \
             pools"
        ))
        .fixed_by_all(give_way(case, pool))
        .pending(PendingChange::Create(cidr.to_owned()))
}

/// Whether the entry at an index of the Installation's list is a pool that must not be created.
pub(crate) fn must_not_come(case: &Case, index: usize) -> bool {
    let mut pools = pools_to_come(case).into_iter();
    let pool = pools.find(|pool| pool.index == Some(index));
    let network = pool.and_then(|pool| pool.network);
    network.is_some_and(|cidr| !can_be_for_pods(case.snapshot, case.facts, &cidr))
}

/// Lists the existing pools of the family in place of the entry. Where they have entries of their own, the entry is
/// removed; where there is none, the entry gets another CIDR.
pub(crate) fn give_way(case: &Case, pool: &CandidatePool) -> Vec<Step> {
    let of_family =
        |existing: &&ExistingPool| existing.family() == pool.family() && existing.is_for_pods();
    let existing = case.facts.known_pools().iter().filter(of_family);
    let existing: Vec<&ExistingPool> = existing.collect();
    let Some(index) = pool.index.filter(|_| !existing.is_empty()) else {
        return relocate(case, pool);
    };
    let installation = case.facts.installation.as_ref();
    // One that the operator would delete is listed again by a finding of its own.
    let is_lost = |pool: &ExistingPool| installation.is_some_and(|it| it.has_unlisted(pool));
    let unlisted: Vec<&ExistingPool> = existing
        .into_iter()
        .filter(|pool| !is_lost(pool) && !is_listed(case, pool))
        .collect();
    let before = if installation.is_some_and(InstallationFacts::changes_existing_pools) {
        "before the operator creates"
    } else {
        "before an upgrade to Calico 3.28 or later, whose operator would create"
    };
    let names: Vec<&str> = unlisted.iter().map(|pool| pool.name.as_str()).collect();
    let what = if names.is_empty() {
        format!("remove {} from the Installation {before} it", pool.cidr)
    } else {
        format!(
            "in the Installation, list the existing {} {} instead of {}, {before} that one",
            if names.len() == 1 { "pool" } else { "pools" },
            names.join(" and "),
            pool.cidr
        )
    };
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let step = Step::new(what).run(writer.list_instead(index, &unlisted));
    let values = "kubectl calico plan -o values";
    installer_step::lasting(case.snapshot, case.facts, &writer, vec![step], values, None)
}

fn is_listed(case: &Case, pool: &ExistingPool) -> bool {
    let installation = case.facts.installation.as_ref();
    let mut listed = installation
        .into_iter()
        .flat_map(|installation| &installation.effective.pools);
    let network = pool.network.map(|network| network.network());
    listed.any(|entry| entry.network().map(Cidr::network) == network)
}

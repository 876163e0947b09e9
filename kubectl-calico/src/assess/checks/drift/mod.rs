//! Whether the existing pools match the Installation.

mod changed_entry;
pub(crate) mod cure;
mod deletion;
mod differing;
mod missing;
mod names;

use calico_core::catalog::Entry;
use calico_core::defaults::EffectivePool;

use crate::assess::advice::ownership::{cannot_be_owned, of_overlay, unlisted};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::drift::differences;
use crate::facts::installation::InstallationFacts;
use crate::facts::pools::ExistingPool;
use crate::snapshot::resources::{INSTALLATIONS, IP_POOLS, IPAM_BLOCKS};

use changed_entry::{cidr_of, deleted_in_a_loop, renumbered, written_otherwise};
use deletion::{imminent, waiting};
use differing::Differing;
use missing::{missing, rejected};
use names::{renamed, unowned_under_another_name};

pub(crate) const POOLS_DIFFER: Check = Check {
    entry: Entry {
        code: "CAL208",
        title: "the Installation and the existing pools differ",
        meaning: "The pools that the Installation lists do not match the existing ones, or the \
                  operator cannot take over a pool that it lists.",
        impact: "The operator deletes a pool that it owns and that is no longer listed; this happens after a helm \
                 upgrade that omits pools set by an earlier one. While the operator or Calico's API server is \
                 down, restarting it triggers the deletion, so this finding comes before all others. Since 1.34, \
                 the operator also changes the pools that it owns; for others it only logs \"Cannot update an IP \
                 pool not owned by the operator\", while every TigeraStatus reports Available. Up to 1.32 (Calico \
                 3.27), it never changes an existing pool, and nothing else reports the difference.\n\
                 - An entry with a changed CIDR and an unchanged name makes the operator stop with \"IPPool CIDR \
                 cannot be modified\".\n\
                 - An entry with a changed name and an unchanged CIDR, or with a CIDR that overlaps an existing pool, makes it \
                 stop with \"CIDR overlaps\".",
        criteria: "Pools are matched by the text of their CIDR, as the operator does before 1.44, and compared \
                   after its defaults have been applied. Owned pools have the label app.kubernetes.io/managed-by: \
                   tigera-operator, on the object or in its annotation projectcalico.org/metadata.\n\
                   - Before 1.36, the operator enables every pool that it owns.\n\
                   - Note: a pool that is no longer listed is disabled, and none of its addresses is in use.\n\
                   - If the listed values fix another finding about the pool, such as CAL301, the Installation is right, \
                   and the operator has yet to apply it.\n\
                   - The operator never takes over an unowned pool without encapsulation, because its comparison \
                   fails for it. In 1.38 (Calico 3.30), it fails for every unowned pool.\n\
                   - It takes over no unowned pool that is listed under another name. The finding is a note if nothing else \
                   differs.\n\
                   - The operator ignores pools in the overlay Installation.\n\
                   - Not reported: existing pools that are neither owned nor listed. They are managed elsewhere, \
                   even if the Installation lists no pools.",
        fix: "Make the two match. Change an owned pool through the Installation; change any other \
              pool directly, or hand it over to the operator with the label. The CIDR and the \
              block size of an existing pool are immutable.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go; \
                 tigera/operator#2340, tigera/operator#4783, projectcalico/calico#11402, Azure/AKS#5829",
    },
    needs: &[&INSTALLATIONS, &IP_POOLS],
    // That a pool that is no longer listed has no addresses in use.
    excuses: &[&IPAM_BLOCKS],
    judges: Judges::Following,
    find: |case| {
        let (Some(installation), Some(pools)) =
            (&case.facts.installation, case.facts.pools.value())
        else {
            return Vec::new();
        };
        let is_being_removed = case.facts.install.is_being_removed;
        if pools.is_empty() || !installation.effective.is_calico_cni() || is_being_removed {
            return Vec::new();
        }
        let mut findings: Vec<Finding> = pools
            .iter()
            .filter_map(|pool| {
                let entry = &POOLS_DIFFER.entry;
                renumbered(entry, case, installation, pool)
                    .or_else(|| renamed(entry, case, installation, pool))
            })
            .collect();
        findings.extend(
            installation
                .effective
                .pools
                .iter()
                .enumerate()
                .filter(|(index, _)| {
                    !pools.iter().any(|pool| {
                        [installation.renumbered(pool), installation.renamed(pool)]
                            .contains(&Some(*index))
                    })
                })
                .filter_map(|(index, listed)| differs(case, installation, index, listed, pools)),
        );
        findings.extend(pools.iter().filter_map(|pool| {
            let entry = &POOLS_DIFFER.entry;
            let found = unlisted(entry, case, installation, pool);
            found
                .map(|found| match found.pending {
                    Some(_) => imminent(case, found),
                    None => found,
                })
                .or_else(|| waiting(entry, case, installation, pool))
        }));
        findings.extend(of_overlay(&POOLS_DIFFER.entry, case));
        findings
    },
};

/// A listed pool that does not exist, differs, or cannot be taken over.
fn differs(
    case: &Case,
    installation: &InstallationFacts,
    index: usize,
    listed: &EffectivePool,
    pools: &[ExistingPool],
) -> Option<Finding> {
    let entry = &POOLS_DIFFER.entry;
    let cidr = cidr_of(installation, index)?;
    let network = listed.network()?.network();
    let of_network = |pool: &&ExistingPool| {
        pool.network
            .is_some_and(|existing| existing.network() == network)
    };
    let of_text = pools.iter().find(|pool| pool.cidr == cidr);
    let Some(pool) = of_text.or_else(|| pools.iter().find(of_network)) else {
        return rejected(entry, case, installation, (index, cidr, network))
            .or_else(|| Some(missing(entry, case, installation, index, cidr)));
    };
    // Whether another notation matters depends on the operator.
    let operator = &case.facts.install.operator;
    if pool.cidr != cidr && operator.value().is_none() && !operator.is_absent() {
        return None;
    }
    if pool.cidr != cidr && !installation.operator.since(44) {
        return Some(if deletes_another_notation(installation, listed, pool) {
            deleted_in_a_loop(entry, case, index, cidr, pool)
        } else {
            written_otherwise(entry, case, installation, (index, cidr), pool)
        });
    }
    let differences = differences(installation, listed, pool);
    if differences.is_empty() {
        return unowned_under_another_name(entry, case, installation, index, pool)
            .or_else(|| cannot_be_owned(entry, case, installation, index, listed, pool));
    }
    let differing = Differing {
        case,
        installation,
        index,
        pool,
        differences,
    };
    Some(differing.finding(entry))
}

/// Whether Calico's API accepts an entry with the pool's name as an update, because it stores the CIDR in its canonical
/// notation, as the pool has it. The operator then misses the pool's text in the list, and deletes it; next, it creates
/// the pool again.
/// Source: tigera/operator#4783; projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go
/// (`validateAndSetDefaults`).
fn deletes_another_notation(
    installation: &InstallationFacts,
    listed: &EffectivePool,
    pool: &ExistingPool,
) -> bool {
    let canonical = pool.network.map(|network| network.network().to_string());
    installation.changes_existing_pools()
        && pool.owned_by_operator
        && listed.name.as_deref() == Some(pool.name.as_str())
        && canonical.as_deref() == Some(pool.cidr.as_str())
        // One with host bits is rejected instead.
        && listed.network().is_some_and(|network| !network.has_host_bits())
}

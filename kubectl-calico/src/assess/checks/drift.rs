//! Whether the existing pools match the Installation.

use calico_core::catalog::Entry;
use calico_core::defaults::EffectivePool;
use calico_core::installation::path;
use serde_json::{Value, json};

use crate::assess::advice::ownership::{cannot_be_owned, of_overlay, unlisted};
use crate::assess::advice::pool_fixes::set_listed;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::drift::{Difference, NO_FIELD, differences};
use crate::assess::facts::installation::InstallationFacts;
use crate::assess::facts::pools::ExistingPool;
use crate::assess::finding::Finding;
use crate::repair::Step;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{INSTALLATIONS, IP_POOLS};

pub(crate) const POOLS_DIFFER: Check = Check {
    entry: Entry {
        code: "CAL208",
        title: "the Installation and the existing pools differ",
        meaning: "The pools that the Installation lists do not match the existing ones, or the \
                  operator cannot take over a pool that it lists.",
        impact: "Nothing else reports this. Up to 1.32 (Calico 3.27), the operator never changes \
                 an existing pool. Since 1.34, it changes the pools that it owns; for others it \
                 only logs \"Cannot update an IP pool not owned by the operator\", while every \
                 TigeraStatus reports Available. It deletes a pool that it owns and that is no \
                 longer listed; this happens after a helm upgrade that omits pools set by an \
                 earlier one. If the operator or Calico's API server is down, restarting it \
                 triggers the deletion, so this finding is listed before all others. An entry with \
                 a changed CIDR and an unchanged name makes the operator stop with \"IPPool CIDR \
                 cannot be modified\".",
        criteria: "Pools are matched by the text of their CIDR, as the operator does, and compared \
                   after its defaults have been applied. Before 1.36, the operator enables every \
                   pool that it owns. Owned pools have the label app.kubernetes.io/managed-by: \
                   tigera-operator, on the object or in its annotation projectcalico.org/metadata. \
                   Existing pools that are neither owned nor listed are managed elsewhere and are \
                   not a finding, even if the Installation lists no pools. The operator ignores \
                   pools in the overlay Installation. It never takes over an unowned pool without \
                   encapsulation, because its comparison fails for it; in operator 1.38 (Calico \
                   3.30) that comparison fails for every unowned pool.",
        fix: "Make the two match. Change an owned pool through the Installation; change any other \
              pool directly, or hand it over to the operator with the label. The CIDR and the \
              block size of an existing pool are immutable.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go; \
                 tigera/operator#2340, projectcalico/calico#11402, Azure/AKS#5829",
    },
    needs: &[&INSTALLATIONS, &IP_POOLS],
    judges: Judges::Following,
    find: |case| {
        let (Some(asked), Some(pools)) = (&case.facts.installation, case.facts.pools.value())
        else {
            return Vec::new();
        };
        if pools.is_empty() || !asked.effective.is_calico_cni() {
            return Vec::new();
        }
        let mut findings: Vec<Finding> = pools
            .iter()
            .filter_map(|pool| renumbered(case, asked, pool))
            .collect();
        findings.extend(
            asked
                .effective
                .pools
                .iter()
                .enumerate()
                .filter(|(index, _)| {
                    !pools
                        .iter()
                        .any(|pool| asked.renumbered(pool) == Some(*index))
                })
                .filter_map(|(index, listed)| differs(case, asked, index, listed, pools)),
        );
        findings.extend(
            pools
                .iter()
                .filter_map(|pool| unlisted(&POOLS_DIFFER.entry, case, asked, pool)),
        );
        findings.extend(of_overlay(&POOLS_DIFFER.entry, case));
        findings
    },
};

/// The CIDR text by which the operator identifies a pool.
fn cidr_of(asked: &InstallationFacts, index: usize) -> Option<&str> {
    let listed = asked.written.pools.as_deref().unwrap_or_default();
    listed.get(index)?.cidr.as_deref()
}

/// A listed pool that does not exist, differs, or cannot be taken over.
fn differs(
    case: &Case,
    asked: &InstallationFacts,
    index: usize,
    listed: &EffectivePool,
    pools: &[ExistingPool],
) -> Option<Finding> {
    let cidr = cidr_of(asked, index)?;
    let network = listed.network()?.network();
    let Some(pool) = pools.iter().find(|pool| pool.cidr == cidr) else {
        let same = |pool: &&ExistingPool| {
            pool.network
                .is_some_and(|existing| existing.network() == network)
        };
        return Some(missing(asked, index, cidr, pools.iter().find(same)));
    };
    let found = differences(asked, listed, pool);
    if found.is_empty() {
        return cannot_be_owned(&POOLS_DIFFER.entry, case, asked, index, listed, pool);
    }
    let keys: Vec<&str> = found.iter().map(|difference| difference.key).collect();
    let mut finding = Finding::warning(
        &POOLS_DIFFER.entry,
        pool.object(),
        format!(
            "{} differs from the Installation in {}",
            pool.cidr,
            keys.join(", ")
        ),
    );
    for difference in &found {
        let entry = path::pool(index);
        finding = match difference.key {
            NO_FIELD => finding.evidence(
                ObjectRef::installation(),
                entry,
                "no field for disabled before operator 1.36, which enables the pool",
            ),
            key => finding.evidence(
                ObjectRef::installation(),
                format!("{entry}.{key}"),
                &difference.requested,
            ),
        }
        .evidence(pool.object(), difference.field, &difference.existing);
    }
    let finding = match (asked.changes_existing_pools(), pool.owned_by_operator) {
        (false, _) => finding
            .impact(
                                "the existing pool stays as it is: operators before 1.34 do not \
                                 change existing pools; after an upgrade to Calico 3.28 or later, \
                                 the operator would change it",
            )
            .fix("make the Installation match the pool, or change the pool"),
        (true, false) => finding
            .impact(
                                "the existing pool stays as it is: the operator does not own it \
                                 and never changes it, while every TigeraStatus reports \
                                 Available",
            )
            .fixed_by_all(as_it_is(
                case,
                asked,
                index,
                pool,
                &found,
                format!(
                    "make the Installation match the pool; if the Installation is right, label the \
                     pool app.kubernetes.io/managed-by=tigera-operator instead, and the operator {}",
                    once_owned(&found)
                ),
            )),
        (true, true) => pending(finding, pool, &found)
            .impact(impact(&found))
            .fixed_by_all(as_it_is(
                case,
                asked,
                index,
                pool,
                &found,
                "if the pool is right, make the Installation match it".to_owned(),
            )),
    };
    Some(finding)
}

/// An owned pool whose entry kept its name and got another CIDR.
fn renumbered(case: &Case, asked: &InstallationFacts, pool: &ExistingPool) -> Option<Finding> {
    let index = asked.renumbered(pool)?;
    let listed = cidr_of(asked, index).unwrap_or_default();
    Some(
        Finding::error(
            &POOLS_DIFFER.entry,
            pool.object(),
            format!("the Installation changes the CIDR from {} to {listed}", pool.cidr),
        )
        .evidence(
            ObjectRef::installation(),
            path::pool_field(index, "cidr"),
            listed,
        )
        .evidence(pool.object(), "spec.cidr", &pool.cidr)
        .in_manifest(format!(
            "set the CIDR in the manifest of the Installation back to {}; for another CIDR, add a \
             second pool (kubectl calico plan --cidr)",
            pool.cidr
        ))
        .impact(
            "the operator stops with \"IPPool CIDR cannot be modified\" and changes no pool at all; \
             the pool itself keeps working",
        )
        .fixed_by_all(set_listed(
            case,
            index,
            format!(
                "set the CIDR in the Installation back to {}; for another CIDR, add a second pool \
                 (kubectl calico plan --cidr)",
                pool.cidr
            ),
            &[("cidr", json!(pool.cidr))],
        )),
    )
}

/// What the operator changes as soon as it can. A change of the block size is rejected, and with it all
/// others of the pool.
fn pending(finding: Finding, pool: &ExistingPool, found: &[Difference]) -> Finding {
    if differs_in(found, "blockSize") {
        return finding;
    }
    let keys: Vec<&str> = found.iter().map(|difference| difference.key).collect();
    finding.pending(format!(
        "changes the {} of {}",
        keys.join(", "),
        pool.object()
    ))
}

fn differs_in(found: &[Difference], key: &str) -> bool {
    found.iter().any(|difference| difference.key == key)
}

/// What the operator does to a pool once it owns it. That changes a working cluster, so there is no
/// command for it.
fn once_owned(found: &[Difference]) -> &'static str {
    if differs_in(found, "encapsulation") {
        "changes its encapsulation immediately, which interrupts traffic between nodes"
    } else {
        "changes it to match the Installation"
    }
}

/// What the operator does about an owned pool that differs.
fn impact(found: &[Difference]) -> &'static str {
    if differs_in(found, "blockSize") {
        "the operator tries to change the pool, is rejected, and does not change any other pool \
         either: the block size of an existing pool is immutable"
    } else {
        "the operator changes the pool to match the Installation as soon as Calico's API server is \
         available"
    }
}

/// The step that makes the Installation's entry match the pool.
fn as_it_is(
    case: &Case,
    installation: &InstallationFacts,
    index: usize,
    pool: &ExistingPool,
    found: &[Difference],
    what: String,
) -> Vec<Step> {
    let fields: Vec<(&str, Value)> = found
        .iter()
        .map(|difference| match difference.key {
            "blockSize" => ("blockSize", json!(pool.block_size)),
            NO_FIELD | "disableNewAllocations" => installation.enabled_field(!pool.spec.disabled),
            key => (key, json!(difference.existing)),
        })
        .collect();
    set_listed(case, index, what, &fields)
}

fn missing(
    asked: &InstallationFacts,
    index: usize,
    cidr: &str,
    same: Option<&ExistingPool>,
) -> Finding {
    let field = path::pool_field(index, "cidr");
    if let Some(same) = same {
        return Finding::warning(
            &POOLS_DIFFER.entry,
            same.object(),
            format!("the Installation writes its CIDR as {cidr}"),
        )
        .evidence(ObjectRef::installation(), field, cidr)
        .evidence(same.object(), "spec.cidr", &same.cidr)
        .impact(
            "the operator identifies pools by the text of their CIDR: it tries to create a second \
             pool with the same range, and is rejected",
        )
        .fix("write the CIDR in the Installation exactly as in the pool");
    }
    let finding = Finding::warning(
        &POOLS_DIFFER.entry,
        ObjectRef::installation(),
        format!("the listed pool {cidr} does not exist"),
    )
    .evidence(ObjectRef::installation(), field, cidr)
    .evidence(ObjectRef::all("IPPool"), format!("count (CIDR {cidr})"), 0);
    if asked.changes_existing_pools() {
        finding
            .impact(
                "pods get no addresses from it until the operator creates it, which requires \
                 Calico's API server",
            )
            .fix("check what the operator reports about it")
            .paste("kubectl get tigerastatus ippools -o yaml")
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

//! Rules that keep the pools of a cluster from being deleted, and new ones from not being created.
//!
//! Since 1.34, the operator creates, changes and deletes the IPPools that it owns, and matches them by
//! the text of their CIDR or, from 1.44 on, by its network (tigera/operator v1.42.3 and release-v1.44,
//! pkg/controller/ippool/pool_controller.go). Before
//! that, calico-node creates one pool per family when it first starts, and nothing changes it
//! afterwards.

use crate::catalog::Entry;
use crate::cluster_plan::ExistingPool;
use crate::installation::path::POOLS;
use crate::pool::Field;
use crate::text::shown;

use super::case::{Case, PoolCase};
use super::details::Details;
use super::rule::{Enforcement, Rule};

pub(super) const EXISTING_POOL_MISSING: Rule = Rule {
    entry: Entry {
        code: "existing-pool-missing",
        title: "every existing pool that the operator owns must stay in the list, with the same \
                cidr",
        meaning: "The operator owns the IPPools with the label \
                  app.kubernetes.io/managed-by=tigera-operator. It deletes those that the \
                  Installation no longer lists.",
        impact: "The operator deletes the IPPool even though pods are using its addresses.",
        criteria: "Checked for operators 1.34 and later. They match pools by the text of their \
                   CIDR (before 1.44), so changing the CIDR, removing the pool and writing the \
                   same CIDR in another notation all delete an existing pool. Other IPPools are \
                   not managed through the Installation.",
        fix: "Keep the pool in the list. To move to another range, add it as a second pool and \
              migrate as described in Calico's documentation.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go; Calico's \
                 documentation, Migrate from one IP pool to another",
    },
    enforcement: Enforcement::Safeguard,
    check: |case| {
        case.existing_pools()
            .iter()
            .filter(|existing| case.manages(existing) && !is_listed(case, existing))
            .map(|existing| missing(case, existing))
            .collect()
    },
};

/// From 1.44 on, the operator compares networks (`normalizeCIDR` in its pool_controller.go).
fn is_listed(case: &Case, existing: &ExistingPool) -> bool {
    case.pools().any(|pool| {
        let is_same_text = pool.written.cidr.as_ref() == Some(&existing.cidr);
        is_same_text || case.operator.since(44) && case.existing(&pool) == Some(existing)
    })
}

/// The violation of a missing pool, located at the pool that replaces it, if there is one.
fn missing(case: &Case, existing: &ExistingPool) -> Details {
    const DELETES: &str = "the operator deletes the IPPool even though pods are using it";
    let (label, cidr) = (case.label(existing), shown(&existing.cidr));
    if let Some(pool) = case
        .pools()
        .find(|pool| case.existing(pool) == Some(existing))
    {
        return pool.violation(
            Field::Cidr,
            format!("{label} is written here as {}", shown(pool.label())),
            format!("{DELETES}, because it matches pools by the text of their CIDR, and creates a new one"),
            format!("write {cidr}"),
        );
    }
    let family = existing.network().map(|network| network.family());
    if let Some(pool) = case
        .pools()
        .find(|pool| pool.effective.family() == family && case.existing(pool).is_none())
    {
        return pool.violation(
            Field::Cidr,
            format!("{} replaces {label}", shown(pool.label())),
            format!("{DELETES}, and creates a new one"),
            format!(
                "keep {cidr}; to move to another range, add it as a second pool and migrate as \
                 described in Calico's documentation (Migrate from one IP pool to another)"
            ),
        );
    }
    Details::at(
        POOLS,
        format!("{label} is not in the list"),
        DELETES,
        format!("add a pool with cidr {cidr} to the list"),
    )
}

pub(super) const EXISTING_POOL_OVERLAP: Rule = Rule {
    entry: Entry {
        code: "existing-pool-overlap",
        title: "a new pool must not overlap an existing pool that the operator does not own",
        meaning: "Calico does not allow two pools to share addresses.",
        impact: "Calico's API rejects the operator's new pool. TigeraStatus ippools becomes \
                 Degraded with ResourceUpdateError: Error creating / updating IPPools: … CIDR \
                 overlaps with IPPool(…).",
        criteria: "Checked for operators 1.34 and later. Earlier operators create no pools at all: \
                   see existing-pool-not-owned.",
        fix: "Choose another range. To refer to the existing pool, use its exact CIDR.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go; \
                 projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if !case.operator.since(34) {
            return Vec::new();
        }
        case.networks()
            .filter(|(pool, _)| case.existing(pool).is_none())
            .filter_map(|(pool, cidr)| {
                let existing = case.existing_pools().iter().find(|existing| {
                    let overlaps = existing.network().is_some_and(|own| own.overlaps(cidr));
                    overlaps && !case.manages(existing)
                })?;
                Some(pool.violation(
                    Field::Cidr,
                    format!("{} overlaps {}", shown(pool.label()), case.label(existing)),
                    "Calico's API rejects the operator's new pool; TigeraStatus ippools becomes \
                     Degraded, ResourceUpdateError: Error creating / updating IPPools: … CIDR \
                     overlaps with IPPool(…)",
                    format!(
                        "choose another range, or use {} to refer to that pool",
                        shown(&existing.cidr)
                    ),
                ))
            })
            .collect()
    },
};

/// Pools that operators before 1.34 leave to calico-node, which creates the pools of a family only
/// if it has none (projectcalico/calico v3.27.5, node/pkg/lifecycle/startup/startup.go).
pub(super) fn never_created(case: &Case) -> Vec<Details> {
    if case.operator.since(34) {
        return Vec::new();
    }
    case.pools()
        .filter(|pool| case.existing(pool).is_none())
        .filter_map(|pool| {
            let family = pool.effective.family()?;
            let existing = case.cluster?.existing_of(family).next()?;
            Some(never_created_beside(case, &pool, existing))
        })
        .collect()
}

fn never_created_beside(case: &Case, pool: &PoolCase, existing: &ExistingPool) -> Details {
    pool.violation(
        Field::Cidr,
        format!("{} is not {}", shown(pool.label()), case.label(existing)),
        "the pool is never created: before operator 1.34, calico-node creates a pool only if its \
         family has none",
        format!(
            "write {}; to move to another range, add it as an IPPool and migrate as described in \
             Calico's documentation (Migrate from one IP pool to another)",
            shown(&existing.cidr)
        ),
    )
}

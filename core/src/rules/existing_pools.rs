//! Rules for what an Installation would do to the pools that a cluster has. They need its plan.
//!
//! From 1.34 on the operator makes, changes and deletes the IPPools that it owns, and knows each by
//! the text of its CIDR (tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go). Before,
//! calico-node makes one pool of each family at its first start, and nobody changes it afterwards.

use crate::cluster_plan::ExistingPool;
use crate::pool::Field;
use crate::text::shown;

use super::case::PoolCase;
use super::{Case, Details, Enforcement, Rule};

pub(super) const EXISTING_POOL_MISSING: Rule = Rule {
    name: "existing-pool-missing",
    summary: "every live pool that the operator owns stays in the list, under the same cidr",
    enforcement: Enforcement::Safeguard,
    check: |case| {
        let is_kept = |live: &ExistingPool| {
            let mut texts = case.pools().map(|pool| pool.written.cidr.as_deref());
            texts.any(|text| text == Some(live.cidr.as_str()))
        };
        let live = case.existing_pools().iter();
        let lost = live.filter(|live| manages(case, live) && !is_kept(live));
        lost.map(|live| missing(case, live)).collect()
    },
};

/// The breach of a live pool that is lost, at the pool that has its place.
fn missing(case: &Case, live: &ExistingPool) -> Details {
    const DELETES: &str = "the operator deletes the IPPool, though pods have addresses of it";
    let (what, cidr) = (label(case, live), shown(&live.cidr));
    let is_same = |pool: &PoolCase| case.live(pool) == Some(live);
    let family = live.network().map(|network| network.family());
    let is_new = |pool: &PoolCase| pool.effective.family() == family && case.live(pool).is_none();
    if let Some(pool) = case.pools().find(is_same) {
        return pool.violation(
            Field::Cidr,
            format!("{what} is spelt {} here", shown(pool.label())),
            format!("{DELETES}, for it knows one by the text of its CIDR, and makes another one"),
            format!("write {cidr}"),
        );
    }
    if let Some(pool) = case.pools().find(is_new) {
        return pool.violation(
            Field::Cidr,
            format!("{} takes the place of {what}", shown(pool.label())),
            format!("{DELETES}, and makes another one"),
            format!(
                "keep {cidr}; to move to another range, add it as a second pool and migrate as \
                 Calico's documentation tells (Migrate from one IP pool to another)"
            ),
        );
    }
    Details {
        path: "spec.calicoNetwork.ipPools".to_owned(),
        fields: Vec::new(),
        problem: format!("{what} is not in the list"),
        impact: DELETES.to_owned(),
        fix: format!("add a pool with cidr {cidr} to the list"),
    }
}

pub(super) const EXISTING_POOL_BLOCK_SIZE: Rule = Rule {
    name: "existing-pool-block-size",
    summary: "a live pool that the operator owns keeps its block size",
    enforcement: Enforcement::Operator,
    check: |case| {
        let changed = differences(case, Field::BlockSize);
        let changed = changed.filter(|found| manages(case, found.live));
        let breach = |found: Difference| {
            let impact = "Calico's API refuses it to the operator; TigeraStatus ippools becomes \
                           Degraded, ResourceUpdateError: Error creating / updating IPPools: \
                           … (IPPool BlockSize cannot be modified)";
            let fix = format!(
                "keep {}; another block size takes another pool, as Calico's documentation tells \
                 (Change IP pool block size)",
                found.old
            );
            found.violation(case, impact, fix)
        };
        changed.map(breach).collect()
    },
};

pub(super) const EXISTING_POOL_ENCAPSULATION: Rule = Rule {
    name: "existing-pool-encapsulation",
    summary: "a live pool that the operator owns keeps its encapsulation",
    enforcement: Enforcement::Safeguard,
    check: |case| {
        let changed = differences(case, Field::Encapsulation);
        let changed = changed.filter(|found| manages(case, found.live));
        let breach = |found: Difference| {
            // projectcalico/calico#5221
            let impact = "the operator changes the pool while pods use it: traffic between nodes \
                           is interrupted, also that to Calico's API server";
            let fix = format!("keep {}", found.old);
            found.violation(case, impact, fix)
        };
        changed.map(breach).collect()
    },
};

pub(super) const EXISTING_POOL_NOT_OWNED: Rule = Rule {
    name: "existing-pool-not-owned",
    summary: "of a live pool that the operator does not own, nothing is to be changed here",
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let (impact, first) = if case.operator.since(34) {
            (
                "the operator changes no pool that it does not own, and says so in its log only",
                ", or first label the IPPool app.kubernetes.io/managed-by=tigera-operator",
            )
        } else {
            ("operators before 1.34 change no pool that is there", "")
        };
        let fields = [Field::BlockSize, Field::Encapsulation].into_iter();
        let found = fields.flat_map(|field| differences(case, field));
        let found = found.filter(|found| !manages(case, found.live));
        let found = found.map(|found| {
            let fix = format!("write {}{first}", found.old);
            found.violation(case, impact, fix)
        });
        found.chain(never_made(case)).collect()
    },
};

/// Pools that operators before 1.34 leave to calico-node, which makes the pools of a family only where
/// it has none (projectcalico/calico v3.27.5, node/pkg/lifecycle/startup/startup.go).
fn never_made<'a>(case: &'a Case<'a>) -> impl Iterator<Item = Details> + 'a {
    let new = case.pools().filter(|pool| case.live(pool).is_none());
    let new = new.filter(|_| !case.operator.since(34));
    new.filter_map(|pool| {
        let live = case.cluster?.existing_of(pool.effective.family()?).next()?;
        Some(pool.violation(
            Field::Cidr,
            format!("{} is not {}", shown(pool.label()), label(case, live)),
            "before 1.34 no pool is made of it: calico-node makes one only of a family that has none"
                .to_owned(),
            format!(
                "write {}; to move to another range, add it as an IPPool and migrate as Calico's \
                 documentation tells (Migrate from one IP pool to another)",
                shown(&live.cidr)
            ),
        ))
    })
}

pub(super) const EXISTING_POOL_OVERLAP: Rule = Rule {
    name: "existing-pool-overlap",
    summary: "a new pool shares no address with a live pool of somebody else's",
    enforcement: Enforcement::Operator,
    check: |case| {
        let overlap = |pool: PoolCase| {
            let network = pool.effective.network()?;
            let is_other = |live: &&ExistingPool| {
                let overlaps = live.network().is_some_and(|own| own.overlaps(network));
                overlaps && !manages(case, live)
            };
            let live = case.existing_pools().iter().find(is_other)?;
            Some(
                pool.violation(
                    Field::Cidr,
                    format!("{} overlaps {}", shown(pool.label()), label(case, live)),
                    "Calico's API refuses the pool to the operator; TigeraStatus ippools becomes \
                 Degraded, ResourceUpdateError: Error creating / updating IPPools: … CIDR overlaps \
                 with IPPool(…)"
                        .to_owned(),
                    format!(
                        "choose another range, or write {} to mean that pool",
                        shown(&live.cidr)
                    ),
                ),
            )
        };
        // Before 1.34 no pool is made of it: `existing-pool-not-owned`.
        let new = case.pools().filter(|_| case.operator.since(34));
        let new = new.filter(|pool| case.live(pool).is_none());
        new.filter_map(overlap).collect()
    },
};

/// Whether the operator would change or delete it.
fn manages(case: &Case, live: &ExistingPool) -> bool {
    live.owned && case.operator.since(34)
}

/// A field of a pool in the list that differs from the same pool in the cluster.
struct Difference<'a> {
    pool: PoolCase<'a>,
    live: &'a ExistingPool,
    field: Field,
    new: String,
    old: String,
}

/// Where the list and the cluster differ in `field`.
fn differences<'a>(case: &'a Case<'a>, field: Field) -> impl Iterator<Item = Difference<'a>> {
    case.pools().filter_map(move |pool| {
        let live = case.live(&pool)?;
        let (new, old) = match field {
            Field::Cidr => return None,
            Field::BlockSize => (
                pool.effective.block_size?.to_string(),
                live.block_size.to_string(),
            ),
            Field::Encapsulation => (
                pool.effective.encapsulation.clone()?,
                live.encapsulation.clone(),
            ),
        };
        (new != old).then(|| Difference {
            pool,
            live,
            field,
            new: shown(new),
            old: shown(old),
        })
    })
}

impl Difference<'_> {
    fn violation(&self, case: &Case, impact: &str, fix: String) -> Details {
        let problem = format!(
            "{}{} differs from the {} of {}",
            self.new,
            self.pool.if_default(self.field),
            self.old,
            label(case, self.live)
        );
        self.pool
            .violation(self.field, problem, impact.to_owned(), fix)
    }
}

/// `the live pool default-ipv4-ippool (10.244.0.0/16) of https://…`
fn label(case: &Case, live: &ExistingPool) -> String {
    let (name, cidr) = (shown(&live.name), shown(&live.cidr));
    format!("the live pool {name} ({cidr}){}", case.of_server())
}

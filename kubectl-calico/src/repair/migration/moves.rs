//! Moves of several pools at once.

use calico_core::cidr::Cidr;
use calico_core::pool::Encapsulation;
use calico_core::selector::Selector;

use super::retirement::{retire_all, unpin};
use crate::facts::Facts;
use crate::facts::pools::ExistingPool;
use crate::facts::routing_mode::tunnel;
use crate::facts::tunnel_addresses::Tunnel;
use crate::phrases::the_pool;
use crate::repair::encapsulation::{new_ports, open};
use crate::repair::kubectl::tigera_status;
use crate::repair::left_pods::LeftPods;
use crate::repair::mtu;
use crate::repair::new_pool::NewPool;
use crate::repair::pool_writer::PoolWriter;
use crate::repair::room::named;
use crate::repair::step::{Step, until_withheld};
use crate::snapshot::Snapshot;

/// Pools whose pods move to one other pool.
pub struct Move<'a> {
    /// The pools. The first one's settings are those of a new pool.
    pub olds: Vec<&'a ExistingPool>,
    /// Where the pods go.
    pub to: Target<'a>,
}

/// Where pods go.
pub enum Target<'a> {
    /// To a pool that must be created.
    New {
        /// The pool.
        pool: NewPool,
        /// Why it does not have the encapsulation of the old one, if so.
        why: Option<String>,
    },
    /// To a pool that assigns addresses.
    Kept(&'a ExistingPool),
    /// To a pool that must be enabled first.
    Enabled(&'a ExistingPool),
}

impl Target<'_> {
    /// The pool, as it is described in the Installation.
    fn pool(&self) -> Option<NewPool> {
        let existing = match self {
            Self::New { pool, .. } => return Some(pool.clone()),
            Self::Kept(existing) | Self::Enabled(existing) => existing,
        };
        Some(NewPool {
            name: existing.name.clone(),
            cidr: existing.network?,
            block_size: existing.block_size,
            encapsulation: existing.encapsulation,
        })
    }
}

/// The steps of several moves at once, so that pods are recreated once.
pub fn all(
    snapshot: &Snapshot,
    facts: &Facts,
    writer: &mut PoolWriter,
    moves: &[Move],
) -> Vec<Step> {
    let created = moves.iter().filter_map(|one| match &one.to {
        Target::New { pool, .. } => Some(pool),
        Target::Kept(_) | Target::Enabled(_) => None,
    });
    let created: Vec<&NewPool> = created.collect();
    if let Some(awaited) = created.iter().find(|new| writer.awaits(&new.cidr)) {
        return vec![awaited_pool(&awaited.cidr)];
    }
    let olds = moves.iter().flat_map(|one| one.olds.iter().copied());
    let olds: Vec<&ExistingPool> = olds.collect();
    let mut steps: Vec<Step> = moves
        .iter()
        .flat_map(|one| ready(snapshot, facts, writer, one))
        .collect();
    let encapsulations: Vec<Encapsulation> = created.iter().map(|new| new.encapsulation).collect();
    let mut retired = retire_all(writer, &outages(facts, &olds, &encapsulations));
    let kept = moves.iter().filter_map(|one| match one.to {
        Target::Kept(kept) => Some(kept),
        Target::New { .. } | Target::Enabled(_) => None,
    });
    let kept: Vec<&ExistingPool> = kept.collect();
    if let Some(first) = retired.first_mut().filter(|_| !kept.is_empty()) {
        first.what = format!("keep {}: {}", named(&kept), first.what);
    }
    steps.extend(retired);
    for one in moves {
        let Some(new) = one.to.pool() else { continue };
        let listed = one
            .olds
            .iter()
            .filter_map(|old| writer.list_in_place(old, &new));
        steps.extend(listed);
    }
    let unpinned = olds.iter().filter_map(|old| unpin(snapshot, facts, old));
    let unpinned: Vec<Step> = unpinned.collect();
    steps.splice(0..0, unpinned);
    until_withheld(steps)
}

/// What there is to do about a pool that the operator should have created.
pub fn awaited_pool(cidr: &Cidr) -> Step {
    Step::new(format!(
        "the Installation already lists {cidr}, but the operator has not created that pool: find out why, before you \
         change anything else"
    ))
    .run(tigera_status("ippools"))
}

/// What comes before the old pools are disabled.
fn ready(snapshot: &Snapshot, facts: &Facts, writer: &mut PoolWriter, one: &Move) -> Vec<Step> {
    let Some(first) = one.olds.first() else {
        return Vec::new();
    };
    let (pool, why) = match &one.to {
        Target::Kept(_) => return Vec::new(),
        Target::Enabled(pool) => {
            let what = format!(
                "enable {} again, which is inside the pod network",
                the_pool(&pool.name)
            );
            return vec![Step::new(what).run_all(writer.enable((*pool).into()))];
        }
        Target::New { pool, why } => (pool, why),
    };
    let mut steps = Vec::new();
    let (from, encapsulation) = (first.encapsulation, pool.encapsulation);
    let family = pool.cidr.family();
    let mut settings = format!("the pool {}", pool.cidr);
    if let Some(why) = why {
        steps.extend(open(&new_ports(snapshot, facts, vec![encapsulation])));
        settings.push_str(&format!(
            " with {encapsulation} instead of {from}, because {why}"
        ));
    }
    if Selector::parse(&first.node_selector).is_err() {
        settings.push_str(" for all nodes, because nodeSelector is not a valid selector");
    }
    if tunnel(encapsulation, family).1 > tunnel(from, family).1 {
        steps.extend(mtu::make_room(snapshot, facts, family, encapsulation));
    }
    let pods = LeftPods::of(snapshot, facts, &pool.cidr, encapsulation)
        .filter(|pods| pods.encapsulation == encapsulation);
    let remark = pods.map_or_else(String::new, |pods| pods.remark());
    let what = format!(
        "add {settings}: the CIDR and the block size of {} are immutable{remark}",
        named(&one.olds)
    );
    let settings = writer.settings_of(first);
    steps.push(Step::new(what).run(writer.add(pool, &settings)));
    steps
}

/// Each pool with the tunnel whose addresses nodes lose once all of them are disabled.
fn outages<'a>(
    facts: &Facts,
    olds: &[&'a ExistingPool],
    added: &[Encapsulation],
) -> Vec<(&'a ExistingPool, Option<Tunnel>)> {
    let outage = |old: &ExistingPool| {
        let is_other_old = |pool: &ExistingPool| {
            let mut others = olds.iter().filter(|other| other.name != old.name);
            others.any(|other| other.name == pool.name)
        };
        let pools = facts.known_pools().iter();
        let pools: Vec<ExistingPool> = pools.filter(|pool| !is_other_old(pool)).cloned().collect();
        let kind = Tunnel::of(old.encapsulation);
        let same = added.iter().find(|added| Tunnel::of(**added) == kind);
        Tunnel::lost_with(&pools, old, same.copied())
    };
    olds.iter().map(|old| (*old, outage(old))).collect()
}

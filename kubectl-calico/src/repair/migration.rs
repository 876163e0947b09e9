//! Moves from an existing pool to another CIDR or block size. Both are immutable, so a new pool is
//! added and the pods are moved to it.
//!
//! Source: Calico's documentation (3.32), "Migrate from one IP pool to another" and "Change IP
//! pool block size".

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::Encapsulation;
use calico_core::selector::Selector;

use super::encapsulation::{new_ports, open};
use super::free_range;
use super::kubectl::{RECREATE_PODS, tigera_status};
use super::left_pods::LeftPods;
use super::mtu;
use super::new_pool::NewPool;
use super::pool_pins::PoolPins;
use super::pool_writer::{ChangedPool, PoolWriter};
use super::room::named;
use super::step::{Step, until_withheld};
use crate::facts::Facts;
use crate::facts::pools::ExistingPool;
use crate::facts::routing_mode::tunnel;
use crate::facts::tunnel_addresses::Tunnel;
use crate::phrases::{the_pool, the_pools};
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

/// The steps from an existing pool to a new one.
pub fn steps(
    snapshot: &Snapshot,
    facts: &Facts,
    writer: &mut PoolWriter,
    old: &ExistingPool,
    new: &NewPool,
) -> Vec<Step> {
    let overlaps = old.network.is_none_or(|range| range.overlaps(&new.cidr));
    if overlaps && !writer.awaits(&new.cidr) {
        let outage = Tunnel::lost_with(facts.known_pools(), old, Some(new.encapsulation));
        let mut steps = by_way_of_a_third(snapshot, facts, writer, old, new, outage);
        steps.extend(writer.list_in_place(old, new));
        if steps.len() > 1 {
            steps.splice(0..0, unpin(snapshot, facts, old));
        }
        return until_withheld(steps);
    }
    let to = Target::New {
        pool: new.clone(),
        why: None,
    };
    let olds = vec![old];
    all(snapshot, facts, writer, &[Move { olds, to }])
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

/// Takes a pool out of the CNI configuration, which must come before the pool is disabled: pods get no address while
/// the configuration names a pool that is not enabled.
pub fn unpin(snapshot: &Snapshot, facts: &Facts, pool: &ExistingPool) -> Option<Step> {
    let pins = PoolPins::of(snapshot, &facts.install)?;
    let pin = pins.pins().iter().find(|pin| pin.names(pool))?;
    let what = format!(
        "remove {} from the CNI configuration, and restart calico-node, which writes it to the nodes: it names {}, \
         and pods get no address while that pool is disabled",
        pin.list,
        the_pool(&pool.name)
    );
    Some(Step::new(what).run(pins.change()))
}

/// Two pools cannot overlap, so the pods have to be moved twice.
fn by_way_of_a_third(
    snapshot: &Snapshot,
    facts: &Facts,
    writer: &mut PoolWriter,
    old: &ExistingPool,
    new: &NewPool,
    outage: Option<Tunnel>,
) -> Vec<Step> {
    let family = new.cidr.family();
    let mut existing = facts.known_pools().iter();
    if let Some(temporary) = existing.find(|pool| is_temporary(pool) && pool.name != old.name) {
        return from_temporary(writer, old, new, temporary);
    }
    let pools = facts.known_pools().iter().filter_map(|pool| pool.network);
    let used: Vec<Cidr> = pools.chain([new.cidr]).collect();
    let Some(range) = free_range::temporary(snapshot, facts, family, &used) else {
        return vec![Step::new(format!(
            "{} overlaps {}, so the pods must be moved to a temporary pool and then to the new \
             one: first move them to an unused CIDR with --cidr",
            new.cidr,
            the_pool(&old.name)
        ))];
    };
    let remark = outside_pod_network(facts, &range);
    let temporary = NewPool {
        name: temporary_name(family).to_owned(),
        cidr: range,
        ..new.clone()
    };
    let back = NewPool {
        name: old.name.clone(),
        ..new.clone()
    };
    let what = format!(
        "add a temporary pool, because {} overlaps {}{remark}",
        new.cidr,
        the_pool(&old.name)
    );
    let settings = writer.settings_of(old);
    let mut steps = vec![Step::new(what).run(writer.add(&temporary, &settings))];
    steps.extend(retire_all(writer, &[(old, outage)]));
    steps.push(Step::new("add the new pool").run(writer.add(&back, &settings)));
    let range = range.to_string();
    steps.extend(retire(
        writer,
        ChangedPool {
            name: &temporary.name,
            cidr: &range,
            owned: true,
        },
        None,
    ));
    steps
}

/// Whether a pool exists only while pods are moved.
pub fn is_temporary(pool: &ExistingPool) -> bool {
    let family = pool.family();
    family.is_some_and(|family| pool.name == temporary_name(family))
}

/// The name of such a pool.
pub(super) fn temporary_name(family: Family) -> &'static str {
    match family {
        Family::V4 => "temporary-ipv4-pool",
        Family::V6 => "temporary-ipv6-pool",
    }
}

/// A remark on such a pool.
pub(super) fn outside_pod_network(facts: &Facts, range: &Cidr) -> &'static str {
    let network = facts.networks.best();
    if network.is_some_and(|network| !network.cidrs.iter().any(|cidr| cidr.contains(range))) {
        "; the temporary pool is outside the pod CIDR, so kube-proxy masquerades traffic from its pods to \
         Services during the migration"
    } else {
        ""
    }
}

/// What is left to do where the temporary pool exists already.
pub fn from_temporary(
    writer: &mut PoolWriter,
    old: &ExistingPool,
    new: &NewPool,
    temporary: &ExistingPool,
) -> Vec<Step> {
    let back = NewPool {
        name: old.name.clone(),
        ..new.clone()
    };
    let settings = writer.settings_of(old);
    let mut steps = retire_all(writer, &[(old, None)]);
    steps.push(Step::new("add the new pool").run(writer.add(&back, &settings)));
    steps.extend(retire(writer, temporary.into(), None));
    steps
}

/// Empties existing pools and deletes them, each with the tunnel whose addresses nodes lose with it. One without addresses
/// in use is empty already, and has no pods that this cuts off.
pub fn retire_all(writer: &mut PoolWriter, pools: &[(&ExistingPool, Option<Tunnel>)]) -> Vec<Step> {
    let is_unused = |pool: &ExistingPool| {
        let usage = pool.usage.value();
        usage.is_some_and(|usage| usage.in_use == 0)
    };
    let mut steps = Vec::new();
    for (pool, outage) in pools {
        if writer.keeps_disabled(pool) {
            continue;
        }
        let mut step = disable(writer, (*pool).into());
        if is_unused(pool) {
            let name = the_pool(&pool.name);
            step.what = format!("disable {name}; none of its addresses are in use");
        } else {
            warn_of(*outage, &mut step);
        }
        steps.push(step);
    }
    let pools = pools.iter().map(|(pool, _)| *pool);
    let pools: Vec<&ExistingPool> = pools.collect();
    let used = pools.iter().filter(|pool| !is_unused(pool));
    let used: Vec<&str> = used.map(|pool| pool.name.as_str()).collect();
    if !used.is_empty() {
        steps.push(recreate_pods(
            &format!("that have addresses from {}", the_pools(&used)),
            &format!(
                "kubectl calico status shows none of {} addresses in use",
                if used.len() == 1 { "its" } else { "their" }
            ),
        ));
    }
    for pool in pools {
        let mut step = delete(writer, pool.into());
        if is_unused(pool) {
            step.what = format!(
                "if kubectl calico status still shows none of its addresses in use, {}",
                step.what
            );
        }
        steps.push(step);
    }
    steps
}

/// Empties a pool and deletes it. Nodes may lose the addresses of a tunnel once it is disabled.
fn retire(writer: &mut PoolWriter, pool: ChangedPool, outage: Option<Tunnel>) -> [Step; 3] {
    let mut disable = disable(writer, pool);
    warn_of(outage, &mut disable);
    [
        disable,
        recreate_pods(
            &format!("that have addresses from {}", the_pool(pool.name)),
            "kubectl calico status shows none of its addresses in use",
        ),
        delete(writer, pool),
    ]
}

/// Says what breaks between disabling a pool and recreating its pods.
fn warn_of(outage: Option<Tunnel>, disable: &mut Step) {
    if let Some(tunnel) = outage {
        disable.what.push_str(&format!(
            ". Do this and the next step in one maintenance window: until they are recreated, {}",
            tunnel.what_breaks()
        ));
    }
}

/// Stops new addresses from being assigned from a pool.
pub fn disable(writer: &mut PoolWriter, pool: ChangedPool) -> Step {
    let what = format!(
        "disable {}; its pods keep their addresses",
        the_pool(pool.name)
    );
    Step::new(what).run_all(writer.disable(pool))
}

/// Recreates the pods `which`, `until` something is the case.
pub fn recreate_pods(which: &str, until: &str) -> Step {
    Step::new(format!(
        "recreate the pods {which}, one namespace at a time, until {until}; recreate pods of Jobs and \
         pods without a controller by hand"
    ))
    .run(RECREATE_PODS)
}

/// Deletes a pool without pods of its own.
pub fn delete(writer: &mut PoolWriter, pool: ChangedPool) -> Step {
    let what = format!("delete {}, and wait until it is gone", the_pool(pool.name));
    Step::new(what).run_all(writer.delete(pool))
}

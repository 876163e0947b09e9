//! A pool that is being deleted.
//!
//! Since Calico 3.31, a pool stays until no block is left in its range: kube-controllers removes its
//! finalizer only then, and until then keeps every pool that overlaps it from assigning addresses. A
//! deletion cannot be revoked, so its pods need another pool.
//! Source: projectcalico/calico v3.32.1, kube-controllers/pkg/controllers/ippool/pool_controller.go.

use calico_core::cidr::Cidr;

use super::free_range;
use super::migration::{self, outside_pod_network, temporary_name};
use super::new_pool::NewPool;
use super::pool_writer::{ChangedPool, PoolWriter};
use super::step::{Step, until_withheld};
use crate::facts::Facts;
use crate::facts::no_assignment::NoAssignment;
use crate::facts::pools::ExistingPool;
use crate::phrases::{pasted, the_pool, the_pools};
use crate::snapshot::resources::V3;
use crate::snapshot::{Snapshot, Store};

/// The steps that let the deletion complete without leaving pods without an address.
pub fn complete(
    snapshot: &Snapshot,
    facts: &Facts,
    writer: &mut PoolWriter,
    old: &ExistingPool,
) -> Vec<Step> {
    let name = &old.name;
    let pool = the_pool(name);
    let overlaps = |other: &ExistingPool| {
        let both = other.network.zip(old.network);
        other.name != *name && both.is_some_and(|(one, other)| one.overlaps(&other))
    };
    let pools = facts.known_pools().iter();
    let (overlapping, others): (Vec<_>, Vec<_>) = pools.partition(|pool| overlaps(pool));
    let mut steps = Vec::new();
    let takes_pods = |pool: &&ExistingPool| pool.serves_any_pod() && pool.family() == old.family();
    let mut temporary = None;
    if !others.iter().any(takes_pods) {
        temporary = temporary_pool(snapshot, facts, old);
        steps.push(add_temporary(facts, writer, old, temporary.as_ref()));
    }
    let enabled: Vec<&ExistingPool> = overlapping.iter().copied().filter(takes_pods).collect();
    for pool in &enabled {
        steps.push(migration::disable(writer, (*pool).into()));
    }
    steps.push(migration::recreate_pods(
        &format!("that have addresses from {pool}"),
        &format!("{pool} is gone: its deletion completes once none of its addresses is in use"),
    ));
    let waiting: Vec<&str> = overlapping
        .iter()
        .filter(|pool| matches!(pool.withheld, Some(NoAssignment::NotAllocatable { .. })))
        .map(|pool| pool.name.as_str())
        .collect();
    if !waiting.is_empty() {
        steps.push(Step::new(format!(
            "kube-controllers then makes {} allocatable again",
            the_pools(&waiting)
        )));
    }
    if writer.creates_again(old.into()) {
        let what = format!(
            "wait until the operator has created {pool} again, because the Installation lists it"
        );
        steps.push(Step::new(what).run(writer.await_created(name)));
        let serves_pods = old.is_for_pods() && !writer.keeps_disabled(old);
        if let Some(temporary) = temporary.filter(|_| serves_pods) {
            let cidr = temporary.cidr.to_string();
            let temporary = ChangedPool {
                name: &temporary.name,
                cidr: &cidr,
                owned: true,
            };
            steps.extend(migration::retire(writer, temporary, None));
        }
    }
    for pool in enabled {
        let step = Step::new(format!("enable {} again", the_pool(&pool.name)));
        steps.push(step.run_all(writer.enable(pool.into())));
    }
    until_withheld(steps)
}

/// Waits until a pool that has just been disabled can be deleted, where projectcalico.org/v3 is the datastore. Only then
/// does kube-controllers take off its finalizer, with which a pool stays until no block is left in its range: those of a
/// pool that overlaps it count, too.
pub fn disabled_first(snapshot: &Snapshot, pool: &ExistingPool) -> Option<Step> {
    let is_guarded = snapshot.store == Store::V3 && pool.enabled;
    let name = &pool.name;
    is_guarded.then(|| {
        Step::new(format!(
            "wait until kube-controllers has noticed, and go on only then: deleted before that, {} would stay until no pod \
             has an address in its range, and the pools that overlap it would assign none",
            the_pool(name)
        ))
        .run(format!(
            "kubectl wait ippools.{V3}/{} --for=condition=Allocatable=False --timeout=120s",
            pasted(name)
        ))
    })
}

/// A pool that overlaps no other one, if there is room for it.
fn temporary_pool(snapshot: &Snapshot, facts: &Facts, old: &ExistingPool) -> Option<NewPool> {
    let pools = facts.known_pools().iter().filter_map(|pool| pool.network);
    let used: Vec<Cidr> = pools.collect();
    let family = old.family()?;
    Some(NewPool {
        name: temporary_name(family).to_owned(),
        cidr: free_range::temporary(snapshot, facts, family, &used)?,
        block_size: old.block_size,
        encapsulation: old.encapsulation,
    })
}

fn add_temporary(
    facts: &Facts,
    writer: &mut PoolWriter,
    old: &ExistingPool,
    new: Option<&NewPool>,
) -> Step {
    let what = "first add a pool that overlaps no other: until then, recreated pods get no address";
    let Some(new) = new else {
        return Step::new(what);
    };
    let settings = writer.settings_of(old);
    Step::new(format!("{what}{}", outside_pod_network(facts, &new.cidr)))
        .run(writer.add(new, &settings))
}

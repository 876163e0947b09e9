//! Moves from an existing pool to another CIDR or block size. Both are immutable, so a new pool is
//! added and the pods are moved to it.
//!
//! Source: Calico's documentation (3.32), "Migrate from one IP pool to another" and "Change IP
//! pool block size".

use calico_core::cidr::{Cidr, Family};

use super::free_range;
use super::kubectl::tigera_status;
use super::left_pods::LeftPods;
use super::new_pool::NewPool;
use super::pool_pins::PoolPins;
use super::pool_writer::{ChangedPool, PoolWriter};
use super::step::{Step, until_withheld};
use crate::facts::Facts;
use crate::facts::pools::ExistingPool;
use crate::facts::tunnel_addresses::Tunnel;
use crate::phrases::the_pool;
use crate::snapshot::Snapshot;

/// Recreates pods, which moves them to another pool: of one workload after another, by its strategy.
pub const RECREATE_PODS: &str =
    "kubectl rollout restart deployments,statefulsets,daemonsets --namespace NAMESPACE";

/// The steps from an existing pool to a new one.
pub fn steps(
    snapshot: &Snapshot,
    facts: &Facts,
    writer: &mut PoolWriter,
    old: &ExistingPool,
    new: &NewPool,
) -> Vec<Step> {
    if writer.awaits(&new.cidr) {
        return vec![
            Step::new(format!(
                "the Installation already lists {}, but the operator has not created that pool: find out why, before you \
                 change anything else",
                new.cidr
            ))
            .run(tigera_status("ippools")),
        ];
    }
    let outage = Tunnel::lost_with(facts.known_pools(), old, Some(new.encapsulation));
    let overlaps = old.network.is_none_or(|range| range.overlaps(&new.cidr));
    let mut steps = if overlaps {
        by_way_of_a_third(snapshot, facts, writer, old, new, outage)
    } else {
        let pods = LeftPods::of(snapshot, facts, &new.cidr, new.encapsulation)
            .filter(|pods| pods.encapsulation == new.encapsulation);
        let remark = pods.map_or_else(String::new, |pods| pods.remark());
        let what = format!(
            "add the pool {}: the CIDR and the block size of {} are immutable{remark}",
            new.cidr,
            the_pool(&old.name)
        );
        let settings = writer.settings_of(old);
        let added = Step::new(what).run(writer.add(new, &settings));
        std::iter::once(added)
            .chain(retire_existing(writer, old, outage))
            .collect()
    };
    steps.extend(writer.list_in_place(old, new));
    if steps.len() > 1 {
        steps.splice(0..0, unpin(snapshot, facts, old));
    }
    until_withheld(steps)
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
    steps.extend(retire_existing(writer, old, outage));
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

/// The name of a pool that exists only while pods are moved.
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
        "; the temporary pool is outside the pod network, so kube-proxy masquerades traffic from its pods to Services during \
         the migration"
    } else {
        ""
    }
}

/// Empties an existing pool and deletes it. One without addresses in use is empty already, and has no pods that the loss of
/// a tunnel cuts off.
pub fn retire_existing(
    writer: &mut PoolWriter,
    pool: &ExistingPool,
    outage: Option<Tunnel>,
) -> Vec<Step> {
    let is_unused = pool.usage.value().is_some_and(|usage| usage.in_use == 0);
    if !is_unused {
        return retire(writer, pool.into(), outage).into();
    }
    let name = the_pool(&pool.name);
    let what = format!("disable {name}; none of its addresses are in use");
    let disable = Step::new(what).run_all(writer.disable(pool.into()));
    let mut delete = delete(writer, pool.into());
    delete.what = format!(
        "if kubectl calico status still shows none of its addresses in use, {}",
        delete.what
    );
    vec![disable, delete]
}

/// Empties a pool and deletes it. Nodes may lose the addresses of a tunnel once it is disabled.
fn retire(writer: &mut PoolWriter, pool: ChangedPool, outage: Option<Tunnel>) -> [Step; 3] {
    let mut disable = disable(writer, pool);
    if let Some(tunnel) = outage {
        disable.what.push_str(&format!(
            ". Do this and the next step in one maintenance window: until they are recreated, {}",
            tunnel.what_breaks()
        ));
    }
    [
        disable,
        recreate_pods(
            &format!("that have addresses from {}", the_pool(pool.name)),
            "kubectl calico status shows none of its addresses in use",
        ),
        delete(writer, pool),
    ]
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

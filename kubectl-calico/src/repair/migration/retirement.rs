//! The end of a pool: it is disabled, emptied and deleted.

use calico_core::cidr::Family;

use crate::facts::Facts;
use crate::facts::pools::ExistingPool;
use crate::facts::tunnel_addresses::Tunnel;
use crate::phrases::{the_pool, the_pools};
use crate::repair::kubectl::RECREATE_PODS;
use crate::repair::pool_pins::PoolPins;
use crate::repair::pool_writer::{ChangedPool, PoolWriter};
use crate::repair::step::Step;
use crate::snapshot::Snapshot;

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

/// Empties existing pools and deletes them, each with the tunnel whose addresses nodes lose with it. One without addresses
/// in use is empty already, and has no pods that this cuts off.
pub(super) fn retire_all(
    writer: &mut PoolWriter,
    pools: &[(&ExistingPool, Option<Tunnel>)],
) -> Vec<Step> {
    let by_pod_cidr = writer.is_by_pod_cidr();
    let is_unused = |pool: &ExistingPool| {
        let usage = pool.usage.value();
        by_pod_cidr || usage.is_some_and(|usage| usage.in_use == 0)
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
            step.what.push_str(&let_go(pool));
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

/// What comes before a pool is disabled, because of pods that request it by name.
fn let_go(pool: &ExistingPool) -> String {
    let family = pool.family().unwrap_or(Family::V4);
    let list = format!("{}pools", family.to_string().to_lowercase());
    format!(
        ". Before that, let pods that request it by name (annotation cni.projectcalico.org/{list}, of pods or their \
         namespaces) request another pool: they do not start without it"
    )
}

/// Empties a pool and deletes it. Nodes may lose the addresses of a tunnel once it is disabled.
pub fn retire(writer: &mut PoolWriter, pool: ChangedPool, outage: Option<Tunnel>) -> [Step; 3] {
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

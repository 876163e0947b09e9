//! Another encapsulation for an existing pool, in place.

use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;

use super::kubectl::RECREATE_PODS;
use super::mtu;
use super::pool_writer::PoolWriter;
use super::step::Step;
use crate::facts::Facts;
use crate::facts::pools::ExistingPool;
use crate::facts::ports::{Port, Traffic, list, ports};
use crate::facts::routing_mode::tunnel;
use crate::phrases::the_pool;
use crate::snapshot::Snapshot;

/// The ports that encapsulations need, besides those that are already in use.
pub fn new_ports(
    snapshot: &Snapshot,
    facts: &Facts,
    encapsulations: Vec<Encapsulation>,
) -> Vec<Port> {
    let traffic = Traffic {
        encapsulations,
        bgp: false,
        typha: false,
    };
    let mut ports = ports(snapshot, &traffic);
    ports.retain(|port| !facts.routing.ports.contains(port));
    ports
}

/// What must be open before anything is changed.
pub fn open(ports: &[Port]) -> Option<Step> {
    let what = format!("open {} between the nodes", list(ports));
    (!ports.is_empty()).then(|| Step::new(what))
}

/// The change, and what its pods need before and after it.
pub fn steps(
    snapshot: &Snapshot,
    facts: &Facts,
    writer: &mut PoolWriter,
    pool: &ExistingPool,
    to: Encapsulation,
) -> Vec<Step> {
    let name = the_pool(&pool.name);
    let change = Step::new(format!(
        "change {name} to {to} in a maintenance window: traffic between nodes is interrupted until \
         every node has switched over"
    ))
    .run_all(writer.encapsulate(pool.into(), to));
    let family = pool.family().unwrap_or(Family::V4);
    let overhead = |encapsulation| tunnel(encapsulation, family).1;
    let grows = overhead(to) > overhead(pool.encapsulation);
    let room = grows.then(|| mtu::make_room(snapshot, facts, family, to));
    let mut steps: Vec<Step> = room.flatten().into_iter().collect();
    steps.push(change);
    if grows {
        let what = format!(
            "recreate the pods of {name}, one namespace at a time: until then their MTU is too large"
        );
        steps.push(Step::new(what).run(RECREATE_PODS));
    }
    steps
}

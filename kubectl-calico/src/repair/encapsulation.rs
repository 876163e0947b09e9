//! Another encapsulation for an existing pool, in place.

use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;
use serde_json::json;

use super::kubectl::RECREATE_PODS;
use super::mtu;
use super::pool_writer::PoolWriter;
use super::resource_writer::{IP_POOLS, ResourceWriter};
use super::step::Step;
use crate::facts::Facts;
use crate::facts::cloud::Cloud;
use crate::facts::cloud_network::Ipip;
use crate::facts::pool_encapsulation::modes;
use crate::facts::pools::ExistingPool;
use crate::facts::ports::{Port, Traffic, list, ports};
use crate::facts::routing_mode::tunnel;
use crate::phrases::{pasted, the_pool};
use crate::snapshot::resources::V1;
use crate::snapshot::{Snapshot, Store};

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

/// What else changes a pool whose IPIP the cloud drops: the operator changes it through Calico's API server, whose pods
/// have addresses of such a pool, and which the Kubernetes API server then reaches only on its own node.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go and pkg/render/apiserver.go (hostNetwork).
fn unreachable_over_ipip(
    snapshot: &Snapshot,
    facts: &Facts,
    writer: &PoolWriter,
    pool: &ExistingPool,
    to: Encapsulation,
) -> Option<Step> {
    let is_dropped = |cloud: &Cloud| cloud.network().ipip == Ipip::Dropped;
    let is_dropped =
        pool.encapsulation.is_ipip() && facts.cluster.cloud.value().is_some_and(is_dropped);
    let by_operator =
        writer.asks_operator() && pool.owned_by_operator && snapshot.store == Store::V1;
    (is_dropped && by_operator).then(|| {
        let name = pasted(&pool.name);
        let (ipip, vxlan) = modes(to);
        let spec = json!({"ipipMode": ipip, "vxlanMode": vxlan});
        Step::new(format!(
            "check whether the pool has changed after a minute: ipipMode must be {ipip}, and vxlanMode {vxlan}. If not, \
             the operator does not reach Calico's API server over IPIP: change the pool directly, and the operator finds \
             it as it is listed"
        ))
        .run(format!(
            "kubectl get {IP_POOLS}.{V1} {name} -o jsonpath='{{.spec.ipipMode}} {{.spec.vxlanMode}}'"
        ))
        .run(ResourceWriter::Calicoctl.patch_spec(IP_POOLS, &pool.name, &spec))
    })
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
    steps.extend(unreachable_over_ipip(snapshot, facts, writer, pool, to));
    if grows {
        let what = format!(
            "recreate the pods of {name}, one namespace at a time: until then their MTU is too large"
        );
        steps.push(Step::new(what).run(RECREATE_PODS));
    }
    steps
}

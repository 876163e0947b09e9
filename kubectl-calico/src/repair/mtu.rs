//! An MTU of pods that was set by hand, and leaves no room for another encapsulation.

use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;

use super::step::Step;
use crate::facts::Facts;
use crate::facts::bundle::BundledSetting;
use crate::facts::cloud::Cloud;
use crate::facts::mtu::Mtu;
use crate::facts::routing_mode::tunnel;
use crate::phrases::pasted_names;
use crate::snapshot::Snapshot;
use crate::views::calico_node::CalicoNode;

/// The MTU that was set by hand. What the operator detects is not a setting.
fn set_by_hand(facts: &Facts) -> Option<i64> {
    let Some(Mtu::Bytes(mtu)) = facts.routing.mtu.value() else {
        return None;
    };
    let from = facts.routing.mtu.from().first()?;
    (*mtu > 0 && !from.field.starts_with("status")).then_some(*mtu)
}

/// The MTU of the network between the nodes, where one is usual: not on AWS, whose networks carry 9001 bytes.
fn of_network(facts: &Facts) -> Option<i64> {
    match facts.cluster.cloud.value() {
        Some(Cloud::Aws) => None,
        Some(Cloud::Google) => Some(1460),
        _ => Some(1500),
    }
}

/// Lets Calico detect the MTU of pods, after which `then`.
pub fn detect(snapshot: &Snapshot, facts: &Facts, then: &str) -> Option<Step> {
    if facts.install.is_left_to_operator() {
        let what = facts
            .install
            .lasting(format!("let Calico detect the MTU, then {then}"));
        return Some(Step::new(what).run(
            r#"kubectl patch installations.operator.tigera.io default --type=merge -p '{"spec":{"calicoNetwork":{"mtu":null}}}'"#,
        ));
    }
    if let Some(bundle) = facts.install.bundled_with() {
        let (what, command) = bundle.change(BundledSetting::DetectedMtu);
        return Some(Step::new(format!("{what}; then {then}")).run(command));
    }
    let node = CalicoNode::current(snapshot)?;
    let (_, config) = node.config();
    let (_, name) = pasted_names(&node.set.metadata);
    let what = format!("let Calico detect the MTU, restart calico-node, and {then}");
    Some(Step::new(what).run(format!(
        "kubectl patch configmap -n kube-system {config} --type=merge -p '{{\"data\":{{\"veth_mtu\":\"0\"}}}}'\n\
         kubectl rollout restart -n kube-system daemonset/{name}"
    )))
}

/// What must come before a change to an encapsulation with a larger overhead: new pods get the MTU that is set, too.
/// Source: projectcalico/calico v3.32.1, felix/dataplane/linux/int_dataplane.go (`determinePodMTU`).
pub fn make_room(
    snapshot: &Snapshot,
    facts: &Facts,
    family: Family,
    to: Encapsulation,
) -> Option<Step> {
    let mtu = set_by_hand(facts)?;
    let overhead = tunnel(to, family).1;
    let present = facts.routing.overhead.as_ref();
    if present.is_some_and(|present| present.bytes >= overhead) {
        return None;
    }
    let needed = mtu + i64::from(overhead);
    let network = of_network(facts).filter(|network| mtu <= *network);
    if network.is_some_and(|network| needed <= network) {
        return None;
    }
    let mut step = detect(snapshot, facts, "continue with the next step")?;
    step.what = format!(
        "the MTU of pods is set to {mtu}, and {to} adds {overhead} bytes: unless the network between the nodes carries \
         packets of {needed} bytes, {}",
        step.what
    );
    Some(step)
}

//! An MTU of pods that was set by hand, and leaves no room for another encapsulation.

use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;
use serde_json::json;

use super::installation_change::change_installation;
use super::kubectl::{patch_config_map, restart};
use super::step::Step;
use crate::facts::Facts;
use crate::facts::bundle::BundledSetting;
use crate::facts::cloud_network::ETHERNET_MTU;
use crate::facts::mtu::Mtu;
use crate::facts::routing_mode::tunnel;
use crate::snapshot::{ObjectRef, Snapshot};
use crate::views::calico_node::CalicoNode;

/// The MTU that was set by hand. What the operator detects is not a setting.
fn set_by_hand(facts: &Facts) -> Option<i64> {
    match facts.routing.mtu.value()? {
        Mtu::Set(mtu) if *mtu > 0 => Some(*mtu),
        _ => None,
    }
}

/// The MTU of the network between the nodes, unless it is larger than any that is set by hand.
pub fn of_network(facts: &Facts) -> Option<i64> {
    let cloud = facts.cluster.cloud.value();
    let mtu = cloud.map_or(Some(ETHERNET_MTU), |cloud| cloud.network().mtu);
    mtu.map(i64::from)
}

/// Lets Calico detect the MTU of pods, after which `then`.
pub fn detect(snapshot: &Snapshot, facts: &Facts, then: &str) -> Option<Step> {
    if facts.install.is_left_to_operator() {
        return Some(set(
            snapshot,
            facts,
            format!("let Calico detect the MTU, then {then}"),
            None,
        ));
    }
    if let Some(bundle) = facts.install.bundled_with() {
        let (what, command) = bundle.change(BundledSetting::DetectedMtu);
        return Some(Step::new(format!("{what}; then {then}")).run(command));
    }
    CalicoNode::current(snapshot)?;
    let what = format!("let Calico detect the MTU, restart calico-node, and {then}");
    Some(set(snapshot, facts, what, None))
}

/// The step that sets the MTU of pods, or lets Calico detect it; without a command for a bundle, whose own values set it.
pub fn set(snapshot: &Snapshot, facts: &Facts, what: String, mtu: Option<i64>) -> Step {
    if facts.install.is_left_to_operator() {
        let change = json!({"calicoNetwork": {"mtu": mtu}});
        return change_installation(&facts.install, what, &change);
    }
    let node = CalicoNode::current(snapshot).filter(|_| facts.install.bundled_with().is_none());
    let commands = node.into_iter().flat_map(|node| {
        let (_, config) = node.config();
        let data = json!({"veth_mtu": mtu.unwrap_or(0).to_string()});
        [
            patch_config_map(&ObjectRef::config_map(config), &data),
            restart(&node.object()).into(),
        ]
    });
    Step::new(what).run_all(commands)
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

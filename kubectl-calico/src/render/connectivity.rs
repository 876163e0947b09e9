//! What to run if pods on other nodes do not answer: in a cluster, and in general.

use anstyle::Style;
use calico_core::cidr::Family;

use super::page::{BOLD, Look, Page};
use super::table::table;
use crate::assess::connectivity::Connectivity;
use crate::assess::connectivity::carrier::{Carrier, VXLAN_PORT, WIREGUARD, WIREGUARD_V6};
use crate::assess::connectivity::ends::Ends;
use crate::assess::connectivity::path::Path;
use crate::assess::connectivity::steps;
use crate::facts::Facts;
use crate::facts::fact::Fact;
use crate::facts::routing_mode::RoutesBy;
use crate::repair::Step;

pub(super) const TITLE: &str = "If pods on other nodes do not answer";

const REMARKS: &str = "\
CrossSubnet is unencapsulated within a subnet. BIRD also needs TCP 179, Typha TCP 5473, and eBPF UDP 4789 for \
node ports. kubectl calico status -o connectivity prints the steps for the mode and the nodes of a cluster.";

/// The steps between two nodes of a cluster.
pub(super) fn section(page: &mut Page, connectivity: &Connectivity) {
    page.line(TITLE, BOLD);
    page.above_steps(&connectivity.path);
    page.blank();
    list(page, &connectivity.steps);
}

/// The steps between two nodes of a cluster, alone.
pub fn connectivity(connectivity: &Connectivity, look: Look) -> String {
    let mut page = Page::new(look);
    section(&mut page, connectivity);
    page.finish()
}

/// That there are no steps between two nodes.
pub fn no_connectivity(facts: &Facts, look: Look) -> String {
    let mut page = Page::new(look);
    page.line(&format!("no steps: {}", without_steps(facts)), Style::new());
    page.finish()
}

/// Why there are none.
fn without_steps(facts: &Facts) -> String {
    let routing = &facts.routing;
    let nodes = match &facts.cluster.nodes {
        Fact::Known { value, .. } => value.total.saturating_sub(value.windows),
        Fact::Absent { absent } => return absent.clone(),
        Fact::Unknown { unknown } => return format!("the nodes are unknown: {unknown}"),
    };
    match &routing.modes {
        _ if facts.install.is_missing() => "Calico is not installed".to_owned(),
        _ if nodes < 2 => "there are fewer than two Linux nodes".to_owned(),
        Fact::Known { value, .. } => {
            let by_cloud = value
                .iter()
                .any(|mode| mode.routes_by == Some(RoutesBy::Cloud));
            if by_cloud {
                "the cloud routes pod traffic: check its routes to the podCIDR of each node, and its \
                 firewall rules"
                    .to_owned()
            } else if routing.is_by_others() {
                "another network plugin routes pod traffic; Calico only enforces policies"
                    .to_owned()
            } else {
                "fewer than two Linux nodes have an address from calico-node".to_owned()
            }
        }
        Fact::Absent { absent } => absent.clone(),
        Fact::Unknown { unknown } => format!("how Calico routes pod traffic is unknown: {unknown}"),
    }
}

/// What each mode needs, and the steps in general.
pub fn general_connectivity(look: Look) -> String {
    let ends = Ends::unknown();
    let heading = ["MODE", "BETWEEN NODES", "INTERFACE", "FILTER"].map(str::to_owned);
    let mut rows = vec![heading.to_vec()];
    for carrier in [
        Carrier::Ipip,
        Carrier::Vxlan(Family::V4, VXLAN_PORT),
        WIREGUARD,
        WIREGUARD_V6,
        Carrier::Plain,
    ] {
        rows.push(vec![
            carrier.name().to_owned(),
            carrier.traffic(),
            carrier.interface().unwrap_or("the node's own").to_owned(),
            carrier.filter("A", "POD"),
        ]);
    }
    let mut page = Page::new(look);
    page.line(TITLE, BOLD);
    page.blank();
    for row in table(&rows) {
        page.command(&row);
    }
    page.blank();
    page.line(REMARKS, Style::new());
    page.blank();
    list(&mut page, &steps::steps(&Path::any(), &ends));
    page.finish()
}

fn list(page: &mut Page, steps: &[Step]) {
    for (index, step) in steps.iter().enumerate() {
        page.step(index + 1, &step.what);
        step.commands
            .iter()
            .for_each(|command| page.step_command(command));
    }
}

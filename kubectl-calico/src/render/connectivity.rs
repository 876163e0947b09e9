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
use crate::repair::Step;

pub(super) const TITLE: &str = "If pods on other nodes do not answer";

const REMARKS: &str = "\
CrossSubnet is unencapsulated within a subnet. BIRD also needs TCP 179, Typha TCP 5473, and eBPF UDP 4789 for \
node ports. kubectl calico status -o connectivity prints the steps for the mode and the nodes of a cluster.";

/// The steps between two nodes of a cluster.
pub(super) fn section(page: &mut Page, connectivity: &Connectivity) {
    page.line(TITLE, BOLD);
    page.command(&connectivity.path);
    page.blank();
    list(page, &connectivity.steps);
}

/// The steps between two nodes of a cluster, alone.
pub fn connectivity(connectivity: &Connectivity, look: Look) -> String {
    let mut page = Page::new(look);
    section(&mut page, connectivity);
    page.finish()
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

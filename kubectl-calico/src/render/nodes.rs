//! The list of nodes as a table, as kubectl prints one.

use super::table::table;
use crate::facts::fact::Fact;
use crate::nodes::NodeList;
use crate::nodes::agent_pod::AgentPod;
use crate::nodes::bgp_sessions::BgpSessions;
use crate::nodes::node_summary::NodeSummary;
use crate::nodes::used_address::UsedAddress;

/// A cell of which nothing is known, as in kubectl.
const UNKNOWN: &str = "<unknown>";

/// A cell of something that does not exist, as in kubectl.
const NONE: &str = "<none>";

/// How a table is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableOptions {
    /// With more columns.
    pub wide: bool,
    /// With the names of the columns, and what the BGP sessions have in common below them.
    pub headings: bool,
}

/// The heading of a column, whether only `-o wide` has it, and its cell.
type Column = (&'static str, bool, fn(&NodeSummary) -> String);

const COLUMNS: [Column; 16] = [
    ("NAME", false, |node| node.name.clone()),
    ("STATUS", false, |node| status(node)),
    ("CALICO-NODE", false, |node| cell(&node.calico_node, agent)),
    ("RESTARTS", false, |node| {
        cell(&node.calico_node, |pod| pod.restarts.to_string())
    }),
    ("ADDRESS", false, |node| {
        cell(&node.address, |it| address(it, node))
    }),
    ("BLOCKS", false, |node| {
        cell(&node.blocks, |blocks| blocks.cidrs.len().to_string())
    }),
    ("IPS", false, |node| {
        cell(&node.blocks, |blocks| {
            format!("{}/{}", blocks.in_use, blocks.total)
        })
    }),
    ("WIREGUARD", false, |node| {
        let key = |complete| if complete { "key" } else { "no key" };
        cell(&node.wireguard, |keys| key(keys.complete).to_owned())
    }),
    ("TYPHA", false, |node| {
        cell(&node.typha, |role| match role.ready {
            None => "client".to_owned(),
            Some(true) => "replica".to_owned(),
            Some(false) => "replica, not ready".to_owned(),
        })
    }),
    ("BGP", false, |node| cell(&node.bgp, sessions)),
    ("INTERNAL-IP", true, |node| {
        match node.internal_addresses.as_slice() {
            [] => NONE.to_owned(),
            addresses => addresses.join(","),
        }
    }),
    ("TUNNELS", true, |node| {
        cell(&node.tunnels, |tunnels| {
            let tunnels = tunnels.iter();
            let texts = tunnels.map(|it| format!("{}:{}", it.tunnel, it.address));
            texts.collect::<Vec<_>>().join(",")
        })
    }),
    ("BIRD", true, |node| cell(&node.bgp, bird)),
    ("ROUTES", true, |node| {
        cell(&node.bgp, |bgp| match &bgp.routes {
            Some(routes) => format!("{}/{}", routes.in_kernel, routes.total),
            None => NONE.to_owned(),
        })
    }),
    ("DOWN", true, |node| cell(&node.bgp, down)),
    ("POD", true, |node| {
        cell(&node.calico_node, |pod| pod.pod.clone())
    }),
];

/// A line for each node.
pub fn nodes(list: &NodeList, options: TableOptions) -> String {
    let columns = || COLUMNS.iter().filter(|(_, wide, _)| options.wide || !wide);
    let heading = columns()
        .map(|(heading, ..)| (*heading).to_owned())
        .collect();
    let mut rows: Vec<Vec<String>> = vec![heading];
    rows.extend(list.nodes.iter().map(|node| {
        let cells = columns().map(|(_, _, cell)| cell(node));
        cells.collect()
    }));
    let lines = table(&rows);
    let mut text: String = lines
        .iter()
        .skip(usize::from(!options.headings))
        .map(|line| format!("{line}\n"))
        .collect();
    if options.headings && !list.bgp.is_empty() {
        text.push('\n');
        text.extend(
            list.bgp
                .iter()
                .map(|sentence| format!("{}\n", capital(sentence))),
        );
    }
    text
}

/// A line for each node: `node/NAME`, as kubectl prints it.
pub fn node_names(list: &NodeList) -> String {
    let names = list.nodes.iter().map(|node| &node.name);
    let names = names.map(calico_core::text::printable);
    names.map(|name| format!("node/{name}\n")).collect()
}

fn cell<T>(fact: &Fact<T>, text: impl FnOnce(&T) -> String) -> String {
    match fact {
        Fact::Known { value, .. } => text(value),
        Fact::Absent { .. } => NONE.to_owned(),
        Fact::Unknown { .. } => UNKNOWN.to_owned(),
    }
}

fn status(node: &NodeSummary) -> String {
    let ready = if node.ready { "Ready" } else { "NotReady" };
    if node.schedulable {
        ready.to_owned()
    } else {
        format!("{ready},SchedulingDisabled")
    }
}

/// `Ready`, or the reason without its message.
fn agent(pod: &AgentPod) -> String {
    match &pod.why {
        None => "Ready".to_owned(),
        Some(why) => {
            let (reason, _) = why.split_once(':').unwrap_or((why, ""));
            reason.to_owned()
        }
    }
}

fn address(address: &UsedAddress, node: &NodeSummary) -> String {
    let used: Vec<String> = address.used.iter().map(ToString::to_string).collect();
    let used = used.join(",");
    if address.differs {
        format!("{used} (InternalIP {})", node.internal_addresses.join(","))
    } else {
        used
    }
}

fn sessions(bgp: &BgpSessions) -> String {
    match bgp.total {
        Some(total) => format!("{}/{total}", bgp.established),
        None => UNKNOWN.to_owned(),
    }
}

fn bird(bgp: &BgpSessions) -> String {
    let families = [("v4", &bgp.bird.v4), ("v6", &bgp.bird.v6)];
    let states: Vec<String> = families
        .into_iter()
        .filter_map(|(family, state)| Some(format!("{family}:{}", state.as_ref()?)))
        .collect();
    joined(&states)
}

/// The peers of the sessions that are down.
fn down(bgp: &BgpSessions) -> String {
    let down: Vec<String> = bgp
        .down()
        .map(|session| {
            let peer = session.node.as_deref().unwrap_or(&session.peer);
            match session.state.as_str() {
                "" => peer.to_owned(),
                state => format!("{peer}({state})"),
            }
        })
        .collect();
    joined(&down)
}

fn joined(parts: &[String]) -> String {
    if parts.is_empty() {
        NONE.to_owned()
    } else {
        parts.join(",")
    }
}

/// A sentence as a line of its own; a name at its beginning stays as it is.
fn capital(sentence: &str) -> String {
    for (start, with) in [("no ", "No "), ("these ", "These "), ("peer ", "Peer ")] {
        if let Some(rest) = sentence.strip_prefix(start) {
            return format!("{with}{rest}");
        }
    }
    calico_core::text::printable(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nodes::sort_key::SortKey;

    #[test]
    fn every_column_can_be_sorted_by() {
        for (heading, ..) in COLUMNS {
            for name in [heading.to_owned(), heading.to_ascii_lowercase()] {
                assert!(name.parse::<SortKey>().is_ok(), "{name}");
            }
        }
    }
}

//! The existing pools.

use super::marks;
use super::words::in_words;
use crate::assess::report::Report;
use crate::facts::ipam::CALICO;
use crate::facts::no_assignment::NoAssignment;
use crate::facts::pool_usage::PoolUsage;
use crate::facts::pools::{ALL_NODES, ExistingPool};
use crate::phrases::grouped;
use crate::render::rows::Rows;

pub(super) fn pools(rows: &mut Rows, report: &Report) {
    let facts = &report.facts;
    let text = in_words(&facts.pools, |pools| {
        let lines = pools.iter().flat_map(|pool| {
            let [mut what, usage] = lines(pool);
            for code in marks::of_pool(&pool.name, report) {
                what.push_str("  ");
                what.push_str(code);
            }
            [what, usage]
        });
        let mut lines: Vec<String> = lines.collect();
        if lines.is_empty() {
            lines.push("none".to_owned());
        }
        let is_shown = facts.by_pod_cidr() && !pools.is_empty();
        let ipam = facts.ipam.value().filter(|ipam| *ipam != CALICO);
        if let Some(ipam) = ipam.filter(|_| !is_shown) {
            lines.push(format!("{ipam} IPAM assigns pods their addresses"));
        }
        lines.join("\n")
    });
    rows.fact("IP pools", &text);
}

/// What a pool is.
pub(super) fn description(pool: &ExistingPool) -> String {
    let mut parts = vec![format!(
        "{} {} {} /{}",
        pool.name, pool.cidr, pool.encapsulation, pool.block_size
    )];
    if let Some(withheld) = &pool.withheld {
        parts.push(why(withheld));
    }
    if pool.for_load_balancers {
        parts.push("for LoadBalancer Services".to_owned());
    } else if !pool.is_for_pods() {
        parts.push("not for pods".to_owned());
    } else if pool.serves_pods() && !pool.serves_any_pod() {
        parts.push("only on request".to_owned());
    }
    if !pool.nat_outgoing && pool.serves_pods() {
        parts.push("no NAT".to_owned());
    }
    if pool.node_selector != ALL_NODES {
        parts.push(format!("for nodes with {}", pool.node_selector));
    }
    parts.join(", ")
}

/// What a pool is, and how much of it is in use.
fn lines(pool: &ExistingPool) -> [String; 2] {
    let usage = in_words(&pool.usage, |usage| {
        let mut text = format!(
            "{} of {} addresses in use",
            grouped(usage.in_use),
            grouped(usage.total)
        );
        if let Some(room) = room(usage) {
            text.push_str(&format!("; {room}"));
        }
        text
    });
    [description(pool), format!("  {usage}")]
}

fn why(withheld: &NoAssignment) -> String {
    match withheld {
        NoAssignment::Disabled | NoAssignment::SelectsNoNode => "disabled".to_owned(),
        NoAssignment::BeingDeleted(_) => "being deleted".to_owned(),
        NoAssignment::NotAllocatable { reason, .. } if reason.is_empty() => {
            "not allocatable".to_owned()
        }
        NoAssignment::NotAllocatable { reason, .. } => format!("not allocatable: {reason}"),
    }
}

/// For how many nodes there is a block, if the pool is for every node.
fn room(usage: &PoolUsage) -> Option<String> {
    let more = usage.room?;
    let waiting = match usage.nodes_waiting {
        0 => return Some(format!("blocks for {}", nodes(more, " more"))),
        some if some < usage.nodes_without_block => format!(
            "{some} of the {} that have none yet",
            nodes(usage.nodes_without_block, "")
        ),
        1 => "the node that has none yet".to_owned(),
        waiting => format!("the {} that have none yet", nodes(waiting, "")),
    };
    Some(match more {
        0 => format!("blocks for {waiting}, and for no other"),
        more => format!("blocks for {waiting}, and for {}", nodes(more, " more")),
    })
}

fn nodes(count: u128, which: &str) -> String {
    // Of an IPv6 pool, the number has no meaning beyond that.
    const MANY: u128 = 1_000_000;
    match count {
        1 => format!("1{which} node"),
        ..=MANY => format!("{}{which} nodes", grouped(count)),
        _ => format!("over a million{which} nodes"),
    }
}

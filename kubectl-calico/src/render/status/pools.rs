//! The existing pools.

use super::words::in_words;
use crate::assess::facts::Facts;
use crate::assess::facts::ipam::CALICO;
use crate::assess::facts::pools::{ALL_NODES, ExistingPool};
use crate::render::page::Page;

pub(super) fn pools(page: &mut Page, facts: &Facts) {
    let text = in_words(&facts.pools, |pools| {
        let mut lines: Vec<String> = pools.iter().flat_map(pool).collect();
        if lines.is_empty() {
            lines.push("none".to_owned());
        }
        if let Some(ipam) = facts.ipam.value().filter(|ipam| *ipam != CALICO) {
            lines.push(format!("{ipam} IPAM assigns pods their addresses"));
        }
        lines.join("\n")
    });
    page.row("IP pools", &text);
}

/// What a pool is, and how much of it is in use.
fn pool(pool: &ExistingPool) -> [String; 2] {
    let mut parts = vec![format!(
        "{} {} {} /{}",
        pool.name, pool.cidr, pool.encapsulation, pool.block_size
    )];
    if !pool.enabled {
        parts.push("disabled".to_owned());
    }
    if pool.for_load_balancers {
        parts.push("for LoadBalancer Services".to_owned());
    } else if pool.serves_pods() && !pool.serves_any_pod() {
        parts.push("on request only".to_owned());
    }
    if !pool.nat_outgoing && pool.serves_pods() {
        parts.push("no NAT".to_owned());
    }
    if pool.node_selector != ALL_NODES {
        parts.push(format!("nodes {}", pool.node_selector));
    }
    let usage = in_words(&pool.usage, |usage| {
        format!(
            "{} of {} addresses in use, {} of {} blocks; blocks for {} more nodes",
            usage.in_use,
            usage.total,
            usage.blocks,
            usage.blocks_possible,
            usage.nodes_that_fit()
        )
    });
    [parts.join(", "), format!("  {usage}")]
}

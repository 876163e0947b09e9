//! The existing pools, with their usage as a bar.

use std::fmt::Write as _;

use crate::facts::Facts;
use crate::phrases::grouped;
use crate::render::xml::escaped;

/// From this share on, a bar is a warning.
const HIGH: f64 = 0.8;

/// From this share on, it is an error.
const FULL: f64 = 0.95;

pub(super) fn pools(page: &mut String, facts: &Facts) {
    let pools = facts.known_pools().iter();
    let pools: Vec<_> = pools
        .filter_map(|pool| Some((pool, pool.usage.value()?)))
        .collect();
    if pools.is_empty() {
        return;
    }
    page.push_str("<h2>IP pools</h2>\n<table>\n");
    for (pool, usage) in pools {
        let share = usage.share().clamp(0.0, 1.0);
        let class = match share {
            share if share >= FULL => "error",
            share if share >= HIGH => "warning",
            _ => "note",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "<tr><th>{}</th><td>{} {} /{}\n{} of {} addresses in use, {} of {} blocks\n\
             <div class=\"bar\"><span class=\"{class}\" style=\"width: {:.1}%\"></span></div></td></tr>",
            escaped(&pool.name),
            escaped(&pool.cidr),
            pool.encapsulation,
            pool.block_size,
            grouped(usage.in_use),
            grouped(usage.total),
            grouped(usage.blocks),
            grouped(usage.blocks_possible),
            share * 100.0,
        );
    }
    page.push_str("</table>\n");
}

//! The blocks of the nodes, where a case changes the pools.

use std::net::Ipv4Addr;

use serde_json::Value;

/// The prefix length of the base's blocks.
const SIZE: u64 = 26;

/// Moves the blocks of the base to the pools of the case, as if those had been there from the start: a
/// block that is in no pool of its size goes to the same place of the first IPv4 pool, or away if there is
/// none. `own` are the names of the blocks that the case itself describes.
pub(super) fn follow_pools(objects: &mut Vec<Value>, own: &[String]) {
    let pools: Vec<(u32, u32)> = objects.iter().filter_map(pool).collect();
    let is_any = objects.iter().any(|object| object["kind"] == "IPPool");
    if !is_any {
        return;
    }
    let mut number = 0;
    objects.retain_mut(|object| {
        if object["kind"] != "IPAMBlock"
            || own.iter().any(|name| object["metadata"]["name"] == **name)
        {
            return true;
        }
        number += 1;
        let cidr = object["spec"]["cidr"].as_str().unwrap_or_default();
        let Some((first, last)) = bounds(cidr) else {
            return true;
        };
        if pools.iter().any(|pool| pool.0 <= first && last <= pool.1) {
            return true;
        }
        let place = pools
            .first()
            .map(|pool| (pool.0 + (number - 1) * 64, pool.1));
        let Some((start, _)) = place.filter(|(start, end)| start + 63 <= *end) else {
            return false;
        };
        let start = Ipv4Addr::from(start);
        object["spec"]["cidr"] = format!("{start}/{SIZE}").into();
        object["metadata"]["name"] =
            format!("{}-{SIZE}", start.to_string().replace('.', "-")).into();
        true
    });
}

/// The first and the last address of an IPv4 pool with blocks of this size.
fn pool(object: &Value) -> Option<(u32, u32)> {
    let spec = &object["spec"];
    let is_pool = object["kind"] == "IPPool";
    let size = spec["blockSize"].as_u64().unwrap_or(SIZE);
    (is_pool && size == SIZE).then(|| bounds(spec["cidr"].as_str()?))?
}

fn bounds(cidr: &str) -> Option<(u32, u32)> {
    let (address, prefix) = cidr.split_once('/')?;
    let prefix: u32 = prefix.parse().ok()?;
    let size = 1_u32.checked_shl(32_u32.checked_sub(prefix)?)?;
    let first = u32::from(address.parse::<Ipv4Addr>().ok()?) & !(size - 1);
    Some((first, first + (size - 1)))
}

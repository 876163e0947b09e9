//! What to do about a pool that cannot keep its range.

use calico_core::cidr::{Cidr, Family};
use calico_core::pod_network::hold;
use calico_core::pool::BlockSize;
use serde_json::{Map, Value, json};

use super::paste;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools, live_pools};
use crate::assess::check::Case;
use crate::assess::facts::pools::{Pool, modes};
use crate::repair::Step;

/// Words and a command. The CIDR of a live pool cannot be changed, so its pods go to another one;
/// that of a pool that is not there yet can.
pub(crate) fn relocate(case: &Case, pool: &CandidatePool) -> Step {
    let target = free_range(case, pool);
    match pool.live {
        Some(live) => {
            let range = match target {
                Some(target) => format!("a pool {target}"),
                None => "a pool with a range of its own, inside of the pod network if there is one"
                    .to_owned(),
            };
            let why = "the CIDR of a live pool cannot be changed";
            let what = match only_listed(case, pool) {
                Some(_) => case.facts.install.lasting(format!(
                    "add {range}, disable this one, list the new one in its place in the \
                     Installation, and recreate the pods; {why}"
                )),
                None => lasting(
                    case,
                    pool,
                    format!("add {range}, disable this one, and recreate its pods; {why}"),
                ),
            };
            Step::new(what)
                .run(target.map_or_else(String::new, |to| replacement(case, pool, live, to)))
        }
        None => {
            let range = match target {
                Some(target) => format!("make the pool {target}"),
                None => "give the pool a range inside of the pod network that nothing else has"
                    .to_owned(),
            };
            Step::new(lasting(case, pool, range))
                .run(target.map_or_else(String::new, |to| moved(pool, to)))
        }
    }
}

/// Where the Installation lists a live pool that the operator does not change by it: up to 1.32 it
/// only goes on judging what is listed.
fn only_listed(case: &Case, pool: &CandidatePool) -> Option<usize> {
    let asked = case.facts.installation.as_ref();
    let asked = asked.filter(|asked| !asked.changes_live_pools())?;
    asked.index_of(pool.cidr)
}

/// What to do about a pool that is only listed in the Installation, while others are live: those
/// are what it should list.
pub(crate) fn relist(case: &Case, pool: &CandidatePool, network: &[Cidr]) -> Step {
    let live = live_pools(case);
    let mut live = live.iter().filter(|live| live.serves_pods);
    let good = live.find_map(|live| {
        let cidr = live.network.filter(|_| live.family() == pool.family())?;
        hold(network, &cidr).then_some(cidr)
    });
    match good {
        Some(cidr) => Step::new(
            case.facts
                .install
                .lasting(format!("list {cidr}, the live pool, in its place")),
        )
        .run(moved(pool, cidr)),
        None => relocate(case, pool),
    }
}

/// The words, with where else to change what is changed in the Installation.
pub(crate) fn lasting(case: &Case, pool: &CandidatePool, what: String) -> String {
    match pool.index {
        Some(_) => case.facts.install.lasting(what),
        None => what,
    }
}

/// A part of the pod network that nothing else has: one of the CIDRs that Kubernetes was set up
/// with, as those that it is made of are not known to be free.
fn free_range(case: &Case, pool: &CandidatePool) -> Option<Cidr> {
    let network = case.facts.networks.best()?;
    let mut candidates = network.of_family(pool.family()?).map(Cidr::network);
    candidates.find(|candidate| {
        let services = case.facts.networks.services.iter();
        let mut services = services.flat_map(|network| &network.cidrs);
        let pools = candidate_pools(case);
        let mut others = pools
            .iter()
            .filter(|other| other.live.is_some() || other.cidr != pool.cidr)
            .filter_map(|other| other.network);
        !services.any(|service| service.overlaps(candidate))
            && !others.any(|other| other.overlaps(candidate))
            && !node_addresses(case).any(|(_, address)| candidate.contains(&address))
    })
}

/// The addresses of nodes, each with its node's name.
pub(crate) fn node_addresses<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'a str, Cidr)> {
    case.snapshot.nodes.items().iter().flat_map(|node| {
        let addresses = node.internal_addresses();
        addresses.filter_map(|address| {
            let bits = if address.contains(':') { 128 } else { 32 };
            let address = format!("{address}/{bits}").parse().ok()?;
            Some((node.metadata.name.as_str(), address))
        })
    })
}

/// A new pool like the old one, and no more addresses from that.
fn replacement(case: &Case, pool: &CandidatePool, old: &Pool, to: Cidr) -> String {
    let size = fitting(&to, old.block_size);
    if let (Some(index), Some(asked)) = (pool.index, &case.facts.installation) {
        let new = entry(old, &to.to_string(), size);
        let (key, value) = asked.enabled_field(false);
        let changes = [
            paste::add(&format!("{index}/{key}"), &value),
            paste::add("-", &new.into()),
        ];
        return paste::installation_pools(pool.cidr, index, changes);
    }
    let name = match to.family() {
        Family::V4 => "pods-ipv4",
        Family::V6 => "pods-ipv6",
    };
    if case
        .facts
        .known_pools()
        .iter()
        .any(|pool| pool.name == name)
    {
        return String::new();
    }
    let (ipip, vxlan) = modes(old.encapsulation);
    let spec = json!({
        "cidr": to,
        "blockSize": size,
        "ipipMode": ipip,
        "vxlanMode": vxlan,
        "natOutgoing": old.nat_outgoing,
        "nodeSelector": old.node_selector,
    });
    let added = paste::new_pool(case, name, &spec);
    let listed = only_listed(case, pool).map(|index| {
        let listed = CandidatePool {
            index: Some(index),
            ..*pool
        };
        moved(&listed, to)
    });
    let commands = [added, paste::disable(case, pool)];
    let commands: Vec<String> = commands.into_iter().chain(listed).collect();
    commands.join("\n")
}

/// A live pool as an entry of the Installation, with that range.
pub(crate) fn entry(pool: &Pool, cidr: &str, block_size: i64) -> Map<String, Value> {
    let nat = match pool.nat_outgoing {
        true => "Enabled",
        false => "Disabled",
    };
    let fields = [
        ("cidr", json!(cidr)),
        ("blockSize", json!(block_size)),
        ("encapsulation", json!(pool.encapsulation)),
        ("natOutgoing", json!(nat)),
        ("nodeSelector", json!(pool.node_selector)),
    ];
    let fields = fields.into_iter();
    fields.map(|(key, value)| (key.to_owned(), value)).collect()
}

/// A pool of the Installation, elsewhere.
fn moved(pool: &CandidatePool, to: Cidr) -> String {
    let Some(index) = pool.index else {
        return String::new();
    };
    let mut changes = vec![paste::add(&format!("{index}/cidr"), &json!(to))];
    if let Some(size) = pool.block_size.filter(|size| *size != fitting(&to, *size)) {
        let size = json!(fitting(&to, size));
        changes.push(paste::add(&format!("{index}/blockSize"), &size));
    }
    paste::installation_pools(pool.cidr, index, changes)
}

/// The block size, or the default one where it does not fit.
fn fitting(range: &Cidr, size: i64) -> i64 {
    let family = range.family();
    let fits = u8::try_from(size)
        .is_ok_and(|size| BlockSize::range(family).contains(&size) && size >= range.prefix());
    match fits {
        true => size,
        false => BlockSize::default_for(family).into(),
    }
}

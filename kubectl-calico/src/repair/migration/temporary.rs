//! A move by way of a third pool, where the new one overlaps the old one.

use calico_core::cidr::{Cidr, Family};

use super::retirement::{retire, retire_all};
use crate::facts::Facts;
use crate::facts::pools::ExistingPool;
use crate::facts::tunnel_addresses::Tunnel;
use crate::phrases::the_pool;
use crate::repair::free_range;
use crate::repair::new_pool::NewPool;
use crate::repair::pool_writer::{ChangedPool, PoolWriter};
use crate::repair::step::Step;
use crate::snapshot::Snapshot;

/// Two pools cannot overlap, so the pods have to be moved twice.
pub(super) fn by_way_of_a_third(
    snapshot: &Snapshot,
    facts: &Facts,
    writer: &mut PoolWriter,
    old: &ExistingPool,
    new: &NewPool,
    outage: Option<Tunnel>,
) -> Vec<Step> {
    let family = new.cidr.family();
    let mut existing = facts.known_pools().iter();
    if let Some(temporary) = existing.find(|pool| is_temporary(pool) && pool.name != old.name) {
        return from_temporary(writer, old, new, temporary);
    }
    let pools = facts.known_pools().iter().filter_map(|pool| pool.network);
    let used: Vec<Cidr> = pools.chain([new.cidr]).collect();
    let Some(range) = free_range::temporary(snapshot, facts, family, &used) else {
        return vec![Step::new(format!(
            "{} overlaps {}, so the pods must be moved to a temporary pool and then to the new \
             one: first move them to an unused CIDR with --cidr",
            new.cidr,
            the_pool(&old.name)
        ))];
    };
    let remark = outside_pod_network(facts, &range);
    let temporary = NewPool {
        name: temporary_name(family).to_owned(),
        cidr: range,
        ..new.clone()
    };
    let back = NewPool {
        name: old.name.clone(),
        ..new.clone()
    };
    let what = format!(
        "add a temporary pool, because {} overlaps {}{remark}",
        new.cidr,
        the_pool(&old.name)
    );
    let settings = writer.settings_of(old);
    let mut steps = vec![Step::new(what).run(writer.add(&temporary, &settings))];
    steps.extend(retire_all(writer, &[(old, outage)]));
    steps.push(Step::new("add the new pool").run(writer.add(&back, &settings)));
    let range = range.to_string();
    steps.extend(retire(
        writer,
        ChangedPool {
            name: &temporary.name,
            cidr: &range,
            owned: true,
        },
        None,
    ));
    steps
}

/// Whether a pool exists only while pods are moved.
pub fn is_temporary(pool: &ExistingPool) -> bool {
    let family = pool.family();
    family.is_some_and(|family| pool.name == temporary_name(family))
}

/// The name of such a pool.
pub(in crate::repair) fn temporary_name(family: Family) -> &'static str {
    match family {
        Family::V4 => "temporary-ipv4-pool",
        Family::V6 => "temporary-ipv6-pool",
    }
}

/// A remark on such a pool.
pub(in crate::repair) fn outside_pod_network(facts: &Facts, range: &Cidr) -> &'static str {
    let network = facts.networks.best();
    if network.is_some_and(|network| !network.cidrs.iter().any(|cidr| cidr.contains(range))) {
        "; the temporary pool is outside the pod CIDR, so kube-proxy masquerades traffic from its pods to \
         Services during the migration"
    } else {
        ""
    }
}

/// What is left to do where the temporary pool exists already.
pub fn from_temporary(
    writer: &mut PoolWriter,
    old: &ExistingPool,
    new: &NewPool,
    temporary: &ExistingPool,
) -> Vec<Step> {
    let back = NewPool {
        name: old.name.clone(),
        ..new.clone()
    };
    let settings = writer.settings_of(old);
    let mut steps = retire_all(writer, &[(old, None)]);
    steps.push(Step::new("add the new pool").run(writer.add(&back, &settings)));
    steps.extend(retire(writer, temporary.into(), None));
    steps
}

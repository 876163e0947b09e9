//! Fixes that change a pool, built on [`crate::repair`]: an existing pool, or one that the Installation
//! lists and that does not exist yet.

use calico_core::cidr::Cidr;
use calico_core::defaults::default_block_size;
use calico_core::defaults::name_of;
use calico_core::pod_network::hold;
use calico_core::pool::{BlockSize, Encapsulation};
use serde_json::{Value, json};

use crate::assess::advice::pod_network_change;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools, existing_pools};
use crate::assess::check::Case;
use crate::facts::pools::{ALL_NODES, ExistingPool};
use crate::phrases::the_pool;
use crate::repair::deleted_pool;
use crate::repair::encapsulation::{self, new_ports, open};
use crate::repair::free_range::{in_pod_network, is_clear_of_services_and_nodes, temporary};
use crate::repair::left_pods::LeftPods;
use crate::repair::migration;
use crate::repair::new_pool::NewPool;
use crate::repair::pool_writer::PoolWriter;
use crate::repair::resource_writer::delete_pool_in_datastore;
use crate::repair::room;
use crate::repair::{Step, installer_step, node_pod_cidrs};
use crate::views::ipam_blocks::block_sizes;

/// Moves a pool to a range inside the pod network that nothing else uses.
pub(crate) fn relocate(case: &Case, pool: &CandidatePool) -> Vec<Step> {
    let kept = pool
        .existing
        .filter(|pool| node_pod_cidrs::are_in(case.snapshot, case.facts, pool));
    if let Some(kept) = kept {
        return vec![node_pod_cidrs::kept(kept)];
    }
    let change = pool
        .family()
        .and_then(|family| pod_network_change::steps(case, family));
    if let Some((to, mut steps)) = change {
        steps.extend(match pool.existing {
            Some(old) => vec![
                Step::new(format!(
                    "move the pods of {} to a pool in {to}",
                    the_pool(&old.name)
                ))
                .run(format!("kubectl calico plan --cidr {to}")),
            ],
            None => move_listed(case, pool, to, &format!("set the pool's CIDR to {to}")),
        });
        return steps;
    }
    match (pool.existing, free_range(case, pool)) {
        (Some(old), Some(to)) => replace(case, old, to),
        (Some(old), None) => match disabled_inside(case, old) {
            Some(other) => back_to(case, old, other),
            None => vec![Step::new(format!(
                "move the pods of {} to a new pool with an unused CIDR inside the pod network: the \
                 CIDR of an existing pool is immutable",
                the_pool(&old.name)
            ))],
        },
        (None, Some(to)) => move_listed(case, pool, to, &format!("set the pool's CIDR to {to}")),
        (None, None) => vec![Step::new(
            "give the pool an unused CIDR inside the pod network",
        )],
    }
}

/// A disabled pool inside the pod network, which takes the range that a new pool would have.
fn disabled_inside<'a>(case: &Case<'a>, old: &ExistingPool) -> Option<&'a ExistingPool> {
    let network = case.facts.networks.best()?;
    let mut pools = case.facts.known_pools().iter();
    pools.find(|pool| {
        let inside = pool.network.is_some_and(|cidr| {
            hold(&network.cidrs, &cidr)
                && is_clear_of_services_and_nodes(case.snapshot, case.facts, &cidr)
        });
        let has_room = || {
            let load = room::Load::of(case.snapshot, old);
            let network = pool.network?;
            Some(room::shortage(&load, old, &network, pool.block_size).is_none())
        };
        inside
            && pool.is_for_pods()
            && pool.is_disabled()
            && pool.family() == old.family()
            && pool.can_take_over(old)
            && has_room() == Some(true)
    })
}

/// Moves the pods of a pool to one that was disabled in its favor.
fn back_to(case: &Case, old: &ExistingPool, other: &ExistingPool) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let enable = Step::new(format!(
        "enable {} again, which is inside the pod network",
        the_pool(&other.name)
    ))
    .run_all(writer.enable(other.into()));
    let mut steps: Vec<Step> = migration::unpin(case.snapshot, case.facts, old)
        .into_iter()
        .collect();
    steps.push(enable);
    steps.extend(migration::retire_existing(&mut writer, old, None));
    made_lasting(case, &writer, steps)
}

/// What to do about a pool that is only listed in the Installation while others exist: the Installation
/// should list the existing ones.
pub(crate) fn relist(case: &Case, pool: &CandidatePool, network: &[Cidr]) -> Vec<Step> {
    let inside = existing_pools(case)
        .iter()
        .filter(|existing| existing.serves_pods && existing.family() == pool.family())
        .filter_map(|existing| existing.network)
        .find(|cidr| hold(network, cidr));
    match inside {
        Some(cidr) => {
            let what = format!("list the existing pool {cidr} instead");
            move_listed(case, pool, cidr, &what)
        }
        None => relocate(case, pool),
    }
}

/// Gives a pool another encapsulation.
pub(crate) fn encapsulate(case: &Case, pool: &CandidatePool, to: Encapsulation) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let mut steps = Vec::new();
    if let Some(existing) = pool.existing {
        steps.extend(writer.restore_before_changing(existing));
        steps.extend(open(&new_ports(case.snapshot, case.facts, vec![to])));
        steps.extend(encapsulation::steps(
            case.snapshot,
            case.facts,
            &mut writer,
            existing,
            to,
        ));
    } else if let Some(index) = pool.index {
        let step = Step::new(format!("set the pool's encapsulation to {to}"));
        steps.push(step.run(writer.set_listed(index, &[("encapsulation", json!(to))])));
    }
    made_lasting(case, &writer, steps)
}

/// What host-local IPAM needs where neither Calico nor VXLAN carries the traffic of pods.
pub(crate) fn routes_of_cloud() -> Step {
    Step::new(
        "make sure that the cloud has a route to the pod CIDR of each node, and that IP \
            forwarding is on; VXLAN is no alternative, because it does not work with host-local \
            IPAM",
    )
}

/// Gives a pool VXLAN. With host-local IPAM, for which Felix has no routes and which the operator rejects
/// with VXLAN, the pool goes without encapsulation, by routes of the cloud.
/// Source: tigera/operator v1.28.5 to v1.43.0, pkg/controller/installation/validation.go
/// (`IPAMPluginHostLocal`).
pub(crate) fn encapsulate_for_cloud(case: &Case, pool: &CandidatePool) -> Vec<Step> {
    if !case.facts.by_pod_cidr() {
        return encapsulate(case, pool, Encapsulation::Vxlan);
    }
    let mut steps = vec![routes_of_cloud()];
    steps.extend(encapsulate(case, pool, Encapsulation::None));
    steps
}

/// Lets the deletion of a pool complete.
pub(crate) fn complete_deletion(case: &Case, pool: &ExistingPool) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let steps = deleted_pool::complete(case.snapshot, case.facts, &mut writer, pool);
    made_lasting(case, &writer, steps)
}

/// Deletes a pool that shares addresses with one that stays. Pods in the shared range keep their
/// addresses, so the pool need not become empty, which it never would: the addresses that the other
/// pool assigns there count for both. Only what the other pool cannot hold is recreated: addresses
/// outside its range, and blocks of another size, beside which it would assign addresses again.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam_block_reader_writer.go.
pub(crate) fn delete_overlapping(
    case: &Case,
    goes: &ExistingPool,
    stays: &ExistingPool,
) -> Vec<Step> {
    if goes.is_being_deleted() {
        return complete_deletion(case, goes);
    }
    let name = the_pool(&goes.name);
    if let Some(step) = replaced_first(goes, stays) {
        return vec![step];
    }
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let mut steps: Vec<Step> = writer.restore_before_changing(goes).into_iter().collect();
    let mut retire = Vec::new();
    if !stays.uses().covers(goes.uses()) {
        retire.push(Step::new(format!(
            "create a pool with the allowedUses of {name} in a range that no pool has, and move to it what uses \
             addresses from {name}: {} does not allow that use",
            the_pool(&stays.name)
        )));
    } else if goes.serves_pods() && !goes.serves_any_pod() {
        retire.push(Step::new(format!(
            "let the pods that request {name} by its name (annotation cni.projectcalico.org/ipv4pools or ipv6pools, of \
             pods or their namespaces) request another pool: they do not start without it"
        )));
    }
    if !goes.is_disabled() {
        retire.extend(migration::unpin(case.snapshot, case.facts, goes));
        let mut disable = migration::disable(&mut writer, goes.into());
        if !goes.is_for_pods() {
            disable.what = format!("disable {name}; its addresses in use stay as they are");
        }
        retire.push(disable);
    }
    let size = goes.block_size;
    if !stays.uses().covers(goes.uses()) {
        // Nothing of it moves to the other pool.
    } else if size != stays.block_size {
        retire.push(migration::recreate_pods(
            &format!("that have addresses in blocks of /{size}, the size of {name}"),
            "calicoctl ipam show --show-blocks lists none of that size",
        ));
    } else if is_larger(goes, stays) {
        retire.push(migration::recreate_pods(
            &format!("that have addresses from {name} outside {}", stays.cidr),
            "kubectl calico status shows the same number in use for both pools",
        ));
    }
    retire.push(migration::delete(&mut writer, goes.into()));
    if goes.is_for_pods() && goes.encapsulation != stays.encapsulation {
        retire.push(migration::recreate_pods(
            &format!(
                "with addresses in {}, whose traffic is {} from now on, but whose MTU is still that of {}",
                goes.cidr, stays.encapsulation, goes.encapsulation
            ),
            "all of them have been recreated",
        ));
    }
    if let Some(first) = retire.first_mut() {
        first.what = format!("keep {}: {}", the_pool(&stays.name), first.what);
    }
    steps.extend(retire);
    made_lasting(case, &writer, steps)
}

/// What comes before a pool can be deleted in favor of one that does not give addresses to all of its pods.
fn replaced_first(goes: &ExistingPool, stays: &ExistingPool) -> Option<Step> {
    let (name, other) = (the_pool(&goes.name), the_pool(&stays.name));
    let selects_alike = [ALL_NODES, &goes.node_selector].contains(&stays.node_selector.as_str());
    let missing = stays
        .network
        .filter(|_| is_larger(goes, stays))
        .and_then(|range| room::missing_addresses(goes, &range));
    let why = if goes.serves_any_pod() && !(stays.serves_any_pod() && selects_alike) {
        format!("{other} gives no addresses to some of the pods that have theirs from {name}")
    } else {
        missing?
    };
    Some(Step::new(format!(
        "create a pool with the settings of {name} in a range that no pool has, and only then disable {name}, recreate \
         the pods that have addresses from it, and delete it: {why}"
    )))
}

/// Whether the range of a pool is not part of that of another one.
fn is_larger(pool: &ExistingPool, other: &ExistingPool) -> bool {
    let both = pool.network.zip(other.network);
    both.is_some_and(|(pool, other)| !other.contains(&pool))
}

/// A remark on a range that is used only because the pod network has no free one.
fn outside_pod_network(case: &Case, cidr: &Cidr) -> &'static str {
    let network = case.facts.networks.best();
    if network.is_some_and(|network| !hold(&network.cidrs, cidr)) {
        "; this range is outside the pod CIDR, where kube-proxy masquerades traffic from pods: if \
         the pod CIDR has an unused range, use that instead"
    } else {
        ""
    }
}

/// Replaces a listed pool that Calico's API can neither change nor delete: since Calico 3.32, one with
/// host bits. While it is listed, the operator creates no other pool either.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go, which creates pools
/// before it deletes any; projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go.
pub(crate) fn replace_undeletable(case: &Case, old: &ExistingPool) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let used: Vec<Cidr> = case
        .facts
        .known_pools()
        .iter()
        .filter_map(|pool| pool.network)
        .collect();
    let range = old
        .family()
        .and_then(|family| temporary(case.snapshot, case.facts, family, &used));
    let replaced = range.and_then(|cidr| {
        let new = NewPool {
            name: name_of(&cidr),
            cidr,
            block_size: block_size(case, &cidr, old.block_size),
            encapsulation: old.encapsulation,
        };
        Some((cidr, writer.replace_listed(old, &new)?))
    });
    let first = match replaced {
        Some((cidr, command)) => Step::new(format!(
            "list another pool, such as {cidr}, in place of {}: the operator can neither change \
             nor delete it, and does not create any other pool while it is listed{}",
            the_pool(&old.name),
            outside_pod_network(case, &cidr)
        ))
        .run(command),
        None => Step::new("add another pool with an unused CIDR"),
    };
    let steps = vec![
        first,
        Step::new(format!(
            "once the new pool exists, delete {} directly in the datastore, because Calico's API \
             refuses to delete it; its pods then have no network until they are recreated",
            the_pool(&old.name)
        ))
        .run(delete_pool_in_datastore(case.snapshot, &old.name)),
        Step::new("recreate all pods that use the pool, one namespace at a time")
            .run(migration::RECREATE_PODS),
    ];
    made_lasting(case, &writer, steps)
}

/// Changes fields of a pool: those of its entry in the Installation, or a merge patch of the spec of
/// the IPPool.
pub(crate) fn set(
    case: &Case,
    pool: &CandidatePool,
    what: impl Into<String>,
    entry: &[(&str, Value)],
    spec: &Value,
) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let mut steps = Vec::new();
    if let Some(existing) = pool.existing {
        steps.extend(writer.restore_before_changing(existing));
        let commands = writer.set(existing.into(), entry, spec);
        steps.push(Step::new(what).run_all(commands));
    } else if let Some(index) = pool.index {
        steps.push(Step::new(what).run(writer.set_listed(index, entry)));
    }
    made_lasting(case, &writer, steps)
}

/// Enables a disabled pool. Calico's API rejects this, as any other change, of a pool with an invalid field.
pub(crate) fn enable(case: &Case, pool: &ExistingPool, what: impl Into<String>) -> Vec<Step> {
    if let Some(invalid) = pool.invalid_once_enabled() {
        return vec![Step::new(format!(
            "add another pool: Calico's API refuses to enable {}, because {}",
            the_pool(&pool.name),
            invalid.why
        ))];
    }
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let mut steps: Vec<Step> = writer.restore_before_changing(pool).into_iter().collect();
    steps.push(Step::new(what).run_all(writer.enable(pool.into())));
    made_lasting(case, &writer, steps)
}

/// Changes fields of an entry of the Installation, and nothing else.
pub(crate) fn set_listed(
    case: &Case,
    index: usize,
    what: impl Into<String>,
    entry: &[(&str, Value)],
) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let step = Step::new(what).run(writer.set_listed(index, entry));
    made_lasting(case, &writer, vec![step])
}

/// Lists pools of the operator again.
pub(crate) fn restore(case: &Case, pool: &ExistingPool) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let step = writer
        .restore_before_changing(pool)
        .or_else(|| writer.restore(&[pool]));
    made_lasting(case, &writer, step.into_iter().collect())
}

/// Lists new pools in an Installation that lists none.
pub(crate) fn list(case: &Case, what: impl Into<String>, entries: Vec<Value>) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let step = Step::new(what).run(writer.list_more(entries));
    made_lasting(case, &writer, vec![step])
}

/// A CIDR of the pod network that the pool could have.
fn free_range(case: &Case, pool: &CandidatePool) -> Option<Cidr> {
    let others: Vec<Cidr> = candidate_pools(case)
        .iter()
        .filter(|other| other.existing.is_some() || other.cidr != pool.cidr)
        .filter_map(|other| other.network)
        .collect();
    in_pod_network(case.snapshot, case.facts, pool.family()?, &others)
}

fn replace(case: &Case, old: &ExistingPool, to: Cidr) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let mut steps: Vec<Step> = writer.restore_before_changing(old).into_iter().collect();
    let pods = LeftPods::of(case.snapshot, case.facts, &to, old.encapsulation);
    let load = room::Load::of(case.snapshot, old);
    let mut size = block_size(case, &to, old.block_size);
    if block_sizes(case.snapshot, &to).is_empty() {
        size = load.block_size(&to, size);
    }
    if let Some(shortage) = room::shortage(&load, old, &to, size) {
        return pod_network_change::widened(case, old, &to, &shortage);
    }
    let new = NewPool {
        name: name_of(&to),
        cidr: to,
        block_size: size,
        encapsulation: pods.map_or(old.encapsulation, |pods| pods.encapsulation),
    };
    steps.extend(migration::steps(
        case.snapshot,
        case.facts,
        &mut writer,
        old,
        &new,
    ));
    made_lasting(case, &writer, steps)
}

/// Another CIDR for a pool that does not exist yet.
fn move_listed(case: &Case, pool: &CandidatePool, to: Cidr, what: &str) -> Vec<Step> {
    let Some(index) = pool.index else {
        return vec![Step::new(what)];
    };
    let mut fields = vec![("cidr", json!(to))];
    let written = pool.block_size;
    let size = written.map(|size| block_size(case, &to, size));
    fields.extend(
        size.filter(|_| size != written)
            .map(|size| ("blockSize", json!(size))),
    );
    set_listed(case, index, what, &fields)
}

/// The block size of a pool in a range: that of the blocks in it, whose pool was deleted; else this one, or the default
/// one where it does not fit.
fn block_size(case: &Case, range: &Cidr, size: i64) -> i64 {
    let family = range.family();
    let live = block_sizes(case.snapshot, range).first().copied();
    let size = live.map_or(size, i64::from);
    let fits = u8::try_from(size)
        .is_ok_and(|size| BlockSize::range(family).contains(&size) && size >= range.prefix());
    if fits {
        size
    } else {
        default_block_size(family).into()
    }
}

/// Adds the steps that let a change to the Installation happen, and last.
fn made_lasting(case: &Case, writer: &PoolWriter, steps: Vec<Step>) -> Vec<Step> {
    let values = "kubectl calico plan -o values";
    installer_step::lasting(case.snapshot, case.facts, writer, steps, values, None)
}

//! The steps of a change, where pools exist.

use calico_core::defaults::name_of;

use super::draft::Draft;
use super::helm::{again, chart_version};
use super::{new_family, operator};
use crate::phrases::the_pool;
use crate::plan::comparison::PoolComparison;
use crate::plan::inputs::Inputs;
use crate::plan::pool::Pool;
use crate::repair::new_pool::NewPool;
use crate::repair::pool_writer::PoolWriter;
use crate::repair::step::until_withheld;
use crate::repair::{Step, deleted_pool, encapsulation, installer_step, migration, room};

/// From the existing pools to the planned ones, unless something is `blocked`.
pub(super) fn steps(draft: &Draft, blocked: Option<Step>) -> Vec<Step> {
    let (inputs, planned) = (draft.inputs, draft.pools);
    let mut writer = PoolWriter::of(inputs.snapshot, inputs.facts);
    let mut steps: Vec<Step> = writer.restore_unlisted().into_iter().collect();
    let mut changes = new_family::steps(inputs, planned, &mut writer);
    let changed = draft
        .existing
        .iter()
        .filter(|compared| !compared.changes.is_empty() && !compared.being_deleted);
    let changes_owned = changed.clone().any(|compared| compared.owned_by_operator);
    changes.extend(changed.flat_map(|compared| change(inputs, planned, compared, &mut writer)));
    let deleted = inputs
        .existing_pools()
        .filter(|pool| pool.is_being_deleted());
    for pool in deleted {
        changes.extend(deleted_pool::complete(
            inputs.snapshot,
            inputs.facts,
            &mut writer,
            pool,
        ));
    }
    if inputs.facts.install.is_being_removed {
        return blocked.into_iter().collect();
    }
    let needs_operator = writer.changed_list() || changes_owned;
    let stopped = || operator::first(inputs, draft.of_cluster).filter(|_| needs_operator);
    if !changes.is_empty()
        && let Some(first) = blocked.or_else(stopped)
    {
        steps.push(first);
        return steps;
    }
    steps.extend(encapsulation::open(draft.ports));
    steps.extend(changes);
    let steps = installer_step::lasting(
        inputs.snapshot,
        inputs.facts,
        &writer,
        steps,
        &again(inputs, "values"),
        chart_version(inputs).as_deref(),
    );
    until_withheld(steps)
}

/// From an existing pool to the planned one of its family.
fn change(
    inputs: &Inputs,
    planned: &[Pool],
    compared: &PoolComparison,
    writer: &mut PoolWriter,
) -> Vec<Step> {
    let old = inputs
        .existing_pools()
        .find(|pool| pool.name == compared.pool);
    let new = planned
        .iter()
        .find(|pool| pool.existing.as_deref() == Some(&compared.pool))
        .and_then(new_pool);
    let (Some(old), Some(new)) = (old, new) else {
        return Vec::new();
    };
    if compared.takes_a_new_pool() {
        if let Some(missing) = missing_room(inputs, planned, compared) {
            return vec![Step::new(format!(
                "keep {}, and choose a larger range with --cidr: {missing}",
                the_pool(&old.name)
            ))];
        }
        migration::steps(inputs.snapshot, inputs.facts, writer, old, &new)
    } else {
        encapsulation::steps(
            inputs.snapshot,
            inputs.facts,
            writer,
            old,
            new.encapsulation,
        )
    }
}

/// Why a pool must be kept, although the plan has another one in its place: that has too few addresses.
pub(in crate::plan) fn missing_room(
    inputs: &Inputs,
    planned: &[Pool],
    compared: &PoolComparison,
) -> Option<String> {
    let mut existing = inputs.existing_pools();
    let old = existing.find(|pool| pool.name == compared.pool)?;
    let mut planned = planned.iter();
    let new = planned.find(|pool| pool.existing.as_deref() == Some(&compared.pool));
    let cidr = new?.cidr.value().filter(|_| compared.takes_a_new_pool())?;
    room::missing_addresses(inputs.snapshot, &[old], cidr)
}

/// A planned pool, if its values are settled.
fn new_pool(pool: &Pool) -> Option<NewPool> {
    let cidr = *pool.cidr.value()?;
    Some(NewPool {
        name: name_of(&cidr),
        cidr,
        block_size: (*pool.block_size.value()?).into(),
        encapsulation: *pool.encapsulation.value()?,
    })
}

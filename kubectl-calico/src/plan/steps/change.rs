//! The steps of a change, where pools exist.

use calico_core::defaults::name_of;

use super::helm::{again, chart_version};
use super::new_family;
use crate::assess;
use crate::assess::check::{Case, Check};
use crate::assess::checks::operator::OPERATOR_NOT_READY;
use crate::facts::ports::Port;
use crate::phrases::the_pool;
use crate::plan::comparison::PoolComparison;
use crate::plan::inputs::Inputs;
use crate::plan::pool::Pool;
use crate::repair::new_pool::NewPool;
use crate::repair::pool_writer::PoolWriter;
use crate::repair::step::until_withheld;
use crate::repair::{Step, deleted_pool, encapsulation, installer_step, migration, room};
use crate::views::objects::operator_deployment;

/// From the existing pools to the planned ones.
pub(crate) fn steps(
    inputs: &Inputs,
    planned: &[Pool],
    existing: &[PoolComparison],
    ports: &[Port],
    blocked: Option<Step>,
) -> Vec<Step> {
    let mut writer = PoolWriter::of(inputs.snapshot, inputs.facts);
    let mut steps: Vec<Step> = writer.restore_unlisted().into_iter().collect();
    let mut changes = new_family::steps(inputs, planned, &mut writer);
    changes.extend(
        existing
            .iter()
            .filter(|compared| !compared.changes.is_empty() && !compared.being_deleted)
            .flat_map(|compared| change(inputs, planned, compared, &mut writer)),
    );
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
    let blocked = blocked.or_else(|| without_operator(inputs).filter(|_| writer.changed_list()));
    if let Some(blocked) = blocked.filter(|_| !changes.is_empty()) {
        steps.push(blocked);
        return steps;
    }
    steps.extend(encapsulation::open(ports));
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

/// What comes first if no operator applies what the Installation lists: pods that are recreated before that get
/// addresses from the old pool again, and once an operator runs, it deletes that pool under them.
fn without_operator(inputs: &Inputs) -> Option<Step> {
    let case = Case {
        snapshot: inputs.snapshot,
        facts: inputs.facts,
    };
    let is_it = |check: &Check| check.entry.code == OPERATOR_NOT_READY.entry.code;
    let mut found = assess::found(&case, &inputs.snapshot.unknown(), is_it);
    let commands = match found.pop() {
        Some(finding) => finding
            .fix
            .into_iter()
            .flat_map(|step| step.commands)
            .collect(),
        // What crash-loops, or has no image, has a finding of its own.
        None => {
            let status = operator_deployment(inputs.snapshot)?.status.as_ref()?;
            let is_ready = status.ready_replicas.is_some_and(|ready| ready > 0);
            (!is_ready).then(Vec::new)?
        }
    };
    let step = Step::new(
        "make sure that the operator runs first, as kubectl calico status says, then plan again: until then, nothing \
         applies changes to the Installation, and the steps are not shown",
    );
    Some(
        commands
            .into_iter()
            .fold(step, |step, command: String| step.run(command)),
    )
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
        if let Some(missing) = room::missing_addresses(&[old], &new.cidr) {
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

//! The steps of a change, where pools are live.

use super::helm::{upgrade, write_values};
use super::migrate::RECREATE;
use super::way::Way;
use super::{migrate, new_family, restore};
use crate::assess::facts::install::Method;
use crate::assess::facts::installer::Installer;
use crate::assess::facts::pools;
use crate::assess::facts::ports::{Port, in_a_row};
use crate::assess::facts::routing::tunnel;
use crate::assess::finding::Finding;
use crate::plan::comparison::PoolComparison;
use crate::plan::findings::forbids_change;
use crate::plan::inputs::Inputs;
use crate::plan::pool::Pool;
use crate::repair::Step;

/// From the live pools to those that are planned.
pub(crate) fn steps(
    inputs: &Inputs,
    planned: &[Pool],
    live: &[PoolComparison],
    ports: &[Port],
    findings: &[Finding],
) -> Vec<Step> {
    let mut steps: Vec<Step> = restore::step(inputs).into_iter().collect();
    let changed: Vec<(&Pool, &PoolComparison)> = live
        .iter()
        .filter(|compared| !compared.changes.is_empty())
        .filter_map(|compared| {
            let of = |pool: &&Pool| pool.live.as_deref() == Some(&compared.pool);
            Some((planned.iter().find(of)?, compared))
        })
        .collect();
    let mut added = new_family::steps(inputs, planned);
    if !(changed.is_empty() && added.is_empty()) && findings.iter().any(forbids_change) {
        steps.push(Step::new(
            "ask for something else, or put right what is wrong above: the change would break \
             what runs, so its commands are not shown",
        ));
        return steps;
    }
    steps.extend(open(ports));
    steps.append(&mut added);
    for (pool, compared) in changed {
        let live = inputs.live_pools().find(|live| live.name == compared.pool);
        steps.extend(
            live.into_iter()
                .flat_map(|live| match compared.takes_a_new_pool() {
                    true => migrate::steps(inputs, pool, live),
                    false => in_place(inputs, pool, live),
                }),
        );
    }
    if !steps.is_empty() {
        steps.extend(lasting(inputs));
    }
    steps
}

/// What is to be open first.
fn open(ports: &[Port]) -> Option<Step> {
    (!ports.is_empty()).then(|| {
        let ports = in_a_row(ports);
        Step::new(format!(
            "open {ports} between the nodes, before anything is changed"
        ))
    })
}

/// Another encapsulation.
fn in_place(inputs: &Inputs, planned: &Pool, live: &pools::Pool) -> Vec<Step> {
    let Some(to) = planned.encapsulation.value() else {
        return Vec::new();
    };
    let name = &live.name;
    let command = Way::of(inputs, live).encapsulate(name, &live.cidr, *to);
    let mut steps = vec![Step::new(format!("change {name}, at a quiet time")).run(command)];
    let overhead = |encapsulation| tunnel(encapsulation, planned.family).1;
    if overhead(*to) > overhead(live.encapsulation) {
        let what = format!(
            "recreate the pods of {name}, in one namespace after the other: until then they keep \
             an MTU that is too large"
        );
        steps.push(Step::new(what).run(RECREATE));
    }
    steps
}

/// Whoever writes the Installation writes it again. Before the pools have changed, this would be
/// one more change.
fn lasting(inputs: &Inputs) -> Option<Step> {
    let Some(Method::Operator { by }) = inputs.facts.install.method.value() else {
        return None;
    };
    let Installer::Helm { release, namespace } = by else {
        return by.also_change().map(Step::new);
    };
    let step = Step::new(
        "once that is done, put the pools into the release's values, or its next upgrade takes \
         them back",
    );
    Some(
        step.run(write_values(inputs))
            .run(upgrade(inputs, release, namespace)),
    )
}

//! The steps of a change, where pools are live.

use super::basis::Basis;
use super::command::{upgrade, write_values};
use super::live::Compared;
use super::migrate::RECREATE;
use super::way::Way;
use super::{Pool, added, live, lost, migrate};
use crate::assess::facts::install::Method;
use crate::assess::facts::installer::Installer;
use crate::assess::facts::pools;
use crate::assess::facts::ports::{Port, in_a_row};
use crate::assess::facts::routing::tunnel;
use crate::assess::finding::{Finding, Severity};
use crate::repair::Step;

/// From the live pools to those that are planned.
pub(super) fn steps(
    basis: &Basis,
    planned: &[Pool],
    live: &[Compared],
    ports: &[Port],
    findings: &[Finding],
) -> Vec<Step> {
    let mut steps: Vec<Step> = lost::put_back(basis).into_iter().collect();
    let changed: Vec<(&Pool, &Compared)> = live
        .iter()
        .filter(|compared| !compared.changes.is_empty())
        .filter_map(|compared| {
            let of = |pool: &&Pool| pool.live.as_deref() == Some(&compared.pool);
            Some((planned.iter().find(of)?, compared))
        })
        .collect();
    let mut added = added::steps(basis, planned);
    if !(changed.is_empty() && added.is_empty()) && findings.iter().any(breaks) {
        steps.push(Step::new(
            "ask for something else, or put right what is wrong above: the change would break \
             what runs, so its commands are not shown",
        ));
        return steps;
    }
    steps.extend(open(ports));
    steps.append(&mut added);
    for (pool, compared) in changed {
        let live = basis.live_pools().find(|live| live.name == compared.pool);
        steps.extend(
            live.into_iter()
                .flat_map(|live| match compared.takes_a_new_pool() {
                    true => migrate::steps(basis, pool, live),
                    false => in_place(basis, pool, live),
                }),
        );
    }
    if !steps.is_empty() {
        steps.extend(lasting(basis));
    }
    steps
}

/// Whether a change must not be made. What a live pool cannot become takes the way to another pool.
pub(super) fn breaks(finding: &Finding) -> bool {
    finding.severity == Severity::Error && finding.code != live::FIXED
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
fn in_place(basis: &Basis, planned: &Pool, live: &pools::Pool) -> Vec<Step> {
    let Some(to) = planned.encapsulation.value() else {
        return Vec::new();
    };
    let name = &live.name;
    let command = Way::of(basis, live).encapsulate(name, &live.cidr, *to);
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
fn lasting(basis: &Basis) -> Option<Step> {
    let Some(Method::Operator { by }) = basis.facts.install.method.value() else {
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
        step.run(write_values(basis))
            .run(upgrade(basis, release, namespace)),
    )
}

//! The encapsulation of a planned pool.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::Encapsulation;

use super::cloud::{CloudPreference, drops, network};
use super::constraint::{Constraint, constraints};
use super::objections;
use super::precedence::settled_by;
use crate::assess::advice::sound_encapsulation::better;
use crate::assess::check::Case;
use crate::assess::checks::drift::cure::requested_encapsulation;
use crate::assess::finding::Finding;
use crate::facts::pools::ExistingPool;
use crate::plan::choice::Choice;
use crate::plan::inputs::Inputs;
use crate::repair::left_pods::LeftPods;
use crate::snapshot::{ObjectRef, Provenance};

/// The flag that sets it.
const FLAG: &str = "--encapsulation";

/// The chosen encapsulation, and others that would work.
pub(crate) struct ChosenEncapsulation {
    pub(crate) choice: Choice<Encapsulation>,
    pub(crate) alternatives: Vec<String>,
    pub(crate) findings: Vec<Finding>,
}

/// The encapsulation of a family's pool.
pub(crate) fn choose(inputs: &Inputs, family: Family, cidr: Option<&Cidr>) -> ChosenEncapsulation {
    match settled(inputs, family, cidr) {
        Some(choice) => ChosenEncapsulation {
            findings: choice
                .value()
                .map_or_else(Vec::new, |e| objections::findings(inputs, family, *e, cidr)),
            choice,
            alternatives: Vec::new(),
        },
        None => derived(inputs, family),
    }
}

/// The encapsulation that does not depend on the network.
fn settled(inputs: &Inputs, family: Family, cidr: Option<&Cidr>) -> Option<Choice<Encapsulation>> {
    let existing = inputs.existing(family);
    let pods = cidr.and_then(|cidr| {
        let otherwise = existing.map_or(Encapsulation::Vxlan, |pool| pool.encapsulation);
        let pods = LeftPods::of(inputs.snapshot, inputs.facts, cidr, otherwise)?;
        let why = format!(
            "that of the pods that still have addresses in {cidr}, whose pool was deleted: {}",
            pods.shown_by?
        );
        Some(Choice::reasoned(pods.encapsulation, why))
    });
    let is_new = pods.is_some();
    let existing = existing.filter(|_| !is_new).map(|pool| {
        if let Some(requested) = requested(inputs, pool) {
            return requested;
        }
        if cidr.is_some_and(|cidr| pool.network != Some(*cidr))
            && let Some(better) = better(&of_cluster(inputs), pool)
        {
            let why = format!(
                "{}; a new pool takes the place of {} in any case",
                better.why, pool.name
            );
            return Choice::reasoned(better.encapsulation, why);
        }
        let why = format!(
            "that of the existing pool {}; changing it disrupts traffic",
            pool.name
        );
        let from = Provenance::new(pool.object(), "spec.ipipMode, spec.vxlanMode");
        Choice::known(pool.encapsulation, why, from)
    });
    // The entry is that of the pool from which this one is planned.
    let is_of_another = is_new && inputs.existing(family).is_some();
    let listed = inputs
        .listed(family)
        .filter(|_| !is_of_another)
        .and_then(|(_, pool)| pool.encapsulation.as_deref()?.parse().ok());
    settled_by(inputs.request.encapsulation(family), FLAG, existing, listed).or(pods)
}

/// That of the pool's entry, if the operator has yet to apply it and what the pool has is wrong.
fn requested(inputs: &Inputs, pool: &ExistingPool) -> Option<Choice<Encapsulation>> {
    let requested = requested_encapsulation(&of_cluster(inputs), pool)?;
    let why = format!(
        "listed in the Installation, which the operator has yet to apply to the pool {}",
        pool.name
    );
    let from = Provenance::new(ObjectRef::installation(), "spec.calicoNetwork.ipPools");
    Some(Choice::known(requested, why, from))
}

fn of_cluster<'a>(inputs: &Inputs<'a>) -> Case<'a> {
    Case {
        snapshot: inputs.snapshot,
        facts: inputs.facts,
    }
}

/// The first that suits the network and that no constraint excludes.
fn derived(inputs: &Inputs, family: Family) -> ChosenEncapsulation {
    let network = network(inputs);
    let constraints = constraints(inputs, family);
    let cloud = inputs.facts.cluster.cloud.value();
    let is_allowed = |e: Encapsulation| {
        constraints.iter().all(|constraint| (constraint.allows)(e))
            && !cloud.is_some_and(|cloud| drops(*cloud, e))
    };
    let Some(value) = network.preference.into_iter().find(|e| is_allowed(*e)) else {
        let why = format!("no encapsulation works: {}", reasons(&constraints));
        return ChosenEncapsulation {
            choice: Choice::undetermined(why, FLAG),
            alternatives: Vec::new(),
            findings: Vec::new(),
        };
    };
    let alternatives = network
        .alternatives
        .iter()
        .filter(|(e, _)| *e != value && is_allowed(*e))
        .map(|(e, requires)| format!("{e}: {requires}"))
        .collect();
    ChosenEncapsulation {
        choice: reasoned(value, network, constraints, family),
        alternatives,
        findings: Vec::new(),
    }
}

/// The encapsulation with the reason: the constraints that exclude a better one, or else the
/// network.
fn reasoned(
    value: Encapsulation,
    network: CloudPreference,
    mut constraints: Vec<Constraint>,
    family: Family,
) -> Choice<Encapsulation> {
    let better: Vec<Encapsulation> = network
        .preference
        .into_iter()
        .take_while(|e| *e != value)
        .collect();
    constraints.retain(|constraint| better.iter().any(|e| !(constraint.allows)(*e)));
    if !constraints.is_empty() {
        return Choice::Known {
            value,
            why: reasons(&constraints),
            from: constraints
                .into_iter()
                .filter_map(|constraint| constraint.from)
                .collect(),
        };
    }
    if family == Family::V6 {
        let why = "it carries IPv6; None, the operator's default for IPv6, requires routers with \
                   routes to the pods";
        return Choice::reasoned(value, why);
    }
    Choice::Known {
        value,
        why: network.why,
        from: network.from,
    }
}

fn reasons(constraints: &[Constraint]) -> String {
    let reasons: Vec<&str> = constraints.iter().map(|c| c.why.as_str()).collect();
    reasons.join("; ")
}

//! Which encapsulation a pool needs.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::Encapsulation;

use super::cloud::{is_forbidden, network};
use super::constraint::{Constraint, constraints};
use super::objections;
use super::precedence::settled_by;
use crate::assess::finding::Finding;
use crate::assess::provenance::Provenance;
use crate::plan::choice::Choice;
use crate::plan::inputs::Inputs;

/// The flag that settles it.
const FLAG: &str = "--encapsulation";

/// What is chosen, and what else would work.
pub(crate) struct Chosen {
    pub(crate) choice: Choice<Encapsulation>,
    pub(crate) alternatives: Vec<String>,
    pub(crate) findings: Vec<Finding>,
}

/// The encapsulation of a family's pool.
pub(crate) fn choose(inputs: &Inputs, family: Family, cidr: Option<&Cidr>) -> Chosen {
    match settled(inputs, family) {
        Some(choice) => Chosen {
            findings: choice
                .value()
                .map_or_else(Vec::new, |e| objections::findings(inputs, family, *e, cidr)),
            choice,
            alternatives: Vec::new(),
        },
        None => derived(inputs, family),
    }
}

/// What is settled whatever the network lets through.
fn settled(inputs: &Inputs, family: Family) -> Option<Choice<Encapsulation>> {
    let live = inputs.live(family).map(|pool| {
        let why = format!("{} has it; another disturbs traffic", pool.name);
        let from = Provenance::new(pool.object(), "spec.ipipMode, spec.vxlanMode");
        Choice::known(pool.encapsulation, why, from)
    });
    let wanted = inputs.wanted(family);
    let wanted = wanted.and_then(|(_, pool)| pool.encapsulation.as_deref()?.parse().ok());
    settled_by(inputs.request.encapsulation(family), FLAG, live, wanted)
}

/// The first that suits the network and that nothing forbids.
fn derived(inputs: &Inputs, family: Family) -> Chosen {
    let cloud = &inputs.facts.cluster.cloud;
    let network = network(inputs);
    let constraints = constraints(inputs, family);
    let allowed = |e: &Encapsulation| {
        constraints.iter().all(|constraint| (constraint.allows)(*e))
            && !cloud.value().is_some_and(|cloud| is_forbidden(*cloud, *e))
    };
    let Some(value) = network.preference.into_iter().find(allowed) else {
        let whys: Vec<&str> = constraints.iter().map(|c| c.why.as_str()).collect();
        return Chosen {
            choice: Choice::open(format!("none fits: {}", whys.join("; ")), FLAG),
            alternatives: Vec::new(),
            findings: Vec::new(),
        };
    };
    let better = network.preference.into_iter().take_while(|e| *e != value);
    let binding: Vec<&Constraint> = constraints
        .iter()
        .filter(|constraint| better.clone().any(|e| !(constraint.allows)(e)))
        .collect();
    let (why, from) = if !binding.is_empty() {
        let whys: Vec<&str> = binding
            .iter()
            .map(|constraint| constraint.why.as_str())
            .collect();
        let from = binding
            .iter()
            .filter_map(|constraint| constraint.from.clone());
        (whys.join("; "), from.collect())
    } else if family == Family::V6 {
        let why = "it carries IPv6 as well; the operator's own default for IPv6, None, needs \
                   routers that know pods' routes";
        (why.to_owned(), Vec::new())
    } else {
        (network.why.clone(), network.from.clone())
    };
    let alternatives = network
        .alternatives
        .iter()
        .filter(|(e, _)| *e != value && allowed(e));
    Chosen {
        choice: Choice::Known { value, why, from },
        alternatives: alternatives
            .map(|(e, takes)| format!("{e}: {takes}"))
            .collect(),
        findings: Vec::new(),
    }
}

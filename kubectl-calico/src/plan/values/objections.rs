//! What is wrong with an encapsulation that was not derived.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::Encapsulation;

use super::cloud::objection;
use super::constraint::{Constraint, constraints, is_by_pod_cidr};
use crate::assess::finding::{Finding, Severity};
use crate::facts::fact::Fact;
use crate::plan::catalog::ENCAPSULATION_ON_CLOUD;
use crate::plan::inputs::Inputs;
use crate::snapshot::Node;

/// A finding about the cloud's network, and one for each constraint that excludes the
/// encapsulation. The operator's rules are checked with the whole plan.
pub(crate) fn findings(
    inputs: &Inputs,
    family: Family,
    encapsulation: Encapsulation,
    cidr: Option<&Cidr>,
) -> Vec<Finding> {
    let subject = cidr.map_or_else(|| "Pool".to_owned(), Cidr::to_string);
    let excluding = constraints(inputs, family)
        .into_iter()
        .filter(|constraint| !(constraint.allows)(encapsulation))
        .filter_map(|constraint| by_constraint(constraint, encapsulation, &subject));
    by_cloud(inputs, encapsulation, &subject)
        .into_iter()
        .chain(excluding)
        .collect()
}

fn by_cloud(inputs: &Inputs, encapsulation: Encapsulation, subject: &str) -> Option<Finding> {
    let Fact::Known { value, from } = &inputs.facts.cluster.cloud else {
        return None;
    };
    let mut objection = objection(*value, encapsulation)?;
    if encapsulation == Encapsulation::None && is_by_pod_cidr(inputs) {
        let mut nodes = inputs.snapshot.nodes.items().iter();
        if nodes.any(Node::has_route_of_cloud) {
            return None;
        }
        objection.severity = Severity::Note;
        objection.fix = "make sure that the cloud has a route to the pod CIDR of each node: VXLAN does not work \
               with host-local IPAM";
    }
    let message = format!("{encapsulation} on {}", value.name());
    let finding = from
        .iter()
        .fold(
            Finding::new(
                &ENCAPSULATION_ON_CLOUD,
                objection.severity,
                subject,
                message,
            ),
            |finding, from| finding.read(from, value.name()),
        )
        .impact(objection.impact)
        .fix(objection.fix);
    Some(finding)
}

fn by_constraint(
    constraint: Constraint,
    encapsulation: Encapsulation,
    subject: &str,
) -> Option<Finding> {
    let objection = constraint.objection?;
    let message = format!("{encapsulation}, but {}", constraint.why);
    let mut finding = Finding::new(objection.entry, objection.severity, subject, message);
    if let Some(from) = constraint.from {
        finding = finding.read(&from, objection.value);
    }
    Some(finding.impact(objection.impact).fix(objection.fix))
}

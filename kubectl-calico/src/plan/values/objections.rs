//! What speaks against an encapsulation that somebody chose.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::Encapsulation;

use super::cloud::objection;
use super::constraint::{Constraint, constraints};
use crate::assess::fact::Fact;
use crate::assess::finding::Finding;
use crate::plan::catalog::ENCAPSULATION_ON_CLOUD;
use crate::plan::inputs::Inputs;

/// By the cloud and by what else it does not go together with; the operator's rules are judged with
/// the whole plan.
pub(crate) fn findings(
    inputs: &Inputs,
    family: Family,
    encapsulation: Encapsulation,
    cidr: Option<&Cidr>,
) -> Vec<Finding> {
    let subject = cidr.map_or_else(|| "Pool".to_owned(), Cidr::to_string);
    let on_cloud = on_cloud(inputs, encapsulation, &subject);
    let against = constraints(inputs, family).into_iter();
    let against = against.filter(|constraint| !(constraint.allows)(encapsulation));
    let against = against.filter_map(|constraint| finding(constraint, encapsulation, &subject));
    on_cloud.into_iter().chain(against).collect()
}

fn on_cloud(inputs: &Inputs, encapsulation: Encapsulation, subject: &str) -> Option<Finding> {
    let Fact::Known { value, from } = &inputs.facts.cluster.cloud else {
        return None;
    };
    let (severity, so, fix) = objection(*value, encapsulation)?;
    let message = format!("{encapsulation} on {}", value.name());
    let finding = Finding::new(&ENCAPSULATION_ON_CLOUD, severity, subject, message);
    let finding = from
        .iter()
        .fold(finding, |finding, from| finding.read(from, value.name()))
        .impact(so)
        .fix(fix);
    Some(finding)
}

fn finding(constraint: Constraint, encapsulation: Encapsulation, subject: &str) -> Option<Finding> {
    let objection = constraint.objection?;
    let message = format!("{encapsulation}, but {}", constraint.why);
    let mut finding = Finding::new(objection.entry, objection.severity, subject, message);
    if let Some(from) = constraint.from {
        finding = finding.read(&from, objection.value);
    }
    let finding = finding.impact(objection.so).fix(objection.fix);
    Some(finding)
}

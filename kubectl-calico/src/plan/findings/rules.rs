//! The rules that the planned pools violate. The filter checks the same rules.

use calico_core::defaults::Effective;
use calico_core::installation::Installation;
use calico_core::pool::Field;
use calico_core::rules::{Case, Enforcement, Verdict, Violation, check};

use crate::assess::finding::{Finding, Severity};
use crate::plan::choice::Choice;
use crate::plan::entries::requested;
use crate::plan::inputs::Inputs;
use crate::plan::pool::Pool;
use crate::snapshot::{ObjectRef, Provenance};

/// A finding for each violation, except for violations by a value that could not be determined:
/// that value has its own reason.
pub(crate) fn findings(inputs: &Inputs, pools: &[Pool]) -> Vec<Finding> {
    let requested = requested(inputs, pools);
    let written = Installation {
        pools: Some(requested.iter().map(|found| found.pool.clone()).collect()),
        ..inputs.written.clone()
    };
    let effective = Effective::of(&written, inputs.operator);
    let case = Case::new(&written, &effective, inputs.operator);
    let planned: Vec<Option<&Pool>> = requested.iter().map(|found| found.planned).collect();
    let given: Vec<(usize, Field)> = planned
        .iter()
        .enumerate()
        .filter_map(|(index, pool)| Some((index, (*pool)?)))
        .flat_map(|(index, pool)| given(pool).map(move |field| (index, field)))
        .collect();
    check(&case, &given, &[])
        .into_iter()
        .filter(|violation| !is_of_an_undetermined_value(violation, &planned))
        .filter(|violation| !is_known_better(inputs, violation, &planned))
        .map(|violation| finding(violation, &planned))
        .collect()
}

/// The fields that flags set.
fn given(pool: &Pool) -> impl Iterator<Item = Field> + use<> {
    let fields = [
        (Field::Cidr, pool.cidr.is_given()),
        (Field::BlockSize, pool.block_size.is_given()),
        (Field::Encapsulation, pool.encapsulation.is_given()),
    ];
    fields
        .into_iter()
        .filter_map(|(field, is_given)| is_given.then_some(field))
}

fn is_of_an_undetermined_value(violation: &Violation, pools: &[Option<&Pool>]) -> bool {
    violation.fields.iter().any(|(index, field)| {
        let pool = pools.get(*index).copied().flatten();
        pool.is_some_and(|pool| !pool.is_determined(*field))
    })
}

/// Whether advice is needless: the pool exists, or the plan checks what the rule supposes.
fn is_known_better(inputs: &Inputs, violation: &Violation, pools: &[Option<&Pool>]) -> bool {
    if violation.rule.enforcement != Enforcement::Advice {
        return false;
    }
    match violation.rule.entry.code {
        "few-blocks" => inputs.nodes.value().is_some(),
        "default-services" => !inputs.facts.networks.services.is_empty(),
        _ => pools.iter().flatten().any(|pool| pool.existing.is_some()),
    }
}

fn finding(violation: Violation, pools: &[Option<&Pool>]) -> Finding {
    let severity = match violation.verdict {
        Verdict::Refused => Severity::Error,
        Verdict::Warned | Verdict::Allowed => Severity::Warning,
        Verdict::Noted => Severity::Note,
    };
    let mut finding = Finding::new(
        &violation.rule.entry,
        severity,
        violation.path,
        violation.problem,
    )
    .impact(violation.impact)
    .fix(violation.fix);
    for (index, field) in violation.fields {
        let Some(pool) = pools.get(index).copied().flatten() else {
            continue;
        };
        if let Some((from, value)) = pool.evidence(field) {
            finding = finding.read(&from, value);
        }
    }
    finding
}

impl Pool {
    fn is_determined(&self, field: Field) -> bool {
        match field {
            Field::Cidr => self.cidr.value().is_some(),
            Field::BlockSize => self.block_size.value().is_some(),
            Field::Encapsulation => self.encapsulation.value().is_some(),
        }
    }

    /// Where a value was read, and the value.
    fn evidence(&self, field: Field) -> Option<(Provenance, String)> {
        match field {
            Field::Cidr => evidence(&self.cidr),
            Field::BlockSize => evidence(&self.block_size),
            Field::Encapsulation => evidence(&self.encapsulation),
        }
    }
}

fn evidence<T: ToString>(choice: &Choice<T>) -> Option<(Provenance, String)> {
    match choice {
        Choice::Given { value, flag } => {
            let from = Provenance::new(ObjectRef::all("Plan"), *flag);
            Some((from, value.to_string()))
        }
        Choice::Known { value, from, .. } => Some((from.first()?.clone(), value.to_string())),
        Choice::Undetermined { .. } => None,
    }
}

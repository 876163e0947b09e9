//! The plan before the operator's rules, as the filter judges what it writes.

use calico_core::defaults::Effective;
use calico_core::installation::{self, Installation};
use calico_core::pool::Field;
use calico_core::rules::{Case, Verdict, Violation, check};

use crate::assess::finding::{Finding, Severity};
use crate::assess::provenance::Provenance;
use crate::plan::choice::Choice;
use crate::plan::inputs::Inputs;
use crate::plan::pool::Pool;
use crate::snapshot::ObjectRef;

/// What the rules say of the pools that are planned.
pub(crate) fn findings(inputs: &Inputs, pools: &[Pool]) -> Vec<Finding> {
    let written = Installation {
        pools: Some(pools.iter().map(written).collect()),
        ..inputs.written.clone()
    };
    let effective = Effective::of(&written, inputs.operator);
    let case = Case::new(&written, &effective, inputs.operator);
    let asked = pools.iter().enumerate().flat_map(|(index, pool)| {
        let given = [
            (Field::Cidr, pool.cidr.is_given()),
            (Field::BlockSize, pool.block_size.is_given()),
            (Field::Encapsulation, pool.encapsulation.is_given()),
        ];
        let given = given.into_iter().filter(|(_, given)| *given);
        given.map(move |(field, _)| (index, field))
    });
    let asked: Vec<(usize, Field)> = asked.collect();
    // What is missing is said where the value is.
    let open = |violation: &Violation| {
        let pool = |index: &usize| pools.get(*index);
        let mut fields = violation.fields.iter();
        fields.any(|(index, field)| pool(index).is_some_and(|pool| pool.is_open(*field)))
    };
    check(&case, &asked, &[])
        .into_iter()
        .filter(|violation| !open(violation))
        .map(|violation| finding(violation, pools))
        .collect()
}

/// A pool as the Installation would hold it.
pub(crate) fn written(pool: &Pool) -> installation::Pool {
    let fields = [
        (Field::Cidr, pool.cidr.value().is_some()),
        (Field::BlockSize, pool.block_size.value().is_some()),
        (Field::Encapsulation, pool.encapsulation.value().is_some()),
    ];
    let fields = fields.into_iter().filter(|(_, there)| *there);
    installation::Pool {
        cidr: pool.cidr.value().map(ToString::to_string),
        block_size: pool.block_size.value().map(|size| i64::from(*size)),
        encapsulation: pool.encapsulation.value().map(ToString::to_string),
        keys: fields.map(|(field, _)| field.key().to_owned()).collect(),
        ..installation::Pool::default()
    }
}

fn finding(violation: Violation, pools: &[Pool]) -> Finding {
    let severity = match violation.verdict {
        Verdict::Refused => Severity::Error,
        Verdict::Warned | Verdict::Allowed => Severity::Warning,
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
        let Some(pool) = pools.get(index) else {
            continue;
        };
        if let Some((from, value)) = pool.evidence(field) {
            finding = finding.read(&from, value);
        }
    }
    finding
}

impl Pool {
    fn is_open(&self, field: Field) -> bool {
        match field {
            Field::Cidr => self.cidr.value().is_none(),
            Field::BlockSize => self.block_size.value().is_none(),
            Field::Encapsulation => self.encapsulation.value().is_none(),
        }
    }

    /// What gave a value, where something did.
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
        Choice::Open { .. } => None,
    }
}

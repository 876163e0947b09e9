//! The Installation's spec, as far as a plan goes, and why it is that one.

use calico_core::text::printable;
use serde_yaml::{Mapping, Value};

use crate::plan::choice::Choice;
use crate::plan::{Plan, Pool};

/// The settings and pools that are planned.
pub(super) fn spec(plan: &Plan) -> Mapping {
    let mut spec = Mapping::new();
    for setting in &plan.settings {
        insert(&mut spec, setting.key.path(), setting.value.into());
    }
    if plan.networking.is_calico() {
        let pools = Value::Sequence(plan.entries.clone());
        insert(&mut spec, &["calicoNetwork", "ipPools"], pools);
    }
    spec
}

fn insert(spec: &mut Mapping, path: &[&str], value: Value) {
    match path {
        [] => {}
        [key] => {
            spec.insert((*key).into(), value);
        }
        [key, rest @ ..] => {
            let below = spec
                .entry((*key).into())
                .or_insert_with(|| Mapping::new().into());
            if let Some(below) = below.as_mapping_mut() {
                insert(below, rest, value);
            }
        }
    }
}

/// Comments: a line for each value. A comment ends with its line, so nothing in it may end one.
pub(super) fn reasons(plan: &Plan) -> String {
    let server = plan.cluster.origin.server.as_ref();
    let server = server.map(|server| format!(" of {server}"));
    let mut lines = vec![format!(
        "By kubectl calico plan{}.",
        server.unwrap_or_default()
    )];
    for setting in &plan.settings {
        let path = setting.key.path().join(".");
        lines.push(format!("{path} {}: {}", setting.value, setting.why));
    }
    for pool in &plan.pools {
        lines.extend(reasons_of(pool));
    }
    lines
        .iter()
        .map(|line| format!("# {}\n", printable(line)))
        .collect()
}

fn reasons_of(pool: &Pool) -> [String; 3] {
    fn reason<T: std::fmt::Display>(field: &str, choice: &Choice<T>) -> String {
        match choice {
            Choice::Known { value, why, .. } => format!("{field} {value}: {why}"),
            Choice::Given { value, flag } => format!("{field} {value}: given by {flag}"),
            Choice::Open { open, .. } => format!("{field}: {open}"),
        }
    }
    [
        reason("cidr", &pool.cidr),
        reason("blockSize", &pool.block_size),
        reason("encapsulation", &pool.encapsulation),
    ]
}

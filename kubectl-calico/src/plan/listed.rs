//! What the Installation's list of pools has to say of a live pool for that to stay as it is.

use calico_core::pool::Field;
use serde_yaml::{Mapping, Value};

use super::entries::cidr_of;
use super::inputs::Inputs;
use crate::assess::facts::pools::Pool;
use crate::assess::support::ownership::listed_again;

/// All of its entry but cidr, blockSize and encapsulation: as it is among the Installation's
/// `entries` or, where those lack a pool that the operator owns, as the pool is.
pub(super) fn others(inputs: &Inputs, entries: &[Value], pool: &Pool) -> Mapping {
    let entry = entries
        .iter()
        .find(|entry| cidr_of(entry) == Some(&pool.cidr));
    let again = || {
        let asked = inputs
            .facts
            .installation
            .as_ref()
            .filter(|_| pool.owned_by_operator)?;
        serde_yaml::to_value(listed_again(asked, pool)).ok()
    };
    let entry = entry.cloned().or_else(again);
    let entry = entry.as_ref().and_then(Value::as_mapping);
    let is_other = |key: &Value| Field::ALL.iter().all(|field| key != field.key());
    let others = entry.into_iter().flatten();
    let others = others.filter(|(key, value)| is_other(key) && !value.is_null());
    others
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

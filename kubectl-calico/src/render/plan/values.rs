//! The plan as a values file of the tigera-operator chart, which Argo CD and Flux take, too.

use calico_core::yaml;
use serde::Serialize;
use serde_yaml::Mapping;

use super::spec::{reasons, spec};
use crate::plan::Plan;

#[derive(Serialize)]
struct Values {
    installation: Mapping,
}

/// What the chart makes its Installation's spec of.
pub fn values(plan: &Plan) -> Result<String, serde_yaml::Error> {
    let values = Values {
        installation: spec(plan),
    };
    Ok(format!("{}{}", reasons(plan), yaml::to_string(&values)?))
}

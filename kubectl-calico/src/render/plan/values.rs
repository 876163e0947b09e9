//! The plan as a values file of the tigera-operator chart, for Helm, Argo CD and Flux.

use calico_core::yaml;
use serde::Serialize;
use serde_yaml::Mapping;

use super::spec::{reasons, spec};
use crate::plan::Plan;

#[derive(Serialize)]
struct Values {
    installation: Mapping,
}

/// The values from which the chart renders the spec of the Installation.
pub fn values(plan: &Plan) -> Result<String, serde_yaml::Error> {
    let values = Values {
        installation: spec(plan),
    };
    Ok(format!("{}{}", reasons(plan), yaml::to_string(&values)?))
}

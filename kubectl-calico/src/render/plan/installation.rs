//! The plan as objects for kubectl: the Installation, and the APIServer, without which the operator
//! cannot change pools later.

use calico_core::installation::{API_VERSION, DEFAULT_NAME, KIND};
use calico_core::yaml;
use serde::Serialize;
use serde_yaml::Mapping;

use super::spec::{reasons, spec};
use crate::plan::Plan;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    spec: Mapping,
}

#[derive(Serialize)]
struct Metadata {
    name: &'static str,
}

fn object(kind: &'static str, spec: Mapping) -> Object {
    Object {
        api_version: API_VERSION,
        kind,
        metadata: Metadata { name: DEFAULT_NAME },
        spec,
    }
}

/// Two YAML documents, or one if there is an APIServer.
pub fn installation(plan: &Plan) -> Result<String, serde_yaml::Error> {
    let installation = yaml::to_string(&object(KIND, spec(plan)))?;
    if plan.has_api_server {
        return Ok(format!("{}{installation}", reasons(plan)));
    }
    let server = yaml::to_string(&object("APIServer", Mapping::new()))?;
    Ok(format!("{}{installation}---\n{server}", reasons(plan)))
}

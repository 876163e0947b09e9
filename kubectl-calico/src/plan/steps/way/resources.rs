//! Pools as IPPool resources.

use calico_core::pool::Encapsulation;
use k8s_openapi::kube_aggregator::pkg::apis::apiregistration::v1::APIService;
use serde_json::{Value, json};

use super::{NewPool, over};
use crate::assess::facts::pools;
use crate::assess::shell::{patch, quoted};
use crate::assess::words::pasted;
use crate::plan::inputs::Inputs;
use crate::snapshot::Store;

pub(crate) struct Resources {
    /// What writes them, and its name for them.
    program: &'static str,
    resource: &'static str,
    /// The spec that is replaced.
    like: Value,
}

impl Resources {
    /// As kubectl writes them, where it can, or calicoctl.
    pub(crate) fn of(inputs: &Inputs, live: &pools::Pool) -> Self {
        Self::new(inputs, serde_json::to_value(&live.spec).unwrap_or_default())
    }

    /// The same with another spec that is replaced.
    pub(crate) fn new(inputs: &Inputs, like: Value) -> Self {
        let (program, resource) = match serves_v3(inputs) {
            true => ("kubectl", "ippools.projectcalico.org"),
            false => ("calicoctl", "ippool"),
        };
        Self {
            program,
            resource,
            like,
        }
    }

    pub(crate) fn stop(&self, name: &str) -> String {
        self.change(name, &json!({"disabled": true}))
    }

    pub(crate) fn encapsulate(&self, name: &str, to: Encapsulation) -> String {
        self.change(name, &modes(to))
    }

    pub(crate) fn remove(&self, name: &str) -> String {
        format!("{} delete {} {}", self.program, self.resource, pasted(name))
    }

    pub(crate) fn add(&self, pool: &NewPool) -> String {
        let mut spec = over(&self.like, &modes(pool.encapsulation));
        spec = over(
            &spec,
            &json!({"cidr": pool.cidr, "blockSize": pool.block_size}),
        );
        if let Some(spec) = spec.as_object_mut() {
            // How pools of old said what the modes say.
            spec.remove("ipip");
            spec.remove("disabled");
        }
        let object = json!({
            "apiVersion": "projectcalico.org/v3",
            "kind": "IPPool",
            "metadata": {"name": pool.name},
            "spec": spec,
        });
        let object = quoted(&object.to_string());
        object.map_or_else(String::new, |object| {
            format!("echo {object} | {} create -f -", self.program)
        })
    }

    fn change(&self, name: &str, spec: &Value) -> String {
        let change = json!({ "spec": spec });
        if self.program == "kubectl" {
            return patch(self.resource, name, "merge", &change);
        }
        // calicoctl's own kind of patch is the right one.
        let (resource, name) = (self.resource, pasted(name));
        let change = quoted(&change.to_string());
        change.map_or_else(String::new, |change| {
            format!("calicoctl patch {resource} {name} -p {change}")
        })
    }
}

/// The two fields that say it.
fn modes(encapsulation: Encapsulation) -> Value {
    let (ipip, vxlan) = pools::modes(encapsulation);
    json!({"ipipMode": ipip, "vxlanMode": vxlan})
}

/// Whether kubectl can write Calico's resources with Calico's checks of them.
fn serves_v3(inputs: &Inputs) -> bool {
    let available = |service: &APIService| {
        let status = service.status.iter();
        let mut conditions = status.flat_map(|status| status.conditions.iter().flatten());
        conditions.any(|condition| condition.type_ == "Available" && condition.status == "True")
    };
    inputs.snapshot.store == Store::V3 || inputs.snapshot.api_service.read().is_some_and(available)
}

//! The program that writes Calico's own resources.
//!
//! This is kubectl if projectcalico.org/v3 is served, either by Calico's API server, which validates
//! every change, or by CRDs of that group. Otherwise it is calicoctl, which also validates. kubectl on
//! crd.projectcalico.org is used only for changes that both reject, as in CAL209, and for what is left
//! once Calico is gone, as in CAL116.

use k8s_openapi::kube_aggregator::pkg::apis::apiregistration::v1::APIService;
use serde_json::{Value, json};

use super::command::Command;
use super::here_document::here_document;
use super::kubectl::{PatchType, inline, patch};
use crate::phrases::pasted;
use crate::snapshot::resources::{V1, V3};
use crate::snapshot::{Snapshot, Store};

/// The plural of IPPool.
pub const IP_POOLS: &str = "ippools";

/// The plural of BGPConfiguration.
pub const BGP_CONFIGURATIONS: &str = "bgpconfigurations";

/// The plural of FelixConfiguration.
pub const FELIX_CONFIGURATIONS: &str = "felixconfigurations";

/// The program that writes Calico's resources in a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceWriter {
    /// kubectl, on projectcalico.org/v3.
    Kubectl,
    /// calicoctl.
    Calicoctl,
}

/// What becomes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It exists.
    Created,
    /// It is gone.
    Deleted,
}

impl Event {
    /// As `kubectl wait` calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Created => "create",
            Self::Deleted => "delete",
        }
    }
}

impl ResourceWriter {
    /// The writer that works in a cluster.
    pub fn of(snapshot: &Snapshot) -> Self {
        let is_available = |service: &APIService| {
            let status = service.status.iter();
            let mut conditions = status.flat_map(|status| status.conditions.iter().flatten());
            conditions.any(|condition| condition.type_ == "Available" && condition.status == "True")
        };
        let serves_v3 =
            snapshot.store == Store::V3 || snapshot.api_service.read().is_some_and(is_available);
        if serves_v3 {
            Self::Kubectl
        } else {
            Self::Calicoctl
        }
    }

    /// Its own name for a resource, by the plural.
    fn resource(self, plural: &str) -> String {
        match self {
            Self::Kubectl => format!("{plural}.{V3}"),
            Self::Calicoctl => plural.trim_end_matches('s').to_owned(),
        }
    }

    fn program(self) -> &'static str {
        match self {
            Self::Kubectl => "kubectl",
            Self::Calicoctl => "calicoctl",
        }
    }

    /// Changes fields of the spec; `null` removes one.
    pub fn patch_spec(self, plural: &str, name: &str, spec: &Value) -> Command {
        let resource = self.resource(plural);
        let change = json!({ "spec": spec });
        match self {
            Self::Kubectl => patch(&resource, name, PatchType::Merge, &change),
            // It supports one kind of patch, and only as an argument: projectcalico/calico v3.32.1,
            // calicoctl/calicoctl/commands/patch.go.
            Self::Calicoctl => {
                let command = format!("calicoctl patch {resource} {} -p", pasted(name));
                inline(&command, &change)
                    .map_or_else(|| Command::withheld("the patch"), Command::Run)
            }
        }
    }

    /// Creates an IPPool.
    pub fn create_pool(self, name: &str, spec: &Value) -> Command {
        let object = json!({
            "apiVersion": "projectcalico.org/v3",
            "kind": "IPPool",
            "metadata": {"name": name},
            "spec": spec,
        });
        here_document(&format!("{} create -f -", self.program()), &object)
    }

    /// Deletes objects.
    pub fn delete<'a>(self, plural: &str, names: impl IntoIterator<Item = &'a str>) -> Command {
        let names: Vec<&str> = names.into_iter().map(pasted).collect();
        let (program, resource) = (self.program(), self.resource(plural));
        format!("{program} delete {resource} {}", names.join(" ")).into()
    }

    /// Waits until an object is gone, or exists: the operator creates and deletes pools some time after a patch.
    pub fn await_object(self, plural: &str, name: &str, event: Event) -> Command {
        let group = match self {
            Self::Kubectl => V3,
            Self::Calicoctl => V1,
        };
        let (name, event) = (pasted(name), event.name());
        format!("kubectl wait --for={event} {plural}.{group}/{name} --timeout=5m").into()
    }

    /// Sets a label that does not come from the cluster.
    pub fn label(self, plural: &str, name: &str, label: &str) -> Command {
        let (program, resource) = (self.program(), self.resource(plural));
        format!("{program} label {resource} {} {label}", pasted(name)).into()
    }
}

/// Deletes a pool directly in the datastore, bypassing Calico's API: only for a pool that the API
/// refuses to delete.
pub fn delete_pool_in_datastore(snapshot: &Snapshot, name: &str) -> Command {
    let group = group(snapshot);
    format!("kubectl delete {IP_POOLS}.{group} {}", pasted(name)).into()
}

/// Deletes all pools while no part of Calico runs: nothing else watches them then, and nothing removes the
/// finalizer of Calico 3.32's kube-controllers.
/// Source: projectcalico/calico v3.32.1, kube-controllers/pkg/controllers/ippool/pool_controller.go.
pub fn delete_leftover_pools(snapshot: &Snapshot) -> Vec<Command> {
    let resource = format!("{IP_POOLS}.{}", group(snapshot));
    let pools = snapshot.ip_pools.items();
    let names: Vec<&str> = pools
        .iter()
        .map(|pool| pasted(&pool.metadata.name))
        .collect();
    let held: Vec<&str> = pools
        .iter()
        .filter(|pool| !pool.metadata.finalizers.is_empty())
        .map(|pool| pool.metadata.name.as_str())
        .collect();
    let wait = if held.is_empty() { "" } else { " --wait=false" };
    let mut commands: Vec<Command> =
        vec![format!("kubectl delete {resource} {}{wait}", names.join(" ")).into()];
    let none = json!({"metadata": {"finalizers": null}});
    commands.extend(
        held.into_iter()
            .map(|name| patch(&resource, name, PatchType::Merge, &none)),
    );
    commands
}

/// The group of the datastore.
fn group(snapshot: &Snapshot) -> &'static str {
    match snapshot.store {
        Store::V1 => V1,
        Store::V3 => V3,
    }
}

/// Deletes the data of IPAM, which no program does while Calico does not run.
pub fn delete_ipam_data(snapshot: &Snapshot) -> Command {
    let group = group(snapshot);
    let kinds = ["ipamblocks", "blockaffinities", "ipamhandles"];
    let kinds = kinds.map(|kind| format!("{kind}.{group}"));
    format!("kubectl delete {} --all", kinds.join(",")).into()
}

/// Changes a pool directly in the datastore, while no part of Calico runs.
pub fn patch_pool(snapshot: &Snapshot, name: &str, spec: &Value) -> Command {
    let resource = format!("{IP_POOLS}.{}", group(snapshot));
    patch(&resource, name, PatchType::Merge, &json!({ "spec": spec }))
}

/// Changes a pool in crd.projectcalico.org, bypassing the validation of Calico's API.
pub fn patch_pool_crd(name: &str, spec: &Value) -> Command {
    let resource = format!("{IP_POOLS}.{V1}");
    patch(&resource, name, PatchType::Merge, &json!({ "spec": spec }))
}

//! Changes of the configuration of Calico's IPAM.

use serde_json::{Value, json};

use super::command::Command;
use super::kubectl::{PatchType, patch};
use crate::snapshot::{Snapshot, Store};

/// Changes fields of its spec. calicoctl has flags for some of them only, and not in every release.
pub fn patch_ipam_config(snapshot: &Snapshot, spec: &Value) -> Command {
    let resource = match snapshot.store {
        Store::V1 => "ipamconfigs.crd.projectcalico.org",
        Store::V3 => "ipamconfigurations.projectcalico.org",
    };
    patch(
        resource,
        "default",
        PatchType::Merge,
        &json!({"spec": spec}),
    )
}

//! Where Calico stores its data.

use serde::Serialize;

use crate::facts::fact::Fact;
use crate::snapshot::{Provenance, Reading, Snapshot, Store};
use crate::views::calico_node::{CalicoNode, NOT_FOUND, Variable};

/// Where Calico stores its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Datastore {
    /// The Kubernetes API, as resources of crd.projectcalico.org/v1.
    #[serde(rename = "crd.projectcalico.org/v1")]
    V1,
    /// The Kubernetes API, as resources of projectcalico.org/v3.
    #[serde(rename = "projectcalico.org/v3")]
    V3,
    /// Calico's own etcd, which cannot be read through the Kubernetes API.
    #[serde(rename = "etcd")]
    Etcd,
}

/// Why nothing is known about what is stored in etcd.
pub const IN_ETCD: &str = "stored in Calico's own etcd";

/// Why nothing is known about what may be stored in etcd.
pub const WHERE_UNKNOWN: &str = "it is unknown where Calico stores its data";

/// The datastore that calico-node uses.
pub fn datastore(snapshot: &Snapshot, node: Option<CalicoNode>) -> Fact<Datastore> {
    let Some(node) = node else {
        return match &snapshot.daemon_sets {
            Reading::Unknown(why) => why.clone().into(),
            _ => Fact::absent(NOT_FOUND),
        };
    };
    if node.variable("ETCD_ENDPOINTS") != Variable::Unset {
        return Fact::known(Datastore::Etcd, node.env("ETCD_ENDPOINTS"));
    }
    let group = "CALICO_API_GROUP";
    let is_set = node.variable(group) != Variable::Unset;
    match snapshot.store {
        Store::V1 if is_set => Fact::known(Datastore::V1, node.env(group)),
        Store::V1 => {
            let default = Provenance::default_of(node.object(), format!("env {group}"));
            Fact::known(Datastore::V1, default)
        }
        Store::V3 if is_set => Fact::known(Datastore::V3, node.env(group)),
        Store::V3 => Fact::known(Datastore::V3, Provenance::all("DatastoreMigration")),
    }
}

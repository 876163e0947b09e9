//! BGP: whether BIRD runs, whom it peers with, and which routes are left to it.

use calico_core::pool::Encapsulation;
use serde::Serialize;

use super::install::{IN_ETCD, Install};
use crate::assess::fact::Fact;
use crate::assess::provenance::Provenance;
use crate::assess::views::calico_node::{CalicoNode, Variable};
use crate::snapshot::ObjectRef;
use crate::snapshot::{BgpConfiguration, Snapshot};

/// BGP, as far as the cluster's own nodes are concerned.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Bgp {
    /// Whether BIRD runs.
    pub runs: Fact<bool>,
    /// Whether every node peers with every other.
    pub mesh: Fact<bool>,
    /// How many BGPPeers there are.
    pub peers: Fact<usize>,
}

impl Bgp {
    /// What a snapshot tells of it.
    pub fn of(snapshot: &Snapshot, install: &Install) -> Self {
        let runs = runs(snapshot);
        if install.is_in_etcd() {
            return Self {
                runs,
                mesh: Fact::unknown(IN_ETCD),
                peers: Fact::unknown(IN_ETCD),
            };
        }
        Self {
            runs,
            mesh: mesh(snapshot),
            peers: Fact::of(&snapshot.bgp_peers, "the server has no BGPPeer", |peers| {
                Some((peers.len(), Provenance::all("BGPPeer")))
            }),
        }
    }
}

/// BGPConfiguration `default`, which is the default of everything where it is absent.
pub fn configuration(snapshot: &Snapshot) -> Option<&BgpConfiguration> {
    let mut configurations = snapshot.bgp_configurations.items().iter();
    configurations.find(|found| found.metadata.name == "default")
}

/// The backend of calico-node: BIRD, only Felix's VXLAN, or neither.
fn runs(snapshot: &Snapshot) -> Fact<bool> {
    const VARIABLE: &str = "CALICO_NETWORKING_BACKEND";
    let Some(node) = CalicoNode::current(snapshot) else {
        return Fact::of(&snapshot.daemon_sets, "calico-node is not there", |_| None);
    };
    let from = node.env(VARIABLE);
    match node.variable(VARIABLE) {
        Variable::Set(backend) => Fact::known(backend.eq_ignore_ascii_case("bird"), from),
        // Where it is not set, calico-node runs BIRD: calico v3.32.1, node/filesystem/etc/rc.local.
        Variable::Unset => Fact::known(true, from),
        Variable::Unknown(why) => Fact::unknown(why),
    }
}

fn mesh(snapshot: &Snapshot) -> Fact<bool> {
    if let Some(why) = snapshot.bgp_configurations.unknown() {
        return why.into();
    }
    let default = ObjectRef::named("BGPConfiguration", "default");
    let field = "spec.nodeToNodeMeshEnabled";
    match configuration(snapshot).and_then(|found| found.spec.node_to_node_mesh_enabled) {
        Some(mesh) => Fact::known(mesh, Provenance::new(default, field)),
        None => Fact::known(true, Provenance::default_of(default, field)),
    }
}

/// Whether a `programClusterRoutes`, which Felix and BIRD have one each of, covers the routes of an
/// encapsulation other than VXLAN. Up to 3.32 it is Enabled or Disabled, and says one thing of all.
/// Source: projectcalico/calico, api/pkg/apis/projectcalico/v3/bgpconfig.go and felixconfig.go.
pub fn covers(routes: &str, encapsulation: Encapsulation) -> bool {
    match routes {
        "Enabled" => true,
        "EnabledIPIPOnly" => encapsulation.is_ipip(),
        "EnabledNoEncapOnly" => encapsulation == Encapsulation::None,
        _ => false,
    }
}

/// Whether BIRD, if it runs, is to program the routes of an encapsulation.
pub fn bird_routes(snapshot: &Snapshot, encapsulation: Encapsulation) -> bool {
    let told =
        configuration(snapshot).and_then(|found| found.spec.program_cluster_routes.as_deref());
    !encapsulation.is_vxlan() && told.is_none_or(|routes| covers(routes, encapsulation))
}

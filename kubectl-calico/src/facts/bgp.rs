//! BGP: whether BIRD runs, with which peers, and which routes it programs.

use calico_core::pool::Encapsulation;
use serde::Serialize;

use super::datastore::{IN_ETCD, WHERE_UNKNOWN};
use super::install::Install;
use crate::facts::fact::Fact;
use crate::snapshot::{BgpConfiguration, Snapshot};
use crate::snapshot::{ObjectRef, Provenance};
use crate::views::calico_node::{CalicoNode, NOT_FOUND, Variable};
use crate::views::felix::{CLUSTER_ROUTES, Felix};

/// BGP on the cluster's nodes.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Bgp {
    /// Whether calico-node runs BIRD.
    pub runs: Fact<bool>,
    /// Whether the node-to-node mesh is enabled.
    pub mesh: Fact<bool>,
    /// The number of BGPPeers.
    pub peers: Fact<usize>,
}

impl Bgp {
    /// The BGP of a snapshot.
    pub fn of(snapshot: &Snapshot, install: &Install) -> Self {
        let runs = runs(snapshot);
        if install.is_in_etcd() {
            return Self {
                runs,
                mesh: Fact::unknown(IN_ETCD),
                peers: Fact::unknown(IN_ETCD),
            };
        }
        let missing = "the server does not serve BGPPeers";
        let peers = Fact::of(&snapshot.bgp_peers, missing, |peers| {
            Some((peers.len(), Provenance::all("BGPPeer")))
        });
        Self {
            runs,
            mesh: mesh(snapshot),
            peers: match peers {
                Fact::Absent { .. } if install.may_be_in_etcd() => Fact::unknown(WHERE_UNKNOWN),
                peers => peers,
            },
        }
    }
}

/// The BGPConfiguration `default`. Without one, defaults apply.
pub fn configuration(snapshot: &Snapshot) -> Option<&BgpConfiguration> {
    let mut configurations = snapshot.bgp_configurations.items().iter();
    configurations.find(|found| found.metadata.name == "default")
}

/// The backend of calico-node is BIRD, VXLAN by Felix alone, or none.
fn runs(snapshot: &Snapshot) -> Fact<bool> {
    const VARIABLE: &str = "CALICO_NETWORKING_BACKEND";
    let Some(node) = CalicoNode::current(snapshot) else {
        return Fact::of(&snapshot.daemon_sets, NOT_FOUND, |_| None);
    };
    let from = node.env(VARIABLE);
    match node.variable(VARIABLE) {
        Variable::Set(backend) => Fact::known(backend.eq_ignore_ascii_case("bird"), from),
        // Unset, calico-node runs BIRD: calico v3.32.1, node/filesystem/etc/rc.local.
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

/// Whether a `programClusterRoutes` setting (Felix and BIRD have one each) covers the routes of an
/// encapsulation other than VXLAN. Up to 3.32 it is Enabled or Disabled, for all of them.
/// Source: projectcalico/calico, api/pkg/apis/projectcalico/v3/bgpconfig.go and felixconfig.go.
pub fn covers(routes: &str, encapsulation: Encapsulation) -> bool {
    match routes {
        "Enabled" => true,
        "EnabledIPIPOnly" => encapsulation.is_ipip(),
        "EnabledNoEncapOnly" => encapsulation == Encapsulation::None,
        _ => false,
    }
}

/// Whether BIRD, if it runs, programs the routes of an encapsulation.
pub fn bird_routes(snapshot: &Snapshot, encapsulation: Encapsulation) -> bool {
    let setting =
        configuration(snapshot).and_then(|found| found.spec.program_cluster_routes.as_deref());
    !encapsulation.is_vxlan() && setting.is_none_or(|routes| covers(routes, encapsulation))
}

/// Whether BIRD, if it runs, brings the routes of an encapsulation to other nodes: Felix does not.
pub fn depends_on_bird(snapshot: &Snapshot, encapsulation: Encapsulation) -> bool {
    let by_felix = Felix::of(snapshot)
        .get(&CLUSTER_ROUTES)
        .is_some_and(|told| covers(&told.value, encapsulation));
    !by_felix && bird_routes(snapshot, encapsulation)
}

//! The existing pools.

use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::default_block_size;
use calico_core::pool::{Encapsulation, Uses};
use serde::Serialize;

use super::datastore::{IN_ETCD, WHERE_UNKNOWN};
use super::install::Install;
use super::no_assignment::NoAssignment;
use super::pool_encapsulation::encapsulation;
use super::pool_usage::PoolUsage;
use crate::facts::fact::Fact;
use crate::snapshot::{
    InvalidField, IpPool, IpPoolSpec, Meta, ObjectRef, Provenance, Reading, Snapshot,
};

/// An IPPool that exists in the cluster.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExistingPool {
    /// The name of the IPPool.
    pub name: String,
    /// The CIDR, as the IPPool has it.
    pub cidr: String,
    /// The CIDR; `None` if it cannot be parsed.
    #[serde(skip)]
    pub network: Option<Cidr>,
    /// The encapsulation: IPIP, IPIPCrossSubnet, VXLAN, VXLANCrossSubnet or None.
    #[cfg_attr(test, schemars(with = "String"))]
    pub encapsulation: Encapsulation,
    /// The prefix length of the pool's blocks.
    pub block_size: i64,
    /// Whether traffic to destinations outside the pools is masqueraded.
    pub nat_outgoing: bool,
    /// The selector of the nodes that assign addresses from the pool.
    pub node_selector: String,
    /// Whether new addresses are assigned from the pool: not if it is disabled, selects no node, is being
    /// deleted, or is marked as not allocatable.
    pub enabled: bool,
    /// Why no new addresses are assigned from the pool, if so.
    #[serde(skip)]
    pub withheld: Option<NoAssignment>,
    /// Whether the pool is for Services of type LoadBalancer, not for pods.
    pub for_load_balancers: bool,
    /// Whether the operator owns the pool, and so reverts changes to it.
    pub owned_by_operator: bool,
    /// How much of the pool is in use.
    pub usage: Fact<PoolUsage>,
    /// The pool's spec.
    #[serde(skip)]
    pub spec: IpPoolSpec,
}

impl ExistingPool {
    /// The address family, if the CIDR can be parsed.
    pub fn family(&self) -> Option<Family> {
        self.network.as_ref().map(Cidr::family)
    }

    /// What its addresses are for.
    pub fn uses(&self) -> Uses {
        uses(&self.spec)
    }

    /// Whether its addresses are for pods: `allowedUses` can reserve it for tunnels or Services.
    pub fn is_for_pods(&self) -> bool {
        uses(&self.spec).is_for_pods()
    }

    /// Whether pods get addresses from it.
    pub fn serves_pods(&self) -> bool {
        self.enabled && self.is_for_pods()
    }

    /// Whether pods get addresses from it without requesting it by name.
    pub fn serves_any_pod(&self) -> bool {
        self.serves_pods() && self.spec.assignment_mode.as_deref() != Some(MANUAL)
    }

    /// Whether pods on every node get addresses from it without requesting it.
    pub fn serves_every_node(&self) -> bool {
        self.serves_any_pod() && self.node_selector == ALL_NODES
    }

    /// Whether its spec disables it.
    pub fn is_disabled(&self) -> bool {
        matches!(
            self.withheld,
            Some(NoAssignment::Disabled | NoAssignment::SelectsNoNode)
        )
    }

    /// The first field for which Calico's API would refuse to enable it.
    pub fn invalid_once_enabled(&self) -> Option<InvalidField> {
        let spec = IpPoolSpec {
            disabled: false,
            ..self.spec.clone()
        };
        spec.invalid_field()
    }

    /// Whether the pods of another pool get addresses from it once it is enabled, on the nodes that it selects, and their
    /// traffic goes the same way as before.
    pub fn can_take_over(&self, other: &Self) -> bool {
        let is_automatic = self.spec.assignment_mode.as_deref() != Some(MANUAL);
        is_automatic
            && self.uses().covers(other.uses())
            && self.encapsulation == other.encapsulation
            && self.nat_outgoing == other.nat_outgoing
            && self.spec.disable_bgp_export == other.spec.disable_bgp_export
            && self.invalid_once_enabled().is_none()
    }

    /// Whether it is being deleted.
    pub fn is_being_deleted(&self) -> bool {
        matches!(self.withheld, Some(NoAssignment::BeingDeleted(_)))
    }

    /// Whether pods have addresses from it, or can have: a disabled pool keeps its pods.
    pub fn has_pods(&self) -> bool {
        let used = self.usage.value().is_none_or(|usage| usage.in_use > 0);
        self.is_for_pods() && (self.enabled || used)
    }

    /// The IPPool.
    pub fn object(&self) -> ObjectRef {
        ObjectRef::named("IPPool", &self.name)
    }
}

/// The selector of all nodes.
pub const ALL_NODES: &str = "all()";

/// The `assignmentMode` (3.30 and later) of a pool that pods must request.
const MANUAL: &str = "Manual";

/// The existing pools of a snapshot, in their order, without their usage.
pub fn pools(snapshot: &Snapshot, install: &Install) -> Fact<Vec<ExistingPool>> {
    if install.is_in_etcd() {
        return Fact::unknown(IN_ETCD);
    }
    let read = match &snapshot.ip_pools {
        Reading::Read(pools) => pools,
        Reading::Absent(_) if install.may_be_in_etcd() => return Fact::unknown(WHERE_UNKNOWN),
        Reading::Absent(absence) => return Fact::absent(absence.to_string()),
        Reading::Unknown(why) => return why.clone().into(),
    };
    let pools = read.iter().map(ExistingPool::of).collect();
    Fact::known(pools, Provenance::all("IPPool"))
}

impl ExistingPool {
    fn of(pool: &IpPool) -> Self {
        let spec = &pool.spec;
        let network = spec.cidr.parse::<Cidr>().ok();
        let family = network.as_ref().map_or(Family::V4, Cidr::family);
        let selector = spec.node_selector.clone().filter(|text| !text.is_empty());
        let selector = selector.unwrap_or_else(|| ALL_NODES.to_owned());
        let withheld = NoAssignment::of(pool);
        Self {
            name: pool.metadata.name.clone(),
            cidr: spec.cidr.clone(),
            network,
            encapsulation: encapsulation(spec),
            block_size: spec
                .block_size
                .filter(|size| *size != 0)
                .unwrap_or_else(|| default_block_size(family).into()),
            nat_outgoing: spec.nat_outgoing,
            enabled: withheld.is_none(),
            withheld,
            node_selector: selector,
            for_load_balancers: uses(spec).load_balancer,
            owned_by_operator: is_owned_by_operator(&pool.metadata),
            usage: Fact::absent("not counted"),
            spec: spec.clone(),
        }
    }
}

fn uses(spec: &IpPoolSpec) -> Uses {
    Uses::of(spec.allowed_uses.iter().map(String::as_str))
}

/// The operator marks its pools with a label. What is written through Calico's API keeps its labels
/// in an annotation of the object that is stored, and up to 3.27 on the object as well.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go (`hasOwner`);
/// projectcalico/calico v3.32.1, libcalico-go/lib/backend/k8s/resources/resources.go.
fn is_owned_by_operator(meta: &Meta) -> bool {
    const LABEL: &str = "app.kubernetes.io/managed-by";
    const OPERATOR: &str = "tigera-operator";
    let hidden = meta.annotation("projectcalico.org/metadata");
    let hidden: Option<Meta> = hidden.and_then(|text| serde_json::from_str(text).ok());
    meta.label(LABEL) == Some(OPERATOR)
        || hidden.is_some_and(|hidden| hidden.label(LABEL) == Some(OPERATOR))
}

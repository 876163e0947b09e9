//! What a cluster needs of its pools, and what must not be changed of those that it has: the
//! answer of `kubectl calico plan -o config`, which `helm-postrender --config` and
//! `--from-cluster` read. It is all that the two programs tell each other.

use serde::{Deserialize, Serialize};
use serde_yaml::{Mapping, Value};

use crate::cidr::{Cidr, Family};
use crate::pool::LOAD_BALANCER;

/// `apiVersion` of a plan that is written here.
pub const API_VERSION: &str = "kubectl-calico/v1alpha1";

/// `kind` of a plan.
pub const KIND: &str = "ClusterPlan";

/// A plan for a cluster's pools. CIDRs are texts here: who reads them judges them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterPlan {
    /// [`API_VERSION`]
    pub api_version: String,
    /// [`KIND`]
    pub kind: String,
    /// The API server that was read; absent where files were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The pools that the cluster needs, one for each family of its pod network; none where pods
    /// get their addresses elsewhere.
    #[serde(default)]
    pub pools: Vec<PlannedPool>,
    /// What the Installation has to say beside its pools, so that it is Calico that they are for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Setting>,
    /// The pod network that Kubernetes was set up with; absent where nothing tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod_network: Option<ConfiguredNetwork>,
    /// The service network.
    #[serde(default)]
    pub services: Vec<String>,
    /// The nodes' addresses.
    #[serde(default)]
    pub node_addresses: Vec<String>,
    /// The pools that are there.
    #[serde(default)]
    pub existing_pools: Vec<ExistingPool>,
    /// What could not be read, and why not, that nobody can rely on the plan without: to its reader,
    /// a pool that is not listed is not there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
}

impl ClusterPlan {
    /// The live pool of a network, however its CIDR is spelt.
    pub fn existing(&self, network: &Cidr) -> Option<&ExistingPool> {
        let network = network.network();
        let is_it = |live: &&ExistingPool| live.network() == Some(network);
        self.existing_pools.iter().find(is_it)
    }

    /// The live pools of a family.
    pub fn existing_of(&self, family: Family) -> impl Iterator<Item = &ExistingPool> {
        let is_of =
            move |live: &&ExistingPool| live.network().map(|own| own.family()) == Some(family);
        self.existing_pools.iter().filter(is_of)
    }
}

/// A pool that the cluster needs. What could not be settled is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlannedPool {
    /// `cidr`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr: Option<String>,
    /// `blockSize`, a prefix length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_size: Option<u8>,
    /// `encapsulation`, in the operator's spelling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encapsulation: Option<String>,
}

/// A setting of the Installation that the cluster needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Setting {
    /// Its path in the spec, as `cni.type`.
    pub path: String,
    /// Its value.
    pub value: String,
}

/// The pod network, and whether the operator holds pools to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfiguredNetwork {
    /// Its CIDRs.
    pub cidrs: Vec<String>,
    /// Object and field that tell it.
    pub source: String,
    /// Whether the operator makes no pool outside of it.
    pub enforced: bool,
}

/// A pool that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExistingPool {
    /// The IPPool's name.
    pub name: String,
    /// `cidr`, as written.
    pub cidr: String,
    /// `blockSize`, a prefix length.
    pub block_size: i64,
    /// Its encapsulation, in the operator's spelling.
    pub encapsulation: String,
    /// Whether the operator made it, and so would delete it or put it back.
    pub owned: bool,
    /// What else its entry in the Installation says or, where that has lost it, has to say for the
    /// pool to stay as it is: strings, booleans, integers, and lists of strings.
    #[serde(default, skip_serializing_if = "Mapping::is_empty")]
    pub others: Mapping,
}

impl PlannedPool {
    /// Whether any of it could not be settled.
    pub fn is_open(&self) -> bool {
        self.cidr.is_none() || self.block_size.is_none() || self.encapsulation.is_none()
    }
}

impl ExistingPool {
    /// Whether Services of type LoadBalancer take their addresses from it.
    pub fn is_for_load_balancers(&self) -> bool {
        let uses = self.others.get("allowedUses").and_then(Value::as_sequence);
        let mut uses = uses.into_iter().flatten();
        uses.any(|used| used.as_str() == Some(LOAD_BALANCER))
    }

    /// Its network, if its CIDR can be read.
    pub fn network(&self) -> Option<Cidr> {
        let cidr: Option<Cidr> = self.cidr.parse().ok();
        cidr.map(|cidr| cidr.network())
    }
}

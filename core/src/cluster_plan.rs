//! What `kubectl calico plan -o config` says about a cluster: the pools that it needs, and those
//! that exist and must not change. `helm-postrender --config` and `--from-cluster` read it. The two
//! programs exchange nothing else.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_yaml::{Mapping, Value};

use crate::cidr::{Cidr, Family};
use crate::pool::Uses;

/// `apiVersion` of a cluster plan.
pub const API_VERSION: &str = "kubectl-calico/v1alpha1";

/// `kind` of a cluster plan.
pub const KIND: &str = "ClusterPlan";

/// A cluster plan. CIDRs are text here, because the rules check whether they can be parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterPlan {
    /// [`API_VERSION`]
    pub api_version: String,
    /// [`KIND`]
    pub kind: String,
    /// The address of the API server; not set if the plan is from files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The pools that the cluster needs: one per family of its pod network, and what else the
    /// Installation lists while no pool exists; none if another CNI plugin does IPAM.
    #[serde(default)]
    pub pools: Vec<PlannedPool>,
    /// The settings that the Installation needs besides its pools, so that the operator uses
    /// Calico's CNI plugin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Setting>,
    /// The pod network that Kubernetes is configured with; not set if it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod_network: Option<ConfiguredNetwork>,
    /// The Service CIDRs.
    #[serde(default)]
    pub services: Vec<String>,
    /// The addresses of the nodes.
    #[serde(default)]
    pub node_addresses: Vec<String>,
    /// The IPPools of the cluster.
    #[serde(default)]
    pub existing_pools: Vec<ExistingPool>,
    /// What could not be read, and why. A plan with any entries here must not be used: a pool that
    /// could not be read would be mistaken for one that does not exist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
    /// Whether everything could be read. The last field: a file that was cut off lacks it, and what it
    /// lacks besides would be mistaken for what does not exist.
    #[serde(default)]
    pub complete: bool,
}

impl ClusterPlan {
    /// The existing pool with a network, in any notation.
    pub fn existing(&self, network: &Cidr) -> Option<&ExistingPool> {
        let network = network.network();
        self.existing_pools
            .iter()
            .find(|pool| pool.network() == Some(network))
    }

    /// The existing pools by their network: the first of each, as [`Self::existing`] finds it.
    pub fn existing_by_network(&self) -> HashMap<Cidr, &ExistingPool> {
        let pools = self.existing_pools.iter().rev();
        pools
            .filter_map(|pool| Some((pool.network()?, pool)))
            .collect()
    }

    /// The existing pools of a family.
    pub fn existing_of(&self, family: Family) -> impl Iterator<Item = &ExistingPool> {
        self.existing_pools.iter().filter(move |pool| {
            let network = pool.network();
            network.is_some_and(|network| network.family() == family)
        })
    }
}

/// A pool that the cluster needs. A value that could not be determined is not set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlannedPool {
    /// `cidr`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr: Option<String>,
    /// `blockSize`, a prefix length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_size: Option<u8>,
    /// `encapsulation`, as the Installation names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encapsulation: Option<String>,
    /// The other fields that the Installation lists for it, as for an existing pool.
    #[serde(default, skip_serializing_if = "Mapping::is_empty")]
    pub other_fields: Mapping,
}

/// A setting of the Installation that the cluster needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Setting {
    /// Its path in `spec`, such as `cni.type`.
    pub path: String,
    /// Its value.
    pub value: String,
}

/// The pod network that Kubernetes is configured with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfiguredNetwork {
    /// Its CIDRs.
    pub cidrs: Vec<String>,
    /// The object and field that it was read from.
    pub source: String,
    /// Whether the operator rejects pools outside it.
    pub enforced: bool,
}

/// An IPPool of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExistingPool {
    /// The IPPool's name.
    pub name: String,
    /// `cidr`, as written.
    pub cidr: String,
    /// `blockSize`, a prefix length.
    pub block_size: i64,
    /// Its encapsulation, as the Installation names it.
    pub encapsulation: String,
    /// Whether the operator owns it, and so would change or delete it.
    pub owned: bool,
    /// The other fields of its entry in the Installation or, if that does not list it, those that
    /// the entry needs for the pool to stay as it is: strings, booleans, integers, and lists of
    /// strings.
    #[serde(default, skip_serializing_if = "Mapping::is_empty")]
    pub other_fields: Mapping,
}

impl PlannedPool {
    /// Whether a value could not be determined.
    pub fn is_open(&self) -> bool {
        self.cidr.is_none() || self.block_size.is_none() || self.encapsulation.is_none()
    }
}

impl ExistingPool {
    /// What the pool's addresses are assigned to.
    pub fn uses(&self) -> Uses {
        let names = self
            .other_fields
            .get("allowedUses")
            .and_then(Value::as_sequence);
        Uses::of(names.into_iter().flatten().filter_map(Value::as_str))
    }

    /// The network, if the CIDR can be parsed.
    pub fn network(&self) -> Option<Cidr> {
        let cidr: Cidr = self.cidr.parse().ok()?;
        Some(cidr.network())
    }
}

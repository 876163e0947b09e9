//! The pools that the CNI configuration of a manifest install names. Pods get their addresses from no other.
//!
//! Source: projectcalico/calico v3.30.7, libcalico-go/lib/ipam/ipam.go (determinePools) and
//! cni-plugin/pkg/types/types.go.

use serde_yaml::Value;

use super::kubectl::restart;
use crate::facts::install::Install;
use crate::facts::pools::ExistingPool;
use crate::phrases::{pasted, pasted_names};
use crate::snapshot::{ObjectRef, Snapshot};
use crate::views::calico_node::CalicoNode;
use crate::views::cni_config;

/// The lists of pools, by name or CIDR.
const LISTS: [&str; 2] = ["ipv4_pools", "ipv6_pools"];

/// What the configuration names.
pub struct PoolPins<'a> {
    node: CalicoNode<'a>,
    config: &'a str,
    pins: Vec<PoolPin>,
}

/// A pool that the configuration names.
pub struct PoolPin {
    /// The list.
    pub list: &'static str,
    /// The pool's name or CIDR, as written.
    pub pool: String,
}

impl PoolPin {
    /// Whether it names this pool.
    pub fn names(&self, pool: &ExistingPool) -> bool {
        let same_range = pool.network.is_some_and(|it| it.to_string() == self.pool);
        pool.name == self.pool || pool.cidr == self.pool || same_range
    }
}

impl<'a> PoolPins<'a> {
    /// The pins of a manifest install; `None` if its configuration cannot be read.
    pub fn of(snapshot: &'a Snapshot, install: &Install) -> Option<Self> {
        let node = CalicoNode::current(snapshot)?;
        let (config, name) = node.config();
        if node.is_of_operator() || install.is_in_etcd() {
            return None;
        }
        let ipam = cni_config::ipam(config.read()?)?;
        let pins = LISTS.into_iter().flat_map(|list| {
            let names = ipam.get(list).and_then(Value::as_sequence);
            let names = names.into_iter().flatten().filter_map(Value::as_str);
            names.map(move |pool| PoolPin {
                list,
                pool: pool.to_owned(),
            })
        });
        Some(Self {
            pins: pins.collect(),
            node,
            config: name,
        })
    }

    /// The pins, in their order.
    pub fn pins(&self) -> &[PoolPin] {
        &self.pins
    }

    /// The ConfigMap that has them.
    pub fn object(&self) -> ObjectRef {
        ObjectRef::config_map(self.config)
    }

    /// The field of a list in the ConfigMap.
    pub fn field(list: &str) -> String {
        format!("data.{} {list}", cni_config::KEY)
    }

    /// Commands that change the ConfigMap, and restart calico-node, which writes the configuration to the nodes.
    pub fn change(&self) -> String {
        let (namespace, _) = pasted_names(&self.node.set.metadata);
        format!(
            "kubectl edit configmaps -n {namespace} {}\n{}",
            pasted(self.config),
            restart(&self.node.object())
        )
    }
}

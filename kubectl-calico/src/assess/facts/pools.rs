//! The live pools: what they are, and how much of them is used.

use std::collections::BTreeSet;

use calico_core::capacity::{self, Block};
use calico_core::cidr::{Cidr, Family};
use calico_core::pool::{BlockSize, Encapsulation, Uses};
use serde::Serialize;

use super::install::{IN_ETCD, Install};
use crate::assess::fact::Fact;
use crate::assess::provenance::Provenance;
use crate::snapshot::ObjectRef;
use crate::snapshot::{IpPool, IpPoolSpec, IpamBlock, Meta, Reading, Snapshot};

/// A live pool.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Pool {
    /// The IPPool's name.
    pub name: String,
    /// Its CIDR, as written.
    pub cidr: String,
    /// The CIDR as it is read; `None` where it cannot be.
    #[serde(skip)]
    pub network: Option<Cidr>,
    /// How its traffic crosses nodes, in the operator's spelling.
    #[cfg_attr(test, schemars(with = "String"))]
    pub encapsulation: Encapsulation,
    /// The prefix length of its blocks.
    pub block_size: i64,
    /// Whether what leaves the cluster gets the node's address.
    pub nat_outgoing: bool,
    /// Which nodes take from it.
    pub node_selector: String,
    /// Whether it gives out new addresses: not where it is disabled, or selects no node.
    pub enabled: bool,
    /// Whether its addresses are for Services, not for pods.
    pub for_load_balancers: bool,
    /// Whether the operator owns it: it alone may change such a pool, and puts back what others do.
    pub owned_by_operator: bool,
    /// How much of it is used; unknown where the blocks cannot be read.
    pub usage: Fact<Usage>,
    /// Its spec, as it stands.
    #[serde(skip)]
    pub spec: IpPoolSpec,
}

/// How much of a pool is used, in calicoctl's arithmetic.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Addresses that pods, tunnels and the like have.
    pub in_use: u128,
    /// Addresses in all.
    pub total: u128,
    /// Blocks that exist.
    pub blocks: u128,
    /// Blocks that it can be cut into.
    pub blocks_possible: u128,
    /// Nodes that have a block of it.
    pub nodes: usize,
}

impl Usage {
    /// Nodes that could still get a first block of their own.
    pub fn nodes_that_fit(&self) -> u128 {
        self.blocks_possible.saturating_sub(self.blocks)
    }

    /// How much is used, from 0 to 1.
    pub fn share(&self) -> f64 {
        if self.total == 0 {
            return 0.0;
        }
        // Exact to 53 bits, and shown in whole percents.
        #[allow(clippy::cast_precision_loss, reason = "a share needs no more")]
        let share = self.in_use as f64 / self.total as f64;
        share
    }
}

impl Pool {
    /// Its family, where its CIDR can be read.
    pub fn family(&self) -> Option<Family> {
        self.network.as_ref().map(Cidr::family)
    }

    /// Whether its addresses are for pods. `allowedUses` can leave it to tunnels or Services.
    pub fn is_for_pods(&self) -> bool {
        uses(&self.spec).is_for_pods()
    }

    /// Whether pods get addresses from it.
    pub fn serves_pods(&self) -> bool {
        self.enabled && self.is_for_pods()
    }

    /// Whether pods get addresses from it without asking for that pool by name.
    pub fn serves_any_pod(&self) -> bool {
        self.serves_pods() && self.spec.assignment_mode.as_deref() != Some(MANUAL)
    }

    /// Whether pods have addresses from it, or may: a pool that was disabled keeps its pods.
    pub fn has_pods(&self) -> bool {
        let used = self.usage.value().is_none_or(|usage| usage.in_use > 0);
        self.is_for_pods() && (self.enabled || used)
    }

    /// The IPPool.
    pub fn object(&self) -> ObjectRef {
        ObjectRef::named("IPPool", &self.name)
    }
}

/// The selector of a pool for every node.
pub const ALL_NODES: &str = "all()";

/// `assignmentMode` (3.30 and later) of a pool that pods have to ask for.
const MANUAL: &str = "Manual";

/// The live pools of a snapshot, in their order.
pub fn pools(snapshot: &Snapshot, install: &Install) -> Fact<Vec<Pool>> {
    if install.is_in_etcd() {
        return Fact::unknown(IN_ETCD);
    }
    let live = match &snapshot.ip_pools {
        Reading::Read(pools) => pools,
        Reading::Absent(absence) => return Fact::absent(absence.to_string()),
        Reading::Unknown(why) => return why.clone().into(),
    };
    let mut pools: Vec<Pool> = live.iter().map(Pool::of).collect();
    let usage = usage_of(&pools, &snapshot.ipam_blocks);
    for (pool, usage) in pools.iter_mut().zip(usage) {
        pool.usage = usage;
    }
    Fact::known(pools, Provenance::all("IPPool"))
}

impl Pool {
    fn of(pool: &IpPool) -> Self {
        let spec = &pool.spec;
        let network = spec.cidr.parse::<Cidr>().ok();
        let family = network.as_ref().map_or(Family::V4, Cidr::family);
        let selector = spec.node_selector.clone().filter(|text| !text.is_empty());
        let selector = selector.unwrap_or_else(|| ALL_NODES.to_owned());
        Self {
            name: pool.metadata.name.clone(),
            cidr: spec.cidr.clone(),
            network,
            encapsulation: encapsulation(spec),
            block_size: spec
                .block_size
                .filter(|size| *size != 0)
                .unwrap_or_else(|| BlockSize::default_for(family).into()),
            nat_outgoing: spec.nat_outgoing,
            // What 3.28's documentation says to write in place of `disabled`.
            enabled: !spec.disabled && selector != "!all()",
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

/// The operator's word for what an IPPool says in two fields, or in the one of old.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go
/// (`FromProjectCalico`); that neither is set means None, too.
pub fn encapsulation(spec: &IpPoolSpec) -> Encapsulation {
    let mode = |mode: &Option<String>| mode.as_deref().unwrap_or_default().to_ascii_lowercase();
    match (
        mode(&spec.ipip_mode).as_str(),
        mode(&spec.vxlan_mode).as_str(),
    ) {
        ("always", _) => return Encapsulation::Ipip,
        ("crosssubnet", _) => return Encapsulation::IpipCrossSubnet,
        (_, "always") => return Encapsulation::Vxlan,
        (_, "crosssubnet") => return Encapsulation::VxlanCrossSubnet,
        _ => {}
    }
    match &spec.ipip {
        Some(ipip) if ipip.enabled => match ipip.mode.as_deref() {
            Some("cross-subnet") => Encapsulation::IpipCrossSubnet,
            _ => Encapsulation::Ipip,
        },
        _ => Encapsulation::None,
    }
}

/// The other way round: `ipipMode` and `vxlanMode`.
pub fn modes(encapsulation: Encapsulation) -> (&'static str, &'static str) {
    match encapsulation {
        Encapsulation::Ipip => ("Always", "Never"),
        Encapsulation::IpipCrossSubnet => ("CrossSubnet", "Never"),
        Encapsulation::Vxlan => ("Never", "Always"),
        Encapsulation::VxlanCrossSubnet => ("Never", "CrossSubnet"),
        Encapsulation::None => ("Never", "Never"),
    }
}

/// The usage of each pool. A pool with a CIDR that cannot be read has none.
fn usage_of(pools: &[Pool], blocks: &Reading<Vec<IpamBlock>>) -> Vec<Fact<Usage>> {
    let blocks = match blocks {
        Reading::Read(blocks) => blocks,
        Reading::Absent(_) => &Vec::new(),
        Reading::Unknown(why) => {
            return pools.iter().map(|_| why.clone().into()).collect();
        }
    };
    let counted: Vec<(Block, Option<&str>)> = blocks.iter().filter_map(counted).collect();
    let networks: Vec<Cidr> = pools.iter().filter_map(|pool| pool.network).collect();
    let (used, _) = capacity::usage(&networks, counted.iter().map(|(block, _)| *block));
    let mut used = used.into_iter();
    pools
        .iter()
        .map(
            |pool| match (pool.network, pool.network.and_then(|_| used.next())) {
                (Some(network), Some(used)) => {
                    let size = u8::try_from(pool.block_size).unwrap_or(u8::MAX);
                    let hosts: BTreeSet<&str> = counted
                        .iter()
                        .filter(|(block, _)| !block.deleted && network.contains(&block.cidr))
                        .filter_map(|(_, host)| *host)
                        .collect();
                    let usage = Usage {
                        in_use: used.in_use,
                        total: used.total,
                        blocks: used.blocks,
                        blocks_possible: capacity::blocks(&network, size),
                        nodes: hosts.len(),
                    };
                    Fact::known(usage, Provenance::all("IPAMBlock"))
                }
                _ => Fact::unknown("its CIDR cannot be read"),
            },
        )
        .collect()
}

/// A block as it is counted, and the node that has it. A block with a CIDR that cannot be read
/// counts nowhere.
fn counted(block: &IpamBlock) -> Option<(Block, Option<&str>)> {
    let counted = Block {
        cidr: block.spec.cidr.parse().ok()?,
        unallocated: u128::try_from(block.spec.unallocated.len()).unwrap_or(u128::MAX),
        deleted: block.spec.deleted,
    };
    let affinity = block.spec.affinity.as_deref();
    Some((
        counted,
        affinity.and_then(|text| text.strip_prefix("host:")),
    ))
}

//! What the operator does to the pools of a cluster to match its Installation, and the cluster after that.
//! Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.

use std::fmt;

use calico_core::cidr::Cidr;
use calico_core::pool::Encapsulation;

use crate::facts::Facts;
use crate::facts::drift::{ComparedField, Difference, differences};
use crate::facts::pool_encapsulation::modes;
use crate::facts::pools::ExistingPool;
use crate::facts::proposed_pools::created;
use crate::snapshot::{IpPool, IpPoolSpec, Meta, Reading, Snapshot};

/// One change of a pool.
#[derive(Clone, Debug)]
pub enum PoolChange {
    /// The operator changes fields of a pool that it owns.
    Update {
        /// The name of the IPPool.
        name: String,
        /// The fields.
        fields: Vec<Difference>,
    },
    /// The operator creates a pool.
    Create(Box<ExistingPool>),
    /// The operator deletes a pool that it owns. A finding says so, too.
    Delete {
        /// The name of the IPPool.
        name: String,
    },
}

impl fmt::Display for PoolChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Update { name, fields } => {
                let interrupts = fields
                    .iter()
                    .any(|it| it.field == ComparedField::Encapsulation);
                let fields: Vec<String> = fields
                    .iter()
                    .map(|it| {
                        let key = it.field.key();
                        format!("{key} from {} to {}", it.existing, it.requested)
                    })
                    .collect();
                write!(f, "changes IPPool/{name}: {}", fields.join(", "))?;
                if interrupts {
                    f.write_str(
                        "; traffic between nodes is interrupted until every node has switched over",
                    )?;
                }
                Ok(())
            }
            Self::Create(pool) => write!(
                f,
                "creates IPPool/{} {} {} /{}",
                pool.name, pool.cidr, pool.encapsulation, pool.block_size
            ),
            Self::Delete { name } => write!(f, "deletes IPPool/{name}"),
        }
    }
}

/// The changes that the operator makes, if it changes pools and none of the changes is rejected. If the
/// block size, the CIDR or the name of a pool differs, or a new one overlaps another, the operator stops, which is a
/// finding.
pub fn pool_changes(facts: &Facts) -> Vec<PoolChange> {
    let Some(installation) = facts.installation.as_ref().filter(|installation| {
        installation.changes_existing_pools()
            && installation.effective.is_calico_cni()
            && facts.install.is_left_to_operator()
            && !facts.install.is_being_removed
    }) else {
        return Vec::new();
    };
    let pools = facts.known_pools();
    let mut changes = Vec::new();
    let written = installation.written.pools.iter().flatten();
    for (written, listed) in written.zip(&installation.effective.pools) {
        let network = listed.network().map(Cidr::network);
        let same_text = |pool: &&ExistingPool| Some(&pool.cidr) == written.cidr.as_ref();
        let same = |pool: &ExistingPool| pool.network.as_ref().map(Cidr::network) == network;
        if let Some(pool) = pools.iter().find(same_text) {
            let fields = differences(installation, listed, pool);
            if pool.owned_by_operator && !fields.is_empty() {
                let name = pool.name.clone();
                changes.push(PoolChange::Update { name, fields });
            }
        } else if !pools.iter().any(same) {
            changes.extend(created(listed).map(Box::new).map(PoolChange::Create));
        }
    }
    let is_rejected = |change: &PoolChange| match change {
        PoolChange::Update { fields, .. } => {
            fields.iter().any(|it| it.field == ComparedField::BlockSize)
        }
        _ => false,
    };
    let stops = pools.iter().any(|pool| {
        installation.renumbered(pool).is_some() || installation.renamed(pool).is_some()
    });
    let created: Vec<Cidr> = changes
        .iter()
        .filter_map(|change| match change {
            PoolChange::Create(pool) => pool.network,
            _ => None,
        })
        .collect();
    let existing: Vec<Cidr> = pools.iter().filter_map(|pool| pool.network).collect();
    // Calico's API rejects them, but for the first pools, which the operator creates past it.
    let overlap = created.iter().enumerate().any(|(at, one)| {
        let mut others = existing.iter().chain(created.iter().take(at));
        !existing.is_empty() && others.any(|other| other.overlaps(one))
    });
    if stops || overlap || changes.iter().any(is_rejected) {
        return Vec::new();
    }
    let unlisted = pools.iter().filter(|pool| installation.has_unlisted(pool));
    changes.extend(unlisted.map(|pool| PoolChange::Delete {
        name: pool.name.clone(),
    }));
    changes
}

/// The cluster after these changes, except deletions: those wait until no address is in use.
pub fn carry_out(snapshot: &mut Snapshot, changes: &[PoolChange]) {
    if snapshot.ip_pools.unknown().is_some() {
        return;
    }
    let mut pools = snapshot.ip_pools.items().to_vec();
    for change in changes {
        match change {
            PoolChange::Update { name, fields } => {
                for pool in pools.iter_mut().filter(|pool| pool.metadata.name == *name) {
                    for field in fields {
                        set(&mut pool.spec, field);
                    }
                }
            }
            PoolChange::Create(pool) => pools.push(resource(pool)),
            PoolChange::Delete { .. } => {}
        }
    }
    snapshot.ip_pools = Reading::Read(pools);
}

fn set(spec: &mut IpPoolSpec, difference: &Difference) {
    let requested = &difference.requested;
    match difference.field {
        // Calico's API rejects it, and the operator then changes nothing.
        ComparedField::BlockSize => {}
        ComparedField::Encapsulation => {
            if let Ok(encapsulation) = requested.parse() {
                encapsulate(spec, encapsulation);
            }
        }
        ComparedField::NatOutgoing => spec.nat_outgoing = requested == "Enabled",
        ComparedField::NodeSelector => spec.node_selector = Some(requested.clone()),
        ComparedField::DisableBgpExport => spec.disable_bgp_export = requested == "true",
        ComparedField::AllowedUses => {
            spec.allowed_uses = requested.split(", ").map(str::to_owned).collect();
        }
        ComparedField::Disabled { .. } => spec.disabled = requested == "true",
    }
}

fn encapsulate(spec: &mut IpPoolSpec, encapsulation: Encapsulation) {
    let (ipip, vxlan) = modes(encapsulation);
    spec.ipip = None;
    spec.ipip_mode = Some(ipip.to_owned());
    spec.vxlan_mode = Some(vxlan.to_owned());
}

fn resource(pool: &ExistingPool) -> IpPool {
    let owner = ("app.kubernetes.io/managed-by", "tigera-operator");
    let mut spec = IpPoolSpec {
        cidr: pool.cidr.clone(),
        block_size: Some(pool.block_size),
        nat_outgoing: pool.nat_outgoing,
        node_selector: Some(pool.node_selector.clone()),
        ..pool.spec.clone()
    };
    encapsulate(&mut spec, pool.encapsulation);
    IpPool {
        metadata: Meta {
            name: pool.name.clone(),
            labels: [(owner.0, owner.1)].into_iter().collect(),
            ..Meta::default()
        },
        spec,
        status: None,
    }
}

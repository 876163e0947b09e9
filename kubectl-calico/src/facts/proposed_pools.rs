//! The pools that the operator will create from a proposed Installation.

use calico_core::defaults::{EffectivePool, standard_name};

use super::installation::InstallationFacts;
use super::pools::ExistingPool;
use crate::facts::fact::Fact;
use crate::snapshot::IpPoolSpec;

/// The listed pools as they will exist beside the existing ones, without those that no operator accepts.
pub fn proposed_pools(
    installation: &InstallationFacts,
    existing: &[ExistingPool],
) -> Vec<ExistingPool> {
    let effective = &installation.effective;
    let pools = effective.pools.iter().filter(|_| effective.is_calico_cni());
    let network = |pool: &ExistingPool| pool.network.map(|network| network.network());
    let exists = |created: &ExistingPool| {
        let mut existing = existing.iter();
        existing.any(|existing| network(existing) == network(created))
    };
    let created = pools.filter_map(created);
    created.filter(|pool| !exists(pool)).collect()
}

/// A listed pool once the operator has created it.
pub fn created(listed: &EffectivePool) -> Option<ExistingPool> {
    let network = *listed.network()?;
    let name = listed.name.clone();
    Some(ExistingPool {
        name: name.unwrap_or_else(|| standard_name(network.family()).to_owned()),
        cidr: network.to_string(),
        network: Some(network),
        encapsulation: listed.encapsulation.as_deref()?.parse().ok()?,
        block_size: listed.block_size?,
        nat_outgoing: listed.nat_outgoing.as_deref() != Some("Disabled"),
        node_selector: listed.node_selector.clone(),
        enabled: !listed.disables_new_allocations,
        withheld: None,
        for_load_balancers: listed.uses().load_balancer,
        owned_by_operator: true,
        usage: Fact::absent("the pool does not exist yet"),
        spec: IpPoolSpec {
            allowed_uses: listed.allowed_uses.clone(),
            disable_bgp_export: listed.disables_bgp_export,
            disabled: listed.disables_new_allocations,
            ..IpPoolSpec::default()
        },
    })
}

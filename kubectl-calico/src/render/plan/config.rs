//! The plan as `helm-postrender --config` reads it, without the values that could not be determined.

use calico_core::cidr::Cidr;
use calico_core::cluster_plan::{
    self, API_VERSION, ClusterPlan, ConfiguredNetwork, ExistingPool, KIND, PlannedPool,
};
use calico_core::pool::Field;
use calico_core::text::printable;
use calico_core::yaml;
use serde_yaml::{Mapping, Value};

use crate::plan::comparison::PoolComparison;
use crate::plan::{Plan, Pool, Unread};
use crate::repair::installation_settings::Setting;

/// A ClusterPlan. The filter keeps existing pools as they are, so a plan that changes one is refused.
pub fn config(plan: &Plan) -> Result<String, String> {
    if let Some(pool) = plan
        .existing_pools
        .iter()
        .find(|pool| !pool.changes.is_empty())
    {
        let name = printable(&pool.pool);
        return Err(format!(
            "the plan changes {name}, but helm-postrender leaves existing pools unchanged: follow \
             the steps of `kubectl calico plan`, then run this command again"
        ));
    }
    written(plan).map_err(|error| error.to_string())
}

fn written(plan: &Plan) -> Result<String, serde_yaml::Error> {
    let networks = &plan.facts.networks;
    let mut services: Vec<String> = Vec::new();
    for cidr in networks.services.iter().flat_map(|network| &network.cidrs) {
        let cidr = cidr.to_string();
        if !services.contains(&cidr) {
            services.push(cidr);
        }
    }
    let unread: Vec<String> = plan.not_read.iter().filter_map(unread).collect();
    yaml::to_string(&ClusterPlan {
        api_version: API_VERSION.to_owned(),
        kind: KIND.to_owned(),
        server: plan.facts.cluster.origin.server.clone(),
        pools: planned(plan),
        settings: if plan.networking.is_calico() {
            plan.settings.iter().map(setting).collect()
        } else {
            // Without these settings, the operator may choose the platform's own plugin.
            Vec::new()
        },
        pod_network: networks.best().map(|network| ConfiguredNetwork {
            cidrs: network.cidrs.iter().map(ToString::to_string).collect(),
            source: network.from.to_string(),
            enforced: network.is_enforced(),
        }),
        services,
        node_addresses: plan.node_addresses.clone(),
        existing_pools: plan.existing_pools.iter().map(existing).collect(),
        complete: unread.is_empty(),
        unread,
    })
}

/// The planned pools, and what else the Installation lists of a family that has no pool yet.
fn planned(plan: &Plan) -> Vec<PlannedPool> {
    let family = |cidr: &str| cidr.parse().ok().map(|cidr: Cidr| cidr.family());
    let is_new = |pool: &PlannedPool| {
        let own = pool.cidr.as_deref().and_then(family);
        let mut existing = plan.existing_pools.iter();
        own.is_some() && !existing.any(|other| family(&other.cidr) == own)
    };
    let entries = plan.entries.iter();
    let mut listed: Vec<PlannedPool> = entries.filter_map(listed_pool).filter(is_new).collect();
    let mut pools: Vec<PlannedPool> = plan.pools.iter().map(planned_pool).collect();
    for pool in &mut pools {
        if let Some(index) = listed.iter().position(|other| other.cidr == pool.cidr) {
            *pool = listed.remove(index);
        }
    }
    pools.extend(listed);
    pools
}

fn planned_pool(pool: &Pool) -> PlannedPool {
    PlannedPool {
        cidr: pool.cidr.value().map(ToString::to_string),
        block_size: pool.block_size.value().copied(),
        encapsulation: pool.encapsulation.value().map(ToString::to_string),
        other_fields: Mapping::new(),
    }
}

/// An entry of the Installation, with the planned values.
fn listed_pool(entry: &Value) -> Option<PlannedPool> {
    let mut other_fields = entry.as_mapping()?.clone();
    let mut take = |field: Field| other_fields.remove(field.key());
    let cidr = take(Field::Cidr);
    let block_size = take(Field::BlockSize);
    let encapsulation = take(Field::Encapsulation);
    other_fields.retain(|_, value| !value.is_null());
    let text = |value: Option<Value>| Some(value?.as_str()?.to_owned());
    Some(PlannedPool {
        cidr: text(cidr),
        block_size: block_size.and_then(|size| size.as_u64()?.try_into().ok()),
        encapsulation: text(encapsulation),
        other_fields,
    })
}

fn setting(setting: &Setting) -> cluster_plan::Setting {
    cluster_plan::Setting {
        path: setting.path.clone(),
        value: setting.text(),
    }
}

fn unread(row: &Unread) -> Option<String> {
    let why = row.row.permission.as_ref().unwrap_or(&row.row.why);
    row.needed.then(|| format!("{}: {why}", row.row.object))
}

fn existing(pool: &PoolComparison) -> ExistingPool {
    ExistingPool {
        name: pool.pool.clone(),
        cidr: pool.cidr.clone(),
        block_size: pool.block_size,
        encapsulation: pool.encapsulation.to_string(),
        owned: pool.owned_by_operator,
        other_fields: pool.other_fields.clone(),
    }
}

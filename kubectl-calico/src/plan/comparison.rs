//! The existing pools compared with the plan: what is immutable, and what a change disrupts.

use calico_core::cidr::Family;
use calico_core::pool::{Encapsulation, Field};
use serde::Serialize;
use serde_yaml::Mapping;

use super::catalog::EXISTING_POOL_IMMUTABLE;
use super::entries;
use super::inputs::Inputs;
use super::pool::Pool;
use crate::assess::finding::Finding;
use crate::facts::pools;
use crate::facts::routing_mode::tunnel;
use crate::repair::unlisted_pools::unlisted_pools;
use crate::snapshot::ObjectRef;

/// An existing pool, and what the plan changes in it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PoolComparison {
    /// Its name.
    pub pool: String,
    /// Its CIDR, as written.
    pub cidr: String,
    /// The prefix length of its blocks.
    pub block_size: i64,
    /// Its encapsulation, in the operator's notation.
    #[cfg_attr(test, schemars(with = "String"))]
    pub encapsulation: Encapsulation,
    /// Whether the operator owns it: only the operator may change such a pool, and it reverts changes
    /// made by others.
    pub owned_by_operator: bool,
    /// The other fields that the Installation must have for the pool, so that the operator leaves it
    /// unchanged.
    #[cfg_attr(
        test,
        schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")
    )]
    pub other_fields: Mapping,
    /// Whether the operator owns it and the Installation no longer lists it, so that the operator deletes
    /// it.
    pub unlisted: bool,
    /// Whether it is being deleted.
    pub being_deleted: bool,
    /// What differs from the plan; empty if the pool is left unchanged.
    pub changes: Vec<Change>,
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// `cidr`, `blockSize` or `encapsulation`.
    pub field: &'static str,
    /// The current value.
    pub from: String,
    /// The planned value.
    pub to: String,
    /// Whether the existing pool can be changed; if not, a new pool must replace it.
    pub in_place: bool,
    /// The consequence of the change.
    pub means: String,
}

impl PoolComparison {
    /// The finding that the pool cannot be changed as planned. The operator deletes a pool whose CIDR is
    /// no longer listed, even if pods use it.
    /// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go;
    /// projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go.
    pub(super) fn finding(&self) -> Option<Finding> {
        let immutable: Vec<&Change> = self
            .changes
            .iter()
            .filter(|change| !change.in_place)
            .collect();
        if immutable.is_empty() {
            return None;
        }
        let fields: Vec<&str> = immutable.iter().map(|change| change.field).collect();
        let object = ObjectRef::named("IPPool", &self.pool);
        let mut finding = Finding::error(
            &EXISTING_POOL_IMMUTABLE,
            &object,
            format!(
                "{} of an existing pool cannot be changed",
                fields.join(" and ")
            ),
        );
        for change in &immutable {
            finding = finding.evidence(&object, format!("spec.{}", change.field), &change.from);
        }
        let finding = finding
            .impact(match (fields.contains(&"cidr"), self.owned_by_operator) {
                (true, true) => {
                    "if it is changed anyway, the operator deletes this pool while pods use it"
                }
                (true, false) => "Calico rejects the change: IPPool CIDR cannot be modified",
                (false, _) => "Calico rejects the change: IPPool BlockSize cannot be modified",
            })
            .fix("replace it with a new pool: the steps below say how, or what prevents it");
        Some(finding)
    }

    /// Whether a new pool must replace it.
    pub fn takes_a_new_pool(&self) -> bool {
        self.changes.iter().any(|change| !change.in_place)
    }
}

/// Every existing pool. In each family, the plan applies to the pool that new pods get addresses from.
pub(super) fn compare(inputs: &Inputs, planned: &[Pool]) -> Vec<PoolComparison> {
    if !inputs.networking.is_calico() {
        return Vec::new();
    }
    let entries = entries::listed(inputs);
    let unlisted: Vec<&str> = unlisted_pools(inputs.facts)
        .map(|pool| pool.name.as_str())
        .collect();
    let compared = |pool: &pools::ExistingPool| {
        let of = |planned: &&Pool| planned.existing.as_deref() == Some(pool.name.as_str());
        PoolComparison {
            pool: pool.name.clone(),
            cidr: pool.cidr.clone(),
            block_size: pool.block_size,
            encapsulation: pool.encapsulation,
            owned_by_operator: pool.owned_by_operator,
            other_fields: entries::other_settings(inputs, &entries, pool),
            unlisted: unlisted.contains(&pool.name.as_str()),
            being_deleted: pool.is_being_deleted(),
            changes: planned
                .iter()
                .find(of)
                .map_or_else(Vec::new, |planned| changes(pool, planned)),
        }
    };
    inputs.pools().iter().map(compared).collect()
}

fn changes(existing: &pools::ExistingPool, planned: &Pool) -> Vec<Change> {
    let network = existing.network.map(|network| network.network());
    let cidr = planned
        .cidr
        .value()
        .filter(|cidr| Some(cidr.network()) != network)
        .map(|cidr| immutable(Field::Cidr, &existing.cidr, cidr));
    let block_size = planned
        .block_size
        .value()
        .filter(|size| i64::from(**size) != existing.block_size)
        .map(|size| immutable(Field::BlockSize, existing.block_size, size));
    let encapsulation = planned
        .encapsulation
        .value()
        .filter(|to| **to != existing.encapsulation)
        .map(|to| Change {
            field: Field::Encapsulation.key(),
            from: existing.encapsulation.to_string(),
            to: to.to_string(),
            in_place: true,
            means: disruption(planned.family, existing.encapsulation, *to),
        });
    [cidr, block_size, encapsulation]
        .into_iter()
        .flatten()
        .collect()
}

fn immutable(field: Field, from: impl ToString, to: impl ToString) -> Change {
    Change {
        field: field.key(),
        from: from.to_string(),
        to: to.to_string(),
        in_place: false,
        means: "immutable".to_owned(),
    }
}

/// Source: projectcalico/calico#5221. Pods keep their MTU because it is set when their interface is
/// created.
fn disruption(family: Family, from: Encapsulation, to: Encapsulation) -> String {
    let mut means =
        "nodes switch over one by one; until all have done so, pods on different nodes cannot \
         reach each other or Calico's API server"
            .to_owned();
    let overhead = |encapsulation| tunnel(encapsulation, family).1;
    let growth = overhead(to).saturating_sub(overhead(from));
    if growth > 0 {
        means.push_str(&format!(
            "; packets grow by {growth} bytes, and pods keep their MTU until they are recreated"
        ));
    }
    means
}

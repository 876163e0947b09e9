//! The live pools beside what is planned: what is fixed for good, and what a change disturbs.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::{Encapsulation, Field};
use serde::Serialize;
use serde_yaml::Mapping;

use super::catalog::LIVE_POOL_FIXED;
use super::entries;
use super::inputs::Inputs;
use super::pool::Pool;
use crate::assess::facts::pools;
use crate::assess::facts::routing::tunnel;
use crate::assess::finding::Finding;
use crate::repair::unlisted_pools::unlisted_pools;
use crate::snapshot::ObjectRef;

/// A live pool and what the plan makes of it.
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
    /// Its encapsulation, in the operator's spelling.
    #[cfg_attr(test, schemars(with = "String"))]
    pub encapsulation: Encapsulation,
    /// Whether the operator owns it: it alone may change such a pool, and puts back what others do.
    pub owned_by_operator: bool,
    /// What else the Installation has to say for the operator to leave the pool as it is.
    #[cfg_attr(
        test,
        schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")
    )]
    pub other_fields: Mapping,
    /// Whether the Installation has lost it, so that the operator deletes it.
    pub lost: bool,
    /// What differs from the plan; nothing where the pool stays as it is.
    pub changes: Vec<Change>,
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// `cidr`, `blockSize` or `encapsulation`.
    pub field: &'static str,
    /// What it is.
    pub from: String,
    /// What is planned.
    pub to: String,
    /// Whether the live pool can take it; if not, it takes another pool.
    pub in_place: bool,
    /// What that means.
    pub means: String,
}

impl PoolComparison {
    /// That what is asked for cannot be made of the pool. The operator deletes a pool whose CIDR
    /// leaves its list, and with it the pods' way into the network.
    /// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go;
    /// projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go.
    pub(super) fn finding(&self) -> Option<Finding> {
        let fixed: Vec<&Change> = self
            .changes
            .iter()
            .filter(|change| !change.in_place)
            .collect();
        let fields: Vec<&str> = fixed.iter().map(|change| change.field).collect();
        let object = ObjectRef::named("IPPool", &self.pool);
        if fixed.is_empty() {
            return None;
        }
        let mut finding = Finding::error(
            &LIVE_POOL_FIXED,
            &object,
            format!("{} of a live pool cannot be changed", fields.join(" and ")),
        );
        for change in &fixed {
            finding = finding.evidence(&object, format!("spec.{}", change.field), &change.from);
        }
        let finding = finding
            .impact(match (fields.contains(&"cidr"), self.owned_by_operator) {
                (true, true) => {
                    "asked for all the same, it has the operator delete this pool under its pods"
                }
                (true, false) => {
                    "asked for all the same, it is refused: IPPool CIDR cannot be modified"
                }
                (false, _) => {
                    "asked for all the same, it is refused: IPPool BlockSize cannot be modified"
                }
            })
            .fix("let another pool take its place");
        Some(finding)
    }

    /// Whether a pool has to take its place.
    pub fn takes_a_new_pool(&self) -> bool {
        self.changes.iter().any(|change| !change.in_place)
    }
}

/// Every live pool. Of each family the plan is for the one that new pods get addresses from.
pub(super) fn compare(inputs: &Inputs, planned: &[Pool]) -> Vec<PoolComparison> {
    if !inputs.networking.is_calico() {
        return Vec::new();
    }
    let entries = entries::listed(inputs);
    let unlisted: Vec<&str> = unlisted_pools(inputs.facts)
        .map(|pool| pool.name.as_str())
        .collect();
    let compared = |pool: &pools::Pool| {
        let of = |planned: &&Pool| planned.live.as_deref() == Some(pool.name.as_str());
        PoolComparison {
            pool: pool.name.clone(),
            cidr: pool.cidr.clone(),
            block_size: pool.block_size,
            encapsulation: pool.encapsulation,
            owned_by_operator: pool.owned_by_operator,
            other_fields: entries::other_settings(inputs, &entries, pool),
            lost: unlisted.contains(&pool.name.as_str()),
            changes: planned
                .iter()
                .find(of)
                .map_or_else(Vec::new, |planned| changes(pool, planned)),
        }
    };
    inputs.pools().iter().map(compared).collect()
}

fn changes(live: &pools::Pool, planned: &Pool) -> Vec<Change> {
    const FOR_GOOD: &str = "fixed for good";
    let mut changes = Vec::new();
    let mut add = |field: Field, from: String, to: String, in_place, means: String| {
        changes.push(Change {
            field: field.key(),
            from,
            to,
            in_place,
            means,
        });
    };
    let same = |cidr: &&Cidr| Some(cidr.network()) == live.network.map(|live| live.network());
    if let Some(cidr) = planned.cidr.value().filter(|cidr| !same(cidr)) {
        add(
            Field::Cidr,
            live.cidr.clone(),
            cidr.to_string(),
            false,
            FOR_GOOD.to_owned(),
        );
    }
    if let Some(size) = planned
        .block_size
        .value()
        .filter(|size| i64::from(**size) != live.block_size)
    {
        add(
            Field::BlockSize,
            live.block_size.to_string(),
            size.to_string(),
            false,
            FOR_GOOD.to_owned(),
        );
    }
    if let Some(to) = planned
        .encapsulation
        .value()
        .filter(|to| **to != live.encapsulation)
    {
        let means = disturbance(planned.family, live.encapsulation, *to);
        add(
            Field::Encapsulation,
            live.encapsulation.to_string(),
            to.to_string(),
            true,
            means,
        );
    }
    changes
}

/// Source: projectcalico/calico#5221; that pods keep their MTU follows from it being set when
/// their interface is made.
fn disturbance(family: Family, from: Encapsulation, to: Encapsulation) -> String {
    let mut means =
        "can be changed; each node changes over by itself, and until all have, pods on \
                     different nodes cannot reach each other, Calico's API server among them"
            .to_owned();
    let overhead = |encapsulation| tunnel(encapsulation, family).1;
    let grows = overhead(to).saturating_sub(overhead(from));
    if grows > 0 {
        means.push_str(&format!(
            "; packets grow by {grows} bytes, and pods keep their MTU until they are recreated"
        ));
    }
    means
}

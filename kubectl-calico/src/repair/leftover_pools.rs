//! Pools that an earlier install left where the operator waits for an Installation.

use calico_core::cidr::{Cidr, Family};
use calico_core::operator::OperatorVersion;
use serde_json::json;

use super::command::Command;
use super::resource_writer::{delete_leftover_pools, patch_pool};
use super::step::Step;
use crate::facts::Facts;
use crate::facts::method::Method;
use crate::facts::no_assignment::NO_NODE;
use crate::facts::pools::ExistingPool;
use crate::phrases::the_pools;
use crate::snapshot::Snapshot;

/// What an install can do with such pools. While any pool exists, the operator creates and changes pools only through
/// Calico's API server, whose own pods need an address first.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go ("Unable to modify IP pools while Calico
/// API server is unavailable") and pkg/controller/installation/core_controller.go (`GetActivePools`, "waiting for
/// enabled IP pools to be created").
pub enum Leftovers<'a> {
    /// They are taken over as they are, or there are none.
    Kept,
    /// These must be enabled first.
    Disabled(Vec<&'a ExistingPool>),
    /// All must be deleted first.
    InTheWay {
        /// Why, as a clause.
        why: String,
        /// Those that are not for pods, which are missed later.
        others: Vec<&'a ExistingPool>,
    },
}

impl<'a> Leftovers<'a> {
    /// The pools of a cluster in which the operator waits for an Installation.
    pub fn of(facts: &'a Facts, operator: OperatorVersion) -> Self {
        let waits = facts.install.method.value() == Some(&Method::OperatorOnly);
        let pools = facts.known_pools();
        if !waits || pools.is_empty() || facts.cluster.is_managed() || !operator.since(34) {
            return Self::Kept;
        }
        let network = facts.networks.best();
        let of_family = |family: Family| match network {
            Some(network) => network.of_family(family).copied().collect(),
            None => Vec::<Cidr>::new(),
        };
        let for_pods: Vec<&ExistingPool> = pools
            .iter()
            .filter(|pool| pool.is_for_pods() && !pool.is_being_deleted())
            .filter(|pool| {
                let family = pool.family();
                family.is_some_and(|family| network.is_none() || !of_family(family).is_empty())
            })
            .collect();
        let others = || pools.iter().filter(|pool| !pool.is_for_pods()).collect();
        if for_pods.is_empty() {
            return Self::InTheWay {
                why: "none of them has addresses for the pods of this cluster. While any pool exists, the \
                      operator creates no other pool until Calico's API server runs, and the pods of that \
                      server need an address themselves"
                    .to_owned(),
                others: others(),
            };
        }
        let is_within = |pool: &&ExistingPool| match (pool.network, pool.family()) {
            (Some(own), Some(family)) => {
                network.is_none() || of_family(family).iter().any(|cidr| cidr.contains(&own))
            }
            _ => false,
        };
        let within: Vec<&ExistingPool> = for_pods.into_iter().filter(is_within).collect();
        if within.is_empty() {
            let is_unused =
                |pool: &ExistingPool| pool.usage.value().is_some_and(|usage| usage.in_use == 0);
            return if pools.iter().all(is_unused) {
                Self::InTheWay {
                    why: "none of their addresses is in use, and no pool for pods is within the pod CIDR; once Calico \
                          runs, its CIDR cannot be changed"
                        .to_owned(),
                    others: others(),
                }
            } else {
                Self::Kept
            };
        }
        if within.iter().any(|pool| pool.enabled) {
            return Self::Kept;
        }
        let disabled: Vec<&ExistingPool> = within
            .into_iter()
            .filter(|pool| pool.is_disabled())
            .collect();
        if disabled.is_empty() {
            Self::Kept
        } else {
            Self::Disabled(disabled)
        }
    }

    /// Whether a new pool takes the place of all of them.
    pub fn are_in_the_way(&self) -> bool {
        matches!(self, Self::InTheWay { .. })
    }

    /// What comes before the Installation.
    pub fn before(&self, snapshot: &Snapshot) -> Option<Step> {
        match self {
            Self::Kept => None,
            Self::Disabled(pools) => {
                let names: Vec<&str> = pools.iter().map(|pool| pool.name.as_str()).collect();
                let what = format!(
                    "enable {}, which an earlier install left disabled: the operator waits for an enabled pool, and \
                     cannot change one before Calico's API server runs",
                    the_pools(&names)
                );
                let commands = pools.iter().map(|pool| enable(snapshot, pool));
                Some(Step::new(what).run_all(commands))
            }
            Self::InTheWay { why, .. } => {
                let what = format!("delete the pools that an earlier install left: {why}");
                Some(Step::new(what).run_all(delete_leftover_pools(snapshot)))
            }
        }
    }

    /// What comes after it, once Calico runs.
    pub fn after(&self) -> Option<Step> {
        let Self::InTheWay { others, .. } = self else {
            return None;
        };
        let names: Vec<String> = others
            .iter()
            .map(|pool| format!("{} ({})", pool.name, pool.cidr))
            .collect();
        (!others.is_empty()).then(|| {
            Step::new(format!(
                "once Calico runs, add to the Installation whatever is still needed of {}, which no pod uses",
                the_pools(&names)
            ))
        })
    }
}

fn enable(snapshot: &Snapshot, pool: &ExistingPool) -> Command {
    let spec = if pool.node_selector == NO_NODE {
        json!({"disabled": false, "nodeSelector": "all()"})
    } else {
        json!({"disabled": false})
    };
    patch_pool(snapshot, &pool.name, &spec)
}

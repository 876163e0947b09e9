//! Where a pool is changed: in the Installation, from whose list the operator creates pools, or as an
//! IPPool resource.
//!
//! Since 1.34 (Calico 3.28), the operator updates the pools that it owns to match the list, and deletes
//! those that are no longer in it. Any other pool is changed directly, and so is its entry, if it has
//! one. Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.

mod change;
mod changed_pool;
mod list;

use calico_core::cidr::Cidr;
use calico_core::pool::Encapsulation;
use serde_json::Map;

use super::command::Command;
use super::installation_list::InstallationList;
use super::new_pool::{NewPool, Settings};
use super::resource_writer::{Event, IP_POOLS, ResourceWriter};
use crate::facts::Facts;
use crate::facts::bgp::depends_on_bird;
use crate::facts::installation::InstallationFacts;
use crate::facts::pools::ExistingPool;
use crate::snapshot::Snapshot;
pub use changed_pool::ChangedPool;

/// Writes the commands that change a cluster's pools, and keeps track of the changes to the
/// Installation's list.
pub struct PoolWriter<'a> {
    facts: &'a Facts,
    installation: Option<&'a InstallationFacts>,
    list: InstallationList,
    resources: ResourceWriter,
    changed_list: bool,
    requests_list: bool,
    restored: usize,
    asks_operator: bool,
    /// Whether BIRD brings the routes of IPIP, and those without encapsulation, to other nodes.
    by_bird: (bool, bool),
}

impl<'a> PoolWriter<'a> {
    /// The writer for a cluster.
    pub fn of(snapshot: &Snapshot, facts: &'a Facts) -> Self {
        Self {
            facts,
            installation: facts.installation.as_ref(),
            list: InstallationList::of(snapshot, facts.install.is_changed_elsewhere()),
            resources: ResourceWriter::of(snapshot),
            changed_list: false,
            requests_list: false,
            restored: 0,
            asks_operator: false,
            by_bird: (
                depends_on_bird(snapshot, Encapsulation::Ipip),
                depends_on_bird(snapshot, Encapsulation::None),
            ),
        }
    }

    /// The writer for what somebody has changed in an Installation that the platform manages.
    pub fn undoing(snapshot: &Snapshot, facts: &'a Facts) -> Self {
        Self {
            list: InstallationList::of(snapshot, false),
            ..Self::of(snapshot, facts)
        }
    }

    /// How many steps so far only list pools again.
    pub fn restored(&self) -> usize {
        self.restored
    }

    /// Whether any change so far is one that the operator makes to existing pools.
    pub fn asks_operator(&self) -> bool {
        self.asks_operator && !self.facts.known_pools().is_empty()
    }

    /// Whether any step so far changes the Installation, or waits for what it has already.
    pub fn changed_list(&self) -> bool {
        self.changed_list || self.requests_list
    }

    /// Whether any step so far changes the Installation.
    pub fn writes_list(&self) -> bool {
        self.changed_list
    }

    /// Whether pods get their addresses from the podCIDR of their node, and none from a pool.
    pub fn is_by_pod_cidr(&self) -> bool {
        self.facts.by_pod_cidr()
    }

    /// Whether the operator updates pools to match the list.
    fn follows_list(&self) -> bool {
        self.installation
            .is_some_and(InstallationFacts::changes_existing_pools)
    }

    /// Whether the operator has yet to create a pool with that CIDR. It accepts no CIDR twice.
    /// Source: tigera/operator v1.42.3, pkg/controller/ippool/validation.go.
    pub fn awaits(&self, cidr: &Cidr) -> bool {
        let mut pools = self.facts.known_pools().iter();
        let exists = pools.any(|pool| pool.network == Some(*cidr));
        self.follows_list() && !exists && self.list.index_of(&cidr.to_string()).is_some()
    }

    /// The settings of an existing pool, for a pool that replaces it.
    pub fn settings_of(&self, pool: &ExistingPool) -> Settings {
        let index = self.list.index_of(&pool.cidr);
        let listed = index.filter(|_| self.follows_list());
        match listed.and_then(|index| self.list.entries().get(index)) {
            Some(entry) => Settings::of_entry(entry, pool),
            None => Settings::of_spec(pool),
        }
    }

    /// The settings of a pool of a family that has none yet. If the Installation lists no pools, they
    /// are managed elsewhere.
    pub fn default_settings(&self, nat_outgoing: bool) -> Settings {
        if self.follows_list() && !self.list.is_empty() {
            return Settings::Entry(Map::new());
        }
        let spec = [("natOutgoing".to_owned(), nat_outgoing.into())];
        Settings::Spec(spec.into_iter().collect())
    }

    /// The settings of a pool that a new one can have, too.
    fn carried(&self, encapsulation: Encapsulation, settings: &Settings) -> Settings {
        let (ipip, none) = self.by_bird;
        let is_advertised = match encapsulation {
            Encapsulation::None => none,
            other => other.is_ipip() && ipip,
        };
        let settings = settings.clone();
        if is_advertised && self.facts.routing.bgp.runs.value() != Some(&false) {
            settings.advertised()
        } else {
            settings
        }
    }

    /// Adds a pool.
    pub fn add(&mut self, new: &NewPool, settings: &Settings) -> Command {
        match &self.carried(new.encapsulation, settings) {
            Settings::Entry(settings) => {
                self.changed_list = true;
                self.asks_operator = true;
                self.list.add(new.entry(settings))
            }
            Settings::Spec(settings) => self.resources.create_pool(&new.name, &new.spec(settings)),
        }
    }

    /// Deletes a pool. Its entry is removed first, because otherwise the operator would create the
    /// pool again.
    pub fn delete(&mut self, pool: ChangedPool) -> Vec<Command> {
        let index = self.listed(pool).filter(|_| self.follows_list());
        let mut commands = Vec::new();
        if let Some(index) = index {
            self.changed_list = true;
            self.asks_operator |= pool.owned;
            commands.push(self.list.remove(index));
        }
        if index.is_none() || !pool.owned {
            commands.push(self.resources.delete(IP_POOLS, [pool.name]));
        }
        // Of the programs that delete a pool, only kubectl waits by itself.
        let by_kubectl = self.resources == ResourceWriter::Kubectl;
        let waits = by_kubectl && (index.is_none() || !pool.owned);
        let is_run = |command: &Command| matches!(command, Command::Run(_));
        if !waits && commands.iter().all(is_run) {
            let gone = self
                .resources
                .await_object(IP_POOLS, pool.name, Event::Deleted);
            commands.push(gone);
        }
        commands
    }

    /// Waits until the operator has created a pool.
    pub fn await_created(&self, name: &str) -> Command {
        self.resources.await_object(IP_POOLS, name, Event::Created)
    }

    /// Whether the operator creates a pool again once it is gone.
    pub fn creates_again(&self, pool: ChangedPool) -> bool {
        self.follows_list() && self.listed(pool).is_some()
    }

    /// The index of the entry that describes a pool. The operator finds pools by their CIDR and updates
    /// them by the name in the entry, so of several pools with one CIDR, the entry is that of the only one
    /// that it owns; to the others, it must not be applied.
    /// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.
    fn listed(&self, pool: ChangedPool) -> Option<usize> {
        let entries = &self.installation?.effective.pools;
        let index = self.list.index_of(pool.cidr)?;
        let name = entries.get(index).and_then(|entry| entry.name.as_deref());
        let twins = self.facts.known_pools().iter();
        let mut twins = twins.filter(|it| it.cidr == pool.cidr && it.name != pool.name);
        let is_of_twin =
            |twin: &ExistingPool| !pool.owned || twin.owned_by_operator || name == Some(&twin.name);
        (!twins.any(is_of_twin)).then_some(index)
    }
}

//! Where a pool is changed: in the Installation, from whose list the operator creates pools, or as an
//! IPPool resource.
//!
//! Since 1.34 (Calico 3.28), the operator updates the pools that it owns to match the list, and deletes
//! those that are no longer in it. Any other pool is changed directly, and so is its entry, if it has
//! one. Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.

use calico_core::cidr::Cidr;
use calico_core::pool::Encapsulation;
use serde_json::{Map, Value, json};

use super::command::Command;
use super::installation_list::InstallationList;
use super::new_pool::{NewPool, Settings};
use super::pool_entry::entry;
use super::resource_writer::{IP_POOLS, ResourceWriter};
use super::step::Step;
use super::unlisted_pools::unlisted_pools;
use crate::facts::Facts;
use crate::facts::drift::differences;
use crate::facts::installation::InstallationFacts;
use crate::facts::no_assignment::NO_NODE;
use crate::facts::pool_encapsulation::modes;
use crate::facts::pools::{ALL_NODES, ExistingPool};
use crate::phrases::the_pools;
use crate::snapshot::Snapshot;

/// A pool to change.
#[derive(Clone, Copy, Debug)]
pub struct ChangedPool<'a> {
    /// The name of the IPPool.
    pub name: &'a str,
    /// Its CIDR, as written.
    pub cidr: &'a str,
    /// Whether the operator owns it.
    pub owned: bool,
}

impl<'a> From<&'a ExistingPool> for ChangedPool<'a> {
    fn from(pool: &'a ExistingPool) -> Self {
        Self {
            name: &pool.name,
            cidr: &pool.cidr,
            owned: pool.owned_by_operator,
        }
    }
}

/// Writes the commands that change a cluster's pools, and keeps track of the changes to the
/// Installation's list.
pub struct PoolWriter<'a> {
    facts: &'a Facts,
    installation: Option<&'a InstallationFacts>,
    list: InstallationList,
    resources: ResourceWriter,
    changed_list: bool,
    restored: usize,
    asks_operator: bool,
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
            restored: 0,
            asks_operator: false,
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

    /// Whether any command so far changes the Installation.
    pub fn changed_list(&self) -> bool {
        self.changed_list
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

    /// Lists the unlisted pools again.
    pub fn restore_unlisted(&mut self) -> Option<Step> {
        let unlisted: Vec<&ExistingPool> = unlisted_pools(self.facts).collect();
        self.restore(&unlisted)
    }

    /// Lists the unlisted pools again if this pool is one of them, because its entry cannot be
    /// changed before that.
    pub fn restore_before_changing(&mut self, pool: &ExistingPool) -> Option<Step> {
        let is_unlisted = unlisted_pools(self.facts).any(|found| found.name == pool.name);
        is_unlisted.then(|| self.restore_unlisted()).flatten()
    }

    /// Lists pools again, unchanged.
    pub fn restore(&mut self, pools: &[&ExistingPool]) -> Option<Step> {
        let installation = self.installation.filter(|_| !pools.is_empty())?;
        let names: Vec<&str> = pools.iter().map(|pool| pool.name.as_str()).collect();
        let entries = pools
            .iter()
            .map(|pool| entry(installation.operator, pool).into());
        let it = if pools.len() == 1 { "it" } else { "them" };
        let what = format!(
            "add {} back to the Installation before the operator deletes {it}",
            the_pools(&names)
        );
        self.restored += 1;
        Some(Step::new(what).run(self.list_more(entries.collect())))
    }

    /// Adds entries to the Installation's list.
    pub fn list_more(&mut self, entries: Vec<Value>) -> Command {
        self.changed_list = true;
        self.list.extend(entries)
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

    /// Adds a pool.
    pub fn add(&mut self, new: &NewPool, settings: &Settings) -> Command {
        match settings {
            Settings::Entry(settings) => {
                self.changed_list = true;
                self.asks_operator = true;
                self.list.add(new.entry(settings))
            }
            Settings::Spec(settings) => self.resources.create_pool(&new.name, &new.spec(settings)),
        }
    }

    /// Changes a pool: `entry` are fields of its entry in the Installation, `spec` is a merge patch
    /// of the IPPool.
    pub fn set(
        &mut self,
        pool: ChangedPool,
        entry: &[(&str, Value)],
        spec: &Value,
    ) -> Vec<Command> {
        let index = self.listed(pool);
        let mut commands = Vec::new();
        if index.is_none() || !(pool.owned && self.follows_list()) {
            commands.push(self.resources.patch_spec(IP_POOLS, pool.name, spec));
        } else {
            self.asks_operator = true;
        }
        if let Some(index) = index.filter(|_| !entry.is_empty()) {
            let is_requested = self.is_requested(pool, index, entry);
            commands.push(if is_requested {
                self.changed_list = true;
                Command::Requested
            } else {
                self.set_listed(index, entry)
            });
        }
        commands
    }

    /// Whether the Installation has these values, and the operator has yet to apply them to the pool.
    fn is_requested(&self, pool: ChangedPool, index: usize, fields: &[(&str, Value)]) -> bool {
        let mut existing = self.facts.known_pools().iter();
        let existing = existing.find(|existing| existing.name == pool.name);
        let installation = self
            .installation
            .filter(|_| pool.owned && self.follows_list());
        let (Some(existing), Some(installation)) = (existing, installation) else {
            return false;
        };
        let listed = installation.effective.pools.get(index);
        let pending = listed.map(|listed| differences(installation, listed, existing));
        let pending = pending.unwrap_or_default();
        fields.iter().all(|(key, value)| {
            let value = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let mut pending = pending.iter();
            pending.any(|pending| pending.field.key() == *key && pending.requested == value)
        })
    }

    /// Changes fields of an entry of the Installation's list.
    pub fn set_listed(&mut self, index: usize, fields: &[(&str, Value)]) -> Command {
        self.changed_list = true;
        self.list.set(index, fields)
    }

    /// Lists a new pool in place of an existing one that Calico's API can neither change nor delete.
    /// Empty where the Installation does not list the old one.
    pub fn replace_listed(&mut self, old: &ExistingPool, new: &NewPool) -> Option<Command> {
        let index = self.listed(old.into())?;
        let settings = Settings::of_entry(self.list.entries().get(index)?, old);
        let Settings::Entry(settings) = settings else {
            return None;
        };
        self.changed_list = true;
        Some(self.list.replace(index, vec![new.entry(&settings)]))
    }

    /// Lists existing pools, unchanged, in place of the entry at an index.
    pub fn list_instead(&mut self, index: usize, pools: &[&ExistingPool]) -> Command {
        let operator = self.installation.map(|installation| installation.operator);
        let entries = pools
            .iter()
            .filter_map(|pool| Some(entry(operator?, pool).into()));
        self.changed_list = true;
        self.list.replace(index, entries.collect())
    }

    /// Gives a pool another encapsulation.
    pub fn encapsulate(&mut self, pool: ChangedPool, to: Encapsulation) -> Vec<Command> {
        let (ipip, vxlan) = modes(to);
        let spec = json!({"ipipMode": ipip, "vxlanMode": vxlan});
        self.set(pool, &[("encapsulation", json!(to))], &spec)
    }

    /// Stops new addresses from being assigned from a pool. Addresses in use are kept.
    pub fn disable(&mut self, pool: ChangedPool) -> Vec<Command> {
        self.set_enabled(pool, false)
    }

    /// Lets new addresses be assigned from a disabled pool again, also from one that was disabled by a selector that no
    /// node matches.
    pub fn enable(&mut self, pool: ChangedPool) -> Vec<Command> {
        self.set_enabled(pool, true)
    }

    fn set_enabled(&mut self, pool: ChangedPool, enabled: bool) -> Vec<Command> {
        const SELECTOR: &str = "nodeSelector";
        let field = self
            .installation
            .filter(|installation| installation.changes_existing_pools())
            .map(|installation| installation.enabled_field(enabled));
        let mut entry: Vec<(&str, Value)> = field.into_iter().collect();
        let mut existing = self.facts.known_pools().iter();
        let selects_none = existing.any(|it| it.name == pool.name && it.node_selector == NO_NODE);
        if !enabled || !selects_none {
            return self.set(pool, &entry, &json!({"disabled": !enabled}));
        }
        if !entry.is_empty() && entry.iter().all(|(key, _)| *key != SELECTOR) {
            entry.push((SELECTOR, ALL_NODES.into()));
        }
        let spec = json!({"disabled": false, SELECTOR: ALL_NODES});
        self.set(pool, &entry, &spec)
    }

    /// Whether a pool is disabled, and stays so: the operator enables one whose entry does not disable it.
    pub fn keeps_disabled(&self, pool: &ExistingPool) -> bool {
        let followed = self.listed(pool.into());
        let followed = followed.filter(|_| pool.owned_by_operator && self.follows_list());
        let entry = followed.and_then(|index| self.list.entries().get(index));
        let disabled = self.installation.map(|it| it.enabled_field(false));
        let is_listed_so = entry
            .zip(disabled)
            .is_none_or(|(entry, (key, value))| entry.get(key) == Some(&value));
        pool.is_disabled() && is_listed_so
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
        commands
    }

    /// Whether the operator creates a pool again once it is gone.
    pub fn creates_again(&self, pool: ChangedPool) -> bool {
        self.follows_list() && self.listed(pool).is_some()
    }

    /// Lists a new pool in the Installation in place of a deleted one: up to 1.32, the operator
    /// neither creates nor changes pools, but it validates the listed ones.
    pub fn list_in_place(&mut self, old: &ExistingPool, new: &NewPool) -> Option<Step> {
        let index = self.listed(old.into()).filter(|_| !self.follows_list())?;
        let mut fields = vec![
            ("cidr", json!(new.cidr)),
            ("blockSize", json!(new.block_size)),
            ("encapsulation", json!(new.encapsulation)),
        ];
        let entry = self.list.entries().get(index)?;
        fields.retain(|(key, value)| entry.get(key) != Some(value));
        if fields.is_empty() {
            return None;
        }
        let step = Step::new("list the new pool in the Installation instead of the old one");
        Some(step.run(self.set_listed(index, &fields)))
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

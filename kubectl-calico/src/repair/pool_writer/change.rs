//! Changes of an existing pool: of its entry in the Installation, of its IPPool, or of both.

use calico_core::pool::Encapsulation;
use serde_json::{Value, json};

use super::PoolWriter;
use super::changed_pool::ChangedPool;
use crate::facts::drift::differences;
use crate::facts::no_assignment::NO_NODE;
use crate::facts::pool_encapsulation::modes;
use crate::facts::pools::{ALL_NODES, ExistingPool};
use crate::repair::command::Command;
use crate::repair::resource_writer::IP_POOLS;

impl PoolWriter<'_> {
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
                self.requests_list = true;
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
}

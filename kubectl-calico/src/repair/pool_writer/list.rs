//! Changes of the Installation's list of pools.

use serde_json::{Value, json};

use super::PoolWriter;
use crate::facts::pools::ExistingPool;
use crate::phrases::the_pools;
use crate::repair::command::Command;
use crate::repair::new_pool::{NewPool, Settings};
use crate::repair::pool_entry::entry;
use crate::repair::step::Step;
use crate::repair::unlisted_pools::unlisted_pools;

impl PoolWriter<'_> {
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
        let Settings::Entry(settings) = self.carried(new.encapsulation, &settings) else {
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
}

//! The plan in one sentence.

use super::comparison::PoolComparison;
use super::findings::comes_before_steps;
use super::inputs::Inputs;
use super::new_family::added;
use super::pool::Pool;
use super::steps::missing_room;
use super::values::networking::HOST_LOCAL;
use crate::assess::checks::no_pool::NO_POOL;
use crate::assess::finding::{Finding, Severity};
use crate::phrases::{counted, the_pools};

/// What the sentence is about.
pub(super) struct Described<'a> {
    pub(super) inputs: &'a Inputs<'a>,
    pub(super) pools: &'a [Pool],
    pub(super) existing: &'a [PoolComparison],
    /// What status reports regardless of the plan.
    pub(super) of_cluster: &'a [Finding],
    pub(super) findings: &'a [Finding],
    pub(super) has_steps: bool,
    /// Whether something could not be read.
    pub(super) is_incomplete: bool,
}

impl Described<'_> {
    /// The sentence.
    pub(super) fn summary(&self) -> String {
        let (errors, of_cluster) = (errors(self.findings), errors(self.of_cluster));
        let mut sentence = self.sentence();
        if self.is_incomplete {
            sentence.push_str(", as far as could be read");
        }
        if errors > 0 {
            sentence.push_str(&format!(": {}", counted(errors, "error")));
        }
        if of_cluster > 0 {
            let more = if errors > 0 { "more " } else { "" };
            let errors = counted(of_cluster, &format!("{more}error"));
            sentence.push_str(&format!("; kubectl calico status reports {errors}"));
        }
        sentence
    }

    /// Whether nothing is to be done: neither for the plan nor about what status reports.
    fn is_fine(&self) -> bool {
        let mut of_cluster = self.of_cluster.iter();
        let is_any = of_cluster.any(|found| found.severity >= Severity::Warning);
        let is_blocked = self.findings.iter().any(comes_before_steps);
        !is_any && !is_blocked && errors(self.findings) == 0 && !self.has_steps
    }

    fn sentence(&self) -> String {
        let (inputs, pools, existing) = (self.inputs, self.pools, self.existing);
        if !inputs.networking.is_calico() {
            return format!(
                "No pool needed: {} assigns pod addresses{}",
                inputs.networking.plugin,
                match inputs.networking.plugin.as_str() {
                    HOST_LOCAL => "",
                    _ => ", and Calico only enforces network policy",
                }
            );
        }
        let mut flags: Vec<&str> = pools.iter().flat_map(Pool::missing_flags).collect();
        flags.dedup();
        if !flags.is_empty() {
            return format!("Undetermined: set {}", flags.join(" and "));
        }
        if self.findings.iter().any(|finding| NO_POOL.found(finding)) {
            return "The pools are gone, and must come back as they were before anything is changed".to_owned();
        }
        if existing.is_empty() {
            let pools: Vec<String> = pools.iter().map(Pool::summary).collect();
            return pools.join("; ");
        }
        if inputs.facts.install.is_being_removed {
            return "The Installation is being deleted: no pool must be changed".to_owned();
        }
        let deleted = names(existing, |pool| pool.being_deleted);
        if !deleted.is_empty() {
            let are = if deleted.len() == 1 { "is" } else { "are" };
            return format!("{} {are} being deleted", subject(&deleted));
        }
        let unlisted = names(existing, |pool| pool.unlisted);
        if !unlisted.is_empty() {
            let unlisted = subject(&unlisted);
            return format!("{unlisted} must be added back to the Installation");
        }
        let changes = names(existing, |pool| !pool.changes.is_empty());
        let changed = subject(&changes);
        let replaces = existing.iter().any(PoolComparison::takes_a_new_pool);
        let added: Vec<String> = added(inputs, pools)
            .map(|(pool, _)| pool.summary())
            .collect();
        let new = added.join("; ");
        let has_no_room = |pool: &PoolComparison| missing_room(inputs, pools, pool).is_some();
        let is_forbidden =
            self.findings.iter().any(comes_before_steps) || existing.iter().any(has_no_room);
        match (changes.is_empty(), new.is_empty()) {
            (true, true) if self.is_fine() => {
                "No change needed: the existing pools are kept".to_owned()
            }
            (true, true) => "The existing pools are kept".to_owned(),
            (true, false) if is_forbidden => format!("{new} must not be added"),
            (true, false) => format!("The existing pools are kept, and a pool is added: {new}"),
            (false, _) if is_forbidden => format!("{changed} must not be changed as requested"),
            (false, true) => change(&changed, replaces),
            (false, false) => format!("{}, and a pool is added: {new}", change(&changed, replaces)),
        }
    }
}

fn errors(findings: &[Finding]) -> usize {
    let errors = findings.iter();
    errors
        .filter(|found| found.severity == Severity::Error)
        .count()
}

fn change(pools: &str, replaces: bool) -> String {
    if replaces {
        format!("{pools} must be replaced by a new pool")
    } else {
        format!("{pools} can be changed in place")
    }
}

fn names(pools: &[PoolComparison], is: impl Fn(&PoolComparison) -> bool) -> Vec<&str> {
    pools
        .iter()
        .filter(|pool| is(pool))
        .map(|pool| pool.pool.as_str())
        .collect()
}

/// Pools at the beginning of a sentence.
fn subject(names: &[&str]) -> String {
    the_pools(names).replacen('t', "T", 1)
}

impl Pool {
    /// `10.244.0.0/16 in blocks of /26, VXLAN`
    fn summary(&self) -> String {
        let shown = |value: Option<String>| value.unwrap_or_default();
        format!(
            "{} in blocks of /{}, {}",
            shown(self.cidr.value().map(ToString::to_string)),
            shown(self.block_size.value().map(ToString::to_string)),
            shown(self.encapsulation.value().map(ToString::to_string))
        )
    }
}

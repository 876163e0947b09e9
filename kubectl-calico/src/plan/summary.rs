//! The plan in one sentence.

use super::comparison::PoolComparison;
use super::findings::forbids_change;
use super::inputs::Inputs;
use super::new_family::added;
use super::pool::Pool;
use crate::assess::finding::{Finding, Severity};

pub(super) fn summary(
    inputs: &Inputs,
    pools: &[Pool],
    live: &[PoolComparison],
    findings: &[Finding],
    unread: bool,
) -> String {
    let errors = findings
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .count();
    let mut sentence = sentence(inputs, pools, live, findings);
    if unread {
        sentence.push_str(", as far as could be read");
    }
    match errors {
        0 => sentence,
        1 => format!("{sentence}: 1 error"),
        errors => format!("{sentence}: {errors} errors"),
    }
}

fn sentence(
    inputs: &Inputs,
    pools: &[Pool],
    live: &[PoolComparison],
    findings: &[Finding],
) -> String {
    let networking = &inputs.networking;
    if !networking.is_calico() {
        return format!(
            "No pool: pods get their addresses from {}, and Calico does policies",
            networking.plugin
        );
    }
    let open = pools.iter().flat_map(Pool::open_flags);
    let mut flags: Vec<&str> = open.collect();
    flags.dedup();
    if !flags.is_empty() {
        return format!("Not settled yet: give {}", flags.join(" and "));
    }
    if live.is_empty() {
        return pools
            .iter()
            .map(Pool::summary)
            .collect::<Vec<_>>()
            .join("; ");
    }
    let changed: Vec<&PoolComparison> = live
        .iter()
        .filter(|pool| !pool.changes.is_empty())
        .collect();
    let lost: Vec<&PoolComparison> = live.iter().filter(|pool| pool.lost).collect();
    let names = |pools: &[&PoolComparison]| {
        let names = pools.iter().map(|pool| pool.pool.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    if !lost.is_empty() {
        return format!("{} has to be put back into the Installation", names(&lost));
    }
    let names = names(&changed);
    let added = added(inputs, pools).map(|(pool, _)| pool.summary());
    let added: Vec<String> = added.collect();
    let added = added.join("; ");
    let wrong = findings.iter().any(forbids_change);
    match (changed.is_empty(), added.is_empty()) {
        (true, true) => "The live pools stay as they are".to_owned(),
        (true, false) if wrong => format!("{added} must not be added to the live pools"),
        (true, false) => format!("The live pools stay as they are, and one is added: {added}"),
        (false, _) if wrong => format!("{names} must not be changed to that"),
        (false, is_alone) => {
            let how = match changed.iter().any(|pool| pool.takes_a_new_pool()) {
                true => format!("Another pool has to take the place of {names}"),
                false => format!("{names} can be changed in place"),
            };
            match is_alone {
                true => how,
                false => format!("{how}, and one is added: {added}"),
            }
        }
    }
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

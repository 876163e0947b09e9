//! What the tests of fixes read of a report.

use std::collections::BTreeSet;

use calico_core::cidr::Cidr;
use serde::Deserialize;
use serde_json::Value;

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Report {
    pub(super) findings: Vec<Finding>,
    facts: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Finding {
    pub(super) code: String,
    pub(super) severity: Severity,
    subject: String,
    pub(super) fix: Vec<Step>,
}

/// From the least to the most severe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Severity {
    Note,
    Warning,
    Error,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Step {
    pub(super) what: String,
    #[serde(default)]
    pub(super) commands: Vec<String>,
    /// Whether another way begins here, in place of the steps before it.
    #[serde(default, rename = "alternative")]
    pub(super) is_alternative: bool,
}

impl Report {
    pub(super) fn finding(&self, name: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.name() == name)
    }

    /// The findings of at least this severity that another report did not have.
    pub(super) fn new_since(&self, before: &Self, severity: Severity) -> Vec<String> {
        self.findings
            .iter()
            .filter(|finding| finding.severity >= severity)
            .map(Finding::name)
            .filter(|name| before.finding(name).is_none())
            .collect()
    }

    /// The CIDRs of the existing pools with their names, and the pod CIDRs with none; without host bits.
    pub(super) fn networks(&self) -> BTreeSet<(String, String)> {
        let pools = self.facts["pools"]["value"].as_array();
        let pools = pools
            .into_iter()
            .flatten()
            .filter_map(|pool| Some((network(&pool["cidr"])?, pool["name"].as_str()?.to_owned())));
        let pod_cidrs = self.facts["networks"]["pods"].as_array();
        let pod_cidrs = pod_cidrs
            .into_iter()
            .flatten()
            .flat_map(|source| source["cidrs"].as_array().into_iter().flatten())
            .filter_map(|cidr| Some((network(cidr)?, String::new())));
        pools.chain(pod_cidrs).collect()
    }
}

fn network(cidr: &Value) -> Option<String> {
    let cidr: Cidr = cidr.as_str()?.parse().ok()?;
    Some(cidr.network().to_string())
}

impl Report {
    /// Whether a pool of this name exists.
    pub(super) fn has_pool(&self, name: &str) -> bool {
        let pools = self.facts["pools"]["value"].as_array();
        pools.into_iter().flatten().any(|pool| pool["name"] == name)
    }
}

impl Finding {
    /// `CODE Kind/namespace/name`.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.code, self.subject)
    }
}

/// All text of steps.
pub(super) fn announcement(steps: &[Step]) -> String {
    let lines = |step: &Step| format!("{}\n{}", step.what, step.commands.join("\n"));
    steps.iter().map(lines).collect::<Vec<_>>().join("\n")
}

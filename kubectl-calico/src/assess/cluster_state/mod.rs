//! The state of a cluster, and the sentence that describes it.

mod summary;

use serde::Serialize;

use super::counts::{CheckCounts, FindingCounts};
use crate::facts::Facts;
use crate::facts::method::Method;

/// The state of Calico in a cluster, or what the checks say about a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum ClusterState {
    /// calico-node was counted, every node is Ready, no check was skipped, and none found an error or a
    /// warning.
    Healthy,
    /// A check found something that works now, but not on every node or not for much longer; or nodes are not Ready.
    Warning,
    /// A check found something that does not work.
    Degraded,
    /// A proposal in which no check found an error or a warning.
    Passed,
    /// A proposal in which a check found something that does not work.
    Failed,
    /// No part of Calico is running, or proposed, except perhaps its operator.
    NotInstalled,
    /// No check found an error, but calico-node could not be counted, or not everything could be read.
    Unknown,
}

impl ClusterState {
    /// `is_complete` is whether everything could be read.
    pub(super) fn of(
        facts: &Facts,
        findings: &FindingCounts,
        checks: &CheckCounts,
        is_complete: bool,
    ) -> Self {
        let is_complete = is_complete && checks.skipped == 0;
        match facts.install.method.value() {
            None if facts.install.is_evident && findings.error > 0 => Self::Degraded,
            None => Self::Unknown,
            Some(Method::Remnants) if findings.error > 0 => Self::Degraded,
            Some(Method::Remnants) if !is_complete => Self::Unknown,
            Some(_) if facts.install.is_missing() => Self::NotInstalled,
            Some(_) if findings.error > 0 => Self::Degraded,
            Some(_) if !is_counted(facts) || !is_complete => Self::Unknown,
            Some(_) if findings.warning > 0 || unready_nodes(facts) > 0 => Self::Warning,
            Some(_) => Self::Healthy,
        }
    }

    /// The state of a proposal.
    pub(super) fn proposed(facts: &Facts, findings: &FindingCounts, is_complete: bool) -> Self {
        if findings.error > 0 {
            Self::Failed
        } else if !is_complete {
            Self::Unknown
        } else if facts.install.is_missing() {
            Self::NotInstalled
        } else if findings.warning > 0 {
            Self::Warning
        } else {
            Self::Passed
        }
    }

    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Healthy,
        Self::Warning,
        Self::Degraded,
        Self::Passed,
        Self::Failed,
        Self::NotInstalled,
        Self::Unknown,
    ];

    /// The state as programs read it, as in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Warning => "warning",
            Self::Degraded => "degraded",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotInstalled => "notInstalled",
            Self::Unknown => "unknown",
        }
    }

    /// The state in one or two words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Warning => "needs attention",
            Self::Degraded => "degraded",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotInstalled => "not installed",
            Self::Unknown => "state unknown",
        }
    }
}

/// The nodes that are not Ready, as far as they are known.
fn unready_nodes(facts: &Facts) -> usize {
    let nodes = facts.cluster.nodes.value();
    nodes.map_or(0, |nodes| nodes.total.saturating_sub(nodes.ready))
}

/// Whether it is known on how many nodes calico-node is ready. A manifest alone does not show that.
fn is_counted(facts: &Facts) -> bool {
    let agents = facts.agents.value();
    agents.is_some_and(|agents| agents.counts.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_read_the_same_key_in_every_format() {
        for state in ClusterState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.key());
        }
    }
}

//! A cluster in one row.

use crate::assess::finding::Severity;
use crate::assess::report::Report;
use crate::facts::Facts;
use crate::facts::fact::Fact;
use crate::phrases::counted;

/// What is not known.
const UNKNOWN: &str = "<unknown>";

/// What does not exist.
const NONE: &str = "<none>";

/// A cluster in a few words each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterSummary {
    /// The state: healthy, degraded, …
    pub state: String,
    /// Calico's version.
    pub version: String,
    /// The encapsulations of the pools.
    pub modes: String,
    /// The share of the addresses that is in use, of the fullest pool.
    pub pools: String,
    /// Ready nodes and all nodes.
    pub nodes: String,
    /// Ready replicas of Typha and those that are needed.
    pub typha: String,
    /// The first of the most severe findings, and how many more there are, without those that disappear with
    /// others.
    pub worst: String,
}

impl ClusterSummary {
    /// The summary of a report.
    pub fn of(report: &Report) -> Self {
        let facts = &report.facts;
        Self {
            state: report.state.word().to_owned(),
            version: match &facts.install.calico {
                _ if facts.install.enterprise.is_some() => facts.install.product(),
                Fact::Known { value, .. } => value.clone(),
                Fact::Absent { .. } => NONE.to_owned(),
                Fact::Unknown { .. } => UNKNOWN.to_owned(),
            },
            modes: modes(facts),
            pools: pools(facts),
            nodes: match facts.cluster.nodes.value() {
                Some(nodes) => format!("{}/{}", nodes.ready, nodes.total),
                None => UNKNOWN.to_owned(),
            },
            typha: typha(facts),
            worst: worst(report),
        }
    }
}

fn modes(facts: &Facts) -> String {
    match facts.routing.modes {
        Fact::Known { .. } => {}
        Fact::Absent { .. } => return NONE.to_owned(),
        Fact::Unknown { .. } => return UNKNOWN.to_owned(),
    }
    let mut modes: Vec<String> = Vec::new();
    for mode in facts.routing.known_modes() {
        let word = match mode.encapsulation {
            Some(encapsulation) => encapsulation.to_string(),
            None => "other".to_owned(),
        };
        if !modes.contains(&word) {
            modes.push(word);
        }
    }
    if modes.is_empty() {
        NONE.to_owned()
    } else {
        modes.join(",")
    }
}

fn pools(facts: &Facts) -> String {
    let Some(pools) = facts.pools.value() else {
        return UNKNOWN.to_owned();
    };
    if pools.is_empty() {
        return NONE.to_owned();
    }
    let shares = pools.iter().filter_map(|pool| pool.usage.value());
    let shares = shares.map(crate::facts::pool_usage::PoolUsage::share);
    match shares.fold(None, |most: Option<f64>, share| {
        Some(most.map_or(share, |most| most.max(share)))
    }) {
        Some(share) => format!("{:.0}%", share * 100.0),
        None => UNKNOWN.to_owned(),
    }
}

fn typha(facts: &Facts) -> String {
    match (facts.typha.deployment.value(), facts.typha.wanted.value()) {
        (Some(deployment), Some(wanted)) => format!("{}/{}", deployment.ready, wanted.replicas),
        (Some(deployment), None) => format!("{}/{}", deployment.ready, deployment.replicas),
        (None, _) if facts.typha.deployment.is_absent() => NONE.to_owned(),
        (None, _) => UNKNOWN.to_owned(),
    }
}

fn worst(report: &Report) -> String {
    let findings = report.findings.iter();
    let to_fix = findings.filter(|it| it.severity > Severity::Note && it.symptom_of.is_none());
    let more = to_fix.clone().count().saturating_sub(1);
    // Of several equal ones, the first is to be fixed first.
    let Some(worst) = to_fix.rev().max_by_key(|it| it.severity) else {
        return NONE.to_owned();
    };
    let worst = format!("{} {}", worst.severity.word(), worst.code);
    match more {
        0 => worst,
        more => format!("{worst} and {}", counted(more, "other")),
    }
}

//! Which pools a cluster needs, and why: from a snapshot and a request to a plan. Pure, like
//! [`crate::assess`], whose facts it is derived from.

pub mod catalog;
pub mod choice;
pub mod comparison;
mod entries;
mod findings;
mod inputs;
mod new_family;
mod node_families;
mod not_read;
mod pool;
mod ports;
pub mod request;
mod stale_entries;
mod steps;
mod summary;
pub mod values;

use serde::Serialize;
use serde_yaml::Value;

use crate::assess::advice::new_installation::only_restored;
use crate::assess::finding::{Finding, Severity};
use crate::document::Head;
use crate::facts::Facts;
use crate::facts::cluster::Cluster;
use crate::facts::install::Install;
use crate::facts::networks::Networks;
use crate::facts::ports::Port;
use crate::repair::Step;
use crate::repair::destination::Destination;
use crate::repair::installation_settings::Setting;
use crate::repair::owned_objects::name_owners;
use crate::snapshot::Snapshot;
use choice::Choice;
use comparison::PoolComparison;
use findings::{leftover_pools, other_plugin, rules, simulation};
use inputs::Inputs;
use k8s_openapi::jiff::Timestamp;
pub use not_read::Unread;
pub use pool::Pool;
use request::PlanRequest;
use summary::Described;
use values::cidr;
use values::networking::Networking;
use values::operator::operator;

/// `kind` of a plan.
pub const KIND: &str = "Plan";

/// A plan, as `kubectl calico plan` prints it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The first fields of the document.
    #[serde(flatten)]
    pub head: Head,
    /// The plan in one sentence.
    pub summary: String,
    /// What was read from the cluster or derived from it.
    pub facts: PlanFacts,
    /// The operator whose rules were applied, as `1.42.3`.
    pub operator: Choice<String>,
    /// The Calico release that this operator installs, as `3.32`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calico: Option<String>,
    /// The number of nodes that the pools are planned for.
    pub nodes: Choice<u32>,
    /// The number of pods that each node can run.
    pub pods_per_node: Choice<u32>,
    /// The CNI plugin that gives pods their addresses.
    pub networking: Networking,
    /// The pools that the cluster needs, one per address family.
    pub pools: Vec<Pool>,
    /// What the Installation must set besides its pools.
    pub settings: Vec<Setting>,
    /// The existing pools, and what the plan changes in them.
    pub existing_pools: Vec<PoolComparison>,
    /// The InternalIPs of the nodes.
    #[serde(skip)]
    pub node_addresses: Vec<String>,
    /// The Installation's list of pools as planned; empty if another CNI plugin does IPAM.
    #[serde(skip)]
    pub entries: Vec<Value>,
    /// What to do instead of applying the plan, if not enough is known of a Calico whose Installation is gone.
    #[serde(skip)]
    pub only_restored: Option<String>,
    /// Whether there is an APIServer, of any name: the operator accepts only one.
    #[serde(skip)]
    pub has_api_server: bool,
    /// The ports that must be open between nodes; if pools exist, only those needed in addition.
    pub ports: Vec<Port>,
    /// What `kubectl calico status` reports about the cluster regardless of the plan: every error, and
    /// whatever is about the pools.
    pub existing_findings: Vec<Finding>,
    /// What is wrong with the plan, errors first.
    pub findings: Vec<Finding>,
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// What could not be read.
    pub not_read: Vec<Unread>,
    /// Where its commands go.
    #[serde(skip)]
    pub destination: Destination,
}

/// The facts that a plan is derived from, under the same names as in a report.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlanFacts {
    /// The cluster that Calico runs in, or will run in.
    pub cluster: Cluster,
    /// How Calico is installed.
    pub install: Install,
    /// The networks that Kubernetes was configured with.
    pub networks: Networks,
}

/// Plans the pools of a cluster; `now` is when the plan is written.
pub fn plan(snapshot: &Snapshot, request: &PlanRequest, now: Timestamp) -> Plan {
    let facts = Facts::of(snapshot);
    let (operator, version) = operator(&facts, request);
    let inputs = Inputs::new(snapshot, &facts, request, version);
    let mut found = other_plugin::findings(&inputs);
    found.extend(leftover_pools::finding(&inputs));
    found.extend(findings::before_steps::findings(&inputs));
    let mut pools = Vec::new();
    let existing_findings;
    if inputs.networking.is_calico() {
        let families = cidr::families(&inputs).into_iter();
        pools.extend(families.map(|family| pool::pool(&inputs, family, &mut found)));
        let simulated = simulation::found(&inputs, &pools);
        existing_findings = simulated.existing;
        found.extend(simulated.by_plan);
        found.extend(findings::new_family::findings(&inputs, &pools));
        found.extend(findings::family_addresses::findings(&inputs, &pools));
        found.extend(findings::reservations::findings(&inputs, &pools));
        found.extend(rules::findings(&inputs, &pools));
    } else {
        existing_findings = simulation::without_installation(&inputs);
    }
    let existing_pools = comparison::compare(&inputs, &pools);
    found.extend(existing_pools.iter().filter_map(|compared| {
        let kept = findings::pod_cidrs::finding(&inputs, compared);
        kept.or_else(|| compared.finding())
    }));
    found.extend(findings::existing_overlaps::findings(
        &inputs,
        &pools,
        &existing_pools,
    ));
    found.extend(findings::unlisted_pools::findings(&inputs));
    // A stable sort: findings of one severity stay in the order in which they were found.
    found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let entries = if inputs.networking.is_calico() {
        entries::planned(&inputs, &pools)
    } else {
        Vec::new()
    };
    let ports = ports::ports(&inputs, &pools, &existing_pools);
    let not_read = not_read::unread(&inputs);
    let incomplete = not_read.iter().any(|row| row.needed);
    let draft = steps::Draft {
        inputs: &inputs,
        pools: &pools,
        entries: &entries,
        existing: &existing_pools,
        ports: &ports,
        findings: &found,
        of_cluster: &existing_findings,
    };
    let is_abandoned = draft.is_abandoned();
    let mut steps = steps::steps(&draft);
    name_owners(snapshot, &facts, &mut steps);
    let described = Described {
        inputs: &inputs,
        pools: &pools,
        existing: &existing_pools,
        of_cluster: &existing_findings,
        findings: &found,
        has_steps: !steps.is_empty(),
        is_incomplete: incomplete,
    };
    Plan {
        head: Head::new(KIND, &snapshot.origin, now),
        summary: described.summary(),
        only_restored: only_restored(snapshot, &facts).filter(|_| is_abandoned),
        has_api_server: !snapshot.api_servers.items().is_empty(),
        steps,
        entries,
        ports,
        not_read,
        operator,
        calico: version.calico(),
        node_addresses: inputs.node_addresses().map(str::to_owned).collect(),
        nodes: inputs.nodes,
        pods_per_node: inputs.pods_per_node,
        networking: inputs.networking,
        settings: inputs.settings,
        facts: PlanFacts {
            cluster: facts.cluster,
            install: facts.install,
            networks: facts.networks,
        },
        pools,
        existing_pools,
        existing_findings,
        findings: found,
        destination: Destination::default(),
    }
}

impl Plan {
    /// Sends its commands to the cluster.
    pub fn address(&mut self, destination: Destination) {
        destination.address_all(&mut self.steps);
        let findings = self.findings.iter_mut().chain(&mut self.existing_findings);
        for finding in findings {
            destination.address_all(&mut finding.fix);
        }
        self.destination = destination;
    }

    /// The severity of the worst finding.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|found| found.severity).max()
    }

    /// Why there is nothing to apply: the Installation needs neither pools nor settings, or not all of it is known.
    pub fn nothing_to_apply(&self) -> Option<String> {
        if let Some(instead) = &self.only_restored {
            return Some(format!("no plan to apply: {instead}"));
        }
        let needs_nothing = !self.networking.is_calico() && self.settings.is_empty();
        needs_nothing.then(|| {
            format!(
                "nothing to apply: {} assigns pod addresses, so no pool is needed; run helm without \
                 flags or values of this plan",
                self.networking.plugin
            )
        })
    }

    /// Whether every value is determined, and everything that the values depend on was read.
    pub fn is_complete(&self) -> bool {
        !self.pools.iter().any(Pool::is_undetermined) && !self.not_read.iter().any(|row| row.needed)
    }
}

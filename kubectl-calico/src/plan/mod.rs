//! Which pools a cluster needs, and why: from a snapshot and what is asked for to a plan. Pure, as
//! [`crate::assess`] is, from whose facts it follows.

mod added;
mod answer;
mod apart;
pub mod asked;
mod basis;
mod block_size;
mod change;
pub mod choice;
mod cidr;
mod cloud;
mod command;
mod constraint;
mod demand;
mod encapsulation;
mod entries;
mod fixed;
mod install;
mod judged;
mod left_over;
mod listed;
pub mod live;
mod lost;
mod migrate;
pub mod networking;
mod notes;
mod objections;
mod operator;
mod other_plugin;
mod pool;
mod ports;
mod sizes;
pub mod steps;
mod unread;
mod way;
mod what_if;

use serde::Serialize;
use serde_yaml::Value;

use crate::assess::facts::Facts;
use crate::assess::facts::cluster::Cluster;
use crate::assess::facts::install::Install;
use crate::assess::facts::networks::Networks;
use crate::assess::facts::ports::Port;
use crate::assess::finding::{Finding, Severity};
use crate::repair::Step;
use crate::snapshot::Snapshot;
use asked::Asked;
use basis::Basis;
use choice::Choice;
use live::Compared;
use networking::{Networking, Setting};
pub use pool::Pool;
pub use sizes::{Size, Sizes};
pub use unread::Unread;

/// `apiVersion` of a plan. A field is never taken away or given another meaning under the same
/// version.
pub const API_VERSION: &str = "kubectl-calico/v1alpha1";

/// `kind` of a plan.
pub const KIND: &str = "Plan";

/// What `kubectl calico plan` says.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// [`API_VERSION`]
    pub api_version: &'static str,
    /// [`KIND`]
    pub kind: &'static str,
    /// All of it in one sentence.
    pub answer: String,
    /// The cluster.
    pub cluster: Cluster,
    /// What of Calico is there.
    pub install: Install,
    /// The operator whose rules were applied, as `1.42.3`.
    pub operator: Choice<String>,
    /// The Calico that it installs, as `3.32`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calico: Option<String>,
    /// For how many nodes.
    pub nodes: Choice<u32>,
    /// With how many pods each.
    pub pods_per_node: Choice<u32>,
    /// Who gives pods their addresses.
    pub networking: Networking,
    /// What Kubernetes was set up with.
    pub networks: Networks,
    /// The pools that are needed, one for each family.
    pub pools: Vec<Pool>,
    /// What the Installation has to say beside its pools.
    pub settings: Vec<Setting>,
    /// The live pools, and what the plan changes of them.
    pub existing_pools: Vec<Compared>,
    /// The nodes' addresses.
    #[serde(skip)]
    pub node_addresses: Vec<String>,
    /// The Installation's list of pools as it should be.
    #[serde(skip)]
    pub entries: Vec<Value>,
    /// What has to be open between nodes; where pools are live, beside what has to be already.
    pub ports: Vec<Port>,
    /// What `kubectl calico status` finds already, whatever is planned.
    pub already: Vec<Finding>,
    /// What speaks against it, the worst first.
    pub findings: Vec<Finding>,
    /// What to do next.
    pub steps: Vec<Step>,
    /// What could not be read.
    pub not_read: Vec<Unread>,
}

/// Plans the pools of a cluster.
pub fn plan(snapshot: &Snapshot, asked: &Asked) -> Plan {
    let facts = Facts::of(snapshot);
    let (operator, version) = operator::operator(&facts, asked);
    let basis = Basis::new(snapshot, &facts, asked, version);
    let mut findings = other_plugin::findings(&basis);
    findings.extend(left_over::finding(&basis));
    let (mut pools, mut already) = (Vec::new(), Vec::new());
    if basis.networking.is_calico() {
        let families = cidr::families(&basis).into_iter();
        pools.extend(families.map(|family| pool::pool(&basis, family, &mut findings)));
        let found = what_if::found(&basis, &pools);
        already = found.already;
        findings.extend(found.by_plan);
        findings.extend(added::findings(&basis, &pools));
        findings.extend(judged::findings(&basis, &pools));
    }
    let existing_pools = live::compare(&basis, &pools);
    findings.extend(existing_pools.iter().filter_map(Compared::finding));
    findings.extend(lost::findings(&basis));
    // In the order in which they were found within one severity.
    findings.sort_by_key(|found| std::cmp::Reverse(found.severity));
    let entries = entries::planned(&basis, &pools);
    let ports = ports::ports(&basis, &pools, &existing_pools);
    let not_read = unread::unread(&basis);
    let incomplete = not_read.iter().any(|row| row.needed);
    Plan {
        api_version: API_VERSION,
        kind: KIND,
        answer: answer::answer(&basis, &pools, &existing_pools, &findings, incomplete),
        steps: steps::steps(&basis, &pools, &entries, &existing_pools, &ports, &findings),
        entries,
        ports,
        not_read,
        operator,
        calico: version.calico(),
        node_addresses: basis.node_addresses().map(str::to_owned).collect(),
        nodes: basis.nodes,
        pods_per_node: basis.pods_per_node,
        networking: basis.networking,
        settings: basis.settings,
        cluster: facts.cluster,
        install: facts.install,
        networks: facts.networks,
        pools,
        existing_pools,
        already,
        findings,
    }
}

impl Plan {
    /// How bad the worst finding is.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|found| found.severity).max()
    }

    /// Whether all values are settled, and what they hang on was read.
    pub fn is_settled(&self) -> bool {
        let needed = |row: &Unread| row.needed;
        !self.pools.iter().any(Pool::has_open_values) && !self.not_read.iter().any(needed)
    }
}

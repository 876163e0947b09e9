//! What a node has to do with Typha.

use std::collections::BTreeMap;

use serde::Serialize;

use super::agent_pod::AgentPod;
use crate::facts::Facts;
use crate::facts::fact::Fact;
use crate::facts::typha;
use crate::snapshot::{Pod, Provenance, Reading, Snapshot};
use crate::views::pods;

/// What a node has to do with Typha, to which its Felix connects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TyphaRole {
    /// The pod of Typha that runs on the node; absent if none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod: Option<String>,
    /// Whether that pod is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready: Option<bool>,
}

/// The pods of Typha by node, and whether Felix uses Typha.
pub(super) struct TyphaPods<'a> {
    used: &'a Fact<bool>,
    pods: &'a Reading<Vec<Pod>>,
    by_node: BTreeMap<&'a str, &'a Pod>,
}

impl<'a> TyphaPods<'a> {
    pub(super) fn of(snapshot: &'a Snapshot, facts: &'a Facts) -> Self {
        let pods = pods::wanted(snapshot).filter(|pod| pods::app(pod) == typha::NAME);
        Self {
            used: &facts.typha.used,
            pods: &snapshot.calico_pods,
            by_node: pods.map(|pod| (pod.spec.node_name.as_str(), pod)).collect(),
        }
    }

    /// That of a node; `agent` is its calico-node, whose Felix connects to Typha.
    pub(super) fn on(&self, node: &str, agent: &Fact<AgentPod>) -> Fact<TyphaRole> {
        if let (Fact::Absent { absent }, None) = (agent, self.by_node.get(node)) {
            return Fact::absent(absent);
        }
        match (self.used, self.pods) {
            (Fact::Unknown { unknown }, _) => Fact::unknown(unknown.clone()),
            (Fact::Absent { absent }, _) => Fact::absent(absent),
            (Fact::Known { value: false, .. }, _) => Fact::absent("Felix does not use Typha"),
            (Fact::Known { .. }, Reading::Unknown(why)) => why.clone().into(),
            (Fact::Known { .. }, _) => {
                let pod = self.by_node.get(node);
                let role = TyphaRole {
                    pod: pod.map(|pod| pod.metadata.name.clone()),
                    ready: pod.map(|pod| pod.is_ready()),
                };
                Fact::known(role, Provenance::all("Pod"))
            }
        }
    }
}

//! What the API cannot show: where packets between nodes are lost. Instead, what to run on which node.

pub mod carrier;
pub mod ends;
pub mod path;
pub mod steps;
mod suspicion;

use serde::Serialize;

use ends::Ends;
use path::Path;

use super::finding::Finding;
use crate::facts::Facts;
use crate::repair::Step;
use crate::snapshot::Snapshot;

/// What to run if pods on other nodes do not answer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Connectivity {
    /// Whether pods are not ready, and no finding explains why.
    pub suspected: bool,
    /// The two nodes of the steps, and what carries the packets between them.
    pub path: String,
    /// What to run on which node, in order.
    pub steps: Vec<Step>,
}

impl Connectivity {
    /// That of a cluster; `None` if it has fewer than two nodes, or Calico does not connect its pods.
    pub fn of(snapshot: &Snapshot, facts: &Facts, findings: &[Finding]) -> Option<Self> {
        let ends = Ends::of(snapshot)?;
        let path = Path::of(snapshot, facts, &ends)?;
        Some(Self {
            suspected: suspicion::is_suspected(snapshot, findings),
            path: sentence(&path, &ends),
            steps: steps::steps(&path, &ends),
        })
    }
}

fn sentence(path: &Path, ends: &Ends) -> String {
    let (from, to) = (&ends.from, &ends.to);
    let carrier = path.carrier.map_or_else(String::new, |carrier| {
        let (name, traffic) = (carrier.name(), carrier.traffic());
        if path.is_within_subnet {
            format!("{name}, because they are in the same subnet")
        } else if carrier.interface().is_none() {
            name.to_owned()
        } else {
            format!("{name} ({traffic})")
        }
    });
    format!(
        "{} ({}) to {} ({}): {carrier}",
        from.node, from.address, to.node, to.address
    )
}

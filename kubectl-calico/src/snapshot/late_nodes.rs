//! Nodes that have joined while a cluster was read.

use std::collections::BTreeSet;

use super::Snapshot;
use super::reading::Reading;
use super::source::SnapshotSource;

impl Snapshot {
    /// Adds the nodes that have blocks and were not in the list: nodes and blocks are read at the same time, so
    /// one that has just joined could be taken for one that is gone.
    pub(super) async fn add_late_nodes(&mut self, source: &impl SnapshotSource) {
        let Reading::Read(nodes) = &mut self.nodes else {
            return;
        };
        let listed: BTreeSet<&str> = nodes.iter().map(|it| it.metadata.name.as_str()).collect();
        let blocks = self.ipam_blocks.items().iter();
        let owners: BTreeSet<&str> = blocks
            .filter_map(|block| block.spec.affinity.as_deref()?.strip_prefix("host:"))
            .filter(|name| is_possible(name))
            .collect();
        let missing = owners.difference(&listed);
        let missing: BTreeSet<String> = missing.map(|name| (*name).to_owned()).collect();
        if missing.is_empty() {
            return;
        }
        match source.late_nodes(&missing).await {
            Reading::Read(late) => nodes.extend(late),
            unread => self.nodes = unread,
        }
    }
}

/// Whether a node may have that name, which becomes part of a request.
fn is_possible(name: &str) -> bool {
    let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    !name.is_empty() && name.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use crate::snapshot::fake_cluster::FakeCluster;
    use crate::snapshot::resource::Resource;
    use crate::snapshot::{Node, Reading, Snapshot, Unknown};

    /// A cluster with blocks of these nodes, of which one is listed and one joins late.
    async fn gather(late: Reading<Vec<Node>>) -> (Snapshot, Vec<String>) {
        let mut cluster = FakeCluster::new(|resource: &Resource, _| {
            let objects = match resource.kind {
                "Node" => json!([{"metadata": {"name": "listed"}}]),
                "IPAMBlock" => json!([
                    {"spec": {"affinity": "host:listed"}},
                    {"spec": {"affinity": "host:late"}},
                    {"spec": {"affinity": "host:gone"}},
                    {"spec": {"affinity": "host:no,such=name"}},
                    {"spec": {"affinity": "virtual:load-balancer"}},
                    {"spec": {}},
                ]),
                _ => json!([]),
            };
            (Duration::ZERO, objects)
        });
        cluster.late_nodes = late;
        let snapshot = Snapshot::gather(&cluster).await;
        (snapshot, cluster.asked.into_inner())
    }

    #[tokio::test]
    async fn a_node_that_joins_meanwhile_is_no_node_that_is_gone() {
        let late = serde_json::from_value(json!([{"metadata": {"name": "late"}}])).unwrap();
        let (snapshot, asked) = gather(Reading::Read(late)).await;
        let nodes = snapshot.nodes.items().iter();
        let names: Vec<_> = nodes.map(|node| node.metadata.name.as_str()).collect();
        assert_eq!(names, ["listed", "late"]);
        assert_eq!(asked, ["gone", "late"]);
    }

    #[tokio::test]
    async fn nodes_that_cannot_be_confirmed_are_unknown() {
        let why = Unknown::Failed("no".to_owned());
        let (snapshot, _) = gather(Reading::Unknown(why.clone())).await;
        assert_eq!(snapshot.nodes.unknown(), Some(why));
    }
}

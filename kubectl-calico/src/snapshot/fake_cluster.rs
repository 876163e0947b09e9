//! A cluster for tests.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::resource::Resource;
use super::{MessageRequests, Node, Origin, PodMessages, Reading, SnapshotSource, Store};

/// A cluster that notes what it is asked for.
pub(super) struct FakeCluster<F> {
    /// The objects of a row in a store, and how long it takes to read them.
    pub(super) objects: F,
    pub(super) late_nodes: Reading<Vec<Node>>,
    /// The rows that were read, by their plurals.
    pub(super) read: RefCell<Vec<(&'static str, Store)>>,
    /// The nodes that were asked for by name.
    pub(super) asked: RefCell<Vec<String>>,
}

impl<F: Fn(&Resource, Store) -> (Duration, Value)> FakeCluster<F> {
    pub(super) fn new(objects: F) -> Self {
        Self {
            objects,
            late_nodes: Reading::Read(Vec::new()),
            read: RefCell::default(),
            asked: RefCell::default(),
        }
    }
}

impl<F: Fn(&Resource, Store) -> (Duration, Value)> SnapshotSource for FakeCluster<F> {
    async fn origin(&self) -> Origin {
        Origin::default()
    }

    async fn read<T: DeserializeOwned>(
        &self,
        resource: &'static Resource,
        store: Store,
    ) -> Reading<Vec<T>> {
        self.read.borrow_mut().push((resource.plural(), store));
        let (pause, objects) = (self.objects)(resource, store);
        tokio::time::sleep(pause).await;
        Reading::Read(serde_json::from_value(objects).unwrap())
    }

    async fn late_nodes(&self, names: &BTreeSet<String>) -> Reading<Vec<Node>> {
        self.asked.borrow_mut().extend(names.iter().cloned());
        self.late_nodes.clone()
    }

    async fn messages(&self, _: &MessageRequests) -> PodMessages {
        PodMessages::default()
    }
}

//! Reads rows while it is not known yet which of Calico's API groups is the store.

use std::pin::pin;

use futures_util::future::{Either, select};
use serde::de::DeserializeOwned;
use tokio::sync::watch::{Receiver, Sender, channel};

use super::reading::Reading;
use super::resource::Resource;
use super::source::SnapshotSource;
use super::store::Store;

/// The store, once it is known.
pub(super) struct StoreInQuestion(Receiver<Option<Store>>);

/// Announces the store.
pub(super) struct Announcer(Sender<Option<Store>>);

impl Announcer {
    /// Announces the store, and returns it.
    pub(super) fn announce(self, store: Store) -> Store {
        // It is of no use to anybody if every row has been read.
        let _ = self.0.send(Some(store));
        store
    }
}

impl StoreInQuestion {
    pub(super) fn new() -> (Announcer, Self) {
        let (sender, receiver) = channel(None);
        (Announcer(sender), Self(receiver))
    }

    async fn known(&self) -> Store {
        let mut receiver = self.0.clone();
        let store = receiver.wait_for(Option::is_some).await;
        store
            .map_or_else(|_| None, |store| *store)
            .unwrap_or_default()
    }

    /// Reads a row from the default store at once, and from another one as soon as that is known to be it.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        source: &impl SnapshotSource,
        resource: &'static Resource,
    ) -> Reading<Vec<T>> {
        let presumed = Store::default();
        if resource
            .apis_in_order(Store::V1)
            .eq(resource.apis_in_order(Store::V3))
        {
            return source.read(resource, presumed).await;
        }
        let reading = pin!(source.read(resource, presumed));
        let known = pin!(self.known());
        let (store, reading) = match select(reading, known).await {
            Either::Left((reading, known)) => (known.await, Either::Left(reading)),
            Either::Right((store, reading)) => (store, Either::Right(reading)),
        };
        match reading {
            _ if store != presumed => source.read(resource, store).await,
            Either::Left(reading) => reading,
            Either::Right(reading) => reading.await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::snapshot::Snapshot;
    use crate::snapshot::fake_cluster::FakeCluster;
    use crate::snapshot::resources::{DATASTORE_MIGRATIONS, IP_POOLS, NODES};

    fn name(store: Store) -> &'static str {
        if store == Store::V3 { "v3" } else { "v1" }
    }

    /// A cluster that was migrated to the other group, or not, and answers the rows that say so after a pause.
    #[tokio::test(start_paused = true)]
    async fn a_row_is_read_from_the_store() {
        let (short, long) = (Duration::from_secs(1), Duration::from_secs(9));
        for (phase, expected) in [(None, Store::V1), (Some("Converged"), Store::V3)] {
            for (pause, pools) in [(short, long), (long, short)] {
                let cluster = FakeCluster::new(|resource: &Resource, store| {
                    if resource.kind == DATASTORE_MIGRATIONS.kind {
                        let migrated = |phase| json!([{"status": {"phase": phase}}]);
                        (pause, phase.map_or(json!([]), migrated))
                    } else if resource.kind == IP_POOLS.kind {
                        (pools, json!([{"metadata": {"name": name(store)}}]))
                    } else {
                        (Duration::ZERO, json!([]))
                    }
                });
                let snapshot = Snapshot::gather(&cluster).await;
                assert_eq!(snapshot.store, expected);
                assert_eq!(snapshot.ip_pools.items()[0].metadata.name, name(expected));
                let read = cluster.read.into_inner();
                let times =
                    |row: &Resource| read.iter().filter(|(it, _)| *it == row.plural()).count();
                assert_eq!(times(&IP_POOLS), if expected == Store::V3 { 2 } else { 1 });
                assert_eq!(times(&NODES), 1);
            }
        }
    }
}

//! Whether anything of a cluster has changed, by watches.

use std::cell::Cell;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::Value;

use crate::connect::{RequestError, Server};
use crate::snapshot::resource::{Api, Resource};
use crate::snapshot::resources::{IPAM_BLOCKS, RESOURCES};
use crate::snapshot::select::Select;

/// How long after a failure a row is tried again; after each further one, twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long after the server has ended a watch the row is watched again, at least.
const SHORTEST_WATCH: Duration = Duration::from_secs(1);

/// How long a server is asked to keep a watch open, in seconds.
const OPEN: u32 = 300;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Every row has been listed, or could not be: what changes from now on is noticed.
    Ready,
    /// An object has changed, or may have while no watch was open.
    Something,
    /// The user may not watch a kind: its plural. It is not tried again.
    NotAllowed(&'static str),
}

/// Watches the rows that are lists until nobody listens anymore.
pub async fn watch_all(server: &Server, changes: &Sender<Change>) {
    let rows: Vec<&Resource> = RESOURCES
        .iter()
        .copied()
        .filter(|row| is_watched(row))
        .collect();
    let waiting = Cell::new(rows.len());
    let rows = rows.into_iter().map(|resource| {
        Watched {
            server,
            resource,
            changes,
            waiting: &waiting,
            is_counted: Cell::new(false),
        }
        .run()
    });
    join_all(rows).await;
}

/// Whether a row is watched: a list of objects. IPAM blocks are not, which change with every pod, and neither is
/// what pods say, which is read only of some of them.
pub fn is_watched(resource: &Resource) -> bool {
    let is_list = match resource.select {
        Select::All
        | Select::Called(_)
        | Select::Labelled(..)
        | Select::LabelledIn(..)
        | Select::PhaseIn(..)
        | Select::Metadata(_) => true,
        Select::Named(..) | Select::OnRequest | Select::OfFailingPods(_) => false,
    };
    is_list && !std::ptr::eq(resource, &raw const IPAM_BLOCKS)
}

/// One row.
struct Watched<'a> {
    server: &'a Server,
    resource: &'a Resource,
    changes: &'a Sender<Change>,
    /// How many rows have not been listed yet.
    waiting: &'a Cell<usize>,
    is_counted: Cell<bool>,
}

/// What is read of a list and of an event's object.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Versioned {
    metadata: Version,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Version {
    resource_version: String,
}

/// How a watch ended.
#[derive(PartialEq, Eq)]
enum End {
    /// Nobody listens anymore.
    Unheard,
    /// The user may not watch.
    NotAllowed,
    /// The connection was lost, or the version is too old (410).
    Lost,
}

impl Watched<'_> {
    async fn run(self) {
        let mut pause = FIRST_PAUSE;
        let mut is_first = true;
        loop {
            let listed = self.list().await;
            if !is_first && matches!(listed, Ok(Some(_))) && !self.send(Change::Something) {
                return;
            }
            is_first = false;
            self.count(&listed);
            let began = Instant::now();
            match listed {
                Ok(Some((api, version))) => match self.follow(api, version).await {
                    End::Unheard => return,
                    End::NotAllowed => {
                        self.send(Change::NotAllowed(self.resource.plural()));
                        return;
                    }
                    End::Lost => {}
                },
                // A kind that is not served yet may be once Calico is installed.
                Ok(None) => pause = FIRST_PAUSE,
                Err(RequestError::Forbidden { .. }) => return,
                // The error is that of reading the cluster, which is shown.
                Err(_) => {}
            }
            if began.elapsed() > LONGEST_PAUSE {
                pause = FIRST_PAUSE;
            }
            tokio::time::sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    /// The API that serves the row, and the version of the list; `None` if none does.
    async fn list(&self) -> Result<Option<(&'static Api, String)>, RequestError> {
        for api in self.resource.apis {
            let path = format!("{}?limit=1{}", api.path(self.resource.select), self.query());
            match self.server.get(&path).await {
                Ok(response) => {
                    let list = response.json::<Versioned>()?;
                    return Ok(Some((api, list.metadata.resource_version)));
                }
                Err(RequestError::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Watches from a version on, until the server's state is lost.
    async fn follow(&self, api: &Api, mut version: String) -> End {
        loop {
            let path = format!(
                "{}?watch=1&allowWatchBookmarks=true&timeoutSeconds={OPEN}&resourceVersion={version}{}",
                api.path(self.resource.select),
                self.query()
            );
            let began = Instant::now();
            let mut events = match self.server.watch(&path).await {
                Ok(events) => events,
                Err(RequestError::Forbidden { .. }) => return End::NotAllowed,
                Err(_) => return End::Lost,
            };
            loop {
                match events.next().await {
                    Ok(Some(line)) => match event(&line) {
                        Some((kind, newer)) if kind != "ERROR" => {
                            version = newer;
                            if kind != "BOOKMARK" && !self.send(Change::Something) {
                                return End::Unheard;
                            }
                        }
                        _ => return End::Lost,
                    },
                    // The server has ended the watch in time.
                    Ok(None) => break,
                    Err(_) => return End::Lost,
                }
            }
            tokio::time::sleep(SHORTEST_WATCH.saturating_sub(began.elapsed())).await;
        }
    }

    fn query(&self) -> String {
        match self.resource.select.query() {
            query if query.is_empty() => query,
            query => format!("&{query}"),
        }
    }

    /// Counts the row as listed; the last one tells that all are.
    fn count<T>(&self, listed: &Result<T, RequestError>) {
        if !self.is_counted.replace(true) {
            if matches!(listed, Err(RequestError::Forbidden { .. })) {
                self.send(Change::NotAllowed(self.resource.plural()));
            }
            self.waiting.set(self.waiting.get() - 1);
            if self.waiting.get() == 0 {
                self.send(Change::Ready);
            }
        }
    }

    fn send(&self, change: Change) -> bool {
        self.changes.send(change).is_ok()
    }
}

/// The type of an event, and the version of its object.
fn event(line: &[u8]) -> Option<(String, String)> {
    let event: Value = serde_json::from_slice(line).ok()?;
    let kind = event.get("type")?.as_str()?.to_owned();
    let object = Versioned::deserialize(event.get("object")?).ok()?;
    Some((kind, object.metadata.resource_version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_all_the_time_is_not_watched() {
        let rows = RESOURCES.iter().filter(|row| is_watched(row));
        let plurals: Vec<&str> = rows.map(|row| row.plural()).collect();
        for plural in ["pods/log", "events", "ipamblocks"] {
            assert!(!plurals.contains(&plural), "{plural}");
        }
        for plural in ["nodes", "pods", "ippools", "tigerastatuses"] {
            assert!(plurals.contains(&plural), "{plural}");
        }
    }
}

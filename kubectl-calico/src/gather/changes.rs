//! Whether anything of a cluster has changed, by watches.

use std::cell::Cell;
use std::sync::mpsc::Sender;
use std::time::Duration;

use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::Value;

use crate::connect::{RequestError, Server};
use crate::snapshot::resource::{Api, Resource};
use crate::snapshot::resources::{IPAM_BLOCKS, RESOURCES};
use crate::snapshot::select::Select;

/// How long after a failure a row is tried again.
const PAUSE: Duration = Duration::from_secs(5);

/// How long a server is asked to keep a watch open, in seconds.
const OPEN: u32 = 300;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Every row is watched, or cannot be: what changes from now on is noticed.
    Ready,
    /// An object has changed, or may have while no watch was open.
    Something,
    /// A kind cannot be watched: why.
    NotWatched(String),
}

/// Watches the rows that are lists until nobody listens anymore. IPAM blocks are left out: they change with
/// every pod.
pub async fn watch_all(server: &Server, changes: &Sender<Change>) {
    let rows: Vec<&Resource> = RESOURCES
        .iter()
        .copied()
        .filter(|row| {
            !matches!(row.select, Select::Named(..) | Select::OnRequest)
                && !std::ptr::eq(*row, std::ptr::from_ref(&IPAM_BLOCKS))
        })
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

impl Watched<'_> {
    async fn run(self) {
        // A kind that is not served yet may be once Calico is installed.
        let mut is_first = true;
        loop {
            let listed = self.list().await;
            if !is_first && listed.is_some() && !self.send(Change::Something) {
                return;
            }
            self.count();
            if let Some((api, version)) = listed {
                is_first = false;
                if !self.follow(api, version).await {
                    return;
                }
            } else {
                is_first = false;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The API that serves the row, and the version of the list.
    async fn list(&self) -> Option<(&'static Api, String)> {
        for api in self.resource.apis {
            let path = format!("{}?limit=1{}", api.path(self.resource.select), self.query());
            match self.server.get(&path).await {
                Ok(response) => {
                    let list = response.json::<Versioned>().ok()?;
                    return Some((api, list.metadata.resource_version));
                }
                Err(RequestError::NotFound { .. }) => {}
                Err(error) => {
                    if !self.is_counted.get() {
                        self.send(Change::NotWatched(error.to_string()));
                    }
                    return None;
                }
            }
        }
        None
    }

    /// Watches from a version on, until the server's state is lost. Returns whether anybody still listens.
    async fn follow(&self, api: &Api, mut version: String) -> bool {
        loop {
            let path = format!(
                "{}?watch=1&allowWatchBookmarks=true&timeoutSeconds={OPEN}&resourceVersion={version}{}",
                api.path(self.resource.select),
                self.query()
            );
            let mut events = match self.server.watch(&path).await {
                Ok(events) => events,
                Err(error @ RequestError::Forbidden { .. }) => {
                    return self.send(Change::NotWatched(error.to_string()));
                }
                Err(_) => return true,
            };
            loop {
                match events.next().await {
                    Ok(Some(line)) => match event(&line) {
                        Some((kind, newer)) if kind != "ERROR" => {
                            version = newer;
                            if kind != "BOOKMARK" && !self.send(Change::Something) {
                                return false;
                            }
                        }
                        // 410: the version is too old.
                        _ => return true,
                    },
                    // The server has ended the watch in time.
                    Ok(None) => break,
                    Err(_) => return true,
                }
            }
        }
    }

    fn query(&self) -> String {
        match self.resource.select.query() {
            query if query.is_empty() => query,
            query => format!("&{query}"),
        }
    }

    /// Counts the row as listed; the last one tells that all are.
    fn count(&self) {
        if !self.is_counted.replace(true) {
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

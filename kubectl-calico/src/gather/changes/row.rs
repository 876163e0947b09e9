//! One row of the table of resources, watched.

use std::cell::Cell;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use futures_util::future::{join_all, try_join_all};
use serde::Deserialize;
use serde_json::Value;

use super::change::{Change, End};
use crate::connect::{RequestError, Server};
use crate::snapshot::resource::{Api, Resource};

/// How long after a failure a kind is tried again; after each further one, twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The shortest time between the starts of two watches of the same kind.
const SHORTEST_WATCH: Duration = Duration::from_secs(1);

/// How often a kind that is not served is requested again: before an install, most are not.
const NOT_SERVED: Duration = Duration::from_secs(15);

/// How long a server is asked to keep a watch open, in seconds.
const OPEN: u32 = 300;

/// One row.
pub(super) struct Row<'a> {
    pub(super) server: &'a Server,
    pub(super) resource: &'a Resource,
    pub(super) changes: &'a Sender<Change>,
    /// How many rows have not been listed yet.
    pub(super) unlisted: &'a Cell<usize>,
    /// How many of its API groups are watched, or may be once the server responds.
    pub(super) open: Cell<usize>,
}

/// The API of a group that serves the row, and the version of the list; `None` if none does.
type Listed<'a> = Result<Option<(&'a Api, String)>, RequestError>;

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

impl Row<'_> {
    /// Watches each of its API groups: Calico's store can move to another group, and a user may be allowed to
    /// read only one of them.
    pub(super) async fn run(self) -> Result<(), End> {
        let apis = self.resource.apis;
        let groups: Vec<&[Api]> = apis
            .chunk_by(|one, other| one.group == other.group)
            .collect();
        let listed = join_all(groups.iter().map(|group| self.list(group))).await;
        self.open
            .set(listed.iter().filter(|it| is_open(it)).count());
        let watches: Vec<_> = groups
            .into_iter()
            .zip(listed)
            .map(|(group, listed)| self.watch(group, listed))
            .collect();
        self.unlisted.set(self.unlisted.get() - 1);
        if self.unlisted.get() == 0 {
            self.send(Change::Ready)?;
        }
        try_join_all(watches).await.map(drop)
    }

    /// Watches a group, which was listed with that result, until the user may not.
    async fn watch<'a>(&self, group: &'a [Api], mut listed: Listed<'a>) -> Result<(), End> {
        let mut pause = FIRST_PAUSE;
        loop {
            let was_open = is_open(&listed);
            let began = Instant::now();
            let failure = match listed {
                Ok(Some((api, version))) => self.follow(api, version).await?,
                Ok(None) => {
                    tokio::time::sleep(NOT_SERVED).await;
                    None
                }
                Err(error) => Some(error),
            };
            // Reading the cluster fails with any other error, too, which is shown.
            match failure {
                Some(RequestError::Forbidden { .. }) => {
                    self.count(was_open, false);
                    return match self.open.get() {
                        0 => self.send(Change::NotAllowed(self.resource.plural())),
                        _ => Ok(()),
                    };
                }
                Some(RequestError::Unauthorized { .. }) => return Err(End::Expired),
                _ => {}
            }
            if was_open {
                if began.elapsed() > LONGEST_PAUSE {
                    pause = FIRST_PAUSE;
                }
                tokio::time::sleep(pause).await;
                pause = LONGEST_PAUSE.min(pause * 2);
            }
            listed = self.list(group).await;
            self.count(was_open, is_open(&listed));
            if matches!(listed, Ok(Some(_))) {
                self.send(Change::Something)?;
            }
        }
    }

    /// The first API of a group that serves the row.
    async fn list<'a>(&self, group: &'a [Api]) -> Listed<'a> {
        for api in group {
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

    /// Watches from a version on, until the server's state is lost: the connection, or the version is too old
    /// (410). Returns the error, if there is one.
    async fn follow(&self, api: &Api, mut version: String) -> Result<Option<RequestError>, End> {
        loop {
            let path = format!(
                "{}?watch=1&allowWatchBookmarks=true&timeoutSeconds={OPEN}&resourceVersion={version}{}",
                api.path(self.resource.select),
                self.query()
            );
            let began = Instant::now();
            let mut events = match self.server.watch_metadata(&path).await {
                Ok(events) => events,
                Err(error) => return Ok(Some(error)),
            };
            loop {
                match events.next().await {
                    Ok(Some(line)) => match event(&line) {
                        Some((kind, newer)) if kind != "ERROR" => {
                            version = newer;
                            if kind != "BOOKMARK" {
                                self.send(Change::Something)?;
                            }
                        }
                        _ => return Ok(None),
                    },
                    // The server has ended the watch in time.
                    Ok(None) => break,
                    Err(error) => return Ok(Some(error)),
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

    fn count(&self, was_open: bool, is_open: bool) {
        let others = self.open.get() - usize::from(was_open);
        self.open.set(others + usize::from(is_open));
    }

    fn send(&self, change: Change) -> Result<(), End> {
        self.changes.send(change).map_err(|_| End::Unheard)
    }
}

/// Whether a group is watched, or may be once the server responds.
fn is_open(listed: &Listed) -> bool {
    !matches!(listed, Ok(None) | Err(RequestError::Forbidden { .. }))
}

/// The type of an event, and the version of its object.
fn event(line: &[u8]) -> Option<(String, String)> {
    let event: Value = serde_json::from_slice(line).ok()?;
    let kind = event.get("type")?.as_str()?.to_owned();
    let object = Versioned::deserialize(event.get("object")?).ok()?;
    Some((kind, object.metadata.resource_version))
}

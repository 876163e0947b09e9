//! Watches a cluster for changes, in a thread of its own, and says when to read it again.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use calico_core::text::listed;

use crate::cli::SourceArgs;
use crate::connect::connect;
use crate::gather::changes::{Change, watch_all};
use crate::terminal;

/// How long changes are collected before the cluster is read again.
const SETTLE: Duration = Duration::from_secs(1);

/// How often the cluster is read if it cannot be watched, and at least.
const AT_LEAST: Duration = Duration::from_secs(60);

/// When a server that does not respond is tried again; after each further failure, twice as long.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(15);

/// How long the watches may take to begin.
const BEGIN: Duration = Duration::from_secs(15);

/// The changes of a cluster, which another thread watches.
pub(super) struct ChangeWatch(Receiver<Change>);

impl ChangeWatch {
    /// Begins to watch. What changes from now on is noticed.
    pub(super) fn begin(source: &SourceArgs) -> Self {
        let (sender, receiver) = channel();
        let connection = source.connection.clone();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                loop {
                    if let Ok(server) = connect(&connection).await {
                        watch_all(&server, &sender).await;
                        return;
                    }
                    // The error is that of reading the cluster, which is shown.
                    tokio::time::sleep(LAST_RETRY).await;
                }
            });
        });
        let changes = Self(receiver);
        let until = Instant::now() + BEGIN;
        let mut not_allowed = Vec::new();
        while let Ok(change) = changes
            .0
            .recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            match change {
                Change::Ready => break,
                Change::NotAllowed(kind) => not_allowed.push(kind),
                Change::Something => {}
            }
        }
        not_allowed.dedup();
        say_not_watched(&not_allowed);
        changes
    }

    /// Waits for a change, and until no more of them follow at once; at most for that long. `failures` is how
    /// often in a row the cluster could not be read.
    pub(super) fn wait(&self, failures: u32, left: Option<Duration>) {
        let most = match failures.checked_sub(1) {
            None => AT_LEAST,
            Some(more) => LAST_RETRY.min(FIRST_RETRY * 2_u32.saturating_pow(more.min(8))),
        };
        let most = left.map_or(most, |left| left.min(most));
        match self.0.recv_timeout(most) {
            Ok(change) => say(&change),
            Err(RecvTimeoutError::Timeout) => return,
            Err(RecvTimeoutError::Disconnected) => return thread::sleep(LAST_RETRY.min(most)),
        }
        let settled = Instant::now() + left.map_or(SETTLE, |left| left.min(SETTLE));
        while let Ok(change) = self
            .0
            .recv_timeout(settled.saturating_duration_since(Instant::now()))
        {
            say(&change);
        }
    }
}

fn say(change: &Change) {
    if let Change::NotAllowed(kind) = change {
        say_not_watched(&[*kind]);
    }
}

fn say_not_watched(kinds: &[&str]) {
    if !kinds.is_empty() {
        terminal::warn(&format!(
            "no permission to watch {}: reading every {}s instead; kubectl calico rbac --watch prints a ClusterRole \
             with the permission",
            listed(kinds.iter().map(|kind| (*kind).to_owned())),
            AT_LEAST.as_secs()
        ));
    }
}

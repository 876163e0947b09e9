//! Watches a cluster for changes, in a thread of its own, and says when to read it again.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use calico_core::text::listed;

use crate::cli::SourceArgs;
use crate::command::input::runtime;
use crate::connect::{ConnectionFlags, connect};
use crate::gather::changes::{Change, End, watch_all};
use crate::terminal;

/// How long changes are collected before the cluster is read again, at least.
const SETTLE: Duration = Duration::from_secs(1);

/// The same, as a multiple of the time that reading takes. In a large cluster something changes all the time: each
/// kubelet updates its node every 5 minutes.
const REST: u32 = 5;

/// How often the cluster is read if it cannot be watched, and at least.
const AT_LEAST: Duration = Duration::from_secs(60);

/// When a server that does not respond is tried again; after each further failure, twice as long.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(15);

/// How long the watches may take to begin, once there are credentials.
const BEGIN: Duration = Duration::from_secs(15);

/// The changes of a cluster, which another thread watches.
pub(super) struct ChangeWatch {
    changes: Receiver<Change>,
    /// The kinds that were reported as not watched.
    not_watched: BTreeSet<&'static str>,
}

/// How the last attempt to read the cluster went.
#[derive(Clone, Copy, Debug)]
pub(super) enum LastRead {
    /// How long it took.
    Took(Duration),
    /// How often in a row it has failed.
    Failed(u32),
}

impl ChangeWatch {
    /// Begins to watch. What changes from now on is noticed, unless the server takes longer than `limit` to
    /// respond.
    pub(super) fn begin(source: &SourceArgs, limit: Option<Duration>) -> Self {
        let (sender, receiver) = channel();
        let connection = source.connection.clone();
        thread::spawn(move || {
            if let Ok(runtime) = runtime() {
                runtime.block_on(keep_watching(&connection, &sender));
            }
        });
        let mut begun = Self {
            changes: receiver,
            not_watched: BTreeSet::new(),
        };
        let limits = [limit, source.time_limit()].into_iter().flatten();
        let mut until = limits
            .min()
            .and_then(|limit| Instant::now().checked_add(limit));
        let mut not_allowed = Vec::new();
        while let Ok(change) = begun.next(until) {
            match change {
                Change::Connected => {
                    let begins = Instant::now() + BEGIN;
                    until = Some(until.map_or(begins, |until| until.min(begins)));
                }
                Change::Ready => break,
                Change::NotAllowed(kind) => not_allowed.push(kind),
                Change::Something => {}
            }
        }
        begun.say_not_watched(not_allowed);
        begun
    }

    /// Waits for a change, and until no more of them follow at once; at most for as long as is left.
    pub(super) fn wait(&mut self, last: LastRead, left: Option<Duration>) {
        let most = match last {
            LastRead::Took(_) => AT_LEAST,
            LastRead::Failed(times) => {
                let doubled = 2_u32.saturating_pow(times.saturating_sub(1).min(8));
                LAST_RETRY.min(FIRST_RETRY * doubled)
            }
        };
        let most = left.map_or(most, |left| left.min(most));
        let first = match self.changes.recv_timeout(most) {
            Ok(change) => change,
            Err(RecvTimeoutError::Timeout) => return,
            Err(RecvTimeoutError::Disconnected) => return thread::sleep(most),
        };
        let settle = settle(last);
        let settled = Instant::now() + left.map_or(settle, |left| left.min(settle));
        let mut not_allowed = Vec::new();
        let mut change = Ok(first);
        while let Ok(found) = change {
            if let Change::NotAllowed(kind) = found {
                not_allowed.push(kind);
            }
            change = self.next(Some(settled));
        }
        self.say_not_watched(not_allowed);
    }

    /// The next change until a time.
    fn next(&self, until: Option<Instant>) -> Result<Change, RecvTimeoutError> {
        match until {
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                self.changes.recv_timeout(left)
            }
            None => self.changes.recv().map_err(RecvTimeoutError::from),
        }
    }

    /// Says it once per kind: each connection notices it again.
    fn say_not_watched(&mut self, kinds: Vec<&'static str>) {
        let mut new = kinds;
        new.retain(|kind| self.not_watched.insert(kind));
        if !new.is_empty() {
            terminal::warn(&format!(
                "no permission to watch {}: reading every {}s instead; kubectl calico rbac --watch prints a ClusterRole \
                 with the permission",
                listed(new.into_iter().map(str::to_owned)),
                AT_LEAST.as_secs()
            ));
        }
    }
}

/// Watches until nobody listens anymore, with new credentials whenever the server no longer accepts the old ones.
async fn keep_watching(connection: &ConnectionFlags, changes: &Sender<Change>) {
    loop {
        let began = Instant::now();
        if let Ok(server) = connect(connection).await
            && (changes.send(Change::Connected).is_err()
                || watch_all(&server, changes).await == End::Unheard)
        {
            return;
        }
        // Reading the cluster fails with the same error, which is shown.
        if changes.send(Change::Ready).is_err() {
            return;
        }
        tokio::time::sleep(LAST_RETRY.saturating_sub(began.elapsed())).await;
    }
}

/// How long changes are collected before the cluster is read again.
fn settle(last: LastRead) -> Duration {
    match last {
        LastRead::Took(took) => took.saturating_mul(REST).clamp(SETTLE, AT_LEAST),
        LastRead::Failed(_) => SETTLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_the_time_nothing_is_read() {
        let took = |millis| settle(LastRead::Took(Duration::from_millis(millis)));
        assert_eq!(took(10), SETTLE);
        assert_eq!(took(1800), Duration::from_secs(9));
        assert_eq!(took(60_000), AT_LEAST);
        // A server that responds again is read at once.
        assert_eq!(settle(LastRead::Failed(3)), SETTLE);
    }

    #[test]
    fn changes_that_never_end_are_collected_for_a_while() {
        let (sender, changes) = channel();
        thread::spawn(move || {
            while sender.send(Change::Something).is_ok() {
                thread::sleep(Duration::from_millis(10));
            }
        });
        let mut watch = ChangeWatch {
            changes,
            not_watched: BTreeSet::new(),
        };
        let began = Instant::now();
        watch.wait(LastRead::Took(Duration::from_millis(400)), None);
        assert!(began.elapsed() >= Duration::from_secs(2));
        let began = Instant::now();
        let left = Some(Duration::from_millis(50));
        watch.wait(LastRead::Took(Duration::from_secs(60)), left);
        assert!(began.elapsed() < Duration::from_secs(30));
    }
}

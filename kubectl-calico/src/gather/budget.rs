//! How much one run reads, and for how long: regardless of what a server sends, a run ends, and its
//! memory is limited.

use std::cell::Cell;
use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::snapshot::Meter;

/// The maximum number of objects in one run. The largest clusters that Kubernetes supports have 150,000
/// pods, whose names are read with `--pods`.
const OBJECTS: usize = 400_000;

/// The maximum number of requests in one run: four times those of 15,000 nodes.
const REQUESTS: usize = 3000;

/// The maximum number of objects in one list: those pods, and some more.
const OBJECTS_OF_A_LIST: usize = 200_000;

/// The maximum size of all responses in one run, in bytes, decompressed: three times that of 15,000
/// nodes.
const BYTES: usize = 2 << 30;

/// The maximum memory for what is kept of the objects, in bytes.
const MEMORY: usize = 512 << 20;

/// What is left for one run.
#[derive(Debug)]
pub struct Budget {
    deadline: Option<(Instant, Duration)>,
    requests: Cell<usize>,
    objects: Cell<usize>,
    bytes: Cell<usize>,
    memory: Meter,
}

/// What is left for objects.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    objects: usize,
    memory: usize,
}

/// Which limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The time limit of the run.
    Time(Duration),
    Requests,
    Objects,
    /// The number of objects in one list.
    ObjectsOfAList,
    Bytes,
    Memory,
}

impl Budget {
    /// The budget of a run that starts now.
    pub fn new(time_limit: Option<Duration>) -> Self {
        let deadline = time_limit.and_then(|limit| Instant::now().checked_add(limit));
        Self {
            deadline: deadline.zip(time_limit),
            requests: Cell::new(REQUESTS),
            objects: Cell::new(OBJECTS),
            bytes: Cell::new(BYTES),
            memory: Meter::new(MEMORY),
        }
    }

    /// Waits for `work`, but not longer than the run may take.
    pub async fn within_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Limit> {
        let Some((deadline, limit)) = self.deadline else {
            return Ok(work.await);
        };
        tokio::time::timeout_at(deadline, work)
            .await
            .map_err(|_| Limit::Time(limit))
    }

    /// Counts a request.
    pub(super) fn spend_request(&self) -> Result<(), Limit> {
        spend(&self.requests, 1, Limit::Requests)
    }

    /// Counts the bytes of a response.
    pub(super) fn spend_bytes(&self, bytes: usize) -> Result<(), Limit> {
        spend(&self.bytes, bytes, Limit::Bytes)
    }

    /// Counts one object of a list, after `listed` others.
    pub(super) fn spend_object(&self, listed: usize) -> Result<(), Limit> {
        if listed >= OBJECTS_OF_A_LIST {
            return Err(Limit::ObjectsOfAList);
        }
        spend(&self.objects, 1, Limit::Objects)
    }

    /// What is left for objects now.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            objects: self.objects.get(),
            memory: self.memory.left(),
        }
    }

    /// Returns to the budget the objects counted since a mark.
    pub(super) fn restore(&self, mark: Mark) {
        self.objects.set(mark.objects);
        self.memory.restore(mark.memory);
    }

    /// Counts what is kept of objects.
    pub(super) fn memory(&self) -> &Meter {
        &self.memory
    }
}

fn spend(left: &Cell<usize>, amount: usize, limit: Limit) -> Result<(), Limit> {
    let rest = left.get().checked_sub(amount);
    left.set(rest.unwrap_or_default());
    rest.map(drop).ok_or(limit)
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(limit) => {
                write!(
                    f,
                    "not read within {}s: raise --timeout",
                    limit.as_secs_f64()
                )
            }
            Self::Requests => write!(f, "more than {REQUESTS} requests in total"),
            Self::Objects => write!(f, "more than {OBJECTS} objects in total"),
            Self::ObjectsOfAList => write!(f, "more than {OBJECTS_OF_A_LIST} objects"),
            Self::Bytes => write!(f, "more than {} MiB of responses in total", BYTES >> 20),
            Self::Memory => write!(f, "more than {} MiB of objects in total", MEMORY >> 20),
        }
    }
}

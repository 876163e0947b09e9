//! Work in a thread of its own, within the time limit of a run.

use std::error::Error;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::cli::SourceArgs;

pub(super) type AnyError = Box<dyn Error + Send + Sync>;

/// How long after the time limit an uninterruptible run is ended, for example while it opens a FIFO
/// without a writer or reads from a terminal. Reading a cluster stops at the time limit, and keeps
/// what was read.
const GRACE: Duration = Duration::from_secs(2);

/// The stack size, as large as a main thread's: documents may be nested.
const STACK: usize = 8 << 20;

/// Runs `work` in its own thread until the time limit.
pub(super) fn within_time<T: Send + 'static>(
    source: &SourceArgs,
    work: impl FnOnce(&Stage) -> Result<T, AnyError> + Send + 'static,
) -> Result<T, AnyError> {
    let stage = Stage::default();
    let (sender, receiver) = channel();
    let owned_stage = stage.clone();
    thread::Builder::new().stack_size(STACK).spawn(move || {
        // If nobody is waiting anymore, the process is about to exit.
        let _ = sender.send(work(&owned_stage));
    })?;
    let Some(limit) = source.time_limit() else {
        return receiver.recv()?;
    };
    match receiver.recv_timeout(limit.saturating_add(GRACE)) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => {
            let seconds = limit.as_secs_f64();
            Err(format!("cannot {} within {seconds}s: raise --timeout", stage.get()).into())
        }
        Err(error @ RecvTimeoutError::Disconnected) => Err(error.into()),
    }
}

/// What a run is doing, as an infinitive for messages.
#[derive(Clone, Default)]
pub(super) struct Stage(Arc<Mutex<String>>);

impl Stage {
    pub(super) fn set(&self, stage: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    fn get(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

//! The requests that were sent, for `--verbose`.

use std::cell::{Ref, RefCell};
use std::time::Duration;

/// A request that was sent.
#[derive(Debug)]
pub struct LoggedRequest {
    /// Path and query.
    pub path: String,
    /// The length of the response's body; `None` if the request failed.
    pub bytes: Option<usize>,
    /// How long it took, with all retries.
    pub elapsed: Duration,
}

/// The requests that were sent, in the order of their responses.
#[derive(Debug, Default)]
pub struct RequestLog(RefCell<Vec<LoggedRequest>>);

impl RequestLog {
    pub(super) fn push(&self, request: LoggedRequest) {
        self.0.borrow_mut().push(request);
    }

    /// All requests so far.
    pub fn requests(&self) -> Ref<'_, [LoggedRequest]> {
        Ref::map(self.0.borrow(), Vec::as_slice)
    }

    /// The length of all responses so far, in bytes.
    pub fn bytes(&self) -> usize {
        let requests = self.requests();
        requests.iter().filter_map(|request| request.bytes).sum()
    }
}

//! Why something of a cluster could not be read.

use thiserror::Error;

use super::budget::{Budget, Limit};
use crate::connect::{RequestError, Response};
use crate::snapshot::Unknown;

/// Why something of a cluster could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The request failed, or its response is unusable.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The run has reached a limit.
    #[error("{0}")]
    Limit(Limit),
    /// A list that continues after this many pages.
    #[error("the list has more than {0} pages")]
    Endless(usize),
}

impl From<Limit> for ReadError {
    fn from(limit: Limit) -> Self {
        Self::Limit(limit)
    }
}

impl From<ReadError> for Unknown {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Request(RequestError::Forbidden { message, .. }) => Self::Forbidden(message),
            error => Self::Failed(error.to_string()),
        }
    }
}

impl ReadError {
    /// The error for a response that was not parsed.
    pub(super) fn unparsed(
        response: &Response,
        error: &serde_json::Error,
        budget: &Budget,
    ) -> Self {
        if budget.memory().is_exhausted() {
            Self::Limit(Limit::Memory)
        } else {
            Self::Request(response.malformed(error))
        }
    }
}

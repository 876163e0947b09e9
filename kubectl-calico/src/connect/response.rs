//! A successful response.

use std::time::Duration;

use calico_core::text::shortened;
use serde::de::DeserializeOwned;

#[cfg(test)]
use super::error::Verb;
use super::error::{LONGEST, Request, RequestError};
use crate::parse_error::in_words;

/// A successful response.
#[derive(Debug)]
pub struct Response {
    pub(crate) request: Request,
    /// The JSON text; or protobuf, if the request offered it.
    pub body: Vec<u8>,
    /// From the first try to the last byte.
    pub elapsed: Duration,
}

impl Response {
    /// The body as a value.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, RequestError> {
        serde_json::from_slice(&self.body).map_err(|error| self.malformed(&error))
    }

    /// The error for a body that cannot be parsed.
    pub(crate) fn malformed(&self, error: &serde_json::Error) -> RequestError {
        RequestError::Malformed {
            request: self.request.clone(),
            why: shortened(in_words(error), LONGEST),
        }
    }

    /// A response with this text, to a request that does not matter.
    #[cfg(test)]
    pub(crate) fn with_body(body: &str) -> Self {
        Self {
            request: Request {
                method: Verb::Get,
                server: String::new(),
                path: String::new(),
            },
            body: body.into(),
            elapsed: Duration::ZERO,
        }
    }
}

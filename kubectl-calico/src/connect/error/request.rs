//! Why a request has no usable response.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use thiserror::Error;

use crate::connect::identity::Identity;

/// The method of a request: GET, or what `nodes --probe` sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of HTTP")]
pub enum Verb {
    Get,
    Post,
    Delete,
}

impl Verb {
    /// The name of the method.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// A request, as messages name it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its method.
    pub method: Verb,
    /// The server's URL, without credentials.
    pub server: String,
    /// Path and query.
    pub path: String,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.method.name(), self.server, self.path)
    }
}

/// Why a request has no usable response. `message` is the server's own text, empty if it sent none.
#[derive(Debug, Error)]
#[allow(missing_docs, reason = "the variant's message describes its fields")]
pub enum RequestError {
    /// 401.
    #[error("{request}: the server rejected {} (401 Unauthorized): {}", .identity.credentials(), .identity.advice())]
    Unauthorized {
        request: Request,
        identity: Identity,
    },
    /// 403.
    #[error("{request}: the server responded with 403 Forbidden{}", suffix(.message))]
    Forbidden { request: Request, message: String },
    /// 404.
    #[error("{request}: the server responded with 404 Not Found{}", suffix(.message))]
    NotFound { request: Request, message: String },
    /// 410: the state of the cluster that a list began with is gone.
    #[error("{request}: the list took so long that its continue token expired{}", suffix(.message))]
    Gone {
        request: Request,
        message: String,
        /// The token that continues the list from a newer state, if the server offers one.
        continue_token: Option<String>,
    },
    /// 429, 500, 502, 503 or 504, even after retries.
    #[error("{request}: the server responded with {status}{}{}", attempts(*.tries, *.retry_after), suffix(.message))]
    Unavailable {
        request: Request,
        status: StatusCode,
        /// How often the request was sent.
        tries: u32,
        retry_after: Option<Duration>,
        message: String,
    },
    /// No complete response in time.
    #[error("{request}: no complete response within {}s: check that the server is healthy, or raise --request-timeout", .limit.as_secs_f64())]
    Timeout { request: Request, limit: Duration },
    /// No connection, or one that was lost.
    #[error("{request}: {why}")]
    Connection {
        request: Request,
        /// What happened, and what to do.
        why: String,
    },
    /// A response that would fill the memory.
    #[error("{request}: the response is larger than {} MiB", .limit >> 20)]
    TooLarge {
        request: Request,
        /// In bytes.
        limit: usize,
    },
    /// A response that no API server sends.
    #[error(
        "{request}: unexpected response ({what}): is this the address of a Kubernetes API server?"
    )]
    NotKubernetes { request: Request, what: String },
    /// JSON that is incomplete, or not of the expected type.
    #[error("{request}: cannot parse the response: {why}")]
    Malformed { request: Request, why: String },
    /// Any other status.
    #[error("{request}: the server responded with {status}{}", suffix(.message))]
    Api {
        request: Request,
        status: StatusCode,
        message: String,
    },
}

fn attempts(tries: u32, retry_after: Option<Duration>) -> String {
    match (tries, retry_after) {
        (1, Some(pause)) => format!(" (Retry-After: {}s)", pause.as_secs()),
        (1, None) => String::new(),
        (many, _) => format!(" after {many} attempts"),
    }
}

fn suffix(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(": {text}")
    }
}

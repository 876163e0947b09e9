//! Why a request has no answer to use.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

/// A request, as messages name it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The server's URL, without credentials.
    pub server: String,
    /// Path and query.
    pub path: String,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GET {}{}", self.server, self.path)
    }
}

/// Why a request has no answer to use.
#[derive(Debug, Error)]
pub enum RequestError {
    /// 401.
    #[error("{request}: the server does not accept {who}")]
    Unauthorized {
        /// What was asked.
        request: Request,
        /// Whose credentials were sent, and what to do about them.
        who: String,
    },
    /// 403.
    #[error("{request}: not allowed{}", after(.message))]
    Forbidden {
        /// What was asked.
        request: Request,
        /// The server's words.
        message: String,
    },
    /// 404.
    #[error("{request}: not found{}", after(.message))]
    NotFound {
        /// What was asked.
        request: Request,
        /// The server's words.
        message: String,
    },
    /// 410: the state that a list began with is gone.
    #[error("{request}: the list took too long, and the server has forgotten how it began{}", after(.message))]
    Gone {
        /// What was asked.
        request: Request,
        /// The server's words.
        message: String,
        /// With which the list goes on, from a newer state.
        continue_token: Option<String>,
    },
    /// 429, 500, 502, 503 or 504, to the end of patience.
    #[error("{request}: the server is not available: {status}{}{}", tried(*.tries, *.retry_after), after(.message))]
    Unavailable {
        /// What was asked.
        request: Request,
        /// The status.
        status: u16,
        /// How often it was asked.
        tries: u32,
        /// When it wants to be asked again.
        retry_after: Option<Duration>,
        /// The server's words.
        message: String,
    },
    /// No whole answer in time.
    #[error("{request}: no whole answer within {}s: check that the server is well, or give it longer with --request-timeout", .after.as_secs_f64())]
    Timeout {
        /// What was asked.
        request: Request,
        /// The time that it had.
        after: Duration,
    },
    /// No connection, or one that broke.
    #[error("{request}: {why}")]
    Connection {
        /// What was asked.
        request: Request,
        /// What happened, and what to do.
        why: String,
    },
    /// An answer that would fill the memory.
    #[error("{request}: the answer is longer than {} MiB", .limit >> 20)]
    TooLarge {
        /// What was asked.
        request: Request,
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// An answer that no API server gives.
    #[error("{request}: the answer {what}: is this the address of a Kubernetes API server?")]
    NotKubernetes {
        /// What was asked.
        request: Request,
        /// What the answer is.
        what: String,
    },
    /// JSON that is cut, or not what was asked for.
    #[error("{request}: the answer cannot be read: {why}")]
    Malformed {
        /// What was asked.
        request: Request,
        /// What is wrong with it.
        why: String,
    },
    /// Any other status.
    #[error("{request}: {code}{}{}", after(.reason), after(.message))]
    Api {
        /// What was asked.
        request: Request,
        /// The status.
        code: u16,
        /// The server's word for it.
        reason: String,
        /// The server's words.
        message: String,
    },
}

fn tried(tries: u32, retry_after: Option<Duration>) -> String {
    match (tries, retry_after) {
        (1, Some(pause)) => format!(", and to be asked again in {}s", pause.as_secs()),
        (1, None) => String::new(),
        (many, _) => format!(" after {many} tries"),
    }
}

fn after(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!(": {text}"),
    }
}

//! What can go wrong on the way to an answer, in words for the person who asked.
//!
//! No text here comes from `kube::Error`: its own repeats itself, prints with `Debug`, and may
//! hold a page of HTML or what an exec plugin wrote to its output, which is a token.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use calico_core::text::{printable, quoted};
use thiserror::Error;

/// The most characters of somebody else's text in one message: enough for the API server's own.
pub(super) const LONGEST: usize = 300;

/// Why there is no server to ask.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// A kubeconfig that is there and cannot be used.
    #[error("cannot read the kubeconfig {}: {why}", shown(.path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Neither a kubeconfig, nor `--server`, nor a pod's service account.
    #[error("no cluster is configured: {}: name a kubeconfig with --kubeconfig or $KUBECONFIG, or a server with --server", looked(.places))]
    NothingConfigured {
        /// The files that were looked for.
        places: Vec<PathBuf>,
    },
    /// Contexts, and none that is the current one.
    #[error("the kubeconfig has no current context{}: choose one with --context", among(.known))]
    NoContext {
        /// Those that there are.
        known: Vec<String>,
    },
    /// `--context`, or the kubeconfig's current context.
    #[error("the kubeconfig has no context {}{}", quoted(.name), among(.known))]
    UnknownContext {
        /// Its name.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// `--cluster`, or the context's.
    #[error("the kubeconfig has no cluster {}{}", quoted(.name), among(.known))]
    UnknownCluster {
        /// Its name.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// `--user`.
    #[error("the kubeconfig has no user {}{}", quoted(.name), among(.known))]
    UnknownUser {
        /// Its name.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A cluster without an address.
    #[error("the cluster of context {} has no server: set it in the kubeconfig, or give --server", quoted(.context))]
    NoServer {
        /// The context's name.
        context: String,
    },
    /// An address that is none.
    #[error("the server's address {} is not a URL such as https://10.0.0.1:6443", quoted(.address))]
    BadServer {
        /// The address.
        address: String,
    },
    /// A proxy's address that is none. A bad one is not shown: it may hold a password.
    #[error("{origin} is not a URL such as http://proxy:3128 (http, https or socks5)")]
    BadProxy {
        /// Where it was given.
        origin: &'static str,
    },
    /// Certificates that are to be checked, and not.
    #[error(
        "both a certificate authority and insecure-skip-tls-verify are set: they exclude each other, take one away"
    )]
    AuthorityOfInsecure,
    /// A certificate or key that cannot be used.
    #[error("cannot use {what}: {why}")]
    Certificate {
        /// Which, and where it was found.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// Groups or a UID without a user.
    #[error("--as-group and --as-uid need --as: a group or UID cannot be acted for without a user")]
    ActsAsNobody,
    /// A token, or a name to act as, that cannot be used.
    #[error("cannot use {what}: {why}")]
    Credential {
        /// Which, and where it was found.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The kubeconfig's exec plugin gave no credentials.
    #[error("the kubeconfig's exec plugin {} {why}", quoted(.command))]
    Plugin {
        /// The command, without its arguments.
        command: String,
        /// What happened; from what it wrote, the end of its error output alone.
        why: String,
    },
}

/// What the system says of a failure, without the number that it has for it.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error ") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}

fn looked(places: &[PathBuf]) -> String {
    if places.is_empty() {
        return "$KUBECONFIG and $HOME are not set".to_owned();
    }
    let places: Vec<String> = places.iter().map(|place| shown(place)).collect();
    format!("there is none in {}", places.join(", "))
}

fn shown(path: &Path) -> String {
    printable(path.as_os_str().as_encoded_bytes())
}

fn among(known: &[String]) -> String {
    if known.is_empty() {
        return ": it has none at all".to_owned();
    }
    let names: Vec<String> = known.iter().take(10).map(quoted).collect();
    let more = if known.len() > names.len() {
        ", …"
    } else {
        ""
    };
    format!(": it has {}{more}", names.join(", "))
}

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

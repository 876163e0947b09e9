//! Why there is no server to ask.

use std::path::{Path, PathBuf};

use calico_core::text::{printable, quoted};
use thiserror::Error;

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
    #[error("no cluster is configured{}: name a kubeconfig with --kubeconfig or $KUBECONFIG, or a server with --server", looked(.places))]
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

fn looked(places: &[PathBuf]) -> String {
    if places.is_empty() {
        return ", and neither $KUBECONFIG nor $HOME is set".to_owned();
    }
    let places: Vec<String> = places.iter().map(|place| shown(place)).collect();
    format!(" in {}", places.join(", "))
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

//! Errors before the first request is sent: kubeconfig, flags and credentials.

use std::path::{Path, PathBuf};

use calico_core::text::{listed, printable, quoted};
use thiserror::Error;

/// Why no request can be sent.
#[derive(Debug, Error)]
#[allow(missing_docs, reason = "the variant's message describes its fields")]
pub enum ConnectError {
    /// A kubeconfig that exists and cannot be used.
    #[error("cannot read kubeconfig {}: {why}", display(.path))]
    Unreadable { path: PathBuf, why: String },
    /// Neither a kubeconfig, nor `--server`, nor a pod's service account.
    #[error("no cluster is configured{}: pass a kubeconfig with --kubeconfig or $KUBECONFIG, or a server with --server", searched(.paths))]
    NothingConfigured {
        /// The files that were looked for.
        paths: Vec<PathBuf>,
    },
    /// The kubeconfig has contexts, but none is the current one.
    #[error("the kubeconfig has no current context: choose one with --context{}", available(.known, "contexts"))]
    NoContext { known: Vec<String> },
    /// `--context`, or the kubeconfig's current context.
    #[error("context {} does not exist in the kubeconfig{}", quoted(.name), available(.known, "contexts"))]
    UnknownContext { name: String, known: Vec<String> },
    /// `--cluster`, or the cluster of the context.
    #[error("cluster {} does not exist in the kubeconfig{}", quoted(.name), available(.known, "clusters"))]
    UnknownCluster { name: String, known: Vec<String> },
    /// `--user`.
    #[error("user {} does not exist in the kubeconfig{}", quoted(.name), available(.known, "users"))]
    UnknownUser { name: String, known: Vec<String> },
    /// A cluster without an address.
    #[error("the cluster of context {} has no server: set it in the kubeconfig, or pass --server", quoted(.context))]
    NoServer { context: String },
    /// A server's address that is not a URL.
    #[error("invalid server address {}: expected a URL such as https://10.0.0.1:6443", quoted(.address))]
    BadServer { address: String },
    /// A proxy's address that is not a URL. It is not shown: it may contain a password.
    #[error("invalid {origin}: expected a URL such as http://proxy:3128 (http, https or socks5)")]
    BadProxy {
        /// The setting that contains it.
        origin: &'static str,
    },
    /// A certificate authority for a server whose certificate is not to be verified.
    #[error(
        "both a certificate authority and insecure-skip-tls-verify are set: they are mutually exclusive; remove one"
    )]
    AuthorityWithInsecure,
    /// A certificate, key, token or name that cannot be used.
    #[error("cannot use {what}: {why}")]
    Unusable {
        /// The value, and where it is set.
        what: String,
        why: String,
    },
    /// A group, a UID or extra fields to impersonate, without a user.
    #[error(
        "--as-group and --as-uid require --as: a group or UID cannot be impersonated without a user"
    )]
    ImpersonationWithoutUser,
    /// The user's exec credential plugin returned no credentials.
    #[error("exec credential plugin {} {why}", quoted(.command))]
    ExecPlugin {
        /// The command, without its arguments.
        command: String,
        /// What happened. Of the plugin's output, only the end of its standard error is included.
        why: String,
    },
}

impl ConnectError {
    pub(in crate::connect) fn unusable(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Unusable {
            what: what.into(),
            why: why.into(),
        }
    }
}

fn searched(paths: &[PathBuf]) -> String {
    if paths.is_empty() {
        return ", and neither $KUBECONFIG nor $HOME is set".to_owned();
    }
    format!(" in {}", listed(paths.iter().map(|path| display(path))))
}

fn display(path: &Path) -> String {
    printable(path.as_os_str().as_encoded_bytes())
}

fn available(known: &[String], kind: &str) -> String {
    if known.is_empty() {
        return format!(", which has no {kind}");
    }
    format!("; available {kind}: {}", listed(known.iter().map(quoted)))
}

//! From the kubeconfig and the command line to a server that answers, as kubectl gets there.
//!
//! kube brings the client; what it does otherwise than kubectl is decided here before it is
//! asked: which files, which proxy, which credentials, how long to wait and how often to ask.

mod address;
mod credentials;
pub mod environment;
pub mod error;
pub mod flags;
mod in_cluster;
mod kubeconfig;
mod plugin;
mod proxy;
mod retry;
mod server;
mod target;
mod tls;
mod why;

use calico_core::text::{quoted, shortened};
use http::HeaderValue;
use http::header::USER_AGENT;
use http::uri::Scheme;
use kube::{Client, Config};

pub use environment::Environment;
pub use error::{ConnectError, Request, RequestError};
pub use flags::Flags;
pub use server::{Answer, Server};

use target::Target;

const AGENT: &str = concat!("kubectl-calico/", env!("CARGO_PKG_VERSION"));

/// The server that the flags, the kubeconfig and this process's environment lead to.
pub async fn connect(flags: &Flags) -> Result<Server, ConnectError> {
    connect_in(flags, &Environment::of_process()).await
}

/// The server that the flags, the kubeconfig and `environment` lead to.
///
/// Nothing is sent to it yet; the only program that may be run is the kubeconfig's exec plugin.
pub async fn connect_in(flags: &Flags, environment: &Environment) -> Result<Server, ConnectError> {
    let flags = flags.without_empty();
    let loaded = kubeconfig::load(&flags, environment)?;
    let target = Target::choose(&flags, loaded, environment)?;
    let who = who(&target);
    let Target {
        context,
        cluster,
        auth,
        ..
    } = target;

    let address = address::server(cluster.server.as_deref().unwrap_or_default())?;
    let secure = address.scheme() == Some(&Scheme::HTTPS);
    let url = address::shown(&address);
    let mut config = Config::new(address);
    config.proxy_url = proxy::proxy(
        cluster.proxy_url.as_deref(),
        &config.cluster_url,
        environment,
    )?;
    config.auth_info = credentials::settle(auth, &cluster, secure, environment).await?;
    config.accept_invalid_certs = cluster.insecure_skip_tls_verify.unwrap_or(false);
    if secure && let Some(pem) = tls::authority(&cluster)? {
        if config.accept_invalid_certs {
            return Err(ConnectError::AuthorityOfInsecure);
        }
        config.root_cert = Some(tls::certificates(&pem)?);
    }
    config.tls_server_name = cluster.tls_server_name;
    config.disable_compression = cluster.disable_compression.unwrap_or(false);
    config.default_retry = false;
    config
        .headers
        .push((USER_AGENT, HeaderValue::from_static(AGENT)));

    let route = why::Route {
        server: address::authority(&config.cluster_url),
        proxy: config.proxy_url.as_ref().map(address::authority),
    };
    let client = Client::try_from(config).map_err(|error| ConnectError::Certificate {
        what: "the certificates".to_owned(),
        why: shortened(error.to_string(), error::LONGEST),
    })?;
    Ok(Server {
        client,
        url,
        context,
        who,
        route,
        limit: flags.time_limit(),
    })
}

/// The user, as a message names it.
fn who(target: &Target) -> String {
    let user = match &target.user {
        Some(user) => format!("user {}", quoted(user)),
        None => "an unnamed user".to_owned(),
    };
    match &target.context {
        Some(context) => format!("{user} of context {}", quoted(context)),
        None => user,
    }
}

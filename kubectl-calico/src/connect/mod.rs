//! From the kubeconfig and the command line to a server that answers, as kubectl gets there.
//!
//! kube brings the client; what it does otherwise than kubectl is decided here before it is
//! asked: which files, which proxy, which credentials, how long to wait and how often to ask.

mod address;
mod credentials;
mod environment;
mod error;
mod flags;
mod handshake;
mod in_cluster;
mod kubeconfig;
mod overlay;
mod plugin;
mod proxy;
mod refusal;
mod retry;
mod server;
mod target;
mod tls;
mod why;

use std::time::Duration;

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

/// client-go's own (transport/cache.go). Where a request does not have for ever, its connection
/// has a third of its time, so that a server that is not there is told from a slow one.
const DIAL_TIMEOUT: Duration = Duration::from_secs(30);

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
    let address = address::server(target.cluster.server.as_deref().unwrap_or_default())?;
    let secure = address.scheme() == Some(&Scheme::HTTPS);
    let who = who(&target, &flags, secure);
    let Target {
        context,
        cluster,
        auth,
        ..
    } = target;
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
    let limit = flags.time_limit();
    config.connect_timeout = Some(limit.map_or(DIAL_TIMEOUT, |limit| limit / 3));
    config
        .headers
        .push((USER_AGENT, HeaderValue::from_static(AGENT)));

    let route = why::Route {
        server: address::authority(&config.cluster_url),
        proxy: config.proxy_url.as_ref().map(address::authority),
    };
    let client = Client::try_from(config).map_err(|error| tls::refused(&error))?;
    Ok(Server {
        client,
        url,
        context,
        who,
        route,
        limit,
    })
}

/// Who asks, and what to do if that is not good enough, as the message for a 401 ends.
fn who(target: &Target, flags: &Flags, secure: bool) -> String {
    if !secure {
        return "requests without credentials, and none are sent without TLS: use https".to_owned();
    }
    if flags.token.is_some() {
        return "the token of --token: check that it is whole and still valid".to_owned();
    }
    match &target.user {
        Some(user) => format!("the credentials of {user}: log in again, or choose another one"),
        None => "requests without a user: give --context, --user or --token".to_owned(),
    }
}

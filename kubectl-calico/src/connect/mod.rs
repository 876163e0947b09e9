//! From the kubeconfig and the command line to an API server, the same one that kubectl would reach.
//!
//! kube provides the client. Where it differs from kubectl, the decision is made here, before kube is
//! called: which files, which proxy, which credentials, how long to wait and how often to retry.

mod address;
mod attempt;
mod body;
mod compression;
mod connection_failure;
mod credentials;
mod environment;
mod error;
mod error_response;
mod exec_plugin;
mod flags;
mod http_client;
mod identity;
mod in_cluster;
mod kubeconfig;
mod media_types;
mod node_status_writer;
mod overrides;
mod plugin_output;
mod proxy;
mod response;
mod retry;
mod server;
mod target;
mod tls;
mod tls_failure;
mod watch;

use std::time::Duration;

use http::HeaderValue;
use http::header::USER_AGENT;
use http::uri::Scheme;
use kube::Config;

pub use environment::Environment;
pub use error::{ConnectError, Request, RequestError};
pub use flags::ConnectionFlags;
pub use identity::Identity;
pub use kubeconfig::{KubeconfigNames, kubeconfig_names};
pub use node_status_writer::NodeStatusWriter;
pub use response::Response;
pub use server::Server;
pub use watch::EventStream;

use body::Bodies;
use connection_failure::Route;
use kubeconfig::MergedKubeconfig;
use server::Connections;
use target::Target;

const AGENT: &str = concat!("kubectl-calico/", env!("CARGO_PKG_VERSION"));

/// client-go's limit (transport/cache.go). If a request has a time limit, a third of it is for the
/// connection, to distinguish an unreachable server from a slow one.
const DIAL_TIMEOUT: Duration = Duration::from_secs(30);

/// The server that the flags, the kubeconfig and this process's environment select.
pub async fn connect(flags: &ConnectionFlags) -> Result<Server, ConnectError> {
    connect_in(flags, &Environment::of_process()).await
}

/// The server that the flags, the kubeconfig and `environment` select.
///
/// Nothing is sent to it yet. The only program that may run is the user's exec credential plugin.
pub async fn connect_in(
    flags: &ConnectionFlags,
    environment: &Environment,
) -> Result<Server, ConnectError> {
    let flags = flags.without_empty();
    let kubeconfig = MergedKubeconfig::load(flags.kubeconfig.as_deref(), environment)?;
    let target = Target::choose(&flags, kubeconfig, environment)?;
    let cluster = target.cluster;
    let server = address::server(cluster.server.as_deref().unwrap_or_default())?;
    let encrypted = server.scheme() == Some(&Scheme::HTTPS);
    let url = address::without_credentials(&server);

    let mut config = Config::new(server);
    config.proxy_url = proxy::choose(
        cluster.proxy_url.as_deref(),
        &config.cluster_url,
        environment,
    )?;
    config.auth_info = credentials::resolve(target.user, &cluster, encrypted, environment).await?;
    config.accept_invalid_certs = cluster.insecure_skip_tls_verify.unwrap_or(false);
    if encrypted && let Some(pem) = tls::certificate_authority(&cluster)? {
        if config.accept_invalid_certs {
            return Err(ConnectError::AuthorityWithInsecure);
        }
        config.root_cert = Some(tls::certificates(&pem)?);
    }
    config.tls_server_name = cluster.tls_server_name;
    config.disable_compression = cluster.disable_compression.unwrap_or(false);
    config.default_retry = false;
    let time_limit = flags.time_limit();
    config.connect_timeout = Some(time_limit.map_or(DIAL_TIMEOUT, |limit| limit / 3));
    config
        .headers
        .push((USER_AGENT, HeaderValue::from_static(AGENT)));

    let host = config.cluster_url.host().unwrap_or_default().to_owned();
    let route = Route {
        server: address::host_and_port(&config.cluster_url),
        proxy: config.proxy_url.as_ref().map(address::host_and_port),
    };
    Ok(Server {
        client: http_client::new(&config, environment)
            .map_err(|error| tls::client_error(&error))?,
        url,
        cluster: target.name.unwrap_or(host),
        context: target.context,
        identity: if !encrypted {
            Identity::Unencrypted
        } else if flags.token.is_some() {
            Identity::Token
        } else {
            target.identity
        },
        route,
        time_limit,
        bodies: Bodies::default(),
        connections: Connections::default(),
        accepts_gzip: !config.disable_compression,
    })
}

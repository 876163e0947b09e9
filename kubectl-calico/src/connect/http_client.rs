//! kube's client over connections that speak HTTP/2 where the server does, so that all requests share one.
//!
//! kube's own connector offers only HTTP/1.1, which takes a connection, and a TLS handshake, for each request
//! under way.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Uri};
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder};
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kube::client::{Body, ClientBuilder, ConfigExt as _, RustlsTlsError};
use kube::{Client, Config, Error};
use percent_encoding::percent_decode_str;
use tower::{Service, ServiceBuilder};

use super::environment::Environment;

/// How much of one response the server may send before it is read, in bytes: at 100 ms of round trip, 10 MB a
/// second.
const WINDOW: u32 = 1 << 20;

/// The same for all responses of a connection: more than those that wait to be read may have together, because
/// they would keep the server from sending what is being read.
const CONNECTION_WINDOW: u32 = 1 << 30;

/// How long a connection may be silent before it is probed, and how long the server may take to answer: those
/// of client-go (apimachinery, pkg/util/net, `readIdleTimeout` and `pingTimeout`). A new request would wait on
/// a dead connection.
const SILENCE: Duration = Duration::from_secs(30);
const PROBE: Duration = Duration::from_secs(15);

/// A client for a server. Its proxy must have a scheme that `proxy` accepts. HTTP/2 is not offered if the
/// environment disables it, as for client-go (apimachinery, pkg/util/net/http.go).
pub(super) fn new(config: &Config, environment: &Environment) -> Result<Client, Error> {
    let is_http2 = environment.text("DISABLE_HTTP2").is_none();
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    let Some(proxy) = config.proxy_url.clone() else {
        return over(tcp, config, is_http2);
    };
    match proxy.scheme_str() {
        Some("socks5") => over(SocksV5::new(proxy, tcp), config, is_http2),
        Some("https") => {
            let tls = config.rustls_https_connector_with_connector(tcp)?;
            over(tunnel(&proxy, tls), config, is_http2)
        }
        _ => over(tunnel(&proxy, tcp), config, is_http2),
    }
}

/// A tunnel through an HTTP proxy, with the credentials in its URL.
fn tunnel<C>(proxy: &Uri, connector: C) -> Tunnel<C> {
    let tunnel = Tunnel::new(proxy.clone(), connector);
    let authority = proxy.authority().map_or("", |authority| authority.as_str());
    let credentials = authority.rsplit_once('@').map(|(credentials, _)| {
        let decoded: Vec<u8> = percent_decode_str(credentials).collect();
        HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(decoded)))
    });
    match credentials {
        Some(Ok(credentials)) => tunnel.with_auth(credentials),
        _ => tunnel,
    }
}

/// A client whose connections are made with `connector`.
fn over<C>(connector: C, config: &Config, is_http2: bool) -> Result<Client, Error>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Connection + hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static,
    C::Future: Send + 'static,
    C::Error: std::error::Error + Send + Sync + 'static,
{
    let mut connector = TimeoutConnector::new(encrypted(connector, config, is_http2)?);
    connector.set_connect_timeout(config.connect_timeout);
    let client: legacy::Client<_, Body> = legacy::Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .http2_initial_stream_window_size(WINDOW)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .http2_keep_alive_interval(SILENCE)
        .http2_keep_alive_timeout(PROBE)
        .http2_keep_alive_while_idle(true)
        .build(connector);
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(config.auth_layer()?)
        .layer(config.extra_headers_layer()?)
        .map_err(tower::BoxError::from)
        .service(client);
    Ok(ClientBuilder::new(service, config.default_namespace.clone()).build())
}

/// TLS over a connector if the server's URL has it, with HTTP/2 or else HTTP/1.1 by ALPN.
fn encrypted<C>(connector: C, config: &Config, is_http2: bool) -> Result<HttpsConnector<C>, Error> {
    let mut builder = HttpsConnectorBuilder::new()
        .with_tls_config(config.rustls_client_config()?)
        .https_or_http();
    if let Some(name) = &config.tls_server_name {
        let name = name.clone().try_into();
        let name =
            name.map_err(|error| Error::RustlsTls(RustlsTlsError::InvalidServerName(error)))?;
        builder = builder.with_server_name_resolver(FixedServerNameResolver::new(name));
    }
    let builder = builder.enable_http1();
    Ok(if is_http2 {
        builder.enable_http2().wrap_connector(connector)
    } else {
        builder.wrap_connector(connector)
    })
}

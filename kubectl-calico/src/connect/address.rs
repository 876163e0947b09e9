//! Server and proxy addresses, parsed as client-go does.

use http::Uri;
use http::uri::Authority;

use super::error::ConnectError;

/// A server's URL. One without a scheme is plain HTTP, and a query is dropped (client-go,
/// rest/url_utils.go, `DefaultServerURL`; tools/clientcmd/client_config.go, `ClientConfig`).
pub(super) fn server(address: &str) -> Result<Uri, ConnectError> {
    server_url(address).ok_or_else(|| ConnectError::BadServer {
        // Text before an @ may be a password.
        address: address.rsplit('@').next().unwrap_or_default().to_owned(),
    })
}

fn server_url(address: &str) -> Option<Uri> {
    let uri = with_scheme(address)?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return None;
    }
    let path = uri.path().parse().ok()?;
    let mut parts = uri.into_parts();
    parts.path_and_query = Some(path);
    Uri::from_parts(parts).ok()
}

/// The address as a URL, plain HTTP if it has no scheme.
pub(super) fn with_scheme(address: &str) -> Option<Uri> {
    let address = address.trim();
    let uri = if address.contains("://") {
        address.parse::<Uri>()
    } else {
        format!("http://{address}").parse()
    };
    uri.ok().filter(has_valid_host)
}

/// Whether the URL has a host, followed by nothing but a port: `http` accepts any text there.
fn has_valid_host(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let authority = uri.authority().map_or("", Authority::as_str);
    !host.is_empty() && (uri.port_u16().is_some() || authority.ends_with(host))
}

/// A URL without user, password and trailing slash.
pub(super) fn without_credentials(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or("http");
    let host = uri.host().unwrap_or_default();
    let port = uri
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = uri.path().trim_end_matches('/');
    format!("{scheme}://{host}{port}{path}")
}

/// `host:port`, with the scheme's default port if the URL has none.
pub(super) fn host_and_port(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    format!("{host}:{}", port(uri))
}

/// The port of a URL, or the default port of its scheme.
pub(super) fn port(uri: &Uri) -> u16 {
    uri.port_u16().unwrap_or(match uri.scheme_str() {
        Some("https") => 443,
        Some("socks5") => 1080,
        _ => 80,
    })
}

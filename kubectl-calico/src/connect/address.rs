//! Addresses as people write them, made into URLs as client-go does.

use http::Uri;
use http::uri::Authority;

use super::error::ConnectError;

/// A server's URL. One without a scheme is plain http, and a query is dropped (client-go,
/// rest/url_utils.go, `DefaultServerURL`; tools/clientcmd/client_config.go, `ClientConfig`).
pub(super) fn server(address: &str) -> Result<Uri, ConnectError> {
    let bad = || ConnectError::BadServer {
        // What is in front of an @ may be a password.
        address: address.rsplit('@').next().unwrap_or_default().to_owned(),
    };
    let uri = with_scheme(address)
        .filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")))
        .ok_or_else(bad)?;
    let path = uri.path().parse().map_err(|_| bad())?;
    let mut parts = uri.into_parts();
    parts.path_and_query = Some(path);
    Uri::from_parts(parts).map_err(|_| bad())
}

/// The address as a URL, plain http if it says nothing else.
pub(super) fn with_scheme(address: &str) -> Option<Uri> {
    let address = address.trim();
    let uri = match address.contains("://") {
        true => address.parse::<Uri>(),
        false => format!("http://{address}").parse(),
    };
    uri.ok().filter(is_whole)
}

/// Whether there is a host, and nothing but a port behind it: `http` takes any text for one.
fn is_whole(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let authority = uri.authority().map_or("", Authority::as_str);
    !host.is_empty() && (uri.port_u16().is_some() || authority.ends_with(host))
}

/// A URL without user and password, and without a slash at its end.
pub(super) fn shown(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or("http");
    let host = uri.host().unwrap_or_default();
    let port = uri
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = uri.path().trim_end_matches('/');
    format!("{scheme}://{host}{port}{path}")
}

/// Host and port.
pub(super) fn authority(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    format!("{host}:{}", port(uri))
}

/// The port that a URL says or means.
pub(super) fn port(uri: &Uri) -> u16 {
    uri.port_u16().unwrap_or(match uri.scheme_str() {
        Some("https") => 443,
        Some("socks5") => 1080,
        _ => 80,
    })
}

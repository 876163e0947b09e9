//! The proxy to connect through, if any.
//!
//! A proxy in the kubeconfig is used for any address (client-go, tools/clientcmd/client_config.go:
//! `http.ProxyURL`); a proxy from the environment follows Go's rules (golang.org/x/net, http/httpproxy).

use std::net::IpAddr;

use http::Uri;
use ipnet::IpNet;

use super::address::{port, with_scheme};
use super::environment::Environment;
use super::error::ConnectError;

/// The proxy for a server, with an explicit port.
pub(super) fn choose(
    proxy_url: Option<&str>,
    server: &Uri,
    environment: &Environment,
) -> Result<Option<Uri>, ConnectError> {
    if let Some(url) = proxy_url {
        let proxy = parse(url).filter(|_| url.contains("://"));
        return required(proxy, "proxy-url");
    }
    let (upper, lower, origin) = match server.scheme_str() {
        Some("https") => ("HTTPS_PROXY", "https_proxy", "$HTTPS_PROXY"),
        _ => ("HTTP_PROXY", "http_proxy", "$HTTP_PROXY"),
    };
    let Some(url) = environment.text(upper).or_else(|| environment.text(lower)) else {
        return Ok(None);
    };
    let exceptions = environment
        .text("NO_PROXY")
        .or_else(|| environment.text("no_proxy"));
    if is_excepted(server, exceptions.unwrap_or_default()) {
        return Ok(None);
    }
    required(parse(url), origin)
}

fn required(proxy: Option<Uri>, origin: &'static str) -> Result<Option<Uri>, ConnectError> {
    match proxy {
        Some(proxy) => Ok(Some(proxy)),
        None => Err(ConnectError::BadProxy { origin }),
    }
}

/// A proxy's URL, with the port that Go would use.
fn parse(url: &str) -> Option<Uri> {
    let uri = with_scheme(url)?;
    if !matches!(uri.scheme_str(), Some("http" | "https" | "socks5")) {
        return None;
    }
    if uri.port().is_some() {
        return Some(uri);
    }
    let with_port = format!("{}:{}", uri.authority()?, port(&uri));
    let mut parts = uri.into_parts();
    parts.authority = Some(with_port.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// Whether a server is reached without the environment's proxy, because of an entry in `NO_PROXY` or
/// because it is this machine.
fn is_excepted(server: &Uri, exceptions: &str) -> bool {
    let host = server.host().unwrap_or_default().to_ascii_lowercase();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host
        .parse::<IpAddr>()
        .ok()
        .map(|address| address.to_canonical());
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    exceptions
        .split(',')
        .map(|entry| entry.trim().to_ascii_lowercase())
        .any(|entry| excepts(&entry, host, address, port(server)))
}

/// Whether one entry of `NO_PROXY` matches a server.
fn excepts(entry: &str, host: &str, address: Option<IpAddr>, port: u16) -> bool {
    if entry == "*" {
        return true;
    }
    if let Ok(network) = entry.parse::<IpNet>() {
        return address.is_some_and(|address| network.contains(&address));
    }
    let (name, entry_port) = split_port(entry);
    if name.is_empty() || entry_port.is_some_and(|entry_port| entry_port != port.to_string()) {
        return false;
    }
    if let Ok(entry_address) = name.parse::<IpAddr>() {
        return address == Some(entry_address.to_canonical());
    }
    // `example.org` matches that name and all below it; `.example.org` and `*.example.org` only those
    // below it.
    let suffix = if name.starts_with("*.") {
        name.trim_start_matches('*')
    } else {
        name
    };
    if suffix.starts_with('.') {
        return host.ends_with(suffix);
    }
    match host.strip_suffix(suffix) {
        Some(labels) => labels.is_empty() || labels.ends_with('.'),
        None => false,
    }
}

/// `host:port` or `[address]:port` in two; anything else is a host.
fn split_port(entry: &str) -> (&str, Option<&str>) {
    match entry.rsplit_once(':') {
        Some((host, port)) if host.starts_with('[') && host.ends_with(']') => (
            host.trim_start_matches('[').trim_end_matches(']'),
            Some(port),
        ),
        Some((host, port)) if !host.contains(':') => (host, Some(port)),
        _ => (entry, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kinds of entries that golang.org/x/net tests in http/httpproxy/proxy_test.go.
    #[test]
    fn exceptions_are_read_as_go_reads_them() {
        let list = ".foo.com, 10.1.0.0/16, 192.168.1.1, 2001:db8::52:0:1, bar.com:6443, \
                    10.9.8.7:6443, [2001:db8::7]:443, *.baz.com, fd00::/64, , :8080, UPPER.com";
        let excepted = |server: &str| is_excepted(&server.parse().unwrap(), list);
        for server in [
            "https://localhost:6443",
            "https://127.0.0.1:6443",
            "https://127.1.2.3",
            "https://[::1]:6443",
            "https://[::ffff:127.0.0.1]",
            "https://a.foo.com",
            "https://a.b.foo.com:6443",
            "https://10.1.255.255",
            "https://192.168.1.1:6443",
            "https://[2001:db8::52:0:1]:6443",
            "https://bar.com:6443",
            "https://a.bar.com:6443",
            "https://10.9.8.7:6443",
            "https://[2001:db8::7]",
            "https://x.baz.com",
            "https://[fd00::9]",
            "https://upper.COM",
        ] {
            assert!(excepted(server), "{server}");
        }
        for server in [
            "https://foo.com",
            "https://xfoo.com",
            "https://10.2.0.1",
            "https://192.168.1.2",
            "https://bar.com",
            "https://xbar.com:6443",
            "https://10.9.8.7",
            "https://[2001:db8::7]:6443",
            "https://baz.com",
            "https://[fd00:0:0:1::9]",
            "https://api.example.org:8080",
        ] {
            assert!(!excepted(server), "{server}");
        }
        assert!(is_excepted(&"https://example.org".parse().unwrap(), "a, *"));
        assert!(!is_excepted(&"https://example.org".parse().unwrap(), ""));
    }
}

//! The server that a line is about. Calico's pods connect to the API server, and to others: a cloud's API, etcd, a
//! proxy. The container runtime connects to registries.

use std::net::IpAddr;

use super::super::services_endpoint::{HOST, may_be_of_service};
use crate::assess::check::Case;
use crate::views::calico_node::{CalicoNode, Variable};

/// The longest name of a server that is quoted, in characters.
const LONGEST: usize = 80;

/// The default port of the API server.
const API_PORT: &str = "6443";

/// A server to which a connection fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    /// The API server, by its Service.
    Service,
    /// The API server by another address, or while the Service CIDR is not known.
    Api,
    /// A registry of images.
    Registry,
    /// Any other.
    Other,
}

/// Where a line says that it connects to, in lower case.
struct Destination<'a> {
    /// The address that is dialed, or else the host of the URL.
    host: &'a str,
    /// Empty if it is the default of the URL's scheme.
    port: &'a str,
    /// The host of the URL, and what follows it.
    url: Option<(&'a str, &'a str)>,
}

impl Server {
    /// The server of a line in lower case. Webhooks are called by the API server, and probes by the kubelet.
    pub(crate) fn of(case: &Case, line: &str) -> Option<Self> {
        let node = CalicoNode::current(case.snapshot);
        let configured = match node.map(|node| node.variable(HOST)) {
            Some(Variable::Set(host)) => host.to_lowercase(),
            _ => String::new(),
        };
        let is_configured = |host: &str| !configured.is_empty() && host == configured;
        Self::with(line, |host| may_be_of_service(case, host), is_configured)
    }

    /// What docs/messages.md calls it.
    #[cfg(test)]
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Service => "the Service of the API server",
            Self::Api => "another address of the API server",
            Self::Registry => "a registry",
            Self::Other => "another server",
        }
    }

    /// The server, if every address that a test's line dials is that of the Service.
    #[cfg(test)]
    pub(crate) fn of_example(line: &str) -> Option<Self> {
        Self::with(line, |host| host.parse::<IpAddr>().is_ok(), |_| false)
    }

    fn with(
        line: &str,
        is_service: impl Fn(&str) -> bool,
        is_configured: impl Fn(&str) -> bool,
    ) -> Option<Self> {
        if line.contains("webhook") || line.contains("probe failed") {
            return None;
        }
        let to = Destination::of(line)?;
        let is_pull = line.contains("pull ") && line.contains(" image");
        let path = to.url.map(|(_, path)| path).unwrap_or_default();
        if is_pull || path.starts_with("/v2/") {
            return Some(Self::Registry);
        }
        if line.contains("proxyconnect") {
            return Some(Self::Other);
        }
        let is_api = is_of_api(path);
        let is_direct = to.url.is_none_or(|(host, _)| host == to.host);
        Some(if to.port == API_PORT || is_configured(to.host) {
            Self::Api
        } else if is_service(to.host) && matches!(to.port, "" | "443") && (is_direct || is_api) {
            Self::Service
        } else if is_api {
            Self::Api
        } else if is_local(to.host) {
            return None;
        } else {
            Self::Other
        })
    }

    /// What a line, in lower case, calls the server: its name, or `10.0.0.1:443`.
    pub(super) fn name_in(line: &str) -> Option<String> {
        let to = Destination::of(line)?.named(line);
        let is_name =
            |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | ':' | '[' | ']');
        let name = match to.port {
            "" => to.host.to_owned(),
            port if to.host.contains(':') => format!("[{}]:{port}", to.host),
            port => format!("{}:{port}", to.host),
        };
        (name.len() <= LONGEST && name.chars().all(is_name)).then_some(name)
    }
}

impl<'a> Destination<'a> {
    /// The same by its name, if the URL has one and no proxy is dialed in its place.
    fn named(self, line: &str) -> Self {
        match self.url {
            Some((host, _))
                if host.parse::<IpAddr>().is_err() && !line.contains("proxyconnect") =>
            {
                Self {
                    host,
                    port: "",
                    ..self
                }
            }
            _ => self,
        }
    }

    fn of(line: &'a str) -> Option<Self> {
        let url = url(line);
        if let Some((host, port)) = dialed(line) {
            return Some(Self {
                host,
                port,
                url: url.map(|(host, _, path)| (host, path)),
            });
        }
        let (host, port, path) = url?;
        Some(Self {
            host,
            port,
            url: Some((host, path)),
        })
    }
}

/// The address in `dial tcp 10.96.0.1:443: i/o timeout`, or in `read tcp 10.0.0.5:41234->10.96.0.1:443: EOF`.
fn dialed(line: &str) -> Option<(&str, &str)> {
    let mut ends = ["->", "dial tcp "].into_iter();
    ends.find_map(|before| {
        let (_, rest) = line.rsplit_once(before)?;
        host_and_port(rest).filter(|(_, port)| !port.is_empty())
    })
}

/// The host and the port of the last URL, and what follows them.
fn url(line: &str) -> Option<(&str, &str, &str)> {
    let rest = ["https://", "http://"]
        .iter()
        .find_map(|scheme| Some(line.rsplit_once(scheme)?.1))?;
    let end = rest.find(['/', '"', '\\', ' ', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let (host, port) = host_and_port(authority)?;
    let end = path.find(['"', '\\', ' ']).unwrap_or(path.len());
    Some((host, port, path.get(..end)?))
}

/// `10.96.0.1:443`, `[fd00::1]:443` or a name.
fn host_and_port(text: &str) -> Option<(&str, &str)> {
    let (host, rest) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => {
            let end = text.find([':', '/', '"', '\\', ' ']).unwrap_or(text.len());
            text.split_at_checked(end)?
        }
    };
    let port = rest.strip_prefix(':').unwrap_or_default();
    let is_digit = |it: char| it.is_ascii_digit();
    let end = port.find(|it| !is_digit(it)).unwrap_or(port.len());
    (!host.is_empty()).then_some((host, port.get(..end)?))
}

/// Whether a path is one of the Kubernetes API.
fn is_of_api(path: &str) -> bool {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    matches!(path, "/api" | "/apis" | "/version")
        || path.starts_with("/api/v1")
        || path.starts_with("/apis/")
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_told_apart() {
        for (line, server, name) in [
            (
                "Get \"https://10.96.0.1:443/api/v1/nodes\": dial tcp 10.96.0.1:443: i/o timeout",
                Some(Server::Service),
                "10.96.0.1:443",
            ),
            (
                "Get \"https://10.96.0.1:443/api/v1/nodes\": net/http: TLS handshake timeout",
                Some(Server::Service),
                "10.96.0.1:443",
            ),
            (
                "read tcp 10.0.0.5:5->10.96.0.1:443: read: connection reset by peer",
                Some(Server::Service),
                "10.96.0.1:443",
            ),
            // The name of the API server's Service, and a Service of something else.
            (
                "Get \"https://kubernetes.default:443/api/v1/nodes\": dial tcp 10.96.0.1:443: i/o timeout",
                Some(Server::Service),
                "kubernetes.default",
            ),
            (
                "Post \"https://vault.vault.svc/sign\": dial tcp 10.96.0.9:443: i/o timeout",
                Some(Server::Other),
                "vault.vault.svc",
            ),
            (
                "Get \"https://100.64.0.1:443/api/v1/nodes\": dial tcp 100.64.0.1:443: i/o timeout",
                Some(Server::Api),
                "100.64.0.1:443",
            ),
            (
                "dial tcp 192.0.2.9:443: connect: no route to host",
                Some(Server::Api),
                "192.0.2.9:443",
            ),
            (
                "dial tcp [2001:db8::1]:6443: connect: connection refused",
                Some(Server::Api),
                "[2001:db8::1]:6443",
            ),
            (
                "Post \"https://ec2.eu-west-1.amazonaws.com/\": dial tcp 52.1.2.3:443: i/o timeout",
                Some(Server::Other),
                "ec2.eu-west-1.amazonaws.com",
            ),
            (
                "Post \"https://ec2.eu-west-1.amazonaws.com/\": EOF",
                Some(Server::Other),
                "ec2.eu-west-1.amazonaws.com",
            ),
            // The proxy fails, whatever is behind it.
            (
                "Get \"https://10.96.0.1:443/api\": proxyconnect tcp: dial tcp 10.0.0.9:3128: i/o timeout",
                Some(Server::Other),
                "10.0.0.9:3128",
            ),
            (
                "Head \"https://registry.local/v2/calico/cni/manifests/v3\": dial tcp 10.96.0.1:443: i/o timeout",
                Some(Server::Registry),
                "registry.local",
            ),
            (
                "Failed to pull image \"quay.io/calico/cni\": dial tcp 192.0.2.9:443: i/o timeout",
                Some(Server::Registry),
                "192.0.2.9:443",
            ),
            (
                "failed calling webhook \"a\": Post \"https://a.svc:443/x\": dial tcp 10.96.0.1:443: i/o timeout",
                None,
                "a.svc",
            ),
            (
                "Readiness probe failed: Get \"https://10.244.1.4:5443/readyz\": dial tcp 10.244.1.4:5443: EOF",
                None,
                "10.244.1.4:5443",
            ),
            (
                "Get \"http://localhost:9099/liveness\": dial tcp 127.0.0.1:9099: connect: connection refused",
                None,
                "localhost",
            ),
            ("context deadline exceeded", None, ""),
        ] {
            let line = line.to_lowercase();
            let is_service = |host: &str| host.starts_with("10.96.");
            let found = Server::with(&line, is_service, |host| host == "192.0.2.9");
            assert_eq!(found, server, "{line}");
            let named = Server::name_in(&line).unwrap_or_default();
            assert_eq!(named, name, "{line}");
        }
    }

    #[test]
    fn a_name_that_is_none_is_not_quoted() {
        for line in [
            "dial tcp \u{202e}evil:443: i/o timeout",
            "dial tcp $(reboot):443: i/o timeout",
            &format!("dial tcp {}:443: i/o timeout", "a".repeat(100)),
        ] {
            assert_eq!(Server::name_in(line), None, "{line}");
        }
    }
}

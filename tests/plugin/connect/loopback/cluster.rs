//! A cluster that kubectl and the plugin connect to with the same kubeconfig, flags and
//! environment: both must send the same request to the same server.

use calico_test_support::http::{Reply, Request};

use super::authority::{Authority, Identity};
use super::proxy::{Proxy, ProxyKind};
use super::sandbox::{Sandbox, kubeconfig};
use super::server::FakeServer;

const VERSION: &str = r#"{"major": "1", "minor": "37", "gitVersion": "v1.37.1"}"#;

/// A cluster with TLS at 127.0.0.1 and, only through a proxy, at api.example.test.
pub(crate) struct FakeCluster {
    pub(crate) sandbox: Sandbox,
    pub(crate) authority: Authority,
    pub(crate) client: Identity,
    pub(crate) server: FakeServer,
    pub(crate) plain: FakeServer,
    pub(crate) http: Proxy,
    pub(crate) socks: Proxy,
}

/// The requests that arrived at each server.
#[derive(Debug, PartialEq)]
pub(crate) struct Arrived {
    pub(crate) tls: Vec<Request>,
    pub(crate) plain: Vec<Request>,
    pub(crate) http_proxy: Vec<Request>,
    pub(crate) socks_proxy: Vec<Request>,
}

impl FakeCluster {
    pub(crate) async fn start() -> Self {
        let authority = Authority::new();
        let identity = authority.sign(&["127.0.0.1", "api.example.test"]);
        let client = authority.sign(&["client.example.test"]);
        let server =
            FakeServer::start_tls(authority.server(&identity), |_| Reply::json(VERSION)).await;
        let plain = FakeServer::start(|_| Reply::json(VERSION)).await;
        let http = Proxy::start(ProxyKind::Http, server.address).await;
        let socks = Proxy::start(ProxyKind::Socks5, server.address).await;
        let sandbox = Sandbox::new();
        sandbox.write("ca.crt", &authority.pem());
        sandbox.write("client.crt", &client.certificate);
        sandbox.write("client.key", &client.key);
        Self {
            sandbox,
            authority,
            client,
            server,
            plain,
            http,
            socks,
        }
    }

    /// Writes a kubeconfig of the cluster with this user, in YAML's flow style.
    pub(crate) fn user(&self, user: &str) {
        self.user_of("extensions: []", user);
    }

    /// Writes a kubeconfig with more fields of the cluster.
    pub(crate) fn user_of(&self, cluster: &str, user: &str) {
        let server = format!("server: 'https://{}'", self.server.address);
        let cluster = format!("{server}, certificate-authority: ../ca.crt, {cluster}");
        self.sandbox.kubeconfig(&kubeconfig(&cluster, user));
    }

    /// The requests since the last call.
    pub(crate) fn arrived(&self) -> Arrived {
        let comparable = |requests: Vec<Request>| requests.into_iter().map(comparable).collect();
        Arrived {
            tls: comparable(self.server.take_requests()),
            plain: comparable(self.plain.take_requests()),
            http_proxy: comparable(self.http.take_requests()),
            socks_proxy: comparable(self.socks.take_requests()),
        }
    }

    /// Connects with kubectl and with the plugin, and returns the requests, which are the same.
    pub(crate) async fn both(&self, arguments: &[&str]) -> Arrived {
        let kubectl = self.sandbox.kubectl(arguments).await;
        let from_kubectl = self.arrived();
        let result = match self.sandbox.connect(arguments).await {
            Ok(server) => server
                .get("/version")
                .await
                .map(drop)
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let from_plugin = self.arrived();
        let message = String::from_utf8_lossy(&kubectl.stderr);
        assert_eq!(
            kubectl.status.success(),
            result.is_ok(),
            "kubectl: {message}\nplugin: {result:?}"
        );
        assert_eq!(
            from_kubectl, from_plugin,
            "kubectl: {message}\nplugin: {result:?}"
        );
        from_plugin
    }
}

/// A request with only the headers that must be the same: not `User-Agent` or those of the connection.
fn comparable(mut request: Request) -> Request {
    let is_compared = |name: &str| {
        ["authorization", "proxy-authorization", "accept-encoding"].contains(&name)
            || name.starts_with("impersonate-")
    };
    request.headers.retain(|(name, _)| is_compared(name));
    request.headers.sort();
    request
}

//! A cluster that the real kubectl and the plugin are both sent to, with the same kubeconfig, flags
//! and environment: the same request must arrive at the same place.

use calico_test_support::http::{Reply, Seen};

use super::authority::{Authority, Identity};
use super::proxy::{Manner, Proxy};
use super::wire::Wire;
use super::world::{World, kubeconfig};

const VERSION: &str = r#"{"major": "1", "minor": "37", "gitVersion": "v1.37.1"}"#;

/// A cluster behind TLS, at 127.0.0.1, and, through proxies only, at api.example.test.
pub(crate) struct Cluster {
    pub(crate) world: World,
    pub(crate) authority: Authority,
    pub(crate) client: Identity,
    pub(crate) server: Wire,
    pub(crate) plain: Wire,
    pub(crate) http: Proxy,
    pub(crate) socks: Proxy,
}

/// What arrived, and where.
#[derive(Debug, PartialEq)]
pub(crate) struct Arrived {
    pub(crate) tls: Vec<Seen>,
    pub(crate) plain: Vec<Seen>,
    pub(crate) http_proxy: Vec<Seen>,
    pub(crate) socks_proxy: Vec<Seen>,
}

impl Cluster {
    pub(crate) async fn start() -> Self {
        let authority = Authority::new();
        let identity = authority.sign(&["127.0.0.1", "api.example.test"]);
        let client = authority.sign(&["client.example.test"]);
        let server = Wire::start_tls(authority.server(&identity), |_| Reply::json(VERSION)).await;
        let plain = Wire::start(|_| Reply::json(VERSION)).await;
        let http = Proxy::start(Manner::Http, server.address).await;
        let socks = Proxy::start(Manner::Socks5, server.address).await;
        let world = World::new();
        world.write("ca.crt", &authority.pem());
        world.write("client.crt", &client.certificate);
        world.write("client.key", &client.key);
        Self {
            world,
            authority,
            client,
            server,
            plain,
            http,
            socks,
        }
    }

    /// A kubeconfig of the cluster and this user, in YAML's flow style.
    pub(crate) fn user(&self, user: &str) {
        self.user_of("extensions: []", user);
    }

    /// The same, with more to say of the cluster.
    pub(crate) fn user_of(&self, cluster: &str, user: &str) {
        let server = format!("server: 'https://{}'", self.server.address);
        let cluster = format!("{server}, certificate-authority: ../ca.crt, {cluster}");
        self.world.kubeconfig(&kubeconfig(&cluster, user));
    }

    /// What arrived since the last time.
    pub(crate) fn arrived(&self) -> Arrived {
        let telling = |seen: Vec<Seen>| seen.into_iter().map(telling).collect();
        Arrived {
            tls: telling(self.server.seen()),
            plain: telling(self.plain.seen()),
            http_proxy: telling(self.http.seen()),
            socks_proxy: telling(self.socks.seen()),
        }
    }

    /// Asks with both, and returns what arrived from either.
    pub(crate) async fn both(&self, arguments: &[&str]) -> Arrived {
        let kubectl = self.world.kubectl(arguments).await;
        let from_kubectl = self.arrived();
        let ours = match self.world.connect(arguments).await {
            Ok(server) => server
                .get("/version")
                .await
                .map(drop)
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let from_us = self.arrived();
        let said = String::from_utf8_lossy(&kubectl.stderr);
        assert_eq!(
            kubectl.status.success(),
            ours.is_ok(),
            "kubectl: {said}\nours: {ours:?}"
        );
        assert_eq!(from_kubectl, from_us, "kubectl: {said}\nours: {ours:?}");
        from_us
    }
}

/// A request without what may differ: how a program calls itself, and its connection.
fn telling(mut seen: Seen) -> Seen {
    let tells = |name: &str| {
        ["authorization", "proxy-authorization", "accept-encoding"].contains(&name)
            || name.starts_with("impersonate-")
    };
    seen.headers.retain(|(name, _)| tells(name));
    seen.headers.sort();
    seen
}

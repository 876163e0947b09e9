//! A server to which GET requests are sent. Outside of this module, there is no way to send any other request,
//! except with a [`NodeStatusWriter`](super::NodeStatusWriter).

use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use super::body::Bodies;
use super::connection_failure::Route;
use super::error::{Request, RequestError, Verb};
use super::identity::Identity;
use super::media_types::{JSON, METADATA, PROTOBUF};
use super::response::Response;
use super::retry::Tries;

/// How many requests are sent at the same time to a server without HTTP/2: each takes a connection, and a TLS
/// handshake.
const CONNECTIONS: usize = 16;

/// One API server, reached as one user.
pub struct Server {
    pub(super) client: kube::Client,
    pub(super) url: String,
    pub(super) cluster: String,
    pub(super) context: Option<String>,
    pub(super) identity: Identity,
    pub(super) route: Route,
    /// The time limit of one try.
    pub(super) time_limit: Option<Duration>,
    pub(super) bodies: Bodies,
    pub(super) connections: Connections,
    /// Whether responses may be compressed.
    pub(super) accepts_gzip: bool,
}

/// Permits for requests that take a connection each; closed once a response shows that they share one.
pub(super) struct Connections(pub(super) Semaphore);

impl Default for Connections {
    fn default() -> Self {
        Self(Semaphore::new(CONNECTIONS))
    }
}

impl Server {
    /// The server's URL, without credentials.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The cluster's name in the kubeconfig, or else the server's host.
    pub fn cluster(&self) -> &str {
        &self.cluster
    }

    /// The kubeconfig's context, if one was used.
    pub fn context(&self) -> Option<&str> {
        self.context.as_deref()
    }

    /// Sends a GET request. `path` is path and query, such as `/api/v1/nodes?limit=500`.
    pub async fn get(&self, path: &str) -> Result<Response, RequestError> {
        self.exchange(Verb::Get, path, "").await
    }

    /// Sends a GET request to which the response may be protobuf.
    pub async fn get_protobuf(&self, path: &str) -> Result<Response, RequestError> {
        let request = self.request(Verb::Get, path);
        self.send_until_done(request, "", PROTOBUF).await
    }

    /// Sends a GET request for a list of which only the metadata of its objects is wanted.
    pub async fn get_metadata(&self, path: &str) -> Result<Response, RequestError> {
        let request = self.request(Verb::Get, path);
        self.send_until_done(request, "", METADATA).await
    }

    /// Sends a request with a body, which is JSON or empty, and again if that may help.
    pub(super) async fn exchange(
        &self,
        method: Verb,
        path: &str,
        body: &str,
    ) -> Result<Response, RequestError> {
        let request = self.request(method, path);
        self.send_until_done(request, body, JSON).await
    }

    async fn send_until_done(
        &self,
        request: Request,
        body: &str,
        accept: &'static str,
    ) -> Result<Response, RequestError> {
        let started = Instant::now();
        let mut tries = Tries::default();
        loop {
            let number = tries.next();
            let failure = match self.try_within_limit(&request, body, accept, number).await {
                Ok(body) => {
                    return Ok(Response {
                        request,
                        body,
                        elapsed: started.elapsed(),
                    });
                }
                Err(failure) => failure,
            };
            match tries.pause(failure.retry, started.elapsed()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(failure.error),
            }
        }
    }

    pub(super) fn request(&self, method: Verb, path: &str) -> Request {
        Request {
            method,
            server: self.url.clone(),
            path: path.to_owned(),
        }
    }
}

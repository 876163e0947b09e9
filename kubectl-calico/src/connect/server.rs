//! A server to which GET requests are sent. Outside of this module, there is no way to send any other request,
//! except with a [`NodeStatusWriter`](super::NodeStatusWriter).

use std::time::{Duration, Instant};

use calico_core::text::shortened;
use http::Version;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE};
use http::response::Parts;
use http_body_util::BodyExt as _;
use kube::client::Body;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use super::compression::{GZIP, decompressed, is_gzip};
use super::connection_failure::{self, Route};
use super::error::{LONGEST, Request, RequestError, Verb};
use super::error_response::{self, content};
use super::identity::Identity;
use super::retry::{Retry, Tries};
use crate::parse_error::in_words;
use crate::protobuf::MAGIC;

/// The largest response that is read, in bytes, decompressed. A page of 250 large nodes is a tenth of
/// this.
pub(super) const LARGEST: usize = 64 << 20;

/// The types of a response that is parsed.
pub(super) const JSON: &str = "application/json";

/// The types of a response that is parsed, of Kubernetes' own kinds.
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf, application/json";

/// The types of a text, as kubectl requests it. An error is JSON.
const ANY_TYPE: &str = "application/json, */*";

/// The type of a list of objects of which only the metadata is wanted. A server that does not know it sends
/// whole objects.
const METADATA: &str =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/// How many responses are read at the same time; the others wait after their headers.
const BODIES: usize = 4;

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
pub(super) struct Connections(Semaphore);

impl Default for Connections {
    fn default() -> Self {
        Self(Semaphore::new(CONNECTIONS))
    }
}

/// Permits for reading the body of a response, so that no server can send many large ones at the same
/// time.
pub(super) struct Bodies(Semaphore);

impl Default for Bodies {
    fn default() -> Self {
        Self(Semaphore::new(BODIES))
    }
}

/// A successful response.
#[derive(Debug)]
pub struct Response {
    pub(crate) request: Request,
    /// The JSON text; or protobuf, if the request offered it.
    pub body: Vec<u8>,
    /// From the first try to the last byte.
    pub elapsed: Duration,
}

impl Response {
    /// The body as a value.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, RequestError> {
        serde_json::from_slice(&self.body).map_err(|error| self.malformed(&error))
    }

    /// The error for a body that cannot be parsed.
    pub(crate) fn malformed(&self, error: &serde_json::Error) -> RequestError {
        RequestError::Malformed {
            request: self.request.clone(),
            why: shortened(in_words(error), LONGEST),
        }
    }
}

/// The head and the first bytes of the body of a response.
struct Reply {
    head: Parts,
    body: Vec<u8>,
    is_whole: bool,
}

/// Why a try failed, and whether to try again.
pub(super) struct Failure {
    pub(super) error: RequestError,
    retry: Retry,
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

    /// Sends a GET request for a text, once: at most its first `longest` bytes are read.
    pub async fn get_text(&self, path: &str, longest: usize) -> Result<Vec<u8>, RequestError> {
        let request = self.request(Verb::Get, path);
        let attempt = async {
            let reply = self.send(&request, "", ANY_TYPE, longest, 1).await?;
            Ok(reply.body)
        };
        let text = self.within_limit(&request, attempt).await;
        text.map_err(|failure: Failure| failure.error)
    }

    pub(super) fn request(&self, method: Verb, path: &str) -> Request {
        Request {
            method,
            server: self.url.clone(),
            path: path.to_owned(),
        }
    }

    async fn try_within_limit(
        &self,
        request: &Request,
        body: &str,
        accept: &'static str,
        number: u32,
    ) -> Result<Vec<u8>, Failure> {
        self.within_limit(request, self.try_once(request, body, accept, number))
            .await
    }

    pub(super) async fn within_limit<T>(
        &self,
        request: &Request,
        attempt: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let Some(limit) = self.time_limit else {
            return attempt.await;
        };
        match tokio::time::timeout(limit, attempt).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failure::from(RequestError::Timeout {
                request: request.clone(),
                limit,
            })),
        }
    }

    /// `number` is the number of this try, from 1.
    async fn try_once(
        &self,
        request: &Request,
        sent: &str,
        accept: &'static str,
        number: u32,
    ) -> Result<Vec<u8>, Failure> {
        let Reply {
            head,
            body,
            is_whole,
        } = self.send(request, sent, accept, LARGEST, number).await?;
        if !is_whole {
            return Err(too_large(request, LARGEST));
        }
        if accept == PROTOBUF && body.starts_with(MAGIC) {
            return Ok(body);
        }
        match body.trim_ascii_start().first() {
            Some(b'{' | b'[') => Ok(body),
            first => Err(Failure::from(RequestError::NotKubernetes {
                request: request.clone(),
                what: match first {
                    Some(_) => content(&head.headers),
                    None => "an empty body".to_owned(),
                },
            })),
        }
    }

    /// Sends a request. `number` is the number of this try, from 1.
    async fn send(
        &self,
        request: &Request,
        sent: &str,
        accept: &'static str,
        limit: usize,
        number: u32,
    ) -> Result<Reply, Failure> {
        let _permit = self.connections.0.acquire().await.ok();
        let encoding = self.accepts_gzip.then_some(GZIP);
        let (head, body) = self.open(request, sent, accept, encoding).await?;
        if head.version == Version::HTTP_2 {
            self.connections.0.close();
        }
        let (body, is_whole) = self.read_body(request, &head, body, limit).await?;
        if !head.status.is_success() {
            if !is_whole {
                return Err(too_large(request, limit));
            }
            return Err(Failure {
                retry: error_response::retry(&head),
                error: error_response::error(request.clone(), &head, &body, &self.identity, number),
            });
        }
        Ok(Reply {
            head,
            body,
            is_whole,
        })
    }

    pub(super) async fn read_body(
        &self,
        request: &Request,
        head: &Parts,
        body: Body,
        limit: usize,
    ) -> Result<(Vec<u8>, bool), Failure> {
        // The semaphore is never closed, which is the only reason for an error.
        let _permit = self.bodies.0.acquire().await.ok();
        let lost = |error| Failure {
            error,
            retry: Retry::ConnectionLost,
        };
        let (bytes, is_whole) = collect(body, limit)
            .await
            .map_err(|error| lost(self.connection_error(request, &error)))?;
        if !is_gzip(&head.headers) || bytes.is_empty() {
            return Ok((bytes, is_whole));
        }
        decompressed(&bytes, is_whole, limit).map_err(|error| {
            lost(RequestError::Connection {
                request: request.clone(),
                why: format!("the response cannot be decompressed: {error}"),
            })
        })
    }

    /// Sends a request and waits for the head of its response.
    pub(super) async fn open(
        &self,
        request: &Request,
        sent: &str,
        accept: &'static str,
        encoding: Option<&'static str>,
    ) -> Result<(Parts, Body), Failure> {
        let mut http_request = http::Request::builder()
            .method(request.method.name())
            .uri(&request.path)
            .header(ACCEPT, accept);
        if let Some(encoding) = encoding {
            http_request = http_request.header(ACCEPT_ENCODING, encoding);
        }
        if !sent.is_empty() {
            http_request = http_request.header(CONTENT_TYPE, JSON);
        }
        let http_request = http_request
            .body(Body::from(sent.as_bytes().to_vec()))
            .map_err(|error| RequestError::Connection {
                request: request.clone(),
                why: format!("invalid request: {error}"),
            })?;
        let response = self
            .client
            .send(http_request)
            .await
            .map_err(|error| Failure {
                retry: if is_unsent(&error) {
                    Retry::Never
                } else {
                    Retry::ConnectionLost
                },
                error: self.connection_error(request, &error),
            })?;
        Ok(response.into_parts())
    }

    pub(super) fn connection_error(&self, request: &Request, error: &kube::Error) -> RequestError {
        RequestError::Connection {
            request: request.clone(),
            why: connection_failure::describe(error, &self.route),
        }
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        Self {
            error,
            retry: Retry::Never,
        }
    }
}

fn too_large(request: &Request, limit: usize) -> Failure {
    Failure::from(RequestError::TooLarge {
        request: request.clone(),
        limit,
    })
}

/// The first `limit` bytes of a body, and whether that is the whole of it.
async fn collect(mut body: Body, limit: usize) -> Result<(Vec<u8>, bool), kube::Error> {
    let mut collected = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        let rest = limit.saturating_sub(collected.len());
        if let Some(first) = data.get(..rest).filter(|_| rest < data.len()) {
            collected.extend_from_slice(first);
            return Ok((collected, false));
        }
        collected.extend_from_slice(&data);
    }
    Ok((collected, true))
}

/// Whether the request was never sent because no connection was established.
fn is_unsent(error: &kube::Error) -> bool {
    let kube::Error::Service(error) = error else {
        return false;
    };
    error
        .downcast_ref::<hyper_util::client::legacy::Error>()
        .is_some_and(hyper_util::client::legacy::Error::is_connect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        let body = || Body::from(vec![b' '; 100]);
        assert_eq!(collect(body(), 100).await.unwrap(), (vec![b' '; 100], true));
        assert_eq!(collect(body(), 99).await.unwrap(), (vec![b' '; 99], false));
    }
}

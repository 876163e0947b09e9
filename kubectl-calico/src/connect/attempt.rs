//! One try of a request.

use http::Version;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE};
use http::response::Parts;
use kube::client::Body;

use super::body::{BodyError, LARGEST};
use super::compression::GZIP;
use super::connection_failure;
use super::error::{Request, RequestError, Verb};
use super::error_response::{self, content};
use super::media_types::{ANY_TYPE, JSON, PROTOBUF};
use super::retry::Retry;
use super::server::Server;
use crate::protobuf::MAGIC;

/// The head and the first bytes of the body of a response.
struct Reply {
    head: Parts,
    body: Vec<u8>,
    is_whole: bool,
}

/// Why a try failed, and whether to try again.
pub(super) struct Failure {
    pub(super) error: RequestError,
    pub(super) retry: Retry,
}

impl Server {
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

    pub(super) async fn try_within_limit(
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
        let read = self.bodies.read(&head.headers, body, limit).await;
        read.map_err(|error| Failure {
            error: match error {
                BodyError::Lost(error) => self.connection_error(request, &error),
                BodyError::Compressed(error) => RequestError::Connection {
                    request: request.clone(),
                    why: format!("the response cannot be decompressed: {error}"),
                },
            },
            retry: Retry::ConnectionLost,
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

/// Whether the request was never sent because no connection was established.
fn is_unsent(error: &kube::Error) -> bool {
    let kube::Error::Service(error) = error else {
        return false;
    };
    error
        .downcast_ref::<hyper_util::client::legacy::Error>()
        .is_some_and(hyper_util::client::legacy::Error::is_connect)
}

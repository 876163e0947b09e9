//! A server that answers GETs: there is no way here to send anything else.

use std::time::{Duration, Instant};

use calico_core::text::shortened;
use http::header::ACCEPT;
use http_body_util::BodyExt as _;
use kube::client::Body;
use serde::de::DeserializeOwned;

use super::error::{LONGEST, Request, RequestError};
use super::refusal::{self, content};
use super::retry::{Again, Retries};
use super::why::{Route, why};

/// The longest answer that is read. A page of 500 large objects has a tenth of it.
const LARGEST: usize = 512 << 20;

/// One API server, reached as one user.
pub struct Server {
    pub(super) client: kube::Client,
    pub(super) url: String,
    pub(super) context: Option<String>,
    /// The user as messages name it.
    pub(super) who: String,
    pub(super) route: Route,
    pub(super) limit: Option<Duration>,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub(crate) request: Request,
    /// The JSON text.
    pub body: Vec<u8>,
    /// From the first try to the last byte.
    pub elapsed: Duration,
}

impl Answer {
    /// The answer as a value.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, RequestError> {
        serde_json::from_slice(&self.body).map_err(|error| RequestError::Malformed {
            request: self.request.clone(),
            why: shortened(error.to_string(), LONGEST),
        })
    }
}

/// Why a try failed, and whether another may not.
struct Failed {
    error: RequestError,
    again: Again,
}

impl Server {
    /// The server's address, without credentials.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The kubeconfig's context, where there is one.
    pub fn context(&self) -> Option<&str> {
        self.context.as_deref()
    }

    /// One GET of JSON. `path` is path and query, such as `/api/v1/nodes?limit=500`.
    pub async fn get(&self, path: &str) -> Result<Answer, RequestError> {
        let request = Request {
            server: self.url.clone(),
            path: path.to_owned(),
        };
        let started = Instant::now();
        let mut retries = Retries::default();
        loop {
            let tries = retries.next();
            let failed = match self.within_limit(&request, tries).await {
                Ok(body) => {
                    return Ok(Answer {
                        request,
                        body,
                        elapsed: started.elapsed(),
                    });
                }
                Err(failed) => failed,
            };
            match retries.pause(failed.again, started.elapsed()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(failed.error),
            }
        }
    }

    async fn within_limit(&self, request: &Request, tries: u32) -> Result<Vec<u8>, Failed> {
        let attempt = self.attempt(request, tries);
        let Some(limit) = self.limit else {
            return attempt.await;
        };
        let request = request.clone();
        tokio::time::timeout(limit, attempt)
            .await
            .unwrap_or_else(|_| {
                let after = limit;
                Err(RequestError::Timeout { request, after }.into())
            })
    }

    async fn attempt(&self, request: &Request, tries: u32) -> Result<Vec<u8>, Failed> {
        let sent = http::Request::get(&request.path)
            .header(ACCEPT, "application/json")
            .body(Body::empty())
            .map_err(|error| RequestError::Connection {
                request: request.clone(),
                why: format!("this cannot be asked: {error}"),
            })?;
        let answer = self.client.send(sent).await.map_err(|error| Failed {
            error: self.no_connection(request, &error),
            again: match never_left(&error) {
                true => Again::Never,
                false => Again::Broken,
            },
        })?;
        let (head, body) = answer.into_parts();
        let body = collect(body, LARGEST).await.map_err(|error| Failed {
            error: self.no_connection(request, &error),
            again: Again::Broken,
        })?;
        let Some(body) = body else {
            let request = request.clone();
            return Err(RequestError::TooLarge {
                request,
                limit: LARGEST,
            }
            .into());
        };
        if !head.status.is_success() {
            return Err(Failed {
                again: refusal::again(&head),
                error: refusal::error(request.clone(), &head, &body, &self.who, tries),
            });
        }
        match body.trim_ascii_start().first() {
            Some(b'{' | b'[') => Ok(body),
            _ => Err(RequestError::NotKubernetes {
                request: request.clone(),
                what: match body.is_empty() {
                    true => "is empty".to_owned(),
                    false => content(&head.headers),
                },
            }
            .into()),
        }
    }

    fn no_connection(&self, request: &Request, error: &kube::Error) -> RequestError {
        RequestError::Connection {
            request: request.clone(),
            why: why(error, &self.route),
        }
    }
}

impl From<RequestError> for Failed {
    fn from(error: RequestError) -> Self {
        Self {
            error,
            again: Again::Never,
        }
    }
}

/// The whole of a body; nothing if there is more than `most`.
async fn collect(mut body: Body, most: usize) -> Result<Option<Vec<u8>>, kube::Error> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        if whole.len() + data.len() > most {
            return Ok(None);
        }
        whole.extend_from_slice(&data);
    }
    Ok(Some(whole))
}

/// Whether a request was not even sent, for want of a connection.
fn never_left(error: &kube::Error) -> bool {
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
    async fn a_body_is_read_up_to_its_bound() {
        let body = || Body::from(vec![b' '; 100]);
        assert_eq!(collect(body(), 100).await.unwrap().unwrap().len(), 100);
        assert!(collect(body(), 99).await.unwrap().is_none());
    }
}

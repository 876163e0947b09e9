//! A server that answers GETs: there is no way here to send anything else.

use std::time::{Duration, Instant};

use calico_core::text::shortened;
use http::header::{ACCEPT, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt as _;
use kube::client::Body;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::{LONGEST, Request, RequestError};
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
pub struct Answer {
    request: Request,
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

/// The API server's own words for a failure (apimachinery, meta/v1 `Status`).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    kind: String,
    reason: String,
    message: String,
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    #[serde(rename = "continue")]
    continue_token: Option<String>,
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
                    let elapsed = started.elapsed();
                    return Ok(Answer {
                        request,
                        body,
                        elapsed,
                    });
                }
                Err(failed) => failed,
            };
            match retries.pause(failed.again) {
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
        let late = |_| {
            Err(Failed::for_good(RequestError::Timeout {
                request: request.clone(),
                limit,
            }))
        };
        tokio::time::timeout(limit, attempt)
            .await
            .unwrap_or_else(late)
    }

    async fn attempt(&self, request: &Request, tries: u32) -> Result<Vec<u8>, Failed> {
        let sent = http::Request::get(&request.path)
            .header(ACCEPT, "application/json")
            .body(Body::empty())
            .map_err(|error| {
                Failed::for_good(RequestError::Malformed {
                    request: request.clone(),
                    why: error.to_string(),
                })
            })?;
        let answer = self.client.send(sent).await.map_err(|error| Failed {
            again: if before_sending(&error) {
                Again::Never
            } else {
                Again::Broken
            },
            error: self.no_connection(request, &error),
        })?;
        let (head, body) = answer.into_parts();
        let body = self.collect(request, body).await?;
        if head.status.is_success() {
            return match body.trim_ascii_start().first() {
                Some(b'{' | b'[') => Ok(body),
                _ => Err(Failed::for_good(RequestError::NotKubernetes {
                    request: request.clone(),
                    what: format!("the answer is {}", content(&head.headers)),
                })),
            };
        }
        let again = match head.status.as_u16() {
            429 | 500 | 502..=504 => Again::Busy(retry_after(&head.headers)),
            _ => Again::Never,
        };
        Err(Failed {
            error: self.refusal(request, head.status, &head.headers, &body, tries),
            again,
        })
    }

    async fn collect(&self, request: &Request, mut body: Body) -> Result<Vec<u8>, Failed> {
        let mut whole = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| Failed {
                error: self.no_connection(request, &error),
                again: Again::Broken,
            })?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if whole.len() + data.len() > LARGEST {
                return Err(Failed::for_good(RequestError::TooLarge {
                    request: request.clone(),
                    limit: LARGEST,
                }));
            }
            whole.extend_from_slice(&data);
        }
        Ok(whole)
    }

    fn no_connection(&self, request: &Request, error: &kube::Error) -> RequestError {
        RequestError::Connection {
            request: request.clone(),
            why: why(error, &self.route),
        }
    }

    /// What a status other than success means.
    fn refusal(
        &self,
        request: &Request,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        tries: u32,
    ) -> RequestError {
        let request = request.clone();
        let told: Status = serde_json::from_slice(body).unwrap_or_default();
        let from_kubernetes = told.kind == "Status";
        let message = match from_kubernetes {
            true => shortened(&told.message, LONGEST),
            false => plain(headers, body),
        };
        match status.as_u16() {
            401 => RequestError::Unauthorized {
                request,
                who: self.who.clone(),
            },
            403 => RequestError::Forbidden { request, message },
            404 => RequestError::NotFound { request, message },
            410 => RequestError::Gone {
                request,
                message,
                continue_token: told
                    .metadata
                    .continue_token
                    .filter(|token| !token.is_empty()),
            },
            code @ (429 | 500 | 502..=504) => RequestError::Unavailable {
                request,
                status: code,
                tries,
                message,
            },
            300..=399 => RequestError::NotKubernetes {
                request,
                what: match headers.get(LOCATION) {
                    Some(place) => {
                        format!("the answer is {status}, to {}", shortened(place, LONGEST))
                    }
                    None => format!("the answer is {status}"),
                },
            },
            code => RequestError::Api {
                request,
                code,
                reason: shortened(&told.reason, LONGEST),
                message,
            },
        }
    }
}

impl Failed {
    fn for_good(error: RequestError) -> Self {
        Self {
            error,
            again: Again::Never,
        }
    }
}

/// Whether a request never left: no connection came about.
fn before_sending(error: &kube::Error) -> bool {
    let kube::Error::Service(error) = error else {
        return false;
    };
    error
        .downcast_ref::<hyper_util::client::legacy::Error>()
        .is_some_and(hyper_util::client::legacy::Error::is_connect)
}

/// The first line of an answer that is not Kubernetes' own; a page of HTML is only named.
fn plain(headers: &HeaderMap, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    match text.trim().lines().next() {
        None => String::new(),
        Some(line) if line.starts_with(['<', '{']) => format!("the answer is {}", content(headers)),
        Some(line) => shortened(line.trim(), LONGEST),
    }
}

fn content(headers: &HeaderMap) -> String {
    match headers.get(CONTENT_TYPE) {
        Some(kind) => shortened(kind, LONGEST),
        None => "of no known kind".to_owned(),
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

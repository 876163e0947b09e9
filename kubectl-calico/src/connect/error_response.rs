//! Responses with a status other than success.

use std::time::Duration;

use calico_core::text::shortened;
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::response::Parts;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::error::{LONGEST, Request, RequestError};
use super::identity::Identity;
use super::retry::Retry;
use crate::credential;
use crate::protobuf;

/// What the API server says about an error (apimachinery, meta/v1 `Status`).
#[derive(Default, Deserialize)]
#[serde(default)]
struct ApiStatus {
    kind: String,
    message: String,
    metadata: ListMeta,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ListMeta {
    #[serde(rename = "continue")]
    continue_token: Option<String>,
}

/// Whether to send the same request again.
pub(super) fn retry(head: &Parts) -> Retry {
    if is_busy(head.status) {
        Retry::Busy(retry_after(&head.headers))
    } else {
        Retry::Never
    }
}

/// The statuses of a server that may respond to the same request a little later.
fn is_busy(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 500 | 502..=504)
}

/// The error for a response; `tries` is how often the request was sent.
pub(super) fn error(
    request: Request,
    head: &Parts,
    body: &[u8],
    identity: &Identity,
    tries: u32,
) -> RequestError {
    let api: ApiStatus = match protobuf::status(body) {
        Some(status) => serde_json::from_value(status),
        None => serde_json::from_slice(body),
    }
    .unwrap_or_default();
    let is_api_status = api.kind == "Status";
    let message = if is_api_status {
        shortened(credential::removed(&api.message), LONGEST)
    } else {
        first_line(&head.headers, body)
    };
    let status = head.status;
    match status.as_u16() {
        401 => RequestError::Unauthorized {
            request,
            identity: identity.clone(),
        },
        403 => RequestError::Forbidden { request, message },
        // The body with which an API server rejects an API that it does not serve. A 404 from anything
        // else says nothing about the cluster (kubernetes/apiserver v0.35.1,
        // pkg/server/mux/pathrecorder.go).
        404 if is_api_status || body.trim_ascii() == b"404 page not found" => {
            RequestError::NotFound { request, message }
        }
        404 => RequestError::NotKubernetes {
            request,
            what: format!("{status}, {}", content(&head.headers)),
        },
        410 => RequestError::Gone {
            request,
            message,
            continue_token: api
                .metadata
                .continue_token
                .filter(|token| !token.is_empty()),
        },
        300..=399 => RequestError::NotKubernetes {
            request,
            what: match head.headers.get(LOCATION) {
                Some(location) => format!("{status}, to {}", shortened(location, LONGEST)),
                None => status.to_string(),
            },
        },
        _ if is_busy(status) => RequestError::Unavailable {
            request,
            status,
            tries,
            retry_after: retry_after(&head.headers),
            message,
        },
        _ => RequestError::Api {
            request,
            status,
            message,
        },
    }
}

/// The type of a response that is not JSON.
pub(super) fn content(headers: &HeaderMap) -> String {
    match headers.get(CONTENT_TYPE) {
        Some(kind) => shortened(kind, LONGEST),
        None => "not JSON".to_owned(),
    }
}

/// The first line of a response that does not come from Kubernetes. For an HTML page, only its type.
fn first_line(headers: &HeaderMap, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    match text.trim().lines().next() {
        None => String::new(),
        Some(line) if line.starts_with(['<', '{']) => {
            format!("the response is {}", content(headers))
        }
        Some(line) => shortened(credential::removed(line.trim()), LONGEST),
    }
}

/// Only a number of seconds is accepted: client-go does not read dates either.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse();
    seconds.ok().map(Duration::from_secs)
}

//! What a status other than success means.

use std::time::Duration;

use calico_core::text::shortened;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::response::Parts;
use serde::Deserialize;

use super::error::{LONGEST, Request, RequestError};
use super::retry::Again;

/// The API server's own words (apimachinery, meta/v1 `Status`).
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

/// Whether the same request may fare better a little later.
pub(super) fn again(head: &Parts) -> Again {
    match head.status.as_u16() {
        429 | 500 | 502..=504 => Again::Busy(retry_after(&head.headers)),
        _ => Again::Never,
    }
}

/// The refusal in our words, with the server's; `who` is the user who asked, for the `tries`th time.
pub(super) fn error(
    request: Request,
    head: &Parts,
    body: &[u8],
    who: &str,
    tries: u32,
) -> RequestError {
    let told: Status = serde_json::from_slice(body).unwrap_or_default();
    let is_status = told.kind == "Status";
    let message = match is_status {
        true => shortened(&told.message, LONGEST),
        false => first_line(&head.headers, body),
    };
    // What an API server says of an API that it does not serve; whatever else says 404 knows nothing
    // of what there is (kubernetes/apiserver v0.35.1, pkg/server/mux/pathrecorder.go).
    let is_of_kubernetes = is_status || body.trim_ascii() == b"404 page not found";
    match head.status.as_u16() {
        401 => RequestError::Unauthorized {
            request,
            who: who.to_owned(),
        },
        403 => RequestError::Forbidden { request, message },
        404 if is_of_kubernetes => RequestError::NotFound { request, message },
        404 => RequestError::NotKubernetes {
            request,
            what: format!("is 404, and {}", content(&head.headers)),
        },
        410 => RequestError::Gone {
            request,
            message,
            continue_token: told
                .metadata
                .continue_token
                .filter(|token| !token.is_empty()),
        },
        status @ (429 | 500 | 502..=504) => RequestError::Unavailable {
            request,
            status,
            tries,
            retry_after: retry_after(&head.headers),
            message,
        },
        status @ 300..=399 => RequestError::NotKubernetes {
            request,
            what: match head.headers.get(LOCATION) {
                Some(place) => format!("is {status}, to {}", shortened(place, LONGEST)),
                None => format!("is {status}"),
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

/// What an answer says of itself.
pub(super) fn content(headers: &HeaderMap) -> String {
    match headers.get(CONTENT_TYPE) {
        Some(kind) => format!("is {}", shortened(kind, LONGEST)),
        None => "is not JSON".to_owned(),
    }
}

/// The first line of an answer that is not Kubernetes' own; a page of HTML is only named.
fn first_line(headers: &HeaderMap, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    match text.trim().lines().next() {
        None => String::new(),
        Some(line) if line.starts_with(['<', '{']) => {
            format!("the answer {}", content(headers))
        }
        Some(line) => shortened(line.trim(), LONGEST),
    }
}

/// Only as a number of seconds: client-go reads no dates either.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse();
    seconds.ok().map(Duration::from_secs)
}

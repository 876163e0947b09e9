//! The body of a response, up to a limit.

use std::io;

use http::HeaderMap;
use http_body_util::BodyExt as _;
use kube::client::Body;
use tokio::sync::Semaphore;

use super::compression::{decompressed, is_gzip};

/// The largest response that is read, in bytes, decompressed. A page of 250 large nodes is a tenth of
/// this.
pub(super) const LARGEST: usize = 64 << 20;

/// How many responses are read at the same time; the others wait after their headers.
const BODIES: usize = 4;

/// Permits for reading the body of a response, so that no server can send many large ones at the same
/// time.
pub(super) struct Bodies(Semaphore);

impl Default for Bodies {
    fn default() -> Self {
        Self(Semaphore::new(BODIES))
    }
}

/// Why a body could not be read.
pub(super) enum BodyError {
    /// The connection was lost.
    Lost(kube::Error),
    /// It cannot be decompressed.
    Compressed(io::Error),
}

impl Bodies {
    /// The first `limit` bytes of a body, decompressed, and whether that is the whole of it.
    pub(super) async fn read(
        &self,
        headers: &HeaderMap,
        body: Body,
        limit: usize,
    ) -> Result<(Vec<u8>, bool), BodyError> {
        // The semaphore is never closed, which is the only reason for an error.
        let _permit = self.0.acquire().await.ok();
        let (bytes, is_whole) = collect(body, limit).await.map_err(BodyError::Lost)?;
        if !is_gzip(headers) || bytes.is_empty() {
            return Ok((bytes, is_whole));
        }
        decompressed(&bytes, is_whole, limit).map_err(BodyError::Compressed)
    }
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

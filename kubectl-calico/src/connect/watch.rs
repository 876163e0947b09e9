//! Watches: responses that go on, with an event per line.

use http_body_util::BodyExt as _;
use kube::client::Body;

use super::attempt::Failure;
use super::body::LARGEST;
use super::error::{Request, RequestError, Verb};
use super::error_response;
use super::media_types::{JSON, METADATA_OF_EVENTS};
use super::server::Server;

/// The events of a watch.
pub struct EventStream<'a> {
    server: &'a Server,
    request: Request,
    body: Body,
    /// What was received after the last line.
    rest: Vec<u8>,
}

impl Server {
    /// Sends a GET request for a watch, once.
    pub async fn watch(&self, path: &str) -> Result<EventStream<'_>, RequestError> {
        self.watch_as(path, JSON).await
    }

    /// The same for a watch of which only the metadata of the objects is wanted.
    pub async fn watch_metadata(&self, path: &str) -> Result<EventStream<'_>, RequestError> {
        self.watch_as(path, METADATA_OF_EVENTS).await
    }

    async fn watch_as(
        &self,
        path: &str,
        accept: &'static str,
    ) -> Result<EventStream<'_>, RequestError> {
        let request = self.request(Verb::Get, path);
        let attempt = async {
            let (head, body) = self.open(&request, "", accept, None).await?;
            if head.status.is_success() {
                return Ok(body);
            }
            let (body, _) = self.read_body(&request, &head, body, LARGEST).await?;
            let error = error_response::error(request.clone(), &head, &body, &self.identity, 1);
            Err(Failure::from(error))
        };
        let body = self.within_limit(&request, attempt).await;
        Ok(EventStream {
            body: body.map_err(|failure| failure.error)?,
            server: self,
            request,
            rest: Vec::new(),
        })
    }
}

impl EventStream<'_> {
    /// The next event as JSON text; `None` once the server has ended the watch.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, RequestError> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let after = self.rest.split_off(end + 1);
                let line = std::mem::replace(&mut self.rest, after);
                return Ok(Some(line));
            }
            let Some(frame) = self.body.frame().await else {
                return Ok(None);
            };
            let frame =
                frame.map_err(|error| self.server.connection_error(&self.request, &error))?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if self.rest.len() + data.len() > LARGEST {
                return Err(RequestError::TooLarge {
                    request: self.request.clone(),
                    limit: LARGEST,
                });
            }
            self.rest.extend_from_slice(&data);
        }
    }
}

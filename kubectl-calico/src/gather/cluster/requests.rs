//! The requests of a run, each counted and logged.

use std::pin::Pin;
use std::time::Instant;

use super::ClusterReader;
use crate::connect::{RequestError, Response};
use crate::gather::read_error::ReadError;
use crate::gather::request_log::LoggedRequest;
use crate::protobuf;
use crate::snapshot::resource::Resource;

impl ClusterReader {
    pub(super) async fn get(&self, path: &str) -> Result<Response, ReadError> {
        self.read_response(path, Box::pin(self.server.get(path)))
            .await
    }

    /// Requests a page of a row.
    pub(super) async fn get_page(
        &self,
        path: &str,
        resource: &Resource,
    ) -> Result<Response, ReadError> {
        if protobuf::is_decoded(resource.kind) {
            let response = Box::pin(self.server.get_protobuf(path));
            self.read_response(path, response).await
        } else {
            self.get(path).await
        }
    }

    /// Requests a page of a row of which only the metadata is read.
    pub(super) async fn get_metadata(&self, path: &str) -> Result<Response, ReadError> {
        self.read_response(path, Box::pin(self.server.get_metadata(path)))
            .await
    }

    /// The response is boxed: all rows are read at once, and the stack holds what is not.
    async fn read_response(
        &self,
        path: &str,
        response: Pin<Box<impl Future<Output = Result<Response, RequestError>>>>,
    ) -> Result<Response, ReadError> {
        self.budget.spend_request()?;
        let started = Instant::now();
        let response = response.await;
        self.log.push(LoggedRequest {
            path: path.to_owned(),
            bytes: response.as_ref().ok().map(|response| response.body.len()),
            elapsed: started.elapsed(),
        });
        let response = response?;
        self.budget.spend_bytes(response.body.len())?;
        Ok(response)
    }

    pub(super) async fn get_text(&self, path: &str, longest: usize) -> Result<Vec<u8>, ReadError> {
        self.budget.spend_request()?;
        let started = Instant::now();
        let text = self.server.get_text(path, longest).await;
        self.log.push(LoggedRequest {
            path: path.to_owned(),
            bytes: text.as_ref().ok().map(Vec::len),
            elapsed: started.elapsed(),
        });
        let text = text?;
        self.budget.spend_bytes(text.len())?;
        Ok(text)
    }
}

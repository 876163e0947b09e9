//! The only requests that change something: those for the CalicoNodeStatuses of `kubectl calico nodes --probe`.

use super::error::{RequestError, Verb};
use super::response::Response;
use super::server::Server;

/// Creates and deletes CalicoNodeStatuses. There is no way to write anything else.
pub struct NodeStatusWriter<'a> {
    server: &'a Server,
    path: String,
}

impl<'a> NodeStatusWriter<'a> {
    /// Writes to an API group and version, such as `crd.projectcalico.org/v1`.
    pub fn new(server: &'a Server, group_version: &str) -> Self {
        Self {
            server,
            path: format!("/apis/{group_version}/caliconodestatuses"),
        }
    }

    /// The URL path of the resource.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Creates one from its JSON text. After a retry, it may have been created already.
    pub async fn create(&self, object: &str) -> Result<Response, RequestError> {
        let path = &self.path;
        self.server.exchange(Verb::Post, path, object).await
    }

    /// Deletes one, unless it does not exist.
    pub async fn delete(&self, name: &str) -> Result<(), RequestError> {
        let path = format!("{}/{name}", self.path);
        match self.server.exchange(Verb::Delete, &path, "").await {
            Ok(_) | Err(RequestError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

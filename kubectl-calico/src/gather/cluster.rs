//! A cluster, read from its API server.

use std::time::Instant;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::pages;
use super::request_log::{LoggedRequest, RequestLog};
use crate::connect::{RequestError, Response, Server};
use crate::snapshot::resource::{Api, Resource};
use crate::snapshot::select::Select;
use crate::snapshot::{Absence, Origin, Reading, SnapshotSource, Store, Unknown};

/// Reads a cluster whose API server responds.
pub struct ClusterReader {
    server: Server,
    kubernetes: Option<String>,
    log: RequestLog,
}

/// The response of `/version`.
#[derive(Deserialize)]
struct VersionInfo {
    #[serde(rename = "gitVersion")]
    git_version: String,
}

impl ClusterReader {
    /// Sends a first request, which every server allows to every user that it knows. If that fails, all
    /// others would, and one error says so.
    pub async fn reach(server: Server) -> Result<Self, RequestError> {
        let mut reader = Self {
            server,
            kubernetes: None,
            log: RequestLog::default(),
        };
        match reader.get("/version").await {
            Ok(response) => {
                reader.kubernetes = Some(response.json::<VersionInfo>()?.git_version);
            }
            // Some clusters do not even allow that; whatever they allow is read.
            Err(RequestError::Forbidden { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(reader)
    }

    /// The requests so far.
    pub fn log(&self) -> &RequestLog {
        &self.log
    }

    async fn get(&self, path: &str) -> Result<Response, RequestError> {
        let started = Instant::now();
        let response = self.server.get(path).await;
        self.log.push(LoggedRequest {
            path: path.to_owned(),
            bytes: response.as_ref().ok().map(|response| response.body.len()),
            elapsed: started.elapsed(),
        });
        response
    }

    async fn read_from<T: DeserializeOwned>(
        &self,
        api: &Api,
        select: Select,
    ) -> Result<Vec<T>, RequestError> {
        let path = api.path(select);
        match select {
            Select::Named(..) => Ok(vec![self.get(&path).await?.json()?]),
            _ => {
                pages::list(
                    async |page: &str| self.get(page).await,
                    &path,
                    &select.query(),
                )
                .await
            }
        }
    }
}

impl SnapshotSource for ClusterReader {
    async fn origin(&self) -> Origin {
        Origin {
            server: Some(self.server.url().to_owned()),
            cluster: Some(self.server.cluster().to_owned()),
            context: self.server.context().map(str::to_owned),
            kubernetes: self.kubernetes.clone(),
        }
    }

    /// Reads the first API that can be read: a user of Calico's v3 API may lack permissions for the CRDs
    /// behind it.
    async fn read<T: DeserializeOwned>(
        &self,
        resource: &'static Resource,
        store: Store,
    ) -> Reading<Vec<T>> {
        let mut reading = Reading::Absent(match resource.select {
            Select::Named(..) => Absence::NotFound,
            _ => Absence::NotServed,
        });
        for api in resource.apis_in_order(store) {
            let unknown = match self.read_from(api, resource.select).await {
                Ok(objects) => return Reading::Read(objects),
                Err(RequestError::NotFound { .. }) => continue,
                Err(RequestError::Forbidden { message, .. }) => Unknown::Forbidden(message),
                Err(error) => Unknown::Failed(error.to_string()),
            };
            if reading.unknown().is_none() {
                reading = Reading::Unknown(unknown);
            }
        }
        reading
    }
}

//! A cluster, read from its API server.

mod addresses;
mod messages;
mod requests;

use std::collections::BTreeSet;

use calico_core::text::shortened;
use futures_util::future::join_all;
use k8s_openapi::jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed as _};

use super::budget::Budget;
use super::read_error::ReadError;
use super::request_log::RequestLog;
use super::{page, pages};
use crate::connect::{RequestError, Response, Server};
use crate::snapshot::resource::{Api, Resource};
use crate::snapshot::resources::NODES;
use crate::snapshot::select::Select;
use crate::snapshot::{
    Absence, MessageRequests, Node, Origin, PodAddress, PodMessages, Pruned, Reading,
    SnapshotSource, Store, Unknown,
};

/// Reads a cluster whose API server responds.
pub struct ClusterReader {
    server: Server,
    kubernetes: Option<String>,
    budget: Budget,
    log: RequestLog,
}

/// The maximum number of nodes that are read by name; for more, all are read.
const NODES_BY_NAME: usize = 20;

/// The longest version of a server that is kept, in characters.
const LONGEST_VERSION: usize = 64;

/// The response of `/version`.
#[derive(Deserialize)]
struct VersionInfo {
    #[serde(rename = "gitVersion")]
    git_version: String,
}

impl ClusterReader {
    /// Sends a first request, which every server allows for every known user. If it fails, all others
    /// would fail, too, so it is reported as one error.
    pub async fn reach(server: Server, budget: Budget) -> Result<Self, ReadError> {
        let mut reader = Self {
            server,
            kubernetes: None,
            budget,
            log: RequestLog::default(),
        };
        match reader.budget.within_time(reader.get("/version")).await? {
            Ok(response) => {
                let version = response.json::<VersionInfo>()?.git_version;
                reader.kubernetes = Some(shortened(version, LONGEST_VERSION));
            }
            // Some clusters do not allow even that; whatever they do allow is read.
            Err(ReadError::Request(RequestError::Forbidden { .. })) => {}
            Err(error) => return Err(error),
        }
        Ok(reader)
    }

    /// The requests so far.
    pub fn log(&self) -> &RequestLog {
        &self.log
    }

    async fn read_from<T: DeserializeOwned>(
        &self,
        api: &Api,
        resource: &Resource,
    ) -> Result<Vec<T>, ReadError> {
        let path = api.path(resource.select);
        match resource.select {
            Select::Named(..) => {
                let response = self.get(&path).await?;
                Ok(vec![self.single(&response, resource)?])
            }
            Select::Metadata(_) => {
                let get = async |page: &str| self.get_metadata(page).await;
                let query = resource.select.query();
                pages::list(get, &path, &query, resource, &self.budget).await
            }
            _ => {
                let get = async |page: &str| self.get_page(page, resource).await;
                let query = resource.select.query();
                pages::list(get, &path, &query, resource, &self.budget).await
            }
        }
    }

    /// The names of the nodes that a label selector selects.
    pub async fn names_of_nodes(&self, selector: &str) -> Result<BTreeSet<String>, ReadError> {
        let nodes = self.nodes_by("labelSelector", selector).await?;
        Ok(nodes.into_iter().map(|node| node.metadata.name).collect())
    }

    /// The nodes that a selector of that kind selects.
    async fn nodes_by(&self, kind: &str, selector: &str) -> Result<Vec<Node>, ReadError> {
        let selector = utf8_percent_encode(selector, NON_ALPHANUMERIC);
        let query = format!("{kind}={selector}");
        let get = async |page: &str| self.get_page(page, &NODES).await;
        let list = pages::list(get, "/api/v1/nodes", &query, &NODES, &self.budget);
        self.budget.within_time(list).await?
    }

    fn single<T: DeserializeOwned>(
        &self,
        response: &Response,
        resource: &Resource,
    ) -> Result<T, ReadError> {
        let pruned = Pruned {
            fields: resource.fields,
            meter: self.budget.memory(),
        };
        let mut json = serde_json::Deserializer::from_slice(&response.body);
        pruned
            .deserialize(&mut json)
            .and_then(|object| page::object(object).map_err(serde::de::Error::custom))
            .map_err(|error| ReadError::unparsed(response, &error, &self.budget))
    }

    /// Reads the first API that can be read: a user of Calico's v3 API may lack permissions for the CRDs
    /// behind it.
    async fn read_any<T: DeserializeOwned>(
        &self,
        resource: &'static Resource,
        store: Store,
    ) -> Reading<Vec<T>> {
        let mut reading = Reading::Absent(match resource.select {
            Select::Named(..) => Absence::NotFound,
            _ => Absence::NotServed,
        });
        let apis: Vec<&Api> = resource.apis_in_order(store).collect();
        // Both of Calico's groups may hold many objects, and only one of them is needed.
        for versions in apis.chunk_by(|one, other| one.group == other.group) {
            let outcomes = versions.iter().map(|api| self.read_from(api, resource));
            for outcome in join_all(outcomes).await {
                let unknown = match outcome {
                    Ok(objects) => return Reading::Read(objects),
                    Err(ReadError::Request(RequestError::NotFound { .. })) => continue,
                    Err(error) => Unknown::from(error),
                };
                if reading.unknown().is_none() {
                    reading = Reading::Unknown(unknown);
                }
            }
        }
        reading
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

    fn time(&self) -> Option<Timestamp> {
        Some(Timestamp::now())
    }

    async fn read<T: DeserializeOwned>(
        &self,
        resource: &'static Resource,
        store: Store,
    ) -> Reading<Vec<T>> {
        let reading = self.read_any(resource, store);
        match self.budget.within_time(reading).await {
            Ok(reading) => reading,
            Err(limit) => Reading::Unknown(Unknown::Failed(limit.to_string())),
        }
    }

    async fn late_nodes(&self, names: &BTreeSet<String>) -> Reading<Vec<Node>> {
        if names.len() > NODES_BY_NAME {
            let mut nodes = self.read::<Node>(&NODES, Store::default()).await;
            if let Reading::Read(nodes) = &mut nodes {
                nodes.retain(|node| names.contains(&node.metadata.name));
            }
            return nodes;
        }
        let by_name = async |name| {
            let selector = format!("metadata.name={name}");
            self.nodes_by("fieldSelector", &selector).await
        };
        let mut nodes = Vec::new();
        for list in join_all(names.iter().map(by_name)).await {
            match list {
                Ok(list) => nodes.extend(list),
                Err(error) => return Reading::Unknown(error.into()),
            }
        }
        Reading::Read(nodes)
    }

    async fn pod_addresses(&self, store: Store) -> Reading<Vec<PodAddress>> {
        match self.lost_addresses(store).await {
            Ok(addresses) => Reading::Read(addresses),
            Err(why) => Reading::Unknown(why),
        }
    }

    async fn messages(&self, requests: &MessageRequests) -> PodMessages {
        self.pod_messages(requests).await
    }
}

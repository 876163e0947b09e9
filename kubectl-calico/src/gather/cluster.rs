//! A cluster, read from its API server.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::time::Instant;

use calico_core::text::shortened;
use futures_util::future::join_all;
use k8s_openapi::jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed as _};

use super::budget::Budget;
use super::pod_addresses::{Allocations, ListedPod, Suspects};
use super::read_error::ReadError;
use super::request_log::{LoggedRequest, RequestLog};
use super::{page, pages, pod_messages};
use crate::connect::{RequestError, Response, Server};
use crate::protobuf;
use crate::snapshot::resource::{Api, Resource};
use crate::snapshot::resources::{
    ALLOCATIONS, EVENTS, FAILED_PODS, NODES, POD_NAMES, SUCCEEDED_PODS,
};
use crate::snapshot::select::Select;
use crate::snapshot::{
    Absence, Event, LogRequest, MessageRequests, Node, Origin, PodAddress, PodLog, PodMessages,
    PodName, Pruned, Reading, SnapshotSource, Store, Unknown,
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

    async fn get(&self, path: &str) -> Result<Response, ReadError> {
        self.read_response(path, Box::pin(self.server.get(path)))
            .await
    }

    /// Requests a page of a row.
    async fn get_page(&self, path: &str, resource: &Resource) -> Result<Response, ReadError> {
        if protobuf::is_decoded(resource.kind) {
            let response = Box::pin(self.server.get_protobuf(path));
            self.read_response(path, response).await
        } else {
            self.get(path).await
        }
    }

    /// Requests a page of a row of which only the metadata is read.
    async fn get_metadata(&self, path: &str) -> Result<Response, ReadError> {
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

impl ClusterReader {
    async fn get_text(&self, path: &str, longest: usize) -> Result<Vec<u8>, ReadError> {
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

    /// What `work` returns, unless it takes longer than what pods say is worth.
    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, ReadError>>,
    ) -> Result<T, Unknown> {
        let limited = tokio::time::timeout(pod_messages::TIME, work);
        match self.budget.within_time(limited).await {
            Ok(Ok(done)) => done.map_err(Unknown::from),
            Ok(Err(_)) => {
                let seconds = pod_messages::TIME.as_secs();
                Err(Unknown::Failed(format!("no response within {seconds}s")))
            }
            Err(limit) => Err(Unknown::Failed(limit.to_string())),
        }
    }

    async fn events(&self, kind: &str, object: &PodName) -> Result<Vec<Event>, Unknown> {
        self.in_time(async {
            let path = pod_messages::events_path(kind, object);
            let response = self.get(&path).await?;
            let page = page::parse(&response.body, &EVENTS, &self.budget, 0);
            let page =
                page.map_err(|error| ReadError::unparsed(&response, &error, &self.budget))?;
            Ok(page.objects)
        })
        .await
    }

    async fn pod_log(&self, request: &LogRequest) -> PodLog {
        let path = pod_messages::log_path(request);
        let text = self.in_time(self.get_text(&path, pod_messages::LONGEST_LOG));
        match text.await {
            Ok(text) => PodLog::of_text(request, &text),
            Err(why) => {
                // What was requested is evident.
                let requested = format!("GET {}{path}: ", self.server.url());
                PodLog::unread(request, why.to_string().replacen(&requested, "", 1))
            }
        }
    }
}

impl ClusterReader {
    /// Every object of a row, or why not: none if the kind is not served.
    async fn all<T: DeserializeOwned>(
        &self,
        resource: &'static Resource,
        store: Store,
    ) -> Result<Vec<T>, Unknown> {
        match self.read(resource, store).await {
            Reading::Read(objects) => Ok(objects),
            Reading::Absent(_) => Ok(Vec::new()),
            Reading::Unknown(why) => Err(why),
        }
    }

    async fn allocations(&self, store: Store) -> Result<Vec<Allocations>, Unknown> {
        let read = self.all(&ALLOCATIONS, store).await;
        // The row that this is a part of is about pods, and so is the permission that it names.
        read.map_err(|why| Unknown::Failed(why.to_string()))
    }

    /// One pod as a whole; `None` if it is gone.
    async fn whole_pod(&self, pod: &PodName) -> Result<Option<ListedPod>, Unknown> {
        let path = format!(
            "/api/v1/namespaces/{}/pods",
            pod_messages::escaped(&pod.namespace)
        );
        let query = format!(
            "fieldSelector=metadata.name%3D{}",
            pod_messages::escaped(&pod.name)
        );
        let get = async |page: &str| self.get(page).await;
        let list = pages::list(get, &path, &query, &POD_NAMES, &self.budget);
        match self.budget.within_time(list).await {
            Ok(pods) => {
                let pods: Vec<ListedPod> = pods?;
                Ok(pods.into_iter().next())
            }
            Err(limit) => Err(Unknown::Failed(limit.to_string())),
        }
    }

    async fn lost_addresses(&self, store: Store) -> Result<Vec<PodAddress>, Unknown> {
        let now = Timestamp::now();
        let blocks = self.allocations(store).await?;
        let all = self.all(&POD_NAMES, store).await?;
        let mut finished = self.all(&SUCCEEDED_PODS, store).await?;
        finished.extend(self.all(&FAILED_PODS, store).await?);
        let suspects = Suspects::of(blocks, all, finished);
        if suspects.is_empty() {
            return Ok(Vec::new());
        }
        let mut pods = BTreeMap::new();
        for pod in suspects.pods() {
            if let Some(whole) = self.whole_pod(&pod).await? {
                pods.insert(pod, whole);
            }
        }
        let again = self.allocations(store).await?;
        Ok(suspects.confirmed(&pods, &again, now))
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
        let pods = requests.events.iter().map(|pod| self.events("Pod", pod));
        let sets = requests.daemon_sets.iter();
        let events = pods.chain(sets.map(|set| self.events("DaemonSet", set)));
        let logs = requests.logs.iter().map(|request| self.pod_log(request));
        let (events, logs) = tokio::join!(pod_messages::all(events), pod_messages::all(logs));
        let failure = events.iter().find_map(|events| events.as_ref().err());
        let read: Vec<Event> = events.iter().flatten().flatten().cloned().collect();
        PodMessages {
            events: match failure {
                Some(why) if read.is_empty() => Reading::Unknown(why.clone()),
                _ => Reading::Read(read),
            },
            logs,
        }
    }
}

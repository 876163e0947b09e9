//! Asks calico-node on each node for its BGP sessions: with CalicoNodeStatuses, which are removed whatever
//! happens.
//!
//! calico-node reports as soon as it sees one, and writes the whole status or nothing. Source:
//! projectcalico/calico v3.32.1, node/pkg/status/reporter.go.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::{StreamExt as _, stream};
use k8s_openapi::jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeSeed as _;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::page;
use crate::connect::{NodeStatusWriter, RequestError, Server};
use crate::interrupt::Interrupt;
use crate::snapshot::resources::CALICO_NODE_STATUSES;
use crate::snapshot::{CalicoNodeStatus, Meter, Pruned, Store};

/// What the names of these CalicoNodeStatuses begin with.
const PREFIX: &str = "kubectl-calico-";

/// The label that marks them.
const LABEL: (&str, &str) = ("app.kubernetes.io/managed-by", "kubectl-calico");

/// Where Calico keeps labels of a CRD: calico-node moves them there when it reports.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/backend/k8s/resources/resources.go.
const METADATA: &str = "projectcalico.org/metadata";

/// How many nodes are asked at the same time: with its routes, the status of one node of a large cluster can
/// be a megabyte.
const BATCH: usize = 50;

/// How many requests are sent at the same time.
const REQUESTS: usize = 10;

/// How long a node may take to report.
pub const ANSWER: Duration = Duration::from_secs(15);

/// The age from which a CalicoNodeStatus of another run is left over: each is removed after [`ANSWER`].
pub const LEFT_OVER: i64 = 30;

/// The most CalicoNodeStatuses of a page, and the most pages: those of more nodes than Kubernetes supports.
const PAGE: usize = 500;
const PAGES: usize = 100;

/// How often calico-node tries again if BIRD does not respond, in seconds.
const PERIOD: u32 = 5;

/// The memory for what is kept, in bytes.
const MEMORY: usize = 256 << 20;

/// Why an object is left that was not asked about in time.
const STOPPED: &str = "stopped by a second signal";

/// What came of it.
#[derive(Debug, Default)]
pub struct ProbeResult {
    /// What the nodes reported.
    pub statuses: Vec<CalicoNodeStatus>,
    /// The nodes that did not report in time.
    pub silent: BTreeSet<String>,
    /// The nodes that were not asked, because the run was stopped or its time was up.
    pub not_asked: BTreeSet<String>,
    /// The CalicoNodeStatuses that could not be removed, and why.
    pub left: Vec<(String, String)>,
    /// How many CalicoNodeStatuses of earlier runs were removed.
    pub swept: usize,
    /// Why those of earlier runs could not be looked for.
    pub sweep_error: Option<RequestError>,
    /// The CalicoNodeStatuses of other runs that may still be in use.
    pub in_use: usize,
    /// Why nodes could not be asked.
    pub error: Option<RequestError>,
    /// The exit code of the signal that stopped the run.
    pub signal: Option<u8>,
}

/// One run.
pub struct NodeStatusProbe<'a> {
    server: &'a Server,
    writer: NodeStatusWriter<'a>,
    api_version: &'static str,
    /// Distinguishes the names of this run.
    run: String,
    deadline: Option<Instant>,
}

impl<'a> NodeStatusProbe<'a> {
    /// Asks in the group that calico-node itself reads, so that it also works while Calico's API server does
    /// not.
    pub fn new(server: &'a Server, store: Store, deadline: Option<Instant>) -> Self {
        let api_version = match store {
            Store::V1 => "crd.projectcalico.org/v1",
            Store::V3 => "projectcalico.org/v3",
        };
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let nanos = since.unwrap_or_default().as_nanos() ^ (u128::from(std::process::id()) << 64);
        Self {
            server,
            writer: NodeStatusWriter::new(server, api_version),
            api_version,
            run: format!(
                "{PREFIX}{:x}-",
                nanos & 0xffff_ffff_ffff_u128 ^ (nanos >> 64)
            ),
            deadline,
        }
    }

    /// Asks these nodes, batch by batch. `progress` is called with the number of those that were asked.
    pub async fn ask(
        &self,
        nodes: &[String],
        interrupt: &mut Interrupt,
        progress: impl Fn(usize),
    ) -> ProbeResult {
        let mut result = ProbeResult::default();
        let mut asked = 0;
        for batch in nodes.chunks(BATCH) {
            let stops = result.signal.is_some() || result.error.is_some() || self.is_late();
            if stops {
                result.not_asked.extend(batch.iter().cloned());
                continue;
            }
            let names: BTreeMap<String, String> = batch
                .iter()
                .enumerate()
                .map(|(index, node)| (format!("{}{}", self.run, asked + index), node.clone()))
                .collect();
            asked += batch.len();
            progress(asked);
            self.ask_batch(&names, interrupt, &mut result).await;
            self.remove(names.keys(), interrupt, &mut result).await;
        }
        result
    }

    fn is_late(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Creates a CalicoNodeStatus for each name and node, and waits for the reports. Requests that were begun
    /// are not cancelled: an object that nobody knows of could not be removed.
    async fn ask_batch(
        &self,
        names: &BTreeMap<String, String>,
        interrupt: &mut Interrupt,
        result: &mut ProbeResult,
    ) {
        let is_first = result.statuses.is_empty() && result.silent.is_empty();
        let create = names.iter().map(|(name, node)| self.create(name, node));
        let created: Vec<_> = stream::iter(create)
            .buffer_unordered(REQUESTS)
            .collect()
            .await;
        let mut now = None;
        for created in created {
            match created {
                Ok(time) => now = now.max(time),
                Err(error) => result.error = Some(error),
            }
        }
        if let Some(now) = now.filter(|_| is_first) {
            self.sweep(now, interrupt, result).await;
        }
        result.signal = interrupt.arrived().await;
        if result.error.is_some() || result.signal.is_some() {
            result.not_asked.extend(names.values().cloned());
            return;
        }
        let mut reports = BTreeMap::new();
        let until = Instant::now() + ANSWER;
        let until = self.deadline.map_or(until, |deadline| until.min(deadline));
        tokio::select! {
            code = interrupt.signal() => result.signal = Some(code),
            collected = tokio::time::timeout_at(until, self.collect(names, &mut reports)) => {
                if let Ok(Err(error)) = collected {
                    result.error = Some(error);
                }
            }
        }
        for (name, node) in names {
            match reports.remove(name) {
                Some(status) => result.statuses.push(status),
                None => {
                    result.silent.insert(node.clone());
                }
            }
        }
    }

    /// Creates one, and returns the server's time.
    async fn create(&self, name: &str, node: &str) -> Result<Option<Timestamp>, RequestError> {
        let (label, value) = LABEL;
        let object = json!({
            "apiVersion": self.api_version,
            "kind": "CalicoNodeStatus",
            "metadata": {"name": name, "labels": {label: value}},
            "spec": {
                "node": node,
                "classes": ["Agent", "BGP", "Routes"],
                "updatePeriodSeconds": PERIOD,
            },
        });
        match self.writer.create(&object.to_string()).await {
            Ok(response) => Ok(created_at(&response.json::<Value>()?)),
            // An earlier try of this request has created it.
            Err(RequestError::Api { status, .. }) if status == http::StatusCode::CONFLICT => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Removes these, and returns how many are gone. The first signal stops the run, the second one this, too.
    async fn remove(
        &self,
        names: impl Iterator<Item = &String>,
        interrupt: &mut Interrupt,
        result: &mut ProbeResult,
    ) -> usize {
        let mut left: BTreeSet<&String> = names.collect();
        let delete = left.clone().into_iter();
        let delete = delete.map(async |name| (name, self.writer.delete(name).await));
        let mut deleted = std::pin::pin!(stream::iter(delete).buffer_unordered(REQUESTS));
        let mut gone = 0;
        loop {
            tokio::select! {
                next = deleted.next() => match next {
                    Some((name, deleted)) => {
                        left.remove(name);
                        match deleted {
                            Ok(()) => gone += 1,
                            Err(error) => result.left.push((name.clone(), error.to_string())),
                        }
                    }
                    None => return gone,
                },
                code = interrupt.signal() => {
                    if result.signal.is_some() {
                        let left = left.into_iter().map(|name| (name.clone(), STOPPED.to_owned()));
                        result.left.extend(left);
                        return gone;
                    }
                    result.signal = Some(code);
                }
            }
        }
    }

    /// Removes what earlier runs have left: those that were killed. `now` is the server's time.
    async fn sweep(&self, now: Timestamp, interrupt: &mut Interrupt, result: &mut ProbeResult) {
        let objects = match self.of_probes().await {
            Ok(objects) => objects,
            Err(error) => {
                result.sweep_error = Some(error);
                return;
            }
        };
        let mut old = Vec::new();
        for object in &objects {
            let name = name(object);
            if name.starts_with(&self.run) {
                continue;
            }
            let age = created_at(object).map(|time| now.as_second() - time.as_second());
            if age.is_some_and(|age| age >= LEFT_OVER) {
                old.push(name.to_owned());
            } else {
                result.in_use += 1;
            }
        }
        result.swept = self.remove(old.iter(), interrupt, result).await;
    }

    /// The metadata of the CalicoNodeStatuses that runs of this program have created. With their routes, those of
    /// a large cluster would be larger than any response that is read.
    async fn of_probes(&self) -> Result<Vec<Value>, RequestError> {
        let mut found = Vec::new();
        let mut token = String::new();
        for _ in 0..PAGES {
            let escaped = utf8_percent_encode(&token, NON_ALPHANUMERIC);
            let path = format!("{}?limit={PAGE}&continue={escaped}", self.writer.path());
            let mut list: Value = self.server.get_metadata(&path).await?.json()?;
            let next = list.pointer("/metadata/continue").and_then(Value::as_str);
            token = next.unwrap_or_default().to_owned();
            if let Some(Value::Array(items)) = list.get_mut("items").map(Value::take) {
                found.extend(items.into_iter().filter(is_of_a_probe));
            }
            if token.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    /// Watches until each of the names has a report. A watch begins with the objects as they are, so that it
    /// can begin again whenever it ends.
    async fn collect(
        &self,
        names: &BTreeMap<String, String>,
        reports: &mut BTreeMap<String, CalicoNodeStatus>,
    ) -> Result<(), RequestError> {
        const PAUSE: Duration = Duration::from_millis(500);
        let meter = Meter::new(MEMORY);
        loop {
            let path = format!("{}?watch=1&timeoutSeconds=60", self.writer.path());
            match self.server.watch(&path).await {
                Ok(mut events) => {
                    while let Ok(Some(line)) = events.next().await {
                        if let Some((name, status)) = report(&line, &meter)
                            && names.contains_key(&name)
                        {
                            reports.insert(name, status);
                        }
                        if reports.len() == names.len() {
                            return Ok(());
                        }
                    }
                }
                Err(error @ RequestError::Forbidden { .. }) => return Err(error),
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The name and the report of an event, if calico-node has reported.
fn report(line: &[u8], meter: &Meter) -> Option<(String, CalicoNodeStatus)> {
    let event: Value = serde_json::from_slice(line).ok()?;
    let kind = event.get("type").and_then(Value::as_str);
    if !matches!(kind, Some("ADDED" | "MODIFIED")) {
        return None;
    }
    let pruned = Pruned {
        fields: CALICO_NODE_STATUSES.fields,
        meter,
    };
    let object = pruned.deserialize(event.get("object")?).ok()?;
    let status: CalicoNodeStatus = page::object(object).ok()?;
    let name = status.metadata.name.clone();
    status.reports_bgp().then_some((name, status))
}

fn name(object: &Value) -> &str {
    let name = object.get("metadata").and_then(|it| it.get("name"));
    name.and_then(Value::as_str).unwrap_or_default()
}

fn created_at(object: &Value) -> Option<Timestamp> {
    let time = object.get("metadata")?.get("creationTimestamp")?;
    time.as_str()?.parse().ok()
}

/// Whether a run of this program created it.
fn is_of_a_probe(object: &Value) -> bool {
    let (label, value) = LABEL;
    let has_label = |metadata: &Value| {
        let labels = metadata.get("labels");
        labels
            .and_then(|labels| labels.get(label))
            .and_then(Value::as_str)
            == Some(value)
    };
    let Some(metadata) = object.get("metadata") else {
        return false;
    };
    let moved = metadata.get("annotations").and_then(|it| it.get(METADATA));
    let moved = moved.and_then(Value::as_str);
    let moved: Option<Value> = moved.and_then(|text| serde_json::from_str(text).ok());
    name(object).starts_with(PREFIX)
        && (has_label(metadata) || moved.as_ref().is_some_and(has_label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_run_created_is_recognized_and_nothing_else() {
        let label = json!({"app.kubernetes.io/managed-by": "kubectl-calico"});
        let moved = json!({"labels": label}).to_string();
        for (metadata, is_ours) in [
            (json!({"name": "kubectl-calico-1-0", "labels": label}), true),
            (
                json!({"name": "kubectl-calico-1-0", "annotations": {METADATA: moved}}),
                true,
            ),
            (json!({"name": "kubectl-calico-1-0"}), false),
            (json!({"name": "mine", "labels": label}), false),
            (
                json!({"name": "kubectl-calico-1-0", "annotations": {METADATA: "{"}}),
                false,
            ),
        ] {
            assert_eq!(
                is_of_a_probe(&json!({"metadata": metadata})),
                is_ours,
                "{metadata}"
            );
        }
    }
}

//! Asks calico-node on each node for its BGP sessions: with CalicoNodeStatuses, which are removed whatever
//! happens.
//!
//! calico-node reports as soon as it sees one, and writes the whole status or nothing. Source:
//! projectcalico/calico v3.32.1, node/pkg/status/reporter.go.

mod leftovers;
mod marks;
mod reports;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::{StreamExt as _, stream};
use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::connect::{NodeStatusWriter, RequestError, Server};
use crate::interrupt::Interrupt;
use crate::snapshot::{CalicoNodeStatus, Store};
pub use leftovers::LEFT_OVER;
use marks::{LABEL, PREFIX, created_at};

/// How many nodes are asked at the same time: with its routes, the status of one node of a large cluster can
/// be a megabyte.
const BATCH: usize = 50;

/// How many requests are sent at the same time.
const REQUESTS: usize = 10;

/// How long a node may take to report.
pub const ANSWER: Duration = Duration::from_secs(15);

/// How often calico-node tries again if BIRD does not respond, in seconds.
const PERIOD: u32 = 5;

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
}

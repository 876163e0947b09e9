//! `kubectl calico nodes --probe`: asks calico-node on each node for its BGP sessions.

use std::collections::BTreeSet;

use calico_core::text::listed;
use tokio::time::Instant;

use super::destination::destination;
use crate::cli::SourceArgs;
use crate::connect::{RequestError, connect};
use crate::facts::Facts;
use crate::gather::node_status_probe::{ANSWER, LEFT_OVER, NodeStatusProbe, ProbeResult};
use crate::interrupt::Interrupt;
use crate::nodes::NodeList;
use crate::repair::access::grant_probe;
use crate::repair::destination::Destination;
use crate::snapshot::{Node, Reading, Snapshot, denied_user};
use crate::terminal;

/// What came of asking the nodes of a list.
pub(super) struct Probed {
    /// The nodes whose sessions are not known, and why.
    silent: Vec<(BTreeSet<String>, String)>,
    /// Whether every node reported, and everything was removed.
    pub(super) is_complete: bool,
    /// The exit code of the signal that stopped the run.
    pub(super) signal: Option<u8>,
}

/// Asks the nodes of a list, and adds what they report to the snapshot.
pub(super) fn probe(
    source: &SourceArgs,
    snapshot: &mut Snapshot,
    list: &NodeList,
) -> Result<Probed, String> {
    if Facts::of(snapshot).routing.bgp.runs.value() == Some(&false) {
        return Err(
            "calico-node runs without BIRD, so there are no BGP sessions: omit --probe".to_owned(),
        );
    }
    let nodes = reporting(snapshot, list);
    // Unlike reading, this is not stopped from outside: what it has created must be removed.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let result = runtime.block_on(async {
        let deadline = source
            .time_limit()
            .and_then(|limit| Instant::now().checked_add(limit));
        let mut interrupt = Interrupt::new().map_err(|error| error.to_string())?;
        let server = connect(&source.connection)
            .await
            .map_err(|error| error.to_string())?;
        let probe = NodeStatusProbe::new(&server, snapshot.store, deadline);
        let asked = std::cell::Cell::new(0);
        let asking = probe.ask(&nodes, &mut interrupt, |count| asked.set(count));
        let progress = || {
            format!(
                "asking calico-node on {} of {} nodes",
                asked.get(),
                nodes.len()
            )
        };
        Ok::<_, String>(terminal::with_progress(asking, progress).await)
    })?;
    warn(&result, &destination(source, &snapshot.origin, false));
    Ok(Probed::of(result, snapshot))
}

/// The names of the nodes of a list that have a calico-node which can report: not that of Windows.
fn reporting(snapshot: &Snapshot, list: &NodeList) -> Vec<String> {
    let nodes = snapshot.nodes.items().iter().filter(|node| node.is_linux());
    let linux: BTreeSet<&str> = nodes
        .map(|node: &Node| node.metadata.name.as_str())
        .collect();
    let nodes = list.nodes.iter();
    let nodes =
        nodes.filter(|node| linux.contains(node.name.as_str()) && !node.calico_node.is_absent());
    nodes.map(|node| node.name.clone()).collect()
}

impl Probed {
    fn of(result: ProbeResult, snapshot: &mut Snapshot) -> Self {
        let is_complete =
            result.silent.is_empty() && result.not_asked.is_empty() && result.left.is_empty();
        match &mut snapshot.calico_node_statuses {
            Reading::Read(statuses) => statuses.extend(result.statuses),
            reading => *reading = Reading::Read(result.statuses),
        }
        let late = format!("calico-node did not report within {}s", ANSWER.as_secs());
        Self {
            silent: vec![
                (result.silent, late),
                (result.not_asked, "calico-node was not asked".to_owned()),
            ],
            is_complete,
            signal: result.signal,
        }
    }

    /// Marks the nodes whose sessions are not known.
    pub(super) fn mark(&self, list: &mut NodeList) {
        self.mark_as(list, Clone::clone);
    }

    /// The same in a list in which the nodes have other names.
    pub(super) fn mark_as(
        &self,
        list: &mut NodeList,
        other: impl Fn(&BTreeSet<String>) -> BTreeSet<String>,
    ) {
        for (nodes, why) in &self.silent {
            list.set_silent(&other(nodes), why);
        }
    }
}

fn warn(result: &ProbeResult, destination: &Destination) {
    if result.signal.is_some() {
        let removed = if result.left.is_empty() {
            "; the CalicoNodeStatuses of this run have been removed"
        } else {
            ""
        };
        terminal::warn(&format!("stopped by a signal{removed}"));
    }
    if let Some(error) = &result.error {
        terminal::complain(&error.to_string());
        if let RequestError::Forbidden { message, .. } = error {
            let step = grant_probe(denied_user(message), destination);
            terminal::warn(&format!("to {}:\n{}", step.what, step.commands.join("\n")));
        }
    }
    if !result.silent.is_empty() && result.signal.is_none() {
        terminal::warn(&format!(
            "calico-node did not report within {}s on {}: it does not run there, or cannot reach the API server \
             or Typha",
            ANSWER.as_secs(),
            listed(result.silent.iter().cloned())
        ));
    }
    if result.swept > 0 {
        terminal::warn(&format!(
            "removed {} CalicoNodeStatuses of a run that was killed",
            result.swept
        ));
    }
    if result.in_use > 0 {
        terminal::warn(&format!(
            "{} CalicoNodeStatuses of another run are less than {LEFT_OVER}s old and are kept: the next run removes \
             them, unless that run does",
            result.in_use
        ));
    }
    if let Some(error) = &result.sweep_error {
        terminal::warn(&format!(
            "cannot look for CalicoNodeStatuses of a run that was killed: {error}"
        ));
    }
    for (name, error) in &result.left {
        terminal::warn(&format!(
            "cannot remove the CalicoNodeStatus {name}: {error}; the next run removes it"
        ));
    }
}

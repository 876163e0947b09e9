//! `kubectl calico nodes`

use std::collections::BTreeSet;

use calico_core::text::{listed, quoted};

use super::destination::destination;
use super::probe::{Probed, probe};
use super::redaction::{Redactor, redacted};
use super::time_limit::AnyError;
use super::{clock, input, output};
use crate::assess::not_read::Reason;
use crate::cli::{NodesArgs, NodesFormat};
use crate::exit::Exit;
use crate::nodes::NodeList;
use crate::redact::Redaction;
use crate::render::{self, TableOptions};
use crate::repair::access::grant;
use crate::repair::destination::Destination;
use crate::snapshot::{Node, Origin, Reading, Snapshot};
use crate::terminal;

/// Prints the list of nodes.
pub(super) fn run(arguments: &NodesArgs) -> Exit {
    match list(arguments) {
        Ok((list, probed)) => {
            let exit = exit(&list, probed.as_ref());
            print(&list, arguments, exit)
        }
        Err(error) => output::fail(&error),
    }
}

fn list(arguments: &NodesArgs) -> Result<(NodeList, Option<Probed>), String> {
    let mut snapshot = input::read(&arguments.source, input::Wanted::default())
        .map_err(|error| error.to_string())?;
    let filter = NodeFilter::of(arguments, &snapshot)?;
    let mut list = NodeList::of(&snapshot, |node| filter.includes(node), clock::now());
    let mut probed = None;
    if arguments.probe {
        let result = probe(&arguments.source, &mut snapshot, &list)?;
        list = NodeList::of(&snapshot, |node| filter.includes(node), clock::now());
        result.mark(&mut list);
        probed = Some(result);
    }
    let redaction = Redactor::of(arguments.redact).redaction(&snapshot);
    if let Some(redaction) = redaction.map_err(|error| error.to_string())? {
        list = redacted_list(&snapshot, &redaction, &filter, probed.as_ref())
            .map_err(|error| error.to_string())?;
    }
    if let Some(key) = &arguments.sort_by {
        key.sort(&mut list.nodes)
            .map_err(|error| error.to_string())?;
    }
    Ok((list, probed))
}

/// The same list without what identifies the cluster.
fn redacted_list(
    snapshot: &Snapshot,
    redaction: &Redaction,
    filter: &NodeFilter,
    probed: Option<&Probed>,
) -> Result<NodeList, AnyError> {
    let snapshot = redacted(snapshot, redaction)?;
    let filter = NodeFilter {
        names: filter.names.as_ref().map(|names| renamed(names, redaction)),
    };
    let mut list = NodeList::of(&snapshot, |node| filter.includes(node), clock::now());
    list.head.redacted = true;
    if let Some(probed) = probed {
        probed.mark_as(&mut list, |names| renamed(names, redaction));
    }
    Ok(list)
}

fn renamed(names: &BTreeSet<String>, redaction: &Redaction) -> BTreeSet<String> {
    names.iter().map(|name| redaction.text(name)).collect()
}

/// Which nodes are wanted.
struct NodeFilter {
    /// `None` for all.
    names: Option<BTreeSet<String>>,
}

impl NodeFilter {
    fn of(arguments: &NodesArgs, snapshot: &Snapshot) -> Result<Self, String> {
        let nodes = match &snapshot.nodes {
            Reading::Read(nodes) => nodes,
            Reading::Absent(absence) => return Err(format!("cannot list nodes: {absence}")),
            Reading::Unknown(why) => return Err(format!("cannot list nodes: {why}")),
        };
        let known: BTreeSet<&str> = nodes.iter().map(|it| it.metadata.name.as_str()).collect();
        let named = arguments.names.iter();
        let missing: Vec<String> = named
            .filter(|name| !known.contains(name.as_str()))
            .map(quoted)
            .collect();
        if !missing.is_empty() {
            return Err(format!("no node is named {}", listed(missing)));
        }
        let mut names: Option<BTreeSet<String>> = None;
        if !arguments.names.is_empty() {
            names = Some(arguments.names.iter().cloned().collect());
        }
        if let Some(selector) = &arguments.selector {
            let selected = input::selected_nodes(&arguments.source, selector, nodes)
                .map_err(|error| error.to_string())?;
            names = Some(match names {
                Some(names) => names.intersection(&selected).cloned().collect(),
                None => selected,
            });
        }
        Ok(Self { names })
    }

    fn includes(&self, node: &Node) -> bool {
        let name = &node.metadata.name;
        self.names.as_ref().is_none_or(|names| names.contains(name))
    }
}

fn print(list: &NodeList, arguments: &NodesArgs, exit: Exit) -> Exit {
    let text = match arguments.output {
        None | Some(NodesFormat::Wide) => Ok(render::nodes(
            list,
            TableOptions {
                wide: arguments.output.is_some(),
                headings: !arguments.no_headers,
            },
        )),
        Some(NodesFormat::Json) => render::json(list).map_err(|error| error.to_string()),
        Some(NodesFormat::Yaml) => render::yaml(list).map_err(|error| error.to_string()),
        Some(NodesFormat::Name) => Ok(render::node_names(list)),
    };
    warn(
        list,
        &destination(&arguments.source, &Origin::default(), arguments.redact),
    );
    match text {
        Ok(text) => output::print(&text, exit),
        Err(error) => output::fail(&format!("cannot write the list: {error}")),
    }
}

/// What could not be read, on standard error, as for every table of kubectl.
fn warn(list: &NodeList, destination: &Destination) {
    for row in list
        .not_read
        .iter()
        .filter(|row| row.reason != Reason::NotGiven)
    {
        terminal::warn(&format!("{} not read: {}", row.object, row.why));
    }
    let denied = list
        .not_read
        .iter()
        .find(|row| row.reason == Reason::Forbidden);
    if let Some(row) = denied {
        let step = grant(row.denied_user(), destination);
        terminal::warn(&format!("to {}:\n{}", step.what, step.commands.join("\n")));
    }
    if list.nodes.is_empty() {
        terminal::warn("no nodes found");
    }
}

fn exit(list: &NodeList, probed: Option<&Probed>) -> Exit {
    if let Some(signal) = probed.and_then(|probed| probed.signal) {
        return Exit::Signal(signal);
    }
    let is_read = list
        .not_read
        .iter()
        .all(|row| row.reason == Reason::NotGiven);
    Exit::of(
        false,
        is_read && probed.is_none_or(|probed| probed.is_complete),
    )
}

//! The networks that Kubernetes was configured with.

use crate::facts::networks::{ConfiguredNetwork, Networks};
use crate::render::page::UNKNOWN;
use crate::render::rows::Rows;

pub(super) fn networks(rows: &mut Rows, networks: &Networks, sources: bool) {
    row(rows, "Pod CIDR", &networks.pods, sources);
    row(rows, "Service CIDR", &networks.services, sources);
    for unreadable in &networks.unreadable {
        rows.row("", &format!("{}: {}", unreadable.from, unreadable.why));
    }
}

/// A line for each value, with the sources that have it if there are several values. The nodes' own parts of a pod CIDR are shown
/// only if no source has all of it.
fn row(rows: &mut Rows, label: &'static str, networks: &[ConfiguredNetwork], sources: bool) {
    let mut shown: Vec<&ConfiguredNetwork> = networks
        .iter()
        .filter(|network| !network.is_lower_bound())
        .collect();
    if shown.is_empty() {
        shown = networks.iter().collect();
    }
    let mut values: Vec<(String, Vec<&str>)> = Vec::new();
    for network in shown {
        let list = short_list(network);
        match values.iter_mut().find(|(value, _)| *value == list) {
            Some((_, sources)) => sources.push(&network.source),
            None => values.push((list, vec![&network.source])),
        }
    }
    let shows = sources || values.len() > 1;
    let lines: Vec<String> = values
        .into_iter()
        .map(|(list, sources)| {
            if shows {
                format!("{list} ({})", sources.join(", "))
            } else {
                list
            }
        })
        .collect();
    if lines.is_empty() {
        rows.fact(label, UNKNOWN);
    } else {
        rows.row(label, &lines.join("\n"));
    }
}

/// The CIDRs of a network; thousands of nodes have thousands of parts.
fn short_list(network: &ConfiguredNetwork) -> String {
    match network.cidrs.as_slice() {
        [first, .., last] if network.cidrs.len() > 4 => {
            format!("{first} … {last}, {} in total", network.cidrs.len())
        }
        _ => network.list(),
    }
}
